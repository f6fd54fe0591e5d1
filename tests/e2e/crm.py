"""Somebody else's system, on the loopback: it answers as told and keeps what it was told."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Answer = Callable[[str], Any]
"""JSON or a status, by path; None: nothing is known there."""


class Crm:
    """Everything posted is taken, and answered with what is known there."""

    def __init__(self, answer: Answer, authorization: str = "") -> None:
        self._answer = answer
        self._authorization = authorization
        self.posted: list[tuple[str, Any]] = []
        """(path, JSON), in order."""
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        if self._authorization not in ("", request.headers.get("Authorization")):
            return web.json_response(status=401)
        told = self._answer(request.rel_url.raw_path)
        if request.method == "POST":
            self.posted.append((request.path, await request.json()))
            told = {} if told is None else told
        if told is None or isinstance(told, int):
            return web.json_response(status=told or 404)
        return web.json_response(told)


@asynccontextmanager
async def crm(answer: Answer, authorization: str = "") -> AsyncIterator[Crm]:
    """One that runs; its `url` has no path."""
    it = Crm(answer, authorization)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", it.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        it.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield it
    finally:
        await runner.cleanup()
