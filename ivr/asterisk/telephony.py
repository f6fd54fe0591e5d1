"""Legs to agents over AMI, and the snapshot taken after each login."""

from collections.abc import Iterable, Mapping

import structlog

from ivr.asterisk.ami import AmiDownError, AmiLink, AmiReply, AmiTimeoutError
from ivr.asterisk.call import SoundPaths
from ivr.asterisk.keys import END_KEY, WAKE_UP_KEY
from ivr.asterisk.memo import read_memo
from ivr.asterisk.translate import extension_of, reachable_extensions
from ivr.model.errors import TelephonyDownError, TelephonyError
from ivr.model.ids import CUSTOMER_PREFIX, LEG_PREFIX
from ivr.ports import Briefing, DialTarget, Memo
from ivr.service.legs import LiveChannel, Snapshot

log = structlog.get_logger(__name__)

_SEPARATORS = frozenset(',&"\\$')

GONE_MESSAGE = "No such channel"

NEXT_KEY = "*"

LIGHT_S = 5.0
"""The dialplan that sets a light takes milliseconds."""


class AsteriskTelephony:
    """The Telephony port. Order errors become TelephonyError; nothing is ever sent twice."""

    def __init__(self, link: AmiLink, sounds: SoundPaths) -> None:
        self._link = link
        self._sounds = sounds

    async def ring(
        self,
        leg: str,
        extension: str,
        *,
        caller: str,
        title: str,
        timeout_s: float,
        briefing: Briefing | None = None,
    ) -> None:
        shown = f'"{title}" <{_number(caller)}>'
        variables = "" if briefing is None else self._variables(briefing)
        await self._originate(
            extension, leg, "ivr-leg", shown=shown, timeout_s=timeout_s, variables=variables
        )

    def _variables(self, briefing: Briefing) -> str:
        """For the leg's dialplan; our own files and one key, never anybody's text."""
        paths = [self._sounds.path(audio) for audio in briefing.audio]
        for path in paths:
            if not _SEPARATORS.isdisjoint(path):
                raise TelephonyError(f"Asterisk cannot play {path}: no , & or quotes in its path")
        return f"IVR_SAY={'&'.join(paths)},IVR_KEY={briefing.accept_key}"

    async def ring_out(
        self,
        leg: str,
        target: DialTarget,
        *,
        caller: str,
        title: str,
        timeout_s: float,
        stays: bool,
    ) -> None:
        dialled = target.extension or f"{target.number}@trunk"
        context = "ivr-consulted" if stays else "ivr-leg"
        shown = f'"{title}" <{_number(caller)}>'
        await self._originate(dialled, leg, context, shown=shown, timeout_s=timeout_s)

    async def call(
        self,
        channel: str,
        target: DialTarget,
        *,
        call: str,
        number: str,
        dialled: str,
        title: str,
        timeout_s: float,
    ) -> None:
        """Call a customer back; the dialplan hands whoever answers to the server."""
        await self._originate(
            target.extension or f"{target.number}@trunk",
            channel,
            "ivr-callback",
            extension=dialled,
            shown=f'"{title}" <{dialled}>',
            timeout_s=timeout_s,
            variables=f"IVR_CALL={call},IVR_CUSTOMER={_number(number)}",
        )

    async def call_supervisor(
        self, channel: str, extension: str, *, title: str, timeout_s: float
    ) -> None:
        """Ring a supervisor; the dialplan hands whoever answers to the server."""
        shown = f'"{title}" <{extension}>'
        await self._originate(
            extension, channel, "ivr-supervisor", shown=shown, timeout_s=timeout_s
        )

    async def call_agent(
        self, channel: str, extension: str, *, number: str, timeout_s: float
    ) -> None:
        """Ring an agent, who sees the number; the dialplan hands whoever answers to the server."""
        await self._originate(
            extension,
            channel,
            "ivr-clicked",
            extension=extension,
            shown=f'"{_number(number)}" <{_number(number)}>',
            timeout_s=timeout_s,
        )

    async def _originate(
        self,
        dialled: str,
        channel: str,
        context: str,
        *,
        shown: str,
        timeout_s: float,
        extension: str = "s",
        variables: str = "",
    ) -> None:
        """Ring somebody, who is shown a caller; who answers goes to that place of the dialplan."""
        reply = await self._act(
            "Originate",
            {
                "Channel": f"PJSIP/{dialled}",
                "ChannelId": channel,
                "Context": context,
                "Exten": extension,
                "Priority": "1",
                "Async": "true",
                "Timeout": str(round(timeout_s * 1000)),
                "CallerID": shown,
                **({"Variable": variables} if variables else {}),
            },
        )
        if not reply.ok:
            raise TelephonyError(f"Asterisk refuses to ring {dialled}: {reply.message}")

    async def press(self, channel: str, key: str) -> None:
        """The key counts as pressed on that phone."""
        await self._interrupt("PlayDTMF", {"Channel": channel, "Digit": key, "Receive": "true"})

    async def keep_waiting(self, leg: str) -> None:
        """Music for an agent who has picked up, until a customer is joined."""
        place = {"Context": "ivr-leg-waiting", "Exten": "s", "Priority": "1"}
        reply = await self._act("Redirect", {"Channel": leg} | place)
        if not reply.ok:
            raise TelephonyError(f"Asterisk refuses to keep {leg}: {reply.message}")

    async def show_messages(self, extension: str, *, new: int, heard: int) -> None:
        """A moment of dialplan, on a channel nobody is at: no AMI action of our classes does it."""
        reply = await self._act(
            "Originate",
            {
                "Channel": f"Local/{extension}@ivr-light",
                "Context": "ivr-light",
                "Exten": extension,
                "Priority": "1",
                "Async": "true",
                "Timeout": str(round(LIGHT_S * 1000)),
                "Variable": f"IVR_NEW={new},IVR_HEARD={heard}",
            },
        )
        if not reply.ok:
            raise TelephonyError(f"Asterisk refuses the light of {extension}: {reply.message}")

    async def hang_up(self, channel: str) -> None:
        reply = await self._act("Hangup", {"Channel": channel})
        if not reply.ok and GONE_MESSAGE not in reply.message:
            raise TelephonyError(f"Asterisk refuses to end {channel}: {reply.message}")

    async def stop_playback(self, channel: str) -> None:
        """End the file being played to this channel; a channel that is gone plays nothing."""
        await self._interrupt("ControlPlayback", {"Channel": channel, "Control": "stop"})

    async def press_wake_up(self, channel: str) -> None:
        """Press, for this channel, a key that no telephone has."""
        await self.press(channel, WAKE_UP_KEY)

    async def press_end(self, channel: str) -> None:
        """Press, for this channel, the key that ends a number."""
        await self.press(channel, END_KEY)

    async def mute_recording(self, channel: str, *, on: bool) -> None:
        """Both directions of everything that records this channel."""
        state = {"Channel": channel, "Direction": "both", "State": "1" if on else "0"}
        reply = await self._act("MixMonitorMute", state)
        if not reply.ok:
            raise TelephonyError(f"Asterisk refuses to mute {channel}: {reply.message}")

    async def stop_recording(self, channel: str) -> None:
        reply = await self._act("StopMixMonitor", {"Channel": channel})
        if not reply.ok:
            raise TelephonyError(f"Asterisk refuses to stop recording {channel}: {reply.message}")

    async def end_listening(self, channel: str) -> None:
        """The key that would lead ChanSpy to another channel ends it, as there is no other."""
        await self.press(channel, NEXT_KEY)

    async def _interrupt(self, action: str, headers: dict[str, str]) -> None:
        reply = await self._act(action, headers)
        if not reply.ok and GONE_MESSAGE not in reply.message:
            raise TelephonyError(f"Asterisk refuses {action}: {reply.message}")

    async def look_for(self, extensions: Iterable[str]) -> None:
        """Ask these phones whether they are there; a phone that answers is reported as an event.

        After a start Asterisk remembers where phones are, but calls each unreachable until its
        turn to be asked comes, half a minute later.
        """
        for extension in extensions:
            try:
                await self._act("PJSIPQualify", {"Endpoint": extension})
            except TelephonyError as error:
                log.warning("phones not looked for", extension=extension, error=str(error))
                return

    async def snapshot(self) -> Snapshot:
        """Every channel with its memo, every registered phone."""
        try:
            channels = await self._link.collect(
                "CoreShowChannels", {}, until="CoreShowChannelsComplete"
            )
            devices = await self._link.collect(
                "DeviceStateList", {}, until="DeviceStateListComplete"
            )
            live = [await self._live(event) for event in channels]
        except (AmiDownError, AmiTimeoutError) as error:
            raise TelephonyDownError(f"no snapshot of Asterisk: {error}") from error
        return Snapshot(tuple(live), reachable_extensions(devices))

    async def _live(self, event: Mapping[str, str]) -> LiveChannel:
        channel = event["Uniqueid"]
        memo: Memo | None = None
        if not channel.startswith(LEG_PREFIX):
            reply = await self._act("Getvar", {"Channel": channel, "Variable": "IVR_MEMO"})
            memo = read_memo(reply.headers.get("Value", "") if reply.ok else "")
        return LiveChannel(
            channel=channel,
            extension=extension_of(event["Channel"]),
            answered=event.get("ChannelStateDesc") == "Up",
            is_leg=channel.startswith(LEG_PREFIX),
            memo=memo,
            is_customer=channel.startswith(CUSTOMER_PREFIX),
        )

    async def _act(self, name: str, headers: dict[str, str]) -> AmiReply:
        try:
            return await self._link.action(name, headers)
        except (AmiDownError, AmiTimeoutError) as error:
            raise TelephonyDownError(f"{name} was not confirmed: {error}") from error


def _number(caller: str) -> str:
    """What of a caller's number may be shown on a phone; it is the caller's own text."""
    return "".join(c for c in caller if c in "+0123456789*#")[:32]
