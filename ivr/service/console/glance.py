"""Reads the house for the board: one item at a time, or all of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from ivr.acd.engine import Engine
from ivr.acd.errors import RoutingError
from ivr.model.ids import CallId
from ivr.model.site import Site
from ivr.ports import Clock
from ivr.service.closures import Closed
from ivr.service.console.board import Item, Key
from ivr.service.console.callers import Callers
from ivr.service.console.items import (
    Attending,
    Expected,
    able_item,
    agent_item,
    call_item,
    expected,
    house_item,
    queue_item,
    site_item,
    talk_item,
)
from ivr.service.console.levels import Levels
from ivr.service.conversations import Conversations

AGENT, CALL, ABLE, TALK, QUEUE = "agent", "call", "able", "talk", "queue"
CLOSURE, ALARM, SITE, HOUSE = "closure", "alarm", "site", "house"
"""Kinds of items."""
Names = Callable[[], Collection[str]]
Read = Callable[[str], Item | None]


@dataclass(frozen=True)
class House:
    """Where everything is read from."""

    engine: Engine
    conversations: Conversations
    clock: Clock
    site: Callable[[], Site]
    closures: Callable[[], Mapping[str, Closed | None]]
    alarms: Callable[[], list[str]]
    attending: Callable[[], list[Attending]]
    private: Callable[[str], bool]
    """Whether nobody may listen to this call for now."""
    help_since: Callable[[str], float | None]
    """Since when an agent asks for help; None: asks for none."""


@dataclass
class Glance:
    """Reads items; knows who the callers are, how well queues were served, and what estimates
    there are."""

    house: House
    callers: Callers = field(default_factory=Callers)
    levels: Levels = field(default_factory=Levels)
    _expected: dict[CallId, Expected | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        house, engine = self.house, self.house.engine
        self._kinds: Mapping[str, tuple[Names, Read]] = {
            AGENT: (engine.agent_names, self._agent),
            CALL: (engine.asked_for, self._call),
            ABLE: (lambda: set(engine.asked_for().values()), self._able),
            TALK: (lambda: [talk.agent for talk in house.conversations.all()], self._talk),
            QUEUE: (lambda: house.site().queues, self._queue),
            CLOSURE: (house.closures, self._closure),
            ALARM: (house.alarms, lambda alarm: {} if alarm in house.alarms() else None),
            SITE: (lambda: [SITE], lambda _name: site_item(house.site())),
            HOUSE: (lambda: [HOUSE], self._whole),
        }

    @property
    def kinds(self) -> Collection[str]:
        """All there are."""
        return self._kinds.keys()

    def names(self, kind: str) -> Collection[str]:
        """Of all there is of this kind; costs little."""
        return self._kinds[kind][0]()

    def read(self, key: Key) -> Item | None:
        """None when there is no such thing (any more)."""
        kind, name = key
        return self._kinds[kind][1](name)

    def estimate_one(self) -> Key | None:
        """Work out the expected wait of one call, in turn, as that looks at many agents; which."""
        engine, now = self.house.engine, self.house.clock.now()
        waiting = engine.asked_for()
        for gone in self._expected.keys() - waiting.keys():
            del self._expected[gone]
        fresh = (call for call in waiting if call not in self._expected)
        call = next(fresh, None) or next(iter(self._expected), None)
        if call is None:
            return None
        self._expected.pop(call, None)  # to the end of the turn
        self._expected[call] = expected(engine.estimate(call, now, promise=False), now)
        return CALL, call

    def _agent(self, name: str) -> Item | None:
        try:
            view = self.house.engine.agent(name)
        except RoutingError:
            return None
        return agent_item(view, self.house.site().agents.get(name))

    def _call(self, name: str) -> Item | None:
        try:
            view = self.house.engine.call(name)
        except RoutingError:
            return None
        return call_item(view, self._expected.get(view.call))

    def _able(self, skills: str) -> Item:
        return able_item(self.house.engine.able(skills))

    def _queue(self, name: str) -> Item | None:
        queue, now = self.house.site().queues.get(name), self.house.clock.now()
        return queue_item(queue, self.levels.of(now, name)) if queue is not None else None

    def _whole(self, _name: str) -> Item:
        site, now = self.house.site(), self.house.clock.now()
        return house_item(site, self.levels.of(now, *site.queues))

    def _talk(self, agent: str) -> Item | None:
        house = self.house
        talk = house.conversations.of_agent(agent)
        if talk is None:
            return None
        attending = [one for one in house.attending() if one.agent == agent]
        return talk_item(
            talk,
            self.callers.of(talk.call),
            house.private(talk.call),
            attending,
            house.help_since(agent),
        )

    def _closure(self, name: str) -> Item | None:
        found = self.house.closures()
        if name not in found:
            return None
        closed = found[name]
        since, by = (closed.since, closed.by) if closed else (None, "")
        return {"closed": closed is not None, "since": since, "by": by}
