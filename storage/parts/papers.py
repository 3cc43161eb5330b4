"""Papers that somebody has been given a link to: the link is the key, and it ends. Plan §7, Dokumentation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, _key, _of_crisis


class Paper(Base):
    """One version of a picture, an agenda or minutes, for one person."""

    __tablename__ = "papers"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    secret: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # picture, agenda, minutes
    meeting: Mapped[int | None]  # its number
    version: Mapped[int]
    given_to: Mapped[str]
    until: Mapped[datetime]
