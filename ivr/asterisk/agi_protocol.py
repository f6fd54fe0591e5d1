"""The AGI protocol without a socket: lines in, environment and replies out. Pure.

Whatever bytes come in, the only error is AgiProtocolError; its reason is one of ERROR_REASONS.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.model.errors import IvrError

COMMAND_BYTES_MAX = 2047
"""Asterisk cuts a longer line and would run its rest as a command of its own."""

COMMAND_ARGUMENTS_MAX = 100
"""Asterisk drops what goes beyond about 128 words."""

REPLY_LINES_MAX = 200
"""Lines one reply may take: progress, the usage text of a 520, text with line breaks."""

DEAD_CHANNEL = 511

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_VERB = re.compile(r"[A-Za-z]\w*(?: [A-Za-z]\w*)*", re.ASCII)
_STATUS = re.compile(r"([0-9]{3})(?:([ -])(.*))?", re.DOTALL)
_RESULT = re.compile(r"result=([^ (]*) ?(.*)", re.DOTALL)
_DATA_ENDPOS = re.compile(r"\((.*)\) endpos=([0-9]{1,18})(?: results=.*)?", re.DOTALL)
_ENDPOS = re.compile(r"endpos=([0-9]{1,18})")
_ENVIRONMENT = re.compile(r"agi_([a-z0-9_]+): ?(.*)", re.DOTALL)
_ARGUMENT = re.compile(r"arg_([0-9]{1,3})")


class AgiProtocolError(IvrError):
    """The peer does not speak AGI, or too much of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the FastAGI peer broke the protocol: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class AgiReply:
    """One reply, complete. `result` of -1 may mean hang-up or failure: the next command tells."""

    code: int
    result: str = ""
    data: str = ""
    """What stood in parentheses; for a refusal (510, 520) its text."""
    endpos: int | None = None
    """Samples played or recorded."""


PLAIN = {f"200 result={result}".encode(): AgiReply(200, result) for result in ("0", "1")}
"""Nearly all replies, read already."""


class Hangup:
    """The out-of-band HANGUP line: the channel hung up or was taken away by a redirect."""


HANGUP = Hangup()


class LineBuffer:
    """Cuts a byte stream into lines."""

    def __init__(self, line_bytes_max: int) -> None:
        self._max = line_bytes_max
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines completed by `data`, without their ends."""
        whole = self._rest + data
        *lines, self._rest = whole.split(b"\n")
        if len(whole) > self._max and any(len(line) > self._max for line in (*lines, self._rest)):
            raise AgiProtocolError("line_too_long")
        return [line.removesuffix(b"\r") for line in lines] if b"\r" in whole else lines


def parse_environment(lines: Iterable[bytes]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The variables without their `agi_`, and the arguments.

    A caller's name may hold a line break and so pretend to be further lines. Lines that are none
    of AGI's are skipped; a second value for a name, and arguments that are not the unbroken end of
    the block, are refused: nobody can forge the token, the channel or an argument.
    """
    environment: dict[str, str] = {}
    arguments: list[str] = []
    for line in lines:
        match = _ENVIRONMENT.fullmatch(line.decode("utf-8", "replace"))
        if match is None:
            continue
        name, value = match.groups()
        if argument := _ARGUMENT.fullmatch(name):
            if int(argument[1]) != len(arguments) + 1:
                raise AgiProtocolError("bad_environment")
            arguments.append(value)
        elif arguments or name in environment:
            raise AgiProtocolError("bad_environment")
        else:
            environment[name] = value
    return environment, tuple(arguments)


def encode_command(verb: str, *arguments: str) -> bytes:
    """One line: the verb as it is, every argument quoted.

    Raises ValueError for what cannot be sent safely: control characters, text that is no Unicode,
    more than Asterisk takes in one line.
    """
    if _VERB.fullmatch(verb) is None:
        raise ValueError(f"AGI verb {verb!r} must be words of letters and digits")
    if len(arguments) > COMMAND_ARGUMENTS_MAX:
        raise ValueError(f"AGI command {verb} has more than {COMMAND_ARGUMENTS_MAX} arguments")
    line = " ".join((verb, *map(quote, arguments))).encode() + b"\n"
    if len(line) > COMMAND_BYTES_MAX:
        raise ValueError(f"AGI command {verb} takes {len(line)} bytes, over {COMMAND_BYTES_MAX}")
    return line


def quote(argument: str) -> str:
    """One argument as Asterisk reads it back unchanged; ValueError for control characters."""
    # The look at all characters at once is far cheaper than the one for control characters.
    if not argument.isprintable() and _CONTROL.search(argument):
        raise ValueError("an AGI argument may not hold control characters")
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'


class ReplyParser:
    """Lines in, replies out; HANGUP may come at any time."""

    def __init__(self) -> None:
        self._lines = 0
        self._block: tuple[int, list[str]] | None = None
        """Code and lines of a multi-line refusal being read."""
        self._open = ""
        """A 200 whose parenthesis is still open: the value holds a line break."""

    def feed(self, line: bytes) -> AgiReply | Hangup | None:
        """What this line completes, or None."""
        if line in PLAIN and not self._open and self._block is None:
            self._lines = 0
            return PLAIN[line]
        self._lines += 1
        if self._lines > REPLY_LINES_MAX:
            raise AgiProtocolError("too_many_lines")
        done = self._read(line.decode("utf-8", "replace"))
        if isinstance(done, AgiReply):
            self._lines = 0
        return done

    def _read(self, text: str) -> AgiReply | Hangup | None:
        if self._open:
            return self._result(f"{self._open}\n{text}")
        if text == "HANGUP":
            return HANGUP
        if self._block is not None:
            return self._in_block(*self._block, text)
        match = _STATUS.fullmatch(text)
        if match is None:
            raise AgiProtocolError("garbage")
        code, separator, rest = int(match[1]), match[2], match[3] or ""
        if code == 100:
            return None
        if separator == "-":
            self._block = (code, [rest])
            return None
        return self._result(rest) if code == 200 else AgiReply(code, data=rest)

    def _in_block(self, code: int, lines: list[str], text: str) -> AgiReply | None:
        if text.startswith(f"{code} "):
            self._block = None
            return AgiReply(code, data="\n".join(lines))
        lines.append(text)
        return None

    def _result(self, rest: str) -> AgiReply | None:
        match = _RESULT.fullmatch(rest)
        if match is None:
            raise AgiProtocolError("garbage")
        result, tail = match.groups()
        self._open = ""
        if endpos := _ENDPOS.fullmatch(tail):
            return AgiReply(200, result, endpos=int(endpos[1]))
        if not tail.startswith("("):
            return AgiReply(200, result, tail)
        if tail.endswith(")"):
            return AgiReply(200, result, tail[1:-1])
        if both := _DATA_ENDPOS.fullmatch(tail):
            return AgiReply(200, result, both[1], int(both[2]))
        self._open = rest
        return None
