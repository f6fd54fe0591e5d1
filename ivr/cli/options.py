"""Options shared by commands: the form of the output, and where the instance lives.

The latter may each come from the environment.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

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
    "http_port": "Port of /metrics and /health.",
    "rtp_start": "First RTP port.",
    "rtp_end": "Last RTP port.",
    "journal": "Database URL of the journal; empty: SQLite in the state directory.",
}

_TYPES: dict[type, click.ParamType[Any]] = {
    type(Path()): click.Path(path_type=Path),
    int: click.IntRange(1, 65535),
    str: click.STRING,
}
"""Every number among the settings is a port."""


def format_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds `--format`, text or JSON, with this help; passes `shape`."""
    return click.option(
        "--format",
        "shape",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help=text,
    )


def settings_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--state-dir`, `--sip-port`, ... (or `IVR_STATE_DIR`, ...); passes `settings`."""

    @wraps(function)
    def with_settings(**kwargs: Any) -> Any:
        values = {field.name: kwargs.pop(field.name) for field in fields(Settings)}
        return function(settings=Settings(**values), **kwargs)

    decorated: Callable[..., Any] = with_settings
    for field in reversed(fields(Settings)):
        decorated = click.option(
            "--" + field.name.replace("_", "-"),
            envvar="IVR_" + field.name.upper(),
            type=_TYPES[type(field.default)],
            default=field.default,
            show_default=True,
            help=_HELP[field.name],
        )(decorated)
    return decorated
