"""A recording is as long as the talk, or says so: missing sound is never excused."""

import pytest

from ivr.service.recordings import BYTES_PER_SECOND, _verdict

HOUR_S = 3600.0


@pytest.mark.parametrize(
    ("seconds", "talk_s", "verdict"),
    [
        (67.37, 67.37, "ok"),
        (67.92, 67.37, "ok"),
        (66.9, 67.37, "ok"),
        (66.8, 67.37, "short"),
        (68.6, 67.37, "short"),
        (HOUR_S - 1.0, HOUR_S, "short"),
        (HOUR_S + 30.0, HOUR_S, "ok"),
    ],
)
def test_length_against_the_talk(seconds: float, talk_s: float, verdict: str) -> None:
    assert _verdict(round(seconds * BYTES_PER_SECOND), seconds, talk_s) == verdict
