"""Runs flow tests: one call each, over the real nodes, in virtual time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivr.expression import Value
from ivr.expression.values import as_text
from ivr.flow import Flow
from ivr.model.errors import UserError
from ivr.model.events import FlowFailed
from ivr.model.site import Site
from ivr.nodes.base import Visit
from ivr.nodes.walk import Ending, walk
from ivr.ports import Calendars
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.mailboxes import FullMailboxes
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.recording import FakeRecording
from ivr.testing.suite import Expect, ExpectedQueue, FlowTest, Given
from ivr.testing.trace import EventList


@dataclass(frozen=True)
class World:
    """What all tests of a directory share."""

    site: Site
    flows: Mapping[str, Flow]
    calendars: Calendars


@dataclass(frozen=True)
class Played:
    """One call after it is over, with everything that can be asked about it."""

    flow: str
    ending: Ending
    call: FakeCall
    queues: FakeQueues
    recording: FakeRecording
    trace: EventList
    variables: Mapping[str, Value]
    mask: Callable[[str], str]
    """Hides what is sensitive in a text that somebody reads."""
    asked: list[str]
    """What other systems were asked, in order, masked."""

    @property
    def path(self) -> list[str]:
        """Nodes entered; those of another flow as `flow/node`."""
        entered = self.trace.entered()
        return [node if flow == self.flow else f"{flow}/{node}" for flow, node in entered]


async def play(world: World, flow: str, test: FlowTest) -> Played:
    """Plays the test's call through the flow."""
    given = test.given
    clock = VirtualClock(given_time(given, world.site))
    call = FakeCall(
        clock,
        test.steps,
        caller=given.caller,
        caller_name=given.caller_name,
        dialled=given.dialled,
        dials=given.dials,
    )
    queues, trace = FakeQueues(given.queues), EventList()
    recording = FakeRecording()
    calendars = FixedCalendars(world.calendars, given.calendars, given.closures)
    lookups = FakeLookups(clock, given.http)
    visit = Visit(
        call,
        queues,
        calendars,
        clock,
        trace,
        world.site,
        lookups,
        recording=recording,
        mailboxes=FullMailboxes(given.mailboxes_full),
    )
    ending = await walk(world.flows, flow, visit)
    asked = [visit.mask(one) for one in lookups.requests]
    return Played(flow, ending, call, queues, recording, trace, visit.variables, visit.mask, asked)


def given_time(given: Given, site: Site) -> float:
    """The moment the call comes in, in epoch seconds; UserError for an unknown time zone."""
    return given.time.replace(tzinfo=site_zone(site, given.timezone)).timestamp()


def site_zone(site: Site, name: str = "") -> tzinfo:
    """The named time zone, else that of the site's first calendar, else UTC."""
    first = next(iter(site.calendars.values()), None)
    wanted = name or (first.timezone if first else "")
    try:
        return ZoneInfo(wanted) if wanted else UTC
    except (ZoneInfoNotFoundError, ValueError):
        raise UserError(f"no time zone {wanted!r}; write for example Europe/Berlin") from None


def problems(played: Played, expect: Expect) -> list[str]:
    """What did not come as expected, one sentence each; empty when all did."""
    found = [
        *_heard(played.call.heard, expect),
        *_compare("path", expect.path, played.path),
        *_variables(expect.variables, played),
        *_queue(expect.queue, played.queues),
        *_compare("called_back", expect.called_back, played.queues.numbers),
        *_compare("messages", expect.messages, [one.mailbox for one in played.call.messages]),
        *_compare("recording", expect.recording, played.recording.orders),
        *_compare("consent", expect.consent, played.recording.answer or None),
        *_compare("http", expect.http, played.asked),
        *_compare("result", expect.result, played.ending.result),
    ]
    targets = [one.extension or one.number for one in played.call.dialled_targets]
    found += _compare("dialled", expect.dialled, targets)
    if found or expect.result is None:
        failures = [one for one in played.trace.events if isinstance(one, FlowFailed)]
        found += [f"the flow failed in {one.node}: {one.reason}" for one in failures]
    if played.call.script.left and not found:
        found.append(f"the call was over before {len(played.call.script.left)} of the steps")
    return found


def _heard(heard: Sequence[str], expect: Expect) -> list[str]:
    found, everything, position, after = [], "\n".join(heard), 0, ""
    for text in expect.heard:
        at = everything.find(text, position)
        if at < 0:
            found.append(f"not heard{after}: {text!r}; heard was: {list(heard)}")
            break
        position, after = at + len(text), f" after {text!r}"
    found += [f"heard, but should not: {one!r}" for one in expect.not_heard if one in everything]
    return found


def _compare(what: str, expected: object, actual: object) -> list[str]:
    if expected is None or expected == actual:
        return []
    return [f"{what}: expected {_shown(expected)}, was {_shown(actual)}"]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " > ".join(map(str, value)) or "none"
    return str(value) or "nothing"


def _variables(expected: Mapping[str, str], played: Played) -> list[str]:
    found: list[str] = []
    actual = played.variables
    for name, value in expected.items():
        if name not in actual:
            found.append(f"variable {name}: the flow declares no such variable")
        else:
            differences = _compare(f"variable {name}", value, as_text(actual[name]))
            found += map(played.mask, differences)
    return found


def _queue(expected: ExpectedQueue | None, queues: FakeQueues) -> list[str]:
    if expected is None:
        return []
    if not queues.requests:
        return ["queue: the call entered none"]
    wanted = expected.model_dump(exclude_none=True)
    last = queues.requests[-1]
    return [
        one
        for name, value in wanted.items()
        for one in _compare(f"queue request {name}", value, getattr(last, name))
    ]
