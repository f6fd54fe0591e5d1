"""A PostgreSQL for tests: this machine's programs, else those of a private root. Never its data."""

from pathlib import Path

from ivr.model.errors import UserError
from ivr.provision.packages import SANDBOX, Say, ensure_programs
from ivr.provision.rootfs import ensure_root

PACKAGES = ("postgresql",)
INSIDE = Path("/tmp/postgresql")  # noqa: S108 - of the sandbox, which has a /tmp of its own
"""Where the programs see the directory given to `postgresql_command`."""

_PROGRAMS = "usr/lib/postgresql/*/bin"
_NOBODY = "65534"


def ensure_postgresql(say: Say) -> Path:
    """The root below which the programs lie, provided if need be: `/` or a private one."""
    ensure_programs(SANDBOX, say)
    machine = Path("/")
    if _programs(machine):
        return machine
    return ensure_root("postgresql", PACKAGES, "usr/bin/psql", say)


def postgresql_command(root: Path, directory: Path, program: str, *arguments: str) -> list[str]:
    """Runs `initdb` or `postgres`; only `directory` is writable, as `INSIDE`.

    The programs refuse to be root, who runs many a test: inside, this user is nobody.
    """
    found = _programs(root)
    if not found:
        raise UserError(f"no PostgreSQL server below {root}; `ivr setup --tests` provides one")
    inside = "/" / found[-1].relative_to(root) / program
    return [
        *("bwrap", "--die-with-parent", "--unshare-pid"),
        *("--unshare-user", "--uid", _NOBODY, "--gid", _NOBODY),
        *("--ro-bind", str(root), "/", "--dev", "/dev", "--proc", "/proc"),
        *("--tmpfs", str(INSIDE.parent), "--bind", str(directory), str(INSIDE)),
        *("--", str(inside), *arguments),
    ]


def _programs(root: Path) -> list[Path]:
    """Directories with a server, oldest version first."""
    found = [path for path in root.glob(_PROGRAMS) if (path / "postgres").exists()]
    return sorted(found, key=lambda path: float(path.parent.name))
