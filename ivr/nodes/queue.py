"""queue: wait for an agent and talk to them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ivr.flow.node import AgentRef, QueueRef, SkillExpression, Target
from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.model.site import Site
from ivr.model.units import Seconds
from ivr.nodes.base import Node, Visit
from ivr.nodes.prompt import Prompt
from ivr.ports import Announcement, Away, QueueRequest

ExitKey = Annotated[str, Field(pattern=r"^[0-9*#]$")]
Period = Annotated[Seconds, Field(ge=1, le=86400)]


class Told(BaseModel):
    """One entry of `announce`: exactly one of say, position and estimate, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Annotated[Seconds, Field(ge=0, le=86400)] | None = None
    every: Period | None = None
    say: Prompt | None = None
    position: bool = False
    estimate: bool = False

    @model_validator(mode="after")
    def _one_thing_sometime(self) -> "Told":
        if (self.say is not None) + self.position + self.estimate != 1:
            raise ValueError("give exactly one of say, position: true and estimate: true")
        if self.after is None and self.every is None:
            raise ValueError("say when: after, every, or both")
        return self

    def announcement(self, visit: Visit) -> Announcement:
        """With the prompt as the call's variables make it now."""
        after_s = self.every if self.after is None else self.after
        assert after_s is not None
        if self.say is not None:
            return Announcement(after_s, self.every, audio=self.say.audio(visit.variables))
        return Announcement(after_s, self.every, "position" if self.position else "estimate")


class Affinity(BaseModel):
    """Whom a call waits for alone before the field opens: `agent`, or with `last: true` whoever
    talked to this caller last; for `patience_s`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: AgentRef | None = None
    last: bool = False
    patience_s: Period

    @model_validator(mode="after")
    def _one_person(self) -> "Affinity":
        if (self.agent is not None) == self.last:
            raise ValueError("give exactly one of agent and last: true")
        return self


class Queue(Node):
    """Puts the caller in line, with music, until an agent has talked to them.

    Fields: `queue`; `prompt`, played first, while the call stands in line already; `announce`, a
    list of what is told in between the music: `{after, every}` (first after that long in this
    queue, then again and again) with one of `say` (a prompt), `position: true`, `estimate: true`;
    `affinity`, `{agent, patience_s}` or `{last: true, patience_s}`: for that long only this agent,
    or the one who talked to this caller last, unless they are away or lack the skills;
    `skills`, asked for beside the queue's own; `priority`, added to the queue's; `wait_s_max`,
    instead of the queue's own; `keys` (key -> node) by which callers leave the line;
    `self_service` (key -> node) by which they go through other nodes and keep their place: the
    way leads back to this node, and whatever they are doing is broken off when an agent was found;
    `keep_place` (true): who comes here because another queue was full or took too long has the
    time of entry from there, because the wait is the caller's, whichever line it was spent in.
    Exits: `next` after the conversation; `keys:KEY`; `self_service:KEY`; `timeout` (waited too
    long in this queue) and `overflow` (the line is full), each going to `otherwise` when left out;
    `empty` (on entering, nobody who could serve is logged in), without which the caller waits for
    somebody to log in; `otherwise`, also for technical reasons.
    """

    type: ClassVar[str] = "queue"
    leaves_line: ClassVar[bool] = True
    queue: QueueRef
    prompt: Prompt | None = None
    announce: Annotated[list[Told], Field(max_length=20)] = Field(default_factory=list)
    affinity: Affinity | None = None
    skills: SkillExpression = ""
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    wait_s_max: Annotated[Seconds, Field(gt=0)] | None = None
    keep_place: bool = True
    keys: dict[ExitKey, Target] = Field(default_factory=dict)
    self_service: dict[ExitKey, Target] = Field(default_factory=dict)
    next: Target
    timeout: Target | None = None
    empty: Target | None = None
    overflow: Target | None = None
    otherwise: Target

    @model_validator(mode="after")
    def _one_meaning_per_key(self) -> "Queue":
        if both := sorted(self.keys.keys() & self.self_service.keys()):
            raise ValueError(f"key {both[0]} stands under keys and under self_service")
        return self

    def says(self, site: Site, language: str) -> Iterable[str]:
        words = site.words(language)
        if any(one.position for one in self.announce):
            yield from words.positions()
        if any(one.estimate for one in self.announce):
            yield from words.ranges()

    def detours(self) -> Mapping[str, str]:
        return {f"self_service:{key}": node for key, node in self.self_service.items()}

    async def run(self, visit: Visit) -> str:
        visit.ahead = visit.home = ""
        request = self.request(visit)
        visit.resumed = False
        result = await visit.queues.serve(visit.call, request)
        if isinstance(result, Away):
            visit.home = visit.node
            return f"self_service:{result.key}"
        if result.outcome == QueueOutcome.ABANDONED:
            raise CallerGoneError("the caller hung up while waiting")
        if result.outcome == QueueOutcome.ANSWERED:
            return "next"
        if result.outcome == QueueOutcome.EXIT_KEY:
            return f"keys:{result.key}"
        wired = self.exits()
        return result.outcome.value if result.outcome.value in wired else "otherwise"

    def request(self, visit: Visit) -> QueueRequest:
        """What is asked of the queue; a call taken over in line is not greeted again."""
        prompt = None if visit.resumed else self.prompt
        wanted = self.affinity
        return QueueRequest(
            queue=self.queue,
            skills=self.skills,
            priority=self.priority,
            exit_keys="".join(self.keys),
            wait_s_max=self.wait_s_max,
            leave_if_empty=self.empty is not None,
            prompt=() if prompt is None else prompt.audio(visit.variables),
            announcements=tuple(one.announcement(visit) for one in self.announce),
            away_keys="".join(self.self_service),
            keep_place=self.keep_place,
            wanted="" if wanted is None else wanted.agent or "",
            wanted_last=wanted is not None and wanted.last,
            patience_s=0.0 if wanted is None else wanted.patience_s,
            language=visit.language,
        )
