"""`GET /api/recordings`: which there are; `GET /api/recordings/{recording}/sound`: one to hear.

Who hears something is on record, once in ten minutes for each recording and listener.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Protocol

from aiohttp import hdrs, web
from pydantic import Field

from ivr.model import events
from ivr.model.access import Permission
from ivr.model.errors import JournalAwayError
from ivr.model.recording import KeptRecording, RecordingsAsked
from ivr.ports import Clock, Recorder
from ivr.service.console.viewpoint import masked, without_numbers
from ivr.web.answers import Answer, Asked
from ivr.web.caller import Caller, caller_of
from ivr.web.guard import refuse
from ivr.web.routes import Route, given

AGAIN_S = 600.0
"""A player asks for a recording in many parts: that is one time of listening."""
LISTENERS_MAX = 1000
WITHOUT_NUMBERS = "your role sees no numbers in full: look by something else"


class Finding(Protocol):
    """Whoever knows the recordings; JournalAwayError."""

    async def find(
        self, asked: RecordingsAsked, seen: Callable[[str], bool]
    ) -> tuple[list[KeptRecording], int]: ...

    async def one(self, recording: str) -> KeptRecording | None: ...


Moment = Annotated[float, Field(ge=0, le=1e11)]


class RecordingsWanted(Asked):
    """All given must hold."""

    since: Moment = 0.0
    """Started at this time or later, in UTC epoch seconds."""
    until: Moment = 1e11
    call: Annotated[str, Field(max_length=100)] = ""
    queue: Annotated[str, Field(max_length=100)] = ""
    agent: Annotated[str, Field(max_length=100)] = ""
    caller: Annotated[str, Field(max_length=100)] = ""
    """The whole calling number; for roles that see numbers."""
    result: Annotated[str, Field(max_length=20)] = ""
    disposition: Annotated[str, Field(max_length=40)] = ""
    """The code the agent gave."""
    seconds_min: Annotated[float, Field(ge=0, le=1e6)] = 0.0
    before: Annotated[int, Field(ge=0, lt=2**62)] = 0
    """`more` of the answer before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class SilenceShown(Answer):
    """A part that holds no sound on purpose."""

    begin_s: float
    end_s: float | None
    """Null: to the end."""
    reason: str
    """`sensitive` (private data) or `agent` (dialled the code)."""


class RecordingShown(Answer):
    recording: str
    call: str
    queue: str
    """Empty, like `agent`: of the call outside its conversations."""
    agent: str
    caller: str
    """Masked for roles that do not see numbers."""
    started_at: float
    """UTC epoch seconds."""
    seconds: float
    result: str
    """`ok`, `short`, `empty`, `missing`, `unverified`; `recording`: it is being made."""
    silences: list[SilenceShown]
    deleted: bool
    """The sound is gone on purpose: it was older than the site keeps it."""
    disposition: str
    """The code the agent gave; empty: none."""
    note: str
    """What the agent wrote; numbers in it masked for roles that do not see numbers."""
    playable: bool
    """Whether there is a file."""


class RecordingsFound(Answer):
    recordings: list[RecordingShown]
    """The latest first."""
    more: int
    """Ask with `before` of this number for the next ones; 0: there are none."""


class RecordingsResource:
    """`directory` holds the sound files."""

    def __init__(self, library: Finding, directory: Path, recorder: Recorder, clock: Clock) -> None:
        self._library = library
        self._directory = directory
        self._recorder = recorder
        self._clock = clock
        self._heard: dict[tuple[str, str], float] = {}
        """(who, recording) -> when it was put on record, the oldest first."""

    async def find(self, request: web.Request) -> web.Response:
        wanted, who = given(request, RecordingsWanted), caller_of(request)
        if wanted.caller and not who.sees_numbers:
            return refuse(request, WITHOUT_NUMBERS)
        try:
            found, more = await self._library.find(
                RecordingsAsked(**wanted.model_dump()), lambda agent: _sees(who, agent)
            )
        except JournalAwayError:
            return _away()
        shown = [self._shown(one, who) for one in found]
        text = RecordingsFound(recordings=shown, more=more).model_dump_json()
        return web.Response(text=text, content_type="application/json")

    async def sound(self, request: web.Request) -> web.StreamResponse:
        who = caller_of(request)
        try:
            one = await self._library.one(request.match_info["recording"])
        except JournalAwayError:
            return _away()
        if one is not None and not _sees(who, one.agent):
            return refuse(request, "this recording is of no team of yours")
        if one is None or not self._file(one).is_file():
            return web.json_response({"error": "there is no such sound"}, status=404)
        self._note(who, one)
        headers = {hdrs.CONTENT_TYPE: "audio/wav"}
        return web.FileResponse(self._file(one), headers=headers)

    def _file(self, one: KeptRecording) -> Path:
        return self._directory / f"{one.recording}.wav"

    def _shown(self, one: KeptRecording, who: Caller) -> RecordingShown:
        told = asdict(one)
        if not who.sees_numbers:
            told |= {"caller": masked(one.caller), "note": without_numbers(one.note)}
        del told["number"]
        return RecordingShown(**told, playable=self._file(one).is_file())

    def _note(self, who: Caller, one: KeptRecording) -> None:
        now, key = self._clock.now(), (who.name, one.recording)
        if now - self._heard.get(key, -AGAIN_S) < AGAIN_S:
            return
        self._heard.pop(key, None)
        self._heard[key] = now
        if len(self._heard) > LISTENERS_MAX:
            del self._heard[next(iter(self._heard))]
        self._recorder.record(
            events.RecordingPlayed(
                at=now, call=one.call, recording=one.recording, agent=one.agent, by=who.name
            )
        )


def _sees(who: Caller, agent: str) -> bool:
    """What a flow recorded belongs to no team."""
    sees_all = who.role is not None and who.role.sees_all_teams
    return sees_all or (bool(agent) and who.reaches(agent))


def _away() -> web.Response:
    return web.json_response({"error": "the journal is out of reach; try again"}, status=503)


def recording_routes(resource: RecordingsResource) -> list[Route]:
    return [
        Route(
            "GET",
            "/api/recordings",
            Permission.REVIEW,
            resource.find,
            summary="Recordings, the latest first",
            query=RecordingsWanted,
            answer=RecordingsFound,
            errors={503: "the journal is out of reach"},
        ),
        Route(
            "GET",
            "/api/recordings/{recording}/sound",
            Permission.REVIEW,
            resource.sound,
            summary="The sound of a recording, whole or by ranges; who listens is on record",
            media="audio/wav",
            errors={404: "there is no such sound", 503: "the journal is out of reach"},
        ),
    ]
