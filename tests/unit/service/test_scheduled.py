"""Each time a report is due it is handed over once, whoever dies in between and whatever fails."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.model import events
from ivr.model.errors import JournalAwayError, MailError, UserError
from ivr.model.events import Event
from ivr.model.reports import ScheduledReport, SmtpServer
from ivr.model.site import Site
from ivr.service.report_delivery import Rendered
from ivr.service.scheduled import UNKNOWN, Delivery, ScheduledReports
from ivr.testing.clock import VirtualClock
from tests.unit.service.fakes import SITE, Events

BERLIN = ZoneInfo("Europe/Berlin")
DAY_S = 86400.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


MONDAY = at("2026-03-02T05:00")
SIX = at("2026-03-02T06:05")


class House:
    """A site with one report at five past six; what servers, one after the other, do about it."""

    def __init__(self, root: Path, **says: object) -> None:
        self.root = root
        self.clock = VirtualClock(MONDAY)
        self.written: list[Event] = []
        """What the journal holds for good."""
        self.letters: list[EmailMessage] = []
        self.made: list[float] = []
        self.wrong: list[Exception] = []
        """What goes wrong with the next letters, or the making, each once."""
        self.dies_when_sending = False
        self.has_sent = asyncio.Event()
        self.say(**says)
        self.serve()

    def say(self, **says: object) -> None:
        """What the site file says of the report."""
        given = {"report": "queues", "schedule": "5 6 * * *", "email": ["ops@example.com"]}
        report = ScheduledReport.model_validate(given | says)
        smtp = SmtpServer(host="localhost", sender="ivr@example.com")
        self.site = SITE.model_copy(
            update={"reports": {"morning": report}, "smtp": smtp, "timezone": "Europe/Berlin"}
        )

    def serve(self) -> None:
        """A server starts; what one before did not flush is gone."""
        self.events = Events()
        self.durable = 0
        delivery = Delivery(self._site, self._make, self, self.root)
        self.reports = ScheduledReports(self._site, delivery, self._flush, self.events, self.clock)
        self.reports.learn(self.written)

    def dies(self) -> None:
        self.written += self.events[: self.durable]

    def stops(self) -> None:
        self.written += self.events

    def _site(self) -> Site:
        return self.site

    async def _make(self, report: ScheduledReport, due: float) -> Rendered:
        if self.wrong and not isinstance(self.wrong[0], MailError):
            raise self.wrong.pop(0)
        self.made.append(due)
        return Rendered("report queues", "It is attached.\n", "figures\n")

    async def _flush(self) -> None:
        self.durable = len(self.events)

    async def send(self, letter: EmailMessage, recipients: Sequence[str]) -> list[str]:
        assert isinstance(self.events[self.durable - 1], events.ReportStarted), "on record first"
        if self.wrong:
            raise self.wrong.pop(0)
        self.letters.append(letter)
        self.has_sent.set()
        if self.dies_when_sending:
            raise KeyboardInterrupt
        return []

    async def until(self, moment: float) -> None:
        """The clock goes on, from one turn to the next."""
        while self.clock.now() < moment:
            wait_s = await self.reports.turn()
            self.clock.advance(min(max(wait_s, 1.0), moment - self.clock.now()))
        await self.reports.turn()

    def told(self, kind: type[Event]) -> list[Event]:
        return self.events.of(kind)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_a_report_is_sent_when_it_is_due_and_only_then(house: House) -> None:
    await house.until(SIX - 1)
    assert house.letters == []
    await house.until(SIX)
    (letter,) = house.letters
    assert (letter["Subject"], letter["To"]) == ("morning: report queues", "ops@example.com")
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "morning-2026-03-02-0605.html"
    await house.until(SIX + 2 * DAY_S)
    assert house.made == [SIX, SIX + DAY_S, SIX + 2 * DAY_S]
    assert len({letter["Message-ID"] for letter in house.letters}) == 3
    sent = house.told(events.ReportSent)
    assert [(one.due, one.attempt, one.recipients) for one in sent] == [
        (due, 1, 1) for due in house.made
    ]


async def test_it_is_written_into_a_directory_whole(tmp_path: Path) -> None:
    house = House(tmp_path, directory="reports", email=[], format="csv")
    await house.until(SIX)
    (sent,) = house.told(events.ReportSent)
    assert sent.file == str(tmp_path / "reports" / "morning-2026-03-02-0605.csv")
    assert [(one.name, one.read_text()) for one in (tmp_path / "reports").iterdir()] == [
        ("morning-2026-03-02-0605.csv", "figures\n")
    ]


async def test_what_was_due_while_the_server_was_away_is_made_up_for_once(house: House) -> None:
    await house.until(MONDAY + 60)
    house.stops()
    house.clock.advance(3 * DAY_S + 7200)
    house.serve()
    await house.until(house.clock.now() + 7200)
    assert house.made == [SIX + 3 * DAY_S]


async def test_nobody_makes_up_for_what_was_due_before_there_was_such_a_report(
    house: House,
) -> None:
    house.clock.advance(7200)
    await house.until(SIX + DAY_S)
    assert house.made == [SIX + DAY_S]


async def test_a_server_that_starts_again_sends_nothing_twice(house: House) -> None:
    await house.until(SIX)
    house.stops()
    house.serve()
    await house.until(SIX + 3600)
    assert len(house.letters) == 1


async def test_who_dies_while_a_letter_leaves_sends_no_second_one_and_says_so(
    house: House,
) -> None:
    house.dies_when_sending = True
    with pytest.raises(KeyboardInterrupt):
        await house.until(SIX)
    house.dies()
    house.dies_when_sending = False
    house.serve()
    await house.until(SIX + 3600)
    assert len(house.letters) == 1
    (failed,) = house.told(events.ReportFailed)
    assert (failed.due, failed.reason, failed.final) == (SIX, UNKNOWN, True)
    await house.until(SIX + DAY_S)
    assert house.made == [SIX, SIX + DAY_S]


async def test_a_file_is_written_again_by_who_finds_it_begun(tmp_path: Path) -> None:
    house = House(tmp_path, directory="reports", email=[])
    await house.until(MONDAY + 60)
    started = events.ReportStarted(at=SIX, report="morning", due=SIX, attempt=1)
    house.written += [*house.events, started]
    house.clock.advance(7200)
    house.serve()
    await house.until(house.clock.now() + 10)
    (sent,) = house.told(events.ReportSent)
    assert (sent.due, sent.attempt) == (SIX, 2)


@pytest.mark.parametrize("goes_wrong", [False, True])
async def test_who_dies_after_it_is_begun_owes_the_file_but_no_second_letter(
    tmp_path: Path, goes_wrong: bool
) -> None:
    house = House(tmp_path, directory="reports")
    await house.until(MONDAY + 60)
    started = events.ReportStarted(at=SIX, report="morning", due=SIX, attempt=1)
    house.written += [*house.events, started]
    house.clock.advance(7200)
    if goes_wrong:
        house.wrong = [JournalAwayError("away")]
    house.serve()
    await house.until(house.clock.now() + 7200)
    assert house.letters == []
    assert (tmp_path / "reports" / "morning-2026-03-02-0605.html").exists() is not goes_wrong
    (failed,) = house.told(events.ReportFailed)
    assert (failed.due, failed.attempt, failed.final) == (SIX, 2, True)
    assert failed.reason.startswith(UNKNOWN)
    await house.until(SIX + DAY_S)
    assert len(house.letters) == 1


async def test_what_fails_is_tried_again_less_and_less_often_and_then_given_up(
    house: House,
) -> None:
    house.say(attempts_max=3, retry_after_s=60)
    house.wrong = [MailError("450 later", temporary=True) for _ in range(3)]
    await house.until(SIX + 7200)
    failed = house.told(events.ReportFailed)
    assert [(one.at - SIX, one.attempt, one.final) for one in failed] == [
        (0, 1, False),
        (60, 2, False),
        (180, 3, True),
    ]
    await house.until(SIX + DAY_S)
    assert [letter["Date"] for letter in house.letters] == ["Tue, 03 Mar 2026 05:05:00 +0000"]


async def test_attempts_go_on_over_a_restart(house: House) -> None:
    house.wrong = [MailError("450 later", temporary=True)]
    await house.until(SIX + 10)
    house.stops()
    house.serve()
    await house.until(SIX + 30)
    assert house.letters == []
    await house.until(SIX + 60)
    (sent,) = house.told(events.ReportSent)
    assert (sent.due, sent.attempt) == (SIX, 2)


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (MailError("554 spam", temporary=False), True),
        (JournalAwayError("away"), False),
        (TimeoutError(), False),
        (UserError("nothing is left of it"), True),
        (ZeroDivisionError("a fault"), True),
    ],
)
async def test_what_cannot_go_well_later_is_not_tried_again(
    house: House, error: Exception, final: bool
) -> None:
    house.wrong = [error]
    await house.until(SIX + 7200)
    (failed,) = house.told(events.ReportFailed)
    assert failed.final is final
    assert len(house.letters) == (0 if final else 1)


async def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").touch()
    house = House(tmp_path, directory="reports", email=[], attempts_max=1)
    await house.until(SIX)
    (failed,) = house.told(events.ReportFailed)
    assert "reports" in failed.reason


async def test_another_schedule_begins_when_it_is_in_force(house: House) -> None:
    await house.until(SIX)
    house.say(schedule="0 7 * * *")
    await house.until(SIX + DAY_S)
    seven = at("2026-03-02T07:00")
    assert house.made == [SIX, seven]
    told = house.told(events.ReportScheduled)
    assert [one.schedule for one in told] == ["5 6 * * *", "0 7 * * *"]
    house.site = house.site.model_copy(update={"reports": {}})
    await house.until(SIX + 3 * DAY_S)
    assert house.made == [SIX, seven]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_report_that_was_taken_out_and_is_put_back_makes_up_for_nothing(
    house: House, restarted: bool
) -> None:
    await house.until(SIX)
    whole, house.site = house.site, house.site.model_copy(update={"reports": {}})
    await house.until(SIX + 5 * DAY_S + 3600)
    if restarted:
        house.stops()
        house.serve()
    house.site = whole
    await house.until(SIX + 6 * DAY_S)
    assert house.made == [SIX, SIX + 6 * DAY_S]
    told = [one for one in [*house.written, *house.events] if one.type == "report.scheduled"]
    assert len(told) == 3, "begun, taken out, begun again"


async def test_a_site_that_changes_is_looked_at_at_once(house: House) -> None:
    await house.reports.turn()
    running = asyncio.create_task(house.reports.run())
    await asyncio.sleep(0)  # it waits now
    house.clock.advance(SIX - MONDAY)
    house.reports.replan()
    async with asyncio.timeout(5):
        await house.has_sent.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert house.made == [SIX]


@pytest.mark.parametrize("failing", [False, True])
async def test_a_clock_that_was_ahead_for_a_moment_costs_no_report_and_makes_none_twice(
    house: House, failing: bool
) -> None:
    house.say(schedule="0 * * * *", retry_after_s=3600)
    await house.until(MONDAY + 3600 + 60)
    ahead = MONDAY + DAY_S + 7200
    house.clock.advance(DAY_S + 3600)
    if failing:
        house.wrong = [MailError("450 later", temporary=True)]
    await house.reports.turn()
    house.stops()
    house.clock = VirtualClock(house.clock.now() - DAY_S - 3600)
    house.serve()
    await house.until(MONDAY + 4 * 3600)
    made = [MONDAY + hour * 3600 for hour in (1, 2, 3, 4)]
    assert house.made == [made[0], ahead, *made[1:]]


async def test_a_clock_that_is_behind_at_the_start_has_nothing_sent_twice(house: House) -> None:
    await house.until(SIX)
    started = events.ReportStarted(at=SIX + DAY_S, report="morning", due=SIX + DAY_S, attempt=1)
    house.written += [*house.events, started]
    house.clock = VirtualClock(SIX - 1000 * DAY_S)
    house.serve()
    await house.reports.turn()
    house.clock.advance(1001 * DAY_S + 60)
    await house.until(SIX + DAY_S + 3600)
    assert [due for due in house.made if due > SIX - DAY_S] == [SIX]


async def test_a_report_that_failed_by_a_clock_ahead_is_tried_again(house: House) -> None:
    house.wrong = [MailError("450 later", temporary=True)] * 2
    await house.until(SIX)
    house.clock.advance(DAY_S / 2)
    await house.reports.turn()
    house.stops()
    house.clock = VirtualClock(SIX + 60)
    house.serve()
    await house.reports.turn()
    assert [one.attempt for one in house.told(events.ReportSent)] == [3]
