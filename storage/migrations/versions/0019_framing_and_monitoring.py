"""The framing meetings, what is watched and by whom, what the media say, and the daily reading of outside mail

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "framing_meetings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("called_at", AT, nullable=False),
        sa.Column("called_by", sa.Text(), nullable=False),
        sa.Column("started_at", AT, nullable=True),
        sa.Column("started_by", sa.Text(), nullable=True),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("absent", sa.JSON(), nullable=False),
        sa.Column("asking", sa.Text(), nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("moved_on_at", AT, nullable=True),
        sa.Column("moved_on_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crisis_id", "number"),
    )
    op.create_table(
        "watched_lines",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("watcher", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("since", AT, nullable=False),
        sa.Column("until", AT, nullable=True),
        sa.Column("last_checked_at", AT, nullable=True),
        sa.Column("due_at", AT, nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crisis_id", "number"),
    )
    op.create_table(
        "watch_checks",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("line", ID, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "media_findings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("wrong", sa.Boolean(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("changed_at", AT, nullable=True),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("found_at", AT, nullable=False),
        sa.Column("task", ID, nullable=True),
        sa.Column("log_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crisis_id", "number"),
    )
    op.create_table(
        "mail_readings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("read_at", AT, nullable=True),
        sa.Column("read_by", sa.Text(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crisis_id", "day"),
    )
    for table in ("framing_meetings", "watched_lines", "watch_checks", "media_findings", "mail_readings"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_crisis_id"), ["crisis_id"], unique=False)
    with op.batch_alter_table("watch_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_checks_line"), ["line"], unique=False)
