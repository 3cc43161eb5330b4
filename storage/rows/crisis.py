"""The crisis itself. Plan §2; §5."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Mapped, mapped_column

from storage.rows.base import Base, primary_key

# --- the crisis -----------------------------------------------------------------------------------------------------


CrisisState = Literal["warned", "active", "followed", "closed"]
LevelOneBasis = Literal["centre", "board"]


class Crisis(Base):
    """An incident from its first warning to its stand-down. It is a crisis once it has level 2."""

    __tablename__ = "crises"
    id: Mapped[int] = primary_key()
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]
    state: Mapped[CrisisState] = mapped_column(default="warned")
    level: Mapped[int | None]
    basis: Mapped[LevelOneBasis | None]  # how level 1 came: by both approvals, or by one decider
    exercise: Mapped[bool] = mapped_column(default=False)
    plan: Mapped[dict[str, Any]]  # frozen when it began
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    registered_at: Mapped[datetime | None]  # when the decision was typed, where decided_at was set back
    decided_by: Mapped[str | None]
    on_behalf_of: Mapped[str | None]
    established_due: Mapped[datetime | None]
    established_at: Mapped[datetime | None]
    established_by: Mapped[str | None]
    sustain_until: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    deactivated_by: Mapped[str | None]
    case_ref: Mapped[str | None]
    c3_ref: Mapped[str | None]
    chief: Mapped[str | None]
    holders: Mapped[dict[str, Any]] = mapped_column(default=dict)  # roles that others have than in the plan
    municipalities: Mapped[list[Any]] = mapped_column(default=list)

    @property
    def has_staff(self) -> bool:
        """Whether the crisis staff is at work, and with it the duties that begin at level 2."""
        return self.level == 2 and self.state == "active"
