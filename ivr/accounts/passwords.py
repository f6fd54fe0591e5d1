"""Passwords: argon2id (RFC 9106), at the cost OWASP's cheat sheet asks for; what one must be."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ivr.model.errors import UserError

LENGTH_MIN = 12
LENGTH_MAX = 256
DIFFERENT_MIN = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without look-alikes: people copy these by hand."""
_GROUPS, _GROUP = 5, 4


class Passwords:
    """Blocking: a hash takes about 50 ms of one processor and 19 MiB."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        # One lane: while somebody signs in, the other processors are left to the calls.
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
        self._nobodys = self.hash(one_time_password())

    def hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password))

    def fits(self, hashed: str | None, password: str) -> bool:
        """None, a user who is not there, takes as long as one who is."""
        try:
            self._hasher.verify(self._nobodys if hashed is None else hashed, _normal(password))
        except (Argon2Error, InvalidHashError):
            return False
        return hashed is not None


def one_time_password() -> str:
    """About 99 bits: `abcd-efgh-...`."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def check_password(password: str, name: str) -> None:
    """UserError for one that is too easy to guess, or too long to hash."""
    plain = _normal(password)
    if not LENGTH_MIN <= len(plain) <= LENGTH_MAX:
        raise UserError(f"a password has {LENGTH_MIN} to {LENGTH_MAX} characters")
    if len(set(plain)) < DIFFERENT_MIN:
        raise UserError(f"a password has at least {DIFFERENT_MIN} different characters")
    if name in plain.casefold():
        raise UserError("a password does not hold the user's name")


def _normal(password: str) -> str:
    """The same on every keyboard; what no keyboard sends (half a surrogate pair) is replaced."""
    text = password.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", text)
