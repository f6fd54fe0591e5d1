"""Survey figures, by hand and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.kpi import SURVEY_FIGURES, ces, csat, fcr, nps

BOUNDS = {"csat": (0.0, 1.0), "nps": (-1.0, 1.0), "ces": (1.0, 7.0), "fcr": (0.0, 1.0)}
SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7), "fcr": (1, 2)}
BEST = {"csat": 5, "nps": 10, "ces": 7, "fcr": 1}


def marks(kind: str) -> st.SearchStrategy[dict[int, int]]:
    low, high = SCALES[kind]
    counts = st.dictionaries(st.integers(low, high), st.integers(0, 10_000))
    return counts.filter(lambda made: sum(made.values()) > 0)


ANSWERED = st.sampled_from(sorted(SCALES)).flatmap(
    lambda kind: st.tuples(st.just(kind), marks(kind))
)


def test_csat_is_the_share_of_fours_and_fives() -> None:
    assert csat({1: 10, 2: 0, 3: 10, 4: 30, 5: 50}) == 0.8


def test_csat_of_another_scale_takes_its_two_best() -> None:
    assert csat({4: 1, 9: 1, 10: 2}, best=10) == 0.75


def test_nps_is_promoters_minus_detractors() -> None:
    assert nps({0: 1, 6: 1, 7: 2, 8: 1, 9: 3, 10: 2}) == pytest.approx(0.3)
    assert nps({6: 1}) == -1.0
    assert nps({7: 1, 8: 1}) == 0.0


def test_fcr_is_the_share_of_those_who_say_it_is_solved() -> None:
    assert fcr({1: 3, 2: 1}) == 0.75


def test_ces_is_the_mean_mark() -> None:
    assert ces({1: 1, 7: 3}) == 5.5


@pytest.mark.parametrize("kind", sorted(SURVEY_FIGURES))
def test_without_answers_there_is_no_figure(kind: str) -> None:
    assert SURVEY_FIGURES[kind]({}) is None
    assert SURVEY_FIGURES[kind]({5: 0}) is None


@given(ANSWERED)
def test_a_figure_stays_within_its_bounds(answered: tuple[str, dict[int, int]]) -> None:
    kind, given_marks = answered
    low, high = BOUNDS[kind]
    figure = SURVEY_FIGURES[kind](given_marks)
    assert figure is not None
    assert low - 1e-9 <= figure <= high + 1e-9


@given(ANSWERED, st.integers(2, 9))
def test_the_same_answers_several_times_over_make_the_same_figure(
    answered: tuple[str, dict[int, int]], times: int
) -> None:
    kind, given_marks = answered
    more = {mark: count * times for mark, count in given_marks.items()}
    assert SURVEY_FIGURES[kind](more) == pytest.approx(SURVEY_FIGURES[kind](given_marks))


@given(ANSWERED)
def test_one_more_best_mark_never_lowers_a_figure(answered: tuple[str, dict[int, int]]) -> None:
    kind, given_marks = answered
    best = BEST[kind]
    better = {**given_marks, best: given_marks.get(best, 0) + 1}
    before, after = SURVEY_FIGURES[kind](given_marks), SURVEY_FIGURES[kind](better)
    assert before is not None
    assert after is not None
    assert after >= before - 1e-12
