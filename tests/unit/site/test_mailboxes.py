"""Mailboxes in the site file: whose they are, who is told."""

import pytest

from ivr.site import read_site

SITE = """\
numbers: {"600": main}
skills: {}
teams: {care: Customer care}
agents:
  ana: {name: Ana, extension: 1001, team: care}
queues: {}
http: {crm: {url: "https://crm.example.com"}}
emergency: {say: Please hold., ring: [1001]}
mailboxes:
  office: {title: Office, agents: [ana], teams: [care], notify: {target: crm, path: /new}}
"""


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_site(text, "site.yaml").problems]


def test_a_mailbox_has_owners_and_a_hook() -> None:
    assert problems(SITE) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[ana]", "[anna]", "10:36: agent 'anna' is not declared under agents (did you mean 'ana'"),
        ("[care]", "[car]", "10:50: team 'car' is not declared under teams (did you mean 'care'"),
        ("target: crm", "target: cmr", "10:74: 'cmr' is not declared under http (did you mean"),
        (
            "agents: [ana], teams: [care], notify: {target: crm, path: /new}",
            "messages_max: 5",
            "10:3: nobody would ever know of a message in 'office' (give it agents, teams",
        ),
        ("/new", "http://elsewhere", "path"),
        ("path: /new", "path: /a?b=1", "path"),
    ],
)
def test_what_cannot_be_is_told_in_place(old: str, new: str, expected: str) -> None:
    (problem,) = problems(SITE.replace(old, new))
    assert expected in problem
