"""Asterisk's events, as seen on a real 22.10, in the field's words."""

import pytest

from ivr.asterisk.translate import extension_of, leg_name, reachable_extensions, translate
from ivr.model.agents import OfferOutcome
from ivr.service.legs import (
    ChannelGone,
    ChannelStarted,
    CustomerFailed,
    Exchanged,
    HoldChanged,
    KeyPressed,
    LegAnswered,
    LegEvent,
    LegFailed,
    LegGone,
    LegReady,
    LegRinging,
    LegStarted,
    OneCall,
    OrderFailed,
    PhoneChanged,
    PhoneLeft,
    Referred,
)


@pytest.mark.parametrize(
    ("event", "meaning"),
    [
        (
            {"Event": "Newchannel", "Uniqueid": "17.1", "Channel": "PJSIP/1001-0000002a"},
            ChannelStarted("17.1", "1001"),
        ),
        (
            {"Event": "Newchannel", "Uniqueid": "leg-a-1", "Channel": "PJSIP/1001-2a"},
            LegStarted("leg-a-1"),
        ),
        ({"Event": "Newchannel", "Uniqueid": "17.1", "Channel": "Local/s@x-1;1"}, None),
        (
            {"Event": "Newstate", "Uniqueid": "leg-a-1", "ChannelStateDesc": "Ringing"},
            LegRinging("leg-a-1"),
        ),
        ({"Event": "Newstate", "Uniqueid": "17.1", "ChannelStateDesc": "Ringing"}, None),
        ({"Event": "Newstate", "Uniqueid": "leg-a-1", "ChannelStateDesc": "Up"}, None),
        (
            {"Event": "OriginateResponse", "Uniqueid": "leg-a-1", "Response": "Success"},
            LegAnswered("leg-a-1"),
        ),
        ({"Event": "OriginateResponse", "Uniqueid": "17.1", "Response": "Success"}, None),
        (
            {"Event": "DeviceStateChange", "Device": "PJSIP/1001", "State": "UNAVAILABLE"},
            PhoneChanged("1001", reachable=False),
        ),
        (
            {"Event": "DeviceStateChange", "Device": "PJSIP/1001", "State": "BUSY"},
            PhoneChanged("1001", reachable=True),
        ),
        ({"Event": "DeviceStateChange", "Device": "Custom:x", "State": "BUSY"}, None),
        (
            {"Event": "DTMFEnd", "Uniqueid": "17.1", "Digit": "5", "Direction": "Received"},
            KeyPressed("17.1", "5"),
        ),
        ({"Event": "DTMFEnd", "Uniqueid": "17.1", "Digit": "5", "Direction": "Sent"}, None),
        ({"Event": "Hold", "Uniqueid": "leg-a-1"}, HoldChanged("leg-a-1", on=True)),
        ({"Event": "Unhold", "Uniqueid": "leg-a-1"}, HoldChanged("leg-a-1", on=False)),
        (
            {
                "Event": "UserEvent",
                "UserEvent": "IvrBriefed",
                "Uniqueid": "leg-a-1",
                "Result": "ready",
            },
            LegReady("leg-a-1"),
        ),
        (
            {
                "Event": "UserEvent",
                "UserEvent": "IvrBriefed",
                "Uniqueid": "leg-a-1",
                "Result": "rejected",
            },
            LegFailed("leg-a-1", OfferOutcome.REJECTED),
        ),
        (
            {
                "Event": "UserEvent",
                "UserEvent": "IvrBriefed",
                "Uniqueid": "17.1",
                "Result": "ready",
            },
            None,
        ),
        ({"Event": "UserEvent", "UserEvent": "Other", "Uniqueid": "leg-a-1"}, None),
        ({"Event": "FullyBooted"}, None),
    ],
)
def test_an_event_means(event: dict[str, str], meaning: LegEvent | None) -> None:
    assert translate(event) == meaning


@pytest.mark.parametrize(
    ("state", "cause", "meaning"),
    [
        ("Up", "16", LegGone("leg-a-1")),
        ("Ringing", "19", LegFailed("leg-a-1", OfferOutcome.NO_ANSWER)),
        ("Ringing", "17", LegFailed("leg-a-1", OfferOutcome.BUSY)),
        ("Ringing", "21", LegFailed("leg-a-1", OfferOutcome.REJECTED)),
        ("Down", "0", LegFailed("leg-a-1", OfferOutcome.FAILED)),
    ],
)
def test_a_leg_ends_by_its_state_and_cause(state: str, cause: str, meaning: LegEvent) -> None:
    event = {
        "Event": "Hangup",
        "Uniqueid": "leg-a-1",
        "ChannelStateDesc": state,
        "Cause": cause,
    }
    assert translate(event) == meaning


def test_a_callers_channel_ends_as_a_channel() -> None:
    event = {"Event": "Hangup", "Uniqueid": "17.1", "ChannelStateDesc": "Up", "Cause": "16"}
    assert translate(event) == ChannelGone("17.1")


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [("3", OfferOutcome.NO_ANSWER), ("5", OfferOutcome.BUSY)],
)
def test_an_order_that_failed_says_why(reason: str, outcome: OfferOutcome) -> None:
    event = {
        "Event": "OriginateResponse",
        "Uniqueid": "leg-a-1",
        "Response": "Failure",
        "Reason": reason,
    }
    assert translate(event) == LegFailed("leg-a-1", outcome)


def test_an_order_that_failed_without_a_reason_leaves_the_word_to_the_leg() -> None:
    event = {
        "Event": "OriginateResponse",
        "Uniqueid": "leg-a-1",
        "Response": "Failure",
        "Reason": "0",
    }
    assert translate(event) == OrderFailed("leg-a-1")
    assert translate({**event, "Uniqueid": "back-a-1"}) == OrderFailed("back-a-1")
    begun = {"Event": "Newchannel", "Uniqueid": "leg-a-1", "Channel": "PJSIP/1001-0000002a"}
    assert translate(begun) == LegStarted("leg-a-1")


def test_a_phone_that_takes_its_registration_back_has_left() -> None:
    event = {"Event": "ContactStatus", "EndpointName": "1001", "ContactStatus": "Removed"}
    assert translate(event) == PhoneLeft("1001")
    assert translate(event | {"ContactStatus": "Reachable"}) is None


def test_extensions_come_from_phones_only() -> None:
    assert extension_of("PJSIP/1001-0000002a") == "1001"
    assert extension_of("PJSIP/big-office-2a") == "big-office"
    assert extension_of("Local/s@ivr-1;2") == ""


def test_a_device_list_tells_who_can_be_rung() -> None:
    devices = [
        {"Device": "PJSIP/1001", "State": "NOT_INUSE"},
        {"Device": "PJSIP/1002", "State": "UNAVAILABLE"},
        {"Device": "PJSIP/1003", "State": "INUSE"},
        {"Device": "Custom:x", "State": "NOT_INUSE"},
    ]
    assert reachable_extensions(devices) == {"1001", "1003"}


def test_no_legs_name_begins_anothers() -> None:
    names = [leg_name("abc", number) for number in (1, 10, 11, 100, 12345)]
    assert not [(a, b) for a in names for b in names if a != b and b.startswith(a)]


def test_a_busy_customer_is_busy_whatever_the_failed_order_says_before_the_hang_up() -> None:
    ordered = {"Event": "OriginateResponse", "Uniqueid": "back-a-1", "Response": "Failure"}
    assert translate({**ordered, "Reason": "5"}) == CustomerFailed("back-a-1", OfferOutcome.BUSY)
    assert translate({**ordered, "Reason": "0"}) == OrderFailed("back-a-1")
    hung_up = {"Event": "Hangup", "Uniqueid": "back-a-1", "ChannelStateDesc": "Down", "Cause": "17"}
    assert translate(hung_up) == CustomerFailed("back-a-1", OfferOutcome.BUSY)


LEG_SIDE = {"Channel": "PJSIP/1001-00000001", "Uniqueid": "leg-a-1", "Context": "ivr-leg"}
DIALLED_SIDE = {"Channel": "PJSIP/1001-00000002", "Uniqueid": "17.2"} | {
    "Context": "ivr-agents",
    "Exten": "*31002",
}
CALLER = {"Channel": "PJSIP/2001-00000003", "Uniqueid": "17.1"}
OTHER = {"Channel": "PJSIP/1002-00000004", "Uniqueid": "17.4"}


def attended(dest: str, **sides: dict[str, str]) -> dict[str, str]:
    named = {f"{side}{key}": value for side, of in sides.items() for key, value in of.items()}
    return {"Event": "AttendedTransfer", "Result": "Success", "DestType": dest} | named


def test_an_exchange_tells_both_calls_of_the_phone() -> None:
    event = attended(
        "Bridge",
        OrigTransferer=LEG_SIDE,
        SecondTransferer=DIALLED_SIDE,
        Transferee=CALLER,
        TransferTarget=OTHER,
    )
    assert translate(event) == Exchanged(
        (
            OneCall("leg-a-1", "17.1", "PJSIP/2001-00000003", "2001"),
            OneCall("17.2", "17.4", "PJSIP/1002-00000004", "1002"),
        )
    )


@pytest.mark.parametrize(
    "sides",
    [
        {"OrigTransferer": LEG_SIDE, "SecondTransferer": DIALLED_SIDE, "Transferee": CALLER},
        {"OrigTransferer": DIALLED_SIDE, "SecondTransferer": LEG_SIDE, "TransferTarget": CALLER},
        {
            "OrigTransferer": LEG_SIDE | {"Context": "ivr-agents", "Exten": "*31003"},
            "SecondTransferer": DIALLED_SIDE,
            "Transferee": CALLER,
        },
    ],
    ids=["on the leg", "on what it dialled", "both were dialled"],
)
def test_joined_with_a_call_in_which_nobody_is_the_caller_is_transferred_to_what_it_dialled(
    sides: dict[str, dict[str, str]],
) -> None:
    assert translate(attended("App", **sides)) == Referred("leg-a-1", "17.1", "*31002")


def test_joined_with_a_call_to_a_number_of_the_site_is_no_transfer_the_server_could_undo() -> None:
    number = DIALLED_SIDE | {"Context": "ivr-call"}
    sides = {"OrigTransferer": LEG_SIDE, "SecondTransferer": number, "Transferee": CALLER}
    assert translate(attended("App", **sides)) is None
