"""The card of what is watched: each line with its watcher, red where there is none. Plan §7."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core.card import Button, Card, Field
from handlers.core.context import Context
from handlers.core.turn import Turn
from handlers.reporting import media_watch, telephone, watched_lines
from handlers.reporting.watched_lines import KINDS, WATCHER, named
from storage.rows.reporting import WatchedLine
from storage.rows.traffic import Message

# A form has room for this many; the rest are named in writing.
SHOWN = 9


async def show(turn: Turn) -> None:
    """Show the card in the staff's channel, and as it stands now wherever somebody has asked for it."""
    drawn = await card(turn)
    await turn.say(turn.staff, drawn, key=key(turn))
    asked_for = select(Message).where(Message.key.startswith(f"{key(turn)}/", autoescape=True))
    for message in (await turn.db.scalars(asked_for)).all():
        await turn.say(message.recipient, drawn, key=message.key)


async def answer(turn: Turn) -> None:
    """Show it to whoever asked; the card follows what happens."""
    await turn.answer(await card(turn), key=f"{key(turn)}/{turn.the_incoming.key}")


async def card(turn: Context) -> Card:
    """Draw what is watched as it stands now, with the ways to change it."""
    if turn.the_crisis.state == "closed":
        return Card("*Forstærket overvågning.* Krisen er slut; intet overvåges mere.")
    rows = await watched_lines.lines(turn)
    facts = tuple((f"{row.number}. {row.line} ({row.kind})", _who(turn, row)) for row in rows)
    transferred = await telephone.transferred(turn)
    if transferred:
        facts += (("Telefoner omstillet, mails videresendt", transferred),)
    red = sum(row.watcher is None for row in rows)
    warning = f"\n❗ {red} {'linje' if red == 1 else 'linjer'} har ingen, der holder øje." if red else ""
    about = {"crisis": turn.the_crisis.id}
    watchers = tuple(
        Field(WATCHER.of(row.id), f"{row.line} ({row.kind})"[:75], "persons", value=named(turn, row), loose=True)
        for row in rows[:SHOWN]
    )
    ended = Field(
        "line",
        "Hvilken linje?",
        "choice",
        required=True,
        choices=tuple((str(row.number), row.line[:70]) for row in rows),
    )
    kinds = tuple((each, each.capitalize()) for each in KINDS)
    return Card(
        f"*Forstærket overvågning.* {'Hver linje har en, der holder øje.' if rows and not red else ''}{warning}"
        + ("" if rows else "Intet overvåges nu."),
        facts=facts,
        buttons=(
            *(
                (
                    Button(
                        "Hvem holder øje?",
                        "monitoring.watchers",
                        about,
                        style="primary",
                        form=watchers,
                        form_title="Hvem holder øje?",
                    ),
                )
                if watchers
                else ()
            ),
            *((Button("Kontrolleret", "monitoring.checked", about),) if rows else ()),
            Button(
                "Tilføj linje",
                "monitoring.add",
                about,
                form=(
                    Field("kind", "Slags", "choice", required=True, value=KINDS[1], choices=kinds),
                    Field("line", "Nummer eller adresse", required=True),
                    Field("who", "Hvem holder øje?", "persons", loose=True),
                ),
                form_title="Tilføj linje",
            ),
            *(
                (Button("Afslut en linje", "monitoring.end", about, form=(ended,), form_title="Afslut en linje"),)
                if rows
                else ()
            ),
            media_watch.button(turn),
        ),
    )


def _who(turn: Context, row: WatchedLine) -> str:
    if row.watcher is None:
        return "❗ ingen holder øje"
    as_role = f" ({row.role})" if row.role else ""
    checked = f", kontrolleret {turn.clock(row.last_checked_at)}" if row.last_checked_at else ""
    silent = " – ❗ svarer ikke" if row.missed > 1 else ""
    return f"{turn.name(row.watcher)}{as_role}{checked}{silent}"


def key(turn: Context) -> str:
    """Name the staff's card."""
    return f"crisis/{turn.the_crisis.id}/monitoring/card"
