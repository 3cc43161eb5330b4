"""What the fonts that come with krisebot can draw; what they can't is told in its place. Plan §7: the log is kept whole.

Letters are typst's own (Latin, Greek, Cyrillic); the Noto fonts bring Arabic and other scripts, and emoji.
"""

from __future__ import annotations

import functools
import json
import re
import textwrap
import unicodedata
from importlib import resources

import typst

# In this order; what one has not, the next one draws.
FAMILIES = ("Libertinus Serif", "Noto Sans", "Noto Sans Arabic", "Noto Emoji", "Noto Sans Symbols")
PROBE = b"#set text(font: json(bytes(sys.inputs.families)))\n#json(bytes(sys.inputs.said)).join(linebreak())\n"
# What breaks a line or is a space: typst sets it without a glyph.
UNSEEN = "\n\t\r"
# What turns the letters after it around, whatever they are: a line would be read otherwise than it was written.
OVERRIDES = "\u202d\u202e"
# A word that is longer than any is broken, so that it is whole on the page. A fingerprint and an address that a line has
# room for are what others copy; and in a font's table the letter before a break is read with the break wherever it stands.
LONG_WORD = re.compile(r"(?<![\w!-~])(?!(?:[0-9a-f]{64}|https?://[!-~]{1,60})(?![\w!-~]))[\w!-~]{31,}")
BREAK = "\u200b"
# The last letter of Latin Extended-A: what Danish and its neighbours write.
LAST_LATIN = 0x17F


@functools.cache
def fonts() -> typst.Fonts:
    """Return the fonts that come with krisebot, and typst's own; none of the machine's, which differ."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(resources.files("manimgx_fonts"))])


def drawable(texts: list[str]) -> list[str]:
    """Return the texts as they can be drawn: typst itself is asked, once for all where nothing is amiss.

    A character that no font has is told by its number where it stood, "[tegn U+6F22]"; in a text whose characters can't
    stand together, such as an accent from one script on a letter of another, all that is not Latin is.
    """
    plain = {each for text in texts for each in text if each.isascii() and each.isprintable()}
    strange = {each for text in texts for each in text} - plain - set(UNSEEN)
    # What is private, half a pair or a control has no meaning, though a font may have a mark for it.
    missing = {each for each in strange if unicodedata.category(each) in ("Co", "Cs", "Cc")}
    missing.update(strange & set(OVERRIDES))
    missing.update(_refused(sorted(strange - missing)))
    said = ["".join(in_words(each) if each in missing else each for each in text) for text in texts]
    together = set(_refused(sorted(set(said))))
    return [breakable(_latin(text) if text in together else text) for text in said]


def breakable(text: str) -> str:
    """Let a word that no line has room for be broken after every eighth letter."""
    return LONG_WORD.sub(lambda found: BREAK.join(textwrap.wrap(found[0], 8, break_on_hyphens=False)), text)


def in_words(character: str) -> str:
    """Return what is written instead of a character: "[tegn U+6F22]"."""
    return f"[tegn U+{ord(character):04X}]"


def _latin(text: str) -> str:
    return "".join(each if ord(each) <= LAST_LATIN else in_words(each) for each in text)


def _refused(texts: list[str]) -> list[str]:
    """Find those that can't be drawn: try all together, and halve them while they fail."""
    if not texts or _can_draw(texts):
        return []
    if len(texts) == 1:
        return texts
    half = len(texts) // 2
    return _refused(texts[:half]) + _refused(texts[half:])


def _can_draw(texts: list[str]) -> bool:
    said = {"said": json.dumps(texts, ensure_ascii=False), "families": json.dumps(FAMILIES)}
    try:
        typst.compile(PROBE, sys_inputs=said, pdf_standards=["a-2b"], font_paths=fonts())
    except typst.TypstError:
        return False
    except BaseException as error:
        # typst panics over some marks that stand alone; pyo3 makes that no ordinary exception, and gives it no name.
        if type(error).__name__ != "PanicException":
            raise
        return False
    return True
