"""`mail`: "beskeden ”Tjek din mail”, når særligt vigtige mails fra krisestaben skal læses med det samme". Plan §7."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.core import audiences, form_values, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.log import journal
from storage.rows.alert import Nudge, NudgeReceipt
from storage.rows.log import LogEntry
from storage.rows.numbers import next_number

# To the letter, and nothing of the content: an SMS is read by anybody who sees the telephone.
WORDS = "Tjek din mail"
GROUPS = r"alle centerchefer|centerchefer(?:ne)?|chefforum|alle kontaktpersoner|kontaktpersoner(?:ne)?|staben|krisestaben|(?:krise)?sekretariatet|støttefunktioner(?:ne)?|direktionen|alle"
SHOWN = 25

FORM = (
    Field("audience", "Til hvem?", "persons", required=True, value="alle centerchefer"),
    Field("subject", "Mailens emne", required=True),
)


@verb(
    "mail",
    "tjek din mail",
    "tjekmail",
    help="mail <til> <emne> – »Tjek din mail« til dem, der skal læse nu; fx mail alle centerchefer Fælles budskaber",
    who=rights.nudges,
    crisis=True,
    grave=True,
)
async def mail(turn: Turn, text: str) -> None:
    """Show whom "Tjek din mail" would go to; nothing is sent before that is confirmed."""
    text = text.strip()
    if not text:
        await turn.answer(
            Card(
                "Hvem skal tjekke sin mail? Mailen sender du selv; jeg skubber til dem.",
                buttons=(
                    Button("Vælg modtagere", "nudge.form", {}, style="primary", form=FORM, form_title="Tjek din mail"),
                ),
            )
        )
        return
    parted = re.match(rf"({GROUPS})\b[\s:,–-]*(.*)", text, re.IGNORECASE | re.DOTALL)
    audience, _, subject = (parted[1], "", parted[2]) if parted else text.partition(" ")
    recipients, unknown = await audiences.persons(turn, audience)
    if unknown or not recipients:
        await turn.answer(
            Card(
                f'Jeg kan ikke se, hvem "{quote(", ".join(unknown) or audience, 200)}" er. Intet er sendt. '
                "Skriv fx */krise mail alle centerchefer Fælles budskaber*."
            )
        )
        return
    await _prepare(turn, audience, recipients, subject.strip())


@action("nudge.form", who=rights.nudges, begins=True)
async def form(turn: Turn) -> None:
    """Show whom "Tjek din mail" would go to, as `mail` does, from the form."""
    await _prepare(turn, turn.value("audience"), await form_values.persons(turn, "audience"), turn.value("subject"))


async def _prepare(turn: Turn, audience: str, recipients: list[str], subject: str) -> None:
    row = Nudge(
        crisis_id=turn.the_crisis.id,
        number=await next_number(turn.db, Nudge.number, Nudge.crisis_id == turn.the_crisis.id),
        subject=subject,
        audience=audience,
        recipients=recipients,
        sender=turn.sender,
        prepared_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    await turn.answer(
        Card(
            f"*»{WORDS}«* går til {len(recipients)}: {turn.names(recipients[:SHOWN])}"
            f"{' m.fl.' if len(recipients) > SHOWN else ''}.\nMail: {quote(subject or 'uden emne', 300)}. I chat og på sms på én gang.",
            buttons=(
                Button(
                    f"Send til {len(recipients)}",
                    "nudge.send",
                    _about(row),
                    style="primary",
                    confirm=f"Vil du sende det til {len(recipients)} nu? De får besked med det samme.",
                ),
                Button("Fortryd", "nudge.drop", _about(row)),
            ),
        ),
        key=_key(row, "preview"),
    )


@action("nudge.drop", who=rights.nudges)
async def drop(turn: Turn, nudge: int) -> None:
    """Drop a nudge that was not sent."""
    row = await _standing(turn, nudge)
    if row is not None and row.sent_at is None:
        await turn.replace(Card("Intet er sendt."))


@action("nudge.send", who=rights.nudges, begins=True)
async def send(turn: Turn, nudge: int) -> None:
    """Send a nudge that was confirmed, by chat and SMS at once."""
    row = await _standing(turn, nudge)
    if row is None or row.sent_at is not None:
        return
    row.sent_at = turn.now
    for person in row.recipients:
        turn.db.add(NudgeReceipt(crisis_id=row.crisis_id, nudge=row.id, person=person))
    await turn.db.flush()
    await _nudge(turn, row, row.recipients, again=False)
    # The mail itself lies in somebody's mailbox: "både den interne og eksterne kommunikation skal journaliseres".
    lines = select(LogEntry).where(LogEntry.crisis_id == row.crisis_id).order_by(LogEntry.no.desc()).limit(1)
    entry = (await turn.db.scalars(lines)).one()
    row.log_no = entry.no
    await journal.demand(turn, entry, "communication", f"Mailen »{row.subject or 'uden emne'}« til {row.audience}")
    await turn.replace(await _board(turn, row))


async def _nudge(turn: Turn, row: Nudge, whom: list[str], *, again: bool) -> None:
    subject = f": »{quote(row.subject, 300)}«" if row.subject else ""
    await turn.notify(
        whom,
        Card(
            f"{WORDS} – vigtig mail fra krisestaben sendt {turn.clock(row.sent_at)}{subject}.",
            buttons=(Button("Jeg har læst den", "nudge.read", _about(row), style="primary"),),
            brief=WORDS,
        ),
        kind="broadcast",
        summary=f"{WORDS}{' igen' if again else ''}: {row.subject or 'uden emne'} – til {turn.names(whom)}",
        urgency=URGENT,
        everywhere=True,
    )


@action("nudge.read", awaited=True)
async def read(turn: Turn, nudge: int) -> None:
    """Note that a recipient has read the mail, by `Jeg har læst den`; nobody else can."""
    row = await _standing(turn, nudge)
    receipt = await _receipt(turn, nudge, turn.sender)
    if row is None or receipt is None or receipt.read_at is not None:
        return
    receipt.read_at = turn.received
    pressed = await turn.pressed()
    if pressed is not None:
        pressed.answered_at, pressed.answer = turn.received, "Jeg har læst den"
    await turn.db.flush()
    await turn.replace(Card(f"Tak. Noteret {turn.clock(turn.now)}, at du har læst mailen »{quote(row.subject, 300)}«."))
    await _show(turn, row)


@action("nudge.again", who=rights.nudges, begins=True)
async def again(turn: Turn, nudge: int) -> None:
    """Nudge again those who haven't answered."""
    row = await _standing(turn, nudge)
    if row is None or row.sent_at is None:
        return
    silent = [receipt.person for receipt in await _receipts(turn, row) if not (receipt.read_at or receipt.called_at)]
    if silent:
        await _nudge(turn, row, silent, again=True)
    await _show(turn, row)


@action("nudge.called", who=rights.nudges)
async def called(turn: Turn, nudge: int) -> None:
    """Note that somebody rang a recipient instead, and who did."""
    row = await _standing(turn, nudge)
    receipt = await _receipt(turn, nudge, form_values.person(turn, "person") or "")
    if row is None or receipt is None:
        await turn.answer(Card("Hvem ringede du til? Skriv et navn fra listen. Intet er ændret."))
        return
    if receipt.called_at is None and receipt.read_at is None:
        receipt.called_at, receipt.called_by = turn.received, turn.sender
        await turn.log(
            f"{turn.name(receipt.person)} er kontaktet på telefon om »{row.subject}«",
            kind="contacted",
            receiver=receipt.person,
            direction="out",
            verification="confirmed",
        )
    await turn.db.flush()
    await _show(turn, row)


async def rung(turn: Turn, person: str) -> None:
    """Note that a person who was reached on the telephone, for whatever reason, has been told of the mails too."""
    waiting = await turn.db.scalars(
        select(NudgeReceipt).where(
            NudgeReceipt.crisis_id == turn.the_crisis.id,
            NudgeReceipt.person == person,
            NudgeReceipt.read_at.is_(None),
            NudgeReceipt.called_at.is_(None),
        )
    )
    for receipt in list(waiting):
        receipt.called_at, receipt.called_by = turn.received, turn.sender
        await turn.db.flush()
        await _show(turn, await turn.db.get_one(Nudge, receipt.nudge))


async def _show(turn: Turn, row: Nudge) -> None:
    await turn.say(row.sender, await _board(turn, row), key=_key(row, "board"))


async def _board(turn: Context, row: Nudge) -> Card:
    receipts = await _receipts(turn, row)
    silent = [receipt for receipt in receipts if not (receipt.read_at or receipt.called_at)]
    facts = tuple((turn.name(receipt.person), turn.phone(receipt.person)) for receipt in silent[:SHOWN])
    head = f"*»{WORDS}«* ({quote(row.subject or 'uden emne', 200)}), sendt {turn.clock(row.sent_at)}: "
    text = f"{head}{len(receipts) - len(silent)} af {len(receipts)} har læst eller er ringet op."
    if not silent:
        return Card(f"{text} Alle er nået.")
    who = (Field("person", "Hvem har du ringet til?", "persons", required=True),)
    return Card(
        f"{text}\nMangler – ring til dem:",
        facts=facts,
        buttons=(
            Button(
                f"Igen til {len(silent)}",
                "nudge.again",
                _about(row),
                confirm=f"Vil du sende det igen til {len(silent)}? De får besked med det samme.",
            ),
            Button("Markér som kontaktet", "nudge.called", _about(row), form=who, form_title="Kontaktet"),
        ),
    )


async def _standing(turn: Context, nudge: int) -> Nudge | None:
    return await turn.of_crisis(Nudge, nudge)


async def _receipts(turn: Context, row: Nudge) -> list[NudgeReceipt]:
    return list(
        await turn.db.scalars(select(NudgeReceipt).where(NudgeReceipt.nudge == row.id).order_by(NudgeReceipt.id))
    )


async def _receipt(turn: Context, nudge: int, person: str) -> NudgeReceipt | None:
    found: NudgeReceipt | None = await turn.db.scalar(
        select(NudgeReceipt).where(NudgeReceipt.nudge == nudge, NudgeReceipt.person == person)
    )
    return found


def _about(row: Nudge) -> dict[str, int]:
    return {"nudge": row.id, "crisis": row.crisis_id}


def _key(row: Nudge, what: str) -> str:
    return f"nudge/{row.id}/{what}"
