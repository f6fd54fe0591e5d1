"""What queues and agents agree on: expressions, timelines, misses, breaks; each in its place."""

from collections.abc import Collection, Iterator
from itertools import pairwise
from zoneinfo import available_timezones

from ivr.acd.requirement import TEAM_PREFIX
from ivr.document import Document, Problem, suggest
from ivr.document.document import Path
from ivr.expression import Complaint, ExpressionError, parse_requirement
from ivr.expression.outcomes import outcomes
from ivr.expression.tree import Types
from ivr.model.screen_pop import stray_brace
from ivr.model.site import VOICE, Agent, Break, Misses, Queue, Relaxation, Site
from ivr.site.calendars import DAYS, minutes

LEVELS = range(11)
"""Of a skill; nobody has level 0 but who lacks it."""
OUTCOMES_COST_MAX = 20_000
"""What finding out what a skill expression may come to may cost: a moment."""

DAY_S = 24 * 3600
WEEK_S = 7 * DAY_S


def check_policies(site: Site, document: Document) -> Iterator[Problem]:
    """Everything in queues and agents that could not mean what it says."""
    yield from _skills(site, document)
    if VOICE in site.channels:
        hint = "leave it out: a call takes the whole agent"
        message = "voice is no channel that shares an agent"
        yield document.problem(("channels", VOICE), message, hint, key=True)
    for name, agent in site.agents.items():
        yield from _agent(("agents", name), agent, site, document)
    for name, queue in site.queues.items():
        yield from _queue(("queues", name), queue, site, document)
    yield from zone_problems(site.timezone, ("timezone",), document)


def vocabulary(site: Site) -> frozenset[str]:
    """What a skill expression may name: the skills, and each team as `team_NAME`."""
    return frozenset(site.skills) | {TEAM_PREFIX + team for team in site.teams}


def requirement_complaints(text: str, skills: Collection[str]) -> tuple[Complaint, ...]:
    """What is wrong with a skill expression at a site that has these skills."""
    try:
        requirement = parse_requirement(text)
    except ExpressionError as error:
        return (error.complaint,)
    types: Types = dict.fromkeys(skills, "number")
    complaints = requirement.check(types, "flag")
    if complaints:
        return complaints
    possible = outcomes([requirement], types, numbers=LEVELS, cost_max=OUTCOMES_COST_MAX)
    if possible == {(False,)}:
        return (Complaint(1, "nobody can ever satisfy this", "a skill has a level from 1 to 10"),)
    return ()


def zone_problems(zone: str, path: Path, document: Document) -> Iterator[Problem]:
    """That there is no such time zone."""
    zones = available_timezones()
    if zone not in zones:
        hint = suggest(zone, zones) or "for example Europe/Berlin"
        yield document.problem(path, f"there is no time zone {zone!r}", hint)


def _skills(site: Site, document: Document) -> Iterator[Problem]:
    for skill in site.skills:
        if skill.startswith(TEAM_PREFIX):
            message = f"skill {skill!r} is named like the membership of a team"
            hint = f"leave out {TEAM_PREFIX!r}; teams are asked for as {TEAM_PREFIX}NAME anyway"
            yield document.problem(("skills", skill), message, hint, key=True)


def _agent(path: Path, agent: Agent, site: Site, document: Document) -> Iterator[Problem]:
    for queue in agent.queues:
        if queue not in site.queues:
            message = f"queue {queue!r} is not declared under queues"
            hint = suggest(queue, site.queues)
            yield document.problem((*path, "queues", queue), message, hint, key=True)
    sound: list[int] = []
    for position, one in enumerate(agent.breaks):
        at = (*path, "breaks", position)
        if not one.days:
            yield document.problem((*at, "days"), "a break needs at least one day")
        elif minutes(one.start) == DAY_S // 60:
            hint = "write 0:00 and the next day"
            yield document.problem((*at, "start"), "no break starts at 24:00", hint)
        else:
            sound.append(position)
    yield from _overlaps((*path, "breaks"), agent.breaks, sound, document)


def _overlaps(
    path: Path, breaks: list[Break], sound: list[int], document: Document
) -> Iterator[Problem]:
    """Of two breaks at the same time, the one written later is told; once, whatever the days."""
    begins = sorted(
        (DAYS.index(day) * DAY_S + minutes(breaks[position].start) * 60, position)
        for position in sound
        for day in set(breaks[position].days)
    )
    told: set[int] = set()
    around = [*begins, *((at + WEEK_S, position) for at, position in begins[:1])]
    for (first_at, first), (next_at, following) in pairwise(around):
        later = max(first, following)
        if first_at + breaks[first].length_s > next_at and later not in told:
            told.add(later)
            earlier = breaks[min(first, following)]
            message = f"this break overlaps with the one at {earlier.start}"
            yield document.problem((*path, later, "start"), message, "an agent has one at a time")


def _queue(path: Path, queue: Queue, site: Site, document: Document) -> Iterator[Problem]:
    words = vocabulary(site)
    yield from _channel(path, queue, site, document)
    yield from _expression((*path, "skills"), queue.skills, words, document)
    for position, text in enumerate(queue.prefer):
        at = (*path, "prefer", position)
        if text.strip():
            yield from _expression(at, text, words, document)
        else:
            yield document.problem(at, "an empty preference prefers nobody", "leave it out")
    for position, step in enumerate(queue.relax):
        yield from _step((*path, "relax", position), step, words, document)
    for position, (one, following) in enumerate(pairwise(queue.relax), 1):
        if following.after <= one.after:
            message = f"the step after {following.after:g} s follows the one after {one.after:g} s"
            at = (*path, "relax", position, "after")
            yield document.problem(at, message, "write the steps in the order of their time")
    yield from _misses((*path, "misses"), queue.misses, document)
    if stray := stray_brace(queue.screen_pop):
        message = f"`{stray}` is no `{{variable}}` to fill in"
        hint = "write names in lower case, as in {caller}; other braces as %7B and %7D"
        yield document.problem((*path, "screen_pop"), message, hint)
    if queue.screen_pop_auto and not queue.screen_pop:
        message = "there is no page to open by itself"
        yield document.problem((*path, "screen_pop_auto"), message, "give `screen_pop`", key=True)
    if queue.disposition_required and not queue.dispositions:
        message = "dispositions are required, and there are none to give"
        hint = "list them under `dispositions`"
        yield document.problem((*path, "disposition_required"), message, hint, key=True)
    if queue.callback is not None and not site.outbound.allow and not site.phones:
        message = "nobody could be called back: no outside number is allowed, and there is no phone"
        hint = "list numbers or prefixes under outbound: allow"
        yield document.problem((*path, "callback"), message, hint, key=True)


def _channel(path: Path, queue: Queue, site: Site, document: Document) -> Iterator[Problem]:
    if queue.channel == VOICE:
        return
    if queue.channel not in site.channels:
        message = f"channel {queue.channel!r} is not declared under channels"
        hint = suggest(queue.channel, [VOICE, *site.channels])
        yield document.problem((*path, "channel"), message, hint)
    for field, given in (("extension", queue.extension), ("callback", queue.callback)):
        if given:
            message = f"{field} is for queues of calls, and this one is for {queue.channel}"
            yield document.problem((*path, field), message, "leave it out", key=True)


def _step(
    path: Path, step: Relaxation, words: Collection[str], document: Document
) -> Iterator[Problem]:
    if step.add:
        yield from _expression((*path, "add"), step.add, words, document)
    for skill in step.lower:
        if skill not in words:
            yield _undeclared((*path, "lower", skill), skill, words, document, key=True)
    for position, skill in enumerate(step.drop):
        if skill not in words:
            yield _undeclared((*path, "drop", position), skill, words, document)
        elif skill in step.lower:
            message = f"{skill!r} is dropped and lowered in the same step"
            yield document.problem((*path, "drop", position), message, "decide for one")
    if not (step.add or step.lower or step.drop or step.priority):
        hint = "give it lower, drop, add or priority"
        yield document.problem((*path, "after"), "this step changes nothing", hint)


def _misses(path: Path, misses: Misses, document: Document) -> Iterator[Problem]:
    for kind in ("no_answer", "rejected", "busy", "unreachable"):
        miss = getattr(misses, kind)
        if miss.pause and miss.rest_s:
            message = "a pause lasts until the agent says ready: there is nothing to rest after it"
            yield document.problem((*path, kind, "rest_s"), message, "write pause or rest_s")


def _expression(
    path: Path, text: str, words: Collection[str], document: Document
) -> Iterator[Problem]:
    for complaint in requirement_complaints(text, words):
        message, offset = f"skills: {complaint.message}", complaint.column - 1
        yield document.problem(path, message, complaint.hint, offset=offset)


def _undeclared(
    path: Path, skill: str, words: Collection[str], document: Document, *, key: bool = False
) -> Problem:
    message = f"skill {skill!r} is not declared under skills"
    return document.problem(path, message, suggest(skill, words), key=key)
