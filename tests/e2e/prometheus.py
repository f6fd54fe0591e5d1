"""A real Prometheus that scrapes one instance, with the shipped rules."""

import asyncio
import json
import math
import urllib.parse
import urllib.request
from asyncio.subprocess import DEVNULL, STDOUT, Process
from pathlib import Path
from typing import Any

from ivr.provision.packages import find_program
from ivr.provision.tools import tools_dir
from tests.e2e.lines import replacing
from tests.e2e.waiting import eventually

MONITORING = Path(__file__).resolve().parents[2] / "monitoring"
TARGET = "127.0.0.1:8088"
"""Where the shipped configuration expects the server."""
START_LIMIT_S = 20.0
HURRIED = {
    "scrape_interval: 5s": "scrape_interval: 1s",
    "scrape_timeout: 4s": "scrape_timeout: 1s",
    "evaluation_interval: 15s": "evaluation_interval: 1s",
}
RULES_HURRIED = {"interval: 5m": "interval: 1s"}


class Prometheus:
    """Runs the shipped configuration, pointed at `target` and in a hurry."""

    def __init__(self, directory: Path, port: int, target: str) -> None:
        self._directory = directory
        self._port = port
        self._address = f"http://127.0.0.1:{port}/api/v1"
        self._target = target
        self._process: Process | None = None

    async def __aenter__(self) -> "Prometheus":
        program = find_program("prometheus") or str(tools_dir() / "usr/bin/prometheus")
        config = self._directory / "prometheus.yml"
        changed = replacing({**HURRIED, TARGET: self._target})
        config.write_text(changed((MONITORING / "prometheus.yml").read_text("utf-8")), "utf-8")
        rules = self._directory / "rules"
        rules.mkdir()
        for file in (MONITORING / "rules").glob("*.yml"):
            text = file.read_text("utf-8")
            for slow, quick in RULES_HURRIED.items():
                text = text.replace(slow, quick)
            (rules / file.name).write_text(text, "utf-8")
        with (self._directory / "prometheus.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                program,
                f"--config.file={config}",
                f"--storage.tsdb.path={self._directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{self._port}",
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
            )
        await eventually(lambda: self._up() == 1.0, START_LIMIT_S, "a first scrape")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        await asyncio.wait_for(self._process.wait(), 10)

    def query(self, expression: str) -> list[Any]:
        """The result vector of an instant query; an error of Prometheus is raised."""
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"{self._address}/query?{query}", timeout=5) as answer:
            result: list[Any] = json.load(answer)["data"]["result"]
        return result

    def value(self, expression: str) -> float:
        """The one value of an instant query; NaN when there is none."""
        result = self.query(expression)
        return float(result[0]["value"][1]) if result else float("nan")

    def has_data(self, expression: str) -> bool:
        """Whether an instant query yields a number."""
        return any(not math.isnan(float(one["value"][1])) for one in self.query(expression))

    def rules(self) -> list[dict[str, Any]]:
        """Every rule as it was evaluated last."""
        with urllib.request.urlopen(f"{self._address}/rules", timeout=5) as answer:
            groups = json.load(answer)["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def describe(self) -> str:
        """How its last scrape went, for the message of an assertion."""
        with urllib.request.urlopen(f"{self._address}/targets", timeout=5) as answer:
            (target,) = json.load(answer)["data"]["activeTargets"]
        return f"{target['health']}, {target['lastScrapeDuration']} s, {target['lastError']!r}"

    def _up(self) -> float:
        try:
            return self.value('up{job="callcenter"}')
        except OSError:
            return 0.0
