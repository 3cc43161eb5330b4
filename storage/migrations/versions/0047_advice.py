"""What a message to the public says that people should do

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("public_messages", sa.Column("advice", sa.Text(), nullable=True))
