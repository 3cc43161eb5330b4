"""Danish telephone numbers: which of them take no SMS, as far as a number itself tells."""

from __future__ import annotations

import re

# The numbering plan's series for landlines, switchboards, freephone and premium rate, by two digits ...
LANDLINES = re.compile(r"3[2-689]|4[3-9]|5[4-9]|6[2-69]|7[02-9]|8[026-9]|9[06-9]")
# ... and those of their hundreds that have been given to mobiles, by three.
MOBILES = re.compile(
    r"342|34[4-9]|35[679]|36[256]|389|398|431|441|46[268]|47[2468]|48[5689]|49[3-689]|54[235]|55[126]|57[1-4]|57[79]"
    r"|58[4679]|59[78]|62[79]|641|649|658|66[2-57]|69[2-47]|77[12]|78[235689]|82[679]"
)


def looks_like_a_landline(number: str) -> bool:
    """Whether a number is of a series that takes no SMS. A landline's number can be moved to a mobile, so it is a likeness.

    Args:
        number: E.164, "+4543591000"; one from abroad is never taken for a landline.
    """
    digits = number.removeprefix("+45")
    return digits != number and LANDLINES.match(digits) is not None and MOBILES.match(digits) is None
