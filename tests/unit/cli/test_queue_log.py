"""`ivr queue-log`: the lines of a time that is over, by what was known before it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.model import events
from ivr.model.agents import AgentState as S
from ivr.model.agents import QueueOutcome as Q
from tests.unit.cli.test_report import DAY, DIALPLANS, T, write
from tests.unit.kpi.stories import ended, entered, moved, started, talk_began, talk_ended

HISTORY = (
    moved(T - 60, S.LOGGED_OUT, S.AVAILABLE, 0, agent="chloe"),
    started(T, caller="+15550100"),
    entered(T + 10),
    events.QueueLeft(
        at=T + 15, call="a", queue="billing", outcome=Q.ANSWERED, wait_s=5, agent="chloe"
    ),
    talk_began(T + 15, agent="chloe"),
    talk_ended(T + 75, 60, agent="chloe"),
    ended(T + 75),
    moved(T + 85, S.WRAP_UP, S.LOGGED_OUT, 10, "a", agent="chloe"),
)
LATER = [
    "a|billing|chloe|COMPLETECALLER|5|60|1",
    "NONE|support|chloe|REMOVEMEMBER|",
    "NONE|billing|chloe|REMOVEMEMBER|",
    "NONE|operator|chloe|REMOVEMEMBER|",
]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("state")
    write(directory, HISTORY)
    return directory


def lines(state: Path, *words: str) -> list[str]:
    """Without the time they begin with."""
    where = ["--state-dir", str(state), "--dialplans", DIALPLANS]
    result = CliRunner().invoke(main, ["queue-log", *words, *where])
    assert result.exit_code == 0, result.output
    return [line.partition("|")[2] for line in result.stdout.splitlines()]


def test_the_lines_of_a_day(state: Path) -> None:
    found = lines(state, *DAY)
    assert found[3:5] == [
        "a|billing|NONE|ENTERQUEUE||+15550100|1",
        "a|billing|chloe|CONNECT|5||0",
    ]
    assert found[5:] == LATER


def test_a_time_that_begins_in_the_middle_knows_what_came_before(state: Path) -> None:
    assert lines(state, "--from", "2025-10-09 08:54", "--to", "2025-10-10") == LATER
