#!/usr/bin/env python3
"""Serves a caller while the server is down: announcement, ring group.

Run by Asterisk itself (AGI), so it needs nothing but Python and pyst2's `asterisk.agi`, which lies
next to it, and so does `emergency.json`, the snapshot the server wrote while all was well:
{"prompt": path without suffix, "ring": [extensions], "ring_timeout_s": seconds}
Whatever is wrong with the snapshot, the caller hears a person's voice and is never left in silence.
A caller who has talked to somebody is hung up; with any other the dialplan goes on, and tries the
server again.
"""

import json
import os
import re
import sys

from asterisk.agi import AGI, AGIAppError, AGIError, AGIHangup

SNAPSHOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "emergency.json")
FALLBACK_PROMPT = "sorry-youre-having-problems"
RING_TIMEOUT_S = 30
RING_TIMEOUT_S_MAX = 300
TARGETS_MAX = 20
PROMPT = re.compile(r"[A-Za-z0-9_./ -]{1,400}", re.ASCII)
EXTENSION = re.compile(r"[0-9]{2,10}", re.ASCII)


def read_snapshot(file):
    """The parts of the snapshot that can be used: (prompt, extensions, ring timeout)."""
    try:
        with open(file, encoding="utf-8") as source:
            data = json.load(source)
    except (OSError, ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        data = {}
    return usable_prompt(data), usable_extensions(data), usable_timeout(data)


def usable_prompt(data):
    prompt = data.get("prompt")
    return prompt if isinstance(prompt, str) and PROMPT.fullmatch(prompt) else FALLBACK_PROMPT


def usable_extensions(data):
    ring = data.get("ring")
    if not isinstance(ring, list):
        return []
    return [ext for ext in ring if isinstance(ext, str) and EXTENSION.fullmatch(ext)][:TARGETS_MAX]


def usable_timeout(data):
    timeout = data.get("ring_timeout_s")
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        return RING_TIMEOUT_S
    return max(1, min(int(timeout), RING_TIMEOUT_S_MAX)) if timeout == timeout else RING_TIMEOUT_S


def play(agi, prompt):
    """Plays, and says whether it could."""
    try:
        agi.stream_file(f'"{prompt}"')
    except AGIHangup:
        raise
    except (AGIAppError, AGIError):
        return False
    return True


def ring(agi, extensions, timeout_s):
    """Rings everybody at once with music for the caller; says whether somebody talked."""
    targets = "&".join("PJSIP/" + ext for ext in extensions)
    try:
        agi.appexec("Dial", f"{targets},{timeout_s},m")
    except AGIHangup:
        raise
    except (AGIAppError, AGIError):
        pass
    return agi.get_variable("DIALSTATUS") == "ANSWER"


def serve(agi, snapshot_file):
    """Says whether the caller talked to somebody."""
    prompt, extensions, timeout_s = read_snapshot(snapshot_file)
    agi.answer()
    if not play(agi, prompt) and prompt != FALLBACK_PROMPT:
        play(agi, FALLBACK_PROMPT)
    return bool(extensions) and ring(agi, extensions, timeout_s)


def main():
    # A caller's name may be any bytes at all.
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        agi = AGI()
        if serve(agi, SNAPSHOT):
            agi.hangup()
    except (AGIHangup, ValueError):
        # pyst2 tells a closed connection by failing to read a number from an empty line.
        return


if __name__ == "__main__":
    main()
