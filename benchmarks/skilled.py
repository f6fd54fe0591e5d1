"""The centre of the comparison by skills: the same agents and classes under each way.

Each way has phones and numbers of its own on the one Asterisk, and is measured after the other.
"""

from dataclasses import dataclass, field
from typing import Any

from benchmarks.centre import Documents, queue_flow
from benchmarks.script import AGENTS, SKILLS, ScriptedAgent, ScriptedCall

RING_S = 4
"""Where it may be set: how long a phone rings before the next one does."""


@dataclass(frozen=True, eq=False)
class SkilledWay:
    key: str
    title: str
    ours: dict[str, dict[str, str]] | None = None
    """Skill -> settings of our queue; None: `app_queue`."""
    theirs: dict[str, str] = field(default_factory=dict)
    """Skill -> settings of the `app_queue` queue."""
    penalties: bool = False
    """Who can do more than one thing is asked after those who can do only this."""
    pauses: bool = False
    """Agents who missed a call are paused until they say that they are back."""


_COMMON = {"wrap_up_s": "0", "record": "false"}
_TUNED = {**_COMMON, "ring_timeout_s": f"{RING_S}s", "strategy": "least_skilled"}
_BEST = (
    "strategy = leastrecent\nautofill = yes\nringinuse = no\nretry = 1\nwrapuptime = 0\n"
    f"timeout = {RING_S}\nautopause = all\n"
)
OURS = SkilledWay("ivr", "ivr", dict.fromkeys(SKILLS, _COMMON), pauses=True)
TUNED = SkilledWay(
    "ivr_tuned",
    "ivr, tuned",
    {"alpha": _TUNED, "beta": _TUNED, "scarce": {**_TUNED, "priority": "2"}},
    pauses=True,
)
BEST = SkilledWay(
    "app_queue_best",
    "app_queue, best settings",
    theirs={"alpha": _BEST, "beta": _BEST, "scarce": _BEST + "weight = 10\n"},
    penalties=True,
    pauses=True,
)
DEFAULT = SkilledWay("app_queue_default", "app_queue, defaults", theirs=dict.fromkeys(SKILLS, ""))
WAYS = (OURS, TUNED, BEST, DEFAULT)


def number(way: SkilledWay, skill: str) -> str:
    return f"7{WAYS.index(way)}{SKILLS.index(skill)}"


def extension(way: SkilledWay, agent: ScriptedAgent) -> str:
    return f"1{WAYS.index(way)}{AGENTS.index(agent)}"


def caller(call: ScriptedCall) -> str:
    """Each has a phone of their own, so that the agent's phone shows who it is."""
    return str(9000 + call.number)


def queue_name(way: SkilledWay, skill: str) -> str:
    return f"{way.key}_{skill}"


def documents(calls: list[ScriptedCall]) -> Documents:
    ours = [(way, skill) for way in WAYS if way.ours is not None for skill in SKILLS]
    flows = {queue_name(way, skill): queue_flow(queue_name(way, skill)) for way, skill in ours}
    return {"site": _site(calls, ours), **flows}


def _site(calls: list[ScriptedCall], ours: list[tuple[SkilledWay, str]]) -> dict[str, Any]:
    names = {queue_name(way, skill): (way, skill) for way, skill in ours}
    return {
        "numbers": {number(way, skill): name for name, (way, skill) in names.items()},
        "skills": {name: name for name in names},
        "teams": {"all": "All"},
        "agents": {
            f"{way.key}_{agent.key}": {
                "name": f"{way.key}_{agent.key}",
                "extension": extension(way, agent),
                "team": "all",
                "skills": {queue_name(way, s): "5" for s in agent.skills if way.ours is not None},
            }
            for way in WAYS
            for agent in AGENTS
        },
        "phones": {
            f"caller_{call.number}": {"name": f"Caller {call.number}", "extension": caller(call)}
            for call in calls
        },
        "queues": {
            name: {"title": name, "skills": f"{name} >= 1", **(way.ours or {})[skill]}
            for name, (way, skill) in names.items()
        },
        "emergency": {"say": "Sorry.", "ring": [extension(WAYS[0], AGENTS[0])]},
    }


def with_app_queue() -> dict[str, str]:
    """What has to be added to our configuration of Asterisk."""
    queues, extensions = ["[general]"], ["[ivr-callers](+)"]
    for way in WAYS:
        for skill, settings in way.theirs.items():
            queues += [f"[{queue_name(way, skill)}]", settings]
            for agent in AGENTS:
                if skill in agent.skills:
                    penalty = len(agent.skills) - 1 if way.penalties else 0
                    queues.append(f"member => PJSIP/{extension(way, agent)},{penalty}")
            extensions += [
                f"exten => {number(way, skill)},1,Answer()",
                f" same => n,Queue({queue_name(way, skill)})",
                " same => n,Hangup()",
            ]
    return {
        "modules.conf": "load = app_queue.so\n",
        "queues.conf": "\n".join(queues) + "\n",
        "extensions.conf": "\n".join(extensions) + "\n",
    }
