"""From what a person did to the handler that answers it: forward, and never back."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import (
    answering,
    edited_answers,
    enclosures,
    in_place,
    personal_numbers,
    presses,
    registry,
    running,
    typed_verbs,
)
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import Context
from handlers.core.incoming import Incoming
from handlers.core.language import dangers, small_talk
from handlers.core.language.marks import unmarked
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message

# What is said of a message itself, not of a crisis: each has one handler under this name.
ABOUT_MESSAGES = {
    "save": "log.save",
    "forward": "log.forward",
    "reaction": "log.reaction",
    "edited": "log.source_edited",
    "deleted": "log.source_edited",
}


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
            await command(turn, typed_verbs.strip_name(incoming.text))
        case "text" if incoming.place == "dm":
            await said(turn, incoming.text)
        case "text" if room is not None and turn.crisis is not None and turn.crisis.state == "active":
            for run_on in registry.channel_words:
                await run_on(turn, incoming.text)
        case kind if kind in ABOUT_MESSAGES:
            await running.act(turn, registry.actions[ABOUT_MESSAGES[kind]], {})
            if kind == "edited":
                await edited_answers.take_in(turn)
    if incoming.enclosed and _addressed(incoming):
        await _offer(turn, incoming, inbox)


# What another organisation's person may press: the answer to the question that their own words were met with.
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
    if incoming.enclosed:
        await enclosures.keep(turn.db, turn, incoming, turn.inbox_id)
    if incoming.kind == "command" and (found := typed_verbs.verb_of(text)).verb == "vejledning" and not found.rest:
        # Chosen in a card's menu: it is no word of what has happened.
        whose = f"{turn.plan.municipality}s egne"
        await turn.answer(Card(f"Vejledningen er for {whose}. Er der sket noget, så skriv det her. {DANGER}"))
        return
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


HELP = "Bed om hjælp"


async def said(turn: Turn, text: str) -> None:
    """Read what was said to the bot in a one-to-one chat: a verb, an answer to what it asked, or somebody's own words."""
    bare = unmarked(text).strip()
    named, text = bare != typed_verbs.strip_name(text), typed_verbs.strip_name(text)
    if named or not text or typed_verbs.is_explicit(text):
        await command(turn, text)
        return
    if await _take_answer(turn, text):
        return
    heard = dangers.hear(text)
    if typed_verbs.is_meant(text) and not (heard is not None and heard.grave):
        await command(turn, text)
        return
    if await running.lead_on(turn, text):
        await edited_answers.note(turn, edited_answers.WORDS)
    else:
        await _said_in_crisis(turn, text)


async def _take_answer(turn: Turn, text: str) -> bool:
    """Read a text as the answer to what its sender was asked, and take it; returns whether it was one."""
    for kind in await _by_newest_question(turn):
        read, _ = registry.replies[kind]
        take = await read(turn, text)
        if take is not None:
            await take(turn)
            await edited_answers.note(turn, kind)
            return True
    return False


# Answers by their buttons' names, folded: no verb is called so, and whoever writes `/krise` in front means the same.
ANSWERS = frozenset({"kommer", "kan ikke", "jeg har den", "modtaget", "udfoert", "groen", "gul", "roed"})


async def _said_in_crisis(turn: Turn, text: str) -> None:
    """Ask about what a crisis' own people write that only begins like a verb ("mail virker ikke"): it is never run."""
    found = typed_verbs.verb_of(text)
    if found.kind == "exact" and found.rest and found.verb != "hjælp" and not typed_verbs.is_meant(text):
        await not_understood(turn, text, verb=found.verb)
    else:
        await command(turn, text)


async def _lead_on(turn: Turn, text: str) -> None:
    """Lead words that no verb knows on to where they belong; in the staff's channel they are offered to its log."""
    in_staff = turn.crisis is not None and await turn.room_of(turn.the_incoming) is not None
    # A plain text has been led on already.
    plain = not typed_verbs.is_command(turn.the_incoming)
    if in_staff or plain or not await running.lead_on(turn, text):
        await not_understood(turn, text)


async def _by_newest_question(turn: Context) -> list[str]:
    """Return the kinds of question that an answer may be read for, the newest first: "ok" answers that one."""
    asked = [(await when(turn) if when else None, kind) for kind, (_, when) in registry.replies.items()]
    opened = sorted(((at, kind) for at, kind in asked if at is not None), key=lambda pair: pair[0], reverse=True)
    newest = [kind for _, kind in opened] + [kind for at, kind in asked if at is None]
    return await answering.readers(turn, newest)


async def command(turn: Turn, text: str) -> None:
    """Run the verb that the text begins with."""
    if not text:
        await running.run(turn, registry.verbs["hjælp"], "")
        return
    found = typed_verbs.verb_of(text)
    verb = registry.verbs.get(found.verb or "")
    # A typing error is only a guess: "tak" is no `tal`.
    guessed = found.kind == "near" and small_talk.is_small_talk(text)
    if verb is None or guessed:
        answers = dangers.answered(text) is not None or dangers.folded(text) in ANSWERS
        if not (answers and await _take_answer(turn, text)):
            await _lead_on(turn, text)
    elif found.kind == "near" and verb.grave:
        await turn.answer(
            Card(
                f'Jeg forstod ikke "{quote(found.typed)}". Mente du *{verb.name}*? Intet er sat i gang.',
                buttons=(
                    Button("Ja", "router.meant", {"verb": verb.name, "inbox": turn.inbox_id}, style="primary"),
                    Button("Nej", "router.not_meant", {"inbox": turn.inbox_id}),
                ),
            )
        )
    else:
        await running.run(turn, verb, found.rest)
        await edited_answers.note_command(turn)


async def not_understood(turn: Turn, text: str, *, verb: str | None = None) -> None:
    """Ask what is meant by words that lead nowhere; they are kept.

    Args:
        text: verbatim.
        verb: one that they only begin like.
    """
    keep = {"inbox": turn.inbox_id}
    like = typed_verbs.meant_by(text) if verb is None and typed_verbs.is_command(turn.the_incoming) else ""
    runs = (Button(f"Kør {verb}", "router.meant", {"verb": verb, **keep}),) if verb else ()
    await turn.answer(
        Card(
            "Jeg er ikke sikker på, hvad jeg skal gøre med den. Din tekst er gemt:\n"
            f"»{quote(text[:500])}{'…' if len(text) > 500 else ''}«{like}",
            buttons=(
                Button("Gem i log", "router.meant", {"verb": "log", **keep}),
                Button("Send som melding", "router.meant", {"verb": "melding", **keep}),
                *runs,
                Button(HELP, "router.meant", {"verb": "hjælp", **keep}),
            ),
        )
    )
