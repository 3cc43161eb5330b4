"""The upkeep of the plan outside a crisis: the next exercise, the period, and what a change of the plan sets going.

Plan, Planens godkendelse, ajourføring og afprøvning. One timer looks; what is due is told once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date
from sqlalchemy import select

from handlers.core import rights
from handlers.core.card import Button, Card
from handlers.core.context import Context
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from storage.rows.preparedness import Exercise, PlanDuty
from storage.rows.traffic import Remembered

KIND = KEY = "upkeep.look"
TOLD = "upkeep told"
PRINT = "plan fingerprint"
# "mindst én gang hvert andet år", and a reminder in good time.
EXERCISE_MONTHS = 24
EXERCISE_MARKS = (18, 22, 24)
# Before the period's end: a political case takes its time.
PERIOD_MARKS = (-12, -6, -2, 0)
MORNING = time(9)

DUTIES = {
    "case": "Den politiske sag er udarbejdet",
    "council": "Godkendt i Byrådet",
    "agency": "Sendt til Beredskabsstyrelsen",
    "emergency": "Sendt til Beredskab 4K",
}
# The duties of a new period, and those of a principal change.
DUTIES_OF = {"period": ("case", "council", "agency"), "change": ("council", "emergency", "agency")}


@dataclass(frozen=True)
class Mark:
    """A day on which something is told of.

    Args:
        subject: what it is about; of several marks of a subject that have passed, the last is told.
        day: which, on the clock on the wall.
        name: names it, so that it is told once.
    """

    subject: str
    day: date
    name: str


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (or earlier); the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


async def begin(turn: Turn) -> None:
    """Ask about what has changed in the plan, at krisebot's start and when the plan has been read again, and look
    tomorrow morning."""
    await _ask_about_change(turn)
    await again(turn)


async def again(turn: Turn) -> None:
    """Set the timer that looks at what is due, tomorrow morning."""
    await turn.at(_morning(turn, _today(turn) + timedelta(days=1)), KIND, KEY)


@timer(KIND, crisis=False)
async def look(turn: Turn) -> None:
    """Tell what is due, once, and look again when the next is; nothing is told while a crisis is on."""
    if any(not crisis.exercise for crisis in await turn.open_crises()):
        await again(turn)
        return
    fact = await turn.db.get(Remembered, TOLD)
    told = dict(fact.value) if fact else {}
    today = _today(turn)
    marks = [*await _exercise_marks(turn), *await _period_marks(turn)]
    for subject in ("exercise", "period"):
        passed = [mark for mark in marks if mark.subject == subject and mark.day <= today]
        if passed and told.get(subject) != passed[-1].name:
            told[subject] = passed[-1].name
            await (_remind_of_exercise if subject == "exercise" else _remind_of_period)(turn)
    await turn.db.merge(Remembered(name=TOLD, value=told))
    if coming := [mark.day for mark in marks if mark.day > today]:
        await turn.at(_morning(turn, min(coming)), KIND, KEY)


# --- the next exercise ---


async def _exercise_marks(turn: Context) -> Sequence[Mark]:
    last = await turn.db.scalar(select(Exercise.held_at).order_by(Exercise.held_at.desc()).limit(1))
    if last is None:
        return [Mark("exercise", _today(turn), "none")]
    day = _local(turn, last)
    return [Mark("exercise", months_after(day, each), f"{day}/{each}") for each in EXERCISE_MARKS]


async def _remind_of_exercise(turn: Turn) -> None:
    last = await turn.db.scalar(select(Exercise.held_at).order_by(Exercise.held_at.desc()).limit(1))
    if last is None:
        said = "*Øvelse:* Der er ingen registreret. Er der holdt en, så skriv den ind."
    else:
        day = _local(turn, last)
        due = months_after(day, EXERCISE_MONTHS)
        word = "skulle være holdt senest" if due < _today(turn) else "skal holdes senest"
        said = f"*Øvelse:* Den seneste var {_said(day)}. Den næste {word} {_said(due)}."
    await _tell(
        turn,
        Card(
            f"{said}\nPlanen prøves af mindst hvert andet år. Beredskab 4K har ansvaret.",
            buttons=(Button("Vis øvelser", "help.run", {"verb": "øvelse"}, style="primary"),),
        ),
    )


# --- the plan's period ---


async def _period_marks(turn: Context) -> Sequence[Mark]:
    period = turn.plan.edition.period
    if period is None:
        return []
    rows = await _duties(turn, f"period/{period.end}")
    if rows and all(row.done_at for row in rows):
        return []
    return [Mark("period", months_after(period.end, each), f"{period.end}/{each}") for each in PERIOD_MARKS]


async def _remind_of_period(turn: Turn) -> None:
    period = turn.plan.edition.period
    if period is not None:
        await _add_duties(turn, f"period/{period.end}")
        await _tell(turn, await _duties_card(turn, f"period/{period.end}"))


def _period_head(turn: Context, end: date) -> str:
    over = f"❗ *Planperioden udløb {_said(end)}.* Planen gælder, til Byrådet har godkendt en ny."
    head = over if end < _today(turn) else f"*Planperioden udløber {_said(end)}.*"
    return f"{head}\nPlanen revideres mindst én gang i hver valgperiode."


def expired(turn: Context) -> str:
    """Tell that the plan's period is over; empty while it is not."""
    period = turn.plan.edition.period
    return f"❗ Planperioden udløb {_said(period.end)}." if period and period.end < _today(turn) else ""


# --- what a change sets going ---


async def _ask_about_change(turn: Turn) -> None:
    """Ask the secretariat what kind of change it is, when the plan says something else than yesterday.

    Persons' names and numbers are kept up all the time ("ajourføres løbende") and are not asked about.
    """
    content = {key: value for key, value in turn.plan.frozen().items() if key != "personer"}
    now = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    known = await turn.db.get(Remembered, PRINT)
    before = known.value.get("print") if known else None
    await turn.db.merge(Remembered(name=PRINT, value={"print": now}))
    if before in (None, now):
        return
    await _tell(
        turn,
        Card(
            "*Planfilen er ændret.* Hvad slags ændring er det?\nStørre principielle ændringer, eller væsentlige ændringer i "
            "risikoen, forelægges Byrådet og sendes derefter til Beredskab 4K.",
            buttons=(
                Button("Ajourføring", "upkeep.changed", {"print": now, "principal": False}),
                Button("Principiel ændring", "upkeep.changed", {"print": now, "principal": True}),
            ),
        ),
    )


@action("upkeep.changed", who=rights.exercises, crisis=False)
async def changed(turn: Turn, print: str, principal: bool) -> None:
    """Write down what kind of change it was; a principal one has duties."""
    if not principal:
        await turn.replace(Card(f"*Planfilen er ændret.* {turn.name(turn.sender)}: ajourføring."))
        return
    await _add_duties(turn, f"change/{print}")
    await turn.replace(await _duties_card(turn, f"change/{print}"))


# --- duties ---


async def _duties(turn: Context, subject: str) -> list[PlanDuty]:
    """Return what is to be done about a subject, in its order; none when it hasn't been told of yet."""
    rows = await turn.db.scalars(select(PlanDuty).where(PlanDuty.subject == subject).order_by(PlanDuty.id))
    return list(rows)


async def _add_duties(turn: Turn, subject: str) -> None:
    """Add what is to be done about a subject, the first time that it is told of."""
    kind = subject.partition("/")[0]
    if not await _duties(turn, subject):
        turn.db.add_all(PlanDuty(subject=subject, duty=name, created_at=turn.now) for name in DUTIES_OF[kind])
        await turn.db.flush()


async def _duties_card(turn: Context, subject: str) -> Card:
    """Draw what is to be done, and what has been."""
    kind, _, about = subject.partition("/")
    rows = await _duties(turn, subject)

    def state(row: PlanDuty) -> str:
        return f"{_said(_local(turn, row.done_at))} ({turn.name(row.done_by or '')})" if row.done_at else "mangler"

    return Card(
        _period_head(turn, date.fromisoformat(about)) if kind == "period" else "*Principiel ændring af planen.*",
        facts=tuple((DUTIES[row.duty], state(row)) for row in rows),
        buttons=tuple(
            Button(DUTIES[row.duty], "upkeep.done", {"subject": subject, "duty": row.duty})
            for row in rows
            if row.done_at is None
        ),
    )


@action("upkeep.done", who=rights.exercises, crisis=False)
async def done(turn: Turn, subject: str, duty: str) -> None:
    """Mark one of the duties as done; the others stand."""
    row = next((row for row in await _duties(turn, subject) if row.duty == duty), None)
    if row is None or row.done_at is not None:
        return
    row.done_at, row.done_by = turn.now, turn.sender
    await turn.replace(await _duties_card(turn, subject))


async def _tell(turn: Turn, card: Card) -> None:
    """Tell the preparedness chief at 4K and the secretariat."""
    turn.crisis, turn.exercise = None, False
    chief = turn.plan.holder("beredskabschef")
    for person in dict.fromkeys([*([chief] if chief else []), *turn.plan.interim_secretariat()]):
        await turn.say(person, card, kind="reminder")


def _today(turn: Context) -> date:
    return _local(turn, turn.now)


def _local(turn: Context, at: datetime) -> date:
    return at.astimezone(turn.zone).date()


def _morning(turn: Context, day: date) -> datetime:
    return datetime.combine(day, MORNING, turn.zone).astimezone(UTC)


def _said(day: date) -> str:
    return str(format_date(day, "d. MMMM y", locale="da"))
