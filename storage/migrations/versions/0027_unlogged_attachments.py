"""What came along before this and never came into the log falls due for removal too

Revision ID: 0027
Revises: 0026
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from storage.rows.base import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KIND = "attachments.unlogged"


def upgrade() -> None:
    attachments = sa.table("attachments", sa.column("inbox_id", sa.BigInteger()), sa.column("log_no", sa.Integer()))
    timers = sa.table(
        "timers",
        *(sa.column(name, sa.Text()) for name in ("key", "kind", "state")),
        sa.column("args", sa.JSON()),
        sa.column("due_at", UtcDateTime(timezone=True)),
        sa.column("attempts", sa.Integer()),
    )
    db, due = op.get_bind(), datetime.now(UTC) + timedelta(days=30)
    unlogged = sa.select(attachments.c.inbox_id).where(attachments.c.log_no.is_(None)).distinct()
    for inbox in db.scalars(unlogged).all():
        db.execute(
            sa.insert(timers).values(
                key=f"{KIND}/{inbox}", kind=KIND, state="waiting", args={"inbox": inbox}, due_at=due, attempts=0
            )
        )
