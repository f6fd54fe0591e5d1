"""The other side of FastAGI: a hundred channels of an Asterisk that answers everything at once."""

import asyncio

TOKEN = "t" * 32
COMMAND = b'SET VARIABLE "IVR_STATE" "serving"\n'
REPLY = b"200 result=1\n"


def environment(channel: int) -> bytes:
    """What Asterisk 22 tells at the beginning of a session."""
    told = {
        "network": "yes",
        "network_script": "call",
        "request": "agi://127.0.0.1:4573/call",
        "channel": f"PJSIP/2001-{channel:08x}",
        "language": "en",
        "type": "PJSIP",
        "uniqueid": f"1795822000.{channel}",
        "version": "22.10.1",
        "callerid": "2001",
        "calleridname": "unknown",
        "callingpres": "0",
        "callingani2": "0",
        "callington": "0",
        "callingtns": "0",
        "dnid": "600",
        "rdnis": "unknown",
        "context": "ivr-callers",
        "extension": "600",
        "priority": "3",
        "enhanced": "0.0",
        "accountcode": "",
        "threadid": "140624578520768",
        "arg_1": TOKEN,
    }
    return "".join(f"agi_{name}: {value}\n" for name, value in told.items()).encode() + b"\n"


class Channel(asyncio.Protocol):
    """Answers every command, and counts them."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.commands = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        transport.write(environment(self._number))

    def data_received(self, data: bytes) -> None:
        commands = data.count(b"\n")
        self.commands += commands
        self.transport.write(REPLY * commands)


async def load(host: str, port: int, *, sessions: int, warm_s: float, seconds: float) -> int:
    """How many commands were answered within so many seconds."""
    loop = asyncio.get_running_loop()
    channels = [Channel(number) for number in range(sessions)]
    for channel in channels:
        await loop.create_connection(lambda channel=channel: channel, host, port)  # type: ignore[misc]
    await asyncio.sleep(warm_s)
    before = sum(channel.commands for channel in channels)
    await asyncio.sleep(seconds)
    answered = sum(channel.commands for channel in channels) - before
    silent = [channel for channel in channels if not channel.commands]
    for channel in channels:
        channel.transport.abort()
    if silent:
        raise RuntimeError(f"{len(silent)} of {sessions} sessions sent no command")
    return answered
