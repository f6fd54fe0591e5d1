"""Somebody who tries to get in by guessing, from an address of their own."""

import asyncio
import hashlib
import re
import socket

import aiohttp

from ivr.settings import Settings

ADDRESS = "127.0.0.66"
LIMIT_S = 5.0


async def knocks_at_fastagi(settings: Settings) -> None:
    """With a token that is wrong."""
    reader, writer = await asyncio.open_connection(
        settings.agi_host, settings.agi_port, local_addr=(ADDRESS, 0)
    )
    writer.write(b"agi_request: agi://x/call\nagi_arg_1: guess\nagi_uniqueid: 1\n\n")
    async with asyncio.timeout(LIMIT_S):
        assert await reader.read(100) == b""
    writer.close()


async def signs_in(settings: Settings, name: str) -> int:
    """With a password that is wrong; the status of the answer."""
    url = f"http://{settings.bind}:{settings.http_port}/api/session"
    origin = {"Origin": f"http://{settings.bind}:{settings.http_port}"}
    connector = aiohttp.TCPConnector(local_addr=(ADDRESS, 0))
    async with (
        aiohttp.ClientSession(connector=connector) as client,
        client.post(url, json={"name": name, "password": "guess"}, headers=origin) as answer,
    ):
        return answer.status


async def registers(settings: Settings, user: str) -> bytes:
    """A telephone with a password that is wrong; the first line of the last answer."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.setblocking(False)
        phone.bind((ADDRESS, 0))
        await loop.sock_connect(phone, (settings.sip_bind, settings.sip_port))
        answer = await _asked(phone, settings, user, 1, "")
        realm = re.search(rb'realm="([^"]*)"', answer)
        nonce = re.search(rb'nonce="([^"]*)"', answer)
        assert realm is not None, answer
        assert nonce is not None, answer
        words = (user, realm[1].decode(), nonce[1].decode())
        return (await _asked(phone, settings, user, 2, _guess(*words))).splitlines()[0]


async def _asked(
    phone: socket.socket, settings: Settings, user: str, cseq: int, more: str
) -> bytes:
    host, port = phone.getsockname()
    uri = f"sip:{settings.sip_bind}:{settings.sip_port}"
    lines = [
        f"REGISTER {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK-{user}-{cseq}",
        "Max-Forwards: 70",
        f"From: <sip:{user}@{settings.sip_bind}>;tag=a",
        f"To: <sip:{user}@{settings.sip_bind}>",
        f"Call-ID: guess-{user}-{port}",
        f"CSeq: {cseq} REGISTER",
        f"Contact: <sip:{user}@{host}:{port}>",
        *([more] if more else []),
        "Content-Length: 0",
        "",
        "",
    ]
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(phone, "\r\n".join(lines).encode())
    async with asyncio.timeout(LIMIT_S):
        return await loop.sock_recv(phone, 65536)


def _guess(user: str, realm: str, nonce: str) -> str:
    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    first, second = md5(f"{user}:{realm}:guess"), md5("REGISTER:sip:guess")
    answer = md5(f"{first}:{nonce}:{second}")
    return (
        f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", '
        f'uri="sip:guess", response="{answer}", algorithm=MD5'
    )
