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
    """Plays the prompt, beeps, and records until a finish key, silence, the limit or hang-up.

    A message ended by hanging up is kept. Fields: `mailbox`; `prompt`; `seconds_max` (2m);
    `silence_s` (4s): silence that ends the message; `finish_keys` (`#`). Exit: `next`.
    """

    type: ClassVar[str] = "voicemail"
    leaves_line: ClassVar[bool] = True
    repeatable: ClassVar[bool] = False
    takes_input: ClassVar[bool] = True
    mailbox: Name
    prompt: Prompt
    seconds_max: Annotated[Seconds, Field(ge=1, le=600)] = 120
    silence_s: Annotated[Seconds, Field(ge=1, le=60)] = 4
    finish_keys: Annotated[str, Field(pattern=r"^[0-9*#]{1,12}$")] = "#"
    next: Target

    async def run(self, visit: Visit) -> str:
        visit.ahead = ""
        await visit.play(self.prompt)
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
