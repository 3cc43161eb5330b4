"""`grad`: who may see a line of the log, chosen afterwards. Plan §8, Fortrolighed (R216).

The line stands; that it has another grade is a line of its own. What has repeated a line's words follows it up, and the
messages that stand with them lose them.
"""

from __future__ import annotations

import json

from sqlalchemy import select

from handlers import clearance, crisis_log, minutes, picture_card, picture_draft, picture_texts, rights
from handlers.card import Button, Card, quote
from handlers.registry import action, verb
from handlers.turn import Turn
from storage import redaction
from storage.grades import GRADES, within
from storage.log import NoSuchEntry, exported, state_of
from storage.tables import LogEntry, LogState, Message

KIND = "grade"


@verb(
    "grad",
    "fortrolighed",
    "fortrolig",  # "fortrolig: …" is offered as a line of that grade
    help="grad 17 fortrolig – hvem der må se en linje; log fortrolig: … skriver den sådan fra først af",
    who=rights.log_keeper,
    crisis=True,
    grave=True,
)
async def grade(turn: Turn, text: str) -> None:
    """A line's number and its grade; without the grade, which it has."""
    found = crisis_log.numbered(text)
    wanted = clearance.named(turn, found[1].strip(" .:!")) if found else None
    if found is None or (found[1] and wanted is None):
        names = ", ".join(turn.rules.grades)
        await turn.answer(
            Card(
                f"Hvilken linje, og hvilken grad ({names})? Skriv fx */krise grad 17 {turn.rules.grades[-1]}*. Intet er ændret.",
                buttons=(Button("Gem i log", "router.meant", {"verb": "log", "inbox": turn.inbox_id}),) if text else (),
            )
        )
    elif wanted is None:
        await crisis_log.look_up(turn, found[0])
    else:
        await _set(turn, found[0], wanted)


@action("log.grade", who=rights.log_keeper)
async def chosen(turn: Turn, no: int) -> None:
    """`Fortrolighed`, on the line's card."""
    if turn.value("grade") in GRADES:
        await _set(turn, no, turn.value("grade"))


async def _set(turn: Turn, no: int, wanted: str) -> None:
    try:
        state = await state_of(turn.db, turn.the_crisis, no)
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))
        return
    if state.grade == wanted:
        await turn.answer(Card(f"Nr. {no} er allerede {turn.rules.grade_name(wanted)}."))
        return
    entry = await crisis_log.entry_of(turn, no)
    raised = not within(wanted, state.grade)
    along = await (_repeating(turn, entry, wanted) if raised else _followed(turn, no, state.grade))
    for each in (entry, *along):
        await _change(turn, each, wanted, no)
    for each in (entry, *along):
        await crisis_log.redraw(turn, each)
    drawn = await picture_texts.newest(turn, "draft")
    if drawn is not None:
        await picture_card.redraw(turn, await picture_draft.draft(turn))
    taken = await _take_back(turn) if wanted == clearance.CONFIDENTIAL else 0
    also = f"\nDe gentager teksten og følger med: nr. {', '.join(str(each.no) for each in along)}." if along else ""
    gone = f"\nJeg har taget teksten ud af {taken} beskeder, der stod." if taken else ""
    own = (
        "\nDet, I selv har skrevet i kanalen, kan jeg ikke fjerne: slet det der."
        if wanted == clearance.CONFIDENTIAL
        else ""
    )
    await turn.answer(Card(f"Nr. {no} er nu *{quote(turn.rules.grade_name(wanted))}*.{also}{gone}{own}"))


async def _change(turn: Turn, entry: LogEntry, wanted: str, asked: int) -> None:
    """A line of its own, which carries the new grade itself."""
    state = await state_of(turn.db, turn.the_crisis, entry.no)
    before, state.grade = state.grade, wanted
    await turn.db.flush()
    because = "" if entry.no == asked else f", for den gentager nr. {asked}"
    await turn.log(
        f"Nr. {entry.no} er nu {turn.rules.grade_name(wanted)} (før {turn.rules.grade_name(before)}){because}",
        kind=KIND,
        sender=turn.sender,
        verification="confirmed",
        grade=wanted,
        refs={"sets_grade_of": entry.no} | ({"because_of": asked} if entry.no != asked else {}),
    )
    if entry.kind == "minutes":
        await minutes.graded(turn, exported(entry)["refs"], wanted)


async def _repeating(turn: Turn, entry: LogEntry, wanted: str) -> list[LogEntry]:
    """The lines that say the same words and may be seen by more."""
    words = sorted(entry.summary.split(), key=len, reverse=True)
    if not words:
        return []
    found = await turn.db.execute(
        select(LogEntry, LogState.grade)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(
            LogEntry.crisis_id == turn.the_crisis.id,
            LogEntry.no != entry.no,
            LogEntry.summary.contains(words[0], autoescape=True),
        )
        .order_by(LogEntry.no)
    )
    return [
        each
        for each, grade in found.all()
        if within(grade, wanted) and grade != wanted and redaction.repeated(each.summary, entry.summary)
    ]


async def _followed(turn: Turn, no: int, grade: str) -> list[LogEntry]:
    """The lines that got this grade for repeating that line, and still have it."""
    changes = await turn.db.scalars(
        select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == KIND)
    )
    refs = [exported(change)["refs"] for change in changes]
    numbers = {each["sets_grade_of"] for each in refs if each.get("because_of") == no}
    found = await turn.db.scalars(
        select(LogEntry)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.no.in_(numbers), LogState.grade == grade)
        .order_by(LogEntry.no)
    )
    return list(found)


async def _take_back(turn: Turn) -> int:
    """Take confidential words out of the messages that stand where they may not be seen; how many there were."""
    _, texts = await turn.secrets()
    taken = 0
    for message in await turn.db.scalars(select(Message).where(Message.crisis_id == turn.the_crisis.id)):
        said = json.dumps(message.card, ensure_ascii=False).replace("\\n", "\n")
        if any(redaction.repeated(said, each) for each in texts):
            version = message.version
            await turn.say(message.recipient, Card.from_json(message.card), key=message.key)
            taken += message.version != version
    return taken
