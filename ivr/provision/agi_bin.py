"""What Asterisk runs itself while the server is away, laid where it finds it."""

import importlib.util
import shutil
from pathlib import Path

from ivr.provision.paths import Paths


def install_emergency_script(script: Path, paths: Paths) -> None:
    """Copies the script, the modules it imports (pyst2's agi, six) and a link to the snapshot.

    Copies, because Asterisk's own root has none of our Python environment.
    """
    _copy(script, paths.agi_bin / "emergency.py", mode=0o755)
    package = paths.agi_bin / "asterisk"
    package.mkdir(exist_ok=True)
    _copy(_source_of("asterisk"), package / "__init__.py")
    _copy(_source_of("asterisk.agi"), package / "agi.py")
    _copy(_source_of("six"), paths.agi_bin / "six.py")
    link = paths.agi_bin / "emergency.json"
    if not link.is_symlink():
        link.symlink_to(paths.emergency_file)


def _source_of(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{module}: not installed; run `make setup`")
    return Path(spec.origin)


def _copy(source: Path, target: Path, mode: int = 0o644) -> None:
    fresh = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, fresh)
    fresh.chmod(mode)
    fresh.replace(target)
