"""Large flows without a fault, and mistakes sown into them, each with the line it must be told at.

One line of YAML is one thing, so that a mistake is one line changed, and its place is known.
"""

from collections.abc import Callable
from itertools import cycle, islice
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
http: {crm: {url: "https://crm.example"}}
languages:
  en: {title: English, voice: en-us}
  de: {title: Deutsch, voice: de}
emergency: {say: Please hold., ring: [1001]}
"""

HEAD = """flow: big
start: n0
variables:
  account: {type: digits}
  visits: {type: number}
  known: {type: flag}
  pin: {type: digits}
nodes:""".splitlines()

Later = Callable[[], str]
"""The name of some node further on, so that every way comes to an end."""


def _say(next_: str, _later: Later) -> list[str]:
    return ["type: say", "prompt: [Good morning?, Really?]", f"next: {next_}"]


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

Beginning = str | tuple[str, ...]
TO_THE_SIDE = ("no_match: ", "no_answer: ")
"""The last lines of nodes that lead on by another way, too: new nodes may be put in here."""


def _to(*node: str) -> str:
    """Another node in place of the one a line leads to; `#` is its number, `END` the last node."""
    return "\n".join(["{way}side_#", "  side_#:", *(f"    {line}" for line in node)])


def _leaks(node: str) -> str:
    """A way to where a PIN is typed, and from there to a node that gives it away."""
    collect = "type: collect", "sensitive: true", "prompt: Your PIN.", "into: pin", "max: 4"
    exits = "no_input: END", "no_match: END", "next: leak_#"
    return "\n".join([_to(*collect, *exits), "  leak_#:", f"    {node}"])


_ASKS_ITSELF = ("choices: {'1': side_#}", "no_input: side_#", "no_match: side_#")
_LANGUAGE = _to("type: language", "language: de", "next: says_#")

MISTAKES: dict[str, tuple[Beginning, str, str]] = {
    # what it is: (beginning of a line, what stands there instead, part of the message); the
    # message is told at the last line of what stands there, or at the one with `<<<` behind it
    "unknown key": ("prompt: ", "promt: Hello", "did you mean 'prompt'?"),
    "key twice": ("timeout_s: 5s", "timeout_s: 5s\n    timeout_s: 6s", "is written twice"),
    "choice twice": ('  "2": ', '  "2": END\n      "2": END', "'2' is written twice"),
    "node nobody has": ("no_match: ", "no_match: nowhere_at_all", "there is no node"),
    "node never reached": (TO_THE_SIDE, "{line}\n  side_#: {type: hangup}", "is never reached"),
    "dead end": (
        TO_THE_SIDE,
        _to("type: menu", "prompt: Again.", *_ASKS_ITSELF).replace("side_#:", "side_#:<<<"),
        "no way leads from node",
    ),
    "loop without input": (
        TO_THE_SIDE,
        _to("type: branch", "cases: [{when: visits > 9, next: END}]", "otherwise: side_#").replace(
            "side_#:\n", "side_#:<<<\n"
        ),
        "loop without any node that waits for the caller",
    ),
    "secret spoken": (
        TO_THE_SIDE,
        _leaks("{type: say, prompt: [You typed, {digits: pin}], next: END}"),
        "would be recorded and overheard",
    ),
    "secret in an address": (
        TO_THE_SIDE,
        _leaks('{type: http, target: crm, path: "/{pin}", next: END, error: END}'),
        "addresses end up in logs",
    ),
    "secret in a query": (
        TO_THE_SIDE,
        _leaks("{type: http, target: crm, query: {code: pin}, next: END, error: END}"),
        "addresses end up in logs",
    ),
    "secret in the journal": (
        TO_THE_SIDE,
        _leaks("{type: queue, queue: sales, priority: number(pin), next: END, otherwise: END}"),
        "this number ends up in the journal",
    ),
    "secret taken in the open": (
        TO_THE_SIDE,
        _leaks("{type: http, target: crm, extract: {pin: code}, next: END, error: END}"),
        "'pin' is sensitive in node",
    ),
    "translation missing": (
        TO_THE_SIDE,
        f"{_LANGUAGE}\n  says_#: {{type: say, prompt: Hello., next: END}}",
        "not said in 'de'",
    ),
    "nothing to say": ("prompt: ", 'prompt: "?!"', "without anything to say"),
    "no such sound": ("prompt: ", "prompt: [{file: jingel}]", "no sound file 'jingel'"),
    "switch for a prompt": ("prompt: ", "prompt: true", "callers would hear the word"),
    "variable misspelt": ("into: ", "into: acount", "did you mean 'account'?"),
    "calendar misspelt": ("calendar: ", "calendar: ofice", "did you mean 'office'?"),
    "mailbox misspelt": ("mailbox: ", "mailbox: offices", "did you mean 'office'?"),
    "queue misspelt": ("queue: ", "queue: sale", "did you mean 'sales'?"),
    "skill not declared": ("skills: ", "skills: lang_fr >= 3", "'lang_fr' is not declared"),
    "skill nobody has": ("skills: ", "skills: lang_en >= 11", "nobody can ever satisfy this"),
    "extension nobody has": ("extension: ", "extension: 1002", "there is no extension '1002'"),
    "out of range": ("priority: ", "priority: 101", "at most 100"),
    "no number": ("no_input_retries: ", "no_input_retries: two", "is not a whole number"),
    "no duration": ("ring_timeout_s: ", "ring_timeout_s: 20 sec", "is not a duration"),
    "bad name": ("mailbox: ", "mailbox: The office", "is not a name"),
    "pattern never met": ("max: 8", "max: 8\n    pattern: '\\d{9}'", "no input of 1 to 8 digits"),
    "text for a condition": ("  - when: ", "  - when: account", "a flag is needed"),
    "unreadable condition": ("  - when: ", "  - when: visits >", "the expression ends"),
    "condition always true": ("  - when: ", '  - when: "true"', "always true"),
    "condition never true": ("  - when: ", "  - when: visits > 2 and visits < 1", "never true"),
    "way never taken": (
        "  - when: ",
        "  - {when: visits > 1, next: END}\n      - when: visits > 2",
        "never taken",
    ),
    "wrong type of value": ("  visits: ", "  visits: account", "a number is needed"),
    "key that is none": ('  "2": ', '  "A": n0', "1 to 8 keys"),
    "unknown type": ("type: say", "type: sya", "unknown node type"),
}


class BigFlow:
    """A flow of `size` nodes, all reached, all ending, without a fault until mistakes are sown."""

    def __init__(self, random: Random, size: int) -> None:
        self.random = random
        self.nodes: list[list[str]] = []
        makers = [_MAKERS[number % len(_MAKERS)] for number in range(size - 1)]
        random.shuffle(makers)
        for number, make in enumerate(makers):
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
        for kind in islice(cycle(kinds), 10 * count):
            beginning, instead, message = MISTAKES[kind]
            node = next((one for one in left if self._place(one, beginning) is not None), None)
            if node is None or len(sown) == count:
                continue  # every node that could have it has another already
            left.remove(node)
            place = self._place(node, beginning)
            assert place is not None
            below, self.nodes[node][place] = self._mistake(node, place, instead)
            sown[node, place] = (below, message)
        return self._told_at(sown)

    def _mistake(self, node: int, place: int, instead: str) -> tuple[int, str]:
        """How far below its first line a mistake is told, and what is written."""
        line = self.nodes[node][place]
        text = instead.replace("{line}", line).replace("{way}", f"{line.split()[0]} ")
        text = text.replace("#", str(node)).replace("END", f"n{len(self.nodes) - 1}")
        before, marked, _ = text.partition("<<<")
        return before.count("\n") if marked else text.count("\n"), text.replace("<<<", "")

    def _place(self, node: int, beginning: Beginning) -> int | None:
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
