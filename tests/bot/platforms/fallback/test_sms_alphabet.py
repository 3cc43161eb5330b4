"""An SMS costs as many parts as it must, and says how it can be answered, or that it can't."""

from __future__ import annotations

from importlib import resources

import pytest

from bot.engine.platform import Outgoing
from bot.platforms.fallback.gateway import MOST_PARTS, sms_text
from bot.platforms.fallback.sms_alphabet import in_alphabet, parts, plainly
from handlers.core.card import Button, Card
from storage.plan import loading, to_mend
from tests.tables import examples

EXAMPLE = (resources.files("storage.plan") / "eksempelplan.yaml").read_text("utf-8")
CARD = Card(
    "⚠️ Varsel: »vand i kælderen på Birkehøj« – kan du tage den…",
    buttons=(Button("Jeg har den", "x"), Button("Kan ikke", "y")),
)


@examples(
    ("text", "plain", "inside"),
    [
        ("æ ø å Æ Ø Å é ü ß", "æ ø å Æ Ø Å é ü ß", True),
        ("»vand« – nu… ’ja’", "\"vand\" - nu... 'ja'", True),
        ("⚠️ Brand", "Brand", True),
        ("[x] {y} ~ €5", "[x] {y} ~ €5", True),
        ("kl.\u00a014", "kl. 14", True),
        ("Małgorzata", "Małgorzata", False),
        ("Привіт", "Привіт", False),
    ],
)
def test_signs_are_written_plainly_and_letters_stay(text: str, plain: str, inside: bool) -> None:
    """R204: one dash made 160 letters 70, and each æ was sent as if it were no letter of the alphabet."""
    assert plainly(text) == plain
    assert in_alphabet(plain) is inside


@examples(
    ("text", "count"),
    [
        ("ø" * 160, 1),
        ("ø" * 161, 2),
        ("ø" * 306, 2),
        ("ø" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("🌊" * 35, 1),
        ("🌊" * 36, 2),
    ],
)
def test_parts_are_counted_as_the_gateway_does(text: str, count: int) -> None:
    assert parts(text) == count


@pytest.mark.parametrize("letter", ["ø", "ł", "€"])
def test_no_sms_is_longer_than_anybody_reads_and_its_answers_stay(letter: str) -> None:
    long = Card(letter * 2000, buttons=CARD.buttons)
    text = sms_text(Outgoing(1, "k", 1, long), answered=True)
    assert parts(text) <= MOST_PARTS
    assert text.endswith("Svar med et tal. 1: Jeg har den, 2: Kan ikke")


def test_who_cannot_answer_is_not_asked_to() -> None:
    """R204: a sender with letters has no way back."""
    assert "Svar med et tal" not in sms_text(Outgoing(1, "k", 1, CARD), answered=False)
    assert "kan ikke besvares" in sms_text(Outgoing(1, "k", 1, CARD), answered=False)


@pytest.mark.parametrize(
    ("sender", "told"), [("4512345678", ""), ("Krisebot", "ingen kan svare"), ("HTKommunensKrisebot", "over 11 tegn")]
)
def test_the_check_of_the_plan_says_when_nobody_can_answer(sender: str, told: str) -> None:
    plan = loading.parse(EXAMPLE.replace("sms: null", f'sms: "gatewayapi://t@{sender}?hemmelighed=h"'), "planen")
    warnings = [str(each) for each in to_mend.warnings(plan) if "SMS-afsenderen" in str(each)]
    assert bool(warnings) == bool(told)
    assert all(told in each for each in warnings)
