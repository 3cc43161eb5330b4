"""What was held back for a CPR number: goes on as whoever typed it has chosen."""

from __future__ import annotations

from handlers.core import clearance, enclosures, personal_numbers, registry, router, typed_verbs
from handlers.core.card import Card
from handlers.core.context import Context
from handlers.core.incoming import Incoming
from handlers.core.language import verb_words
from handlers.core.registry import action
from handlers.core.turn import Turn
from storage.grades import Grade
from storage.rows.log import of_line
from storage.rows.traffic import Inbox

SAVED = ("save", "forward")


@action("held.remove", crisis=False)
async def remove(turn: Turn, inbox: int) -> None:
    """Remove the number from what was kept too, by `Fjern nummeret`, and go on as if it had been typed so. Only whoever
    typed it may choose."""
    row = await _of_sender(turn, inbox)
    if row is None:
        return
    await turn.replace(Card("Nummeret er fjernet, også af det, jeg har gemt."))
    await _go_on(turn, row)


async def _unchosen(turn: Context) -> tuple[str, Grade] | None:
    """Read what the staffs shall have of words that were to be saved as confidential: without the number, and so kept only
    where the log alone would have had them; a report is read by the staff."""
    row = await _of_sender(turn, turn.the_incoming.args["inbox"])
    if row is None:
        return None
    original = personal_numbers.masked(Incoming.from_json(row.body))
    words = original.values.get("text") or original.words
    said, grade = typed_verbs.strip_name(words), clearance.spoken(turn, _meant(original).rest)[1]
    return said, clearance.CONFIDENTIAL if _is_for_log(original) else grade


@action("held.confidential", unchosen=_unchosen)
async def confidential(turn: Turn, inbox: int) -> None:
    """Save the words in one log line of the highest grade, by `Gem som Fortrolig`; all else goes on without the number.
    Only whoever typed it may choose."""
    row = await _of_sender(turn, inbox)
    if row is None:
        return
    original = Incoming.from_json(row.body)
    saved, for_the_log = original.kind in SAVED, _is_for_log(original)
    filled_in = "\n".join(value for value in original.values.values() if value)
    entry = await turn.log(
        clearance.unmarked(turn, _meant(original).rest)
        if for_the_log and not saved
        else (original.values.get("text") if saved else filled_in) or original.text,
        kind="saved" if saved else "information",
        sender=original.author or original.sender,
        receiver="krisestaben",
        direction="in",
        event_time=original.said_at or original.received_at,
        grade="confidential",
        refs={"message": original.message} if saved else {},
    )
    await turn.enclose(entry, original, row.id)
    files = len(await of_line(turn.db, turn.the_crisis, entry.no))
    # What came along with the number is as confidential as the number.
    kept = f"\n{enclosures.MARK} {files} bilag er gemt med linjen og følger ikke med videre." if files else ""
    await turn.replace(
        Card(
            f"Gemt i log nr. {entry.no} som {turn.rules.grade_name('confidential')} (ubekræftet). Teksten vises ikke."
            + ("" if for_the_log else kept)
        )
    )
    if for_the_log:
        await personal_numbers.scrub(turn, row, personal_numbers.typed(original))
    else:
        await _go_on(turn, row)


def _meant(original: Incoming) -> verb_words.Match:
    verbs = {verb.name: verb.synonyms for verb in registry.verbs.values()}
    return verb_words.match(typed_verbs.strip_name(original.text), verbs)


def _is_for_log(original: Incoming) -> bool:
    """Whether the line is all that was asked for: nothing goes on without the number."""
    return original.kind in SAVED or (original.kind != "press" and _meant(original).verb == "log")


async def _of_sender(turn: Context, inbox: int) -> Inbox | None:
    """Return the input that is held back, when it is still so and the sender is who typed it."""
    row = await turn.db.get(Inbox, inbox)
    if row is None:
        return None
    original = Incoming.from_json(row.body)
    return row if original.sender == turn.sender and personal_numbers.typed(original) else None


async def _go_on(turn: Turn, row: Inbox) -> None:
    original = Incoming.from_json(row.body)
    await personal_numbers.scrub(turn, row, personal_numbers.typed(original))
    turn.incoming, turn.inbox_id = personal_numbers.masked(original), row.id
    await router.handle(turn)
