"""A card where only words can go: numbered answers instead of buttons."""

from __future__ import annotations

import re

from handlers.core.card import Button, Card

ANSWER = re.compile(r"\s*+(?:svar\s++)?+(?:(?P<code>[a-z]{2})\s*+)?+(?P<number>\d{1,2})\s*+[.!]?+\s*+", re.IGNORECASE)
# Without vowels there is no word among them, and none is taken for another number or letter on a small screen.
LETTERS = "BCDFGHJKMNPQRSTVWXZ"


def code_of(message: int) -> str:
    """Return the two letters that tell one question from others that wait on the same telephone.

    Args:
        message: its number.
    """
    tens, ones = divmod(message, len(LETTERS))
    return LETTERS[tens % len(LETTERS)] + LETTERS[ones]


def in_words(
    card: Card, longest: int | None = None, *, answered: bool = True, code: str = "", keyword: str = ""
) -> str:
    """Return a card as text.

    Args:
        card: what is said; where it has `brief`, exactly that.
        longest: characters; more is shortened visibly, and the answers are kept.
        answered: whether an answer to it comes back; otherwise it says where one can be given.
        code: what stands before each number, where other questions wait for a number too.
        keyword: what every answer begins with, on a number that is shared with others.
    """
    if card.brief:
        return card.brief
    said = "\n".join([card.text.replace("*", ""), *(f"{name}: {value}" for name, value in card.facts)])
    answers = [f"{code}{number}: {button.label}" for number, button in enumerate(card.answers, 1)]
    how = f"Svar med bogstaver og tal, fx {code}1." if code else "Svar med et tal."
    if keyword:
        how = f"Begynd svaret med {keyword}, fx {keyword} {code}1."
    end = f"\n{how} {', '.join(answers)}" if answers else ""
    if answers and not answered:
        end = "\nSvar i chatten: denne besked kan ikke besvares."
    if longest is not None and len(said) + len(end) > longest:
        said = said[: max(0, longest - len(end) - 2)].rstrip() + " …"
    return said + end


def chosen(card: Card, text: str) -> Button | None:
    """Return the button that "2" or "svar 2" means; None when the text is no such answer."""
    number = ANSWER.fullmatch(text)
    every = card.answers
    return every[int(number["number"]) - 1] if number and 1 <= int(number["number"]) <= len(every) else None
