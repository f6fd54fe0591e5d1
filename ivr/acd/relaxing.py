"""Waiting calls go down the relaxation timeline of their queue: by time, or past a step that
nobody logged in could satisfy. They never go back."""

from functools import lru_cache

from ivr.acd import messages as m
from ivr.acd.calls import CallRecord
from ivr.acd.deadlines import Due
from ivr.acd.relaxation import Stage, stages
from ivr.acd.requirement import KEPT_MAX, Profile, Requirement
from ivr.acd.staff import Staff
from ivr.model.agents import QueueOutcome
from ivr.model.ids import AgentId, QueueId
from ivr.model.site import Site

Cohort = tuple[QueueId, tuple[Stage, ...], int]
"""Queue, timeline, steps taken: these calls take the next step for the same reasons."""


class Relaxing(Staff):
    """Takes the steps of each waiting call, whether it stands in line or rings somebody."""

    def __init__(self, site: Site, offer_prefix: str, seed: int) -> None:
        super().__init__(site, offer_prefix, seed)
        self._timeline = lru_cache(maxsize=KEPT_MAX)(self._make_timeline)
        self._cohorts: dict[Cohort, dict[str, CallRecord]] = {}
        """Those who have steps to come and may skip them."""

    def _make_timeline(self, queue: QueueId, requirement: Requirement) -> tuple[Stage, ...]:
        return stages(requirement, self._queues[queue].relax, self._requirements)

    def _relax(self, call: CallRecord, now: float) -> None:
        """Takes every step that is due or skipped, and waits for the one after."""
        self._leave_cohort(call)
        while (due := self._next_step_at(call)) is not None:
            if due > now and not self._skips(call):
                self._deadlines.set(Due.RELAX, call.ident, due)
                self._join_cohort(call)
                return
            self._take_step(call)
        self._deadlines.clear(Due.RELAX, call.ident)

    def _take_step(self, call: CallRecord) -> None:
        with self._calls.moving(call):
            call.step += 1
            call.weigh()
        if call.step > call.steps_told:
            self._out.append(m.Relaxed(call.ident, call.queue, call.step, call.requirement.text))
        if call.in_line:
            self._returned.append(call)

    def _end_step(self, ident: str, now: float) -> None:
        self._relax(self._calls[ident], now)

    def _skips(self, call: CallRecord) -> bool:
        """Nobody logged in satisfies this step, somebody a later one. While nobody satisfies any,
        time alone decides."""
        if not self._queues[call.queue].skip_unstaffed or self._is_staffed(call.requirement):
            return False
        later = call.stages[call.step + 1 :]
        return any(self._is_staffed(stage.requirement) for stage in later)

    def _relax_after_log(self, profile: Profile, now: float) -> None:
        """Somebody with this profile logged in or out: steps may have lost or found their staff."""
        for cohort in list(self._cohorts.values()):
            calls = list(cohort.values())
            if calls[0].stages[-1].requirement.accepts(profile) and self._skips(calls[0]):
                for call in calls:
                    self._relax(call, now)

    def _cohort_of(self, call: CallRecord) -> Cohort:
        return call.queue, call.stages, call.step

    def _join_cohort(self, call: CallRecord) -> None:
        if self._queues[call.queue].skip_unstaffed:
            self._cohorts.setdefault(self._cohort_of(call), {})[call.ident] = call

    def _leave_cohort(self, call: CallRecord) -> None:
        cohort = self._cohorts.get(self._cohort_of(call))
        if cohort is not None:
            cohort.pop(call.ident, None)
            if not cohort:
                del self._cohorts[self._cohort_of(call)]

    def _leave(
        self, call: CallRecord, outcome: QueueOutcome, now: float, agent: AgentId | None = None
    ) -> None:
        super()._leave(call, outcome, now, agent)
        self._leave_cohort(call)
