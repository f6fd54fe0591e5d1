"""One caller's visit, from ring to goodbye: begins it, walks its flow, ends it."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from ivr.flow import Flow
from ivr.model import events
from ivr.model.errors import CallerGoneError, IvrError
from ivr.model.recording import ConsentAnswer
from ivr.nodes.base import Frame, Visit
from ivr.nodes.walk import walk
from ivr.ports import Calendars, Line, Lookups, Mailboxes, Memo
from ivr.service.callback_entry import Pending
from ivr.service.callbacks import Callbacks
from ivr.service.desk import Desk
from ivr.service.queues import LineQueues
from ivr.service.resumption import Resumption
from ivr.service.taping import Taping

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Begin:
    """Where the walk starts: a fresh call at the flow's start, a resumed one where it was."""

    flow: str
    node: str
    started_at: float
    variables: str
    frames: Sequence[Frame] = ()
    """The flows that called this one."""
    waiting: Memo | None = None
    reached: Pending | None = None
    """The call-back this customer has just confirmed."""
    consent: ConsentAnswer = ""
    recorded: bool = False


class Sessions:
    """All inbound calls under way."""

    def __init__(
        self,
        desk: Desk,
        flows: Mapping[str, Flow],
        calendars: Calendars,
        resumption: Resumption,
        callbacks: Callbacks,
        lookups: Lookups,
        mailboxes: Mailboxes,
        config: str = "",
    ) -> None:
        """`config` is the version of site and flows."""
        self._desk = desk
        self._config = config
        self._callbacks = callbacks
        self._resumption = resumption
        self._flows = flows
        self._calendars = calendars
        self._lookups = lookups
        self._mailboxes = mailboxes
        self._serving: dict[int, Line] = {}
        """By the line's own identity: for a moment a call may have two, one of which ends."""
        self._visits: dict[str, Visit] = {}
        """By call: the newest."""

    def use(self, flows: Mapping[str, Flow], calendars: Calendars, config: str) -> None:
        """From now on; calls under way finish on what they began with, those that come back after
        a broken link find the flow they were in."""
        self._flows = {**self._flows, **flows}
        self._calendars = calendars
        self._config = config

    @property
    def active(self) -> int:
        """Calls being served now."""
        return len(self._serving)

    def channel_of(self, call: str) -> str | None:
        """The caller's channel, while the call is in a flow or in line."""
        return next((one.channel for one in self._serving.values() if one.id == call), None)

    def collected(self, call: str) -> Mapping[str, str]:
        """What its flows have learnt of the caller; see `Visit.collected`. Nothing of a call that a
        former server led to the talk it is in."""
        visit = self._visits.get(call)
        return visit.collected if visit is not None else {}

    async def serve(self, line: Line, memo: Memo | None) -> None:
        """The whole visit. `memo` is what a former server left with a call already under way."""
        if memo is not None and not self._resumption.session_back(line.channel):
            return
        handover = self._desk.conversations.handed_on(line.channel)
        if memo is not None and handover is not None:  # ordered in a talk that was taken over
            memo = replace(memo, state="transferring", agent=handover.agent, to=handover.dialled)
        self._serving[id(line)] = line
        reached: Pending | None = None
        try:
            begin = self._resumed(line, memo) if memo else self._started(line)
            if memo is not None:
                begin = replace(begin, consent=memo.consent, recorded=memo.recorded)
            if reached := self._callbacks.back(line.channel):
                begin = replace(begin, waiting=None, reached=reached)
                self._resumption.returned(line.channel)
            await self._walk(line, begin)
        finally:
            if reached:
                self._callbacks.cancel(line.id)
            self._resumption.returned(line.channel)
            del self._serving[id(line)]

    async def serve_callback(self, line: Line, call: str) -> None:
        """A customer has picked up: ask them, and go on with their call where it stood."""
        self._serving[id(line)] = line
        try:
            one = await self._callbacks.ask(line, call)
            if one is None:
                await _end(line)
                return
            wish = one.wish
            begin = _Begin(
                wish.flow,
                wish.node,
                wish.started_at,
                wish.variables,
                self._frames(wish.frames) or (),
                reached=one,
                consent=wish.consent,
            )
            try:
                await self._walk(line, begin)
            finally:
                self._callbacks.cancel(call)
        finally:
            del self._serving[id(line)]

    def _started(self, line: Line) -> _Begin:
        now = self._desk.clock.now()
        flow = self._desk.site.numbers[line.dialled]
        self._desk.recorder.record(
            events.CallStarted(
                at=now,
                call=line.id,
                caller=line.caller,
                caller_name=line.caller_name,
                dialled=line.dialled,
                flow=flow,
                channel=line.channel,
                config=self._config,
            )
        )
        return _Begin(flow, "", now, "{}")

    def _resumed(self, line: Line, memo: Memo) -> _Begin:
        """A call in line goes on waiting; one whose agent has left goes on after the queue."""
        if memo.state != "talking":  # a talk was taken over before its caller came back
            self._desk.recorder.record(
                events.CallResumed(at=self._desk.clock.now(), call=line.id, state=memo.state)
            )
        flow = memo.flow if memo.flow in self._flows else self._desk.site.numbers[line.dialled]
        node = self._flows[flow].nodes.get(memo.node)
        frames = self._frames(memo.frames)
        if node is None or frames is None:
            return _Begin(self._desk.site.numbers[line.dialled], "", memo.started_at, "{}")
        if memo.state in ("waiting", "transferring"):
            return _Begin(flow, memo.node, memo.started_at, memo.variables, frames, memo)
        again = memo.state == "serving" and node.repeatable
        following = memo.node if again else node.exits().get("next", memo.node)
        return _Begin(flow, following, memo.started_at, memo.variables, frames)

    def _frames(self, kept: str) -> list[Frame] | None:
        """The flows that wait for one under way; None when one of them has changed too much."""
        now, frames = self._desk.clock.now(), []
        for name, node, variables in json.loads(kept):
            flow = self._flows.get(name)
            if flow is None or node not in flow.nodes or flow.nodes[node].calls() is None:
                return None
            frames.append(Frame(flow, node, now, variables))
        return frames

    async def _walk(self, line: Line, begin: _Begin) -> None:
        taping = Taping(self._desk, line, wanted=begin.recorded, answer=begin.consent)
        visit, queues = self._visit(line, begin, taping)
        self._visits[line.id] = visit
        flows = self._flows  # of the version on record: a reload may come while the line is opened
        result, node = "hangup", ""
        try:
            await line.answer()
            await line.speak(visit.language)
            ending = await walk(flows, begin.flow, visit, node=begin.node)
            queues.close()
            result, node = ending.result, ending.node
            await line.hangup()
        except CallerGoneError:
            pass  # after the walk: the caller was quicker with hanging up than we were
        except IvrError as error:  # within the walk, errors are the walk's affair
            log.warning("call failed", call=line.id, error=str(error))
            result = "error"
        finally:
            if self._visits.get(line.id) is visit:
                del self._visits[line.id]
        taping.over()
        self._desk.privacy.forget(line.id)
        self._callbacks.line_free(line.id)
        if not queues.to_be_called and not self._desk.conversations.will_return(line.channel):
            self._ended(line, begin, result, node)

    def _visit(self, line: Line, begin: _Begin, taping: Taping) -> tuple[Visit, LineQueues]:
        """The visit and its way into queues: each needs the other."""

        def memo_now() -> Memo:
            return Memo(
                line.id,
                "serving",
                visit.flow_name,
                visit.home or visit.node,
                started_at=begin.started_at,
                consent=taping.answer,
                recorded=taping.wanted,
                variables=json.dumps(visit.lasting_variables),
                frames=json.dumps(visit.lasting_frames, separators=(",", ":")),
            )

        queues = LineQueues(
            self._desk,
            line,
            memo_now,
            begin.waiting,
            lambda: self._resumption.returned(line.channel),
            self._callbacks,
            begin.reached,
            taping,
        )
        visit = Visit(
            call=line,
            queues=queues,
            calendars=self._calendars,
            clock=self._desk.clock,
            recorder=self._desk.recorder,
            site=self._desk.site,
            lookups=self._lookups,
            variables=json.loads(begin.variables),
            frames=list(begin.frames),
            resumed=begin.waiting is not None or begin.reached is not None,
            recording=taping,
            mailboxes=self._mailboxes,
            remember=queues.remember,
        )
        return visit, queues

    def _ended(self, line: Line, begin: _Begin, result: str, node: str) -> None:
        now = self._desk.clock.now()
        self._desk.recorder.record(
            events.CallEnded(
                at=now,
                call=line.id,
                flow=begin.flow,
                result=result,
                duration_s=now - begin.started_at,
                node=node,
            )
        )


async def _end(line: Line) -> None:
    with suppress(CallerGoneError):  # that is what was wanted
        await line.hangup()
