"""Asterisk's record of channels: read whatever it holds, kept small."""

import json
from pathlib import Path

import pytest

from ivr.journal import cel
from ivr.journal.cel import CelReader, moved_away, rotate

INF = float("inf")


def line(at: float, extra: str = "", name: str = "PJSIP/2001-1") -> str:
    said = {
        "eventtype": "BRIDGE_ENTER",
        "eventtime": f"{at:.6f}",
        "uniqueid": "1.1",
        "linkedid": "1.1",
        "channame": name,
        "context": "ivr-call",
        "exten": "600",
        "eventextra": extra,
    }
    return json.dumps(said) + "\n"


def test_events_tell_their_bridge_and_those_of_another_time_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "cel.jsonl"
    file.write_text(
        line(1) + line(2, '{"bridge_id": "b", "bridge_technology": "simple"}') + line(3)
    )
    found = list(CelReader(file).events(2, 3))
    assert [(one.at, one.kind, one.bridge) for one in found] == [(2, "BRIDGE_ENTER", "b")]


@pytest.mark.parametrize(
    "bad", ["{", "[]", "7", "{}", line(1, "no json"), line(1, "[]"), "\x00\xff", "[" * 100_000]
)
def test_a_line_that_is_none_is_counted_and_hides_no_other(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "cel.jsonl"
    file.write_text(line(1) + bad.rstrip("\n") + "\n" + line(2), "latin-1")
    reader = CelReader(file)
    assert [one.at for one in reader.events(0, INF)] == [1, 2]
    assert reader.unreadable == 1


def test_what_a_caller_is_called_stays_in_its_field(tmp_path: Path) -> None:
    file = tmp_path / "cel.jsonl"
    file.write_text(line(1, name='"},\n{"eventtype":"CHAN_START'))
    (event,) = CelReader(file).events(0, INF)
    assert (event.kind, event.name) == ("BRIDGE_ENTER", '"},\n{"eventtype":"CHAN_START')


def test_no_file_is_no_event(tmp_path: Path) -> None:
    assert CelReader(tmp_path / "cel.jsonl").begins_at() is None


def test_a_grown_file_is_moved_away_the_oldest_go_and_all_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cel, "BYTES_MAX", 10)
    file = tmp_path / "cel.jsonl"
    assert not rotate(file)
    for at in range(cel.FILES_MAX + 2):
        file.write_text(line(at))
        assert rotate(file)
    assert len(moved_away(file)) == cel.FILES_MAX - 1
    file.write_text("")
    assert not rotate(file)
    reader = CelReader(file)
    assert [one.at for one in reader.events(0, INF)] == list(range(3, cel.FILES_MAX + 2))
    assert reader.begins_at() == 3
