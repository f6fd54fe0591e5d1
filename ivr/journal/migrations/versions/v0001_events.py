"""The events table."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("call", sa.String, nullable=True),
        sa.Column("seq", sa.Integer, nullable=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("agent", sa.String, nullable=True),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("events_call_seq", "events", ["call", "seq"])
    op.create_index("events_type_call", "events", ["type", "call"])
    op.create_index("events_type_agent", "events", ["type", "agent", "id"])
    op.create_index("events_at", "events", ["at_ms"])


def downgrade() -> None:
    op.drop_table("events")
