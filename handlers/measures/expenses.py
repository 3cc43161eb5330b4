"""`udgift`: what the crisis costs, on one account, with the receipts. Bilag 2, 8 c, økonomi; plan §9, ressourcer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from handlers.core import clearance, form_values, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import amounts
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.rows.expenses import Expense
from storage.rows.numbers import next_number

EXAMPLE = "*/krise udgift 4500 pumper*"
WITHOUT = "uden tekst"
# What a card shows of them; all stand in the export, as a sheet too.
SHOWN = 15
# So many øre a row holds, with room to add them up.
MOST = 10**13


@verb(
    "udgift",
    "udgifter",
    help="udgift 4500 pumper – hvad krisen koster; send kvitteringen med som billede eller fil. Uden tekst: listen",
    who=rights.staff,
    crisis=True,
    afterwards=True,
)
async def expense(turn: Turn, text: str) -> None:
    """Write down what something cost, with the receipt that came along; without a word, show the list.

    Args:
        text: "4500 pumper", "2 pumper 4.500,50 kr".
    """
    if not text.strip():
        await turn.answer(await _list(turn))
        return
    read = amounts.read(text)
    if read is None or read.ore > MOST:
        await turn.answer(_asked(turn, text))
        return
    await _write(turn, read.ore, read.rest or WITHOUT)


@action("expenses.new", who=rights.staff)
async def new(turn: Turn) -> None:
    """Write down what something cost, from the form."""
    ore = form_values.typed(turn, "amount", _alone, f"Skriv fx {EXAMPLE}.")
    if ore is None:
        await turn.answer(_asked(turn, turn.value("text")))
        return
    await _write(turn, ore, turn.value("text") or WITHOUT)


def _alone(text: str) -> int | None:
    """Read an amount with nothing beside it, "4.500" or "kr. 4500", in øre; None for all else, and for too much."""
    read = amounts.read(f"kr {text.strip().lower().removeprefix('kr').strip(' .')}")
    return read.ore if read is not None and read.ore <= MOST and not read.rest else None


def _asked(turn: Context, text: str) -> Card:
    """Draw what is said where no amount can be read; what was written is kept in the form."""
    return Card(
        f"Jeg kan ikke se, hvor mange kroner det er: »{quote(text.strip(), 300)}«. Intet er skrevet. Skriv fx {EXAMPLE}.",
        buttons=(_new(turn, text),),
    )


def _new(turn: Context, text: str = "") -> Button:
    return Button(
        "Ny udgift",
        "expenses.new",
        {"crisis": turn.the_crisis.id},
        form=(
            Field("amount", "Beløb i kroner", required=True),
            Field("text", "Til hvad?", "long", required=True, value=text.strip()),
        ),
        form_title="Ny udgift",
    )


async def _write(turn: Turn, ore: int, text: str) -> None:
    number = await next_number(turn.db, Expense.number, Expense.crisis_id == turn.the_crisis.id)
    account = turn.rules.economy.account
    entry = await turn.log(
        f"Udgift U{number}: {amounts.shown(ore)} – {text}{f' (konto {account})' if account else ''}",
        kind="resource",
        sender=turn.sender,
        verification="confirmed",
        refs={"expense": number, "ore": ore},
    )
    await turn.enclose(entry, turn.the_incoming, turn.inbox_id)
    row = Expense(
        crisis_id=turn.the_crisis.id,
        number=number,
        ore=ore,
        text=text,
        account=account,
        receipt=bool(turn.the_incoming.enclosed),
        written_by=turn.sender,
        written_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    hint = (
        "" if row.receipt else "\nSend kvitteringen som billede eller fil sammen med udgiften, eller gem den på sagen."
    )
    await turn.answer(
        Card(
            f"*U{number}* er skrevet: {amounts.shown(ore)} – »{quote(text, 500)}« (log nr. {entry.no}).\n"
            f"{await total(turn)}{hint}",
            buttons=(_void(row),),
        ),
        key=_key(row),
    )


def _void(row: Expense) -> Button:
    return Button("Gælder ikke", "expenses.void", {"crisis": row.crisis_id, "expense": row.id})


@action("expenses.void")
async def void(turn: Turn, expense: int) -> None:
    """Take an expense out of the sum, by `Gælder ikke`, for whoever wrote it and those who run the staff: as a new line in the
    log, and what was written stands."""
    row = await turn.of_crisis(Expense, expense)
    if row is None:
        return
    if await running.refuse_all_but(turn, "den, der skrev den", [row.written_by], rights.runs_staff):
        return
    if row.void_at is None:
        row.void_at, row.void_by = turn.now, turn.sender
        await turn.log(
            f"Udgift U{row.number} gælder ikke: {amounts.shown(row.ore)} – {row.text}",
            kind="resource",
            sender=turn.sender,
            verification="confirmed",
            refs={"expense": row.number, "corrects": row.log_no},
        )
        await turn.db.flush()
    gone = f"*U{row.number}* gælder ikke mere: {amounts.shown(row.ore)} – »{quote(row.text, 500)}«."
    await turn.replace(Card(f"{gone}\n{await total(turn)}"))


async def of_crisis(turn: Context) -> Sequence[Expense]:
    """Return what the crisis has cost, as it counts now."""
    counts = select(Expense).where(Expense.crisis_id == turn.the_crisis.id, Expense.void_at.is_(None))
    return list(await turn.db.scalars(counts.order_by(Expense.number)))


async def total(turn: Context) -> str:
    """Say what the crisis has cost in all: "I alt 12.300 kr. på 3 poster, konto 4711."; empty where it is nothing."""
    return _total(turn, await of_crisis(turn))


def _total(turn: Context, rows: Sequence[Expense]) -> str:
    if not rows:
        return ""
    account = turn.rules.economy.account
    posts = "1 post" if len(rows) == 1 else f"{len(rows)} poster"
    return f"I alt {amounts.shown(sum(row.ore for row in rows))} på {posts}{f', konto {account}' if account else ''}."


async def _list(turn: Context) -> Card:
    every = await of_crisis(turn)
    if not every:
        return Card(f"Ingen udgifter er skrevet endnu. Skriv fx {EXAMPLE}.", buttons=(_new(turn),))
    # The sum is of all of them: it is what the crisis costs, and tells of none what it was for.
    rows, unseen = await clearance.visible_rows(turn, every)
    lines = [
        f"• U{row.number}: {amounts.shown(row.ore)} – {quote(row.text, 120)} ({turn.name(row.written_by)}, "
        f"{turn.clock(row.written_at)}{', med kvittering' if row.receipt else ', uden kvittering'})"
        for row in rows[-SHOWN:]
    ]
    earlier = [f"… og {len(rows) - SHOWN} før dem."] if len(rows) > SHOWN else []
    return Card(
        "\n".join([f"*Udgifter.* {_total(turn, every)}", *filter(None, [unseen]), *earlier, *lines])
        + "\nHele listen er udgifter.csv i */krise eksport*, til økonomi.",
        buttons=(_new(turn),),
    )


async def hand_over(turn: Turn) -> None:
    """Give whoever keeps the accounts the sum when the crisis is over; nothing where it cost nothing."""
    said, person = await total(turn), turn.rules.economy.person
    if said and person:
        await turn.say(
            person,
            Card(
                f"*Krise nr. {turn.the_crisis.number}, {quote(turn.the_crisis.title)}, er slut. Udgifter:* {said}\n"
                "Hele listen er udgifter.csv i sagens eksport; bed sekretariatet om den."
            ),
            key=f"crisis/{turn.the_crisis.id}/expenses",
            kind="notice",
        )


def _key(row: Expense) -> str:
    return f"expense/{row.id}"
