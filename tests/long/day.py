"""A day of traffic as the journal would hold it: the routing core decides, in virtual time, who is
offered to whom, and everything that happens is an event."""

import random
from collections.abc import Iterable
from typing import Any

from ivr.acd import messages as m
from ivr.journal import database
from ivr.journal.entry import call_of, entry_of
from ivr.journal.numbers import Numbers
from ivr.model import events
from ivr.model.agents import OfferOutcome, QueueOutcome
from ivr.model.site import Site
from ivr.simulate.callers import Caller
from ivr.simulate.driver import Driver
from ivr.simulate.scenario import Scenario

MENU_S = 7.0
AGENTS = 72
EARLY = [f"a{number}" for number in range(AGENTS // 2)]
LATE = [f"a{number}" for number in range(AGENTS // 2, AGENTS)]
FLOW, VERSION = "company", "5d1f0c93ab"
SITE = Site.model_validate(
    {
        "numbers": {"600": FLOW},
        "timezone": "Europe/Berlin",
        "skills": {"en": "English", "fr": "French"},
        "teams": {"care": "Care", "back": "Back office"},
        "agents": {
            f"a{number}": {
                "name": f"Agent {number}",
                "extension": str(1001 + number),
                "team": "care" if number % 3 else "back",
                "skills": {"en": 5} if number % 2 else {"en": 3, "fr": 6},
                "breaks": [
                    {"days": ["mon"], "start": "12:00", "length_s": 1800, "reason": "lunch"}
                ],
            }
            for number in range(AGENTS)
        },
        "queues": {
            "english": {"title": "English", "skills": "en >= 1", "wrap_up_s": 15},
            "french": {
                "title": "French",
                "skills": "fr >= 1",
                "wrap_up_s": 20,
                "service_level_s": 30,
                "callback": {},
            },
        },
        "emergency": {"say": "Sorry", "ring": ["1001"]},
    }
)
SCENARIO = Scenario.model_validate(
    {
        "site": "site.yaml",
        "begin": "2026-03-02 06:00",
        "length": "18h",
        "seed": 1,
        "queues": {
            "english": {
                "per_half_hour": [200],
                "talk": {"lognormal": {"mean": 240, "cv": 0.9}},
                "patience": {"exponential": 90},
                "retry": {"share": 0.3, "after": {"exponential": 600}},
            },
            "french": {
                "per_half_hour": [80],
                "talk": {"exponential": 300},
                "patience": {"exponential": 240},
                "callback": {"share": 0.4, "after": 60},
            },
        },
        "staffing": [
            {"agents": EARLY, "start": 7200, "end": 39600},
            {"agents": LATE, "start": 25200},
        ],
        "answering": {
            "delay": {"exponential": 4},
            "missed": 0.03,
            "back_after": 120,
        },
    }
)


class Day(Driver):
    """Writes down what happens. Callers have a number, some of them the same one."""

    def __init__(self, site: Site, scenario: Scenario, replication: int) -> None:
        self.events: list[events.Event] = []
        self._dice = random.Random(replication)
        self._talks: dict[str, tuple[str, float]] = {}
        super().__init__(site, scenario, replication)

    @property
    def now(self) -> float:
        return self._epoch + self._now_s

    def _tell_event(self, what: type[events.Event], /, **says: Any) -> None:
        if "call" in says:
            says["call"] = says["call"].removesuffix(".back")
        self.events.append(what(at=round(self.now, 3), **says))

    def _enter(self, caller: Caller) -> None:
        call = caller.ident
        number = f"+49{self._dice.randrange(2000):08d}" if self._dice.random() < 0.97 else ""
        self._tell_event(
            events.CallStarted,
            call=call,
            caller=number,
            caller_name="",
            dialled="600",
            flow=FLOW,
            channel=f"{call}.1",
            config=VERSION,
        )
        self._tell_event(events.NodeEntered, call=call, flow=FLOW, node="menu")
        if self._dice.random() < 0.1:
            self._node_left(call, "menu", "hangup")
            self._end(call, "hangup", "menu")
            return
        self._node_left(call, "menu", "choices:1")
        self._tell_event(events.NodeEntered, call=call, flow=FLOW, node="wait")
        self._tell_event(
            events.QueueEntered,
            call=call,
            queue=caller.queue,
            skills="",
            priority=0,
            entered_at=self.now,
        )
        super()._enter(caller)

    def _node_left(self, call: str, node: str, outcome: str) -> None:
        self._tell_event(
            events.NodeLeft, call=call, flow=FLOW, node=node, outcome=outcome, seconds=MENU_S
        )

    def _end(self, call: str, result: str, node: str) -> None:
        self._tell_event(
            events.CallEnded, call=call, flow=FLOW, result=result, duration_s=30.0, node=node
        )

    def _left(self, left: m.Left) -> None:
        caller = self._waiting[left.call]
        if not caller.called:
            self._tell_event(
                events.QueueLeft,
                call=left.call,
                queue=left.queue,
                outcome=left.outcome,
                wait_s=left.wait_s,
                agent=left.agent or "",
            )
            if left.outcome is not QueueOutcome.ANSWERED:
                self._node_left(left.call, "wait", "hangup")
            if left.outcome not in (QueueOutcome.ANSWERED, QueueOutcome.CALLBACK):
                self._end(left.call, "hangup", "wait")
        super()._left(left)

    def _unreached(self, caller: Caller) -> None:
        self._end(caller.ident, "hangup", "wait")
        super()._unreached(caller)

    def _ring(self, ring: m.Ring) -> None:
        self._tell_event(
            events.OfferMade,
            call=ring.call,
            offer=ring.offer,
            queue=ring.queue,
            agent=ring.agent,
            channel="",
            reason="",
        )
        super()._ring(ring)

    def _offer_ended(self, offer: Any, outcome: OfferOutcome) -> None:
        self._tell_event(
            events.OfferEnded,
            call=offer.call,
            offer=offer.offer,
            queue="",
            agent=offer.agent,
            outcome=outcome,
            ring_s=self._now_s - self._offers[offer.offer],
        )

    def _miss(self, ring: m.Ring) -> None:
        if ring.offer in self._offers:
            self._offer_ended(ring, OfferOutcome.NO_ANSWER)
        super()._miss(ring)

    def _connect(self, connect: m.Connect) -> None:
        self._offer_ended(connect, OfferOutcome.ACCEPTED)
        caller = self._waiting[connect.call]
        self._talks[caller.ident] = connect.agent, self._now_s
        if not caller.called:
            self._talk_begins(caller)
        super()._connect(connect)

    def _talk_begins(self, caller: Caller) -> None:
        self._tell_event(
            events.ConversationStarted,
            call=caller.ident,
            queue=caller.queue,
            agent=self._talks[caller.ident][0],
            channel="",
        )

    def _talked(self, caller: Caller) -> None:
        """Some on hold in between, some handed on by their agent afterwards."""
        agent, since_s = self._talks.pop(caller.ident)
        length_s = self._now_s - since_s
        hold_s = length_s * self._dice.choice([0, 0, 0.25])
        handed_on = self._dice.random() < 0.05
        self._tell_event(
            events.ConversationEnded,
            call=caller.ident,
            queue=caller.queue,
            agent=agent,
            talk_s=length_s - hold_s,
            hold_s=hold_s,
            ended_by="transfer" if handed_on else "caller",
        )
        if handed_on:
            self._tell_event(
                events.Transferred,
                call=caller.ident,
                agent=agent,
                queue=caller.queue,
                kind="blind",
                target="number",
                to="+4930",
            )
        if self._dice.random() < 0.4:
            self._tell_event(
                events.SurveyAnswered,
                call=caller.ident,
                flow=FLOW,
                node="ask",
                survey="service",
                kind="csat",
                low=1,
                high=5,
                score=self._dice.randint(1, 5),
                queue=caller.queue,
                agent=agent,
            )

    def _end_talk(self, caller: Caller) -> None:
        if caller.called:  # only now is it known that the customer was reached
            self._tell_event(
                events.CallbackEnded,
                call=caller.ident,
                queue=caller.queue,
                result="completed",
                attempts=caller.called,
                wait_s=self._now_s - caller.arrived_s,
            )
            self._talk_begins(caller)
        super()._end_talk(caller)
        self._talked(caller)
        self._end(caller.ident, "completed", "wait")

    def _no_reply(self, waiting: Caller) -> None:
        del self._talks[waiting.ident]
        super()._no_reply(waiting)

    def _moved(self, moved: m.AgentMoved) -> None:
        self._tell_event(
            events.AgentChanged,
            agent=moved.agent,
            before=moved.before,
            after=moved.after,
            reason=moved.reason,
            seconds=moved.seconds,
            call=moved.call or "",
        )
        super()._moved(moved)


def day(replication: int = 1, scenario: Scenario = SCENARIO) -> list[events.Event]:
    """The events of one day, in order."""
    driver = Day(SITE, scenario, replication)
    driver.run()
    return driver.events


def write(url: str, happened: Iterable[events.Event], batch: int = 5000) -> None:
    """Into a journal of its own."""
    engine = database.open_engine(url)
    database.migrate(engine)
    numbers, entries = Numbers(0, {}), []
    try:
        for event in happened:
            entries.append(entry_of(event, *numbers.take(call_of(event))))
            if len(entries) == batch:
                database.store(engine, entries)
                entries.clear()
        database.store(engine, entries)
    finally:
        engine.dispose()
