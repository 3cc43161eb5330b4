"""The register of exercises: what was held, when the next is due, and what to begin one with.

Plan, Planens afprøvning: "mindst én gang hvert andet år planlægges og gennemføres en øvelse".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from babel.dates import format_date
from sqlalchemy import func, select

from handlers.core import form_values, rights, written_times
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.preparedness import improvements, upkeep
from handlers.preparedness.exercise_scripts import SCRIPTS
from storage.rows.crisis import Crisis
from storage.rows.preparedness import Exercise

# So many improvements stand on the card.
SHOWN = 4


async def going(turn: Context) -> Sequence[Crisis]:
    """Return the exercises that are not over, oldest first."""
    found = await turn.db.scalars(
        select(Crisis).where(Crisis.exercise, Crisis.state.in_(["active", "warned"])).order_by(Crisis.number)
    )
    return found.all()


async def register(turn: Turn) -> None:
    """Write an exercise that ends in the register, with those who were in it."""
    crisis = turn.the_crisis
    if await turn.db.scalar(select(Exercise.id).where(Exercise.crisis_id == crisis.id)) is not None:
        return
    turn.db.add(
        Exercise(
            crisis_id=crisis.id,
            held_at=crisis.created_at,
            scope=crisis.title,
            participants=", ".join(await turn.took_part()),
            registered_by=turn.sender,
            registered_at=turn.now,
        )
    )
    await turn.db.flush()
    await upkeep.again(turn)


async def card(turn: Context) -> Card:
    """Draw when an exercise was held last, when the next is due, and how to begin one."""
    last = await turn.db.scalar(select(Exercise).order_by(Exercise.held_at.desc(), Exercise.id.desc()).limit(1))
    count = await turn.db.scalar(select(func.count()).select_from(Exercise)) or 0
    facts: list[tuple[str, str]] = []
    if last is None:
        facts.append(("Seneste øvelse", "ingen er registreret"))
    else:
        who = last.participants.split(", ")
        shown = turn.names(who) if last.crisis_id is not None and last.participants else quote(last.participants, 300)
        facts.append(("Seneste øvelse", f"{_day(turn, last.held_at)}: {quote(last.scope, 200)}"))
        facts.append(("Deltagere", shown or "ikke angivet"))
        due = upkeep.months_after(last.held_at.astimezone(turn.zone).date(), upkeep.EXERCISE_MONTHS)
        late = " ❗" if due < turn.now.astimezone(turn.zone).date() else ""
        facts.append(("Næste senest", f"{format_date(due, 'd. MMMM y', locale='da')}{late}"))
    facts.append(("I registret", str(count)))
    # What was learnt the last time is what the next exercise tries.
    if standing := await improvements.open_ones(turn):
        shown = "; ".join(f"F{each.number}: {improvements.line(turn, each)}" for each in standing[:SHOWN])
        facts.append(
            (
                "Skal prøves: ikke gjort endnu",
                shown + (f"; og {len(standing) - SHOWN} til" if len(standing) > SHOWN else ""),
            )
        )
    here = await going(turn)
    facts += [("I gang nu", f"nr. {crisis.number}: {quote(crisis.title)}") for crisis in here]
    begins = [Button(script.name, "exercises.begin", {"script": name}) for name, script in SCRIPTS.items()]
    runs = [Button(f"Forløb nr. {crisis.number}", "exercises.run", {"crisis": crisis.id}) for crisis in here]
    ends = [
        Button(f"Slut øvelse nr. {crisis.number}", "exercises.end", {"crisis": crisis.id}, style="danger")
        for crisis in here
    ]
    return Card(
        "*Øvelser.* Planen prøves af mindst hvert andet år; Beredskab 4K har ansvaret. Alt, en øvelse siger, begynder med "
        "ØVELSE.\nVælg en kort øvelse, eller skriv fx */krise øvelse aktiver 2 skybrud*.",
        facts=tuple(facts),
        buttons=(
            *([*runs, *ends] or begins),
            Button(
                "Registrér en øvelse",
                "exercises.held_elsewhere",
                form=(
                    Field("date", "Hvornår blev den holdt? Fx 12.3.2025", "been", required=True, loose=True),
                    Field("scope", "Hvad blev øvet?", required=True),
                    Field("participants", "Hvem deltog?"),
                ),
                form_title="Registrér en øvelse",
            ),
        ),
    )


@action("exercises.held_elsewhere", who=rights.exercises, crisis=False)
async def held_elsewhere(turn: Turn) -> None:
    """Write an exercise that krisebot was not part of in the register: it counts as much."""
    day = form_values.typed(turn, "date", lambda words: read_day(words, turn))
    scope = turn.value("scope")
    if day is None or not scope:
        await turn.answer(Card("Skriv datoen som 12.3.2025, og hvad der blev øvet. Intet er registreret."))
        return
    turn.db.add(
        Exercise(
            crisis_id=None,
            held_at=datetime.combine(day, time(12), turn.zone).astimezone(UTC),
            scope=scope,
            participants=turn.value("participants"),
            registered_by=turn.sender,
            registered_at=turn.now,
        )
    )
    await turn.db.flush()
    await upkeep.again(turn)
    await turn.replace(await card(turn))


def read_day(text: str, turn: Context) -> date | None:
    """Read a day that has been: "12.3.2025", "12/3-25", "2025-03-12", or words that `times_read` reads; None when it
    isn't one."""
    cleaned = text.strip().replace("/", ".").replace(" ", "")
    for pattern in ("%d.%m.%Y", "%d.%m-%y", "%d.%m-%Y", "%d.%m.%y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(cleaned, pattern).date()
        except ValueError:
            continue
        return day if day <= turn.now.astimezone(turn.zone).date() else None
    at = written_times.parse_past(turn, text)
    return at.astimezone(turn.zone).date() if at else None


def _day(turn: Context, at: datetime) -> str:
    return str(format_date(at.astimezone(turn.zone).date(), "d. MMMM y", locale="da"))
