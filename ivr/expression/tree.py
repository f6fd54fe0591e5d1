"""What an expression is made of: each part knows its type and its value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from operator import ge, gt, le, lt
from typing import Protocol

from ivr.expression.functions import FUNCTIONS
from ivr.expression.values import (
    FRACTION_DIGITS_MAX,
    Complaint,
    Type,
    Value,
    as_flag,
    as_number,
    as_text,
    type_of,
)

Values = Mapping[str, Value]
Types = Mapping[str, Type | None]
"""Declared names; None for one whose own declaration is wrong: it fits everywhere."""


class Part(Protocol):
    """One node of the tree."""

    @property
    def column(self) -> int: ...

    def parts(self) -> tuple["Part", ...]:
        """The parts right below."""

    def value(self, values: Values) -> Value | None:
        """Its value; None for a name that has none. Never raises."""

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        """Its type, None when unknown; what is wrong is appended to `complaints`."""


@dataclass(frozen=True)
class Expression:
    """A whole expression. Two are equal when their texts are."""

    text: str
    root: Part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def names(self) -> frozenset[str]:
        """The variables (or skills) it asks for."""
        return frozenset(part.name for part in _all_parts(self.root) if isinstance(part, Name))

    @cached_property
    def size(self) -> int:
        """Of how many parts it is made."""
        return sum(1 for _ in _all_parts(self.root))

    def evaluate(self, values: Values) -> Value:
        """Its value. Never raises: a name without a value counts as 0, empty or false."""
        value = self.root.value(values)
        return False if value is None else value

    def holds(self, values: Values) -> bool:
        """Whether it is true."""
        return as_flag(self.root.value(values))

    def check(self, types: Types, wanted: Type | None = None) -> tuple[Complaint, ...]:
        """Everything that is wrong: unknown names, types that do not go together.

        `wanted` is the type it must have as a whole.
        """
        complaints: list[Complaint] = []
        _want(self.root, wanted, types, complaints)
        return tuple(sorted(set(complaints)))


@dataclass(frozen=True)
class Constant:
    column: int
    constant: Value

    def parts(self) -> tuple[Part, ...]:
        return ()

    def value(self, _values: Values) -> Value | None:
        return self.constant

    def check(self, _types: Types, _complaints: list[Complaint]) -> Type | None:
        return type_of(self.constant)


@dataclass(frozen=True)
class Name:
    column: int
    name: str

    def parts(self) -> tuple[Part, ...]:
        return ()

    def value(self, values: Values) -> Value | None:
        return values.get(self.name)

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        if self.name not in types:
            close = get_close_matches(self.name[:100], sorted(types), n=1)
            hint = f"did you mean {close[0]!r}?" if close else ""
            if not close and "text" in types.values():
                hint = f"a text needs quotes of its own: '{self.name}'"
            complaints.append(Complaint(self.column, f"{self.name!r} is not declared", hint))
        return types.get(self.name)


@dataclass(frozen=True)
class Negation:
    """`not x`."""

    column: int
    operand: Part

    def parts(self) -> tuple[Part, ...]:
        return (self.operand,)

    def value(self, values: Values) -> Value | None:
        return not as_flag(self.operand.value(values))

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        _want(self.operand, "flag", types, complaints)
        return "flag"


@dataclass(frozen=True)
class Minus:
    """`-x`."""

    column: int
    operand: Part

    def parts(self) -> tuple[Part, ...]:
        return (self.operand,)

    def value(self, values: Values) -> Value | None:
        return -as_number(self.operand.value(values))

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        _want(self.operand, "number", types, complaints)
        return "number"


@dataclass(frozen=True)
class Junction:
    """`x and y`, `x or y`."""

    column: int
    word: str
    left: Part
    right: Part

    def parts(self) -> tuple[Part, ...]:
        return (self.left, self.right)

    def value(self, values: Values) -> Value | None:
        left = as_flag(self.left.value(values))
        if left == (self.word == "or"):
            return left
        return as_flag(self.right.value(values))

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        _want(self.left, "flag", types, complaints)
        _want(self.right, "flag", types, complaints)
        return "flag"


@dataclass(frozen=True)
class Sum:
    """`x + y`, `x - y`; + also joins texts."""

    column: int
    sign: str
    left: Part
    right: Part

    def parts(self) -> tuple[Part, ...]:
        return (self.left, self.right)

    def value(self, values: Values) -> Value | None:
        left, right = self.left.value(values), self.right.value(values)
        if self.sign == "+" and (isinstance(left, str) or isinstance(right, str)):
            return as_text(as_text(left) + as_text(right))
        other = as_number(right)
        total = as_number(left) + (other if self.sign == "+" else -other)
        return as_number(round(total, FRACTION_DIGITS_MAX))

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        left = self.left.check(types, complaints)
        right = self.right.check(types, complaints)
        if self.sign == "+" and "text" in (left, right) and {left, right} <= {"text", None}:
            return "text"
        if {left, right} == {"text", "number"}:
            hint = "text(n) makes a number a text, number(t) a text a number"
            complaints.append(Complaint(self.column, "a text and a number do not add up", hint))
            return None
        for part, kind in ((self.left, left), (self.right, right)):
            _expect(part, "number", kind, complaints)
        return "number"


@dataclass(frozen=True)
class Comparison:
    """`== != < <= > >=`; order is for numbers only."""

    column: int
    sign: str
    left: Part
    right: Part

    def parts(self) -> tuple[Part, ...]:
        return (self.left, self.right)

    def value(self, values: Values) -> Value | None:
        left, right = self.left.value(values), self.right.value(values)
        if self.sign in _ORDER:
            return _ORDER[self.sign](as_number(left), as_number(right))
        return same(left, right) == (self.sign == "==")

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        left = self.left.check(types, complaints)
        right = self.right.check(types, complaints)
        if self.sign in _ORDER:
            for part, kind in ((self.left, left), (self.right, right)):
                _expect(part, "number", kind, complaints)
        elif left is not None and right is not None and left != right:
            hint = "quote texts: '1'" if {left, right} == {"number", "text"} else ""
            message = f"a {left} and a {right} are never equal"
            complaints.append(Complaint(self.column, message, hint))
        return "flag"


@dataclass(frozen=True)
class Membership:
    """`x in [a, b, c]`."""

    column: int
    item: Part
    choices: tuple[Part, ...]

    def parts(self) -> tuple[Part, ...]:
        return (self.item, *self.choices)

    def value(self, values: Values) -> Value | None:
        item = self.item.value(values)
        return any(same(item, choice.value(values)) for choice in self.choices)

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        kind = self.item.check(types, complaints)
        for choice in self.choices:
            _want(choice, kind, types, complaints)
        return "flag"


@dataclass(frozen=True)
class Call:
    """`function(a, b)`; the parser has seen to it that the function exists."""

    column: int
    name: str
    arguments: tuple[Part, ...]

    def parts(self) -> tuple[Part, ...]:
        return self.arguments

    def value(self, values: Values) -> Value | None:
        return FUNCTIONS[self.name].call([one.value(values) for one in self.arguments])

    def check(self, types: Types, complaints: list[Complaint]) -> Type | None:
        function = FUNCTIONS[self.name]
        for argument, wanted in zip(self.arguments, function.takes, strict=True):
            _want(argument, wanted, types, complaints)
        return function.gives


_ORDER: Mapping[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def same(left: Value | None, right: Value | None) -> bool:
    """Equality within one type; a missing value equals 0, empty and false."""
    if left is None and right is None:
        return True
    if left is None or right is None:
        return not (right if left is None else left)
    return type_of(left) == type_of(right) and left == right


def _all_parts(root: Part) -> Iterator[Part]:
    yield root
    for part in root.parts():
        yield from _all_parts(part)


def _want(part: Part, wanted: Type | None, types: Types, complaints: list[Complaint]) -> None:
    kind = part.check(types, complaints)
    if wanted is not None:
        _expect(part, wanted, kind, complaints)


def _expect(part: Part, wanted: Type, kind: Type | None, complaints: list[Complaint]) -> None:
    if kind is None or kind == wanted:
        return
    hint = ""
    if wanted == "flag":
        hint = "compare it: x >= 1" if kind == "number" else "compare it: x == 'yes'"
    complaints.append(Complaint(part.column, f"a {wanted} is needed here, not a {kind}", hint))
