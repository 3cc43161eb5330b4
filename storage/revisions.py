"""The tables' forms: which one is there, which is ours, and the way from the one to the other, by Alembic.

Alembic itself is imported where tables are changed: nearly every start finds them as they shall be, and a replica that
starts in a crisis need not read fifty migrations to see it.
"""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

from sqlalchemy import Connection, inspect, text

# Where Alembic keeps which form the tables have.
TABLE = "alembic_version"


def _migrations() -> Traversable:
    return resources.files("storage").joinpath("migrations")


def known() -> set[str]:
    """Name every form that this release can carry over: the numbers that its migrations' files begin with."""
    return {
        file.name.partition("_")[0]
        for file in _migrations().joinpath("versions").iterdir()
        if file.name.endswith(".py") and file.name[0].isdigit()
    }


def newest() -> str:
    """Name the form that this release writes."""
    return max(known())


def present(connection: Connection) -> str | None:
    """Name the form that the tables have; None where there are none of ours."""
    if not inspect(connection).has_table(TABLE):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {TABLE}"))  # noqa: S608
    return found


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the tables to a newer form.

    Args:
        connection: in a transaction that tables may be changed in.
        to: the form's name.

    Raises:
        alembic.util.CommandError: the form that they have isn't known.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_migrations()))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
