"""Text to Scenario, and what it says about a site: every complaint at its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.document import Document, DocumentError, Problem, check_model, load_document, suggest
from ivr.document.document import Path, Value
from ivr.model.site import Site
from ivr.simulate.scenario import HALF_HOUR_S, Demand, Scenario
from ivr.site import ReadSite
from ivr.site.load import check_document
from ivr.site.policies import requirement_complaints


@dataclass(frozen=True)
class ReadScenario:
    """A scenario whose values are right; its references are checked with a site."""

    scenario: Scenario
    document: Document


YEAR_MIN, YEAR_MAX = 1970, 2999


def read_scenario(text: str, filename: str) -> ReadScenario:
    """Raises DocumentError with every problem of the values."""
    document = load_document(text, filename)
    scenario, problems = check_model(document, Scenario)
    if scenario is None:
        raise DocumentError(problems)
    return ReadScenario(scenario, document)


def check_scenario(read: ReadScenario, site: Site) -> None:
    """Raises DocumentError when the scenario names what this site does not have."""
    problems = list(_problems(read.scenario, read.document, site))
    if problems:
        raise DocumentError(problems)


def load_scenario(text: str, filename: str, site: Site) -> Scenario:
    """Both in one go."""
    read = read_scenario(text, filename)
    check_scenario(read, site)
    return read.scenario


def with_settings(document: Document, settings: Mapping[str, str]) -> ReadSite:
    """The site with some values replaced: `queues.sales.strategy` -> `best_skilled`.

    A value is written as in YAML; complaints point at the file's nearest line.
    """
    value = document.value
    for name, text in settings.items():
        value = _replaced(value, name.split("."), load_document(text, name).value)
    return check_document(replace(document, value=value))


def _replaced(value: Value, parts: list[str], new: Value) -> Value:
    if not parts:
        return new
    inner = value if isinstance(value, dict) else {}
    return {**inner, parts[0]: _replaced(inner.get(parts[0], {}), parts[1:], new)}


def _problems(scenario: Scenario, document: Document, site: Site) -> Iterator[Problem]:
    try:
        year = datetime.strptime(scenario.begin, "%Y-%m-%d %H:%M").year
    except ValueError:
        yield document.problem(("begin",), f"there is no moment {scenario.begin!r}")
    else:
        if not YEAR_MIN <= year <= YEAR_MAX:
            yield document.problem(("begin",), f"the year is not between {YEAR_MIN} and {YEAR_MAX}")
    for name, demand in scenario.queues.items():
        path: Path = ("queues", name)
        if name not in site.queues:
            hint = suggest(name, site.queues)
            yield document.problem(path, f"the site has no queue {name!r}", hint, key=True)
        elif demand.callback and site.queues[name].callback is None:
            message = f"the site's queue {name!r} offers no call-back"
            hint = "give it `callback: {}` in the site file, or leave this out"
            yield document.problem((*path, "callback"), message, hint, key=True)
        yield from _demand(path, demand, scenario.length, document, site)
    yield from _groups(scenario, document, site)
    yield from _staffing(scenario, document, site)


def _demand(
    path: Path, demand: Demand, length_s: float, document: Document, site: Site
) -> Iterator[Problem]:
    given = len(demand.per_half_hour)
    needed = -(-int(length_s) // int(HALF_HOUR_S))
    if 1 < given < needed:
        message = f"{given} half hours are given, {needed} are simulated"
        hint = "give them all, or a single number that holds for each"
        yield document.problem((*path, "per_half_hour"), message, hint)
    skills = {*site.skills, *(f"team_{team}" for team in site.teams)}
    for number, kind in enumerate(demand.kinds):
        for one in requirement_complaints(kind.skills, skills) if kind.skills else ():
            where = (*path, "kinds", number, "skills")
            yield document.problem(where, one.message, one.hint, offset=one.column - 1)


def _groups(scenario: Scenario, document: Document, site: Site) -> Iterator[Problem]:
    for name, group in scenario.groups.items():
        path: Path = ("groups", name)
        if group.team not in site.teams:
            message = f"team {group.team!r} is not one of the site's"
            yield document.problem((*path, "team"), message, suggest(group.team, site.teams))
        for kind, named, known in (
            ("skill", group.skills, site.skills),
            ("queue", group.queues, site.queues),
        ):
            for one in named:
                if one not in known:
                    message = f"the site has no {kind} {one!r}"
                    where = (*path, f"{kind}s", one)
                    yield document.problem(where, message, suggest(one, known), key=True)


def _staffing(scenario: Scenario, document: Document, site: Site) -> Iterator[Problem]:
    if scenario.staffing == "site":
        return
    for number, shift in enumerate(scenario.staffing):
        path: Path = ("staffing", number)
        if shift.group is not None and shift.group not in scenario.groups:
            message = f"no group {shift.group!r} is described under groups"
            hint = suggest(shift.group, scenario.groups)
            yield document.problem((*path, "group"), message, hint)
        for place, agent in enumerate(shift.agents):
            if agent not in site.agents:
                message = f"the site has no agent {agent!r}"
                hint = suggest(agent, site.agents)
                yield document.problem((*path, "agents", place), message, hint)
