"""A calendar, or the house, is closed at once, from a phone or by a program, until it is lifted."""

import pytest

from ivr.model import events
from ivr.model.hours import Calendar, Period
from ivr.model.site import Site
from ivr.ports import Calendars
from ivr.service.closures import Closed, Closures, UnknownClosureError
from ivr.site.calendars import SiteCalendars
from ivr.testing.clock import VirtualClock
from tests.unit.service.fakes import SITE, Events, FakeLine, House
from tests.unit.service.features import features

WEEK = [Period(days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"], open="0:00", close="24:00")]
OFFICE = Calendar(timezone="UTC", open=WEEK, closing_code="1")
SHOP = Calendar(timezone="UTC", open=WEEK)
TWO = SITE.model_copy(update={"calendars": {"office": OFFICE, "shop": SHOP}})


class Centre:
    """Two calendars, open day and night."""

    def __init__(self) -> None:
        self.site: Site = TWO
        self.events = Events()
        self.closures = self.started_again()
        self.calendars: Calendars = self.closures.over(SiteCalendars(self.site))

    def started_again(self) -> Closures:
        """What the next server holds, once it has learnt from the journal."""
        next_one = Closures(lambda: self.site, self.events, VirtualClock(100.0))
        next_one.learn(self.events.of(events.ClosureChanged))
        return next_one

    @property
    def states(self) -> list[str]:
        return [self.calendars.state(name, 0.0) for name in ("office", "shop")]


@pytest.fixture
def centre() -> Centre:
    return Centre()


def test_a_calendar_is_closed_and_the_other_is_not(centre: Centre) -> None:
    assert centre.states == ["open", "open"]
    assert centre.closures.set("office", closed=True, by="api")
    assert centre.states == ["emergency", "open"]
    assert centre.closures.set("office", closed=False, by="api")
    assert centre.states == ["open", "open"]


def test_the_house_closes_every_calendar_and_lifting_it_leaves_their_own(centre: Centre) -> None:
    centre.closures.set("shop", closed=True, by="api")
    centre.closures.set("house", closed=True, by="api")
    assert centre.states == ["emergency", "emergency"]
    centre.closures.set("house", closed=False, by="api")
    assert centre.states == ["open", "emergency"]


def test_who_closed_what_and_when_is_on_record_once(centre: Centre) -> None:
    assert centre.closures.set("house", closed=True, by="1009", agent="eve")
    assert not centre.closures.set("house", closed=True, by="api")
    assert list(centre.events) == [
        events.ClosureChanged(at=100.0, closure="house", closed=True, by="1009", agent="eve")
    ]
    assert centre.closures.now() == {"house": Closed(100.0, "1009"), "office": None, "shop": None}


def test_a_name_nobody_knows_is_refused_and_on_record(centre: Centre) -> None:
    with pytest.raises(UnknownClosureError, match="'offce'; give house, office, shop"):
        centre.closures.set("offce", closed=True, by="api")
    (refused,) = centre.events.of(events.OrderGiven)
    assert (refused.order, refused.target, refused.by) == ("close offce", "offce", "api")
    assert "offce" in refused.refusal


def test_what_is_closed_stays_so_over_a_restart(centre: Centre) -> None:
    centre.closures.set("office", closed=True, by="api")
    centre.closures.set("shop", closed=True, by="api")
    centre.closures.set("shop", closed=False, by="api")
    again = centre.started_again()
    assert [again.closes(name) for name in ("office", "shop")] == [True, False]
    assert again.now()["office"] == Closed(100.0, "api")


def test_a_closure_whose_calendar_is_gone_can_be_lifted(centre: Centre) -> None:
    centre.closures.set("office", closed=True, by="api")
    centre.site = SITE
    assert centre.closures.set("office", closed=False, by="api")
    assert list(centre.closures.now()) == ["house"]


# --- from a phone


async def dial(house: House, closures: Closures, who: str, code: str, keys: str) -> FakeLine:
    house.desk.site = TWO
    line = FakeLine("f1", "feature-channel")
    for key in keys:
        line.keys.put_nowait(key)
    await features(house, closures).serve(line, who, code)
    return line


@pytest.fixture
def closures(house: House) -> Closures:
    return Closures(lambda: TWO, house.events, house.desk.clock)


@pytest.mark.parametrize(("code", "closure"), [("*16", "house"), ("*161", "office")])
async def test_a_supervisor_closes_by_pin_and_key_and_lifts_it_again(
    house: House, closures: Closures, code: str, closure: str
) -> None:
    line = await dial(house, closures, "1009", code, "123456#1")
    assert "closed now" in str(line.log)
    assert [name for name, closed in closures.now().items() if closed] == [closure]
    line = await dial(house, closures, "1009", code, "123456#2")
    assert "lifted" in str(line.log)
    assert not any(closures.now().values())
    changes = house.events.of(events.ClosureChanged)
    assert [(one.closure, one.closed, one.by, one.agent) for one in changes] == [
        (closure, True, "1009", "eve"),
        (closure, False, "1009", "eve"),
    ]


@pytest.mark.parametrize("key", ["2", ""])
async def test_without_the_key_asked_for_nothing_changes(
    house: House, closures: Closures, key: str
) -> None:
    line = await dial(house, closures, "1009", "*16", f"123456#{key}")
    assert "Nothing has changed" in str(line.log)
    assert not closures.closes("office")


@pytest.mark.parametrize(
    ("who", "code", "keys", "said"),
    [
        ("1009", "*16", "111#222#333#", "may not close"),
        ("1002", "*16", "123456#1", "may not close"),
        ("1009", "*169", "123456#1", "nothing to close"),
    ],
)
async def test_closing_is_refused_and_on_record(
    house: House, closures: Closures, who: str, code: str, keys: str, said: str
) -> None:
    line = await dial(house, closures, who, code, keys)
    assert said in str(line.log)
    (refused,) = house.events.of(events.OrderGiven)
    assert (refused.by, said in refused.refusal) == (who, True)
    assert not closures.closes("office")
