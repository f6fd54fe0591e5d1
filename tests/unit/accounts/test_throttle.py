"""Who guesses passwords is slowed down, in bounded memory."""

import pytest

from ivr.accounts.throttle import COSTLY, FORGET_S, KNOWN_MAX, NAME_COSTLY, Throttle, network_of


def fail(throttle: Throttle, times: int, name: str = "ann", address: str = "10.0.0.1") -> float:
    """So many attempts at moment 0; the wait told to the last."""
    return [throttle.enter(name, address, 0.0) for _ in range(times)][-1]


def test_a_few_are_free_then_each_failure_doubles_the_wait() -> None:
    throttle, now, waits = Throttle(), 0.0, []
    for _ in range(COSTLY + 7):
        assert throttle.enter("ann", "10.0.0.1", now) == 0
        wait = throttle.enter("ann", "10.0.0.1", now)
        if wait == 0:  # that attempt counted, too
            continue
        waits.append(wait)
        now += wait
    assert waits[:7] == [1, 2, 4, 8, 16, 32, 64]


def flood(throttle: Throttle, times: int, name: str = "ann") -> None:
    """So many attempts from as many addresses, one after the other at moment 0."""
    for number in range(times):
        throttle.enter(name, f"10.7.{number // 250}.{number % 250}", 0.0)


def test_whoever_fails_by_a_name_on_purpose_keeps_nobody_out() -> None:
    """It is their addresses that wait, not the name."""
    throttle = Throttle()
    for second in range(30):
        for address in ("10.6.6.6", "10.6.6.7", "10.6.6.8"):
            throttle.enter("ann", address, float(second))
    assert throttle.enter("ann", "10.0.0.1", 30.0) == 0


def test_guesses_from_many_addresses_wait_by_the_name_in_the_end() -> None:
    throttle = Throttle()
    waits = [throttle.enter("ann", f"10.0.0.{number}", 0.0) for number in range(200)]
    assert waits.count(0.0) == NAME_COSTLY
    assert throttle.enter("ann", "10.9.9.9", 0.0) == 1


def test_but_not_where_that_name_was_signed_in_before() -> None:
    throttle = Throttle()
    throttle.enter("ann", "10.0.0.1", 0.0)
    throttle.succeeded("ann", "10.0.0.1")
    throttle.knows("bob", "10.0.0.1")
    throttle.knows("ann", "2001:db8::1")
    flood(throttle, NAME_COSTLY)
    assert throttle.enter("ann", "10.0.0.2", 0.0) > 0
    assert throttle.enter("ann", "2001:db8::2", 0.0) == 0
    assert [throttle.enter("ann", "10.0.0.1", 0.0) for _ in range(COSTLY)] == [0.0] * COSTLY
    assert throttle.enter("ann", "10.0.0.1", 0.0) > 0  # who guesses from there waits all the same
    flood(throttle, NAME_COSTLY, "eve")
    assert throttle.enter("eve", "10.0.0.1", 0.0) > 0


def test_a_name_is_never_kept_out_for_longer_than_a_minute_by_others() -> None:
    throttle = Throttle()
    for attempt in range(200):
        throttle.enter("ann", f"10.0.0.{attempt}", attempt * 60.0)
    assert throttle.enter("ann", "10.9.9.9", 199 * 60.0 + 60.0) == 0


def test_who_signs_in_does_not_give_others_new_guesses() -> None:
    throttle = Throttle()
    throttle.knows("ann", "10.0.0.1")
    flood(throttle, NAME_COSTLY)
    throttle.enter("ann", "10.0.0.1", 0.0)
    throttle.succeeded("ann", "10.0.0.1")
    assert throttle.enter("ann", "10.9.9.9", 0.0) > 0


def test_a_hundred_at_once_are_a_hundred() -> None:
    throttle = Throttle()
    waits = [throttle.enter("ann", "10.0.0.1", 0.0) for _ in range(100)]
    assert waits.count(0.0) == COSTLY


def test_one_address_that_tries_many_names_waits() -> None:
    throttle = Throttle()
    waits = [throttle.enter(f"user{n}", "10.0.0.1", 0.0) for n in range(20)]
    assert waits.count(0.0) == COSTLY
    assert throttle.enter("user1", "10.0.0.2", 0.0) == 0


def test_who_succeeds_is_free_again_but_not_the_guesses_made_from_the_same_address() -> None:
    throttle = Throttle()
    fail(throttle, 3, "bob")
    assert throttle.enter("ann", "10.0.0.1", 0.0) == 0
    throttle.succeeded("ann", "10.0.0.1")
    assert throttle.enter("bob", "10.0.0.1", 0.0) == 0
    assert throttle.enter("bob", "10.0.0.1", 0.0) == 0
    assert throttle.enter("ann", "10.0.0.1", 0.0) > 0


def test_everything_is_forgotten_after_a_while() -> None:
    throttle = Throttle()
    assert fail(throttle, COSTLY + 1) > 0
    later = FORGET_S + 2
    assert [throttle.enter("ann", "10.0.0.1", later) for _ in range(COSTLY)] == [0.0] * COSTLY


def test_memory_is_bounded_however_many_names_and_addresses_come() -> None:
    throttle = Throttle(keys_max=100)
    for n in range(1000):
        throttle.enter(f"user{n}", f"10.1.{n // 250}.{n % 250}", 0.0)
        throttle.succeeded(f"user{n}", f"10.1.{n // 250}.{n % 250}")
        throttle.knows("ann", f"10.1.{n // 250}.{n % 250}")
    assert len(throttle) <= 100 + 100 + KNOWN_MAX


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("", ""),
        ("\r\nx", "\r\nx"),
    ],
)
def test_a_whole_network_of_ipv6_counts_as_one(address: str, network: str) -> None:
    assert network_of(address) == network
