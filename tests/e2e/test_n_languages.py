"""n. Who chooses French hears French: prompts, digits, the place in line, also after a restart."""

import pytest

from ivr.spoken import WORDINGS
from tests.e2e.house import House

NUMBER = "6990"
WELCOME = {
    "en": "Good morning, and welcome to the house of languages.",
    "fr": "Bonjour, et soyez le bienvenu dans la maison des langues.",
}
GOODBYE = {
    "en": "Good bye, until we meet again in the house of languages.",
    "fr": "Au revoir, à la prochaine fois dans la maison des langues.",
}


@pytest.mark.timeout(180)
async def test_the_language_chosen_is_the_language_heard(own_house: House) -> None:
    house = own_house
    french, english = await house.people("n_caller_1", "n_caller_2")
    calls = []
    for caller, key, language in ((french, "2", "fr"), (english, "1", "en")):
        await caller.dials(NUMBER)
        calls.append(await house.call_of(caller))
        await caller.presses(key)
        await caller.hears_said(await house.speech(WELCOME[language], language))
        words = ("six", "neuf", "quatre-vingt-onze") if language == "fr" else ("six", "ninety-one")
        for word in words:
            await caller.hears_said(await house.speech(word, language))
    for caller, position, language in ((french, 1, "fr"), (english, 2, "en")):
        told = WORDINGS[language].told_position(position)
        await caller.hears_said(await house.speech(told, language), within_s=20)
    assert french.sound.place_of(await house.speech(WELCOME["en"], "en")) is None
    assert english.sound.place_of(await house.speech(WELCOME["fr"], "fr")) is None

    await house.stack.server.kill()
    await house.stack.server.start()
    for call in calls:
        await house.journal.tells("queue.entered", call=call, resumed=True)
    for caller, language, other in ((french, "fr", "en"), (english, "en", "fr")):
        await caller.presses("9")  # means nothing there; from now on it is listened to
        told = WORDINGS[language].told_position(1)
        await caller.hears_said(await house.speech(told, language), within_s=20)
        await caller.presses("1")
        await caller.hears_said(await house.speech(GOODBYE[language], language))
        await caller.is_hung_up()
        assert caller.sound.place_of(await house.speech(GOODBYE[other], other)) is None
