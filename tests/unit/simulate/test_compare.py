"""Two policies: the verdict follows the interval of the paired difference."""

from collections.abc import Sequence

import pytest

from ivr.picture.plot import round_step
from ivr.simulate.compare import Difference, compare
from ivr.simulate.page import page
from ivr.simulate.runs import Runs, replicate
from ivr.simulate.summary import percentile
from tests.unit.simulate.scenarios import DEMAND, SITE, scenario

TIRED = {"english": {**DEMAND, "patience": {"exponential": 60}}}
SLOW = {"delay": {"fixed": 8}}


def _compared(replications: int, **second: object) -> tuple[list[Runs], dict[str, Difference]]:
    first = replicate("first", SITE, scenario(replications=replications, queues=TIRED))
    plan = scenario(replications=replications, queues=TIRED, **second)
    other = replicate("second", SITE, plan)
    found = [one for one in compare(first, other) if one.queue == "english"]
    return [first, other], {one.figure: one for one in found}


def test_slower_agents_are_worse_and_busier() -> None:
    _, found = _compared(6, answering=SLOW)
    assert found["asa_s"].verdict == found["abandonment"].verdict == "worse"
    assert found["service_level_offered_minus_short"].verdict == "worse"
    assert found["asa_s"].change.mean > 0


def test_the_same_policy_twice_shows_no_difference_at_all() -> None:
    _, found = _compared(3)
    assert {one.verdict for one in found.values()} == {"no difference shown"}
    assert {one.change.mean for one in found.values()} == {0.0}


def test_a_single_replication_shows_nothing() -> None:
    runs, found = _compared(1, answering=SLOW)
    assert {one.verdict for one in found.values()} == {"no difference shown"}
    html = page("day", runs, list(found.values()))
    assert "±" not in html
    assert "(one run)" in html


def test_the_page_needs_no_network_and_shows_names_as_text() -> None:
    runs, found = _compared(2, answering=SLOW)
    html = page("<b>day</b>", runs, list(found.values()))
    assert html == page("<b>day</b>", runs, list(found.values()))
    assert "<b>day</b>" not in html
    assert html.count("<svg") == 6
    assert "http:" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "https:" not in html
    assert "src=" not in html


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([1, 2, 3, 4], 0.5, 2), ([1, 2, 3, 4], 0.95, 4), ([5], 0.5, 5), ([], 0.5, None)],
)
def test_percentile(values: Sequence[float], share: float, found: float | None) -> None:
    assert percentile(values, share) == found


@pytest.mark.parametrize(("reach", "step"), [(4.75, 1), (409, 100), (126, 20), (0.9, 0.2)])
def test_axis_marks_are_round(reach: float, step: float) -> None:
    assert round_step(reach) == pytest.approx(step)


@pytest.mark.parametrize(("length", "half_hours"), [("0.5s", 1), ("1800s", 1), ("1800500ms", 2)])
def test_a_part_of_a_half_hour_counts_as_one(length: str, half_hours: int) -> None:
    runs = replicate("day", SITE, scenario(length=length, replications=1))
    assert len(runs.half_hours("english")) == half_hours
