"""Tokens to a tree, by binding power (Pratt)."""

from functools import lru_cache

from ivr.expression.functions import FUNCTIONS
from ivr.expression.tokens import Token, tokenize
from ivr.expression.tree import (
    Call,
    Comparison,
    Constant,
    Expression,
    Junction,
    Membership,
    Minus,
    Name,
    Negation,
    Part,
    Sum,
)
from ivr.expression.values import Complaint, ExpressionError

KEPT_MAX = 4096
"""Expressions kept parsed; a site has far fewer."""

DEPTH_MAX = 30
PARTS_MAX = 200

_POWER = {
    "or": 1,
    "and": 2,
    "==": 4,
    "!=": 4,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "in": 4,
    "not": 4,
    "+": 5,
    "-": 5,
}
"""How strongly an infix operator binds; `not` stands for `not in`."""

_NOT_POWER = 3
_MINUS_POWER = 6


@lru_cache(maxsize=KEPT_MAX)
def parse(text: str) -> Expression:
    """Reads an expression. Raises ExpressionError at the first thing that is none."""
    return Expression(text, _Parser(text).whole())


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokenize(text))
        self.position = 0
        self.depth = 0
        if len(self.tokens) > PARTS_MAX:
            self.fail(self.tokens[PARTS_MAX], f"an expression has at most {PARTS_MAX} parts")

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.next
        self.position += token.kind != "end"
        return token

    def fail(self, token: Token, message: str, hint: str = "") -> None:
        raise ExpressionError(self.text, Complaint(token.column, message, hint))

    def sign(self, sign: str, message: str) -> None:
        token = self.take()
        if token.kind != "sign" or token.text != sign:
            self.fail(token, message)

    def whole(self) -> Part:
        part = self.part(0)
        if self.next.kind != "end":
            self.fail(self.next, f"{self.next.text!r} is not expected here", self._between_hint())
        return part

    def _between_hint(self) -> str:
        if self.next.kind == "sign" and self.next.text in ")]":
            return "it was never opened"
        return "join two conditions with and, or"

    def part(self, power: int) -> Part:
        """One operand and every operator after it that binds more strongly than `power`."""
        self.depth += 1
        if self.depth > DEPTH_MAX:
            self.fail(self.next, f"nested deeper than {DEPTH_MAX} levels")
        left = self.prefix()
        while (binding := self.binding()) > power:
            left = self.infix(left, binding)
        self.depth -= 1
        return left

    def binding(self) -> int:
        token = self.next
        return _POWER.get(token.text, 0) if token.kind in ("sign", "word") else 0

    def prefix(self) -> Part:
        token = self.take()
        if token.kind == "number":
            number = float(token.text) if "." in token.text else int(token.text)
            return Constant(token.column, number)
        if token.kind == "text":
            return Constant(token.column, token.text)
        if token.kind == "name":
            return self.call(token) if self.next.text == "(" else Name(token.column, token.text)
        if token.kind == "word" and token.text in ("true", "false"):
            return Constant(token.column, token.text == "true")
        if token.kind == "word" and token.text == "not":
            return Negation(token.column, self.part(_NOT_POWER))
        if token.kind == "sign" and token.text == "-":
            return Minus(token.column, self.part(_MINUS_POWER))
        if token.kind == "sign" and token.text == "(":
            inner = self.part(0)
            self.sign(")", "a closing parenthesis is missing here")
            return inner
        what = "the expression ends" if token.kind == "end" else f"{token.text!r} stands"
        raise ExpressionError(
            self.text, Complaint(token.column, f"{what} where a value is expected")
        )

    def infix(self, left: Part, binding: int) -> Part:
        token = self.take()
        if token.text in ("and", "or"):
            return Junction(token.column, token.text, left, self.part(binding))
        if token.text in ("+", "-"):
            return Sum(token.column, token.text, left, self.part(binding))
        if token.text == "in":
            whole: Part = Membership(token.column, left, self.choices())
        elif token.text == "not":
            if self.take().text != "in":
                self.fail(token, "'not' stands where an operator is expected", "write not in, !=")
            whole = Negation(token.column, Membership(token.column, left, self.choices()))
        else:
            whole = Comparison(token.column, token.text, left, self.part(binding))
        if self.binding() == binding:
            self.fail(self.next, "comparisons are not chained", "join them with and")
        return whole

    def choices(self) -> tuple[Part, ...]:
        self.sign("[", "a list is expected after 'in', such as ['1', '2']")
        return self.arguments("]")

    def call(self, name: Token) -> Part:
        if name.text not in FUNCTIONS:
            self.fail(name, f"unknown function {name.text!r}", "known: " + ", ".join(FUNCTIONS))
        self.take()
        arguments = self.arguments(")")
        wanted = len(FUNCTIONS[name.text].takes)
        if len(arguments) != wanted:
            self.fail(name, f"{name.text} takes {wanted} values, not {len(arguments)}")
        return Call(name.column, name.text, arguments)

    def arguments(self, closing: str) -> tuple[Part, ...]:
        """Values up to the closing sign, which is taken too."""
        found: list[Part] = []
        while not (self.next.kind == "sign" and self.next.text == closing):
            if found:
                self.sign(",", f"a comma or {closing!r} is missing here")
            found.append(self.part(0))
        self.take()
        return tuple(found)
