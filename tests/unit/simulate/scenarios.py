"""A small site and scenarios over it."""

from typing import Any

from ivr.model.site import Site
from ivr.simulate.scenario import Scenario

SITE = Site.model_validate(
    {
        "numbers": {"600": "main"},
        "skills": {"en": "English", "fr": "French"},
        "teams": {"care": "Care"},
        "agents": {
            "ana": {"name": "Ana", "extension": "1001", "team": "care", "skills": {"en": 5}},
            "ben": {"name": "Ben", "extension": "1002", "team": "care", "skills": {"fr": 5}},
        },
        "queues": {
            "english": {"title": "English", "skills": "en >= 1", "wrap_up_s": 10},
            "french": {"title": "French", "skills": "fr >= 1", "wrap_up_s": 10},
        },
        "emergency": {"say": "Sorry", "ring": ["1001"]},
    }
)

DEMAND: dict[str, Any] = {"per_half_hour": [60], "talk": {"fixed": 50}}


def scenario(**changes: Any) -> Scenario:
    """An hour of English calls for Ana and Ben, answered at once, every talk 50 seconds."""
    return Scenario.model_validate(
        {
            "site": "site.yaml",
            "length": "1h",
            "replications": 2,
            "queues": {"english": DEMAND},
            "answering": {"delay": {"fixed": 0}},
            **changes,
        }
    )
