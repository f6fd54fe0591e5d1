"""x. The clinic's line: what is urgent is put through, in the caller's language and at any hour."""

import pytest

from tests.e2e.lines import ALWAYS_OPEN, LINES, OpenSite, replacing
from tests.e2e.people import all_hear

NUMBER = "600"
ALWAYS_CLOSED = {
    """open:
      - {days: [mon, tue, wed, thu], open: "8:00", close: "17:30"}
      - {days: [fri], open: "8:00", close: "14:00"}
""": "open: []\n"
}
SPANISH = "Para continuar en español, oprima el 2. En una emergencia, oprima el 9."


@pytest.mark.timeout(120)
async def test_an_emergency_in_spanish_is_put_through_to_a_nurse(open_site: OpenSite) -> None:
    house = await open_site(LINES / "clinic", replacing(ALWAYS_OPEN))
    (elena,) = await house.agents("elena")
    (patient,) = await house.people("patient")
    await patient.dials(NUMBER)
    await patient.hears_said(await house.speech(SPANISH, "es"), within_s=20)
    await patient.presses("2")
    said = "Para citas, oprima el 1. Para recetas, oprima el 2."
    await patient.hears_said(await house.speech(said, "es"))
    await patient.presses("9")
    said = "Estamos llamando a una enfermera. No cuelgue, por favor."
    await patient.hears_said(await house.speech(said, "es"))
    await elena.rings()
    await elena.picks_up()
    await all_hear((patient, [elena]), (elena, [patient]))
    await elena.hangs_up()
    said = "Gracias por llamar a la clínica Riverside. Adiós."
    await patient.hears_said(await house.speech(said, "es"))
    await patient.is_hung_up()
    call = await house.call_of(patient)
    assert (await house.journal.tells("queue.left", call=call)).agent == "elena"
    assert house.journal.facts("recording.started", call=call) == [], "what is said is confidential"


@pytest.mark.timeout(120)
async def test_at_night_an_emergency_reaches_the_doctor_on_call(open_site: OpenSite) -> None:
    house = await open_site(LINES / "clinic", replacing(ALWAYS_CLOSED))
    doctor, patient = await house.people("on_call_doctor", "patient")
    await patient.dials(NUMBER)
    await patient.presses("9")
    said = "The clinic is closed. If a life is in danger, press 9 for the ambulance service."
    await patient.hears_said(await house.speech(said))
    await patient.presses("1")
    await patient.hears_said(await house.speech("We are calling the doctor on call."))
    await doctor.rings()
    await doctor.picks_up()
    await all_hear((patient, [doctor]), (doctor, [patient]))
    await patient.hangs_up()
    await house.no_channel_of(patient, doctor)
