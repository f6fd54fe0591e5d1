"""A document held against a pydantic model: every complaint in plain words, at its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ivr.document.document import Document, Path, Value
from ivr.document.problems import DocumentError, Problem, closest, suggest
from ivr.document.schema import Types, known_keys, step
from ivr.document.wording import describe

M = TypeVar("M", bound=BaseModel)

_WRONG_KIND = {
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
}


@dataclass(frozen=True)
class Form:
    """How a mapping is held against its model: without some keys, and with others that are not
    written in it."""

    without: Sequence[str] = ()
    unwritten: Mapping[str, Value] = field(default_factory=dict)

    def of(self, value: dict[str, Value]) -> dict[str, Value]:
        written = {key: item for key, item in value.items() if key not in self.without}
        return {**self.unwritten, **written}


PLAIN = Form()


def validate(document: Document, model: type[M], path: Path = ()) -> M:
    """The model read from the value under `path`. Raises DocumentError with every problem."""
    instance, problems = check_model(document, model, path)
    if instance is None:
        raise DocumentError(problems)
    return instance


def check_model(
    document: Document, model: type[M], path: Path = (), form: Form = PLAIN
) -> tuple[M | None, list[Problem]]:
    """The model read from the value under `path`, or None and why."""
    value = document.get(path)
    if isinstance(value, dict) and form is not PLAIN:
        value = form.of(value)
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    complaints = [_complaint(document, model, path, detail) for detail in details]
    readable = _readable(complaints)
    misspelt = {(one.path[:-1], _meant(one)) for one in readable if one.kind == "extra_forbidden"}
    inside = {one.path[:length] for one in readable for length in range(len(one.path))}
    return None, [
        _problem(document, one)
        for one in readable
        if not (one.kind == "missing" and (one.path, str(one.detail["loc"][-1])) in misspelt)
        and not (one.kind == "too_short" and one.path in inside)  # wrong entries are not counted
    ]


@dataclass(frozen=True)
class _Complaint:
    """One pydantic error, with the place in the document it is about."""

    detail: Any
    path: Path
    arms: tuple[tuple[int, str], ...]
    """Which arm of a union it speaks for: (length of the path there, the arm's name)."""
    types: Types
    key: bool = False

    @property
    def kind(self) -> str:
        return str(self.detail["type"])


def _complaint(document: Document, model: type[BaseModel], base: Path, detail: Any) -> _Complaint:
    """Follows pydantic's location, which also names union arms, through the document."""
    path, types, arms, key = base, Types.of(model), [], False
    last = len(detail["loc"]) - 1
    for position, part in enumerate(detail["loc"]):
        value = document.get(path)
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            unknown = position == last and detail["type"] == "extra_forbidden"
            path, types = (*path, part), types if unknown else step(types, part)
        elif part == "[key]" and position == last:
            key = True
        elif isinstance(part, int):
            types = step(types, part)  # a validator made a list of what is written as one item
        elif not (position == last and detail["type"] == "missing"):
            arms.append((len(path), str(part)))
            types = types.arm(str(part))
    return _Complaint(detail, path, tuple(arms), types, key)


def _readable(complaints: list[_Complaint]) -> list[_Complaint]:
    """For each union only the complaints of the arm that was most likely meant."""
    unions: dict[Path, list[_Complaint]] = {}
    plain = []
    for one in complaints:
        if one.arms:
            unions.setdefault(one.path[: one.arms[0][0]], []).append(one)
        else:
            plain.append(one)
    for place, group in unions.items():
        plain += _likeliest_arm(place, group)
    return plain


def _likeliest_arm(place: Path, group: list[_Complaint]) -> list[_Complaint]:
    """An arm of the right kind (text, list, mapping) with the fewest complaints.

    When no arm is of the right kind, one complaint that names all kinds.
    """
    by_arm: dict[str, list[_Complaint]] = {}
    for one in group:
        by_arm.setdefault(one.arms[0][1], []).append(one)
    fitting = [
        arm
        for arm in by_arm.values()
        if not any(one.kind in _WRONG_KIND and one.path == place for one in arm)
    ]
    if not fitting:
        kinds = dict.fromkeys(_WRONG_KIND.get(one.kind, "") for one in group if one.path == place)
        detail = {**group[0].detail, "type": "kinds", "ctx": {"kinds": [k for k in kinds if k]}}
        return [_Complaint(detail, place, (), group[0].types)]
    best = min(fitting, key=lambda arm: _badness(place, arm))
    inner = [_Complaint(one.detail, one.path, one.arms[1:], one.types, one.key) for one in best]
    return _readable(inner)


def _badness(place: Path, arm: list[_Complaint]) -> tuple[int, int, int]:
    """Keys of the value itself that resemble nothing the arm knows are the worst; then many
    complaints, then such keys further inside."""
    strange = [one for one in arm if one.kind == "extra_forbidden" and not _meant(one)]
    here = sum(one.path[:-1] == place for one in strange)
    return here, len(arm), len(strange)


def _meant(one: _Complaint) -> str:
    """The key that was probably meant by an unknown one: whoever mends it misses none."""
    return closest(str(one.detail["loc"][-1]), known_keys(one.types))


def _unknown_key_hint(one: _Complaint) -> str:
    return suggest(str(one.detail["loc"][-1]), known_keys(one.types), list_up_to=15)


def _problem(document: Document, one: _Complaint) -> Problem:
    if one.kind == "extra_forbidden":
        message = f"unknown key {str(one.detail['loc'][-1])!r}"
        return document.problem(one.path, message, _unknown_key_hint(one), key=True)
    if one.kind == "missing":
        where = f" in {one.path[-1]!r}" if one.path and isinstance(one.path[-1], str) else ""
        message = f"{str(one.detail['loc'][-1])!r} is missing{where}"
        return document.problem(one.path, message, key=True)
    value = one.path[-1] if one.key and one.path else document.get(one.path)
    wanted = _WRONG_KIND.get(one.kind)
    message, hint = describe(one.detail, value, [wanted] if wanted else [])
    if one.path and isinstance(one.path[-1], str) and not one.key:
        message = f"{one.path[-1]}: {message}"
    elif one.key and one.path:
        message = f"key {message}"
    inside, name = document.mark(one.path), document.mark(one.path, key=True)
    of_all = isinstance(value, dict) and name.line < inside.line  # its first key is not to blame
    return document.problem(one.path, message, hint, key=one.key or of_all)
