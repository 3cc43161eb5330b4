"""What somebody writes to the bot alone, in their own words, as it is read: whose it is, and what is done with it. Plan §4,
"erkender og reagerer".

Whoever is frightened, tired or wrong is carried, not corrected: their words come back, 112 stands there, and the plan's
question is one press away. Nothing is done here; see `handlers.alert.own_words_taken`.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select

from handlers.alert import own_words_taken as taken
from handlers.alert import warning, warning_question
from handlers.alert.own_words_taken import open_offer
from handlers.core import in_charge, registry, rights, typed_verbs
from handlers.core.context import Context
from handlers.core.language import answers_with_news, dangers, idle_words, near_verbs, questions, small_talk
from handlers.core.registry import Take
from storage.rows.alert import Alert
from storage.rows.traffic import Message

# So many words after `/krise` are a command that we don't know; more of them tell something, unless a number is meant.
COMMANDS_WORDS = 3


@registry.words
async def own_words(turn: Context, text: str) -> Take | str | None:
    """Read somebody's own words as what is done with them: to their open warning, to the question, to an answer, or to
    whoever has it; or as a question that a verb answers.

    Args:
        text: verbatim, without the bot's name.

    Returns:
        what is done, or the verb that is run; None for the staff's own words in its crisis, which are offered to the log.
    """
    heard, grave = dangers.hear(text), dangers.tells_of_grave(text)
    own, offered = await warning.open_of(turn), await open_offer(turn)
    if turn.the_incoming.outside and own is None:
        return partial(taken.offer, text=text, offered=offered, of_no_crisis=True)
    if not grave and small_talk.is_small_talk(text):
        return partial(taken.greet, own=own, offered=offered)
    if heard is None and idle_words.is_to_the_bot(text) and not idle_words.is_bare_question(text):
        return partial(taken.greet, own=own, offered=offered, calm=True)
    if not grave and (verb := questions.answered_by(text)) is not None and (heard is None or verb == questions.RING):
        if own is not None and verb in ("hvem", "hjælp", "status", questions.RING):
            return partial(taken.tell_where_it_is, own=own, ring=verb == questions.RING)
        return taken.tell_whom_to_ring if verb == questions.RING else verb
    if heard is None and (found := await _question(turn, text, own, offered)) is not None:
        return found
    if dangers.is_elsewhere(text):
        return taken.tell_it_is_nobodys
    if (
        heard is None
        and typed_verbs.is_command(turn.the_incoming)
        and (len(text.split()) <= COMMANDS_WORDS or near_verbs.numbers_something(text))
        and not (own is None and await _in_its_crisis(turn))
    ):
        return partial(taken.tell_it_is_unknown, text=text, own=own)
    if own is not None:
        return partial(taken.add, own=own, text=text)
    if offered is not None and answers_with_news.read(text) == "yes":
        return partial(taken.send_offered, offered=offered, text=text)
    if grave:
        return partial(taken.warn, text=text, offered=offered)
    told = heard is not None and not dangers.is_question(text)
    if not told and await _in_its_crisis(turn):
        return None
    if heard is None and offered is None and dangers.answered(text) is not None:
        return taken.tell_it_answers_nothing
    return partial(taken.offer, text=text, offered=offered)


async def _question(turn: Context, text: str, own: Alert | None, offered: Message | None) -> Take | str | None:
    """Read a question that tells of nothing, which is answered without asking whether it is a warning: with where one's own
    warning is, with how it stands, or with who has it.

    Returns:
        None where it is none, and for the staff's own questions about something, which are offered to the log.
    """
    if idle_words.is_bare_question(text):
        # What is only on its way to somebody is theirs to read.
        decided = any(crisis.level is not None for crisis in await turn.open_crises())
        if own is None and offered is None and decided:
            return "status"
        return partial(taken.greet, own=own, offered=offered, calm=True)
    if own is not None or not idle_words.is_idle_question(text) or await _in_its_crisis(turn):
        return None
    return partial(taken.tell_who_has_it, text=text)


@registry.reply("warning", asked=warning.asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read a written "ja", "nej" or "ved ikke" as the answer to the warning's open question, of whoever was asked."""
    reply = dangers.answered(text)
    own = await warning.asked_of(turn) if reply is not None else None
    if reply is None or own is None:
        return None
    return partial(taken.take_answer, own=own, reply=reply)


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
    waits = await open_offer(turn) is not None or await warning.open_of(turn) is not None
    return partial(taken.lead_on_anew, text=text) if waits else None


async def _offered_at(turn: Context) -> datetime | None:
    offered = await open_offer(turn)
    return (offered.edited_at or offered.created_at) if offered is not None else None


@registry.reply("own_words", asked=_offered_at)
async def read_to_offer(turn: Context, text: str) -> Take | None:
    """Read a written "ja", "nej" or "ved ikke" as the answer to the question that words were met with."""
    reply, offered = dangers.answered(text), await open_offer(turn)
    if reply is None or offered is None:
        return None
    words, args = "\n".join(await taken.words_of(turn, offered)), offered.card["buttons"][0]["args"]
    return partial(taken.decide, text=words, reply=reply, key=offered.key, words=args)


async def _in_its_crisis(turn: Context) -> bool:
    """Whether the sender is of the staff of a crisis that goes on, or beside it, or has it in hand without a staff: then
    words are rather for its log."""
    if any([await rights.staff.has(in_it) for in_it in await rights.with_staff(turn)]):
        return True
    at_one = [crisis for crisis in await turn.open_crises() if crisis.level == 1]
    return any([turn.sender in await in_charge.in_charge(turn.about(crisis)) for crisis in at_one])
