"""Runs flow tests: one call each, over the real nodes, in virtual time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivr.expression import Value
from ivr.flow import Flow
from ivr.model.errors import UserError
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
from ivr.testing.suite import FlowTest, Given
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
    flows: Mapping[str, Flow]

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
    return Played(
        flow=flow,
        ending=ending,
        call=call,
        queues=queues,
        recording=recording,
        trace=trace,
        variables=visit.variables,
        mask=visit.mask,
        asked=asked,
        flows=world.flows,
    )


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
