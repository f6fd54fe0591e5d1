"""The command line: one command per file, imported when it is called.

Invariant: a command parses, calls, prints; whatever it knows lies on a lower floor.
"""

from importlib import import_module
from typing import Any

import click

from ivr import __version__
from ivr.model.errors import UserError

COMMANDS = {
    "agent": "ivr.cli.agent",
    "audit": "ivr.cli.audit",
    "backup": "ivr.cli.backup",
    "call": "ivr.cli.call",
    "calls": "ivr.cli.calls",
    "check": "ivr.cli.check",
    "close": "ivr.cli.close",
    "demo": "ivr.cli.demo",
    "explain": "ivr.cli.explain",
    "graph": "ivr.cli.graph",
    "hold": "ivr.cli.hold",
    "journal": "ivr.cli.journal",
    "open": "ivr.cli.open",
    "prioritise": "ivr.cli.prioritise",
    "prune": "ivr.cli.prune",
    "queue-log": "ivr.cli.queue_log",
    "reference": "ivr.cli.reference",
    "reload": "ivr.cli.reload",
    "render": "ivr.cli.render",
    "report": "ivr.cli.report",
    "restore": "ivr.cli.restore",
    "run": "ivr.cli.run",
    "serve": "ivr.cli.serve",
    "setup": "ivr.cli.setup",
    "simulate": "ivr.cli.simulate",
    "status": "ivr.cli.status",
    "test": "ivr.cli.test",
    "user": "ivr.cli.user",
    "voicemail": "ivr.cli.voicemail",
    "webhooks": "ivr.cli.webhooks",
    "why-not": "ivr.cli.why_not",
}
"""Command -> module that holds it as `command`."""


class Commands(click.Group):
    """Loads a command's module only when it is asked for, so that `--help` is quick."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[name]).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from error


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__)
def main() -> None:
    """A contact-centre server for Asterisk."""
