"""Which dialplans an instance runs: its files, or an earlier version after a rollback."""

from dataclasses import dataclass

import structlog

from ivr.cli.dialplans import Dialplans, files_version, load_dialplans
from ivr.document import DocumentError
from ivr.provision.versions import Versions
from ivr.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ToRun:
    """`rolled_back`: it is an earlier version, and the files are those that were taken back."""

    dialplans: Dialplans
    rolled_back: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """For whoever starts the instance."""
        if not self.rolled_back:
            return ()
        return (
            f"Rolled back: version {self.dialplans.version} runs, not what the files say; "
            "`ivr reload` puts the files in force",
        )


def dialplans_to_run(settings: Settings) -> ToRun:
    """Until the files change or are loaded, a restart keeps to what a rollback put in force."""
    versions = Versions(settings.versions_dir)
    pinned = versions.pinned(files_version(settings.dialplans))
    if pinned:
        try:
            return ToRun(load_dialplans(settings.dialplans, versions.yaml_of(pinned)), True)
        except DocumentError as error:
            # Calls have to be taken: what the files say is right, at least, as the next line shows.
            log.error("the version rolled back to is no longer right", problems=str(error))  # noqa: TRY400
    return ToRun(load_dialplans(settings.dialplans), False)
