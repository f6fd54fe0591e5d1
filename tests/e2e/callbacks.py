"""What callers and agents of the call-back scenarios do."""

from tests.e2e.house import House
from tests.e2e.people import Person, all_hear


async def asks_to_be_called(house: House, caller: Person, number: str) -> str:
    """The caller waits in line, asks for a call-back, and is hung up; the call's id."""
    call = await waits(house, caller, number)
    await caller.presses("2")
    await house.journal.tells("node.entered", call=call, node="offer")
    await caller.presses("1")
    await house.journal.tells("callback.requested", call=call)
    await caller.is_hung_up()
    return call


async def waits(house: House, caller: Person, number: str) -> str:
    """The caller stands in line; the call's id."""
    await caller.dials(number)
    call = await house.call_of(caller)
    await house.journal.tells("queue.entered", call=call)
    return call


async def takes_the_call(house: House, customer: Person, call: str) -> None:
    """The customer picks up and confirms."""
    await customer.rings()
    await customer.picks_up()
    await customer.hears_something()
    await customer.presses("1")
    await house.journal.tells("callback.attempted", call=call, outcome="confirmed")


async def talk_and_part(caller: Person, agent: Person) -> None:
    await all_hear((caller, [agent]), (agent, [caller]))
    await caller.hangs_up()
    await agent.is_hung_up()


async def starts_work(agent: Person) -> None:
    """Logged in; whoever waits is offered the moment the phone is free again."""
    await agent.dials("*10")
    await agent.is_hung_up()


async def is_ready(agent: Person) -> None:
    """Done with writing up."""
    await agent.dials("*13")
    await agent.is_hung_up()


async def goes_home(house: House, agent: Person) -> None:
    """Logged out: nobody is offered to this agent before the next login."""
    await agent.dials("*11")
    await agent.is_hung_up()
    await house.state(agent, "logged_out")
