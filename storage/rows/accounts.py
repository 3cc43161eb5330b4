"""The accounts of the plan's persons on each platform, found by their mail addresses. Plan §5, "Varsle/indkalde"."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.rows.base import Base


class Account(Base):
    """A person's account on a platform, where the plan file has only their mail address: whoever has it acts as them."""

    __tablename__ = "accounts"
    person: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    mail: Mapped[str]  # that it was looked for by
    address: Mapped[str]  # the id that was found first; empty: none yet
    fault: Mapped[str]  # Danish, why it gives no right; empty when nothing is wrong
    told: Mapped[str]  # the fault that the secretariat has been told
    wanted_at: Mapped[datetime | None]  # when it is looked for next; None: not before somebody asks
    checked_at: Mapped[datetime | None]  # when the platform last answered
    attempts: Mapped[int]  # in vain, since the platform last answered
