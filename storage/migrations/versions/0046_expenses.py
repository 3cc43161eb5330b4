"""What a crisis costs

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "expenses",
        sa.Column("id", big, primary_key=True),
        sa.Column("crisis_id", big, sa.ForeignKey("crises.id"), nullable=False, index=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ore", big, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("receipt", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_by", sa.Text(), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("log_no", sa.Integer(), nullable=False),
        sa.UniqueConstraint("crisis_id", "number"),
    )
