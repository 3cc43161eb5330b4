"""`forbedring`: what was learnt becomes something to be done, which somebody has until it is. Plan §3, Planens afprøvning.

The owner is asked about it every month, and it comes up again at the next exercise.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from handlers.core import form_values, passed_times, quiet, rights, running, written_times
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ROUTINE, Context
from handlers.core.language import times_read, times_shown, verb_words
from handlers.core.language.times_read import Parsed
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.numbers import next_number
from storage.rows.preparedness import Improvement, ImprovementState

A_MONTH = timedelta(days=30)
LONGEST, SHOWN = 500, 20
# A day's words, at most: "senest tirsdag den 1. september".
LONGEST_DAY, END_OF_DAY = 6, time(16)
UNTIL = re.compile(r"(?:senest|inden|før|til)\s++", re.IGNORECASE)
NUMBERED = re.compile(r"(?:F\s?)?(\d{1,6})\b[:.]?\s*+(.*+)", re.IGNORECASE | re.DOTALL)
TYPED = {"gjort": ("udført", "færdig", "klaret", "løst"), "droppet": ("annulleret", "bortfalder", "drop")}
STATES: dict[str, ImprovementState] = {"gjort": "done", "droppet": "dropped"}
IN_WORDS: dict[ImprovementState, str] = {"open": "ikke gjort", "done": "gjort", "dropped": "droppet"}
FORM = (
    Field("text", "Hvad skal gøres?", "long", required=True),
    Field("owner", "Hvem har det?", "persons", required=True),
    Field("due", "Senest", "time"),
)


def button(crisis: int) -> Button:
    """Make the button that adds an improvement after a crisis."""
    return Button("Ny forbedring", "improvements.new", {"crisis": crisis}, form=FORM, form_title="Ny forbedring")


@verb(
    "forbedring",
    "forbedringer",
    help="forbedring <hvad> @hvem <frist> – det, vi lærte, som nogen skal gøre; forbedring F3 gjort",
)
async def improvement(turn: Turn, text: str) -> None:
    """Add what is to be done after the newest crisis or exercise; say of an old one that it is done; show those that are
    open: all to those who evaluate, their own to everybody else.

    Args:
        text: as typed.
    """
    text = text.strip()
    leads = await rights.exercises.held(turn)
    if not text:
        await _list(turn, leads)
        return
    numbered = NUMBERED.fullmatch(text)
    row = await _numbered(turn, int(numbered[1])) if numbered else None
    if numbered and row is not None:
        await _about(turn, row, numbered[2].strip())
        return
    if not leads:
        await running.refuse(turn, rights.exercises)
        return
    if turn.crisis is None:
        turn.crisis = await turn.db.scalar(
            select(Crisis).where(Crisis.decided_at.is_not(None)).order_by(Crisis.number.desc()).limit(1)
        )
    found = written_times.find(turn, text)
    day, without = (None, text) if found else _day_at_the_end(turn, text)
    named = turn.whom(found[1] if found else without)
    if turn.crisis is None or len(named.persons) != 1 or not named.rest or len(named.rest) > LONGEST:
        none = "Der er ingen krise eller øvelse at lære af endnu. " if turn.crisis is None else ""
        await turn.answer(
            Card(
                f"{none}Hvad, og hvem har det? Skriv fx */krise forbedring nye numre i planen @Kim 1. september*. Intet er gemt."
            )
        )
        return
    due = found[0].at if found and not found[0].passed else day
    row = await _add(turn, named.rest, named.persons[0], due)
    await turn.answer(_added(turn, row, passed=found[0] if found is not None and found[0].passed else None))


@action("improvements.new", who=rights.exercises)
async def new(turn: Turn) -> None:
    """Add what is to be done, from the form `Ny forbedring`."""
    owner, due = form_values.person(turn, "owner"), form_values.moment(turn, "due")
    text = turn.value("text")
    if not text or owner is None or len(text) > LONGEST:
        await turn.answer(
            Card(f"Skriv, hvad der skal gøres (højst {LONGEST} tegn), og hvem der har det. Intet er gemt.")
        )
        return
    row = await _add(turn, text, owner, due)
    await turn.answer(_added(turn, row))


def _added(turn: Context, row: Improvement, *, passed: Parsed | None = None) -> Card:
    """Tell what was kept, also that it has no time: whoever wrote one sees that it wasn't read."""
    why = passed_times.why(turn, passed.at) if passed else ""
    without = f" Tidspunktet {why}, så der er ingen frist." if passed else " Der er ingen frist."
    return Card(
        f"F{row.number} er {turn.name(row.owner)}s: {line(turn, row)}.{'' if row.due_at else without} Jeg spørger hver måned."
    )


def _day_at_the_end(turn: Context, text: str) -> tuple[datetime | None, str]:
    """Read a day without a time that ends a text, "… senest 1. september": it is over when the working day is, UTC."""
    words = text.split()
    for count in range(min(LONGEST_DAY, len(words) - 1), 0, -1):
        last = " ".join(words[-count:])
        cued = UNTIL.match(last)
        day = written_times.parse_day(turn, last[cued.end() :] if cued else last)
        if day is not None and day <= turn.now.astimezone(turn.zone).date() + times_read.FARTHEST:
            return datetime.combine(day, END_OF_DAY, turn.zone).astimezone(UTC), " ".join(words[:-count])
    return None, text


async def _add(turn: Turn, text: str, owner: str, due: datetime | None) -> Improvement:
    number = await next_number(turn.db, Improvement.number)
    entry = await turn.log(
        f"Forbedring F{number}: {text}. Ejer: {turn.name(owner)}."
        + (f" Frist: {times_shown.weekday(due, turn.zone)}." if due else ""),
        kind="improvement",
        sender=turn.sender,
        receiver=owner,
        verification="confirmed",
        refs={"improvement": number},
    )
    row = Improvement(
        crisis_id=turn.the_crisis.id,
        number=number,
        text=text,
        owner=owner,
        due_at=due,
        added_by=turn.sender,
        added_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    if owner != turn.sender:
        await turn.say(owner, _card(turn, row), key=_key(row, "owner"), kind="notice")
    await _ask_later(turn, row)
    return row


async def _ask_later(turn: Turn, row: Improvement) -> None:
    at = turn.now + A_MONTH
    await turn.at(quiet.morning(turn, at) or at, "improvements.ask", _key(row, "ask"), improvement=row.id)


@timer("improvements.ask", crisis=False)
async def ask(turn: Turn, improvement: int) -> None:
    """Ask the owner how far it is, every month until it is done."""
    row = await turn.db.get(Improvement, improvement)
    if row is None or row.state != "open":
        return
    turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    row.told += 1
    await turn.notify(
        [row.owner],
        _card(turn, row, "*Hvordan går det med den?* "),
        kind="reminder",
        urgency=ROUTINE,
        summary=f"Spurgt {turn.name(row.owner)}, hvordan det går med F{row.number}",
        key=_key(row, f"asked/{row.told}"),
    )
    await _ask_later(turn, row)


@action("improvements.change")
async def change(turn: Turn, improvement: int, state: ImprovementState) -> None:
    """Close an improvement, by `Gjort` from whoever has it or those who evaluate."""
    row = await turn.db.get(Improvement, improvement)
    if row is not None and state in STATES.values() and not await _refuse(turn, row):
        await _close(turn, row, state)


@action("improvements.remark")
async def remark(turn: Turn, improvement: int) -> None:
    """Keep how far it is, as whoever has it filled it in."""
    row = await turn.db.get(Improvement, improvement)
    if row is not None and not await _refuse(turn, row) and turn.value("text"):
        await _remark(turn, row, turn.value("text"))


async def _about(turn: Turn, row: Improvement, said: str) -> None:
    if await _refuse(turn, row):
        return
    turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    found = verb_words.match(said, TYPED)
    if not said:
        await turn.answer(_card(turn, row), key=_key(row, turn.the_incoming.key))
    elif found.kind == "exact" and found.verb:
        await _close(turn, row, STATES[found.verb])
    else:
        await _remark(turn, row, said)


async def _refuse(turn: Turn, row: Improvement) -> bool:
    """Refuse whoever neither has it nor evaluates; returns whether it did."""
    return await running.refuse_all_but(turn, f"den, der har F{row.number}", [row.owner], rights.exercises)


async def _close(turn: Turn, row: Improvement, state: ImprovementState) -> None:
    if row.state == "open":
        row.state, row.closed_by, row.closed_at = state, turn.sender, turn.now
        await turn.cancel(_key(row, "ask"))
        await turn.log(
            f"F{row.number} er {IN_WORDS[state]}: {row.text}",
            kind="improvement",
            sender=turn.sender,
            verification="confirmed",
            refs={"improvement": row.number, "about": row.log_no},
        )
        await turn.db.flush()
    await _show(turn, row)


async def _remark(turn: Turn, row: Improvement, text: str) -> None:
    row.remark = text
    await turn.log(
        f"F{row.number} ({row.text}): {row.remark}",
        kind="improvement",
        sender=turn.sender,
        direction="in",
        refs={"improvement": row.number, "about": row.log_no},
    )
    await turn.db.flush()
    await _show(turn, row)


async def _show(turn: Turn, row: Improvement) -> None:
    """Change every card about it, and answer whoever changed it."""
    await turn.redraw(_key(row, ""), _card(turn, row))
    await turn.answer(_card(turn, row), key=_key(row, turn.the_incoming.key))


async def open_ones(turn: Context, before: int | None = None) -> list[Improvement]:
    """Return what is not done, oldest first.

    Args:
        before: of crises before this one's row; None for all.
    """
    query = select(Improvement).where(Improvement.state == "open").order_by(Improvement.number)
    return list(await turn.db.scalars(query.where(Improvement.crisis_id < before) if before is not None else query))


async def _numbered(turn: Context, number: int) -> Improvement | None:
    found: Improvement | None = await turn.db.scalar(select(Improvement).where(Improvement.number == number))
    return found


async def _list(turn: Turn, leads: bool) -> None:
    query = select(Improvement).where(Improvement.state == "open")
    if not leads:
        query = query.where(Improvement.owner == turn.sender)
    rows = list(
        await turn.db.scalars(query.order_by(Improvement.due_at.is_(None), Improvement.due_at, Improvement.number))
    )
    more = f"\nog {len(rows) - SHOWN} til." if len(rows) > SHOWN else ""
    whose = "" if leads else "Dine: "
    await turn.answer(
        Card(
            f"*Forbedringer:* {whose}{len(rows)} ikke gjort. Skriv */krise forbedring F1 gjort*, eller hvordan det går.{more}",
            facts=tuple((f"F{row.number}", line(turn, row)) for row in rows[:SHOWN]),
        )
    )


def line(turn: Context, row: Improvement) -> str:
    """Write an improvement in one line, for lists."""
    late = "⚠️ over fristen: " if row.due_at and row.due_at < turn.now and row.state == "open" else ""
    due = f", senest {turn.clock(row.due_at)}" if row.due_at else ""
    return f"{late}{quote(row.text, 150)} – {turn.name(row.owner)}{due}"


def _card(turn: Context, row: Improvement, head: str = "") -> Card:
    said = f"\nSenest sagt: »{quote(row.remark, LONGEST)}«" if row.remark else ""
    if row.state != "open":
        return Card(
            f"{'✅' if row.state == 'done' else '✖'} *F{row.number} er {IN_WORDS[row.state]}:* {quote(row.text)}{said}"
        )
    about = {"improvement": row.id, "crisis": row.crisis_id}
    return Card(
        f"{head}*Forbedring F{row.number}* efter evalueringen: {line(turn, row)}.{said}",
        buttons=(
            Button("Gjort", "improvements.change", {**about, "state": "done"}, style="primary"),
            Button(
                "Hvor langt er den?",
                "improvements.remark",
                about,
                form=(Field("text", "Hvor langt er den?", "long", required=True),),
                form_title=f"Forbedring F{row.number}",
            ),
        ),
    )


def _key(row: Improvement, rest: str) -> str:
    return f"improvement/{row.id}/{rest}"
