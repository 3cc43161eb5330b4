"""`grad`: changes who may see a line of the log, afterwards. Plan §8, Fortrolighed.

The line stands; that it has another grade is a line of its own. What has repeated a line's words follows it up, and the
messages that stand with them lose them.
"""

from __future__ import annotations

import json

from sqlalchemy import or_, select

from handlers.core import clearance, rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.events import Regraded, tell
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.log import lines
from storage.case import redaction
from storage.grades import GRADES, Grade, within
from storage.rows.log import LogEntry, LogKind, LogState, NoSuchEntry, exported, state_of
from storage.rows.traffic import NOTICES, Message

KIND: LogKind = "grade"
# Most lines of a log are of these kinds, and none of them tells of a row.
MANY = ("information", "saved", "confirmation", KIND, *sorted(NOTICES - {"order"}))

# So much of a word finds the lines that may say it; which do is looked into afterwards.
ENOUGH = 100


@verb(
    "grad",
    "fortrolighed",
    "fortrolig",  # "fortrolig: …" is offered as a line of that grade
    help="grad 17 fortrolig – hvem der må se en linje; log fortrolig: … skriver den sådan fra først af",
    who=rights.log_keeper,
    crisis=True,
    grave=True,
    begins="never",
)
async def grade(turn: Turn, text: str) -> None:
    """Give a line of the log another grade; without the grade, show which it has."""
    found = lines.numbered(text)
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
        await lines.look_up(turn, found[0])
    else:
        await _set(turn, found[0], wanted)


@action("log.grade", who=rights.log_keeper)
async def chosen(turn: Turn, no: int) -> None:
    """Give a line the grade that was chosen under `Fortrolighed` on its card."""
    wanted = turn.chosen("grade", GRADES)
    if wanted is not None:
        await _set(turn, no, wanted)


async def _set(turn: Turn, no: int, wanted: Grade) -> None:
    try:
        state = await state_of(turn.db, turn.the_crisis, no)
    except NoSuchEntry:
        await turn.answer(Card(f"Der er ingen linje nr. {no} i loggen."))
        return
    if state.grade == wanted:
        await turn.answer(Card(f"Nr. {no} er allerede {turn.rules.grade_name(wanted)}."))
        return
    entry = await lines.entry_of(turn, no)
    raised = not within(wanted, state.grade)
    along = await (_repeating(turn, entry, wanted) if raised else _followed(turn, no, state.grade))
    for each in (entry, *along):
        await _change(turn, each, wanted, no)
    for each in (entry, *along):
        await lines.redraw(turn, each)
    await tell(turn, Regraded((entry, *along), wanted))
    taken = await _take_back(turn) if wanted == clearance.CONFIDENTIAL else 0
    also = (
        f"\nDe gentager teksten eller hører til den og følger med: nr. {', '.join(str(each.no) for each in along)}."
        if along
        else ""
    )
    gone = f"\nJeg har taget teksten ud af {taken} beskeder, der stod." if taken else ""
    own = (
        "\nDet, I selv har skrevet i kanalen, kan jeg ikke fjerne: slet det der."
        if wanted == clearance.CONFIDENTIAL
        else ""
    )
    await turn.answer(Card(f"Nr. {no} er nu *{quote(turn.rules.grade_name(wanted))}*.{also}{gone}{own}"))


async def _change(turn: Turn, entry: LogEntry, wanted: Grade, asked: int) -> None:
    """Log a line of its own that carries the new grade itself, and set the line's state to it."""
    state = await state_of(turn.db, turn.the_crisis, entry.no)
    before, state.grade = state.grade, wanted
    await turn.db.flush()
    because = "" if entry.no == asked else f", for den gentager eller hører til nr. {asked}"
    await turn.log(
        f"Nr. {entry.no} er nu {turn.rules.grade_name(wanted)} (før {turn.rules.grade_name(before)}){because}",
        kind=KIND,
        sender=turn.sender,
        verification="confirmed",
        grade=wanted,
        refs={"sets_grade_of": entry.no} | ({"because_of": asked} if entry.no != asked else {}),
    )


async def _repeating(turn: Context, entry: LogEntry, wanted: Grade) -> list[LogEntry]:
    """Return the lines that say the same words, tell of the same row, correct the line or name a file that is attached to
    it, and may be seen by more."""
    said, row = await redaction.said_by(turn.db, turn.the_crisis, [entry]), redaction.row_of(exported(entry)["refs"])
    words = [max(text.split(), key=len) for text in (*said.texts, *(each.text for each in said.short))]
    found = await turn.db.execute(
        select(LogEntry, LogState.grade)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(
            LogEntry.crisis_id == turn.the_crisis.id,
            LogEntry.no != entry.no,
            or_(
                LogEntry.kind.not_in(MANY),
                *(LogEntry.summary.contains(word[:ENOUGH], autoescape=True) for word in dict.fromkeys(words)),
            ),
        )
        .order_by(LogEntry.no)
    )

    def goes_along(each: LogEntry) -> bool:
        refs = exported(each)["refs"]
        same = row is not None and redaction.row_of(refs) == row
        return same or refs.get("corrects") == entry.no or redaction.tells(each.summary, said)

    wider = [each for each, grade in found.all() if within(grade, wanted) and grade != wanted]
    along = [each for each in wider if goes_along(each)]
    # Of these and of the line itself, what is said of the files that are attached to them.
    numbers = {entry.no, *(each.no for each in along)}
    return [each for each in wider if each in along or exported(each)["refs"].get("attachment_of") in numbers]


async def _followed(turn: Context, no: int, grade: Grade) -> list[LogEntry]:
    """Return the lines that got this grade for repeating that line, and still have it."""
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
    """Remove confidential words from the messages that stand where they may not be seen; return how many there were."""
    secrets = await turn.secrets()
    taken = 0
    for message in await turn.db.scalars(select(Message).where(Message.crisis_id == turn.the_crisis.id)):
        said = json.dumps(message.card, ensure_ascii=False).replace("\\n", "\n")
        if redaction.tells(said, secrets):
            version = message.version
            await turn.say(message.recipient, Card.from_json(message.card), key=message.key)
            taken += message.version != version
    return taken
