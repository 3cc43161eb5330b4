"""Emergency packs: what is needed on paper when the chat is down

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergency_packs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("asked_by", sa.Text()),
        sa.Column("platform", sa.Text()),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("print", sa.Text()),
        sa.Column("sha256", sa.Text(), sa.ForeignKey("stored_files.sha256")),
        sa.Column("secret", sa.Text(), unique=True),
        sa.Column("until", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_emergency_packs_state", "emergency_packs", ["state"])
