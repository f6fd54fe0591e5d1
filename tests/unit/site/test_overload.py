"""Turning callers away, in the site file: how many there may be, and where they go."""

import pytest

from ivr.site import read_site

SITE = """\
numbers: {"600": main}
skills: {}
teams: {care: Customer care}
agents:
  ana: {name: Ana, extension: 1001, team: care}
queues: {}
outbound: {allow: ["+1555*"], trunk_host: sip.example.com}
emergency: {say: Please hold., ring: [1001]}
overload: {calls_max: 200, overflow: "+15550100", cause: busy, answer: true}
"""


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_site(text, "site.yaml").problems]


@pytest.mark.parametrize("overflow", ["+15550100", "1001", ""])
def test_they_go_to_an_allowed_number_or_an_extension_or_nowhere(overflow: str) -> None:
    assert problems(SITE.replace("+15550100", overflow)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("+15550100", "+16660100", "9:38: +16660100 is no extension, and no number that outbound"),
        (", trunk_host: sip.example.com", "", "9:38: there is no trunk to ring +15550100 by"),
        ("calls_max: 200", "calls_max: 0", "9:23: "),
        ("cause: busy", "cause: tired", "9:58: "),
        ("overflow", "overfow", "did you mean 'overflow'?"),
    ],
)
def test_what_cannot_be_is_told_in_place(old: str, new: str, expected: str) -> None:
    (problem,) = problems(SITE.replace(old, new))
    assert expected in problem
