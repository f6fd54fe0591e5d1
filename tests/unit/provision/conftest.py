"""A small site, and settings in a directory of the test's own."""

from pathlib import Path

import pytest

from ivr.model.site import Agent, Emergency, Phone, Queue, Site
from ivr.settings import Settings


@pytest.fixture
def site() -> Site:
    return Site(
        numbers={"600": "company"},
        skills={"sales": "Sales"},
        teams={"care": "Care"},
        agents={
            "ana": Agent(name="Ana Silva", extension="1001", team="care", skills={"sales": 8}),
            "sofia": Agent(name="Sofia Berg", extension="1009", team="care", role="supervisor"),
        },
        queues={"sales": Queue(title="Sales", music="jazz")},
        phones={"caller": Phone(name="First caller", extension="2001")},
        emergency=Emergency(say="Sorry.", ring=["1001"]),
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path / "state", dialplans=tmp_path / "dialplans")
