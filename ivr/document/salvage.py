"""What a document that was refused says in all that is not wrong, so that the rest is looked at in
the same go: keys as they were probably meant, and a stand-in wherever something cannot be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Field, RootModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from ivr.document.document import Document, Path, Value
from ivr.document.problems import Problem, closest
from ivr.document.validation import PLAIN, Form

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class SalvagedDocument(Document):
    """Keys are spelt as they were probably meant; each keeps its place."""

    about: dict[Problem, Path] = field(default_factory=dict, repr=False, compare=False)
    """What each problem that was made here is about."""

    def problem(
        self, path: Path, message: str, hint: str = "", *, key: bool = False, offset: int = 0
    ) -> Problem:
        made = super().problem(path, message, hint, key=key, offset=offset)
        self.about[made] = path
        return made


@dataclass(frozen=True)
class Salvaged(Generic[M]):
    """A model that was never validated as a whole: to look at, not to use."""

    model: M
    document: SalvagedDocument
    lost: frozenset[Path]
    """Where stand-ins are, or nothing is: what stood there was wrong, which is said already."""

    def is_lost(self, path: Path) -> bool:
        """Whether what the model has under `path` is a stand-in, or in one."""
        return any(path[:length] in self.lost for length in range(len(path) + 1))


def salvage(
    document: Document, model: type[M], path: Path = (), form: Form = PLAIN
) -> Salvaged[M] | None:
    """What can be read of the value under `path`, which the model has refused; None: nothing."""
    value = document.get(path)
    if not isinstance(value, dict):
        return None
    reading = _Reading()
    made = reading.model(model, form.of(value), path, ignored=form.without)
    return Salvaged(made, _respelt(document, reading.respelt), frozenset(reading.lost))


@dataclass
class _Reading:
    lost: set[Path] = field(default_factory=set)
    respelt: dict[Path, Path] = field(default_factory=dict)
    """A key as it was meant -> as it is written."""

    def value(self, annotation: Any, adapter: TypeAdapter[Any], raw: Value, path: Path) -> Any:
        """As its type wants it, as far as possible. Depth is limited by the document's reader."""
        try:
            return adapter.validate_python(raw)
        except ValidationError:
            pass
        bare = _bare(annotation)
        arms = [_bare(arm) for arm in get_args(bare)] if _is_union(bare) else [bare]
        if isinstance(raw, dict):
            models = [arm for arm in arms if _is_model(arm) and not issubclass(arm, RootModel)]
            if models:
                return self.model(max(models, key=lambda one: _familiar(one, raw)), raw, path)
        for arm in arms:
            if _is_model(arm) and issubclass(arm, RootModel) and not isinstance(raw, str):
                root = _type_of(arm.model_fields["root"])
                return arm.model_construct(self.value(root, TypeAdapter(root), raw, path))
            if get_origin(arm) is dict and isinstance(raw, dict):
                return self.mapping(arm, raw, path)
            if get_origin(arm) in (list, tuple) and isinstance(raw, list):
                item, adapter = get_args(arm)[0], TypeAdapter(get_args(arm)[0])
                made = (self.value(item, adapter, one, (*path, at)) for at, one in enumerate(raw))
                return get_origin(arm)(made)
        self.lost.add(path)
        return stand_in(annotation)

    def mapping(self, annotation: Any, raw: Mapping[str, Value], path: Path) -> dict[Any, Any]:
        key_type, value_type = get_args(annotation)
        keys, values = TypeAdapter(key_type), TypeAdapter(value_type)
        made = {}
        for key, item in raw.items():
            try:
                name = keys.validate_python(key)
            except ValidationError:
                self.lost.add((*path, key))
            else:
                made[name] = self.value(value_type, values, item, (*path, key))
        return made

    def model(
        self,
        model: type[M],
        raw: Mapping[str, Value],
        path: Path,
        ignored: Iterable[str] = (),
    ) -> M:
        fields = {one.alias or name: one for name, one in model.model_fields.items()}
        written = {key: item for key, item in raw.items() if key in fields}
        for key in raw.keys() - written.keys() - set(ignored):
            meant = closest(key, fields)
            if meant and meant not in written:
                written[meant] = raw[key]
                self.respelt[*path, meant] = (*path, key)
            else:
                self.lost.add((*path, key))
        made: dict[str, Any] = {}
        for key, one in fields.items():
            at = (*path, key)
            if key in written:
                annotation = _type_of(one)
                made[key] = self.value(annotation, TypeAdapter(annotation), written[key], at)
            elif one.is_required():
                self.lost.add(at)
                made[key] = stand_in(_type_of(one))
            if at in self.lost and not one.is_required():
                del made[key]  # the default takes its place
        return model.model_construct(**made)


def stand_in(annotation: Any) -> Any:
    """Something of this type, without any sense."""
    bare = _bare(annotation)
    examples = [one for mark in _marks(annotation) for one in getattr(mark, "examples", None) or []]
    if examples:
        return examples[0]
    if _is_union(bare):
        arms = get_args(bare)
        return None if NoneType in arms else stand_in(arms[0])
    if get_origin(bare) is Literal:
        return get_args(bare)[0]
    if _is_model(bare):
        required = {
            one.alias or name: stand_in(_type_of(one))
            for name, one in bare.model_fields.items()
            if one.is_required()
        }
        return bare.model_construct(**required)
    kind = get_origin(bare) or bare
    return kind() if kind in (str, int, float, bool, dict, list, tuple) else None


def _respelt(document: Document, respelt: Mapping[Path, Path]) -> SalvagedDocument:
    value, marks, key_marks = document.value, dict(document.marks), dict(document.key_marks)
    for new, old in respelt.items():
        value = _renamed(value, old, str(new[-1]))
        for places in (marks, key_marks):
            for path in [path for path in places if path[: len(old)] == old]:
                places[*new, *path[len(old) :]] = places[path]
    return SalvagedDocument(document.file, document.text, value, marks, key_marks)


def _renamed(value: Value, path: Path, name: str) -> Value:
    """The value with another key in place of the last one of `path`."""
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_renamed(one, rest, name) if at == first else one for at, one in enumerate(value)]
    assert isinstance(value, dict)
    if not rest:
        return {name if key == first else key: one for key, one in value.items()}
    return {key: _renamed(one, rest, name) if key == first else one for key, one in value.items()}


def _familiar(model: type[BaseModel], raw: Mapping[str, Value]) -> int:
    known = {one.alias or name for name, one in model.model_fields.items()}
    return len(known & raw.keys()) - len(raw.keys() - known)


def _type_of(one: FieldInfo) -> Any:
    """A field's type with its marks; pydantic stores the two apart."""
    examples = [Field(examples=one.examples)] if one.examples else []
    marks = (*one.metadata, *examples)
    return Annotated[(one.annotation, *marks)] if marks else one.annotation


def _marks(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__metadata__", ())


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _is_union(bare: Any) -> bool:
    return get_origin(bare) in (Union, UnionType)


def _is_model(bare: Any) -> bool:
    return isinstance(bare, type) and issubclass(bare, BaseModel)
