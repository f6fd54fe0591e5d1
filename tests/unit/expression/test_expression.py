"""The expression language: what it means, what it refuses, and that it never fails."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.expression import (
    ALWAYS,
    Expression,
    ExpressionError,
    Type,
    Value,
    parse,
    parse_requirement,
)
from ivr.expression.functions import FUNCTIONS
from ivr.expression.parser import DEPTH_MAX
from ivr.expression.values import NUMBER_MAX, TEXT_CHARS_MAX, type_of
from tests.unit.memory import MB, memory_within

VALUES: dict[str, Value] = {"n": 3, "half": 0.5, "t": "0123", "yes": True, "no": False}
TYPES: dict[str, Type] = {name: type_of(value) for name, value in VALUES.items()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 - 4", -1),
        ("10 - 2 - 3", 5),
        ("-n + 1", -2),
        ("-(n + 1)", -4),
        ("n >= 3 and n < 4", True),
        ("n > 3 or half == 0.5", True),
        ("yes or no and no", True),
        ("(yes or no) and no", False),
        ("not no and yes", True),
        ("not n == 4", True),
        ("not not yes", True),
        ("t == '0123'", True),
        ('t != "0123"', False),
        ("t in ['1', '0123']", True),
        ("n not in [1, 2]", True),
        ("n in []", False),
        ("starts_with(t, '01')", True),
        ("ends_with(t, '01')", False),
        ("contains(t, '12')", True),
        ("length(t) == 4", True),
        ("number(t) + 1", 124),
        ("number('-2.5')", -2.5),
        ("number('1e5')", 0),
        ("text(n) + t", "30123"),
        ("0.1 + 0.2 == 0.3", True),
        ("text(0.1 + 0.2)", "0.3"),
        ("text(0.0000001)", "0.0000001"),
        ("text(1000000.25 - 1000000)", "0.25"),
        ("true", True),
    ],
)
def test_an_expression_means(text: str, value: Value) -> None:
    expression = parse(text)
    assert expression.check(TYPES) == ()
    assert expression.evaluate(VALUES) == value
    assert type_of(expression.evaluate(VALUES)) == type_of(value)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "the expression ends where a value is expected"),
        ("n = 1", 3, "write == to compare"),
        ("n && yes", 3, "write and"),
        ("(n", 3, "closing parenthesis"),
        ("n)", 2, "never opened"),
        ("n t", 3, "'t' is not expected here"),
        ("1 < 2 < 3", 7, "not chained"),
        ("n in 1", 6, "a list is expected"),
        ("t == 'x", 6, "no end"),
        ("lenght(t)", 1, "unknown function"),
        ("length(t, t)", 1, "takes 1 values, not 2"),
        ("n.__class__", 2, "names have no dots"),
        ("t[0]", 2, "not expected here"),
        ("n not t", 3, "write not in"),
        ("(" * 100, DEPTH_MAX + 1, "nested deeper"),
        ("1" * 16, 1, "at most 15 digits"),
        ("n+" * 150 + "n", 201, "at most 200 parts"),
        ("n" * 1001, 1, "at most 1000 characters"),
    ],
)
def test_what_is_no_expression_is_refused_at_its_column(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.complaint.column == column
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "wanted", "column", "words"),
    [
        ("nn == 3", None, 1, "'nn' is not declared (did you mean 'n'?)"),
        ("t == gold", None, 6, "'gold' is not declared (a text needs quotes of its own: 'gold')"),
        ("n", "flag", 1, "compare it"),
        ("n and yes", None, 1, "a flag is needed here, not a number"),
        ("n == '3'", None, 3, "never equal (quote texts: '1')"),
        ("t > 3", None, 1, "a number is needed here, not a text"),
        ("t + n", None, 3, "do not add up"),
        ("yes + 1", None, 1, "a number is needed here, not a flag"),
        ("n in [1, '2']", None, 10, "a number is needed here, not a text"),
        ("length(n)", None, 8, "a text is needed here"),
        ("-t", None, 2, "a number is needed here"),
        ("not t", None, 5, "compare it: x == 'yes'"),
    ],
)
def test_types_that_do_not_go_together_are_told_at_their_column(
    text: str, wanted: Type | None, column: int, words: str
) -> None:
    (complaint,) = parse(text).check(TYPES, wanted)
    assert complaint.column == column
    assert words in str(complaint)


def test_all_complaints_come_at_once() -> None:
    assert [one.column for one in parse("x and n + t == y").check(TYPES)] == [1, 9, 16]


def test_a_name_whose_declaration_is_wrong_fits_everywhere() -> None:
    assert parse("v and v > 1 or v == 'x'").check({"v": None}) == ()


def test_the_names_it_asks_for_are_known() -> None:
    assert parse("b >= 1 and (a or length(c) in [2, d])").names == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x == 0", True),
        ("x == ''", True),
        ("x == false", True),
        ("x == y", True),
        ("x == 1", False),
    ],
)
def test_a_name_without_a_value_equals_nothing_much(text: str, value: bool) -> None:
    assert parse(text).evaluate({}) is value
    assert parse(f"not ({text})").evaluate({}) is not value


def test_sums_stay_within_their_limit() -> None:
    assert parse("n + n").evaluate({"n": NUMBER_MAX}) == NUMBER_MAX
    assert (
        parse("n").evaluate({"n": float("nan")})
        != parse("n + 0").evaluate({"n": float("nan")})
        == 0
    )


def test_joined_texts_stay_within_their_limit() -> None:
    assert len(str(parse("t + t").evaluate({"t": "x" * TEXT_CHARS_MAX}))) == TEXT_CHARS_MAX


@pytest.mark.parametrize(
    ("skills", "met"),
    [
        ({"billing": 5, "lang_fr": 3}, True),
        ({"billing": 5, "lang_en": 8}, True),
        ({"billing": 5, "lang_en": 7}, False),
        ({"billing": 4, "lang_fr": 10}, False),
        ({"billing": 9}, False),
        ({}, False),
    ],
)
def test_a_missing_skill_counts_as_none(skills: dict[str, Value], met: bool) -> None:
    requirement = parse_requirement("billing >= 5 and (lang_fr >= 3 or lang_en >= 8)")
    assert requirement.holds(skills) is met


def test_no_requirement_is_met_by_everybody() -> None:
    assert parse_requirement("  ") == ALWAYS
    assert ALWAYS.holds({})


TOKENS = st.lists(
    st.sampled_from(
        [*"ntu12()[],+-<!", "yes", "2.5", "'x'", "and", "or", "not", "in", "==", "!=", *FUNCTIONS]
    ),
    max_size=25,
).map(" ".join)
ANY_VALUE = st.one_of(
    st.integers(), st.floats(), st.text(max_size=5), st.booleans(), st.just(10**400)
)


@given(st.one_of(TOKENS, st.text(max_size=40)), st.dictionaries(st.sampled_from("ntu"), ANY_VALUE))
@example("n + n", {"n": 10**400})
@example("text(n)", {"n": float("inf")})
def test_whatever_is_an_expression_has_a_value(text: str, values: dict[str, Value]) -> None:
    with memory_within(MB):
        outcome = parsed(text)
        if isinstance(outcome, ExpressionError):
            columns = [outcome.complaint.column]
        else:
            assert isinstance(outcome.evaluate(values), int | float | str | bool)
            columns = [one.column for one in outcome.check(TYPES, "flag")]
    assert all(1 <= column <= len(text) + 1 for column in columns)


def parsed(text: str) -> Expression | ExpressionError:
    try:
        return parse(text)
    except ExpressionError as error:
        return error


def tree_of(kind: str, depth: int) -> st.SearchStrategy[str]:
    """Texts of well-typed expressions."""
    leaves = {
        "number": st.sampled_from(["n", "half", "0", "7", "2.5"]),
        "text": st.sampled_from(["t", "''", "'0'"]),
        "flag": st.sampled_from(["yes", "no", "true"]),
    }
    if depth == 0:
        return leaves[kind]
    number, text, flag = (tree_of(one, depth - 1) for one in ("number", "text", "flag"))
    return {
        "number": st.one_of(
            leaves[kind],
            st.tuples(number, st.sampled_from("+-"), number).map(lambda p: f"({' '.join(p)})"),
            text.map("length({})".format),
        ),
        "text": st.one_of(leaves[kind], st.tuples(text, text).map("({0[0]} + {0[1]})".format)),
        "flag": st.one_of(
            leaves[kind],
            st.tuples(flag, st.sampled_from(["and", "or", "=="]), flag).map(
                lambda p: f"({' '.join(p)})"
            ),
            st.tuples(number, st.sampled_from(["<", ">=", "!="]), number).map(" ".join),
            flag.map("not ({})".format),
            st.tuples(text, text).map("({0[0]} in ['x', {0[1]}])".format),
        ).map("({})".format),
    }[kind]


@given(
    st.sampled_from(["number", "text", "flag"]).flatmap(
        lambda kind: st.tuples(st.just(kind), tree_of(kind, 2))
    )
)
def test_a_checked_expression_has_the_type_it_was_checked_for(case: tuple[Type, str]) -> None:
    kind, text = case
    expression: Expression = parse(text)
    assert expression.check(TYPES, kind) == ()
    assert type_of(expression.evaluate(VALUES)) == kind
