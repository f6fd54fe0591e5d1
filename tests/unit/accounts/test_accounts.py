"""Signing in, and what guards it."""

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher

from ivr.accounts.accounts import (
    HASHES_MAX,
    Accounts,
    AccountsAwayError,
    NotThisPasswordError,
    TooManyAttemptsError,
)
from ivr.accounts.passwords import Passwords
from ivr.accounts.throttle import COSTLY, NAME_COSTLY
from ivr.model.access import Role
from ivr.model.errors import UserError
from tests.unit.accounts.rooms import PASSWORD, QUICK, Rooms

HERE = "10.0.0.1"


async def test_who_signs_in_is_known_by_a_new_secret_each_time(rooms: Rooms) -> None:
    first, second = [await rooms.accounts.sign_in("Ann", PASSWORD, HERE) for _ in range(2)]
    assert first.user.name == "ann"
    assert first.secret != second.secret
    assert await rooms.accounts.holder("session", first.secret) == first.user
    await rooms.accounts.sign_out("ann", first.secret)
    assert await rooms.accounts.holder("session", first.secret) is None
    assert await rooms.accounts.holder("session", second.secret) == first.user


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", "wrong"),
        ("ann", ""),
        ("ann", "x" * 100_000),
        ("eve", PASSWORD),
        ("", PASSWORD),
        ("ann\r\nSet-Cookie: x", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("a" * 100_000, PASSWORD),
        ("\ud800", "\ud800"),
    ],
)
async def test_nobody_else_is_let_in_and_all_are_told_the_same(
    rooms: Rooms, name: str, password: str
) -> None:
    with pytest.raises(NotThisPasswordError, match=r"^name and password do not go together$"):
        await rooms.accounts.sign_in(name, password, HERE)
    await rooms.trail.close()
    known = "ann" if name == "ann" else ""
    assert rooms.actions()[1:] == [("", "session.failed", known)]


async def test_the_disabled_are_not_let_in(rooms: Rooms) -> None:
    rooms.store.set_disabled("ann", disabled=True)
    with pytest.raises(NotThisPasswordError):
        await rooms.accounts.sign_in("ann", PASSWORD, HERE)


async def test_a_name_nobody_has_takes_as_long_as_one_somebody_has(rooms: Rooms) -> None:
    """Each is held against a hash of the same cost: who is there cannot be told by the time."""
    costs: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hashed: str | bytes, password: str | bytes) -> Literal[True]:
            costs.append(str(hashed).split("$")[3])
            return super().verify(hashed, password)

    watched = Passwords(Watched(time_cost=1, memory_cost=8, parallelism=1))
    accounts = Accounts(rooms.store, rooms.trail, rooms.clock, watched)
    rooms.add("bob", Role.AGENT)
    rooms.store.set_disabled("bob", disabled=True)
    for name in ("ann", "eve", "bob", "\0"):
        with pytest.raises(NotThisPasswordError):
            await accounts.sign_in(name, "wrong", HERE)
    accounts.close()
    assert costs == ["m=8,t=1,p=1"] * 4


async def test_who_guesses_has_to_wait_even_with_the_right_password(rooms: Rooms) -> None:
    for _ in range(COSTLY):
        with pytest.raises(NotThisPasswordError):
            await rooms.accounts.sign_in("ann", "wrong", HERE)
    with pytest.raises(TooManyAttemptsError) as refused:
        await rooms.accounts.sign_in("ann", PASSWORD, HERE)
    assert refused.value.wait_s == 1.0
    rooms.clock.advance(1.0)
    await rooms.accounts.sign_in("ann", PASSWORD, HERE)


async def test_passwords_that_wait_to_be_looked_at_are_bounded(rooms: Rooms) -> None:
    go_on = threading.Event()

    class Slow(Passwords):
        def fits(self, hashed: str | None, password: str) -> bool:
            go_on.wait(10)
            return False

    accounts = Accounts(rooms.store, rooms.trail, rooms.clock, Slow())
    attempts = [
        asyncio.create_task(accounts.sign_in(f"user{n}", "wrong", f"10.1.0.{n}"))
        for n in range(HASHES_MAX + 5)
    ]
    refused = 0
    for attempt in asyncio.as_completed(attempts):
        with pytest.raises((TooManyAttemptsError, NotThisPasswordError)) as told:
            await attempt
        refused += told.type is TooManyAttemptsError
        if refused == 5:
            go_on.set()
    accounts.close()
    assert refused == 5


async def test_who_changes_the_password_has_a_new_session_and_no_other(rooms: Rooms) -> None:
    before = await rooms.accounts.sign_in("ann", PASSWORD, HERE)
    done = await rooms.accounts.change_password("ann", PASSWORD, "another horse 77", HERE)
    assert await rooms.accounts.holder("session", before.secret) is None
    assert await rooms.accounts.holder("session", done.secret) is not None
    with pytest.raises(NotThisPasswordError):
        await rooms.accounts.sign_in("ann", PASSWORD, HERE)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("wrong", "another horse 77", NotThisPasswordError),
        (PASSWORD, PASSWORD, UserError),
        (PASSWORD, "short", UserError),
    ],
)
async def test_a_change_that_will_not_do_changes_nothing(
    rooms: Rooms, old: str, new: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await rooms.accounts.change_password("ann", old, new, HERE)
    await rooms.accounts.sign_in("ann", PASSWORD, HERE)


async def test_guessing_the_old_password_is_slowed_down_as_well(rooms: Rooms) -> None:
    for _ in range(COSTLY):
        with pytest.raises(NotThisPasswordError):
            await rooms.accounts.change_password("ann", "wrong", "another horse 77", HERE)
    with pytest.raises(TooManyAttemptsError):
        await rooms.accounts.change_password("ann", PASSWORD, "another horse 77", HERE)


async def test_a_database_that_fails_is_told(rooms: Rooms) -> None:
    rooms.sql("ALTER TABLE users RENAME TO away")
    with pytest.raises(AccountsAwayError):
        await rooms.accounts.holder("session", "x")


async def test_a_secret_longer_than_any_of_ours_is_nobodys(rooms: Rooms) -> None:
    assert await rooms.accounts.holder("token", "x" * 1_000_000) is None


async def test_where_somebody_signed_in_before_a_restart_others_keep_them_out_no_more(
    any_rooms: Rooms,
) -> None:
    await any_rooms.accounts.sign_in("ann", PASSWORD, HERE)
    restarted = Accounts(any_rooms.store, any_rooms.trail, any_rooms.clock, QUICK)
    await restarted.learn()
    for number in range(NAME_COSTLY):
        with pytest.raises(NotThisPasswordError):
            await restarted.sign_in("ann", "wrong", f"10.7.0.{number}")
    with pytest.raises(TooManyAttemptsError):
        await restarted.sign_in("ann", PASSWORD, "10.9.9.9")
    await restarted.sign_in("ann", PASSWORD, HERE)
    restarted.close()
