"""Searching the log by word, person, time or number, or for what is unconfirmed. Plan §7, Dokumentation.

The verb is `handlers.staff.quota`'s: "find 3 til evakueringscenteret" finds people.
"""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, and_, false, literal, or_, select

from handlers.core import clearance, rights, written_times
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.language import cpr
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.log import lines
from storage.case import log_words
from storage.case.log_words import Places
from storage.grades import Grade
from storage.letters import fold
from storage.rows.log import LogEntry, LogState

AT_A_TIME = 10
LONGEST_SOUGHT = 500  # letters; what is longer is no word anybody looks for, and more than a database takes
LONGEST = 200  # characters of each line: ten of them fit a telephone

NUMBER = re.compile(r"(?:nr\.?\s*)?(\d{1,6})", re.IGNORECASE)
CLOCK = re.compile(r"(?:kl|siden|fra|efter)\b|\d{1,2}[.:]\d\d$", re.IGNORECASE)
UNCONFIRMED = ("ubekraeftet", "ubekraeftede", "?")


async def find(turn: Turn, text: str) -> None:
    """Show the lines that match, newest first, ten at a time, to whoever is in or beside the staff.

    Args:
        text: what is sought, as typed.
    """
    await _show(turn, text.strip(), None)


@action("search.more", who=rights.staff)
async def more(turn: Turn, text: str, before: int) -> None:
    """Show the next ten lines of a search, by `Flere`."""
    await _show(turn, text, before)


async def _show(turn: Turn, text: str, before: int | None) -> None:
    if len(text) > LONGEST_SOUGHT:
        await turn.answer(Card(f"Det er for langt at søge efter. Skriv højst {LONGEST_SOUGHT} tegn, fx *find pumpe*."))
        return
    highest = await clearance.highest_here(turn)
    # Whoever wrote a line may read it, where nobody else reads the answer: as on its own card.
    own = turn.sender if await turn.here() == turn.sender else None
    rows = await _found(turn, text, highest, before, own)
    # What may not be seen is counted whatever was asked for: else the count would tell what stands in it.
    unseen = await clearance.unseen(turn, highest)
    left_out = f"\nIkke søgt igennem: {unseen}" if unseen else ""
    if not rows:
        await turn.answer(Card(f"Der står ikke {'mere ' if before else ''}i loggen om »{quote(text)}«.{left_out}"))
        return
    shown = rows[:AT_A_TIME]
    await turn.answer(
        Card(
            f"*Loggen: {quote(text) or 'de nyeste linjer'}*{left_out}",
            facts=tuple(
                _line(turn, entry, state, clearance.CONFIDENTIAL if entry.recorder == own else highest)
                for entry, state in shown
            ),
            buttons=(Button("Flere", "search.more", {"text": text, "before": shown[-1][0].no}),)
            if len(rows) > AT_A_TIME
            else (),
        )
    )


async def _found(
    turn: Context, text: str, highest: Grade, before: int | None, own: str | None
) -> list[tuple[LogEntry, LogState]]:
    """Return the newest lines that match, and one more than is shown where there are more.

    Args:
        own: whose lines are found whatever their grade; None for nobody's.
    """
    criterion, places = _sought(turn, text)
    seen = clearance.up_to(highest)
    query = (
        select(LogEntry, LogState)
        .join(LogState, and_(LogState.crisis_id == LogEntry.crisis_id, LogState.no == LogEntry.no))
        .where(
            LogEntry.crisis_id == turn.the_crisis.id,
            seen if own is None else or_(seen, LogEntry.recorder == own),
            criterion,
        )
        .order_by(LogState.no.desc())
        .limit(AT_A_TIME + 1)
    )
    if places is None:
        found = await turn.db.execute(query if before is None else query.where(LogEntry.no < before))
        return [(entry, state) for entry, state in found]
    rows: list[tuple[LogEntry, LogState]] = []
    async for first, last in log_words.stretches(turn.db, turn.the_crisis, places, before):
        found = await turn.db.execute(query.where(LogEntry.no.between(first, last)))
        rows += [(entry, state) for entry, state in found]
        if len(rows) > AT_A_TIME:
            break
    return rows


def _sought(turn: Context, text: str) -> tuple[ColumnElement[bool], Places | None]:
    """Return what a line must be to be found, by number, mark, time, person, else by the words in it; and where to look
    for it.

    Returns:
        the places are None where the rows themselves say which lines they are.
    """
    folded = fold(text)
    if folded in UNCONFIRMED:
        # Spelt out, so that the database knows the index that is for these alone.
        return LogState.verification == literal("unconfirmed", literal_execute=True), None
    if number := NUMBER.fullmatch(text):
        return LogEntry.no == int(number[1]), None
    if CLOCK.match(text):
        said = re.sub(r"^(?:siden|fra|efter)\s+", "", text, flags=re.IGNORECASE)
        been = written_times.parse_been(turn, said)
        # To look from is no harm done: what has not been today was yesterday.
        since = been.tomorrow if been is not None and been.passed else been.at if been is not None else None
        if since is not None:
            return LogEntry.recorded_time >= since, [log_words.since(since)]
    if cpr.found(text):
        return false(), []
    words, places = LogEntry.folded.contains(folded, autoescape=True), [log_words.said(text)]
    persons = turn.named(text)
    if not persons:
        return words, places
    names = [turn.name(person) for person in persons]
    named = [LogEntry.folded.contains(fold(name), autoescape=True) for name in names]
    places += [*map(log_words.by, persons), *map(log_words.said, names)]
    return or_(words, LogEntry.recorder.in_(persons), *named), places


def _line(turn: Context, entry: LogEntry, state: LogState, highest: Grade) -> tuple[str, str]:
    mark = "" if state.verification == "confirmed" else " (ubekræftet)"
    corrected = f" Rettet i nr. {state.corrected_by}." if state.corrected_by else ""
    text = lines.shown(turn, entry, state, highest)
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return (f"{entry.no}, {turn.clock(entry.recorded_time)}", f"{quote(short)}{mark}{corrected}")
