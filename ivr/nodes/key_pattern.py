"""Patterns for typed keys, matched in linear time: no pattern can hold up other calls.

A small part of regular expressions: keys, `\\d`, `.`, `[0-5]`, `[^0]`, groups, `|`, `*`, `+`,
`?`, `{2}`, `{2,}`, `{2,4}`. They become positions, each with the set of those that may follow
(Glushkov's automaton); sets are the bits of an integer. There is no backtracking.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from ivr.model.errors import UserError

DIGITS = "0123456789"
POSITIONS_MAX = 300
"""Keys a pattern may hold with its repetitions written out: 50 keys typed are then looked at in
well under a millisecond each."""
REPEAT_MAX = 50
DEPTH_MAX = 20
STEPS_MAX = 20_000
"""Parts put together, also empty ones, which groups repeated within groups multiply."""

Part = Callable[["_Automaton"], tuple[bool, int, int]]
"""Adds itself to the automaton: whether it may be empty, its first and its last positions."""


class PatternError(UserError):
    """The text is no pattern."""


class KeyPattern:
    """A pattern that the whole input must match; PatternError when it is none."""

    def __init__(self, text: str) -> None:
        self._automaton = automaton = _Automaton()
        self._empty, self._first, self._last = _Reader(text).whole()(automaton)

    def matches(self, keys: str) -> bool:
        if not keys:
            return self._empty
        steps, reached, expected = self._automaton, 0, self._first
        for key in keys:
            reached = expected & steps.taking.get(key, 0)
            expected = 0
            for position in _bits(reached):
                expected |= steps.follow[position]
        return bool(reached & self._last)

    def may_have(self, least: int, most: int) -> bool:
        """Whether any input of at least and at most so many keys matches; `least` is not 0."""
        steps, reached = self._automaton, self._first
        takers = 0
        for positions in steps.taking.values():
            takers |= positions
        for length in range(1, most + 1):
            reached &= takers
            if length >= least and reached & self._last:
                return True
            following = 0
            for position in _bits(reached):
                following |= steps.follow[position]
            reached = following
        return False


@lru_cache(maxsize=256)
def key_pattern(text: str) -> KeyPattern:
    """The pattern, made once."""
    return KeyPattern(text)


class _Automaton:
    def __init__(self) -> None:
        self.follow: list[int] = []
        self.taking: dict[str, int] = {}
        """Key -> positions that take it."""
        self._steps = 0

    def step(self) -> None:
        self._steps += 1
        if self._steps > STEPS_MAX:
            raise PatternError("the pattern is too large: too many repeated groups")

    def add(self, keys: str) -> int:
        if len(self.follow) == POSITIONS_MAX:
            raise PatternError(f"the pattern is too large: more than {POSITIONS_MAX} keys")
        bit = 1 << len(self.follow)
        self.follow.append(0)
        for key in keys:
            self.taking[key] = self.taking.get(key, 0) | bit
        return bit

    def lead(self, last: int, first: int) -> None:
        """After any of `last` may come any of `first`."""
        for position in _bits(last):
            self.follow[position] |= first


def _bits(positions: int) -> Iterator[int]:
    while positions:
        lowest = positions & -positions
        yield lowest.bit_length() - 1
        positions ^= lowest


def _one_of(keys: str) -> Part:
    def build(steps: _Automaton) -> tuple[bool, int, int]:
        bit = steps.add(keys)
        return False, bit, bit

    return build


def _row(parts: list[Part]) -> Part:
    def build(steps: _Automaton) -> tuple[bool, int, int]:
        empty, first, last = True, 0, 0
        steps.step()
        for part in parts:
            part_empty, part_first, part_last = part(steps)
            steps.lead(last, part_first)
            first |= part_first if empty else 0
            last = part_last | (last if part_empty else 0)
            empty = empty and part_empty
        return empty, first, last

    return build


def _any_of(parts: list[Part]) -> Part:
    def build(steps: _Automaton) -> tuple[bool, int, int]:
        built = [part(steps) for part in parts]
        first = last = 0
        for _, part_first, part_last in built:
            first, last = first | part_first, last | part_last
        return any(empty for empty, _, _ in built), first, last

    return build


def _loop(part: Part) -> Part:
    def build(steps: _Automaton) -> tuple[bool, int, int]:
        _, first, last = part(steps)
        steps.lead(last, first)
        return True, first, last

    return build


def _optional(part: Part) -> Part:
    return _any_of([part, _row([])])


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Part:
        part = self._choice()
        if self._at < len(self._text):
            raise self._error("a ) without its (")
        return part

    def _choice(self) -> Part:
        rows = [self._sequence()]
        while self._take("|"):
            rows.append(self._sequence())
        return rows[0] if len(rows) == 1 else _any_of(rows)

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._repeated(self._atom()))
        return _row(parts)

    def _atom(self) -> Part:
        if self._take("("):
            return self._group()
        if self._take("["):
            return _one_of(self._class())
        if self._take("."):
            return _one_of(DIGITS)
        if self._take("\\d"):
            return _one_of(DIGITS)
        if (key := self._text[self._at]) in DIGITS:
            self._at += 1
            return _one_of(key)
        hint = "; the whole input must match anyway" if key in "^$" else ""
        raise self._error(f"{key!r} means nothing here{hint}")

    def _group(self) -> Part:
        self._take("?:")
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise self._error(f"more than {DEPTH_MAX} groups within each other")
        part = self._choice()
        self._depth -= 1
        if not self._take(")"):
            raise self._error("a ) is missing")
        return part

    def _class(self) -> str:
        negated, keys = self._take("^"), ""
        while not self._take("]"):
            first = self._digit()
            last = self._digit() if self._take("-") else first
            if last < first:
                raise self._error(f"{first}-{last} runs backwards")
            keys += DIGITS[int(first) : int(last) + 1]
        return "".join(key for key in DIGITS if (key in keys) != negated)

    def _digit(self) -> str:
        digit = self._text[self._at : self._at + 1]
        if not digit or digit not in DIGITS:
            raise self._error("between [ and ] stand digits and ranges such as 0-5")
        self._at += 1
        return digit

    def _repeated(self, part: Part) -> Part:
        if self._take("*"):
            return _loop(part)
        if self._take("+"):
            return _row([part, _loop(part)])
        if self._take("?"):
            return _optional(part)
        if self._take("{"):
            return self._counted(part)
        return part

    def _counted(self, part: Part) -> Part:
        least = self._number()
        if not self._take(","):
            most: int | None = least
        else:
            most = None if self._text[self._at : self._at + 1] == "}" else self._number()
        if not self._take("}"):
            raise self._error("a } is missing")
        if most is None:
            return _row([*[part] * least, _loop(part)])
        if most < least:
            raise self._error(f"{{{least},{most}}} runs backwards")
        return _row([*[part] * least, *[_optional(part)] * (most - least)])

    def _number(self) -> int:
        begin = self._at
        while self._at < len(self._text) and self._text[self._at] in DIGITS:
            self._at += 1
        digits = self._text[begin : self._at]
        if not digits or len(digits) > 3 or int(digits) > REPEAT_MAX:
            raise self._error(f"between {{ and }} stand numbers up to {REPEAT_MAX}")
        return int(digits)

    def _take(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _error(self, what: str) -> PatternError:
        return PatternError(
            f"not a pattern, at character {self._at + 1}: {what}; "
            r"use digits, \d, ., [0-5], ( ), |, *, +, ?, {2,4}"
        )
