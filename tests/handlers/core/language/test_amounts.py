"""What something cost is read out of what people write, in kroner; what can't be read is asked about."""

from __future__ import annotations

from handlers.core.language.amounts import Amount, read, shown
from tests.tables import examples


@examples(
    ("text", "ore", "rest"),
    [
        ("4500 pumper", 4500_00, "pumper"),
        ("4.500 kr til pumper", 4500_00, "pumper"),
        ("2 pumper 4.500,50 kr", 4500_50, "2 pumper"),
        ("2 pumper, 4500,- ", 4500_00, "2 pumper"),
        ("kr. 800 taxa fra Birkehøj 12", 800_00, "taxa fra Birkehøj 12"),
        ("1,2 mio til vikarer", 1_200_000_00, "vikarer"),
        ("12 tkr. mad", 12_000_00, "mad"),
        ("1 250 000 kr. genhusning", 1_250_000_00, "genhusning"),
        ("99,5 kroner batterier", 99_50, "batterier"),
        ("4500", 4500_00, ""),
        ("4500 pumper til 3 steder", 4500_00, "pumper til 3 steder"),
    ],
)
def test_an_amount_is_read_as_danes_write_it(text: str, ore: int, rest: str) -> None:
    """R222: Bilag 2, 8 c, økonomi."""
    assert read(text) == Amount(ore, rest)


@examples(
    "text",
    [
        "pumper",
        "500 kr eller 600 kr",
        "400 euro hotel",
        "€400",
        "0 kr ingenting",
        "pumper 4500",
        "4500%",
        "9" * 5_000,
        "",
    ],
)
def test_what_is_no_sure_amount_of_kroner_is_not_guessed(text: str) -> None:
    """R222: a wrong sum is worse than a question."""
    assert read(text) is None


@examples(
    ("ore", "words"),
    [(4500_00, "4.500 kr."), (4500_05, "4.500,05 kr."), (99, "0,99 kr."), (10**12, "10.000.000.000 kr.")],
)
def test_an_amount_is_written_as_danes_write_it(ore: int, words: str) -> None:
    """R222: thousands by a dot, øre by a comma."""
    assert shown(ore) == words
