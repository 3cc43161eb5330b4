"""`Jeg er i tvivl`: "afklare eventuelle tvivlsspørgsmål med den centrale ledelse". Plan §5, Centerchefer (R105)."""

from __future__ import annotations

from handlers.card import Button, Card, Field, quote
from handlers.turn import URGENT, Turn


def button(do: str, **about: int) -> Button:
    """The button for a card that gives somebody something to do.

    Args:
        do: the action that it runs, which calls `ask`.
        about: what the action gets.
    """
    return Button(
        "Jeg er i tvivl",
        do,
        about,
        form=(Field("text", "Hvad er du i tvivl om?", "long", required=True),),
        form_title="Spørg krisestaben",
    )


async def ask(turn: Turn, named: str, title: str, **refs: int) -> None:
    """Take what was filled in to the staff, and say that it was.

    Args:
        named: what the doubt is about, as people call it: "T4", "ordre 2".
        title: what it is.
        refs: what the log line points to.
    """
    asked = turn.value("text")
    if not asked:
        await turn.answer(Card("Skriv, hvad du er i tvivl om. Intet er sendt."))
        return
    entry = await turn.log(
        f"Tvivl om {named}: {asked}",
        kind="question",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        refs=refs,
    )
    await turn.say(
        turn.staff,
        Card(
            f"❓ *{turn.name(turn.sender)} er i tvivl om {named}* ({quote(title, 300)}):\n»{quote(asked, 1500)}«\n"
            f"Log nr. {entry.no}. Svar {turn.name(turn.sender)}, {turn.phone(turn.sender)}."
        ),
        urgency=URGENT,
    )
    await turn.answer(Card(f"Krisestaben har dit spørgsmål om {named} (log nr. {entry.no})."))
