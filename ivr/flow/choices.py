"""Conditions tried in order: one that is always true, never true, or met only by whoever meets one
before it hides a way. Told only where it is certain, whatever the variables hold."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import partial

from ivr.document import Document, Problem
from ivr.document.document import Path
from ivr.expression import Expression, ExpressionError, parse
from ivr.expression.outcomes import outcomes
from ivr.expression.tree import Types
from ivr.flow.draft import Draft

COST_MAX, COST_OF_ALL_MAX = 20_000, 2_000_000
"""What finding out about one node, and about all of a flow, may cost (see `outcomes`): a moment."""

Told = tuple[str, str]
"""What is wrong, and what to do."""

Outcomes = Callable[[Sequence[Expression]], Set[tuple[bool, ...]] | None]


def check_choices(draft: Draft) -> Iterator[Problem]:
    """Ways that no caller can ever take, and flags that can only be set to one value."""
    types = draft.types()
    digits = {name for name, one in draft.variables.items() if one and one.type == "digits"}
    cost_max = min(COST_MAX, COST_OF_ALL_MAX // max(1, len(draft.nodes)))
    possible = partial(outcomes, types=types, digits=digits, cost_max=cost_max)
    ways: dict[str, list[_Way]] = {}
    for name, found, document in draft.found():
        sets_flag = found.kind == "assignment" and types.get(str(found.path[-1])) == "flag"
        if not sets_flag and found.kind != "condition":
            continue
        path = document.written(("nodes", name, *found.path))
        condition = _sound(found.value, types)
        if condition is None:
            continue  # said where it is checked as an expression
        if not sets_flag:
            ways.setdefault(name, []).append(_Way(condition, path, document))
        elif told := _fixed(condition, possible([condition])):
            yield document.problem(path, *told)
    for one in ways.values():
        yield from _hidden(one, possible)


@dataclass(frozen=True)
class _Way:
    """One condition of a node, and where it stands."""

    condition: Expression
    path: Path
    document: Document

    @property
    def text(self) -> str:
        return str(self.condition).strip()


def _hidden(ways: Sequence[_Way], possible: Outcomes) -> Iterator[Problem]:
    """Those of a node's ways that nobody takes; they are tried in this order."""
    together = possible([one.condition for one in ways])
    before: list[int] = []
    """The ways that somebody takes."""
    for at, way in enumerate(ways):
        alone = possible([way.condition])
        same = next((one for one in before if ways[one].text == way.text), None)
        told: Told | None = None
        if alone == {(True,)}:
            told = "always true: no way after this one is ever taken", "write it as the last way"
        elif alone == {(False,)}:
            told = "never true: this way is never taken", "leave it out, or ask for a variable"
        elif same is not None:
            told = "the same condition stands above: this way is never taken", "leave one out"
        elif together is not None and not any(
            row[at] and not any(row[one] for one in before) for row in together
        ):
            told = _taken_above(ways, before, [row for row in together if row[at]])
        if told is None:
            before.append(at)
        else:
            yield way.document.problem(way.path, *told)


def _taken_above(
    ways: Sequence[_Way], before: Sequence[int], rows: Sequence[tuple[bool, ...]]
) -> Told:
    """What to say of a way whose condition holds in these outcomes only."""
    for one in before:
        if all(row[one] for row in rows):
            line = ways[one].document.mark(ways[one].path).line
            message = f"never taken: whoever meets this meets the condition in line {line}"
            return message, "write this one above it"
    return "never taken: the conditions above leave nobody for it", "leave one out"


def _fixed(condition: Expression, possible: Set[tuple[bool, ...]] | None) -> Told | None:
    """Of a flag that is computed from variables, and always comes to the same."""
    if not condition.names or possible not in ({(True,)}, {(False,)}):
        return None
    value = "true" if possible == {(True,)} else "false"
    return f"always {value}, whatever the variables hold", f"write {value}, or mend the condition"


def _sound(text: str, types: Types) -> Expression | None:
    try:
        condition = parse(text)
    except ExpressionError:
        return None
    is_known = all(types.get(name) is not None for name in condition.names)
    return condition if is_known and not condition.check(types, "flag") else None
