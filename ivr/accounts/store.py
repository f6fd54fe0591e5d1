"""Users, sessions and tokens in the database. Each change leaves its record in the audit, in the
same transaction."""

import json
import secrets
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, func, insert, select, update

from ivr.accounts.chain import Chain, Note
from ivr.accounts.tables import AUDIT, SESSIONS, TOKENS, USERS
from ivr.accounts.users import CLI, User
from ivr.journal import database
from ivr.model.access import Role
from ivr.model.errors import UserError
from ivr.ports import Clock

MIGRATIONS = Path(__file__).parent / "migrations"
SESSION_S = 12 * 3600
"""A sign-in lasts a long shift."""
SESSIONS_MAX = 20
"""Of one user at the same time; the oldest ends for the newest."""
OPENED = "session.opened"
SIGN_INS_MAX = 5000
"""So many of the latest are remembered, also across a restart."""
_TABLES: Mapping[str, Table] = {"session": SESSIONS, "token": TOKENS}


class UnknownUserError(UserError):
    """Nobody is named that."""


class Store:
    """Blocking; SQLAlchemyError when the database fails."""

    def __init__(
        self,
        engine: Engine,
        head_file: Path,
        clock: Clock,
        audit_broken: Callable[[], None] = lambda: None,
    ) -> None:
        """`audit_broken`: see `Chain`."""
        self._engine = engine
        self._clock = clock
        self.chain = Chain(engine, head_file, audit_broken)

    def migrate(self) -> None:
        """UserError when the database cannot be opened."""
        database.migrate(self._engine, MIGRATIONS)

    def close(self) -> None:
        self._engine.dispose()

    # --- users

    def users(self) -> list[User]:
        with self._engine.connect() as connection:
            return [_user(row) for row in connection.execute(select(USERS).order_by(USERS.c.name))]

    def user(self, name: str) -> User:
        return self._with_password(name)[0]

    def password_of(self, name: str) -> str | None:
        """The hash; None: nobody can sign in by that name."""
        try:
            user, hashed = self._with_password(name)
        except UnknownUserError:
            return None
        return None if user.disabled else hashed

    def add(self, user: User, hashed: str, by: str = CLI) -> None:
        """UserError when the name is taken."""
        with self.chain.transaction() as (connection, notes):
            if connection.execute(select(USERS.c.name).where(USERS.c.name == user.name)).first():
                raise UserError(f"there is a user {user.name!r} already; see `ivr user list`")
            values = {**_values(user), "password": hashed, "created_at_ms": self._now_ms()}
            connection.execute(insert(USERS).values(values))
            notes.append(self._note(by, "user.added", user.name, _told(user)))

    def add_first(self, user: User, hashed: str) -> bool:
        """Only when there is nobody yet."""
        with self.chain.transaction() as (connection, notes):
            if connection.execute(select(func.count()).select_from(USERS)).scalar_one():
                return False
            values = {**_values(user), "password": hashed, "created_at_ms": self._now_ms()}
            connection.execute(insert(USERS).values(values))
            notes.append(self._note(CLI, "user.added", user.name, _told(user)))
        return True

    def set_password(self, name: str, hashed: str, *, must_change: bool, by: str = CLI) -> None:
        """Ends the user's sessions; UnknownUserError."""
        with self.chain.transaction() as (connection, notes):
            self._change(connection, name, password=hashed, must_change=must_change)
            connection.execute(delete(SESSIONS).where(SESSIONS.c.name == name))
            notes.append(self._note(by, "user.password", name, {"must_change": must_change}))

    def set_role(self, user: User, by: str = CLI) -> None:
        """Role, teams and agent as given, at once; UnknownUserError."""
        with self.chain.transaction() as (connection, notes):
            values = _values(user)
            taken = {name: values[name] for name in ("role", "teams", "agent")}
            self._change(connection, user.name, **taken)
            notes.append(self._note(by, "user.role", user.name, _told(user)))

    def set_disabled(self, name: str, *, disabled: bool, by: str = CLI) -> None:
        """Ends sessions and tokens for good; UnknownUserError."""
        with self.chain.transaction() as (connection, notes):
            self._change(connection, name, disabled=disabled)
            for table in _TABLES.values():
                connection.execute(delete(table).where(table.c.name == name))
            notes.append(self._note(by, "user.disabled" if disabled else "user.enabled", name))

    # --- sessions and tokens

    def open_session(self, name: str, address: str) -> str:
        """The secret for the cookie: a new one, whatever the browser showed before."""
        secret, now = secrets.token_urlsafe(32), self._now_ms()
        with self.chain.transaction() as (connection, notes):
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at_ms <= now))
            kept = select(SESSIONS.c.hash).where(SESSIONS.c.name == name)
            newest = kept.order_by(SESSIONS.c.created_at_ms.desc()).limit(SESSIONS_MAX - 1)
            hashes = [row.hash for row in connection.execute(newest)]
            connection.execute(
                delete(SESSIONS).where(SESSIONS.c.name == name, SESSIONS.c.hash.not_in(hashes))
            )
            connection.execute(insert(SESSIONS).values(_secret(secret, name, now, SESSION_S)))
            notes.append(self._note(name, OPENED, name, {"address": address}))
        return secret

    def signed_in_from(self) -> list[tuple[str, str]]:
        """(name, address) of the latest sign-ins, the latest last."""
        query = (
            select(AUDIT.c.who, AUDIT.c.details)
            .where(AUDIT.c.action == OPENED)
            .order_by(AUDIT.c.id.desc())
            .limit(SIGN_INS_MAX)
        )
        with self._engine.connect() as connection:
            found = [(row.who, json.loads(row.details)) for row in connection.execute(query)]
        return [(who, str(details["address"])) for who, details in reversed(found)]

    def close_session(self, secret: str, name: str) -> None:
        with self.chain.transaction() as (connection, notes):
            connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == hash_of(secret)))
            notes.append(self._note(name, "session.closed", name))

    def add_token(self, name: str, lasts_s: float, by: str = CLI) -> str:
        """The token, which is stored nowhere; UnknownUserError."""
        secret = secrets.token_urlsafe(32)
        with self.chain.transaction() as (connection, notes):
            if not connection.execute(select(USERS.c.name).where(USERS.c.name == name)).first():
                raise _nobody(name)
            values = _secret(secret, name, self._now_ms(), lasts_s)
            connection.execute(insert(TOKENS).values(values))
            about = {"expires_at_ms": values["expires_at_ms"]}
            notes.append(self._note(by, "token.added", name, about))
        return secret

    def revoke_tokens(self, name: str, by: str = CLI) -> int:
        """How many there were."""
        with self.chain.transaction() as (connection, notes):
            done = connection.execute(delete(TOKENS).where(TOKENS.c.name == name))
            notes.append(self._note(by, "token.revoked", name, {"tokens": done.rowcount}))
        return int(done.rowcount)

    def holder(self, kind: str, secret: str) -> User | None:
        """Whose `session` or `token` this is; None: nobody's, too old, or of a disabled user."""
        table = _TABLES[kind]
        query = (
            select(USERS)
            .join(table, table.c.name == USERS.c.name)
            .where(
                # Equal hashes say nothing of how nearly equal the secrets are: no time to measure.
                table.c.hash == hash_of(secret),
                table.c.expires_at_ms > self._now_ms(),
                USERS.c.disabled.is_(False),
            )
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _user(row) if row is not None else None

    # --- inside

    def _with_password(self, name: str) -> tuple[User, str]:
        with self._engine.connect() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).first()
        if row is None:
            raise _nobody(name)
        return _user(row), row.password

    def _change(self, connection: Connection, name: str, **values: object) -> None:
        done = connection.execute(update(USERS).where(USERS.c.name == name).values(**values))
        if done.rowcount == 0:
            raise _nobody(name)

    def _note(
        self, who: str, action: str, target: str, details: Mapping[str, object] | None = None
    ) -> Note:
        return Note(self._clock.now(), who, action, target, details)

    def _now_ms(self) -> int:
        return round(self._clock.now() * 1000)


def hash_of(secret: str) -> str:
    return sha256(secret.encode("utf-8", "backslashreplace")).hexdigest()


def _secret(secret: str, name: str, now_ms: int, lasts_s: float) -> dict[str, Any]:
    return {
        "hash": hash_of(secret),
        "name": name,
        "created_at_ms": now_ms,
        "expires_at_ms": now_ms + round(lasts_s * 1000),
    }


def _user(row: Row[Any]) -> User:
    return User(
        row.name,
        Role(row.role),
        frozenset(json.loads(row.teams)),
        row.agent,
        must_change=row.must_change,
        disabled=row.disabled,
    )


def _values(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role.value,
        "teams": json.dumps(sorted(user.teams)),
        "agent": user.agent,
        "must_change": user.must_change,
        "disabled": user.disabled,
    }


def _told(user: User) -> dict[str, object]:
    return {"role": user.role.value, "teams": sorted(user.teams), "agent": user.agent}


def _nobody(name: str) -> UnknownUserError:
    return UnknownUserError(f"there is no user {name!r}; see `ivr user list`")
