"""Quality: the key figures over half an hour and a day, each with the name of its formula."""

from ivr.metrics.dashboards.build import QUEUE, Dashboard
from ivr.metrics.dashboards.panel import Panel, Query, bars, lines, stat


def _calls(name: str, matchers: str = "") -> str:
    return f'sum(increase(callcenter_queue_calls_{name}{{queue=~"$queue"{matchers}}}[$__range]))'


_A, _A_T = _calls("total", ', outcome="answered"'), _calls("answered_within_sla_total")
_B, _B_T = _calls("total", ', outcome="abandoned"'), _calls("abandoned_within_sla_total")
_S = _calls("short_abandoned_total")


def _formula(name: str, part: str, whole: str) -> Query:
    return Query(f"clamp(({part}) / (({whole}) > 0.5), 0, 1)", name)


def _of_queues(title: str, description: str, unit: str, recorded: str) -> Panel:
    return lines(
        title,
        description,
        unit,
        Query(f'{recorded}{{queue=~"$queue"}}', "{{queue}}"),
        high=1 if unit == "percentunit" else None,
    )


QUALITY = Dashboard(
    "quality",
    "Quality",
    "How well callers are served: the key figures that alerts watch, over half an hour and a day.",
    variables=(QUEUE,),
    since="now-24h",
    panels=(
        stat(
            "Service level, one day",
            "Formula offered_minus_short, all queues, each against its own threshold.",
            "percentunit",
            "site:service_level:ratio1d",
            base="red",
            steps=((0.7, "orange"), (0.8, "green")),
            high=1,
        ),
        stat(
            "Abandonment, one day",
            "(abandoned - short) / (answered + abandoned - short), all queues.",
            "percentunit",
            "site:abandonment:ratio1d",
            steps=((0.08, "orange"), (0.15, "red")),
            high=1,
        ),
        stat(
            "Speed of answer, one day",
            "Mean wait of answered callers (ASA), all queues.",
            "s",
            "site:speed_of_answer_seconds:mean1d",
        ),
        stat(
            "Handle time, one day",
            "Mean talk, hold and wrap-up of a conversation (AHT), all queues.",
            "s",
            "site:handle_seconds:mean1d",
        ),
        stat(
            "Occupancy, one day",
            "Ringing, talk and wrap-up / (those and available), all agents.",
            "percentunit",
            "site:occupancy:ratio1d",
            high=1,
        ),
        stat(
            "Containment, one day",
            "Visits that reached a node marked as success, without an agent / all visits.",
            "percentunit",
            "site:containment:ratio1d",
            high=1,
        ),
        _of_queues(
            "Service level, 30 minutes",
            "Formula offered_minus_short. Compare it with the queue's target beside it.",
            "percentunit",
            "queue:service_level:ratio30m",
        ),
        lines(
            "Service level targets",
            "The share of calls that should be answered within the queue's threshold.",
            "percentunit",
            Query(
                'callcenter_queue_service_level_target_ratio{queue=~"$queue"}',
                "{{queue}}",
            ),
            high=1,
        ),
        _of_queues(
            "Abandonment, 30 minutes",
            "(abandoned - short) / (answered + abandoned - short).",
            "percentunit",
            "queue:abandonment:ratio30m",
        ),
        lines(
            "Speed of answer, 30 minutes",
            "Mean wait of answered callers, and the time within which calls should be answered.",
            "s",
            Query('queue:speed_of_answer_seconds:mean30m{queue=~"$queue"}', "{{queue}}"),
            Query(
                'callcenter_queue_service_level_threshold_seconds{queue=~"$queue"}',
                "threshold of {{queue}}",
            ),
        ),
        _of_queues(
            "Handle time, 30 minutes",
            "Mean talk, hold and wrap-up of a conversation.",
            "s",
            "queue:handle_seconds:mean30m",
        ),
        lines(
            "Containment by flow, 30 minutes",
            "Visits that reached a node marked as success, without an agent / all visits.",
            "percentunit",
            Query("flow:containment:ratio30m", "{{flow}}"),
            high=1,
        ),
        bars(
            "Service level by formula",
            "The same calls of the chosen time, by each formula there is. Never compare two "
            "centres, or two months, by different ones.",
            "percentunit",
            _formula("offered_minus_short", _A_T, f"{_A} + {_B} - {_S}"),
            _formula("answered", _A_T, _A),
            _formula("all_in_time", f"{_A_T} + {_B_T}", f"{_A} + {_B}"),
            _formula("offered", _A_T, f"{_A} + {_B}"),
            _formula("excluding_fast_abandons", _A_T, f"{_A} + {_B} - {_B_T}"),
            high=1,
        ),
        bars(
            "Survey answers by mark",
            "How often each mark was given in the chosen time.",
            "short",
            Query(
                "sum by (survey, score) (increase(callcenter_survey_responses_total[$__range]))"
                " > 0",
                "{{survey}} {{score}}",
            ),
        ),
        lines(
            "Error of announced waits",
            "Median of waited minus announced, for callers who were told an estimate: above 0, "
            "they waited longer than told.",
            "s",
            Query(
                "histogram_quantile(0.5, sum by (queue, le) (rate("
                'callcenter_estimate_error_seconds_bucket{queue=~"$queue"}[$__rate_interval])))',
                "{{queue}}",
            ),
            low=None,
            may_be_empty="nobody was told an estimate, or none of them was answered yet",
        ),
        lines(
            "Conversations handed on",
            "Transfers / conversations, all queues; routing is right where this is low.",
            "percentunit",
            Query(
                "sum(rate(callcenter_transfers_total[$__rate_interval])) / (sum(rate("
                "callcenter_queue_talk_seconds_count[$__rate_interval])) > 0)",
                "handed on",
            ),
        ),
        lines(
            "Call-backs by result",
            "Call-backs that are over, per minute.",
            "cpm",
            Query(
                "60 * sum by (result) (rate(callcenter_callbacks_total"
                '{queue=~"$queue"}[$__rate_interval]))',
                "{{result}}",
            ),
            stacked=True,
        ),
        lines(
            "Recordings by result",
            "Recordings checked after the talk, per minute; all but ok deserve a look.",
            "cpm",
            Query(
                "60 * sum by (result) (rate(callcenter_recordings_total[$__rate_interval]))",
                "{{result}}",
            ),
            stacked=True,
        ),
        lines(
            "Recordings deleted",
            "Deleted in the time shown, by why: older than the site keeps them.",
            "short",
            Query(
                "sum by (reason) (increase(callcenter_recordings_deleted_total[$__range]))",
                "{{reason}}",
            ),
        ),
    ),
)
