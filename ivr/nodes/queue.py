"""queue: wait for an agent and talk to them."""

from typing import Annotated, ClassVar

from pydantic import Field

from ivr.flow.node import QueueRef, SkillExpression, Target
from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.model.units import Seconds
from ivr.nodes.base import Node, Visit
from ivr.nodes.prompt import Prompt
from ivr.ports import QueueRequest

ExitKey = Annotated[str, Field(pattern=r"^[0-9*#]$")]


class Queue(Node):
    """Puts the caller in line, with music, until an agent has talked to them.

    Fields: `queue`; `prompt`, played before the wait begins; `skills`, asked for beside the queue's
    own; `priority`, added to the queue's; `wait_s_max`, instead of the queue's own; `keys`
    (key -> node) by which callers may leave the line. Exits: `next` after the conversation;
    `keys:KEY`; `timeout` (waited too long) and `overflow` (the line is full), each going to
    `otherwise` when left out; `empty` (on entering, nobody who could serve is logged in), without
    which the caller waits for somebody to log in; `otherwise`, also for technical reasons.
    """

    type: ClassVar[str] = "queue"
    queue: QueueRef
    prompt: Prompt | None = None
    skills: SkillExpression = ""
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    wait_s_max: Annotated[Seconds, Field(gt=0)] | None = None
    keys: dict[ExitKey, Target] = Field(default_factory=dict)
    next: Target
    timeout: Target | None = None
    empty: Target | None = None
    overflow: Target | None = None
    otherwise: Target

    async def run(self, visit: Visit) -> str:
        visit.ahead = ""
        if not visit.resumed:
            await visit.play(self.prompt)
        visit.resumed = False
        result = await visit.queues.serve(visit.call, self.request())
        if result.outcome == QueueOutcome.ABANDONED:
            raise CallerGoneError("the caller hung up while waiting")
        if result.outcome == QueueOutcome.ANSWERED:
            return "next"
        if result.outcome == QueueOutcome.EXIT_KEY:
            return f"keys:{result.key}"
        wired = self.exits()
        return result.outcome.value if result.outcome.value in wired else "otherwise"

    def request(self) -> QueueRequest:
        """What is asked of the queue."""
        return QueueRequest(
            queue=self.queue,
            skills=self.skills,
            priority=self.priority,
            exit_keys="".join(self.keys),
            wait_s_max=self.wait_s_max,
            leave_if_empty=self.empty is not None,
        )
