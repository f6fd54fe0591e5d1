"""`ivr calls` and `ivr explain` on a journal written by the journal."""

import asyncio
import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.journal import Journal
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome

A = "aaaa1111bbbb"
B = "aaaa2222bbbb"
T = 1_700_000_000.0

HISTORY = [
    events.CallStarted(
        at=T,
        call=A,
        caller="2001",
        caller_name="[red]An\x1bna",
        dialled="100",
        flow="company",
        channel="1.1",
        config="5d1f0c93ab",
    ),
    events.NodeEntered(at=T, call=A, flow="company", node="main_menu"),
    events.InputReceived(
        at=T + 2, call=A, flow="company", node="main_menu", value="2", result="match"
    ),
    events.NodeLeft(
        at=T + 2, call=A, flow="company", node="main_menu", outcome="choices:2", seconds=2
    ),
    events.QueueEntered(
        at=T + 3, call=A, queue="billing", skills="billing >= 3", priority=1, entered_at=T + 3
    ),
    events.OfferMade(
        at=T + 4,
        call=A,
        offer="o1",
        queue="billing",
        agent="mia",
        channel="1.2",
        reason="longest idle (60 s)",
    ),
    events.OfferEnded(
        at=T + 6,
        call=A,
        offer="o1",
        queue="billing",
        agent="mia",
        outcome=OfferOutcome.ACCEPTED,
        ring_s=2,
    ),
    events.QueueLeft(
        at=T + 6, call=A, queue="billing", outcome=QueueOutcome.ANSWERED, wait_s=3, agent="mia"
    ),
    events.ConversationStarted(at=T + 6, call=A, queue="billing", agent="mia", channel="1.2"),
    events.RecordingStarted(at=T + 6, call=A, recording="rec1", queue="billing", agent="mia"),
    events.SupervisionStarted(at=T + 7, call=A, supervisor="sam", agent="mia", mode="listen"),
    events.SupervisionModeChanged(at=T + 8, call=A, supervisor="sam", agent="mia", mode="whisper"),
    events.SupervisionEnded(at=T + 9, call=A, supervisor="sam", agent="mia", seconds=2),
    events.ConversationEnded(
        at=T + 71,
        call=A,
        queue="billing",
        agent="mia",
        talk_s=65,
        hold_s=0,
        ended_by="caller",
    ),
    events.AgentChanged(
        at=T + 71,
        call=A,
        agent="mia",
        before=AgentState.ON_CALL,
        after=AgentState.WRAP_UP,
        reason="conversation over",
        seconds=65,
    ),
    events.RecordingFinished(
        at=T + 72, call=A, recording="rec1", result="ok", seconds=65.0, bytes=2_080_000
    ),
    events.CallEnded(
        at=T + 72, call=A, flow="company", result="hangup", duration_s=72, node="to_billing"
    ),
    events.CallStarted(
        at=T + 100, call=B, caller="", caller_name="", dialled="100", flow="company", channel="2.1"
    ),
]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    write(tmp_path, HISTORY)
    return tmp_path


def write(state: Path, history: Iterable[events.Event]) -> None:
    async def record() -> None:
        journal = Journal(f"sqlite:///{state / 'journal.db'}")
        await journal.start()
        for event in history:
            journal.record(event)
        await journal.close()

    asyncio.run(record())


def ivr(state: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--state-dir", str(state)])


def test_calls_are_listed_latest_last(state: Path) -> None:
    result = ivr(state, "calls")
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0].split() == [
        "call",
        "started",
        "caller",
        "dialled",
        "flow",
        "queue",
        "wait",
        "agent",
        "talk",
        "disposition",
        "result",
    ]
    assert lines[1].split()[0] == A
    assert lines[1].split()[3:] == [
        "2001",
        "100",
        "company",
        "billing",
        "3.0",
        "s",
        "mia",
        "65.0",
        "s",
        "hangup",
    ]
    assert lines[2].split()[-1] == "open"


def test_only_the_last_ones_when_asked(state: Path) -> None:
    output = ivr(state, "calls", "--last", "1").output
    assert B in output
    assert A not in output


def test_calls_as_json_lines(state: Path) -> None:
    lines = ivr(state, "calls", "--format", "json").output.splitlines()
    first = json.loads(lines[0])
    assert (first["call"], first["wait_s"], first["talk_s"]) == (A, 3, 65)
    assert (first["result"], first["queue_outcome"], first["agent"]) == (
        "hangup",
        "answered",
        "mia",
    )
    assert json.loads(lines[1])["result"] == "open"


def test_calls_as_csv(state: Path) -> None:
    text = ivr(state, "calls", "--format", "csv").output
    first = next(csv.DictReader(io.StringIO(text, newline="")))
    assert (first["call"], first["agent"], first["talk_s"]) == (A, "mia", "65.0")
    assert first["started_at"] == "2023-11-14 22:13:20+00:00"


def test_callers_who_gave_up_waiting_are_told_from_those_who_talked(tmp_path: Path) -> None:
    left = events.QueueLeft(
        at=T + 9, call=B, queue="billing", outcome=QueueOutcome.ABANDONED, wait_s=8
    )
    ended = events.CallEnded(
        at=T + 9, call=B, flow="company", result="hangup", duration_s=9, node=""
    )
    write(tmp_path, [*HISTORY, left, ended])
    lines = ivr(tmp_path, "calls").output.splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["hangup", "abandoned"]
    last = json.loads(ivr(tmp_path, "calls", "--format", "json").output.splitlines()[1])
    assert (last["result"], last["queue_outcome"]) == ("hangup", "abandoned")


def test_what_was_recorded_late_is_told_where_it_happened(tmp_path: Path) -> None:
    late = events.InputReceived(
        at=T + 1, call=A, flow="company", node="main_menu", value="9", result="late"
    )
    write(tmp_path, [*HISTORY[:4], late])
    lines = ivr(tmp_path, "explain", A).output.splitlines()[1:]
    assert [float(line.split()[0]) for line in lines] == [0, 0, 1, 2, 2]
    assert "presses 9: late" in lines[2]


@pytest.mark.parametrize("nothing", ["", " "])
def test_an_empty_id_names_no_call(state: Path, nothing: str) -> None:
    result = ivr(state, "explain", nothing)
    assert result.exit_code == 1
    assert "which call?" in result.output


def test_a_call_is_explained_by_the_beginning_of_its_id(state: Path) -> None:
    output = ivr(state, "explain", "aaaa1").output
    assert f"Call {A}" in output
    steps = [line.split(maxsplit=3) for line in output.splitlines()[1:]]
    assert [(step[0], step[2], step[3].strip()) for step in steps] == [
        (
            "+0.000",
            "call",
            "2001 ([red]An\N{REPLACEMENT CHARACTER}na) dials 100: flow company, version 5d1f0c93ab",
        ),
        ("+0.000", "flow", "enters company/main_menu"),
        ("+2.000", "flow", "presses 2: match"),
        ("+2.000", "flow", "leaves main_menu by choices:2 after 2.0 s"),
        ("+3.000", "queue", "waits in billing, needs billing >= 3, priority 1"),
        ("+4.000", "offer", "rings mia because longest idle (60 s)"),
        ("+6.000", "offer", "mia: accepted, rang 2.0 s"),
        ("+6.000", "queue", "leaves billing: answered by mia, wait 3.0 s"),
        ("+6.000", "talk", "talks to mia"),
        ("+6.000", "recording", "rec1 starts"),
        ("+7.000", "supervision", "sam on mia: listen"),
        ("+8.000", "supervision", "sam on mia: now whisper"),
        ("+9.000", "supervision", "sam leaves mia: 2.0 s"),
        ("+71.000", "talk", "talked 1 min 05 s; ended by caller"),
        ("+71.000", "agent", "mia: on_call to wrap_up (conversation over)"),
        ("+72.000", "recording", "rec1 is ok: 1 min 05 s, 2080000 bytes"),
        ("+72.000", "call", "ended: hangup in node to_billing after 1 min 12 s"),
    ]


def test_an_explanation_as_json_holds_every_event(state: Path) -> None:
    document = json.loads(ivr(state, "explain", A, "--format", "json").output)
    assert document["call"] == A
    assert [event["seq"] for event in document["events"]] == list(range(1, 18))
    assert document["events"][5]["reason"] == "longest idle (60 s)"


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("aaaa", f"several calls start with 'aaaa': {B}, {A}"),
        ("zz", "no call starts with 'zz'; `ivr calls` lists the latest"),
        ("%", "no call starts with '%'"),
    ],
)
def test_a_beginning_that_names_no_single_call_is_refused(
    state: Path, prefix: str, message: str
) -> None:
    result = ivr(state, "explain", prefix)
    assert result.exit_code == 1
    assert message in result.output


@pytest.mark.parametrize("arguments", [["calls"], ["explain", "a"]])
def test_without_a_journal_one_sentence_says_what_to_do(
    tmp_path: Path, arguments: list[str]
) -> None:
    result = ivr(tmp_path, *arguments)
    assert result.exit_code == 1
    assert "no journal at" in result.output
    assert "make run" in result.output


def test_an_empty_journal_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, [])
    result = ivr(tmp_path, "calls")
    assert (result.exit_code, result.output) == (0, "No calls yet.\n")
