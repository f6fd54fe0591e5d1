"""What differs between two sites: shown before a reload, and said afterwards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.model.site import Site

TEXT_MAX = 60
"""Longer values are cut: a list of changes is to be read at a glance."""


@dataclass(frozen=True)
class Change:
    """One thing that is there no more, there now, or different; `None` stands for absent."""

    path: str
    """From the top of the file, e.g. `agents.ana.skills.sales`."""
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.path}: {self.after}"
        if self.after is None:
            return f"- {self.path}: {self.before}"
        return f"~ {self.path}: {self.before} -> {self.after}"


def site_changes(before: Site, after: Site) -> list[Change]:
    """Every difference, in the order of the file; what is only reordered or reworded is none.

    Something new or gone is one change, not one for each of its fields.
    """
    return list(_differences("", before.model_dump(), after.model_dump()))


def succeed(before: Site, after: Site) -> Site:
    """`after`, with the queues and numbers that are gone: calls may still be in or on them."""
    return after.model_copy(
        update={
            "queues": {**before.queues, **after.queues},
            "numbers": {**before.numbers, **after.numbers},
        }
    )


def _differences(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        yield Change(path, _shown(before), _shown(after))
        return
    for key in {**before, **after}:
        inner = f"{path}.{key}" if path else str(key)
        if key not in after:
            yield Change(inner, _shown(before[key]), None)
        elif key not in before:
            yield Change(inner, None, _shown(after[key]))
        else:
            yield from _differences(inner, before[key], after[key])


def _shown(value: Any) -> str:
    """The value in one short line; of something with a name or a title, that."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("title") or dict(value)
    text = str(value)
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 3] + "..."
