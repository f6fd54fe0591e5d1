"""FastAGI servers that only send one command after the other, each in a process of its own.

    python -m benchmarks.agi_peers ivr 4573

What people use today, what we use, and the least that asyncio can do. Every session sends the same
command until the other side goes away.
"""

import asyncio
import os
import socketserver
import sys
from collections.abc import Callable
from typing import Any

import uvloop
from asterisk.agi import AGI
from panoramisk.fast_agi import Application, Request

from benchmarks.agi_load import COMMAND, TOKEN
from ivr.asterisk.agi import AgiLimits, AgiServer, AgiSession
from ivr.model.errors import CallerGoneError

ADDRESS = "127.0.0.1"
VERB, *ARGUMENTS = "SET VARIABLE", "IVR_STATE", "serving"


def ours(port: int) -> None:
    async def talk(session: AgiSession) -> None:
        try:
            while True:
                await session.command(VERB, *ARGUMENTS)
        except CallerGoneError:
            return

    async def serve() -> None:
        server = AgiServer(talk, token=TOKEN, limits=AgiLimits(), on_error=print)
        await server.start(ADDRESS, port)
        await asyncio.Event().wait()

    uvloop.run(serve())


def minimal(port: int) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline() != b"\n":
            pass
        line = b"start"
        while line:
            writer.write(COMMAND)
            line = await reader.readline()
        writer.close()

    async def serve() -> None:
        async with await asyncio.start_server(talk, ADDRESS, port, backlog=1024) as server:
            await server.serve_forever()

    uvloop.run(serve())


def panoramisk(port: int) -> None:
    async def talk(request: Request) -> None:
        command = COMMAND.decode().strip()
        while not request.reader.at_eof():
            await request.send_command(command)

    async def serve() -> None:
        application = Application(loop=asyncio.get_running_loop())
        application.add_route("call", talk)
        handler: Callable[..., Any] = application.handler
        async with await asyncio.start_server(handler, ADDRESS, port, backlog=1024) as server:
            await server.serve_forever()

    uvloop.run(serve())


class InThread(AGI):  # type: ignore[misc] # pyst2 has no types
    """As it is, but for the signal handler, which only a process's first thread may set."""

    def __init__(self, handler: socketserver.StreamRequestHandler, log: Any) -> None:
        self.stdin = handler.connection.makefile("r")
        self.stdout = handler.connection.makefile("w")
        self.stderr = log
        self._got_sighup = False
        self.env = {}
        self._get_agi_env()


def pyst2(port: int) -> None:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        request_queue_size = 1024

    with open(os.devnull, "w") as log:

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                agi = InThread(self, log)
                try:
                    while True:
                        agi.set_variable(*ARGUMENTS)
                except Exception:  # whatever it makes of a closed connection
                    return

        Server((ADDRESS, port), Handler).serve_forever()


SERVERS = {"ivr": ours, "minimal": minimal, "panoramisk": panoramisk, "pyst2": pyst2}

if __name__ == "__main__":
    SERVERS[sys.argv[1]](int(sys.argv[2]))
