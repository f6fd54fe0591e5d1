"""subflow and return: called flows come back to where they were called, with what they found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.document import DocumentError
from ivr.flow import Flow
from ivr.model.events import FlowFailed, NodeLeft
from ivr.nodes.base import Frame, Visit
from ivr.nodes.subflow import DEPTH_MAX
from ivr.nodes.walk import walk
from ivr.site import load_site
from ivr.spoken import WORDINGS
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.steps import HangUp, Press
from ivr.testing.trace import EventList
from tests.unit.nodes.support import SITE, NoCalendars, Told, flows, site, tell

MAIN = """
start: pay
variables: {{name: {{type: text, default: Ana}}, digits: {{type: digits, default: "7"}}}}
nodes:
  pay: {{type: subflow, flow: pay, {give}, {take}, results: {{paid: good, failed: bad}}}}
  good: {{type: hangup, prompt: went to good}}
  bad: {{type: hangup, prompt: went to bad}}
"""

PAY = """
start: ask
variables: {name: {type: text, default: nobody}, pin: {type: digits}}
nodes:
  ask:
    type: collect
    prompt: ["Pin,", {value: name}]
    into: pin
    max: 4
    sensitive: true
    next: paid
    no_input: failed
    no_match: failed
  paid: {type: return, result: paid}
  failed: {type: return, result: failed}
"""


def plan(give: str = "give: {}", take: str = "take: {}", pay: str = PAY) -> dict[str, Flow]:
    return flows(main=MAIN.format(give=give, take=take), pay=pay.replace("value:", "spell:"))


def failures(told: Told) -> list[str]:
    return [one.reason for one in told.trace.events if isinstance(one, FlowFailed)]


@pytest.mark.parametrize(
    ("key", "result", "end"), [("4711", "paid", "good"), ("", "failed", "bad")]
)
async def test_the_call_goes_on_at_the_exit_of_the_result(key: str, result: str, end: str) -> None:
    told = await tell(plan(), *([Press(key)] if key else []))
    assert told.path == ["pay", "ask", result, end]
    assert told.call.heard[-1] == f"went to {end}"
    assert (told.ending.flow, told.ending.node) == ("main", end)


async def test_the_calling_node_is_left_when_the_flow_is_back() -> None:
    told = await tell(plan())
    assert told.trace.left() == [
        ("pay", "ask", "no_input"),
        ("pay", "failed", "return"),
        ("main", "pay", "results:failed"),
        ("main", "bad", "end"),
    ]
    seconds = {one.node: one.seconds for one in told.trace.events if isinstance(one, NodeLeft)}
    assert seconds["pay"] == pytest.approx(seconds["ask"]) != 0


async def test_a_called_flow_has_variables_of_its_own() -> None:
    told = await tell(plan(), Press("4711"))
    assert told.visit.variables["name"] == "Ana"
    assert "pin" not in told.visit.variables


async def test_what_is_given_and_taken_passes_through() -> None:
    greet = """
    start: greet
    variables: {who: {type: text}, greeting: {type: text}}
    nodes:
      greet: {type: set, values: {greeting: "'Hello ' + who", who: "'x'"}, next: paid}
      paid: {type: branch, cases: [{when: who == 'y', next: no}], otherwise: yes}
      yes: {type: return, result: paid}
      no: {type: return, result: failed}
    """
    told = await tell(plan("give: {who: name + digits}", "take: {name: greeting}", greet))
    assert told.visit.variables["name"] == "Hello Ana7"


async def test_what_does_not_fit_fails_in_the_calling_node() -> None:
    told = await tell(plan("give: {pin: name}"))
    assert failures(told) == ["variable 'pin' takes a value of type digits"]
    assert told.trace.left() == [("main", "pay", "error")]
    assert told.call.heard == [WORDINGS["en"].apology]


async def test_what_is_taken_and_does_not_fit_fails_in_the_calling_node() -> None:
    told = await tell(plan("give: {}", "take: {digits: name}"), Press("4711"))
    assert failures(told) == ["variable 'digits' takes a value of type digits"]
    assert told.trace.left()[-1] == ("main", "pay", "error")


async def test_a_secret_stays_one_on_its_way_there_and_back() -> None:
    told = await tell(plan("give: {}", "take: {digits: pin}"), Press("4711"))
    assert told.visit.variables["digits"] == "4711"
    assert "digits" not in told.visit.lasting_variables
    inner = """
    start: keep
    variables: {kept: {type: text}}
    nodes:
      keep: {type: say, prompt: Kept., next: paid}
      paid: {type: branch, cases: [{when: kept == '1', next: no}], otherwise: yes}
      yes: {type: return, result: paid}
      no: {type: return, result: failed}
    """
    between = PAY.replace("next: paid", "next: more") + (
        "  more: {type: subflow, flow: inner, give: {kept: pin}, "
        "results: {paid: paid, failed: failed}}\n"
    )
    plans = flows(
        main=MAIN.format(give="give: {}", take="take: {}"),
        inner=inner,
        pay=between.replace("value:", "spell:"),
    )
    told = await tell(plans, Press("4711"), HangUp())
    assert told.visit.variables["kept"] == "4711"
    assert "4711" not in json.dumps([told.visit.lasting_variables, told.visit.lasting_frames])


async def test_a_hangup_in_a_called_flow_ends_the_call_for_all() -> None:
    told = await tell(plan(), HangUp())
    assert told.trace.left() == [("pay", "ask", "hangup"), ("main", "pay", "hangup")]
    assert (told.ending.result, told.ending.flow, told.ending.node) == ("hangup", "pay", "ask")


async def test_a_called_flow_may_end_the_call() -> None:
    pay = PAY.replace("failed: {type: return, result: failed}", "failed: {type: hangup}")
    plans = flows(
        main=MAIN.format(give="give: {}", take="take: {}")
        .replace(", failed: bad", "")
        .replace("  bad: {type: hangup, prompt: went to bad}\n", ""),
        pay=pay.replace("value:", "spell:"),
    )
    told = await tell(plans)
    assert told.trace.left()[-2:] == [("pay", "failed", "end"), ("main", "pay", "end")]
    assert told.ending.result == "completed"


async def test_a_flow_in_which_a_called_one_goes_on_returns_for_it() -> None:
    pay = """
    start: on
    nodes:
      on: {type: goto, flow: further}
    """
    plans = flows(
        main=MAIN.format(give="give: {}", take="take: {}"),
        pay=pay,
        further=PAY.replace("value:", "spell:"),
    )
    told = await tell(plans, Press("4711"))
    assert told.trace.entered()[1:] == [
        ("pay", "on"),
        ("further", "ask"),
        ("further", "paid"),
        ("main", "good"),
    ]


async def test_the_language_chosen_in_a_called_flow_stays() -> None:
    languages = "languages: {en: {title: English, voice: en}, fr: {title: F, voice: fr}}"
    speaks_french = load_site(f"{SITE}\n{languages}", "site.yaml")
    caller = Visit(
        FakeCall(clock := VirtualClock(0.0)),
        FakeQueues(),
        FixedCalendars(NoCalendars()),
        clock,
        EventList(),
        speaks_french,
        FakeLookups(clock),
    )
    plans = plan()
    caller.enter_flow(plans["main"])
    caller.node = "pay"
    caller.call_flow(plans["pay"])
    caller.variables["language"], caller.result = "fr", "paid"
    assert caller.come_back() == "results:paid"
    assert caller.variables["language"] == caller.language == "fr"
    assert (caller.flow_name, caller.node, caller.frames) == ("main", "pay", [])


async def test_a_flow_started_by_itself_ends_the_call_where_it_would_go_back() -> None:
    plans = {"main": plan()["pay"]}
    told = await tell(plans, Press("4711"))
    assert told.call.gone
    assert (told.ending.result, told.ending.node) == ("completed", "paid")


async def test_a_recursion_nobody_foresaw_ends_with_an_apology() -> None:
    text = """
    start: menu
    nodes:
      menu: {type: menu, prompt: Deeper?, choices: {"1": deeper}, no_input: up, no_match: up}
      deeper: {type: subflow, flow: deep, results: {up: up}}
      up: {type: return, result: up}
    """
    main = """
    start: go
    nodes:
      go: {type: subflow, flow: deep, results: {up: bye}}
      bye: {type: hangup}
    """
    plans = flows(main=main, deep=text)
    told = await tell(plans, *[Press("1")] * (DEPTH_MAX - 1))
    assert told.ending.result == "completed"
    told = await tell(plans, *[Press("1")] * DEPTH_MAX)
    assert told.ending.result == "error"
    assert f"more than {DEPTH_MAX} flows" in failures(told)[0]
    assert told.call.heard[-1] == WORDINGS["en"].apology
    assert len([left for left in told.trace.left() if left[2] == "error"]) == DEPTH_MAX + 1


def test_a_number_may_not_lead_to_a_return() -> None:
    with pytest.raises(DocumentError) as caught:
        flows(main="start: on\nnodes:\n  on: {type: goto, flow: pay}", pay=PAY)
    messages = [str(problem) for problem in caught.value.problems]
    assert len([one for one in messages if "number 600 leads here by itself" in one]) == 2


def test_a_loop_through_a_flow_that_asks_is_none() -> None:
    main = """
    start: pay
    nodes:
      pay: {type: subflow, flow: pay, results: {paid: done, failed: pay}}
      done: {type: hangup}
    """
    assert flows(main=main, pay=PAY.replace("value:", "spell:"))


# --- random call trees


@dataclass(frozen=True)
class Step:
    """Adds `amount`, says something for 0, or calls flow number `callee` and adds `amount` to what
    comes back low."""

    amount: int
    callee: int = 0


Tree = Sequence[Sequence[Step]]
"""Of each flow its steps; a flow calls only later ones."""


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    count = draw(st.integers(2, 4))
    amounts = st.integers(0, 9)
    tree = []
    for flow in range(count):
        calls = st.builds(Step, amounts, st.integers(flow + 1, count - 1))
        adds = st.builds(Step, amounts)
        steps = draw(st.lists(adds if flow == count - 1 else adds | calls, max_size=2))
        said = [Step(0)] * draw(st.integers(0 if flow else 1, 1))
        tree.append([*said, *steps, *([Step(1, flow + 1)] if flow < count - 1 else [])])
    return tree


def name(flow: int) -> str:
    return f"f{flow}" if flow else "main"


def written(tree: Tree) -> dict[str, Flow]:
    """The tree as flows that call one another."""
    texts = {}
    for flow, steps in enumerate(tree):
        lines = ["start: s0", "variables: {n: {type: number}, m: {type: number}}", "nodes:"]
        for at, step in enumerate(steps):
            lines.append(f"  s{at}: {_node(at, step)}")
            if step.callee:
                lines.append(
                    f"  low{at}: {{type: set, values: {{n: n + {step.amount}}}, next: s{at + 1}}}"
                )
        last = (
            "{type: hangup}"
            if not flow
            else "{type: branch, cases: [{when: n >= 20, next: a}], otherwise: b}"
        )
        lines.append(f"  s{len(steps)}: {last}")
        if flow:
            lines += ["  a: {type: return, result: high}", "  b: {type: return, result: low}"]
        texts[name(flow)] = "\n".join(lines)
    return flows(**texts)


def _node(at: int, step: Step) -> str:
    if not step.callee and not step.amount:
        return f"{{type: say, prompt: Hello., next: s{at + 1}}}"
    if not step.callee:
        return f"{{type: set, values: {{n: n + {step.amount}}}, next: s{at + 1}}}"
    return (
        f"{{type: subflow, flow: {name(step.callee)}, give: {{n: n + 1}}, take: {{m: n, n: n}}, "
        f"results: {{high: s{at + 1}, low: low{at}}}}}"
    )


def expected(tree: Tree, flow: int, n: int, path: list[tuple[str, str]]) -> int:
    """What `n` is at the end of this flow; its nodes are added to the path."""
    for at, step in enumerate(tree[flow]):
        path.append((name(flow), f"s{at}"))
        if step.callee:
            n = expected(tree, step.callee, n + 1, path)
            if n < 20:
                path.append((name(flow), f"low{at}"))
                n += step.amount
        else:
            n += step.amount
    path.append((name(flow), f"s{len(tree[flow])}"))
    if flow:
        path.append((name(flow), "a" if n >= 20 else "b"))
    return n


@dataclass
class Server:
    """Walks a call and keeps of it, at every node that takes time, what a later server is told,
    and how many nodes came before."""

    plans: Mapping[str, Flow]

    def __post_init__(self) -> None:
        self.trace, self.kept = EventList(), list[tuple[int, str]]()

    async def serve(self, kept: str = "") -> Visit:
        flow, node, variables, frames = json.loads(kept) if kept else ("main", "", {}, [])
        clock = VirtualClock(1000.0)
        self.visit = Visit(
            FakeCall(clock),
            FakeQueues(),
            FixedCalendars(NoCalendars()),
            clock,
            self.trace,
            site(),
            FakeLookups(clock),
            variables=variables,
            frames=[Frame(self.plans[at], caller, 0.0, own) for at, caller, own in frames],
            remember=self._remember,
        )
        await walk(self.plans, flow, self.visit, node=node, hops_max=100_000)
        return self.visit

    async def _remember(self) -> None:
        one = self.visit
        state = [one.flow_name, one.node, one.lasting_variables, one.lasting_frames]
        self.kept.append((len(self.trace.entered()) - 1, json.dumps(state)))


@settings(max_examples=12, deadline=None)
@given(tree=trees(), when=st.floats(0, 1, exclude_max=True))
async def test_random_call_trees_come_back_to_the_right_places_also_after_a_restart(
    tree: Tree, when: float
) -> None:
    path: list[tuple[str, str]] = []
    n = expected(tree, 0, 0, path)
    plans = written(tree)
    server = Server(plans)
    visit = await server.serve()
    assert server.trace.entered() == path
    assert visit.variables["n"] == n
    assert len(server.trace.left()) == len(path)
    before, kept = server.kept[int(when * len(server.kept))]
    later = Server(plans)
    visit = await later.serve(kept)
    assert later.trace.entered() == path[before:]
    assert visit.variables["n"] == n
