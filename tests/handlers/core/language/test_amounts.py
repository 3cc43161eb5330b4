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
        ("ca. kr4.500 pumper", 4500_00, "ca pumper"),
        ("1,5 million kr til genhusning", 1_500_000_00, "genhusning"),
        ("10 t. kr. taxa", 10_000_00, "taxa"),
        ("pumper – 500 kr", 500_00, "pumper"),
        ("taxa 2026-07-02 fra Birkehøj 12-14: 200 kr", 200_00, "taxa 2026-07-02 fra Birkehøj 12-14"),
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
        "25 % rabat",
        "-500 kr retur for pumper",
        "kr. -500 retur",
        "−500 kr",
        "1e9 pumper",
        "4k pumper",
        "2x4500 kr pumper",
        "2 pumper á 450 kr",
        "450 kr x 2",
        "450 kr pr. stk.",
        "5000 + 3000 kr",
        "4500-5000 kr pumper",
        "mellem 4000 og 5000 kr",
        "1,5 mia kr",
        "4500 kroner og 50 øre",
        "4'500 pumper",
        "2 pumper 4500",
        "2. juli taxa 200",
        "3/12 taxa 200",
        "20 00 00 01 taxa",
        "20000001 taxa",
        "010203-1234 taxa",
        "0102031234 taxa",
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
