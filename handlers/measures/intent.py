"""`hensigt`: what the mayor or the chief wants to come of it, in a line that stands wherever the staff looks. Plan §5,
Krisestabens opgaver."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import rights, running
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import verb
from handlers.core.turn import Turn
from storage.rows.overview import Intent

LONGEST = 300


@verb(
    "hensigt",
    "intention",
    "målsætning",
    help="hensigt <én linje> – hvad vi vil opnå; den står på dagsorden, billede, ordrer og tavle",
    crisis=True,
    begins="with words",
)
async def intent(turn: Turn, text: str) -> None:
    """Set the intent, and tell the staff; without a word, show it.

    Args:
        text: the intent, as typed.
    """
    text = text.strip()
    standing = await newest(turn)
    if not text:
        await turn.answer(
            Card(
                f"*Hensigt* ({turn.name(standing.by)}, {turn.clock(standing.at)}): {quote(standing.text)}"
                if standing
                else "Der er ingen hensigt endnu. Chefen eller borgmesteren skriver den: */krise hensigt <én linje>*."
            )
        )
        return
    if not await rights.intends.held(turn):
        await running.refuse(turn, rights.intends)
        return
    if len(text) > LONGEST:
        await turn.answer(
            Card(
                f"En hensigt er én linje, højst {LONGEST} tegn; den her er {len(text)}. Intet er ændret. Skriv den kortere."
            )
        )
        return
    entry = await turn.log(
        f"Hensigt: {text}", kind="intent", sender=turn.sender, receiver="krisestaben", verification="confirmed"
    )
    turn.db.add(Intent(crisis_id=turn.the_crisis.id, text=text, by=turn.sender, at=turn.now, log_no=entry.no))
    await turn.db.flush()
    await turn.notify(
        [turn.staff],
        Card(f"*Hensigt* ({turn.name(turn.sender)}): {quote(text)}"),
        kind="notice",
        summary="Krisestaben har fået hensigten",
    )
    await turn.answer(Card(f"✅ Hensigten står nu på dagsorden, billede, ordrer og tavle: {quote(text)}"))


async def newest(turn: Context) -> Intent | None:
    """Return the intent that is in force; None where there is none."""
    found: Intent | None = await turn.db.scalar(
        select(Intent).where(Intent.crisis_id == turn.the_crisis.id).order_by(Intent.id.desc()).limit(1)
    )
    return found
