"""When help is wanted, whom to ask for, and whether it hastens

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name, kind in (("needed_from", WHEN), ("needed_until", WHEN), ("contact", sa.Text())):
        op.add_column("assistance_requests", sa.Column(name, kind, nullable=True))
    op.add_column("assistance_requests", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
