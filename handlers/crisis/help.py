"""`/krise` alone: shows what this person can do now. Nobody remembers a command after two years."""

from __future__ import annotations

from handlers.core import registry, rights, router
from handlers.core.card import Button, Card, quote
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.preparedness import upkeep
from storage.rows.crisis import Crisis

# What is offered first, in order, to those who may; five of them are shown.
FIRST_OUTSIDE = ("varsel", "aktiver", "hvem", "status", "hjælp")
FIRST_IN_CRISIS = ("status", "log", "hvem", "afblæs", "varsel", "opskaler")
MOST = 5

LABELS = {
    "varsel": "Send varsel",
    "aktiver": "Aktivér krisestab",
    "status": "Status",
    "hvem": "Hvem er hvem",
    "log": "Skriv i log",
    "afblæs": "Afblæs eller foreslå det",
    "opskaler": "Opskaler",
}


@verb("hjælp", "?", "menu", "help", "hvad nu", "hjaelp", help="hjælp – det hele på ét kort")
async def show(turn: Turn, text: str) -> None:
    """Show the five things this person can do now; all verbs are one tap away."""
    going = await _going(turn)
    if turn.crisis is None and len(going) == 1:
        turn.crisis = going[0]
    wanted = FIRST_IN_CRISIS if going else FIRST_OUTSIDE
    offered = []
    for name in wanted:
        known = registry.verbs[name]
        if name in LABELS and (not known.crisis or going) and await _may(turn, name):
            offered.append(name)
    state = (
        f"Nr. {turn.crisis.number} er i gang: {quote(turn.crisis.title)}."
        if turn.crisis is not None
        else f"Der er {len(going)} hændelser i gang."
        if going
        else "Der er ingen aktiv krise."
    )
    late = f"\n{over}" if (over := upkeep.expired(turn)) else ""
    await turn.answer(
        Card(
            f"*Krisebot.* {state} Ved fare for liv: ring 112.{late}\nSkriv bare, hvad der er sket – eller vælg:",
            buttons=(
                *(Button(LABELS[name], "help.run", {"verb": name}) for name in offered[:MOST]),
                Button("Alle kommandoer", "help.all", {}),
            ),
        )
    )


@action("help.all", crisis=False)
async def everything(turn: Turn) -> None:
    """Show what this person may write, with an example each: what everybody may first."""
    going = await _going(turn)
    if turn.crisis is None and len(going) == 1:
        turn.crisis = going[0]
    groups: dict[str, list[str]] = {"Alle kan": [], "Du kan også": []}
    for known in registry.verbs.values():
        if known.who is rights.anyone:
            groups["Alle kan"].append(known.help)
        elif await _may(turn, known.name):
            groups["Du kan også"].append(known.help)
    lists = [
        f"*{name}*\n" + "\n".join(f"• /krise {line}" for line in sorted(lines))
        for name, lines in groups.items()
        if lines
    ]
    await turn.answer(Card("\n\n".join(lists)))


@action("help.run", crisis=False)
async def run(turn: Turn, verb: str) -> None:
    """Run a verb from the card, without words after it: it asks for them, and checks the right."""
    await router.run(turn, registry.verbs[verb], "")


async def _going(turn: Turn) -> list[Crisis]:
    """Return what goes on for real, unless it is an exercise that asks: from here a warning is sent."""
    return [crisis for crisis in await turn.open_crises() if crisis.exercise == turn.exercise]


async def _may(turn: Turn, name: str) -> bool:
    known = registry.verbs[name]
    if known.who in (rights.chief, rights.staff, rights.log_keeper, rights.runs_staff) and turn.crisis is None:
        return True
    return (known.otherwise is not None and name != "aktiver") or await known.who.held(turn)
