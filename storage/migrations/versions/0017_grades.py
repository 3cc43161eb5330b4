"""Who may know what, and the log's grades are found fast

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("log_grade", "log_states", ["crisis_id", "grade", "no"], unique=False)
    op.add_column("minutes", sa.Column("grade", sa.Text(), nullable=False, server_default="staff"))
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.alter_column("grade", server_default=None)
    op.create_table(
        "sharings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("log_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sharings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sharings_crisis_id"), ["crisis_id"], unique=False)
