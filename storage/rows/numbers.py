"""The numbers that people say of a crisis' rows: "tiltag 3", "møde 2"; each kind counts from 1."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute


async def next_number(
    db: AsyncSession,
    number: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    *among: ColumnElement[bool],
) -> int:
    """Return the number that the next row of a kind gets.

    Args:
        db: the turn's session: nobody else's turn runs beside it, so that no number is given twice.
        number: the column that counts them.
        among: which rows are counted together; most often a crisis'.
    """
    return (await db.scalar(select(func.max(number)).where(*among)) or 0) + 1
