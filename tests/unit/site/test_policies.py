"""Queues' and agents' policies: what could not mean what it says is told in its place."""

import pytest

from ivr.document import DocumentError
from ivr.model.site import Queue
from ivr.site import load_site

SITE = """\
numbers: {"600": main}
skills: {billing: Billing, lang_fr: French}
teams: {care: Customer care, back: Back office}
timezone: Europe/Berlin
agents:
  ana:
    name: Ana
    extension: 1001
    team: care
    skills: {billing: 8}
    queues:
      billing: {priority: 1, delay_s: 20s}
    wrap_up: until_ready
    breaks:
      - {days: [mon, tue], start: "9:00", length_s: 15m, reason: tea}
      - {days: [tue, wed], start: "12:00", length_s: 1h, reason: lunch}
queues:
  billing:
    title: Billing
    skills: billing >= 5 and team_care >= 1
    prefer:
      - lang_fr >= 5
      - team_back >= 1
    relax:
      - {after: 20s, lower: {billing: 3}}
      - {after: 60s, drop: [team_care], priority: 2}
      - {after: 90s, add: lang_fr >= 1}
    misses:
      no_answer: {rest_s: 5}
      rejected: {pause: true}
      consecutive_max: 3
    callback:
      attempts_max: 2
outbound: {allow: ["+49*"]}
emergency: {say: Please hold., ring: [1001]}
"""


def test_all_of_it_is_read() -> None:
    site = load_site(SITE, "site.yaml")
    assert site.queues["billing"].relax[0].lower == {"billing": 3}
    assert site.queues["billing"].misses.no_answer.pause is False
    assert site.agents["ana"].wrap_up == "until_ready"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "    title: Billing\n",
            "    title: Billing\n    disposition_required: true\n",
            "20:5: dispositions are required, and there are none to give",
        ),
        (
            "    title: Billing\n",
            "    title: Billing\n    screen_pop: https://crm.example/{Caller}\n",
            "20:17: `{Caller}` is no `{variable}` to fill in",
        ),
        (
            "    title: Billing\n",
            "    title: Billing\n    screen_pop_auto: true\n",
            "20:5: there is no page to open by itself",
        ),
        ("{billing: Billing", "{team_x: X, billing: Billing", "2:10: skill 'team_x' is named like"),
        ("Europe/Berlin", "Europe/Berln", "4:11: there is no time zone 'Europe/Berln' (did you"),
        (
            "      billing: {pr",
            "      bill: {pr",
            "12:7: queue 'bill' is not declared under queues",
        ),
        ("until_ready", "whenever", "13:14: "),
        ("[mon, tue]", "[]", "15:16: a break needs at least one day"),
        ('"9:00"', '"24:00"', "15:35: no break starts at 24:00 (write 0:00 and the next day)"),
        ('"9:00"', '"11:50"', "16:35: this break overlaps with the one at 11:50"),
        ("team_care >= 1", "team_cars >= 1", "20:30: skills: 'team_cars' is not declared (did you"),
        ("lang_fr >= 5", "lang_fr", "22:9: skills: a flag is needed here, not a number"),
        ("team_back >= 1", "''", "23:9: an empty preference prefers nobody (leave it out)"),
        ("{billing: 3}", "{biling: 3}", "25:30: skill 'biling' is not declared under skills"),
        ("60s", "20s", "26:17: the step after 20 s follows the one after 20 s (write the steps in"),
        (
            "[team_care]",
            "[team_card]",
            "26:29: skill 'team_card' is not declared under",
        ),
        ("lower: {billing: 3}", "priority: 0", "25:17: this step changes nothing (give it lower,"),
        ("lang_fr >= 1", "lang_fr > = 1", "27:37: skills: unexpected"),
        ("{pause: true}", "{pause: true, rest_s: 9}", "30:39: a pause lasts until the agent says"),
        ('["+49*"]', "[]", "32:5: nobody could be called back: no outside number is allowed"),
    ],
)
def test_what_cannot_be_meant_is_told_in_place(old: str, new: str, expected: str) -> None:
    assert old in SITE
    with pytest.raises(DocumentError) as caught:
        load_site(SITE.replace(old, new, 1), "site.yaml")
    assert str(caught.value).startswith("site.yaml:" + expected)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("ring_timeout_s: 0", "must be at least 3"),
        ("ring_timeout_s: 2900ms", "must be at least 3"),
        ("ring_timeout_s: 11m", "must be at most 600"),
        ("wait_s_max: 1ms", "must be at least 1"),
        ("wait_s_max: 800h", "must be at most 2678400"),
        ("wrap_up_s: 25h", "must be at most 86400"),
        ("redial_grace_s: 25h", "must be at most 86400"),
        ("transfer_patience_s: 25h", "must be at most 86400"),
        ("service_level_s: 25h", "must be at most 86400"),
    ],
)
def test_times_are_such_as_people_can_mean(field: str, expected: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load_site(SITE.replace("    title: Billing\n", f"    title: Billing\n    {field}\n"), "s")
    (problem,) = caught.value.problems
    assert problem.message == f"{field.partition(':')[0]}: {expected}"


def test_breaks_overlap_also_around_the_week() -> None:
    night = SITE.replace('[mon, tue], start: "9:00"', '[mon], start: "0:10"').replace(
        '[tue, wed], start: "12:00"', '[sun], start: "23:30"'
    )
    with pytest.raises(DocumentError, match="overlaps with the one at 0:10"):
        load_site(night, "site.yaml")


def test_a_step_either_drops_or_lowers() -> None:
    with pytest.raises(DocumentError, match="dropped and lowered"):
        load_site(SITE.replace("drop: [team_care]", "drop: [billing], lower: {billing: 1}"), "s")


@pytest.mark.parametrize(
    ("queue", "channels", "message"),
    [
        ("channel: chta", "{chat: 3}", "'chta' is not declared under channels .*'chat'"),
        ("channel: chat", "{chat: 3, voice: 2}", "voice is no channel that shares an agent"),
        ("channel: chat", "{chat: 11}", "must be at most 10"),
        ("channel: chat, extension: 800", "{chat: 3}", "extension is for queues of calls"),
        ("channel: chat, callback: {}", "{chat: 3}", "callback is for queues of calls"),
    ],
)
def test_channels_beside_voice_are_declared(queue: str, channels: str, message: str) -> None:
    web = f"  web: {{title: Web, {queue}}}\n"
    text = SITE.replace("queues:\n  billing:\n    title", f"queues:\n{web}  billing:\n    title")
    with pytest.raises(DocumentError, match=message):
        load_site(f"{text}channels: {channels}\n", "site.yaml")


@pytest.mark.parametrize(
    ("written", "policy"),
    [
        ("true", "always"),
        ("false", "never"),
        (True, "always"),
        (False, "never"),
        ("with_consent", "with_consent"),
        ("never", "never"),
    ],
)
def test_recording_is_a_policy_also_when_written_as_yes_or_no(written, policy) -> None:
    assert Queue.model_validate({"title": "Q", "record": written}).record == policy
    assert Queue(title="Q").record == "always"
