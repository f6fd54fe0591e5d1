"""record: begin or end recording the call itself."""

from typing import ClassVar, Literal

from pydantic import Field

from ivr.flow.node import Target
from ivr.nodes.base import Node, Visit


class Record(Node):
    """Begins or ends recording the call: prompts, keys heard, waiting, whatever follows.

    A caller who has refused in a `consent` node is not recorded. Conversations with agents have
    recordings of their own, as `record` of their queue says, whatever was asked for here. While a
    `sensitive` node runs, the recording holds silence. (To take a message, use `voicemail`.)
    """

    type: ClassVar[str] = "record"
    action: Literal["start", "stop"] = Field(
        "start", description="`start`: record from here on; `stop`: no longer"
    )
    next: Target = Field(description="taken at once")

    async def run(self, visit: Visit) -> str:
        await (visit.recording.start() if self.action == "start" else visit.recording.stop())
        return "next"
