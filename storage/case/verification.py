"""Verification: checks that the log still says what was written, in the database and in an export. Plan §7: "korrekt …
dokumentation"."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.case import chain, omitted
from storage.case.chain import Break
from storage.case.export import AT_A_TIME, FORMAT, spooled
from storage.case.lines import Line, Lines, entries
from storage.case.log import COPIES
from storage.letters import fold
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, content_of


async def verify_crisis(db: AsyncSession, crisis: Crisis, head: str | None = None) -> list[Break]:
    """Check a crisis' log in the database against its chain.

    Args:
        db: a session to read with.
        crisis: whose log.
        head: a hash that was posted earlier, which must still be in the chain.

    Returns:
        what disagrees; nothing when all is well.
    """
    found: list[Break] = []
    deleted: list[int] = []
    said_so: list[dict[str, Any]] = []
    rows = select(LogEntry).where(LogEntry.crisis_id == crisis.id).order_by(LogEntry.no)
    async for entry in await db.stream_scalars(rows.execution_options(yield_per=AT_A_TIME)):
        if not entry.canonical:
            deleted.append(entry.no)
            continue
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
        if entry.kind == omitted.KIND:
            said_so.append(content)
    lawful = omitted.omitted_by(said_so)
    found += [Break(no, "linjen er slettet, og ingen linje siger hvorfor") for no in deleted if no not in lawful]
    if found:
        return sorted(found, key=lambda each: each.no)
    told = await spooled(db, crisis)
    return verify_export(told, head) or [
        Break(row["log_no"], f"bilaget {row['name']} {wrong}")
        for row in kept_attachments(told)
        if (wrong := wrong_with(row["sha256"], _hash(await content_of(db, row["sha256"]))))
    ]


def kept_attachments(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what an export says is kept of pictures and files; it has been verified first."""
    return [row for row in told.get("attachments") or [] if row["state"] == "kept"]


def wrong_with(sha256: str, found: str | None) -> str | None:
    """Return what is wrong with bytes that should have one hash and have another, or are not there, Danish; None when
    nothing is."""
    if found is None:
        return "mangler"
    return None if found == sha256 else "er ændret"


def _hash(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def verify_export(told: Mapping[str, Any], head: str | None = None) -> list[Break]:
    """Check an export against its own chain; needs no database.

    Args:
        told: the export's JSON data, whatever is in it.
        head: a hash that was posted earlier, which must still be in the chain.
    """
    if told.get("format") != FORMAT:
        return [Break(0, f"det er ikke en eksport i formen {FORMAT}")]
    log = told.get("log")
    if not isinstance(log, Lines) and not (isinstance(log, list) and all(isinstance(each, dict) for each in log)):
        return [Break(0, "eksporten har ingen log, der kan læses")]
    try:
        return _compare(told, head)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [Break(0, f"loggen kan ikke læses: {type(error).__name__} {error}")]


def _compare(told: Mapping[str, Any], head: str | None) -> list[Break]:
    found = chain.breaks(entries(told))
    count, left_out, known = 0, False, head in (None, chain.FIRST)
    last: Any = chain.FIRST
    for entry in entries(told):
        count, last = count + 1, entry.get("hash")
        left_out = left_out or bool(entry.get("omitted"))
        known = known or last == head
    said = told.get("chain")
    if not isinstance(said, dict) or said.get("count") != count or said.get("head") != last:
        found.append(Break(count, "antallet eller den sidste hash passer ikke til loggen"))
    found += _compare_states(told, left_out)
    found += _compare_attachments(told)
    if not known:
        found.append(Break(0, f"hashen {head} fandtes engang i loggen, men gør det ikke længere"))
    return found


def _compare_states(told: Mapping[str, Any], left_out: bool) -> list[Break]:
    """Compare where every line stands now with the log, computed anew."""
    changed = chain.changes(entries(told))
    standing = told.get("log_state")
    if isinstance(standing, Lines):
        pairs: Iterator[Line] = iter(standing)
        beyond = {str(no) for no in standing.stray}
    else:
        standing = standing if isinstance(standing, Mapping) else {}
        pairs = ((entry, standing.get(str(entry["no"]))) for entry in entries(told))
        beyond = set(standing).difference(str(entry["no"]) for entry in entries(told))
    wrong = []
    for entry, theirs in pairs:
        mine = None if entry.get("omitted") else chain.stands(entry, changed)
        # Where lines are left out, so is what some of them say of others.
        if mine != theirs and not (left_out and mine is not None and theirs is not None):
            wrong.append(entry["no"])
    return [
        Break(no, "hvor linjen står nu, passer ikke til loggen")
        for no in (*wrong, *(int(no) if no.isdecimal() else 0 for no in sorted(beyond)))
    ]


def _compare_attachments(told: Mapping[str, Any]) -> list[Break]:
    """Compare what is said of pictures and files with the log's own lines about them, both ways."""
    written = [
        (entry["refs"]["attachment_of"], entry["refs"]["name"], entry["refs"]["sha256"])
        for entry in entries(told)
        if not entry.get("omitted") and entry["kind"] == "attachment"
    ]
    shown = [(row["log_no"], row["name"], row["sha256"]) for row in kept_attachments(told)]
    return [
        *(Break(no, f"loggen kender ikke bilaget {name} med den hash") for no, name, _ in _beyond(shown, written)),
        *(Break(no, f"bilaget {name} står i loggen, men er her ikke") for no, name, _ in _beyond(written, shown)),
    ]


def _beyond(these: Sequence[tuple[Any, ...]], those: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return those of the first that the second doesn't have, each as often as it lacks it."""
    return list((Counter(these) - Counter(those)).elements())


def _content(canonical: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(canonical)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
