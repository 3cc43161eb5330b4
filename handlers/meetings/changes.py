"""Changes of a meeting: moves it, or calls it off. Plan §5, "Alternativt aflyses mødet"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import select

from handlers.core import form_values, passed_times, rights, running, written_times
from handlers.core.card import Button, Card
from handlers.core.context import URGENT, Context
from handlers.core.language import times_read
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.measures import tasks
from handlers.meetings import agenda, agenda_items, agenda_lines, beginning, meeting_card
from handlers.staff import calendars
from storage.rows.meetings import Meeting

MOVE = re.compile(r"\s*(?:flyt(?:tes|tet)?|udskyd|udsæt)\b(?:\s+(?:mødet|til)\b)*", re.IGNORECASE)
# "kl 12", "11.30": without a day, the meeting's own is meant.
CLOCK = re.compile(r"\s*(?:kl\.?\s*)?\d{1,2}(?:[.:]?\d{2})?(?=\s|$)", re.IGNORECASE)
EXAMPLE = "*/krise møde flyt i morgen 11 Teams*"


async def move_in_words(turn: Turn, text: str, *, whither: bool) -> None:
    """Move the next meeting as was typed: "flyt i morgen 11 Teams", "flyt til kl 12", "flyt til byrådssalen".

    Args:
        text: what comes after "flyt" and "til".
        whither: "til" was said, so that words without a time in them are a place.
    """
    row = await meeting_card.coming(turn)
    if row is None:
        await turn.answer(Card("Der er ikke indkaldt til et møde, så der er intet at flytte."))
        return
    found = meeting_card.read(turn, text, _from(turn, row, text))
    only_place = bool(text.strip()) and (whither or bool(meeting_card.LINK.search(text)))
    # That time of the meeting's own day has been, so it may be tomorrow's that is meant.
    is_wrong = found is not None and not turn.now <= found[0].at <= turn.now + times_read.FARTHEST
    passed = written_times.parse(turn, found[0].text) if found and is_wrong else None
    if found is not None and passed is not None:
        form = (meeting_card.form(row)[0], replace(meeting_card.form(row)[1], value=found[1] or row.place))
        other = Button(
            "Anden tid", "meetings.move", {"meeting": row.id}, submit="Send", form=form, form_title="Flyt mødet"
        )
        about = {"meeting": row.id, "place": found[1]}
        await turn.answer(passed_times.asked(turn, passed, "intet er flyttet", "meetings.moved_to", about, other))
        return
    if found is None and not only_place:
        await turn.answer(Card(f"Hvornår, eller hvorhen? Intet er flyttet. Skriv fx {EXAMPLE}."))
        return
    at, place = (found[0].at, found[1]) if found else (row.at, meeting_card.place_in(text))
    await move(turn, row, at, place or row.place)
    await turn.answer(meeting_card.card(turn, row), key=f"{meeting_card.key(row)}/{turn.sender}", again=True)


@action("meetings.moved_to", who=rights.runs_staff, begins=True)
async def moved_to(turn: Turn, meeting: int, place: str, at: str) -> None:
    """Move a meeting to the time that was meant, by `Ja`: the one that was typed had passed.

    Args:
        place: as it was written; empty: as before.
        at: UTC, ISO.
    """
    row = await meeting_card.standing(turn, meeting)
    if row is None or row.state != "called":
        return
    await move(turn, row, datetime.fromisoformat(at), place or row.place)
    await turn.replace(meeting_card.card(turn, row))


@action("meetings.move", who=rights.runs_staff, begins=True)
async def pressed_move(turn: Turn, meeting: int) -> None:
    """Move a meeting from the form `Flyt mødet`."""
    row = await meeting_card.standing(turn, meeting)
    if row is None or row.state != "called":
        return
    at = form_values.moment(turn, "at", since=partial(_from, turn, row))
    await move(turn, row, at or row.at, turn.value("place") or row.place)
    await turn.replace(meeting_card.card(turn, row))


def _from(turn: Context, row: Meeting, text: str) -> datetime:
    """Return from when a time is reckoned, UTC: a bare clock time from the beginning of the meeting's own day."""
    if not CLOCK.match(text):
        return written_times.since(turn)
    return row.at.astimezone(turn.zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


async def move(turn: Turn, row: Meeting, at: datetime, place: str) -> None:
    """Give a meeting that has been called another time or another place.

    Args:
        at: when, UTC.
        place: a room or a link.
    """
    if (at, place) == (row.at, row.place):
        return
    before = f"{turn.clock(row.at)}, {row.place}"
    elsewhere = place != row.place
    row.at, row.place, row.urgent, row.sequence = at, place, agenda.is_hurried(turn, at), row.sequence + 1
    await turn.db.flush()
    await turn.notify(
        [turn.staff, *await turn.members("framing", "operational")],
        Card(f"*Møde {row.number} i krisestaben er flyttet* til {meeting_card.where(turn, row)}"),
        kind="summons",
        summary=f"Møde {row.number} er flyttet til {turn.clock(at)}, {place} (før {before})",
        urgency=URGENT,
    )
    await calendars.send(turn, row, f"Møde {row.number} i krisestaben er flyttet til {meeting_card.where(turn, row)}")
    if elsewhere:
        await _room_is_free(turn, row)
        await meeting_card.make_ready(turn, row)
    await agenda.plan_for(turn, row)
    await beginning.plan_for(turn, row)
    await _those_at_risk(turn)


@action("meetings.cancel", who=rights.proven, begins=True)
async def cancel(turn: Turn, meeting: int) -> None:
    """Call a meeting off, by the responsible director or those who run the staff: everybody is told, and its items wait
    for the next."""
    row = await meeting_card.standing(turn, meeting)
    if row is None or row.state != "called":
        return
    if turn.sender not in await agenda_lines.approvers(turn) and not await rights.runs_staff.held(turn):
        right = await agenda_lines.approves(turn, rights.runs_staff)
        await running.refuse(turn, right, "Mødet står ved magt.")
        return
    await call_off(turn, row)
    head = f"Møde {row.number} {turn.clock(row.at)} er aflyst"
    await turn.notify(
        [turn.staff, *await turn.members("framing", "operational")],
        Card(f"*{head}* af {turn.name(turn.sender)}. Punkterne går videre til næste møde.{calendars.line(turn, row)}"),
        kind="notice",
        summary=f"Møde {row.number} er aflyst; punkterne går videre til næste møde",
    )
    await turn.replace(meeting_card.card(turn, row))
    await _those_at_risk(turn)


async def call_off(turn: Turn, row: Meeting) -> None:
    """Mark a meeting as not held: calendars are told, and its timers are cancelled."""
    row.state, row.sequence = "cancelled", row.sequence + 1
    await turn.cancel(*(agenda_lines.key(row, name) for name in ("prepare", "remind", "due", "again")))
    await turn.db.flush()
    await beginning.settle(turn, row)
    await calendars.send(turn, row, f"Møde {row.number} i krisestaben {turn.clock(row.at)} er aflyst")
    await _room_is_free(turn, row)


async def call_off_all(turn: Turn) -> None:
    """Call off every meeting when the staff is stood down, so that none is left in anybody's calendar."""
    called = select(Meeting).where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state == "called")
    for row in (await turn.db.scalars(called.order_by(Meeting.number))).all():
        await call_off(turn, row)
        await turn.notify(
            await turn.members("framing", "operational"),
            Card(
                f"*Møde {row.number} {turn.clock(row.at)} er aflyst*: krisestaben er trådt ned. Slet det i din kalender, hvis det "
                f"står der.{calendars.line(turn, row)}"
            ),
            kind="notice",
            summary=f"Møde {row.number} er aflyst, da krisestaben er trådt ned",
        )
    # The one that goes on is still ended, by whoever is asked about no next one.
    if (held := await meeting_card.running(turn)) is not None and held.state == "running":
        await beginning.settle(turn, held)


async def _room_is_free(turn: Turn, row: Meeting) -> None:
    for task in await tasks.of_crisis(turn):
        if task.status != "done" and task.title.startswith(meeting_card.room_task(row)):
            await tasks.lapse(turn, task)


async def _those_at_risk(turn: Turn) -> None:
    """Warn of the items for which a later meeting may be too late."""
    await agenda_items.take_in_urgent(turn)
    for item in await agenda_items.open_items(turn):
        await agenda.at_risk(turn, item)
