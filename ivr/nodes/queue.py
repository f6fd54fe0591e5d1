"""queue: wait for an agent and talk to them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ivr.flow.node import AgentRef, NumberFormula, QueueRef, SkillExpression, Target
from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.model.site import Site
from ivr.model.units import Seconds
from ivr.nodes.base import Node, Visit
from ivr.nodes.prompt import Prompt
from ivr.ports import Announcement, Away, QueueRequest

PRIORITY_MAX = 100

ExitKey = Annotated[str, Field(pattern=r"^[0-9*#]$")]
Period = Annotated[Seconds, Field(ge=1, le=86400)]


class Told(BaseModel):
    """One entry of `announce`: exactly one of say, position and estimate, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Annotated[Seconds, Field(ge=0, le=86400)] | None = Field(
        default=None, description="First after that long in this queue; left out: as `every`."
    )
    every: Period | None = Field(
        default=None, description="Again and again from then on; left out: once."
    )
    say: Prompt | None = Field(default=None, description="Tells this.")
    position: bool = Field(default=False, description="Tells the place in line.")
    estimate: bool = Field(default=False, description="Tells the expected wait.")

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

    agent: AgentRef | None = Field(default=None, description="The agent wished for.")
    last: bool = Field(default=False, description="Whoever talked to this caller last.")
    patience_s: Period = Field(description="For how long nobody else is rung.")

    @model_validator(mode="after")
    def _one_person(self) -> "Affinity":
        if (self.agent is not None) == self.last:
            raise ValueError("give exactly one of agent and last: true")
        return self


class Queue(Node):
    """Puts the caller in line, with music, until an agent has talked to them.

    The place counts from the original time of entry, because the wait is the caller's, whichever
    line it was spent in.
    """

    type: ClassVar[str] = "queue"
    leaves_line: ClassVar[bool] = True
    queue: QueueRef = Field(description="The line to stand in.")
    prompt: Prompt | None = Field(
        default=None, description="Said first, while the call stands in line already."
    )
    announce: Annotated[list[Told], Field(max_length=20)] = Field(
        default=[],
        description="What is told in between the music: each entry one of `say`, `position` and "
        "`estimate`, and when.",
    )
    affinity: Affinity | None = Field(
        default=None,
        description="One agent the call is for alone at first, unless they are away or lack the "
        "skills: exactly one of `agent` and `last`.",
    )
    skills: SkillExpression = Field(
        default="", description="Skills asked for beside those the queue asks for."
    )
    priority: Annotated[int | NumberFormula, Field(union_mode="left_to_right")] = Field(
        default=0,
        description="Added to the queue's; one point is worth a minute of waiting. From -100 to "
        "100, or an expression over variables, such as `urgency + 5`; its value is rounded, and "
        "what is beyond these counts as these.",
    )
    wait_s_max: Annotated[Seconds, Field(gt=0)] | None = Field(
        default=None, description="The longest wait; left out: the queue's own."
    )
    keep_place: bool = Field(
        default=True,
        description="Who comes here because another queue was full or took too long keeps the time "
        "of entry from there.",
    )
    keys: dict[ExitKey, Target] = Field(
        default={}, description="Taken when the caller leaves the line by this key."
    )
    self_service: dict[ExitKey, Target] = Field(
        default={},
        description="Taken when the caller, by this key, looks after something else and keeps the "
        "place: the way leads back to this node, and is broken off when an agent was found.",
    )
    next: Target = Field(description="Taken after the conversation.")
    timeout: Target | None = Field(
        default=None,
        description="Taken when the wait in this queue was too long; left out: `otherwise` is "
        "taken.",
    )
    empty: Target | None = Field(
        default=None,
        description="Taken on entering, when nobody who could serve the call is logged in; left "
        "out: the caller waits for somebody to log in.",
    )
    overflow: Target | None = Field(
        default=None,
        description="Taken when the line is full; left out: `otherwise` is taken.",
    )
    otherwise: Target = Field(
        description="Taken when the wait ends in any other way, also for technical reasons."
    )

    @field_validator("priority")
    @classmethod
    def _within_limits(cls, priority: int | str) -> int | str:
        if isinstance(priority, int) and abs(priority) > PRIORITY_MAX:
            raise ValueError(f"needs to be at least -{PRIORITY_MAX} and at most {PRIORITY_MAX}")
        return priority

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
            priority=self._priority(visit),
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

    def _priority(self, visit: Visit) -> int:
        """What an expression says now, within the limits; nothing that is no number."""
        if isinstance(self.priority, int):
            return self.priority
        value = visit.evaluate(self.priority)
        number = value if isinstance(value, int | float) else 0
        return round(max(-PRIORITY_MAX, min(PRIORITY_MAX, number)))
