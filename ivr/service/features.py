"""Feature codes: what agents and supervisors dial on their own phones.

The phone's registration says who calls; supervising asks for a PIN on top.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping

import structlog

from ivr.acd.errors import DispositionOwedError
from ivr.acd.messages import ExtendWrapUp, LogIn, LogOut, Pause, Ready
from ivr.model.agents import AgentState
from ivr.model.errors import CallerGoneError, TelephonyError
from ivr.model.hours import HOUSE
from ivr.model.ids import AgentId
from ivr.ports import Line, Spoken
from ivr.service.closures import Closures
from ivr.service.desk import Desk
from ivr.service.dispositions import Dispositions, NoSuchDispositionError, NoTalkError
from ivr.service.handovers import BLIND, CONSULT, PARK
from ivr.service.help import Help
from ivr.service.messages import mailboxes_of
from ivr.service.orders import Orders
from ivr.service.pins import KEY_TIMEOUT_S, PIN_PROMPTS, Pins
from ivr.service.privacy import AGENT
from ivr.service.retrieval import Retrieval
from ivr.service.supervision import PRIVATE, Supervision
from ivr.service.telling import told
from ivr.service.transfers import TRANSFER_PROMPTS, Transfers

log = structlog.get_logger(__name__)

LOG_IN, LOG_OUT, PAUSE, READY, EXTEND, SUPERVISE = "*10", "*11", "*12", "*13", "*14", "*15"
CLOSE = "*16"
PRIVATE_TALK = "*17"
HELP = "*18"
DISPOSE = "*19"
VOICEMAIL = "*97"
EXTENSION_S = 60.0

LOGGED_IN = Spoken("You are logged in and available.")
LOGGED_OUT = Spoken("You are logged out. Goodbye.")
PAUSED = Spoken("You are paused.")
AVAILABLE = Spoken("You are available.")
EXTENDED = Spoken("You have sixty seconds more.")
OWES_DISPOSITION = Spoken("First give a disposition for your last call.")
DISPOSED = Spoken("The disposition is kept.")
WHICH_DISPOSITION = Spoken("There is no such disposition.")
NO_TALK_YET = Spoken("You have talked to no caller yet.")
NOT_WRITING_UP = Spoken("You are not writing up a call.")
NOT_LOGGED_IN = Spoken("You are not logged in. Dial star one zero to log in.")
WHICH_REASON = Spoken("There is no such pause reason.")
UNKNOWN_CODE = Spoken("This code is not known.")
REFUSED = Spoken("You may not supervise this agent.")
NO_CONVERSATION = Spoken("This agent is not talking to a caller.")
NOT_TALKING = Spoken("You are not talking to a caller.")
SECLUDED = Spoken("The recording is paused, and nobody listens.")
NOT_SECLUDED = Spoken("The recording cannot be paused. Do not take private data.")
RECORDED_AGAIN = Spoken("The recording goes on.")
HELP_ASKED = Spoken("Your supervisors are told that you need help.")
HELP_WITHDRAWN = Spoken("You need no help any more.")
MAY_NOT_CLOSE = Spoken("You may not close.")
NOTHING_TO_CLOSE = Spoken("There is nothing to close with this code.")
IS_CLOSED = Spoken("An emergency closure is in force. To lift it, press 2.")
IS_OPEN = Spoken("No emergency closure is in force. To close, press 1.")
CLOSED = Spoken("It is closed now.")
LIFTED = Spoken("The emergency closure is lifted.")
UNCHANGED = Spoken("Nothing has changed.")
NO_MAILBOX = Spoken("You have no mailbox.")
NO_MESSAGES = Spoken("You may not hear the messages.")

FEATURE_PROMPTS = (
    LOGGED_IN,
    LOGGED_OUT,
    PAUSED,
    AVAILABLE,
    EXTENDED,
    OWES_DISPOSITION,
    DISPOSED,
    WHICH_DISPOSITION,
    NO_TALK_YET,
    NOT_WRITING_UP,
    NOT_LOGGED_IN,
    WHICH_REASON,
    UNKNOWN_CODE,
    REFUSED,
    NO_CONVERSATION,
    NOT_TALKING,
    SECLUDED,
    NOT_SECLUDED,
    RECORDED_AGAIN,
    HELP_ASKED,
    HELP_WITHDRAWN,
    MAY_NOT_CLOSE,
    NOTHING_TO_CLOSE,
    IS_CLOSED,
    IS_OPEN,
    CLOSED,
    LIFTED,
    UNCHANGED,
    NO_MAILBOX,
    NO_MESSAGES,
    PRIVATE,
    *PIN_PROMPTS,
    *TRANSFER_PROMPTS,
)
"""Everything said here, in English, to be rendered before the first call."""


class Features:
    """Runs one feature call per phone call; `pins` maps a supervisor's extension to their PIN."""

    def __init__(
        self,
        desk: Desk,
        supervision: Supervision,
        closures: Closures,
        retrieval: Retrieval,
        helping: Help,
        dispositions: Dispositions,
        pins: Mapping[str, str],
    ) -> None:
        self._desk = desk
        self._closures = closures
        self._supervision = supervision
        self._retrieval = retrieval
        self._help = helping
        self._dispositions = dispositions
        self._pins = Pins(desk, pins)
        self._orders = Orders(desk.dispatcher.feed, desk.recorder, desk.clock)
        transfers = Transfers(desk)
        self._codes: dict[str, Callable[[Line, AgentId, str], Awaitable[None]]] = {
            LOG_IN: self._log_in,
            LOG_OUT: self._log_out,
            PAUSE: self._pause,
            READY: self._ready,
            EXTEND: self._extend,
            SUPERVISE: self._supervise,
            CLOSE: self._close,
            PRIVATE_TALK: self._private_talk,
            HELP: self._ask_for_help,
            DISPOSE: self._dispose,
            VOICEMAIL: self._voicemail,
            BLIND: transfers.blind,
            CONSULT: transfers.consult,
            PARK: transfers.park,
        }

    @property
    def codes(self) -> Collection[str]:
        """Everything there is to dial, without what may follow it."""
        return self._codes.keys()

    def use(self, pins: Mapping[str, str]) -> None:
        """These PINs from now on."""
        self._pins.use(pins)

    async def serve(self, line: Line, extension: str, dialled: str) -> None:
        """`dialled` is a code and what belongs to it, e.g. `*121`."""
        agent = self._desk.dispatcher.agent_of(extension)
        known = next((size for size in (3, 2) if dialled[:size] in self._codes), 0)
        code = self._codes.get(dialled[:known])
        try:
            await line.answer()
            if agent is None or code is None:
                await self._tell(line, agent or "", UNKNOWN_CODE)
            else:
                await code(line, agent, dialled[known:])
            await line.hangup()
        except CallerGoneError:
            return  # hanging up is how most people end a feature call

    async def _log_in(self, line: Line, agent: AgentId, _rest: str) -> None:
        is_out = self._state(agent) is AgentState.LOGGED_OUT
        await self._make_ready(line, agent, LogIn(agent) if is_out else Ready(agent), LOGGED_IN)

    async def _log_out(self, line: Line, agent: AgentId, _rest: str) -> None:
        if self._state(agent) is not AgentState.LOGGED_OUT:
            self._give(LogOut(agent))
        await self._tell(line, agent, LOGGED_OUT)

    async def _pause(self, line: Line, agent: AgentId, rest: str) -> None:
        reason = self._desk.site.pause_reasons.get(rest)
        if self._state(agent) is AgentState.LOGGED_OUT:
            await self._refuse(line, agent, f"pause {reason or rest}", NOT_LOGGED_IN)
        elif reason is None:
            await self._refuse(line, agent, f"pause {rest}", WHICH_REASON)
        else:
            self._give(Pause(agent, reason))
            await self._tell(line, agent, PAUSED)

    async def _ready(self, line: Line, agent: AgentId, _rest: str) -> None:
        if self._state(agent) is AgentState.LOGGED_OUT:
            await self._refuse(line, agent, "ready", NOT_LOGGED_IN)
        else:
            await self._make_ready(line, agent, Ready(agent), AVAILABLE)

    async def _make_ready(
        self, line: Line, agent: AgentId, order: LogIn | Ready, done: Spoken
    ) -> None:
        try:
            self._give(order)
        except DispositionOwedError:
            done = OWES_DISPOSITION
        await self._tell(line, agent, done)

    async def _extend(self, line: Line, agent: AgentId, _rest: str) -> None:
        """Who writes up without a limit has those seconds anyway."""
        if self._state(agent) is AgentState.WRAP_UP:
            self._give(ExtendWrapUp(agent, EXTENSION_S))
            await self._tell(line, agent, EXTENDED)
        else:
            await self._refuse(line, agent, f"extend-wrap-up {EXTENSION_S:g}", NOT_WRITING_UP)

    def _give(self, order: LogIn | LogOut | Ready | Pause | ExtendWrapUp) -> None:
        self._orders.give(order, self._desk.site.agents[order.agent].extension)

    async def _refuse(self, line: Line, agent: AgentId, order: str, why: Spoken) -> None:
        extension = self._desk.site.agents[agent].extension
        self._orders.refused(order, agent, why.text, extension, "agent")
        await self._tell(line, agent, why)

    async def _private_talk(self, line: Line, agent: AgentId, _rest: str) -> None:
        """With the caller on hold: pause the recording, or let it go on."""
        talk, privacy = self._desk.conversations.of_agent(agent), self._desk.privacy
        if talk is None:
            await self._tell(line, agent, NOT_TALKING)
        elif privacy.has(talk.call, AGENT):
            privacy.end(talk.call, AGENT, AGENT)
            await self._tell(line, agent, RECORDED_AGAIN)
        else:
            try:
                await privacy.begin(talk.call, talk.channel, AGENT)
            except TelephonyError as error:
                log.error("talk not private", call=talk.call, error=str(error))  # noqa: TRY400
                await self._tell(line, agent, NOT_SECLUDED)
                return
            limit_s = self._desk.site.recording.agent_pause_s_max
            privacy.end_later(talk.call, AGENT, limit_s)
            await self._tell(line, agent, SECLUDED)

    async def _ask_for_help(self, line: Line, agent: AgentId, _rest: str) -> None:
        """With the caller on hold; dialled again, no help is needed any more."""
        extension = self._desk.site.agents[agent].extension
        if self._help.since(agent) is not None:
            self._help.withdraw(agent, extension)
            await self._tell(line, agent, HELP_WITHDRAWN)
        elif self._desk.conversations.of_agent(agent) is None:
            await self._tell(line, agent, NOT_TALKING)
        else:
            self._help.ask(agent, extension)
            await self._tell(line, agent, HELP_ASKED)

    async def _dispose(self, line: Line, agent: AgentId, rest: str) -> None:
        """Of the latest talk, also while it goes on."""
        said = DISPOSED
        try:
            self._dispositions.give_by_place(agent, rest, self._desk.site.agents[agent].extension)
        except NoTalkError:
            said = NO_TALK_YET
        except NoSuchDispositionError:
            said = WHICH_DISPOSITION
        await self._tell(line, agent, said)

    async def _supervise(self, line: Line, supervisor: AgentId, rest: str) -> None:
        target = self._desk.dispatcher.agent_of(rest)
        refusal = self._supervision.refusal(supervisor, target)
        if refusal is None and not await self._pins.given(line, supervisor, SUPERVISE):
            refusal = "wrong_pin"
        if refusal is not None or target is None:
            self._supervision.refused(supervisor, target or rest, refusal or "no_agent")
            await self._tell(line, supervisor, REFUSED)
        elif not await self._supervision.attend(line, supervisor, target):
            self._supervision.refused(supervisor, target, "no_conversation")
            await self._tell(line, supervisor, NO_CONVERSATION)

    async def _close(self, line: Line, agent: AgentId, rest: str) -> None:
        """Asks for the PIN, tells what is in force, and changes it by a key of its own: who dials
        twice, or is not sure, does no harm."""
        closure = self._closure(rest)
        if closure is None:
            await self._no_closing(line, agent, f"{CLOSE}{rest}", NOTHING_TO_CLOSE)
            return
        extension = self._desk.site.agents[agent].extension
        if not self._pins.has(extension) or not await self._pins.given(line, agent, CLOSE):
            await self._no_closing(line, agent, closure, MAY_NOT_CLOSE)
            return
        closed = self._closures.now()[closure] is not None
        question, key = (IS_CLOSED, "2") if closed else (IS_OPEN, "1")
        asked = [told(self._desk.site, question, agent)]
        pressed = await line.play(asked, keys=key) or await line.wait_key(KEY_TIMEOUT_S)
        if pressed != key:
            await self._tell(line, agent, UNCHANGED)
            return
        self._closures.set(closure, closed=not closed, by=extension, agent=agent)
        await self._tell(line, agent, LIFTED if closed else CLOSED)

    def _closure(self, code: str) -> str | None:
        """The calendar with this closing code; without one, the house."""
        if not code:
            return HOUSE
        calendars = self._desk.site.calendars.items()
        return next((name for name, one in calendars if one.closing_code == code), None)

    async def _no_closing(self, line: Line, agent: AgentId, closure: str, why: Spoken) -> None:
        extension = self._desk.site.agents[agent].extension
        self._closures.refused(closure, closed=True, why=why.text, by=extension, agent=agent)
        await self._tell(line, agent, why)

    async def _voicemail(self, line: Line, agent: AgentId, _rest: str) -> None:
        """Who has a PIN is asked for it: the messages are not for everybody who passes by."""
        extension = self._desk.site.agents[agent].extension
        if not mailboxes_of(self._desk.site, agent):
            await self._refuse(line, agent, "voicemail", NO_MAILBOX)
        elif self._pins.has(extension) and not await self._pins.given(line, agent, VOICEMAIL):
            await self._refuse(line, agent, "voicemail", NO_MESSAGES)
        else:
            await self._retrieval.serve(line, agent)

    async def _tell(self, line: Line, agent: str, phrase: Spoken) -> None:
        await line.play([told(self._desk.site, phrase, agent)])

    def _state(self, agent: AgentId) -> AgentState:
        return self._desk.dispatcher.engine.agent(agent).state
