"""The architecture page leads to every file of the routing core and of the services."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ARCHITECTURE.md").read_text("utf-8")


def named_in(title: str) -> set[str]:
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return set(re.findall(r"`([a-z_]+\.py)`", section))


@pytest.mark.parametrize(
    ("title", "package"),
    [("Where each routing rule is", "acd"), ("Where each service is", "service")],
)
def test_a_section_names_the_files_that_exist_and_no_others(title: str, package: str) -> None:
    files = {file.name for file in (ROOT / "ivr" / package).glob("*.py")} - {"__init__.py"}
    assert named_in(title) == files


def test_every_package_has_its_floor() -> None:
    floors = PAGE.split("\n## The floors\n")[1].split("\n## ")[0]
    packages = {file.parent.name for file in (ROOT / "ivr").glob("*/__init__.py")}
    assert packages <= set(re.findall(r"`([a-z]+)`", floors))
