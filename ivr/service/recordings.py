"""Recordings: two channels, caller left and agent right; our ids as names; metadata beside.

While a conversation runs, `ID.raw` grows and `ID.json` says `recording`. Afterwards the samples
become `ID.wav`, and their length is compared with the time the two talked. A server that was killed
finds the open ones at its next start and finishes them.
"""

import asyncio
import json
import os
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from ivr.model import events
from ivr.ports import Clock, Line, Recorder

log = structlog.get_logger(__name__)

RATE = 8000
BYTES_PER_SECOND = RATE * 2 * 2
TOLERANCE_S = 0.5
"""A recording whose length differs by more from the time talked is called short."""
SURPLUS_SHARE = 0.01
"""So much longer than that it may be beside: a busy machine mixes a little more sound than time has
passed. Nothing excuses sound that is missing."""
FLUSH_LIMIT_S = 3.0
"""How long the telephony side may take to write what it still holds."""


@dataclass
class Recording:
    """The metadata, as it lies in `ID.json`."""

    id: str
    call: str
    queue: str
    agent: str
    started_at: float
    seconds: float = 0.0
    result: str = "recording"


class Recordings:
    """Starts, finishes and verifies recordings below one directory."""

    def __init__(self, directory: Path, recorder: Recorder, clock: Clock) -> None:
        self._directory = directory
        self._recorder = recorder
        self._clock = clock
        self._open: dict[str, Recording] = {}
        """By call: recordings under way, also those of conversations taken over."""

    async def start(self, line: Line, queue: str, agent: str) -> Recording | None:
        """Begin recording this caller's channel, to be called just before the two are joined.

        None when the disk refuses: the call matters more, and `missing` is on record.
        """
        now = self._clock.now()
        recording = Recording(
            f"{line.id}-{round(now * 1000) % 10**8:08d}", line.id, queue, agent, now
        )
        try:
            self._save(recording)
        except OSError as error:
            log.error("recording not started", call=line.id, error=str(error))  # noqa: TRY400
            self._record_end(recording, "missing", 0)
            return None
        self._open[line.id] = recording
        await line.start_recording(str(self._raw(recording.id).resolve()))
        self._recorder.record(
            events.RecordingStarted(
                at=now, call=line.id, recording=recording.id, queue=queue, agent=agent
            )
        )
        return recording

    async def finish(self, recording: Recording, talk_s: float | None) -> None:
        """Turn samples into a WAV and verify it; to be called when recording has stopped.

        `talk_s` is None when nobody saw the end of the talk: such a recording is `unverified`.
        """
        if self._open.get(recording.call) is recording:  # not the next agent's
            del self._open[recording.call]
        if talk_s is not None:
            await self._flushed(recording, talk_s)
        size = await asyncio.to_thread(self._to_wav, recording.id)
        recording.seconds = round((size or 0) / BYTES_PER_SECOND, 3)
        recording.result = _verdict(size, recording.seconds, talk_s)
        self._save(recording)
        self._record_end(recording, recording.result, size or 0)

    def _record_end(self, recording: Recording, result: str, size: int) -> None:
        self._recorder.record(
            events.RecordingFinished(
                at=self._clock.now(),
                call=recording.call,
                recording=recording.id,
                result=result,
                seconds=recording.seconds,
                bytes=size,
            )
        )

    def open_of(self, call: str) -> Recording | None:
        """The recording of this call that is under way."""
        return self._open.get(call)

    async def take_over(self) -> list[Recording]:
        """What a former server left open; to be finished, or to go on with its conversation."""
        found = await asyncio.to_thread(lambda: list(self._left_open()))
        self._open.update((recording.call, recording) for recording in found)
        return found

    def _left_open(self) -> Iterator[Recording]:
        for path in sorted(self._directory.glob("*.json")):
            try:
                recording = Recording(**json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, TypeError) as error:
                log.warning("recording's metadata not understood", file=path.name, error=str(error))
                continue
            if recording.result == "recording":
                yield recording

    async def _flushed(self, recording: Recording, talk_s: float) -> None:
        """The writer lags a little behind the end of the talk; nothing announces that it is done.

        So wait until the file is as long as the talk, within limits.
        """
        wanted = (talk_s - 0.1) * BYTES_PER_SECOND
        raw = self._raw(recording.id)
        deadline = self._clock.now() + FLUSH_LIMIT_S
        while self._clock.now() < deadline:
            if raw.exists() and raw.stat().st_size >= wanted:
                return
            await asyncio.sleep(0.05)

    def _to_wav(self, recording: str) -> int | None:
        """Bytes of sound; None when there is no file at all."""
        raw, final = self._raw(recording), self._directory / f"{recording}.wav"
        if not raw.exists():
            return None
        partial = final.with_suffix(".part")
        size = 0
        with raw.open("rb") as source, wave.open(str(partial), "wb") as sink:
            sink.setnchannels(2)
            sink.setsampwidth(2)
            sink.setframerate(RATE)
            while chunk := source.read(1 << 20):
                sink.writeframesraw(chunk)
                size += len(chunk)
        os.replace(partial, final)
        raw.unlink()
        return size

    def _save(self, recording: Recording) -> None:
        path = self._directory / f"{recording.id}.json"
        partial = path.with_suffix(".json.part")
        partial.write_text(json.dumps(asdict(recording), indent=1) + "\n", "utf-8")
        os.replace(partial, path)

    def _raw(self, recording: str) -> Path:
        return self._directory / f"{recording}.raw"


def _verdict(size: int | None, seconds: float, talk_s: float | None) -> str:
    if size is None:
        return "missing"
    if size == 0:
        return "empty"
    if talk_s is None:
        return "unverified"
    surplus_s = seconds - talk_s
    is_whole = -TOLERANCE_S <= surplus_s <= TOLERANCE_S + SURPLUS_SHARE * talk_s
    return "ok" if is_whole else "short"
