"""When a message was last changed or answered is found without reading all of them

Revision ID: 0044
Revises: 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_messages_edited_at", "messages", ["edited_at"])
    op.create_index("ix_messages_answered_at", "messages", ["answered_at"])
