"""Which queues an agent serves: by skills, by team, or because a queue asks for nothing."""

import pytest

from ivr.model.site import Site
from ivr.site.serving import queues_of

SITE = Site.model_validate(
    {
        "numbers": {"600": "main"},
        "skills": {"billing": "Billing"},
        "teams": {"care": "Care", "night": "Night"},
        "agents": {
            "mia": {"name": "Mia", "extension": "1001", "team": "care", "skills": {"billing": 5}},
            "tom": {"name": "Tom", "extension": "1002", "team": "night"},
        },
        "queues": {
            "billing": {"title": "Billing", "skills": "billing >= 5"},
            "experts": {"title": "Experts", "skills": "billing >= 6"},
            "night": {"title": "Night", "skills": "team_night >= 1"},
            "operator": {"title": "Operator"},
        },
        "emergency": {"say": "Sorry", "ring": ["1001"]},
    }
)


@pytest.mark.parametrize(
    ("agent", "queues"),
    [("mia", ["billing", "operator"]), ("tom", ["night", "operator"]), ("gone", [])],
)
def test_queues_of_an_agent(agent: str, queues: list[str]) -> None:
    assert list(queues_of(SITE, agent)) == queues
