"""Passwords and names: what is asked of them, how they are kept."""

import pytest

from ivr.accounts.passwords import Passwords, check_password, one_time_password
from ivr.accounts.users import clean_name
from ivr.model.errors import UserError
from tests.unit.accounts.rooms import QUICK


def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    first, second = (Passwords().hash("correct horse battery") for _ in range(2))
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert "correct" not in first


@pytest.mark.parametrize(
    ("kept", "typed", "fits"),
    [
        ("correct horse battery", "correct horse battery", True),
        ("correct horse battery", "Correct horse battery", False),
        ("correct horse battery", "", False),
        (
            "Zo\u00eb und der Apfel",
            "Zoe\u0308 und der Apfel",
            True,
        ),  # one letter, two ways to type it
        ("half a pair \ud800 of it", "half a pair \ud800 of it", True),
        ("with\0nothing", "with", False),
    ],
)
def test_only_the_same_password_fits(kept: str, typed: str, fits: bool) -> None:
    assert QUICK.fits(QUICK.hash(kept), typed) is fits


def test_nothing_fits_nobody_and_no_broken_hash() -> None:
    assert not QUICK.fits(None, "anything")
    assert not QUICK.fits("$argon2id$broken", "anything")
    assert not QUICK.fits("", "")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "12 to 256 characters"),
        ("x" * 12, "different characters"),
        ("a" * 10_000, "12 to 256 characters"),
        ("my name is ANN 1", "does not hold the user's name"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(password: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        check_password(password, "ann")


def test_a_one_time_password_will_do_and_is_never_the_same() -> None:
    made = {one_time_password() for _ in range(100)}
    assert len(made) == 100
    for one in made:
        check_password(one, "admin")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ann", "ann"),
        ("ANN ", "ann"),
        ("ａｎｎ", "ann"),  # full width
        ("Zoe\u0308", "zo\u00eb"),
        ("Łukasz.Nowak", "łukasz.nowak"),
        ("李小龙", "李小龙"),
        ("o'hara-smith@x", "o'hara-smith@x"),
    ],
)
def test_what_looks_the_same_is_the_same_name(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["", " ", "1001", "api", "API", "cli", "a\r\nb", "a\0b", "a<b>", "\u202eann", "a" * 65, "-x"],
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    """A number would be taken for an extension, `api` for the command line."""
    with pytest.raises(UserError, match="is no name for a user"):
        clean_name(typed)
