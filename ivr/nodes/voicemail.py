"""voicemail: take a message."""

from typing import Annotated, ClassVar

from pydantic import Field

from ivr.flow.node import Target
from ivr.model.errors import CallerGoneError
from ivr.model.events import MessageLeft
from ivr.model.site import Name
from ivr.model.units import Seconds
from ivr.nodes.base import Node, Visit
from ivr.nodes.prompt import Prompt


class Voicemail(Node):
    """Takes a message: a prompt, a beep, and the caller is recorded.

    The message ends by a finish key, silence, the limit, or by hanging up; it is kept in each case.
    """

    type: ClassVar[str] = "voicemail"
    leaves_line: ClassVar[bool] = True
    repeatable: ClassVar[bool] = False
    takes_input: ClassVar[bool] = True
    mailbox: Name = Field(description="The mailbox that keeps the message.")
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

    async def run(self, visit: Visit) -> str:
        visit.ahead = ""
        await visit.play(self.prompt, barge_in=self.barge_in)
        message = await visit.call.record_message(
            self.mailbox,
            seconds_max=self.seconds_max,
            silence_s=self.silence_s,
            finish_keys=self.finish_keys,
        )
        visit.recorder.record(
            MessageLeft(
                at=visit.clock.now(),
                call=visit.call.id,
                mailbox=self.mailbox,
                file=message.file,
                seconds=message.seconds,
            )
        )
        if message.hung_up:
            raise CallerGoneError("the caller hung up after leaving a message")
        return "next"
