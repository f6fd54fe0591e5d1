"""`ivr reference`: writes the pages and schemas that are generated from the code."""

import json
from pathlib import Path

import click

from ivr.metrics.dashboards import DASHBOARDS
from ivr.metrics.recording_rules import recording_rules
from ivr.metrics.reference import reference as metrics_reference
from ivr.nodes.reference import reference as nodes_reference
from ivr.report.reference import reference as kpi_reference
from ivr.testing.schemas import Schema, flow_schema, site_schema, test_schema
from ivr.web.openapi import reference as openapi_reference


@click.command(short_help="Write reference pages, schemas and dashboards from the code.")
@click.argument(
    "directory",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
)
def command(directory: Path) -> None:
    """Write what is generated from the code: pages and JSON Schemas below DIRECTORY/docs, rules and
    dashboards below DIRECTORY/monitoring.

    For those who change the code: a test fails while a file is not what this command writes.
    """
    for name, text in generated(directory).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
        click.echo(directory / name)


def generated(directory: Path) -> dict[str, str]:
    """File below the root of the sources -> what has to be in it."""
    return {
        **{f"docs/{name}": text for name, text in pages(directory / "docs").items()},
        **{f"monitoring/{name}": text for name, text in monitoring().items()},
    }


def pages(directory: Path) -> dict[str, str]:
    """File below the directory of documentation -> what has to be in it."""
    schemas = {"flow": flow_schema(), "site": site_schema(), "test": test_schema()}
    return {
        **{f"schema/{name}.schema.json": _as_file(one) for name, one in schemas.items()},
        "reference/kpis.md": kpi_reference(),
        "reference/metrics.md": metrics_reference(),
        "reference/openapi.json": openapi_reference(),
        "reference/nodes.md": nodes_reference(_examples(directory / "examples" / "nodes")),
    }


def monitoring() -> dict[str, str]:
    """File below the directory of monitoring -> what has to be in it."""
    dashboards = {f"{name}.json": one.text() for name, one in DASHBOARDS.items()}
    return {
        "rules/recording.yml": recording_rules(),
        **{f"grafana/dashboards/{name}": text for name, text in dashboards.items()},
    }


def _as_file(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _examples(directory: Path) -> dict[str, str]:
    return {file.stem: file.read_text(encoding="utf-8") for file in directory.glob("*.yaml")}
