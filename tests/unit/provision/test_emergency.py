"""The emergency script, run as Asterisk runs it: a process that speaks AGI on its pipes."""

import json
import subprocess
import sys

import pytest

from ivr.provision.agi_bin import install_emergency_script
from ivr.provision.paths import Paths, make_directories, paths_of
from ivr.provision.render import TEMPLATES
from ivr.settings import Settings

OK = b"200 result=0\n"
FAILED = b"200 result=-1\n"
ANSWERED = b"200 result=1 (ANSWER)\n"
NO_ANSWER = b"200 result=1 (NOANSWER)\n"
ENVIRONMENT = b"agi_channel: PJSIP/2001-1\nagi_calleridname: Zo\xeb\xff\n\n"


@pytest.fixture
def paths(settings: Settings) -> Paths:
    paths = paths_of(settings)
    make_directories(paths)
    install_emergency_script(TEMPLATES / "emergency.py", paths)
    return paths


def run(paths: Paths, *replies: bytes) -> list[str]:
    """The commands the script sends when Asterisk gives these answers, then hangs up."""
    done = subprocess.run(
        # Isolated: only what was laid beside it may be imported, as inside Asterisk's root.
        [sys.executable, "-S", "-E", str(paths.agi_bin / "emergency.py")],
        input=ENVIRONMENT + b"".join(replies),
        capture_output=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode().splitlines()


def snapshot(paths: Paths, **values: object) -> None:
    paths.emergency_file.write_text(json.dumps(values), encoding="utf-8")


def test_caller_hears_the_prompt_and_reaches_the_ring_group(paths: Paths) -> None:
    snapshot(paths, prompt="/srv/my prompts/ab12", ring=["1001", "1002"], ring_timeout_s=25)
    assert run(paths, OK, OK, OK, ANSWERED, OK) == [
        "ANSWER",
        'STREAM FILE "/srv/my prompts/ab12" "" 0',
        'EXEC Dial "PJSIP/1001&PJSIP/1002,25,m"',
        'GET VARIABLE "DIALSTATUS"',
        "HANGUP",
    ]


def test_nobody_answers_and_the_caller_stays_for_the_server_to_come_back(paths: Paths) -> None:
    snapshot(paths, prompt="/p", ring=["1001"], ring_timeout_s=5)
    assert run(paths, OK, OK, OK, NO_ANSWER, OK)[3:] == ['GET VARIABLE "DIALSTATUS"']


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[1, 2]",
        '"text"',
        "[" * 5000,
        '{"prompt": 5, "ring": "1001", "ring_timeout_s": "x"}',
        '{"prompt": "a\\"b", "ring": ["1001&Local/x@trunk", "$(id)", 7]}',
        '{"prompt": "", "ring": {}, "ring_timeout_s": NaN}',
        "\udcff",
    ],
    ids=range(10),
)
def test_broken_snapshot_still_gives_a_voice_and_dials_nothing(
    paths: Paths, text: str | None
) -> None:
    if text is not None:
        paths.emergency_file.write_bytes(text.encode(errors="surrogateescape"))
    assert run(paths, OK, OK, OK) == [
        "ANSWER",
        'STREAM FILE "sorry-youre-having-problems" "" 0',
    ]


def test_missing_prompt_file_is_replaced_by_a_sound_of_asterisks_own(paths: Paths) -> None:
    snapshot(paths, prompt="/gone", ring=["1001"], ring_timeout_s=5)
    commands = run(paths, OK, FAILED, OK, OK, ANSWERED, OK)
    assert commands[2] == 'STREAM FILE "sorry-youre-having-problems" "" 0'
    assert commands[3].startswith("EXEC Dial")


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-5, 1), (10**9, 300), (7.9, 7), (True, 30)])
def test_ring_timeout_stays_within_reason(paths: Paths, asked: float, given: int) -> None:
    snapshot(paths, prompt="/p", ring=["1001"], ring_timeout_s=asked)
    assert run(paths, OK, OK, OK, ANSWERED)[2] == f'EXEC Dial "PJSIP/1001,{given},m"'


@pytest.mark.parametrize("replies", [(), (OK,), (OK, b"200 result=-1 (hangup)\n"), (OK, OK, OK)])
def test_caller_who_hangs_up_ends_the_script_quietly(
    paths: Paths, replies: tuple[bytes, ...]
) -> None:
    snapshot(paths, prompt="/p", ring=["1001"], ring_timeout_s=5)
    assert "HANGUP" not in run(paths, *replies)
