"""The coordinating staff's shared report, in the plan's six tasks as headings, ready to copy to C3. Plan §6."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import clearance, rights
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.log import journal
from handlers.measures import assistance, measure_card, measure_steps, resource_card, resources
from handlers.picture import picture_texts
from storage.rows.coordination import HEADINGS, SharedReport
from storage.rows.measures import ANSWERED

# So many lines of each are put forward from our own staff, to be cut and mended by whoever writes.
NEWEST = 6


async def sections(turn: Context) -> dict[str, str]:
    """Return the six texts as they stand; before anybody has written, what our own staff knows."""
    every = await _versions(turn)
    return {name: str(text) for name, text in every[-1].sections.items()} if every else await _draft(turn)


@action("coordination_report.write", who=rights.coordinates)
async def write(turn: Turn) -> None:
    """Write a new version; what somebody else wrote while this form stood open is not written over."""
    every = await _versions(turn)
    now = await sections(turn)
    # A text that has stood there before was in the form from the start: whoever sends it has not touched it.
    known = {name: {str(row.sections.get(name, "")) for row in every} for name, _ in HEADINGS}
    said = {name: turn.value(name) for name, _ in HEADINGS if turn.value(name)}
    fresh = {name: text for name, text in said.items() if text not in known[name]}
    after = {**now, **fresh}
    if not fresh and (every or not any(now.values())):
        await turn.answer(Card("Der er intet nyt i rapporten. Intet er ændret."))
        return
    version = every[-1].version + 1 if every else 1
    text = _text(after)
    entry = await turn.log(
        f"Rapport i den koordinerende stab, udgave {version}:\n{text}",
        kind="coordination_report",
        sender=turn.sender,
        receiver="den koordinerende stab",
        direction="out",
        refs={"version": version},
    )
    turn.db.add(
        SharedReport(
            crisis_id=turn.the_crisis.id,
            version=version,
            sections=after,
            written_by=turn.sender,
            written_at=turn.now,
            log_no=entry.no,
        )
    )
    await turn.db.flush()
    await journal.demand(turn, entry, "communication", f"Fælles rapport, udgave {version}")
    await turn.answer(
        Card(
            f"*Fælles rapport, udgave {version}* (log nr. {entry.no}) – klar til at kopiere til C3:\n\n{quote(text)}\n\n"
            "Når den står i C3: */krise c3* og »Overført til C3«."
        )
    )


def _text(texts: dict[str, str]) -> str:
    return "\n\n".join(
        f"{number}. {heading}\n{texts.get(name) or '–'}" for number, (name, heading) in enumerate(HEADINGS, 1)
    )


async def _draft(turn: Context) -> dict[str, str]:
    picture = await picture_texts.newest(turn, "published")
    started, _ = await clearance.visible_rows(turn, await measure_steps.of_crisis(turn), turn.staff)
    requests, _ = await clearance.visible_rows(turn, await assistance.of_crisis(turn), turn.staff)
    there, _ = await clearance.visible_rows(turn, await resources.of_crisis(turn), turn.staff)
    going = [row for row in started if row.status not in measure_card.CLOSED]
    asked = [row for row in requests if row.state not in ANSWERED]
    tasks = [f"T{row.number}: {row.title}" for row in going] + [f"B{row.number}: mangler {row.text}" for row in asked]
    have = [f"{row.quantity} {row.name}" for row in there if not resource_card.is_expected(row)]
    return {
        "picture": "\n".join(filter(None, (str(picture.sections.get(each, "")) for each in "12"))) if picture else "",
        "tasks": "\n".join(tasks[-NEWEST:]),
        "resources": "\n".join(have[-NEWEST:]),
    }


async def _versions(turn: Context) -> list[SharedReport]:
    query = select(SharedReport).where(SharedReport.crisis_id == turn.the_crisis.id)
    return list(await turn.db.scalars(query.order_by(SharedReport.version)))
