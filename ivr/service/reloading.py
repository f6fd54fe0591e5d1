"""Another version of site and flows comes in force, or an earlier one; whole or not at all."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ivr.flow import Flow
from ivr.model import events
from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.ports import Clock, Recorder
from ivr.service.reload import Plan, make_plan

LINES_MAX = 50
"""Of changes and problems, in an event."""


class Tree(Protocol):
    """What the administrator's files say, checked."""

    @property
    def site(self) -> Site: ...

    @property
    def flows(self) -> Mapping[str, Flow]: ...

    @property
    def version(self) -> str: ...

    @property
    def sources(self) -> Mapping[str, str]:
        """File name -> text."""


@dataclass(frozen=True)
class Kept:
    """A version that was in force."""

    version: str
    at: float
    """When it was last read from the files."""
    changes: tuple[str, ...]
    """What it changed; empty for one a server began with."""


class KeptVersions(Protocol):
    """Versions to go back to, oldest first. Each method but `all` raises UserError."""

    def all(self) -> Sequence[Kept]: ...

    def keep(self, one: Kept, sources: Mapping[str, str]) -> None: ...

    def pin(self, version: str, files: str) -> None:
        """After a restart, too, this version is run while the files are those of `files`."""

    def unpin(self) -> None: ...


T = TypeVar("T", bound=Tree)
T_in = TypeVar("T_in", bound=Tree, contravariant=True)


@dataclass(frozen=True)
class Reloaded:
    """What a reload changed, or would."""

    plan: Plan
    version: str
    asterisk: bool | None = None
    """Whether it was told; None: it had nothing to be told."""


class Steps(Protocol[T_in]):
    """What has to be done around the switch. UserError from any but the last changes nothing."""

    def look(self, tree: T_in) -> None:
        """Whether what the files name elsewhere is there; also for a dry run."""

    async def refresh(self) -> None:
        """The files are as before; what they name elsewhere may have changed."""

    async def prepare(self, tree: T_in, plan: Plan) -> None: ...

    def switch(self, tree: T_in) -> None: ...

    async def finish(self, tree: T_in, plan: Plan) -> bool | None:
        """What follows, the telephony system last: whether it was told; None: it need not be."""


class Reloading(Generic[T]):
    """One at a time. `read` reads the files, or those of the version named."""

    def __init__(
        self,
        tree: T,
        read: Callable[[str], T],
        files_version: Callable[[], str],
        steps: Steps[T],
        versions: KeptVersions,
        recorder: Recorder,
        clock: Clock,
        *,
        rolled_back: bool,
    ) -> None:
        """`rolled_back`: `tree` is an earlier version than the files say."""
        self.tree = tree
        """In force."""
        self.rolled_back = rolled_back
        self._read = read
        self._files_version = files_version
        self._steps = steps
        self._versions = versions
        self._recorder = recorder
        self._clock = clock
        self._lock = asyncio.Lock()

    def begin(self) -> None:
        """The server starts with this version."""
        newest = [one.version for one in self._versions.all()][-1:]
        if not self.rolled_back and newest != [self.tree.version]:
            one = Kept(self.tree.version, self._clock.now(), ())
            self._versions.keep(one, self.tree.sources)

    @property
    def in_force(self) -> str:
        return self.tree.version

    def versions(self) -> tuple[Kept, ...]:
        """Those kept, oldest first."""
        return tuple(self._versions.all())

    async def reload(
        self, *, dry_run: bool = False, rollback: bool = False, by: str = ""
    ) -> Reloaded:
        """Reads the files, or the version before the one in force, and puts them in force; `by`
        is put on record.

        UserError says what is wrong; then, and after a dry run, all is as before.
        """
        async with self._lock:
            try:
                return await self._reload(dry_run, rollback, by)
            except (UserError, OSError) as error:
                if not dry_run:
                    self._refused(str(error), by)
                if isinstance(error, OSError):
                    raise UserError(f"not reloaded: {error}") from error
                raise

    async def _reload(self, dry_run: bool, rollback: bool, by: str) -> Reloaded:
        before, earlier = self.tree, self._earlier() if rollback else ""
        tree = await asyncio.to_thread(self._read, earlier)
        plan = make_plan(before.site, before.flows, tree.site, tree.flows)
        self._steps.look(tree)
        if dry_run:
            return Reloaded(plan, tree.version)
        if plan.empty and tree.version == before.version:
            await self._steps.refresh()
            self._files_rule()
            return Reloaded(plan, tree.version)
        await self._steps.prepare(tree, plan)
        files = await asyncio.to_thread(self._files_version)
        if rollback:
            self._versions.pin(tree.version, files)
        else:
            self._versions.keep(Kept(tree.version, self._clock.now(), plan.lines), tree.sources)
        try:
            self._steps.switch(tree)
        except (UserError, OSError):
            if rollback and self.rolled_back:
                self._versions.pin(before.version, files)
            elif rollback:
                self._versions.unpin()
            raise
        self.tree, self.rolled_back = tree, True
        if not rollback:
            self._files_rule()
        self._recorder.record(
            events.SiteReloaded(
                at=self._clock.now(),
                changes=len(plan.lines),
                detail="\n".join(plan.lines[:LINES_MAX]),
                config=tree.version,
                rollback=rollback,
                by=by,
            )
        )
        return Reloaded(plan, tree.version, await self._steps.finish(tree, plan))

    def _files_rule(self) -> None:
        self._versions.unpin()
        self.rolled_back = False

    def _earlier(self) -> str:
        """The version that was in force before the one that is."""
        kept = [one.version for one in self._versions.all()]
        at = kept.index(self.tree.version) if self.tree.version in kept else len(kept)
        if at == 0:
            raise UserError("no earlier version is kept; see `ivr reload --versions`")
        return kept[at - 1]

    def _refused(self, problems: str, by: str) -> None:
        detail = "\n".join(problems.splitlines()[:LINES_MAX])
        self._recorder.record(events.ReloadFailed(at=self._clock.now(), detail=detail, by=by))
