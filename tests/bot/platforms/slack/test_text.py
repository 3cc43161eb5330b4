"""What stands beside the text of a Slack message belongs to it."""

from __future__ import annotations

from typing import Any

from bot.platforms.slack.text import tables, with_emoji, words_of
from tests.tables import examples


def rich(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}]


THUMB = {"type": "emoji", "name": "+1", "unicode": "1f44d"}


@examples(
    ("text", "blocks", "read"),
    [
        (":+1:", rich(THUMB), "👍"),
        (":+1::skin-tone-3: kommer", rich({**THUMB, "skin_tone": 3}), "👍 kommer"),
        (":flag-dk:", rich({"type": "emoji", "name": "flag-dk", "unicode": "1f1e9-1f1f0"}), "🇩🇰"),
        ("kl. 14:30: vand", rich(THUMB), "kl. 14:30: vand"),
        (":krise-logo:", rich({"type": "emoji", "name": "krise-logo"}), ":krise-logo:"),
        (":+1:", None, ":+1:"),
        (":+1:", [{"type": "emoji", "name": "+1", "unicode": "x" * 9}], ":+1:"),
    ],
)
def test_emoji_codes_are_emoji(text: str, blocks: Any, read: str) -> None:
    """R004: ":thumbsup:" was no answer."""
    assert with_emoji(text, blocks) == read


def test_a_pasted_table_is_kept() -> None:
    """R001: it comes beside an empty text, as an attachment."""
    rows = [
        [{"type": "raw_text", "text": "Fløng"}, {"type": "raw_text", "text": "40 cm"}],
        [{"type": "rich_text", "elements": rich({"type": "text", "text": "Hede"})}],
    ]
    assert tables({"attachments": [{"blocks": [{"type": "table", "rows": rows}]}]}) == "Fløng | 40 cm\nHede"
    assert tables({"blocks": rich({"type": "text", "text": "vand"})}) == ""


ALARM = [
    {"type": "header", "text": {"type": "plain_text", "text": "Pumpe 3 svarer ikke"}},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Sted*"}, {"type": "mrkdwn", "text": "Fløng"}]},
    {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Kvittér"}}]},
]


@examples(
    ("message", "read"),
    [
        ({"text": "vand", "blocks": ALARM}, "vand"),
        ({"text": "", "blocks": ALARM}, "Pumpe 3 svarer ikke\n*Sted* Fløng"),
        (
            {"blocks": rich({"type": "text", "text": "vand i "}, {"type": "text", "text": "kælderen"})},
            "vand i kælderen",
        ),
        (
            {
                "text": "",
                "attachments": [
                    {
                        "title": "Pumpe 3",
                        "text": "svarer ikke",
                        "fields": [{"title": "Sted", "value": "Fløng"}],
                        "fallback": "Pumpe",
                    }
                ],
            },
            "Pumpe 3\nsvarer ikke\nSted: Fløng",
        ),
        ({"attachments": [{"fallback": "Pumpe 3 svarer ikke"}]}, "Pumpe 3 svarer ikke"),
        ({"attachments": [{"blocks": ALARM}]}, "Pumpe 3 svarer ikke\n*Sted* Fløng"),
        ({"text": None, "blocks": "x", "attachments": [None, {"fields": [3]}]}, ""),
        ({}, ""),
    ],
)
def test_an_apps_message_says_what_is_drawn_of_it(message: Any, read: str) -> None:
    """R001: another system's alarm has no text of its own, and was sent on as nothing."""
    assert words_of(message) == read
