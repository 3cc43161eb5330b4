"""A meeting's invitation has an address that can't be guessed

Revision ID: 0020
Revises: 0016
"""

from secrets import token_urlsafe

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meetings", sa.Column("secret", sa.Text(), nullable=True))
    meetings = sa.table("meetings", sa.column("id", sa.BigInteger()), sa.column("secret", sa.Text()))
    db = op.get_bind()
    for number in db.scalars(sa.select(meetings.c.id)).all():
        db.execute(sa.update(meetings).where(meetings.c.id == number).values(secret=token_urlsafe(18)))
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.alter_column("secret", existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint("meetings_secret", ["secret"])
