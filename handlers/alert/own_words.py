"""What somebody writes to the bot alone, in their own words: it leads on to the right person. Plan §4, "erkender og reagerer".

Whoever is frightened, tired or wrong is carried, not corrected: their words come back, 112 stands there, and the plan's
question is one press away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from handlers.alert import answers_to_words as answers
from handlers.alert import joining, languages, second_matter, warning, warning_question
from handlers.core import in_charge, registry, rights, running, taking_up, typed_verbs
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import answers_with_news, dangers, idle_words, near_verbs, questions, small_talk
from handlers.core.registry import Take, action
from handlers.core.turn import Turn
from storage.rows.alert import Alert, Triage
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message

# So many words after `/krise` are a command that we don't know; more of them tell something, unless a number is meant.
COMMANDS_WORDS = 3
# So long after their question words are still taken for more of the same.
STILL_MEANT = timedelta(minutes=30)


@registry.words
async def lead_on(turn: Turn, text: str) -> bool:
    """Lead somebody's own words on: to their open warning, to the question, to an answer, or to whoever has it.

    Args:
        text: verbatim, without the bot's name.

    Returns:
        whether they were led on; the staff's own words in its crisis are offered to the log instead.
    """
    heard, grave = dangers.hear(text), dangers.tells_of_grave(text)
    own = await warning.open_of(turn)
    offered = await _open_offer(turn)
    if turn.the_incoming.outside and own is None:
        turn.crisis = None
        await _offer(turn, text, offered)
        return True
    if not grave and small_talk.is_small_talk(text):
        turn.crisis = await _crisis_of(turn, own)
        await turn.answer(await answers.greeting(turn, own, offered))
        return True
    if heard is None and idle_words.is_to_the_bot(text) and not idle_words.is_bare_question(text):
        turn.crisis = await _crisis_of(turn, own)
        await turn.answer(await answers.greeting(turn, own, offered, answers.CALM))
        return True
    if not grave and (verb := questions.answered_by(text)) is not None and (heard is None or verb == questions.RING):
        if own is not None and verb in ("hvem", "hjælp", "status", questions.RING):
            turn.crisis = await _crisis_of(turn, own)
            await turn.answer(await answers.where_it_is(turn, own, ring=verb == questions.RING))
        elif verb == questions.RING:
            await turn.answer(await answers.whom_to_ring(turn))
        else:
            await running.run(turn, registry.verbs[verb], "")
        return True
    if heard is None and await _tell_instead(turn, text, own, offered):
        return True
    if dangers.is_elsewhere(text):
        await turn.answer(answers.nobodys(turn))
        return True
    if (
        heard is None
        and typed_verbs.is_command(turn.the_incoming)
        and (len(text.split()) <= COMMANDS_WORDS or near_verbs.numbers_something(text))
        and not (own is None and await _in_its_crisis(turn))
    ):
        await turn.answer(await answers.unknown_command(turn, text, own))
        return True
    if own is not None:
        if not await second_matter.take_written(turn, text):
            await _take_with_news(turn, own, text)
            await warning.add(turn, own, text)
        return True
    if offered is not None and answers_with_news.read(text) == "yes":
        args = offered.card["buttons"][0]["args"]
        words = {"inbox": args["inbox"], "more": [*args.get("more", []), turn.inbox_id]}
        text = "\n".join([*await _words_of(turn, offered), text])
        await _decide(turn, text, warning_question.YES, offered.key, words)
        return True
    if grave:
        turn.crisis = None
        if offered is not None:
            text = "\n".join([*await _words_of(turn, offered), text])
            await turn.say(turn.sender, Card(f"»{quote(text, 300)}«\nDet er nu et varsel. {DANGER}"), key=offered.key)
        await warning.warn(turn, text)
        return True
    told = heard is not None and not dangers.is_question(text)
    if not told and await _in_its_crisis(turn):
        return False
    if heard is None and offered is None and dangers.answered(text) is not None:
        await turn.answer(answers.answers_nothing())
        return True
    await _offer(turn, text, offered)
    return True


async def _take_with_news(turn: Turn, own: Alert, text: str) -> None:
    """Take "ja det brænder nu" as the answer that it begins with, where nothing else was asked that it answers."""
    answer = answers_with_news.read(text)
    if own.assessment in (None, warning_question.UNANSWERED):
        # A no with news may be of another matter: it is added, and asked.
        if answer == "yes":
            await _take(turn, own, warning_question.YES)
    elif answer is not None:
        await joining.take_with_news(turn, answer)


async def _crisis_of(turn: Context, own: Alert | None) -> Crisis | None:
    """Find what an answer to the sender belongs to: their own warning's crisis, where they have one."""
    return turn.crisis if own is None else await turn.db.get_one(Crisis, own.crisis_id)


async def _tell_instead(turn: Turn, text: str, own: Alert | None, offered: Message | None) -> bool:
    """Answer a question that tells of nothing, without asking whether it is a warning: with where one's own warning is, with
    how it stands, or with who has it.

    Returns:
        whether it was one; the staff's own questions about something are offered to the log instead.
    """
    if idle_words.is_bare_question(text):
        # What is only on its way to somebody is theirs to read.
        decided = any(crisis.level is not None for crisis in await turn.open_crises())
        if own is None and offered is None and decided:
            await running.run(turn, registry.verbs["status"], "")
        else:
            turn.crisis = await _crisis_of(turn, own)
            await turn.answer(await answers.greeting(turn, own, offered, answers.CALM))
        return True
    if own is not None or not idle_words.is_idle_question(text) or await _in_its_crisis(turn):
        return False
    await turn.answer(await answers.no_answer(turn, text))
    return True


@action("own_words.added", crisis=False)
async def added(turn: Turn, inbox: int) -> None:
    """Add to one's open warning what was written like a command and understood as none.

    Args:
        inbox: where the words came in.
    """
    words, own = await _typed(turn, [inbox]), await warning.open_of(turn)
    if not words:
        return
    if own is None:
        turn.crisis = None
        await turn.replace(Card(f"Dit varsel er afgjort imens. »{quote(words[0], 300)}« er ikke føjet til. {DANGER}"))
    else:
        await turn.replace(Card(f"»{quote(words[0], 300)}« er føjet til."))
        await warning.add(turn, own, words[0])


@registry.reply("warning", asked=warning.asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read a written "ja", "nej" or "ved ikke" as the answer to the warning's open question, of whoever was asked."""
    reply = dangers.answered(text)
    own = await warning.asked_of(turn) if reply is not None else None
    if reply is None or own is None:
        return None
    return partial(_take, own=own, reply=reply)


async def _take(turn: Turn, own: Alert, reply: Triage) -> None:
    turn.crisis = await turn.db.get_one(Crisis, own.crisis_id)
    await warning_question.take_answer(turn, own, reply)


@registry.reread("warning")
@registry.reread("own_words")
async def reread(turn: Context, text: str, earlier: str) -> Take | None:
    """Read a "ja" that has become a "nej", or the other way, from whoever warned.

    Args:
        text: as it stands now.
        earlier: as it was before.
    """
    reply = dangers.answered(text)
    if turn.crisis is None:
        return None
    row = await turn.db.scalar(
        select(Alert)
        .where(Alert.crisis_id == turn.the_crisis.id, Alert.person == turn.sender)
        .order_by(Alert.id.desc())
        .limit(1)
    )
    if reply is None or row is None or not warning_question.is_new(turn, row, reply):
        return None
    return partial(warning_question.take_new_answer, row=row, reply=reply)


@registry.reread("words")
async def reread_words(turn: Context, text: str, earlier: str) -> Take | None:
    """Read what somebody's own words have become as added to their open question or warning: what they wrote first was read by
    others, or is about to be sent.

    Args:
        text: as it stands now.
        earlier: as it was before.
    """
    waits = await _open_offer(turn) is not None or await warning.open_of(turn) is not None
    return partial(_add, text=text) if waits else None


async def _add(turn: Turn, text: str) -> None:
    await lead_on(turn, text)


async def _offered_at(turn: Context) -> datetime | None:
    offered = await _open_offer(turn)
    return (offered.edited_at or offered.created_at) if offered is not None else None


@registry.reply("own_words", asked=_offered_at)
async def read_to_offer(turn: Context, text: str) -> Take | None:
    """Read a written "ja", "nej" or "ved ikke" as the answer to the question that words were met with."""
    reply, offered = dangers.answered(text), await _open_offer(turn)
    if reply is None or offered is None:
        return None
    words, args = "\n".join(await _words_of(turn, offered)), offered.card["buttons"][0]["args"]
    return partial(_decide, text=words, reply=reply, key=offered.key, words=args)


async def _open_offer(turn: Context) -> Message | None:
    """Find the question that the sender's words were met with last, where it still waits for an answer."""
    newest: Message | None = await turn.db.scalar(
        select(Message)
        .where(
            Message.recipient == turn.sender,
            Message.key.startswith("own_words/"),
            Message.created_at > turn.now - STILL_MEANT,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    first = newest.card["buttons"][:1] if newest is not None else []
    waits = [(each["do"], each["args"].get("reply")) for each in first] == [
        ("own_words.answered", warning_question.YES)
    ]
    return newest if waits else None


async def _words_of(turn: Context, offered: Message) -> list[str]:
    """Read the words that an offer is about, from what came in."""
    args = offered.card["buttons"][0]["args"]
    return await _typed(turn, [args["inbox"], *args.get("more", [])])


async def _typed(turn: Context, inboxes: list[int]) -> list[str]:
    every = [await taking_up.original_of(turn, inbox, turn.sender) for inbox in inboxes]
    return [typed_verbs.strip_name(each.text) for each in every if each is not None]


async def _in_its_crisis(turn: Context) -> bool:
    """Whether the sender is of the staff of a crisis that goes on, or beside it, or has it in hand without a staff: then
    words are rather for its log."""
    if any([await rights.staff.has(in_it) for in_it in await rights.with_staff(turn)]):
        return True
    at_one = [crisis for crisis in await turn.open_crises() if crisis.level == 1]
    return any([turn.sender in await in_charge.in_charge(turn.about(crisis)) for crisis in at_one])


async def _offer(turn: Turn, text: str, offered: Message | None) -> None:
    """Put the plan's question to words that nobody asked for: nothing is sent before it is answered.

    Args:
        offered: the same question to the sender's earlier words, which these are added to.
    """
    keep: dict[str, Any] = {"inbox": turn.inbox_id}
    others = [Button("Stil et spørgsmål", "router.meant", {"verb": "spm", **keep})] if dangers.is_question(text) else []
    going = [crisis for crisis in await turn.open_crises() if crisis.level is not None]
    if turn.the_incoming.outside:
        others = []
    elif going:
        others = [*others, Button("Send som melding", "router.meant", {"verb": "melding", **keep})]
    # Names and numbers are for our own people.
    first = f"{turn.plan.municipality}s beredskab" if turn.the_incoming.outside else warning_question.first_asked(turn)
    asked: dict[str, Any] = dict(keep)
    if offered is not None:
        earlier = offered.card["buttons"][0]["args"]
        asked = {"inbox": earlier["inbox"], "more": [*earlier.get("more", []), turn.inbox_id]}
        text = "\n".join([*await _words_of(turn, offered), text])
        await turn.say(turn.sender, Card(f"»{quote(text, 300)}«\nSpørgsmålet står nederst. {DANGER}"), key=offered.key)
    await turn.say(
        turn.sender,
        Card(
            f"»{quote(text[:500])}{'…' if len(text) > 500 else ''}«\n{DANGER}\n\n*{warning_question.question(turn)}*\n"
            f"Ja og Ved ikke sender det til {first} nu. Din tekst er gemt. Intet er sendt."
            f"{languages.beside(text, languages.DANGER, languages.QUESTION, languages.NOT_SENT)}",
            buttons=(
                Button("Ja", "own_words.answered", {**asked, "reply": warning_question.YES}, style="primary"),
                Button("Nej", "own_words.answered", {**asked, "reply": warning_question.NO}),
                Button("Ved ikke", "own_words.answered", {**asked, "reply": warning_question.UNKNOWN}),
                *others,
            ),
        ),
        key=f"own_words/{turn.inbox_id}",
        kind="reply",
        urgency=URGENT,
        platform=turn.the_incoming.platform,
    )


@action("own_words.answered", crisis=False)
async def answered(turn: Turn, inbox: int, reply: Triage, more: list[int] | None = None) -> None:
    """Make a warning of the words that were met with the question; no leaves them kept, and nobody is rung.

    Args:
        inbox: where the first of the words came in.
        more: where those came in that were written on to them.
    """
    words = await _typed(turn, [inbox, *(more or [])])
    if not words:
        return
    pressed = await turn.pressed()
    await _decide(turn, "\n".join(words), reply, pressed.key if pressed else None, {"inbox": inbox, "more": more or []})


async def _decide(turn: Turn, text: str, reply: Triage, key: str | None, words: Mapping[str, Any]) -> None:
    kept = {"inbox": words["inbox"], "more": list(words.get("more", []))}
    if reply == warning_question.NO:
        card = Card(
            f"Intet er sendt. Din tekst er gemt: »{quote(text, 300)}«\n{DANGER}"
            f"{languages.beside(text, languages.DANGER, languages.NOT_SENT)}",
            buttons=(
                Button("Send varsel alligevel", "own_words.answered", {**kept, "reply": warning_question.UNKNOWN}),
                Button("Hvem er hvem", "help.run", {"verb": "hvem"}),
            ),
        )
        await turn.say(turn.sender, card, key=key, kind="reply", platform=turn.the_incoming.platform)
        return
    card = Card(f"»{quote(text, 300)}«\nDet er sendt videre som varsel. {DANGER}")
    await turn.say(turn.sender, card, key=key, kind="reply", platform=turn.the_incoming.platform)
    turn.crisis = None
    await warning.send_on(turn, text, reply)
