"""The tables. Their shape changes only through a migration.

`events` is the truth. `calls` and `queue_legs` are made from it alone and can be made anew at any
time; `pruned_days` tells what is left of events that were deleted.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()

EVENTS = Table(
    "events",
    METADATA,
    # The journal numbers events itself, when they happen: the number is the order, and what makes
    # a replay after an outage insert each event once.
    Column(
        "id",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("call", String, nullable=True),
    Column("seq", Integer, nullable=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("type", String(40), nullable=False),
    Column("agent", String, nullable=True),
    # JSON, all ASCII: what a caller sent (NUL, broken UTF-8) is escaped and fits any database.
    Column("data", Text, nullable=False),
    Index("events_call_seq", "call", "seq"),
    Index("events_type_call", "type", "call"),
    Index("events_type_agent", "type", "agent", "id"),
    Index("events_at", "at_ms"),
)

CALLS = Table(
    "calls",
    METADATA,
    # A call that has ended. Times are UTC epoch milliseconds, lengths milliseconds.
    Column("call", String, primary_key=True),
    Column("flow", String, nullable=False),
    Column("version", String, nullable=False),
    Column("caller", String, nullable=False),
    Column("dialled", String, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger, nullable=False),
    # The last of its events that tells of the call itself, not of what was kept of it.
    Column("last_ms", BigInteger, nullable=False),
    Column("result", String, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    # Of several queues and agents, the last.
    Column("queue", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("wait_ms", BigInteger, nullable=True),
    Column("talk_ms", BigInteger, nullable=True),
    Column("events", Integer, nullable=False),
    Index("calls_started", "started_ms"),
    Index("calls_last", "last_ms", "call"),
)

QUEUE_LEGS = Table(
    "queue_legs",
    METADATA,
    # A stay of such a call in a queue, counted from 1. No `left_ms`: its end was never told.
    Column("call", String, primary_key=True),
    Column("leg", Integer, primary_key=True, autoincrement=False),
    Column("queue", String, nullable=False),
    Column("entered_ms", BigInteger, nullable=False),
    Column("left_ms", BigInteger, nullable=True),
    Column("outcome", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("wait_ms", BigInteger, nullable=True),
    Index("queue_legs_entered", "entered_ms"),
)

PROJECTIONS = Table(
    "projections",
    METADATA,
    # One row: the number up to which `calls` and `queue_legs` tell of all events.
    Column(
        "position",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
)

PRUNED_DAYS = Table(
    "pruned_days",
    METADATA,
    # A day of the site's time zone, as 2026-11-27, of which events were deleted, and how many.
    Column("day", String(10), primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("abandoned", Integer, nullable=False),
    Column("events", Integer, nullable=False),
)
