"""The checks of watched lines: whoever watches one says that they have looked, is reminded of it, and is told of when
silent. Plan §5."""

from __future__ import annotations

from handlers.core import quiet
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from handlers.reporting import monitoring_card, watched_lines
from handlers.reporting.watched_lines import MEDIA, listed
from storage.rows.reporting import WatchCheck, WatchedLine

# A line that nobody watches is asked about again after so many times what a check may last.
UNWATCHED = 4
# After so many reminders that nobody answered the role's deputy is reminded instead.
IGNORED = 2


def watcher_card(turn: Context, head: str) -> Card:
    """Draw what a watcher is told and reminded with; the buttons are about all that is theirs."""
    about = {"crisis": turn.the_crisis.id}
    note = Field("note", "Hvad var nyt?", "long", required=True)
    return Card(
        f"{head}\nTryk, når du har kontrolleret. Det, der er nyt, skrives i loggen.",
        buttons=(
            Button("Kontrolleret", "monitoring.checked", about, style="primary"),
            Button("Der er nyt", "monitoring.checked", about, submit="Send", form=(note,), form_title="Der er nyt"),
        ),
    )


@action("monitoring.checked")
async def checked(turn: Turn) -> None:
    """Note that whoever watches has looked at all of their lines; what was new is a line in the log. Only a watcher
    can."""
    mine = [row for row in await watched_lines.lines(turn) if turn.sender in (row.watcher, _asked(turn, row))]
    if not mine:
        await turn.answer(Card("Du holder ikke øje med nogen linje nu. */krise overvågning* viser, hvem der gør."))
        return
    note = turn.value("note")
    for row in mine:
        turn.db.add(
            WatchCheck(crisis_id=row.crisis_id, line=row.id, person=turn.sender, at=turn.now, note=note or None)
        )
        row.last_checked_at, row.missed = turn.now, 0
        row.due_at = None if row.kind == MEDIA else turn.now + turn.rules.deadlines.monitoring
    await turn.db.flush()
    if note:
        entry = await turn.log(
            note, kind="information", sender=listed(mine), direction="in", refs={"lines": [row.number for row in mine]}
        )
    standing = await turn.pressed()
    if standing is not None and standing.recipient == turn.sender:
        kept = f" Det nye står i loggen som nr. {entry.no}." if note else ""
        head = f"✅ *Kontrolleret {turn.clock(turn.now)}:* {quote(listed(mine), 500)}.{kept}"
        await turn.replace(watcher_card(turn, head))
    await watched_lines.wake(turn)
    await monitoring_card.show(turn)


@timer("monitoring.look", level_two=True)
async def look(turn: Turn) -> None:
    """Remind those who should have looked, one message each, when their next look is due; tell the coordinator of those
    who stay silent."""
    if turn.the_crisis.state != "active":
        return
    every = turn.rules.deadlines.monitoring
    due = [row for row in await watched_lines.lines(turn) if row.due_at and row.due_at <= turn.now]
    by_watcher: dict[str, list[WatchedLine]] = {}
    for row in due:
        if asked := _asked(turn, row):
            by_watcher.setdefault(asked, []).append(row)
        row.due_at = await quiet.again(turn, every * (1 if row.watcher else UNWATCHED), row.missed, row.watcher)
        row.missed += 1
    for person, rows in by_watcher.items():
        await turn.notify(
            [person],
            watcher_card(turn, f"*Er {quote(listed(rows), 500)} kontrolleret?*"),
            kind="reminder",
            summary=f"Mindet om at kontrollere {listed(rows)}",
        )
    unwatched = [row for row in due if not row.watcher]
    silent = [row for row in due if row.watcher and row.missed == 2]
    told = [f"ingen holder øje med {listed(unwatched)}"] if unwatched else []
    told += [f"{turn.name(row.watcher or '')} har ikke kontrolleret {row.line}" for row in silent]
    if told:
        said = "; ".join(told)
        await turn.notify(
            dict.fromkeys([*turn.rules.holders("tovholder"), *(turn.rules.holders("sekretær") if unwatched else [])]),
            Card(
                f"❗ *Forstærket overvågning:* {quote(said, 1000)}.",
                buttons=(Button("Vis overvågning", "monitoring.show"),),
            ),
            kind="reminder",
            summary=f"Forstærket overvågning: {said}",
        )
        await monitoring_card.show(turn)
    await turn.db.flush()
    await watched_lines.wake(turn)


def _asked(turn: Context, row: WatchedLine) -> str | None:
    """Return who is asked whether a line is looked after: its watcher, or the role's deputy where that one stays silent."""
    deputies = turn.rules.deputies(row.role) if row.role and row.missed >= IGNORED else []
    return next(iter(deputies), row.watcher)
