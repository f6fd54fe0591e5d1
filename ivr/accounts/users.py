"""A user: name, role, teams, and who that is in the site file."""

import unicodedata
from dataclasses import dataclass

from ivr.model.access import Role
from ivr.model.errors import UserError
from ivr.service.orders import API

NAME_MAX = 64
CLI = "cli"
"""Who does what `ivr user` orders."""
RESERVED = frozenset({API, CLI})
MARKS = " ._-@'"
"""What may stand in a name beside letters and digits."""


@dataclass(frozen=True)
class User:
    name: str
    role: Role
    teams: frozenset[str] = frozenset()
    """Seen by an agent or supervisor; empty: the team of `agent` in the site in force."""
    agent: str = ""
    """Key in the site file; empty: somebody who takes no calls."""
    must_change: bool = True
    """The password was given by somebody else."""
    disabled: bool = False


def clean_name(text: str) -> str:
    """One spelling for what looks the same (NFKC, one case), so that there are no twins;
    UserError."""
    name = unicodedata.normalize("NFKC", text).casefold().strip()
    sound = name[:1].isalpha() and all(one.isalnum() or one in MARKS for one in name)
    if not sound or len(name) > NAME_MAX or name in RESERVED:
        raise UserError(
            f"{text[:NAME_MAX]!r} is no name for a user: begin with a letter, then letters, digits "
            f"and {MARKS.strip()}, at most {NAME_MAX}; {' and '.join(sorted(RESERVED))} are taken"
        )
    return name
