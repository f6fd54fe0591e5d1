"""Fixtures: the shared instance, one of a test's own, and the people around either."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from ivr.cli.dialplans import load_dialplans
from tests.e2e.families import families
from tests.e2e.house import House
from tests.e2e.journal import JournalView
from tests.e2e.lines import Change, OpenSite, copied
from tests.e2e.ports import PortBlock
from tests.e2e.shared import FAILED_FILE, directory_of, shared_settings
from tests.e2e.stack import SITE, Stack, settings_on

FAILED = pytest.StashKey[bool]()


class PeopleScheduling(LoadFileScheduling):  # type: ignore[misc]
    """People are in one place at a time: scenarios that share them run one after the other."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        site = load_dialplans(SITE).site
        files = sorted(Path(__file__).parent.glob("test_*.py"))
        self._families = families(files, {*site.agents, *site.phones})

    def _split_scope(self, nodeid: str) -> str:
        file, _, scenario = nodeid.partition("::")
        return self._families.get((Path(file).name, scenario.partition("[")[0]), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    return PeopleScheduling(config, log)


@pytest.fixture(scope="session")
def run_id(request: pytest.FixtureRequest) -> str:
    """The same in every process of this test run, and in no other run."""
    worker = getattr(request.config, "workerinput", None)
    return str(worker["testrunuid"][:12]) if worker else f"p{os.getpid()}"


@pytest.fixture(scope="session")
def ports() -> Iterator[PortBlock]:
    block = PortBlock()
    yield block
    block.release()


@pytest.fixture(scope="session")
def shared_stack(run_id: str, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The instance all scenarios share; never stop or kill anything in it."""
    with shared_settings(run_id) as settings:
        yield Stack(settings)
        watched = JournalView(settings.journal_url).facts("routing.violated")
        assert [str(fact) for fact in watched] == [], "the watch over the core found something"
        if request.session.testsfailed:
            directory = directory_of(run_id)
            (directory / FAILED_FILE).touch()
            print(f"kept for a look: {directory}")


@pytest.fixture
async def house(
    shared_stack: Stack, ports: PortBlock, request: pytest.FixtureRequest
) -> AsyncIterator[House]:
    """The shared instance and this test's people."""
    async with _inhabited(shared_stack, ports, request) as house:
        yield house


@pytest.fixture
async def own_house(ports: PortBlock, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """An instance of this test's own: its processes may be killed, its site changed."""

    def site(directory: Path) -> Path:
        return Path(shutil.copytree(SITE, directory))

    async with _own(site, ports, request) as house:
        yield house


@pytest.fixture
async def open_site(ports: PortBlock, request: pytest.FixtureRequest) -> AsyncIterator[OpenSite]:
    """Instances on other dialplans than the tests' own, until the test is over."""
    async with AsyncExitStack() as opened:

        async def open_one(directory: Path, change: Change, journal: str = "") -> House:
            own = _own(lambda copy: copied(directory, change, copy), ports, request, journal)
            return await opened.enter_async_context(own)

        yield open_one


@asynccontextmanager
async def _own(
    site: Callable[[Path], Path],
    ports: PortBlock,
    request: pytest.FixtureRequest,
    journal: str = "",
) -> AsyncIterator[House]:
    """An instance on the dialplans that `site` puts into the directory it is given."""
    state = Path(tempfile.mkdtemp(prefix="ivr-e2e-own-"))
    block = PortBlock()
    settings = settings_on(block, state / "state", site(state / "site"))
    stack = Stack(replace(settings, journal=journal))
    try:
        await stack.start()
        async with _inhabited(stack, ports, request) as house:
            yield house
    finally:
        await stack.stop()
        block.release()
        _clean_up(state, request)


@asynccontextmanager
async def _inhabited(
    stack: Stack, ports: PortBlock, request: pytest.FixtureRequest
) -> AsyncIterator[House]:
    directory = Path(tempfile.mkdtemp(prefix="ivr-e2e-people-"))
    house = House(stack, directory, ports)
    try:
        yield house
    finally:
        await house.close()
        _clean_up(directory, request)


def _clean_up(directory: Path, request: pytest.FixtureRequest) -> None:
    """What a failed test heard and wrote is kept, to look into."""
    if request.node.stash.get(FAILED, False):
        print(f"kept for a look: {directory}")
    else:
        shutil.rmtree(directory)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report
