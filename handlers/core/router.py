"""From what a person did to the handler that answers it: forward, and never back."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import (
    answering,
    brought_straight,
    edited_answers,
    enclosures,
    in_place,
    personal_numbers,
    presses,
    registry,
    running,
    typed_verbs,
    words,
)
from handlers.core.card import DANGER, Button, Card
from handlers.core.context import Context
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message


async def handle(turn: Turn) -> None:
    """Do what the turn's input asks for, and tell where the answer is where others read along.

    Somebody who got the app ("joined") is remembered and left in peace: it is rolled out to thousands at once.
    """
    asked = turn.the_incoming
    await _do(turn)
    await in_place.point_to_answer(turn, asked)


async def _do(turn: Turn) -> None:
    incoming = turn.the_incoming
    room = await turn.room_of(incoming)
    if room is not None:
        turn.crisis = await turn.db.get(Crisis, room.crisis_id)
    if await personal_numbers.hold(turn):
        await enclosures.keep(turn.db, turn, incoming, turn.inbox_id)
        return
    incoming, inbox = turn.the_incoming, turn.inbox_id
    if incoming.outside:
        await _from_outside(turn)
        return
    if incoming.answers_to and incoming.kind in ("command", "text") and not incoming.enclosed:
        if await answering.press_by_words(turn, typed_verbs.strip_name(incoming.text)):
            await presses.press(turn)
            await edited_answers.note(turn, "press")
            return
        if await answering.is_over(turn, incoming.text):
            await turn.answer(Card("Det, du svarer på, venter ikke længere på et svar. Intet er ændret."))
            return
    match incoming.kind:
        case "command" | "text" if (
            incoming.enclosed and _addressed(incoming) and not typed_verbs.strip_name(incoming.text)
        ):
            pass  # Nothing is said; it is offered below.
        case "press":
            await presses.press(turn)
        case "command":
            await words.command(turn, typed_verbs.strip_name(incoming.text))
        case "text" if incoming.place == "dm":
            await words.said(turn, incoming.text)
            await brought_straight.own_words(turn)
        case "text" if room is not None and turn.crisis is not None and turn.crisis.state == "active":
            for run_on in registry.channel_words:
                await run_on(turn, incoming.text)
            await brought_straight.own_words(turn)
        case "edited" if await edited_answers.comes_before_original(turn):
            edited_answers.put_off(turn)
        case kind if kind in registry.ABOUT_MESSAGES:
            await running.act_on_message(turn, kind)
            if kind == "edited":
                await edited_answers.take_in(turn)
    if incoming.enclosed and _addressed(incoming):
        await _offer(turn, incoming, inbox)


# What another organisation's person may press: the answer to the question that their own words were met with.
GUIDE = "vejledning"
NO_GUIDE = (
    f"{DANGER}\nVejledningen er for kommunens egne. Skriv, hvad der sker, så bliver du spurgt, om det skal sendes. "
    "Er du allerede spurgt, så gælder spørgsmålet stadig."
)
OUTSIDE_ACTIONS = {"own_words.answered", "warning.answered", "warning.split"}


async def _from_outside(turn: Turn) -> None:
    """Meet another organisation's person with 112 and the plan's question: they have no other right, and what they tell
    is sent on only when they say so themselves."""
    incoming = turn.the_incoming
    if incoming.kind == "press":
        if incoming.action in OUTSIDE_ACTIONS:
            await presses.press(turn)
        return
    if incoming.kind not in ("command", "text", "forward", "save") or (
        incoming.kind == "text" and incoming.place != "dm"
    ):
        return
    # What they would save in the log is what they have to tell.
    text = typed_verbs.strip_name(incoming.text)
    guide = registry.verbs[GUIDE]
    if text.strip().casefold() in (guide.name, *guide.synonyms) and not incoming.enclosed:
        # It tells of nothing: the words that they have written, and the question about them, stand as they stood.
        await turn.answer(Card(NO_GUIDE))
        return
    if incoming.enclosed:
        await enclosures.keep(turn.db, turn, incoming, turn.inbox_id)
    for question in ("warning", "own_words"):
        read, _ = registry.replies[question]
        take = await read(turn, text)
        if take is not None:
            await take(turn)
            return
    await running.lead_on(turn, text or incoming.text)


def _addressed(incoming: Incoming) -> bool:
    return incoming.kind in ("command", "forward") or (incoming.kind == "text" and incoming.place == "dm")


async def _offer(turn: Turn, incoming: Incoming, inbox: int | None) -> None:
    """Keep what came along with words that went nowhere, or with none, and offer it to the log."""
    rows = await enclosures.keep(turn.db, turn, incoming, inbox)
    if (
        incoming.kind == "forward"
        or any(row.log_no is not None for row in rows)
        or await _asked_about(turn, incoming, inbox)
    ):
        return
    await turn.answer(
        Card(
            f"Jeg har gemt det, men det står ikke i loggen.\n{enclosures.MARK} {enclosures.listed(rows)}",
            buttons=(
                Button("Gem i log", "router.meant", {"verb": "log", "inbox": inbox}),
                Button("Send som melding", "router.meant", {"verb": "melding", "inbox": inbox}),
            ),
        )
    )


async def _asked_about(turn: Context, incoming: Incoming, inbox: int | None) -> bool:
    """Whether the turn has ended with a question about the input: what came along waits for the answer with it."""
    said = await turn.db.scalars(
        select(Message.card).where(Message.key.startswith(f"{incoming.key}/", autoescape=True))
    )
    return any(button["args"].get("inbox") == inbox for card in said for button in card["buttons"])
