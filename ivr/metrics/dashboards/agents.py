"""Agents: who is there, what they do, how they hand on."""

from ivr.metrics.dashboards.build import QUEUE, Dashboard
from ivr.metrics.dashboards.panel import Query, lines, stat


def _mean(part: str) -> Query:
    """Mean seconds of one part of handling, over the queues chosen."""
    series = f"callcenter_queue_{part}_seconds"
    total, count = (
        f'sum(rate({series}_{kind}{{queue=~"$queue"}}[$__rate_interval]))'
        for kind in ("sum", "count")
    )
    return Query(f"{total} / ({count} > 0)", part)


AGENTS = Dashboard(
    "agents",
    "Agents",
    "Who is there, what their time goes to, and how they hand callers on.",
    variables=(QUEUE,),
    panels=(
        stat(
            "Agents logged in",
            "Agents in the house in any state but logged out.",
            "short",
            'sum(callcenter_agents{state!="logged_out"})',
        ),
        stat(
            "Agents talking",
            "Agents in the house in a conversation.",
            "short",
            'sum(callcenter_agents{state="on_call"})',
        ),
        stat(
            "Agents paused",
            "Agents in the house who get no calls until they are ready.",
            "short",
            'sum(callcenter_agents{state="paused"})',
        ),
        stat(
            "Occupancy",
            "Ringing, talk and wrap-up / (those and available), over 30 minutes, all agents.",
            "percentunit",
            "site:occupancy:ratio30m",
            steps=((0.85, "orange"), (0.95, "red")),
            high=1,
        ),
        stat(
            "Callers parked",
            "Callers parked by an agent at this moment.",
            "short",
            "sum(callcenter_parked_calls)",
        ),
        stat(
            "Supervisors listening",
            "Supervisors on conversations at this moment, in any mode.",
            "short",
            "sum(callcenter_supervisor_sessions_active)",
        ),
        lines(
            "Agents by state",
            "All agents of the site.",
            "short",
            Query("sum by (state) (callcenter_agents)", "{{state}}"),
            stacked=True,
        ),
        lines(
            "Occupancy by queue",
            "Of the agents with the queue's skills, over 30 minutes; whatever queue they serve.",
            "percentunit",
            Query('queue:occupancy:ratio30m{queue=~"$queue"}', "{{queue}}"),
            high=1,
        ),
        lines(
            "Where agents' time goes",
            "Agents in each state on average. Time is counted when a state is left, so a long "
            "talk shows at its end.",
            "short",
            Query(
                "sum by (state) (rate(callcenter_agent_state_seconds_total[$__rate_interval]))",
                "{{state}}",
            ),
            stacked=True,
        ),
        lines(
            "Where pauses go",
            "Agents paused on average, by reason; counted when the pause ends. rona: a missed "
            "offer; no_disposition: not said what became of a call.",
            "short",
            Query(
                "sum by (reason) (rate(callcenter_agent_pause_seconds_total[$__rate_interval]))",
                "{{reason}}",
            ),
            stacked=True,
        ),
        lines(
            "Offers by outcome",
            "Calls ringing agents: accepted, or why not; offers per minute. No answer pauses the "
            "agent (rona).",
            "cpm",
            Query(
                "60 * sum by (outcome) (rate(callcenter_offers_total"
                '{queue=~"$queue"}[$__rate_interval]))',
                "{{outcome}}",
            ),
            stacked=True,
        ),
        lines(
            "Ringing, 90th percentile",
            "How long agents' phones rang; nine of ten offers ended sooner.",
            "s",
            Query(
                "histogram_quantile(0.9, sum by (queue, le) (rate("
                'callcenter_offer_ring_seconds_bucket{queue=~"$queue"}[$__rate_interval])))',
                "{{queue}}",
            ),
        ),
        lines(
            "Parts of handling",
            "Mean seconds of talk, hold and wrap-up of a conversation.",
            "s",
            _mean("talk"),
            _mean("hold"),
            _mean("wrapup"),
            stacked=True,
        ),
        lines(
            "Transfers",
            "Callers whom agents handed on, per minute, by how and where to.",
            "cpm",
            Query(
                "60 * sum by (kind, target) (rate(callcenter_transfers_total[$__rate_interval]))",
                "{{kind}} to {{target}}",
            ),
            stacked=True,
        ),
        lines(
            "Attempts to supervise",
            "Started, by mode, or refused and why; per minute.",
            "cpm",
            Query(
                "60 * sum by (mode, result) "
                "(rate(callcenter_supervisor_sessions_total[$__rate_interval]))",
                "{{mode}} {{result}}",
            ),
            stacked=True,
        ),
        lines(
            "Supervision by mode",
            "Supervisors on conversations; suspended: while private data is given.",
            "short",
            Query("callcenter_supervisor_sessions_active", "{{mode}}"),
            stacked=True,
        ),
    ),
)
