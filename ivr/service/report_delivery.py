"""A report on its way: into a directory, as a letter."""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from ivr.model.reports import ScheduledReport

TYPES = {"html": ("text", "html"), "csv": ("text", "csv"), "json": ("application", "json")}


@dataclass(frozen=True)
class Rendered:
    """`summary` is what a letter says of it, `content` the report itself."""

    title: str
    summary: str
    content: str


def write(directory: Path, name: str, content: str) -> Path:
    """The file is there whole or not at all, and the same when written again; OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=directory, prefix=f".{name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o640)
        os.replace(part, directory / name)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return directory / name


def letter(
    name: str, report: ScheduledReport, due: float, made: Rendered, file: str, sender: str
) -> EmailMessage:
    """The same for the same time it is due, by its Message-ID also for who receives it."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"{name}: {made.title}"
    message["From"] = sender
    message["To"] = ", ".join(report.email)
    message["Date"] = format_datetime(datetime.fromtimestamp(due, UTC))
    message["Message-ID"] = f"<{name}.{due:.0f}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(made.summary)
    main, kind = TYPES[report.format]
    message.add_attachment(made.content.encode(), maintype=main, subtype=kind, filename=file)
    return message
