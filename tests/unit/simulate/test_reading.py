"""A scenario file with mistakes says where each is and what was meant."""

import pytest

from ivr.document import DocumentError, load_document
from ivr.simulate.reading import load_scenario, with_settings
from tests.unit.simulate.scenarios import SITE

GOOD = """\
site: site.yaml
length: 2h
queues:
  english:
    per_half_hour: [10]
    talk: {exponential: 60s}
"""


def _problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_scenario(text, "day.yaml", SITE)
    return str(caught.value).splitlines()


def test_a_good_one_is_read() -> None:
    scenario = load_scenario(GOOD, "day.yaml", SITE)
    assert scenario.length == 7200
    assert scenario.queues["english"].patience == "endless"


@pytest.mark.parametrize(
    ("wrong", "right", "problem"),
    [
        ("englsh", "english", "day.yaml:4:3: the site has no queue 'englsh' "),
        ("leng", "length", "day.yaml:2:1: unknown key 'leng' (did you mean 'length'?)"),
        ("[10, 20]", "[10]", "day.yaml:5:20: 2 half hours are given, 4 are simulated "),
        ("{exponental: 60s}", "{exponential: 60s}", "day.yaml:6:12: unknown key 'exponental' "),
        ("{exponential: soon}", "{exponential: 60s}", "day.yaml:6:25: exponential: "),
    ],
)
def test_a_mistake_is_shown_where_it_is(wrong: str, right: str, problem: str) -> None:
    assert _problems(GOOD.replace(right, wrong))[0].startswith(problem.rstrip())


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("staffing: [{agents: [anna]}]", "day.yaml:7:22: the site has no agent 'anna' "),
        ("staffing: [{group: g, count: 1}]", "day.yaml:7:20: no group 'g' is described"),
        ("staffing: [{count: 1}]", "day.yaml:7:12: "),
        ("groups: {g: {team: car}}", "day.yaml:7:20: team 'car' is not one of the site's "),
        ("groups: {g: {team: care, skills: {de: 3}}}", "day.yaml:7:35: the site has no skill "),
        ("groups: {g: {team: care, queues: {x: {}}}}", "day.yaml:7:35: the site has no queue "),
        ('begin: "2026-02-30 08:00"', "day.yaml:7:8: there is no moment "),
        ('begin: "0001-01-01 00:00"', "day.yaml:7:8: the year is not between 1970 and 2999"),
        ('begin: "9999-12-31 23:00"', "day.yaml:7:8: the year is not between 1970 and 2999"),
        ("warm_up: 3h", "day.yaml:1:1: warm_up must be shorter than length"),
    ],
)
def test_what_the_site_does_not_have_is_named(more: str, problem: str) -> None:
    assert _problems(GOOD + more)[0].startswith(problem)


def test_a_kind_s_skills_are_checked() -> None:
    text = GOOD + "    kinds: [{share: 1, skills: frr >= 1}]"
    assert _problems(text)[0].startswith("day.yaml:7:32: ")


def test_a_call_back_the_queue_does_not_offer() -> None:
    text = GOOD + "    callback: {share: 0.5}"
    problem = "day.yaml:7:5: the site's queue 'english' offers no call-back"
    assert _problems(text)[0].startswith(problem)


def test_only_patience_may_last_for_ever() -> None:
    half = "{empirical: [{share: 0, within: 1}, {share: 0.5, within: 9}]}"
    assert (
        "only patience may last for ever" in _problems(GOOD.replace("{exponential: 60s}", half))[0]
    )


SITE_TEXT = """\
numbers: {"600": main}
skills: {en: English}
teams: {care: Care}
agents:
  ana: {name: Ana, extension: 1001, team: care}
queues:
  english: {title: English}
emergency: {say: Sorry, ring: [1001]}
"""


def test_a_setting_changes_one_value_of_the_site() -> None:
    document = load_document(SITE_TEXT, "site.yaml")
    settings = {"queues.english.strategy": "best_skilled", "queues.english.wrap_up_s": "40s"}
    read = with_settings(document, settings)
    assert read.problems == ()
    assert read.site is not None
    assert read.site.queues["english"].strategy == "best_skilled"
    assert read.site.queues["english"].wrap_up_s == 40


def test_a_setting_that_makes_no_sense_is_a_problem() -> None:
    document = load_document(SITE_TEXT, "site.yaml")
    problems = with_settings(document, {"queues.english.strategy": "fastest"}).problems
    assert "'fastest' is not one of" in str(problems[0])
