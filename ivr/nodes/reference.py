"""The page `docs/reference/nodes.md`, generated from the node classes and their examples."""

from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

from ivr.document.wording import pattern_words
from ivr.nodes import NODE_TYPES
from ivr.nodes.base import Node
from ivr.nodes.prompt import Piece

_HEAD = """# Nodes

Generated from `ivr/nodes/`; run `ivr reference` after a change there.

A node is an entry below `nodes:` of a flow: its name, its `type`, and the fields of that type. An
exit names the node to go on at. Durations are written `20s`, `1m30s`, `2h`, `500ms`, or as plain
seconds. Each example is a whole flow; its site is `docs/examples/nodes/site.yaml`, its tests lie
beside it.

Every type also takes `success` (yes or no; no when left out): {success}
"""

_PROMPTS = """## Prompts

A prompt is one piece or a list of pieces, said in order. A piece is a text, or one of these, or
[translations](../howto/languages-and-voices.md): the same in several languages,
`{en: PIECES, fr: PIECES}`.
"""

_NAMES = {
    "agent": "an agent of the site",
    "assignment": "an expression",
    "audio": "a sound file",
    "calendar": "a calendar of the site",
    "http target": "a system the site declares",
    "filled": "a variable, but no flag",
    "formula": "an expression",
    "number_formula": "an expression that is a number",
    "template": "a text with `{variable}` in it",
    "condition": "a condition over variables",
    "extension": "an extension of the site",
    "flow": "a flow",
    "language": "a language of the site",
    "mailbox": "a mailbox of the site",
    "node": "a node",
    "number_variable": "a variable, a number",
    "queue": "a queue of the site",
    "skills": "an expression over skills",
    "speech": "a text",
    "text_variable": "a variable, a text or digits",
    "variable": "a variable",
}
"""What a text that is a reference takes, by its kind."""

_WORDS = {"integer": "a whole number", "number": "a number", "boolean": "yes or no"}

Schema = Mapping[str, Any]
Field = tuple[str, Schema, bool, Any]
"""Path as written in YAML, schema, whether it must be there, default."""


def reference(examples: Mapping[str, str]) -> str:
    """The whole page; `examples` holds the YAML of each type's example."""
    success = Node.model_fields["success"].description or ""
    kinds = [kind for kind, node in NODE_TYPES.items() if node.type == kind]
    parts = [_HEAD.format(success=success[0].lower() + success[1:]), _contents(kinds)]
    parts += [_section(kind, NODE_TYPES[kind], examples[kind]) for kind in kinds]
    schema = Piece.model_json_schema()
    pieces = _fields(schema["anyOf"][1], schema, "")
    parts.append(_PROMPTS + "\n" + _table(("piece", "takes", "meaning"), _piece_rows(pieces)))
    return "\n".join(parts)


def fields(node: type[Node]) -> list[Field]:
    """Every field, those inside others too, with `[]` and `.` on the way to them."""
    schema = node.model_json_schema()
    return [one for one in _fields(schema, schema, "") if one[0] != "success"]


def _contents(kinds: list[str]) -> str:
    return " · ".join(f"[{kind}](#{kind})" for kind in kinds) + " · [prompts](#prompts)\n"


def _section(kind: str, node: type[Node], example: str) -> str:
    found = fields(node)
    aliases = [f"`{name}`" for name, one in NODE_TYPES.items() if one is node and name != kind]
    parts = [f"## {kind}\n", cleandoc(node.__doc__ or "") + "\n"]
    if aliases:
        parts.append(f"Also written {', '.join(aliases)}.\n")
    rows = [_field_row(*one) for one in found if not is_exit(one[1])]
    if rows:
        parts.append(_table(("field", "takes", "left out", "meaning"), rows))
    exits = [_exit_row(*one) for one in found if is_exit(one[1])]
    parts.append(_table(("exit", "", "meaning"), exits) if exits else "No exit.\n")
    return "\n".join([*parts, f"```yaml\n{example.strip()}\n```\n"])


def _fields(schema: Schema, root: Schema, prefix: str) -> Iterator[Field]:
    required = schema.get("required", [])
    for name, one in schema.get("properties", {}).items():
        path, bare = prefix + name, _bare(one, root)
        inner = _resolve(bare.get("items", bare), root)
        must = name in required
        meaning = _sentence(one.get("description", ""))
        yield path, {**bare, "description": meaning}, must, one.get("default")
        if "properties" in inner:
            yield from _fields(inner, root, path + ("[]." if "items" in bare else "."))


def _sentence(text: str) -> str:
    return text and text[0].upper() + text[1:].rstrip(".") + "."


def _bare(schema: Schema, root: Schema) -> Schema:
    """Without the arm that says it may be left out."""
    arms = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    return _resolve(arms[0] if len(arms) == 1 else schema, root)


def _resolve(schema: Schema, root: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    return {**root["$defs"][name], **schema} if name else schema


def is_exit(schema: Schema) -> bool:
    return schema.get("x-names") == "node" or any(map(is_exit, _values(schema)))


def _values(schema: Schema) -> list[Schema]:
    """What the values of a mapping with free keys are."""
    free = schema.get("additionalProperties")
    return [*schema.get("patternProperties", {}).values(), *([free] if free else [])]


def _field_row(path: str, schema: Schema, required: bool, default: Any) -> tuple[str, ...]:
    unit = " s" if isinstance(schema.get("type"), list) else ""
    left_out = "must be given" if required else _default(default, unit)
    return f"`{path}`", _takes(schema), left_out, str(schema["description"])


def _exit_row(path: str, schema: Schema, required: bool, _default: Any) -> tuple[str, ...]:
    name = path.replace("[].", ":N:").replace(".", ":")
    if schema.get("x-names") != "node":
        name += ":" + _key_name(schema)
    return f"`{name}`", "must be given" if required else "", str(schema["description"])


def _key_name(schema: Schema) -> str:
    pattern = next(iter(schema.get("patternProperties", {})), "")
    several = "{1," in pattern
    return ("KEYS" if several else "KEY") if "0-9" in pattern and "a-z" not in pattern else "NAME"


def _piece_rows(found: Iterator[Field]) -> list[tuple[str, ...]]:
    return [
        (f"`{{{path}: ...}}`", _takes(schema), str(schema["description"]))
        for path, schema, _, _ in found
    ]


def _takes(schema: Schema) -> str:
    """What may be written there, in plain words."""
    if schema.get("title") == "Prompt":
        return "[a prompt](#prompts)"
    if schema.get("x-names"):
        return _NAMES[schema["x-names"]]
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{one}`" for one in schema.get("enum", [schema.get("const")]))
    if isinstance(schema.get("type"), list):
        return "a duration" + _limits(schema, " s")
    if schema.get("type") == "array":
        return "a list" + _limits(schema)
    if schema.get("type") == "object":
        return "a mapping" + _entries(schema)
    if schema.get("type") in _WORDS:
        return _WORDS[schema["type"]] + _limits(schema)
    arms = schema.get("anyOf", [])
    if arms:
        return ", or ".join(dict.fromkeys(_takes(one) for one in arms))
    return pattern_words(schema["pattern"]) if "pattern" in schema else "a text" + _limits(schema)


def _entries(schema: Schema) -> str:
    values = _values(schema)
    return ": " + _takes(values[0]) + " under each key" if values else ""


_LEAST = ("minimum", "ge", "minItems", "minLength")
_MOST = ("maximum", "le", "maxItems", "maxLength")


def _limits(schema: Schema, unit: str = "") -> str:
    least = next((schema[one] for one in _LEAST if one in schema), None)
    most = next((schema[one] for one in _MOST if one in schema), None)
    things = " characters" if "maxLength" in schema else unit
    if least is not None and most is not None:
        return f", {least:g} to {most:g}{things}"
    if most is not None:
        return f", at most {most:g}{things}"
    return f", at least {least:g}{things}" if least is not None else ""


def _default(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, list):
        return " ".join(_piece(one) for one in value)
    return f"{value:g}{unit}" if unit else f"`{value}`"


def _piece(value: Mapping[str, Any]) -> str:
    """One piece of a prompt that is a default."""
    given = {name: one for name, one in value.items() if one is not None}
    return given.get("text") or " ".join(f"`{{{name}: {one}}}`" for name, one in given.items())


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    escaped = [[cell.replace("|", r"\|") for cell in cells] for cells in lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in escaped) + "\n"
