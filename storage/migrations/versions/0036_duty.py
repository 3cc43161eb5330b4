"""Who is absent, who was named as deputy in chat, and the copies of the duty rotas

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", ID, primary_key=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("until", WHEN),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
    )
    op.create_index("ix_absences_person", "absences", ["person"])
    op.create_table(
        "named_deputies",
        sa.Column("id", ID, primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("deputy", sa.Text(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("until", WHEN),
    )
    op.create_table(
        "rota_duties",
        sa.Column("id", ID, primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("until", WHEN, nullable=False),
    )
    op.create_table(
        "rota_copies",
        sa.Column("role", sa.Text(), primary_key=True),
        sa.Column("wanted_at", WHEN),
        sa.Column("fetched_at", WHEN),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
    )
