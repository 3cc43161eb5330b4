"""Marks around words, as people's clients put them there: lists, quotations, code, emphasis. They hide no verb and no
answer; what is kept is the text as it was written."""

from __future__ import annotations

import re

# In front of a line: "• ", "- ", "> ", "1. ", "2) ".
FRONT = re.compile(
    r"\s*+(?:(?:[>•◦▪‣·]|&gt;)\s*+|[*+–—-]\s++"
    r"|\d{1,2}[.)]\s++(?=[^\W\d])(?!(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)))",
    re.IGNORECASE,
)
FENCE = re.compile(r"\s*+```(?:\w++\n)?+(.*?)(?:```|\Z)\s*+", re.DOTALL)
# At the beginning: "*varsel* vand", "_alt ok_", "`log` vand", "**ja**"; not "~struck out~".
EMPHASIS = re.compile(r"\s{0,8}(\*{1,3}|_{1,3}|`)(?=[^\s*_`])([^*_`\n]++)(?<!\s)\1(?=[\s.,:;!?)]|\Z)")
DEEPEST = 4


def unmarked(text: str) -> str:
    """Return the text without the marks around its beginning.

    A list of several points is left as it is: it is no answer of one word, and each point is somebody's words.

    Args:
        text: as it was written.
    """
    fenced = FENCE.fullmatch(text)
    said = fenced[1] if fenced else text
    several = len([line for line in said.split("\n") if FRONT.match(line)]) > 1
    for _ in range(DEEPEST):
        front = None if several else FRONT.match(said)
        bare = said[front.end() :] if front else EMPHASIS.sub(r"\2", said, count=1) if EMPHASIS.match(said) else said
        if bare == said:
            break
        said = bare
    return said.strip() if said is not text else text
