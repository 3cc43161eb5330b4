"""An answer that is rewritten where it stands: it is read again, or whoever wrote it is asked what counts. Plan §7,
"Dokumentation".

What was read first has had its effect: somebody was asked instead, a centre is green. So new words are never put in its
place in silence, and never read as a second answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers.core import personal_numbers, registry, typed_verbs
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox, Message

# What is answered once and then is nothing any more: a code, and which question a number was for.
NO_ANSWERS = frozenset(["proof", "which_answer", "stop_words"])
# So long after what rewrites them may a person's own words come in, and so soon they are looked for.
OVERTAKEN, FIRST_WAIT = timedelta(minutes=6), timedelta(seconds=2)
# What answered nothing, and was led on: somebody's own words.
WORDS = "words"
# What was run as it stood: rewriting it runs nothing, and undoes nothing.
COMMAND = "command"
# As much of each is shown.
SHOWN = 300
# Buttons that a card has room for beside its words on a phone.
MOST = 5


async def note(turn: Turn, kind: str) -> None:
    """Write down of the input what it answered, in case it is rewritten.

    Args:
        kind: what was asked, as `registry.reply` has it; "press" for a button by its words.
    """
    row = await turn.db.get(Inbox, turn.inbox_id) if turn.inbox_id is not None and turn.the_incoming.message else None
    if row is not None and kind not in NO_ANSWERS:
        crisis = turn.crisis.id if turn.crisis else None
        row.answered = {"kind": kind, "crisis": crisis, "cards": await turn.shown()}


async def note_command(turn: Turn) -> None:
    """Write down of the input that it was a command that was run, unless its verb has said more of it."""
    row = await turn.db.get(Inbox, turn.inbox_id) if turn.inbox_id is not None and turn.the_incoming.message else None
    if row is not None and turn.the_incoming.kind != "press" and row.answered is None:
        row.answered = {"kind": COMMAND, "crisis": None, "cards": []}


async def comes_before_original(turn: Context) -> bool:
    """Whether the words that the input rewrites may still be on their way: a platform's requests overtake each other."""
    incoming = turn.the_incoming
    if turn.now - incoming.received_at > OVERTAKEN:
        return False
    beside = select(Inbox.body).where(Inbox.message == incoming.message, Inbox.id != turn.inbox_id)
    return all(each["kind"] in ("edited", "deleted") for each in await turn.db.scalars(beside))


def put_off(turn: Turn) -> None:
    """Have the input taken up once more, ever later: its original is brought again after minutes where it was lost."""
    waited = turn.now - turn.the_incoming.received_at
    turn.again_at = turn.now + max(waited, FIRST_WAIT)


async def take_in(turn: Turn) -> None:
    """Read the answer again that the input has rewritten, or ask about it; nothing where it was none, or says the same."""
    found = await _original(turn)
    if found is None:
        return
    number, answered, first, earlier = found
    if turn.inbox_id is not None and personal_numbers.typed(turn.the_incoming):
        row = await turn.db.get_one(Inbox, turn.inbox_id)
        await personal_numbers.scrub(turn, row, personal_numbers.typed(turn.the_incoming))
        turn.incoming = personal_numbers.masked(turn.the_incoming)
    text = _words(turn.the_incoming)
    if _bare(text) == _bare(earlier):
        return
    turn.crisis = await turn.db.get(Crisis, answered["crisis"]) if answered["crisis"] else None
    again = registry.rereads.get(answered["kind"])
    take = await again(turn, text, earlier) if again is not None and text.strip() else None
    if take is not None:
        await take(turn)
    elif answered["kind"] == COMMAND:
        await _tell_that_it_stands(turn, number, first, text)
    elif answered["kind"] != WORDS:
        await _ask(turn, number, answered["cards"], first, text)


async def _original(turn: Context) -> tuple[int, dict[str, Any], str, str] | None:
    """Find the sender's own answer that was rewritten: its row, what it answered, its words, and what they had become
    before this."""
    incoming = turn.the_incoming
    rows = await turn.db.scalars(
        select(Inbox)
        .where(Inbox.message == incoming.message, Inbox.sender == turn.sender, Inbox.state == "done")
        .order_by(Inbox.id)
    )
    found: tuple[int, dict[str, Any], str] | None = None
    newest = ""
    for row in rows:
        said = Incoming.from_json(row.body)
        if said.platform != incoming.platform or row.id == turn.inbox_id:
            continue
        if row.answered is not None:
            found, newest = (row.id, row.answered, _words(said)), _words(said)
        elif said.kind == "edited":
            newest = _words(said)
    return (*found, newest) if found else None


async def _ask(turn: Turn, number: int, cards: list[int], first: str, text: str) -> None:
    """Ask what shall count, with the buttons that the question's own card has now; the words are kept in the log."""
    standing = [await turn.db.get(Message, each) for each in cards]
    own = [each for each in standing if each is not None and each.recipient == turn.sender]
    buttons = {(button.do, str(button.args)): button for each in own for button in Card.from_json(each.card).buttons}
    going = turn.crisis is not None and turn.crisis.state != "closed"
    if going and _bare(text) != _bare(first):
        await turn.log(
            f"{turn.name(turn.sender)} har rettet sit svar fra »{first}« til »{text}«. Det første gælder, til der svares igen.",
            sender=turn.sender,
            direction="in",
        )
    changed = f"»{quote(first, SHOWN)}« til »{quote(text, SHOWN)}«"
    if _bare(text) == _bare(first):
        words = f"Dit svar er igen »{quote(first, SHOWN)}«, og det gælder."
        buttons = {}
    elif buttons:
        words = f"*Du har rettet dit svar* fra {changed}.\nDet første gælder stadig. Skal det være anderledes, så tryk:"
    else:
        words = (
            f"*Du har rettet dit svar* fra {changed}.\nDet første gælder: det er lukket, du svarede på. "
            "Skriv det som en ny besked, hvis nogen skal vide det."
        )
    await turn.answer_alone(Card(words, buttons=tuple(buttons.values())[:MOST]), key=f"edited_answer/{number}")


async def _tell_that_it_stands(turn: Turn, number: int, first: str, text: str) -> None:
    """Tell whoever rewrote a command that the first one was run, and what to do so that the new one is."""
    back = _bare(text) == _bare(first)
    words = (
        f"Din besked er igen »{quote(first, SHOWN)}«, og det er det, jeg har svaret på."
        if back
        else f"*Du har rettet* »{quote(first, SHOWN)}« til »{quote(text, SHOWN)}«.\n"
        "Det første er gjort og gælder stadig. Skriv det nye som en ny besked, hvis det skal gælde; "
        "en linje i loggen rettes med *ret* og dens nummer."
    )
    await turn.answer_alone(Card(words), key=f"edited_answer/{number}")


def _words(incoming: Incoming) -> str:
    return typed_verbs.strip_name(incoming.text)


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()
