"""A call that was played, held against what its test expects of it."""

from collections.abc import Iterator, Mapping, Sequence

from ivr.document import Problem
from ivr.document.document import Path
from ivr.expression.values import as_text
from ivr.model.events import FlowFailed
from ivr.testing.queues import FakeQueues
from ivr.testing.run import Played
from ivr.testing.suite import Expect, ExpectedQueue, Suite

Finding = tuple[Path, str]
"""Where in the test it stands that something did not come as expected, and what did."""


def problems(played: Played, suite: Suite, position: int) -> list[Problem]:
    """What did not come as the test of the suite at `position` expects, one sentence each, at the
    step or expectation it is about; empty when all did."""
    test = suite.tests[position]
    found = [(("expect", *path), message) for path, message in _differences(played, test.expect)]
    if found or test.expect.result is None:
        found += [((), message) for message in _failures(played)]
    left = played.call.script.left
    if left and not found:
        at = ("steps", len(test.steps) - len(left))
        found.append((at, f"the call was over before {len(left)} of the steps"))
    return [suite.document.problem(("tests", position, *path), message) for path, message in found]


def _differences(played: Played, expect: Expect) -> Iterator[Finding]:
    yield from _heard(played.call.heard, expect)
    yield from _compare("path", expect.path, played.path)
    yield from _variables(expect.variables, played)
    yield from _queue(expect.queue, played.queues)
    yield from _compare("called_back", expect.called_back, played.queues.numbers)
    yield from _compare("messages", expect.messages, [one.mailbox for one in played.call.messages])
    yield from _compare("recording", expect.recording, played.recording.orders)
    yield from _compare("consent", expect.consent, played.recording.answer or None)
    yield from _compare("http", expect.http, played.asked)
    yield from _compare("result", expect.result, played.ending.result)
    targets = [one.extension or one.number for one in played.call.dialled_targets]
    yield from _compare("dialled", expect.dialled, targets)


def _failures(played: Played) -> Iterator[str]:
    for one in played.trace.events:
        if isinstance(one, FlowFailed):
            place = played.flows[one.flow].place(one.node) if one.flow in played.flows else ""
            yield f"the flow failed in {one.node}{place and f' ({place})'}: {one.reason}"


def _heard(heard: Sequence[str], expect: Expect) -> Iterator[Finding]:
    everything, position, after = "\n".join(heard), 0, ""
    for number, text in enumerate(expect.heard):
        at = everything.find(text, position)
        if at < 0:
            yield ("heard", number), f"not heard{after}: {text!r}; heard was: {list(heard)}"
            break
        position, after = at + len(text), f" after {text!r}"
    for number, one in enumerate(expect.not_heard):
        if one in everything:
            yield ("not_heard", number), f"heard, but should not: {one!r}"


def _compare(what: str, expected: object, actual: object) -> Iterator[Finding]:
    if expected is None or expected == actual:
        return
    path: Path = (what,)
    if isinstance(expected, list) and isinstance(actual, list):
        path = (what, _agreed(expected, actual))
    yield path, f"{what}: expected {_shown(expected)}, was {_shown(actual)}"


def _agreed(expected: Sequence[object], actual: Sequence[object]) -> int:
    """How many entries came as expected; one more than there are is told at the list itself."""
    pairs = zip(expected, actual, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), len(actual))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " > ".join(map(str, value)) or "none"
    return str(value) or "nothing"


def _variables(expected: Mapping[str, str], played: Played) -> Iterator[Finding]:
    actual = played.variables
    for name, value in expected.items():
        path = ("variables", name)
        if name not in actual:
            yield path, f"variable {name}: the flow declares no such variable"
        for _, message in _compare(name, value, as_text(actual.get(name, value))):
            yield path, played.mask(f"variable {message}")


def _queue(expected: ExpectedQueue | None, queues: FakeQueues) -> Iterator[Finding]:
    if expected is None:
        return
    if not queues.requests:
        yield ("queue",), "queue: the call entered none"
        return
    last = queues.requests[-1]
    for name, value in expected.model_dump(exclude_none=True).items():
        for _, message in _compare(name, value, getattr(last, name)):
            yield ("queue", name), f"queue request {message}"
