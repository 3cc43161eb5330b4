"""Words that are given as an answer and say only that there is none yet. Plan §7, "overblik"."""

from __future__ import annotations

import re

from handlers.core.language import dangers
from storage.letters import fold

# An answer that is longer tells something beside what isn't known.
LONGEST = 12
# Numbers that tell nothing: a clock's, a length of time's, and the question's own.
_NO_FIGURE = re.compile(
    r"(?:\bkl\.? ?)?\b\d{1,2}[:.]\d\d\b|\bkl\.? ?\d{1,2}\b|\bom \d{1,3} ?(?:m|min|minutter|t|timer?)\b|\bob ?\d{1,6}\b"
)
_UNKNOWN = re.compile(
    r"\b(?:ved|aner|kender)\b(?: \w+){0,4} ikke\b|\b(?:intet|ikke noget|ikke) svar\b|\bikke (?:besvaret|afklaret)\b"
)
_LATER = re.compile(
    r"(?:(?:det|jeg|vi|lige|nu|er|skal|ved) ){0,5}"
    r"(?:undersoeger|tjekker|checker|vender tilbage|melder tilbage|finder ud af|spoerger|faar at vide|foerst|i gang|"
    r"paa sagen|afventer|venter)\b"
)
_COMING = re.compile(r"(?:(?:det|svar|svaret) )?kommer(?: (?:senere|snart|straks|om lidt|foerst|kl\b|naar\b).*)?")


def says_nothing_yet(text: str) -> bool:
    """Whether an answer is none: that it isn't known, that it is being found out, or a question in return.

    "Nej, ikke endnu" answers what was asked, and so does whatever has a number in it or begins with yes or no.

    Args:
        text: as it was written.
    """
    said = fold(text).strip(" .,:;!–-")
    if not re.search(r"\w", said) or dangers.answered(text) == "unknown" or dangers.is_question(text):
        return True
    words = said.split()
    if len(words) > LONGEST or words[0].strip(",.") in ("ja", "nej") or re.search(r"\d", _NO_FIGURE.sub("", said)):
        return False
    return any((_UNKNOWN.search(said), _LATER.match(said), _COMING.fullmatch(said)))
