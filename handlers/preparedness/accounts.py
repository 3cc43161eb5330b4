"""The accounts of the plan's persons, found by their mail addresses at krisebot's start and checked each night. Plan §5,
"Varsle/indkalde".

Whoever has an account acts as its person, with all their rights. So what is found counts only while there is no doubt of
it, and what stops counting is told.
"""

from __future__ import annotations

from collections import Counter
from datetime import time, timedelta

from sqlalchemy import select

from handlers.core import quiet
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import timer
from handlers.core.turn import Turn
from storage.plan.accounts import sought
from storage.rows.accounts import Account

KIND = KEY = "accounts.night"
NIGHT = time(3, 30)
# How long until a platform that doesn't answer is asked again, the first times and then each night.
AGAIN = (timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
# So many persons are named in one message.
NAMED = 20

CHANGED = "mailadressen hører nu til en anden konto end før"
SHARED = "kontoen er også en andens i planen"


async def begin(turn: Turn) -> None:
    """Have everybody looked for who has a mail address and no id in the plan file, and set the timer that does so each
    night. What was found for others is forgotten."""
    looked_for = {
        (person, way.name): sought(known.mail)
        for way in turn.ways
        if way.directory
        for person, known in turn.plan.persons.items()
        if known.mail and not known.in_file(way.name)
    }
    rows = {(row.person, row.platform): row for row in await turn.db.scalars(select(Account))}
    here = {way.name for way in turn.ways}
    for (person, platform), row in rows.items():
        if (person, platform) not in looked_for and (platform in here or person not in turn.plan.persons):
            await turn.db.delete(row)
    for (person, platform), mail in looked_for.items():
        kept = rows.get((person, platform))
        if kept is None:
            kept = Account(person=person, platform=platform, mail="", told="")
            turn.db.add(kept)
        if kept.mail != mail:
            kept.mail, kept.address, kept.fault, kept.checked_at = mail, "", "", None
        kept.wanted_at, kept.attempts = turn.now, 0
    if looked_for:
        await turn.at(quiet.next_at(turn, NIGHT), KIND, KEY)


@timer(KIND, crisis=False)
async def look_again(turn: Turn) -> None:
    """Have everybody looked for anew, in the night."""
    await begin(turn)


async def take(turn: Turn, row: Account, address: str) -> None:
    """Take the account that a mail address has now; another than the one it had gives nobody a right."""
    row.address = row.address or address
    row.fault = "" if row.address.casefold() == address.casefold() else CHANGED
    row.checked_at, row.wanted_at, row.attempts = turn.now, None, 0


async def take_none(turn: Turn, row: Account, why: str) -> None:
    """Take that a mail address gives no account that counts.

    Args:
        why: Danish.
    """
    row.fault = why
    row.checked_at, row.wanted_at, row.attempts = turn.now, None, 0


async def take_no_answer(turn: Turn, row: Account, after: timedelta | None = None) -> None:
    """Note that nobody answered, and when it is asked again; what was found before still counts.

    Args:
        after: how long the platform asks us to wait; None where it doesn't say.
    """
    if after is None:
        after = AGAIN[row.attempts] if row.attempts < len(AGAIN) else None
        row.attempts += 1
    row.wanted_at = turn.now + after if after is not None else None


async def take_not_granted(turn: Turn, row: Account, why: str) -> None:
    """Note that we may not look; what was found before still counts.

    Args:
        why: Danish.
    """
    row.wanted_at, row.attempts = None, 0
    if not row.address:
        row.fault, row.checked_at = why, turn.now


async def bring_up_to_date(turn: Turn) -> None:
    """Take the right from accounts that would be several persons', and tell the secretariat of what is wrong, once."""
    await turn.db.flush()
    rows = list(await turn.db.scalars(select(Account).order_by(Account.platform, Account.person)))
    having = Counter((row.platform, row.address.casefold()) for row in rows if row.address)
    having.update(
        (way.name, id.casefold())
        for way in turn.ways
        for known in turn.plan.persons.values()
        if (id := known.in_file(way.name))
    )
    for row in rows:
        if row.address and row.fault in ("", SHARED):
            row.fault = SHARED if having[row.platform, row.address.casefold()] > 1 else ""
    news = [row for row in rows if row.fault and row.fault != row.told]
    for row in rows:
        row.told = row.fault
    if news:
        card = _card(turn, news)
        for person in turn.plan.interim_secretariat() or turn.plan.holders("beredskabschef"):
            await turn.say(person, card, key=f"accounts/{turn.now:%Y-%m-%dT%H:%M:%S}/{person}", kind="notice")


def _card(turn: Context, rows: list[Account]) -> Card:
    titles = {way.name: way.title for way in turn.ways}
    lines = []
    for platform, fault in dict.fromkeys((row.platform, row.fault) for row in rows):
        whom = [row for row in rows if (row.platform, row.fault) == (platform, fault)]
        named = ", ".join(f"{turn.name(row.person)} ({quote(row.mail, 100)})" for row in whom[:NAMED])
        more = f" og {len(whom) - NAMED} til" if len(whom) > NAMED else ""
        lines.append(f"• {titles.get(platform, platform)}, {fault}: {named}{more}")
    return Card(
        "⚠️ *Krisebot kan ikke finde en konto til nogle i planen.* De har ingen rettigheder dér, og de får ikke beskeder "
        "dér.\n" + "\n".join(lines) + "\nRet mailadressen i planen, eller skriv kontoens id der."
    )
