"""The units for a machine with systemd: systemd's own tools find nothing wrong with them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ivr.provision.rootfs import ensure_asterisk

UNITS = Path(__file__).parents[3] / "asterisk-config" / "systemd"
ANALYZE = "systemd-analyze"
EXPOSURE_MAX = 1.7
"""Of 10, as `systemd-analyze security` counts; the network has to stay open."""
INSTALLED = ("/opt/ivr/.venv/bin/ivr", "/usr/sbin/asterisk")
"""Programs that are not on the machine of the tests."""


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ours beside Asterisk's own, with programs that are here in place of those that are not."""
    directory = tmp_path_factory.mktemp("units")
    root = ensure_asterisk(lambda _text: None).root or Path("/")
    shutil.copytree(UNITS, directory, dirs_exist_ok=True)
    shutil.copy(root / "usr/lib/systemd/system/asterisk.service", directory)
    for file in (*directory.glob("*.service"), *directory.glob("*/*.conf")):
        text = file.read_text("utf-8")
        for program in INSTALLED:
            text = text.replace(program, "/bin/true")
        file.write_text(text, "utf-8")
    return directory


def analyze(units: Path, *words: str) -> str:
    """What it prints; the exit code tells nothing but whether anything is wrong."""
    done = subprocess.run(
        [ANALYZE, *words],
        cwd=units,
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{units}:", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("unit", ["ivr.service", "asterisk.service"])
def test_systemd_finds_nothing_wrong(units: Path, unit: str) -> None:
    assert analyze(units, "verify", "--man=no", f"./{unit}") == ""


def test_systemd_would_find_what_is_wrong(units: Path) -> None:
    broken = units / "broken.service"
    broken.write_text((units / "ivr.service").read_text().replace("Restart=always", "Restart=yes"))
    assert "Failed to parse service restart specifier" in analyze(
        units, "verify", "--man=no", "./broken.service"
    )


@pytest.mark.parametrize("unit", ["ivr.service", "asterisk.service"])
def test_they_may_do_no_more_than_they_need(units: Path, unit: str) -> None:
    said = analyze(units, "security", "--offline=true", "--no-pager", f"./{unit}")
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert found is not None, said
    assert float(found[1]) <= EXPOSURE_MAX, said


def test_commands_by_hand_have_the_settings_of_the_units(tmp_path: Path) -> None:
    """Nothing in a value is taken for shell code, and what the caller's environment holds stays."""
    for name, does in {
        "id": "echo 0",
        "runuser": 'printf "%s|" "$IVR_STATE_DIR" "$IVR_SIP_BIND" "$IVR_JOURNAL" "$MORE" "$@"',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    settings = tmp_path / "ivr.env"
    settings.write_text('# IVR_X=1\nIVR_SIP_BIND="192.0.2.10"\nIVR_JOURNAL=p://a@b/c?x=1&y=$(id);z')
    script = (UNITS.parent / "bin" / "ivr").read_text("utf-8")
    assert "/etc/ivr/ivr.env" in script
    done = subprocess.run(
        ["/bin/sh", "-c", script.replace("/etc/ivr/ivr.env", str(settings)), "ivr", "calls", "a b"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "MORE": "more"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = done.stdout.removesuffix("|").split("|")
    assert told[:4] == ["/var/lib/ivr", "192.0.2.10", "p://a@b/c?x=1&y=$(id);z", "more"]
    assert told[4:] == ["-u", "ivr", "--", "/opt/ivr/.venv/bin/ivr", "calls", "a b"]


@pytest.mark.parametrize("unit", ["ivr.service", "asterisk.service.d/ivr.conf"])
def test_callers_are_never_given_up(unit: str) -> None:
    text = (UNITS / unit).read_text("utf-8")
    for line in ("StartLimitIntervalSec=0", "Restart=always", "LimitNOFILE=65536", "User=ivr"):
        assert f"\n{line}\n" in text
