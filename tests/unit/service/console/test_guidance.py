"""Addresses of another system's pages: what a caller says or sends stays a value in its place."""

import pytest

from ivr.model.site import Queue
from ivr.service.console.guidance import VALUE_MAX, filled, guidance

FIND = "https://crm.example/find?phone={caller}&order={order}"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("+1 555", "%2B1%20555"),
        ("a&b=c#d", "a%26b%3Dc%23d"),
        ("../../admin", "..%2F..%2Fadmin"),
        ('"><script>', "%22%3E%3Cscript%3E"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("{order}", "%7Border%7D"),
        ("\x00\r\n", "%00%0D%0A"),
        ("\ud800", "%3F"),
        ("ä", "%C3%A4"),
        ("..", ""),
    ],
)
def test_a_value_is_escaped_whole(value: str, told: str) -> None:
    known = {"caller": value, "order": "4711"}
    assert filled(FIND, known) == f"https://crm.example/find?phone={told}&order=4711"


def test_what_is_not_known_is_empty_and_what_is_long_is_cut() -> None:
    assert filled(FIND, {}) == "https://crm.example/find?phone=&order="
    assert filled("https://crm.example/{x}", {"x": "y" * 999}).endswith("/" + "y" * VALUE_MAX)


def test_what_a_queue_has_for_its_agents() -> None:
    queue = Queue(title="Q", script="# Hello", screen_pop=FIND, screen_pop_auto=True)
    assert guidance(queue, {"caller": "1"}) == {
        "script": "# Hello",
        "pop": "https://crm.example/find?phone=1&order=",
        "pop_auto": True,
    }
    assert guidance(Queue(title="Q"), {}) == {"script": "", "pop": "", "pop_auto": False}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://{caller}/",
        "https://good.example@evil.example/",
        "https://crm.example{caller}",
        "https://crm.example\\x",
        "https://crm.example/a b",
        "https://crm.example/<b>",
        "//crm.example/",
        "file:///etc/passwd",
    ],
)
def test_only_a_web_page_with_a_fixed_host_is_an_address(address: str) -> None:
    with pytest.raises(ValueError, match="screen_pop"):
        Queue(title="Q", screen_pop=address)
