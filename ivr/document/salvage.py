"""What a document that was refused says in all that is not wrong, so that the rest is looked at in
the same go: keys as they were probably meant, and a stand-in wherever something cannot be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Field, RootModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from ivr.document.document import Document, Path, Value
from ivr.document.problems import Mark, Problem, closest
from ivr.document.validation import PLAIN, Form

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class SalvagedDocument(Document):
    """Keys are spelt as they were probably meant; each keeps its place."""

    respelt: Mapping[Path, Path] = field(default_factory=dict, repr=False)
    """A key as it was meant -> as it is written."""
    about: dict[Problem, Path] = field(default_factory=dict, repr=False, compare=False)
    """What each problem that was made here is about."""

    def mark(self, path: Path, *, key: bool = False) -> Mark:
        return super().mark(self._as_written(path), key=key)

    def get(self, path: Path) -> Value | None:
        return super().get(self._as_written(path))

    def problem(
        self, path: Path, message: str, hint: str = "", *, key: bool = False, offset: int = 0
    ) -> Problem:
        made = super().problem(path, message, hint, key=key, offset=offset)
        self.about[made] = path
        return made

    def _as_written(self, path: Path) -> Path:
        if not self.respelt:
            return path
        heads = (path[: length + 1] for length in range(len(path)))
        return tuple(self.respelt.get(head, head)[-1] for head in heads)


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
    again = SalvagedDocument(
        document.file,
        document.text,
        document.value,
        document.marks,
        document.key_marks,
        reading.respelt,
    )
    return Salvaged(made, again, frozenset(reading.lost))


@dataclass
class _Reading:
    lost: set[Path] = field(default_factory=set)
    respelt: dict[Path, Path] = field(default_factory=dict)
    """A key as it was meant -> as it is written."""

    def value(self, annotation: Any, raw: Value, path: Path) -> Any:
        """As its type wants it, as far as possible. Depth is limited by the document's reader."""
        try:
            return _adapter(annotation).validate_python(raw)
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
                return arm.model_construct(self.value(_fields(arm)["root"][0], raw, path))
            if get_origin(arm) is dict and isinstance(raw, dict):
                return self.mapping(arm, raw, path)
            if get_origin(arm) in (list, tuple) and isinstance(raw, list):
                item = get_args(arm)[0]
                made = (self.value(item, one, (*path, at)) for at, one in enumerate(raw))
                return get_origin(arm)(made)
        self.lost.add(path)
        return stand_in(annotation)

    def mapping(self, annotation: Any, raw: Mapping[str, Value], path: Path) -> dict[Any, Any]:
        key_type, value_type = get_args(annotation)
        keys, made = _adapter(key_type), {}
        for key, item in raw.items():
            try:
                name = keys.validate_python(key)
            except ValidationError:
                self.lost.add((*path, key))
            else:
                made[name] = self.value(value_type, item, (*path, key))
        return made

    def model(
        self,
        model: type[M],
        raw: Mapping[str, Value],
        path: Path,
        ignored: Iterable[str] = (),
    ) -> M:
        fields = _fields(model)
        written = {key: item for key, item in raw.items() if key in fields}
        for key in raw.keys() - written.keys() - set(ignored):
            meant = closest(key, fields)
            if meant and meant not in written:
                written[meant] = raw[key]
                self.respelt[*path, meant] = (*path, key)
            else:
                self.lost.add((*path, key))
        made: dict[str, Any] = {}
        for key, (annotation, is_required) in fields.items():
            at = (*path, key)
            if key in written:
                made[key] = self.value(annotation, written[key], at)
            elif is_required:
                self.lost.add(at)
                made[key] = stand_in(annotation)
            if at in self.lost and not is_required:
                del made[key]  # the default takes its place
        return model.model_construct(**made)


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, tuple[Any, bool]]:
    """Key as it is written -> its type, and whether it has to be there."""
    return {
        one.alias or name: (_type_of(one), one.is_required())
        for name, one in model.model_fields.items()
    }


_ADAPTERS: dict[int, tuple[Any, TypeAdapter[Any]]] = {}
"""Of each type met, none of which ever goes away: made once, because that takes long."""


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    known = _ADAPTERS.get(id(annotation))
    if known is None or known[0] is not annotation:
        known = _ADAPTERS[id(annotation)] = (annotation, TypeAdapter(annotation))
    return known[1]


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
        fields = _fields(bare).items()
        return bare.model_construct(
            **{key: stand_in(one) for key, (one, needed) in fields if needed}
        )
    kind = get_origin(bare) or bare
    return kind() if kind in (str, int, float, bool, dict, list, tuple) else None


def _familiar(model: type[BaseModel], raw: Mapping[str, Value]) -> int:
    known = _fields(model).keys()
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
