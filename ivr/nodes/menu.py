"""menu: let the caller choose by key."""

from typing import Annotated, ClassVar

from pydantic import Field

from ivr.flow.node import Target
from ivr.nodes.base import MATCH, Visit
from ivr.nodes.question import Question

Keys = Annotated[str, Field(pattern=r"^[0-9*#]{1,8}$")]


class Menu(Question):
    """Lets the caller choose by one or several keys.

    After a key that is a choice and also begins a longer one, the menu waits `digit_timeout_s` for
    more (or `#`); otherwise it acts at once.
    """

    type: ClassVar[str] = "menu"
    choices: Annotated[dict[Keys, Target], Field(min_length=1)] = Field(
        description="Taken when the caller presses these keys."
    )

    async def run(self, visit: Visit) -> str:
        result, typed = await self.ask(visit, self.tries())
        return f"choices:{typed}" if result == MATCH else result

    async def read_rest(self, visit: Visit, first: str) -> str:
        typed = first
        while self._may_continue(typed):
            key = await visit.call.wait_key(self.digit_timeout_s)
            ends_here = key == "#" and typed in self.choices and not self._begins(typed + key)
            if not key or ends_here:
                break
            typed += key
        return typed

    def accepts(self, _visit: Visit, typed: str) -> bool:
        return typed in self.choices

    def _begins(self, typed: str) -> bool:
        return any(keys.startswith(typed) for keys in self.choices)

    def _may_continue(self, typed: str) -> bool:
        return any(keys.startswith(typed) and keys != typed for keys in self.choices)
