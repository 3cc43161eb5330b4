"""An answer that is none closes no question; what answers it is never taken for none."""

from __future__ import annotations

from handlers.core.language.no_answers import says_nothing_yet
from tests.tables import examples


@examples(
    "text",
    [
        "ved ikke", "Ved ikke endnu", "det ved jeg ikke", "aner det ikke", "det ved vi først kl. 17", "ingen anelse", "måske",
        "Jeg undersøger det", "vi undersøger det nu", "svar kommer kl. 16:30", "kommer senere", "hvad mener I?", "?", "…",
        "vi ved det ikke", "ved vi ikke", "er på sagen", "OB1 er ikke besvaret", "tjekker lige", "det ved vi først om 20 min",
    ],
)  # fmt: skip
def test_what_says_only_that_there_is_no_answer_is_none(text: str) -> None:
    """R107."""
    assert says_nothing_yet(text)


@examples(
    "text",
    [
        "14", "0", "fjorten", "ja", "nej", "nej, ikke endnu", "ingen", "ingen er kommet til skade", "alle er ude", "kl 16",
        "14 beboere, ved ikke hvor mange ansatte", "politiet undersøger det", "de venter på busser", "bussen er på vej",
        "pumpen kommer kl 17 fra Beredskabet", "den kommer fra Roskilde", "strømmen kommer igen kl 18", "Per Holm",
    ],
)  # fmt: skip
def test_what_answers_is_an_answer(text: str) -> None:
    """R204: the words of whoever knows are never held back."""
    assert not says_nothing_yet(text)
