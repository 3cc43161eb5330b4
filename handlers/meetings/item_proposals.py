"""`punkt`: items for the staff's next meeting, from any member at any time. Plan §5, Arbejdsgange, step 8."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from handlers.core import called_by_number, form_values, passed_times, rights, running, written_times
from handlers.core.called_by_number import Called
from handlers.core.card import Button, Card, Field
from handlers.core.language import times_shown
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import tasks
from handlers.meetings import agenda, agenda_items
from handlers.meetings.agenda_items import KINDS
from storage.rows.meetings import AgendaItem, ItemKind

# "ingen frist", where it ends what somebody proposes.
NO_DEADLINE = re.compile(r"[\s,.;–-]{0,4}\b(?:ingen|uden) frist[\s.!]{0,4}$", re.IGNORECASE)
# "1 beslutning" is what is said of item 1, and no item.
KINDED = re.compile(r"(?:nr\.?\s*+)?(\d{1,6})[.:]?\s++(drøftelse|beslutning|orientering)[.!]?", re.IGNORECASE)


@verb(
    "punkt",
    "p",
    "dagsordenspunkt",
    help="punkt <hvad> frist i morgen 12 – til stabens næste møde",
    who=rights.staff,
    crisis=True,
    level_two=True,
)
async def item(turn: Turn, text: str) -> None:
    """Add an item at once; its character, its deadline and the recommendation are asked for afterwards."""
    if not text.strip():
        await turn.answer(
            Card(
                "Hvad skal staben tage stilling til? Skriv fx */krise punkt nødbolig til 12 beboere frist i morgen 12*."
            )
        )
        return
    kinded = KINDED.fullmatch(text.strip())
    called = Called(int(kinded[1]), kinded[2]) if kinded else called_by_number.read(text)
    if called is not None:
        standing = await called_by_number.row_or_tell(turn, AgendaItem, called, f"Punkt {called.number}")
        if standing is not None:
            drawn = agenda_items.card(turn, standing)
            drawn = replace(drawn, text=f"{drawn.text}{called_by_number.unused(called)}")
            await turn.answer(drawn, key=f"{agenda_items.key(standing)}/{turn.the_incoming.key}")
        return
    typed, text = text, NO_DEADLINE.sub("", text) or text
    found = written_times.find(turn, text, bare=True) if text == typed else None
    due, rest = (found[0].at, found[1]) if found and not found[0].passed else (None, text)
    row = await agenda_items.add(turn, rest.strip(" ,") or text.strip())
    row.deadline, row.no_deadline = due, text != typed
    await turn.db.flush()
    await turn.answer(agenda_items.card(turn, row), key=agenda_items.key(row))
    await agenda.added(turn, row)
    if found is not None and found[0].passed:
        about = {"item": row.id}
        form = (Field("deadline", "Frist", "time", required=True),)
        other = Button("Anden tid", "items.due", about, form=form, form_title="Frist")
        await turn.answer(
            passed_times.asked(turn, found[0], f"punkt {row.number} har ingen frist", "items.due", about, other)
        )


@action("items.due", who=rights.staff)
async def due(turn: Turn, item: int, at: str = "") -> None:
    """Set an item's deadline, where the one that was written had passed.

    Args:
        at: UTC, ISO; empty: as the form says.
    """
    row = await agenda_items.standing(turn, item)
    when = datetime.fromisoformat(at) if at else form_values.moment(turn, "deadline")
    if row is None or when is None:
        await turn.answer(Card("Jeg kan ikke læse fristen. Intet er ændret."))
        return
    row.deadline = when
    await turn.db.flush()
    await turn.replace(Card(f"Punkt {row.number} har frist {times_shown.weekday(when, turn.zone)}."))
    await turn.answer(agenda_items.card(turn, row), key=agenda_items.key(row))
    await agenda_items.redraw(turn, row)


@action("items.no_deadline", who=rights.staff)
async def no_deadline(turn: Turn, item: int) -> None:
    """Note that the staff may take an item up whenever it likes, by `Ingen frist`."""
    row = await agenda_items.standing(turn, item)
    if row is not None and row.deadline is None:
        row.no_deadline = True
        await turn.db.flush()
        await turn.replace(agenda_items.card(turn, row))
        await agenda_items.redraw(turn, row)


@action("items.kind", who=rights.staff)
async def kind(turn: Turn, item: int, kind: ItemKind) -> None:
    """Set an item's character: `Drøftelse`, `Beslutning` or `Orientering`."""
    row = await agenda_items.standing(turn, item)
    if row is not None and kind in KINDS:
        row.kind = kind
        await turn.db.flush()
        await turn.replace(agenda_items.card(turn, row))
        await agenda_items.redraw(turn, row)


@action("items.detail", who=rights.staff)
async def detail(turn: Turn, item: int) -> None:
    """Fill in an item's recommendation, its deadline and who prepares it."""
    row = await agenda_items.standing(turn, item)
    if row is None:
        return
    deadline, preparer = form_values.moment(turn, "deadline"), form_values.person(turn, "preparer", of_centre="contact")
    row.recommendation = turn.value("recommendation") or row.recommendation
    row.deadline = deadline or row.deadline
    row.no_deadline = row.deadline is None
    if preparer is not None and preparer != row.preparer:
        row.preparer = preparer
        await _tell_preparer(turn, row)
    await turn.db.flush()
    await turn.replace(agenda_items.card(turn, row))
    await agenda_items.redraw(turn, row)
    await agenda.at_risk(turn, row)


async def _tell_preparer(turn: Turn, row: AgendaItem) -> None:
    """Tell whoever is to prepare an item at once; they are reminded before the meeting: "punkterne er forberedte til
    mødet"."""
    if row.preparer is None:
        return
    await turn.log(
        f"Punkt {row.number} forberedes af {turn.name(row.preparer)}",
        kind="item",
        sender=turn.sender,
        receiver=row.preparer,
        refs={"item": row.number},
    )
    if row.preparer != turn.sender:
        card = agenda_items.card(turn, row)
        await turn.say(
            row.preparer,
            Card(f"*Du forbereder et punkt til stabens næste møde.*\n{card.text}", card.facts),
            kind="notice",
        )


@action("items.political", who=rights.staff)
async def political(turn: Turn, item: int) -> None:
    """Mark that an item needs a political case: "Der fremlægges sager til politisk beslutning i det omfang, der er brug
    for det"."""
    row = await agenda_items.standing(turn, item)
    case = turn.value("case")
    if row is None or not case or case == row.political:
        return
    first, row.political = row.political is None, case
    await turn.log(
        f"Punkt {row.number} kræver politisk sag: {case}",
        kind="item",
        sender=turn.sender,
        verification="confirmed",
        refs={"item": row.number},
    )
    if first:
        await tasks.add(
            turn,
            f"Politisk sag til punkt {row.number}, {row.text}: {case}",
            role="sekretær",
            owner=turn.rules.holder("sekretær"),
            tell=True,
        )
    await turn.replace(agenda_items.card(turn, row))
    await agenda_items.redraw(turn, row)


@action("items.withdraw", who=rights.staff)
async def withdraw(turn: Turn, item: int) -> None:
    """Withdraw an item, by whoever proposed it or those who run the staff; an urgent measure's orientation stays."""
    row = await agenda_items.standing(turn, item)
    if row is None or row.measure is not None:
        return
    if await running.refuse_all_but(turn, "den, der foreslog punktet", [row.proposer], rights.runs_staff):
        return
    row.state = "withdrawn"
    await turn.log(f"Dagsordenspunkt {row.number} er taget af: {row.text}", kind="item", refs={"item": row.number})
    await turn.replace(agenda_items.card(turn, row))
    await agenda_items.redraw(turn, row)
