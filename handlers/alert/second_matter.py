"""What somebody wrote on to their own warning, and is another incident: it gets a chain of its own when they say so. Plan §4."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.alert import escalation, escalation_cards, escalation_chain, joining, languages, warning, warning_question
from handlers.core import presses
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT
from handlers.core.language import dangers, joining_words
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.log import lines
from storage.rows.alert import Alert
from storage.rows.log import NoSuchEntry
from storage.rows.traffic import Message

# So long after something was added, "det er en anden hændelse" is said of it.
STILL_MEANT = timedelta(minutes=30)


@action(warning.SPLIT, urgent=True)
async def split(turn: Turn, alert: int, no: int) -> None:
    """Make an incident of its own of what its sender wrote on to their warning, by `Det er en anden hændelse`: it goes up
    its own chain, and both logs say so.

    Args:
        alert: the warning that it was added to.
        no: the line of its log that has the words.
    """
    row = await turn.db.get(Alert, alert)
    if row is None or row.person != turn.sender:
        return
    first = turn.the_crisis
    try:
        words = (await lines.entry_of(turn, no)).summary
    except NoSuchEntry:
        return
    kept, _, after = row.text.rpartition(f"\n{words}")
    if kept:
        row.text = f"{kept}{after}"
    elif row.text == words:
        # What happened had not been said before it.
        row.text = f"{warning.WANTED}."
    await warning.begin(turn, words)
    second = turn.the_crisis
    new = await warning.record(turn, words)
    new.touches = new.beyond = warning_question.UNKNOWN
    turn.crisis = first
    await turn.log(
        f"»{words}« er en anden hændelse og føres nu som nr. {second.number}.", kind="assessment", sender=turn.sender
    )
    await _redraw_first(turn, row, words, second.number)
    turn.crisis = second
    belongs = {"alert": new.id, "own": second.id, "to": first.id}
    back = Button(f"Det hører til nr. {first.number}", "joining.belongs", belongs)
    await turn.replace(
        Card(
            f"»{quote(words, 300)}«\nDet er nu varsel nr. {second.number} for sig, og det er sendt videre. {DANGER}"
            f"{languages.beside(words, languages.DANGER, languages.SENT)}",
            buttons=(back,) if first.state in ("active", "warned") else (),
        )
    )
    await escalation.start(turn, new)


async def _redraw_first(turn: Turn, row: Alert, words: str, second: int) -> None:
    """Show the warning without the words that are another incident's now, to whoever is asked or has it.

    Args:
        second: that incident's number.
    """
    if turn.the_crisis.level is None and row.id == (await escalation_chain.first_alert(turn)).id:
        turn.the_crisis.title = warning.title_of(row.text)
    if row.assessment is None:
        await warning_question.ask(turn, row)
        return
    first = turn.the_crisis
    if await joining.tell_more_words(turn, row) is not None:
        turn.crisis = first
        return
    chain = await escalation_chain.current(turn)
    if chain is None:
        return
    await escalation_cards.redraw_questions(turn)
    if chain.taken_by:
        await turn.notify(
            [chain.taken_by],
            Card(f"»{quote(words, 500)}« hører ikke til nr. {first.number}: det er nu varsel nr. {second} for sig."),
            kind="alert",
            summary=f"{turn.name(chain.taken_by)} har fået besked om, at det er en anden hændelse",
            urgency=URGENT,
        )


async def take_written(turn: Turn, text: str) -> bool:
    """Take "det er en anden hændelse", written instead of pressed, for what was added last; returns whether it was."""
    if dangers.folded(text) not in joining_words.OTHER:
        return False
    mine = select(Message).where(
        Message.recipient == turn.sender, Message.kind == "reply", Message.created_at > turn.now - STILL_MEANT
    )
    # A "tak" in between, or a question, has an answer without the button.
    for newest in list(await turn.db.scalars(mine.order_by(Message.id.desc()).limit(5))):
        pressed = next((each for each in Card.from_json(newest.card).buttons if each.do == warning.SPLIT), None)
        if pressed is not None:
            turn.incoming = replace(
                turn.the_incoming, kind="press", action=pressed.do, args=pressed.args, message=str(newest.id)
            )
            return await presses.press(turn)
    return False
