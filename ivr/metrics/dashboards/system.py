"""System: the server, its links, its journal, its room on the disk."""

from ivr.metrics.dashboards.build import Dashboard
from ivr.metrics.dashboards.panel import Panel, Query, lines, stat


def _percentiles(title: str, description: str, histogram: str) -> Panel:
    """Median and 99th percentile of a histogram without labels."""
    queries = (
        Query(
            f"histogram_quantile({share}, sum by (le) "
            f"(rate(callcenter_{histogram}_bucket[$__rate_interval])))",
            name,
        )
        for share, name in ((0.5, "median"), (0.99, "99th percentile"))
    )
    return lines(title, description, "s", *queries)


def _rate(title: str, description: str, unit: str, label: str, counter: str) -> Panel:
    """Events per minute or second, by one label."""
    factor = "60 * " if unit == "cpm" else ""
    return lines(
        title,
        description,
        unit,
        Query(
            f"{factor}sum by ({label}) (rate(callcenter_{counter}[$__rate_interval]))",
            f"{{{{{label}}}}}",
        ),
        stacked=True,
    )


SYSTEM = Dashboard(
    "system",
    "System",
    "The server itself: its links, its journal, its room on the disk, and what is in force.",
    panels=(
        stat(
            "Alerts firing",
            "Alerts of monitoring/rules at this moment; each has a page in docs/runbooks.",
            "short",
            'count(ALERTS{alertstate="firing"}) or vector(0)',
            steps=((1, "red"),),
        ),
        stat(
            "Asterisk",
            "1 while the server is logged in to Asterisk's manager interface.",
            "short",
            "min(callcenter_ami_connected)",
            base="red",
            steps=((1, "green"),),
        ),
        stat(
            "Trunk",
            "1 while the trunk answers Asterisk.",
            "short",
            "min(callcenter_trunk_reachable)",
            base="red",
            steps=((1, "green"),),
            may_be_empty="the site names no trunk",
        ),
        stat(
            "Journal's database",
            "1 while the database takes events; else they wait on the local disk.",
            "short",
            "min(callcenter_journal_database_up)",
            base="red",
            steps=((1, "green"),),
        ),
        stat(
            "Room left",
            "Free share of the fullest file system the server writes to.",
            "percentunit",
            "min(callcenter_storage_free_bytes / callcenter_storage_size_bytes)",
            base="red",
            steps=((0.1, "orange"), (0.2, "green")),
            high=1,
        ),
        stat(
            "Files in force",
            "1: what is in force is what was loaded last; 0: the last reload was refused.",
            "short",
            "min(callcenter_config_last_reload_successful)",
            base="red",
            steps=((1, "green"),),
        ),
        stat(
            "Audit broken",
            "Writings that found the last known record gone: see `ivr audit verify`.",
            "short",
            "sum(increase(callcenter_audit_broken_writes_total[$__range]))",
            steps=((1, "red"),),
        ),
        _percentiles(
            "Lag of the event loop",
            "How late the server comes to its timers: what every call feels.",
            "event_loop_lag_seconds",
        ),
        _percentiles(
            "Routing decisions",
            "Time the routing core took to decide about one message.",
            "routing_decision_seconds",
        ),
        _percentiles(
            "Journal's transactions",
            "Time one transaction of the journal took. No call waits for it.",
            "journal_write_seconds",
        ),
        lines(
            "Events not yet in the database",
            "They wait in memory or on the local disk; lost: neither took them.",
            "short",
            Query("sum(callcenter_journal_backlog_events)", "waiting"),
            Query("sum(increase(callcenter_journal_lost_events_total[$__range]))", "lost"),
        ),
        _rate(
            "Callers turned away",
            "Per minute, by what there is too much of: calls in the house, lag of the event loop, "
            "open descriptors, FastAGI sessions.",
            "cpm",
            "reason",
            "calls_refused_total",
        ),
        lines(
            "How near to turning callers away",
            "Share in use of what is allowed; at 100% whoever calls is turned away.",
            "percentunit",
            Query("max by (reason) (callcenter_calls_refusing_ratio)", "{{reason}}"),
            Query("max by (reason) (callcenter_calls_refusing)", "turning away: {{reason}}"),
        ),
        _rate(
            "Asterisk's events",
            "What Asterisk tells, per second, by name where the server reads it.",
            "cps",
            "event",
            "ami_events_total",
        ),
        lines(
            "Links to Asterisk",
            "Open FastAGI sessions, and log-ins to the manager interface after the first.",
            "short",
            Query("sum(callcenter_agi_sessions_active)", "FastAGI sessions"),
            Query("sum(increase(callcenter_ami_reconnects_total[$__range]))", "reconnections"),
        ),
        _rate(
            "FastAGI errors",
            "Sessions refused or ended by an error, per minute.",
            "cpm",
            "reason",
            "agi_errors_total",
        ),
        _rate(
            "Not served by the web side",
            "Who was shown out, per minute, by the reason; the log names one address each minute.",
            "cpm",
            "reason",
            "web_refused_total",
        ),
        lines(
            "Faults of routing",
            "Invariants violated and errors around the core in the chosen time; anything but 0 is "
            "a fault to report.",
            "short",
            Query(
                "sum by (invariant) "
                "(increase(callcenter_routing_invariant_violations_total[$__range]))",
                "{{invariant}}",
            ),
            Query(
                "sum by (where) (increase(callcenter_routing_errors_total[$__range]))",
                "error: {{where}}",
            ),
            stacked=True,
        ),
        lines(
            "Webhooks",
            "Attempts per minute by what came of them; events under way, and those given up.",
            "short",
            Query(
                "60 * sum by (webhook, outcome) "
                "(rate(callcenter_webhook_attempts_total[$__rate_interval]))",
                "{{webhook}}: {{outcome}} / min",
            ),
            Query("sum by (webhook) (callcenter_webhook_backlog_events)", "{{webhook}}: under way"),
            Query(
                "sum by (webhook, reason) (increase(callcenter_webhook_dead_total[$__range]))",
                "{{webhook}}: dead, {{reason}}",
            ),
            may_be_empty="the site has no webhooks",
        ),
        lines(
            "Age of the oldest webhook event",
            "How long the event that has been under way longest has been waiting to be taken.",
            "s",
            Query("max by (webhook) (callcenter_webhook_oldest_seconds)", "{{webhook}}"),
            may_be_empty="the site has no webhooks",
        ),
        lines(
            "Scheduled reports",
            "In the chosen time, by outcome: sent, tried again, given up.",
            "short",
            Query(
                "sum by (report, outcome) (increase(callcenter_scheduled_reports_total[$__range]))"
                " or vector(0)",
                "{{report}} {{outcome}}",
            ),
        ),
        lines(
            "Free room",
            "On the file systems that hold the server's state and its recordings.",
            "bytes",
            Query("callcenter_storage_free_bytes", "{{directory}}"),
        ),
        lines(
            "Recordings on the disk",
            "Size of all recordings; the server deletes none.",
            "bytes",
            Query("sum(callcenter_recordings_storage_bytes)", "recordings"),
        ),
        lines(
            "Recordings made silent",
            "For private data, per minute: by a sensitive node, or by an agent.",
            "cpm",
            Query(
                "60 * sum by (reason) (rate(callcenter_recording_pauses_total[$__rate_interval]))",
                "{{reason}}",
            ),
            stacked=True,
        ),
        lines(
            "Reloads",
            "Reloads of site and flows in the chosen time, by result.",
            "short",
            Query(
                "sum by (result) (increase(callcenter_config_reloads_total[$__range]))",
                "{{result}}",
            ),
        ),
        lines(
            "Age of what is in force",
            "Since site and flows in force were read; the version is its hash.",
            "s",
            Query(
                "(time() - callcenter_config_last_reload_success_timestamp_seconds)"
                " * on (instance, job) group_left (version) callcenter_config_info",
                "{{version}}",
            ),
        ),
        lines(
            "Version that runs",
            "1, with the version of the software; two names: it was updated in between.",
            "short",
            Query("max by (version) (callcenter_build_info)", "{{version}}"),
            high=1,
        ),
    ),
)
