"""Who is there when: the site with the scenario's own agents, and when each comes and goes."""

from dataclasses import dataclass
from math import inf

from ivr.model.ids import AgentId
from ivr.model.site import Agent, Site
from ivr.simulate.scenario import Group, Scenario, Shift

EXTENSION_FIRST = 5_000_000_000
"""Agents who exist in a scenario only have no telephone; the site's model asks for a number."""


@dataclass(frozen=True)
class Attendance:
    """One agent is there from `start_s` to `end_s`, seconds since the beginning; an infinite end:
    until the last caller has been served."""

    agent: AgentId
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Staffing:
    """The site as simulated, and who of it comes when."""

    site: Site
    attendances: tuple[Attendance, ...]


def staff(site: Site, scenario: Scenario) -> Staffing:
    """Without a plan every agent of the site (no supervisor) is there all the time.

    Simulated agents say what became of a talk in the time they take to write up.
    """
    site = _disposed_in_time(site)
    if scenario.staffing == "site":
        everybody = [name for name, agent in site.agents.items() if agent.role == "agent"]
        return Staffing(site, tuple(Attendance(AgentId(name), 0.0, inf) for name in everybody))
    agents = dict(site.agents)
    attendances: list[Attendance] = []
    for shift in scenario.staffing:
        names = shift.agents or _recruit(agents, shift, scenario)
        end_s = inf if shift.end is None or shift.end >= scenario.length else shift.end
        attendances += [Attendance(AgentId(name), shift.start, end_s) for name in names]
    return Staffing(site.model_copy(update={"agents": agents}), tuple(attendances))


def _disposed_in_time(site: Site) -> Site:
    queues = {
        name: queue.model_copy(update={"disposition_required": False})
        for name, queue in site.queues.items()
    }
    return site.model_copy(update={"queues": queues})


def _recruit(agents: dict[str, Agent], shift: Shift, scenario: Scenario) -> list[str]:
    """Adds the shift's people; their numbers run on over all shifts of the group."""
    group = scenario.groups[shift.group or ""]
    names: list[str] = []
    number = 0
    while len(names) < shift.count:
        number += 1
        name = f"{shift.group}_{number}"
        if name not in agents:
            agents[name] = _agent(name, group, EXTENSION_FIRST + len(agents))
            names.append(name)
    return names


def _agent(name: str, group: Group, extension: int) -> Agent:
    return Agent(
        name=name,
        extension=str(extension),
        team=group.team,
        skills=group.skills,
        queues=group.queues,
        weight=group.weight,
        wrap_up=group.wrap_up,
    )
