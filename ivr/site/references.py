"""References inside the site file, each complaint at the place it is about."""

from collections.abc import Iterator

from ivr.document import Document, Problem, suggest
from ivr.document.document import Path
from ivr.model.site import Site
from ivr.site.hours import check_hours
from ivr.site.policies import check_policies
from ivr.site.systems import check_systems


def check_references(site: Site, document: Document) -> Iterator[Problem]:
    """Everything in `site` that names something which is not there, or names it twice."""
    yield from _agents(site, document)
    yield from _extensions(site, document)
    yield from _agent_titles(site, document)
    yield from check_policies(site, document)
    yield from _mailboxes(site, document)
    yield from _emergency(site, document)
    yield from _overload(site, document)
    yield from check_hours(site, document)
    yield from check_systems(site, document)


def _agents(site: Site, document: Document) -> Iterator[Problem]:
    for name, agent in site.agents.items():
        path: Path = ("agents", name)
        if agent.team not in site.teams:
            message = f"team {agent.team!r} is not declared under teams"
            yield document.problem((*path, "team"), message, suggest(agent.team, site.teams))
        if agent.language is not None and agent.language not in site.voices:
            message = f"{agent.language!r} is not among the languages of the site"
            hint = suggest(agent.language, site.voices)
            yield document.problem((*path, "language"), message, hint)
        for skill in agent.skills:
            if skill not in site.skills:
                message = f"skill {skill!r} is not declared under skills"
                hint = suggest(skill, site.skills)
                yield document.problem((*path, "skills", skill), message, hint, key=True)


def _extensions(site: Site, document: Document) -> Iterator[Problem]:
    """One extension, one phone; and a dialled number must not look like an extension."""
    owners: dict[str, str] = {}
    people: list[tuple[Path, str]] = [
        (("agents", name, "extension"), agent.extension) for name, agent in site.agents.items()
    ]
    people += [
        (("phones", name, "extension"), phone.extension) for name, phone in site.phones.items()
    ]
    people += [
        (("queues", name, "extension"), queue.extension)
        for name, queue in site.queues.items()
        if queue.extension
    ]
    for path, extension in people:
        owner = f"{str(path[0])[:-1]} {path[1]}"
        if extension in owners:
            message = f"extension {extension} already belongs to {owners[extension]}"
            yield document.problem(path, message, "give each phone its own")
        elif extension in site.numbers:
            message = f"extension {extension} is also a dialled number under numbers"
            yield document.problem(path, message, "callers could not reach both")
        owners.setdefault(extension, owner)


def _agent_titles(site: Site, document: Document) -> Iterator[Problem]:
    """Reports and consoles show the name: two alike could not be told apart."""
    owners: dict[str, str] = {}
    for name, agent in site.agents.items():
        other = owners.setdefault(agent.name, name)
        if other != name:
            message = f"agent {other!r} is also named {agent.name!r}"
            yield document.problem(("agents", name, "name"), message, "tell them apart")


def _mailboxes(site: Site, document: Document) -> Iterator[Problem]:
    for name, box in site.mailboxes.items():
        path: Path = ("mailboxes", name)
        for kind, named, known in (
            ("agent", box.agents, site.agents),
            ("team", box.teams, site.teams),
        ):
            for position, one in enumerate(named):
                if one not in known:
                    message = f"{kind} {one!r} is not declared under {kind}s"
                    at = (*path, f"{kind}s", position)
                    yield document.problem(at, message, suggest(one, known))
        if box.notify is not None and box.notify.target not in site.http:
            message = f"{box.notify.target!r} is not declared under http"
            hint = suggest(box.notify.target, site.http)
            yield document.problem((*path, "notify", "target"), message, hint)
        if not (box.agents or box.teams or box.notify):
            message = f"nobody would ever know of a message in {name!r}"
            yield document.problem(path, message, "give it agents, teams or notify", key=True)


def _emergency(site: Site, document: Document) -> Iterator[Problem]:
    known = {agent.extension for agent in site.agents.values()}
    if not site.emergency.ring:
        path: Path = ("emergency", "ring")
        yield document.problem(path, "nobody to ring in an emergency", "give an extension")
    for position, extension in enumerate(site.emergency.ring):
        if extension not in known:
            message = f"{extension} is no agent's extension"
            hint = suggest(extension, known)
            yield document.problem(("emergency", "ring", position), message, hint)


def _overload(site: Site, document: Document) -> Iterator[Problem]:
    """Whoever is turned away can only be sent where a flow may send a caller, too."""
    number = site.overload.overflow
    if not number or number in site.extensions:
        return
    path: Path = ("overload", "overflow")
    if not site.outbound.permits(number):
        message = f"{number} is no extension, and no number that outbound allows"
        yield document.problem(path, message, "list it under outbound: allow")
    elif not site.outbound.trunk_host:
        message = f"there is no trunk to ring {number} by"
        yield document.problem(path, message, "name one under outbound: trunk_host")
