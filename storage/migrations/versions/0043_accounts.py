"""The accounts that are found by the mail addresses of the plan's persons, and the home pages that are open

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("person", sa.Text(), primary_key=True),
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("wanted_at", WHEN),
        sa.Column("checked_at", WHEN),
        sa.Column("attempts", sa.Integer(), nullable=False),
    )
    op.create_table(
        "home_pages",
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("address", sa.Text(), primary_key=True),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("opened_at", WHEN, nullable=False),
        sa.Column("drawn", sa.Text(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
    )
