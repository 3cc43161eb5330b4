"""`budskab`: what those whom the crisis touches are to know: "krisens art, omfang og forventede forløb". Plan §8.

Krisebot never publishes to citizens: it drafts, shows what is unconfirmed, and remembers what a person published.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from handlers.core import clearance, form_values, rights, running, staying_inside
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.log import journal
from storage.rows.communication import PublicMessage
from storage.rows.log import LogState
from storage.rows.numbers import next_number

FORM = (
    Field("audience", "Målgruppe – hvem skal vide det?", required=True),
    Field("nature", "Art – hvad er der sket?", "long", required=True),
    Field("extent", "Omfang – hvem og hvor rammer det?", "long"),
    Field("course", "Forventet forløb – hvad nu, og hvor længe?", "long"),
    Field("advice", "Hvad skal de gøre – og lade være med?", "long"),
    Field("sources", "Kilder – numre i loggen, fx 4, 7"),
    Field("delegated", "Haster det: hvem med det faglige ansvar sender den?", "persons"),
)
SHOWN = 8
ADDRESSED = re.compile(r"(?:til\s++)?([^:\n]{2,80}):\s*+(\S.*+)", re.IGNORECASE | re.DOTALL)
# Plan §8: "bidrage til, at alle parter agerer hensigtsmæssigt". Asked for, and never in the way of what hastes.
ASKED = "Hvad skal de gøre? Det står der ikke endnu. Budskabet kan udgives uden."


@verb(
    "budskab",
    "budskaber",
    "pressemeddelelse",
    help="budskab <til hvem>: <hvad> – tekst til borgere og medier; du udgiver den selv",
    who=rights.staff,
    crisis=True,
    afterwards=True,
    begins="with words",
)
async def messages(turn: Turn, text: str) -> None:
    """Show the messages there are, how long it took to the first, and the way to a new one, begun with what was typed."""
    if text.strip() and not await rights.communication.held(turn):
        await running.refuse(turn, rights.communication)
        await turn.answer_alone(Card(f"Dine ord er ikke brugt: »{quote(text.strip(), 1000)}«"))
        return
    rows = list(
        await turn.db.scalars(
            select(PublicMessage)
            .where(PublicMessage.crisis_id == turn.the_crisis.id)
            .order_by(PublicMessage.number.desc())
        )
    )
    published = [row.published_at for row in rows if row.published_at]
    begun = turn.the_crisis.decided_at or turn.the_crisis.created_at
    first = (
        f"Første budskab kom efter {times_shown.span(min(published) - begun)}."
        if published
        else f"❗ Intet er udgivet endnu, {times_shown.span(turn.now - begun)} efter aktiveringen."
    )
    # What is published is everybody's.
    drafts, unseen = await clearance.visible_rows(turn, [row for row in rows if row.published_at is None])
    facts = tuple(
        (
            f"{row.number}. {quote(row.audience, 60)}",
            f"udgivet {turn.clock(row.published_at)} – {quote(row.channel or '', 80)}"
            if row.published_at
            else "kladde",
        )
        for row in [row for row in rows if row.published_at or row in drafts][:SHOWN]
    )
    button = Button("Nyt budskab", "budskab.new", {}, style="primary", form=_begun(text), form_title="Nyt budskab")
    typed = f"\n»{quote(text.strip(), 1000)}« står i *Nyt budskab*: tryk, og skriv resten." if text.strip() else ""
    await turn.answer(
        Card(f"*Budskaber til omverdenen.* {first}{typed}\n{unseen}".rstrip(), facts=facts, buttons=(button,))
    )


def _begun(text: str) -> tuple[Field, ...]:
    """Return the form for a new message, begun with what was typed: "til borgerne i Fløng: kog vandet"."""
    addressed = ADDRESSED.fullmatch(text.strip())
    given = {"audience": addressed[1].strip(), "nature": addressed[2]} if addressed else {"nature": text.strip()}
    return tuple(replace(field, value=given.get(field.id, "")) for field in FORM)


@action("budskab.new", who=rights.communication)
async def new(turn: Turn) -> None:
    """Draft a message, with what it rests on."""
    if not (turn.value("audience") and turn.value("nature")):
        await turn.answer(Card("Skriv, hvem det er til, og hvad der er sket. Resten kan komme senere."))
        return
    sources = form_values.typed(turn, "sources", _numbers, "Skriv numre i loggen, fx 4, 7.")
    delegated_to = form_values.person(turn, "delegated")
    row = PublicMessage(
        crisis_id=turn.the_crisis.id,
        number=await next_number(turn.db, PublicMessage.number, PublicMessage.crisis_id == turn.the_crisis.id),
        audience=turn.value("audience"),
        nature=turn.value("nature"),
        extent=turn.value("extent"),
        course=turn.value("course"),
        advice=turn.value("advice") or None,
        sources=sources or [],
        delegated_to=delegated_to,
        written_by=turn.sender,
        written_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    delegated = f"; hastekommunikation delegeret til {turn.name(row.delegated_to)}" if row.delegated_to else ""
    await turn.log(
        f"Budskab {row.number} til {row.audience}, kladde{delegated}",
        kind="communication",
        refs={"public_message": row.number},
    )
    card = await _card(turn, row)
    await turn.answer(card, key=f"budskab/{row.id}")
    communication = turn.rules.holder("kommunikation")
    for person in {row.delegated_to, communication if row.delegated_to else None} - {turn.sender, None}:
        if person:
            await turn.say(person, card, key=f"budskab/{row.id}/{person}", kind="notice")


def _numbers(text: str) -> list[int] | None:
    """Read the log's numbers that a text has in it; None where it has none."""
    return [int(each) for each in re.findall(r"\d{1,9}", text)] or None


async def _card(turn: Context, row: PublicMessage) -> Card:
    states = list(
        await turn.db.scalars(select(LogState).where(LogState.crisis_id == row.crisis_id, LogState.no.in_(row.sources)))
    )
    unconfirmed = [state.no for state in states if state.verification != "confirmed"]
    unknown = {*row.sources} - {state.no for state in states}
    marks = [
        f"Kilder: log nr. {', '.join(map(str, row.sources))}." if row.sources else "❗ Ingen kilder er angivet.",
        f"❗ UBEKRÆFTET: nr. {', '.join(map(str, sorted(unconfirmed)))}." if unconfirmed else "",
        f"❗ FINDES IKKE i loggen: nr. {', '.join(map(str, sorted(unknown)))}." if unknown else "",
    ]
    missing = [name for name, text in (("omfang", row.extent), ("forventet forløb", row.course)) if not text]
    text = "\n".join(quote(each, 1200) for each in (row.nature, row.extent, row.course, advised(row)) if each)
    head = f"*Budskab {row.number} til {quote(row.audience, 120)}*"
    if row.published_at:
        return Card(
            f"{head} – udgivet {turn.clock(row.published_at)} af {turn.name(row.published_by or '')}, {quote(row.channel or '', 200)}.\n{text}"
        )
    lacks = f"\nMangler: {' og '.join(missing)}." if missing else ""
    lacks += "" if row.advice else f"\n❗ {ASKED}"
    about = {"number": row.id, "crisis": row.crisis_id}
    advise = Button(
        "Ret, hvad de skal gøre" if row.advice else "Skriv, hvad de skal gøre",
        "budskab.advise",
        about,
        form=(Field("advice", "Hvad skal de gøre – og lade være med?", "long", required=True, value=row.advice or ""),),
        form_title="Hvad skal de gøre?",
    )
    where = (Field("channel", "Hvor er den udgivet?", required=True),)
    return Card(
        f"{head} (kladde – klar til at kopiere){staying_inside.reminder(turn)}\n{text}\n\n{' '.join(filter(None, marks))}{lacks}",
        buttons=(
            Button(
                "Er udgivet",
                "budskab.published",
                about,
                style="primary",
                form=where,
                form_title="Er udgivet",
            ),
            advise,
            Button(
                "Ret kladden",
                "budskab.amend",
                about,
                form=(
                    Field("nature", "Art – hvad er der sket?", "long", required=True, value=row.nature),
                    Field("extent", "Omfang – hvem og hvor rammer det?", "long", value=row.extent),
                    Field("course", "Forventet forløb – hvad nu, og hvor længe?", "long", value=row.course),
                    Field(
                        "sources",
                        "Kilder – numre i loggen, fx 4, 7",
                        value=", ".join(str(each) for each in row.sources),
                    ),
                ),
                form_title=f"Ret budskab {row.number}",
            ),
        ),
    )


def advised(row: PublicMessage) -> str:
    """Write what the receivers are told to do; empty where nobody has said."""
    return f"Hvad skal I gøre: {row.advice}" if row.advice else ""


@action("budskab.advise", who=rights.proven)
async def advise(turn: Turn, number: int) -> None:
    """Write what the receivers should do, "så alle parter agerer hensigtsmæssigt", into a draft; by communication or whoever
    it was delegated to."""
    row = await _draft_or_refuse(turn, number)
    if row is None:
        return
    if not turn.value("advice"):
        await turn.answer(Card("Skriv, hvad de skal gøre. Intet er ændret."))
        return
    row.advice = turn.value("advice")
    await _keep_draft(turn, row, f"kladde: {advised(row)}")


@action("budskab.amend", who=rights.proven)
async def amend(turn: Turn, number: int) -> None:
    """Write what a draft lacks, "krisens art, omfang og forventede forløb", or what it rests on; by communication or whoever
    it was delegated to."""
    row = await _draft_or_refuse(turn, number)
    if row is None:
        return
    if not turn.value("nature"):
        await turn.answer(Card("Skriv, hvad der er sket. Intet er ændret."))
        return
    row.sources = form_values.typed(turn, "sources", _numbers, "Skriv numre i loggen, fx 4, 7.") or []
    row.nature, row.extent, row.course = turn.value("nature"), turn.value("extent"), turn.value("course")
    await _keep_draft(turn, row, f"kladden er rettet: {in_full(row)}")


async def _draft_or_refuse(turn: Turn, number: int) -> PublicMessage | None:
    """Find a draft that the sender may write in; else None, and whoever may not is told who may."""
    row = await turn.of_crisis(PublicMessage, number)
    if row is None or row.published_at is not None or await _refuse_other(turn, row):
        return None
    return row


async def _keep_draft(turn: Turn, row: PublicMessage, what: str) -> None:
    """Log what a draft says by now, and draw it anew wherever it stands."""
    await turn.log(
        f"Budskab {row.number} til {row.audience}, {what}",
        kind="communication",
        sender=turn.sender,
        refs={"public_message": row.number},
    )
    await _redraw(turn, row)


def in_full(row: PublicMessage) -> str:
    """Write what a message says, in the order that it is read."""
    return "\n".join(filter(None, (row.nature, row.extent, row.course, advised(row))))


async def _redraw(turn: Turn, row: PublicMessage) -> None:
    """Show the message as it stands wherever it is, so that nobody publishes yesterday's words."""
    drawn = await _card(turn, row)
    await turn.replace(drawn)
    await turn.redraw(f"budskab/{row.id}", drawn)


async def _refuse_other(turn: Turn, row: PublicMessage) -> bool:
    """Refuse whoever neither has communication nor was given this message; returns whether it did."""
    return await running.refuse_all_but(turn, "den, det er overladt til", [row.delegated_to], rights.communication)


@action("budskab.published", who=rights.proven)
async def published(turn: Turn, number: int) -> None:
    """Write down that a person has published a message, which krisebot never does; by communication or whoever it was
    delegated to."""
    row = await _draft_or_refuse(turn, number)
    if row is None:
        return
    row.published_at, row.published_by, row.channel = (
        turn.received,
        turn.sender,
        turn.value("channel") or "ikke angivet",
    )
    entry = await turn.log(
        f"Budskab {row.number} til {row.audience} er udgivet: {row.channel}\n{in_full(row)}",
        kind="communication",
        sender=turn.sender,
        direction="out",
        receiver=row.audience,
        verification="confirmed",
        refs={"public_message": row.number},
    )
    await journal.demand(turn, entry, "communication", f"Budskab {row.number} til {row.audience}")
    await _redraw(turn, row)
