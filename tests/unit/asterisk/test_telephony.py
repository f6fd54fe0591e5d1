"""Orders to Asterisk over AMI: what is sent, and what is never sent."""

from typing import cast

import pytest

from ivr.asterisk.ami import AmiLink, AmiReply
from ivr.asterisk.telephony import AsteriskTelephony
from ivr.model.errors import TelephonyError
from ivr.ports import Audio, Briefing, SoundFile, Spoken


class Link:
    """Says yes, or what the test wants."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.reply = AmiReply(ok=True, message="", headers={})

    async def action(self, name: str, headers: dict[str, str]) -> AmiReply:
        self.sent.append((name, headers))
        return self.reply


class Sounds:
    def path(self, audio: Audio) -> str:
        return f"/prompts/{audio.text}" if isinstance(audio, Spoken) else audio.name


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def telephony(link: Link) -> AsteriskTelephony:
    return AsteriskTelephony(cast(AmiLink, link), Sounds())


async def ring(telephony: AsteriskTelephony, briefing: Briefing | None) -> None:
    await telephony.ring(
        "leg-1", "1001", caller="2001", title="Sales", timeout_s=15, briefing=briefing
    )


async def test_a_leg_without_briefing_is_given_no_variables(
    link: Link, telephony: AsteriskTelephony
) -> None:
    await ring(telephony, None)
    ((name, headers),) = link.sent
    assert name == "Originate"
    assert "Variable" not in headers


async def test_own_phones_are_rung_towards_what_they_are_rung_for(
    link: Link, telephony: AsteriskTelephony
) -> None:
    await telephony.call_supervisor("ch-1", "1009", title="Listen", timeout_s=20)
    await telephony.call_agent("ch-2", "1001", number="+49301", timeout_s=20)
    told = [
        tuple(headers[name] for name in ("Channel", "ChannelId", "Context", "Exten", "CallerID"))
        for _, headers in link.sent
    ]
    assert told == [
        ("PJSIP/1009", "ch-1", "ivr-supervisor", "s", '"Listen" <1009>'),
        ("PJSIP/1001", "ch-2", "ivr-clicked", "1001", '"+49301" <+49301>'),
    ]
    link.reply = AmiReply(ok=False, message="no", headers={})
    with pytest.raises(TelephonyError, match="refuses to ring 1001: no"):
        await telephony.call_agent("ch-3", "1001", number="+49301", timeout_s=20)


async def test_a_light_is_set_by_dialplan_on_a_channel_of_its_own(
    link: Link, telephony: AsteriskTelephony
) -> None:
    await telephony.show_messages("1001", new=3, heard=2)
    ((name, headers),) = link.sent
    assert (name, headers["Channel"]) == ("Originate", "Local/1001@ivr-light")
    assert headers["Variable"] == "IVR_NEW=3,IVR_HEARD=2"
    assert "Application" not in headers
    link.reply = AmiReply(ok=False, message="no", headers={})
    with pytest.raises(TelephonyError, match="refuses the light of 1001: no"):
        await telephony.show_messages("1001", new=0, heard=0)


async def test_a_briefing_is_a_list_of_our_files_and_one_key(
    link: Link, telephony: AsteriskTelephony
) -> None:
    await ring(telephony, Briefing((Spoken("a"), Spoken("b")), "5"))
    assert link.sent[0][1]["Variable"] == "IVR_SAY=/prompts/a&/prompts/b,IVR_KEY=5"


@pytest.mark.parametrize("name", ["a,IVR_KEY=1", "a&b", "${SHELL(id)}", 'a"b'])
async def test_a_file_name_cannot_become_anything_else(
    link: Link, telephony: AsteriskTelephony, name: str
) -> None:
    with pytest.raises(TelephonyError, match="cannot play"):
        await ring(telephony, Briefing((SoundFile(name),)))
    assert link.sent == []


async def test_what_plays_and_what_asks_are_ended_by_their_own_order(
    link: Link, telephony: AsteriskTelephony
) -> None:
    await telephony.stop_playback("PJSIP/2001-1")
    await telephony.press_wake_up("PJSIP/2001-1")
    assert link.sent == [
        ("ControlPlayback", {"Channel": "PJSIP/2001-1", "Control": "stop"}),
        ("PlayDTMF", {"Channel": "PJSIP/2001-1", "Digit": "D", "Receive": "true"}),
    ]


async def test_a_channel_that_is_gone_plays_nothing(
    link: Link, telephony: AsteriskTelephony
) -> None:
    link.reply = AmiReply(ok=False, message="No such channel", headers={})
    await telephony.stop_playback("PJSIP/2001-1")
    link.reply = AmiReply(ok=False, message="Permission denied", headers={})
    with pytest.raises(TelephonyError, match="refuses ControlPlayback: Permission denied"):
        await telephony.stop_playback("PJSIP/2001-1")


async def test_recordings_are_muted_in_both_directions(
    link: Link, telephony: AsteriskTelephony
) -> None:
    await telephony.mute_recording("1.2", on=True)
    await telephony.mute_recording("1.2", on=False)
    await telephony.stop_recording("1.2")
    assert link.sent == [
        ("MixMonitorMute", {"Channel": "1.2", "Direction": "both", "State": "1"}),
        ("MixMonitorMute", {"Channel": "1.2", "Direction": "both", "State": "0"}),
        ("StopMixMonitor", {"Channel": "1.2"}),
    ]


async def test_a_refusal_to_mute_is_no_silence(link: Link, telephony: AsteriskTelephony) -> None:
    link.reply = AmiReply(ok=False, message="Cannot set mute flag", headers={})
    with pytest.raises(TelephonyError, match=r"refuses to mute 1\.2: Cannot set mute flag"):
        await telephony.mute_recording("1.2", on=True)
    with pytest.raises(TelephonyError, match="refuses to stop recording"):
        await telephony.stop_recording("1.2")


async def test_listening_ends_by_the_key_for_another_channel(
    link: Link, telephony: AsteriskTelephony
) -> None:
    await telephony.end_listening("1.3")
    assert link.sent == [("PlayDTMF", {"Channel": "1.3", "Digit": "*", "Receive": "true"})]
