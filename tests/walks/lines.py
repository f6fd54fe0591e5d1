"""The directories random callers call, and what other systems answer them there."""

from pathlib import Path

from tests.walks.callers import Answers

ROOT = Path(__file__).parents[2]
NODES = ROOT / "docs" / "examples" / "nodes"
"""One flow for every type of node."""
DIRECTORIES = (
    NODES,
    *sorted((ROOT / "dialplans" / "examples").iterdir()),
)

ANSWERS: Answers = {
    "crm": [
        {"customer": {"tier": "gold", "orders": {"open": 2}}},
        {"customer": {"tier": "silver"}},
        {"contract": "premium", "state": "solved"},
        {"contract": "standard", "state": "in_work", "due": "2026-01-12"},
        404,
        403,
    ],
    "core": [{"session": "s-81f2", "balance": 1204.5}],
    "network": [
        {"outage": True, "until": "18:30", "technology": "fibre"},
        {"outage": True},
        {"outage": False, "technology": "fibre"},
        {"outage": False, "technology": "cable"},
        {"outage": False},
        404,
        403,
    ],
    "shop": [
        {"status": "preparing"},
        {"status": "shipped", "delivery_date": "2026-12-07"},
        {"status": "delivered"},
        {"status": "customs"},
        404,
        403,
    ],
}
