"""`/krise` alone: shows what this person can do now. Nobody remembers a command after two years."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import registry, rights, router
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.language import dangers
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.preparedness import upkeep
from storage.rows.crisis import Crisis
from storage.rows.traffic import NOTICES, Message

# What is offered first, in order, to those who may; five of them are shown.
FIRST_OUTSIDE = ("varsel", "aktiver", "hvem", "status", "hjælp")
FIRST_IN_CRISIS = ("varsel", "status", "log", "hvem", "afblæs", "opskaler")
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
    """Show the five things this person can do now; all verbs are one tap away. A cry for help is led on instead."""
    if text.strip() and dangers.hear(f"hjælp {text}") is not None and await router.led_on(turn, f"hjælp {text}"):
        return
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
    keeps_plan = turn.sender in (*turn.plan.interim_secretariat(), *turn.plan.deciders())
    late = f"\n{over}" if keeps_plan and (over := upkeep.expired(turn)) else ""
    waiting, buttons = await waits_for_me(turn)
    await turn.answer(
        Card(
            f"{DANGER}\n*Krisebot.* {state}{late}{waiting}\nSkriv bare, hvad der er sket – eller vælg:",
            buttons=(
                *buttons,
                *(Button(LABELS[name], "help.run", {"verb": name}) for name in offered[: MOST - len(buttons)]),
                Button("Alle kommandoer", "help.all", {}),
            ),
        )
    )


async def waits_for_me(turn: Turn) -> tuple[str, list[Button]]:
    """Find what still waits for the sender's answer, the urgent first, and the first button of each: at most three.

    Returns:
        lines to stand in the card, and the buttons of the messages that they tell of.
    """
    messages = await turn.db.scalars(
        select(Message)
        .outerjoin(Crisis, Crisis.id == Message.crisis_id)
        .where(
            Message.recipient == turn.sender,
            Message.kind.in_(NOTICES),
            Message.answered_at.is_(None),
            Message.crisis_id.is_(None) | (Crisis.state != "closed"),
        )
        .order_by(Message.urgency, Message.id.desc())
    )
    waiting = [each for each in messages if registry.awaits_answer(each.card)][:3]
    lines = [f"• {quote(str(each.card['text']).splitlines()[0], 120)}" for each in waiting]
    cards = [Card.from_json(each.card) for each in waiting]
    buttons = [next(each for each in card.buttons if registry.is_awaited(each.do)) for card in cards]
    unique = {button.label: button for button in reversed(buttons)}
    return ("\n*Venter på dig:*\n" + "\n".join(lines) if lines else ""), list(reversed(unique.values()))


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
