"""`beslut`: registers decisions, and shares them in the forums that are to know. Plan §5; §9."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.core import audiences, called_by_number, clearance, rights, running
from handlers.core.called_by_number import Called
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ORDINARY, URGENT, Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.log import journal
from handlers.measures import orders_card
from handlers.measures.measure_reading import URGENTLY
from storage.grades import Grade
from storage.rows.log import LogState, state_of
from storage.rows.measures import Decision
from storage.rows.meetings import Meeting
from storage.rows.numbers import next_number

# Who is told in each forum, in words that `audiences` reads; nobody where it is a text to publish.
FORA = {
    "chefforum": ("Chefforum", "direktionen, centercheferne"),
    "centerchefer": ("Centercheferne", "centercheferne"),
    "kontakter": ("Centrenes kontaktpersoner", "kontaktpersoner"),
    "intranet": ("Intranettet – tekst til kommunikation", ""),
}


def button(row: Decision) -> Button:
    """Make the button `Del beslutning` for a decision's card."""
    choices = tuple((forum, name) for forum, (name, _) in FORA.items())
    return Button(
        "Del beslutning",
        "decisions_shared.share",
        {"decision": row.id, "crisis": row.crisis_id},
        form=(
            Field("forum", "Del beslutningen i", "choice", required=True, choices=choices),
            Field("text", "Tekst", "long", value=row.text),
        ),
        form_title="Del beslutning",
    )


@action("decisions_shared.share", who=rights.runs_staff)
async def share(turn: Turn, decision: int) -> None:
    """Send a decision to those who sit in the forum, each where they are, and write one line in the log."""
    row, forum = await turn.of_crisis(Decision, decision), turn.chosen("forum", FORA)
    if row is None or row.state != "decided" or forum is None:
        return
    name, group = FORA[forum]
    text = turn.value("text") or row.text
    if group:
        told, _ = await audiences.persons(turn, group)
        card = Card(
            f"*Beslutning {row.number} i krisestaben*, {turn.clock(row.at)}, krise nr. {turn.the_crisis.number}:\n"
            f"»{quote(text, 1500)}«\nDet er delt med {name}."
        )
    else:
        told = turn.rules.holders("kommunikation")
        card = Card(f"*Til intranettet – klar til at kopiere:*\n\nKrisestaben har besluttet: {quote(text, 1500)}")
    await turn.notify(
        [person for person in told if person != turn.sender] or told,
        card,
        kind="notice",
        summary=f"Beslutning {row.number} er delt: {name}",
    )
    await turn.answer(
        Card(f"Beslutning {row.number} er delt: {name} ({len(told)}).")
        if told
        else Card("Planen har ingen i rollen kommunikation. Teksten er ikke sendt; kopiér den selv.")
    )


# "besluttet ikke at …" is a decision too, and is found again as one.
NOT = re.compile(r"^\s*(?:at\s+)?(?:ikke\s+(?:at\s+)?|undlade\s+at\s+)", re.IGNORECASE)
SHOWN = 15


async def _propose(turn: Turn, text: str) -> None:
    """Keep a decision that is proposed by somebody who can't decide, and take it to the chief."""
    if turn.crisis is None and not await running.find_crisis_or_ask(turn, "beslut"):
        return
    text = text.strip()
    if not text:
        await _list(turn)
        return
    if (called := called_by_number.read(text)) is not None:
        await _show_called(turn, called)
        return
    entry = await turn.log(f"Forslag til beslutning: {text}", kind="proposal", sender=turn.sender)
    row = Decision(
        crisis_id=turn.the_crisis.id,
        state="proposed",
        text=text,
        negative=_is_against(text),
        proposed_by=turn.sender,
        registered_by=turn.sender,
        at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    chief = (await turn.chiefs())[:1]
    for person in chief:
        await turn.say(person, _card(turn, row), key=_key(row, person), kind="notice")
    await turn.answer(Card(f"Forslaget er sendt til {turn.names(chief)} (log nr. {entry.no}). Kun chefen beslutter."))


@verb(
    "beslut",
    "beslutning",
    "besluttet",
    "beslutninger",
    help="beslut <hvad> – chefens beslutning i loggen, også »ikke at …«; andres bliver til et forslag",
    who=rights.registers,
    crisis=True,
    grave=True,
    otherwise=_propose,
    afterwards=True,
    begins="with words",
)
async def decision(turn: Turn, text: str) -> None:
    """Register a decision in one breath, with a number; without a word, show the list."""
    if not text.strip():
        await _list(turn)
        return
    if (called := called_by_number.read(text)) is not None:
        await _show_called(turn, called)
        return
    urgent = bool(URGENTLY.search(text))
    row = await decide(turn, URGENTLY.sub("", text).strip() if urgent else text.strip(), urgent=urgent)
    await turn.answer(_card(turn, row), key=_key(row, "registered"))


async def _show_called(turn: Turn, called: Called) -> None:
    """Show one decision: a number alone decides nothing."""
    row = await called_by_number.row_or_tell(turn, Decision, called, f"Beslutning {called.number}")
    if row is not None:
        drawn = _card(turn, row)
        await turn.answer(drawn if await rights.registers.held(turn) else Card(drawn.text))


async def decide(
    turn: Turn,
    text: str,
    *,
    urgent: bool = False,
    meeting: int | None = None,
    paper: int | None = None,
    row: Decision | None = None,
    grade: Grade = clearance.SHARED,
) -> Decision:
    """Register a decision: with a number and a line in the log. What was decided at a meeting is filed with its
    minutes.

    Args:
        text: what is decided; "ikke at …" where it is decided not to.
        urgent: it could not wait for a meeting.
        meeting: the number of the meeting that it was decided at.
        paper: the number of the option paper that it was chosen in.
        row: the proposal that is followed.
        grade: who may see it; see `handlers.core.clearance`.
    """
    crisis = turn.the_crisis
    number = await next_number(turn.db, Decision.number, Decision.crisis_id == turn.the_crisis.id)
    is_chief = await rights.chief.held(turn)
    chief = (await turn.chiefs() or [turn.sender])[0]
    by = turn.sender if is_chief else chief
    behalf = await rights.chief_of_deputy(turn, by)
    where = f" på møde {meeting}" if meeting else f" efter oplæg {paper}" if paper else ", haster" if urgent else ""
    # At a meeting the chief sits there; outside one it is the chief's only when the chief says so.
    confirmed = is_chief or meeting is not None or await _meets_now(turn)
    written = "" if is_chief else f", ført af {turn.name(turn.sender)}"
    written += "" if confirmed else "; chefen har ikke bekræftet den endnu"
    entry = await turn.log(
        f"Beslutning {number}: {text}\nBesluttet af {rights.acting(turn, by, behalf)}{where}{written}.",
        kind="decision",
        sender=by,
        verification="confirmed" if confirmed else "unconfirmed",
        grade=grade,
        refs={"decision": number, "meeting": meeting, "option_paper": paper, "on_behalf_of": behalf},
    )
    if row is None:
        row = Decision(crisis_id=crisis.id, registered_by=turn.sender)
        turn.db.add(row)
    row.number, row.state, row.text, row.negative = number, "decided", text, _is_against(text)
    row.urgent, row.meeting, row.paper = urgent, meeting, paper
    row.decided_by, row.on_behalf_of, row.at, row.log_no = by, behalf, turn.now, entry.no
    await turn.db.flush()
    if meeting is None:
        await journal.demand(turn, entry, "decision", f"Beslutning {number}: {text[:150]}")
    if by != turn.sender:
        await turn.say(
            by,
            _card(turn, row) if confirmed else _to_confirm(turn, row),
            key=_key(row, by),
            kind="notice",
            urgency=ORDINARY if confirmed else URGENT,
        )
    return row


async def _meets_now(turn: Context) -> bool:
    running = select(Meeting.id).where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state == "running")
    return await turn.db.scalar(running.limit(1)) is not None


def _to_confirm(turn: Context, row: Decision) -> Card:
    """Draw a decision that was registered in the chief's name outside a meeting, for the chief."""
    about = {"decision": row.id, "crisis": row.crisis_id}
    return Card(
        f"❗ *{turn.name(row.registered_by)} har skrevet beslutning {row.number} i dit navn* (log nr. {row.log_no}):\n"
        f"»{quote(row.text, 1500)}«\nDen står som ubekræftet, til du har svaret.",
        buttons=(
            Button("Bekræft", "decisions.confirm", about, style="primary"),
            Button("Det er ikke besluttet", "decisions.deny", about, style="danger"),
        ),
    )


@action("decisions.confirm", who=rights.chief)
async def confirm(turn: Turn, decision: int) -> None:
    """Confirm a decision that somebody registered in the chief's name, by `Bekræft`."""
    row = await turn.of_crisis(Decision, decision)
    if row is None or row.state != "decided":
        return
    state = await state_of(turn.db, turn.the_crisis, row.log_no)
    if state.verification != "confirmed":
        state.verification, state.confirmed_by, state.confirmed_at = "confirmed", turn.sender, turn.now
        await turn.log(
            f"Beslutning {row.number} er bekræftet af {await rights.signed(turn, turn.sender)}",
            kind="confirmation",
            verification="confirmed",
            refs={"confirms": row.log_no},
        )
        await turn.say(
            row.registered_by,
            Card(f"✅ Beslutning {row.number} er bekræftet af {turn.name(turn.sender)}."),
            kind="notice",
        )
    await turn.replace(_card(turn, row))


@action("decisions.deny", who=rights.chief)
async def deny(turn: Turn, decision: int) -> None:
    """Say that what was registered in the chief's name has not been decided; both lines stay in the log."""
    row = await turn.of_crisis(Decision, decision)
    if row is None or row.state != "decided":
        return
    row.state = "declined"
    await turn.log(
        f"Beslutning {row.number} er ikke truffet: {await rights.signed(turn, turn.sender)} har ikke besluttet det",
        kind="decision",
        sender=turn.sender,
        verification="confirmed",
        refs={"decision": row.number, "corrects": row.log_no},
    )
    await turn.say(
        row.registered_by,
        Card(f"⚠️ Beslutning {row.number} er *ikke* truffet, siger {turn.name(turn.sender)}: »{quote(row.text, 500)}«"),
        kind="notice",
        urgency=URGENT,
    )
    await turn.replace(Card(f"Beslutning {row.number} er ikke truffet. Det står i loggen."))


@action("decisions.correct", who=rights.registers)
async def correct(turn: Turn, decision: int) -> None:
    """Correct a decision's words, by `Ret`; what stood there stays in the log, and the new line points to it."""
    row, text = await turn.of_crisis(Decision, decision), turn.value("text")
    if row is None or row.state != "decided" or not text or text == row.text:
        return
    await turn.log(
        f"Beslutning {row.number} rettes fra »{row.text}« til »{text}«",
        kind="decision",
        sender=turn.sender,
        verification="confirmed",
        refs={"decision": row.number, "corrects": row.log_no},
    )
    row.text, row.negative = text, _is_against(text)
    await turn.replace(_card(turn, row))


@action("decisions.follow", who=rights.chief, begins=True)
async def follow(turn: Turn, decision: int) -> None:
    """Make a decision of somebody's proposal, by `Beslut`."""
    row = await turn.of_crisis(Decision, decision)
    if row is None or row.state != "proposed":
        return
    await decide(turn, row.text, row=row)
    await turn.replace(_card(turn, row))
    await _tell_proposer(turn, row, f"Dit forslag er nu beslutning {row.number}")


@action("decisions.decline", who=rights.chief)
async def decline(turn: Turn, decision: int) -> None:
    """Decline somebody's proposal with the reason, by `Nej tak`: "besluttet ikke at" is found again too."""
    row = await turn.of_crisis(Decision, decision)
    if row is None or row.state != "proposed":
        return
    reason = turn.value("reason")
    row.state = "declined"
    await turn.log(
        f"Forslaget følges ikke: {row.text}{f' – {reason}' if reason else ''}",
        kind="decision",
        sender=turn.sender,
        verification="confirmed",
        refs={"about": row.log_no},
    )
    await turn.replace(_card(turn, row))
    await _tell_proposer(turn, row, f"Dit forslag følges ikke{f' (»{quote(reason, 300)}«)' if reason else ''}")


async def _tell_proposer(turn: Turn, row: Decision, head: str) -> None:
    if row.proposed_by and row.proposed_by != turn.sender:
        await turn.say(row.proposed_by, Card(f"{head}: »{quote(row.text, 500)}«"), kind="notice")


async def of_crisis(turn: Context) -> list[Decision]:
    """Return the crisis' decisions and proposals, oldest first."""
    return list(
        await turn.db.scalars(select(Decision).where(Decision.crisis_id == turn.the_crisis.id).order_by(Decision.id))
    )


async def proposed(turn: Context) -> list[Decision]:
    """Return what people would have decided and nobody has answered, the oldest first."""
    rows = select(Decision).where(Decision.crisis_id == turn.the_crisis.id, Decision.state == "proposed")
    return list(await turn.db.scalars(rows.order_by(Decision.id)))


async def show(turn: Turn, row: Decision) -> None:
    """Change every card about a decision or a proposal, wherever it stands."""
    await turn.redraw(_key(row, ""), _card(turn, row))


async def _list(turn: Turn) -> None:
    """Show what is decided, the newest first, to the staff."""
    if not await rights.staff.held(turn):
        await turn.answer(Card("Hvad skal besluttes? Skriv fx */krise beslut skolerne lukker i morgen*."))
        return
    highest = await clearance.highest_here(turn)
    every = await of_crisis(turn)
    above = await clearance.hidden(turn, [row.log_no for row in every], highest)
    rows = [row for row in every if row.log_no not in above]
    unseen = await clearance.unseen(turn, highest, LogState.no.in_(above))
    decided = [row for row in reversed(rows) if row.state == "decided"]
    proposed = sum(row.state == "proposed" for row in rows)
    waiting = f" {proposed} forslag venter." if proposed else ""
    waiting += f" {unseen}" if unseen else ""
    await turn.answer(
        Card(
            f"*Beslutninger: {len(decided)}.*{waiting} Skriv fx */krise beslut skolerne lukker i morgen*.",
            facts=tuple(
                (
                    f"Nr. {row.number}",
                    f"{quote(row.text, 200)} – {turn.name(row.decided_by or '')}, {turn.clock(row.at)}",
                )
                for row in decided[:SHOWN]
            ),
        )
    )


def _card(turn: Context, row: Decision) -> Card:
    if row.state == "proposed":
        return Card(
            f"*{turn.name(row.proposed_by or '')} foreslår, at det besluttes:*\n»{quote(row.text, 1500)}«",
            buttons=(
                Button("Beslut", "decisions.follow", {"decision": row.id}, style="primary"),
                Button(
                    "Nej tak",
                    "decisions.decline",
                    {"decision": row.id},
                    form=(Field("reason", "Begrundelse (kan udelades)"),),
                    form_title="Forslaget følges ikke",
                ),
            ),
        )
    if row.state == "declined":
        return Card(f"Forslaget er ikke fulgt: »{quote(row.text, 1500)}«")
    return Card(
        f"✅ *Beslutning {row.number}* (log nr. {row.log_no}), {rights.acting(turn, row.decided_by or '', row.on_behalf_of)}, "
        f"{turn.clock(row.at)}:\n»{quote(row.text, 1500)}«",
        buttons=(
            Button(
                "Skriv ordre",
                "orders.new",
                {},
                form=orders_card.form(task=row.text),
                form_title="Skriftlig ordre",
            ),
            button(row),
            Button(
                "Ret",
                "decisions.correct",
                {"decision": row.id},
                form=(Field("text", "Hvad er besluttet?", "long", required=True, value=row.text),),
                form_title=f"Ret beslutning {row.number}",
            ),
        ),
    )


def _is_against(text: str) -> bool:
    """Whether a decision is not to do something: "besluttet ikke at …"."""
    return NOT.match(text) is not None


def _key(row: Decision, whose: str) -> str:
    return f"decision/{row.id}/{whose}"
