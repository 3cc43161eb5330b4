"""Case files that were asked for in chat, until they have been fetched or their link has run out. Plan §5, step 7; D11.

They are copies, so the export has no part of them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, _key, _of_crisis


class CaseExport(Base):
    """One ZIP that somebody asked for: what it shall hold, and where it can be had."""

    __tablename__ = "case_exports"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    asked_by: Mapped[str]
    platform: Mapped[str]
    grade: Mapped[str]  # the highest that is in it
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="wanted", index=True)  # wanted, ready, failed, gone
    attempts: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    secret: Mapped[str | None] = mapped_column(unique=True)  # the link's, while it works
    until: Mapped[datetime | None]
