"""Views of the core and of the services as items of the board. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.acd.estimate import Estimate
from ivr.acd.views import AgentView, CallView
from ivr.model.agents import AgentState
from ivr.model.site import Agent as SiteAgent
from ivr.model.site import Queue, Site
from ivr.service.console.board import Item
from ivr.service.console.levels import Level
from ivr.service.conversations import Conversation

ESTIMATE_STEP_S = 15.0
"""Expected moments are told in steps of this: a guess that moves by seconds is no news."""


@dataclass(frozen=True)
class Expected:
    """Between which moments a caller will probably be answered."""

    low_at: float
    high_at: float


@dataclass(frozen=True)
class Attending:
    """A supervisor on a conversation, or being rung for it."""

    supervisor: str
    agent: str
    mode: str
    """`ringing`, or as in the events of supervision."""


def expected(found: Estimate | None, now: float) -> Expected | None:
    if found is None:
        return None
    return Expected(_stepped(now + found.low_s), _stepped(now + found.high_s))


def site_item(site: Site) -> Item:
    """What names and choices there are."""
    return {
        "teams": dict(site.teams),
        "skills": dict(site.skills),
        "pause_reasons": sorted(set(site.pause_reasons.values())),
    }


def agent_item(view: AgentView, agent: SiteAgent | None) -> Item:
    """`agent` is None for whoever the site does not name any more."""
    return {
        "name": agent.name if agent else view.agent,
        "team": agent.team if agent else "",
        "extension": agent.extension if agent else "",
        "state": view.state.value,
        "reason": view.reason,
        "since": view.since,
        "reachable": view.reachable,
        "busy": view.busy,
        "rest_until": view.rest_until,
        "call": view.call,
        "queue": view.queue,
        "later": view.later,
        "owes_disposition": view.owes_disposition,
    }


def call_item(view: CallView, moments: Expected | None) -> Item:
    """A call that waits, or rings somebody."""
    return {
        "queue": view.queue,
        "caller": view.caller,
        "skills": view.skills,
        "priority": view.priority,
        "entered_at": view.entered_at,
        "effective_start": view.effective_start,
        "not_before": view.not_before,
        "ringing": list(view.agents),
        "step": view.step,
        "wanted": view.wanted,
        "callback": view.callback,
        "expected": [moments.low_at, moments.high_at] if moments else None,
    }


def able_item(able: Mapping[AgentState, int]) -> Item:
    """Agents who satisfy a skill expression, by state: one for all calls that ask for the same."""
    return {state.value: count for state, count in able.items() if count}


def talk_item(
    talk: Conversation,
    caller: str,
    private: bool,
    attending: Sequence[Attending],
    help_since: float | None,
) -> Item:
    return {
        "agent": talk.agent,
        "call": talk.call,
        "queue": talk.queue,
        "caller": caller,
        "since": talk.started_at,
        "held_since": talk.held_since,
        "private": private,
        "help_since": help_since,
        "attending": {one.supervisor: one.mode for one in attending},
    }


def queue_item(queue: Queue, level: Level) -> Item:
    return {
        "title": queue.title,
        "threshold_s": queue.service_level_s,
        "target": queue.service_level_target,
        "service_level": level.service_level,
        "abandoned": level.abandoned,
        "answered": level.answered,
    }


def house_item(site: Site, level: Level) -> Item:
    """All queues together; the goal is that of the least demanding one."""
    targets = [queue.service_level_target for queue in site.queues.values()]
    return {
        "target": min(targets, default=None),
        "service_level": level.service_level,
        "abandoned": level.abandoned,
        "answered": level.answered,
    }


def _stepped(moment: float) -> float:
    return round(moment / ESTIMATE_STEP_S) * ESTIMATE_STEP_S
