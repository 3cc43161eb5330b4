"""`log`, `bekræft` and `ret`: write, confirm and correct lines of the log. Plan §7, Dokumentation."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from handlers.core import called_by_number, clearance, enclosures, events, rights, running, undo
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.events import Told
from handlers.core.language import cpr, times_shown
from handlers.core.language.urgency_words import hastens
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.log import line_words, paper_lines, receipts
from storage.grades import GRADES, Grade, within
from storage.rows.log import VERIFICATION_IN_WORDS, LogEntry, LogState, NoSuchEntry, state_of
from storage.rows.traffic import Message

SHOWN = 1500


@verb(
    "log",
    "l",
    "noter",
    "notér",
    "notat",
    "logfør",
    help="log ! <bekræftet> eller log ? <ubekræftet> – skriv en linje i kriseloggen",
    who=rights.staff,
    crisis=True,
    begins="never",
)
async def write(turn: Turn, text: str) -> None:
    """Write a line in the log: "! …" is confirmed, "? …" unconfirmed, and so is what says neither; "fortrolig: …" has
    that grade. "fra politiet: …", "til politiet: …" and "kl 13.40: …" are read too; those words stand in the line as
    well.

    "papir 7 kl 14.02: …" was written on paper as P7 while the chat was down.
    """
    paper, text = paper_lines.numbered(text.strip())
    confirmed, wanted, text = clearance.spoken(turn, text)
    if paper is None:
        paper, text = paper_lines.numbered(text)
    text = text or enclosures.titled(turn.the_incoming.enclosed)
    if not text:
        await turn.answer(Card("Hvad skal der stå? Skriv fx */krise log ? 40 cm vand i Fløng*."))
        return
    if paper is not None and (twice := await paper_lines.standing(turn.db, turn.the_crisis, paper)):
        await tell(
            turn,
            twice,
            f"\nP{paper} er allerede skrevet ind: det er nr. {twice.no}. Er »{quote(text, 300)}« en anden linje, så skriv "
            "den uden nummeret. Intet er skrevet to gange.",
        )
        return
    if (called := await _called(turn, text)) is not None:
        hint = f"\nDet er linje nr. {called.no}; der er ikke skrevet en ny. Skriv også, hvad »{text}« er."
        await tell(turn, called, hint)
        return
    verification, grade, hint, keeper = await line_words.granted(turn, confirmed, wanted)
    way = line_words.way(turn, text)
    if paper is not None:
        at = f"kl. {way.happened.astimezone(turn.zone):%H.%M}, " if way.happened else ""
        text = f"{text} (skrevet på papir {at}P{paper})"
    entry = await turn.log(
        text,
        sender=way.sender or turn.sender,
        receiver=way.receiver or "krisestaben",
        direction=way.direction,
        event_time=way.happened or turn.the_incoming.received_at,
        verification=verification,
        grade=grade,
        refs=paper_lines.refs(paper) if paper is not None else None,
    )
    await events.tell(turn, Told(text, entry.no, way.happened or turn.received))
    # What goes out has its papers too.
    await turn.enclose(entry, turn.the_incoming, turn.inbox_id)
    here = await turn.here()
    highest = await _highest_for(turn, here, entry)
    # Nothing has been said of it, or been attached to it, but by this very input: nobody has to look.
    stands = LogState(no=entry.no, verification=entry.verification, status=None, grade=entry.grade)
    attached = bool(turn.the_incoming.enclosed)
    hint = line_words.read_back(turn, way) + hint
    card = await _saved(turn, entry, stands, highest, hint, reader=turn.sender, attached=attached)
    card = replace(card, buttons=(*card.buttons, *ask_button(turn, entry.no, keeper)))
    if way.ahead is not None and way.ahead.tomorrow is not None:
        meant = {"no": entry.no, "at": way.ahead.tomorrow.isoformat(), "crisis": turn.the_crisis.id}
        card = replace(card, buttons=(Button("Ja", "log.happened", meant, style="primary"), *card.buttons))
    await receipts.give(turn, entry, shown(turn, entry, stands, highest), card, _key(turn, entry.no))


@verb(
    "bekræft",
    "bekraeft",
    "bekræftet",
    help="bekræft <nr> – linjen er bekræftet",
    who=rights.staff,
    crisis=True,
    afterwards=True,
)
async def confirm(turn: Turn, text: str) -> None:
    """Confirm a line; that it was unconfirmed before stays in the log."""
    number = numbered(text)
    if number is None:
        await turn.answer(Card("Hvilken linje? Skriv fx */krise bekræft 17*."))
        return
    await confirm_line(turn, number[0])


@verb(
    "ret",
    "rettelse",
    help="ret <nr> <ny tekst> – rettelsen peger tilbage på linjen",
    who=rights.staff,
    crisis=True,
    afterwards=True,
    named="before",
)
async def correct(turn: Turn, text: str) -> None:
    """Correct a line by a new one that points back to it; what stood there stands."""
    number = numbered(text)
    if number is None or not number[1]:
        await turn.answer(Card("Hvilken linje, og hvad skal der stå? Skriv fx */krise ret 17 det var 14 beboere*."))
        return
    await _correct(turn, *number)


@action("log.confirm")
async def pressed_confirm(turn: Turn, no: int) -> None:
    """Confirm the line whose `Bekræft` was pressed; `confirm_line` checks the right."""
    await confirm_line(turn, no)


@action("log.correct")
async def pressed_correct(turn: Turn, no: int) -> None:
    """Correct the line whose `Ret` was pressed, with the text that was filled in, for whoever wrote it and the log
    keeper."""
    text = turn.value("text")
    if text:
        await _correct(turn, no, text)
    else:
        await turn.answer(Card(f"Skriv den rigtige tekst til nr. {no}. Intet er ændret."))


@action("log.happened")
async def happened(turn: Turn, no: int, at: str) -> None:
    """Set a line to when it happened, by `Ja`: a new line with the time that was meant, which points back to it.

    Args:
        no: the line.
        at: when, UTC in ISO form.
    """
    try:
        text = (await entry_of(turn, no)).summary
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))
        return
    await _correct(turn, no, text, datetime.fromisoformat(at))


@action("log.undo")
async def pressed_undo(turn: Turn, no: int, by: str, lapses: str) -> None:
    """Undo a line by `Fortryd`: a new line says that it does not count, and it stands; `undo.refuse` decides who may."""
    try:
        state, entry = await state_of(turn.db, turn.the_crisis, no), await entry_of(turn, no)
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))
        return
    if await undo.refuse(turn, by, lapses, by_number=True):
        return
    if state.corrected_by is None and state.confirmed_by is None:
        await turn.log(
            f"Fortrudt: nr. {no} gælder ikke",
            kind="correction",
            sender=turn.sender,
            receiver="krisestaben",
            grade=state.grade,
            refs={"corrects": no, "undoes": no},
        )
    await redraw(turn, entry)


async def confirm_line(turn: Turn, no: int) -> None:
    """Confirm a line; from somebody who may not, log only that they think it is right, and tell them so."""
    try:
        state = await state_of(turn.db, turn.the_crisis, no)
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))
        return
    if await rights.log_keeper.lacks_proof(turn):
        await running.refuse(turn, rights.log_keeper)
        return
    if not await rights.log_keeper.held(turn):
        await turn.log(f"{turn.name(turn.sender)} mener, at nr. {no} er rigtig (ikke bekræftet)", refs={"about": no})
        so = f"Nr. {no} er stadig ubekræftet; din vurdering er noteret."
        await running.refuse(turn, rights.log_keeper, so)
        return
    entry = await entry_of(turn, no)
    if state.verification == "confirmed" or await _undone_in(turn, state):
        await tell(turn, entry, "" if await _undone_in(turn, state) else "\nDen var bekræftet i forvejen.")
        return
    state.verification, state.confirmed_by, state.confirmed_at = "confirmed", turn.sender, turn.now
    await turn.log(f"Nr. {no} er bekræftet", kind="confirmation", verification="confirmed", refs={"confirms": no})
    await redraw(turn, entry)
    await tell(turn, entry)


async def _correct(turn: Turn, no: int, text: str, happened: datetime | None = None) -> None:
    try:
        state = await state_of(turn.db, turn.the_crisis, no)
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))
        return
    entry = await entry_of(turn, no)
    if turn.sender != entry.recorder and not await rights.log_keeper.held(turn):
        # Who wrote what is confidential is no more for everybody than what it says.
        wrote = [] if state.grade == clearance.CONFIDENTIAL else [entry.recorder]
        await running.refuse(turn, rights.of_row("den, der skrev linjen", wrote, rights.log_keeper))
        return
    correction = await turn.log(
        text,
        kind="correction",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        event_time=happened,
        grade=state.grade,
        refs={"corrects": no},
    )
    await redraw(turn, entry)
    at = f"\nSkete {times_shown.weekday(happened, turn.zone)}." if happened else ""
    await tell(turn, correction, f"{at}\nDen retter nr. {no}, som bliver stående.")


async def tell(turn: Turn, entry: LogEntry, hint: str = "", *more: Button) -> None:
    """Show whoever asked how a line stands, with as much of it as may be seen where the card stands.

    Args:
        entry: the line.
        hint: said below it, Danish.
        more: what else can be pressed.
    """
    key = _key(turn, entry.no)
    where = await turn.db.scalar(select(Message.recipient).where(Message.key == key)) or await turn.here()
    state = await state_of(turn.db, turn.the_crisis, entry.no)
    highest = await _highest_for(turn, where, entry)
    card = await _saved(turn, entry, state, highest, hint, reader=turn.sender)
    await turn.answer(replace(card, buttons=(*card.buttons, *more)), key=key)


async def card_for(turn: Context, entry: LogEntry, person: str) -> Card:
    """Draw how a line stands, for somebody to whom it is put."""
    state = await state_of(turn.db, turn.the_crisis, entry.no)
    return await _saved(turn, entry, state, await _highest_for(turn, person, entry), reader=person)


def ask_button(turn: Context, no: int, person: str | None) -> tuple[Button, ...]:
    """Make the button that puts a line to somebody who may confirm it; none where there is nobody. See `asked_keeper`."""
    about = {"no": no, "person": person, "crisis": turn.the_crisis.id}
    return (Button(f"Spørg {turn.name(person)}", "log.ask", about),) if person is not None else ()


async def look_up(turn: Turn, no: int) -> None:
    """Show whoever asked the line with that number."""
    try:
        await tell(turn, await entry_of(turn, no))
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))


async def redraw(turn: Turn, entry: LogEntry) -> None:
    """Show a line as it stands now on every card that tells of it, for whoever has it."""
    begins = f"crisis/{turn.the_crisis.id}/log/{entry.no}/"
    found = await turn.db.execute(
        select(Message.key, Message.recipient).where(Message.key.startswith(begins, autoescape=True))
    )
    state = await state_of(turn.db, turn.the_crisis, entry.no)
    for key, recipient in found.all():
        highest = await _highest_for(turn, recipient, entry)
        reader = key.removeprefix(begins)
        await turn.say(recipient, await _saved(turn, entry, state, highest, reader=reader), key=key)


async def _saved(
    turn: Context,
    entry: LogEntry,
    state: LogState,
    highest: Grade,
    hint: str = "",
    *,
    reader: str,
    attached: bool = True,
) -> Card:
    """Draw a line's card.

    Args:
        reader: whose it is; whoever wrote the line may undo it there.
        attached: whether anything may have come along with it.
    """
    confirmed = state.verification == "confirmed"
    text = shown(turn, entry, state, highest)
    if undone := await _undone_in(turn, state):
        return Card(
            f"Nr. {entry.no} er fortrudt i nr. {undone} og gælder ikke. Linjen bliver stående.\n»{quote(text)}«"
        )
    buttons = [] if confirmed else [Button("Bekræft", "log.confirm", {"no": entry.no, "crisis": turn.the_crisis.id})]
    buttons.append(
        Button(
            "Ret",
            "log.correct",
            {"no": entry.no, "crisis": turn.the_crisis.id},
            form=(
                Field("text", "Hvad skal der stå?", "long", required=True, value=_to_correct(entry, state, highest)),
            ),
            form_title=f"Ret nr. {entry.no}",
        )
    )
    buttons.append(Button("Lav tiltag", "measures.of_line", {"no": entry.no, "crisis": turn.the_crisis.id}))
    buttons.append(grade_button(turn, entry.no, state.grade))
    if reader == entry.recorder and _can_be_undone(entry, state):
        about = {"no": entry.no, "crisis": turn.the_crisis.id}
        buttons += undo.buttons(turn, "log.undo", entry.recorded_time, entry.recorder, **about)
    mark = VERIFICATION_IN_WORDS[state.verification]
    mark += f", {turn.rules.grade_name(state.grade)}" if state.grade != clearance.SHARED else ""
    files = await enclosures.line(turn, entry.no, named=within(state.grade, highest)) if attached else ""
    return Card(f"Gemt i log nr. {entry.no} ({mark}).\n»{quote(text)}«{files}{hint}", buttons=tuple(buttons))


async def _highest_for(turn: Context, recipient: str, entry: LogEntry) -> Grade:
    """Return the highest grade that somebody may see a line at: any, where they wrote it themselves."""
    return clearance.CONFIDENTIAL if recipient == entry.recorder else await clearance.highest_for(turn, recipient)


def _can_be_undone(entry: LogEntry, state: LogState) -> bool:
    """Whether nothing has been done about a line that somebody wrote: it was neither sent to the chief at once, nor
    confirmed, nor corrected."""
    written = entry.kind in ("information", "saved", "correction")
    return written and state.confirmed_by is None and state.corrected_by is None and not hastens(entry.summary)


async def is_undone(turn: Context, no: int) -> bool:
    """Whether a line has been undone."""
    return await _undone_in(turn, await state_of(turn.db, turn.the_crisis, no)) is not None


async def _undone_in(turn: Context, state: LogState) -> int | None:
    """Return the number of the line that undid a line; None where it counts."""
    if state.corrected_by is None:
        return None
    later = await turn.db.scalar(
        select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.no == state.corrected_by)
    )
    undoes = later is not None and json.loads(later.canonical or b"{}").get("refs", {}).get("undoes")
    return state.corrected_by if undoes == state.no else None


def shown(turn: Context, entry: LogEntry, state: LogState, highest: Grade) -> str:
    """Return a line's text as a card may show it.

    Args:
        highest: the highest grade that may be seen where the card stands. A CPR number is seen nowhere.
    """
    if not within(state.grade, highest):
        return f"({turn.rules.grade_name(state.grade)})"
    text = cpr.without(entry.summary)
    return f"{text[:SHOWN]} … (hele teksten står i loggen)" if len(text) > SHOWN else text


def _to_correct(entry: LogEntry, state: LogState, highest: Grade) -> str:
    """Return what a line's form is filled with: all of it, or nothing. What isn't there when it is sent is lost, and what
    stands on the card in its place would be in the log."""
    return cpr.without(entry.summary) if within(state.grade, highest) else ""


def grade_button(turn: Context, no: int, grade: Grade) -> Button:
    """Make the button that changes a line's grade."""
    choices = tuple((each, turn.rules.grade_name(each)) for each in GRADES)
    return Button(
        "Fortrolighed",
        "log.grade",
        {"no": no, "crisis": turn.the_crisis.id},
        form=(Field("grade", "Hvem må se linjen?", "choice", required=True, value=grade, choices=choices),),
        form_title=f"Fortrolighed, nr. {no}",
    )


async def entry_of(turn: Context, no: int) -> LogEntry:
    """Return the log line with that number.

    Raises:
        NoSuchEntry: the log has no such line.
    """
    found = await turn.db.scalar(select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.no == no))
    if found is None:
        raise NoSuchEntry(no)
    return found


async def _called(turn: Context, text: str) -> LogEntry | None:
    """Return the line whose number is all that was typed; None for words, and for a number that no line has."""
    called = None if turn.the_incoming.enclosed else called_by_number.read(text)
    if called is not None:
        with suppress(NoSuchEntry):
            return await entry_of(turn, called.number)
    return None


def numbered(text: str) -> tuple[int, str] | None:
    """Split "nr. 17: …" into a line's number and the words after it; None where there is no number."""
    found = re.match(r"\s*(?:nr\.?\s*)?(\d{1,9})\b[:.]?\s*(.*)", text, re.DOTALL | re.IGNORECASE)
    return (int(found[1]), found[2].strip()) if found else None


def _key(turn: Context, no: int) -> str:
    return f"{key_of(turn, no)}/{turn.sender}"


def key_of(turn: Context, no: int) -> str:
    """Name what the cards of a line begin with: they are drawn again with it."""
    return f"crisis/{turn.the_crisis.id}/log/{no}"
