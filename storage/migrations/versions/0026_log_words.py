"""A long log is searched as fast as a short one: where its words stand, and which lines are unconfirmed

Revision ID: 0026
Revises: 0025
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.case.log_words import STRETCH, words
from storage.letters import fold
from storage.rows.base import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ENTRIES = sa.table(
    "log_entries",
    sa.column("id", ID),
    sa.column("crisis_id", ID),
    sa.column("no", sa.Integer()),
    sa.column("recorded_time", UtcDateTime(timezone=True)),
    sa.column("recorder", sa.Text()),
    sa.column("summary", sa.Text()),
    sa.column("folded", sa.Text()),
)
UNCONFIRMED = sa.text("verification = 'unconfirmed'")


def upgrade() -> None:
    with op.batch_alter_table("log_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("folded", sa.Text(), nullable=False, server_default=""))
        # Whatever is asked of a crisis' lines is asked in the order of their numbers, which has an index of its own.
        batch_op.drop_index("ix_log_entries_crisis_id")
    written = op.create_table(
        "log_words",
        sa.Column("crisis_id", ID, nullable=False),
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("stretch", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crises.id"]),
        sa.PrimaryKeyConstraint("crisis_id", "word", "stretch"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for crisis, stretch, whole, lines in _stretches(connection):
        connection.execute(
            sa.update(ENTRIES).where(ENTRIES.c.id == sa.bindparam("line")).values(folded=sa.bindparam("said")),
            [{"line": line.id, "said": fold(line.summary)} for line in lines],
        )
        if whole:
            found = words((fold(line.summary), line.recorder, line.recorded_time) for line in lines)
            rows = [{"crisis_id": crisis, "word": word, "stretch": stretch} for word in found]
            connection.execute(sa.insert(written), rows)
    with op.batch_alter_table("log_entries", schema=None) as batch_op:
        batch_op.alter_column("folded", server_default=None)
    op.create_index(
        "log_unconfirmed",
        "log_states",
        ["crisis_id", "no"],
        unique=False,
        sqlite_where=UNCONFIRMED,
        postgresql_where=UNCONFIRMED,
    )


def _stretches(connection: sa.Connection) -> Iterator[tuple[int, int, bool, Any]]:
    """Every crisis' lines, so many at a time: the stretch's number, whether it is whole, and its lines."""
    ends = sa.select(ENTRIES.c.crisis_id, sa.func.max(ENTRIES.c.no)).group_by(ENTRIES.c.crisis_id)
    for crisis, last in connection.execute(ends).all():
        for first in range(0, last, STRETCH):
            lines = sa.select(ENTRIES).where(
                ENTRIES.c.crisis_id == crisis, ENTRIES.c.no > first, ENTRIES.c.no <= first + STRETCH
            )
            stretch = first // STRETCH + 1
            yield crisis, stretch, last >= stretch * STRETCH, connection.execute(lines).all()
