"""return: end a called flow, with a result."""

from typing import ClassVar

from pydantic import Field

from ivr.model.site import Name
from ivr.nodes.base import END, RETURNED, Node, Visit


class Return(Node):
    """Ends a called flow: the call goes on in the flow that called it, at the exit of that result.

    Callers who stand in a flow that nobody called, as in a test of that flow alone, are hung up;
    `ivr check` refuses a number that could lead there.
    """

    type: ClassVar[str] = "return"
    leaves_line: ClassVar[bool] = True
    ends_walk: ClassVar[bool] = True
    result: Name = Field(description="What became of it: a key of `results` in the calling node.")

    def returns(self) -> str:
        return self.result

    @property
    def is_instant(self) -> bool:
        return True

    async def run(self, visit: Visit) -> str:
        if visit.frames:
            visit.result = self.result
            return RETURNED
        await visit.call.hangup()
        return END
