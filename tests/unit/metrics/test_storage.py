"""Storage: measured on the disk, and followed between two looks."""

import asyncio
from pathlib import Path

import pytest

from ivr.metrics import Metrics
from ivr.metrics.storage import size_of
from ivr.model import events
from tests.unit.metrics.conftest import value
from tests.unit.metrics.happenings import T, feed


def test_room_is_that_of_the_file_system(metrics: Metrics, tmp_path: Path) -> None:
    metrics.storage.watch({"state": tmp_path})
    size = value(metrics, "storage_size_bytes", directory="state")
    free = value(metrics, "storage_free_bytes", directory="state")
    assert size is not None
    assert free is not None
    assert 0 < free < size


def test_a_directory_that_is_gone_has_no_series(metrics: Metrics, tmp_path: Path) -> None:
    metrics.storage.watch({"state": tmp_path, "recordings": tmp_path / "gone"})
    assert value(metrics, "storage_size_bytes", directory="recordings") is None
    assert value(metrics, "storage_size_bytes", directory="state") is not None


def test_the_size_is_that_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"x" * 1000)
    (tmp_path / "a.json").write_bytes(b"x" * 24)
    assert size_of(tmp_path) == 1024


def test_a_directory_that_is_gone_has_no_size(tmp_path: Path) -> None:
    assert size_of(tmp_path / "gone") == 0


async def test_recordings_finished_since_the_last_look_are_added(
    metrics: Metrics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.wav").write_bytes(b"x" * 1000)
    looked = asyncio.Event()

    async def rest(_seconds: float) -> None:
        looked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("ivr.metrics.storage.asyncio.sleep", rest)
    counting = asyncio.create_task(metrics.storage.keep_counting(tmp_path))
    async with asyncio.timeout(5):
        await looked.wait()
    counting.cancel()
    feed(
        metrics,
        events.RecordingFinished(at=T, call="a", recording="r", result="ok", seconds=1, bytes=24),
    )
    assert value(metrics, "recordings_storage_bytes") == 1024
