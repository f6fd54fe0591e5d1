"""Secrets: made once, one file each, readable by nobody else; never a default, never in a log."""

import os
import secrets as source
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr.model.errors import UserError
from ivr.model.site import Site

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without look-alikes: people type these into phones."""
_LENGTH = 16
_PIN_LENGTH = 6


@dataclass(frozen=True)
class Secrets:
    """`repr` shows none of them, so that no log line can."""

    ami: str = field(repr=False)
    agi: str = field(repr=False)
    """Token each FastAGI request carries."""
    api: str = field(repr=False)
    """Bearer token of the HTTP API."""
    sip: Mapping[str, str] = field(repr=False)
    """Extension -> SIP password, for every agent and phone."""
    pins: Mapping[str, str] = field(repr=False)
    """Extension -> PIN for listening in, for every supervisor."""


def load_or_create_secrets(directory: Path, site: Site) -> Secrets:
    """Reads the secrets the site needs, makes those that are missing.

    Layout: `ami`, `agi`, `api`, `sip/EXTENSION`, `pins/EXTENSION`. Raises UserError for a file that
    cannot be read or is empty.
    """
    phones = sorted(site.extensions)
    supervisors = sorted(a.extension for a in site.agents.values() if a.role == "supervisor")
    try:
        for each in (directory, directory / "sip", directory / "pins"):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Secrets(
            ami=_secret(directory / "ami", _token),
            agi=_secret(directory / "agi", _token),
            api=_secret(directory / "api", _token),
            sip={ext: _secret(directory / "sip" / ext, _password) for ext in phones},
            pins={ext: _secret(directory / "pins" / ext, _pin) for ext in supervisors},
        )
    except OSError as error:
        raise UserError(
            f"{error.filename}: {error.strerror}; make it accessible to this user, "
            "or choose another --state-dir"
        ) from error


def sip_password(directory: Path, extension: str) -> str:
    """Of a phone that has one; UserError when there is none, or it cannot be read."""
    file = directory / "sip" / extension
    try:
        return _read(file)
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}; make it accessible to this user") from error


def _secret(file: Path, make: Callable[[], str]) -> str:
    if not file.exists():
        _write_once(file, make())
    return _read(file)


def _read(file: Path) -> str:
    text = file.read_text(encoding="ascii", errors="replace").strip()
    if not (text.isascii() and text.isalnum()):
        raise UserError(
            f"{file}: a secret must be letters and digits; delete the file to get a new one"
        )
    return text


def _write_once(file: Path, text: str) -> None:
    """Whoever comes second reads the first one's secret: a link is all or nothing."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(text + "\n")
        os.link(name, file)
    except FileExistsError:
        return
    finally:
        os.unlink(name)


def _token() -> str:
    return source.token_hex(16)


def _password() -> str:
    return "".join(source.choice(_ALPHABET) for _ in range(_LENGTH))


def _pin() -> str:
    return f"{source.randbelow(10**_PIN_LENGTH):0{_PIN_LENGTH}d}"
