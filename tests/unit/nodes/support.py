"""Plays small flows, written as YAML in the test, for a scripted caller."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import dedent, indent

from ivr.flow import Flow, load_flows
from ivr.model.agents import QueueOutcome
from ivr.model.site import Site
from ivr.nodes import NODE_TYPES
from ivr.nodes.base import Visit
from ivr.nodes.walk import Ending, walk
from ivr.ports import Mailboxes
from ivr.site import load_site
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups, GivenAnswer
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.steps import Step
from ivr.testing.trace import EventList

SITE = """
numbers: {"600": main}
skills: {sales: Sales}
teams: {care: Care}
agents:
  ana: {name: Ana, extension: 1001, team: care, skills: {sales: 5}}
phones:
  door: {name: Door, extension: 2001}
queues:
  sales: {title: Sales, skills: sales >= 1, callback: {}}
  support: {title: Support, skills: sales >= 1}
mailboxes:
  office: {title: Office, agents: [ana]}
  box: {title: Box, teams: [care]}
calendars:
  office: {timezone: UTC, open: []}
outbound: {allow: ["+1555*", "112"]}
http: {crm: {url: "https://crm.example.com"}}
emergency: {say: Please hold., ring: [1001]}
"""

EXITS = """
  yes: {type: hangup, prompt: went to yes}
  no: {type: hangup, prompt: went to no}
  silent: {type: hangup, prompt: went to silent}
  wrong: {type: hangup, prompt: went to wrong}
"""


@dataclass(frozen=True)
class Told:
    """Everything one call left behind."""

    ending: Ending
    call: FakeCall
    queues: FakeQueues
    trace: EventList
    visit: Visit
    asked: list[str]

    @property
    def path(self) -> list[str]:
        return [node for _, node in self.trace.entered()]


def site() -> Site:
    return load_site(SITE, "site.yaml")


def flows(**texts: str) -> dict[str, Flow]:
    """Flows by name, each text being everything below `flow: NAME`."""
    files = {f"{name}.yaml": f"flow: {name}\n{dedent(text)}" for name, text in texts.items()}
    return load_flows(files, site(), NODE_TYPES)


def flow_of_node(node: str, variables: str = "{}", more: str = "") -> dict[str, Flow]:
    """A flow whose node `first` is under test; hang-ups yes, no, silent and wrong come after it.

    Those that the node does not mention are left out, as a flow may hold no node out of reach.
    """
    words = re.findall(r"\w+", node + more)
    kept = [line for line in EXITS.splitlines() if line.split(":")[0].strip() in words]
    body = indent(dedent(node).strip(), "    ")
    text = f"start: first\nvariables: {variables}\nnodes:\n  first:\n{body}\n" + "\n".join(kept)
    return flows(main=text + more)


async def tell(
    plans: dict[str, Flow],
    *steps: Step,
    dials: dict[str, str] | None = None,
    queues: dict[str, QueueOutcome] | None = None,
    calendar: str = "open",
    http: Sequence[GivenAnswer] = (),
    resumed: bool = False,
    mailboxes: Mailboxes | None = None,
    **options: object,
) -> Told:
    """Walks the flow `main` with these steps."""
    clock = VirtualClock(1000.0)
    call = FakeCall(clock, steps, dials=dials or {})
    fake, trace = FakeQueues(queues or {}), EventList()
    calendars = FixedCalendars(NoCalendars(), {"office": calendar})
    lookups = FakeLookups(clock, {"crm": http} if http else {})
    visit = Visit(call, fake, calendars, clock, trace, site(), lookups, resumed=resumed)
    visit.mailboxes = mailboxes or visit.mailboxes
    ending = await walk(plans, "main", visit, **options)
    return Told(ending, call, fake, trace, visit, lookups.requests)


class NoCalendars:
    """Stands in where a test decides the state itself."""

    def state(self, calendar: str, at: float) -> str:
        raise AssertionError(f"nobody decided about {calendar} at {at}")
