"""Holes in queues' screen pops that no flow would ever fill."""

from collections.abc import Collection, Iterator

from ivr.document import Document, Problem, suggest
from ivr.model.screen_pop import HOLE, OWN
from ivr.model.site import Site


def check_screen_pops(
    site: Site, variables: Collection[str], document: Document | None
) -> Iterator[Problem]:
    """`variables` are those of all flows; without the document the place is not known."""
    known = {*OWN, *variables}
    for name, queue in site.queues.items():
        for hole in dict.fromkeys(HOLE.findall(queue.screen_pop)):
            if hole in known:
                continue
            message = f"queue {name}: no flow has a variable {hole!r}"
            hint = suggest(hole, known)
            if document is None:
                yield Problem("site.yaml", 1, 1, message, hint)
            else:
                yield document.problem(("queues", name, "screen_pop"), message, hint)
