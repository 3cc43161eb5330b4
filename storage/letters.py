"""Danish letters as they are compared, whatever keyboard wrote them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Foreign keyboards have ä and ö where ours have æ and ø.
LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe"})

# Accents, and characters that take up no room: a telephone and a copied text leave them between the letters.
UNSEEN = {"Mn", "Cf"}


@lru_cache(maxsize=4096)
def fold_letter(letter: str) -> str:
    """Fold one character for comparison: into none, one or more characters."""
    plain = letter.casefold().translate(LETTERS)
    bare = "".join(each for each in unicodedata.normalize("NFD", plain) if unicodedata.category(each) not in UNSEEN)
    return bare.translate(LETTERS)  # ǣ is æ with a mark


def fold(text: str, *, trailing: str = "") -> str:
    """Fold a text for comparison: without case and accents, æ/ø/å as ae/oe/aa, one ordinary space between words.

    Args:
        text: as typed.
        trailing: marks to leave out at the end, such as ":.!".
    """
    letters = "".join(map(fold_letter, unicodedata.normalize("NFC", text)))
    return " ".join(letters.split()).rstrip(trailing) if trailing else " ".join(letters.split())
