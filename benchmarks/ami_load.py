"""An Asterisk manager that tells of many calls as fast as it is read, and the least to read it."""

import asyncio
import socket
import threading
from collections.abc import Callable, Mapping

TURNS = 4000
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"

_CHANNEL = (
    "Channel: PJSIP/{caller}-{number:08x}\r\nChannelState: {state}\r\nChannelStateDesc: Up\r\n"
    "CallerIDNum: {caller}\r\nCallerIDName: <unknown>\r\nConnectedLineNum: <unknown>\r\n"
    "ConnectedLineName: <unknown>\r\nLanguage: en\r\nAccountCode: \r\nContext: ivr-callers\r\n"
    "Exten: 600\r\nPriority: 3\r\nUniqueid: {uniqueid}\r\nLinkedid: {uniqueid}\r\n"
)
CALL = (
    ("Newchannel", "call", 0, ""),
    ("Newstate", "call", 6, ""),
    ("VarSet", "dialplan", 6, "Variable: IVR_STATE\r\nValue: serving\r\n"),
    ("DTMFEnd", "dtmf", 6, "Digit: 1\r\nDurationMs: 100\r\nDirection: Received\r\n"),
    ("Hold", "call", 6, "MusicClass: default\r\n"),
    ("Unhold", "call", 6, ""),
    ("Newexten", "dialplan", 6, "Extension: 600\r\nApplication: AGI\r\nAppData: agi://x\r\n"),
    ("Hangup", "call", 6, "Cause: 16\r\nCause-txt: Normal Clearing\r\n"),
)
"""Name, class, state of the channel, further headers: a call as Asterisk 22 tells it."""
EVENTS = TURNS * len(CALL)


def calls() -> tuple[bytes, list[str]]:
    """What is told, and of which channel, event by event."""
    text: list[str] = []
    channels: list[str] = []
    for number in range(TURNS):
        uniqueid = f"1795822000.{number}"
        for name, privilege, state, more in CALL:
            channel = _CHANNEL.format(
                caller=2000 + number % 500, number=number, state=state, uniqueid=uniqueid
            )
            text.append(f"Event: {name}\r\nPrivilege: {privilege},all\r\n{channel}{more}\r\n")
            channels.append(uniqueid)
    return "".join(text).encode(), channels


class AmiSource:
    """Serves one connection, from a thread of its own; a login gets its answer first."""

    def __init__(self) -> None:
        self._stream, self.channels = calls()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listening.getsockname()
        self._thread = threading.Thread(target=self._serve, name="ami source", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listening.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        try:
            connection, _ = self._listening.accept()
            with connection:
                connection.sendall(BANNER)
                asked = connection.recv(4096)
                for line in asked.split(b"\r\n"):
                    if line.startswith(b"ActionID:"):
                        connection.sendall(b"Response: Success\r\n" + line + b"\r\n\r\n")
                connection.sendall(BOOTED)
                connection.sendall(self._stream)
                while connection.recv(4096):
                    pass
        except OSError:
            return  # who read it has gone


class MinimalReader(asyncio.Protocol):
    """Cuts messages and headers apart, and nothing more: no limits, no order of replies."""

    def __init__(self, handle: Callable[[Mapping[str, str]], None]) -> None:
        self._handle = handle
        self._rest = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.write(b"Action: Login\r\nActionID: 1\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        *frames, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for frame in frames:
            headers = dict(
                line.split(": ", 1) for line in frame.decode().split("\r\n") if ": " in line
            )
            if "Event" in headers and headers["Event"] != "FullyBooted":
                self._handle(headers)
