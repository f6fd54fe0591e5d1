"""The examples for administrators are read as they are written."""

import re
from pathlib import Path

import pytest
import yaml

from ivr.site import read_site

HOWTO = Path(__file__).parents[3] / "docs" / "howto"
PAGES = ("agents-and-queues.md", "opening-hours.md", "scheduled-reports.md", "voicemail.md")
PAGES += ("webhooks.md",)
SITE = """
numbers: {"600": main}
skills: {billing: Billing, claims: Claims, lang_fr: French, lang_en: English}
teams: {care: Customer care, back_office: Back office}
agents:
  ana: {name: Ana, extension: 1001, team: care, skills: {billing: 8}}
queues:
  claims: {title: Claims}
emergency: {say: Please hold., ring: [1001]}
"""
EXAMPLES = [
    example
    for page in PAGES
    for example in re.findall(r"```yaml\n(.*?)```", (HOWTO / page).read_text("utf-8"), re.DOTALL)
]


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_each_example_fits_into_a_site(example: str) -> None:
    site = yaml.safe_load(SITE)
    for key, value in yaml.safe_load(example).items():
        site[key] = {**site.get(key, {}), **value} if isinstance(value, dict) else value
    read = read_site(yaml.safe_dump(site, sort_keys=False), "site.yaml")
    assert [str(problem) for problem in read.problems] == []


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5
