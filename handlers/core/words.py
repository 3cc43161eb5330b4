"""What a person's words ask for: a verb, an answer to what they were asked, or, failing both, their own words led on."""

from __future__ import annotations

from handlers.core import answering, brought_straight, edited_answers, registry, running, typed_verbs
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.language import dangers, small_talk
from handlers.core.language.marks import unmarked
from handlers.core.language.urgency_words import hastens
from handlers.core.turn import Turn

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
    if await _take_what_hastens(turn, text):
        return
    if await running.lead_on(turn, text):
        await edited_answers.note(turn, edited_answers.WORDS)
    else:
        await _said_in_crisis(turn, text)


async def _take_what_hastens(turn: Turn, text: str) -> bool:
    """Take what says HASTER, and is neither a verb nor an answer, as a report of one of the crisis' own people: it waits for
    no press, and goes straight to the staff. Returns whether it was one."""
    if not hastens(text) or not await brought_straight.where_involved(turn):
        return False
    await running.run(turn, registry.verbs["melding"], text)
    return True


async def _take_answer(turn: Turn, text: str) -> bool:
    """Read a text as the answer to what its sender was asked, and take it; returns whether it was one."""
    for kind in await _by_newest_question(turn):
        read, _ = registry.replies[kind]
        take = await read(turn, text)
        if take is not None:
            await take(turn)
            await edited_answers.note(turn, kind)
            await running.name_112(turn, text)
            await brought_straight.beside_answer(turn, kind)
            return True
    return False


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
    # A typing error is only a guess: "tak" is no `tal`, and "syg" answers a summons.
    guessed = found.kind == "near" and small_talk.is_small_talk(text)
    # Whoever writes `/krise` in front of an answer means the same; without it, it has been read as one already.
    asked = found.kind != "exact" and typed_verbs.is_command(turn.the_incoming)
    if asked and await _take_answer(turn, text):
        await brought_straight.own_words(turn)
    elif verb is None or guessed:
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
    if await _take_what_hastens(turn, text):
        return
    keep = {"inbox": turn.inbox_id}
    like = typed_verbs.meant_by(text) if verb is None and typed_verbs.is_command(turn.the_incoming) else ""
    runs = (Button(f"Kør {verb}", "router.meant", {"verb": verb, **keep}),) if verb else ()
    item = registry.verbs["punkt"].who
    of_staff = [await item.has(turn.about(crisis)) for crisis in await brought_straight.where_involved(turn)]
    items = (Button("Punkt til møde", "router.meant", {"verb": "punkt", **keep}),) if any(of_staff) else ()
    # Nobody else there saw a command that leads nowhere.
    await turn.answer_alone(
        Card(
            "Jeg er ikke sikker på, hvad jeg skal gøre med den. Din tekst er gemt:\n"
            f"»{quote(text[:500])}{'…' if len(text) > 500 else ''}«{like}",
            buttons=(
                Button("Gem i log", "router.meant", {"verb": "log", **keep}),
                Button("Send som melding", "router.meant", {"verb": "melding", **keep}),
                *items,
                *runs,
                Button(HELP, "router.meant", {"verb": "hjælp", **keep}),
            ),
        )
    )
