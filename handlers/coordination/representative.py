"""`repræsentant`: who speaks for the municipality in the police district's Lokal Beredskabsstab (LBS). Plan §7.

"Beredskab 4K kan som udgangspunkt repræsentere Høje-Taastrup Kommune … Dog skal der ved længerevarende hændelser
udpeges en repræsentant fra Høje-Taastrup Kommune som afløser." Not the liaison officer of §6.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from handlers.coordination import liaison_reports, state
from handlers.core import form_values, passed_times, rights, running, written_times
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import municipalities, times_shown
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.staff import membership
from storage.letters import fold
from storage.rows.coordination import LocalStaff, Representative

SERVICE = state.SERVICE
# "Repræsentanten skal": the plan's own words.
DUTIES = (
    "Fungere som et personligt forbindelsesled mellem vores krisestab og den modtagende stab.",
    "Bidrage til smidig informationsudveksling og den gensidige forståelse af de valgte mål, strategier og tiltag.",
    "Fungere som faglig støtte for den modtagende stab.",
)
LBS = r"(?:(?:lbs|(?:den )?lokale? beredskabsstab)\s+)?"
ACTIVATED = re.compile(rf"^{LBS}(?:er\s+)?(?:aktiv\w*|nedsat|samlet)\b[\s:,]*(?:af politiet)?", re.IGNORECASE)
# "Siv fra kl 18", "Siv kl 18".
SINCE = re.compile(r"(?P<who>\D{2,60}?)[ ,]{1,3}(?P<at>(?:fra|kl\.?|om|i aften|i morgen)\b.{0,60})$", re.IGNORECASE)
ENDED = re.compile(rf"^{LBS}(?:er\s+)?(?:afviklet|afsluttet|slut|lukket|nedlagt)\b", re.IGNORECASE)
WHEN = Field("at", "Hvornår? (tom: nu)", "been")


@verb(
    "repræsentant",
    "kommunal repræsentant",
    "lokal beredskabsstab",
    help="repræsentant aktiveret – LBS er aktiveret, 4K repræsenterer; repræsentant Siv – chefen udpeger en afløser",
    who=rights.represents,
    crisis=True,
    grave=True,
    begins="with words",
)
async def representative(turn: Turn, text: str) -> None:
    """Activate or stand down the local staff, name a representative, or carry a report; without a word, show the
    sheet."""
    text = text.strip()
    first, _, rest = text.partition(" ")
    if not text:
        await _show(turn)
    elif found := ACTIVATED.match(text):
        await _activated(turn, text[found.end() :])
    elif ENDED.match(text):
        await _ended(turn)
    elif fold(first).strip(":") in ("hjem", "til") and rest:
        await liaison_reports.send(turn, "local", "in" if fold(first).strip(":") == "hjem" else "out", rest)
    elif await rights.chief.held(turn):
        said = SINCE.match(text)
        await _name_in_words(turn, said["who"] if said else text, said["at"] if said else "")
    else:
        await running.refuse(turn, rights.chief)


async def standing(turn: Context) -> LocalStaff | None:
    """Return the local staff as long as it is activated."""
    found: LocalStaff | None = await turn.db.scalar(
        select(LocalStaff)
        .where(LocalStaff.crisis_id == turn.the_crisis.id, LocalStaff.ended_at.is_(None))
        .order_by(LocalStaff.id.desc())
        .limit(1)
    )
    return found


async def current(turn: Context, row: LocalStaff) -> Representative:
    """Return who represents the municipality in it, or is about to."""
    query = select(Representative).where(Representative.local_staff == row.id, Representative.until.is_(None))
    found: Representative = (await turn.db.scalars(query.order_by(Representative.id.desc()).limit(1))).one()
    return found


@action("representative.activated", who=rights.represents)
async def activated(turn: Turn) -> None:
    """Write down that the local staff is activated, by `LBS er aktiveret`."""
    since = form_values.been(turn, "at")
    if await standing(turn) is None:
        await _begin(turn, since or turn.now)
    else:
        await _show(turn)


async def _activated(turn: Turn, when: str) -> None:
    """Write down the local staff's activation as it was typed: 4K represents by default, and the chief is asked for a
    relief when it lasts."""
    if await standing(turn) is not None:
        await _show(turn)
        return
    since, read = _past(turn, when), written_times.parse_been(turn, when)
    # Other words, "i Høje-Taastrup", are no time, and then it is now.
    if since is None and (read is not None or any(each.isdigit() for each in when)):
        form = (replace(WHEN, value=when.strip()),)
        other = replace(_activation(turn), label="Anden tid", form=form)
        so = "det er ikke skrevet ned endnu"
        await turn.answer(
            passed_times.asked(turn, read, so, "representative.since", {"crisis": turn.the_crisis.id}, other)
            if read is not None
            else Card(f"Jeg kan ikke læse »{quote(when, 100)}« som et tidspunkt, så {so}.", buttons=(other,))
        )
        return
    await _begin(turn, since or turn.now)


@action("representative.since", who=rights.represents)
async def since_then(turn: Turn, at: str) -> None:
    """Write the local staff's activation down from the time that was meant, by `Ja`.

    Args:
        at: UTC, ISO.
    """
    await turn.replace(Card(f"Aktiveret {times_shown.weekday(datetime.fromisoformat(at), turn.zone)}."))
    if await standing(turn) is None:
        await _begin(turn, datetime.fromisoformat(at))


async def _begin(turn: Turn, since: datetime) -> None:
    row = LocalStaff(
        crisis_id=turn.the_crisis.id,
        activated_at=since,
        told_by=turn.sender,
        relief_due=since + turn.rules.deadlines.relief,
    )
    turn.db.add(row)
    await turn.db.flush()
    await _sits(turn, row, SERVICE, None, since)
    await turn.log(
        f"Den Lokale Beredskabsstab er aktiveret {turn.clock(since)}. {SERVICE} repræsenterer kommunen",
        kind="representative",
        sender=turn.sender,
        event_time=since,
        direction="in",
        verification="confirmed",
    )
    service = turn.rules.holder("beredskabschef")
    if service:
        await turn.say(service, _sheet(turn, SERVICE), kind="notice", urgency=URGENT)
    await turn.at(max(row.relief_due, turn.now), "representative.relief", _key(row), local_staff=row.id)
    await _show(turn)


@timer("representative.relief")
async def relief(turn: Turn, local_staff: int) -> None:
    """Ask the chief, who decides, for a relief, when the local staff has lasted: "ved længerevarende hændelser"."""
    row = await turn.db.get_one(LocalStaff, local_staff)
    if row.ended_at is not None or turn.the_crisis.state != "active":
        return
    if (await current(turn, row)).organisation != SERVICE:
        return
    await turn.notify(
        (await turn.chiefs())[:1],
        _prompt(turn, row),
        kind="reminder",
        summary="Krisestabschefen er spurgt om en afløser for 4K i den Lokale Beredskabsstab",
        key=_key(row),
        urgency=URGENT,
    )


def _prompt(turn: Context, row: LocalStaff) -> Card:
    return Card(
        f"*{SERVICE} har repræsenteret kommunen i den Lokale Beredskabsstab i "
        f"{times_shown.span(max(turn.now - row.activated_at, turn.rules.deadlines.relief))}.*\n"
        f"Ved længerevarende hændelser skal der udpeges en afløser fra kommunen. Hvem, og fra hvornår?",
        buttons=(_naming(turn),),
    )


def _naming(turn: Context, person: str = "") -> Button:
    form = (
        Field("person", "Hvem?", "persons", required=True, value=person),
        Field("at", "Fra hvornår? (tom: nu)", "time"),
    )
    return Button(
        "Udpeg afløser",
        "representative.name",
        {"crisis": turn.the_crisis.id},
        style="primary",
        form=form,
        form_title="Kommunal repræsentant",
    )


@action("representative.name", who=rights.chief)
async def name(turn: Turn, person: str = "", at: str = "") -> None:
    """Name the municipality's own representative, by `Udpeg afløser`, or from the time that was meant.

    Args:
        person: who was named with a time that had passed.
        at: the time that was meant, UTC, ISO.
    """
    if at:
        since = datetime.fromisoformat(at)
        await turn.replace(Card(f"Fra {times_shown.weekday(since, turn.zone)}."))
        await _name(turn, person, since)
        return
    named, since_then = form_values.person(turn, "person"), form_values.moment(turn, "at")
    if named is None:
        await turn.answer(Card("Hvem er det? Intet er ændret.", buttons=(_naming(turn),)))
        return
    await _name(turn, named, since_then)


async def _refuse_without_local_staff(turn: Turn) -> bool:
    """Tell whoever would name a representative that no local staff is activated; returns whether it did."""
    if await standing(turn) is not None:
        return False
    await turn.answer(
        Card(
            "Den Lokale Beredskabsstab er ikke meldt aktiveret. Intet er ændret. Er den det, så tryk her først.",
            buttons=(_activation(turn),),
        )
    )
    return True


async def _name_in_words(turn: Turn, text: str, when: str) -> None:
    """Name the municipality's own representative as it was typed: "Siv", "fra kl 18"."""
    if await _refuse_without_local_staff(turn):
        return
    persons = turn.named(text)
    if len(persons) != 1:
        await turn.answer(
            Card(f'Jeg kan ikke se, hvem "{quote(text, 100)}" er. Intet er ændret.', buttons=(_naming(turn),))
        )
        return
    (person,) = persons
    read = written_times.parse(turn, when.removeprefix("fra ")) if when else None
    if when.strip(" .") and read is None:
        await turn.answer(
            Card(
                f"Jeg kan ikke læse »{quote(when, 100)}« som et tidspunkt. Ingen er udpeget endnu.",
                buttons=(_naming(turn, turn.name(person)),),
            )
        )
        return
    if read is not None and read.passed:
        about = {"person": person, "crisis": turn.the_crisis.id}
        other = replace(_naming(turn, turn.name(person)), label="Anden tid", style="normal")
        await turn.answer(passed_times.asked(turn, read, "ingen er udpeget endnu", "representative.name", about, other))
        return
    await _name(turn, person, read.at if read else None)


async def _name(turn: Turn, person: str, since: datetime | None) -> None:
    """Name the municipality's own representative, and tell 4K that it is relieved.

    Args:
        since: from when, UTC; None: from now.
    """
    row = await standing(turn)
    if row is None:
        await _refuse_without_local_staff(turn)
        return
    since = since or turn.now
    own, before = municipalities.own(turn.rules), await current(turn, row)
    if before.person == person:
        await _show(turn)
        return
    before.until = since
    await _sits(turn, row, own, person, since)
    await membership.add_member(turn, person, "beside", "kommunal repræsentant i LBS")
    await turn.log(
        f"{turn.name(person)} repræsenterer kommunen i den Lokale Beredskabsstab fra {turn.dated(since)} og afløser "
        f"{turn.name(before.person) if before.person else before.organisation}",
        kind="representative",
        sender=turn.sender,
        receiver=person,
        verification="confirmed",
    )
    await turn.cancel(_key(row))
    await turn.say(person, _sheet(turn, turn.name(person)), kind="notice", urgency=URGENT)
    told = before.person or turn.rules.holder("beredskabschef")
    if told:
        await turn.say(
            told,
            Card(
                f"{turn.name(person)}, {turn.phone(person)}, afløser i den Lokale Beredskabsstab fra {turn.dated(since)}."
            ),
            kind="notice",
        )
    both = (
        " Samme person er også forbindelsesofficer i den koordinerende stab; planen holder de to adskilt."
        if person == turn.rules.holder(state.OFFICER)
        else ""
    )
    await turn.answer(
        Card(
            f"{turn.name(person)} repræsenterer kommunen i LBS fra {turn.dated(since)} og har fået sine opgaver.{both}"
        )
    )


@action("representative.ended", who=rights.represents)
async def ended(turn: Turn) -> None:
    """Write down that the local staff is stood down, by `LBS er afviklet`."""
    await _ended(turn)


async def _ended(turn: Turn) -> None:
    row = await standing(turn)
    if row is None:
        await _show(turn)
        return
    sitting = await current(turn, row)
    row.ended_at = sitting.until = turn.now
    await turn.cancel(_key(row))
    await turn.log(
        "Den Lokale Beredskabsstab er afviklet; kommunen er ikke længere repræsenteret",
        kind="representative",
        sender=turn.sender,
        direction="in",
        verification="confirmed",
    )
    told = sitting.person or turn.rules.holder("beredskabschef")
    if told:
        await turn.say(told, Card("Den Lokale Beredskabsstab er afviklet. Tak for hjælpen."), kind="notice")
    await turn.answer(Card("Noteret: den Lokale Beredskabsstab er afviklet."))


async def _show(turn: Turn) -> None:
    row = await standing(turn)
    if row is None:
        await turn.answer(
            Card(
                "Den Lokale Beredskabsstab er ikke meldt aktiveret. Bliver den det, repræsenterer 4K kommunen fra start.",
                buttons=(_activation(turn),),
            )
        )
        return
    sitting = await current(turn, row)
    who = f"{turn.name(sitting.person)}, {turn.phone(sitting.person)}" if sitting.person else sitting.organisation
    asked = "" if sitting.person else f"\nVarer det til {turn.clock(row.relief_due)}, spørges chefen om en afløser."
    sheet = _sheet(turn, who)
    await turn.answer(
        Card(
            f"*Lokal Beredskabsstab* er aktiveret {turn.clock(row.activated_at)}.{asked}\n{sheet.text}",
            buttons=(
                *sheet.buttons,
                _naming(turn),
                Button("LBS er afviklet", "representative.ended", {"crisis": row.crisis_id}),
            ),
        )
    )


def _sheet(turn: Context, who: str) -> Card:
    """Draw the three duties, and the forms both ways."""
    duties = "\n".join(f"{number}. {duty}" for number, duty in enumerate(DUTIES, 1))
    return Card(
        f"*Kommunal repræsentant i den Lokale Beredskabsstab:* {quote(who)}, krise nr. {turn.the_crisis.number}.\n"
        f"Repræsentanten skal:\n{duties}",
        buttons=liaison_reports.buttons("local", turn.the_crisis.id),
    )


def _activation(turn: Context) -> Button:
    return Button(
        "LBS er aktiveret",
        "representative.activated",
        {"crisis": turn.the_crisis.id},
        form=(WHEN,),
        form_title="LBS er aktiveret",
    )


async def _sits(turn: Turn, row: LocalStaff, organisation: str, person: str | None, since: datetime) -> None:
    turn.db.add(
        Representative(
            crisis_id=row.crisis_id,
            local_staff=row.id,
            organisation=organisation,
            person=person,
            since=since,
            named_by=turn.sender,
        )
    )
    await turn.db.flush()


def _past(turn: Context, when: str) -> datetime | None:
    return written_times.parse_past(turn, when) if when.strip(" .") else None


def _key(row: LocalStaff) -> str:
    return f"local_staff/{row.id}/relief"
