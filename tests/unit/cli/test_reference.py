"""The pages generated from the code are what `ivr reference` would write now."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.cli.reference import pages

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("page", sorted(pages(DOCS)))
def test_the_page_is_current(page: str) -> None:
    file = DOCS / page
    assert file.is_file(), f"docs/{page} is missing: run `ivr reference` and commit it"
    assert file.read_text() == pages(DOCS)[page], f"docs/{page} is old: run `ivr reference`"


def test_the_command_writes_them(tmp_path: Path) -> None:
    for folder in ("reference", "examples"):
        (tmp_path / folder).mkdir()
    (tmp_path / "examples" / "nodes").symlink_to(DOCS / "examples" / "nodes")
    result = CliRunner().invoke(main, ["reference", str(tmp_path)])
    assert result.exit_code == 0, result.output
    written = {str(file.relative_to(tmp_path)) for file in tmp_path.glob("*/*.*")}
    assert written == set(pages(DOCS))
