"""The comparison that docs/howto/simulate.md works through."""

import json

from click.testing import CliRunner

from ivr.cli import main

SCENARIO = "docs/examples/simulate/busy-morning.yaml"


def test_the_worked_comparison_says_what_the_page_says() -> None:
    policy = ["--set", "queues.english.strategy=least_skilled"]
    words = ["simulate", "run", SCENARIO, *policy, "--format", "json"]
    result = CliRunner().invoke(main, words)
    found = {
        (one["queue"], one["figure"]): one["verdict"]
        for one in json.loads(result.stdout)["differences"]
    }
    assert found["french", "service_level_offered_minus_short"] == "better"
    assert found["english", "service_level_offered_minus_short"] == "worse"
    assert found["all queues", "service_level_offered_minus_short"] == "no difference shown"
