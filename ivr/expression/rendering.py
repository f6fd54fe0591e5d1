"""An expression's tree as text that parses to the same tree."""

from ivr.expression.tree import (
    Call,
    Comparison,
    Constant,
    Junction,
    Membership,
    Minus,
    Name,
    Negation,
    Part,
    Sum,
)
from ivr.expression.values import Value


def render(part: Part) -> str:
    """The part as somebody would write it; parentheses only where they are needed or help."""
    match part:
        case Constant(constant=constant):
            return _constant(constant)
        case Name(name=name):
            return name
        case Negation(operand=operand):
            return f"not {_inner(operand)}"
        case Minus(operand=operand):
            return f"-{_inner(operand)}"
        case Junction(word=word, left=left, right=right):
            return f"{_side(left, word)} {word} {_side(right, word, right=True)}"
        case Sum(sign=sign, left=left, right=right):
            return f"{_inner(left)} {sign} {_inner(right)}"
        case Comparison(sign=sign, left=left, right=right):
            return f"{_inner(left)} {sign} {_inner(right)}"
        case Membership(item=item, choices=choices):
            return f"{_inner(item)} in [{', '.join(render(choice) for choice in choices)}]"
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(render(one) for one in arguments)})"
    raise TypeError(f"{type(part).__name__} is no part of an expression")


def _constant(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if "'" in value else f"'{value}'"
    return str(value)


def _inner(part: Part) -> str:
    text = render(part)
    return text if isinstance(part, Constant | Name | Call) else f"({text})"


def _side(part: Part, word: str, *, right: bool = False) -> str:
    """Joined from left to right: `a and b and c` needs no parentheses on its left."""
    text = render(part)
    alone = not isinstance(part, Junction | Negation) or (
        isinstance(part, Junction) and part.word == word and not right
    )
    return text if alone else f"({text})"
