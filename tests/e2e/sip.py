"""A trunk that speaks SIP byte by byte, so that it can send what no telephone would."""

import asyncio
import re
import socket
import uuid
from dataclasses import dataclass, field

from ivr.settings import Settings
from tests.e2e.media import Media

TRUNK_IP = "127.0.0.99"
"""The address the tests' site knows as its trunk."""
_ANSWER_LIMIT_S = 3.0


@dataclass
class RawCall:
    """One INVITE and what became of it."""

    trunk: "Trunk"
    number: str
    from_header: bytes
    id: str
    status: int = 0
    """The final answer; 0 when there was none."""
    to_header: bytes = b""
    media: Media | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """The other side has hung up."""

    async def hang_up(self) -> None:
        self.trunk.send(self, b"BYE", 2)

    def hears(self, sdp: bytes) -> None:
        """The other side tells where it wants its audio."""
        host = re.search(rb"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
        port = re.search(rb"^m=audio (\d+)", sdp, re.MULTILINE)
        if self.media is not None and host is not None and port is not None:
            self.media.send_to(host[1].decode(), int(port[1]))


class Trunk:
    """Calls from the trunk's address, or another. Who calls without `media` says and hears
    nothing."""

    def __init__(self, settings: Settings, address: str = TRUNK_IP) -> None:
        self._address = address
        self._server = (settings.sip_bind, settings.sip_port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._calls: dict[str, RawCall] = {}
        self._answered = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Trunk":
        self._socket.setblocking(False)
        self._socket.bind((self._address, 0))
        self._reader = asyncio.create_task(self._read(), name="trunk")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._reader is not None
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._socket.close()

    async def call(
        self,
        number: str,
        *,
        name: bytes = b"",
        user: bytes = b"5551234",
        more: bytes = b"",
        media: Media | None = None,
    ) -> RawCall:
        """Dials; returns with the final answer, or without one after some seconds.

        `more` are header lines of any kind, each with its line end.
        """
        from_header = b'"%s" <sip:%s@%s>;tag=a' % (name, user, self._address.encode())
        call = RawCall(self, number, from_header, uuid.uuid4().hex, media=media)
        self._calls[call.id] = call
        port = self._socket.getsockname()[1] if media is None else media.port
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 {self._address}\r\ns=-\r\nc=IN IP4 {self._address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
        ).encode()
        self.send(call, b"INVITE", 1, b"Content-Type: application/sdp\r\n" + more, sdp)
        try:
            async with asyncio.timeout(_ANSWER_LIMIT_S):
                while not call.status:
                    self._answered.clear()
                    await self._answered.wait()
        except TimeoutError:
            return call
        self.send(call, b"ACK", 1)
        return call

    def send(
        self, call: RawCall, method: bytes, cseq: int, headers: bytes = b"", body: bytes = b""
    ) -> None:
        host, port = self._server
        target = f"sip:{call.number}@{host}:{port}".encode()
        own = f"{self._address}:{self._socket.getsockname()[1]}".encode()
        lines = (
            b"%s %s SIP/2.0\r\n" % (method, target),
            b"Via: SIP/2.0/UDP %s;rport;branch=z9hG4bK%s%s%d\r\n"
            % (own, call.id.encode(), method, cseq),
            b"Max-Forwards: 70\r\nFrom: %s\r\n" % call.from_header,
            b"To: %s\r\n" % (call.to_header or b"<%s>" % target),
            b"Call-ID: %s\r\nCSeq: %d %s\r\n" % (call.id.encode(), cseq, method),
            b"Contact: <sip:trunk@%s>\r\n%s" % (own, headers),
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body),
        )
        self._socket.sendto(b"".join(lines), self._server)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            message, sender = await loop.sock_recvfrom(self._socket, 65536)
            if not message.startswith((b"SIP/2.0", b"BYE")):
                continue  # RTP, and OPTIONS by which the trunk is watched
            call_id = re.search(rb"\r\nCall-ID: *(\S+)", message, re.IGNORECASE)
            call = self._calls.get(call_id[1].decode() if call_id else "")
            if call is not None:
                self._take(call, message, sender)

    def _take(self, call: RawCall, message: bytes, sender: tuple[str, int]) -> None:
        if message.startswith(b"BYE"):
            kept = re.findall(rb"\r\n((?:Via|From|To|Call-ID|CSeq):[^\r]*)", message)
            answer = b"\r\n".join([b"SIP/2.0 200 OK", *kept, b"Content-Length: 0", b"", b""])
            self._socket.sendto(answer, sender)
            call.over.set()
            return
        status = int(message[8:11])
        to_header = re.search(rb"\r\nTo: *([^\r]*)", message)
        if status >= 200 and not call.status and to_header is not None:
            call.to_header = to_header[1]
            call.status = status
            call.hears(message.partition(b"\r\n\r\n")[2])
            self._answered.set()
