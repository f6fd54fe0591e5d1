"""voicemail: take a message."""

from typing import Annotated, ClassVar

from pydantic import Field

from ivr.flow.node import MailboxRef, Target
from ivr.model.errors import CallerGoneError, TelephonyError
from ivr.model.events import MessageLeft, MessageRefused
from ivr.model.units import Seconds
from ivr.nodes.base import FlowError, Node, Visit
from ivr.nodes.prompt import Prompt


class Voicemail(Node):
    """Takes a message: a prompt, a beep, and the caller is recorded.

    The message ends by a finish key, silence, the limit, or by hanging up; it is kept in each case,
    unless nothing was said at all. Who owns the mailbox sees it on the phone and dials `*97`.
    """

    type: ClassVar[str] = "voicemail"
    leaves_line: ClassVar[bool] = True
    repeatable: ClassVar[bool] = False
    takes_input: ClassVar[bool] = True
    mailbox: MailboxRef = Field(description="The mailbox of the site that keeps the message.")
    prompt: Prompt = Field(description="Said before the beep.")
    barge_in: bool = Field(default=True, description="Any key ends the prompt; the beep follows.")
    seconds_max: Annotated[Seconds, Field(ge=1, le=600)] = Field(
        default=120, description="The longest message."
    )
    silence_s: Annotated[Seconds, Field(ge=1, le=60)] = Field(
        default=4, description="Silence that ends the message."
    )
    finish_keys: Annotated[str, Field(pattern=r"^[0-9*#]{1,12}$")] = Field(
        default="#", description="Each of these keys ends the message."
    )
    next: Target = Field(
        description="Taken when the message is recorded and the caller still there."
    )
    error: Target | None = Field(
        default=None,
        description="Taken, before the prompt, when the mailbox or the disk is full, and when "
        "recording fails; left out: the call ends with an apology.",
    )

    async def run(self, visit: Visit) -> str:
        visit.ahead = ""
        if not visit.mailboxes.takes(self.mailbox):
            return self._refuse(visit, "full")
        await visit.play(self.prompt, barge_in=self.barge_in)
        try:
            message = await visit.call.record_message(
                self.mailbox,
                seconds_max=self.seconds_max,
                silence_s=self.silence_s,
                finish_keys=self.finish_keys,
            )
        except TelephonyError:
            return self._refuse(visit, "failed")
        if message.seconds > 0:
            visit.recorder.record(
                MessageLeft(
                    at=visit.clock.now(),
                    call=visit.call.id,
                    mailbox=self.mailbox,
                    file=message.file,
                    seconds=message.seconds,
                    caller=visit.call.caller,
                )
            )
        if message.hung_up:
            raise CallerGoneError("the caller hung up after leaving a message")
        return "next"

    def _refuse(self, visit: Visit, reason: str) -> str:
        visit.recorder.record(
            MessageRefused(
                at=visit.clock.now(), call=visit.call.id, mailbox=self.mailbox, reason=reason
            )
        )
        if self.error is None:
            raise FlowError(f"mailbox {self.mailbox!r} takes no message: {reason}")
        return "error"
