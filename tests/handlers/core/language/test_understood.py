"""What is understood of a text is its beginning, however long it is and however it is spaced; secrets are sought in all of it."""

from __future__ import annotations

import pytest

from handlers.core.language import colours, cpr, needs, replies
from handlers.core.language.understood import MOST, understood
from storage.plan import loading

PLAN = loading.example()


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0"])
def test_spaces_say_nothing(space: str) -> None:
    """R005: 12,000 of them between two words held up everybody."""
    wide = space * 3000
    assert replies.reading(f"jeg{wide}kommer", "summons") == replies.reading("jeg kommer", "summons")
    assert colours.read(f"alt{wide}er{wide}vel") == colours.read("alt er vel")
    lacked = needs.lacking(PLAN, f"vi mangler{wide}4 mand")
    assert lacked is not None
    assert (lacked.quantity, lacked.need) == ("4", "mand")


def test_lines_stay_lines() -> None:
    assert understood("a  b \n\n\n  c") == "a b\nc"


def test_what_stands_far_down_is_kept_and_not_understood() -> None:
    assert replies.reading("x " * MOST + "ja", "alert").meaning == "unclear"


def test_a_cpr_number_is_found_wherever_it_stands_and_however_many_there_are() -> None:
    """D07."""
    text = "x " * 3 * MOST + "0102031234"
    assert cpr.found(text) == ["0102031234"]
    many = " ".join(f"010203-{number:04}" for number in range(5000))
    assert cpr.without(many) == " ".join([cpr.REMOVED] * 5000)
    assert cpr.without("nr. 9999999999 og 010203-1234") == f"nr. 9999999999 og {cpr.REMOVED}"
