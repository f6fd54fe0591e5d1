"""Which keys a model knows at some place, so that a typing error can be answered by name."""

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, RootModel


@dataclass(frozen=True)
class Types:
    """The types a value may have at one place: one, or the arms of a union."""

    candidates: tuple[Any, ...]

    @classmethod
    def of(cls, *annotations: Any) -> "Types":
        found: list[Any] = []
        for annotation in annotations:
            found += _arms(annotation)
        return cls(tuple(found))

    def arm(self, label: str) -> "Types":
        """Only the arm pydantic calls by this label, when there is a model of that name."""
        named = [one for one in self.candidates if getattr(one, "__name__", "") == label]
        return Types(tuple(named)) if named else self


def step(types: Types, part: str | int) -> Types:
    """The types one step further down: a field, a mapping's values, a list's items."""
    found: list[Any] = []
    for one in types.candidates:
        arguments = get_args(one)
        if isinstance(one, type) and issubclass(one, BaseModel):
            for name, field in one.model_fields.items():
                if part in (name, field.alias):
                    found.append(field.annotation)
        elif isinstance(part, int):
            found += [argument for argument in arguments if argument is not Ellipsis]
        elif len(arguments) == 2:
            found.append(arguments[1])
    return Types.of(*found)


def known_keys(types: Types) -> list[str]:
    """Keys of the models among the candidates, as written in YAML."""
    return [
        field.alias or name
        for one in types.candidates
        if isinstance(one, type) and issubclass(one, BaseModel)
        for name, field in one.model_fields.items()
    ]


def _arms(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _arms(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [inner for arm in get_args(annotation) for inner in _arms(arm)]
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return _arms(annotation.model_fields["root"].annotation)
    return [annotation]
