"""What the emergency script reads while the server is away."""

import json
from pathlib import Path

import structlog

from ivr.model.site import Emergency

log = structlog.get_logger(__name__)


def write_emergency_file(file: Path, emergency: Emergency, prompt: str) -> None:
    """`prompt` is the spoken text's file. When it cannot be written, the former one stays."""
    snapshot = {
        "prompt": prompt,
        "ring": list(emergency.ring),
        "ring_timeout_s": emergency.ring_timeout_s,
    }
    partial = file.with_suffix(".part")
    try:
        partial.write_text(json.dumps(snapshot, indent=1) + "\n", "utf-8")
        partial.replace(file)
    except OSError as error:
        log.error("emergency file not written", file=str(file), error=str(error))  # noqa: TRY400
