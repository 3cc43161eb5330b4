"""The log, as people write and mend it. Plan §7: everything relevant at once, confirmed or not, nothing rubbed out."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from handlers import assistance, attachments, clearance, cpr, personal_numbers, registry, rights, router, saving, words
from handlers.card import Button, Card, Field, quote
from handlers.incoming import Incoming
from handlers.registry import action, verb
from handlers.turn import Turn
from storage.grades import GRADES, within
from storage.log import NoSuchEntry, state_of
from storage.tables import Crisis, Inbox, LogEntry, LogState, Message

SHOWN = 1500
SAVE_REACTIONS = {"pushpin", "📌", "round_pushpin"}
HELP_REACTIONS = {"sos", "🆘"}
# What a message that is sent on may become, when that is said above it.
BECOMES = ("log", "melding", "bistand", "telefon", "varsel")
CONFIRM_REACTIONS = {"white_check_mark", "✅", "heavy_check_mark"}


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
)
async def write(turn: Turn, text: str) -> None:
    """ "! …" is confirmed, "? …" unconfirmed, and so is what says neither (R182, R184); "fortrolig: …" has that grade (R216).

    "fra politiet: …", "til politiet: …" and "kl 13.40: …" are read too (R183, R186); those words stand in the line as well.
    """
    confirmed, wanted, text = saving.spoken(turn, text)
    text = text or attachments.titled(turn.the_incoming.enclosed)
    if not text:
        await turn.answer(Card("Hvad skal der stå? Skriv fx */krise log ? 40 cm vand i Fløng*."))
        return
    verification, grade, hint = await saving.granted(turn, confirmed, wanted)
    way = saving.way(turn, text)
    entry = await turn.log(
        text,
        sender=way.sender or turn.sender,
        receiver=way.receiver or "krisestaben",
        direction=way.direction,
        event_time=way.happened or turn.the_incoming.received_at,
        verification=verification,
        grade=grade,
    )
    # What goes out has its papers too.
    await attachments.take(turn, entry, turn.the_incoming, turn.inbox_id)
    await tell(turn, entry, saving.read_back(turn, way) + hint)


@verb("bekræft", "bekraeft", "bekræftet", help="bekræft <nr> – linjen er bekræftet", who=rights.staff, crisis=True)
async def confirm(turn: Turn, text: str) -> None:
    """Confirmed by those who may; the history stays (R184)."""
    number = numbered(text)
    if number is None:
        await turn.answer(Card("Hvilken linje? Skriv fx */krise bekræft 17*."))
        return
    await _confirm(turn, number[0])


@verb("ret", "rettelse", help="ret <nr> <ny tekst> – rettelsen peger tilbage på linjen", who=rights.staff, crisis=True)
async def correct(turn: Turn, text: str) -> None:
    """A correction is a new line that points back; what stood there stands (R186)."""
    number = numbered(text)
    if number is None or not number[1]:
        await turn.answer(Card("Hvilken linje, og hvad skal der stå? Skriv fx */krise ret 17 det var 14 beboere*."))
        return
    await _correct(turn, *number)


@action("log.confirm")
async def pressed_confirm(turn: Turn, no: int) -> None:
    """`Bekræft`."""
    await _confirm(turn, no)


@action("log.correct")
async def pressed_correct(turn: Turn, no: int) -> None:
    """`Ret`."""
    text = turn.value("text")
    if text:
        await _correct(turn, no, text)
    else:
        await turn.answer(Card(f"Skriv den rigtige tekst til nr. {no}. Intet er ændret."))


@action("log.save")
async def save(turn: Turn) -> None:
    """`Gem i log` on somebody's message: the author and the time are the message's own (R182, R026)."""
    incoming = turn.the_incoming
    text = turn.value("text") or incoming.text or attachments.titled(incoming.enclosed)
    if not await rights.staff.held(turn):
        await _offer_report(turn, text)
        return
    grade = turn.value("grade")
    await _save(
        turn,
        incoming,
        text,
        incoming.author,
        confirmed=turn.value("verification") == "confirmed",
        grade=grade if grade in GRADES else clearance.SHARED,
        way=saving.filled_in(turn),
    )


@action("log.forward", crisis=False)
async def forward(turn: Turn) -> None:
    """A message sent on to the bot alone is saved as its author wrote it, or becomes what is said above it (R026, R196)."""
    incoming = turn.the_incoming
    text = incoming.text or attachments.titled(incoming.enclosed)
    verbs = {name: registry.verbs[name].synonyms for name in BECOMES}
    meant = words.match(router.strip_name(incoming.comment), verbs)
    becomes = meant.verb if meant.kind == "exact" else None
    if becomes and becomes != "log":
        await router.run(turn, registry.verbs[becomes], f"{meant.rest}\n{text}".strip())
        return
    if turn.crisis is None and not await router.find_crisis(turn):
        return
    if not await rights.staff.held(turn):
        await _offer_report(turn, text)
        return
    unknown = (
        "" if incoming.author else "\nDet fremgår ikke, hvem der skrev den, og hvornår: det gør »Gem i log« på den."
    )
    confirmed, grade, comment = (
        saving.spoken(turn, meant.rest) if becomes else (False, clearance.SHARED, incoming.comment)
    )
    entry = await _save(turn, incoming, text, incoming.author, confirmed=confirmed, grade=grade, hint=unknown)
    if entry is not None and comment.strip():
        await turn.log(
            comment.strip(), sender=turn.sender, receiver="krisestaben", direction="in", refs={"about": entry.no}
        )


@action("log.reaction")
async def reaction(turn: Turn) -> None:
    """📌 saves a message in the log, ✅ confirms the line it became, 🆘 makes a request for assistance of it.

    Taking one away changes nothing (R182).
    """
    incoming = turn.the_incoming
    if not await rights.staff.held(turn):
        return
    if incoming.text in SAVE_REACTIONS:
        said = await _heard(turn, incoming.message)
        if said is not None:
            turn.incoming = original = replace(incoming, said_at=said.received_at, enclosed=said.enclosed)
            text = cpr.without(said.text) or attachments.titled(said.enclosed)
            await _save(turn, original, text, said.sender)
    elif incoming.text in HELP_REACTIONS:
        said = await _heard(turn, incoming.message)
        if said is not None:
            turn.incoming = replace(incoming, enclosed=said.enclosed)
            await assistance.from_message(turn, personal_numbers.masked(said))
    elif incoming.text in CONFIRM_REACTIONS:
        entry = await _saved_from(turn, incoming.message)
        if entry is not None:
            await _confirm(turn, entry.no)


@action("log.source_edited", crisis=False)
async def source_edited(turn: Turn) -> None:
    """A message that was saved is edited or deleted: the log stands, and says so (D08)."""
    incoming = turn.the_incoming
    entry = await turn.db.scalar(
        select(LogEntry).where(LogEntry.message == incoming.message).order_by(LogEntry.id).limit(1)
    )
    if entry is None:
        return
    turn.crisis = await turn.db.get(Crisis, entry.crisis_id)
    gone = "slettet" if incoming.kind == "deleted" else "redigeret"
    await turn.log(
        f"Kilden til nr. {entry.no} er {gone} {turn.clock(turn.now)}. Linjen er uændret.",
        kind="source_edited",
        recorder="krisebot",
        sender=turn.sender,
        refs={"source_of": entry.no},
    )


async def _offer_report(turn: Turn, text: str) -> None:
    """Who doesn't write the log can still hand on what was said, to the last word (R196)."""
    await turn.answer(
        Card(
            f"Loggen skrives af {rights.staff.holders}. Skal krisestaben have beskeden som en melding?\n»{quote(text, SHOWN)}«",
            buttons=(Button("Send som melding", "router.meant", {"verb": "melding", "inbox": turn.inbox_id}),),
        )
    )


async def _save(
    turn: Turn,
    incoming: Incoming,
    text: str,
    author: str,
    *,
    confirmed: bool = False,
    grade: str = clearance.SHARED,
    way: saving.Way = saving.INWARDS,
    hint: str = "",
) -> LogEntry | None:
    standing = await _saved_from(turn, incoming.message)
    if standing is not None:
        await turn.answer(Card(f"Den står allerede i loggen som nr. {standing.no}."))
        return None
    verification, grade, said = await saving.granted(turn, confirmed, grade)
    entry = await turn.log(
        text,
        kind="saved",
        sender=author or turn.sender,
        receiver=way.receiver or "krisestaben",
        direction=way.direction,
        event_time=incoming.said_at,
        verification=verification,
        grade=grade,
        refs={"message": incoming.message, "platform": incoming.platform},
    )
    await attachments.take(turn, entry, incoming, turn.inbox_id)
    await tell(turn, entry, saving.read_back(turn, way) + said + hint)
    return entry


async def _heard(turn: Turn, message: str) -> Incoming | None:
    """What was said in a message, as we heard it."""
    for row in await turn.db.scalars(select(Inbox).where(Inbox.message == message).order_by(Inbox.id)):
        heard = Incoming.from_json(row.body)
        if heard.kind in ("text", "command"):
            return heard
    return None


async def _confirm(turn: Turn, no: int) -> None:
    try:
        state = await state_of(turn.db, turn.the_crisis, no)
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))
        return
    if not await rights.log_keeper.held(turn):
        await turn.log(f"{turn.name(turn.sender)} mener, at nr. {no} er rigtig (ikke bekræftet)", refs={"about": no})
        await turn.answer(
            Card(
                f"Kun {rights.log_keeper.holders} kan bekræfte. Nr. {no} er stadig ubekræftet; din vurdering er noteret."
            )
        )
        return
    if state.verification == "confirmed":
        await turn.answer(Card(f"Nr. {no} er allerede bekræftet."))
        return
    state.verification, state.confirmed_by, state.confirmed_at = "confirmed", turn.sender, turn.now
    await turn.log(f"Nr. {no} er bekræftet", kind="confirmation", verification="confirmed", refs={"confirms": no})
    await tell(turn, await entry_of(turn, no))


async def _correct(turn: Turn, no: int, text: str) -> None:
    try:
        state = await state_of(turn.db, turn.the_crisis, no)
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))
        return
    entry = await entry_of(turn, no)
    if turn.sender != entry.recorder and not await rights.log_keeper.held(turn):
        await turn.answer(
            Card(f"Det kan kun den, der skrev linjen, eller {rights.log_keeper.holders}. Intet er ændret.")
        )
        return
    correction = await turn.log(
        text,
        kind="correction",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        grade=state.grade,
        refs={"corrects": no},
    )
    state.corrected_by = correction.no
    await tell(turn, correction, f"\nDen retter nr. {no}, som bliver stående.")


async def tell(turn: Turn, entry: LogEntry, hint: str = "") -> None:
    """Show whoever asked how a line stands, with as much of it as may be seen where the card stands."""
    key = _key(turn, entry.no)
    where = await turn.db.scalar(select(Message.recipient).where(Message.key == key)) or await turn.here()
    await turn.answer(await _saved(turn, entry, await clearance.of(turn, where), hint), key=key)


async def look_up(turn: Turn, no: int) -> None:
    """Show whoever asked the line with that number."""
    try:
        await tell(turn, await entry_of(turn, no))
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))


async def redraw(turn: Turn, entry: LogEntry) -> None:
    """Every card that tells of a line is drawn as it stands now, for whoever has it."""
    begins = f"crisis/{turn.the_crisis.id}/log/{entry.no}/"
    found = await turn.db.execute(
        select(Message.key, Message.recipient).where(Message.key.startswith(begins, autoescape=True))
    )
    for key, recipient in found.all():
        await turn.say(recipient, await _saved(turn, entry, await clearance.of(turn, recipient)), key=key)


async def _saved(turn: Turn, entry: LogEntry, highest: str, hint: str = "") -> Card:
    state = await state_of(turn.db, turn.the_crisis, entry.no)
    confirmed = state.verification == "confirmed"
    text = shown(turn, entry, state, highest)
    buttons = [] if confirmed else [Button("Bekræft", "log.confirm", {"no": entry.no, "crisis": turn.the_crisis.id})]
    buttons.append(
        Button(
            "Ret",
            "log.correct",
            {"no": entry.no, "crisis": turn.the_crisis.id},
            form=(Field("text", "Hvad skal der stå?", "long", required=True, value=text),),
            form_title=f"Ret nr. {entry.no}",
        )
    )
    buttons.append(grade_button(turn, entry.no, state.grade))
    mark = "bekræftet" if confirmed else "ubekræftet"
    mark += f", {turn.rules.grade_name(state.grade)}" if state.grade != clearance.SHARED else ""
    attached = await attachments.line(turn, entry.no, named=within(state.grade, highest))
    return Card(f"Gemt i log nr. {entry.no} ({mark}).\n»{quote(text)}«{attached}{hint}", buttons=tuple(buttons))


def shown(turn: Turn, entry: LogEntry, state: LogState, highest: str) -> str:
    """A line's text as a card may show it.

    Args:
        highest: the highest grade that may be seen where the card stands. A CPR number is seen nowhere (D07).
    """
    if not within(state.grade, highest):
        return f"({turn.rules.grade_name(state.grade)})"
    text = cpr.without(entry.summary)
    return f"{text[:SHOWN]} … (hele teksten står i loggen)" if len(text) > SHOWN else text


def grade_button(turn: Turn, no: int, grade: str) -> Button:
    """The way to another grade."""
    choices = tuple((each, turn.rules.grade_name(each)) for each in GRADES)
    return Button(
        "Fortrolighed",
        "log.grade",
        {"no": no, "crisis": turn.the_crisis.id},
        form=(Field("grade", "Hvem må se linjen?", "choice", required=True, value=grade, choices=choices),),
        form_title=f"Fortrolighed, nr. {no}",
    )


async def entry_of(turn: Turn, no: int) -> LogEntry:
    """The line with that number.

    Raises:
        NoSuchEntry: the log has no such line.
    """
    found = await turn.db.scalar(select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.no == no))
    if found is None:
        raise NoSuchEntry(no)
    return found


async def _saved_from(turn: Turn, message: str) -> LogEntry | None:
    if not message:
        return None
    found: LogEntry | None = await turn.db.scalar(
        select(LogEntry).where(
            LogEntry.crisis_id == turn.the_crisis.id,
            LogEntry.message == message,
        )
    )
    return found


def numbered(text: str) -> tuple[int, str] | None:
    """ "nr. 17: …" as a line's number and the words after it."""
    found = re.match(r"\s*(?:nr\.?\s*)?(\d{1,9})\b[:.]?\s*(.*)", text, re.DOTALL | re.IGNORECASE)
    return (int(found[1]), found[2].strip()) if found else None


def _key(turn: Turn, no: int) -> str:
    return f"crisis/{turn.the_crisis.id}/log/{no}/{turn.sender}"
