"""Alerts fire when they should and only then, and each one leads to a page that helps."""

import re
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.cli import COMMANDS
from ivr.metrics.metrics import ALL_TOPICS
from ivr.metrics.recording_rules import recorded_names
from ivr.metrics.topic import PREFIX
from tests.unit.monitoring.names import series_names

PROMTOOL = "promtool"
ROOT = Path(__file__).parents[3]
MONITORING = ROOT / "monitoring"
RULES = MONITORING / "rules"
RUNBOOKS = ROOT / "docs" / "runbooks"
HOWTO = ROOT / "docs" / "howto" / "monitor.md"
TESTS = sorted((RULES / "tests").glob("*.yml"))
OTHER_PROGRAMS = {"asterisk", "curl", "df", "docker-compose", "du", "ls"}
"""What a page may ask for beside `ivr`."""
CONTRACT = {
    "AbandonmentHigh",
    "AmiDown",
    "AuditBroken",
    "CallersTurnedAway",
    "CallersWaitingNobodyStaffed",
    "EstimateOff",
    "InvariantViolated",
    "JournalBacklog",
    "JournalEventsLost",
    "LongestWait",
    "NodeErrors",
    "RecordingMissing",
    "ReloadFailed",
    "RonaSpike",
    "RoutingError",
    "ScrapeAbsent",
    "ServiceLevelBelowTarget",
    "StorageNearlyFull",
    "TrunkUnreachable",
}

Alert = dict[str, Any]


def alerts() -> list[Alert]:
    (group,) = yaml.safe_load((RULES / "alerts.yml").read_text())["groups"]
    found: list[Alert] = group["rules"]
    return found


NAMES = sorted(alert["alert"] for alert in alerts())


def promtool(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [PROMTOOL, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_these_are_the_alerts() -> None:
    assert set(NAMES) == CONTRACT
    assert len(NAMES) == len(CONTRACT)


def test_prometheus_accepts_its_configuration_and_every_rule() -> None:
    code, output = promtool("check", "config", str(MONITORING / "prometheus.yml"))
    assert code == 0, output
    assert f"SUCCESS: {len(NAMES)} rules found" in output
    assert f"SUCCESS: {len(recorded_names())} rules found" in output


def test_the_rules_do_what_their_tests_say() -> None:
    code, output = promtool("test", "rules", *map(str, TESTS))
    assert code == 0, output
    assert output.count("SUCCESS") == len(TESTS)


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_is_seen_firing_and_silent(name: str) -> None:
    tests = yaml.safe_load((RULES / "tests" / f"{name}.yml").read_text())["tests"]
    expected: dict[str, set[bool]] = {"fires": set(), "is silent": set()}
    for test in tests:
        (kind,) = (kind for kind in expected if test["name"].startswith(f"{name} {kind} "))
        (rule,) = test["alert_rule_test"]
        assert rule["alertname"] == name
        expected[kind].add(bool(rule["exp_alerts"]))
    assert expected == {"fires": {True}, "is silent": {False}}


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: str(alert["alert"]))
def test_each_alert_says_how_bad_it_is_and_where_to_read_on(alert: Alert) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert len(alert["annotations"]["summary"]) > 20
    page = ROOT / alert["annotations"]["runbook"]
    assert page == RUNBOOKS / f"{alert['alert']}.md"
    text = page.read_text()
    assert text.startswith(f"# {alert['alert']}\n")
    assert re.findall("^## (.*)", text, re.MULTILINE) == ["Look", "Do"]
    assert f"Severity: {alert['labels']['severity']}." in " ".join(text.split())


def test_there_is_no_page_without_an_alert_and_none_left_out_of_the_list() -> None:
    assert sorted(page.stem for page in RUNBOOKS.glob("*.md")) == NAMES
    listed = re.findall(r"\(\.\./runbooks/(\w+)\.md\)", HOWTO.read_text())
    assert sorted(listed) == NAMES


def commands(page: Path) -> list[str]:
    """Every command line on a page: in blocks, and between backticks."""
    text = page.read_text()
    blocks = re.findall(r"^ {4}(\S.*)", text, re.MULTILINE)
    spans = re.findall(r"`([^`]*)`", text)
    return blocks + [span for span in spans if span.startswith((".venv/", "docker-compose "))]


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_commands_on_a_page_exist(page: Path) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for line in commands(page):
        words = line.split()
        if words[0] == ".venv/bin/ivr":
            assert words[1] in COMMANDS, line
            assert_options_exist(words[1], [word for word in words if word.startswith("--")])
        else:
            assert words[0] in OTHER_PROGRAMS, line
        if words[0] == "docker-compose" and len(words) > 2:
            assert set(words) & set(services), line


def assert_options_exist(command: str, options: list[str]) -> None:
    found = import_module(COMMANDS[command]).command
    known = {name for parameter in found.params for name in parameter.opts}
    assert set(options) <= known, (command, options)


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        assert (page.parent / target).is_file(), target


def test_rules_use_only_what_is_in_the_registry_or_recorded() -> None:
    text = "".join(file.read_text() for file in RULES.glob("*.yml"))
    known = series_names()
    used = set(re.findall(rf"{PREFIX}\w+", text))
    assert used - set(known) == set()
    recorded = set(re.findall(r"\b(?:queue|site|flow):\w+:\w+", text))
    assert recorded == set(recorded_names())
    for name, matchers in re.findall(rf"({PREFIX}\w+)\{{([^}}]*)\}}", text):
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
        assert labels <= set(known[name].labels), name


def test_states_and_outcomes_named_in_rules_are_such() -> None:
    text = "".join(file.read_text() for file in RULES.glob("*.yml"))
    named = {
        value
        for values in re.findall(r'(?:state|outcome|result)!?=~?"([^"]*)"', text)
        for value in values.split("|")
    }
    known = {
        value for topic in ALL_TOPICS for value in label_values(topic.__module__) if value in named
    }
    assert named - known == set()


def label_values(module: str) -> set[str]:
    """Every text in the lists of a topic's file: names of states, outcomes, results."""
    loaded = import_module(module)
    lists = [value for value in vars(loaded).values() if isinstance(value, tuple)]
    enums = [value for value in vars(loaded).values() if isinstance(value, type)]
    texts = {text for one in lists for text in one if isinstance(text, str)}
    return texts | {
        str(member) for enum in enums for member in getattr(enum, "__members__", {}).values()
    }
