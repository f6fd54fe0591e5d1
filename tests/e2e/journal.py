"""The journal as an outsider sees it: read only."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import NullPool, create_engine, text

from ivr.journal.database import open_engine, sqlite_file
from tests.e2e.waiting import eventually


@dataclass(frozen=True)
class Fact:
    """One event of the journal; what it says is there as attributes, too."""

    id: int
    type: str
    data: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.data[name]
        except KeyError:
            raise AttributeError(f"{self.type} says nothing of {name}") from None

    def __str__(self) -> str:
        return f"{self.type} {self.data}"


class JournalView:
    """Looks into the journal of one instance."""

    def __init__(self, url: str) -> None:
        """`url` as in the settings."""
        file = sqlite_file(url)
        if file is None:
            self._engine = open_engine(url)
        else:
            self._engine = create_engine(
                f"sqlite:///file:{file}?mode=ro&uri=true", poolclass=NullPool
            )

    def close(self) -> None:
        self._engine.dispose()

    def facts(self, kind: str | None = None, **says: Any) -> list[Fact]:
        """Events in order, of one type and saying this, e.g. `facts("offer.made", agent="ida")`."""
        return self._read(" AND type = :kind" if kind is not None else "", says, kind=kind)

    def facts_after(self, number: int, **says: Any) -> list[Fact]:
        return self._read(" AND id > :number", says, number=number)

    def _read(self, where: str, says: dict[str, Any], **given: Any) -> list[Fact]:
        query = f"SELECT id, type, call, agent, at_ms, data FROM events WHERE true{where}"
        with self._engine.connect() as connection:
            rows = connection.execute(text(query + " ORDER BY id"), given).all()
        facts = [_fact(*row) for row in rows]
        return [one for one in facts if says.items() <= one.data.items()]

    def newest_id(self) -> int:
        """Number of the last event; 0 when there is none."""
        facts = self.facts()
        return facts[-1].id if facts else 0

    async def tells(self, kind: str, *, after: int = 0, limit_s: float = 10.0, **says: Any) -> Fact:
        """Waits for the first such event with a number above `after`."""

        def look() -> Fact | None:
            return next((one for one in self.facts(kind, **says) if one.id > after), None)

        found = await eventually(look, limit_s, lambda: self._missing(kind, says))
        assert found is not None
        return found

    def state_of(self, agent: str) -> str:
        """The agent's state by their last change."""
        changes = self.facts("agent.changed", agent=agent)
        return str(changes[-1].after) if changes else "logged_out"

    def _missing(self, kind: str, says: dict[str, Any]) -> str:
        """Everything the journal knows of the same call or agent, or at least of the same type."""
        related = {key: says[key] for key in ("call", "agent") if key in says}
        known = self.facts(**related) if related else self.facts(kind)
        lines = "".join(f"\n  {one}" for one in known[-25:])
        return f"{kind} with {says}; the journal has{lines or ' nothing of it'}"


def _fact(
    number: int, kind: str, call: str | None, agent: str | None, at_ms: int, data: str
) -> Fact:
    columns = {"call": call, "agent": agent, "at": at_ms / 1000}
    says = {key: value for key, value in columns.items() if value is not None}
    return Fact(number, kind, says | json.loads(data))
