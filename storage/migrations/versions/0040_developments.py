"""How the situation is thought to develop, and how it did

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "developments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("crisis_id", ID, sa.ForeignKey("crises.id"), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("likely", sa.Text(), nullable=False),
        sa.Column("worst", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", WHEN, nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("remark", sa.Text()),
        sa.Column("judged_by", sa.Text()),
        sa.Column("judged_at", WHEN),
        sa.Column("log_no", sa.Integer(), nullable=False),
    )
    op.create_index("ix_developments_crisis_id", "developments", ["crisis_id"])
