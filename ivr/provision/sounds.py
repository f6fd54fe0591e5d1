"""Asterisk's own sounds, as far as an Asterisk of this machine shows which it has."""

from collections.abc import Sequence
from pathlib import Path

from ivr.provision.packages import find_program
from ivr.provision.rootfs import cache_dir

OWN = (Path("/usr/share/asterisk/sounds"), Path("/var/lib/asterisk/sounds"))
PRIVATE = "asterisk-*/usr/share/asterisk/sounds"


def sound_packages() -> Sequence[Path]:
    """One directory for each language and speaker; empty when no Asterisk is here to be asked."""
    bases = OWN if find_program("asterisk") else tuple(cache_dir().glob(PRIVATE))
    return tuple(one for base in bases for one in sorted(base.glob("*/")) if one.is_dir())


def is_sound_of_asterisk(name: str, packages: Sequence[Path], suffixes: Sequence[str]) -> bool:
    """Whether any of the packages has it; of a sound nobody can look for, it is assumed."""
    return not packages or any(
        (package / f"{name}{suffix}").is_file() for package in packages for suffix in suffixes
    )
