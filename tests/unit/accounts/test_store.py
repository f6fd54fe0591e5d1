"""Users, sessions and tokens in the database."""

import pytest

from ivr.accounts import User
from ivr.accounts.store import SESSION_S, SESSIONS_MAX, UnknownUserError
from ivr.model.access import Role
from ivr.model.errors import UserError
from tests.unit.accounts.rooms import PASSWORD, QUICK, Rooms


@pytest.fixture
def rooms(any_rooms: Rooms) -> Rooms:
    """Everything here holds on each kind of database."""
    return any_rooms


def whole_database(rooms: Rooms) -> str:
    tables = ("users", "sessions", "tokens", "audit")
    return repr([rooms.sql(f"SELECT * FROM {table}") for table in tables])


def test_no_secret_is_in_the_database(rooms: Rooms) -> None:
    secrets = [
        rooms.store.open_session("ann", "10.0.0.1"),
        rooms.store.add_token("ann", 60.0),
    ]
    everything = whole_database(rooms)
    assert not [one for one in (PASSWORD, *secrets) if one in everything]


def test_who_shows_the_secret_is_the_user_until_it_expires(rooms: Rooms) -> None:
    session, token = rooms.store.open_session("ann", ""), rooms.store.add_token("ann", 60.0)
    ann = User("ann", Role.AGENT, agent="ann", must_change=False)
    assert rooms.store.holder("session", session) == rooms.store.holder("token", token) == ann
    assert rooms.store.holder("session", token) is None
    assert rooms.store.holder("token", session) is None
    rooms.clock.advance(60.0)
    assert rooms.store.holder("token", token) is None
    rooms.clock.advance(SESSION_S)
    assert rooms.store.holder("session", session) is None


def test_sessions_outlive_the_server(rooms: Rooms) -> None:
    session = rooms.store.open_session("ann", "")
    again = rooms.another_store()
    assert again.holder("session", session) is not None
    again.close()


def test_who_is_disabled_is_out_at_once_and_stays_out_when_enabled_again(rooms: Rooms) -> None:
    session, token = rooms.store.open_session("ann", ""), rooms.store.add_token("ann", 60.0)
    rooms.store.set_disabled("ann", disabled=True)
    assert rooms.store.password_of("ann") is None
    for _ in range(2):
        assert rooms.store.holder("session", session) is None
        assert rooms.store.holder("token", token) is None
        rooms.store.set_disabled("ann", disabled=False)
    assert rooms.store.password_of("ann") is not None


def test_a_sign_in_that_overtakes_being_disabled_lets_nobody_in(rooms: Rooms) -> None:
    rooms.store.set_disabled("ann", disabled=True)
    session, token = rooms.store.open_session("ann", ""), rooms.store.add_token("ann", 60.0)
    assert rooms.store.holder("session", session) is None
    assert rooms.store.holder("token", token) is None


def test_another_role_holds_at_once(rooms: Rooms) -> None:
    session = rooms.store.open_session("ann", "")
    rooms.store.set_role(User("ann", Role.SUPERVISOR, frozenset({"north"})))
    found = rooms.store.holder("session", session)
    assert found is not None
    assert (found.role, found.teams, found.agent) == (Role.SUPERVISOR, {"north"}, "")


def test_a_new_password_ends_every_sign_in(rooms: Rooms) -> None:
    session = rooms.store.open_session("ann", "")
    rooms.store.set_password("ann", QUICK.hash("x"), must_change=True)
    assert rooms.store.holder("session", session) is None
    assert rooms.store.user("ann").must_change


def test_a_user_has_so_many_sessions_and_no_more(rooms: Rooms) -> None:
    opened = []
    for _ in range(SESSIONS_MAX + 1):
        opened.append(rooms.store.open_session("ann", ""))
        rooms.clock.advance(1.0)
    alive = [rooms.store.holder("session", one) is not None for one in opened]
    assert alive == [False] + [True] * SESSIONS_MAX


def test_what_has_expired_is_not_kept(rooms: Rooms) -> None:
    rooms.store.open_session("ann", "")
    rooms.clock.advance(SESSION_S)
    rooms.store.open_session("ann", "")
    assert rooms.sql("SELECT count(*) FROM sessions") == [(1,)]


def test_names_are_taken_once_and_nobody_unknown_is_changed(rooms: Rooms) -> None:
    with pytest.raises(UserError, match="already"):
        rooms.store.add(User("ann", Role.ADMIN), "x")
    for change in (
        lambda: rooms.store.set_password("eve", "x", must_change=True),
        lambda: rooms.store.set_role(User("eve", Role.ADMIN)),
        lambda: rooms.store.set_disabled("eve", disabled=True),
        lambda: rooms.store.add_token("eve", 1.0),
    ):
        with pytest.raises(UnknownUserError, match="ivr user list"):
            change()
    assert rooms.actions() == [("cli", "user.added", "ann")]


def test_only_the_first_start_makes_an_admin(rooms: Rooms) -> None:
    assert not rooms.store.add_first(User("admin", Role.ADMIN), "x")
    rooms.sql("DELETE FROM users")
    assert rooms.store.add_first(User("admin", Role.ADMIN), "x")


def test_every_change_is_in_the_audit(rooms: Rooms) -> None:
    rooms.store.set_role(User("ann", Role.ADMIN), by="eva")
    rooms.store.close_session(rooms.store.open_session("ann", "10.0.0.1"), "ann")
    rooms.store.add_token("ann", 60.0)
    assert rooms.store.revoke_tokens("ann") == 1
    assert rooms.actions()[1:] == [
        ("eva", "user.role", "ann"),
        ("ann", "session.opened", "ann"),
        ("ann", "session.closed", "ann"),
        ("cli", "token.added", "ann"),
        ("cli", "token.revoked", "ann"),
    ]
    assert rooms.store.chain.verify().id == 6
