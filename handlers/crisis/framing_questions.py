"""The framing staff's questions, asked one at a time, and what follows from each answer. Plan §5; §7; §2.

The order is the plan's own. Nothing here is ever required: an open question stands on the card until it is answered.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers.core import audiences, rights
from handlers.core.card import Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.turn import Turn
from handlers.crisis import stand_down_proposals
from handlers.measures import tasks
from handlers.reporting import monitoring, monitoring_card, watched_lines
from handlers.staff import summoning

Follows = Callable[[Turn, str], Awaitable[None]]

YES, NO = "ja", "nej"
TURNS = ("eskalering", "uændret", "det modsatte")


@dataclass(frozen=True)
class Question:
    """A question that the framing staff decides.

    Args:
        name: how the decision is called, in the log and on the card.
        words: the question, Danish.
        answers: what may be pressed, with what the button says after the name.
        form: what may be filled in instead; its field is "answer".
        label: the form's button.
        follows: what the answer sets going.
        summons: whether those who are named are summoned.
    """

    name: str
    words: str
    answers: tuple[str, ...] = (YES, NO)
    form: Field | None = None
    label: str = ""
    follows: Follows | None = None
    summons: bool = False


async def _line_organisation(turn: Turn, answer: str) -> None:
    """Tell the centres' chiefs to set their own organisation going: "evt. aktivere beredskabsplanen og
    linjeorganisationen"."""
    if answer != YES:
        return
    await turn.notify(
        [centre.chief for centre in turn.rules.centres],
        Card(
            f"*Linjeorganisationen er aktiveret* for krise nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}.\n"
            "Sæt din egen ledelseslinje i gang, og skriv til krisestaben om det, som I ikke selv kan løse."
        ),
        kind="notice",
        summary="Centercheferne har fået besked om, at linjeorganisationen er aktiveret",
        urgency=URGENT,
    )


async def _direction(turn: Turn, answer: str) -> None:
    """Offer to go down a level, which is the mayor's word: "om situationen kalder på eskalering eller det modsatte"."""
    if answer == TURNS[2]:
        await stand_down_proposals.offer(turn)


async def _emergency_service(turn: Turn, answer: str) -> None:
    """Summon the chief of 4K, on a yes."""
    chief = turn.rules.holder("beredskabschef")
    if answer == YES and chief:
        await summoning.call_members(
            turn, [chief], "krisestaben som repræsentant for Beredskab 4K", "indkaldt af den rammesættende krisestab"
        )


async def _police(turn: Turn, answer: str) -> None:
    if answer == YES:
        await _contact(turn, "politiet (114)")


async def _others(turn: Turn, answer: str) -> None:
    """Give somebody the task of ringing each authority that is named: "og/eller øvrige eksterne myndigheder"."""
    if answer != NO:
        for authority in re.split(r"(?:(?<!\s)\s++)?+(?:[,;]|\bog\b)\s*+|(?:(?<![^\S\n])[^\S\n]++)?+\n\s*+", answer):
            if authority:
                await _contact(turn, authority)


async def _contact(turn: Turn, authority: str) -> None:
    await tasks.add(
        turn,
        f"Kontakt {authority}, og inviter en repræsentant til krisestaben",
        role="sekretær",
        owner=turn.rules.holder("sekretær"),
        tell=True,
    )


async def _health(turn: Turn, answer: str) -> None:
    """Summon the health centre's contact, on a yes: "Eventuelt ved at fagcentret repræsenteres i krisestaben"."""
    centre = turn.rules.health_centre()
    if answer == YES and centre:
        await summoning.call_members(
            turn,
            [await audiences.contact_of(turn, centre)],
            f"krisestaben for {centre.name}",
            f"{centre.name} sidder med ved bordet",
        )


async def call_members(turn: Turn, persons: list[str]) -> None:
    """Summon the members that are named: "hvem der skal være medlemmerne i en evt. efterfølgende operationel krisestab
    og varsler disse personer"."""
    if persons:
        await summoning.call_members(
            turn, persons, "den operationelle krisestab", "udpeget af den rammesættende krisestab"
        )


async def _monitoring(turn: Turn, answer: str) -> None:
    """Begin to watch the plan's own lines, and more as needed, or end it: "hvilke telefonnumre, mailadresser og andre
    kommunikationssystemer"."""
    if answer == NO:
        await monitoring.close(turn, media=False)
    else:
        await watched_lines.begin(turn)
        await monitoring_card.show(turn)


def questions(turn: Context) -> dict[str, Question]:
    """Return every question by its id, in the order they are asked."""
    centre = turn.rules.health_centre()
    every = {
        "plan": Question("Beredskabsplanen", "Skal beredskabsplanen aktiveres?"),
        "line": Question("Linjeorganisationen", "Skal linjeorganisationen aktiveres?", follows=_line_organisation),
        "direction": Question(
            "Situationen",
            "Kalder situationen på eskalering eller det modsatte?",
            answers=TURNS,
            follows=_direction,
        ),
        "4k": Question("Beredskab 4K", "Skal Beredskab 4K indkaldes i krisestaben?", follows=_emergency_service),
        "politi": Question("Politiet", "Skal politiet indkaldes i krisestaben?", follows=_police),
        "others": Question(
            "Øvrige myndigheder",
            "Skal andre eksterne myndigheder indkaldes?",
            answers=(NO,),
            form=Field("answer", "Hvilke? Komma imellem", required=True),
            label="Skriv myndigheder",
            follows=_others,
        ),
        "health": Question("Sundhed ved bordet", "Skal sundhed sidde med?", follows=_health),
        "members": Question(
            "Medlemmer",
            "Hvem skal være medlemmer af den operationelle krisestab? De varsles alle med det samme.",
            answers=(NO,),
            form=Field("answer", "Hvem? Navne, komma imellem", "persons", required=True),
            label="Vælg medlemmer",
            summons=True,
        ),
        "monitoring": Question(
            "Forstærket overvågning",
            "Skal der indføres forstærket overvågning? Det sker med planens linjer; flere kan tilføjes.",
            follows=_monitoring,
        ),
    }
    if centre is None:
        del every["health"]
    return every


def behalf(turn: Context) -> str | None:
    """Return whose right a deputy uses at the table."""
    return rights.on_behalf_of(turn.rules, turn.sender, "borgmester", "direktion")
