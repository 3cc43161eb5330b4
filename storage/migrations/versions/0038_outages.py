"""Critical functions that stand still

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "outages",
        sa.Column("id", ID, primary_key=True),
        sa.Column("crisis_id", ID, sa.ForeignKey("crises.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("responsible", sa.Text()),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("until", WHEN, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.Column("told_no", sa.Integer()),
        sa.Column("ended_at", WHEN),
        sa.Column("ended_by", sa.Text()),
        sa.Column("log_no", sa.Integer(), nullable=False),
        sa.UniqueConstraint("crisis_id", "number"),
    )
    op.create_index("ix_outages_crisis_id", "outages", ["crisis_id"])
