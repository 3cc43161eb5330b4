"""Does the log still say what was written? In the database and in an export. Plan §7: "korrekt … dokumentation"."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import chain
from storage.chain import Break
from storage.export import AT_A_TIME, FORMAT, document
from storage.tables import Crisis, LogEntry


async def verify_crisis(db: AsyncSession, crisis: Crisis, head: str | None = None) -> list[Break]:
    """Hold a crisis' log in the database against its chain.

    Args:
        db: a session to read with.
        crisis: whose log.
        head: a hash that was posted earlier, which must still be in the chain.

    Returns:
        what disagrees; nothing when all is well.
    """
    found: list[Break] = []
    entries = select(LogEntry).where(LogEntry.crisis_id == crisis.id).order_by(LogEntry.no)
    async for entry in await db.stream_scalars(entries.execution_options(yield_per=AT_A_TIME)):
        content = _content(entry.canonical)
        if content is None or chain.canonical(content) != entry.canonical:
            found.append(Break(entry.no, "linjens bytes er ændret"))
            continue
        copies = ("no", "previous_hash", "kind", "grade", "verification", "recorder", "summary")
        found += [
            Break(entry.no, f"kolonnen {name} er en anden end i linjen")
            for name in copies
            if getattr(entry, name) != content.get(name)
        ]
        if chain.digest(entry.canonical) != entry.hash:
            found.append(Break(entry.no, "linjen er ændret, efter at den blev skrevet"))
    if found:
        return found
    return verify_export(await document(db, crisis), head)


def verify_export(told: Mapping[str, Any], head: str | None = None) -> list[Break]:
    """Hold an export against its own chain; needs no database.

    Args:
        told: the export's JSON data, whatever is in it.
        head: a hash that was posted earlier, which must still be in the chain.
    """
    if told.get("format") != FORMAT:
        return [Break(0, f"det er ikke en eksport i formen {FORMAT}")]
    entries = told.get("log")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return [Break(0, "eksporten har ingen log, der kan læses")]
    try:
        return _compare(told, entries, head)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [Break(0, f"loggen kan ikke læses: {type(error).__name__} {error}")]


def _compare(told: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], head: str | None) -> list[Break]:
    found = chain.breaks(entries)
    hashes = [entry.get("hash") for entry in entries]
    last = hashes[-1] if hashes else chain.FIRST
    said = told.get("chain")
    if not isinstance(said, dict) or said.get("count") != len(entries) or said.get("head") != last:
        found.append(Break(len(entries), "antallet eller den sidste hash passer ikke til loggen"))
    computed = chain.states(entries)
    standing = told.get("log_state")
    left_out = any(entry.get("omitted") for entry in entries)
    for no in sorted(set(computed) | set(standing if isinstance(standing, dict) else {}), key=str):
        mine, theirs = computed.get(no), (standing or {}).get(no)
        if mine != theirs and not (left_out and mine is not None and theirs is not None):
            found.append(Break(int(no) if no.isdecimal() else 0, "hvor linjen står nu, passer ikke til loggen"))
    if head is not None and head not in (*hashes, chain.FIRST):
        found.append(Break(0, f"hashen {head} fandtes engang i loggen, men gør det ikke længere"))
    return found


def _content(canonical: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(canonical)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
