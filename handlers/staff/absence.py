"""`fravær`: who is away and asked last, never not at all. Plan §2, "relevante stedfortrædere".

It is today's, also in a crisis that runs, and takes no right from anybody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from handlers.core import availability, form_questions, form_values, passed_times, rights, running, undo, written_times
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import absences, times_shown
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from storage.rows.duty import Absence

EXAMPLES = (
    "*/krise fravær til mandag*, *fravær fra onsdag til fredag*, *fravær til og med 10/7* eller *fravær uge 29*. "
    "Er du tilbage: *fravær slut*"
)
# The words that a person's name takes at most.
LONGEST_NAME = 4
# Of what was typed, as it stands in the form that asks again.
LONGEST_TYPED = 200
WHEN = Field("when", "Hvornår? Fx »til mandag«", "time", required=True, loose=True)


@verb("fravær", help="fravær til mandag – så spørges du sidst, og din stedfortræder først", who=rights.proven)
async def absence(turn: Turn, text: str) -> None:
    """Note that the sender is away, or by the secretariat that somebody else is; alone it shows what is noted."""
    words = text.strip().removeprefix("for ").strip()
    if not words:
        await turn.answer(await _standing(turn))
        return
    person, when = turn.sender, words
    if absences.said(words, written_times.since(turn), turn.zone) is None:
        person, when = _somebody(turn, words) or (person, when)
    if await _refuse(turn, person):
        return
    said = absences.said(when, written_times.since(turn), turn.zone)
    if said is None:
        await turn.answer_alone(_asked(turn, person, when, words))
        return
    await _note(turn, person, said)


@action("absence.form", who=rights.proven, crisis=False)
async def filled_in(turn: Turn, person: str | None = None) -> None:
    """Note the sender's own absence, by `Meld fravær`; by `Anden tid` whoever's it was.

    Args:
        person: whose; None for the sender's own.
    """
    if await _refuse(turn, person or turn.sender):
        return
    said = form_values.typed(
        turn, "when", lambda words: absences.said(words, written_times.since(turn), turn.zone), f"Skriv fx {EXAMPLES}."
    )
    if said is None:
        await turn.answer(Card(f"Hvornår? Intet er ændret. Skriv fx {EXAMPLES}."))
        return
    await _note(turn, person or turn.sender, said)


@action("absence.meant", who=rights.proven, crisis=False)
async def meant(turn: Turn, person: str, at: str) -> None:
    """Note an absence until the time that was meant, by `Ja`.

    Args:
        person: whose.
        at: until when, ISO form.
    """
    if await _refuse(turn, person):
        return
    until = datetime.fromisoformat(at)
    words = f"til {times_shown.weekday(until, turn.zone)}"
    said = absences.said(words, written_times.since(turn), turn.zone)
    if said is None:
        await turn.answer_alone(_asked(turn, person, words, words))
        return
    await _note(turn, person, said)


@action("absence.back", who=rights.proven, crisis=False)
async def back(turn: Turn, person: str) -> None:
    """End an absence, by `Er her`: whoever it is about, or the secretariat."""
    if not await running.refuse_all_but(turn, "den, det er", [person], rights.secretariat):
        await _end(turn, person)


@action("absence.undo", who=rights.proven, crisis=False)
async def undone(turn: Turn, absence: int, earlier: list[list[Any]], by: str, lapses: str) -> None:
    """Undo an absence by `Fortryd`: what was noted before it counts again; `undo.refuse` decides who may.

    Args:
        absence: the row.
        earlier: (a row, until when it was), for those that it let give way; UTC in ISO form, or None.
    """
    row = await turn.db.get(Absence, absence)
    if row is None or await undo.refuse(turn, by, lapses):
        return
    await _cut_short(turn, row.person)
    for number, until in earlier:
        before = await turn.db.get(Absence, number)
        if before is not None and before.person == row.person:
            before.until = datetime.fromisoformat(until) if until else None
            await _end_by_itself(turn, before)
    await turn.db.flush()
    await availability.read_anew(turn)
    here = "Du spørges" if row.person == turn.sender else f"{turn.name(row.person)} spørges"
    await turn.replace(Card(f"Fortrudt. {here} som før{shown(turn, row.person)}."))
    await log_in_staffs(turn, row.person, f"Fortrudt: fraværet for {turn.name(row.person)} er ikke noteret")


@timer("absence.ended", crisis=False)
async def ended(turn: Turn, person: str, until: str) -> None:
    """Tell whoever was away that they are asked in the plan's order again."""
    if person in turn.plan.absent:
        return
    await turn.say(
        person,
        Card(
            "Dit fravær er slut: fra nu spørges du igen i planens rækkefølge. Er du stadig væk? Skriv fx */krise fravær til mandag*."
        ),
        key=f"absence/{person}/{until}",
        kind="notice",
    )


def shown(turn: Context, person: str) -> str:
    """Tell that a person is away, and until when, to stand after their name; empty for who is here."""
    if person not in turn.plan.absent:
        return ""
    until = turn.plan.absent[person]
    return f" (fraværende til {_day(turn, until)})" if until else " (fraværende indtil videre)"


async def _refuse(turn: Turn, person: str) -> bool:
    """Tell whoever may not say that somebody is away, or who is not in the plan; returns whether it did."""
    if await running.refuse_all_but(turn, "den, det er", [person], rights.secretariat):
        return True
    if person not in turn.plan.persons:
        await turn.answer(Card("Du står ikke i beredskabsplanen, så ingen spørger dig. Intet er ændret."))
        return True
    return False


async def _note(turn: Turn, person: str, said: absences.Said) -> None:
    """Note, change or end somebody's absence."""
    away = said.away
    if away is None:
        await _end(turn, person)
        return
    earlier = [[row.id, row.until.isoformat() if row.until else None] for row in await _rows(turn, person)]
    await _cut_short(turn, person)
    row = Absence(person=person, since=away.since, until=away.until, by=turn.sender, at=turn.now)
    turn.db.add(row)
    await availability.read_anew(turn)
    await _end_by_itself(turn, row)
    span = _span(turn, away)
    who = "Du er" if person == turn.sender else f"{turn.name(person)} er"
    await turn.answer(
        Card(
            f"*{who} fraværende {span}.* {_effect(turn, person)}\n{_hint(turn, away)}",
            buttons=(
                _back_button(person),
                *undo.buttons(turn, "absence.undo", turn.now, turn.sender, absence=row.id, earlier=earlier),
            ),
        )
    )
    if person != turn.sender:
        await turn.say(
            person,
            Card(
                f"{turn.name(turn.sender)} har noteret, at du er fraværende {span}. Du spørges sidst i den tid.",
                buttons=(_back_button(person),),
            ),
            kind="notice",
        )
    await log_in_staffs(turn, person, f"{turn.name(person)} er fraværende {span}")


def _asked(turn: Context, person: str, when: str, words: str) -> Card:
    """Draw the question until when, where that has passed or can't be read; what was written stands in its form."""
    again = Button(
        form_questions.LABEL,
        "absence.form",
        {"person": person},
        form=(replace(WHEN, value=when[:LONGEST_TYPED]),),
        form_title=form_questions.LABEL,
    )
    passed = absences.passed_end(when, written_times.since(turn), turn.zone)
    if passed is not None:
        return passed_times.asked(turn, passed, "intet er ændret", "absence.meant", {"person": person}, again)
    # "fravær på plejecentret stiger" is news, and no leave of anybody's.
    news = (
        Button("Send varsel", "router.meant", {"verb": "varsel", "inbox": turn.inbox_id}),
        Button("Send som melding", "router.meant", {"verb": "melding", "inbox": turn.inbox_id}),
    )
    return Card(
        f'Jeg kan ikke læse "{quote(words, 200)}" som et fravær, der er forude og højst et år. Intet er ændret. '
        f"Hvornår mener du? Skriv fx {EXAMPLES}.",
        buttons=(again, *(news if turn.the_incoming.kind == "text" else ())),
    )


async def _end_by_itself(turn: Turn, row: Absence) -> None:
    if row.until is not None:
        until = row.until.isoformat()
        key = f"absence/{row.person}/{until}"
        await turn.at(row.until, "absence.ended", key, person=row.person, until=until)


async def _end(turn: Turn, person: str) -> None:
    """End what is noted of a person's absence now and ahead, and tell those whom it concerns."""
    was = await _rows(turn, person)
    if not was:
        who = "dig" if person == turn.sender else turn.name(person)
        await turn.answer(Card(f"Der er ikke noteret noget fravær for {who}. Intet er ændret."))
        return
    here = "Du er" if person == turn.sender else f"{turn.name(person)} er"
    await _cut_short(turn, person)
    await availability.read_anew(turn)
    await turn.answer(Card(f"*{here} her igen* og spørges i planens rækkefølge."))
    if person != turn.sender:
        await turn.say(
            person,
            Card(f"{turn.name(turn.sender)} har noteret, at du er her igen. Du spørges i planens rækkefølge."),
            kind="notice",
        )
    await log_in_staffs(turn, person, f"{turn.name(person)} er ikke længere fraværende")


async def _cut_short(turn: Turn, person: str) -> None:
    """Let what was noted before give way: one absence at a time counts."""
    for row in await _rows(turn, person):
        if row.until is not None:
            await turn.cancel(f"absence/{person}/{row.until.isoformat()}")
        row.until = max(turn.now, row.since) if row.since <= turn.now else row.since
    await turn.db.flush()


async def _rows(turn: Context, person: str) -> list[Absence]:
    ahead = or_(Absence.until.is_(None), Absence.until > turn.now)
    found = await turn.db.scalars(select(Absence).where(Absence.person == person, ahead).order_by(Absence.since))
    return [row for row in found if row.until is None or row.until > row.since]


async def _standing(turn: Context) -> Card:
    """Draw what is noted: the sender's own, and for the secretariat everybody's."""
    every = await rights.secretariat.held(turn)
    ahead = or_(Absence.until.is_(None), Absence.until > turn.now)
    rows = [
        row
        for row in await turn.db.scalars(select(Absence).where(ahead).order_by(Absence.since))
        if (every or row.person == turn.sender) and (row.until is None or row.until > row.since)
    ]
    own = any(row.person == turn.sender for row in rows)
    what = "Der er ikke noteret noget fravær." if not rows else "*Fravær.*"
    buttons = [Button("Meld fravær", "absence.form", {}, form=(WHEN,), form_title="Meld fravær")]
    return Card(
        f"{what} Skriv fx {EXAMPLES}.",
        facts=tuple((turn.name(row.person), _span(turn, absences.Away(row.since, row.until))) for row in rows),
        buttons=(*([_back_button(turn.sender)] if own else []), *buttons),
    )


def _back_button(person: str) -> Button:
    return Button("Er her", "absence.back", {"person": person})


def _span(turn: Context, away: absences.Away) -> str:
    """Write when somebody is away: "fra nu til mandag den 6. juli 2026 kl. 00:00"."""
    since = "fra nu" if away.since <= turn.now else f"fra {_day(turn, away.since)}"
    return f"{since} til {_day(turn, away.until)}" if away.until else f"{since} og indtil videre"


def _day(turn: Context, at: datetime) -> str:
    return times_shown.weekday(at, turn.zone)


def _effect(turn: Context, person: str) -> str:
    deputies = [
        each
        for role in sorted(turn.plan.roles_of(person) - turn.plan.deputised_by(person))
        for each in turn.plan.deputies(role)
    ]
    deputies += [each.deputy for each in turn.plan.centres if each.chief == person and each.deputy]
    who = turn.names(dict.fromkeys(deputies))
    asked = "Den, der er væk, spørges sidst, men altid"
    return (
        f"{asked}; {who} spørges før."
        if who
        else f"{asked}. Der er ingen stedfortræder: skriv */krise stedfortræder* og et navn."
    )


def _hint(turn: Context, away: absences.Away) -> str:
    local = away.until.astimezone(turn.zone) if away.until else None
    if local is None or local.hour or local.minute:
        return "Skriv */krise fravær slut*, når det er forbi."
    last = times_shown.weekday(away.until - timedelta(minutes=1), turn.zone).split(" kl.")[0] if away.until else ""
    return f"Sidste dag væk er {last}. Er det forkert, så skriv det om. Det slutter af sig selv."


async def log_in_staffs(turn: Turn, person: str, said: str) -> None:
    """Log something about a person in every crisis whose staff they are in. Plan §2, Stedfortrædere.

    Args:
        person: whom it is about.
        said: Danish, one line.
    """
    before = turn.crisis
    for crisis in await turn.open_crises():
        turn.crisis = crisis
        if person in await turn.members():
            await turn.log(said, kind="notice", sender=turn.sender, verification="confirmed")
    turn.crisis = before


def _somebody(turn: Context, words: str) -> tuple[str, str] | None:
    """Find whom a text begins or ends with, and the rest: "Ole til mandag", "til mandag for Ole"."""
    parts = words.split()
    unread: tuple[str, str] | None = None
    for count in range(min(LONGEST_NAME, len(parts) - 1), 0, -1):
        for name, rest in ((parts[:count], parts[count:]), (parts[-count:], parts[:-count])):
            named = turn.named(" ".join(name))
            when = " ".join(rest).removesuffix(" for")
            if len(named) == 1 and (
                absences.is_back(when) or absences.read(when, written_times.since(turn), turn.zone)
            ):
                return named[0], when
            # Somebody else's absence that nobody can read is asked about as theirs, and never becomes the sender's.
            if len(named) == 1 and unread is None and (name == parts[:count] or rest[-1] == "for"):
                unread = named[0], when
    return unread
