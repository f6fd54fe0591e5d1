"""u. All is lost but the back-up, which was taken while the server ran: the same instance again."""

import shutil

import pytest

from ivr.cli.accounts import open_store
from tests.e2e.command import WHERE, ivr, ivr_text
from tests.e2e.lines import OpenSite, replacing
from tests.e2e.test_u_voicemail import MESSAGES, leaves_a_message, listens

HISTORY = ("STATE_DIR", "JOURNAL", "DIALPLANS")


@pytest.mark.timeout(120)
async def test_a_restored_instance_is_the_one_that_was_lost(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_TICKETS", "nobody answers there")
    house = await open_site(MESSAGES, replacing({}))
    (caller,) = await house.people("caller")
    message = await leaves_a_message(house, caller)
    calls = await ivr(house, "calls", known=HISTORY)
    assert calls
    with open_store(house.settings) as store:
        hashed = store.password_of("admin")

    state, site = house.settings.state_dir, house.settings.dialplans
    file = state.parent / "all.tar"
    await ivr_text(house, "backup", str(file), known=HISTORY)
    await house.stack.stop()
    shutil.rmtree(state)
    shutil.rmtree(site)
    await ivr_text(house, "restore", str(file), known=HISTORY)
    await house.stack.start()

    assert await ivr(house, "calls", known=HISTORY) == calls
    with open_store(house.settings) as store:
        assert store.password_of("admin") == hashed
        store.chain.verify()
    [listed] = (await ivr(house, "voicemail", "list", known=WHERE))["messages"]
    assert listed["message"] == message
    (ann,) = await house.people("ann", light=True)
    await ann.sees_messages(new=1, heard=0)
    await listens(house, ann, caller)
