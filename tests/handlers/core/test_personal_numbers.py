"""What looks like a CPR number is caught, and what doesn't isn't."""

from __future__ import annotations

from handlers.core.language.cpr import found, without
from tests.tables import examples


@examples(
    "text",
    ["cpr 010190-1234 xx", "0101901234", "290200-1234", "(311299–4321)", "010190 1234 og mere", "010190 - 1234"],
)
def test_a_day_and_four_digits_is_a_cpr_number(text: str) -> None:
    """D07: dddddd-dddd, and ten digits in a row."""
    assert len(found(text)) == 1
    assert "1234" not in without(text)
    assert "4321" not in without(text)


@examples(
    "text",
    ["320190-1234", "011390-1234", "+45 20 00 00 10", "12345678", "sag 26/123456", "58, 4, mangler 9", "01019012345"],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    """D07: no such day, or not ten digits."""
    assert found(text) == []
    assert without(text) == text
