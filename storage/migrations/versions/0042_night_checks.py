"""Whether a telephone wakes its owner

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "night_checks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("test", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("announced_by", sa.Text(), nullable=False),
        sa.Column("announced_at", WHEN, nullable=False),
        sa.Column("rings_at", WHEN, nullable=False),
        sa.Column("rung_at", WHEN),
        sa.Column("answered_at", WHEN),
        sa.UniqueConstraint("test", "person"),
    )
    op.create_index("ix_night_checks_test", "night_checks", ["test"])
