"""The published JSON Schemas, held against every file that is shipped, by a validator of others."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ivr.document.wording import pattern_words
from ivr.testing import schemas

ROOT = Path(__file__).parents[3]
BAD = ROOT / "tests" / "unit" / "nodes" / "bad"
SHIPPED = sorted(
    file
    for folder in ("dialplans", "docs/examples/nodes", "tests/e2e/site")
    for file in (ROOT / folder).glob("*.yaml")
)
REFUSED = {
    "branch/no_cases", "collect/no_pattern", "dial/no_duration", "hangup/exit_given",
    "hangup/no_such_type", "hours/exit_missing", "hours/misspelt_exit", "menu/no_key",
    "say/unknown_key", "voicemail/beyond_limits", "voicemail/no_mailbox",
}  # fmt: skip
"""What a schema can say; names, expressions, ways and fields that exclude each other it cannot."""


class AsEditorsRead(yaml.SafeLoader):
    """YAML 1.2: `9:00` is text, `1001` a number, `yes` a text, `true` is true."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


for tag, pattern, first in (
    ("bool", "true|false", "tf"),
    ("int", "[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?[0-9]*\.[0-9]+", "-+.0123456789"),
    ("null", "null|~|", ["n", "~", ""]),
):
    AsEditorsRead.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first)
    )


def validator(kind: str) -> jsonschema.Draft7Validator:
    schema = json.loads((ROOT / "docs" / "schema" / f"{kind}.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def kind_of(file: Path) -> str:
    return "site" if file.name == "site.yaml" else "test" if ".test." in file.name else "flow"


def complaints(text: str, kind: str) -> list[str]:
    document = yaml.load(text, AsEditorsRead)
    return [one.message for one in validator(kind).iter_errors(document)]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda one: f"{one.parent.name}/{one.name}")
def test_what_is_shipped_is_valid(file: Path) -> None:
    assert complaints(file.read_text(), kind_of(file)) == []


@pytest.mark.parametrize("bad", sorted(REFUSED))
def test_a_bad_flow_is_refused_where_a_schema_can_say_so(bad: str) -> None:
    assert complaints((BAD / f"{bad}.yaml").read_text(), "flow") != []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("flow: x\ntests: [{name: a, expect: {}, stepps: []}]", "stepps"),
        ("flow: x\ntests: [{name: a, expect: {}, steps: [{press: A}]}]", "not valid"),
        ("flow: x\ntests: [{name: a, expect: {result: crash}}]", "crash"),
        ("flow: x\ntests: []", "non-empty"),
    ],
)
def test_a_bad_test_file_is_refused(text: str, part: str) -> None:
    assert part in " ".join(complaints(text, "test"))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("wait_s_max: 10m", "wait_s_max: 10 minutes"),
        ("extension: 1001", "extension: [1001]"),
        ("team: care", "taem: care"),
        ("role: supervisor", "role: boss"),
        ("lang_en: 9", "lang_en: 11"),
    ],
)
def test_a_bad_site_is_refused(good: str, bad: str) -> None:
    site = (ROOT / "dialplans" / "site.yaml").read_text()
    assert complaints(site, "site") == []
    assert complaints(site.replace(good, bad, 1), "site") != []


CHECKED_OTHERWISE = {
    r"^(?=.)([0-9]+h)?([0-9]+m)?([0-9.]+s)?([0-9]+ms)?$|^[0-9.]+$",
    "^[0-9*#]+$",
}
"""Durations and steps say themselves what they want."""


def patterns_of(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        yield from schema.get("patternProperties", {})
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, dict | list):
            yield from patterns_of(inner)


SCHEMAS = (schemas.site_schema, schemas.flow_schema, schemas.test_schema)


def test_nobody_has_to_read_a_regular_expression() -> None:
    patterns = {one for make in SCHEMAS for one in patterns_of(make())}
    unsaid = {one for one in patterns - CHECKED_OTHERWISE if pattern_words(one).endswith(one)}
    assert unsaid == set()
