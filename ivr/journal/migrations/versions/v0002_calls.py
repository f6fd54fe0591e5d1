"""What is made from events: calls and their stays in queues; and what is left of deleted events."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("call", sa.String, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("flow", "version")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("caller", "dialled")),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("started_ms", "ended_ms", "last_ms")
        ),
        sa.Column("result", sa.String, nullable=False),
        sa.Column("duration_ms", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("queue", "outcome", "agent")),
        sa.Column("wait_ms", sa.BigInteger, nullable=True),
        sa.Column("talk_ms", sa.BigInteger, nullable=True),
        sa.Column("events", sa.Integer, nullable=False),
    )
    op.create_index("calls_started", "calls", ["started_ms"])
    op.create_index("calls_last", "calls", ["last_ms", "call"])
    op.create_table(
        "queue_legs",
        sa.Column("call", sa.String, primary_key=True),
        sa.Column("leg", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("entered_ms", sa.BigInteger, nullable=False),
        sa.Column("left_ms", sa.BigInteger, nullable=True),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("wait_ms", sa.BigInteger, nullable=True),
    )
    op.create_index("queue_legs_entered", "queue_legs", ["entered_ms"])
    projections = op.create_table(
        "projections",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
    )
    op.bulk_insert(projections, [{"position": 0}])
    op.create_table(
        "pruned_days",
        sa.Column("day", sa.String(10), primary_key=True),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("calls", "answered", "abandoned", "events")
        ),
    )


def downgrade() -> None:
    for table in ("pruned_days", "projections", "queue_legs", "calls"):
        op.drop_table(table)
