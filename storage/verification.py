"""Does the log still say what was written? In the database and in an export. Plan §7: "korrekt … dokumentation"."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import chain
from storage.chain import Break
from storage.export import AT_A_TIME, FORMAT, document
from storage.letters import fold
from storage.log import COPIES
from storage.parts.attachments import content_of
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
        found += [
            Break(entry.no, f"kolonnen {name} er en anden end i linjen")
            for name in COPIES
            if getattr(entry, name) != content.get(name)
        ]
        if entry.folded != fold(entry.summary):
            found.append(Break(entry.no, "kolonnen folded er en anden end i linjen"))
        if chain.digest(entry.canonical) != entry.hash:
            found.append(Break(entry.no, "linjen er ændret, efter at den blev skrevet"))
    if found:
        return found
    told = await document(db, crisis)
    return verify_export(told, head) or [
        Break(row["log_no"], f"bilaget {row['name']} {wrong}")
        for row in kept_attachments(told)
        if (wrong := wrong_with(row["sha256"], await content_of(db, row["sha256"])))
    ]


def kept_attachments(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What an export says is kept of pictures and files; it has been verified first."""
    return [row for row in told.get("attachments") or [] if row["state"] == "kept"]


def wrong_with(sha256: str, content: bytes | None) -> str | None:
    """What is wrong with the bytes that shall have that hash, Danish; None when nothing is."""
    if content is None:
        return "mangler"
    return None if hashlib.sha256(content).hexdigest() == sha256 else "er ændret"


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
    found += _compare_attachments(told, entries)
    if head is not None and head not in (*hashes, chain.FIRST):
        found.append(Break(0, f"hashen {head} fandtes engang i loggen, men gør det ikke længere"))
    return found


def _compare_attachments(told: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> list[Break]:
    """Hold what is said of pictures and files against the log's own lines about them, both ways."""
    written = [
        (entry["refs"]["attachment_of"], entry["refs"]["name"], entry["refs"]["sha256"])
        for entry in entries
        if not entry.get("omitted") and entry["kind"] == "attachment"
    ]
    shown = [(row["log_no"], row["name"], row["sha256"]) for row in kept_attachments(told)]
    return [
        *(Break(no, f"loggen kender ikke bilaget {name} med den hash") for no, name, _ in _beyond(shown, written)),
        *(Break(no, f"bilaget {name} står i loggen, men er her ikke") for no, name, _ in _beyond(written, shown)),
    ]


def _beyond(these: Sequence[tuple[Any, ...]], those: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Those of the first that the second doesn't have, each as often as it lacks it."""
    return list((Counter(these) - Counter(those)).elements())


def _content(canonical: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(canonical)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
