"""Recording rules: the key figures over 5 minutes, 30 minutes and a day, as `ivr.kpi` defines them.

Prometheus extrapolates each counter for itself, so differences and ratios of few calls are a little
off: less than half a call counts as none, and no share leaves 0 to 1.
"""

from collections.abc import Iterator

WINDOWS = ("5m", "30m", "1d")
SLOW = {"1d": "5m"}
"""Window -> interval of evaluation, where it is not the configuration's own."""

_HEAD = """# The key figures over 5 minutes, 30 minutes and a day. Generated from
# ivr/metrics/recording_rules.py; run `ivr reference` after a change there.
groups:
"""

_BUSY = "reserved|ringing|on_call|wrap_up"


def recording_rules() -> str:
    """The file for Prometheus."""
    return _HEAD + "".join(_group(window) for window in WINDOWS)


def recorded_names() -> list[str]:
    """Every name the rules record, in order."""
    return [name for window in WINDOWS for name, _ in _rules(window)]


def _group(window: str) -> str:
    lines = [f"  - name: callcenter-{window}"]
    if window in SLOW:
        lines.append(f"    interval: {SLOW[window]}")
    lines.append("    rules:")
    for name, expression in _rules(window):
        lines += [f"      - record: {name}", "        expr: |-"]
        lines += [f"          {line}" for line in expression.splitlines()]
    return "\n".join(lines) + "\n"


def _rules(window: str) -> Iterator[tuple[str, str]]:
    for level, labels in (("queue", "site, queue"), ("site", "site")):
        yield from _of_queues(level, labels, window)
        yield f"{level}:occupancy:ratio{window}", _occupancy(level, labels, window)
    for level, labels in (("flow", "site, flow"), ("site", "site")):
        sessions = _increase("ivr_sessions_total", "", labels, window)
        contained = _increase("ivr_sessions_total", 'outcome="contained"', labels, window)
        yield f"{level}:containment:ratio{window}", _share(contained, sessions)


def _of_queues(level: str, labels: str, window: str) -> Iterator[tuple[str, str]]:
    """Formula `offered_minus_short`: who hung up at once never wanted to wait."""
    calls, short = "queue_calls_total", "queue_calls_short_abandoned_total"
    offered = f"{level}:queue_calls_offered:increase{window}"
    both = _increase(calls, 'outcome=~"answered|abandoned"', labels, window)
    yield offered, f"{both}\n- {_increase(short, '', labels, window)}"
    in_time = _increase("queue_calls_answered_within_sla_total", "", labels, window)
    yield f"{level}:service_level:ratio{window}", _share(in_time, offered)
    abandoned = _increase(calls, 'outcome="abandoned"', labels, window)
    lost = f"(\n  {abandoned}\n  - {_increase(short, '', labels, window)}\n)"
    yield f"{level}:abandonment:ratio{window}", _share(lost, offered)
    waited = _mean("queue_wait_seconds", 'outcome="answered"', labels, window)
    yield f"{level}:speed_of_answer_seconds:mean{window}", waited
    handled = _mean("queue_handle_seconds", "", labels, window)
    yield f"{level}:handle_seconds:mean{window}", handled


def _occupancy(level: str, labels: str, window: str) -> str:
    """From gauges: counters of agents' time grow only when a state is left, so that a long talk
    would count for nothing and then all at once."""
    agents = "queue_agents" if level == "queue" else "agents"
    busy, reachable = (
        f'sum by ({labels}) (avg_over_time(callcenter_{agents}{{state=~"{states}"}}[{window}]))'
        for states in (_BUSY, f"available|{_BUSY}")
    )
    return f"{busy}\n/ (\n  {reachable}\n  > 0\n)"


def _increase(metric: str, matchers: str, labels: str, window: str) -> str:
    series = f"callcenter_{metric}{{{matchers}}}" if matchers else f"callcenter_{metric}"
    return f"sum by ({labels}) (increase({series}[{window}]))"


def _share(part: str, whole: str) -> str:
    return f"clamp(\n{_deeper(part)}\n  / ({whole} > 0.5),\n  0, 1\n)"


def _mean(histogram: str, matchers: str, labels: str, window: str) -> str:
    total = _increase(f"{histogram}_sum", matchers, labels, window)
    count = _increase(f"{histogram}_count", matchers, labels, window)
    return f"{total}\n/ ({count} > 0.5)"


def _deeper(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
