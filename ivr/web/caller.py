"""Who sends a request, and how far their sight reaches."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from ivr.model.access import Permission, Role, has


@dataclass(frozen=True)
class Caller:
    """Somebody, or some program, as the guard found them."""

    name: str
    """The user; `api` for whoever shows the secret of this machine; empty: not signed in."""
    role: Role | None
    """None: not signed in."""
    teams: frozenset[str] = frozenset()
    """Teams seen by roles that do not see all."""
    agent: str = ""
    """Who this person is among the site's agents, if anybody."""
    must_change: bool = False
    """The password was given by somebody else: nothing goes before it is changed."""
    by_cookie: bool = False
    """A browser sends it by itself, whoever made the page: that is what the CSRF guard is for."""
    team_of: Callable[[str], str | None] = field(
        default=lambda _agent: None, repr=False, compare=False
    )
    """Team of an agent of the site in force; None: there is no such agent."""

    def may(self, permission: Permission) -> bool:
        if self.must_change and permission not in (Permission.ANYBODY, Permission.SIGNED_IN):
            return False
        return has(self.role, permission)

    def reaches(self, agent: str) -> bool:
        """Whether this agent may be seen and directed by them, where the route allows it at all:
        themselves, and from supervisor on their teams; managers and admins everybody."""
        if self.role is None:
            return False
        if self.role.sees_all_teams or (self.agent and self.agent == agent):
            return True
        return self.role is Role.SUPERVISOR and self.team_of(agent) in self.teams

    @property
    def sees_numbers(self) -> bool:
        """Whether callers' numbers are shown to them in full."""
        return self.role is not None and self.role.sees_all_teams

    def sees_team(self, team: str) -> bool:
        """Whether they see a team as such; agents see their own."""
        return self.role is not None and (self.role.sees_all_teams or team in self.teams)


NOBODY = Caller("", None)
CALLER = web.RequestKey("caller", Caller)


def caller_of(request: web.Request) -> Caller:
    """Who asks; every handler may."""
    return request[CALLER]
