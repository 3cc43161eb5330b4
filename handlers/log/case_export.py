"""`eksport`: the whole case in one ZIP, packed while others work, behind a link that runs out. Plan §5, step 7.

The same link on every platform: no platform keeps a copy of the case, and one that is down hides none.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from handlers.core import enclosures, rights
from handlers.core.card import NO_LINK, Button, Card
from handlers.core.context import Context
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.log import seal
from storage.grades import DEFAULT
from storage.rows.crisis import Crisis
from storage.rows.log import CaseExport, Stored, store

# How long the link works, and how often packing is tried.
LIFE = timedelta(hours=1)
ATTEMPTS = 3


@verb(
    "eksport",
    "export",
    "sagsfil",
    help="eksport – hele sagen i én ZIP-fil; du får et link, når den er pakket; eksport 1: en hændelse, der er slut",
    who=rights.runs_staff,
    crisis=True,
    afterwards=True,
    named="number",
    grave=True,
    wordless=True,
)
async def export(turn: Turn, text: str) -> None:
    """Start packing the case and promise the link to whoever asked; asked again meanwhile, show the one that is under
    way."""
    standing = await turn.db.scalar(
        select(CaseExport).where(
            CaseExport.crisis_id == turn.the_crisis.id,
            CaseExport.asked_by == turn.sender,
            CaseExport.state == "wanted",
        )
    )
    if standing is not None:
        await _show(turn, standing, "Den er allerede i gang.")
        return
    row = CaseExport(
        crisis_id=turn.the_crisis.id,
        asked_by=turn.sender,
        platform=turn.the_incoming.platform,
        grade=DEFAULT,
        asked_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    await turn.log(
        f"{turn.name(turn.sender)} tager en eksport af sagen ({turn.rules.grade_name(DEFAULT)} og derunder)",
        kind="export",
        verification="confirmed",
    )
    await seal.post(turn)
    await _show(turn, row, "Den bliver pakket. Arbejd bare videre: du får et link her.")


async def progress(turn: Turn, row: CaseExport, step: str) -> None:
    """Show whoever asked what is being packed just now.

    Args:
        row: the export.
        step: what is being written, Danish.
    """
    await _show(turn, row, f"Den bliver pakket: {step} …")


async def ready(turn: Turn, row: CaseExport, content: bytes) -> None:
    """Store the packed case, and send the link to whoever asked and to nobody else."""
    row.sha256, row.state = await store(turn.db, content), "ready"
    row.secret, row.until = secrets.token_urlsafe(24), turn.now + LIFE
    size = enclosures.measure(len(content))
    await turn.log(
        f"Eksporten af sagen er pakket ({size}), SHA-256 {row.sha256}",
        kind="export",
        recorder="krisebot",
        verification="confirmed",
        refs={"sha256": row.sha256},
    )
    await turn.at(row.until, "case_export.over", f"case_export/{row.id}/over", number=row.id)
    await _show(
        turn,
        row,
        f"{_where(turn, row, size)}\nLinjer, der er {turn.rules.grade_name('confidential')}, er ikke med.\n"
        f"Efterprøv den med *krisebot verify*. SHA-256: {row.sha256}",
        Button("Træk linket tilbage", "case_export.withdraw", {"number": row.id}, style="danger"),
    )


def _where(turn: Context, row: CaseExport, size: str) -> str:
    if link := turn.link(f"/eksport/{row.secret}"):
        return f"Åbn {link} ({size}). Linket virker til {turn.clock(row.until)}, og alle, der har det, kan hente filen."
    return f"Filen er pakket ({size}). {NO_LINK} Indtil da henter it-afdelingen den med *krisebot export*."


async def failed(turn: Turn, row: CaseExport, line: str = "") -> None:
    """Tell whoever asked that the case could not be packed: what the operator sees is in krisebot's own log.

    Args:
        line: where it stopped, for a page that can't be drawn.
    """
    row.state = "failed"
    where = f" Den standsede ved: {line}" if line else ""
    await _show(turn, row, f"⚠️ Den kunne ikke pakkes. Bed it-afdelingen om *krisebot export*.{where}")


@action("case_export.withdraw", who=rights.runs_staff)
async def withdraw(turn: Turn, number: int) -> None:
    """Withdraw the link before its time, by the button `Træk linket tilbage`."""
    row = await turn.of_crisis(CaseExport, number)
    if row is not None:
        await _end(turn, row, f"Linket er trukket tilbage af {turn.name(turn.sender)}.")


@timer("case_export.over", crisis=False)
async def over(turn: Turn, number: int) -> None:
    """End the link when its time is up, and delete the copy."""
    row = await turn.db.get(CaseExport, number)
    if row is not None:
        turn.crisis = await turn.db.get(Crisis, row.crisis_id)
        await _end(turn, row, "Linket virker ikke længere. Skriv */krise eksport* igen.")


async def _end(turn: Turn, row: CaseExport, why: str) -> None:
    if row.state != "ready":
        return
    sha256, row.sha256, row.secret, row.state = row.sha256, None, None, "gone"
    await turn.db.flush()
    in_use = select(CaseExport.id).where(CaseExport.sha256 == sha256)
    if await turn.db.scalar(in_use) is None:
        await turn.db.execute(delete(Stored).where(Stored.sha256 == sha256))
    await turn.cancel(f"case_export/{row.id}/over")
    await _show(turn, row, why)


async def _show(turn: Turn, row: CaseExport, how: str, *buttons: Button) -> None:
    """Show how an export stands, on one card in the one-to-one chat: the staff's channel is read by more than may have
    the case."""
    await turn.say(
        row.asked_by,
        Card(f"*Eksport af sagen, krise nr. {turn.the_crisis.number}.* {how}", buttons=buttons),
        key=f"case_export/{row.id}",
        kind="reply",
        platform=row.platform,
    )
