"""y. Two faults of those `make chaos` plays, under everything that can go on at once."""

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.play import play


@pytest.mark.timeout(240)
@pytest.mark.parametrize("fault", ["asterisk-killed", "ami-stalled"])
async def test_nobody_and_nothing_is_lost(fault: str) -> None:
    verdict = await play(FAULTS[fault])
    assert verdict.nothing_lost, verdict.notes
