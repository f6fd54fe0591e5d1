"""Memos as channel variables: `IVR_MEMO` for the facts, `IVR_VARIABLES` for the flow's variables.

Asterisk hands out no more than 1023 characters of a variable, so the two lie apart.
"""

import json
from dataclasses import asdict

import structlog

from ivr.ports import Memo

VARIABLES_MAX = 1000

log = structlog.get_logger(__name__)


def write_memo(memo: Memo) -> tuple[str, str]:
    """(IVR_MEMO, IVR_VARIABLES); what is too much for Asterisk is left out, the longest first."""
    facts = asdict(memo)
    variables = facts.pop("variables")
    if len(variables) > VARIABLES_MAX:
        variables = _shortened(variables, memo.call)
    return json.dumps(facts, separators=(",", ":")), variables


def _shortened(variables: str, call: str) -> str:
    kept: dict[str, object] = json.loads(variables)
    while len(variables) > VARIABLES_MAX:
        longest = max(kept, key=lambda name: len(json.dumps(kept[name])))
        log.warning("variable too long to survive a restart", call=call, variable=longest)
        del kept[longest]
        variables = json.dumps(kept)
    return variables


def read_memo(facts: str, variables: str = "{}") -> Memo | None:
    """What `write_memo` wrote, by this version or another; None for anything else."""
    if not facts:
        return None
    try:
        return Memo(**json.loads(facts), variables=variables or "{}")
    except (ValueError, TypeError) as error:
        log.warning("memo not understood", memo=facts, error=str(error))
        return None
