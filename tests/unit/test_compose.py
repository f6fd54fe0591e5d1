"""docker-compose.yml is valid, keeps to least privilege, and runs what `make run` runs."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from ivr.cli import COMMANDS, main
from ivr.settings import Settings

COMPOSE = "docker-compose"
ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
SERVICES = ["asterisk", "grafana", "postgres", "prometheus", "render", "server"]
LONG_RUNNING = [name for name in SERVICES if name != "render"]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return loaded


def settings_of(service: dict[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix("IVR_").lower(): re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)
        for name, value in service["environment"].items()
    }


def test_docker_compose_accepts_it() -> None:
    check = subprocess.run(
        [COMPOSE, "-f", str(FILE), "--profile", "postgres", "config", "-q"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


def test_these_are_the_services(document: dict[str, Any]) -> None:
    assert sorted(document["services"]) == SERVICES
    assert document["services"]["postgres"]["profiles"] == ["postgres"]


@pytest.mark.parametrize("name", SERVICES)
def test_least_privilege(document: dict[str, Any], name: str) -> None:
    service = document["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert "privileged" not in service
    assert "cap_add" not in service


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_health_is_checked(document: dict[str, Any], name: str) -> None:
    assert document["services"][name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(document: dict[str, Any], name: str) -> None:
    tag = document["services"][name]["image"].rpartition(":")[2]
    assert re.fullmatch(r"v?\d+[\w.\-]*", tag)


@pytest.mark.parametrize("path", ["Dockerfile", "asterisk-config/Dockerfile"])
def test_images_of_our_own_start_from_a_tag_and_end_as_nobody_special(path: str) -> None:
    lines = (ROOT / path).read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert [base for base in bases if ":" not in base or base.endswith(":latest")] == []
    assert users == ["10001:10001"]


def test_nothing_is_published_beyond_loopback(document: dict[str, Any]) -> None:
    published = [port for each in document["services"].values() for port in each.get("ports", [])]
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []
    assert "--web.listen-address=127.0.0.1:9090" in document["services"]["prometheus"]["command"]
    assert document["services"]["grafana"]["environment"]["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"
    server = settings_of(document["services"]["server"])
    assert (server["bind"], server["sip_bind"]) == ("127.0.0.1", "127.0.0.1")


def test_no_secret_stands_in_the_file(document: dict[str, Any]) -> None:
    for service in document["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert name.endswith("_FILE")
                assert value.startswith("/run/secrets/")
    assert all(set(secret) == {"file"} for secret in document["secrets"].values())


def test_the_commands_are_those_of_the_command_line(document: dict[str, Any]) -> None:
    services = document["services"]
    assert services["render"]["command"] == ["render"]
    assert services["server"]["command"] == ["serve"]
    assert {"render", "serve"} <= set(COMMANDS)
    assert 'ENTRYPOINT ["ivr"]' in (ROOT / "Dockerfile").read_text()


def test_every_setting_given_is_one_the_command_line_knows(document: dict[str, Any]) -> None:
    for name in ("render", "server"):
        given = settings_of(document["services"][name])
        for setting in given:
            assert hasattr(Settings(), setting), setting
        result = CliRunner().invoke(
            main,
            ["render", "--help"],
            env={f"IVR_{setting.upper()}": value for setting, value in given.items()},
        )
        assert result.exit_code == 0


def test_asterisk_reads_what_render_writes(document: dict[str, Any]) -> None:
    services = document["services"]
    settings = Settings(state_dir=Path(services["render"]["environment"]["IVR_STATE_DIR"]))
    config = str(settings.asterisk_dir / "etc" / "asterisk.conf")
    assert services["asterisk"]["command"] == ["-f", "-C", config]
    assert config in services["asterisk"]["healthcheck"]["test"]
    mounts = [services[name]["volumes"] for name in ("render", "asterisk", "server")]
    assert mounts[0] == mounts[1] == mounts[2]


def test_prometheus_scrapes_where_the_server_listens(document: dict[str, Any]) -> None:
    port = document["services"]["server"]["environment"]["IVR_HTTP_PORT"]
    prometheus = yaml.safe_load((ROOT / "monitoring" / "prometheus.yml").read_text())
    (job,) = prometheus["scrape_configs"]
    assert job["static_configs"][0]["targets"] == [f"127.0.0.1:{port}"]
    assert f":{port}/health" in document["services"]["server"]["healthcheck"]["test"][-1]


def test_prometheus_finds_its_rules_where_its_configuration_says(document: dict[str, Any]) -> None:
    config = yaml.safe_load((ROOT / "monitoring" / "prometheus.yml").read_text())
    mounts = [volume.split(":")[:2] for volume in document["services"]["prometheus"]["volumes"]]
    given = {Path(inside): source for source, inside, *_ in mounts}
    (pattern,) = config["rule_files"]
    assert given[Path("/etc/prometheus") / Path(pattern).parent] == "./monitoring/rules"
    assert sorted(file.name for file in (ROOT / "monitoring").glob(pattern)) == [
        "alerts.yml",
        "recording.yml",
    ]
