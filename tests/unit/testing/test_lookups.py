"""Answers that a test gives: taken and refused exactly as those of a real system."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr.lookup.client import _read
from ivr.model.lookups import BODY_BYTES_MAX, Outcome
from ivr.testing.loading import read_suite
from ivr.testing.lookups import GivenAnswer, answered

BAD = ["[" * 4000, "{", '{"status": NaN}', "[Infinity]", "9" * 5000, "1 2", "\x00", "'a'"]
GOOD = ['{"tier": "gold"}', "null", "1e999", "[" * 50 + "]" * 50, '"\\udfff"', "-0", " 7 "]
SHAPES = [*BAD, *GOOD, '"' + "é" * (BODY_BYTES_MAX // 2) + '"', "[" * 990 + "]" * 990]


def is_taken(text: str) -> bool:
    try:
        return answered(GivenAnswer.model_validate({"json": text})).outcome == Outcome.ANSWERED
    except ValidationError:
        return False


@pytest.mark.parametrize("text", SHAPES, ids=lambda text: text[:12])
def test_an_answer_is_one_in_a_test_when_it_is_one_from_a_real_system(text: str) -> None:
    assert is_taken(text) == (_read(text.encode(), 200, 1).outcome == Outcome.ANSWERED)


@given(st.text('[]{}":,0eNaIinfty.- \\u', min_size=1, max_size=12))
def test_no_text_is_an_answer_in_one_place_alone(text: str) -> None:
    if text.strip():  # a system that sends nothing at all has answered, too
        assert is_taken(text) == (_read(text.encode(), 200, 1).outcome == Outcome.ANSWERED)


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:12])
def test_an_answer_that_is_none_is_told_at_its_place(text: str) -> None:
    written = text.replace("'", "''").replace("\x00", "")
    document = f"""flow: main
tests:
  - name: a
    given:
      http:
        crm: {{json: '{written}'}}
    expect: {{}}
"""
    _, [problem] = read_suite(document, "main.test.yaml", None, {"main": None})
    assert (problem.line, problem.column) == (6, 21)
    assert problem.message.startswith("json: no JSON")
