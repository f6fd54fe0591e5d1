"""Signing in by a browser, over real HTTP; and who tries to get in otherwise."""

import json
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from ivr.accounts import User
from ivr.accounts.store import SESSION_S
from ivr.accounts.throttle import COSTLY
from ivr.model.access import Role
from ivr.model.agents import AgentState
from tests.unit.accounts.rooms import PASSWORD, QUICK, Rooms
from tests.unit.web.house import House

OURS = {"X-Requested-By": "ivr"}
PAUSE = "/api/agents/ann/pause?reason=lunch"


class Browser:
    """Keeps the cookie by itself and says where a request comes from."""

    def __init__(self, house: House, rooms: Rooms) -> None:
        self.house, self.rooms = house, rooms
        self.cookie = ""
        self.set_cookie = ""
        self.headers: Any = {}

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        **headers: str,
    ) -> tuple[int, Any]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            given["Cookie"] = f"ivr_session={self.cookie}"
        if body is not None:
            raw = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        url = f"http://127.0.0.1:{self.house.server.port}{path}"
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
            client.request(method, url, data=raw, headers=given) as answer,
        ):
            self.headers = answer.headers
            self.set_cookie = answer.headers.get("Set-Cookie", "")
            if self.set_cookie:
                self.cookie = SimpleCookie(self.set_cookie)["ivr_session"].value
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else text

    async def sign_in(self, name: str = "ann", password: str = PASSWORD) -> tuple[int, Any]:
        return await self.ask(
            "POST", "/api/session", {"name": name, "password": password}, X_Requested_By="ivr"
        )

    async def order(self, path: str = PAUSE) -> int:
        return (await self.ask("POST", path, X_Requested_By="ivr"))[0]


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    rooms = Rooms(tmp_path)
    rooms.fill()
    rooms.add("sue", Role.SUPERVISOR, team="north")
    rooms.trail.start()
    yield rooms
    await rooms.close()


@pytest.fixture
async def browser(rooms: Rooms) -> AsyncIterator[Browser]:
    house = House(rooms=rooms)
    await house.server.start()
    yield Browser(house, rooms)
    await house.server.close()


async def test_who_signs_in_may_what_the_role_may_until_they_sign_out(browser: Browser) -> None:
    assert await browser.ask("GET", "/api/session") == (401, browser_told())
    status, me = await browser.sign_in("Ann")
    assert status == 200
    assert me == {
        "name": "ann",
        "role": "agent",
        "teams": ["north"],
        "agent": "ann",
        "must_change": False,
        "permissions": ["anybody", "signed_in", "work"],
    }
    assert await browser.ask("GET", "/api/session") == (200, me)
    assert await browser.order() == 200
    assert browser.house.centre.engine.agent("ann").state is AgentState.PAUSED
    kept = browser.cookie
    assert await browser.ask("DELETE", "/api/session", **MARK) == (200, {"done": True})
    assert browser.cookie == ""
    browser.cookie = kept
    assert (await browser.ask("GET", "/api/session"))[0] == 401


MARK = {"X_Requested_By": "ivr"}


def browser_told() -> dict[str, str]:
    return {
        "error": "sign in, or send the header `Authorization: Bearer TOKEN` with a token of "
        "`ivr user token`, or with the content of secrets/api in the state directory"
    }


async def test_no_script_reads_the_cookie_and_no_other_site_sends_it(browser: Browser) -> None:
    await browser.sign_in()
    (cookie,) = SimpleCookie(browser.set_cookie).values()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert (int(cookie["max-age"]), cookie["domain"], cookie["secure"]) == (SESSION_S, "", "")
    assert len(cookie.value) >= 43


async def test_behind_tls_the_cookie_goes_over_tls_alone(rooms: Rooms) -> None:
    house = House(rooms=rooms, origin="https://cc.example.com")
    await house.server.start()
    browser = Browser(house, rooms)
    await browser.sign_in()
    assert SimpleCookie(browser.set_cookie)["ivr_session"]["secure"] is True
    for origin, status in (
        ("https://cc.example.com", 200),
        ("http://cc.example.com", 403),
        (f"http://127.0.0.1:{house.server.port}", 403),
    ):
        assert (await browser.ask("POST", PAUSE, Origin=origin, **MARK))[0] == status
    await house.server.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({**MARK}, 200),
        ({**MARK, "Sec_Fetch_Site": "same-origin"}, 200),
        ({}, 403),
        ({"X_Requested_By": "evil"}, 403),
        ({**MARK, "Sec_Fetch_Site": "cross-site"}, 403),
        ({**MARK, "Sec_Fetch_Site": "same-site"}, 403),
        ({**MARK, "Origin": "https://evil.example"}, 403),
        ({**MARK, "Origin": "null"}, 403),
        ({**MARK, "Origin": "http://127.0.0.1:1"}, 403),
        ({**MARK, "Origin": "http://["}, 403),
    ],
)
async def test_another_site_orders_nothing_in_the_name_of_who_is_signed_in(
    browser: Browser, headers: dict[str, str], status: int
) -> None:
    await browser.sign_in()
    assert (await browser.ask("POST", PAUSE, **headers))[0] == status
    done = browser.house.centre.engine.agent("ann").state is AgentState.PAUSED
    assert done is (status == 200)


async def test_nor_does_it_sign_anybody_in(browser: Browser) -> None:
    body = {"name": "ann", "password": PASSWORD}
    status, _ = await browser.ask("POST", "/api/session", body, Origin="https://evil.example")
    assert (status, browser.set_cookie) == (403, "")
    raw = json.dumps(body).encode()  # as a form sends it, which needs nobody's leave
    status, _ = await browser.ask("POST", "/api/session", raw=raw, Content_Type="text/plain")
    assert (status, browser.set_cookie) == (415, "")


async def test_no_page_elsewhere_is_given_leave(browser: Browser) -> None:
    asks = {"Origin": "https://evil.example", "Access_Control_Request_Method": "POST"}
    status, _ = await browser.ask("OPTIONS", "/api/session", **asks)
    assert status in (401, 405)
    assert not [name for name in browser.headers if name.startswith("Access-Control")]


async def test_a_cookie_brought_along_is_never_made_valid(browser: Browser) -> None:
    """Session fixation: the attacker knows what the browser shows before the sign-in."""
    browser.cookie = planted = "planted-by-somebody"
    await browser.sign_in()
    assert browser.cookie != planted
    browser.cookie = planted
    assert (await browser.ask("GET", "/api/session"))[0] == 401


async def test_signing_in_again_ends_the_session_before(browser: Browser) -> None:
    await browser.sign_in()
    first = browser.cookie
    await browser.sign_in("sue")
    browser.cookie, second = first, browser.cookie
    assert (await browser.ask("GET", "/api/session"))[0] == 401
    browser.cookie = second
    assert (await browser.ask("GET", "/api/session"))[1]["name"] == "sue"


@pytest.mark.parametrize("end", ["disabled", "expired", "password", "deleted"])
async def test_who_is_out_is_out_at_once(browser: Browser, end: str) -> None:
    await browser.sign_in()
    rooms = browser.rooms
    match end:
        case "disabled":
            rooms.store.set_disabled("ann", disabled=True)
        case "expired":
            rooms.clock.advance(SESSION_S)
        case "password":
            rooms.store.set_password("ann", QUICK.hash("another one 77"), must_change=True)
        case "deleted":
            rooms.sql("DELETE FROM users WHERE name = 'ann'")
    assert await browser.order() == 401


async def test_another_role_holds_for_the_next_request(browser: Browser) -> None:
    await browser.sign_in()
    assert (await browser.ask("GET", "/api/queues"))[0] == 403
    browser.rooms.store.set_role(User("ann", Role.SUPERVISOR, frozenset({"south"}), "ann"))
    assert (await browser.ask("GET", "/api/queues"))[0] == 200
    _, said = await browser.ask("GET", "/api/agents")
    assert [one["agent"] for one in said["agents"]] == ["ann", "cem"]


async def test_a_one_time_password_opens_nothing_but_its_own_change(browser: Browser) -> None:
    browser.rooms.store.set_password("sue", QUICK.hash(PASSWORD), must_change=True)
    status, me = await browser.sign_in("sue")
    assert (status, me["must_change"], me["permissions"]) == (200, True, ["anybody", "signed_in"])
    status, said = await browser.ask("GET", "/api/queues")
    assert (status, said) == (
        403,
        {"error": "change the password first: POST /api/session/password"},
    )
    before = browser.cookie
    words = {"old": PASSWORD, "new": "an entirely new one"}
    status, me = await browser.ask("POST", "/api/session/password", words, **MARK)
    assert (status, me["must_change"]) == (200, False)
    assert (await browser.ask("GET", "/api/queues"))[0] == 200
    browser.cookie = before
    assert (await browser.ask("GET", "/api/session"))[0] == 401
    assert (await browser.sign_in("sue"))[0] == 401
    assert (await browser.sign_in("sue", "an entirely new one"))[0] == 200


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [("wrong", "an entirely new one", 401), (PASSWORD, "short", 422), (PASSWORD, PASSWORD, 422)],
)
async def test_a_password_is_not_changed_for_nothing(
    browser: Browser, old: str, new: str, status: int
) -> None:
    await browser.sign_in()
    words = {"old": old, "new": new}
    found, said = await browser.ask("POST", "/api/session/password", words, **MARK)
    assert found == status
    assert PASSWORD not in str(said)
    assert (await browser.ask("GET", "/api/session"))[0] == 200


async def test_who_guesses_has_to_wait(browser: Browser) -> None:
    answers = [(await browser.sign_in("ann", "wrong"))[0] for _ in range(COSTLY)]
    status, said = await browser.sign_in()
    assert (answers, status) == ([401] * COSTLY, 429)
    assert said == {"error": "too many attempts; try again in 1 s"}
    assert int(browser.headers["Retry-After"]) >= 1
    assert browser.cookie == ""


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"\xff\xfe", 422),
        (b'{"name": "ann"}', 422),
        (b'{"name": ["ann"], "password": {"$ne": ""}}', 422),
        (b'{"name": "ann\\r\\nSet-Cookie: x=1", "password": "x"}', 401),
        ('{"name": "İlker 李", "password": "x"}'.encode(), 401),
        (b'{"name": "' + b"a" * 2000 + b'", "password": "x"}', 422),
        (b'{"name": "ann", "password": "' + b"x" * 70_000 + b'"}', 413),
        (b"[" * 60_000, 422),
    ],
)
async def test_whatever_is_sent_nobody_is_signed_in_and_the_server_goes_on(
    browser: Browser, raw: bytes, status: int
) -> None:
    found, said = await browser.ask(
        "POST", "/api/session", raw=raw, Content_Type="application/json"
    )
    assert (found, browser.set_cookie) == (status, "")
    assert len(str(said)) < 300
    assert (await browser.sign_in())[0] == 200


@pytest.mark.parametrize(
    "cookie", ["x", "x" * 3000, "../../etc/passwd", "' OR 1=1 --", "%00", "\u00fc"]
)
async def test_a_made_up_cookie_is_nobodys(browser: Browser, cookie: str) -> None:
    browser.cookie = cookie
    assert (await browser.ask("GET", "/api/session"))[0] == 401


async def test_a_token_is_its_user_needs_no_mark_and_signs_nobody_out(browser: Browser) -> None:
    token = browser.rooms.store.add_token("sue", 60.0)
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await browser.ask("POST", PAUSE, **bearer))[0] == 200
    assert (await browser.ask("GET", "/api/session", **bearer))[1]["name"] == "sue"
    assert (await browser.ask("DELETE", "/api/session", **bearer))[0] == 409
    words = {"old": PASSWORD, "new": "an entirely new one"}
    assert (await browser.ask("POST", "/api/session/password", words, **bearer))[0] == 409
    browser.rooms.clock.advance(60.0)
    assert (await browser.ask("GET", "/api/session", **bearer))[0] == 401


async def test_the_cookie_does_not_help_a_wrong_token(browser: Browser) -> None:
    await browser.sign_in()
    assert (await browser.ask("GET", "/api/session", Authorization="Bearer x"))[0] == 401


async def test_a_refusal_across_teams_is_in_the_audit(browser: Browser) -> None:
    await browser.sign_in("sue")
    assert await browser.order("/api/agents/cem/log-out") == 403
    await browser.rooms.trail.close()
    record = browser.rooms.store.chain.latest(1)[0]
    assert (record.who, record.action, record.target) == (
        "sue",
        "access.refused",
        "/api/agents/cem/log-out",
    )
    assert json.loads(record.details) == {
        "address": "127.0.0.1",
        "method": "POST",
        "why": "this agent is in no team of yours",
    }


async def test_without_the_database_the_machines_own_secret_still_opens(browser: Browser) -> None:
    await browser.sign_in()
    browser.rooms.sql("ALTER TABLE sessions RENAME TO away")
    assert (await browser.ask("GET", "/api/session"))[0] == 503
    assert browser.headers["Retry-After"] == "1"
    status, _ = await browser.house.ask("GET", "/api/queues", "0123456789abcdef")
    assert status == 200


async def test_an_admin_sees_who_may_come_in_and_who_did_what(browser: Browser) -> None:
    browser.rooms.add("eva", Role.ADMIN)
    await browser.sign_in("eva")
    _, said = await browser.ask("GET", "/api/users")
    assert [(one["name"], one["role"]) for one in said["users"]] == [
        ("ann", "agent"),
        ("eva", "admin"),
        ("sue", "supervisor"),
    ]
    assert "argon2" not in str(said)
    _, said = await browser.ask("GET", "/api/audit?limit=1")
    (record,) = said["records"]
    assert (record["who"], record["action"]) == ("eva", "session.opened")
    assert record["details"] == {"address": "127.0.0.1"}
    assert (await browser.ask("GET", "/api/audit?limit=100000"))[0] == 422
