"""Netstrings (`5:hello,`): how baresip's control connection frames its JSON."""

LENGTH_MAX = 1_000_000
_DIGITS_MAX = 7


def encode(payload: bytes) -> bytes:
    return b"%d:%b," % (len(payload), payload)


class NetstringReader:
    """Takes bytes as they come, gives back whole payloads; ValueError for anything else."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        self._buffer += data
        payloads = []
        while (payload := self._next()) is not None:
            payloads.append(payload)
        return payloads

    def _next(self) -> bytes | None:
        digits, colon, rest = self._buffer.partition(b":")
        if (digits and not digits.isdigit()) or len(digits) > _DIGITS_MAX:
            raise ValueError(f"not a netstring: {self._buffer[:20]!r}")
        if not colon:
            return None
        length = int(digits or b"0")
        if not digits or length > LENGTH_MAX:
            raise ValueError(f"not a netstring: {self._buffer[:20]!r}")
        if len(rest) <= length:
            return None
        if rest[length : length + 1] != b",":
            raise ValueError(f"netstring without its comma: {self._buffer[:20]!r}")
        self._buffer = rest[length + 1 :]
        return rest[:length]
