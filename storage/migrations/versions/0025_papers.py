"""Links to papers: pictures, agendas and minutes as PDF and DOCX

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

from storage.rows.base import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_to", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret"),
    )
    op.create_index("ix_papers_crisis_id", "papers", ["crisis_id"], unique=False)
