"""Offers of people and things, matched with what is asked for

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("id", ID, primary_key=True),
        sa.Column("crisis_id", ID, sa.ForeignKey("crises.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("offerer", sa.Text(), nullable=False),
        sa.Column("centre", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text()),
        sa.Column("skill", sa.Text()),
        sa.Column("available_at", sa.DateTime(timezone=True)),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("request_id", ID, sa.ForeignKey("assistance_requests.id")),
        sa.Column("measure_id", ID, sa.ForeignKey("measures.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("log_no", sa.Integer(), nullable=False),
        sa.UniqueConstraint("crisis_id", "number"),
    )
    op.create_index("ix_offers_crisis_id", "offers", ["crisis_id"])
