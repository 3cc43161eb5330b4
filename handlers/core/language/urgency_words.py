"""Hearing "HASTER" in what people write; "haster ikke" is none. Plan §9, "afleveres direkte til krisestaben"."""

from __future__ import annotations

import re

UNDERSTOOD = 4_000
DENIED = re.compile(
    r"\b(?:ikke|intet|ingenting|næppe)\s+(?:(?:noget|der|så|at)\s+){0,3}haster\b"
    r"|\bhaster\s+(?:(?:det|den|sagen|slet|overhovedet|jo)\s+){0,2}(?:ikke|itte|ej)\b|\bhaster(?:\s+(?:det|den|sagen))?\s*\?",
    re.IGNORECASE,
)
HASTENS = re.compile(r"\bhaster\b", re.IGNORECASE)


def hastens(text: str) -> bool:
    """Whether a text says that it is urgent.

    Args:
        text: as it was written; its first 4,000 characters are read.
    """
    said = text[:UNDERSTOOD]
    return HASTENS.search(said) is not None and DENIED.search(said) is None
