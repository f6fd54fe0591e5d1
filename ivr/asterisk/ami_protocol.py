"""The AMI protocol without a socket: frames and messages in, checked headers out. Pure.

Whatever bytes come in, the only error is AmiProtocolError.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from panoramisk.message import Message

from ivr.model.errors import IvrError

LINE_BYTES_MAX = 1022
"""Asterisk discards a message with a longer line, without an answer that could be matched."""

HEADERS_MAX = 120
"""Asterisk drops what goes beyond 128."""

BANNER = b"Asterisk Call Manager/"
BANNER_BYTES_MAX = 256
FRAME_BYTES_MAX = 1_048_576

Headers = Mapping[str, str | Sequence[str]]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SPECIAL = re.compile(r'([\\",()\[\]])')
_CHANNEL_VARIABLE = re.compile(r"(\w*ChanVariable)(?:\(.*\))?", re.DOTALL)
"""Most events say `ChanVariable: NAME=value`; OriginateResponse `ChanVariable(CHANNEL): ...`."""

if TYPE_CHECKING:
    # What panoramisk's untyped Message offers and we promise.
    MessageBase = Mapping[str, str]
else:
    MessageBase = Message


class AmiProtocolError(IvrError):
    """The peer does not speak AMI, or sends a message without end."""


class AmiMessage(MessageBase):
    """A response or event: a mapping whose names ignore case, and are lower case when listed.

    A channel variable is found under `ChanVariable(NAME)` (or `DestChanVariable(NAME)`, ...); any
    other repeated header holds its values joined by line feeds.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._take({name.lower(): value for name, value in headers.items()})

    @classmethod
    def from_frame(cls, frame: bytes) -> "AmiMessage | None":
        """The message in a frame; None when it is neither a response nor an event.

        Decoded as a whole, so that no character is lost between two reads.
        """
        text = frame.decode("utf-8", "replace")
        has_variables = "ChanVariable" in text
        headers: dict[str, str] = {}
        for line in text.split("\r\n"):
            name, colon, value = line.partition(":")
            if not colon:
                continue
            value = value.removeprefix(" ")
            if has_variables and (match := _CHANNEL_VARIABLE.fullmatch(name)):
                variable, _, value = value.partition("=")
                name = f"{match[1]}({variable})"
            name = name.lower()
            headers[name] = f"{headers[name]}\n{value}" if name in headers else value
        if "event" not in headers and "response" not in headers:
            return None
        message = cls.__new__(cls)
        message._take(headers)  # its own
        return message

    def _take(self, headers: dict[str, str]) -> None:
        # Not as panoramisk does it: it adds a header `content`, and keeps each name as it was
        # written in a pair with its value, which the garbage collector has to look at.
        self._store = headers
        self.manager = None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._store

    def __getitem__(self, name: str) -> str:
        return self._store[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._store)

    def __len__(self) -> int:
        return len(self._store)

    def get(self, name: str, default: Any = None) -> Any:
        return self._store.get(name.lower(), default)


class FrameBuffer:
    """Cuts a byte stream into the banner and the messages between empty lines."""

    def __init__(self, frame_bytes_max: int = FRAME_BYTES_MAX) -> None:
        self._max = frame_bytes_max
        self._rest = bytearray()
        self._banner = b""

    @property
    def greeted(self) -> bool:
        """Whether the banner was received."""
        return bool(self._banner)

    def feed(self, data: bytes) -> list[bytes]:
        """The frames completed by `data`, without the empty line."""
        searched = len(self._rest)
        self._rest += data
        if not self._banner:
            if not self._take_banner():
                return []
            searched = 0
        if b"\r\n\r\n" not in self._rest[max(0, searched - 3) :]:
            frames: list[bytes] = []
        else:
            *frames, rest = bytes(self._rest).split(b"\r\n\r\n")
            self._rest = bytearray(rest)
        if any(len(frame) > self._max for frame in (*frames, self._rest)):
            raise AmiProtocolError(f"a message from Asterisk is longer than {self._max} bytes")
        return frames

    def _take_banner(self) -> bool:
        line, end, rest = self._rest.partition(b"\r\n")
        if not BANNER.startswith(line[: len(BANNER)]) or len(line) > BANNER_BYTES_MAX:
            raise AmiProtocolError("the peer is no Asterisk manager: check host and port")
        if end and len(line) >= len(BANNER):
            self._banner, self._rest = bytes(line), rest
        elif end:
            raise AmiProtocolError("the peer is no Asterisk manager: check host and port")
        return bool(self._banner)


def check_headers(headers: Headers) -> None:
    """Raises ValueError for whatever Asterisk would take for something else than was meant."""
    lines = 0
    for name, value in headers.items():
        if _NAME.fullmatch(name) is None:
            raise ValueError(f"{name!r} is no AMI header name")
        for text in (value,) if isinstance(value, str) else value:
            lines += 1
            if _CONTROL.search(text):
                raise ValueError(f"AMI header {name} may not hold control characters")
            if len(f"{name}: {text}".encode()) > LINE_BYTES_MAX:
                raise ValueError(f"AMI header {name} is longer than {LINE_BYTES_MAX} bytes")
    if lines > HEADERS_MAX:
        raise ValueError(f"an AMI action may not have more than {HEADERS_MAX} headers")


def assignment(name: str, value: str) -> str:
    """`NAME=value` for a `Variable` header: a comma in the value starts no further variable."""
    escaped = _SPECIAL.sub(r"\\\1", value)
    return f"{name}={escaped}"
