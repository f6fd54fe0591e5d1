"""Where a caller's secrets may be: on which ways a variable holds sensitive input, or a sensitive
answer of another system, and which nodes would give it away.

What is typed into a sensitive node stays secret until the variable is set anew; so does whatever is
computed from it. A question that a secret answers by yes or no is none.
"""

from collections.abc import Collection, Iterator, Mapping, Set

from ivr.document import Problem
from ivr.expression import ExpressionError, parse
from ivr.flow.draft import Draft
from ivr.flow.node import NodeSpec, Secrecy
from ivr.flow.references import Found
from ivr.flow.results import Place, next_flows, return_places
from ivr.flow.templates import holes
from ivr.spoken.values import KINDS

Secret = tuple[str, Secrecy]
"""A variable, and where its secret comes from."""

_READ = ("variable", "number_variable", "text_variable")


def check_secrecy(drafts: Mapping[str, Draft]) -> Iterator[Problem]:
    """Typed secrets that are spoken where they can be recorded and overheard, secrets of either
    kind in the address of a request, and variables that are secret in one node only."""
    for draft in drafts.values():
        yield from _half_secret(draft)
    for (flow, name), secrets in secrets_held(drafts).items():
        draft = drafts[flow]
        node = draft.nodes[name]
        if node is None or not secrets:
            continue
        references = node.references
        anew = {one.value for one in references if one.kind == "filled"}
        older = {one for one in secrets if one[0] not in anew}  # what it reads back was just typed
        for found in references:
            told = _complaint(node, found, older if found.kind in _READ else secrets)
            if told is not None:
                path = draft.document.written(("nodes", name, *found.path))
                yield draft.document.problem(path, *told)


def _half_secret(draft: Draft) -> Iterator[Problem]:
    """Variables that one node takes as a secret and another in the open: it is the same thing that
    is asked for, most likely. No server can make up for that: what is typed has to be masked, and
    kept out of recordings, before anybody knows where it goes."""
    types = draft.types()
    taken = {
        variable: name
        for name, node in draft.readable_nodes().items()
        for variable in node.secrets_taken()
    }
    for name, node in draft.good_nodes():
        for found in node.references:
            is_taken = found.kind == "filled" or found.path[0] == "extract"
            secret_in = taken.get(found.value) if is_taken else None
            if secret_in and found.value not in node.secrets_taken():
                if types.get(found.value) == "flag":
                    continue
                message = f"{found.value!r} is sensitive in node {secret_in!r}, and not here"
                hint = "write `sensitive: true` here, too, or use a variable of its own"
                path = draft.document.written(("nodes", name, *found.path))
                yield draft.document.problem(path, message, hint, key=found.is_key)


def secrets_held(drafts: Mapping[str, Draft]) -> Mapping[Place, Set[Secret]]:
    """The secrets there may be when a caller comes to each node."""
    held: dict[Place, set[Secret]] = {
        (flow, name): set() for flow, draft in drafts.items() for name in draft.nodes
    }
    nodes = {
        (flow, name): node
        for flow in drafts
        for name, node in drafts[flow].readable_nodes().items()
    }
    growing = any(node.secrets_taken() for node in nodes.values())
    returns = return_places(drafts) if growing else {}
    passing = {place for place, node in nodes.items() if node.secrets_taken() or node.calls()}
    while growing:
        growing = False
        for place in [place for place in held if held[place] or place in passing]:
            for target, secrets in _onward(drafts, place, nodes.get(place), held, returns):
                if target in held and not secrets <= held[target]:
                    held[target] |= secrets
                    growing = True
    return held


def _onward(
    drafts: Mapping[str, Draft],
    place: Place,
    node: NodeSpec | None,
    held: Mapping[Place, Set[Secret]],
    returns: Mapping[str, Set[Place]],
) -> Iterator[tuple[Place, Set[Secret]]]:
    """Where callers go from a node, and with which secrets."""
    flow, name = place
    draft, before = drafts[flow], held[place]
    after = before if node is None else _after(draft, node, before)
    call = None if node is None else node.calls()
    if call is not None and call.flow in drafts:
        other = drafts[call.flow]
        given = {(to, kind) for to, text in call.give.items() for kind in _kinds(text, before)}
        yield (call.flow, other.start or ""), _but_flags(other, given)
        theirs = {one for at in returns[call.flow] for one in held[at]}
        taken = {
            (own, kind) for own, to in call.take.items() for secret, kind in theirs if secret == to
        }
        after = after | _but_flags(draft, taken)
    for following in next_flows(node) if node is not None else ():
        if following in drafts:
            yield (following, drafts[following].start or ""), after
    yield from (((flow, target), after) for target in draft.edges[name])


def _after(draft: Draft, node: NodeSpec, before: Set[Secret]) -> Set[Secret]:
    """The secrets there are when a caller leaves the node."""
    references = node.references
    filled = {one.value for one in references if one.kind == "filled" or _is_set(one)}
    computed = {
        (str(one.path[-1]), kind)
        for one in references
        if one.kind == "assignment"
        for kind in _kinds(one.value, before)
    }
    fresh = {*node.secrets_taken().items(), *computed}
    return {one for one in before if one[0] not in filled} | _but_flags(draft, fresh)


def _is_set(found: Found) -> bool:
    """Variables that stand before a colon are set to what comes after it."""
    return found.kind == "variable" and found.is_key


def _kinds(expression: str, secrets: Set[Secret]) -> Set[Secrecy]:
    """What an expression would give away."""
    try:
        names = parse(expression).names
    except ExpressionError:
        return set()  # said where it is checked as an expression
    return {kind for name, kind in secrets if name in names}


def _but_flags(draft: Draft, secrets: Set[Secret]) -> Set[Secret]:
    types = draft.types()
    return {one for one in secrets if types.get(one[0]) != "flag"}


def _complaint(node: NodeSpec, found: Found, secrets: Set[Secret]) -> tuple[str, str] | None:
    if found.kind in _READ and found.path[-1] in KINDS and not found.is_key:
        if node.is_sensitive or (found.value, "typed") not in secrets:
            return None
        message = f"{found.value!r} is sensitive input, and would be recorded and overheard here"
        return message, "say it in a sensitive node only, as `confirm` of its collect"
    names = sorted({name for name, _ in secrets})
    if found.kind == "template":
        told = [name for _, name in holes(found.value) if name in names]
    elif found.kind == "formula" and found.path[0] == "query":
        told = _named(found.value, names)
    elif found.kind == "number_formula":
        if not (told := _named(found.value, names)):
            return None
        message = f"{told[0]!r} is sensitive, and this number ends up in the journal"
        return message, "ask yes or no of it in a branch"
    else:
        return None
    if not told:
        return None
    return (
        f"{told[0]!r} is sensitive, and addresses end up in logs",
        "send it in the body of a POST",
    )


def _named(expression: str, names: Collection[str]) -> list[str]:
    """Those of the names that the expression reads."""
    return [name for name in names if _kinds(expression, {(name, "typed")})]
