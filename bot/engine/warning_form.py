"""The form of `Send varsel`, as a platform's own menus open it: every platform draws it in its own way. Plan §4."""

from __future__ import annotations

from handlers.core.card import DANGER, Field

TITLE, SUBMIT = "Send varsel", "Send"
BYLINE = f"{DANGER}\nVarslet går straks til dem, planen peger på."
LABEL = "Hvad er der sket, og hvor?"


def field(id: str, text: str = "", *, more: bool = False) -> Field:
    """Return the field that is warned by.

    Args:
        id: its key.
        text: what it is filled with.
        more: whether it goes on from one before it.
    """
    return Field(id, f"{LABEL} (fortsat)" if more else LABEL, "long", required=not more, value=text)


def of_message(text: str, writer: str, when: str) -> str:
    """Return somebody else's words as the form is filled with them: whoever sends them on did not write them."""
    return f"{text}\n(Skrevet af {writer} {when})".strip()


def command(text: str) -> str:
    """Return what was filled in as the command that it means."""
    return f"varsel {text.strip()}"
