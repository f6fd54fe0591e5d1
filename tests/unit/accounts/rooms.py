"""A database of accounts in a directory, opened on a clock of the test's own."""

from collections.abc import Callable
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import text

from ivr.accounts import Accounts, Store, Trail, User
from ivr.accounts.passwords import Passwords
from ivr.journal import database
from ivr.model.access import Role
from ivr.testing.clock import VirtualClock

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "correct horse battery"
NOW = 1_000_000.0


class Rooms:
    """Store, trail and accounts over one database; `ann` is an agent with PASSWORD."""

    def __init__(self, directory: Path, url: str = "") -> None:
        """Without a URL it is a SQLite file in the directory."""
        self.clock = VirtualClock(NOW)
        self._url = url or f"sqlite:///{directory / 'journal.db'}"
        self.head_file = directory / "audit.head"
        self.store = self.another_store()
        self.trail = Trail(self.store.chain, self.clock.now)
        self.accounts = Accounts(self.store, self.trail, self.clock, QUICK)

    def another_store(self, broken: Callable[[], None] = lambda: None) -> Store:
        """As another process opens it."""
        return Store(database.open_engine(self._url), self.head_file, self.clock, broken)

    def fill(self) -> None:
        self.store.migrate()
        self.add("ann", Role.AGENT, agent="ann")

    def add(self, name: str, role: Role, team: str = "", agent: str = "") -> None:
        """Somebody whose password is their own already."""
        teams = frozenset({team} if team else ())
        user = User(name, role, teams, agent, must_change=False)
        self.store.add(user, QUICK.hash(PASSWORD))

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """As somebody who has the database and nothing else."""
        engine = database.open_engine(self._url)
        with engine.begin() as connection:
            found = connection.execute(text(statement))
            rows = [tuple(row) for row in found] if found.returns_rows else []
        engine.dispose()
        return rows

    def actions(self) -> list[tuple[str, str, str]]:
        """(who, action, target) of the whole audit."""
        return [(one.who, one.action, one.target) for one in self.store.chain.latest(1000)]

    async def close(self) -> None:
        await self.trail.close()
        self.accounts.close()
        self.store.close()
