"""Asterisk's events in the field's words. Pure: mapping in, legs events out."""

from collections.abc import Callable, Iterable, Mapping

from ivr.model.agents import OfferOutcome
from ivr.model.ids import CUSTOMER_PREFIX, LEG_PREFIX
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


def leg_name(boot: str, number: int) -> str:
    """The unique id of a leg; `boot` names this server process, `number` counts its legs.

    Of fixed width, because Asterisk's Bridge takes any channel whose id begins with the one given:
    no leg's name may begin another's.
    """
    return f"{LEG_PREFIX}{boot}-{number:08d}"


def customer_name(boot: str, number: int) -> str:
    """The unique id of a customer's channel, like `leg_name`."""
    return f"{CUSTOMER_PREFIX}{boot}-{number:08d}"


SUPERVISOR_PREFIX = "ear-"
"""Unique ids of the channels on which supervisors are rung to listen in begin with it."""


def supervisor_name(boot: str, number: int) -> str:
    """The unique id of a supervisor's channel, like `leg_name`."""
    return f"{SUPERVISOR_PREFIX}{boot}-{number:08d}"


CLICK_PREFIX = "click-"
"""Unique ids of the channels on which agents are rung to call a number begin with it."""


def click_name(boot: str, number: int) -> str:
    """The unique id of such an agent's channel, like `leg_name`."""
    return f"{CLICK_PREFIX}{boot}-{number:08d}"


BRIEFED_EVENT = "IvrBriefed"
"""The user event in which the dialplan tells how a briefing ended."""

AGENTS_CONTEXT = "ivr-agents"
"""Where what an agent's phone dials begins; a number of the site leads on from there."""

Ami = Mapping[str, str]

UNREACHABLE = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})
"""Device states in which a phone cannot be rung."""

CAUSES = {
    "17": OfferOutcome.BUSY,
    "18": OfferOutcome.NO_ANSWER,
    "19": OfferOutcome.NO_ANSWER,
    "21": OfferOutcome.REJECTED,
}
"""Q.850 causes of a leg that was never answered; every other one is a failure."""


def extension_of(channel: str) -> str:
    """`1001` for `PJSIP/1001-0000002a`; empty for anything but a phone's channel."""
    technology, _, rest = channel.partition("/")
    return rest.rpartition("-")[0] if technology == "PJSIP" else ""


def reachable_extensions(devices: Iterable[Ami]) -> frozenset[str]:
    """Extensions that can be rung, out of a device state list."""
    return frozenset(
        event["Device"].removeprefix("PJSIP/")
        for event in devices
        if event.get("Device", "").startswith("PJSIP/") and event["State"] not in UNREACHABLE
    )


def translate(event: Ami) -> LegEvent | None:
    """What this event means here, or None."""
    translator = TRANSLATORS.get(event.get("Event", ""))
    return translator(event) if translator else None


def _newchannel(event: Ami) -> LegEvent | None:
    channel, extension = event["Uniqueid"], extension_of(event["Channel"])
    if channel.startswith(LEG_PREFIX):
        return LegStarted(channel)
    return ChannelStarted(channel, extension) if extension else None


def _newstate(event: Ami) -> LegEvent | None:
    channel = event["Uniqueid"]
    if channel.startswith(LEG_PREFIX) and event.get("ChannelStateDesc") == "Ringing":
        return LegRinging(channel)
    return None


def _originated(event: Ami) -> LegEvent | None:
    """Success is the answer. A failure is left to the hang-up, which knows the cause.

    Only when no channel came into being at all does the failure have to speak for itself.
    """
    leg = event.get("Uniqueid", "")
    success = event["Response"] == "Success"
    failure = ORIGINATE_REASONS.get(event.get("Reason", ""), OfferOutcome.FAILED)
    known = event.get("Reason") in ORIGINATE_REASONS
    if leg.startswith(CUSTOMER_PREFIX):  # who answers is heard of by a session
        if success:
            return None
        return CustomerFailed(leg, failure) if known else OrderFailed(leg)
    if leg.startswith((SUPERVISOR_PREFIX, CLICK_PREFIX)):
        return None if success else OrderFailed(leg)
    if not leg.startswith(LEG_PREFIX):
        return None
    if success:
        return LegAnswered(leg)
    return LegFailed(leg, failure) if known else OrderFailed(leg)


ORIGINATE_REASONS = {
    "1": OfferOutcome.NO_ANSWER,
    "3": OfferOutcome.NO_ANSWER,
    "5": OfferOutcome.BUSY,
}
"""AST_CONTROL_* numbers in OriginateResponse: 1 hang-up, 3 ringing (time-out), 5 busy. A phone that
refuses, and one that cannot be rung at all, are both 0."""


def _hangup(event: Ami) -> LegEvent | None:
    channel = event["Uniqueid"]
    is_up = event.get("ChannelStateDesc") == "Up"
    failure = CAUSES.get(event.get("Cause", ""), OfferOutcome.FAILED)
    if channel.startswith(CUSTOMER_PREFIX) and not is_up:
        return CustomerFailed(channel, failure)
    if not channel.startswith(LEG_PREFIX):
        return ChannelGone(channel)
    return LegGone(channel) if is_up else LegFailed(channel, failure)


def _device(event: Ami) -> LegEvent | None:
    technology, _, extension = event["Device"].partition("/")
    if technology != "PJSIP":
        return None
    return PhoneChanged(extension, event["State"] not in UNREACHABLE)


def _contact(event: Ami) -> LegEvent | None:
    return PhoneLeft(event["EndpointName"]) if event["ContactStatus"] == "Removed" else None


def _key(event: Ami) -> LegEvent | None:
    if event.get("Direction") != "Received":
        return None
    return KeyPressed(event["Uniqueid"], event["Digit"])


def _referred(event: Ami) -> LegEvent | None:
    if event.get("Result") != "Success" or "TransfereeUniqueid" not in event:
        return None
    return Referred(event["TransfererUniqueid"], event["TransfereeUniqueid"], event["Extension"])


def _exchanged(event: Ami) -> LegEvent | None:
    """The phone may send its order on either of its two calls."""
    if event.get("Result") != "Success":
        return None
    first = _one_call(event, "OrigTransferer", "Transferee")
    second = _one_call(event, "SecondTransferer", "TransferTarget")
    if event.get("DestType") == "Bridge":
        return Exchanged((first, second))
    if event.get("DestType") != "App":
        return None
    caller, empty = (first, "SecondTransferer") if first.channel else (second, "OrigTransferer")
    if event.get(f"{empty}Context") != AGENTS_CONTEXT:
        return None
    # Nobody was in the second call yet: the dialplan takes the caller out of it.
    return Referred(leg=caller.leg, channel=caller.channel, to=event[f"{empty}Exten"])


def _one_call(event: Ami, own: str, other: str) -> OneCall:
    name = event.get(f"{other}Channel", "")
    return OneCall(
        leg=event[f"{own}Uniqueid"],
        channel=event.get(f"{other}Uniqueid", ""),
        name=name,
        extension=extension_of(name),
    )


def _hold(event: Ami) -> LegEvent | None:
    return HoldChanged(event["Uniqueid"], on=event["Event"] == "Hold")


def _briefed(event: Ami) -> LegEvent | None:
    """What the dialplan says of a leg after its briefing."""
    leg = event.get("Uniqueid", "")
    if event["UserEvent"] != BRIEFED_EVENT or not leg.startswith(LEG_PREFIX):
        return None
    if event.get("Result") == "ready":
        return LegReady(leg)
    return LegFailed(leg, OfferOutcome.REJECTED)


TRANSLATORS: dict[str, Callable[[Ami], LegEvent | None]] = {
    "Newchannel": _newchannel,
    "Newstate": _newstate,
    "OriginateResponse": _originated,
    "Hangup": _hangup,
    "DeviceStateChange": _device,
    "ContactStatus": _contact,
    "DTMFEnd": _key,
    "Hold": _hold,
    "Unhold": _hold,
    "BlindTransfer": _referred,
    "AttendedTransfer": _exchanged,
    "UserEvent": _briefed,
}
"""Event name -> what it means."""
