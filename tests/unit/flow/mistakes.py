"""Large flows without a fault, and mistakes sown into them, each with the line it must be told at.

One line of YAML is one thing, so that a mistake is one line changed, and its place is known.
"""

from collections.abc import Callable
from random import Random

SITE = """
numbers: {"600": big}
skills: {sales: Sales, lang_en: English}
teams: {care: Care}
agents:
  ana: {name: Ana, extension: 1001, team: care, skills: {sales: 5}}
queues:
  sales: {title: Sales, skills: sales >= 1}
mailboxes:
  office: {title: Office, agents: [ana]}
calendars:
  office: {timezone: UTC, open: []}
emergency: {say: Please hold., ring: [1001]}
"""

HEAD = """flow: big
start: n0
variables:
  account: {type: digits}
  visits: {type: number}
  known: {type: flag}
nodes:""".splitlines()

Later = Callable[[], str]
"""The name of some node further on, so that every way comes to an end."""


def _say(next_: str, _later: Later) -> list[str]:
    return ["type: say", "prompt: Good morning.", f"next: {next_}"]


def _menu(next_: str, later: Later) -> list[str]:
    choices = ["choices:", f'  "1": {next_}', f'  "2": {later()}']
    waits = ["timeout_s: 5s", "no_input_retries: 2"]
    return ["type: menu", "prompt: Press 1.", *waits, *choices, f"no_input: {later()}",
            f"no_match: {later()}"]  # fmt: skip


def _collect(next_: str, later: Later) -> list[str]:
    return ["type: collect", "prompt: Your number, please.", "into: account", "max: 8",
            f"next: {next_}", f"no_input: {later()}", f"no_match: {later()}"]  # fmt: skip


def _hours(next_: str, later: Later) -> list[str]:
    return ["type: hours", "calendar: office", f"open: {next_}", f"closed: {later()}"]


def _branch(next_: str, later: Later) -> list[str]:
    return ["type: branch", "cases:", "  - when: visits > 3", f"    next: {later()}",
            f"otherwise: {next_}"]  # fmt: skip


def _set(next_: str, _later: Later) -> list[str]:
    return ["type: set", "values:", "  visits: visits + 1", f"next: {next_}"]


def _queue(next_: str, later: Later) -> list[str]:
    return ["type: queue", "queue: sales", "skills: lang_en >= 3", "priority: 2",
            f"next: {next_}", f"otherwise: {later()}"]  # fmt: skip


def _dial(next_: str, later: Later) -> list[str]:
    return ["type: dial", "extension: 1001", "ring_timeout_s: 20s", f"next: {next_}",
            f"no_answer: {later()}"]  # fmt: skip


def _voicemail(next_: str, _later: Later) -> list[str]:
    return ["type: voicemail", "mailbox: office", "prompt: Speak.", f"next: {next_}"]


_MAKERS = (_say, _menu, _collect, _hours, _branch, _set, _queue, _dial, _voicemail)

MISTAKES: dict[str, tuple[str, str, str]] = {
    # what it is: (beginning of a line, what stands there instead, part of the message)
    "unknown key": ("prompt: ", "promt: Hello", "did you mean 'prompt'?"),
    "key twice": ("timeout_s: 5s", "timeout_s: 5s\n    timeout_s: 6s", "is written twice"),
    "node nobody has": ("no_match: ", "no_match: nowhere_at_all", "there is no node"),
    "nothing to say": ("prompt: ", 'prompt: "?!"', "without anything to say"),
    "no such sound": ("prompt: ", "prompt: [{file: jingel}]", "no sound file 'jingel'"),
    "variable misspelt": ("into: ", "into: acount", "did you mean 'account'?"),
    "calendar misspelt": ("calendar: ", "calendar: ofice", "did you mean 'office'?"),
    "mailbox misspelt": ("mailbox: ", "mailbox: offices", "did you mean 'office'?"),
    "queue misspelt": ("queue: ", "queue: sale", "did you mean 'sales'?"),
    "skill not declared": ("skills: ", "skills: lang_fr >= 3", "'lang_fr' is not declared"),
    "extension nobody has": ("extension: ", "extension: 1002", "there is no extension '1002'"),
    "out of range": ("priority: ", "priority: 101", "at most 100"),
    "no number": ("no_input_retries: ", "no_input_retries: two", "is not a whole number"),
    "no duration": ("ring_timeout_s: ", "ring_timeout_s: 20 sec", "is not a duration"),
    "bad name": ("mailbox: ", "mailbox: The office", "is not a name"),
    "text for a condition": ("  - when: ", "  - when: account", "a flag is needed"),
    "unreadable condition": ("  - when: ", "  - when: visits >", "the expression ends"),
    "condition always true": ("  - when: ", '  - when: "true"', "always true"),
    "condition never true": ("  - when: ", "  - when: 1 > 2", "never true"),
    "wrong type of value": ("  visits: ", "  visits: account", "a number is needed"),
    "key that is none": ('  "2": ', '  "A": n0', "1 to 8 keys"),
    "unknown type": ("type: say", "type: sya", "unknown node type"),
}


class BigFlow:
    """A flow of `size` nodes, all reached, all ending, without a fault until mistakes are sown."""

    def __init__(self, random: Random, size: int) -> None:
        self.random = random
        self.nodes: list[list[str]] = []
        for number in range(size - 1):
            make = random.choice(_MAKERS)
            name = f"n{number + 1}"

            def later(number: int = number) -> str:
                return f"n{random.randrange(number + 1, size)}"

            self.nodes.append(make(name, later))
        self.nodes.append(["type: hangup"])

    @property
    def text(self) -> str:
        return "\n".join(line for line, _ in self._lines()) + "\n"

    def sow(self, count: int) -> dict[int, str]:
        """Makes mistakes in as many nodes, one in each; line -> part of what must be said there."""
        left = list(range(len(self.nodes) - 1))
        self.random.shuffle(left)
        sown: dict[tuple[int, int], tuple[int, str]] = {}
        kinds = list(MISTAKES)
        self.random.shuffle(kinds)
        while len(sown) < count:
            kind = kinds[len(sown) % len(kinds)]
            beginning, instead, message = MISTAKES[kind]
            node = next(one for one in left if self._place(one, beginning) is not None)
            left.remove(node)
            place = self._place(node, beginning)
            assert place is not None
            self.nodes[node][place] = instead
            sown[node, place] = (instead.count("\n"), message)
        return self._told_at(sown)

    def _place(self, node: int, beginning: str) -> int | None:
        return next(
            (at for at, line in enumerate(self.nodes[node]) if line.startswith(beginning)), None
        )

    def _told_at(self, sown: dict[tuple[int, int], tuple[int, str]]) -> dict[int, str]:
        told, number = {}, 0
        for line, place in self._lines():
            number += 1
            if place in sown:
                below, message = sown[place]
                told[number + below] = message
            number += line.count("\n")
        return told

    def _lines(self) -> list[tuple[str, tuple[int, int]]]:
        lines = [(line, (-1, -1)) for line in HEAD]
        for number, node in enumerate(self.nodes):
            lines.append((f"  n{number}:", (-1, -1)))
            lines += [(f"    {line}", (number, at)) for at, line in enumerate(node)]
        return lines
