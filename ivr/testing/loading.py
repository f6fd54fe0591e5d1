"""Text to the tests of a flow; every mistake at once, names that nobody knows among them."""

from collections.abc import Iterable, Iterator, Mapping

from ivr.document import (
    Document,
    DocumentError,
    Problem,
    check_model,
    read_document,
    salvage,
    suggest,
)
from ivr.document.document import Path
from ivr.flow import Flow
from ivr.flow.node import BUILTIN_VARIABLES
from ivr.model.hours import HOUSE
from ivr.model.site import Site
from ivr.nodes.dial import dial_target
from ivr.site.policies import zone_problems
from ivr.testing.suite import FlowTest, Suite, SuiteDocument

Flows = Mapping[str, Flow | None]
"""None for one that could not be read."""

Wrong = tuple[Path, str, str]
"""Where in a test, what, and what to do. The last part of the place may be a key."""


def load_suite(text: str, filename: str, site: Site, flows: Mapping[str, Flow]) -> Suite:
    """Reads a test file. Raises DocumentError with every problem."""
    suite, problems = read_suite(text, filename, site, flows)
    if suite is None or problems:
        raise DocumentError(problems)
    return suite


def read_suite(
    text: str, filename: str, site: Site | None, flows: Flows
) -> tuple[Suite | None, list[Problem]]:
    """The tests, and everything wrong with them as far as can be told: `site` is None, and so is a
    flow, that could not be read."""
    document, problems = read_document(text, filename)
    if document is None:
        return None, problems
    read, found = check_model(document, SuiteDocument)
    problems += found
    if read is not None:
        problems += (one for _, one in _unknown(document, read, site, flows))
        return Suite(document, read.flow, tuple(read.tests)), problems
    saved = salvage(document, SuiteDocument)
    if saved is not None:
        unknown = _unknown(saved.document, saved.model, site, flows)
        problems += (one for path, one in unknown if not saved.is_lost(path))
    return None, problems


def _unknown(
    document: Document, suite: SuiteDocument, site: Site | None, flows: Flows
) -> Iterator[tuple[Path, Problem]]:
    """What nobody knows of the names in a test file, each with the place it is about."""
    if suite.flow not in flows:
        path: Path = ("flow",)
        message = f"no flow {suite.flow!r}"
        yield path, document.problem(path, message, suggest(suite.flow, flows))
    for position, test in enumerate(suite.tests):
        wrong = [*_to_flows(suite.flow, test, flows)]
        if site is not None:
            wrong += [*_to_site(test, site)]
        for inside, message, hint in wrong:
            path = ("tests", position, *inside)
            key = inside[-2] in _NAMED_BY_KEY and isinstance(inside[-1], str)
            yield path, document.problem(path, message, hint, key=key)
        path = ("tests", position, "given", "timezone")
        zone = test.given.timezone
        yield from ((path, one) for one in (zone_problems(zone, path, document) if zone else ()))


_NAMED_BY_KEY = frozenset({"calendars", "dials", "http", "queues", "variables"})


def _to_flows(flow: str, test: FlowTest, flows: Flows) -> Iterator[Wrong]:
    """Nodes that no call could ever come to, and variables that no flow has."""
    for number, place in enumerate(test.expect.path or ()):
        there, slash, node = place.rpartition("/")
        known = flows.get(there if slash else flow)
        path: Path = ("expect", "path", number)
        if slash and there not in flows:
            yield path, f"there is no flow {there!r}", suggest(there, flows)
        elif known is not None and node not in known.nodes:
            message = f"flow {known.name!r} has no node {node!r}"
            yield path, message, suggest(node, known.nodes)
    read = [one for one in flows.values() if one is not None]
    if len(read) == len(flows):
        declared = {name for one in read for name in one.variables} | BUILTIN_VARIABLES
        for name in test.expect.variables:
            if name not in declared:
                message, hint = f"no flow declares a variable {name!r}", suggest(name, declared)
                yield ("expect", "variables", name), message, hint


def _to_site(test: FlowTest, site: Site) -> Iterator[Wrong]:
    given, expect = test.given, test.expect
    queues = [] if expect.queue is None else [expect.queue.queue or ""]
    for kind, part, where, names, known in (
        ("calendars", "given", "calendars", given.calendars, site.calendars),
        ("queues", "given", "queues", given.queues, site.queues),
        ("http", "given", "http", given.http, site.http),
        ("mailboxes", "given", "mailboxes_full", given.mailboxes_full, site.mailboxes),
        ("mailboxes", "expect", "messages", expect.messages or (), site.mailboxes),
        ("queues", "expect", "queue", filter(None, queues), site.queues),
    ):
        for path, name in _places(part, where, names):
            if name not in known:
                message = f"the site has no {name!r} among its {kind}"
                yield path, message, suggest(name, known)
    for path, name in _places("given", "closures", given.closures):
        if name not in (HOUSE, *site.calendars):
            hint = suggest(name, (HOUSE, *site.calendars))
            yield path, f"nothing to close is named {name!r}", hint
    dialled = _places("expect", "dialled", expect.dialled or ())
    for path, number in (*_places("given", "dials", given.dials), *dialled):
        if dial_target(site, number) is None:
            hint = suggest(number, site.extensions) or "see `outbound: allow` in the site file"
            yield path, f"no flow may dial {number!r}: no extension, and no number allowed", hint
    for path, request in _places("expect", "http", expect.http or ()):
        yield from _request(path, request, site)


def _places(part: str, where: str, names: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Each name with its place: a key, an entry of a list, or the only value."""
    for position, name in enumerate(names):
        at = name if isinstance(names, Mapping) else position
        yield (part, where, "queue" if where == "queue" else at), name


def _request(path: Path, request: str, site: Site) -> Iterator[Wrong]:
    words = request.split(" ", 2)
    if len(words) < 3 or not words[0].isupper() or not words[2].startswith("/"):
        yield path, f"{request!r} is no request", "write METHOD TARGET /PATH: GET crm /customers/7"
    elif words[1] not in site.http:
        message = f"the site has no {words[1]!r} among its http"
        yield path, message, suggest(words[1], site.http)
