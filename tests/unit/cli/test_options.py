"""The options that say where an instance lives."""

import pytest
from click.testing import CliRunner

from ivr.cli import main


@pytest.mark.parametrize("port", ["0", "-1", "65536", "foo"])
@pytest.mark.parametrize("option", ["--sip-port", "--http-port", "--rtp-end"])
def test_port_that_cannot_be_is_refused_by_name(option: str, port: str) -> None:
    result = CliRunner().invoke(main, ["run", option, port])
    assert result.exit_code == 2
    assert f"Invalid value for '{option}'" in result.output


def test_settings_that_contradict_each_other_are_refused_before_anything_starts() -> None:
    result = CliRunner().invoke(main, ["run", "--rtp-start", "30000", "--ami-port", "4573"])
    assert result.exit_code == 1
    assert "port 4573 is given to --ami-port and --agi-port" in result.output
    assert "RTP ports 30000 to 22999 are too few" in result.output
