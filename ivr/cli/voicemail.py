"""`ivr voicemail`: shows messages, exports, marks and deletes them."""

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
from rich.table import Table

from ivr.cli.calls import cell, local_time, show
from ivr.cli.live import give_order
from ivr.cli.options import format_option, live_options
from ivr.model.errors import UserError
from ivr.settings import Settings
from ivr.web.client import ask


@click.group(short_help="Show voice messages; export, mark, delete them.")
def command() -> None:
    """Voice messages of the running server. MESSAGE is `MAILBOX/NAME`, as `list` shows it."""


@command.command("list", short_help="Show the messages, the oldest first.")
@click.option("--new", "only_new", is_flag=True, help="Only those nobody has heard.")
@format_option("A table to read, or one JSON object.")
@live_options
@click.argument("mailbox", required=False)
def list_command(settings: Settings, mailbox: str | None, only_new: bool, shape: str) -> None:
    """Show the messages of all mailboxes, or of one MAILBOX."""
    found = [
        one
        for one in _messages(settings)
        if mailbox in (None, one["mailbox"]) and not (only_new and one["heard"])
    ]
    if shape == "json":
        click.echo(json.dumps({"messages": found}, indent=2))
        return
    table = Table("message", "left", "caller", "seconds", "state", box=None)
    for one in found:
        state = "heard" if one["heard"] else "new"
        words = (one["message"], local_time(one["at"]), one["caller"], f"{one['seconds']:.1f}")
        table.add_row(*(cell(word) for word in (*words, state)))
    show(table)


@command.command("path", short_help="Tell where the file of a message is.")
@live_options
@click.argument("message")
def path_command(settings: Settings, message: str) -> None:
    """Tell where the file of MESSAGE is, to be played there: `play "$(ivr voicemail path ...)"`."""
    click.echo(_file(settings, message))


@command.command("export", short_help="Copy the file of a message.")
@live_options
@click.argument("message")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export_command(settings: Settings, message: str, file: Path) -> None:
    """Copy MESSAGE into FILE, a WAV file, which must not exist yet."""
    source = _file(settings, message)
    try:
        with source.open("rb") as sound, file.open("xb") as copy:
            shutil.copyfileobj(sound, copy)
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}") from error
    click.echo(f"{message}: {file}")


@command.command("mark", short_help="Mark a message as heard, or as new again.")
@format_option("A line to read, or one JSON object.")
@live_options
@click.argument("message")
@click.argument("state", type=click.Choice(["heard", "new"]))
def mark_command(settings: Settings, message: str, state: str, shape: str) -> None:
    """Mark MESSAGE as heard, or as new again; phones show it at once."""
    found = give_order(settings, f"{_place(message)}/{state}")
    already = "" if found["changed"] else " already"
    _say(found, f"{message}: {state}{already}", shape)


@command.command("delete", short_help="Delete a message for good.")
@format_option("A line to read, or one JSON object.")
@live_options
@click.argument("message")
def delete_command(settings: Settings, message: str, shape: str) -> None:
    """Delete MESSAGE and its file; nothing brings it back."""
    _say(give_order(settings, f"{_place(message)}/delete"), f"{message}: deleted", shape)


def _say(found: dict[str, Any], text: str, shape: str) -> None:
    click.echo(json.dumps(found, indent=2) if shape == "json" else text)


def _messages(settings: Settings) -> list[dict[str, Any]]:
    address, token = f"{settings.bind}:{settings.http_port}", settings.secrets_dir / "api"
    return list(ask(address, token, "voicemail")["messages"])


def _place(message: str) -> str:
    """Its resource; UserError for what names no message."""
    mailbox, slash, name = message.partition("/")
    if not (mailbox and slash and name):
        raise UserError(f"{message!r} names no message; `ivr voicemail list` shows MAILBOX/NAME")
    return f"voicemail/{quote(mailbox, safe='')}/{quote(name, safe='')}"


def _file(settings: Settings, message: str) -> Path:
    """Only of a message the server knows: what was typed never becomes a path by itself."""
    _place(message)
    if message not in (one["message"] for one in _messages(settings)):
        raise UserError(f"there is no message {message!r}; `ivr voicemail list` shows all")
    return (settings.voicemail_dir / f"{message}.wav").resolve()
