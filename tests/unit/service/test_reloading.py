"""Another version in force or not at all; the one before it again; and after a restart."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from ivr.flow import Flow
from ivr.model.errors import UserError
from ivr.model.events import ReloadFailed, SiteReloaded
from ivr.model.site import Site
from ivr.service.reload import Plan
from ivr.service.reloading import Kept, Reloading
from ivr.testing.clock import VirtualClock
from tests.unit.acd.centre import site
from tests.unit.service.fakes import Events

FORMS = {version: site({"bob": {"tech": n + 1}}) for n, version in enumerate("abcd")}


@dataclass(frozen=True)
class Tree:
    version: str
    sources: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return FORMS[self.version]


class Store:
    """Versions in memory."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.pinned: tuple[str, str] | None = None

    def all(self) -> list[Kept]:
        return self.kept

    def keep(self, one: Kept, sources: Mapping[str, str]) -> None:
        self.kept = [each for each in self.kept if each.version != one.version] + [one]

    def pin(self, version: str, files: str) -> None:
        self.pinned = (version, files)

    def unpin(self) -> None:
        self.pinned = None


class Server:
    """What has to be done around the switch; the test says where it breaks."""

    def __init__(
        self, store: Store | None = None, version: str = "a", pinned: bool = False
    ) -> None:
        self.files, self.in_force, self.told = version, version, []
        self.breaks_at = ""
        self.store = store or Store()
        self.events = Events()
        self.reloading = Reloading(
            Tree(version),
            self._read,
            lambda: self.files,
            self,
            self.store,
            self.events,
            VirtualClock(1000.0),
            rolled_back=pinned,
        )
        self.reloading.begin()

    def _read(self, version: str) -> Tree:
        if self.files == "broken" and not version:
            raise UserError("site.yaml:3:5: team 'flor' is not declared\nand more")
        return Tree(version or self.files)

    def _break(self, at: str) -> None:
        if self.breaks_at == at:
            raise UserError(f"{at} broke")
        if self.breaks_at == f"{at} disk":
            raise OSError(28, "No space left on device")

    def look(self, _tree: Tree) -> None:
        self._break("look")

    async def refresh(self) -> None:
        self.told.append("refreshed")

    async def prepare(self, _tree: Tree, _plan: Plan) -> None:
        self._break("prepare")

    def switch(self, tree: Tree) -> None:
        self._break("switch")
        self.in_force = tree.version

    async def finish(self, tree: Tree, _plan: Plan) -> bool:
        self.told.append(tree.version)
        return True

    async def reload(self, files: str, **options: bool) -> str:
        self.files = files
        return (await self.reloading.reload(**options)).version


async def test_a_reload_is_in_force_told_and_on_record() -> None:
    server = Server()
    assert await server.reload("b") == "b"
    assert (server.in_force, server.told) == ("b", ["b"])
    (event,) = server.events.of(SiteReloaded)
    assert (event.config, event.rollback, event.changes) == ("b", False, 1)
    assert event.detail == "~ agents.bob.skills.tech: 1 -> 2"
    assert [(one.version, one.changes) for one in server.store.kept] == [
        ("a", ()),
        ("b", ("~ agents.bob.skills.tech: 1 -> 2",)),
    ]


async def test_a_dry_run_changes_nothing() -> None:
    server = Server()
    assert await server.reload("b", dry_run=True) == "b"
    assert (server.in_force, list(server.events)) == ("a", [])
    assert server.told == []
    server.breaks_at = "look"
    with pytest.raises(UserError):
        await server.reload("b", dry_run=True)


async def test_files_as_before_have_what_they_name_looked_at_again() -> None:
    server = Server()
    assert await server.reload("a") == "a"
    assert (server.told, list(server.events)) == (["refreshed"], [])


@pytest.mark.parametrize("at", ["look", "prepare", "prepare disk", "switch", "switch disk"])
@pytest.mark.parametrize("rollback", [False, True])
async def test_what_breaks_on_the_way_changes_nothing(at: str, rollback: bool) -> None:
    server = Server()
    await server.reload("b")
    server.breaks_at = at
    with pytest.raises(UserError):
        await server.reload("c", rollback=rollback)
    assert (server.in_force, server.reloading.in_force, server.told) == ("b", "b", ["b"])
    assert server.store.pinned is None
    assert len(server.events.of(ReloadFailed)) == 1
    server.breaks_at = ""
    assert await server.reload("c", rollback=True) == "a"


async def test_what_is_wrong_with_the_files_is_on_record() -> None:
    server = Server()
    with pytest.raises(UserError, match="flor"):
        await server.reload("broken")
    (event,) = server.events.of(ReloadFailed)
    assert event.detail == "site.yaml:3:5: team 'flor' is not declared\nand more"
    with pytest.raises(UserError, match="flor"):
        await server.reload("broken", dry_run=True)
    assert len(server.events.of(ReloadFailed)) == 1


async def test_rollbacks_go_back_one_version_each_and_the_files_come_again() -> None:
    server = Server()
    await server.reload("b")
    await server.reload("c")
    assert [await server.reload("c", rollback=True) for _ in range(2)] == ["b", "a"]
    assert [event.rollback for event in server.events.of(SiteReloaded)] == [
        False,
        False,
        True,
        True,
    ]
    with pytest.raises(UserError, match="no earlier version is kept"):
        await server.reload("c", rollback=True)
    assert server.in_force == "a"
    assert await server.reload("c") == "c"
    assert await server.reload("c", rollback=True) == "b"


async def test_files_that_are_broken_do_not_stand_in_the_way_of_a_rollback() -> None:
    server = Server()
    await server.reload("b")
    assert await server.reload("broken", rollback=True) == "a"
    assert server.store.pinned == ("a", "broken")


async def test_a_rollback_holds_until_the_files_are_loaded() -> None:
    server = Server()
    await server.reload("b")
    await server.reload("b", rollback=True)
    assert server.reloading.rolled_back
    assert server.store.pinned == ("a", "b")
    await server.reload("b")
    assert not server.reloading.rolled_back
    assert server.store.pinned is None


async def test_a_rollback_that_breaks_leaves_the_one_before_it_pinned() -> None:
    server = Server()
    await server.reload("b")
    await server.reload("c")
    await server.reload("c", rollback=True)
    server.breaks_at = "switch"
    with pytest.raises(UserError):
        await server.reload("c", rollback=True)
    assert (server.in_force, server.store.pinned) == ("b", ("b", "c"))


async def test_a_restart_after_a_rollback_goes_on_with_the_order_of_versions() -> None:
    first = Server()
    await first.reload("b")
    await first.reload("c")
    await first.reload("c", rollback=True)
    second = Server(first.store, "b", pinned=True)
    assert [one.version for one in second.store.kept] == ["a", "b", "c"]
    assert await second.reload("c", rollback=True) == "a"


async def test_a_restart_with_other_files_is_a_version_to_come_back_from() -> None:
    first = Server()
    await first.reload("b")
    second = Server(first.store, "d")
    assert await second.reload("d", rollback=True) == "b"
    third = Server(first.store, "a")
    assert [one.version for one in third.store.kept] == ["b", "d", "a"]
