"""As much SIP as phones on the loopback need: one UDP socket, requests, answers, dialogs.

Every time given out is `time.monotonic()`, taken before a request is handed to the kernel and right
after one was read from it.
"""

import asyncio
import hashlib
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

Address = tuple[str, int]
HeaderList = Sequence[tuple[str, str]]

ANSWER_LIMIT_S = 10.0
_BUFFER_BYTES = 4_000_000
_HANDLED_MAX = 5000


class SipError(Exception):
    """A request was refused or not answered."""


@dataclass(frozen=True)
class Message:
    """A request or a response."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def get(self, name: str) -> str:
        """The first header of that name, or empty."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/") else 0

    @property
    def method(self) -> str:
        """Of the request, or of the request this answers."""
        return self.get("CSeq").split()[-1]

    @property
    def branch(self) -> str:
        """The transaction this belongs to; the other parameters of a Via may change on the way."""
        found = re.search(r";branch=([^;,\s]+)", self.get("Via"))
        return found.group(1) if found else ""

    @property
    def user(self) -> str:
        """The user part of a request's URI."""
        return self.start.split()[1].removeprefix("sip:").partition("@")[0]

    @property
    def media(self) -> Address:
        """Where the other side wants its audio."""
        host = re.search(r"^c=IN IP4 (\S+)", self.body, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        if host is None or port is None:
            raise SipError(f"no audio in {self.start!r}")
        return host.group(1), int(port.group(1))


def parse(data: bytes) -> Message:
    """The message in one datagram."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Message(start, tuple((key.strip(), value.strip()) for key, _, value in pairs), body)


class Dialog:
    """One call as one side of it sees it."""

    def __init__(self, call_id: str, local: str, remote: str, target: str, media: Address) -> None:
        self.call_id = call_id
        self.local = local
        """Our side's From, with tag."""
        self.remote = remote
        self.target = target
        """URI requests in this dialog go to."""
        self.media = media
        self.sequence = 1000
        self.ended = asyncio.Event()
        """Set as soon as either side has hung up."""


@dataclass(frozen=True)
class Invitation:
    """Somebody rings one of the phones here; `at` is when it arrived."""

    request: Message
    at: float
    ring: Callable[[], None]
    """Says that the phone rings; who answers at once need not."""
    answer: Callable[[], Dialog]
    refuse: Callable[[str], None]
    cancelled: asyncio.Event
    """Set when the other side gave up; the phone must not answer any more."""

    @property
    def caller(self) -> str:
        """The number that rings, as the phone would show it."""
        found = re.search(r"sip:([^@>]*)@", self.request.get("From"))
        return found.group(1) if found else ""


class SipSocket(asyncio.DatagramProtocol):
    """All phones of a measurement behind one address. `media_port` is where they want audio."""

    def __init__(
        self, server: Address, media_port: int, on_invitation: Callable[[Invitation], None]
    ) -> None:
        self._server = server
        self._media_port = media_port
        self._on_invitation = on_invitation
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._dialogs: dict[str, Dialog] = {}
        self._answers: dict[tuple[str, str], bytes] = {}
        self._ringing: dict[str, Invitation] = {}

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES
        )
        self._transport = transport

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    @property
    def dialogs(self) -> list[Dialog]:
        """Calls under way."""
        return list(self._dialogs.values())

    # --- what phones do

    async def register(self, user: str, password: str) -> None:
        """Until the end of the measurement."""
        await self._bind(user, password, f"<sip:{user}@{_join(self._address)}>", 3600)

    async def unregister(self, user: str, password: str) -> None:
        """Wherever that user was registered, also from another address."""
        await self._bind(user, password, "*", 0)

    async def _bind(self, user: str, password: str, contact: str, expires_s: int) -> None:
        call_id = _token()
        me = f"<sip:{user}@{_join(self._server)}>"

        async def attempt(number: int, extra: HeaderList) -> Message:
            headers = [
                ("From", f"{me};tag={call_id}"),
                ("To", me),
                ("Call-ID", call_id),
                ("CSeq", f"{number} REGISTER"),
                ("Contact", contact),
                ("Expires", str(expires_s)),
            ]
            return await self._request(f"REGISTER {self._uri('')}", [*headers, *extra])

        await _authorised(attempt, "REGISTER", self._uri(""), user, password)

    async def dial(self, user: str, password: str, number: str) -> Dialog:
        """The call, once it was answered; SipError when it was not."""
        call_id, uri = _token(), self._uri(number)
        me = f"<sip:{user}@{_join(self._server)}>;tag={call_id}"

        async def attempt(sequence: int, extra: HeaderList) -> Message:
            headers = [
                ("From", me),
                ("To", f"<{uri}>"),
                ("Call-ID", call_id),
                ("CSeq", f"{sequence} INVITE"),
                ("Contact", f"<sip:{user}@{_join(self._address)}>"),
                ("Content-Type", "application/sdp"),
            ]
            answer = await self._request(f"INVITE {uri}", [*headers, *extra], self._sdp())
            self._acknowledge(answer, uri)
            return answer

        answer = await _authorised(attempt, "INVITE", uri, user, password)
        return self._begin(Dialog(call_id, me, answer.get("To"), _contact(answer), answer.media))

    async def hang_up(self, dialog: Dialog) -> None:
        """Nothing happens when the other side was quicker."""
        if self._dialogs.pop(dialog.call_id, None) is None:
            return
        dialog.ended.set()
        dialog.sequence += 1
        headers = [
            ("From", dialog.local),
            ("To", dialog.remote),
            ("Call-ID", dialog.call_id),
            ("CSeq", f"{dialog.sequence} BYE"),
        ]
        await self._request(f"BYE {dialog.target}", headers)

    # --- the wire

    def datagram_received(self, data: bytes, addr: Address) -> None:
        at = time.monotonic()
        message = parse(data)
        if not message.status:
            self._requested(message, at, addr)
        elif message.status >= 200:
            waiting = self._waiting.pop(message.branch, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    def _requested(self, request: Message, at: float, sender: Address) -> None:
        key = (request.get("Call-ID"), request.get("CSeq"))
        if request.method == "ACK":
            return
        if key in self._answers:
            self._send(self._answers[key], sender)
        elif request.method == "INVITE":
            self._invited(request, at, sender)
        else:
            if request.method == "CANCEL" and (given_up := self._ringing.pop(key[0], None)):
                given_up.cancelled.set()
                given_up.refuse("487 Request Terminated")
            if request.method == "BYE" and (gone := self._dialogs.pop(key[0], None)):
                gone.ended.set()
            self._respond(request, "200 OK", sender)

    def _invited(self, request: Message, at: float, sender: Address) -> None:
        local = f"{request.get('To')};tag={_token()}"

        def answer() -> Dialog:
            self._ringing.pop(request.get("Call-ID"), None)
            return self._answer(request, sender, local)

        def refuse(status: str) -> None:
            self._ringing.pop(request.get("Call-ID"), None)
            self._respond(request, status, sender, to=local)

        def ring() -> None:
            self._ringing[request.get("Call-ID")] = invitation
            self._respond(request, "180 Ringing", sender, to=local)

        invitation = Invitation(request, at, ring, answer, refuse, asyncio.Event())
        self._on_invitation(invitation)

    def _answer(self, request: Message, sender: Address, local: str) -> Dialog:
        contact = ("Contact", f"<sip:{request.user}@{_join(self._address)}>")
        extra = [contact, ("Content-Type", "application/sdp")]
        self._respond(request, "200 OK", sender, extra, self._sdp(), to=local)
        return self._begin(
            Dialog(
                request.get("Call-ID"),
                local,
                request.get("From"),
                _contact(request),
                request.media,
            )
        )

    def _begin(self, dialog: Dialog) -> Dialog:
        self._dialogs[dialog.call_id] = dialog
        return dialog

    def _respond(
        self,
        request: Message,
        status: str,
        receiver: Address,
        extra: HeaderList = (),
        body: str = "",
        to: str = "",
    ) -> None:
        headers = [("Via", via) for via in request.all("Via")]
        headers += [(name, request.get(name)) for name in ("From", "Call-ID", "CSeq")]
        known = to or request.get("To")
        headers.append(("To", known if ";tag=" in known else f"{known};tag={_token()}"))
        data = _encode(f"SIP/2.0 {status}", [*headers, *extra], body)
        self._answers[request.get("Call-ID"), request.get("CSeq")] = data
        if len(self._answers) > _HANDLED_MAX:
            del self._answers[next(iter(self._answers))]
        self._send(data, receiver)

    async def _request(self, start: str, headers: HeaderList, body: str = "") -> Message:
        """The final response."""
        branch = f"z9hG4bK{_token()}"
        waiting: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[branch] = waiting
        lines = [
            ("Via", f"SIP/2.0/UDP {_join(self._address)};branch={branch}"),
            ("Max-Forwards", "70"),
            *headers,
        ]
        self._send(_encode(f"{start} SIP/2.0", lines, body), self._server)
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                return await waiting
        except TimeoutError:
            raise SipError(f"no answer to {start!r} in {ANSWER_LIMIT_S:g} s") from None
        finally:
            self._waiting.pop(branch, None)

    def _acknowledge(self, answer: Message, uri: str) -> None:
        good = answer.status < 300
        branch = f"SIP/2.0/UDP {_join(self._address)};branch=z9hG4bK{_token()}"
        headers = [
            ("Via", branch if good else answer.get("Via")),
            ("Max-Forwards", "70"),
            *((name, answer.get(name)) for name in ("From", "To", "Call-ID")),
            ("CSeq", f"{answer.get('CSeq').split()[0]} ACK"),
        ]
        target = _contact(answer) if good else uri
        self._send(_encode(f"ACK {target} SIP/2.0", headers, ""), self._server)

    def _send(self, data: bytes, receiver: Address) -> None:
        if self._transport is None:
            raise RuntimeError("the socket is not open")
        self._transport.sendto(data, receiver)

    @property
    def _address(self) -> Address:
        if self._transport is None:
            raise RuntimeError("the socket is not open")
        host, port = self._transport.get_extra_info("sockname")
        return str(host), int(port)

    def _uri(self, user: str) -> str:
        return f"sip:{user}@{_join(self._server)}" if user else f"sip:{_join(self._server)}"

    def _sdp(self) -> str:
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=-",
            "c=IN IP4 127.0.0.1",
            "t=0 0",
            f"m=audio {self._media_port} RTP/AVP 0",
            "a=rtpmap:0 PCMU/8000",
            "a=ptime:20",
        ]
        return "\r\n".join(lines) + "\r\n"


async def _authorised(
    attempt: Callable[[int, HeaderList], Awaitable[Message]],
    method: str,
    uri: str,
    user: str,
    password: str,
) -> Message:
    """The success `attempt` ends in, its challenge answered; SipError for anything else."""
    answer = await attempt(1, ())
    if answer.status == 401:
        challenges = answer.all("WWW-Authenticate")
        proof = digest(challenges, method, uri, user, password, _token())
        answer = await attempt(2, [("Authorization", proof)])
    if answer.status >= 300:
        raise SipError(f"{method} {uri} by {user}: {answer.start}")
    return answer


def digest(
    challenges: Iterable[str], method: str, uri: str, user: str, password: str, own_nonce: str
) -> str:
    """The answer to the MD5 challenge among these, whose nonce is used this once (RFC 2617)."""
    offered = [dict(re.findall(r'(\w+)="?([^",]*)"?', challenge)) for challenge in challenges]
    fields = next((each for each in offered if each.get("algorithm", "MD5") == "MD5"), None)
    if fields is None:
        raise SipError(f"{method} {uri} by {user}: no challenge for MD5")
    realm, nonce = fields["realm"], fields["nonce"]
    first, second = _md5(f"{user}:{realm}:{password}"), _md5(f"{method}:{uri}")
    parts = {"username": user, "realm": realm, "nonce": nonce, "uri": uri}
    if "opaque" in fields:
        parts["opaque"] = fields["opaque"]
    counted = ""
    if "qop" in fields:
        counted = f"00000001:{own_nonce}:auth:"
        parts["cnonce"] = own_nonce
    parts["response"] = _md5(f"{first}:{nonce}:{counted}{second}")
    line = "Digest " + ", ".join(f'{name}="{value}"' for name, value in parts.items())
    return line + (", qop=auth, nc=00000001" if counted else "") + ", algorithm=MD5"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _encode(start: str, headers: HeaderList, body: str) -> bytes:
    length = ("Content-Length", str(len(body.encode())))
    lines = [start, *(f"{name}: {value}" for name, value in [*headers, length])]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def _contact(message: Message) -> str:
    found = re.search(r"<([^>]+)>", message.get("Contact"))
    if found is None:
        raise SipError(f"no contact in {message.start!r}")
    return found.group(1)


def _join(address: Address) -> str:
    return f"{address[0]}:{address[1]}"


def _token() -> str:
    return secrets.token_hex(8)
