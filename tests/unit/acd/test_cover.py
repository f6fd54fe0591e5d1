"""What an index by skill and level may leave out: nobody who meets the expression."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.acd.cover import alternatives, cover, musts
from ivr.expression import parse, parse_requirement

COMMON = Counter({("rare", 1): 2, ("rare", 3): 1, ("common", 1): 90, ("common", 5): 40})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("common < 5", None),
        ("common >= 5", {("common", 5)}),
        ("common > 4", {("common", 5)}),
        ("5 <= common", {("common", 5)}),
        ("common >= 1 and rare >= 3", {("rare", 3)}),
        ("common >= 1 and rare < 3", {("common", 1)}),
        ("common >= 5 or rare >= 3", {("common", 5), ("rare", 3)}),
        ("common >= 5 or rare < 3", None),
        ("not common < 5", {("common", 1)}),
        ("common + rare >= 8", {("common", 1), ("rare", 1)}),
    ],
)
def test_the_cover_with_the_fewest_people(text: str, expected: set[tuple[str, int]] | None) -> None:
    assert cover(parse_requirement(text), lambda need: COMMON[need]) == expected


names = st.sampled_from(["a", "b", "c"])
numbers = st.sampled_from([0, 1, 3, 4.5, 10, 11])
signs = st.sampled_from([">=", ">", "<", "<=", "==", "!="])
leaves = st.one_of(
    st.builds(lambda n, s, v: f"{n} {s} {v}", names, signs, numbers),
    st.builds(lambda n, s, v: f"{v} {s} {n}", names, signs, numbers),
    st.builds(lambda n, m, v: f"{n} + {m} >= {v}", names, names, numbers),
    st.builds(lambda n: f"{n} in [2, 7]", names),
    st.just("true"),
)
texts = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda x, y: f"({x}) and ({y})", inner, inner),
        st.builds(lambda x, y: f"({x}) or ({y})", inner, inner),
        st.builds(lambda x: f"not ({x})", inner),
    ),
    max_leaves=6,
)
people = st.dictionaries(names, st.integers(1, 10))


@given(texts, people)
def test_alternatives_say_all_of_it_or_nothing(text: str, skills: dict[str, int]) -> None:
    expression = parse(text)
    sets = alternatives(expression)
    meets = expression.holds({name: skills.get(name, 0) for name in "abc"})
    assert sets is None or meets == any(
        all(skills.get(skill, 0) >= least for skill, least in needs) for needs in sets
    )


def test_ands_of_ors_are_said_as_alternatives() -> None:
    expression = parse("a >= 5 and (b > 2 or 8 <= c)")
    assert alternatives(expression) == ((("a", 5), ("b", 3)), (("a", 5), ("c", 8)))


@given(texts, people)
def test_nobody_who_may_serve_is_left_out(text: str, skills: dict[str, int]) -> None:
    expression = parse(text)
    has = {(skill, n) for skill, level in skills.items() for n in range(1, level + 1)}
    if expression.holds({name: skills.get(name, 0) for name in "abc"}):
        needs = cover(expression, lambda _need: 1)
        assert needs is None or needs & has
        assert set(musts(expression)) <= has
