"""Reports that are made by the clock, and how e-mail leaves the house."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator

from ivr.model.shape import Model
from ivr.model.units import Seconds

ReportName = Literal[
    "queues",
    "agents",
    "teams",
    "flows",
    "nodes",
    "surveys",
    "callers",
    "intervals",
    "dispositions",
    "all",
]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def _address(text: str) -> str:
    if ADDRESS.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no e-mail address alone, as ops@example.com is")
    return text


Address = Annotated[str, Field(max_length=254), AfterValidator(_address)]


def _cron(text: str) -> str:
    try:
        CronSim(text, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise ValueError(
            f"{text!r} is no schedule ({error}): write minute, hour, day, month, weekday as cron "
            'does, e.g. "5 6 * * mon-fri"'
        ) from error
    if len(text.split()) != 5:
        raise ValueError(f"{text!r}: write five fields: minute, hour, day, month, weekday")
    return text


def _no_way_up(path: str) -> str:
    if ".." in path.split("/"):
        raise ValueError(f"{path!r}: name the directory without `..`")
    return path


class SmtpServer(Model):
    """Whoever takes e-mail from this house."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-:]{1,253}$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`tls`: from the first byte, mostly on port 465; `none`: only inside the house."""
    sender: Address
    user: Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")] = ""
    """Empty: it asks nobody who they are."""
    secret: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,40})?$")] = ""
    """Name of the secret that is the password; it stands in no file of the site."""
    ca_file: str = ""
    """Certificates to trust instead of the machine's own."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.user) != bool(self.secret):
            raise ValueError("`user` and `secret` belong together: give both, or neither")
        if self.user and self.security == "none":
            raise ValueError("a password would go in the open: use `security: starttls` or `tls`")
        return self


class ScheduledReport(Model):
    """A report made by the clock, written into a directory or sent, or both."""

    report: ReportName
    schedule: Annotated[str, Field(max_length=100), AfterValidator(_cron)]
    """Minute, hour, day, month, weekday, as cron has them; in the site's time zone."""
    period: Annotated[
        str, Field(pattern=r"^(today|yesterday|last_week|last_month|[1-9][0-9]{0,4}[hdw])$")
    ] = "yesterday"
    """Seen from the time it is due: whole days of the site's time zone, or a length up to then."""
    by: Literal["total", "interval", "hour", "day", "week"] = "total"
    compare: bool = False
    """With the period of the same length just before."""
    queues: list[Key] = []
    """Only these in tables of queues; none: all."""
    format: Literal["html", "csv", "json"] = "html"
    directory: Annotated[
        str, Field(pattern=r"^[^\x00-\x1f]{0,200}$"), AfterValidator(_no_way_up)
    ] = ""
    """Where files are put; from the state directory on unless it begins with `/`."""
    email: Annotated[list[Address], Field(max_length=50)] = []
    attempts_max: Annotated[int, Field(ge=1, le=20)] = 5
    retry_after_s: Annotated[Seconds, Field(ge=1, le=3600)] = 60
    """Before the second attempt; twice as long before each further one."""

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if not self.directory and not self.email:
            raise ValueError("nobody would get it: give `directory`, `email` or both")
        if self.format == "csv" and self.report == "all":
            raise ValueError("CSV holds one table: name one report instead of `all`")
        return self
