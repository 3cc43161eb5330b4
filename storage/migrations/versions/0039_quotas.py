"""People who are asked for until so many are found

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "quotas",
        sa.Column("id", ID, primary_key=True),
        sa.Column("crisis_id", ID, sa.ForeignKey("crises.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("filled_at", WHEN),
        sa.Column("log_no", sa.Integer()),
        sa.UniqueConstraint("crisis_id", "number"),
    )
    op.create_index("ix_quotas_crisis_id", "quotas", ["crisis_id"])
    op.create_table(
        "quota_asks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("crisis_id", ID, sa.ForeignKey("crises.id"), nullable=False),
        sa.Column("quota", ID, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_at", WHEN),
        sa.Column("answer", sa.Text()),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text()),
        sa.Column("answered_at", WHEN),
        sa.Column("log_no", sa.Integer()),
        sa.UniqueConstraint("quota", "person"),
    )
    op.create_index("ix_quota_asks_crisis_id", "quota_asks", ["crisis_id"])
    op.create_index("ix_quota_asks_quota", "quota_asks", ["quota"])
