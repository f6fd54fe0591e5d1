"""Systems that may be asked or told: a credential belongs into no file of the site."""

from collections.abc import Iterator

from ivr.document import Document, Problem, suggest
from ivr.model.credentials import is_credential
from ivr.model.events import EVENT_TYPES
from ivr.model.site import Site
from ivr.model.webhook import matching


def check_systems(site: Site, document: Document) -> Iterator[Problem]:
    """Headers with a password or token written out; webhooks that tell nobody, or of nothing;
    reports nobody can send, or of queues that are not there."""
    yield from _webhooks(site, document)
    yield from _reports(site, document)
    for name, system in site.http.items():
        for header, value in system.headers.items():
            if isinstance(value, str) and value and is_credential(header):
                message = f"the credential of {header} is written here, where everybody reads it"
                hint = "write {secret: NAME}, and the value into the state directory"
                yield document.problem(("http", name, "headers", header), message, hint)


def _webhooks(site: Site, document: Document) -> Iterator[Problem]:
    for name, hook in site.webhooks.items():
        path = ("webhooks", name)
        if hook.target not in site.http:
            message = f"{hook.target!r} is not declared under http"
            hint = suggest(hook.target, site.http)
            yield document.problem((*path, "target"), message, hint)
        for position, glob in enumerate(hook.events):
            if not matching(glob, EVENT_TYPES):
                message = f"no event is called {glob!r}"
                hint = suggest(glob, EVENT_TYPES)
                yield document.problem((*path, "events", position), message, hint)


def _reports(site: Site, document: Document) -> Iterator[Problem]:
    for name, report in site.reports.items():
        path = ("reports", name)
        if report.email and site.smtp is None:
            message = "there is nobody who would take the e-mail"
            yield document.problem((*path, "email"), message, "declare the mail server under smtp")
        for position, queue in enumerate(report.queues):
            if queue not in site.queues:
                message = f"queue {queue!r} is not declared under queues"
                hint = suggest(queue, site.queues)
                yield document.problem((*path, "queues", position), message, hint)
