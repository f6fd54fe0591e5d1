"""The companies' lines that are shipped as examples: faultless, and tested to the last exit."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main

LINES = Path(__file__).parents[2] / "dialplans" / "examples"


@pytest.mark.parametrize("line", sorted(one.name for one in LINES.iterdir()))
def test_a_line_is_faultless_and_its_tests_take_every_exit(line: str) -> None:
    directory = str(LINES / line)
    for arguments in (["check", directory], ["test", directory, "--coverage-min", "100"]):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
