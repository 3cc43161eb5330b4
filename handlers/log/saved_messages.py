"""Saving what was said elsewhere: "Gem i log", reactions, forwarded messages, and later edits of them. Plan §7."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from handlers.core import answering, clearance, enclosures, personal_numbers, registry, rights, running, typed_verbs
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.events import AskedForHelp, Told
from handlers.core.events import tell as tell_event
from handlers.core.incoming import Incoming
from handlers.core.language import cpr, verb_words
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.log import line_words, lines, staff_words
from storage.grades import GRADES, Grade
from storage.rows.crisis import Crisis
from storage.rows.log import VERIFICATIONS, LogEntry, exported
from storage.rows.traffic import Inbox

SAVE_REACTIONS = {"pushpin", "📌", "round_pushpin"}
HELP_REACTIONS = {"sos", "🆘"}
# What a message that is sent on may become, when that is said above it.
BECOMES = ("log", "melding", "bistand", "telefon", "varsel")
TAKE_REACTIONS = {"eyes", "👀"}
CONFIRM_REACTIONS = {"white_check_mark", "✅", "heavy_check_mark"}
REACTIONS = SAVE_REACTIONS | HELP_REACTIONS | TAKE_REACTIONS | CONFIRM_REACTIONS


async def _unchosen(turn: Context) -> tuple[str, Grade] | None:
    """Read what the staffs shall have of a message that one of theirs saved or marked: the message, and what they wrote
    above it. Whoever writes no log has asked for nothing yet."""
    incoming = turn.the_incoming
    if incoming.kind == "reaction":
        said = await _heard(turn, incoming.message) if incoming.text in SAVE_REACTIONS | HELP_REACTIONS else None
        return (personal_numbers.masked(said).text, clearance.SHARED) if said is not None else None
    meant, becomes = _becomes(incoming)
    writes = [await rights.staff.held(turn.about(crisis)) for crisis in await turn.open_crises()]
    if becomes in (None, "log") and not any(writes):
        return None
    text = turn.value("text") or incoming.text or enclosures.titled(incoming.enclosed)
    grade = turn.chosen("grade", GRADES) or clearance.spoken(turn, meant.rest)[1]
    return f"{incoming.comment}\n{text}".strip(), grade


@action("log.save", unchosen=_unchosen)
async def save(turn: Turn) -> None:
    """Save somebody's message in the log by `Gem i log`: the author and the time are the message's own. Whoever is not
    in the staff is offered to report it instead."""
    incoming = turn.the_incoming
    text = turn.value("text") or incoming.text or enclosures.titled(incoming.enclosed)
    if not await rights.staff.held(turn):
        await _offer_report(turn, text)
        return
    await _save(
        turn,
        incoming,
        text,
        incoming.author,
        confirmed=turn.chosen("verification", VERIFICATIONS) == "confirmed",
        grade=turn.chosen("grade", GRADES) or clearance.SHARED,
        way=line_words.filled_in(turn),
    )


@action("log.forward", crisis=False, unchosen=_unchosen)
async def forward(turn: Turn) -> None:
    """Save a message that was sent on to the bot alone as its author wrote it, or make of it what is said above it.
    Anybody may send on; what it becomes has rights of its own."""
    incoming = turn.the_incoming
    text = incoming.text or enclosures.titled(incoming.enclosed)
    meant, becomes = _becomes(incoming)
    if becomes and becomes != "log":
        turn.written_at = incoming.said_at
        await running.run(turn, registry.verbs[becomes], f"{meant.rest}\n{text}".strip())
        return
    if turn.crisis is None and not await running.find_crisis_or_ask(turn):
        return
    if not await rights.staff.held(turn):
        await _offer_report(turn, text)
        return
    unknown = (
        "" if incoming.author else "\nDet fremgår ikke, hvem der skrev den, og hvornår: det gør »Gem i log« på den."
    )
    confirmed, grade, comment = (
        clearance.spoken(turn, meant.rest) if becomes else (False, clearance.SHARED, incoming.comment)
    )
    entry = await _save(turn, incoming, text, incoming.author, confirmed=confirmed, grade=grade, hint=unknown)
    if entry is not None and comment.strip():
        await turn.log(
            comment.strip(), sender=turn.sender, receiver="krisestaben", direction="in", refs={"about": entry.no}
        )


def _becomes(incoming: Incoming) -> tuple[verb_words.Match, str | None]:
    """Read what is said above a message that is sent on: its words, and the verb that they begin with."""
    verbs = {name: registry.verbs[name].synonyms for name in BECOMES}
    meant = verb_words.match(typed_verbs.strip_name(incoming.comment), verbs)
    return meant, meant.verb if meant.kind == "exact" else None


@action("log.reaction", crisis=False, unchosen=_unchosen)
async def reaction(turn: Turn) -> None:
    """Save a message by 📌, confirm the line it became by ✅, take it on by 👀, ask for assistance with it by 🆘; only the
    staff's reactions count, and everybody else's are met with silence.

    Taking one away changes nothing. One on a card that asks is no answer to it.
    """
    standing = await turn.answered()
    if standing is not None and standing.crisis_id is not None:
        turn.crisis = await turn.db.get(Crisis, standing.crisis_id)
    known = turn.the_incoming.text in REACTIONS and await _find_own_crisis_or_ask(turn)
    if not (known and await _act_on(turn)) and standing is not None:
        await answering.tell_that_a_sign_is_none(turn, standing)


async def _act_on(turn: Turn) -> bool:
    """Do what a reaction of the staff's stands for; returns whether there was anything to do it with."""
    incoming = turn.the_incoming
    if incoming.text in CONFIRM_REACTIONS:
        entry = await _saved_from(turn, incoming.message)
        if entry is not None:
            await lines.confirm_line(turn, entry.no)
        return entry is not None
    said = await _heard(turn, incoming.message)
    if said is None:
        return False
    if incoming.text in SAVE_REACTIONS:
        turn.incoming = original = replace(incoming, said_at=said.received_at, enclosed=said.enclosed)
        text = cpr.without(said.text) or enclosures.titled(said.enclosed)
        await _save(turn, original, text, said.sender)
    elif incoming.text in HELP_REACTIONS:
        turn.incoming = replace(incoming, enclosed=said.enclosed)
        await tell_event(turn, AskedForHelp(personal_numbers.masked(said)))
    else:
        await _take(turn, said)
    return True


async def _find_own_crisis_or_ask(turn: Turn) -> bool:
    """Find the crisis that a reaction is about, among those whose staff the sender is in; ask which, where it is several."""
    if turn.crisis is not None:
        return await rights.staff.held(turn)
    going = await turn.open_crises()
    own = [crisis for crisis in going if await rights.staff.held(turn.about(crisis))]
    turn.crisis = own[0] if len(own) == 1 else None
    return bool(own) and (turn.crisis is not None or await running.find_crisis_or_ask(turn))


async def _take(turn: Turn, said: Incoming) -> None:
    """Log that the sender takes what a message tells of, once; nobody is told anew."""
    message = turn.the_incoming.message
    mine = select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.recorder == turn.sender)
    if not any((exported(entry)["refs"] or {}).get("taken") == message for entry in await turn.db.scalars(mine)):
        await turn.log(
            f"{turn.name(turn.sender)} tager: »{cpr.without(said.text)}«", sender=turn.sender, refs={"taken": message}
        )


@action("log.source_edited", crisis=False)
async def source_edited(turn: Turn) -> None:
    """Log that a message which was saved has been edited or deleted at its source: the line stands unchanged."""
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
    """Offer whoever doesn't write the log to hand on what was said, to the last word, as a report."""
    report = Button("Send som melding", "router.meant", {"verb": "melding", "inbox": turn.inbox_id})
    so = f"Skal krisestaben have beskeden som en melding?\n»{quote(text, lines.SHOWN)}«"
    await running.refuse(turn, rights.staff, so, report)


async def _save(
    turn: Turn,
    incoming: Incoming,
    text: str,
    author: str,
    *,
    confirmed: bool = False,
    grade: Grade = clearance.SHARED,
    way: line_words.Way = line_words.INWARDS,
    hint: str = "",
) -> LogEntry | None:
    standing = await _saved_from(turn, incoming.message)
    if standing is not None and not await lines.is_undone(turn, standing.no):
        await turn.answer(Card(f"Den står allerede i loggen som nr. {standing.no}."))
        return None
    verification, grade, said, keeper = await line_words.granted(turn, confirmed, grade)
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
    await turn.enclose(entry, incoming, turn.inbox_id)
    await tell_event(turn, Told(text, entry.no, incoming.said_at or turn.received))
    if incoming.message:
        await staff_words.bring_up_to_date(turn, incoming.message)
    await lines.tell(
        turn, entry, line_words.read_back(turn, way) + said + hint, *lines.ask_button(turn, entry.no, keeper)
    )
    return entry


async def _heard(turn: Context, message: str) -> Incoming | None:
    """Return the input in which a message was said, as we heard it."""
    for row in await turn.db.scalars(select(Inbox).where(Inbox.message == message).order_by(Inbox.id)):
        heard = Incoming.from_json(row.body)
        if heard.kind in ("text", "command"):
            return heard
    return None


async def _saved_from(turn: Context, message: str) -> LogEntry | None:
    if not message:
        return None
    found: LogEntry | None = await turn.db.scalar(
        select(LogEntry)
        .where(
            LogEntry.crisis_id == turn.the_crisis.id,
            LogEntry.message == message,
        )
        .order_by(LogEntry.no.desc())
        .limit(1)
    )
    return found
