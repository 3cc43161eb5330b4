"""Know how people write that a warning is another incident than the one it was taken for, instead of pressing it."""

from __future__ import annotations

# Whole sentences, folded.
OTHER = frozenset(
    f"{begins}{each}"
    for begins in ("", "nej ", "det er ", "nej det er ", "dette er ")
    for each in (
        "en anden haendelse",
        "en ny haendelse",
        "noget andet",
        "en anden sag",
        "et nyt varsel",
        "et andet varsel",
    )
)
