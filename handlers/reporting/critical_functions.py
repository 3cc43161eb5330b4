"""Critical functions: one that is told to stand still starts a clock, which warns at half time, until it runs again. Plan
§2, continued running; §9."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select

from handlers.core import clearance, form_values, in_charge, rights, running, written_times
from handlers.core.card import Button, Card, Field
from handlers.core.context import URGENT, Context
from handlers.core.events import Told, on
from handlers.core.language import dangers, outages, times_shown
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from storage.letters import fold
from storage.plan.sections import CriticalFunction
from storage.rows.numbers import next_number
from storage.rows.reporting import Outage, OutageState

IN_WORDS: dict[OutageState, str] = {"running": "nede", "ended": "kører igen", "mistaken": "var ikke nede"}
# What says since when, in folded text, and the words after it that may be a time: "siden i går kl 14", "gik ned kl 13.50".
SINCE = re.compile(r"\b(?P<said>siden|fra|(?=kl\b|klokken\b)) ?(?P<words>[^,;]{1,60})")
AGO = re.compile(r"\bfor (?:ca |cirka |omkring )?[^,;]{1,30} siden\b")
LONGEST_TIME = 4
WHEN = Field("down_since", "Nede siden, fx kl. 13:00 eller i går 22:30", "been", required=True)
NEGATED = frozenset({"ikke", "hverken", "aldrig", "ingen"})
SET_DOWN, SET_UP = ("nede", "ude", "stopper", "stoppet", "vaek"), ("igen", "oppe", "koerer", "virker")


@dataclass(frozen=True)
class Since:
    """Since when something is told to be down.

    Args:
        at: UTC; None where that isn't said so that it can be read: the clock goes from when it was told.
        asked: what has to be asked about the time that was told, Danish; empty where nothing has.
        meant: what is proposed instead, UTC.
    """

    at: datetime | None = None
    asked: str = ""
    meant: datetime | None = None


@on(Told)
async def hear(turn: Turn, told: Told) -> None:
    """Start the clock of each of the plan's critical functions that somebody tells is down, and stop those that run again.

    Anybody's word starts a clock, as a warning would; it is stopped by the word of those who answer for the function or
    are in or beside the staff. A function that is told of again, or in a question, changes nothing.
    """
    functions = turn.rules.critical_functions
    if not functions:
        return
    by_name = {each.name: each for each in functions}
    for name, heard in outages.read({each.name: each.names for each in functions}, told.text).items():
        standing = await _running(turn, name)
        if _still_to_come(turn, heard.clause):
            continue
        if heard.state == "down" and standing is None:
            await _start(turn, by_name[name], _since(turn, heard.clause), min(told.at, turn.now), told.no)
        elif heard.state == "up" and standing is not None:
            if turn.sender == standing.responsible or await rights.staff.held(turn):
                await _end(turn, standing, "ended", told.no)
            else:
                about = {"outage": standing.id, "crisis": turn.the_crisis.id}
                await in_charge.tell(
                    turn,
                    Card(
                        f"{turn.name(turn.sender)} siger, at {name} kører igen (log nr. {told.no}). Uret går, til nogen i "
                        "staben siger det samme.",
                        buttons=(Button("Kører igen", "outages.ended", about, style="primary"),),
                    ),
                    partial(_said_key, standing, told.no),
                )


@verb(
    "kritisk",
    "kritiske funktioner",
    "kritisk funktion",
    help="kritisk <navn> nede / kører igen – kritiske funktioner, og hvor længe de må stå stille",
    who=rights.staff,
    crisis=True,
    begins="with words",
)
async def critical(turn: Turn, text: str) -> None:
    """Say that a critical function is down or runs again; without a word, show how they all stand.

    Args:
        text: "nødkald nede siden kl 13", "nødkald kører igen".
    """
    functions = {each.name: each for each in turn.rules.critical_functions}
    if not functions:
        await turn.answer(
            Card(
                "Planen nævner ingen kritiske funktioner. Sekretariatet skriver dem i planfilen: »kritiske_funktioner«."
            )
        )
        return
    said = text.strip()
    if not said:
        await turn.answer(await _list(turn, list(functions.values())))
        return
    words = fold(said).split()
    named = next(
        (each for each in functions.values() for name in each.names if f" {fold(said)} ".startswith(f" {fold(name)} ")),
        None,
    )
    heard = outages.read({name: each.names for name, each in functions.items()}, said)
    name, state = next(((name, each.state) for name, each in heard.items()), ("", ""))
    # One word decides only where nothing turns it around: "er ikke oppe" and "kører det igen?" stop no clock.
    if not state and named is not None and not dangers.is_question(said) and not NEGATED & set(words):
        name = named.name
        state = "up" if set(SET_UP) & set(words) else "down" if set(SET_DOWN) & set(words) else ""
    if not state:
        known = ", ".join(functions)
        await turn.answer(
            Card(
                f"Hvilken funktion, og hvad? Skriv fx */krise kritisk {known.split(', ')[0]} nede*. Planen har: {known}."
            )
        )
        return
    standing, told = await _running(turn, name), None
    if _still_to_come(turn, fold(said)):
        await turn.answer(Card(f"Det er ikke sket endnu. Skriv det, når {name} er det. Intet er ændret."))
        return
    if state == "down" and standing is None:
        entry = await turn.log(said, kind="information", sender=turn.sender, receiver="krisestaben", direction="in")
        told = _since(turn, said)
        await _start(turn, functions[name], told, turn.received, entry.no)
        standing = await _running(turn, name)
    elif state == "up" and standing is not None:
        await _end(turn, standing, "ended", None)
    if standing is not None:
        await turn.answer(_card(turn, standing, told=told), key=_key(standing, turn.the_incoming.key))
    else:
        await turn.answer(Card(f"{name} er ikke meldt nede. Intet er ændret."))


def _still_to_come(turn: Context, clause: str) -> bool:
    """Whether what was said has a time that has not come: it is a plan, and no fact."""
    if {"siden", "gik", "fra"} & set(clause.split()):
        return False
    found = written_times.find(turn, clause)
    return found is not None and not found[0].passed and found[0].at > turn.now


def _since(turn: Context, clause: str) -> Since:
    """Read since when something is told to be down; a time that has not been is asked about, and so is one after "siden"
    that can't be read."""
    folded = fold(clause)
    if ago := AGO.search(folded):
        return Since(written_times.parse_past(turn, ago[0]))
    unread = False
    for found in SINCE.finditer(folded):
        words = found["words"].split()[:LONGEST_TIME]
        tries = (" ".join(words[:count]) for count in range(len(words), 0, -1))
        read = next((been for each in tries if (been := written_times.parse_been(turn, each))), None)
        if read is not None and read.passed:
            asked = f" Mener du {times_shown.weekday(read.tomorrow, turn.zone)}?" if read.tomorrow else ""
            return Since(
                None, f"Der står siden {turn.clock(read.at)}, og det er ikke kommet endnu.{asked}", read.tomorrow
            )
        if read is not None:
            return Since(read.at)
        unread = unread or found["said"] == "siden"
    return Since(None, "Jeg kan ikke læse, siden hvornår." if unread else "")


async def _running(turn: Context, name: str) -> Outage | None:
    found: Outage | None = await turn.db.scalar(
        select(Outage)
        .where(Outage.crisis_id == turn.the_crisis.id, Outage.function == name, Outage.state == "running")
        .limit(1)
    )
    return found


async def _start(turn: Turn, function: CriticalFunction, told: Since, at: datetime, no: int) -> None:
    """Start a function's clock: log it, tell those in charge and whoever answers for it, and set both warnings.

    A clock waits for nobody's answer: where the time has to be asked about, it goes from when it was told meanwhile.

    Args:
        told: since when it is told to be down.
        at: when that was told, UTC.
        no: the log line that tells it.
    """
    crisis, since = turn.the_crisis, told.at or at
    until = since + function.longest_stop
    entry = await turn.log(
        f"Kritisk funktion nede: {function.name} siden {times_shown.weekday(since, turn.zone)} (nr. {no}). Må højst stå stille "
        f"i {times_shown.span(function.longest_stop)}, til {times_shown.weekday(until, turn.zone)}."
        + (f" {told.asked}" if told.asked else ""),
        kind="outage",
        sender=turn.sender,
        receiver="krisestaben",
        refs={"about": no},
    )
    row = Outage(
        crisis_id=crisis.id,
        number=await next_number(turn.db, Outage.number, Outage.crisis_id == crisis.id),
        function=function.name,
        responsible=function.responsible,
        since=since,
        until=until,
        told_by=turn.sender,
        told_no=no,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    await in_charge.tell(turn, _card(turn, row, told=told), lambda name: _key(row, name), urgency=URGENT)
    # Whoever told it knows best since when.
    asked = [function.responsible, turn.sender if told.asked else None]
    for person in dict.fromkeys(each for each in asked if each and (told.asked or each != turn.sender)):
        await turn.say(person, _card(turn, row, told=told), key=_key(row, f"responsible/{person}"), kind="notice")
    await _set_warnings(turn, row)


async def _set_warnings(turn: Turn, row: Outage) -> None:
    """Set the warning at half of a function's longest stop, and that at its end; what has been is not warned of late."""
    half = row.since + (row.until - row.since) / 2
    if half > turn.now:
        await turn.at(half, "outages.due", _key(row, "half"), outage=row.id, half=True)
    else:
        await turn.cancel(_key(row, "half"))
    await turn.at(max(row.until, turn.now), "outages.due", _key(row, "over"), outage=row.id, half=False)


@timer("outages.due", urgent=True)
async def due(turn: Turn, outage: int, half: bool) -> None:
    """Warn those in charge and whoever answers for a function when half of its longest stop has gone, and when all has."""
    row = await turn.db.get(Outage, outage)
    if row is None or row.state != "running" or turn.the_crisis.state == "closed":
        return
    told = [*await in_charge.in_charge(turn), *([row.responsible] if row.responsible else [])]
    told += [] if half or turn.the_crisis.level != 2 else await turn.chiefs()
    head = (
        f"⏳ *Halvdelen af tiden er gået: {row.function} er stadig nede.* "
        if half
        else f"🔴 *{row.function} har stået stille længere, end planen tillader.* "
    )
    what = "halvdelen af den længste tid er gået" if half else "den længste tid er overskredet"
    await turn.notify(
        told,
        _card(turn, row, head),
        kind="reminder",
        urgency=URGENT,
        summary=f"{row.function} er stadig nede: {what}",
        key=_key(row, "half" if half else "over"),
    )


@action("outages.ended")
async def ended(turn: Turn, outage: int) -> None:
    """Stop the clock, by `Kører igen` from the staff or whoever answers for the function."""
    row = await _of_crisis(turn, outage)
    if row is not None and row.state == "running" and not await _refuse(turn, row):
        await _end(turn, row, "ended", None)


@action("outages.mistaken")
async def mistaken(turn: Turn, outage: int) -> None:
    """Stop the clock of what was read wrongly, by `Den er ikke nede`."""
    row = await _of_crisis(turn, outage)
    if row is not None and row.state == "running" and not await _refuse(turn, row):
        await _end(turn, row, "mistaken", None)


@action("outages.since")
async def since(turn: Turn, outage: int, at: str = "") -> None:
    """Correct since when a function is down, by `Ret tidspunkt` or the time that was asked about; the warnings follow.

    Whoever told of it may too: they know best.

    Args:
        at: the time that was proposed, UTC in ISO form; empty where the form was filled in.
    """
    row = await _of_crisis(turn, outage)
    if row is None or row.state != "running" or (turn.sender != row.told_by and await _refuse(turn, row)):
        return
    meant = datetime.fromisoformat(at) if at else form_values.been(turn, "down_since")
    if meant is None or meant > turn.now:
        await turn.answer(Card("Skriv siden hvornår, fx 13:00 eller i går 22:30. Intet er ændret."))
        return
    longest = row.until - row.since
    was, row.since, row.until = row.since, meant, meant + longest
    await turn.log(
        f"{row.function} er nede siden {times_shown.weekday(meant, turn.zone)}, ikke {turn.clock(was)}. Må højst stå stille til "
        f"{times_shown.weekday(row.until, turn.zone)}.",
        kind="outage",
        sender=turn.sender,
        refs={"about": row.log_no},
    )
    await turn.db.flush()
    await _set_warnings(turn, row)
    await turn.redraw(_key(row, ""), _card(turn, row))


async def _refuse(turn: Turn, row: Outage) -> bool:
    """Refuse whoever neither answers for the function nor is in or beside the staff; returns whether it did."""
    whose = f"den, der har ansvaret for {row.function}"
    return await running.refuse_all_but(turn, whose, [row.responsible], rights.staff)


async def _end(turn: Turn, row: Outage, state: OutageState, no: int | None) -> None:
    row.state, row.ended_by, row.ended_at = state, turn.sender, turn.received
    await turn.cancel(_key(row, "half"), _key(row, "over"))
    await turn.log(
        f"{row.function} {_how_long(row) if state == 'ended' else 'var ikke nede; uret er stoppet'}"
        + (f" (nr. {no})" if no is not None else ""),
        kind="outage",
        sender=turn.sender,
        verification="confirmed" if state == "mistaken" else "unconfirmed",
        refs={"about": row.log_no},
    )
    await turn.db.flush()
    await turn.redraw(_key(row, ""), _card(turn, row))
    await in_charge.tell(turn, _card(turn, row))


def _how_long(row: Outage) -> str:
    span = (row.ended_at or row.until) - row.since
    over = "" if (row.ended_at or row.until) <= row.until else ", længere end planen tillader"
    return f"kører igen efter {times_shown.span(span)}{over}"


def line(turn: Context, row: Outage) -> str:
    """Write a function that is down in one line, for lists."""
    late = "⚠️ " if row.until < turn.now else ""
    return f"{late}{row.function} nede siden {turn.clock(row.since)}, må højst stå stille til {turn.clock(row.until)}"


async def down(turn: Context, reader: str) -> list[str]:
    """Return a line for each function that is down now, soonest first.

    Args:
        reader: who reads it, or the staff's channel.
    """
    rows = list(
        await turn.db.scalars(
            select(Outage)
            .where(Outage.crisis_id == turn.the_crisis.id, Outage.state == "running")
            .order_by(Outage.until, Outage.number)
        )
    )
    seen, _ = await clearance.visible_rows(turn, rows, reader)
    return [line(turn, row) for row in seen]


async def _list(turn: Context, functions: Sequence[CriticalFunction]) -> Card:
    facts = []
    for each in functions:
        row = await _running(turn, each.name)
        whose = f", {turn.name(each.responsible)}" if each.responsible else ""
        state = line(turn, row).partition(" nede ")[2] if row else ""
        facts.append(
            (
                each.name,
                f"⚠️ nede {state}"
                if row
                else f"kører; må højst stå stille i {times_shown.span(each.longest_stop)}{whose}",
            )
        )
    return Card("*Kritiske funktioner*\nSkriv *nede* eller *kører igen* efter navnet.", facts=tuple(facts))


def _card(turn: Context, row: Outage, head: str = "", told: Since | None = None) -> Card:
    if row.state == "mistaken":
        return Card(f"✖ {row.function} var ikke nede. Uret er stoppet af {turn.name(row.ended_by or '')}.")
    if row.state == "ended":
        return Card(
            f"✅ *{row.function} {_how_long(row)}.* {turn.name(row.ended_by or '')}, {turn.clock(row.ended_at)}."
        )
    whose = f" Ansvarlig: {turn.name(row.responsible)}." if row.responsible else ""
    about = {"outage": row.id}
    asked = f"\n❓ {told.asked} Uret går fra {turn.clock(row.since)}, til det er rettet." if told and told.asked else ""
    meant = told.meant if told else None
    proposed = (
        (Button(f"Siden {turn.dated(meant)}", "outages.since", about | {"at": meant.isoformat()}),) if meant else ()
    )
    return Card(
        f"{head}⏱ *{row.function} er nede siden {turn.clock(row.since)}* – må højst stå stille til {turn.dated(row.until)}.\n"
        f"Meldt af {turn.name(row.told_by)} (log nr. {row.told_no}).{whose}{asked}",
        buttons=(
            *proposed,
            Button("Kører igen", "outages.ended", about, style="primary"),
            Button("Den er ikke nede", "outages.mistaken", about),
            Button("Ret tidspunkt", "outages.since", about, form=(WHEN,), form_title="Nede siden hvornår?"),
        ),
    )


async def _of_crisis(turn: Context, outage: int) -> Outage | None:
    return await turn.of_crisis(Outage, outage)


def _said_key(row: Outage, no: int, name: str) -> str:
    return _key(row, f"said/{no}/{name}")


def _key(row: Outage, rest: str) -> str:
    return f"outage/{row.id}/{rest}"
