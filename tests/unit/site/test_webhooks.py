"""Webhooks in the site file: who is told, of what."""

import pytest

from ivr.site import load_site, read_site

SITE = """\
numbers: {"600": main}
skills: {}
teams: {care: Customer care}
agents:
  ana: {name: Ana, extension: 1001, team: care}
queues: {}
http: {crm: {url: "https://crm.example.com"}}
emergency: {say: Please hold., ring: [1001]}
webhooks:
  calls: {target: crm, path: /new, secret: signing, events: [call.*, queue.left]}
"""


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_site(text, "site.yaml").problems]


def test_a_webhook_wants_what_its_events_say() -> None:
    hook = load_site(SITE, "site.yaml").webhooks["calls"]
    told = ("call.started", "queue.left", "queue.entered", "node.entered")
    assert [one for one in told if hook.wants(one)] == ["call.started", "queue.left"]


def test_without_events_it_is_told_what_a_crm_needs() -> None:
    text = SITE.replace(", events: [call.*, queue.left]", "")
    hook = load_site(text, "site.yaml").webhooks["calls"]
    assert hook.wants("conversation.started")
    assert not hook.wants("node.entered")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("target: crm", "target: cmr", "10:19: 'cmr' is not declared under http (did you mean"),
        ("queue.left", "queue.lost", "10:70: no event is called 'queue.lost' (did you mean"),
        ("call.*", "cal.*", "10:62: no event is called 'cal.*'"),
        ("[call.*, queue.left]", "[]", "events"),
        (", secret: signing", "", "secret"),
        ("/new", "http://elsewhere", "path"),
    ],
)
def test_what_cannot_be_is_told_in_place(old: str, new: str, expected: str) -> None:
    (problem,) = problems(SITE.replace(old, new))
    assert expected in problem
