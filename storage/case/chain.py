"""The log's chain of hashes: what makes a changed, removed, inserted or moved entry visible.

Pure functions on plain data, so that an export can be verified without a database.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

FIRST = "0" * 64


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold: the entry's number and what is wrong with it, in Danish."""

    no: int
    what: str


def canonical(entry: Mapping[str, Any]) -> bytes:
    """Return the entry without its hash, as the bytes the hash is taken of (RFC 8785)."""
    return rfc8785.dumps({key: value for key, value in entry.items() if key != "hash"})


def digest(canonical_bytes: bytes) -> str:
    """Return the SHA-256 of canonical bytes, in lower-case hexadecimal."""
    return hashlib.sha256(canonical_bytes).hexdigest()


def clean(value: Any) -> Any:
    """Replace NUL and lone surrogates by U+FFFD in a value, all the way down: neither can be stored or hashed."""
    if isinstance(value, str):
        value = value.replace("\0", "\ufffd")
        if value.isascii():
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {clean(key): clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value


def breaks(entries: Iterable[Mapping[str, Any]]) -> list[Break]:
    """Return where the chain does not hold.

    Args:
        entries: exported entries in their order; one left out for its grade is
            `{"no", "omitted": true, "previous_hash", "hash"}` and is taken at its word.

    Returns:
        the breaks, in order; none when all is well.
    """
    found: list[Break] = []
    previous, expected_no = FIRST, 1
    for entry in entries:
        no = entry.get("no")
        if not isinstance(no, int):
            found.append(Break(expected_no, "linjen har intet nummer"))
            no = expected_no
        elif no != expected_no:
            found.append(Break(no, f"her skulle nr. {expected_no} stå: linjer mangler, er flyttet eller skudt ind"))
        if entry.get("previous_hash") != previous:
            found.append(Break(no, "linjen passer ikke til den forrige"))
        if not entry.get("omitted") and digest(canonical(entry)) != entry.get("hash"):
            found.append(Break(no, "linjen er ændret, efter at den blev skrevet"))
        previous, expected_no = str(entry.get("hash")), no + 1
    return found


def changes(entries: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return what later entries say of earlier ones by `refs`: `confirms`, `corrects`, `sets_status_of`,
    `sets_grade_of`.

    Returns:
        by the earlier one's number, what of where it stands is another than when it was written.
    """
    result: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for entry in entries:
        if entry.get("omitted"):
            continue
        told = {
            "confirms": {
                "verification": "confirmed",
                "confirmed_by": entry["recorder"],
                "confirmed_at": entry["recorded_time"],
            },
            "corrects": {"corrected_by": entry["no"]},
            "sets_status_of": {"status": entry["status"]},
            "sets_grade_of": {"grade": entry["grade"]},
        }
        for ref in told.keys() & entry["refs"].keys():
            if entry["refs"][ref] <= entry["no"]:
                result[entry["refs"][ref]].update(told[ref])
    return dict(result)


def stands(entry: Mapping[str, Any], changed: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Return where an entry stands now, computed from the entries alone.

    Args:
        entry: one that is not left out.
        changed: what `changes` found.
    """
    return {
        "verification": entry["verification"],
        "status": entry["status"],
        "grade": entry["grade"],
        "corrected_by": None,
        "confirmed_by": None,
        "confirmed_at": None,
        **changed.get(entry["no"], {}),
    }
