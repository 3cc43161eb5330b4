"""What somebody writes to the bot alone, in their own words: it leads on to the right person. Plan §4, "erkender og reagerer".

Whoever is frightened, tired or wrong is carried, not corrected: their words come back, 112 stands there, and the plan's
question is one press away.
"""

from __future__ import annotations

from handlers.alert import languages, warning
from handlers.core import registry, router
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT
from handlers.core.language import dangers
from handlers.core.registry import action
from handlers.core.turn import Turn
from storage.rows.alert import Triage

# Questions that a verb answers, by how they begin, folded.
ANSWERED_BY = (
    (
        (
            "er der en krise",
            "er der krise",
            "er der en aktiv krise",
            "hvad sker der",
            "hvad er status",
            "hvordan gaar det",
        ),
        "status",
    ),
    (("hvornaar er moedet", "hvornaar er det naeste moede", "hvornaar er naeste moede", "hvor er moedet"), "møde"),
    (("hvem er ", "hvem har ", "hvem bestemmer", "hvem leder"), "hvem"),
    (("hvad goer jeg", "hvad skal jeg goere", "hvad kan jeg goere", "hvad nu"), "hjælp"),
)


@registry.words
async def own_words(turn: Turn, text: str) -> bool:
    """Lead somebody's own words on: to their open warning, to the question, to an answer, or to whoever has it.

    Args:
        text: verbatim, without the bot's name.

    Returns:
        whether they were led on; the staff's own words in its crisis are offered to the log instead.
    """
    heard = dangers.hear(text)
    if heard is None and dangers.is_small_talk(text):
        await turn.answer(
            Card(
                f"Hej. Her er Krisebot. Skriv bare, hvad der er sket, så fører jeg dig videre. {DANGER}",
                buttons=(Button("Send varsel", "help.run", {"verb": "varsel"}),),
            )
        )
        return True
    if heard is None and (verb := _answered_by(text)) is not None:
        await router.run(turn, registry.verbs[verb], "")
        return True
    own = await warning.open_of(turn)
    if own is not None:
        await warning.add(turn, own, text)
        return True
    if heard is not None and heard.grave and not dangers.is_question(text):
        turn.crisis = None
        await warning.warn(turn, text)
        return True
    if heard is None and await _in_its_crisis(turn):
        return False
    await _offer(turn, text)
    return True


def _answered_by(text: str) -> str | None:
    said = dangers.folded(text)
    return next((verb for begins, verb in ANSWERED_BY if said.startswith(begins)), None)


async def _in_its_crisis(turn: Turn) -> bool:
    """Whether the sender is of the staff of a crisis that goes on, or beside it: then words are rather for its log."""
    standing = turn.crisis
    for crisis in await turn.open_crises():
        turn.crisis = crisis
        involved = crisis.level == 2 and (turn.sender in await turn.chiefs() or turn.sender in await turn.involved())
        turn.crisis = standing
        if involved:
            return True
    return False


async def _offer(turn: Turn, text: str) -> None:
    """Put the plan's question to words that nobody asked for: nothing is sent before it is answered."""
    keep = {"inbox": turn.inbox_id}
    others = [Button("Stil et spørgsmål", "router.meant", {"verb": "spm", **keep})] if dangers.is_question(text) else []
    going = [crisis for crisis in await turn.open_crises() if crisis.level is not None]
    if going:
        others = [*others, Button("Send som melding", "router.meant", {"verb": "melding", **keep})]
    await turn.say(
        turn.sender,
        Card(
            f"»{quote(text[:500])}{'…' if len(text) > 500 else ''}«\n{DANGER}\n\n*{warning.question(turn)}*\n"
            f"Ja og Ved ikke sender det til {await warning.first_asked(turn)} nu. Din tekst er gemt. Intet er sendt."
            f"{languages.beside(text, languages.DANGER, languages.QUESTION, languages.NOT_SENT)}",
            buttons=(
                Button("Ja", "own_words.answered", {**keep, "reply": warning.YES}, style="primary"),
                Button("Nej", "own_words.answered", {**keep, "reply": warning.NO}),
                Button("Ved ikke", "own_words.answered", {**keep, "reply": warning.UNKNOWN}),
                *others,
            ),
        ),
        kind="reply",
        urgency=URGENT,
        platform=turn.the_incoming.platform,
    )


@action("own_words.answered", crisis=False)
async def answered(turn: Turn, inbox: int, reply: Triage) -> None:
    """Make a warning of the words that were met with the question; no leaves them kept, and nobody is rung."""
    original = await router.original_of(turn, inbox, turn.sender)
    if original is None:
        return
    text = router.strip_name(original.text)
    if reply == warning.NO:
        await turn.replace(
            Card(
                f"Intet er sendt. Din tekst er gemt: »{quote(text, 300)}«\n{DANGER}"
                f"{languages.beside(text, languages.DANGER, languages.NOT_SENT)}",
                buttons=(
                    Button("Send varsel alligevel", "own_words.answered", {"inbox": inbox, "reply": warning.UNKNOWN}),
                    Button("Hvem er hvem", "help.run", {"verb": "hvem"}),
                ),
            )
        )
        return
    await turn.replace(Card(f"»{quote(text, 300)}«\nDet er sendt videre som varsel. {DANGER}"))
    turn.crisis = None
    await warning.send_on(turn, text, reply)
