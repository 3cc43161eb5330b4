"""The line of an order's draft, which has what came along with it

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("draft_no", sa.Integer(), nullable=True))
