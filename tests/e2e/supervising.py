"""How a supervisor gets at a conversation by phone."""

from ivr.service.pins import ENTER_PIN
from tests.e2e.house import House
from tests.e2e.people import Person


async def supervise(house: House, supervisor: Person, agent: Person, pin: str) -> None:
    await supervisor.dials(f"*15{agent.extension}")
    await supervisor.hears_said(await house.speech(ENTER_PIN.text))
    await supervisor.presses(f"{pin}#")
