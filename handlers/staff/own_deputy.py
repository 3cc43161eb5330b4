"""`stedfortræder`: a role's holder names their own deputy, and a centre's chief theirs. Plan §2, "(eller relevante
stedfortrædere)".

It gives what the plan lets a deputy do, and nothing more. In a crisis, whoever may give roles names the staff chief's
deputy by the same word, as by `rolle`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from handlers.core import availability, rights, running, undo, written_times
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.language import absences, times_shown
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.staff import roles
from handlers.staff.absence import log_in_staffs
from storage.letters import fold
from storage.plan.model import Plan
from storage.plan.persons import Role
from storage.rows.duty import NamedDeputy

NONE = ("ingen", "slut", "slet", "fjern")


@verb(
    "stedfortræder",
    help="stedfortræder Mette – hvem der er din stedfortræder, også kun »til mandag«; slut: stedfortræder ingen",
    who=rights.proven,
)
async def own_deputy(turn: Turn, text: str) -> None:
    """Name the sender's own deputy; the staff chief's, by those who give roles in a crisis."""
    if text and await _name_chiefs_deputy(turn, text):
        return
    mine = await _held(turn)
    if not mine:
        await turn.answer(
            Card(
                "Du har ingen rolle i planen, som kan have en stedfortræder, og er ikke chef for et center. Intet er ændret."
                + (" Direktionens medlemmer træder i hinandens sted." if turn.sender in turn.plan.board() else "")
            )
        )
        return
    if fold(text) in NONE:
        ended = [one for role, centre in mine for one in await _end(turn, role, centre)]
        await availability.read_anew(turn)
        undoes = _undo(turn, None, ended) if ended else ()
        await turn.answer(Card(f"Din egen udpegning er slut. {await _shown(turn, mine)}", buttons=undoes))
        return
    named, until = _read(turn, text)
    if named is None:
        said = f'Jeg kan ikke se, hvem "{quote(text, 200)}" er. Intet er ændret. ' if text else ""
        await turn.answer(
            Card(f"{said}{await _shown(turn, mine)}\nSkriv fx */krise stedfortræder Mette* eller *… Mette til mandag*.")
        )
        return
    if named == turn.sender:
        await turn.answer(Card("Du kan ikke være din egen stedfortræder. Intet er ændret."))
        return
    if len(mine) == 1:
        await _name(turn, *mine[0], named, until)
        return
    ends = until.isoformat() if until else ""
    await turn.answer(
        Card(
            f"*{turn.name(named)} som stedfortræder for dig – i hvad?*",
            buttons=tuple(
                Button(
                    _called(role, centre).capitalize()[:40],
                    "own_deputy.name",
                    {"role": role, "centre": centre, "person": named, "until": ends},
                )
                for role, centre in mine
            ),
        )
    )


@action("own_deputy.name", who=rights.proven, crisis=False)
async def named(turn: Turn, role: str, centre: str, person: str, until: str) -> None:
    """Name the sender's deputy in one of several roles; only in one that they hold themselves."""
    if (role, centre) not in await _held(turn) or person not in turn.plan.persons or person == turn.sender:
        known = next((each for each in turn.plan.centres if each.name == centre), None)
        holders = [known.chief] if known else turn.plan.holders(role)
        await running.refuse(turn, rights.of_row("den, der har rollen", holders))
        return
    await _name(turn, role, centre, person, datetime.fromisoformat(until) if until else None)


@action("own_deputy.undo", who=rights.proven, crisis=False)
async def undone(turn: Turn, named: int | None, earlier: list[list[Any]], by: str, lapses: str) -> None:
    """Undo a naming by `Fortryd`: whom it put in somebody's place is that again; `undo.refuse` decides who may.

    Args:
        named: the row that was added; None where one was ended.
        earlier: (a row, until when it was), for those that it let give way; UTC in ISO form, or None.
    """
    if await undo.refuse(turn, by, lapses):
        return
    row = await turn.db.get(NamedDeputy, named) if named is not None else None
    if row is not None and row.holder == by:
        row.until = turn.now
    for number, until in earlier:
        before = await turn.db.get(NamedDeputy, number)
        if before is not None and before.holder == by:
            before.until = datetime.fromisoformat(until) if until else None
    await availability.read_anew(turn)
    who = turn.name(row.deputy) if row is not None else ""
    await turn.replace(
        Card("Fortrudt. " + (f"{who} er ikke din stedfortræder." if row else "Det er, som det var før."))
    )
    if row is not None:
        await turn.say(row.deputy, Card(f"Fortrudt: du er ikke stedfortræder for {turn.name(by)}."), kind="notice")
        called = _called(row.role, row.centre)
        await log_in_staffs(turn, by, f"Fortrudt: {who} er ikke stedfortræder for {turn.name(by)} ({called})")


def _undo(turn: Context, row: NamedDeputy | None, earlier: list[list[Any]]) -> tuple[Button, ...]:
    named = row.id if row is not None else None
    return undo.buttons(turn, "own_deputy.undo", turn.now, turn.sender, named=named, earlier=earlier)


async def _name_chiefs_deputy(turn: Turn, text: str) -> bool:
    """Name the staff chief's deputy, where the sender gives roles in the crisis that runs and holds none that it could
    be about instead."""
    going = [crisis for crisis in await turn.open_crises() if crisis.level == 2]
    there = turn.about(turn.crisis or (going[0] if len(going) == 1 else None))
    if there.crisis is None or there.crisis.level != 2:
        return False
    chief = there.crisis.chief == turn.sender
    others = await rights.meets.held(there) and not rights.acts_as(there.rules, turn.sender, "borgmester")
    if not (chief or others) or not roles.reads(there, f"stedfortræder {text}"):
        return False
    turn.crisis = there.crisis
    await roles.role(turn, f"stedfortræder {text}")
    return True


async def _plans(turn: Context) -> list[Plan]:
    """Return today's plan, and those of the crises that go on, where others may have a role by shift or by naming."""
    going = [crisis for crisis in await turn.open_crises() if crisis.level == 2]
    return [turn.plan, *(Plan.thawed(crisis.plan, turn.plan, crisis.holders) for crisis in going)]


async def _held(turn: Context) -> list[tuple[str, str]]:
    """Return (role, centre) pairs that the sender holds themselves and that can have a deputy; one of each is empty."""
    held = [
        (role, "")
        for plan in await _plans(turn)
        for role, its in plan.roles.filled.items()
        if isinstance(its, Role) and its.person == turn.sender
    ]
    chief_of = (("", centre.name) for centre in turn.plan.centres if centre.chief == turn.sender)
    return list(dict.fromkeys([*held, *chief_of]))


async def _name(turn: Turn, role: str, centre: str, person: str, until: datetime | None) -> None:
    earlier = await _end(turn, role, centre)
    row = NamedDeputy(role=role, centre=centre, holder=turn.sender, deputy=person, since=turn.now, until=until)
    turn.db.add(row)
    await availability.read_anew(turn)
    ends = f" til {times_shown.weekday(until, turn.zone)}" if until else ""
    called = _called(role, centre)
    await turn.answer(
        Card(
            f"*{turn.name(person)} er din stedfortræder som {called}{ends}.* "
            "Det giver de rettigheder, planen giver stedfortræderen. Slut: */krise stedfortræder ingen*.",
            buttons=_undo(turn, row, earlier),
        )
    )
    await turn.say(
        person,
        Card(
            f"{turn.name(turn.sender)} har gjort dig til sin stedfortræder som {called}{ends}. Du spørges, når "
            f"{turn.name(turn.sender)} ikke svarer eller er fraværende."
        ),
        kind="notice",
    )
    await log_in_staffs(
        turn, turn.sender, f"{turn.name(person)} er stedfortræder for {turn.name(turn.sender)} ({called}){ends}"
    )


async def _end(turn: Turn, role: str, centre: str) -> list[list[Any]]:
    """End what the sender has named; returns (a row, until when it was) for each, UTC in ISO form, or None."""
    standing = select(NamedDeputy).where(
        NamedDeputy.holder == turn.sender,
        NamedDeputy.role == role,
        NamedDeputy.centre == centre,
        or_(NamedDeputy.until.is_(None), NamedDeputy.until > turn.now),
    )
    ended: list[list[Any]] = []
    for row in await turn.db.scalars(standing):
        ended.append([row.id, row.until.isoformat() if row.until else None])
        row.until = turn.now
    await turn.db.flush()
    return ended


def _read(turn: Context, text: str) -> tuple[str | None, datetime | None]:
    """Read "Mette" or "Mette til mandag": whom, and until when."""
    parts = text.removeprefix("er ").split()
    for count in range(len(parts), 0, -1):
        found = turn.named(" ".join(parts[:count]))
        if len(found) == 1:
            rest = " ".join(parts[count:])
            away = absences.read(rest, written_times.since(turn), turn.zone) if rest else None
            if not rest or (away is not None and away.since <= turn.now):
                return found[0], away.until if away else None
    return None, None


def _called(role: str, centre: str) -> str:
    return f"chef for center {centre}" if centre else role


async def _shown(turn: Context, mine: list[tuple[str, str]]) -> str:
    lines, plans = [], await _plans(turn)
    for role, centre in mine:
        chosen = next((each.deputy for each in turn.plan.centres if each.name == centre), None) if centre else None
        its = next((plan for plan in plans if plan.holder(role) == turn.sender), turn.plan)
        deputies = ([chosen] if chosen else []) if centre else its.deputies(role)
        lines.append(f"• {_called(role, centre)}: {turn.names(deputies) if deputies else 'ingen stedfortræder'}")
    return "*Dine stedfortrædere:*\n" + "\n".join(lines)
