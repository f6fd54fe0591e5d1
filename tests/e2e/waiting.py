"""Waiting for what must come, with a limit."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_S = 0.05


async def eventually(look: Callable[[], T], limit_s: float, what: str | Callable[[], str]) -> T:
    """The first true answer of `look`; an AssertionError saying `what` is missing otherwise."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit_s
    while True:
        if answer := look():
            return answer
        if loop.time() > deadline:
            missing = what if isinstance(what, str) else what()
            raise AssertionError(f"not in {limit_s:g} s: {missing}")
        await asyncio.sleep(POLL_S)
