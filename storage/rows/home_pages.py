"""The home pages that people have open with us. Bilag 1, Overblik."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.rows.base import Base


class HomePage(Base):
    """A person's own page on a platform, from when they opened it until nobody can be looking at it any more."""

    __tablename__ = "home_pages"
    platform: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)  # the platform's id for whoever opened it
    outside: Mapped[bool]  # whether they belong to another organisation
    opened_at: Mapped[datetime]
    drawn: Mapped[str]  # SHA-256 of the card that stands there
    due_at: Mapped[datetime]  # when it may be drawn again at the earliest
