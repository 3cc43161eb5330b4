"""What is done with somebody's own words: they are answered, added to what is open, sent on, or asked about. Plan §4,
"erkender og reagerer".

What they are is read in `handlers.alert.own_words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.alert import answers_to_words as answers
from handlers.alert import joining, languages, second_matter, warning, warning_question
from handlers.core import answering, running, taking_up, typed_verbs
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import answers_with_news, dangers, needs
from handlers.core.registry import action
from handlers.core.turn import Turn
from storage.rows.alert import Alert, Triage
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message

# So long after their question words are still taken for more of the same.
STILL_MEANT = timedelta(minutes=30)


# --- answered ---


async def greet(turn: Turn, *, own: Alert | None, offered: Message | None, calm: bool = False) -> None:
    """Greet back, with where the sender's own warning or question is."""
    turn.crisis = await _crisis_of(turn, own)
    await turn.answer(await answers.greeting(turn, own, offered, *([answers.CALM] if calm else [])))


async def tell_where_it_is(turn: Turn, *, own: Alert, ring: bool) -> None:
    """Tell whoever warned where their warning is, or whom to ring about it."""
    turn.crisis = await _crisis_of(turn, own)
    await turn.answer(await answers.where_it_is(turn, own, ring=ring))


async def tell_whom_to_ring(turn: Turn) -> None:
    """Tell whom to ring."""
    await turn.answer(await answers.whom_to_ring(turn))


async def tell_who_has_it(turn: Turn, *, text: str) -> None:
    """Tell whoever asks something that krisebot can't answer who can."""
    await turn.answer(await answers.no_answer(turn, text))


async def tell_it_is_nobodys(turn: Turn) -> None:
    """Tell that what happens elsewhere is not the municipality's."""
    await turn.answer(answers.nobodys(turn))


async def tell_it_is_unknown(turn: Turn, *, text: str, own: Alert | None) -> None:
    """Tell that a command is none of ours, and offer what it may be."""
    await turn.answer(await answers.unknown_command(turn, text, own))


async def tell_it_answers_nothing(turn: Turn) -> None:
    """Tell whoever writes "ja" that nothing was asked."""
    await turn.answer(answers.answers_nothing())


async def _crisis_of(turn: Context, own: Alert | None) -> Crisis | None:
    """Find what an answer to the sender belongs to: their own warning's crisis, where they have one."""
    return turn.crisis if own is None else await turn.db.get_one(Crisis, own.crisis_id)


# --- added to one's own warning ---


async def add(turn: Turn, *, own: Alert, text: str) -> None:
    """Add words to the sender's open warning, with the answer that they begin with."""
    if not await second_matter.take_written(turn, text):
        await _take_with_news(turn, own, text)
        await warning.add(turn, own, text)


async def _take_with_news(turn: Turn, own: Alert, text: str) -> None:
    """Take "ja det brænder nu" as the answer that it begins with, where nothing else was asked that it answers."""
    answer = answers_with_news.read(text)
    if own.assessment in (None, warning_question.UNANSWERED):
        # A no with news may be of another matter: it is added, and asked.
        if answer == "yes":
            await take_answer(turn, own=own, reply=warning_question.YES)
    elif answer is not None:
        await joining.take_with_news(turn, answer)


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


async def take_answer(turn: Turn, *, own: Alert, reply: Triage) -> None:
    """Take the answer to the question of the sender's own warning."""
    turn.crisis = await turn.db.get_one(Crisis, own.crisis_id)
    await warning_question.take_answer(turn, own, reply)


async def lead_on_anew(turn: Turn, *, text: str) -> None:
    """Lead words on that were rewritten where they stand."""
    await running.lead_on(turn, text)


# --- sent on ---


async def warn(turn: Turn, *, text: str, offered: Message | None) -> None:
    """Make a warning of words that tell of danger to life, and of those that were asked about before them."""
    turn.crisis = None
    if offered is not None:
        text = "\n".join([*await words_of(turn, offered), text])
        await turn.say(turn.sender, Card(f"»{quote(text, 300)}«\nDet er nu et varsel. {DANGER}"), key=offered.key)
    await warning.warn(turn, text)


async def send_offered(turn: Turn, *, offered: Message, text: str) -> None:
    """Send on the words that were asked about, with the news that came along with the yes."""
    args = offered.card["buttons"][0]["args"]
    words = {"inbox": args["inbox"], "more": [*args.get("more", []), turn.inbox_id]}
    text = "\n".join([*await words_of(turn, offered), text])
    await decide(turn, text, warning_question.YES, offered.key, words)


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
    await decide(turn, "\n".join(words), reply, pressed.key if pressed else None, {"inbox": inbox, "more": more or []})


async def decide(turn: Turn, text: str, reply: Triage, key: str | None, words: Mapping[str, Any]) -> None:
    """Send words on as a warning, or keep them where the answer to their question is no.

    Args:
        key: names the question.
        words: where they came in.
    """
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
        await turn.answer_alone(card, key=key)
        return
    card = Card(f"»{quote(text, 300)}«\nDet er sendt videre som varsel. {DANGER}")
    await turn.answer_alone(card, key=key)
    turn.crisis = None
    await warning.send_on(turn, text, reply)


# --- asked about ---


async def offer(turn: Turn, *, text: str, offered: Message | None, of_no_crisis: bool = False) -> None:
    """Put the plan's question to words that nobody asked for: nothing is sent before it is answered.

    Args:
        offered: the same question to the sender's earlier words, which these are added to.
        of_no_crisis: wherever they were written, they are not about the crisis that runs there.
    """
    if of_no_crisis:
        turn.crisis = None
    keep: dict[str, Any] = {"inbox": turn.inbox_id}
    others = [Button("Stil et spørgsmål", "router.meant", {"verb": "spm", **keep})] if dangers.is_question(text) else []
    going = [crisis for crisis in await turn.open_crises() if crisis.level is not None]
    if turn.the_incoming.outside:
        others = []
    elif going:
        # Whoever lacks something may ask, in the plan or not.
        lacks = needs.lacking(turn.plan, text) is not None
        others += [Button("Bed om bistand", "router.meant", {"verb": "bistand", **keep})] if lacks else []
        others += [Button("Send som melding", "router.meant", {"verb": "melding", **keep})]
    # Names and numbers are for our own people.
    first = f"{turn.plan.municipality}s beredskab" if turn.the_incoming.outside else warning_question.first_asked(turn)
    asked: dict[str, Any] = dict(keep)
    if offered is not None:
        earlier = offered.card["buttons"][0]["args"]
        asked = {"inbox": earlier["inbox"], "more": [*earlier.get("more", []), turn.inbox_id]}
        text = "\n".join([*await words_of(turn, offered), text])
        await turn.say(turn.sender, Card(f"»{quote(text, 300)}«\nSpørgsmålet står nederst. {DANGER}"), key=offered.key)
    await turn.answer_alone(
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
        urgency=URGENT,
    )


async def open_offer(turn: Context) -> Message | None:
    """Find the question that the sender's words were met with last, where it still waits for an answer."""
    newest = await answering.asked_lately(turn, "own_words/", STILL_MEANT)
    first = newest.card["buttons"][:1] if newest is not None else []
    waits = [(each["do"], each["args"].get("reply")) for each in first] == [
        ("own_words.answered", warning_question.YES)
    ]
    return newest if waits else None


async def words_of(turn: Context, offered: Message) -> list[str]:
    """Read the words that an offer is about, from what came in."""
    args = offered.card["buttons"][0]["args"]
    return await _typed(turn, [args["inbox"], *args.get("more", [])])


async def _typed(turn: Context, inboxes: list[int]) -> list[str]:
    every = [await taking_up.original_of(turn, inbox, turn.sender) for inbox in inboxes]
    return [typed_verbs.strip_name(each.text) for each in every if each is not None]
