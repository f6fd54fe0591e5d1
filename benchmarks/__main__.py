"""What `make bench` runs.

make bench                           everything; prints tables
make bench ARGS=--json               also writes build/bench.json
make bench ARGS="--only skills"      one of: handover, skills, menu, interpreter,
                                     protocols, size, routing, console, journal
"""

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import structlog

from benchmarks import (
    console,
    contest,
    handover,
    interpreter,
    journal,
    menu,
    protocols,
    routing,
    size,
)
from benchmarks.figures import Figure, write_json
from benchmarks.sip import SipError
from ivr.model.errors import UserError

JSON_FILE = Path("build/bench.json")
PARTS = (
    "handover",
    "skills",
    "menu",
    "interpreter",
    "protocols",
    "size",
    "routing",
    "console",
    "journal",
)


def main() -> None:
    parser = argparse.ArgumentParser("make bench", description="Measured beside app_queue.")
    parser.add_argument("--only", choices=PARTS, help="measure this alone")
    parser.add_argument("--json", action="store_true", help=f"also write {JSON_FILE}")
    parser.add_argument(
        "--desks", type=int, default=handover.DESKS, help="hand-over: desks per way"
    )
    parser.add_argument(
        "--count", type=int, default=handover.HAND_OVERS, help="hand-over: how many of each way"
    )
    parser.add_argument(
        "--events", type=int, default=journal.EVENTS, help="journal: how many it holds"
    )
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    measures: dict[str, Callable[[], tuple[list[Figure], str]]] = {
        "handover": lambda: handover.report(options.desks, options.count),
        "skills": contest.report,
        "menu": menu.report,
        "interpreter": interpreter.report,
        "protocols": lambda: (protocols.report(), ""),
        "size": lambda: (size.report(), ""),
        "routing": lambda: (routing.report(), ""),
        "console": lambda: (console.report(), ""),
        "journal": lambda: (journal.report(options.events), ""),
    }
    parts = [options.only] if options.only else PARTS
    figures: list[Figure] = []
    wrong: list[str] = []
    try:
        for part in parts:
            more, complaint = measures[part]()
            figures += more
            wrong += [complaint] if complaint else []
    except (UserError, SipError) as error:
        sys.exit(f"error: {error}")
    if options.json:
        write_json(JSON_FILE, figures)
        print(f"\nwritten to {JSON_FILE}")
    if wrong:
        sys.exit("error: " + "; ".join(wrong))


main()
