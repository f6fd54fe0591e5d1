"""Who may do what on the web side: roles, and the permissions routes ask for."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """Least first. Each may whatever those before it may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def sees_all_teams(self) -> bool:
        """The others see their own teams only."""
        return self in (Role.MANAGER, Role.ADMIN)


class Permission(StrEnum):
    """What a route asks of whoever calls it."""

    ANYBODY = "anybody"
    """Nobody has to sign in: the page to do so, health, metrics."""
    SIGNED_IN = "signed_in"
    """About oneself: possible even while the password has yet to be changed."""
    WORK = "work"
    """An agent's own desk."""
    WATCH = "watch"
    """Queues, calls and agents, live."""
    DIRECT = "direct"
    """Orders to agents and to waiting calls."""
    SUPERVISE = "supervise"
    """Listening in."""
    CLOSE = "close"
    """Emergency closures."""
    REVIEW = "review"
    """Recordings."""
    KEEP = "keep"
    """Legal holds."""
    REPORT = "report"
    """Key figures."""
    CONFIGURE = "configure"
    """Site and flows: reload, versions, rollback."""
    AUDIT = "audit"
    """Who did what."""
    ADMINISTER = "administer"
    """Users and their tokens."""


LEAST: Mapping[Permission, Role | None] = {
    Permission.ANYBODY: None,
    Permission.SIGNED_IN: Role.AGENT,
    Permission.WORK: Role.AGENT,
    Permission.WATCH: Role.SUPERVISOR,
    Permission.DIRECT: Role.SUPERVISOR,
    Permission.SUPERVISE: Role.SUPERVISOR,
    Permission.CLOSE: Role.SUPERVISOR,
    Permission.REVIEW: Role.SUPERVISOR,
    Permission.KEEP: Role.MANAGER,
    Permission.REPORT: Role.SUPERVISOR,
    Permission.CONFIGURE: Role.ADMIN,
    Permission.AUDIT: Role.ADMIN,
    Permission.ADMINISTER: Role.ADMIN,
}
"""The least role that has a permission; None: nobody has to be known."""


def has(role: Role | None, permission: Permission) -> bool:
    """Whether somebody in this role (None: not signed in) has the permission."""
    least = LEAST[permission]
    if least is None:
        return True
    order = list(Role)
    return role is not None and order.index(role) >= order.index(least)
