"""Documents made to fill the memory or to take for ever, and reading them all in little of both.

Run as a program: reads each of them with so many bytes of memory beyond what Python itself has.
"""

import resource
import sys
from collections.abc import Iterable

from ivr.expression import ExpressionError, parse
from ivr.flow import read_flows
from ivr.nodes import NODE_TYPES
from ivr.site import read_site
from ivr.testing.loading import read_suite

FULL = 999_900
"""Characters: nearly what a file may have at most."""
HEAD = "flow: main\nstart: a\nnodes:\n"
CPU_S_MAX = 60


def _rows(row: str, count: int) -> str:
    return "".join(row.replace("#", str(number)) for number in range(count))


def _laughs() -> str:
    rows = (f"a{one}: &a{one} [{', '.join([f'*a{one - 1}'] * 9)}]\n" for one in range(1, 40))
    return "a0: &a0 [lol, lol]\n" + "".join(rows)


DOCUMENTS: dict[str, str] = {
    "alias bomb": _laughs(),
    "merge bomb": "a: &a {b: c}\n" + _rows("k#: {<<: *a}\n", 40_000),
    "deep list": "[" * FULL,
    "deep mapping": "{a: " * (FULL // 4),
    "deep blocks": "".join(" " * depth + "a:\n" for depth in range(1400)),
    "dashes in dashes": "- " * (FULL // 2),
    "huge text": "a: " + "x" * FULL,
    "huge text of escapes": 'a: "' + "\\x41" * (FULL // 4) + '"',
    "quote never closed": 'a: "' + "x " * (FULL // 2),
    "huge number": HEAD + "nodes_max: " + "9" * FULL,
    "number of huge size": HEAD.replace("nodes:", "nodes_max: 1e999999999\nnodes: {}"),
    "keys": _rows("k#: v\n", FULL // 10),
    "4 MB of keys": _rows("k#: v\n", 400_000),
    "one key again and again": "k: v\n" * (FULL // 5),
    "mistakes": HEAD + _rows("  n#: {type: hangpu}\n", 12_000),
    "mistakes in prompts": f"{HEAD}  a: {{type: say, next: a, prompt: [{'x,' * 10_000}]}}\n",
    "deep expressions": f"{HEAD}  a: {{type: branch, otherwise: a, cases: ["
    + ",".join(f"{{when: '{'(' * 900}', next: a}}" for _ in range(300))
    + "]}\n",
    "long expressions": f"{HEAD}  a: {{type: set, next: a, values: {{"
    + ",".join(f"x{number}: '{'a+' * 400}a'" for number in range(300))
    + "}}\n",
}
EXPRESSIONS: dict[str, str] = {
    "parentheses": "(" * 1_000_000,
    "not not": "not " * 250,
    "minus minus": "-" * 1000,
    "a list": "n in [" + "1," * 490 + "1]",
    "digits": "9" * 1_000_000,
    "joined texts": "+".join(["t"] * 90),
    "a text": "'" + "x" * 990 + "'",
}


def read_all() -> Iterable[str]:
    """Reads each, and tells its name before."""
    for name, text in DOCUMENTS.items():
        yield name
        assert read_flows({"main.yaml": text}, None, NODE_TYPES).problems
    for name in ("alias bomb", "merge bomb", "deep list", "mistakes in prompts"):
        yield f"{name}, as a site and as tests"
        assert read_site(DOCUMENTS[name], "site.yaml").problems
        assert read_suite(DOCUMENTS[name], "main.test.yaml", None, {"main": None})[1]
    for name, text in EXPRESSIONS.items():
        yield f"expression of {name}"
        try:
            parse(text).evaluate({"t": "x" * 1_000_000, "n": 10**400})
        except ExpressionError:
            continue


def _pages_in_use() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0])


if __name__ == "__main__":
    limit = _pages_in_use() * resource.getpagesize() + int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    for reading in read_all():
        print(reading, flush=True)
    print("all read", flush=True)
    [*range(int(sys.argv[1]) // 8)]
    print("the limit is none", flush=True)
