"""`ressource`: keeps the overview of resources. Bilag 3, Ressourceoversigt; plan §9."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from handlers.core import called_by_number, clearance, form_values, passed_times, rights, written_times
from handlers.core.card import Button, Card
from handlers.core.context import Context
from handlers.core.language import owners, times_shown
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import resource_card
from storage.rows.measures import Resource
from storage.rows.numbers import next_number

SHOWN = 12
# "responstid 20 min" and "opgave Hovedgaden": two of the columns of Bilag 3, as they are typed.
RESPONSE = re.compile(
    r"\b(?:respons|aktiverings)tid[: ]{1,2}(\d{1,3} ?(?:minutter|minut|min|timer|time|t)\b\.?)", re.IGNORECASE
)
TASK = re.compile(r"\bopgave[: ]{1,2}(\S.*)", re.IGNORECASE | re.DOTALL)
CRITICAL = re.compile(r"(?:(?<![\s,(])[\s,(]++)?+\bkritisk\b\)?", re.IGNORECASE)
# What is left of "til kl 22" once the time is read.
ENDS = re.compile(r"(?<![\s,])[\s,]++(?:indtil|til|fra|frem til)$", re.IGNORECASE)
QUANTITY = re.compile(r"\s*((?:ca\.?\s*)?\d+|en|et|to|tre|fire|fem|flere)\s+", re.IGNORECASE)


@verb(
    "ressource",
    "ressourcer",
    "ressourceoversigt",
    help="ressource – oversigten; ressource 2 pumper på viadukten til kl 22",
    who=rights.staff,
    crisis=True,
    afterwards=True,
    begins="with words",
)
async def resource(turn: Turn, text: str) -> None:
    """Add a resource in one breath: how many, what, until when; without a word, show the overview."""
    text = text.strip()
    if not text:
        await overview(turn)
        return
    if (called := called_by_number.read(text, "R")) is not None:
        row = await called_by_number.row_or_tell(turn, Resource, called, f"R{called.number}")
        if row is not None:
            drawn = resource_card.card(turn, row)
            told = replace(drawn, text=f"{drawn.text}{called_by_number.unused(called)}")
            await turn.answer(told, key=f"{resource_card.key(row)}/{turn.the_incoming.key}")
        return
    response = RESPONSE.search(text)
    bare = f"{text[: response.start()]} {text[response.end() :]}".strip() if response else text
    found = written_times.find(turn, bare)
    until, rest = (found[0] if not found[0].passed else None, found[1]) if found else (None, bare)
    critical = CRITICAL.search(rest) is not None
    rest = CRITICAL.sub("", rest)
    counted = QUANTITY.match(rest)
    name = rest[counted.end() :] if counted else rest
    doing = TASK.search(name)
    task = ENDS.sub("", doing[1].strip()).strip(" ,.;") if doing and name[: doing.start()].strip() else ""
    name = ENDS.sub("", (name[: doing.start()] if doing and task else name).strip())
    row = await add(
        turn,
        quantity=counted[1] if counted else "1",
        name=name.strip(" ,;") or text,
        response=response[1] if response else None,
        task=task or None,
        duty=until.text if until else None,
        relief_at=until.at if until else None,
        critical=critical,
    )
    if found and found[0].passed:
        asked = passed_times.asked(
            turn, found[0], f"R{row.number} har ingen tid for afløsning", "resources.until", {"resource": row.id}
        )
        await turn.answer(asked)


@action("resources.until", who=rights.staff)
async def until(turn: Turn, resource: int, at: str) -> None:
    """Set when a resource is relieved, by `Ja`: the time that was typed had passed.

    Args:
        at: UTC, ISO.
    """
    row = await resource_card.standing(turn, resource)
    if row is None or await resource_card.refuse(turn, row):
        return
    row.relief_at = datetime.fromisoformat(at)
    row.duty = times_shown.weekday(row.relief_at, turn.zone)
    await turn.log(
        f"Ressource R{row.number}: til {turn.clock(row.relief_at)}",
        kind="resource",
        sender=turn.sender,
        refs={"resource": row.number, "corrects": row.log_no},
    )
    await resource_card.remind_before_relief(turn, row)
    await turn.replace(Card(f"R{row.number} afløses {row.duty}."))


@action("resources.new", who=rights.staff, begins=True)
async def new(turn: Turn) -> None:
    """Add a resource from the form of Bilag 3."""
    if not turn.value("name"):
        await turn.answer(Card("Hvilken ressource? Resten kan udelades."))
        return
    relief_at = form_values.moment_or_words(turn, "duty")
    await add(
        turn,
        quantity=turn.value("quantity") or "1",
        name=turn.value("name"),
        response=turn.value("response") or None,
        duty=turn.value("duty") or None,
        relief_at=relief_at,
        task=turn.value("task") or None,
        critical=turn.yes("critical") is True,
    )


async def add(
    turn: Turn,
    *,
    quantity: str,
    name: str,
    response: str | None = None,
    duty: str | None = None,
    relief_at: datetime | None = None,
    task: str | None = None,
    critical: bool = False,
    lender: str | None = None,
    expected_at: datetime | None = None,
) -> Resource:
    """Put a resource in the overview.

    Args:
        quantity: how many, in their own words.
        response: how fast it is there, in their own words.
        duty: until when it is at work, in their own words; `relief_at` is that time, UTC, where it could be read.
        task: what it is at.
        critical: the municipality can't do without it.
        lender: who has offered it; it is expected, and not ours, until somebody says that it has come.
        expected_at: from when they can do without it, UTC.
    """
    crisis = turn.the_crisis
    number = await next_number(turn.db, Resource.number, Resource.crisis_id == crisis.id)
    centre = owners.of_subject(turn.rules, f"{name} {task or ''}", turn.sender)
    until = f", til {turn.clock(relief_at)}" if relief_at else f", indsatstid {duty}" if duty else ""
    until += resource_card.expected_in_words(turn, lender, expected_at) if lender else ""
    entry = await turn.log(
        f"Ressource R{number}: {quantity} {name}{f' – {task}' if task else ''}{until}",
        kind="resource",
        sender=turn.sender,
        refs={"resource": number},
    )
    row = Resource(
        crisis_id=crisis.id,
        number=number,
        quantity=quantity,
        name=name,
        response=response,
        duty=duty,
        relief_at=relief_at,
        task=task,
        centre=centre.name if centre else None,
        critical=critical,
        lender=lender,
        expected_at=expected_at,
        added_by=turn.sender,
        added_at=turn.now,
        changed_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    await resource_card.remind_before_relief(turn, row)
    await turn.answer(resource_card.card(turn, row), key=resource_card.key(row))
    return row


async def overview(turn: Turn) -> None:
    """Show the five columns, the critical ones first, on one phone screen."""
    rows, unseen = await clearance.visible_rows(turn, await of_crisis(turn))
    shown = sorted(
        rows, key=lambda row: (not row.critical, row.relief_at or datetime.max.replace(tzinfo=turn.now.tzinfo))
    )
    facts = tuple(
        (f"R{row.number}{' ❗' if row.critical else ''}", resource_card.line_of(turn, row)) for row in shown[:SHOWN]
    )
    more = f" De første {SHOWN} vises." if len(rows) > SHOWN else ""
    more += f"\n{unseen}" if unseen else ""
    await turn.answer(
        Card(
            f"*Ressourceoversigt:* {len(rows)} i alt, {sum(row.critical for row in rows)} kritiske (❗).{more}\n"
            "Antal · ressource · responstid · afløsning · aktuel opgave",
            facts=facts,
            buttons=(
                Button(
                    "Ny ressource",
                    "resources.new",
                    {},
                    style="primary",
                    form=resource_card.form(),
                    form_title="Ny ressource",
                ),
            ),
        )
    )


@action("resources.change", who=rights.staff)
async def change(turn: Turn, resource: int) -> None:
    """Correct or relieve a resource: with a new log line, and its reminder moved."""
    row = await resource_card.standing(turn, resource)
    if row is None or await resource_card.refuse(turn, row):
        return
    relief_at = form_values.moment_or_words(turn, "duty")
    row.quantity, row.name = turn.value("quantity") or row.quantity, turn.value("name") or row.name
    row.response, row.task = turn.value("response") or None, turn.value("task") or None
    row.duty, row.relief_at, row.critical = turn.value("duty") or None, relief_at, turn.yes("critical") is True
    row.changed_at = turn.now
    await turn.log(
        f"Ressource R{row.number} er rettet: {resource_card.line_of(turn, row)}",
        kind="resource",
        refs={"resource": row.number, "corrects": row.log_no},
    )
    await resource_card.remind_before_relief(turn, row)
    await turn.replace(resource_card.card(turn, row))


@action("resources.arrived", who=rights.staff)
async def arrived(turn: Turn, resource: int) -> None:
    """Mark a resource that was offered as come: now it is ours to use."""
    row = await resource_card.standing(turn, resource)
    if row is None or row.lender is None or row.arrived_at is not None or await resource_card.refuse(turn, row):
        return
    row.arrived_at = row.changed_at = turn.now
    await turn.log(
        f"Ressource R{row.number} er kommet fra {row.lender}: {row.quantity} {row.name}",
        kind="resource",
        verification="confirmed",
        refs={"resource": row.number},
    )
    await turn.replace(resource_card.card(turn, row))


@action("resources.gone", who=rights.staff)
async def gone(turn: Turn, resource: int) -> None:
    """Remove a resource from the overview; the log keeps that it was there."""
    row = await resource_card.standing(turn, resource)
    if row is None or await resource_card.refuse(turn, row):
        return
    row.gone_at = row.changed_at = turn.now
    await turn.cancel(resource_card.relief_key(row))
    await turn.log(
        f"Ressource R{row.number} er ude af oversigten: {row.quantity} {row.name}",
        kind="resource",
        refs={"resource": row.number},
    )
    await turn.replace(resource_card.card(turn, row))


async def of_crisis(turn: Context) -> list[Resource]:
    """Return the resources that there are, in their order."""
    query = select(Resource).where(Resource.crisis_id == turn.the_crisis.id, Resource.gone_at.is_(None))
    return list(await turn.db.scalars(query.order_by(Resource.number)))
