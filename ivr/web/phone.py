"""The line of a phone in a browser: its WebSocket, handed on to Asterisk's message by message.

Browsers reach only this server: one port, one certificate, one sign-in. Who is signed in is
checked by the guard before and here again and again; whose phone it is, Asterisk checks by the SIP
password.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import structlog
from aiohttp import WSCloseCode, WSMsgType, hdrs, web

from ivr.web.caller import caller_of
from ivr.web.csrf import is_ours
from ivr.web.guard import refuse, still_may

log = structlog.get_logger(__name__)

SIP = "sip"
"""Subprotocol of SIP over WebSocket (RFC 7118)."""
MESSAGE_BYTES_MAX = 64 * 1024
"""A SIP message with the session description of one call has a few thousand."""
CONNECT_S = 5.0
SEND_S = 10.0
"""Whoever takes no message for so long is left."""
BEAT_S = 20.0
"""A browser that answers no ping for half as long again is gone."""
IDLE_S = 150.0
"""Without a message of the phone, which answers Asterisk's OPTIONS every 30 s, once registered."""
CHECK_S = 5.0
"""So often it is asked whether they are still signed in."""
LINES_MAX = 1000
TAKEN_OVER = 4001
"""Close code: the same phone was opened in another page. RFC 6455 leaves 4000 to 4999 to us."""
SIGNED_OUT = 4003


@dataclass
class _Line:
    """One phone's two connections."""

    browser: web.WebSocketResponse
    asterisk: aiohttp.ClientWebSocketResponse
    heard_at: float
    """Loop time of the phone's last message."""
    code: int = WSCloseCode.OK
    """What the browser is told when it ends."""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, code: int) -> None:
        """The first reason stands."""
        if not self.over.is_set():
            self.code = code
            self.over.set()


class Lines:
    """All of them: one for each extension, the newest; `close` ends them."""

    def __init__(self, address: str, origin: str = "") -> None:
        """`address` is Asterisk's WebSocket as a URL; `origin` is where browsers find this server,
        empty: at the Host of the request."""
        self._address = address
        self._origin = origin
        self._lines: dict[str, _Line] = {}
        self._closed = False

    def has(self, extension: str) -> bool:
        """Whether this phone is connected in some page."""
        return extension in self._lines

    async def serve(self, request: web.Request, extension: str) -> web.StreamResponse:
        """Until either side ends, they sign out, or the phone is opened elsewhere.

        426 for a request that opens no WebSocket with subprotocol `sip`, 403 for one from another
        origin, 503 when there are too many or this server ends, 502 without Asterisk.
        """
        said = request.headers.get(hdrs.ORIGIN, "")
        if not is_ours(said, self._origin, request.host):
            return refuse(request, "another site may not use this phone")
        browser = web.WebSocketResponse(
            protocols=[SIP],
            max_msg_size=MESSAGE_BYTES_MAX,
            heartbeat=BEAT_S,
            compress=False,
            timeout=1.0,
        )
        ready = browser.can_prepare(request)
        if not ready or ready.protocol != SIP:
            return web.json_response(
                {"error": "open a WebSocket with the subprotocol `sip`"},
                status=426,
                headers={hdrs.UPGRADE: "websocket"},
            )
        if self._closed or (len(self._lines) >= LINES_MAX and extension not in self._lines):
            return web.json_response({"error": "no more phones now"}, status=503)
        async with aiohttp.ClientSession() as client:
            try:
                async with asyncio.timeout(CONNECT_S):
                    asterisk = await client.ws_connect(
                        self._address, protocols=[SIP], max_msg_size=MESSAGE_BYTES_MAX, compress=0
                    )
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                log.warning("no WebSocket to Asterisk", address=self._address, error=str(error))
                return web.json_response({"error": "Asterisk is out of reach"}, status=502)
            async with asterisk:
                await browser.prepare(request)
                await self._carry(request, extension, browser, asterisk)
        return browser

    async def _carry(
        self,
        request: web.Request,
        extension: str,
        browser: web.WebSocketResponse,
        asterisk: aiohttp.ClientWebSocketResponse,
    ) -> None:
        line = _Line(browser, asterisk, asyncio.get_running_loop().time())
        if before := self._lines.get(extension):
            before.end(TAKEN_OVER)
        self._lines[extension] = line
        who = caller_of(request).name
        log.info("phone in a browser connected", extension=extension, user=who)
        work = [
            asyncio.create_task(_guarded(run, line), name=f"phone-{extension}-{name}")
            for name, run in (
                ("in", _from_browser(line)),
                ("out", _from_asterisk(line)),
                ("watch", _watch(request, line)),
            )
        ]
        try:
            await line.over.wait()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            if self._lines.get(extension) is line:
                del self._lines[extension]
            log.info("phone in a browser left", extension=extension, user=who, code=line.code)
            await browser.close(code=line.code)

    def close(self) -> None:
        """This server ends: phones come again."""
        self._closed = True
        for line in self._lines.values():
            line.end(WSCloseCode.SERVICE_RESTART)


async def _guarded(run: Awaitable[int], line: _Line) -> None:
    """Whatever ends one of a line's three tasks ends the line."""
    try:
        line.end(await run)
    except (aiohttp.ClientError, ConnectionError, TimeoutError):
        line.end(WSCloseCode.GOING_AWAY)
    except Exception:
        log.exception("the line of a phone in a browser broke")
        line.end(WSCloseCode.INTERNAL_ERROR)


async def _from_browser(line: _Line) -> int:
    loop = asyncio.get_running_loop()
    async for message in line.browser:
        line.heard_at = loop.time()
        if not await _handed_on(message, line.asterisk.send_str, line.asterisk.send_bytes):
            break
    return line.browser.close_code or WSCloseCode.OK


async def _from_asterisk(line: _Line) -> int:
    async for message in line.asterisk:
        if not await _handed_on(message, line.browser.send_str, line.browser.send_bytes):
            break
    return WSCloseCode.SERVICE_RESTART


async def _handed_on(
    message: aiohttp.WSMessage,
    send_text: Callable[[str], Awaitable[None]],
    send_bytes: Callable[[bytes], Awaitable[None]],
) -> bool:
    """False for what is no message of SIP."""
    async with asyncio.timeout(SEND_S):
        if message.type is WSMsgType.TEXT:
            await send_text(message.data)
        elif message.type is WSMsgType.BINARY:
            await send_bytes(message.data)
        else:
            return False
    return True


async def _watch(request: web.Request, line: _Line) -> int:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(CHECK_S)
        if not await still_may(request):
            return SIGNED_OUT
        if loop.time() - line.heard_at > IDLE_S:
            return WSCloseCode.POLICY_VIOLATION
