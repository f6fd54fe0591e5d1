"""queue_log: line by line against what `app_queue` of Asterisk 22 writes, and a file that is
written beside everything else."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.journal import queue_log_file as module
from ivr.journal.queue_log import QueueLog
from ivr.journal.queue_log_file import QueueLogFile
from ivr.model import events
from ivr.model.agents import AgentState as S
from ivr.model.agents import OfferOutcome
from ivr.model.agents import QueueOutcome as Q
from tests.unit.kpi.stories import ended, entered, moved, started, transferred

GOLDEN = Path(__file__).parent / "queue_log.golden"


def left(at: float, wait_s: float, outcome: Q, call: str, agent: str = "") -> events.Event:
    return events.QueueLeft(
        at=at, call=call, queue="billing", outcome=outcome, wait_s=wait_s, agent=agent
    )


def offered(at: float, call: str, agent: str = "mia") -> events.Event:
    return events.OfferMade(
        at=at,
        call=call,
        offer=f"o{call}",
        queue="billing",
        agent=agent,
        channel=f"1763.{call}",
        reason="longest idle",
    )


def offer_ended(at: float, call: str, outcome: OfferOutcome, ring_s: float) -> events.Event:
    return events.OfferEnded(
        at=at,
        call=call,
        offer=f"o{call}",
        queue="billing",
        agent="mia",
        outcome=outcome,
        ring_s=ring_s,
    )


def talked(at: float, call: str, by: str, talk_s: float = 60, agent: str = "mia") -> events.Event:
    return events.ConversationEnded(
        at=at, call=call, queue="billing", agent=agent, talk_s=talk_s, hold_s=5, ended_by=by
    )


def answered(at: float, call: str) -> list[events.Event]:
    """Rings three seconds; waited eight in all."""
    return [
        started(at, call, caller="+15550100"),
        entered(at, call),
        offered(at + 5, call),
        offer_ended(at + 8, call, OfferOutcome.ACCEPTED, 3),
        left(at + 8, 8, Q.ANSWERED, call, "mia"),
    ]


def handed_on(at: float, call: str, kind: str, target: str, to: str) -> events.Event:
    return events.Transferred(
        at=at, call=call, agent="mia", queue="billing", kind=kind, target=target, to=to
    )


STORY = [
    events.ServerStarted(at=1000.9, version="1"),
    moved(1001, S.LOGGED_OUT, S.AVAILABLE, 1),
    moved(1002, S.AVAILABLE, S.PAUSED, 1, reason="lunch"),
    moved(1010, S.PAUSED, S.AVAILABLE, 8),
    *answered(1100, "a"),
    talked(1173, "a", "caller"),
    ended(1173, "a"),
    *answered(1200, "b"),
    talked(1273, "b", "agent"),
    ended(1280, "b"),
    *answered(1300, "c"),
    talked(1373, "c", "transfer"),
    handed_on(1373, "c", "blind", "queue", "claims"),
    entered(1373, "c", queue="claims", kept="transfer"),
    *answered(1400, "d"),
    talked(1473, "d", "transfer"),
    handed_on(1473, "d", "attended", "agent", "tom"),
    talked(1500, "d", "caller", agent="tom"),
    ended(1500, "d"),
    *answered(1600, "e"),
    talked(1673, "e", "transfer"),
    events.Parked(at=1673, call="e", agent="mia", queue="billing", slot="701"),
    ended(1700, "e"),
    *answered(1800, "f"),
    talked(1873, "f", "transfer"),
    ended(1874, "f"),
    *answered(1900, "g"),
    ended(1908, "g"),
    started(2000, "h"),
    entered(2000, "h"),
    started(2001, "i", caller="50|51\n52"),
    entered(2001, "i"),
    offered(2002, "h"),
    offer_ended(2017, "h", OfferOutcome.NO_ANSWER, 15.25),
    offered(2018, "h"),
    offer_ended(2020, "h", OfferOutcome.CANCELLED, 2),
    left(2020, 20, Q.ABANDONED, "h"),
    ended(2020, "h"),
    entered(2021, "i", resumed=True),
    left(2030, 29, Q.TIMEOUT, "i"),
    *(
        event
        for number, outcome in enumerate(
            (Q.EXIT_KEY, Q.CALLBACK, Q.OVERFLOW, Q.EMPTY, Q.WITHDRAWN, Q.FAILED)
        )
        for event in (
            entered(2100 + number, f"x{number}"),
            left(2150, 50 - number, outcome, f"x{number}"),
        )
    ),
    moved(3000, S.AVAILABLE, S.LOGGED_OUT, 9),
    moved(3001, S.PAUSED, S.LOGGED_OUT, 9, agent="unseen"),
    events.SiteReloaded(at=3100, changes=1, detail="queues"),
]


def queues_of(agent: str) -> list[str]:
    return ["billing", "claims"] if agent == "mia" else ["billing"]


def test_a_story_of_every_event_is_what_the_golden_file_says() -> None:
    log = QueueLog(queues_of)
    lines = [line for event in STORY for line in log.lines(event)]
    assert "\n".join(lines) + "\n" == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("outcome", list(Q))
def test_every_way_out_of_a_queue_is_told_by_exactly_one_line(outcome: Q) -> None:
    log = QueueLog(queues_of)
    log.lines(entered(0, "a"))
    assert len(log.lines(left(9, 9, outcome, "a", "mia"))) == 1


@pytest.mark.parametrize("outcome", sorted(set(OfferOutcome) - {OfferOutcome.ACCEPTED}))
def test_every_offer_that_comes_to_nothing_is_told(outcome: OfferOutcome) -> None:
    assert len(QueueLog(queues_of).lines(offer_ended(9, "a", outcome, 1))) == 1


@pytest.mark.parametrize("text", ["a|b", "a\nb", "a\rb", "a\x00b", "a\x1b[2Jb"])
def test_nothing_from_outside_ends_a_field_or_a_line(text: str) -> None:
    log = QueueLog(queues_of)
    log.lines(started(0, "a", caller=text))
    (line,) = log.lines(entered(0, "a"))
    assert line.split("|")[:6] == ["0", "a", "billing", "NONE", "ENTERQUEUE", ""]
    assert len(line.split("|")) == 8
    assert line.isprintable()


def test_calls_that_are_over_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.journal.queue_log.CALLS_MAX", 3)
    log = QueueLog(queues_of)
    for number in range(10):
        log.lines(entered(number, f"c{number}"))
    (line,) = log.lines(entered(10, "last"))
    assert line.endswith("|3")


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[QueueLogFile]:
    found = QueueLogFile(tmp_path / "log" / "queue_log", queues_of)
    found.start()
    yield found
    found.close()


def test_the_file_has_the_lines_and_may_be_rotated(file: QueueLogFile, tmp_path: Path) -> None:
    path = tmp_path / "log" / "queue_log"
    file.record(entered(1, "a"))
    until(lambda: path.exists() and path.read_text().count("\n") == 1)
    path.rename(tmp_path / "old")
    file.record(entered(2, "b"))
    file.close()
    assert path.read_text() == "2|b|billing|NONE|ENTERQUEUE|||2\n"
    assert (tmp_path / "old").read_text() == "1|a|billing|NONE|ENTERQUEUE|||1\n"


def test_a_full_disk_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    path = tmp_path / "queue_log"
    path.symlink_to("/dev/full")
    file = QueueLogFile(path, queues_of)
    file.start()
    file.record(entered(1, "a"))
    until(lambda: file.failing)
    path.unlink()
    file.record(entered(2, "b"))
    file.close()
    assert path.read_text().splitlines() == [
        "1|a|billing|NONE|ENTERQUEUE|||1",
        "2|b|billing|NONE|ENTERQUEUE|||2",
    ]
    told = capsys.readouterr().out
    assert told.count("queue_log: cannot write") == 1
    assert "No space left" in told
    assert "queue_log: written again" in told


def test_what_does_not_fit_is_counted_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINES_MAX", 3)
    file = QueueLogFile(tmp_path / "queue_log", queues_of)  # not started: nothing is taken out
    for number in range(5):
        file.record(entered(number, f"c{number}"))
    assert file.lost == 2


def test_a_transfer_of_a_call_the_queue_never_saw_is_no_line() -> None:
    assert QueueLog(queues_of).lines(transferred(5)) == []
