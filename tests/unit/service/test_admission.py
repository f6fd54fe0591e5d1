"""At the door for callers: who is taken, who is turned away, and how."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ivr.flow import load_flows
from ivr.model.events import CallRefused
from ivr.model.site import Outbound, Overload, Site
from ivr.nodes import NODE_TYPES
from ivr.ports import DialTarget, Spoken
from ivr.service.admission import LOOKS, Admission, Farewell, descriptors_in_use, refusal_texts
from ivr.service.texts import voiced
from ivr.spoken import WORDINGS
from ivr.testing.clock import VirtualClock
from ivr.wiring.reception import Reception
from tests.unit.nodes.test_language import SITE_OF_THREE
from tests.unit.service.fakes import SITE, Events

FRENCH = """
flow: french
start: speak
nodes:
  speak: {type: language, language: fr, next: bye}
  bye: {type: hangup}
"""
MAIN = """
flow: main
start: bye
nodes:
  bye: {type: hangup}
"""
FLOWS = load_flows({"main.yaml": MAIN, "french.yaml": FRENCH}, SITE_OF_THREE, NODE_TYPES)


class Caller:
    """Somebody who calls; `farewell` is how they were turned away."""

    def __init__(self, dialled: str = "600") -> None:
        self.id, self.channel, self.caller, self.dialled = "c1", "17.1", "2001", dialled
        self.farewell: Farewell | None = None
        self.recalled = False

    async def turn_away(self, farewell: Farewell) -> None:
        self.farewell = farewell

    async def recall(self, _state: str) -> None:
        self.recalled = True


UNLIMITED = Overload()


class Door:
    """An admission whose measures the test sets."""

    def __init__(self, overload: Overload = UNLIMITED, more: Mapping[str, Any] = {}) -> None:
        self.site = Site.model_validate(
            SITE.model_dump() | {"numbers": {"600": "main", "601": "french"}} | dict(more)
        ).model_copy(update={"overload": overload})
        self.calls, self.sessions, self.descriptors = 0, 0.0, 0.0
        self.events, self.clock = Events(), VirtualClock(1000.0)
        self.admission = Admission(
            lambda: self.site,
            lambda: self.calls,
            lambda: self.sessions,
            self.events,
            self.clock,
            lambda: self.descriptors,
        )
        self.admission.use(FLOWS)

    def passes(self, seconds: float, lag_s: float = 0.0) -> None:
        for _ in range(round(seconds * 10)):
            self.clock.advance(0.1)
            self.admission.observe_lag(lag_s)


LANGUAGES = {
    "languages": {
        "en": {"title": "English", "voice": "en-us"},
        "fr": {"title": "Français", "voice": "fr-fr"},
    }
}


async def test_beyond_the_sites_limit_a_caller_is_turned_away_and_that_is_on_record() -> None:
    door, caller = Door(Overload(calls_max=2)), Caller()
    door.calls = 1
    assert not await door.admission.turned_away(caller)
    assert caller.farewell is None
    door.calls = 2
    assert await door.admission.turned_away(caller)
    assert caller.farewell == Farewell(
        Spoken(WORDINGS["en"].lines_busy, "en"), busy=False, answered=False
    )
    (told,) = door.events.of(CallRefused)
    assert (told.call, told.caller, told.channel) == ("c1", "2001", "17.1")
    assert (told.dialled, told.reason, told.overflow) == ("600", "calls", "")
    assert door.admission.refused == 1
    door.calls = 1
    assert not await door.admission.turned_away(Caller())


async def test_a_limit_that_is_changed_counts_for_the_next_caller() -> None:
    door = Door()
    door.calls = 5000
    assert not await door.admission.turned_away(Caller())
    door.site = door.site.model_copy(update={"overload": Overload(calls_max=1)})
    assert await door.admission.turned_away(Caller())


def test_an_event_loop_that_stays_late_shuts_the_door_until_it_is_quick_again() -> None:
    door = Door()
    door.passes(4, lag_s=0.3)
    assert door.admission.reasons() == ()
    door.passes(2, lag_s=0.3)
    assert door.admission.reasons() == ("lag",)
    door.passes(4, lag_s=0.05)
    assert door.admission.reasons() == ("lag",)
    door.passes(3, lag_s=0.05)
    assert door.admission.reasons() == ()


def test_one_long_pause_of_the_event_loop_shuts_nothing() -> None:
    door = Door()
    door.clock.advance(8)
    door.admission.observe_lag(8.0)
    for _ in range(LOOKS * 10):
        door.passes(0.1)
        assert door.admission.reasons() == ()


@pytest.mark.parametrize("measure", ["descriptors", "sessions"])
def test_what_is_nearly_used_up_shuts_the_door_until_a_fifth_is_free(measure: str) -> None:
    door = Door()
    for share, shut in ((0.89, False), (0.9, True), (0.8, True), (0.79, False)):
        setattr(door, measure, share)
        door.passes(1.1)
        assert door.admission.reasons() == ((measure,) if shut else ())


async def test_the_prompt_comes_in_the_language_the_flow_would_begin_with() -> None:
    door, caller = Door(Overload(calls_max=1), LANGUAGES), Caller("601")
    door.calls = 1
    await door.admission.turned_away(caller)
    assert caller.farewell is not None
    assert caller.farewell.prompt == Spoken(WORDINGS["fr"].lines_busy, "fr")


def test_everything_that_may_be_said_is_spoken_beforehand() -> None:
    site = Door(more=LANGUAGES).site
    assert refusal_texts(site) == {
        Spoken(WORDINGS["en"].lines_busy, "en"),
        Spoken(WORDINGS["fr"].lines_busy, "fr"),
    }
    assert refusal_texts(site) <= voiced(site, {"main": FLOWS["main"]}).keys()


@pytest.mark.parametrize(
    ("number", "target"),
    [("2009", DialTarget(extension="2009")), ("+15551234", DialTarget(number="+15551234"))],
)
async def test_somebody_else_is_rung_where_the_site_says_so(
    number: str, target: DialTarget
) -> None:
    door, caller = Door(Overload(calls_max=1, overflow=number, cause="busy", answer=True)), Caller()
    outbound = Outbound(allow=["+1555*"], trunk_host="sip.example.com")
    door.site = door.site.model_copy(update={"outbound": outbound})
    door.calls = 1
    await door.admission.turned_away(caller)
    assert caller.farewell is not None
    assert caller.farewell.overflow == target
    assert caller.farewell.busy
    assert caller.farewell.answered
    (told,) = door.events.of(CallRefused)
    assert told.overflow == number


def test_descriptors_are_counted_against_what_the_process_may_have() -> None:
    assert 0 < descriptors_in_use() < 1


class Served:
    """Stands for sessions, features and whatever else serves; notes that somebody came."""

    def __init__(self) -> None:
        self.served: list[str] = []

    def connect(self, *_: object) -> None: ...
    def disconnect(self, *_: object) -> None: ...

    async def serve(self, *_: object, **__: object) -> None:
        self.served.append("served")

    async def serve_callback(self, *_: object) -> None:
        self.served.append("called back")


@pytest.mark.parametrize(
    ("path", "arguments", "served"),
    [
        ("call", ("600", ""), []),
        ("call", ("600", "waiting"), ["served"]),
        ("call", ("600", "serving"), ["served"]),
        ("call", ("600", "transferring"), ["served"]),
        ("callback", ("600", "c7"), ["called back"]),
        ("feature", ("1001", "*10"), ["served"]),
        ("supervision", (), ["served"]),
    ],
)
async def test_only_calls_of_which_nothing_is_known_are_ever_turned_away(
    path: str, arguments: tuple[str, ...], served: list[str]
) -> None:
    door, caller, room = Door(Overload(calls_max=1)), Caller(), Served()
    door.calls = 1
    parts: list[Any] = [door.admission, room, room, room, room, room]
    reception = Reception(*parts, lambda *_: caller)  # type: ignore[arg-type, return-value]
    session: Any = SimpleNamespace(path=path, args=arguments)
    async with asyncio.timeout(5):
        await reception.serve(session)
    assert room.served == served
    assert (caller.farewell is None) == bool(served)


def test_a_process_without_a_descriptor_left_uses_all_of_them() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", LAST_ONE], capture_output=True, text=True, check=True
    )
    assert seen.stdout == "1.0\n"


LAST_ONE = """
import os, resource
from ivr.service.admission import descriptors_in_use
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    print(descriptors_in_use())
"""
