"""`oplysningsbehov`: what the staff must know, by whom and before when, until it is answered. Plan §7, overblik."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Text, cast, func, select

from handlers.core import clearance, in_charge, passed_times, rights, running, withheld
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ROUTINE
from handlers.core.form_values import Unreadable, when, who
from handlers.core.language import dangers, times_read, times_shown, verb_words
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from storage.rows.reporting import InformationNeed, NeedState, Report
from storage.rows.traffic import Message, StaffRecipient

# After the owner was reminded, the staff hears of it once.
PATIENCE = timedelta(minutes=30)
SHOWN, LONGEST = 20, 500
IN_WORDS: dict[NeedState, str] = {"open": "mangler", "answered": "besvaret", "dropped": "ikke længere nødvendigt"}
NUMBERED = re.compile(r"(?:OB\s?)?(\d{1,6})\b[:.]?\s*+(.*+)", re.IGNORECASE | re.DOTALL)
NAMED = re.compile(r"(?<![\w-])OB\s?(\d{1,6})\b", re.IGNORECASE)
NO_LONGER = {
    "annulleret": ("annullér", "annuller", "droppet", "ikke nødvendigt", "ikke længere nødvendigt", "bortfalder")
}
ANSWER = (Field("text", "Svaret – eller skriv »ved ikke«", "long", required=True),)


@verb(
    "oplysningsbehov",
    "ob",
    "informationsbehov",
    help="oplysningsbehov <hvad vi skal vide> @hvem <frist> – fx oplysningsbehov hvor mange er evakueret @Hanne kl 16",
    crisis=True,
)
async def need(turn: Turn, text: str) -> None:
    """Ask somebody for what the staff must know; answer it, or change it, by its number; without a word, show the list.

    Args:
        text: as typed.
    """
    text = text.strip()
    if not text:
        await _list(turn)
        return
    numbered = NUMBERED.fullmatch(text)
    if numbered and await _about(turn, int(numbered[1]), numbered[2].strip()):
        return
    if not await rights.asks.held(turn):
        await running.refuse(turn, rights.asks)
        return
    found = times_read.find(text, turn.now, turn.zone, bare=True)
    parsed, rest = found if found else (None, text)
    named = turn.whom(rest)
    if not named.rest or len(named.rest) > LONGEST:
        await turn.answer(
            Card(
                f"Hvad skal staben vide? Højst {LONGEST} tegn, fx */krise oplysningsbehov hvor mange er evakueret @Hanne "
                "kl 16*. Ingen er spurgt."
            )
        )
        return
    known = len(named.persons) == 1
    # What is nobody's lands with the coordinator, who hands it on.
    owner = named.persons[0] if known else turn.rules.holder("tovholder") or turn.sender
    due = turn.now + turn.rules.deadlines.status_reply if parsed is None or parsed.passed else parsed.at
    row = await _add(turn, named.rest, owner, due)
    await _answer(turn, row)
    if parsed is not None and parsed.passed:
        so = f"OB{row.number} har frist {turn.clock(due)}"
        again = _amendment("Anden tid", row)
        await turn.answer(passed_times.asked(turn, parsed, so, "information_needs.meant", {"need": row.id}, again))
    elif named.typed and not known:
        whose = f": {turn.names(named.persons)}" if named.persons else ""
        await turn.answer(
            Card(
                f"Jeg kan ikke se, hvem »{quote(named.typed, 100)}« er{whose}. {turn.name(owner)} er spurgt så længe. Hvem ved "
                "det?",
                buttons=(_amendment("Ret", row),),
            )
        )


async def _add(turn: Turn, text: str, owner: str, due: datetime) -> InformationNeed:
    crisis = turn.the_crisis.id
    last = await turn.db.scalar(select(func.max(InformationNeed.number)).where(InformationNeed.crisis_id == crisis))
    number = (last or 0) + 1
    entry = await turn.log(
        f"Oplysningsbehov OB{number}: {text}. Svares af {turn.name(owner)} senest {times_shown.weekday(due, turn.zone)}.",
        kind="information_need",
        sender=turn.sender,
        receiver=owner,
        verification="confirmed",
        refs={"information_need": number},
    )
    row = InformationNeed(
        crisis_id=crisis,
        number=number,
        text=text,
        owner=owner,
        due_at=due,
        asked_by=turn.sender,
        asked_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    await _ask(turn, row)
    return row


async def _ask(turn: Turn, row: InformationNeed) -> None:
    """Ask whoever is to find it out, where that isn't the sender, and set the time that they are reminded at."""
    if row.owner != turn.sender:
        key = _key(row, f"need_of/{row.owner}")
        await turn.say(row.owner, await _card(turn, row, row.owner), key=key, kind="notice")
    await turn.at(row.due_at, "information_needs.due", _key(row, "due"), need=row.id, reminded=False)


async def _about(turn: Turn, number: int, said: str) -> bool:
    """Do what is said of a need that there is; False when the number begins something else, as "3 pumper, hvor er
    de"."""
    row: InformationNeed | None = await turn.db.scalar(
        select(InformationNeed).where(InformationNeed.crisis_id == turn.the_crisis.id, InformationNeed.number == number)
    )
    if row is None:
        if said:
            return False
        await turn.answer(Card(f"Der er ikke noget OB{number}. Skriv */krise oplysningsbehov* for at se dem."))
        return True
    if await withheld.refuse_row(turn, row, f"OB{number}", said):
        return True
    if not said:
        await _answer(turn, row)
        return True
    if verb_words.match(said, NO_LONGER).kind == "exact":
        if await rights.asks.held(turn):
            await _drop(turn, row)
        else:
            await running.refuse(turn, rights.asks)
        return True
    found = times_read.find(said, turn.now, turn.zone, bare=True)
    parsed, rest = found if found else (None, said)
    named = turn.whom(rest)
    if not named.rest and (len(named.persons) == 1 or (parsed is not None and not parsed.passed)):
        if await rights.asks.held(turn):
            owner = named.persons[0] if len(named.persons) == 1 else row.owner
            due = parsed.at if parsed is not None and not parsed.passed else row.due_at
            await _amend(turn, row, owner, due)
        else:
            await running.refuse(turn, rights.asks)
        return True
    if not await _refuse(turn, row):
        await _take(turn, row, said)
    return True


async def _refuse(turn: Turn, row: InformationNeed) -> bool:
    """Refuse whoever was not asked and may not ask; returns whether it did."""
    if turn.sender == row.owner or await rights.asks.held(turn):
        return False
    await turn.answer(
        Card(
            f"OB{row.number} besvares kun af {turn.name(row.owner)} eller {rights.asks.holders}. Ved du det, så skriv det som "
            "melding: */krise melding …*."
        )
    )
    return True


@action("information_needs.answer")
async def answer(turn: Turn, need: int) -> None:
    """Take the answer that was filled in, from whoever was asked or those who may ask."""
    row = await _of_crisis(turn, need)
    if row is None or await _refuse(turn, row):
        return
    if not turn.value("text"):
        await turn.answer(Card(f"Skriv svaret på OB{row.number}. Intet er ændret."))
        return
    await _take(turn, row, turn.value("text"))


async def _take(turn: Turn, row: InformationNeed, text: str) -> None:
    """Log an answer and close the need by it; "ved ikke" closes nothing, and is told to the staff."""
    if row.state != "open":
        await turn.answer(
            Card(f"OB{row.number} er {IN_WORDS[row.state]}{_where(row)}. Ved du mere, så skriv en melding.")
        )
        return
    unknown = dangers.answered(text) == "unknown"
    entry = await turn.log(
        f"{'Ingen viden' if unknown else 'Svar'} om OB{row.number} ({row.text}): {text}",
        kind="information_need",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        event_time=turn.the_incoming.received_at,
        refs={"information_need": row.number, "about": row.log_no},
    )
    if unknown:
        # Whoever asks the next one changes the owner; the time stands.
        await in_charge.tell(
            turn,
            Card(
                f"❓ *{turn.name(turn.sender)} ved ikke OB{row.number}:* {quote(row.text)}\nLog nr. {entry.no}. Hvem ved det så?",
                buttons=(_amendment("Spørg en anden", row), _drop_button(row)),
            ),
            lambda name: _key(row, f"unknown/{entry.no}/{name}"),
        )
        await turn.answer(
            Card(f"Noteret (log nr. {entry.no}). Staben spørger en anden; OB{row.number} er stadig åbent.")
        )
        return
    await _close(turn, row, entry.no)
    if turn.sender != row.owner:
        await _answer(turn, row)
    confirm = Button("Bekræft", "log.confirm", {"no": entry.no, "crisis": turn.the_crisis.id})
    await in_charge.tell(
        turn,
        Card(
            f"*Svar på OB{row.number}* fra {turn.name(turn.sender)} (log nr. {entry.no}, ubekræftet):\n{quote(row.text)}\n"
            f"»{quote(text, 1500)}«",
            buttons=(confirm, _amendment("Spørg igen", row)),
        ),
        lambda name: _key(row, f"answer/{entry.no}/{name}"),
    )


async def _close(turn: Turn, row: InformationNeed, no: int) -> None:
    row.state, row.answer_no, row.closed_by, row.closed_at = "answered", no, turn.sender, turn.received
    await turn.cancel(_key(row, "due"))
    await turn.db.flush()
    for message in await turn.db.scalars(select(Message).where(Message.key == _key(row, f"need_of/{row.owner}"))):
        message.answered_at, message.answer = turn.received, f"log nr. {no}"
    await _show(turn, row)


@action("information_needs.by_report")
async def by_report(turn: Turn, need: int, no: int) -> None:
    """Close a need by a report that has come, by `Svarer på OB1` from whoever sent it or those who may ask.

    Args:
        no: the report's log line.
    """
    row = await _of_crisis(turn, need)
    report = await turn.db.scalar(
        select(Report).where(Report.crisis_id == turn.the_crisis.id, Report.log_no == no).limit(1)
    )
    if row is None or report is None or await _refuse(turn, row):
        return
    if row.state != "open":
        await turn.answer(Card(f"OB{row.number} er {IN_WORDS[row.state]}{_where(row)}. Intet er ændret."))
        return
    await _close_by(turn, row, no)
    await _answer(turn, row)


async def answered_by(turn: Turn, report: Report) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Close the open needs that a report names, "OB1: 14 beboere", where its sender may answer them; and offer the
    others that it may answer.

    Returns:
        buttons for its sender, of what they were asked and did not name; and for the staff, of what somebody else named
        as well.
    """
    named = {int(each) for each in NAMED.findall(report.what[:LONGEST])}
    asks = await rights.asks.held(turn)
    own, others = [], []
    for row in await open_ones(turn):
        if row.number in named and (turn.sender == row.owner or asks):
            await _close_by(turn, row, report.log_no)
        elif turn.sender == row.owner:
            own.append(row)
        elif row.number in named:
            others.append(row)
    return tuple(_answers(row, report) for row in own[:3]), tuple(_answers(row, report) for row in (own + others)[:3])


def _answers(row: InformationNeed, report: Report) -> Button:
    about = {"need": row.id, "no": report.log_no, "crisis": row.crisis_id}
    return Button(f"Svarer på OB{row.number}", "information_needs.by_report", about)


async def _close_by(turn: Turn, row: InformationNeed, no: int) -> None:
    """Log that a report answers a need, and close it."""
    await turn.log(
        f"OB{row.number} ({row.text}) er besvaret i nr. {no}",
        kind="information_need",
        sender=turn.sender,
        verification="confirmed",
        refs={"information_need": row.number, "about": no},
    )
    await _close(turn, row, no)


@action("information_needs.meant", who=rights.asks)
async def meant(turn: Turn, need: int, at: str) -> None:
    """Set a need's time to the one that was meant, by `Ja`: what was typed had passed today.

    Args:
        at: UTC in ISO form.
    """
    row = await _of_crisis(turn, need)
    if row is not None:
        await turn.replace(Card(f"OB{row.number}: {quote(row.text)}"))
        await _amend(turn, row, row.owner, datetime.fromisoformat(at))


@action("information_needs.amend", who=rights.asks)
async def pressed_amend(turn: Turn, need: int) -> None:
    """Ask somebody else, or for another time, by `Ret` or `Spørg igen`; what was answered is open again."""
    row = await _of_crisis(turn, need)
    if row is None:
        return
    try:
        owner, due = who(turn, "owner"), when(turn, "due")
    except Unreadable as wrong:
        await turn.answer(Card(f"Jeg kan ikke se, {wrong}. OB{row.number} er uændret."))
        return
    later = turn.now + turn.rules.deadlines.status_reply
    await _amend(turn, row, owner or row.owner, due or (later if row.due_at <= turn.now else row.due_at))


async def _amend(turn: Turn, row: InformationNeed, owner: str, due: datetime) -> None:
    if (owner, due, row.state) == (row.owner, row.due_at, "open"):
        await _answer(turn, row)
        return
    had = row.owner
    row.owner, row.due_at, row.state = owner, due, "open"
    row.closed_by = row.closed_at = row.answer_no = None
    await turn.log(
        f"OB{row.number} ({row.text}): svares af {turn.name(owner)} senest {times_shown.weekday(due, turn.zone)}",
        kind="information_need",
        sender=turn.sender,
        receiver=owner,
        verification="confirmed",
        refs={"information_need": row.number, "about": row.log_no},
    )
    await turn.db.flush()
    await _ask(turn, row)
    await _show(turn, row)
    if had not in (owner, turn.sender):
        await turn.say(had, Card(f"OB{row.number} er nu {turn.name(owner)}s: {quote(row.text)}"), kind="notice")
    await _answer(turn, row)


@action("information_needs.drop", who=rights.asks)
async def pressed_drop(turn: Turn, need: int) -> None:
    """Let a need go, by `Ikke længere nødvendigt`."""
    row = await _of_crisis(turn, need)
    if row is not None:
        await _drop(turn, row)


async def _drop(turn: Turn, row: InformationNeed) -> None:
    if row.state == "open":
        row.state, row.closed_by, row.closed_at = "dropped", turn.sender, turn.now
        await turn.cancel(_key(row, "due"))
        await turn.log(
            f"OB{row.number} er ikke længere nødvendigt: {row.text}",
            kind="information_need",
            sender=turn.sender,
            receiver=row.owner,
            verification="confirmed",
            refs={"information_need": row.number, "about": row.log_no},
        )
        await turn.db.flush()
        await _show(turn, row)
    await _answer(turn, row)


@timer("information_needs.due", level_two=True)
async def due(turn: Turn, need: int, reminded: bool) -> None:
    """Remind whoever was asked when the time is up, and tell the staff once when nothing has come of it later."""
    row = await turn.db.get(InformationNeed, need)
    if row is None or row.state != "open":
        return
    if not reminded:
        await turn.notify(
            [row.owner],
            await _card(turn, row, row.owner, "⏰ *Staben mangler dit svar.* "),
            kind="reminder",
            urgency=ROUTINE,
            summary=f"Mindet {turn.name(row.owner)} om OB{row.number}: {row.text}",
            key=_key(row, f"need_due/{row.due_at.isoformat()}"),
        )
        await turn.at(turn.now + PATIENCE, "information_needs.due", _key(row, "due"), need=row.id, reminded=True)
        return
    await turn.notify(
        [turn.staff],
        Card(
            f"⚠️ *OB{row.number} er over fristen:* {quote(row.text)} – {turn.name(row.owner)}, {turn.phone(row.owner)}.",
            buttons=(_amendment("Spørg en anden", row), _drop_button(row)),
        ),
        kind="reminder",
        summary=f"Krisestaben har fået besked om, at OB{row.number} er over fristen",
        key=_key(row, f"late/{row.due_at.isoformat()}"),
    )


async def open_ones(turn: Turn) -> list[InformationNeed]:
    """Return what the staff still has to know, soonest first."""
    return list(
        await turn.db.scalars(
            select(InformationNeed)
            .where(InformationNeed.crisis_id == turn.the_crisis.id, InformationNeed.state == "open")
            .order_by(InformationNeed.due_at, InformationNeed.number)
        )
    )


def line(turn: Turn, row: InformationNeed) -> str:
    """Write a need in one line, for lists: what is late begins with it, since lists are cut at their end."""
    late = "⚠️ over fristen: " if row.due_at < turn.now else ""
    return f"{late}{quote(row.text, 200)} – {turn.name(row.owner)}, senest {turn.clock(row.due_at)}"


async def overdue(turn: Turn, reader: str) -> str:
    """Tell what should have been known by now, in one line; empty where nothing is.

    Args:
        reader: who reads it, or the staff's channel.
    """
    late = [row for row in await open_ones(turn) if row.due_at < turn.now]
    seen, _ = await clearance.visible_rows(turn, late, reader)
    shown = "; ".join(
        f"OB{row.number} {quote(row.text, 60)} ({turn.name(row.owner)}, {turn.clock(row.due_at)})" for row in seen[:2]
    )
    more = f"; og {len(seen) - 2} til" if len(seen) > 2 else ""
    return f"• *Mangler stadig svar:* {shown}{more}" if seen else ""


async def _list(turn: Turn) -> None:
    rows: Sequence[InformationNeed] = (
        await turn.db.scalars(
            select(InformationNeed)
            .where(InformationNeed.crisis_id == turn.the_crisis.id)
            .order_by(InformationNeed.due_at, InformationNeed.number)
        )
    ).all()
    seen, unseen = await clearance.visible_rows(turn, rows)
    going = [row for row in seen if row.state == "open"]
    more = f"\nog {len(going) - SHOWN} til." if len(going) > SHOWN else ""
    await turn.answer(
        Card(
            f"*Oplysningsbehov:* {len(going)} mangler, {sum(row.state == 'answered' for row in seen)} besvaret. Skriv "
            f"*/krise oplysningsbehov hvor mange er evakueret @Hanne kl 16*.{more}\n{unseen}".rstrip(),
            facts=tuple((f"OB{row.number}", line(turn, row)) for row in going[:SHOWN]),
        )
    )


async def _answer(turn: Turn, row: InformationNeed) -> None:
    """Show a need to whoever asked; the card follows what happens to it."""
    await turn.answer(await _card(turn, row, await turn.here()), key=_key(row, turn.the_incoming.key))


async def _card(turn: Turn, row: InformationNeed, reader: str, head: str = "") -> Card:
    asks = isinstance(reader, StaffRecipient) or await rights.asks.has(turn.as_seen_by(reader))
    if row.state != "open":
        mark = "✅" if row.state == "answered" else "✖"
        buttons = (_amendment("Spørg igen", row),) if asks and row.state == "answered" else ()
        return Card(
            f"{mark} *OB{row.number} er {IN_WORDS[row.state]}{_where(row)}:* {quote(row.text)}\nAf {turn.name(row.closed_by or '')}.",
            buttons=buttons,
        )
    return Card(
        f"{head}*Staben skal vide, OB{row.number}:* {quote(row.text)}\nSvares af {turn.name(row.owner)} senest "
        f"{turn.dated(row.due_at)}. Spurgt af {turn.name(row.asked_by)}.",
        buttons=(
            Button(
                "Svar",
                "information_needs.answer",
                {"need": row.id},
                style="primary",
                submit="Send",
                form=ANSWER,
                form_title=f"Svar på OB{row.number}",
            ),
            *((_amendment("Ret", row), _drop_button(row)) if asks else ()),
        ),
    )


def _where(row: InformationNeed) -> str:
    return f" i log nr. {row.answer_no}" if row.answer_no is not None else ""


def _amendment(label: str, row: InformationNeed) -> Button:
    return Button(
        label,
        "information_needs.amend",
        {"need": row.id},
        submit="Send",
        form=(Field("owner", "Hvem skal svare?", "persons"), Field("due", "Senest", "time")),
        form_title=f"OB{row.number}",
    )


def _drop_button(row: InformationNeed) -> Button:
    return Button("Ikke længere nødvendigt", "information_needs.drop", {"need": row.id})


async def _show(turn: Turn, row: InformationNeed) -> None:
    """Change every card about the need, wherever it stands."""
    for message in await turn.standing(_key(row, "")):
        await turn.say(message.recipient, await _card(turn, row, message.recipient), key=message.key)
    if row.state == "open":
        return
    offers = cast(Message.card, Text).contains('"information_needs.by_report"')
    for message in await turn.db.scalars(select(Message).where(Message.crisis_id == row.crisis_id, offers)):
        turn.take_off(message, {f"Svarer på OB{row.number}"})


def _key(row: InformationNeed, rest: str) -> str:
    return f"information_need/{row.id}/{rest}"


async def _of_crisis(turn: Turn, need: int) -> InformationNeed | None:
    row = await turn.db.get(InformationNeed, need)
    return row if row is not None and row.crisis_id == turn.the_crisis.id else None
