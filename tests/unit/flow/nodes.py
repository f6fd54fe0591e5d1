"""A few node classes that do nothing: the check knows nodes only by their fields."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, Field

from ivr.flow.node import (
    Assignment,
    AudioRef,
    CalendarRef,
    Condition,
    ExtensionRef,
    FlowRef,
    NodeSpec,
    QueueRef,
    SkillExpression,
    SpokenText,
    Target,
    VariableRef,
)


class Sound(BaseModel):
    file: AudioRef


class Case(BaseModel):
    when: Condition
    go: Target


class Say(NodeSpec):
    type: ClassVar[str] = "say"
    prompt: SpokenText | list[SpokenText | Sound]
    next: Target | None = None


class Menu(NodeSpec):
    type: ClassVar[str] = "menu"
    takes_input: ClassVar[bool] = True
    choices: dict[Annotated[str, Field(pattern=r"^[0-9]$")], Target]
    no_input: Target | None = None


class Branch(NodeSpec):
    type: ClassVar[str] = "branch"
    cases: list[Case]
    otherwise: Target = Field(alias="else")


class Set(NodeSpec):
    type: ClassVar[str] = "set"
    values: dict[VariableRef, Assignment]
    next: Target


class Queue(NodeSpec):
    type: ClassVar[str] = "queue"
    queue: QueueRef
    calendar: CalendarRef | None = None
    skills: SkillExpression = ""
    read: VariableRef | None = None
    colleague: ExtensionRef | None = None
    next: Target


class Hangup(NodeSpec):
    type: ClassVar[str] = "hangup"
    ends_walk: ClassVar[bool] = True


class Goto(NodeSpec):
    type: ClassVar[str] = "goto"
    ends_walk: ClassVar[bool] = True
    flow: FlowRef


NODE_TYPES: dict[str, type[NodeSpec]] = {
    cls.type: cls for cls in (Say, Menu, Branch, Set, Queue, Hangup, Goto)
}
