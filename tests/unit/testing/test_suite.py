"""Flow tests written in YAML: what passes, what fails and how that is told."""

import json
from xml.etree import ElementTree

import pytest

from ivr.document import DocumentError, Problem
from ivr.model.events import FlowFailed
from ivr.testing import suite as suite_module
from ivr.testing.coverage import coverage
from ivr.testing.expectations import problems
from ivr.testing.loading import load_suite, read_suite
from ivr.testing.report import Report, Result, as_json, as_junit, as_text
from ivr.testing.run import Played, World, given_time, play
from ivr.testing.suite import Given
from tests.unit.nodes.support import NoCalendars, flows, site

FLOWS = flows(
    main="""
    start: ask
    variables: {n: {type: digits}}
    nodes:
      ask:
        type: collect
        prompt: Your number.
        into: n
        max: 2
        next: wait
        no_input: bye
        no_match: bye
      wait: {type: queue, queue: sales, priority: 3, next: bye, otherwise: bye}
      bye: {type: hangup, prompt: Goodbye.}
    """
)
WORLD = World(site(), FLOWS, NoCalendars())

GOOD = """
flow: main
tests:
  - name: all is well
    steps: [{press: 12}]
    expect:
      heard: [Your number, Goodbye]
      not_heard: [Hello]
      path: [ask, wait, bye]
      variables: {n: "12"}
      queue: {queue: sales, priority: 3}
      dialled: []
      called_back: []
      messages: []
      result: completed
"""


async def run(text: str) -> tuple[Played, list[Problem]]:
    suite = load_suite(text, "main.test.yaml", WORLD.site, WORLD.flows)
    played = await play(WORLD, suite.flow, suite.tests[0])
    return played, problems(played, suite, 0)


async def test_expectations_that_hold_are_no_problem() -> None:
    assert (await run(GOOD))[1] == []


@pytest.mark.parametrize(
    ("old", "new", "place", "complaint"),
    [
        ("[Your number, Goodbye]", "[Goodbye, Your]", "7:24", "not heard after 'Goodbye'"),
        ("[Hello]", "[Hi, Goodbye]", "8:23", "heard, but should not"),
        ("[ask, wait, bye]", "[ask, bye]", "9:19", "path: expected ask > bye, was ask > wait >"),
        ("[ask, wait, bye]", "[ask, wait]", "9:13", "path: expected ask > wait, was ask > wait >"),
        ('n: "12"', 'n: "13"', "10:22", "variable n: expected 13, was 12"),
        ("priority: 3", "priority: 4", "11:39", "queue request priority: expected 4, was 3"),
        ("dialled: []", 'dialled: ["1001"]', "12:17", "dialled: expected 1001, was none"),
        ("called_back: []", 'called_back: ["10"]', "13:21", "called_back: expected 10, was none"),
        ("messages: []", "messages: [office]", "14:18", "messages: expected office, was none"),
        ("completed", "hangup", "15:15", "result: expected hangup, was completed"),
        ("12}]", "12}, listen, {press: 1}]", "5:34", "the call was over before 1 of the steps"),
    ],
)
async def test_each_expectation_can_fail_and_tells_where(
    old: str, new: str, place: str, complaint: str
) -> None:
    assert old in GOOD
    [problem] = (await run(GOOD.replace(old, new)))[1]
    assert str(problem).startswith(f"main.test.yaml:{place}: {complaint}")


CALL_BACKS = World(
    site(),
    flows(
        main="""
        start: help
        nodes:
          help: {type: subflow, flow: help, results: {helped: bye}}
          bye: {type: hangup, prompt: Goodbye.}
        """,
        help="""
        start: line
        nodes:
          line:
            type: queue
            queue: sales
            self_service: {"1": offer}
            next: helped
            otherwise: helped
          offer: {type: callback, other_number: true, otherwise: line}
          helped: {type: return, result: helped}
        """,
    ),
    NoCalendars(),
)
CALLED_BACK = """
flow: main
tests:
  - name: from within a called flow
    steps: [{press: 1}, STEPS]
    expect: EXPECTED
"""


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (
            "{press: 1}",
            '{called_back: ["+15550100"], path: [help, help/line, help/offer], result: completed}',
        ),
        ('{press: 2}, {press: "112#"}, {press: 1}', '{called_back: ["112"]}'),
        (
            '{press: "*"}, wait',
            "{called_back: [], path: [help, help/line, help/offer, help/line, help/helped, bye]}",
        ),
        ("hangup", "{called_back: [], result: hangup}"),
    ],
)
async def test_a_call_back_asked_for_in_a_called_flow_can_be_expected(
    steps: str, expected: str
) -> None:
    text = CALLED_BACK.replace("STEPS", steps).replace("EXPECTED", expected)
    suite = load_suite(text, "main.test.yaml", CALL_BACKS.site, CALL_BACKS.flows)
    played = await play(CALL_BACKS, "main", suite.tests[0])
    assert problems(played, suite, 0) == []


async def test_a_flow_that_fails_is_told_although_nobody_asked_for_the_result() -> None:
    broken = GOOD.replace("      result: completed\n", "")
    suite = load_suite(broken, "main.test.yaml", WORLD.site, WORLD.flows)
    played = await play(WORLD, "main", suite.tests[0])
    played.trace.record(FlowFailed(at=0, call="call-1", flow="main", node="ask", reason="boom"))
    [problem] = problems(played, suite, 0)
    assert problem.message == "the flow failed in ask (main.yaml:6): boom"


@pytest.mark.parametrize(
    ("change", "place", "complaint"),
    [
        (("flow: main", "flow: mian"), "2:7", "did you mean 'main'"),
        (("[{press: 12}]", "[{press: 1a}]"), "5:13", "a step is listen, wait, hangup"),
        (("[{press: 12}]", "[nap]"), "5:13", "'nap' is no step: a step is listen, wait, hangup"),
        (("    expect:", "    given: {queues: {sails: timeout}}\n    expect:"), "6:22", "sails"),
        (
            ("    expect:", "    given: {queues: {sales: timeuot}}\n    expect:"),
            "6:29",
            "'timeuot' is not one of answered, abandoned, timeout",
        ),
        (("    expect:", "    given: {time: noon}\n    expect:"), "6:19", "write 2026-12-24 09:00"),
        (
            ("    expect:", "    given: {time: 9999-12-31 23:59}\n    expect:"),
            "6:19",
            "calls come in from 1970 to 2099, not in 9999",
        ),
        (('n: "12"', 'm: "12"'), "10:19", "no flow declares a variable 'm'"),
        (("queue: sales,", "queue: sails,"), "11:22", "the site has no 'sails' among its queues"),
        (("dialled: []", 'dialled: ["1009"]'), "12:17", "no flow may dial '1009'"),
        (("messages: []", "messages: [ofice]"), "14:18", "did you mean 'office'"),
        (("dialled: []", "http: [GET crn /x]"), "12:14", "the site has no 'crn' among its http"),
        (("dialled: []", "http: [crm /x]"), "12:14", "'crm /x' is no request"),
        (
            ("    expect:", "    given: {timezone: Europe/Berln}\n    expect:"),
            "6:23",
            "there is no time zone 'Europe/Berln'",
        ),
        (
            ("    expect:", "    given: {dials: {99: busy}}\n    expect:"),
            "6:21",
            "no flow may dial",
        ),
        (("[ask, wait, bye]", "[ask, other/wait]"), "9:19", "there is no flow 'other'"),
        (("result: completed", "resutl: completed"), "15:7", "did you mean 'result'"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(
    change: tuple[str, str], place: str, complaint: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        load_suite(GOOD.replace(*change), "main.test.yaml", WORLD.site, WORLD.flows)
    assert f"main.test.yaml:{place}: " in str(caught.value)
    assert complaint in str(caught.value)


def test_names_are_looked_at_beside_a_mistake_in_the_form() -> None:
    text = GOOD.replace("result:", "resutl:").replace("queue: sales", "queue: sails")
    with pytest.raises(DocumentError) as caught:
        load_suite(text, "main.test.yaml", WORLD.site, WORLD.flows)
    assert [one.line for one in caught.value.problems] == [11, 15]


def test_the_time_is_that_of_the_named_zone() -> None:
    noon = Given.model_validate({"time": "2026-07-01 12:00", "timezone": "Europe/Berlin"})
    in_utc = Given.model_validate({"time": "2026-07-01 10:00"})
    assert given_time(noon, site()) == given_time(in_utc, site())


async def test_coverage_counts_nodes_and_exits() -> None:
    played, _ = await run(GOOD)
    [found] = coverage(FLOWS, [played.trace])
    assert (found.nodes, found.exits) == (3, 5)
    assert found.nodes_missed == ()
    assert found.exits_missed == ("ask.no_input", "ask.no_match", "wait.otherwise")
    assert found.exit_percent == pytest.approx(40)
    [nothing] = coverage(FLOWS, [])
    assert nothing.nodes_missed == ("ask", "wait", "bye")


def report(*found: str, minimum: float = 0.0) -> Report:
    problems = tuple(Problem("main.test.yaml", 9, 5, one) for one in found)
    result = Result("main.test.yaml", 4, "all <is> well", problems, 0.002)
    return Report((result,), tuple(coverage(FLOWS, [])), minimum)


def test_a_report_passes_or_fails() -> None:
    assert report().passed
    assert not report("path: wrong").passed
    assert not report(minimum=1).passed


def test_the_text_shows_place_problem_and_what_was_never_reached() -> None:
    text = as_text(report("path: wrong", minimum=50))
    assert "FAIL all <is> well" in text
    assert "main.test.yaml:9:5: path: wrong" in text
    assert "never reached: ask, wait, bye" in text
    assert "coverage is below 50 %" in text
    assert text.endswith("0 passed, 1 failed in 0.00 s")


def test_json_and_junit_hold_the_same() -> None:
    data = json.loads(as_json(report("path: wrong")))
    assert data["passed"] is False
    assert data["tests"][0]["problems"][0]["message"] == "path: wrong"
    assert data["coverage"][0]["node_percent"] == 0
    suite = ElementTree.fromstring(as_junit(report("path: wrong").results))[0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert suite[0].get("name") == "all <is> well"
    assert suite[0][0].text == "main.test.yaml:9:5: path: wrong"


def test_the_shipped_example_of_the_format_is_valid() -> None:
    text = (suite_module.__doc__ or "").split("\n\n", 1)[1]
    example = text.replace("flow: company", "flow: main").replace("1003", "1001")
    suite, wrong = read_suite(example, "main.test.yaml", WORLD.site, {"main": None})
    assert suite is not None
    assert wrong == []
