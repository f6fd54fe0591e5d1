"""Relaxation: each step asks for less than the one before, and says so in plain expressions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.acd.errors import BadRequirementError
from ivr.acd.relaxation import relaxed, stages
from ivr.acd.requirement import Requirements
from ivr.expression import parse_requirement
from ivr.model.site import Relaxation

BOTH = "billing >= 5 and (lang_fr >= 3 or lang_en >= 8)"


def step(**fields: Any) -> Relaxation:
    return Relaxation.model_validate({"after": "20s", **fields})


def after(text: str, **fields: Any) -> str:
    return relaxed(parse_requirement(text), step(**fields)).text


@pytest.mark.parametrize(
    ("text", "enough", "asked"),
    [
        (BOTH, {"billing": 3}, "billing >= 3 and (lang_fr >= 3 or lang_en >= 8)"),
        ("billing > 5", {"billing": 3}, "billing >= 3"),
        ("billing > 5", {"billing": 5}, "billing >= 5"),
        ("billing > 4", {"billing": 5}, "billing > 4"),
        ("6 <= billing and 4 < billing", {"billing": 5}, "billing >= 5 and 4 < billing"),
        ("not (billing >= 5)", {"billing": 3}, "not (billing >= 5)"),
        ("billing >= 2", {"billing": 3}, "billing >= 2"),
        ("billing >= 5 or billing >= 4 and vip >= 1", {"billing": 4}, None),
        ("billing < 5", {"billing": 3}, "billing < 5"),
    ],
)
def test_lowering_touches_only_what_asks_for_more(
    text: str, enough: dict[str, int], asked: str | None
) -> None:
    expected = asked or "billing >= 4 or (billing >= 4 and vip >= 1)"
    assert after(text, lower=enough) == expected


@pytest.mark.parametrize(
    ("text", "skills", "asked"),
    [
        (BOTH, ["lang_fr", "lang_en"], "billing >= 5"),
        (BOTH, ["lang_fr"], "billing >= 5"),
        (BOTH, ["billing"], "lang_fr >= 3 or lang_en >= 8"),
        (BOTH, ["billing", "lang_fr"], ""),
        ("billing >= 5 and not (rude >= 3)", ["rude"], "billing >= 5"),
        ("billing >= 5 and not (rude >= 3 and lang_fr >= 2)", ["rude"], "billing >= 5"),
        ("level in [1, 2] and billing >= 5", ["level"], "billing >= 5"),
        ("billing >= 5", ["lang_fr"], "billing >= 5"),
    ],
)
def test_a_dropped_skill_stands_in_nobodys_way(text: str, skills: list[str], asked: str) -> None:
    assert after(text, drop=skills) == asked


def test_adding_lets_others_serve_too() -> None:
    assert after("billing >= 5", add="team_overflow >= 1") == "billing >= 5 or team_overflow >= 1"


def test_adding_to_what_asks_for_nothing_changes_nothing() -> None:
    assert after("", add="team_overflow >= 1") == ""


def test_an_addition_that_is_no_expression_is_refused() -> None:
    with pytest.raises(BadRequirementError, match="add"):
        after("billing >= 5", add="team_overflow >=")


def test_steps_add_up() -> None:
    known = Requirements()
    steps = [
        step(after="20s", lower={"billing": 3}),
        step(after="60s", drop=["lang_fr", "lang_en"], priority=1),
        step(after="90s", add="team_overflow >= 1", priority=2),
    ]
    timeline = stages(known.get(BOTH), steps, known)
    assert [(stage.after_s, stage.requirement.text, stage.priority) for stage in timeline] == [
        (0.0, BOTH, 0),
        (20.0, "billing >= 3 and (lang_fr >= 3 or lang_en >= 8)", 0),
        (60.0, "billing >= 3", 1),
        (90.0, "billing >= 3 or team_overflow >= 1", 3),
    ]


SKILLS = ("a", "b", "c")
conditions = st.tuples(
    st.sampled_from(SKILLS), st.sampled_from([">=", ">", "<", "=="]), st.integers(1, 10)
)
wishes = st.recursive(
    conditions.map(lambda c: f"{c[0]} {c[1]} {c[2]}"),
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or", "and not"]), inner).map(
        lambda p: f"({p[0]}) {p[1]} ({p[2]})"
    ),
    max_leaves=6,
)
people = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 10))


@given(
    wishes,
    st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 10)),
    st.lists(st.sampled_from(SKILLS), max_size=2),
    people,
)
def test_whoever_could_serve_before_a_step_can_serve_after_it(
    text: str, enough: dict[str, int], skills: list[str], person: dict[str, int]
) -> None:
    known = Requirements()
    before, now = stages(known.get(text), [step(lower=enough, drop=skills)], known)
    assert now.requirement.met_by(person) >= before.requirement.met_by(person)


@given(wishes, people)
def test_a_step_that_says_nothing_changes_nothing(text: str, person: dict[str, int]) -> None:
    known = Requirements()
    before, now = stages(known.get(text), [step()], known)
    assert now.requirement.met_by(person) == before.requirement.met_by(person)
