"""`ivr explain CALL`: what one call did, step by step, and why; live while it waits."""

import json
from typing import Any

import click
from rich.table import Table

from ivr.cli.calls import cell, local_time, show
from ivr.cli.live import ask_live
from ivr.cli.options import format_option, live_options
from ivr.journal import JournalReader
from ivr.journal.entry import Entry
from ivr.journal.reading import known_events
from ivr.journal.timeline import timeline
from ivr.model.errors import UserError
from ivr.settings import Settings


@click.command(short_help="Tell what a call did, step by step, and why.")
@format_option("A timeline to read, or one JSON object with every event.")
@live_options
@click.argument("call")
def command(settings: Settings, call: str, shape: str) -> None:
    """Tell what a call did: nodes, inputs, waiting, offers with reasons, talk, recording.

    While the call waits, the running server tells as well who could serve it, and why nobody does.

    CALL is the id `ivr calls` shows, or as much of its beginning as tells it from others.
    """
    if not call.strip():
        raise UserError("which call? Give the id `ivr calls` shows, or its beginning")
    reader = JournalReader.open(settings.journal_url)
    try:
        found = reader.find_call(call)
        entries = reader.events([found])[found]
    finally:
        reader.close()
    live = ask_live(settings, "calls", found, "explain")
    if shape == "json":
        document = {"call": found, "events": [_document(e) for e in entries], "live": live}
        click.echo(json.dumps(document, indent=2))
        return
    # Numbered as recorded; what Asterisk tells late, about an earlier moment, belongs there.
    steps = timeline(known_events(sorted(entries, key=lambda entry: entry.at)))
    table = Table(
        box=None, pad_edge=False, show_header=False, title_justify="left", title_style="bold"
    )
    table.title = f"Call {found}, {local_time(entries[0].at)}"
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in steps:
        table.add_row(f"{step.after_s:+.3f} s", step.topic, cell(step.text))
    show(table)
    if live is not None:
        _show_live(live)


def _show_live(live: dict[str, Any]) -> None:
    """The call as the routing core sees it now."""
    call, estimate = live["call"], live["estimate"]
    expected = (
        "no estimate"
        if estimate is None
        else f"expected wait {estimate['low_s']:.0f} to {estimate['high_s']:.0f} s"
    )
    click.echo(
        f"\nWaits in {call['queue']} for {live['waited_s']:.0f} s, place {live['position']}, "
        f"{expected}; relaxation step {live['relaxation']['step']}, "
        f"needs {call['skills'] or 'nothing'}"
    )
    table = Table(box=None, pad_edge=False)
    for column in ("agent", "rank", "compared", "why not"):
        table.add_column(column, overflow="fold")
    for one in live["candidates"]:
        why = one["excluded"] or "could be rung"
        table.add_row(cell(one["agent"]), str(one["rank"]), cell(one["value"]), cell(why))
    show(table)


def _document(entry: Entry) -> dict[str, object]:
    return {"seq": entry.seq, "at": entry.at, "type": entry.type, **entry.fields()}
