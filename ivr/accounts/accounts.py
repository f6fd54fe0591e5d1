"""Who signs in, and who is signed in; everything that blocks runs in threads of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from ivr.accounts.chain import Note, Record
from ivr.accounts.passwords import Passwords, check_password
from ivr.accounts.store import Store
from ivr.accounts.throttle import Throttle
from ivr.accounts.trail import Trail
from ivr.accounts.users import NAME_MAX, User, clean_name
from ivr.model.errors import IvrError, UserError
from ivr.ports import Clock

T = TypeVar("T")
HASHES_MAX = 16
"""Passwords that wait to be looked at; whoever comes then is asked to come again."""
LOOK_UPS_MAX = 200
LOOK_UP_S = 5.0
SECRET_MAX = 200
"""Nothing longer is a cookie or token of ours."""


class AccountsAwayError(IvrError):
    """The database does not answer, or too many ask at once: nobody can be known for now."""


class NotThisPasswordError(IvrError):
    """Name and password do not go together; which of the two is wrong is not said."""


class TooManyAttemptsError(IvrError):
    """Not before `wait_s` seconds have passed."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many attempts; try again in {wait_s:.0f} s")
        self.wait_s = wait_s


@dataclass(frozen=True)
class SignedIn:
    user: User
    secret: str
    """For the cookie."""


class Accounts:
    """Every method raises AccountsAwayError when the database is."""

    def __init__(
        self, store: Store, trail: Trail, clock: Clock, passwords: Passwords | None = None
    ) -> None:
        self._store = store
        self._trail = trail
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._throttle = Throttle()
        self._look_ups = ThreadPoolExecutor(2, "accounts")
        # One at a time: hashing takes a processor for itself, and calls need theirs.
        self._hashing = ThreadPoolExecutor(1, "passwords")
        self._hashes = 0
        self._asked = 0

    async def learn(self) -> None:
        """Where people have signed in from: others cannot keep them out there."""
        for name, address in await self._look_up(self._store.signed_in_from):
            self._throttle.knows(name, address)

    def close(self) -> None:
        self._look_ups.shutdown(wait=False)
        self._hashing.shutdown(wait=False)

    async def holder(self, kind: str, secret: str) -> User | None:
        """Whose `session` or `token` this is, if anybody's who may still come in."""
        if len(secret) > SECRET_MAX:
            return None
        return await self._look_up(lambda: self._store.holder(kind, secret))

    async def users(self) -> list[User]:
        return await self._look_up(self._store.users)

    async def records(self, limit: int) -> list[Record]:
        """The latest of the audit, oldest first."""
        return await self._look_up(lambda: self._store.chain.latest(limit))

    async def sign_in(self, name: str, password: str, address: str) -> SignedIn:
        """NotThisPasswordError, TooManyAttemptsError."""
        try:
            name = clean_name(name)
        except UserError:
            name = ""  # nobody's; the rest takes its time all the same
        await self._prove(name, password, address)
        return await self._look_up(lambda: self._open(name, address))

    async def sign_out(self, name: str, secret: str) -> None:
        await self._look_up(lambda: self._store.close_session(secret, name))

    async def change_password(self, name: str, old: str, new: str, address: str) -> SignedIn:
        """Ends every session of the user and begins a new one. NotThisPasswordError,
        TooManyAttemptsError, UserError for a new password that will not do."""
        check_password(new, name)
        if old == new:
            raise UserError("the new password is the old one")
        await self._prove(name, old, address)
        hashed = await self._hash(lambda: self._passwords.hash(new))

        def change() -> SignedIn:
            self._store.set_password(name, hashed, must_change=False, by=name)
            return self._open(name, address)

        return await self._look_up(change)

    def _open(self, name: str, address: str) -> SignedIn:
        secret = self._store.open_session(name, address)
        return SignedIn(self._store.user(name), secret)

    async def _prove(self, name: str, password: str, address: str) -> None:
        now = self._clock.now()
        wait = self._throttle.enter(name, address, now)
        if wait > 0:
            raise TooManyAttemptsError(wait)
        hashed = await self._look_up(lambda: self._store.password_of(name))
        if not await self._hash(lambda: self._passwords.fits(hashed, password)):
            # A name nobody has may be a password in the wrong field: it is not written down.
            known = name[:NAME_MAX] if hashed is not None else ""
            self._trail.add(Note(now, "", "session.failed", known, {"address": address}))
            raise NotThisPasswordError("name and password do not go together")
        self._throttle.succeeded(name, address)

    async def _look_up(self, work: Callable[[], T]) -> T:
        if self._asked >= LOOK_UPS_MAX:
            raise AccountsAwayError("too many requests at once; try again")
        self._asked += 1
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._look_ups, work)
        running.add_done_callback(self._looked_up)
        try:
            return await asyncio.wait_for(asyncio.shield(running), LOOK_UP_S)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise AccountsAwayError("the database of accounts does not answer now") from error

    def _looked_up(self, done: asyncio.Future[T]) -> None:
        self._asked -= 1
        if not done.cancelled():
            done.exception()  # seen, also when nobody waits any more

    async def _hash(self, work: Callable[[], T]) -> T:
        if self._hashes >= HASHES_MAX:
            raise TooManyAttemptsError(1.0)
        self._hashes += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._hashing, work)
        finally:
            self._hashes -= 1
