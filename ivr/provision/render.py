"""Renders `asterisk-config/*.j2` into the instance: all files or none, and no value adds a line."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.provision.agi_bin import install_emergency_script
from ivr.provision.music import (
    OURS,
    class_directory,
    convert_music,
    drop_music,
    music_files,
    write_music,
)
from ivr.provision.paths import Paths, make_directories, paths_of
from ivr.provision.secrets import Secrets
from ivr.settings import Settings

TEMPLATES = Path(__file__).resolve().parents[2] / "asterisk-config"

AMI_EVENTS = (
    "AttendedTransfer",
    "BlindTransfer",
    "DTMFEnd",
    "ContactStatus",
    "DeviceStateChange",
    "FullyBooted",
    "Hangup",
    "Hold",
    "Newchannel",
    "Newstate",
    "OriginateResponse",
    "Unhold",
    "UserEvent",
)
"""The events the server is sent: those it acts on. Answers to list actions come whatever stands
here."""

WS_SESSIONS_MAX = 1000
"""WebSockets that Asterisk holds at once: one for each phone in a browser."""

_FORBIDDEN = frozenset("\n\r\x00;")


@dataclass(frozen=True)
class Rendered:
    """A complete configuration, ready to be put in place."""

    paths: Paths
    directory: Path
    music: Mapping[str, list[Path]]
    """Class -> its files."""


def render_asterisk(
    settings: Settings, site: Site, secrets: Secrets, *, extra: Mapping[str, str] | None = None
) -> Paths:
    """Writes Asterisk's whole configuration and whatever lies beside it, and puts it in place.

    `extra` is text appended to files by name, for measurements that need more than we do. Raises
    UserError for a value that must not enter a configuration file.
    """
    rendered = prepare_asterisk(settings, site, secrets, extra=extra)
    put_in_place(rendered)
    return rendered.paths


def prepare_asterisk(
    settings: Settings, site: Site, secrets: Secrets, *, extra: Mapping[str, str] | None = None
) -> Rendered:
    """Everything that can fail; nothing that Asterisk would see has changed afterwards."""
    paths = paths_of(settings)
    music = music_files(site, paths.dialplans)
    files = render_files(settings, site, secrets, paths)
    for name, text in (extra or {}).items():
        files[name] = files.get(name, "") + "\n" + text
    try:
        make_directories(paths)
        write_music(paths.moh)
        convert_music(music, paths.moh)
        install_emergency_script(TEMPLATES / "emergency.py", paths)
        return Rendered(paths, _write_all(files, paths.etc), music)
    except OSError as error:
        raise _not_writable(error) from error


def put_in_place(rendered: Rendered) -> None:
    """From now on Asterisk finds this when it reads its configuration."""
    try:
        _point(rendered.paths.etc, rendered.directory)
        drop_music(rendered.music, rendered.paths.moh)
    except OSError as error:
        raise _not_writable(error) from error


def _not_writable(error: OSError) -> UserError:
    where = f"{error.filename}: {error.strerror}"
    return UserError(f"{where}; make it writable, or choose another --state-dir")


def render_files(settings: Settings, site: Site, secrets: Secrets, paths: Paths) -> dict[str, str]:
    """File name -> text, for every template."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  Not HTML; `finalize` guards what is written.
        finalize=_plain,
    )
    environment.filters["caller_name"] = caller_name
    music_directories = _music_directories(site, paths)
    return {
        name.removesuffix(".j2"): environment.get_template(name).render(
            settings=settings,
            site=site,
            secrets=secrets,
            paths=paths,
            ami_events=AMI_EVENTS,
            ws_sessions_max=WS_SESSIONS_MAX,
            agents_extensions={agent.extension for agent in site.agents.values()},
            music_classes=sorted(music_directories),
            music_directories=music_directories,
        )
        for name in environment.list_templates(extensions=["j2"])
    }


def caller_name(name: str) -> str:
    """A name fit for `callerid = "NAME" <number>`: quotes and escapes are taken out."""
    return "".join(char for char in name if char not in '"\\<>').strip()


def _plain(value: Any) -> Any:
    """Every value a template writes passes here: it may not end its line or start a comment."""
    if isinstance(value, str) and not _FORBIDDEN.isdisjoint(value):
        raise UserError(
            f"{value!r} cannot stand in Asterisk's configuration: "
            "take out line breaks and semicolons"
        )
    return value


def _music_directories(site: Site, paths: Paths) -> dict[str, Path]:
    """Each music class: the site's own files, converted, else ours."""
    return {
        name: class_directory(paths.moh, name) if files else paths.moh / OURS
        for name, files in music_files(site, paths.dialplans).items()
    }


def _write_all(files: Mapping[str, str], etc: Path) -> Path:
    """A complete new directory, which nobody uses yet."""
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]
    target = etc.with_name(f"etc-{digest}")
    if not target.is_dir():
        fresh = etc.with_name(f"etc-{digest}.{os.getpid()}")
        fresh.mkdir(mode=0o700)
        for name, text in files.items():
            (fresh / name).touch(mode=0o600)
            (fresh / name).write_text(text, encoding="utf-8")
        try:
            fresh.rename(target)
        except OSError:
            shutil.rmtree(fresh)
            if not target.is_dir():
                raise
    return target


def _point(etc: Path, target: Path) -> None:
    """One rename of the link that names the directory in use."""
    link = etc.with_name(f"etc.{os.getpid()}")
    link.symlink_to(target.name)
    link.replace(etc)
    for old in etc.parent.glob("etc-*"):
        if old != target and "." not in old.name:
            shutil.rmtree(old)
