"""How much of a text is read for what it means. All of it is kept; CPR numbers and grades are looked for in all of it."""

from __future__ import annotations

import re

# Characters: nobody's answer is longer, and what is longer isn't one.
MOST = 4000


def understood(text: str) -> str:
    """Give what is read of a text: its first characters, with one space or line break where there are several."""
    return re.sub(r"\s++", lambda gap: "\n" if "\n" in gap[0] else " ", text[: 4 * MOST])[:MOST]
