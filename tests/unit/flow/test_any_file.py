"""Whatever an administrator saves, half way through an edit say, is told as problems: real flows,
sites and tests, with lines broken, doubled and lost. Nothing else is raised, and nothing hangs."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow import read_flows
from ivr.model.site import Site
from ivr.nodes import NODE_TYPES
from ivr.nodes.key_date import parse_limit
from ivr.nodes.key_pattern import KeyPattern, PatternError
from ivr.site import load_site, read_site
from ivr.testing.loading import read_suite
from tests.unit.memory import MB, memory_within

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "nodes"
LINES = Path(__file__).parents[3] / "dialplans" / "examples"
SITE = load_site((EXAMPLES / "site.yaml").read_text("utf-8"), "site.yaml")
WITHOUT_NUMBERS = SITE.model_copy(update={"numbers": {}})
TESTS = sorted(EXAMPLES.glob("*.test.yaml"))
SITES = sorted([EXAMPLES / "site.yaml", *LINES.glob("*/site.yaml")])
FLOWS = sorted({*EXAMPLES.glob("*.yaml")} - {*TESTS, *SITES})
"""One for each type of node; the lines of real companies would take a minute."""

FILE_BYTES_MAX = 20 * MB
"""What reading one of these files may take."""

NASTY = st.sampled_from(
    [
        *["", "~", "[]", "{}", "[[]]", "{a: {b: [c]}}", "- x", "&a", "*a", "!x y", "|", "'", '"'],
        *["-1", "0", "1e999", "9" * 40, "0x1F", ".nan", "1:30", "2026-02-30", "24:00", "true"],
        *[
            "x" * 600,
            '"\\0"',
            '"\\udfff"',
            "é",
            "{{}}",
            "{pin}",
            "((((",
            "a and",
            "not in",
            "'$(x)'",
        ],
    ]
)


def _put(lines: list[str], at: int, value: str) -> None:
    head, colon, _ = lines[at].partition(":")
    lines[at] = f"{head}{colon} {value}"


def _lose(lines: list[str], at: int, _: str) -> None:
    del lines[at]


def _double(lines: list[str], at: int, _: str) -> None:
    lines.insert(at, lines[at])


def _shift(lines: list[str], at: int, value: str) -> None:
    lines[at] = " " * (len(value) % 7) + lines[at].lstrip()


def _rename(lines: list[str], at: int, value: str) -> None:
    head, colon, rest = lines[at].partition(":")
    lines[at] = f"{head}{value[:9]}{colon}{rest}"


DAMAGES: list[Callable[[list[str], int, str], None]] = [_put, _put, _lose, _double, _shift, _rename]
DAMAGE = st.lists(
    st.tuples(st.sampled_from(DAMAGES), st.integers(0, 10_000), NASTY), min_size=1, max_size=4
)


def damaged(
    file: Path, damage: list[tuple[Callable[[list[str], int, str], None], int, str]]
) -> str:
    lines = file.read_text("utf-8").splitlines()
    for change, at, value in damage:
        if lines:
            change(lines, at % len(lines), value)
    return "\n".join(lines)


@settings(deadline=None)
@given(st.sampled_from(FLOWS), DAMAGE)
def test_any_flow_ends_in_flows_or_in_problems(file: Path, damage: list) -> None:
    with memory_within(FILE_BYTES_MAX):
        read = read_flows({file.name: damaged(file, damage)}, WITHOUT_NUMBERS, NODE_TYPES)
    assert bool(read.flows) != bool(read.problems)


@settings(deadline=None)
@given(st.sampled_from(SITES), DAMAGE)
def test_any_site_ends_in_a_site_or_in_problems(file: Path, damage: list) -> None:
    with memory_within(FILE_BYTES_MAX):
        read = read_site(damaged(file, damage), "site.yaml")
    assert read.problems or isinstance(read.site, Site)


@settings(deadline=None)
@given(st.sampled_from(TESTS), DAMAGE, st.booleans())
def test_any_test_file_ends_in_problems_or_in_none(
    file: Path, damage: list, with_site: bool
) -> None:
    text, site = damaged(file, damage), SITE if with_site else None
    with memory_within(FILE_BYTES_MAX):
        suite, problems = read_suite(text, "x.test.yaml", site, {"menu": None})
    assert suite is not None or problems
    assert all(problem.line >= 1 for problem in problems)


PATTERN_TEXTS = st.text(alphabet="0123456789.*+?()[]{}|,^-\\d a", max_size=40)


@given(PATTERN_TEXTS, st.text("0123456789*#", max_size=50))
def test_any_pattern_of_keys_matches_or_not_or_is_refused(text: str, keys: str) -> None:
    try:
        pattern = KeyPattern(text)
    except PatternError:
        return
    assert pattern.matches(keys) in (True, False)


@given(st.text(max_size=20) | st.from_regex(r"today[+-][0-9]{1,9}[dmy]", fullmatch=True))
def test_any_limit_of_a_date_is_a_day_or_is_refused(text: str) -> None:
    with suppress(ValueError):
        assert parse_limit(text, date(2026, 2, 28)) <= date.max
