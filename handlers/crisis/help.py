"""`/krise` alone: shows what this person can do now. Nobody remembers a command after two years."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from handlers.core import incident_names, named_crisis, registry, rights, running, typed_verbs
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import Context
from handlers.core.language import dangers
from handlers.core.registry import action, verb
from handlers.core.rights import Right
from handlers.core.turn import Turn
from handlers.preparedness import upkeep
from storage.letters import fold
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message

# What is offered, in order, to those who may: what the sender's role does first. Five of them are shown.
FIRST_OUTSIDE = ("varsel", "aktiver", "hvem", "status", "hjælp")
FIRST_IN_CRISIS: tuple[tuple[Right | None, tuple[str, ...]], ...] = (
    (rights.chief, ("beslut", "tiltag", "ordre", "status", "møde", "log", "afblæs")),
    (rights.log_keeper_role, ("log", "billede", "status", "møde", "referat")),
    (rights.secretariat, ("log", "møde", "dagsorden", "status", "referat")),
    (rights.framing, ("status", "log", "beslut", "hvem", "afblæs", "opskaler")),
    (rights.communication, ("komplan", "log", "status", "hvem")),
    (rights.centre_chief, ("melding", "bistand", "status", "log", "hvem")),
    (None, ("melding", "status", "log", "hvem", "spm", "afblæs")),
)
MOST = 5

# What the commands are listed by, in order: the rooms of the plan, each under its subject.
SUBJECTS = {
    "alert": "Varsling",
    "crisis": "Krisen",
    "log": "Log og sag",
    "picture": "Situationsbillede",
    "meetings": "Møder",
    "measures": "Beslutninger, tiltag og bistand",
    "reporting": "Meldinger og overvågning",
    "communication": "Kommunikation",
    "coordination": "Andre stabe",
    "staff": "Krisestaben",
    "preparedness": "Før og efter",
}
LAST = "Før og efter"

LABELS = {
    "varsel": "Send varsel",
    "aktiver": "Aktivér krisestab",
    "status": "Status",
    "hvem": "Hvem er hvem",
    "log": "Skriv i log",
    "afblæs": "Afblæs eller foreslå det",
    "opskaler": "Opskaler",
    "beslut": "Beslut",
    "tiltag": "Tiltag",
    "ordre": "Giv ordre",
    "møde": "Møde",
    "dagsorden": "Dagsorden",
    "referat": "Referat",
    "billede": "Situationsbillede",
    "komplan": "Kommunikationsplan",
    "melding": "Send melding",
    "bistand": "Bed om bistand",
    "spm": "Stil et spørgsmål",
}


@verb("hjælp", "?", "menu", "krise", "help", "hvad nu", "hjaelp", help="hjælp – det hele på ét kort")
async def show(turn: Turn, text: str) -> None:
    """Show the five things this person can do now; all verbs are one tap away. A cry for help is led on instead."""
    typed = typed_verbs.strip_name(turn.the_incoming.text) if turn.the_incoming.kind in ("command", "text") else ""
    if fold(typed).startswith("krise ") and (named := named_crisis.read(text, "number")) is not None:
        await running.run(turn, registry.verbs["status"], str(named[0]))
        return
    if text.strip() and fold(typed).startswith("krise "):
        if await running.lead_on(turn, typed):
            return
    elif text.strip() and dangers.hear(f"hjælp {text}") is not None and await running.lead_on(turn, f"hjælp {text}"):
        return
    going = await _going(turn)
    if turn.crisis is None and len(going) == 1:
        turn.crisis = going[0]
    wanted = ("varsel", *await _of_role(turn)) if going else FIRST_OUTSIDE
    offered = []
    for name in wanted:
        known = registry.verbs[name]
        if name in LABELS and (not known.crisis or going) and await _may(turn, name):
            offered.append(name)
    state = (
        # A long title has its own three dots.
        f"I gang er nr. {quote(await incident_names.shown(turn, turn.crisis)).rstrip(' .…')}."
        if turn.crisis is not None
        else f"Der er {len(going)} hændelser i gang."
        if going
        else "Der er ingen aktiv krise."
    )
    keeps_plan = turn.sender in (*turn.plan.interim_secretariat(), *turn.plan.deciders())
    late = f"\n{over}" if keeps_plan and not going and (over := upkeep.expired(turn)) else ""
    waiting, buttons = await waits_for_me(turn)
    # Teams has no page of one's own, as Slack has: what has happened meanwhile is reached from here.
    led = turn.crisis is not None and (await rights.staff.held(turn) or await rights.decider.held(turn))
    news = " Hvad er nyt? Skriv *siden sidst*." if led else ""
    await turn.answer(
        Card(
            f"{DANGER}{waiting}\n*Krisebot.* {state}{news}{late}\nSkriv bare, hvad der er sket – eller vælg:",
            buttons=(
                *buttons,
                *(Button(LABELS[name], "help.run", {"verb": name}) for name in offered[: MOST - len(buttons)]),
                Button("Alle kommandoer", "help.all", {}),
                Button("Vejledning", "help.run", {"verb": "vejledning"}),
            ),
        )
    )


async def _of_role(turn: Context) -> tuple[str, ...]:
    """Return what the sender's role in the crisis does, the first of their roles that is found."""
    if turn.crisis is not None and turn.crisis.level is None:
        return ("aktiver", "status", "log", "hvem", "afblæs")
    if turn.crisis is not None:
        for who, verbs in FIRST_IN_CRISIS:
            if who is None or await who.held(turn):
                return verbs
    return FIRST_IN_CRISIS[-1][1]


async def waits_for_me(turn: Context) -> tuple[str, list[Button]]:
    """Find what still waits for the sender (a warning, a summons, an approval, an order, a ping), the urgent first: at
    most three, with all that can be answered to the first and the first answer to the others.

    Returns:
        lines to stand in the card, and buttons of the messages that they tell of.
    """
    messages = await turn.db.scalars(
        select(Message)
        .outerjoin(Crisis, Crisis.id == Message.crisis_id)
        .where(
            Message.recipient == turn.sender,
            Message.answered_at.is_(None),
            Message.crisis_id.is_(None) | (Crisis.state != "closed"),
        )
        .order_by(Message.urgency, Message.id.desc())
        .limit(200)
    )
    found = [each for each in messages if _is_waiting(each)]
    going = {each.id: each for each in await turn.open_crises()} if found else {}
    lines = []
    for each in found[:3]:
        first = str(each.card["text"]).splitlines()[0].replace("*", "")
        crisis = going.get(each.crisis_id or 0) if len(going) > 1 else None
        which = f" (nr. {crisis.number})" if crisis and not incident_names.is_told(Card(first), crisis) else ""
        lines.append(f"• {quote(first, 120)}{which}")
    more = f"\n• og {len(found) - 3} til" if len(found) > 3 else ""
    buttons: dict[str, Button] = {}
    for at, each in enumerate(found[:3]):
        for button in Card.from_json(each.card).buttons[: 1 if at else 3]:
            of_crisis = {"crisis": each.crisis_id, **button.args} if each.crisis_id is not None else button.args
            buttons.setdefault(button.label, replace(button, args=of_crisis))
    return ("\n*Venter på dig:*\n" + "\n".join(lines) + more if lines else ""), list(buttons.values())[:4]


def _is_waiting(message: Message) -> bool:
    if any(button["do"] == "help.all" for button in message.card["buttons"]):
        return False
    return registry.waits_for_reader(message.card)


@action("help.all", crisis=False)
async def everything(turn: Turn) -> None:
    """Show what this person may write, with an example each: what everybody may first."""
    going = await _going(turn)
    if turn.crisis is None and len(going) == 1:
        turn.crisis = going[0]
    groups: dict[str, list[str]] = {subject: [] for subject in SUBJECTS.values()}
    for known in registry.verbs.values():
        if known.who is rights.anyone or await _may(turn, known.name):
            room = known.run.__module__.split(".")[1]
            groups[SUBJECTS.get(room, LAST)].append(known.help)
    lists = [
        f"*{name}*\n" + "\n".join(typed_verbs.help_line(each) for each in sorted(lines))
        for name, lines in groups.items()
        if lines
    ]
    await turn.answer(Card("\n\n".join(lists)))


@action("help.run", crisis=False)
async def run(turn: Turn, verb: str) -> None:
    """Run a verb from the card, without words after it: it asks for them, and checks the right."""
    await running.run(turn, registry.verbs[verb], "")


async def _going(turn: Context) -> list[Crisis]:
    """Return what goes on for real, unless it is an exercise that asks: from here a warning is sent."""
    return [crisis for crisis in await turn.open_crises() if crisis.exercise == turn.exercise]


async def _may(turn: Context, name: str) -> bool:
    known = registry.verbs[name]
    if known.who in (rights.chief, rights.staff, rights.log_keeper, rights.runs_staff) and turn.crisis is None:
        return True
    # What they would do to a meeting or a level, those who may not do it only ask for.
    return (known.otherwise is not None and name not in ("aktiver", "møde")) or await known.who.held(turn)
