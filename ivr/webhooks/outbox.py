"""What is still to be told, and what could not be: a small database of its own.

Apart from the journal, which may be a server elsewhere, and whose writes nothing here delays.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ivr.journal.entry import entry_from_line
from ivr.webhooks.letters import Letter

DEAD_MAX = 100_000
"""Dead letters kept for each webhook; the oldest go first."""
WAIT_S = 3.0
"""How long another process may keep a statement waiting."""

_TABLES = """
CREATE TABLE IF NOT EXISTS positions (hook TEXT PRIMARY KEY, id INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS letters (
    hook TEXT NOT NULL, id INTEGER NOT NULL, entry TEXT NOT NULL, taken_at REAL NOT NULL,
    attempts INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, ended_at REAL NOT NULL,
    PRIMARY KEY (hook, id)
);
CREATE INDEX IF NOT EXISTS letters_state ON letters (hook, state, id);
"""


@dataclass(frozen=True)
class Dead:
    """A letter nobody tries to deliver any more."""

    hook: str
    letter: Letter
    reason: str
    """`gone`, `overflow`, `removed` (from the site), or what came of the last attempt."""
    ended_at: float


class Outbox:
    """Blocking, for one thread; sqlite3.Error when the disk fails. `state` of a letter is
    `waiting`, `dead`, or `again` (dead, and somebody asked for it to be tried again)."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, timeout=WAIT_S, check_same_thread=False)
        # Not FULL: after a loss of power the last letters are taken from the journal, or sent,
        # once more; a position and its letters are one transaction.
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.close()

    # --- on the way

    def position(self, hook: str) -> int | None:
        """Number of the last event taken out of the journal; None: it is new."""
        row = self._db.execute("SELECT id FROM positions WHERE hook = ?", (hook,)).fetchone()
        return None if row is None else int(row[0])

    def take(
        self, hook: str, position: int, letters: Iterable[Letter], surplus: Iterable[Letter]
    ) -> None:
        """Keeps letters; those for which there is no room are dead. All at once, or nothing."""
        rows = [_row(hook, letter, "waiting", "") for letter in letters]
        rows += [_row(hook, letter, "dead", "overflow") for letter in surplus]
        with self._db:
            self._db.executemany(
                "INSERT OR IGNORE INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
            self._db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (hook, position))
            self._thin_out(hook)

    def waiting(self, hook: str) -> list[Letter]:
        return [dead.letter for dead in self._read("waiting", hook)]

    def delivered(self, hook: str, letter: Letter) -> None:
        with self._db:
            self._db.execute("DELETE FROM letters WHERE hook = ? AND id = ?", (hook, letter.id))

    def tried(self, hook: str, letter: Letter) -> None:
        with self._db:
            self._db.execute(
                "UPDATE letters SET attempts = ? WHERE hook = ? AND id = ?",
                (letter.attempts, hook, letter.id),
            )

    def bury(self, hook: str, letter: Letter, reason: str, now: float) -> None:
        with self._db:
            self._db.execute(
                "UPDATE letters SET state = 'dead', reason = ?, attempts = ?, ended_at = ? "
                "WHERE hook = ? AND id = ?",
                (reason, letter.attempts, now, hook, letter.id),
            )
            self._thin_out(hook)

    def keep_only(self, hooks: Sequence[str], now: float) -> None:
        """Webhooks that are no longer in the site: their letters are dead, and should one come
        back, it begins anew."""
        marks = ", ".join("?" * len(hooks))
        with self._db:
            self._db.execute(
                "UPDATE letters SET state = 'dead', reason = 'removed', ended_at = ? "  # noqa: S608
                f"WHERE state <> 'dead' AND hook NOT IN ({marks})",
                (now, *hooks),
            )
            self._db.execute(f"DELETE FROM positions WHERE hook NOT IN ({marks})", hooks)  # noqa: S608

    # --- the dead

    def dead(self, hook: str = "") -> list[Dead]:
        return self._read("dead", hook)

    def ask_again(self, hook: str, ids: Sequence[int]) -> int:
        """Marks dead letters, all without `ids`, for another try; how many there were."""
        with self._db:
            if not ids:
                change = "UPDATE letters SET state = 'again' WHERE hook = ? AND state = 'dead'"
                return self._db.execute(change, (hook,)).rowcount
            change = (
                "UPDATE letters SET state = 'again' WHERE hook = ? AND state = 'dead' AND id = ?"
            )
            return sum(self._db.execute(change, (hook, one)).rowcount for one in ids)

    def take_again(self, hook: str, most: int, now: float) -> list[Letter]:
        """Those marked, as if they were new."""
        found = [Letter(one.letter.entry, now) for one in self._read("again", hook, most)]
        if found:
            with self._db:
                self._db.executemany(
                    "UPDATE letters SET state = 'waiting', reason = '', attempts = 0, taken_at = ? "
                    "WHERE hook = ? AND id = ?",
                    [(now, hook, letter.id) for letter in found],
                )
        return found

    def counts(self) -> dict[tuple[str, str], tuple[int, float]]:
        """(webhook, state) -> how many letters, and when the oldest was taken."""
        rows = self._db.execute(
            "SELECT hook, state, COUNT(*), MIN(taken_at) FROM letters GROUP BY hook, state"
        )
        return {(hook, state): (number, oldest) for hook, state, number, oldest in rows}

    def _read(self, state: str, hook: str, most: int = -1) -> list[Dead]:
        query = (
            "SELECT hook, entry, taken_at, attempts, reason, ended_at FROM letters "
            "WHERE state = ? AND (hook = ? OR ? = '') ORDER BY hook, id LIMIT ?"
        )
        with closing(self._db.execute(query, (state, hook, hook, most))) as rows:
            return [
                Dead(name, Letter(entry_from_line(entry), taken, attempts), reason, ended)
                for name, entry, taken, attempts, reason, ended in rows
            ]

    def _thin_out(self, hook: str) -> None:
        self._db.execute(
            "DELETE FROM letters WHERE hook = ? AND state = 'dead' AND id <= (SELECT id FROM "
            "letters WHERE hook = ? AND state = 'dead' ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (hook, hook, DEAD_MAX),
        )


def _row(hook: str, letter: Letter, state: str, reason: str) -> tuple[object, ...]:
    line = letter.entry.line()
    ended = letter.taken_at if reason else 0.0
    return hook, letter.id, line, letter.taken_at, letter.attempts, state, reason, ended
