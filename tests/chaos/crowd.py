"""People in every part of a call, brought there before a fault and served after it."""

import asyncio
from dataclasses import dataclass, field

from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.waiting import eventually

NUMBER = "600"
WELCOME = "Welcome to the desk. For somebody who helps you, press 1. To end this call, press 9."
GOODBYE = "Thank you for calling, goodbye."
IN_LINE = ("first", "second")
SERVED_LIMIT_S = 90.0
DIAL_LIMIT_S = 45.0


@dataclass
class Crowd:
    """Who is where. `served` are the callers who spoke to an agent after the fault, in order."""

    house: House
    ann: Person
    ben: Person
    sue: Person
    callers: dict[str, Person]
    calls: dict[str, str] = field(default_factory=dict)
    """Our id of a call -> key of the caller, latest call last."""
    entered_at: dict[str, float] = field(default_factory=dict)
    """Key of who waits -> when the place was taken."""
    served: list[str] = field(default_factory=list)
    parted: list[str] = field(default_factory=list)
    """Those of them whose agent has hung up again."""
    unheard: list[str] = field(default_factory=list)
    """What should have been heard, and was not."""

    # --- before

    async def talk(self) -> None:
        """Ann talks, is recorded, and Sue listens."""
        await self.house.log_in(self.ann)
        caller = self.callers["talking"]
        await self._to_the_line("talking")
        await self.ann.rings()
        await self.ann.picks_up()
        await self.sue.dials(f"*15{self.ann.extension}")
        await self.sue.hears_something()
        await self.sue.presses(f"{self.house.pin(self.sue)}#")
        await all_hear((self.sue, [caller, self.ann]), (caller, [self.ann]), (self.ann, [caller]))

    async def ring(self) -> str:
        """Ben's telephone rings; the offer's id. Nobody picks up yet."""
        await self.house.log_in(self.ben)
        call = await self._to_the_line("ringing")
        offer = await self.house.journal.tells("offer.made", call=call, agent="ben")
        return str(offer.offer)

    async def stand_in_line(self) -> None:
        """Two wait, and behind them one who has hung up and is to be called back."""
        for key in (*IN_LINE, "called"):
            await self._to_the_line(key)
        caller = self.callers["called"]
        await caller.presses("2")
        await self.house.journal.tells("node.entered", call=self._call("called"), node="offer")
        await caller.presses("1")
        await self.house.journal.tells("callback.requested", call=self._call("called"))
        await caller.is_hung_up()

    async def stay_in_the_menu(self) -> None:
        await self.callers["in_menu"].dials(NUMBER)
        await self.callers["in_menu"].hears_said(await self.house.speech(WELCOME))

    async def _to_the_line(self, key: str) -> str:
        caller = self.callers[key]
        await caller.dials(NUMBER)
        call = await self.house.call_of(caller)
        await self.house.journal.tells("node.entered", call=call, node="menu")
        await caller.presses("1")
        entry = await self.house.journal.tells("queue.entered", call=call)
        self.calls[call] = key
        self.entered_at.setdefault(key, entry.entered_at)
        return call

    def _call(self, key: str) -> str:
        return [call for call, who in self.calls.items() if who == key][-1]

    # --- after

    async def recovers(self, since: float) -> float:
        """Seconds from `since` until somebody who calls is served by the flow."""
        late = self.callers["late"]
        async with asyncio.timeout(DIAL_LIMIT_S):
            while not await _answered(late):
                late.visits -= 1
        call = await self.house.call_of(late)
        entered = await self.house.journal.tells("node.entered", call=call, limit_s=DIAL_LIMIT_S)
        await late.hears_said(await self.house.speech(WELCOME), within_s=20)
        await late.hangs_up()
        return max(0.0, float(entered.at) - since)

    async def goes_on_talking(self) -> None:
        caller = self.callers["talking"]
        await self._hear("the conversation", (caller, [self.ann]), (self.ann, [caller]))

    async def leaves_the_menu(self) -> None:
        caller, goodbye = self.callers["in_menu"], await self.house.speech(GOODBYE)
        await caller.presses("9")
        try:
            await caller.hears_said(goodbye, within_s=20)
            await caller.is_hung_up()
        except (AssertionError, TimeoutError) as error:
            self.unheard.append(f"the menu: {error}")

    async def put_down(self) -> None:
        """Asterisk has gone: the receiver is dead, whoever had it in hand puts it down."""
        in_calls = [self.callers[key] for key in ("in_menu", "talking", "ringing", *IN_LINE)]
        await asyncio.gather(*(one.hangs_up() for one in (self.ann, self.ben, self.sue, *in_calls)))

    async def call_again(self) -> None:
        """Who waited, the last one first."""
        for key in ("second", "first", "ringing"):
            await self._to_the_line(key)

    async def are_served(self) -> None:
        """Ann and Ben work until nobody waits any more."""
        wanted = {"ringing", "first", "second", "called"}
        workers = [asyncio.create_task(self._work(one), name=one.key) for one in self._agents]
        called = asyncio.create_task(self._confirm(self.callers["called"]), name="called")
        try:
            await eventually(
                lambda: wanted <= set(self.parted) or any(one.done() for one in workers),
                SERVED_LIMIT_S,
                lambda: f"everybody served; served so far: {self.served}",
            )
        except AssertionError as error:
            self.unheard.append(str(error))
        for task in (*workers, called):
            task.cancel()
        for result in await asyncio.gather(*workers, called, return_exceptions=True):
            if isinstance(result, AssertionError | TimeoutError):
                self.unheard.append(str(result))

    @property
    def _agents(self) -> tuple[Person, Person]:
        return self.ann, self.ben

    async def ring_is_over(self, offer: str) -> bool:
        """Whether Ben's telephone has stopped ringing for the offer made before the fault."""
        return bool(self.house.journal.facts("offer.ended", offer=offer))

    async def _work(self, agent: Person) -> None:
        while True:
            await agent.rings(within_s=SERVED_LIMIT_S)
            seen = self.house.journal.newest_id()
            await agent.picks_up()
            talk = await self.house.journal.tells(
                "conversation.started", after=seen, limit_s=40, agent=agent.key
            )
            key = self.calls[talk.call]
            self.served.append(key)
            caller = self.callers[key]
            await self._hear(f"{key} and {agent.key}", (caller, [agent]), (agent, [caller]))
            await agent.hangs_up()
            await caller.is_hung_up()
            self.parted.append(key)

    async def _confirm(self, customer: Person) -> None:
        await customer.rings(within_s=SERVED_LIMIT_S)
        await customer.picks_up()
        await customer.hears_something()
        await customer.presses("1")

    async def _hear(self, what: str, *expectations: tuple[Person, list[Person]]) -> None:
        try:
            await all_hear(*expectations)
        except AssertionError as error:
            self.unheard.append(f"{what}: {error}")


async def gathered(house: House) -> Crowd:
    """Everybody with a registered phone, nobody in a call yet."""
    keys = ("in_menu", "talking", "ringing", "first", "second", "called", "late")
    people = await house.people("ann", "ben", "sue", *keys)
    return Crowd(house, *people[:3], callers=dict(zip(keys, people[3:], strict=True)))


async def _answered(caller: Person) -> bool:
    try:
        await caller.dials(NUMBER)
    except AssertionError:
        return False
    return True
