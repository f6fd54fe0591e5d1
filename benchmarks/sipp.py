"""Calls by SIPp: cheap enough to leave the processors to what is measured.

Each call comes from the trunk's address, waits for the answer, presses keys by SIP INFO at set
times, and counts as served only if it is hung up on in time.
"""

import asyncio
import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sip import SipError

ADDRESS = "127.0.0.98"
"""Where the calls come from: the centre's site names it as its trunk."""

_END_MARGIN_S = 30.0

_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:5550100@[local_ip]:[local_port]>;tag=[pid]-[call_number]
    To: <sip:[service]@[remote_ip]:[remote_port]>
    Call-ID: [call_id]
    CSeq: 1 INVITE
    Contact: <sip:5550100@[local_ip]:[local_port]>
    Max-Forwards: 70
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=- 1 1 IN IP4 [local_ip]
    s=-
    c=IN IP4 [media_ip]
    t=0 0
    m=audio [media_port] RTP/AVP 0
    a=rtpmap:0 PCMU/8000
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
  <send>{ack}</send>
"""

_IN_DIALOG = """<![CDATA[
    {method} [next_url] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:5550100@[local_ip]:[local_port]>;tag=[pid]-[call_number]
    [last_To:]
    Call-ID: [call_id]
    CSeq: {cseq} {method}
    Contact: <sip:5550100@[local_ip]:[local_port]>
    Max-Forwards: 70
{body}
  ]]>"""

_KEY = """    Content-Type: application/dtmf-relay
    Content-Length: [len]

    Signal={key}
    Duration=100
"""

_EMPTY = "    Content-Length: 0\n"

_HUNG_UP_ON = """
  <recv request="BYE" timeout="{limit_ms}"/>
  <send><![CDATA[
    SIP/2.0 200 OK
    [last_Via:]
    [last_From:]
    [last_To:]
    [last_Call-ID:]
    [last_CSeq:]
    Content-Length: 0

  ]]></send>
</scenario>
"""

_HANGS_UP = """
  <pause milliseconds="{limit_ms}"/>
  <send retrans="500">{bye}</send>
  <recv response="200"/>
</scenario>
"""


@dataclass(frozen=True)
class Press:
    """A key, so long after what came before."""

    after_ms: int
    key: str


@dataclass(frozen=True)
class Served:
    """What became of a batch of calls."""

    completed: int
    failed: int


def scenario(keys: Sequence[Press], *, limit_ms: int, hangs_up: bool = False) -> str:
    """SIPp's XML: press the keys, then be hung up on within the limit, or hang up after it."""
    parts = [_HEAD.format(ack=_request("ACK", 1, _EMPTY))]
    for number, press in enumerate(keys, 2):
        parts.append(f'\n  <pause milliseconds="{press.after_ms}"/>')
        info = _request("INFO", number, _KEY.format(key=press.key))
        parts.append(f'\n  <send retrans="500">{info}</send>\n  <recv response="200"/>')
    if hangs_up:
        bye = _request("BYE", len(keys) + 2, _EMPTY)
        parts.append(_HANGS_UP.format(limit_ms=limit_ms, bye=bye))
    else:
        parts.append(_HUNG_UP_ON.format(limit_ms=limit_ms))
    return "".join(parts)


def _request(method: str, cseq: int, body: str) -> str:
    return _IN_DIALOG.format(method=method, cseq=cseq, body=body)


async def run_calls(
    xml: str, server: tuple[str, int], number: str, *, count: int, per_s: float, call_s: float
) -> Served:
    """That many calls, at that rate; `call_s` is how long one may last at the most."""
    with tempfile.TemporaryDirectory(prefix="ivr-sipp-") as directory:
        script, counts = Path(directory) / "caller.xml", Path(directory) / "counts.csv"
        script.write_text(xml, "utf-8")
        process = await asyncio.create_subprocess_exec(
            *["sipp", f"{server[0]}:{server[1]}", "-sf", str(script), "-s", number],
            *["-i", ADDRESS, "-m", str(count), "-r", f"{per_s:g}", "-l", str(count)],
            *["-nostdin", "-trace_stat", "-stf", str(counts), "-fd", "1"],
            *["-recv_timeout", "10000", "-timeout", f"{count / per_s + call_s:.0f}s"],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(count / per_s + call_s + _END_MARGIN_S):
                _, complaint = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise SipError(f"SIPp did not end after {count} calls") from None
        if not counts.exists():
            raise SipError(f"SIPp failed: {complaint.decode('utf-8', 'replace')[-300:]}")
        return _read_counts(counts)


def _read_counts(file: Path) -> Served:
    with file.open(encoding="utf-8", newline="") as opened:
        last = list(csv.DictReader(opened, delimiter=";"))[-1]
    return Served(int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]))
