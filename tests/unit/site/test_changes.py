"""What a reload would change, in the words of the site file."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ivr.model.site import Site
from ivr.site.changes import site_changes
from tests.unit.acd.centre import site

AGENTS = {"ann": {"billing": 5}, "bob": {"tech": 3}}
names = st.sampled_from(["ann", "bob", "cem", "dee"])
staffs = st.dictionaries(
    names, st.dictionaries(st.sampled_from(["billing", "tech"]), st.integers(1, 10))
)


def changed(**agents: dict[str, int]) -> list[str]:
    return [str(change) for change in site_changes(site(AGENTS), site(agents))]


def test_the_same_site_has_no_changes() -> None:
    assert changed(**AGENTS) == []


def test_another_proficiency_names_agent_and_skill() -> None:
    assert changed(ann={"billing": 7}, bob={"tech": 3}) == ["~ agents.ann.skills.billing: 5 -> 7"]


def test_a_new_skill_and_a_dropped_one_are_shown_apart() -> None:
    assert changed(ann={"billing": 5}, bob={"french": 2}) == [
        "- agents.bob.skills.tech: 3",
        "+ agents.bob.skills.french: 2",
    ]


def test_a_new_agent_is_one_change() -> None:
    assert changed(**AGENTS, cem={"tech": 9}) == ["+ agents.cem: cem"]


def test_an_agent_who_is_gone_is_one_change() -> None:
    assert changed(ann={"billing": 5}) == ["- agents.bob: bob"]


def test_long_values_are_cut() -> None:
    queues: dict[str, Any] = {
        "support": {"title": "S", "skills": " or ".join(["billing >= 1"] * 9)}
    }
    plain = site(AGENTS, {"support": {"title": "S"}})
    (change,) = site_changes(plain, site(AGENTS, queues))
    assert change.after is not None
    assert change.after.endswith("...")
    assert len(change.after) == 60


@given(staffs, staffs)
def test_there_are_changes_exactly_when_the_sites_differ(
    before: dict[str, dict[str, int]], after: dict[str, dict[str, int]]
) -> None:
    first, second = site(before), site(after)
    assert (site_changes(first, second) == []) == (first == second)


@given(staffs)
def test_what_is_written_as_read_has_no_changes(agents: dict[str, dict[str, int]]) -> None:
    original = site(agents)
    assert site_changes(original, Site.model_validate(original.model_dump())) == []
