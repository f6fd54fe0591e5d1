"""What conditions may come to together: never less than is possible, and exact for comparisons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.expression import Value, parse
from ivr.expression.outcomes import outcomes
from tests.unit.expression.test_expression import TYPES, tree_of

ALL = {(True,), (False,)}
NEVER, ALWAYS = {(False,)}, {(True,)}


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("n > 3", ALL),
        ("n > 3 and n < 4", ALL),
        ("n > 3 and n < 3", NEVER),
        ("n > 3 and 2 >= n", NEVER),
        ("n > 3 or n <= 3", ALWAYS),
        ("n == 1 and n == 2", NEVER),
        ("n in [1, 2] and n > 2", NEVER),
        ("n in []", NEVER),
        ("n in [1, half] and n > 2", ALL),
        ("t == 'a' and t == 'b'", NEVER),
        ("t != 'a' or t != 'b'", ALWAYS),
        ("t in ['a', 'b'] and t not in ['b', 'a']", NEVER),
        ("d == 'abc'", NEVER),
        ("d == ''", ALL),
        ("d == '07'", ALL),
        ("yes and not yes", NEVER),
        ("yes or not yes", ALWAYS),
        ("yes == true or no", ALL),
        ("n > 1 + 1 and n < 2", NEVER),
        ("length(t) > 4 and length(t) < 4", NEVER),
        ("length(t) > 4 and length(d) < 4", ALL),
        ("contains(t, 'a') and not contains(t, 'a')", NEVER),
        ("n > half and n < half", ALL),  # told only where it is certain
        ("n + 1 > 3 and n + 1 < 3", NEVER),
        ("1 > 2", NEVER),
        ("true", ALWAYS),
    ],
)
def test_a_condition_may_come_to(text: str, possible: set[tuple[bool, ...]]) -> None:
    types = {**TYPES, "d": "text"}
    assert parse(text).check(types, "flag") == ()
    assert outcomes([parse(text)], types, digits={"d"}, cost_max=20_000) == possible


def test_conditions_are_held_against_each_other() -> None:
    both = outcomes([parse("n > 3"), parse("n > 5")], TYPES, cost_max=1000)
    assert both == {(False, False), (True, False), (True, True)}


def test_a_number_may_be_one_of_a_few_only() -> None:
    level = [parse("n >= 11"), parse("n > 3 and n < 4")]
    assert outcomes(level, TYPES, numbers=range(11), cost_max=1000) == {(False, False)}


def test_where_it_costs_too_much_nobody_knows() -> None:
    many = parse(" and ".join(f"v{number}" for number in range(12)))
    types = dict.fromkeys(many.names, TYPES["yes"])
    assert outcomes([many], types, cost_max=20_000) is None


NUMBERS = st.integers(-8, 8) | st.sampled_from([0.5, 2.5, 3.25, 1e9])
VALUES = st.fixed_dictionaries(
    {
        "n": NUMBERS,
        "half": NUMBERS,
        "t": st.sampled_from(["", "0", "x", "00", "0x"]),
        "yes": st.booleans(),
        "no": st.booleans(),
    }
)


@given(st.lists(tree_of("flag", 2), min_size=1, max_size=3), st.lists(VALUES, min_size=1))
def test_whatever_happens_was_possible(texts: list[str], held: list[dict[str, Value]]) -> None:
    conditions = [parse(text) for text in texts]
    possible = outcomes(conditions, TYPES, cost_max=20_000)
    for values in held:
        assert possible is None or tuple(one.holds(values) for one in conditions) in possible
