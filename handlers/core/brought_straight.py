"""What says HASTER is brought straight to the staff and its chief, whatever it was written as. Plan §9, "afleveres direkte til
krisestaben"."""

from __future__ import annotations

from collections.abc import Collection

from handlers.core import clearance, typed_verbs
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import dangers
from handlers.core.language.urgency_words import hastens
from handlers.core.registry import Verb
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis

# Verbs that bring what hastens there by themselves, or that are the chief's own.
BRINGS_ITSELF = frozenset(
    {"varsel", "aktiver", "opskaler", "melding", "telefon", "tiltag", "opgave", "ordre", "bistand", "hjælp"}
)
# What is answered with a yes or a no, which is all that anybody is told of it.
YES_OR_NO = frozenset({"summons", "summons_taken_back", "centre", "order", "quota", "contact_test"})


async def behind_verb(turn: Turn, verb: Verb, text: str) -> None:
    """Bring what hastens past every queue that was typed behind a verb which keeps it for later.

    Args:
        text: what came after the verb.
    """
    if is_brought(turn, verb.name, text):
        await _bring(turn, text, f"skriver ({verb.name})")


def is_brought(turn: Context, verb: str, text: str) -> bool:
    """Whether what was typed behind a verb is brought to the staff at once, since it hastens."""
    crisis = turn.crisis
    return verb not in BRINGS_ITSELF and crisis is not None and crisis.level == 2 and hastens(text)


async def own_words(turn: Turn) -> None:
    """Bring what hastens past every queue that one of the crisis' own people has written without a verb, unless what they
    wrote has been brought to its chief by what it was read as."""
    text = typed_verbs.strip_name(turn.the_incoming.text)
    if hastens(text):
        await _bring_own_words(turn, text)


async def beside_answer(turn: Turn, kind: str) -> None:
    """Bring grave danger that one of the crisis' own people tells of beside an answer which is a yes or a no: "kan ikke, jeg er
    indespærret" would be a line in the log, and their place on a list. In an exercise they can make it a real warning.

    Args:
        kind: what was asked, as `registry.reply` has it.
    """
    text = typed_verbs.strip_name(turn.the_incoming.text)
    if kind not in YES_OR_NO or not dangers.tells_of_grave(text):
        return
    await _bring_own_words(turn, text)
    if turn.exercise:
        before, turn.crisis, turn.exercise = turn.crisis, None, False
        send = Button("Send varsel", "router.meant", {"verb": "varsel", "inbox": turn.inbox_id})
        said = f"»{quote(text, 300)}«\nDet er læst som et svar i øvelsen. Er det virkeligt, så send det som varsel. {DANGER}"
        await turn.answer_alone(Card(said, buttons=(send,)), urgency=URGENT)
        turn.crisis, turn.exercise = before, True


async def _bring_own_words(turn: Turn, text: str) -> None:
    before, heard = turn.crisis, {turn.sender}
    for crisis in [before] if before is not None else await where_involved(turn):
        turn.crisis = crisis
        chiefs = (await turn.chiefs())[:1] if crisis.level == 2 else []
        told = any(message.crisis_id == crisis.id for message in turn.said_to(*chiefs))
        if chiefs and chiefs[0] != turn.sender and not told:
            await _bring(turn, text, "skriver", heard)
            heard |= {*chiefs}
    turn.crisis = before


async def where_involved(turn: Context) -> list[Crisis]:
    """Return the crises with a staff that the sender is one of the own people of."""
    open_ones = [crisis for crisis in await turn.open_crises() if crisis.level == 2]
    return [crisis for crisis in open_ones if turn.sender in await turn.about(crisis).involved()]


async def _bring(turn: Turn, text: str, how: str, heard: Collection[str] = ()) -> None:
    """Tell the staff and its chief.

    Args:
        how: Danish, what the sender does.
        heard: who is told nothing, since they have written or read it.
    """
    chief = [person for person in (await turn.chiefs())[:1] if person not in (turn.sender, *heard)]
    # What stands in the staff's channel is there, and what few may know is for its chief.
    is_there = turn.the_incoming.kind == "text" and await turn.room_of(turn.the_incoming) is not None
    shared = clearance.spoken(turn, text)[1] != "confidential"
    await turn.notify(
        [*chief, *([turn.staff] if shared and not is_there else [])],
        Card(f"⚠️ *HASTER* – {turn.name(turn.sender)} {how}: »{quote(text, 1000)}«"),
        kind="notice",
        summary="Det haster: krisestaben har fået det",
        urgency=URGENT,
        everywhere=True,
    )
