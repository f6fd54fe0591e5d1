"""An expression written out again means the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.expression import parse
from ivr.expression.rendering import render
from ivr.expression.tree import Part


@pytest.mark.parametrize(
    "text",
    [
        "billing >= 5 and (lang_fr >= 3 or lang_en >= 8)",
        "a >= 1 and b >= 2 and c >= 3",
        "a >= 1 or b >= 2 and c >= 3",
        "a >= 1 and (b >= 2 and c >= 3)",
        "not (a >= 1 or b >= 2)",
        "(not (a >= 1)) and b >= 2",
        "t in ['1', \"it's\"]",
        "starts_with(t, '01') == true",
        "(n + 1) - (-2) >= 0.5",
    ],
)
def test_what_is_rendered_parses_to_the_same_tree(text: str) -> None:
    once = render(parse(text).root)
    assert _shape(parse(once).root) == _shape(parse(text).root)
    assert render(parse(once).root) == once


atoms = st.sampled_from(["a >= 1", "b < 3", "c == 2", "a in [1, 2]", "true", "f"])
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        inner.map(lambda one: f"not ({one})"),
    ),
    max_leaves=12,
)


@given(expressions)
def test_rendering_keeps_the_tree(text: str) -> None:
    tree = parse(text).root
    assert _shape(parse(render(tree)).root) == _shape(tree)


def _shape(part: Part) -> object:
    """The tree without columns, which depend on where parentheses stand."""
    plain = {
        name: value
        for name, value in vars(part).items()
        if isinstance(value, str | bool | int | float) and name != "column"
    }
    return (type(part).__name__, plain, [_shape(inner) for inner in part.parts()])
