"""Who is absent, whom a role's holder has named as deputy, and who has the duty: today's, whatever runs. Plan §2,
"relevante stedfortrædere"."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.rows.base import Base, primary_key


class Absence(Base):
    """A time in which a person is asked last."""

    __tablename__ = "absences"
    id: Mapped[int] = primary_key()
    person: Mapped[str] = mapped_column(index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]  # None: until they say that they are back
    by: Mapped[str]  # who noted it
    at: Mapped[datetime]


class NamedDeputy(Base):
    """A deputy whom the holder of a role, or a centre's chief, has named in chat; it counts while they hold it."""

    __tablename__ = "named_deputies"
    id: Mapped[int] = primary_key()
    role: Mapped[str]  # a role's id; empty for a centre
    centre: Mapped[str]  # its name; empty for a role
    holder: Mapped[str]
    deputy: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class RotaDuty(Base):
    """One duty in the last copy of a role's calendar that could be read."""

    __tablename__ = "rota_duties"
    id: Mapped[int] = primary_key()
    role: Mapped[str]
    called: Mapped[str]  # whom the calendar names, in its own words
    since: Mapped[datetime]
    until: Mapped[datetime]


class RotaCopy(Base):
    """How the last attempt to fetch a role's calendar fared; the copy itself is in `RotaDuty`."""

    __tablename__ = "rota_copies"
    role: Mapped[str] = mapped_column(primary_key=True)
    wanted_at: Mapped[datetime | None]  # when it is fetched next; None: not before somebody asks
    fetched_at: Mapped[datetime | None]  # of the copy that there is; None: none yet
    fault: Mapped[str]  # Danish; empty when the last attempt went well
    attempts: Mapped[int]  # in vain, since the last that went well
