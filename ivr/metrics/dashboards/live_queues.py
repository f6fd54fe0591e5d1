"""Live queues: for whoever has to act now."""

from ivr.metrics.dashboards.build import QUEUE, Dashboard
from ivr.metrics.dashboards.panel import Query, lines, stat

_OFFERED = (
    'sum(increase(callcenter_queue_calls_total{queue=~"$queue", outcome=~"answered|abandoned"}'
    "[$__range])) - sum(increase(callcenter_queue_calls_short_abandoned_total"
    '{queue=~"$queue"}[$__range]))'
)
_ANSWERED_IN_TIME = (
    'sum(increase(callcenter_queue_calls_answered_within_sla_total{queue=~"$queue"}[$__range]))'
)

LIVE_QUEUES = Dashboard(
    "live-queues",
    "Live queues",
    "Who waits, who serves, and how waiting ends, right now.",
    variables=(QUEUE,),
    panels=(
        stat(
            "Callers waiting",
            "Callers in the chosen queues at this moment.",
            "short",
            'sum(callcenter_queue_callers{queue=~"$queue"})',
            steps=((5, "orange"), (10, "red")),
        ),
        stat(
            "Longest wait",
            "How long the caller who has waited longest has waited so far.",
            "s",
            'max(callcenter_queue_longest_wait_seconds{queue=~"$queue"})',
            steps=((60, "orange"), (180, "red")),
        ),
        stat(
            "Agents available",
            "Agents in the house, free to take a call.",
            "short",
            'sum(callcenter_agents{state="available"})',
            base="red",
            steps=((1, "green"),),
        ),
        stat(
            "Calls in the house",
            "Calls in flows, in queues and in conversation.",
            "short",
            "sum(callcenter_calls_active)",
        ),
        stat(
            "Service level",
            "Formula offered_minus_short, over the chosen time: answered within the threshold / "
            "(answered + abandoned - short abandons).",
            "percentunit",
            f"clamp({_ANSWERED_IN_TIME} / ({_OFFERED} > 0.5), 0, 1)",
            base="red",
            steps=((0.7, "orange"), (0.8, "green")),
            high=1,
        ),
        stat(
            "Emergency closures",
            "Calendars closed in an emergency at this moment; the house counts as one.",
            "short",
            "sum(callcenter_closure_active)",
            steps=((1, "red"),),
        ),
        lines(
            "Callers waiting by queue",
            "Length of each line.",
            "short",
            Query('callcenter_queue_callers{queue=~"$queue"}', "{{queue}}"),
            stacked=True,
        ),
        lines(
            "Longest wait by queue",
            "Wait so far of who has waited longest in each queue; 0 when nobody waits.",
            "s",
            Query('callcenter_queue_longest_wait_seconds{queue=~"$queue"}', "{{queue}}"),
        ),
        lines(
            "Calls entering the queues",
            "Calls that joined each line, per minute.",
            "cpm",
            Query(
                "60 * sum by (queue) (rate(callcenter_queue_calls_entered_total"
                '{queue=~"$queue"}[$__rate_interval]))',
                "{{queue}}",
            ),
            stacked=True,
        ),
        lines(
            "Calls leaving the queues by outcome",
            "How waiting ended, calls per minute.",
            "cpm",
            Query(
                "60 * sum by (outcome) (rate(callcenter_queue_calls_total"
                '{queue=~"$queue"}[$__rate_interval]))',
                "{{outcome}}",
            ),
            stacked=True,
        ),
        lines(
            "Wait of answered calls, 90th percentile",
            "Nine of ten answered callers waited no longer than this.",
            "s",
            Query(
                "histogram_quantile(0.9, sum by (queue, le) (rate("
                'callcenter_queue_wait_seconds_bucket{queue=~"$queue", outcome="answered"}'
                "[$__rate_interval])))",
                "{{queue}}",
            ),
        ),
        lines(
            "Expected wait",
            "What the server expects for the call that entered last.",
            "s",
            Query('callcenter_queue_estimated_wait_seconds{queue=~"$queue"}', "{{queue}}"),
            may_be_empty="nobody waits, or too few conversations were seen to tell",
        ),
        lines(
            "Agents with the queues' skills by state",
            "Logged-in agents who have what a queue asks for. An agent who serves several queues "
            "is counted in each.",
            "short",
            Query('sum by (state) (callcenter_queue_agents{queue=~"$queue"})', "{{state}}"),
            stacked=True,
        ),
        lines(
            "Calls whose requirement was relaxed",
            "Waiting calls that went on to the next step of the queue's timeline, per minute.",
            "cpm",
            Query(
                "60 * sum by (queue, step) (rate(callcenter_routing_relaxations_total"
                '{queue=~"$queue"}[$__rate_interval]))',
                "{{queue}} step {{step}}",
            ),
            stacked=True,
            may_be_empty="no queue of the site has a timeline",
        ),
        lines(
            "Call-backs pending",
            "Callers who hung up and are still to be called, by queue.",
            "short",
            Query('callcenter_callbacks_pending{queue=~"$queue"}', "{{queue}}"),
            stacked=True,
        ),
        lines(
            "Voice messages",
            "Messages kept in each mailbox: new ones, and those somebody has heard.",
            "short",
            Query(
                "sum by (mailbox, state) (callcenter_voicemail_messages)",
                "{{mailbox}} {{state}}",
            ),
            stacked=True,
            may_be_empty="the site has no mailbox",
        ),
        lines(
            "Closed in an emergency",
            "1 while the emergency closure of the calendar, or of the house, is in force.",
            "short",
            Query("callcenter_closure_active", "{{closure}}"),
            high=1,
        ),
    ),
)
