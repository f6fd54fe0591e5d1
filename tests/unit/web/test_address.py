"""Whom the throttle counts: the client, not what the client says. Where browsers find us."""

import pytest
from aiohttp.test_utils import make_mocked_request

from ivr.model.errors import UserError
from ivr.web.address import address_of
from ivr.web.csrf import sound_origin

ORIGIN = "https://cc.example.com"


class Transport:
    """A connection from somewhere."""

    def __init__(self, peer: str) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._peer, 4711) if name == "peername" else default


@pytest.mark.parametrize(
    ("peer", "origin", "forwarded", "address"),
    [
        ("127.0.0.1", ORIGIN, "203.0.113.7", "203.0.113.7"),
        ("10.0.0.2", ORIGIN, "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "", "203.0.113.7", "127.0.0.1"),
        ("8.8.8.8", ORIGIN, "203.0.113.7", "8.8.8.8"),
        ("127.0.0.1", ORIGIN, "", "127.0.0.1"),
        ("127.0.0.1", ORIGIN, "unknown", "127.0.0.1"),
    ],
)
def test_a_proxy_is_believed_only_where_one_is_meant_to_be(
    peer: str, origin: str, forwarded: str, address: str
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers, transport=Transport(peer))  # type: ignore[arg-type]
    assert address_of(request, origin) == address


@pytest.mark.parametrize(
    "origin", ["", ORIGIN, "http://10.0.0.1:8088", "https://[2001:db8::1]:443"]
)
def test_an_origin_as_browsers_send_it_is_taken(origin: str) -> None:
    assert sound_origin(origin) == origin


@pytest.mark.parametrize("origin", ["cc.example.com", f"{ORIGIN}/", "https://CC.example.com", "*"])
def test_what_no_browser_sends_is_refused(origin: str) -> None:
    """Else nobody could order anything, and cookies might go in clear."""
    with pytest.raises(UserError, match=r"https://cc\.example\.com"):
        sound_origin(origin)
