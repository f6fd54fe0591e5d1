"""`ivr status`: whether the server takes calls, and how much room is left."""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ivr.cli.options import format_option, live_options
from ivr.model.errors import UserError
from ivr.service.console.alarms import WORDS
from ivr.settings import Settings
from ivr.web.client import ForeignServerError, NotRunningError, ask

TIMEOUT_S = 5.0


@click.command(short_help="Whether the server takes calls, and how much room is left.")
@format_option("Lines to read, or one JSON object.")
@live_options
def command(settings: Settings, shape: str) -> None:
    """Tell how the server is: its links, the calls in the house, whether new ones are taken.

    Exit code 0: it takes calls; 1: it does not run, or Asterisk is out of reach; 3: it turns new
    callers away.
    """
    address = f"{settings.bind}:{settings.http_port}"
    found = _health(address)
    _refuse_foreign(address, settings.secrets_dir / "api")
    click.echo(json.dumps(found, indent=2) if shape == "json" else "\n".join(_lines(found)))
    sys.exit({"down": 1, "overloaded": 3}.get(found["status"], 0))


def _health(address: str) -> dict[str, Any]:
    """What `/health` says; NotRunningError when nobody does."""
    try:
        try:
            url = f"http://{address}/health"
            answer = urllib.request.urlopen(url, timeout=TIMEOUT_S)
        except urllib.error.HTTPError as error:  # 503 has the same body
            answer = error
        with answer:
            return dict(json.load(answer))
    except (OSError, ValueError) as error:
        raise NotRunningError(
            f"no server answers at {address}; start it with `make run`, or name another with "
            "--state-dir, --bind and --http-port"
        ) from error


def _refuse_foreign(address: str, token: Path) -> None:
    """ForeignServerError when the server is another instance's, NotRunningError when there is no
    such instance. Whoever may not read the token is believed: health is open to everybody."""
    try:
        ask(address, token, "session")
    except ForeignServerError:
        raise
    except NotRunningError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise
    except UserError:
        """It knows the token; how it is, `/health` has told."""


def _lines(found: Mapping[str, Any]) -> list[str]:
    limit = found["calls_max"]
    of = "" if limit is None else f" of {limit}"
    lines = [
        f"status: {found['status']}, up for {_duration(found['uptime_s'])}",
        f"Asterisk: {'connected' if found['ami'] else 'out of reach'}",
        f"journal: {'written' if found['journal'] else 'waits on the disk'}, "
        f"{found['journal_backlog']} events to be written",
        f"calls: {found['calls']}{of} in the house, {found['turned_away']} turned away since the "
        "start",
        "used of what is allowed: "
        + ", ".join(f"{name} {share:.0%}" for name, share in found["used"].items()),
    ]
    return lines + [f"new callers are turned away: {WORDS[one]}" for one in found["turning_away"]]


def _duration(seconds: float) -> str:
    minutes, hours = int(seconds) // 60 % 60, int(seconds) // 3600
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {int(seconds) % 60} s"
