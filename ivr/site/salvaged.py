"""A site that was refused: what else is wrong with it, but for what only follows from that."""

from collections.abc import Iterator, Mapping

from ivr.document import Problem, Salvaged
from ivr.document.document import Path
from ivr.model.site import Site
from ivr.site.references import check_references

_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "add": ("skills", "teams"),
    "agents": ("agents",),
    "callback": ("outbound", "phones"),
    "channel": ("channels",),
    "drop": ("skills", "teams"),
    "language": ("languages", "language", "voice"),
    "lower": ("skills", "teams"),
    "prefer": ("skills", "teams"),
    "queues": ("queues",),
    "ring": ("agents",),
    "skills": ("skills", "teams"),
    "target": ("http",),
    "team": ("teams",),
    "teams": ("teams",),
}
"""What stands under a key of the first kind names something that the others declare: there may be
more of it when one of these, or an entry of one, could not be read."""

_COMPARED = frozenset({"after", "close", "first", "last", "open", "rest_s", "start"})
"""What stands under these keys is held against what stands beside them."""


def check_salvaged(saved: Salvaged[Site]) -> Iterator[Problem]:
    """Problems that will still be there when those that are told already are mended."""
    for problem in check_references(saved.model, saved.document):
        path = saved.document.about[problem]
        if not (saved.is_lost(path) or any(_follows(path, one) for one in saved.lost)):
            yield problem


def _follows(path: Path, lost: Path) -> bool:
    """Whether a problem may be there only because something else could not be read."""
    if lost[: len(path)] == path:
        return True
    if path[-1] in _COMPARED and lost[: len(_row(path))] == _row(path):
        return True
    return (len(lost) <= 2 or "ring" in path) and any(
        lost[0] in _RESTS_ON.get(str(part), ()) for part in path[1:]
    )


def _row(path: Path) -> Path:
    """The list that a path leads into last, else the mapping."""
    into = [at for at, part in enumerate(path) if isinstance(part, int)]
    return path[: into[-1]] if into else path[:-1]
