"""The accounts that were found for the plan's persons, as they count today. Plan §5, "Varsle/indkalde"."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.plan.model import Plan
from storage.rows.accounts import Account


async def found(db: AsyncSession, plan: Plan) -> dict[tuple[str, str], str]:
    """Read the ids that count today, by person and platform: those without a fault, of the address the plan has now.

    Args:
        db: a session to read with.
        plan: as its file has it.
    """
    rows = await db.execute(
        select(Account.person, Account.platform, Account.mail, Account.address).where(
            Account.fault == "", Account.address != ""
        )
    )
    return {
        (person, platform): address
        for person, platform, mail, address in rows
        if (known := plan.person(person)) is not None and sought(known.mail) == mail
    }


async def faults(db: AsyncSession) -> Mapping[tuple[str, str], str]:
    """Read what came of looking for each person on each platform: the fault, Danish, or nothing where all is well."""
    rows = await db.execute(
        select(Account.person, Account.platform, Account.fault).where(Account.checked_at.is_not(None))
    )
    return {(person, platform): fault for person, platform, fault in rows}


def sought(mail: str | None) -> str:
    """Return a mail address as it is looked for and compared: its letters' size means nothing."""
    return (mail or "").strip().casefold()
