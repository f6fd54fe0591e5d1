"""Who fails again and again is left alone for a while."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.lookup.breaker import Breaker


def broken(now: float = 100.0) -> Breaker:
    breaker = Breaker(failures_max=3, rest_s=10)
    for _ in range(3):
        breaker.failed(now)
    return breaker


def test_a_few_failures_change_nothing() -> None:
    breaker = Breaker(failures_max=3, rest_s=10)
    breaker.failed(100)
    breaker.failed(100)
    assert breaker.admits(100)


def test_after_too_many_in_a_row_nobody_is_made_to_wait() -> None:
    assert not broken().admits(109.9)


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = Breaker(failures_max=2, rest_s=10)
    breaker.failed(100)
    breaker.succeeded()
    breaker.failed(101)
    assert breaker.admits(101)


def test_after_the_rest_one_alone_finds_out() -> None:
    breaker = broken()
    assert [breaker.admits(110), breaker.admits(110)] == [True, False]


def test_it_closes_when_that_one_succeeds_and_rests_again_when_it_fails() -> None:
    well, ill = broken(), broken()
    for breaker in (well, ill):
        assert breaker.admits(110)
    well.succeeded()
    ill.failed(111)
    assert well.admits(111)
    assert [ill.admits(120.9), ill.admits(121)] == [False, True]


def test_one_whose_answer_never_comes_does_not_keep_it_open_for_ever() -> None:
    breaker = broken()
    assert breaker.admits(110)
    assert breaker.admits(120)


@given(st.lists(st.tuples(st.sampled_from(["ask", "ok", "bad"]), st.floats(0, 5)), max_size=60))
def test_never_more_than_one_request_a_rest_to_who_keeps_failing(
    history: list[tuple[str, float]],
) -> None:
    breaker, now, open_since, admitted = Breaker(3, 10), 0.0, None, 0
    for kind, step in history:
        now += step
        if kind == "ok":
            breaker.succeeded()
            open_since, admitted = None, 0
        elif kind == "bad":
            breaker.failed(now)
            if breaker.failures >= 3 and open_since is None:
                open_since = now
        elif breaker.admits(now) and open_since is not None:
            admitted += 1
            assert admitted <= (now - open_since) / 10
