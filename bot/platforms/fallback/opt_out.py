"""The gateway's own opt-out: whoever has written STOP to it, or is blocked there, gets no SMS, whatever the plan says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.engine.engine import Engine
from storage.plan.reach import OPTED_OUT
from storage.rows.traffic import Address, Timer

NAME = "sms"
WHY = "afmeldt sms hos gatewayen"
# How gateways say it in words, beside their own codes.
REFUSED = re.compile(
    r"opt(?:ed|s)?[\s_-]{0,2}out|unsubscri|black[\s_-]?list|block[\s_-]?list|recipient[^.]{0,30} blocked|afmeldt",
    re.IGNORECASE,
)


def is_opt_out(said: str) -> bool:
    """Whether a gateway has refused a person and not a message, by what it says of it."""
    return REFUSED.search(said) is not None


async def note(engine: Engine, phone: str) -> None:
    """Write down that a telephone gets no SMS, so that its person is reached another way, and have it told of.

    Args:
        engine: the rows, the time, and today's plan.
        phone: E.164, "+4520000003".
    """
    person, now = engine.plan().find(NAME, phone), engine.clock.now()
    if person is None:
        return
    with suppress(IntegrityError):
        # Told twice in the same moment, it has been written down by the other.
        async with engine.database.transaction() as db:
            known = await db.get(Address, (person, NAME))
            if known is None:
                known = Address(person=person, platform=NAME, reference={}, name="")
                db.add(known)
            told = known.reference.get(OPTED_OUT) == phone
            known.reference = {OPTED_OUT: phone, "at": now.isoformat()}
            if not told:
                key = f"sms_opted_out/{person}/{now.isoformat()}"
                db.add(Timer(key=key, kind="sms.opted_out", args={"person": person}, due_at=now))


async def lift(engine: Engine, phone: str, at: datetime) -> None:
    """Forget that a telephone got no SMS: one has come from it, or arrived at it, since that was noted.

    Args:
        engine: the rows, the time, and today's plan.
        phone: E.164, "+4520000003".
        at: when that was, UTC; a gateway may tell it much later.
    """
    person = engine.plan().find(NAME, phone)
    if person is None:
        return
    async with engine.database.reading() as db:
        known = await db.get(Address, (person, NAME))
    if known is not None and OPTED_OUT in known.reference and at >= _noted_at(known.reference):
        async with engine.database.transaction() as db:
            row = await db.get(Address, (person, NAME))
            if row is not None:
                row.reference = {}


def _noted_at(reference: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(reference["at"]))
