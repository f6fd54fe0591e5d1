"""Which queues an agent serves, by skills and team."""

from collections.abc import Sequence

from ivr.acd.requirement import MEMBER, TEAM_PREFIX, Requirements
from ivr.model.site import Site


def queues_of(site: Site, agent: str) -> Sequence[str]:
    """Those whose own skill expression the agent satisfies; none for who is not of the site."""
    person = site.agents.get(agent)
    if person is None:
        return ()
    skills = {**person.skills, TEAM_PREFIX + person.team: MEMBER}
    requirements = Requirements()
    return [
        name for name, queue in site.queues.items() if requirements.get(queue.skills).met_by(skills)
    ]
