"""`kontaktkort` and `nattest`: krisebot's own numbers as a contact that rings at night too, and a night when it is tried.
Plan §5: "også uden for arbejdstid".

A night test is announced by day, and only by those who may hold exercises; it is not rung while anything goes on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.core import audiences, quiet, rights, written_times
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import times_shown
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from storage.letters import fold
from storage.plan.model import Plan
from storage.rows.alert import NightCheck
from storage.rows.numbers import next_number
from storage.rows.traffic import Delivery, Message, Timer

PATH = "/krisebot.vcf"
# What is rung at night is announced so long before, at least; and so long there is to wake in.
AHEAD, WAKES_WITHIN = timedelta(hours=2), timedelta(minutes=15)
# And so long before at most: whoever reads it remembers that it comes.
FARTHEST = timedelta(days=30)
A_NIGHT = timedelta(hours=12)
AMONG = re.compile(r"(?<!\s)\s++blandt\s++", re.IGNORECASE)
CANCEL = ("aflys", "aflyst", "stop", "nej", "slut", "annuller")
RING_THROUGH = (
    "*iPhone:* gem kontakten, åbn den, Rediger › Ringetone › slå Nødsituationsomgåelse til; det samme under SMS-lyd.\n"
    "*Android:* gem kontakten med stjerne (favorit), og lad favoritter ringe og skrive igennem »Forstyr ikke«.\n"
)
WRITE_THROUGH = "*Slack og Teams:* giv Krisebot lov til at give besked uden for arbejdstid (Notifikationer › Forstyr ikke › Undtagelser)."


def vcard(plan: Plan) -> str:
    """Write krisebot's own numbers as a contact (vCard 3.0, RFC 2426); lines end as it asks."""
    name = _escaped(f"Krisebot {plan.municipality}")
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{name};;;;",
        f"FN:{name}",
        f"ORG:{_escaped(plan.municipality)}",
        *(f"TEL;TYPE=CELL,VOICE,MSG:{number}" for number in plan.fallback.own_numbers),
        "END:VCARD",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _escaped(text: str) -> str:
    for each in ("\\", ";", ","):
        text = text.replace(each, f"\\{each}")
    return " ".join(text.split())


@verb(
    "kontaktkort",
    "gem krisebot",
    help="kontaktkort – Krisebots numre som kontakt, og hvordan de ringer igennem om natten",
    wordless=True,
)
async def contact_card(turn: Turn, text: str) -> None:
    """Give krisebot's own numbers as a contact, and tell how a telephone lets it through at night."""
    await turn.answer(_contact_card(turn))


def _contact_card(turn: Context) -> Card:
    numbers = turn.plan.fallback.own_numbers
    if not numbers:
        # There is no contact to let through.
        known = "Krisebot har ikke sine egne telefonnumre her; den skriver i chatten.\n"
        return Card(f"*Lad Krisebot vække dig*\n{known}{WRITE_THROUGH}")
    link = turn.link(PATH)
    known = f"Krisebot skriver og ringer fra {' og '.join(numbers)}.\n"
    save = f"Gem kontakten: {link}\n" if link else ""
    return Card(f"*Lad Krisebot vække dig*\n{known}{save}{RING_THROUGH}{WRITE_THROUGH}")


@verb(
    "nattest",
    help="nattest i nat kl 2.30 – prøv, om telefonerne vækker dem, der beslutter, og sekretariatet; meldes ud først",
    who=rights.exercises,
    grave=True,
)
async def night_test(turn: Turn, text: str) -> None:
    """Announce that telephones are tried at a time of the night; `nattest aflys` calls it off.

    Args:
        text: "i nat kl 2.30", "i morgen kl 23 blandt alle centerchefer".
    """
    if fold(text.strip(), trailing=".!") in CANCEL:
        await _cancel(turn)
        return
    when, *among = AMONG.split(text.strip(), maxsplit=1)
    read = written_times.parse(turn, when) if when else None
    at = read.at if read is not None and not read.passed else None
    if at is None or not turn.now + AHEAD <= at <= turn.now + FARTHEST or quiet.morning(turn, at) is None:
        await turn.answer(
            Card(
                "Hvornår? En nattest ligger mellem kl. 22 og 6.30 og meldes ud mindst to timer før og højst 30 dage. Skriv fx */krise nattest i "
                "nat kl 2.30*. Ingen er varslet."
            )
        )
        return
    if quiet.morning(turn, turn.now) is not None:
        await turn.answer(Card("En nattest meldes ud om dagen, så ingen vækkes af, at den kommer. Ingen er varslet."))
        return
    if await _going(turn):
        await turn.answer(Card("Der er en hændelse i gang. Prøv, når den er slut. Ingen er varslet."))
        return
    persons, unknown = (
        await audiences.persons(turn, among[0])
        if among
        else (list(dict.fromkeys([*turn.plan.deciders(), *turn.plan.interim_secretariat()])), [])
    )
    if unknown or not persons:
        who = ", ".join(f"»{quote(each, 60)}«" for each in unknown[:5])
        await turn.answer(Card(f"Jeg kan ikke se, hvem {who or 'der skal prøves'} er. Ingen er varslet."))
        return
    standing = await _announced(turn, persons, at)
    if standing is not None:
        await turn.answer(
            Card(
                f"Der er allerede meldt en nattest ud til nogen af dem, {turn.dated(standing.rings_at)}; ingen vækkes to gange "
                "på en nat. Aflys den først: */krise nattest aflys*. Ingen er varslet."
            )
        )
        return
    test = await next_number(turn.db, NightCheck.test)
    turn.db.add_all(
        NightCheck(test=test, person=person, announced_by=turn.sender, announced_at=turn.now, rings_at=at)
        for person in persons
    )
    await turn.db.flush()
    how = _contact_card(turn)
    for person in persons:
        await turn.say(
            person,
            Card(
                f"*Nattest {turn.dated(at)}.* Der er ingen krise. Krisebot prøver, om din telefon vækker dig: tryk *Jeg er vågen*, "
                f"når den ringer.\n{how.text}"
            ),
            key=_key(test, person, "announced"),
        )
    await turn.at(at, "night_test.ring", f"night_test/{test}/ring", test=test)
    await turn.answer(
        Card(
            f"Meldt ud til {len(persons)}: nattest {turn.dated(at)}. Du får svaret om morgenen. Aflys: */krise nattest aflys*."
        )
    )


async def _cancel(turn: Turn) -> None:
    waiting = await _waiting(turn)
    for each in waiting:
        each.state = "cancelled"
        for row in await _checks(turn, each.args["test"]):
            await turn.say(
                row.person,
                Card(f"Nattesten {turn.dated(row.rings_at)} er aflyst."),
                key=_key(row.test, row.person, "off"),
            )
    await turn.answer(
        Card("Nattesten er aflyst, og alle har fået besked." if waiting else "Der er ingen nattest at aflyse.")
    )


@timer("night_test.ring", crisis=False)
async def ring(turn: Turn, test: int) -> None:
    """Wake those who were told that it would come; nobody while anything goes on, nor when the night is over."""
    rows = await _checks(turn, test)
    if not rows:
        return
    if await _going(turn) or quiet.morning(turn, turn.now) is None:
        why = "der er en hændelse i gang" if await _going(turn) else "natten var forbi, før den kunne begynde"
        await turn.say(rows[0].announced_by, Card(f"Nattesten blev ikke holdt: {why}."), kind="reminder")
        return
    for row in rows:
        row.rung_at = turn.now
        await turn.say(
            row.person,
            Card(
                "*Nattest – der er ingen krise.* Tryk, så ved vi, at telefonen vækker dig. Sov godt bagefter.",
                buttons=(Button("Jeg er vågen", "night_test.awake", {"test": test}, style="primary"),),
            ),
            key=_key(test, row.person, "ring"),
            kind="notice",
            urgency=URGENT,
            everywhere=True,
        )
    await turn.at(turn.now + WAKES_WITHIN, "night_test.over", f"night_test/{test}/over", test=test)


@action("night_test.awake", crisis=False)
async def awake(turn: Turn, test: int) -> None:
    """Note that somebody woke, by `Jeg er vågen`. Only whoever was rung can answer."""
    row = await turn.db.scalar(select(NightCheck).where(NightCheck.test == test, NightCheck.person == turn.sender))
    if row is None or row.rung_at is None or row.answered_at is not None:
        return
    row.answered_at = turn.received
    await turn.db.flush()
    took = max(1, int((row.answered_at - row.rung_at).total_seconds() // 60))
    await turn.say(
        turn.sender, Card(f"Tak, du vågnede efter {took} min. Sov godt."), key=_key(test, turn.sender, "ring")
    )


@timer("night_test.over", crisis=False)
async def over(turn: Turn, test: int) -> None:
    """Tell whoever announced it who did not wake, and by which ways they were tried; by day."""
    rows = await _checks(turn, test)
    if rows:
        await turn.say(
            rows[0].announced_by, await _result(turn, rows), key=f"night_test/{test}/result", kind="reminder"
        )


async def _result(turn: Context, rows: Sequence[NightCheck]) -> Card:
    asleep = [
        row for row in rows if row.answered_at is None or (row.rung_at and row.answered_at > row.rung_at + WAKES_WITHIN)
    ]
    facts = []
    for row in asleep:
        ways = await turn.db.scalars(
            select(Delivery.platform)
            .join(Message, Message.id == Delivery.message_id)
            .where(Message.key == _key(row.test, row.person, "ring"))
            .order_by(Delivery.id)
        )
        facts.append((turn.name(row.person), f"prøvet på {', '.join(dict.fromkeys(ways)) or 'ingen vej'}"))
    return Card(
        f"*Nattest {turn.clock(rows[0].rings_at)}:* {len(rows) - len(asleep)} af {len(rows)} vågnede inden for "
        f"{times_shown.span(WAKES_WITHIN)}." + ("\nVågnede ikke:" if asleep else " Alle vågnede."),
        facts=tuple(facts),
    )


async def _waiting(turn: Context) -> list[Timer]:
    rings = select(Timer).where(Timer.kind == "night_test.ring", Timer.state == "waiting")
    return list(await turn.db.scalars(rings))


async def _announced(turn: Context, persons: Sequence[str], at: datetime) -> NightCheck | None:
    """Find what any of them is told to be woken by in the same night already; None where that is nothing."""
    for each in await _waiting(turn):
        for row in await _checks(turn, each.args["test"]):
            if row.person in persons and abs(row.rings_at - at) < A_NIGHT:
                return row
    return None


async def _going(turn: Context) -> bool:
    return any(not crisis.exercise for crisis in await turn.open_crises())


async def _checks(turn: Context, test: int) -> list[NightCheck]:
    return list(await turn.db.scalars(select(NightCheck).where(NightCheck.test == test).order_by(NightCheck.id)))


def _key(test: int, person: str, what: str) -> str:
    return f"night_test/{test}/{person}/{what}"
