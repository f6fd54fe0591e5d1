"""Systems that may be asked: a credential belongs into no file of the site."""

from collections.abc import Iterator

from ivr.document import Document, Problem
from ivr.model.credentials import is_credential
from ivr.model.site import Site


def check_systems(site: Site, document: Document) -> Iterator[Problem]:
    """Headers with a password or token written out."""
    for name, system in site.http.items():
        for header, value in system.headers.items():
            if isinstance(value, str) and value and is_credential(header):
                message = f"the credential of {header} is written here, where everybody reads it"
                hint = "write {secret: NAME}, and the value into the state directory"
                yield document.problem(("http", name, "headers", header), message, hint)
