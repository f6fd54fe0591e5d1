"""The routing engine: one message in, commands out, and the next moment it wants to be woken."""

from collections.abc import Callable
from typing import Any

from ivr.acd import messages as m
from ivr.acd.deadlines import Due
from ivr.acd.reconfiguring import Reconfiguring
from ivr.acd.table import Trigger
from ivr.model.site import Site


class Engine(Reconfiguring):
    """Decides who talks to whom; single-threaded, never awaits.

    Every message is checked first and then carried out, so an error has changed nothing. After
    the message come the deadlines that are due, and then one match over whatever became free.
    """

    def __init__(self, site: Site, *, offer_prefix: str = "o", seed: int = 0) -> None:
        """Agents start logged out, reachable and not busy. The prefix begins every offer id:
        give each process its own, so that ids in a journal stay apart across restarts. `seed`
        is for strategies that leave something to chance."""
        super().__init__(site, offer_prefix, seed)
        self._handlers: dict[type, Callable[[Any, float], None]] = {
            m.LogIn: self._on_log_in,
            m.LogOut: lambda x, now: self._wish(x.agent, Trigger.LOG_OUT, "log_out", now),
            m.Pause: lambda x, now: self._wish(x.agent, Trigger.PAUSE, x.reason, now),
            m.Ready: lambda x, now: self._wish(x.agent, Trigger.READY, "ready", now),
            m.DeviceChanged: self._on_device,
            m.Enter: self._on_enter,
            m.Leave: self._on_leave,
            m.OfferRinging: self._on_ringing,
            m.OfferAnswered: self._on_answered,
            m.OfferEnded: self._on_offer_ended,
            m.ConversationEnded: self._on_conversation_ended,
            m.Resume: self._on_resume,
            m.ResumeWrapUp: self._on_resume_wrap_up,
            m.Hold: lambda x, _now: self._on_hold(x),
            m.Release: lambda _x, _now: self._end_hold(),
            m.KeepPlace: lambda x, _now: self._on_keep_place(x),
            m.Reprioritise: self._on_reprioritise,
            m.ExtendWrapUp: lambda x, _now: self._on_extend_wrap_up(x),
            m.Dispose: self._on_dispose,
            m.PlanPause: self._on_plan_pause,
            m.DayBegan: lambda _x, now: self._agents.begin_day(now),
            m.Reconfigure: self._on_reconfigure,
            m.Tick: lambda _x, _now: None,
        }
        self._expiries: dict[Due, Callable[[str, float], None]] = {
            Due.LEASE: self._end_lease,
            Due.WRAP_UP: self._end_wrap_up,
            Due.WRITE_UP: self._end_write_ups,
            Due.REST: self._end_rest,
            Due.PLANNED: self._begin_break,
            Due.BREAK: self._end_break,
            Due.WAIT: self._end_wait,
            Due.RELAX: self._end_step,
            Due.WANT: lambda ident, _now: self._end_want(ident),
            Due.START: self._end_start,
            Due.DELAY: self._end_delay,
            Due.HOLD: lambda _ident, _now: self._end_hold(),
        }

    # --- the two entrances

    def handle(self, message: m.Input, now: float) -> list[m.Command]:
        """What is to be done, in this order. A RoutingError has changed nothing.

        `now` in epoch seconds; a moment before the last one counts as the last one.
        """
        now = max(now, self._now)
        self._handlers[type(message)](message, now)
        self._now = now
        for due, ident in self._deadlines.pop_due(now):
            self._expiries[due](ident, now)
        self._follow_agents(now)
        self._match(now)
        out, self._out = self._out, []
        return out

    def next_deadline(self) -> float | None:
        """When to send a Tick at the latest; None: nothing is waited for."""
        return self._deadlines.next()
