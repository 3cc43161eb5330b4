"""The tasks of the municipality's own plan for running on, beside the coordinating staff

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coordinating_staffs", sa.Column("running_on", sa.JSON(), nullable=False, server_default="[]"))
