"""What came in tells who sent it and whether it is urgent: that goes before what merely came first

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With defaults that stay, no table is made anew.
    op.add_column("inbox", sa.Column("sender", sa.Text(), nullable=False, server_default=""))
    op.add_column("inbox", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    inbox = sa.table("inbox", sa.column("state", sa.Text), sa.column("sender", sa.Text), sa.column("body", sa.JSON))
    op.execute(inbox.update().where(inbox.c.state == "new").values(sender=inbox.c.body["sender"].as_string()))
    op.create_index("inbox_urgent", "inbox", ["state", "urgent", "due_at"])
    op.create_index("inbox_sender", "inbox", ["state", "sender", "due_at"])
    op.create_index("timers_kind", "timers", ["state", "kind", "due_at"])
