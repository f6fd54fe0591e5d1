"""Text to Site."""

from dataclasses import dataclass, replace

from ivr.document import (
    Document,
    DocumentError,
    Problem,
    Salvaged,
    check_model,
    read_document,
    salvage,
)
from ivr.model.site import Site
from ivr.site.references import check_references
from ivr.site.salvaged import check_salvaged


@dataclass(frozen=True)
class ReadSite:
    """What could be read. `site` is there even when only its references are wrong, so that the
    flows can be checked against it in the same go; else `salvaged` is what can be read of it.
    """

    site: Site | None
    document: Document | None
    problems: tuple[Problem, ...]
    salvaged: Salvaged[Site] | None = None


def read_site(text: str, filename: str) -> ReadSite:
    """Reads and checks a site file; never raises for what it holds."""
    document, problems = read_document(text, filename)
    if document is None:
        return ReadSite(None, None, tuple(problems))
    read = check_document(document)
    return replace(read, problems=tuple(sorted({*problems, *read.problems})))


def check_document(document: Document) -> ReadSite:
    """As `read_site`, for a document already read (and perhaps changed by a program)."""
    site, problems = check_model(document, Site)
    if site is not None:
        return ReadSite(site, document, tuple(sorted(check_references(site, document))))
    saved = salvage(document, Site)
    if saved is not None:
        problems += check_salvaged(saved)
    return ReadSite(None, document, tuple(sorted(set(problems))), saved)


def load_site(text: str, filename: str) -> Site:
    """The site described by `text`. Raises DocumentError with every problem."""
    read = read_site(text, filename)
    if read.site is None or read.problems:
        raise DocumentError(read.problems)
    return read.site
