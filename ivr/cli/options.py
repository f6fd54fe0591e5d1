"""Options shared by commands: the form of the output, and where the instance lives.

The latter may each come from the environment.
"""

import shlex
import sys
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ivr.model.errors import UserError
from ivr.settings import Settings

_HELP = {
    "state_dir": "Directory for everything this instance writes.",
    "dialplans": "Directory with site.yaml and the flows.",
    "bind": "Address of FastAGI, AMI and HTTP.",
    "sip_bind": "Address phones register at.",
    "asterisk_host": "Where the server finds Asterisk's AMI.",
    "agi_host": "Where Asterisk finds the server's FastAGI.",
    "sip_port": "SIP port.",
    "ami_port": "AMI port.",
    "agi_port": "FastAGI port.",
    "ws_port": "Port of Asterisk's WebSocket, which the server hands browsers' phones on to.",
    "http_port": "Port of /metrics, /health and /api.",
    "http_origin": "Where browsers find the web side, if not there: https://NAME of a proxy.",
    "rtp_start": "First RTP port.",
    "rtp_end": "Last RTP port.",
    "journal": "Database URL of the journal; empty: SQLite in the state directory.",
    "queue_log": "File that gets lines as Asterisk's queue_log has them; empty: none.",
}

_TYPES: dict[type, click.ParamType[Any]] = {
    type(Path()): click.Path(path_type=Path),
    int: click.IntRange(1, 65535),
    str: click.STRING,
}
"""Every number among the settings is a port."""


def format_option(text: str, *more: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds `--format`, text, JSON or `more`, with this help; passes `shape`."""
    return click.option(
        "--format",
        "shape",
        type=click.Choice(["text", "json", *more]),
        default="text",
        show_default=True,
        help=text,
    )


def settings_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--state-dir`, `--sip-port`, ... (or `IVR_STATE_DIR`, ...); passes `settings`."""
    return _adding(*(field.name for field in fields(Settings)))(function)


def journal_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds only the options that say where the journal is; passes `settings`."""
    return _adding("state_dir", "journal")(function)


def history_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say where the journal is, and the site and flows; passes `settings`."""
    return _adding("state_dir", "journal", "dialplans")(function)


def live_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say where the journal is and where the server answers."""
    return _adding("state_dir", "journal", "bind", "http_port")(function)


def directory_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `[DIRECTORY]`, or `--dialplans` as other commands have it; passes `directory`."""

    @wraps(function)
    def with_directory(**kwargs: Any) -> Any:
        named, dialplans = kwargs.pop("directory"), kwargs.pop("dialplans")
        source = click.get_current_context().get_parameter_source("dialplans")
        if named is not None and source is ParameterSource.COMMANDLINE:
            raise click.UsageError("give DIRECTORY or --dialplans, not both")
        directory = named or dialplans
        if not directory.is_dir():
            raise click.UsageError(f"there is no directory {directory}; name it, or --dialplans")
        return function(directory=directory, **kwargs)

    place = click.Path(path_type=Path)
    argument = click.argument("directory", type=place, required=False)
    option = click.option(
        "--dialplans",
        envvar="IVR_DIALPLANS",
        type=place,
        default=Settings.dialplans,
        show_default=True,
        show_envvar=True,
        help="The same as DIRECTORY.",
    )
    decorated: Callable[..., Any] = argument(option(with_directory))
    return decorated


def _adding(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def with_settings(**kwargs: Any) -> Any:
            values = {name: kwargs.pop(name) for name in names}
            return function(settings=Settings(**values), **kwargs)

        decorated: Callable[..., Any] = with_settings
        for name in reversed(names):
            default = getattr(Settings, name)
            decorated = click.option(
                "--" + name.replace("_", "-"),
                envvar="IVR_" + name.upper(),
                type=_TYPES[type(default)],
                default=default,
                show_default=True,
                show_envvar=True,
                help=_HELP[name],
            )(decorated)
        return decorated

    return decorate


def write_output(path: Path, text: str) -> None:
    """Writes what a command was asked to write. UserError where nobody can."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error


def as_called(settings: Settings, *words: str) -> str:
    """The command line that runs `ivr WORDS` for the same instance, to be pasted into a shell."""
    program = Path(sys.argv[0])
    if program.is_absolute() and program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    command = ["python", "-m", "ivr"] if program.name == "__main__.py" else [str(program)]
    command += words
    if settings.state_dir != Settings.state_dir:
        command += ["--state-dir", str(settings.state_dir)]
    if settings.journal:
        # Not its value: it may hold a password.
        command += ["--journal", "URL"]
    return shlex.join(command)
