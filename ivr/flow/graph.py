"""The shape of a flow: nodes nobody reaches, nodes nobody leaves, loops nobody can break."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ivr.document import Problem
from ivr.flow.draft import Draft
from ivr.flow.node import NodeSpec
from ivr.flow.results import Place, call_ways, results_given

Graph = Mapping[Place, Sequence[Place]]


def check_shape(drafts: Mapping[str, Draft]) -> Iterator[Problem]:
    """Everything wrong with the ways through the flows, taken together."""
    for draft in drafts.values():
        yield from _unreachable(draft)
        yield from _dead_ends(draft)
        yield from _leaving_detours(draft)
    yield from _endless_loops(drafts)


def _unreachable(draft: Draft) -> Iterator[Problem]:
    if draft.start not in draft.nodes:
        return
    reached = reach(draft.edges, [draft.start])
    for name in draft.nodes:
        if name not in reached:
            message = f"node {name!r} is never reached"
            hint = "no exit on the way from the start leads to it"
            yield draft.document.problem(("nodes", name), message, hint, key=True)


def _dead_ends(draft: Draft) -> Iterator[Problem]:
    """Nodes without exits, and circles of nodes from which no call ever ends."""
    backwards: dict[str, list[str]] = {name: [] for name in draft.nodes}
    ends = []
    for name, node in draft.nodes.items():
        for target in draft.edges[name]:
            backwards[target].append(name)
        if node is None or not node.exits():
            ends.append(name)  # a wrong node may well end the call; its own problem comes first
        if node is not None and not node.exits() and not node.ends_walk:
            message = f"dead end: no exit of node {name!r} leads anywhere"
            yield draft.document.problem(("nodes", name), message, key=True)
        elif node is not None and set(node.exits().values()) - draft.nodes.keys():
            ends.append(name)  # leads to a node that is missing, which is said elsewhere
    ending = reach(backwards, ends)
    stuck = {name: None for name in draft.nodes if name not in ending}
    for circle in _last_circles(stuck, backwards):
        there = reach(backwards, [circle]) & stuck.keys()
        first = next(name for name in stuck if name in there)
        others = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        message = f"no way leads from node {first!r}{others} to an end of the call"
        hint = "give it an exit towards a hangup"
        yield draft.document.problem(("nodes", first), message, hint, key=True)
        stuck = {name: None for name in stuck if name not in there}


def _last_circles(stuck: Iterable[str], backwards: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """A node of each circle that no node leads out of; `stuck` lead to nothing but such circles.

    Going backwards, the node that is left last leads to none that is in a circle of another kind
    (Kosaraju); without all that leads to its circle, the same is true of the rest.
    """
    left_at: list[str] = []
    seen: set[str] = set()
    for start in stuck:
        ways = [(start, iter(backwards[start]))] if start not in seen else []
        seen.add(start)
        while ways:
            name, before = ways[-1]
            following = next((one for one in before if one not in seen), None)
            if following is None:
                left_at.append(name)
                ways.pop()
            else:
                seen.add(following)
                ways.append((following, iter(backwards[following])))
    covered: set[str] = set()
    for name in reversed(left_at):
        if name not in covered:
            covered |= reach(backwards, [name])
            yield name


def _leaving_detours(draft: Draft) -> Iterator[Problem]:
    """Detours of nodes that wait: what lies on them must not take the caller out of the line."""
    for name, node in draft.good_nodes():
        for exit_name, target in node.detours().items():
            for reached in sorted(detour(draft.edges, name, target)):
                other = draft.nodes[reached]
                if other is not None and (other.leaves_line or _changes_flow(other)):
                    message = f"node {reached!r}, on the way from here, would leave the line"
                    hint = f"lead every way back to {name!r} before"
                    path = ("nodes", name, *exit_name.split(":"))
                    yield draft.document.problem(path, message, hint)


def detour(edges: Mapping[str, Iterable[str]], home: str, target: str) -> set[str]:
    """The nodes on the ways from `target`, as far as `home`, which is not among them."""
    ways = {name: () if name == home else targets for name, targets in edges.items()}
    return reach(ways, [target] if target in ways else []) - {home}


def away_nodes(flow: Mapping[str, NodeSpec]) -> set[str]:
    """The nodes of a flow in which a caller may be while still standing in a line."""
    edges = {name: tuple(node.exits().values()) for name, node in flow.items()}
    return {
        reached
        for name, node in flow.items()
        for target in node.detours().values()
        for reached in detour(edges, name, target)
    }


def _changes_flow(node: NodeSpec) -> bool:
    return any(found.kind == "flow" for found in node.references)


def _endless_loops(drafts: Mapping[str, Draft]) -> Iterator[Problem]:
    graph = _without_input(drafts)
    for loop in find_loops(graph):
        flow, node = loop[0]
        names = [name if at == flow else f"{at}.{name}" for at, name in (*loop, loop[0])]
        message = "loop without any node that waits for the caller: " + " -> ".join(names)
        hint = "lead it through a menu, or out"
        yield drafts[flow].document.problem(("nodes", node), message, hint, key=True)


def _without_input(drafts: Mapping[str, Draft]) -> Graph:
    """The ways through nodes that do not wait for the caller, also from flow to flow."""
    graph: dict[Place, list[Place]] = {}
    silent = results_given(drafts, without_input=True)
    for flow, draft in drafts.items():
        for name, node in draft.good_nodes():
            if node.takes_input:
                continue
            detours = node.detours().values()  # each needs a key
            call = node.calls()
            ways = call_ways(call, silent) if call else draft.edges[name]
            targets = [(flow, target) for target in ways if target not in detours]
            for found in node.references:
                other = drafts.get(found.value) if found.kind == "flow" else None
                if other is not None and other.start is not None:
                    targets.append((found.value, other.start))
            graph[flow, name] = targets
    return {
        place: [target for target in targets if target in graph] for place, targets in graph.items()
    }


def find_loops(graph: Graph) -> Iterator[list[Place]]:
    """The shortest loop of each place that is in one, unless a loop before went through it."""
    seen: set[Place] = set()
    for place in _on_loops_or_between(graph):
        if place in seen:
            continue
        loop = _way_back(graph, place)
        if loop:
            yield loop
        seen.update(loop)


def _on_loops_or_between(graph: Graph) -> list[Place]:
    """Takes away what nothing leads to, again and again: a graph without loops vanishes."""
    incoming = dict.fromkeys(graph, 0)
    for targets in graph.values():
        for target in targets:
            incoming[target] += 1
    free = [place for place, number in incoming.items() if number == 0]
    while free:
        place = free.pop()
        del incoming[place]
        for target in graph[place]:
            incoming[target] -= 1
            if incoming[target] == 0:
                free.append(target)
    return list(incoming)


def _way_back(graph: Graph, start: Place) -> list[Place]:
    """The shortest way from `start` to itself, without the return to it; empty when none."""
    came_from: dict[Place, Place] = {}
    frontier = [start]
    while frontier:
        following = []
        for place in frontier:
            for target in graph[place]:
                if target == start:
                    return _unwind(came_from, start, place)
                if target not in came_from:
                    came_from[target] = place
                    following.append(target)
        frontier = following
    return []


def _unwind(came_from: Mapping[Place, Place], start: Place, last: Place) -> list[Place]:
    way = [last]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def reach(edges: Mapping[str, Iterable[str]], starts: Iterable[str]) -> set[str]:
    """Every node that can be reached from `starts`, these included."""
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += edges[name]
    return reached
