"""Message-waiting lights: after each change, after each connection to Asterisk, for who owns."""

import pytest

from tests.unit.service.fakes import House, settle
from tests.unit.service.voicemail import WITH_MAILBOXES, Voicemail


@pytest.fixture
def voicemail(house: House) -> Voicemail:
    return Voicemail(house)


async def test_each_change_is_shown_to_every_owner(voicemail: Voicemail) -> None:
    await voicemail.left("c1", "front")
    assert voicemail.phones.shown == [("1001", 1, 0), ("1002", 1, 0), ("1009", 1, 0)]
    voicemail.phones.shown.clear()
    await voicemail.left("c2", "sales")
    assert voicemail.phones.shown == [("1001", 2, 0)]
    voicemail.phones.shown.clear()
    voicemail.service.mark("front", "c1", heard=True, by="api")
    await settle()
    assert voicemail.phones.shown == [("1001", 1, 1), ("1002", 0, 1), ("1009", 0, 1)]
    voicemail.phones.shown.clear()
    voicemail.service.delete("sales", "c2", by="api")
    await settle()
    assert voicemail.phones.shown == [("1001", 0, 1)]


async def test_many_changes_at_once_are_shown_as_what_is_now(voicemail: Voicemail) -> None:
    await voicemail.left("c1")
    voicemail.phones.shown.clear()
    for heard in (True, False, True):
        voicemail.service.mark("sales", "c1", heard=heard, by="api")
    await settle()
    assert voicemail.phones.shown[-1] == ("1001", 0, 1)
    assert len(voicemail.phones.shown) <= 2


async def test_what_could_not_be_shown_is_shown_when_asterisk_is_back(
    voicemail: Voicemail,
) -> None:
    voicemail.phones.down = True
    await voicemail.left("c1")
    assert voicemail.phones.shown == []
    voicemail.phones.down = False
    voicemail.lights.show_all()
    await settle()
    assert voicemail.phones.shown == [("1001", 1, 0), ("1002", 0, 0), ("1009", 0, 0)]
    voicemail.phones.shown.clear()
    await voicemail.left("c2")
    assert voicemail.phones.shown == [("1001", 2, 0)]


async def test_a_light_that_is_refused_keeps_no_other_from_being_shown(
    voicemail: Voicemail,
) -> None:
    voicemail.phones.refused.add("1002")
    await voicemail.left("c1", "front")
    assert voicemail.phones.shown == [("1001", 1, 0), ("1009", 1, 0)]


async def test_who_owns_a_mailbox_no_longer_has_no_light(voicemail: Voicemail) -> None:
    await voicemail.left("c1")
    voicemail.house.desk.site = WITH_MAILBOXES.model_copy(update={"mailboxes": {}})
    voicemail.phones.shown.clear()
    voicemail.lights.show_all()
    await settle()
    assert voicemail.phones.shown == [("1001", 0, 0)]


async def test_a_phone_that_is_gone_is_left_alone(voicemail: Voicemail) -> None:
    await voicemail.left("c1")
    agents = {name: one for name, one in WITH_MAILBOXES.agents.items() if name != "ada"}
    voicemail.house.desk.site = WITH_MAILBOXES.model_copy(update={"agents": agents})
    voicemail.phones.shown.clear()
    voicemail.lights.show_all()
    await settle()
    assert "1001" not in {extension for extension, _, _ in voicemail.phones.shown}
