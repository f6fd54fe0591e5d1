"""The jails for fail2ban, asked of fail2ban itself: what they would see, and do.

That they see what server and Asterisk really write is a scenario with both.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import structlog

from ivr.logs import configure_logs
from ivr.service.seldom import LINES_MAX, PERIOD_S, Seldom
from tests.fail2ban import banned, jails

WEB = {"address": "198.51.100.7", "event": "sign-in refused"}
PIN = {"address": "198.51.100.7", "extension": "1009", "event": "wrong PIN"}
AGI = {"address": "2001:db8::7", "reason": "bad_token", "event": "agi.refused"}
REST = {"level": "warning", "timestamp": "2026-11-27T23:31:55.034123Z"}
SIP = (
    "[2026-11-27 23:31:55.034] SECURITY[12] res_security_log.c: "
    'SecurityEvent="{event}",EventTV="2026-11-27T23:31:55.034+0000",Severity="Error",'
    'Service="PJSIP",EventVersion="1",AccountID="{account}",SessionID="s",'
    'LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/198.51.100.7/5071",'
    'Challenge="c",ReceivedChallenge="{received}"'
)


def line(said: Mapping[str, str]) -> str:
    return json.dumps({**said, **REST})


def found(tmp_path: Path, name: str, *lines: str) -> list[str]:
    log = tmp_path / "log"
    log.write_text("".join(f"{one}\n" for one in lines), "utf-8")
    return banned(name, log)


@pytest.mark.parametrize(("name", "said"), [("ivr-web", WEB), ("ivr-pin", PIN), ("ivr-agi", AGI)])
def test_each_sees_its_own_line_in_a_file_and_in_the_journal(
    tmp_path: Path, name: str, said: Mapping[str, str]
) -> None:
    others = [line(one) for one in (WEB, PIN, AGI) if one is not said]
    in_journal = f"cc ivr[4711]: {line(said)}"  # the date comes beside it
    assert found(tmp_path, name, *others, line(said), in_journal) == [said["address"]] * 2


@pytest.mark.parametrize(
    "event", ["FailedACL", "InvalidAccountID", "ChallengeResponseFailed", "InvalidPassword"]
)
def test_failed_registrations_are_seen(tmp_path: Path, event: str) -> None:
    wrong = SIP.format(event=event, account="1001", received="c")
    right = SIP.format(event="SuccessfulAuth", account="1001", received="c")
    asked = SIP.format(event="ChallengeSent", account="1001", received="c")
    assert found(tmp_path, "ivr-sip", right, asked, wrong) == ["198.51.100.7"]


@pytest.mark.parametrize("place", ["account", "received"])
def test_nobody_can_have_somebody_else_shut_out(tmp_path: Path, place: str) -> None:
    """Only what the other side says of itself is free to be chosen."""
    lie = 'x",RemoteAddress="IPV4/UDP/192.0.2.9/5060'
    said = {"event": "InvalidPassword", "account": "1001", "received": "c", place: lie}
    assert found(tmp_path, "ivr-sip", SIP.format(**said)) == []
    web = line({**WEB, "name": 'x", "address": "192.0.2.9'})
    forged = line({"name": '{"address": "192.0.2.9", "event": "sign-in refused", ', **WEB})
    assert found(tmp_path, "ivr-web", web, forged) == ["198.51.100.7"]


def test_lines_are_as_the_server_writes_them(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        configure_logs()
        structlog.get_logger().warning("sign-in refused", address="198.51.100.7")
    finally:
        structlog.configure(**before)
    assert list(json.loads(capsys.readouterr().err)) == [*WEB, *REST]


def test_fail2ban_makes_four_jails_of_them(tmp_path: Path) -> None:
    made = jails(tmp_path)
    assert {name: one["addaction"] for name, one in made.items()} == {
        "ivr-web": "iptables-multiport",
        "ivr-pin": "iptables-allports",
        "ivr-agi": "iptables-multiport",
        "ivr-sip": "iptables-allports",
    }
    assert {one["bantime"] for one in made.values()} == {"1h"}


def test_strangers_cannot_fill_the_disk_with_lines() -> None:
    now = 0.0
    told = Seldom(lambda: now)
    assert [told.passes() for _ in range(LINES_MAX + 5)].count(True) == LINES_MAX
    now = PERIOD_S
    assert told.passes()
