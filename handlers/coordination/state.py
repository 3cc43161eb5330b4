"""The municipalities' coordinating staff, as it stands: set up when an event hits more than one. Plan §6.

"Staben mødes som udgangspunkt virtuelt": it is an object of its own, with names in it and no rights.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from handlers.coordination import running_on
from handlers.core.context import Context
from handlers.core.language import municipalities
from handlers.core.turn import Turn
from handlers.measures import tasks
from handlers.staff.roster import CHIEF
from storage.rows.coordination import CoordinatingStaff, Mandate, Seat, SharedReport
from storage.rows.measures import Task

OFFICER = "forbindelsesofficer"
SERVICE = "Beredskab 4K"


async def standing(turn: Context) -> CoordinatingStaff | None:
    """Return the crisis' coordinating staff; None while the event hits one municipality."""
    found: CoordinatingStaff | None = await turn.db.scalar(
        select(CoordinatingStaff).where(CoordinatingStaff.crisis_id == turn.the_crisis.id)
    )
    return found


async def set_hit(turn: Turn, names: Iterable[str], gone: Iterable[str] = ()) -> list[str]:
    """Set which other municipalities are hit; the own one is always the first.

    Args:
        names: those that are, whether that was known or not.
        gone: those that are not after all.

    Returns:
        those that are new.
    """
    crisis = turn.the_crisis
    own = municipalities.own(turn.rules)
    before = list(crisis.municipalities) or [own]
    order = {name: place for place, name in enumerate(turn.rules.municipalities)}
    others = [name for name in dict.fromkeys([*before, *names]) if name != own and name not in set(gone)]
    after = [own, *sorted(others, key=lambda name: (name not in order, order.get(name, 0)))]
    if after != before:
        crisis.municipalities = after
        await turn.log(
            f"Berørte kommuner: {', '.join(after)}",
            kind="municipalities",
            sender=turn.sender,
            verification="confirmed",
            refs={"municipalities": after},
        )
        await begin(turn)
    return [name for name in after if name not in before]


async def begin(turn: Turn) -> None:
    """Set the coordinating staff up once the own staff stands and more than one municipality is hit."""
    crisis = turn.the_crisis
    if len(crisis.municipalities) < 2 or crisis.level != 2 or await standing(turn) is not None:
        return
    link = next((each.address for each in turn.rules.links if "skabelon" in each.title.casefold()), None)
    row = CoordinatingStaff(
        crisis_id=crisis.id, since=turn.now, by=turn.sender, place=turn.rules.meetings.link, templates=link
    )
    turn.db.add(row)
    await turn.db.flush()
    await turn.log(
        "Den kommunalt koordinerende stab er aktiveret og mødes virtuelt. Egen krisestab ledes fortsat af egen "
        "krisestabschef.",
        kind="coordination",
        sender=turn.sender,
        verification="confirmed",
    )
    await running_on.begin(turn, row)
    if turn.rules.holder(OFFICER) is None:
        chiefs = await turn.chiefs()
        task = await tasks.add(
            turn,
            "Udpeg en forbindelsesofficer til den kommunalt koordinerende stab, og aftal et mandat: "
            "*/krise rolle forbindelsesofficer* og navnet",
            role=CHIEF,
            owner=chiefs[0] if chiefs else None,
            tell=True,
        )
        row.task = task.number
        await turn.db.flush()


async def officer_task(turn: Context, row: CoordinatingStaff) -> Task | None:
    """Return the task to name a liaison officer, where it was given."""
    found: Task | None = await turn.db.scalar(
        select(Task).where(Task.crisis_id == row.crisis_id, Task.number == row.task)
    )
    return found


async def mandate(turn: Context) -> Mandate | None:
    """Return what the officer of today may say yes to, agreed or not; another officer's mandate is none."""
    found: Mandate | None = await turn.db.scalar(
        select(Mandate)
        .where(Mandate.crisis_id == turn.the_crisis.id, Mandate.officer == (turn.rules.holder(OFFICER) or ""))
        .order_by(Mandate.id.desc())
        .limit(1)
    )
    return found


async def seats(turn: Context, body: str) -> dict[str, str]:
    """Return who sits for each organisation that there is a name for.

    Args:
        body: "staff" or "leadership".
    """
    rows = await turn.db.scalars(
        select(Seat).where(Seat.crisis_id == turn.the_crisis.id, Seat.body == body).order_by(Seat.id)
    )
    return {row.organisation: row.name for row in rows}


async def seat(turn: Turn, body: str, organisation: str, name: str) -> None:
    """Set who sits for an organisation; without a name, that nobody does.

    Args:
        body: "staff" or "leadership".
        name: with how they are reached, as it was typed.
    """
    row = await turn.db.scalar(
        select(Seat).where(Seat.crisis_id == turn.the_crisis.id, Seat.body == body, Seat.organisation == organisation)
    )
    if row is None:
        row = Seat(crisis_id=turn.the_crisis.id, body=body, organisation=organisation)
        turn.db.add(row)
    row.name, row.changed_by, row.changed_at = name, turn.sender, turn.now
    await turn.db.flush()


async def shared_report(turn: Context) -> SharedReport | None:
    """Return the newest version of the six headings."""
    found: SharedReport | None = await turn.db.scalar(
        select(SharedReport)
        .where(SharedReport.crisis_id == turn.the_crisis.id)
        .order_by(SharedReport.version.desc())
        .limit(1)
    )
    return found


def reached(turn: Context, person: str | None) -> str:
    """Write who somebody is and how they are reached, "Jens Lund, 20 00 00 01"; empty for nobody."""
    return f"{turn.name(person)}, {turn.phone(person)}" if person else ""
