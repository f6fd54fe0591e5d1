"""People at the desk are told things in their own language, and every phrase exists in it."""

from pathlib import Path
from typing import get_args

import pytest

from ivr.model.site import Site
from ivr.ports import Spoken
from ivr.service.briefing import briefing, briefing_texts
from ivr.service.clicks import CLICK_PROMPTS
from ivr.service.features import FEATURE_PROMPTS, LOGGED_IN, NOT_TALKING
from ivr.service.telling import told
from ivr.service.texts import voiced
from ivr.spoken import DESK, LanguageKey
from tests.unit.service import fakes
from tests.unit.service.fakes import FakeLine, House
from tests.unit.service.features import features

LANGUAGES = {key: {"title": key, "voice": key} for key in ("en", "fr")}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """Bob speaks French, everybody else English."""
    plain = fakes.SITE.model_dump(exclude_unset=True)
    plain["agents"]["bob"]["language"] = "fr"
    plain["queues"]["sales"] |= {"whisper": True, "accept_key": "5"}
    site = Site.model_validate({**plain, "languages": LANGUAGES})
    monkeypatch.setattr(fakes, "SITE", site)
    return site


@pytest.mark.parametrize("language", [one for one in get_args(LanguageKey) if one != "en"])
def test_every_phrase_is_translated_and_no_other(language: LanguageKey) -> None:
    assert set(DESK[language]) == {phrase.text for phrase in (*FEATURE_PROMPTS, *CLICK_PROMPTS)}
    assert all(one not in DESK[language] for one in DESK[language].values())


@pytest.mark.parametrize(
    ("extension", "code", "said"),
    [
        ("1002", "*10", DESK["fr"][LOGGED_IN.text]),
        ("1002", "*281001", DESK["fr"][NOT_TALKING.text]),
        ("1001", "*10", LOGGED_IN.text),
        ("1001", "*281001", NOT_TALKING.text),
    ],
)
async def test_each_agent_is_told_in_their_own_language(
    site: Site, tmp_path: Path, extension: str, code: str, said: str
) -> None:
    house = House(tmp_path)
    line = FakeLine("f1", "feature-channel")
    await features(house).serve(line, extension, code)
    assert line.log == [f"play {said}", "hangup"]
    await house.close()


def test_what_is_told_on_picking_up_is_in_the_language_of_who_picks_up(site: Site) -> None:
    french = briefing(site, "sales", 130.0, "bob")
    assert french is not None
    assert french.audio[1:] == (
        Spoken("A attendu 2 minutes.", "fr"),
        Spoken("Pour prendre l'appel, appuyez sur 5.", "fr"),
    )
    assert set(french.audio) <= briefing_texts(site)


def test_what_may_be_told_is_spoken_into_files_by_the_right_voice(site: Site) -> None:
    files = voiced(site, {})
    for agent, voice in (("bob", "fr"), ("ada", "en")):
        assert all(files[told(site, phrase, agent)] == voice for phrase in FEATURE_PROMPTS)
