"""Recordings over real HTTP: who finds which, who hears them, and that it is on record."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from ivr.model.access import Role
from ivr.model.events import RecordingPlayed
from tests.unit.web.house import TOKENS, House
from tests.unit.web.recorded import OF_ANN, OF_CEM, OF_FLOW, sound_of

AGENT, SUE, MAX = TOKENS[Role.AGENT], TOKENS[Role.SUPERVISOR], TOKENS[Role.MANAGER]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(sounds=tmp_path)
    await house.server.start()
    yield house
    await house.server.close()


async def found(house: House, token: str, query: str = "") -> list[str]:
    status, answer = await house.ask("GET", f"/api/recordings?{query}", token)
    assert status == 200, answer
    return [one["recording"] for one in answer["recordings"]]


async def test_a_supervisor_finds_those_of_the_team_a_manager_all(house: House) -> None:
    assert await found(house, SUE) == [OF_ANN.recording]
    everything = [OF_ANN.recording, OF_CEM.recording, OF_FLOW.recording]
    assert await found(house, MAX) == everything
    status, _ = await house.ask("GET", "/api/recordings", AGENT)
    assert status == 403


async def test_what_is_told_of_one(house: House, tmp_path: Path) -> None:
    sound_of(tmp_path, OF_ANN)
    _, answer = await house.ask("GET", "/api/recordings?limit=1", SUE)
    assert answer == {
        "recordings": [
            {
                "recording": "c1-00000001",
                "call": "c1",
                "queue": "billing",
                "agent": "ann",
                "caller": "••••123",
                "started_at": 100.0,
                "seconds": 20.0,
                "result": "ok",
                "silences": [{"begin_s": 3.0, "end_s": 9.0, "reason": "agent"}],
                "deleted": False,
                "disposition": "open",
                "note": "call ••••••123 at 9:30",
                "playable": True,
            }
        ],
        "more": 0,
    }
    _, answer = await house.ask("GET", "/api/recordings?limit=1", MAX)
    assert answer["recordings"][0]["caller"] == "5550123"
    assert answer["recordings"][0]["note"] == "call 0555 0123 at 9:30"
    assert answer["more"] == OF_ANN.number


async def test_who_sees_no_numbers_cannot_guess_them_either(house: House) -> None:
    status, answer = await house.ask("GET", "/api/recordings?caller=5550123", SUE)
    assert (status, "sees no numbers" in answer["error"]) == (403, True)
    assert await found(house, MAX, "caller=5550123") == [OF_ANN.recording]


async def test_everything_asked_for_must_hold(house: House) -> None:
    query = (
        "since=1&until=200&queue=billing&agent=ann&call=c1&result=ok&seconds_min=5&before=9"
        "&disposition=open"
    )
    assert await found(house, MAX, query) == [OF_ANN.recording]
    asked = house.recorded.asked[-1]
    assert (asked.since, asked.until, asked.agent, asked.call, asked.before) == (
        1.0,
        200.0,
        "ann",
        "c1",
        9,
    )
    assert await found(house, MAX, "seconds_min=30") == []
    assert await found(house, MAX, "disposition=solved") == []


@pytest.mark.parametrize(
    "query", ["since=-1", "since=nan", "limit=0", "limit=201", "before=-1", "colour=red"]
)
async def test_senseless_questions_are_refused(house: House, query: str) -> None:
    status, _ = await house.ask("GET", f"/api/recordings?{query}", MAX)
    assert status == 422


async def fetch(
    house: House, recording: str, token: str, part: str = ""
) -> tuple[int, bytes, aiohttp.ClientResponse]:
    url = f"http://127.0.0.1:{house.server.port}/api/recordings/{recording}/sound"
    headers = {"Authorization": f"Bearer {token}", **({"Range": part} if part else {})}
    async with aiohttp.ClientSession() as client, client.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), answer


async def test_who_listens_is_on_record_once_however_many_parts_are_fetched(
    house: House, tmp_path: Path
) -> None:
    content = sound_of(tmp_path, OF_ANN)
    status, part, _ = await fetch(house, OF_ANN.recording, SUE, "bytes=4-7")
    assert (status, part) == (206, content[4:8])
    status, whole, answer = await fetch(house, OF_ANN.recording, SUE)
    assert (status, whole) == (200, content)
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"
    await fetch(house, OF_ANN.recording, MAX)
    played = [one for one in house.events if isinstance(one, RecordingPlayed)]
    assert [(one.by, one.recording, one.agent) for one in played] == [
        ("Sue", OF_ANN.recording, "ann"),
        ("Max", OF_ANN.recording, "ann"),
    ]


async def test_another_teams_recording_is_not_heard_and_the_try_is_on_record(
    house: House, tmp_path: Path
) -> None:
    sound_of(tmp_path, OF_CEM)
    sound_of(tmp_path, OF_FLOW)
    for one in (OF_CEM, OF_FLOW):
        assert (await fetch(house, one.recording, SUE))[0] == 403
        assert (await fetch(house, one.recording, MAX))[0] == 200
    assert [who for who, _, _ in house.refused] == ["Sue", "Sue"]


@pytest.mark.parametrize(
    "name", ["c9-00000001", "..%2f..%2fetc%2fpasswd", "%2e%2e", "c1-00000001.wav", "x" * 5000]
)
async def test_only_what_the_journal_knows_is_a_file(house: House, name: str) -> None:
    assert (await fetch(house, name, MAX))[0] in (404, 414, 400)


async def test_a_file_that_is_gone_is_told(house: House) -> None:
    assert (await fetch(house, OF_ANN.recording, MAX))[0] == 404
    assert [one for one in house.events if isinstance(one, RecordingPlayed)] == []


async def test_a_journal_out_of_reach_is_told(house: House) -> None:
    house.recorded.is_away = True
    assert (await house.ask("GET", "/api/recordings", MAX))[0] == 503
    assert (await fetch(house, OF_ANN.recording, MAX))[0] == 503
