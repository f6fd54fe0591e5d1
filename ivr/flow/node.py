"""What a node is, before it does anything: typed fields, named exits."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field


class ExitMarker:
    """Marks a field (or a mapping's values) as naming the node to go to."""


Target = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$"), ExitMarker()]
"""The name of the node an exit leads to."""


class NodeSpec(BaseModel):
    """One node as written in YAML. Subclasses add fields; exits are the fields of type Target.

    A Target field that is None is an exit not wired: the walk treats taking it as an error, so
    required exits are required fields. Mapping fields `dict[str, Target]` (menu choices) give one
    exit per key, named `field:key`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]
    takes_input: ClassVar[bool] = False
    """True when the node waits for the caller: a loop through such a node is no endless loop."""
    success: bool = False
    """Reaching this node counts as served without an agent (IVR containment)."""

    @classmethod
    def exit_fields(cls) -> tuple[str, ...]:
        """Names of the fields that hold exits, in order of declaration."""
        raise NotImplementedError

    def exits(self) -> Mapping[str, str]:
        """Exit name -> node name, for every exit that is wired."""
        raise NotImplementedError
