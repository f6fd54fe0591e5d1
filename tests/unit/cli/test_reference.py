"""The pages generated from the code are what `ivr reference` would write now."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.cli.reference import generated

ROOT = Path(__file__).parents[3]
GENERATED = generated(ROOT)


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_the_file_is_current(name: str) -> None:
    file = ROOT / name
    assert file.is_file(), f"{name} is missing: run `ivr reference` and commit it"
    assert file.read_text() == GENERATED[name], f"{name} is old: run `ivr reference`"


def test_the_command_writes_them(tmp_path: Path) -> None:
    (tmp_path / "docs" / "examples").mkdir(parents=True)
    (tmp_path / "docs" / "examples" / "nodes").symlink_to(ROOT / "docs" / "examples" / "nodes")
    result = CliRunner().invoke(main, ["reference", str(tmp_path)])
    assert result.exit_code == 0, result.output
    written = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.*")}
    assert written == set(GENERATED)
