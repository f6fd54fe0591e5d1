"""The real core against the formulas, and the page that shows how near they are."""

from pathlib import Path

from ivr.simulate import theory

SMALL = {case: theory.LOADS[case] for case in list(theory.LOADS)[::3]}


def test_the_core_reproduces_both_formulas() -> None:
    lines = list(theory.one_skill(8, 4, SMALL))
    assert [line for line in lines if not line.holds] == []
    assert {line.figure for line in lines} == set(theory.NAMES)


def test_two_skills_lie_between_pooled_and_dedicated_teams() -> None:
    assert theory.two_skills(40, 4).holds


def test_the_page_holds_the_table_that_the_command_prints() -> None:
    text = Path("docs/reference/simulation.md").read_text(encoding="utf-8")
    head, *rows = theory.table(list(theory.one_skill(1, 2, SMALL))).splitlines()
    assert head in text
    for row in rows[1:]:
        case, figure, expected = row.split(" | ")[:3]
        assert f"{case} | {figure} | {expected} | " in text
    assert "| NO |" not in text
