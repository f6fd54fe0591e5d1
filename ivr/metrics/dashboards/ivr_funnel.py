"""IVR funnel: where callers go in the flows, wait, fail and hang up."""

from ivr.metrics.dashboards.build import FLOW, Dashboard
from ivr.metrics.dashboards.panel import Query, bars, lines, stat

_SESSIONS = 'sum(increase(callcenter_ivr_sessions_total{flow=~"$flow"}[$__range]))'
_ENTRIES = (
    'sum by (flow, node) (increase(callcenter_ivr_node_entries_total{flow=~"$flow"}[$__range]))'
)


def _share_of_sessions(outcome: str) -> str:
    part = (
        "sum(increase(callcenter_ivr_sessions_total"
        f'{{flow=~"$flow", outcome="{outcome}"}}[$__range]))'
    )
    return f"clamp({part} / ({_SESSIONS} > 0.5), 0, 1)"


def _exits(outcome: str) -> str:
    return (
        "sum by (flow, node) (increase(callcenter_ivr_node_exits_total"
        f'{{flow=~"$flow", outcome="{outcome}"}}[$__range]))'
    )


IVR_FUNNEL = Dashboard(
    "ivr-funnel",
    "IVR funnel",
    "Where callers go in the chosen flows, wait, fail and hang up.",
    variables=(FLOW,),
    since="now-24h",
    panels=(
        stat(
            "Visits",
            "Visits of the chosen flows that ended in the chosen time.",
            "short",
            _SESSIONS,
        ),
        stat(
            "Containment",
            "Visits that reached a node marked as success, without an agent / all visits.",
            "percentunit",
            _share_of_sessions("contained"),
            high=1,
        ),
        stat(
            "To an agent",
            "Visits that led to a conversation with an agent / all visits.",
            "percentunit",
            _share_of_sessions("agent"),
            high=1,
        ),
        stat(
            "Given up",
            "Visits whose caller hung up before a success and before an agent / all visits.",
            "percentunit",
            _share_of_sessions("abandoned"),
            steps=((0.1, "orange"), (0.2, "red")),
            high=1,
        ),
        stat(
            "Failed nodes",
            "Visits of nodes that ended in an error, in the chosen time.",
            "short",
            'sum(increase(callcenter_ivr_node_exits_total{flow=~"$flow", outcome="error"}'
            "[$__range]))",
            steps=((1, "red"),),
        ),
        stat(
            "Length of a call, median",
            "From the first ring to goodbye, conversation included; all flows.",
            "s",
            "histogram_quantile(0.5, sum by (le) "
            "(increase(callcenter_call_duration_seconds_bucket[$__range])))",
        ),
        lines(
            "Visits by what came of them",
            "Visits that ended, per minute: agent, contained, completed, abandoned, error, lost.",
            "cpm",
            Query(
                "60 * sum by (outcome) (rate(callcenter_ivr_sessions_total"
                '{flow=~"$flow"}[$__rate_interval]))',
                "{{outcome}}",
            ),
            stacked=True,
        ),
        lines(
            "Calls by result",
            "Calls that ended, per minute: completed by the flow, hung up by the caller, error, "
            "lost.",
            "cpm",
            Query(
                "60 * sum by (result) (rate(callcenter_calls_total"
                '{flow=~"$flow"}[$__rate_interval]))',
                "{{result}}",
            ),
            stacked=True,
        ),
        bars(
            "Entries of nodes",
            "The thirty nodes callers came to most, in the chosen time: the funnel.",
            "short",
            Query(f"sort_desc(topk(30, {_ENTRIES} > 0))", "{{flow}} {{node}}"),
        ),
        bars(
            "Hang-ups by node",
            "Where callers hung up in the chosen time; twenty nodes. Who has all they came for "
            "hangs up, too.",
            "short",
            Query(f"sort_desc(topk(20, {_exits('hangup')} > 0))", "{{flow}} {{node}}"),
        ),
        bars(
            "Node abandonment",
            "Hang-ups in a node / entries of it, in the chosen time; the twenty highest.",
            "percentunit",
            Query(
                f"sort_desc(topk(20, clamp({_exits('hangup')} / ({_ENTRIES} > 0.5), 0, 1)))",
                "{{flow}} {{node}}",
            ),
            high=1,
        ),
        bars(
            "Time in a node",
            "Mean seconds of one visit of a node, in the chosen time; the twenty longest.",
            "s",
            Query(
                "sort_desc(topk(20, sum by (flow, node) (increase("
                f'callcenter_ivr_node_seconds_total{{flow=~"$flow"}}[$__range])) '
                f"/ ({_ENTRIES} > 0.5)))",
                "{{flow}} {{node}}",
            ),
        ),
        bars(
            "Inputs not understood",
            "Inputs that were wrong, or did not come / all inputs a node asked for; the twenty "
            "highest.",
            "percentunit",
            Query(
                "sort_desc(topk(20, clamp(sum by (flow, node) (increase(callcenter_ivr_inputs_total"
                '{flow=~"$flow", result!="match"}[$__range])) / (sum by (flow, node) (increase('
                'callcenter_ivr_inputs_total{flow=~"$flow"}[$__range])) > 0.5), 0, 1)))',
                "{{flow}} {{node}}",
            ),
            high=1,
        ),
        lines(
            "Failed nodes over time",
            "Visits of nodes that ended in an error, per minute.",
            "cpm",
            Query(
                "60 * sum by (flow) (rate(callcenter_ivr_node_exits_total"
                '{flow=~"$flow", outcome="error"}[$__rate_interval]))',
                "{{flow}}",
            ),
            stacked=True,
        ),
        lines(
            "Look-ups by outcome",
            "Questions to other systems, per minute; repeated attempts count as one.",
            "cpm",
            Query(
                "60 * sum by (target, outcome) "
                "(rate(callcenter_http_requests_total[$__rate_interval]))",
                "{{target}} {{outcome}}",
            ),
            stacked=True,
            may_be_empty="the site asks no other system",
        ),
        lines(
            "Look-ups, 95th percentile",
            "How long callers waited for an answer of the other system, or for giving up.",
            "s",
            Query(
                "histogram_quantile(0.95, sum by (target, le) "
                "(rate(callcenter_http_request_seconds_bucket[$__rate_interval])))",
                "{{target}}",
            ),
            may_be_empty="the site asks no other system",
        ),
        lines(
            "Voice messages left, refused, told of",
            "Per minute: left by callers, refused and why, and what came of telling another "
            "system.",
            "cpm",
            Query("60 * sum(rate(callcenter_voicemail_left_total[$__rate_interval]))", "left"),
            Query(
                "60 * sum by (reason) (rate(callcenter_voicemail_refused_total[$__rate_interval]))",
                "refused: {{reason}}",
            ),
            Query(
                "60 * sum by (outcome) "
                "(rate(callcenter_voicemail_notifications_total[$__rate_interval]))",
                "told: {{outcome}}",
            ),
            stacked=True,
            may_be_empty="the site has no mailbox, or none that tells another system",
        ),
    ),
)
