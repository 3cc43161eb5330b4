"""`overvågning`: telephones, mailboxes and systems watched more closely, each by a named person. Plan §7, Forstærket
overvågning; §5, Krisesekretariat."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from handlers.core import rights, running, withheld
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.reporting import media_watch, monitoring_card, monitoring_checks, watched_lines
from handlers.reporting.watched_lines import KINDS, MEDIA, Watcher, listed, named, read
from storage.letters import fold
from storage.rows.reporting import WatchedLine
from storage.rows.traffic import Message

EXAMPLE = "*/krise overvågning 2 Kim*, */krise overvågning postkasse borger@htk.example Eva* eller */krise overvågning medie …*"


@verb(
    "overvågning",
    help="overvågning – hvem holder øje med hvad; overvågning medie <omtale> skriver medieomtale i loggen",
    who=rights.staff,
    crisis=True,
    begins="with words",
)
async def watch(turn: Turn, text: str) -> None:
    """Show what is watched; or write down a finding in the media; or say who watches a line, or add one."""
    first, _, rest = text.strip().partition(" ")
    word, rest = fold(first.strip(":,")), rest.strip()
    if not word:
        await shown(turn)
    elif word in ("medie", "medier", "medieomtale"):
        await media_watch.typed(turn, rest)
    elif not await rights.meets.held(turn):
        await running.refuse(turn, rights.meets)
    elif word.isdecimal() and rest:
        row = next((each for each in await watched_lines.lines(turn) if each.number == int(word)), None)
        watcher = read(turn, rest)
        if row is None or watcher is None:
            await turn.answer(
                Card(f"Jeg kan ikke se, hvilken linje eller hvem det er. Intet er ændret. Skriv fx {EXAMPLE}.")
            )
            return
        await _hand(turn, [(row, watcher)])
        await monitoring_card.show(turn)
        await monitoring_card.answer(turn)
    elif word in KINDS and rest:
        await _add(turn, word, *_split(turn, rest))
    else:
        await turn.answer(Card(f"Intet er ændret. Skriv fx {EXAMPLE}."))


async def close(turn: Turn, *, media: bool = True) -> None:
    """End the watching of every line.

    Args:
        media: the media too; they are watched for as long as there is a staff, whatever else is decided.
    """
    rows = [row for row in await watched_lines.lines(turn) if media or row.kind != MEDIA]
    if not rows:
        return
    for row in rows:
        row.until = turn.now
    await turn.db.flush()
    await turn.log(
        f"Forstærket overvågning er slut: {'; '.join(row.line for row in rows)}",
        kind="monitoring",
        verification="confirmed",
        refs={"lines": [row.number for row in rows]},
    )
    await turn.cancel(watched_lines.timer_key(turn))
    if await turn.db.scalar(select(Message.id).where(Message.key == monitoring_card.key(turn))):
        await monitoring_card.show(turn)


def _split(turn: Context, text: str) -> tuple[str, Watcher | None]:
    """Split "borger@htk.example Eva" into the line, and who watches it when the last words are somebody."""
    parts = text.split()
    for count in (2, 1):
        if len(parts) > count and (watcher := read(turn, " ".join(parts[-count:]))):
            return " ".join(parts[:-count]), watcher
    return text, None


async def _hand(turn: Turn, wanted: Iterable[tuple[WatchedLine, Watcher]]) -> None:
    """Let persons watch lines; each of them is told once of all that is theirs."""
    given: dict[str, list[WatchedLine]] = {}
    for row, who in wanted:
        if who == (row.watcher, row.role):
            continue
        before, (row.watcher, row.role) = row.watcher, who
        row.due_at = None if row.kind == MEDIA else turn.now + turn.rules.deadlines.monitoring
        row.missed = 0
        given.setdefault(who[0], []).append(row)
        after = f" (før {turn.name(before)})" if before else ""
        await turn.log(
            f"Overvågning: {turn.name(who[0])} holder øje med {row.line}{after}",
            kind="monitoring",
            sender=turn.sender,
            receiver=who[0],
            verification="confirmed",
            refs={"line": row.number},
        )
    await turn.db.flush()
    for person, rows in given.items():
        await turn.notify(
            [person],
            monitoring_checks.watcher_card(
                turn, f"*Du holder øje med {quote(listed(rows), 500)}* for krise nr. {turn.the_crisis.number}."
            ),
            kind="notice",
            summary=f"Bedt om at holde øje med {listed(rows)}",
        )
    await watched_lines.wake(turn)


@action("monitoring.watchers", who=rights.meets)
async def watchers(turn: Turn) -> None:
    """Set who watches which line from the form; what is left empty or as it was stays."""
    rows = await watched_lines.lines(turn)
    wanted = [
        (row, watcher)
        for row in rows
        if turn.value(watched_lines.WATCHER.of(row.id)) != named(turn, row)
        and (watcher := watched_lines.filled_in(turn, watched_lines.WATCHER.of(row.id))) is not None
    ]
    if not wanted:
        await turn.answer(Card("Intet er ændret: det står som før, hvem der holder øje."))
    await _hand(turn, wanted)
    await monitoring_card.show(turn)


@action("monitoring.add", who=rights.meets, begins=True)
async def add(turn: Turn) -> None:
    """Add a line to watch: "evt. etablering af øvrige relevante postkasser"."""
    watcher = watched_lines.filled_in(turn, "who")
    await _add(turn, turn.chosen("kind", KINDS) or KINDS[1], turn.value("line"), watcher)


async def _add(turn: Turn, kind: str, line: str, watcher: Watcher | None) -> None:
    if not line:
        return
    if any((row.kind, row.line) == (kind, line) for row in await watched_lines.lines(turn)):
        await turn.answer(Card(f"{quote(line, 200)} overvåges allerede. Intet er ændret."))
        return
    row = await watched_lines.start(turn, kind, line)
    await turn.log(
        f"Overvågning: {kind} {line} er tilføjet",
        kind="monitoring",
        sender=turn.sender,
        verification="confirmed",
        refs={"line": row.number},
    )
    if watcher is not None:
        await _hand(turn, [(row, watcher)])
    await watched_lines.wake(turn)
    await monitoring_card.show(turn)
    list_ = (
        "\n⚠️ Adressen ligner en distributionsliste, som ingen kan holde øje med. Se efter, at det er en postkasse."
        if kind == "postkasse" and line.startswith("dl_")
        else ""
    )
    watched = f" {turn.name(row.watcher)} holder øje." if row.watcher else " ❗ Ingen holder øje endnu."
    await turn.answer(Card(f"Linje {row.number}: {quote(line, 200)} ({kind}).{watched}{list_}"))


@action("monitoring.end", who=rights.meets)
async def end(turn: Turn) -> None:
    """End the watching of one line."""
    row = next((each for each in await watched_lines.lines(turn) if each.number == turn.number("line")), None)
    if row is None:
        return
    row.until = turn.now
    await turn.log(
        f"Overvågning: {row.line} overvåges ikke længere",
        kind="monitoring",
        sender=turn.sender,
        verification="confirmed",
        refs={"line": row.number},
    )
    await monitoring_card.show(turn)


@action("monitoring.show", who=rights.staff)
async def shown(turn: Turn) -> None:
    """Show what is watched, by `Vis overvågning`."""
    if not await withheld.refuse_above(turn, "Overvågningen vises"):
        await monitoring_card.answer(turn)
