"""`rapportering`: "krisestaben iværksætte en rapporteringsordning": the same questions at fixed times. Plan §7."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from handlers.core import rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.reporting import pings
from storage.letters import fold
from storage.rows.numbers import next_number
from storage.rows.reporting import Scheme

TIMES = re.compile(
    r"(?:hver(?:\s+dag)?|dagligt)\s+(?:kl\.?\s*)?(?P<times>\d{1,2}(?:[.:]\d\d)?(?:\s*(?:,|og)\s*\d{1,2}(?:[.:]\d\d)?)*)"
    r"(?!\d|\.?\s*time)\s*:?\s*",
    re.IGNORECASE,
)
# "hver time", "hver 2. time", "hver anden time".
HOURLY = re.compile(
    r"hver\s+(?:(?P<number>\d{1,2})\.?\s+|(?P<word>anden|tredje|fjerde|sjette)\s+)?timer?\b\s*:?\s*", re.IGNORECASE
)
NTH = {"anden": 2, "tredje": 3, "fjerde": 4, "sjette": 6}
EXAMPLE = "*/krise rapportering sundhed, børn hver dag 9 og 15: hvor mange er ramt? hvad mangler I?*"


@verb(
    "rapportering",
    "rapporteringsordning",
    help="rapportering sundhed,børn hver dag 9 og 15: hvor mange er ramt? – gentagne spørgsmål; rapportering slut",
    who=rights.asks,
    crisis=True,
    begins="with words",
)
async def scheme(turn: Turn, text: str) -> None:
    """Begin a reporting scheme; show those there are; or end one."""
    text = text.strip()
    if not text:
        await _list(turn)
        return
    ended = re.match(r"(?:slut|stop)\b\s*(?:r\s*)?(\d*)", text, re.IGNORECASE)
    if ended:
        for row in await _going(turn):
            if not ended[1] or int(ended[1]) == row.number:
                await _end(turn, row)
        await _list(turn)
        return
    said = HOURLY.search(text) or TIMES.search(text)
    moments = _moments_of(turn, said) if said else []
    question = text[said.end() :].strip() if said else ""
    if said is None or not moments or not question:
        await turn.answer(Card(f"Hvem, hvornår og hvad? Intet er ændret. Skriv fx {EXAMPLE}."))
        return
    named = [name for name in re.split(r"[,\s]+|\bog\b", text[: said.start()]) if name]
    every = {fold(centre.name): centre.name for centre in turn.rules.centres}
    unknown = [name for name in named if fold(name) not in every and fold(name) != "alle"]
    if unknown:
        await turn.answer(
            Card(f'Jeg kender ikke centeret "{quote(unknown[0], 100)}". Intet er ændret. Skriv fx {EXAMPLE}.')
        )
        return
    centres = [every[fold(name)] for name in named if fold(name) in every] or list(every.values())
    row = Scheme(
        crisis_id=turn.the_crisis.id,
        number=await next_number(turn.db, Scheme.number, Scheme.crisis_id == turn.the_crisis.id),
        question=question,
        centres=centres,
        times=[f"{each:%H:%M}" for each in moments],
        started_by=turn.sender,
        started_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    due = await _set_next(turn, row, turn.now)
    await turn.log(
        f"Rapporteringsordning R{row.number}: {', '.join(centres)} hver dag {', '.join(row.times)}: {question}",
        kind="scheme",
        verification="confirmed",
        refs={"scheme": row.number},
    )
    await turn.answer(
        Card(
            f"Rapporteringsordning R{row.number}: {', '.join(centres)}, første svar {turn.clock(due)}.",
            buttons=(_stop(row),),
        )
    )


def _moments_of(turn: Context, said: re.Match[str]) -> list[time]:
    """Read when answers are due: at so many clock times, or every so many hours from now that go up in a day."""
    if "times" in said.groupdict():
        return _moments(said["times"])
    every = int(said["number"] or NTH.get((said["word"] or "").casefold(), 1))
    if every == 0 or 24 % every:
        return []
    first = (turn.now.astimezone(turn.zone).hour + every) % every
    return [time(hour) for hour in range(first, 24, every)]


def _moments(text: str) -> list[time]:
    found = []
    for each in re.findall(r"(\d{1,2})(?:[.:](\d\d))?", text):
        hour, minute = int(each[0]), int(each[1] or 0)
        if hour > 23 or minute > 59:
            return []
        found.append(time(hour, minute))
    return sorted(set(found))


async def _set_next(turn: Turn, row: Scheme, after: datetime) -> datetime:
    """Set the timer for the next time that answers are due, on the clock on the wall whatever the season."""
    today = after.astimezone(turn.zone).date()
    moments = [
        datetime.combine(today + timedelta(days=days), time.fromisoformat(at), tzinfo=turn.zone).astimezone(UTC)
        for days in (0, 1, 2)
        for at in row.times
    ]
    due = next(moment for moment in moments if moment > after)
    asks = max(due - turn.rules.deadlines.status_reply, turn.now)
    await turn.at(asks, "scheme.ask", f"scheme/{row.id}", scheme=row.id, moment=due.isoformat())
    return due


@timer("scheme.ask")
async def again(turn: Turn, scheme: int, moment: str) -> None:
    """Ask the scheme's questions when their time comes, and set the next time."""
    row = await turn.db.get_one(Scheme, scheme)
    if row.ended_at is not None or turn.the_crisis.state != "active":
        return
    answers_by = datetime.fromisoformat(moment)
    centres = [centre for centre in turn.rules.centres if centre.name in row.centres]
    if answers_by > turn.now:
        await pings.ask(turn, row.question, centres, answers_by, scheme=row.number)
    await _set_next(turn, row, max(answers_by, turn.now))


@action("scheme.stop", who=rights.asks)
async def stop(turn: Turn, scheme: int) -> None:
    """End a scheme, by `Stop ordningen`."""
    row = await turn.of_crisis(Scheme, scheme)
    if row is not None:
        await _end(turn, row)
        await turn.replace(Card(f"Rapporteringsordning R{row.number} er slut."))


async def _end(turn: Turn, row: Scheme) -> None:
    if row.ended_at is not None:
        return
    row.ended_at = turn.now
    await turn.cancel(f"scheme/{row.id}")
    await turn.log(
        f"Rapporteringsordning R{row.number} er slut",
        kind="scheme",
        verification="confirmed",
        refs={"scheme": row.number},
    )


async def _going(turn: Context) -> list[Scheme]:
    query = select(Scheme).where(Scheme.crisis_id == turn.the_crisis.id, Scheme.ended_at.is_(None))
    return list(await turn.db.scalars(query.order_by(Scheme.number)))


async def _list(turn: Turn) -> None:
    going = await _going(turn)
    facts = tuple(
        (f"R{row.number}: {', '.join(row.centres)}", f"{', '.join(row.times)} – {quote(row.question, 200)}")
        for row in going
    )
    await turn.answer(
        Card(
            f"*Rapporteringsordninger:* {len(going)} i gang. Ny: {EXAMPLE}",
            facts=facts,
            buttons=tuple(_stop(row) for row in going[:5]),
        )
    )


def _stop(row: Scheme) -> Button:
    return Button(f"Stop ordning R{row.number}", "scheme.stop", {"scheme": row.id, "crisis": row.crisis_id})
