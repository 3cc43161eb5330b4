"""What stands beside the text of a Slack message belongs to it."""

from __future__ import annotations

from typing import Any

from bot.platforms.slack.text import tables, with_emoji
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
