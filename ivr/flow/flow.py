"""A flow: where it starts, its nodes, its variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ivr.document import Document
from ivr.expression import Type, Value
from ivr.flow.node import NodeSpec
from ivr.model.units import Seconds

VariableType = Literal["text", "number", "digits", "flag"]

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)
_DIGITS = re.compile(r"[0-9]{0,64}", re.ASCII)
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


class Variable(BaseModel):
    """A variable as declared; `default` is as written, `initial` what a call begins with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: VariableType
    default: str = ""

    @model_validator(mode="after")
    def _default_fits(self) -> "Variable":
        if not self.default:
            return self
        if self.type == "number" and not _NUMBER.fullmatch(self.default):
            raise ValueError(f"default {self.default!r} is not a number")
        if self.type == "digits" and not _DIGITS.fullmatch(self.default):
            raise ValueError(f"default {self.default!r} has more than digits in it, or too many")
        if self.type == "flag" and self.default not in _FLAGS:
            raise ValueError(f"default {self.default!r} is neither true nor false")
        return self

    @property
    def initial(self) -> Value:
        """The default as a value; empty, 0 or false when none is written."""
        if self.type == "number":
            return float(self.default or 0)
        if self.type == "flag":
            return _FLAGS.get(self.default, False)
        return self.default

    @property
    def expression_type(self) -> Type:
        """What it is in an expression: digits are text there."""
        return "text" if self.type == "digits" else self.type


NODES_MAX = 500
"""Nodes one call may enter unless the flow says otherwise: a loop nobody foresaw ends here."""

Retries = Annotated[int, Field(ge=0, le=10)]
KeyWait = Annotated[Seconds, Field(ge=0.5, le=60)]


class Defaults(BaseModel):
    """What nodes of a flow that ask do unless they say otherwise; what is left out here is as each
    type of node has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    barge_in: bool | None = Field(None, description="A key cuts the question short.")
    timeout_s: KeyWait | None = Field(None, description="How long to wait for the first key.")
    digit_timeout_s: KeyWait | None = Field(None, description="How long to wait between keys.")
    no_input_retries: Retries | None = Field(
        None, description="How often a question is put again after silence."
    )
    no_match_retries: Retries | None = Field(
        None, description="How often a question is put again after a wrong answer."
    )

    @staticmethod
    def are_for(node: type[NodeSpec]) -> bool:
        """Whether nodes of this type ask."""
        return "no_input_retries" in node.model_fields


@dataclass(frozen=True)
class Flow:
    """One call flow, checked. `document` tells where each node was written."""

    name: str
    start: str
    nodes: Mapping[str, NodeSpec]
    variables: Mapping[str, Variable] = field(default_factory=dict)
    nodes_max: int = NODES_MAX
    """Nodes a call that began in this flow may enter."""
    document: Document | None = field(default=None, repr=False, compare=False)

    def place(self, node: str) -> str:
        """`file:line` of a node; empty when nobody knows."""
        if self.document is None:
            return ""
        return f"{self.document.file}:{self.document.mark(('nodes', node), key=True).line}"
