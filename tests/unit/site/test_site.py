"""The site file: read as a whole or refused as a whole."""

import pytest

from ivr.document import DocumentError
from ivr.site import load_site, read_site

SITE = """\
numbers: {"600": main}
skills: {billing: Billing, lang_fr: French}
teams: {care: Customer care}
agents:
  ana: {name: Ana, extension: 1001, team: care, skills: {billing: 8}}
  ben: {name: Ben, extension: 1002, team: care, role: supervisor}
phones:
  door: {name: Door, extension: 2001}
queues:
  billing: {title: Billing, skills: billing >= 5}
calendars:
  office:
    timezone: Europe/Berlin
    holidays: DE-BY
    open:
      - {days: [mon, fri], open: "9:00", close: "17:30"}
    closed: {2026-12-24: Christmas Eve}
    closing_code: 1
    exceptions:
      - {first: 2026-08-03, last: 2026-08-14, reason: summer}
      - {first: 2026-12-31, hours: [{open: 9:00, close: 12:00}, {open: 13:00, close: 14:00}]}
  shop: {timezone: UTC, open: [], closing_code: 2}
emergency: {say: Please hold., ring: [1001]}
"""


def test_a_good_site_is_read() -> None:
    site = load_site(SITE, "site.yaml")
    assert site.agents["ana"].skills == {"billing": 8}
    assert site.queues["billing"].wrap_up_s == 10


CASES = [
    ("{billing: 8}", "{biling: 8}", "5:58: skill 'biling' is not declared under skills (did"),
    ("team: care, skills", "team: car, skills", "5:43: team 'car' is not declared under teams"),
    ("name: Ben", "language: fr, name: Ben", "6:19: 'fr' is not among the languages of the"),
    ("1002", "1001", "6:31: extension 1001 already belongs to agent ana"),
    ("2001", "1001", "8:33: extension 1001 already belongs to agent ana"),
    ("2001", "600", "8:33: extension 600 is also a dialled number"),
    ("name: Ben", "name: Ana", "6:15: agent 'ana' is also named 'Ana'"),
    ("billing >= 5", "biling >= 5", "10:37: skills: 'biling' is not declared (did you mean"),
    ("billing >= 5", "billing >= 5 or bill", "10:53: skills: 'bill' is not declared"),
    ("billing >= 5", "billing = 5", "10:45: skills: unexpected '=' (write == to compare)"),
    ("billing >= 5", "billing >= 11", "10:37: skills: nobody can ever satisfy this"),
    ("billing >= 5", "billing > 5 and billing < 6", "10:37: skills: nobody can ever satisfy this"),
    ("billing >= 5", "'', wait_s_max: 999999999h", "10:53: wait_s_max: '999999999h' is longer"),
    ("billing >= 5", "billing", "10:37: skills: a flag is needed here, not a number"),
    ("Europe/Berlin", "Europe/Berln", "13:15: there is no time zone 'Europe/Berln' (did you"),
    ("Europe/Berlin", "../etc", "13:15: there is no time zone '../etc'"),
    ("DE-BY", "DE-XX", "14:15: DE has no holiday region 'XX' (known: "),
    ("DE-BY", "ZZ", "14:15: no holidays are known for country 'ZZ'"),
    ('close: "17:30"', 'close: "8:30"', "16:49: it closes at 8:30, not after it opens at"),
    ("[mon, fri]", "[]", "16:16: a period needs at least one day"),
    ("2026-12-24", "2026-02-30", "17:14: there is no day 2026-02-30"),
    ("2026-08-14", "2026-08-02", "20:35: the last day, 2026-08-02, is before the first"),
    ("2026-08-14", "2026-08-34", "20:35: there is no day 2026-08-34"),
    ("2026-08-14", "2026-12-24", "20:17: 2026-12-24 is also listed under closed"),
    ("2026-12-31", "2026-08-14", "21:17: 2026-08-14 is already in the exception from 2026-08"),
    ("2026-12-31", "2026-08-01, last: 2026-08-03", "20:17: 2026-08-03 is already in the exce"),
    ("close: 12:00", "close: 13:30", "21:72: it opens at 13:00, before the hours from 9:00"),
    ("close: 12:00", "close: 9:00", "21:57: it closes at 9:00, not after it opens at 9:00"),
    ("closing_code: 2", "closing_code: 1", "22:49: closing code 1 already belongs to calendar"),
    ("  shop:", "  house:", "22:3: 'house' is the name of the closure of all calendars"),
    ("[1001]", "[2001]", "23:39: 2001 is no agent's extension"),
    ("[1001]", "[]", "23:38: nobody to ring in an emergency"),
    ("team: care, role", "role", "6:3: 'team' is missing in 'ben'"),
    ("role: super", "rank: super", "6:49: unknown key 'rank'"),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_what_is_not_there_is_told_in_place(old: str, new: str, expected: str) -> None:
    assert old in SITE
    with pytest.raises(DocumentError) as caught:
        load_site(SITE.replace(old, new, 1), "site.yaml")
    assert str(caught.value).startswith("site.yaml:" + expected)
    assert len(caught.value.problems) == 1


def test_everything_wrong_is_told_at_once() -> None:
    text = SITE.replace("1002", "1001").replace("DE-BY", "ZZ").replace("[1001]", "[9999]")
    assert [problem.line for problem in read_site(text, "s").problems] == [6, 14, 23]


def test_a_site_with_wrong_references_can_still_be_checked_against() -> None:
    assert read_site(SITE.replace("DE-BY", "ZZ"), "s").site is not None


def test_a_site_that_cannot_be_read_has_problems_only() -> None:
    read = read_site("numbers: [", "s")
    assert read.site is None
    assert len(read.problems) == 1
