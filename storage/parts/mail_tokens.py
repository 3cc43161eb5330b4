"""What a mail gateway has signed its calls with: no signature opens the door twice. Plan §7, Videreafsendelse."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class MailToken(Base):
    """One call of the gateway's; it signs when it called and a token, but not what it brought."""

    __tablename__ = "mail_tokens"
    token: Mapped[str] = mapped_column(primary_key=True)
    brought: Mapped[str]  # SHA-256 of the mail, so that the gateway may bring the same one again
    at: Mapped[datetime] = mapped_column(index=True)
