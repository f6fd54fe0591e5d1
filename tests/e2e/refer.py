"""An agent's phone hands the caller on by its own button, after a word with somebody else."""

import asyncio
from collections.abc import Mapping

from tests.e2e.house import House
from tests.e2e.people import Person

_LIMIT_S = 5.0


async def joins_both_calls(house: House, agent: Person, dialled: str, line: int = 1) -> None:
    """REFER on this one of the phone's two calls, with Replaces for the other."""
    channel = await _channel_of(house, agent, is_leg=line == 2)
    parts = [
        await _of_channel(house, channel, f"CHANNEL(pjsip,{part})")
        for part in ("call-id", "local_tag", "remote_tag")
    ]
    replaces = "{}%3Bto-tag%3D{}%3Bfrom-tag%3D{}".format(*parts)
    target = f"{dialled.replace('*', '%2A')}@127.0.0.1:{house.settings.sip_port}"
    await agent.phone.command("line", str(line))
    await agent.phone.command("transfer", f"sip:{target}?Replaces={replaces}")


async def _channel_of(house: House, agent: Person, *, is_leg: bool) -> str:
    """The channel on which the caller is, or that of what the agent dialled."""
    listing = await house.stack.asterisk.cli("core show channels concise")
    fields = [line.split("!") for line in listing.splitlines()]
    (channel,) = [
        one[0]
        for one in fields
        if one[0].startswith(f"PJSIP/{agent.extension}-") and one[-1].startswith("leg-") == is_leg
    ]
    return channel


async def _of_channel(house: House, channel: str, variable: str) -> str:
    """What Asterisk knows of this channel."""
    async with asyncio.timeout(_LIMIT_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", house.settings.ami_port)
        await reader.readline()
        secret = house.stack.secrets.ami
        login = {"Action": "Login", "Username": "ivr", "Secret": secret, "Events": "off"}
        writer.write(_action(login))
        writer.write(_action({"Action": "Getvar", "Channel": channel, "Variable": variable}))
        while True:
            message = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.partition(": ")[::2] for line in message.strip().split("\r\n"))
            if headers.get("Variable") == variable:
                writer.close()
                return headers["Value"]


def _action(headers: Mapping[str, str]) -> bytes:
    return ("".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode()
