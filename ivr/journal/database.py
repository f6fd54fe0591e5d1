"""The database under the journal: opening, migrating, inserting. Blocking; runs in one thread."""

from collections.abc import Sequence
from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from ivr.journal.entry import Entry
from ivr.journal.tables import EVENTS
from ivr.model.errors import UserError

WAIT_S = 3
"""How long the database may keep one statement waiting (locks, connection)."""


def sqlite_file(url: str) -> Path | None:
    """The file an SQLite URL names; None for other databases. UserError for a bad URL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The URL itself is not shown: it may hold a password.
        raise UserError(
            "journal: this is no database URL; write for example sqlite:///state/journal.db"
        ) from error
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise UserError(f"journal: {url!r} keeps nothing; name a file")
    return Path(parsed.database)


def open_engine(url: str) -> Engine:
    """An engine whose every wait is limited. Connects to nothing yet; UserError for a bad URL.

    A server's password may stay out of the URL: `...?password_file=/run/secrets/journal`.
    """
    if sqlite_file(url) is not None:
        engine = create_engine(
            url, connect_args={"timeout": WAIT_S}, poolclass=QueuePool, pool_size=1
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    arguments: dict[str, Any] = {}
    if make_url(url).get_backend_name() == "postgresql":
        options = f"-c statement_timeout={WAIT_S * 1000} -c lock_timeout={WAIT_S * 1000}"
        arguments = {"connect_timeout": WAIT_S, "options": options}
    try:
        return create_engine(
            _with_password(url),
            connect_args=arguments,
            poolclass=QueuePool,
            pool_size=1,
            pool_pre_ping=True,
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise UserError(
            f"journal: the driver for {make_url(url).drivername!r} is not installed ({error}); "
            "for PostgreSQL install psycopg and write postgresql+psycopg://..."
        ) from error


def _with_password(url: str) -> URL:
    """Takes the password from the file named by the URL's `password_file`, if there is one."""
    parsed = make_url(url)
    file = parsed.query.get("password_file")
    if not isinstance(file, str):
        return parsed
    try:
        password = Path(file).read_text("utf-8").strip()
    except OSError as error:
        raise UserError(f"journal: {file}: {error.strerror}; the password is read there") from error
    return parsed.difference_update_query(["password_file"]).set(password=password)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a commit is on the disk, not merely with the operating system.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, scripts: Path = MIGRATIONS) -> None:
    """Brings the tables of these scripts to this version; UserError when the database cannot be
    opened."""
    file = sqlite_file(str(engine.url)) if engine.dialect.name == "sqlite" else None
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise UserError(
            f"journal: cannot open {engine.url.render_as_string()}: {cause}; is the database "
            "running and may this user write to it?"
        ) from error


def store(engine: Engine, entries: Sequence[Entry]) -> None:
    """Those not stored yet, in one transaction.

    Some may be: a write that was given up as too slow, or whose confirmation was lost, can have
    happened after all. That is why events are numbered before they are written.
    """
    insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
    with engine.begin() as connection:
        rows = [asdict(entry) for entry in sorted(entries, key=attrgetter("id"))]
        connection.execute(insert(EVENTS).on_conflict_do_nothing(index_elements=["id"]), rows)


def last_numbers(engine: Engine, recent: int) -> tuple[int, dict[str, int]]:
    """The last id used, and the last `seq` of each call among the `recent` last events."""
    with engine.connect() as connection:
        last = connection.scalar(select(func.max(EVENTS.c.id))) or 0
        calls = connection.execute(
            select(EVENTS.c.call, func.max(EVENTS.c.seq))
            .where(EVENTS.c.id > last - recent, EVENTS.c.call.is_not(None))
            .group_by(EVENTS.c.call)
        )
        return last, {str(call): int(seq) for call, seq in calls}
