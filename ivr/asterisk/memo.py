"""Memos as channel variables: `IVR_MEMO` for the facts, `IVR_VARIABLES` for the flow's variables,
`IVR_FRAMES` for the flows that wait for it.

Asterisk hands out no more than 1023 characters of a variable, so they lie apart.
"""

import json

import structlog

from ivr.ports import Memo

VARIABLES_MAX = 1000

log = structlog.get_logger(__name__)


def write_memo(memo: Memo) -> tuple[str, str, str]:
    """(IVR_MEMO, IVR_VARIABLES, IVR_FRAMES).

    What is too much for Asterisk is left out, the longest first.
    """
    facts = dict(vars(memo))
    variables, frames = facts.pop("variables"), facts.pop("frames")
    if len(variables) > VARIABLES_MAX:
        variables = _shortened(variables, memo.call)
    if len(frames) > VARIABLES_MAX:
        frames = _frames_shortened(frames, memo.call)
    return json.dumps(facts, separators=(",", ":")), variables, frames


def _shortened(variables: str, call: str) -> str:
    kept: dict[str, object] = json.loads(variables)
    while len(variables) > VARIABLES_MAX:
        longest = max(kept, key=lambda name: len(json.dumps(kept[name])))
        log.warning("variable too long to survive a restart", call=call, variable=longest)
        del kept[longest]
        variables = json.dumps(kept)
    return variables


def _frames_shortened(frames: str, call: str) -> str:
    """Without the longest variables; the ways back themselves always have room."""
    kept: list[tuple[str, str, dict[str, object]]] = json.loads(frames)
    while len(frames) > VARIABLES_MAX and any(variables for *_, variables in kept):
        _, flow, name, variables = max(
            (len(json.dumps(value)), flow, name, variables)
            for flow, _, variables in kept
            for name, value in variables.items()
        )
        where = f"{flow}.{name}"
        log.warning("variable too long to survive a restart", call=call, variable=where)
        del variables[name]
        frames = json.dumps(kept, separators=(",", ":"))
    return frames


def read_memo(facts: str, variables: str = "{}", frames: str = "[]") -> Memo | None:
    """What `write_memo` wrote, by this version or another; None for anything else."""
    if not facts:
        return None
    try:
        return Memo(**json.loads(facts), variables=variables or "{}", frames=frames or "[]")
    except (ValueError, TypeError) as error:
        log.warning("memo not understood", memo=facts, error=str(error))
        return None
