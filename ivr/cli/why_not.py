"""`ivr why-not AGENT CALL`: why this call does not, or did not, ring this agent."""

import json
from collections.abc import Sequence
from typing import Any

import click
from rich.table import Table

from ivr.cli.calls import cell, local_time, show
from ivr.cli.in_force import dialplans_to_run
from ivr.cli.live import ask_live
from ivr.cli.options import format_option, live_options
from ivr.document import DocumentError
from ivr.journal import JournalReader
from ivr.journal.passed_by import passed_by
from ivr.journal.reading import known_events
from ivr.journal.timeline import Step, timeline
from ivr.model import events
from ivr.model.errors import UserError
from ivr.model.site import Agent
from ivr.settings import Settings


@click.command(short_help="Tell why a call does not, or did not, ring an agent.")
@format_option("Sentences and a table to read, or one JSON object.")
@live_options
@click.argument("agent")
@click.argument("call")
def command(settings: Settings, agent: str, call: str, shape: str) -> None:
    """Tell why a call does not ring an agent, or what the journal knows once it is answered.

    While the call waits, the running server names the first thing that stands between the two.
    Afterwards: why each of its offers went to somebody else, and in which states the agent was
    while it waited.
    """
    if not call.strip():
        raise UserError("which call? Give the id `ivr calls` shows, or its beginning")
    reader = JournalReader.open(settings.journal_url)
    try:
        found = reader.find_call(call)
        live = ask_live(settings, "agents", agent, "why-not", found)
        history = known_events(reader.events([found])[found])
        begin, end = _waited(history, found)
        moves = reader.agent_moves(agent, begin, end)
    finally:
        reader.close()
    if live is None and not moves:
        raise UserError(
            f"neither the server nor the journal of this wait knows an agent {agent!r}; "
            "`ivr agent` lists everybody"
        )
    told = [event for event in history if isinstance(event, TELLING)]
    passed = list(passed_by(agent, _known(settings, agent), told, moves))
    if shape == "json":
        click.echo(json.dumps(_document(agent, found, live, told, moves, passed), indent=2))
    elif live is not None:
        click.echo(f"{agent}: {live['excluded'] or 'nothing stands in the way'}")
    else:
        click.echo(f"Call {found} waited from {local_time(begin)} to {local_time(end)}.")
        for offer, why in passed:
            click.echo(f"Rang {offer.agent} ({offer.reason}): {agent} {why}.")
        _show(timeline(sorted([*told, *moves], key=lambda event: event.at)))


def _known(settings: Settings, agent: str) -> Agent | None:
    """The agent as in the site that is in force; None: not there, or there is no such site."""
    try:
        return dialplans_to_run(settings).dialplans.site.agents.get(agent)
    except (UserError, DocumentError):
        return None


TELLING = (
    events.QueueEntered,
    events.QueueRelaxed,
    events.OfferMade,
    events.OfferEnded,
    events.CallbackAttempted,
)


def _waited(history: Sequence[events.Event], call: str) -> tuple[float, float]:
    """From entering the first queue to leaving the last one, or to the end of a call-back."""
    entered = [event.at for event in history if isinstance(event, events.QueueEntered)]
    if not entered:
        raise UserError(f"call {call} never waited in a queue")
    left = [
        event.at for event in history if isinstance(event, events.QueueLeft | events.CallbackEnded)
    ]
    asked = [event.at for event in history if isinstance(event, events.CallbackRequested)]
    if asked and not any(isinstance(event, events.CallbackEnded) for event in history):
        return entered[0], history[-1].at  # still to be called
    return entered[0], max(left) if left else history[-1].at


def _show(steps: Sequence[Step]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in steps:
        table.add_row(f"{step.after_s:+.1f} s", step.topic, cell(step.text))
    show(table)


def _document(
    agent: str,
    call: str,
    live: dict[str, Any] | None,
    told: Sequence[events.Event],
    moves: Sequence[events.AgentChanged],
    passed: Sequence[tuple[events.OfferMade, str]],
) -> dict[str, Any]:
    offers = [event for event in told if isinstance(event, events.OfferMade)]
    why = {offer.offer: said for offer, said in passed}
    ends = {event.offer: event for event in told if isinstance(event, events.OfferEnded)}
    return {
        "agent": agent,
        "call": call,
        "live": live,
        "offers": [
            {
                "at": offer.at,
                "agent": offer.agent,
                "reason": offer.reason,
                "step": offer.step,
                "excluded": why.get(offer.offer, ""),
                "outcome": ends[offer.offer].outcome if offer.offer in ends else None,
            }
            for offer in offers
        ],
        "states": [{"at": move.at, "state": move.after, "reason": move.reason} for move in moves],
    }
