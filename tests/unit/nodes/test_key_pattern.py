"""Patterns for typed keys: what they mean, what is refused, and that none is slow."""

import re
import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.nodes.key_pattern import KeyPattern, PatternError

ATOMS = st.sampled_from(["1", "2", ".", "[12]", "[^1]", r"\d"])
REPEATS = st.sampled_from(["", "*", "+", "?", "{2}", "{1,}", "{0,2}"])
PATTERNS = st.recursive(
    st.builds("{}{}".format, ATOMS, REPEATS),
    lambda parts: st.one_of(
        st.builds("{}{}".format, parts, parts), st.builds("({}|{}){}".format, parts, parts, REPEATS)
    ),
    max_leaves=4,
)
"""Small, because the other matcher takes minutes for some that are larger."""


@given(PATTERNS, st.text("0123456789", max_size=4))
def test_it_agrees_with_regular_expressions(pattern: str, keys: str) -> None:
    assert KeyPattern(pattern).matches(keys) == bool(re.fullmatch(pattern, keys))


@pytest.mark.parametrize("pattern", [r"(\d+)+0", "(1*)*2", "(1|1)+2", "(1?){50}1{50}2", "(.*){9}0"])
def test_what_takes_other_matchers_for_ever_takes_no_time(pattern: str) -> None:
    begin = time.process_time()
    assert not KeyPattern(pattern).matches("1" * 50)
    assert time.process_time() - begin < 0.5


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("^1", "at character 1: '\\^' means nothing here; the whole input must match anyway"),
        ("1$", "at character 2"),
        ("(1", "a \\) is missing"),
        ("1)", "a \\) without its \\("),
        ("[a]", "between \\[ and \\] stand digits"),
        ("[1", "between \\[ and \\] stand digits"),
        ("[3-1]", "3-1 runs backwards"),
        ("*", "means nothing here"),
        ("1{99}", "numbers up to 50"),
        ("1{,2}", "numbers up to 50"),
        ("1{3,2}", "runs backwards"),
        ("1{2", "a } is missing"),
        (r"(?=1)", "means nothing here"),
        (r"(1)\1", "means nothing here"),
        ("((1{50}){50}){50}", "too large"),
        ("(" * 19 + ")" + "{50})" * 18, "too large"),
        ("(" * 21, "more than 20 groups"),
    ],
)
def test_what_is_no_pattern_is_refused_with_its_place(pattern: str, message: str) -> None:
    with pytest.raises(PatternError, match=message):
        KeyPattern(pattern)


@given(PATTERNS | st.just("[^0-9]1?"), st.integers(1, 3), st.integers(1, 3))
def test_it_knows_whether_an_input_of_some_length_can_match(
    text: str, least: int, most: int
) -> None:
    pattern = KeyPattern(text)
    inputs = (
        "".join(keys)
        for length in range(least, most + 1)
        for keys in product("0123", repeat=length)
    )
    assert pattern.may_have(least, most) == any(map(pattern.matches, inputs))
