"""What `make chaos` runs.

make chaos                           every fault; writes docs/reliability.md
make chaos ARGS=--json               also build/chaos.json
make chaos ARGS="--only ami-cut"     one alone, writing no page
"""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.chaos import page
from tests.chaos.apart import play_apart
from tests.chaos.faults import FAULTS
from tests.chaos.play import Verdict, play

JSON_FILE = Path("build/chaos.json")
LIMIT_S = 240


def main() -> None:
    parser = argparse.ArgumentParser("make chaos", description="Breaks things under calls.")
    parser.add_argument("--only", choices=FAULTS, action="append", help="play this one alone")
    parser.add_argument("--json", action="store_true", help=f"also write {JSON_FILE}")
    options = parser.parse_args()
    verdicts = {}
    for name in options.only or FAULTS:
        print(f"{name}: {FAULTS[name].title} ...", file=sys.stderr, flush=True)
        verdicts[name] = _played(name)
        print(f"  {_said(verdicts[name])}", file=sys.stderr, flush=True)
    if not options.only:
        page.write(verdicts)
    if options.json:
        JSON_FILE.parent.mkdir(exist_ok=True)
        document = {name: asdict(verdict) for name, verdict in verdicts.items()}
        JSON_FILE.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    if not all(verdict.nothing_lost for verdict in verdicts.values()):
        sys.exit(1)


def _played(name: str) -> Verdict:
    if FAULTS[name].apart:
        return play_apart(name, LIMIT_S)
    return asyncio.run(asyncio.wait_for(play(FAULTS[name]), LIMIT_S))


def _said(verdict: Verdict) -> str:
    lines = [f"nothing lost, {verdict.recovery_s:.1f} s"] if verdict.nothing_lost else []
    return "\n  ".join([*lines, *verdict.notes])


main()
