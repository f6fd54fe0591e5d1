"""`ivr reference`: writes the pages that are generated from the code."""

from pathlib import Path

import click

from ivr.metrics.reference import reference as metrics_reference
from ivr.nodes.reference import reference as nodes_reference


@click.command(short_help="Write the reference pages that are generated from the code.")
@click.argument(
    "directory",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default="docs",
)
def command(directory: Path) -> None:
    """Write the pages below DIRECTORY/reference that are generated from the code.

    For those who change the code: a test fails while a page is not what this command writes.
    """
    for name, text in pages(directory).items():
        (directory / name).write_text(text, encoding="utf-8")
        click.echo(directory / name)


def pages(directory: Path) -> dict[str, str]:
    """File below the directory of documentation -> what has to be in it."""
    return {
        "reference/metrics.md": metrics_reference(),
        "reference/nodes.md": nodes_reference(_examples(directory / "examples" / "nodes")),
    }


def _examples(directory: Path) -> dict[str, str]:
    return {file.stem: file.read_text(encoding="utf-8") for file in directory.glob("*.yaml")}
