"""Invitations that can be fetched, briefings to the council, political cases, and reminders that wait for each other

Revision ID: 0020
Revises: 0019
"""

from secrets import token_urlsafe

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("meetings", sa.Column("secret", sa.Text(), nullable=True))
    meetings = sa.table("meetings", sa.column("id", sa.BigInteger()), sa.column("secret", sa.Text()))
    db = op.get_bind()
    for number in db.scalars(sa.select(meetings.c.id)).all():
        db.execute(sa.update(meetings).where(meetings.c.id == number).values(secret=token_urlsafe(18)))
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.alter_column("secret", existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint("meetings_secret", ["secret"])
    op.add_column("messages", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.alter_column("held", server_default=None)
        batch_op.add_column(sa.Column("bundle", ID, nullable=True))
    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waits", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("political", sa.Text(), nullable=True))
    op.create_table(
        "council_briefings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("picture", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("log_no", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crisis_id", "number"),
    )
    with op.batch_alter_table("council_briefings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_council_briefings_crisis_id"), ["crisis_id"], unique=False)
