"""The centres' own notice: every centre is told, and tells its own people, "Centercheferne skal straks underrette deres
centre." Plan §5."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select

from handlers.core import form_values, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import replies
from handlers.core.registry import Take, action, reply, timer
from handlers.core.turn import Turn
from handlers.log import news_beside
from handlers.reporting import checklist
from handlers.staff import instructions, membership, roster
from storage.letters import fold
from storage.plan.sections import contact_role
from storage.rows.crisis import Crisis
from storage.rows.reporting import CentreNotice
from storage.rows.traffic import Message

# Why a centre's contact is beside the staff.
CONTACT = "kontaktperson"


async def notify(turn: Turn) -> None:
    """Tell every centre's chief, "meddeles det til alle centrenes øverste chefer eller deres stedfortræder", so that
    none is forgotten."""
    crisis = turn.the_crisis
    for centre in turn.rules.centres:
        turn.db.add(
            CentreNotice(
                crisis_id=crisis.id,
                centre=centre.name,
                chief=centre.chief,
                asked=centre.chief,
                contact=centre.contact,
                notified_at=turn.now,
            )
        )
    await turn.db.flush()
    deputies = {centre.name: centre.deputy for centre in turn.rules.centres}
    for notice in await _notices(turn):
        await _ask(turn, notice)
        deputy = deputies.get(notice.centre)
        if deputy and notice.chief in turn.plan.absent:
            notice.asked = deputy
            await _ask(turn, notice)
        if notice.contact:
            await turn.say(
                notice.contact,
                Card(
                    f"Du er kontaktperson for {notice.centre} til krisestaben for nr. {crisis.number}: "
                    f"»{quote(crisis.title)}«.\nStaben spørger dig, hvordan det står til. Haster noget, så skriv det her."
                    f"{instructions.lines(turn, notice.centre)}"
                ),
                key=f"crisis/{crisis.id}/contact/{notice.centre}",
                kind="notice",
            )
    await turn.log(
        "Krisestaben er trådt i funktion: meddelt centercheferne og kontaktpersonerne i "
        + ", ".join(notice.centre for notice in await _notices(turn)),
        kind="notice",
        sender="krisebot",
        receiver=", ".join(notice.chief for notice in await _notices(turn)),
        direction="out",
        recorder="krisebot",
        verification="confirmed",
    )
    await turn.at(turn.now + turn.rules.deadlines.centre_informed, "centres.missing", key(turn), asked="chief")


async def _ask(turn: Turn, notice: CentreNotice, reminder: bool = False) -> None:
    crisis = turn.the_crisis
    buttons = [Button("Mit center er underrettet", "centres.informed", {"notice": notice.id}, style="primary")]
    missing = (
        f"\nKontaktperson til staben: {turn.name(notice.contact)}."
        if notice.contact
        else "\n⚠️ Planen har ingen kontaktperson for dit center. Udpeg én."
    )
    buttons.append(
        Button(
            "Anden kontaktperson" if notice.contact else "Udpeg kontaktperson",
            "centres.contact",
            {"notice": notice.id},
            submit="Send",
            form=(Field("contact", "Hvem er kontaktperson?", "persons", required=True),),
            form_title="Kontaktperson",
        )
    )
    await turn.say(
        notice.asked,
        Card(
            f"{'*Påmindelse.* ' if reminder else ''}*Krisestaben er trådt i funktion* – nr. {crisis.number}: "
            f"»{quote(crisis.title)}«.\nUnderret straks {notice.centre}. Tekst, du kan sende videre:\n"
            f"»Kommunens krisestab er nedsat på grund af: {quote(crisis.title)}. Meld det, krisestaben bør vide, til din "
            f"leder eller til Krisebot.«{instructions.lines(turn, notice.centre)}{missing}",
            buttons=tuple(buttons),
        ),
        key=f"crisis/{crisis.id}/centre/{notice.id}/{notice.asked}/{'reminder' if reminder else 'notice'}",
        kind="reminder" if reminder else "notice",
        urgency=URGENT,
    )


@action("centres.informed", awaited=True)
async def informed(turn: Turn, notice: int) -> None:
    """Note that a centre has been told, by `Mit center er underrettet` from its chief, the deputy or a director."""
    row = await turn.db.get(CentreNotice, notice)
    if row is None or row.informed_at is not None:
        return
    if await _refuse(turn, row):
        return
    row.informed_at, row.informed_by = turn.received, turn.sender
    await turn.log(
        f"{row.centre} er underrettet af {turn.name(turn.sender)}",
        kind="notice",
        sender=turn.sender,
        receiver="krisebot",
        direction="in",
        verification="confirmed",
    )
    prefix = f"crisis/{turn.the_crisis.id}/centre/{row.id}/"
    for message in await turn.db.scalars(select(Message).where(Message.key.startswith(prefix))):
        message.answered_at, message.answer = turn.received, "Mit center er underrettet"
        await turn.say(
            message.recipient, Card(f"✅ {row.centre} er underrettet {turn.clock(turn.now)}."), key=message.key
        )
    await show(turn)
    await checklist.offer(turn, row.centre)


async def _refuse(turn: Turn, row: CentreNotice) -> bool:
    """Refuse whoever is not over the centre that was told; returns whether it did."""
    centre = next((each for each in turn.rules.centres if each.name == row.centre), None)
    if turn.sender == row.chief or rights.leads(turn.rules, turn.sender, centre):
        return False
    over = [row.chief, centre.deputy if centre else None, *turn.rules.board()]
    await running.refuse(turn, rights.of_row(f"centerchefen for {row.centre}, stedfortræderen eller en direktør", over))
    return True


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was asked to tell their centre and has not said that it is done, UTC."""
    notice = await _open_notice(turn)
    return notice.notified_at if notice else None


async def _open_notice(turn: Context) -> CentreNotice | None:
    found: CentreNotice | None = await turn.db.scalar(
        select(CentreNotice)
        .join(Crisis, Crisis.id == CentreNotice.crisis_id)
        .where(
            CentreNotice.asked == turn.sender,
            CentreNotice.informed_at.is_(None),
            Crisis.state == "active",
            Crisis.level == 2,
        )
        .order_by(CentreNotice.id.desc())
        .limit(1)
    )
    return found


@reply("centre", asked=asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read "underrettet" or "det er gjort" as the press of the button, of whoever was asked to tell the centre; who has only
    received it is asked."""
    notice, both = await _open_notice(turn), None
    said = _of_the_centre(notice, text)
    meaning = replies.reading(said, "centre").meaning
    if meaning == "unclear" and (both := replies.with_news(text, "centre")) is not None:
        meaning = both[0].meaning
    if notice is None:
        return None
    if meaning != "acknowledged":
        return (
            partial(_ask_whether, notice=notice) if replies.reading(said, "notice").meaning == "acknowledged" else None
        )
    return partial(_take, notice=notice, told=both[1] if both else None)


async def _ask_whether(turn: Turn, notice: CentreNotice) -> None:
    """Ask whoever has written that they have received it whether their centre has been told too."""
    turn.crisis = await turn.db.get(Crisis, notice.crisis_id)
    await turn.answer(
        Card(
            f"Tak. Er {notice.centre} også underrettet? Tryk, eller skriv »underrettet«, når det er gjort.",
            buttons=(Button("Mit center er underrettet", "centres.informed", {"notice": notice.id}, style="primary"),),
        ),
        key=f"crisis/{notice.crisis_id}/centre/{notice.id}/{turn.sender}/asked",
    )


def _of_the_centre(notice: CentreNotice | None, text: str) -> str:
    """Return what was said with "centeret" for the centre's own name: "Teknik er underrettet"."""
    name, said = fold(notice.centre) if notice else "", fold(text)
    return f"centeret{said.removeprefix(name)}" if name and said.startswith(f"{name} ") else text


async def _take(turn: Turn, notice: CentreNotice, told: str | None) -> None:
    """Note that a centre has been told, with the news that came along with it."""
    turn.crisis = await turn.db.get(Crisis, notice.crisis_id)
    kept = await news_beside.log(turn, told, {"centre": notice.centre}) if told is not None else None
    await informed(turn, notice.id)
    if kept is not None:
        await turn.answer(kept)


@action("centres.contact", who=rights.centre_chief)
async def name_contact(turn: Turn, notice: int) -> None:
    """Name the centre's one contact, "én person fra hvert center", instead of whoever it was: both are told, and the new one
    is beside the staff as the others are."""
    row = await turn.db.get(CentreNotice, notice)
    if row is None or await _refuse(turn, row):
        return
    person = form_values.person(turn, "contact")
    if person is None:
        await turn.answer(Card("Skriv navnet på én person, som er i planen."))
        return
    before, row.contact = row.contact, person
    if before == person:
        await turn.answer(Card(f"{turn.name(person)} er kontaktperson for {row.centre}."))
        return
    after = f" (før {turn.name(before)})" if before else ""
    await turn.log(f"Kontaktperson for {row.centre}: {turn.name(person)}{after}", kind="member", receiver=person)
    await roster.appoint(turn, contact_role(row.centre), person)
    await membership.add_member(turn, person, "beside", CONTACT)
    if before:
        left = await membership.leave_role(turn, before, CONTACT)
        so = " Du er derfor ikke længere med om krisestaben. Det, du selv har i gang, er stadig dit."
        await turn.say(
            before,
            Card(
                f"{turn.name(person)} er nu kontaktperson for {row.centre} i stedet for dig (nr. {turn.the_crisis.number})."
                f"{'' if left is None else so + left}"
            ),
            kind="notice",
        )
    await turn.notify(
        [person],
        Card(f"Du er kontaktperson for {row.centre} til krisestaben for nr. {turn.the_crisis.number}."),
        kind="notice",
        summary=f"{turn.name(person)} har fået besked om at være kontaktperson",
    )
    await turn.answer(Card(f"{turn.name(person)} er kontaktperson for {row.centre}."))


@timer("centres.missing", level_two=True)
async def missing(turn: Turn, asked: str) -> None:
    """Remind the chief who has not told their centre, then ask the deputy, then give the secretariat a list to ring
    from; each when its time is up."""
    crisis = turn.the_crisis
    if crisis.level != 2 or crisis.state != "active":
        return
    waiting = [notice for notice in await _notices(turn) if notice.informed_at is None]
    if not waiting:
        return
    if asked == "chief":
        deputies = {centre.name: centre.deputy for centre in turn.rules.centres}
        for notice in waiting:
            await _ask(turn, notice, reminder=True)
            deputy = deputies.get(notice.centre)
            if deputy:
                notice.asked = deputy
                await _ask(turn, notice)
        await turn.log(
            "Mindet om at underrette: " + ", ".join(notice.centre for notice in waiting),
            kind="reminder",
            direction="out",
            recorder="krisebot",
            verification="confirmed",
        )
        await turn.at(turn.now + turn.rules.escalation.wait, "centres.missing", key(turn), asked="all")
    else:
        numbers = "\n".join(
            f"• {notice.centre}: {turn.name(notice.chief)} {turn.phone(notice.chief)}" for notice in waiting
        )
        await turn.notify(
            [turn.staff, *turn.rules.holders("sekretær")],
            Card(f"⚠️ *Har ikke meldt, at centret er underrettet. Ring:*\n{numbers}"),
            kind="notice",
            summary="Sekretariatet har fået listen over centre, der ikke har meldt sig underrettet",
        )
    await show(turn)


async def show(turn: Turn) -> None:
    """Show which centres are informed, on one card in the staff's channel."""
    notices = await _notices(turn)
    done = [notice for notice in notices if notice.informed_at]
    await turn.say(
        turn.staff,
        Card(
            f"*Centre:* {len(done)} af {len(notices)} er underrettet.",
            facts=tuple(
                (
                    notice.centre,
                    f"underrettet {turn.clock(notice.informed_at)}"
                    if notice.informed_at
                    else f"mangler – {turn.name(notice.chief)}",
                )
                for notice in notices
            ),
        ),
        key=key(turn),
    )


async def not_informed(turn: Context) -> list[str]:
    """Return the names of the centres that are not informed yet."""
    return [notice.centre for notice in await _notices(turn) if notice.informed_at is None]


async def _notices(turn: Context) -> list[CentreNotice]:
    crisis: Crisis = turn.the_crisis
    return list(
        await turn.db.scalars(select(CentreNotice).where(CentreNotice.crisis_id == crisis.id).order_by(CentreNotice.id))
    )


def key(turn: Context) -> str:
    """Name the card in the staff's channel, and the timer that looks for who has not told their centre."""
    return f"crisis/{turn.the_crisis.id}/centres"
