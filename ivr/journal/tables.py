"""The one table. Its shape changes only through a migration."""

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
