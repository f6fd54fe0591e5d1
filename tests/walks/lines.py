"""The directories random callers call, and what other systems answer them there."""

from pathlib import Path

from tests.walks.callers import Answers

ROOT = Path(__file__).parents[2]
DIRECTORIES = (
    ROOT / "docs" / "examples" / "nodes",
    *sorted((ROOT / "dialplans" / "examples").iterdir()),
)

ANSWERS: Answers = {
    "crm": [
        {"customer": {"tier": "gold", "orders": {"open": 2}}},
        {"customer": {"tier": "silver"}},
        404,
        403,
    ],
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
