"""What was written in situation pictures, what is given to them, and the health plan

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_index("log_kind", table_name="log_entries")
    op.create_index("log_kind", "log_entries", ["crisis_id", "kind", "no"], unique=False)
    op.add_column("pictures", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("pictures", schema=None) as batch_op:
        batch_op.alter_column("revision", server_default=None)
    op.create_table(
        "picture_texts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("clash", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crisis_id", "section", "revision"),
    )
    op.create_table(
        "picture_contributions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("log_no", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crisis_id", "section", "log_no"),
    )
    op.create_table(
        "health_plans",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("log_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in ("picture_texts", "picture_contributions", "health_plans"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_crisis_id"), ["crisis_id"], unique=False)
