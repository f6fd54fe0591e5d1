"""Scheduled reports in the site file: what cannot be made or sent is told in place."""

import pytest

from ivr.site import load_site, read_site

SITE = """\
numbers: {"600": main}
skills: {}
teams: {care: Customer care}
agents:
  ana: {name: Ana, extension: 1001, team: care}
queues: {billing: {title: Billing}}
emergency: {say: Please hold., ring: [1001]}
smtp: {host: mail.example.com, sender: ivr@example.com, user: ivr, secret: mail}
reports:
  week:
    {report: queues, schedule: "5 6 * * mon",
     queues: [billing], email: [ops@example.com], directory: weekly}
"""


def test_a_report_has_what_the_file_says() -> None:
    site = load_site(SITE, "site.yaml")
    week = site.reports["week"]
    assert (week.period, week.format, week.attempts_max) == ("yesterday", "html", 5)
    assert site.smtp is not None
    assert (site.smtp.port, site.smtp.security) == (587, "starttls")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[billing]", "[biling]", "12:15: queue 'biling' is not declared under queues (did you"),
        ("5 6 * * mon", "5 25 * * mon", "is no schedule (Bad hour)"),
        ("5 6 * * mon", "0 5 6 * * mon", "five fields"),
        ("5 6 * * mon", "every monday", "minute, hour, day"),
        ("report: queues", "report: queue", "report"),
        (", email: [ops@example.com], directory: weekly", "", "nobody would get it"),
        ("ops@example.com", "Ops <ops@example.com>", "is no e-mail address alone"),
        ("ops@example.com", '"ops@example.com\\nBcc: x@y.z"', "is no e-mail address alone"),
        ("weekly", "../weekly", "without `..`"),
        ("report: queues", "report: all, format: csv", "CSV holds one table"),
        ("report: queues", "report: queues, period: tomorrow", "period"),
        (
            "smtp: {host: mail.example.com, sender: ivr@example.com, user: ivr, secret: mail}\n",
            "",
            "there is nobody who would take the e-mail",
        ),
        (", secret: mail", "", "give both, or neither"),
        ("secret: mail", "secret: mail, security: none", "a password would go in the open"),
    ],
)
def test_what_cannot_be_is_told_in_place(old: str, new: str, expected: str) -> None:
    assert old in SITE
    (problem,) = read_site(SITE.replace(old, new), "site.yaml").problems
    assert expected in str(problem)
