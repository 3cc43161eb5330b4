"""Several wall boards at once, each with its grade and its end; and the strategic intent

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "board_links",
        sa.Column("id", ID, primary_key=True),
        sa.Column("crisis_id", ID, sa.ForeignKey("crises.id"), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False, unique=True),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_board_links_crisis_id", "board_links", ["crisis_id"])
    op.create_table(
        "intents",
        sa.Column("id", ID, primary_key=True),
        sa.Column("crisis_id", ID, sa.ForeignKey("crises.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("log_no", sa.Integer(), nullable=False),
    )
    op.create_index("ix_intents_crisis_id", "intents", ["crisis_id"])
    # The one link that there was goes on, as the staff sees it, for as long as a crisis must be able to run.
    bind = op.get_bind()
    facts = sa.table("facts", sa.column("name", sa.Text), sa.column("value", sa.JSON))
    standing = bind.execute(sa.select(facts.c.value).where(facts.c.name == "wall board")).scalar()
    if standing and standing.get("secret"):
        links = sa.table(
            "board_links",
            sa.column("crisis_id", ID),
            sa.column("secret", sa.Text),
            sa.column("grade", sa.Text),
            sa.column("given_by", sa.Text),
            sa.column("given_at", sa.DateTime(timezone=True)),
            sa.column("until", sa.DateTime(timezone=True)),
        )
        now = sa.func.current_timestamp()
        until = (
            now + sa.text("interval '3 days'")
            if bind.dialect.name == "postgresql"
            else sa.func.datetime("now", "+3 days")
        )
        bind.execute(
            sa.insert(links).values(
                crisis_id=standing["crisis"],
                secret=standing["secret"],
                grade="staff",
                given_by="krisebot",
                given_at=now,
                until=until,
            )
        )
    bind.execute(sa.delete(facts).where(facts.c.name == "wall board"))
