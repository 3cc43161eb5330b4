"""Another way for what has stood long enough; the signatures of mail that a gateway brings

Revision ID: 0028
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

from storage.rows.base import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("another_way", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("messages") as table:
        table.alter_column("another_way", server_default=None)
    op.create_table(
        "mail_tokens",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("brought", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("ix_mail_tokens_at", "mail_tokens", ["at"], unique=False)
