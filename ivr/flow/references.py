"""Finding what a node refers to: a walk along the declared types of its fields.

A field (or the items, keys and values inside it) is marked by putting a `Reference` into its
`Annotated` type; nothing here knows any node, so a new node is checked without a line added here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, GetJsonSchemaHandler, RootModel

Kind = Literal[
    "node",
    "flow",
    "queue",
    "calendar",
    "mailbox",
    "agent",
    "extension",
    "variable",
    "number_variable",
    "text_variable",
    "filled",
    "assignment",
    "skills",
    "condition",
    "audio",
    "speech",
    "language",
    "http target",
    "formula",
    "number_formula",
    "template",
]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Reference:
    """Marks a string as naming something of this kind."""

    kind: Kind

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Editors ignore `x-names`; the reference tells by it what the text names."""
        return {**handler(schema), "x-names": self.kind}


@dataclass(frozen=True)
class Found:
    """One reference as it stands in a node."""

    kind: Kind
    path: Path
    """Field, then keys and positions inside it."""
    value: str
    is_key: bool = False
    """True when the reference is the last key of `path` itself, not the value under it."""


def find_references(model: BaseModel) -> Iterator[Found]:
    """Every marked string inside `model`, in order of declaration."""
    return _in_model(model, ())


def _in_model(model: BaseModel, path: Path) -> Iterator[Found]:
    for name, field in type(model).model_fields.items():
        written = field.alias or name
        inner = path if isinstance(model, RootModel) else (*path, written)
        yield from _in_value(_type_of(field), getattr(model, name), inner)


def _type_of(field: Any) -> Any:
    """A pydantic field's type with its marks; pydantic stores the two apart."""
    if not field.metadata:
        return field.annotation
    return Annotated[(field.annotation, *field.metadata)]


def _in_value(annotation: Any, value: Any, path: Path) -> Iterator[Found]:
    kind = _marked(annotation)
    if kind is not None and isinstance(value, str):
        yield Found(kind, path, value)
        return
    annotation = _bare(annotation)
    if get_origin(annotation) in (Union, UnionType):
        for arm in get_args(annotation):
            if _fits(arm, value):
                yield from _in_value(arm, value, path)
                return
    elif isinstance(value, BaseModel):
        yield from _in_model(value, path)
    elif isinstance(value, Mapping):
        yield from _in_mapping(annotation, value, path)
    elif isinstance(value, list | tuple):
        item_types = [one for one in get_args(annotation) if one is not Ellipsis]
        for position, item in enumerate(value):
            at = min(position, len(item_types) - 1)
            yield from _in_value(item_types[at] if item_types else Any, item, (*path, position))


def _in_mapping(annotation: Any, value: Mapping[str, Any], path: Path) -> Iterator[Found]:
    key_type, value_type = get_args(annotation) or (Any, Any)
    key_kind = _marked(key_type)
    for key, item in value.items():
        if key_kind is not None:
            yield Found(key_kind, (*path, key), key, is_key=True)
        yield from _in_value(value_type, item, (*path, key))


def _marked(annotation: Any) -> Kind | None:
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Reference):
            return mark.kind
    return None


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _fits(arm: Any, value: Any) -> bool:
    """Whether a validated value can have come from this arm of a union."""
    arm = _bare(arm)
    if get_origin(arm) in (Union, UnionType):
        return any(_fits(inner, value) for inner in get_args(arm))
    cls = get_origin(arm) or arm
    if cls is Literal:
        return value in get_args(arm)
    if arm is None or cls is NoneType:
        return value is None
    return isinstance(cls, type) and isinstance(value, cls)
