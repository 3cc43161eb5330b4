"""A line's grade is found by its number

Revision ID: 0052
Revises: 0051
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("log_grade", table_name="log_states")
    op.create_index("log_grade", "log_states", ["grade", "crisis_id", "no"])
