"""Agents and teams: where their time went, and what they handled."""

from collections.abc import Mapping

from ivr.kpi import aht, occupancy, routing_accuracy, utilisation
from ivr.kpi.agent_history import AgentFigures, AgentHistory, together
from ivr.model.agents import OfferOutcome
from ivr.report.frame import Frame, Lines, Shape, each
from ivr.report.table import Column, Row, text

ALL = "all agents"
NO_TEAM = "no team"
"""Of agents whom the site does not name any more."""

FIGURES = [
    Column("logged_in_s", "logged in", "seconds"),
    Column("conversations", "conversations"),
    Column("aht_s", "AHT", "seconds", "aht"),
    Column("occupancy", "occupancy", "share", "occupancy"),
    Column("utilisation", "utilisation", "share", "utilisation"),
    Column("available_s", "available", "seconds"),
    Column("ringing_s", "ringing", "seconds", detail=True),
    Column("on_call_s", "on call", "seconds"),
    Column("talk_s", "talk", "seconds", detail=True),
    Column("hold_s", "hold", "seconds", detail=True),
    Column("wrap_up_s", "wrap-up", "seconds"),
    Column("paused_s", "paused", "seconds"),
    Column("offers", "offers", detail=True),
    Column("accepted", "accepted", detail=True),
    Column("missed", "missed"),
    Column("transferred", "transferred", detail=True),
    Column("routing_accuracy", "not handed on", "share", "routing_accuracy", detail=True),
]
NOTES = (
    "Time on call holds talk, hold and consultations. AHT here: talk and hold of the "
    "conversations that ended in the period, and the wrap-up within it.",
)
AGENTS = Shape("agents", "Agents", [text("agent"), text("team")], FIGURES, NOTES)
TEAMS = Shape("teams", "Teams", [text("team")], FIGURES, NOTES)


def agent_lines(of: Frame, history: AgentHistory, teams: Mapping[str, str]) -> Lines:
    """`teams`: agent -> team, of all the site's agents. Who did not log in has no line in a total
    of many periods; in a single one everybody has."""
    seen = sorted({agent for _, agent in history.figures})
    names = list(dict.fromkeys([*teams, *seen])) if len(of.numbers) == 1 else seen
    found: dict[tuple[int | str, ...], Row] = {}
    for number in of.numbers:
        for agent in names:
            figures = history.figures.get((number, agent), AgentFigures())
            found[number, agent, teams.get(agent, NO_TEAM)] = _row(figures)
        everybody = [history.figures.get((number, agent), AgentFigures()) for agent in names]
        if len(names) > 1:
            found[number, ALL, ""] = _row(together(everybody))
    return found


def team_lines(of: Frame, history: AgentHistory, teams: Mapping[str, str]) -> Lines:
    """Each agent counts for the team the site has them in now."""
    members: dict[str, list[str]] = {team: [] for team in teams.values()}
    for agent in sorted({agent for _, agent in history.figures}):
        members.setdefault(teams.get(agent, NO_TEAM), []).append(agent)

    def row(number: int, team: str) -> Row:
        keys = ((number, agent) for agent in members[team])
        return _row(together(history.figures[key] for key in keys if key in history.figures))

    return each(of, members, row)


def _row(one: AgentFigures) -> Row:
    spent = one.spent
    return {
        "logged_in_s": spent.logged_in,
        "conversations": one.conversations,
        "aht_s": aht(one.conversations, one.handling),
        "occupancy": occupancy(spent),
        "utilisation": utilisation(spent),
        "available_s": spent.available,
        "ringing_s": spent.ringing,
        "on_call_s": spent.talk,
        "talk_s": one.talk_s,
        "hold_s": one.hold_s,
        "wrap_up_s": spent.wrap_up,
        "paused_s": spent.paused,
        "offers": sum(one.offers.values()),
        "accepted": one.offers[OfferOutcome.ACCEPTED],
        "missed": one.missed,
        "transferred": one.transferred,
        "routing_accuracy": routing_accuracy(one.transferred, one.conversations),
    }
