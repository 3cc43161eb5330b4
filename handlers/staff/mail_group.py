"""`adresser`: the staff's and the support's mail addresses, ready to copy, and whether they have changed since. Plan
§5."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import rights
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import verb
from handlers.core.turn import Turn
from storage.rows.log import LogEntry, LogKind, exported

KIND: LogKind = "addresses"


@verb(
    "adresser",
    "mailgruppe",
    "mailgrupper",
    help="adresser – stabens og støttens mailadresser, klar til at kopiere",
    who=rights.runs_staff,
    crisis=True,
    begins="never",
    wordless=True,
)
async def addresses(turn: Turn, text: str) -> None:
    """Show the addresses of those who are in the staff or serve it now, and who has come and gone since the last
    copy."""
    now = await turn.members()
    before = await last_copied(turn)
    mails = [known.mail for person in now if (known := turn.plan.persons.get(person)) and known.mail]
    without = [person for person in now if not ((known := turn.plan.persons.get(person)) and known.mail)]
    changed = _changed(turn, before, now) if before is not None else ""
    await turn.log("Mailadresser kopieret", kind=KIND, refs={"members": sorted(now)}, verification="confirmed")
    lacks = f"\nUden mail i planen: {turn.names(without)}." if without else ""
    await turn.answer(Card(f"*Mailgruppe, {len(mails)} adresser.*{changed}{lacks}\n\n{quote('; '.join(mails))}"))


async def last_copied(turn: Context) -> set[str] | None:
    """Return who was in the list when it was last copied; None when it never was."""
    entry = await turn.db.scalar(
        select(LogEntry)
        .where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == KIND)
        .order_by(LogEntry.no.desc())
        .limit(1)
    )
    return set(exported(entry)["refs"]["members"]) if entry is not None else None


async def warning(turn: Context) -> str:
    """Warn whoever changes the staff that the mail group which was copied isn't right any more; empty when it is."""
    before = await last_copied(turn)
    if before is None or before == set(await turn.members()):
        return ""
    return "\n❗ Mailgruppen er ændret, siden den blev kopieret: */krise adresser*."


def _changed(turn: Context, before: set[str], now: list[str]) -> str:
    came, went = [person for person in now if person not in before], sorted(before - set(now))
    parts = [f"{sign} {turn.names(persons)}" for sign, persons in (("+", came), ("−", went)) if persons]
    return f" ❗ Ændret siden sidst: {', '.join(parts)}." if parts else " Uændret siden sidst."
