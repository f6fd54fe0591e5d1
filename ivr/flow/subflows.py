"""Flows that call flows: what is given, taken and handled must be what the other flow has."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ivr.document import Problem, suggest
from ivr.expression import ExpressionError, parse
from ivr.flow.draft import Draft
from ivr.flow.graph import reach
from ivr.flow.node import BUILTIN_VARIABLES, FlowCall
from ivr.flow.results import next_flows, results_given


def check_calls(drafts: Mapping[str, Draft]) -> Iterator[Problem]:
    """Everything wrong between a node that calls a flow and that flow."""
    given = {flow: set(results) for flow, results in results_given(drafts).items()}
    for draft in drafts.values():
        for name, node in draft.good_nodes():
            call = node.calls()
            other = drafts.get(call.flow) if call else None
            if call is None or other is None:
                continue
            yield from _give(draft, name, call, other)
            yield from _take(draft, name, call, other)
            if _is_whole(drafts, call.flow):  # else a result may be missing for another reason
                yield from _results(draft, name, call, given[call.flow])


def _give(draft: Draft, node: str, call: FlowCall, other: Draft) -> Iterator[Problem]:
    types, wanted = draft.types(), other.types()
    for name, expression in call.give.items():
        path = ("nodes", node, "give", name)
        if name in BUILTIN_VARIABLES:
            message, hint = f"variable {name!r} cannot be set", "the called flow has it already"
            yield draft.document.problem(path, message, hint, key=True)
        elif name not in other.variables:
            message = f"flow {call.flow!r} has no variable {name!r}"
            hint = suggest(name, other.variables)
            yield draft.document.problem(path, message, hint, key=True)
        else:
            try:
                complaints = parse(expression).check(types, wanted[name])
            except ExpressionError:
                continue  # said where it is checked as an expression
            for one in complaints:
                offset = one.column - 1
                yield draft.document.problem(path, one.message, one.hint, offset=offset)


def _take(draft: Draft, node: str, call: FlowCall, other: Draft) -> Iterator[Problem]:
    types, theirs = draft.types(), other.types()
    for own, name in call.take.items():
        path = ("nodes", node, "take", own)
        if name not in other.variables:
            message = f"flow {call.flow!r} has no variable {name!r}"
            yield draft.document.problem(path, message, suggest(name, other.variables))
        elif None not in (types.get(own), theirs[name]) and types[own] != theirs[name]:
            message = f"variable {own!r} is a {types[own]}, but {name!r} is a {theirs[name]}"
            yield draft.document.problem(path, message, "give both the same type")


def _results(draft: Draft, node: str, call: FlowCall, given: set[str]) -> Iterator[Problem]:
    path = ("nodes", node, "results")
    if not given:
        message = f"flow {call.flow!r} never comes back"
        yield draft.document.problem(
            ("nodes", node, "flow"), message, "lead it to a `return`, or use `goto`"
        )
        return
    for result in call.results:
        if result not in given:
            message = f"flow {call.flow!r} never comes back with {result!r}"
            yield draft.document.problem((*path, result), message, suggest(result, given), key=True)
    missing = sorted(given - set(call.results))
    if missing:
        message = f"no exit for what {call.flow!r} comes back with: " + ", ".join(missing)
        yield draft.document.problem(path, message, "every result needs one", key=True)


def _is_whole(drafts: Mapping[str, Draft], flow: str) -> bool:
    """Whether all that the flow can come to was readable."""
    return all(
        name in drafts and _is_readable(drafts[name])
        for name in reach(_onward(drafts, with_calls=True), [flow])
    )


def _is_readable(draft: Draft) -> bool:
    return draft.start in draft.nodes and None not in draft.nodes.values()


def check_returns(
    drafts: Mapping[str, Draft], numbers: Mapping[str, str], *, all_read: bool
) -> Iterator[Problem]:
    """`return` where nobody has called: in a flow that a number leads to, or that no node calls."""
    dialled: dict[str, str] = {}
    for number, first in numbers.items():
        for flow in reach(_onward(drafts), [first]):
            dialled.setdefault(flow, number)
    callees = {call for draft in drafts.values() for call in _called(draft)}
    called = reach(_onward(drafts), callees)
    complete = all_read and callees <= drafts.keys() and all(map(_is_readable, drafts.values()))
    for flow, draft in drafts.items():
        for name, node in draft.good_nodes():
            if node.returns() and flow in dialled:
                message = f"nobody to return to: number {dialled[flow]} leads here by itself"
                hint = "let the flow of that number call this one with a `subflow`"
                yield draft.document.problem(("nodes", name), message, hint, key=True)
            elif node.returns() and flow not in called and complete:
                message = f"nobody to return to: no `subflow` calls {flow!r}"
                hint = "call it, or hang up here"
                yield draft.document.problem(("nodes", name), message, hint, key=True)


def _onward(drafts: Mapping[str, Draft], *, with_calls: bool = False) -> Mapping[str, set[str]]:
    """Flow -> the flows it leads to; those of flows nobody could read are unknown."""
    onward: defaultdict[str, set[str]] = defaultdict(set)
    for flow, draft in drafts.items():
        for _, node in draft.good_nodes():
            onward[flow].update(next_flows(node))
        if with_calls:
            onward[flow].update(_called(draft))
    return onward


def _called(draft: Draft) -> Iterator[str]:
    """The flows that this one calls."""
    for _, node in draft.good_nodes():
        call = node.calls()
        if call is not None:
            yield call.flow
