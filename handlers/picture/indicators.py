"""`indikator`: "vurdere udviklingen i krisesituationen på udvalgte parametre". Plan §7."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.core import clearance, form_values, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.letters import fold
from storage.rows import log
from storage.rows.picture import Count, Indicator

BARS = "▁▂▃▄▅▆▇█"
SHOWN = 12
VALUE = re.compile(
    r"(?P<name>.*?\S)(?:\s*+[:=])?+\s++(?P<value>-?\d{1,9}(?:[.,]\d{1,3})?)\s*+(?P<unit>[^\d\s]\S{0,20})?\s*+$",
    re.DOTALL,
)
FORM = (
    Field("name", "Hvad tælles? Fx ramte borgere", required=True),
    Field("value", "Hvor mange?", required=True),
    Field("unit", "Enhed (kan udelades)"),
    Field("source", "Kilde (kan udelades)"),
)


@verb(
    "indikator",
    "indikatorer",
    "tal",
    help="indikator ramte borgere 51 – tal, der følges gennem krisen; uden tekst: alle",
    who=rights.staff,
    crisis=True,
    begins="with words",
)
async def indicator(turn: Turn, text: str) -> None:
    """Write down a number in one breath; without a word, show how all of them go."""
    if not text.strip():
        await _show(turn)
        return
    said = VALUE.fullmatch(text.strip())
    if said is None:
        await turn.answer(Card("Hvad, og hvor mange? Intet er ændret. Skriv fx */krise indikator ramte borgere 51*."))
        return
    await count(turn, said["name"], said["value"], said["unit"] or "", turn.sender)


@action("indicators.new", who=rights.staff)
async def new(turn: Turn) -> None:
    """Write down a number from the form."""
    value, name = form_values.typed(turn, "value", _counted, "Skriv et tal, fx 51."), turn.value("name")
    if value is None or not name:
        await turn.answer(Card("Skriv, hvad der tælles, og et tal. Intet er ændret."))
        return
    await count(turn, name, value, turn.value("unit"), turn.value("source") or turn.sender)


def _counted(text: str) -> str | None:
    """Return a number as it was typed; None for all else."""
    return text if re.fullmatch(r"-?\d{1,9}(?:[.,]\d{1,3})?", text) else None


async def count(turn: Turn, name: str, value: str, unit: str, source: str) -> None:
    """Write down a number for an indicator, with its line in the log.

    Args:
        value: as it was typed, with a comma or a point.
        source: a person, or where it is from in their words.
    """
    row = next((each for each in await _all(turn) if fold(each.name) == fold(name)), None)
    if row is None:
        row = Indicator(crisis_id=turn.the_crisis.id, name=name.strip())
        turn.db.add(row)
        await turn.db.flush()
    entry = await turn.log(
        f"{row.name}: {value}{f' {unit}' if unit else ''}",
        kind="indicator",
        sender=turn.sender,
        refs={"source": source},
    )
    turn.db.add(
        Count(
            crisis_id=row.crisis_id,
            indicator=row.id,
            value=float(value.replace(",", ".")),
            unit=unit,
            at=turn.now,
            source=source,
            log_no=entry.no,
        )
    )
    await turn.db.flush()
    await turn.answer(Card(f"Noteret (log nr. {entry.no}).\n{quote(await line(turn, row))}"))


async def lines(turn: Context) -> list[str]:
    """Return every indicator's line."""
    return [await line(turn, row) for row in await _all(turn)]


async def line(turn: Context, row: Indicator) -> str:
    """Write an indicator in one line, "ramte borgere: 51 ↑ (før 41, kl. 09:00) ▁▃█": the newest, where it goes, the way
    there, and whether it is confirmed."""
    counts = list(
        await turn.db.scalars(
            select(Count).where(Count.indicator == row.id).order_by(Count.at.desc(), Count.id.desc()).limit(SHOWN)
        )
    )[::-1]
    newest = counts[-1]
    said = f"{row.name}: {_number(newest.value)}{f' {newest.unit}' if newest.unit else ''}"
    state = await log.state_of(turn.db, turn.the_crisis, newest.log_no)
    mark = f"(nr. {newest.log_no}, {'bekræftet' if state.verification == 'confirmed' else 'ubekræftet'})"
    if len(counts) == 1:
        return f"{said}, {turn.clock(newest.at)} {mark}"
    before = counts[-2]
    bars = sparkline([each.value for each in counts])
    return (
        f"{said} {trend(before.value, newest.value)} {bars} før {_number(before.value)}, {turn.clock(before.at)} {mark}"
    )


def trend(before: float, now: float) -> str:
    """Tell where a number is going: ↑, → or ↓."""
    return "↑" if now > before else "↓" if now < before else "→"


def _number(value: float) -> str:
    """Write a number as a Dane does: "51", "3,5", "1200000"."""
    return f"{value:.3f}".rstrip("0").rstrip(".").replace(".", ",")


def sparkline(values: list[float]) -> str:
    """Draw numbers as a row of bars, the lowest to the highest."""
    low, high = min(values), max(values)
    if low == high:
        return BARS[3] * len(values)
    return "".join(BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in values)


async def _all(turn: Context) -> list[Indicator]:
    query = select(Indicator).where(Indicator.crisis_id == turn.the_crisis.id).order_by(Indicator.id)
    return list(await turn.db.scalars(query))


async def _show(turn: Turn) -> None:
    newest = select(Count).where(Count.crisis_id == turn.the_crisis.id).order_by(Count.at, Count.id)
    counts = {each.indicator: each for each in await turn.db.scalars(newest)}
    seen, unseen = await clearance.visible_rows(turn, list(counts.values()))
    shown = {each.indicator for each in seen}
    said = [await line(turn, row) for row in await _all(turn) if row.id in shown]
    button = Button(
        "Nyt tal", "indicators.new", {"crisis": turn.the_crisis.id}, style="primary", form=FORM, form_title="Nyt tal"
    )
    await turn.answer(
        Card(
            "*Indikatorer*\n"
            + ("\n".join(f"• {quote(each)}" for each in said) or unseen or "Ingen endnu.")
            + (f"\n{unseen}" if said and unseen else ""),
            buttons=(button,),
        )
    )
