"""`ivr journal verify`: two records that agree, that differ, and one that is not there."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.provision.paths import paths_of
from ivr.settings import Settings
from tests.unit.cli.test_report import DAY, DIALPLANS, T, write
from tests.unit.kpi.stories import ended, started


def verify(state: Path, *words: str) -> Result:
    where = ["--state-dir", str(state), "--dialplans", DIALPLANS]
    return CliRunner().invoke(main, ["journal", "verify", *DAY, *words, *where])


def asterisk_saw(state: Path, *moments: tuple[str, float]) -> None:
    """The life of the channel of the stories' call."""
    file = paths_of(Settings(state_dir=state)).cel
    file.parent.mkdir(parents=True)
    with file.open("w") as lines:
        for kind, at in moments:
            said = {"eventtype": kind, "eventtime": f"{at:.6f}", "uniqueid": "1.1"}
            said |= {"linkedid": "1.1", "channame": "PJSIP/2001-1", "context": "ivr-call"}
            lines.write(json.dumps(said | {"exten": "600", "eventextra": ""}) + "\n")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    write(tmp_path, [started(T), ended(T + 75)])
    return tmp_path


def test_records_that_agree(state: Path) -> None:
    asterisk_saw(state, ("CHAN_START", T), ("CHAN_END", T + 75.5))
    result = verify(state)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "calls 1, conversations 0: no differences"


def test_a_difference_is_told_and_ends_with_one(state: Path) -> None:
    asterisk_saw(state, ("CHAN_START", T), ("CHAN_END", T + 70))
    result = verify(state)
    assert result.exit_code == 1
    assert "PJSIP/2001-1: +5.0 s in the journal" in result.stdout
    assert result.stdout.splitlines()[-1].endswith(": 1 difference")
    found = json.loads(verify(state, "--format", "json").stdout)
    assert (found["calls"], found["unexplained"]) == (1, 1)
    assert found["differences"][0]["kind"] == "end of a call"
    assert verify(state, "--tolerance", "6").exit_code == 0


def test_what_was_before_asterisks_record_is_not_compared(state: Path) -> None:
    asterisk_saw(state, ("CHAN_END", T + 75))
    result = verify(state)
    assert result.exit_code == 0, result.output
    assert "Asterisk's record begins at 2025-10-09" in result.stdout


def test_without_asterisks_record_there_is_nothing_to_compare_with(state: Path) -> None:
    result = verify(state)
    assert result.exit_code == 1
    assert "Asterisk has no record of channels at" in result.output
