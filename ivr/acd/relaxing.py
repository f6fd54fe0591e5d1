"""Waiting calls go down the relaxation timeline of their queue: by time, or past a step that
nobody logged in could satisfy. They never go back."""

from collections.abc import Collection
from functools import lru_cache

from ivr.acd import messages as m
from ivr.acd.agents import AgentRecord
from ivr.acd.calls import CallRecord
from ivr.acd.deadlines import Due
from ivr.acd.relaxation import Stage, stages
from ivr.acd.requirement import KEPT_MAX, Requirement
from ivr.acd.staff import Staff
from ivr.acd.staffing import Staffing
from ivr.model.agents import AgentState, QueueOutcome
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
        self._concerned: dict[Requirement, dict[Cohort, None]] = {}
        """Cohorts by the requirements that are watched for them."""
        self._staffing = Staffing(self._agents)

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
        """Nobody logged in satisfies this step, somebody a later one: then also the last, for a
        step shuts nobody out. While nobody satisfies any, time alone decides."""
        if not self._queues[call.queue].skip_unstaffed or self._is_staffed(call.requirement):
            return False
        return self._is_staffed(call.stages[-1].requirement)

    def _is_staffed(self, requirement: Requirement) -> bool:
        """Whether anybody who satisfies it is logged in, in whatever state."""
        return self._staffing.is_staffed(requirement)

    # --- who logs in and out

    def _move(
        self,
        agent: AgentRecord,
        state: AgentState,
        reason: str,
        now: float,
        *,
        keep_place: bool = False,
    ) -> None:
        before = agent.state
        super()._move(agent, state, reason, now, keep_place=keep_place)
        if AgentState.LOGGED_OUT in (before, state):
            self._staffing.moved(agent.group)

    def _relax_after_logs(self, now: float) -> None:
        """Steps may have lost or found their staff; who came first takes theirs first."""
        concerned = {
            call.number: call
            for requirement in self._staffing.turned()
            for cohort in self._concerned.get(requirement, ())
            for call in self._skipping(cohort)
        }
        for _, call in sorted(concerned.items()):
            self._relax(call, now)

    def _skipping(self, cohort: Cohort) -> Collection[CallRecord]:
        calls = self._cohorts[cohort].values()
        return calls if self._skips(next(iter(calls))) else ()

    def _join_cohort(self, call: CallRecord) -> None:
        if not self._queues[call.queue].skip_unstaffed:
            return
        cohort = _cohort_of(call)
        if cohort not in self._cohorts:
            self._cohorts[cohort] = {}
            for requirement in _watched(call):
                self._staffing.watch(requirement)
                self._concerned.setdefault(requirement, {})[cohort] = None
        self._cohorts[cohort][call.ident] = call

    def _leave_cohort(self, call: CallRecord) -> None:
        cohort = _cohort_of(call)
        calls = self._cohorts.get(cohort)
        if calls is None or calls.pop(call.ident, None) is None or calls:
            return
        del self._cohorts[cohort]
        for requirement in _watched(call):
            self._staffing.unwatch(requirement)
            del self._concerned[requirement][cohort]
            if not self._concerned[requirement]:
                del self._concerned[requirement]

    def _leave(
        self, call: CallRecord, outcome: QueueOutcome, now: float, agent: AgentId | None = None
    ) -> None:
        super()._leave(call, outcome, now, agent)
        self._leave_cohort(call)


def _cohort_of(call: CallRecord) -> Cohort:
    return call.queue, call.stages, call.step


def _watched(call: CallRecord) -> tuple[Requirement, ...]:
    """On whose staff it depends whether the call's cohort skips a step."""
    return tuple(dict.fromkeys((call.requirement, call.stages[-1].requirement)))
