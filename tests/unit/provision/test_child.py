"""A program that ends badly is quoted: what it wrote in this run, never an earlier run's words."""

import asyncio
from pathlib import Path

import pytest

from ivr.model.errors import UserError
from ivr.provision.child import Child


async def failure_of(log: Path, script: str) -> UserError:
    child = Child("the program", log)
    with log.open("ab") as output:
        await child.spawn("sh", "-c", script, output=output)
    await asyncio.wait_for(child.process.wait(), timeout=5)
    with pytest.raises(UserError) as failed:
        child.fail_if_ended()
    return failed.value


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def old_log(log: Path) -> Path:
    log.write_text("a long story of an earlier run\n")
    return log


async def test_its_last_words_are_quoted(log: Path) -> None:
    failed = await failure_of(log, "echo sorry >&2; exit 1")
    assert str(failed) == f"the program ended while starting; see {log}\n  sorry"


async def test_the_words_of_an_earlier_run_are_not(old_log: Path) -> None:
    assert str(await failure_of(old_log, "echo now")).splitlines()[1:] == ["  now"]


async def test_a_log_turned_over_meanwhile_is_quoted_from_its_start(old_log: Path) -> None:
    failed = await failure_of(old_log, f"echo new > {old_log}")
    assert str(failed).splitlines()[1:] == ["  new"]
