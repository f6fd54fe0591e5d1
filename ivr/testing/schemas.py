"""JSON Schemas of site, flow and test files, for completion and complaints while typing.

Made from the models that read the files. What only the check can know (whether a name is declared,
whether a node is reached) is not in them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ivr.flow.draft import Head
from ivr.flow.flow import Variable
from ivr.model.site import Site
from ivr.nodes import NODE_TYPES
from ivr.testing.suite import SuiteDocument

Schema = dict[str, Any]

_DIALECT = "http://json-schema.org/draft-07/schema#"
_LIMITS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
_YES_OR_NO = {"enum": [True, False, "yes", "no"]}


def site_schema() -> Schema:
    """Of `site.yaml`."""
    return _published("A site", Site.model_json_schema())


def test_schema() -> Schema:
    """Of `NAME.test.yaml`."""
    return _published("Tests of a flow", SuiteDocument.model_json_schema())


def flow_schema() -> Schema:
    """Of a flow; the type of a node decides which fields it takes."""
    classes = set(NODE_TYPES.values())
    models: list[type[BaseModel]] = [Head, Variable, *sorted(classes, key=lambda one: one.type)]
    refs, shared = models_json_schema([(one, "validation") for one in models])
    definitions = shared["$defs"]
    kinds = {kind: refs[node, "validation"]["$ref"] for kind, node in NODE_TYPES.items()}
    for kind, ref in kinds.items():
        fields = definitions[ref.rpartition("/")[2]].setdefault("properties", {})
        fields.setdefault("type", {"enum": []})["enum"].append(kind)
    head = definitions.pop(refs[Head, "validation"]["$ref"].rpartition("/")[2])
    _entries(head["properties"]["variables"], refs[Variable, "validation"])
    _entries(head["properties"]["nodes"], _node(kinds))
    return _published("A call flow", {**head, "$defs": definitions})


def _node(kinds: Mapping[str, str]) -> Schema:
    """A node: its type first, and by that its fields."""
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": sorted(kinds), "description": "What the node does."}},
        "allOf": [
            {
                "if": {"required": ["type"], "properties": {"type": {"const": kind}}},
                "then": {"$ref": ref},
            }
            for kind, ref in sorted(kinds.items())
        ],
    }


def _entries(mapping: Schema, entry: Schema) -> None:
    """Says what stands under each key of a mapping."""
    mapping["patternProperties"] = dict.fromkeys(mapping["patternProperties"], entry)


def _published(title: str, schema: Schema) -> Schema:
    return {"$schema": _DIALECT, **_as_yaml(schema), "title": title}


def _as_yaml(schema: Any) -> Any:
    """As editors see YAML: an extension is a number to them, `yes` a text; nothing is null."""
    if isinstance(schema, list):
        return [_as_yaml(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made: Schema = {}
    for key, value in _named(schema):
        if key in ("properties", "patternProperties", "$defs"):
            made[key] = {name: _as_yaml(one) for name, one in value.items()}
        elif key in ("default", "enum", "const", "examples", "required"):
            made[key] = value
        elif key not in ("title", "x-names", "format"):
            made[_LIMITS.get(key, key)] = _as_yaml(value)
    shaped = _KINDS.get(str(made.get("type", "anyOf")))
    return shaped(made) if shaped else made


def _named(schema: Any) -> Iterable[tuple[str, Any]]:
    return ((str(key), value) for key, value in schema.items())


def _arms(schema: Schema) -> Schema:
    """A value that may be left out is one that is not null."""
    if schema.get("default", "") is None:
        del schema["default"]
    arms = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(arms) == 1:
        return {**{key: value for key, value in schema.items() if key != "anyOf"}, **arms[0]}
    return {**schema, "anyOf": arms} if arms else schema


def _text(schema: Schema) -> Schema:
    fixed = "enum" in schema or "const" in schema
    return schema if fixed else {**schema, "type": ["string", "number", "boolean"]}


def _yes_or_no(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "type"} | _YES_OR_NO


def _mapping(schema: Schema) -> Schema:
    return {**schema, "additionalProperties": False} if "patternProperties" in schema else schema


_KINDS: Mapping[str, Callable[[Schema], Schema]] = {
    "anyOf": _arms,
    "string": _text,
    "boolean": _yes_or_no,
    "object": _mapping,
}
