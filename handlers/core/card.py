"""Cards: what krisebot says, before any platform has drawn it.

A handler builds a `Card`; each platform draws the same card in its own form (Block Kit, Adaptive Card, HTML, numbered
text). A card is plain data, so that it can lie in the outbox until it is delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

FieldKind = Literal["text", "long", "choice", "time", "been", "persons"]
Style = Literal["normal", "primary", "danger"]

# What everything that an exercise says begins with (plan §3): nobody may take it for the real thing.
EXERCISE = "ØVELSE"
# What Slack takes as a dialog's heading.
LONGEST_TITLE = 24

# The argument of a button that leaves its card by itself: when, UTC in ISO form.
LAPSES = "lapses"

# In place of a link that the plan can't give.
NO_LINK = "Der er intet link: planen siger ikke, hvor Krisebot nås. Bed sekretariatet skrive »adresse« i planen."

# Before anything else, wherever words may tell of danger.
DANGER = "Ved fare for liv: ring 112."


@dataclass(frozen=True)
class Field:
    """A field of a form that a person may fill in.

    Args:
        id: the key the answer comes back under, English snake_case.
        label: what the person reads, Danish.
        kind: "text" one line, "long" several, "choice" one of `choices`, "time" words that `times_read` reads as still to
            come, "been" as having been, "persons" names or mentions.
        required: only for what the plan makes compulsory; everything else may be sent empty.
        value: what it is filled with from the start.
        choices: (value, label) pairs, for "choice".
        loose: of a time: its handler reads it itself, as it may be other words, or another day's time. Any other that
            can't be meant is asked about before the handler gets it (`handlers.core.form_times`).
    """

    id: str
    label: str
    kind: FieldKind = "text"
    required: bool = False
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    loose: bool = False


@dataclass(frozen=True)
class SentForm:
    """A form as it was sent, through the questions that were asked about it.

    Args:
        form: its fields, as they were shown.
        inbox: the press that sent it the first time.
        filled: the press that its words were typed in last.
        times: what has been answered since, in full, by field.
    """

    form: tuple[Field, ...]
    inbox: int
    filled: int
    times: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """A button that runs the action `do` with `args` when pressed.

    Args:
        label: Danish, unique within its card.
        do: the action's registered name (see handlers.registry).
        args: small JSON values that come back with the press.
        style: "primary" for the one expected press, "danger" for what ends things.
        form: fields asked for in a dialog before the action runs; empty means the press runs it at once.
        form_title: the dialog's heading, at most 24 characters.
    """

    label: str
    do: str
    args: Mapping[str, Any] = field(default_factory=dict)
    style: Style = "normal"
    form: tuple[Field, ...] = ()
    form_title: str = ""


@dataclass(frozen=True)
class Card:
    """A message, before any platform has drawn it.

    Args:
        text: the first line says what happened; a blank line parts paragraphs. `*…*` is bold, nothing else is markup.
            What a user wrote goes through `quote`.
        facts: (name, value) pairs, drawn as a short table.
        fields: filled in on the message itself; every button sends them along.
        buttons: at most ten.
        brief: said instead where only words can go, to the letter; empty means the text with numbered answers.
        calendar: an invitation as iCalendar, which goes along where a file can; nobody else draws it.
        file: a stored PDF's SHA-256, which goes along by the same ways, named `file_name`.
        exercise: it belongs to an exercise, and says so; see `in_exercise`.
    """

    text: str
    facts: tuple[tuple[str, str], ...] = ()
    fields: tuple[Field, ...] = ()
    buttons: tuple[Button, ...] = ()
    brief: str = ""
    calendar: str = ""
    file: str = ""
    file_name: str = ""
    exercise: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the card as JSON data, for the outbox."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Card:
        """Read a card as `to_json` left it."""
        return cls(
            text=data["text"],
            facts=tuple((name, value) for name, value in data["facts"]),
            fields=tuple(_field(each) for each in data["fields"]),
            buttons=tuple(
                Button(**{**each, "form": tuple(_field(one) for one in each["form"])}) for each in data["buttons"]
            ),
            brief=data.get("brief", ""),
            calendar=data.get("calendar", ""),
            file=data.get("file", ""),
            file_name=data.get("file_name", ""),
            exercise=data.get("exercise", False),
        )

    def button(self, label: str) -> Button | None:
        """Find the button with that label; None where there is none."""
        return next((each for each in self.buttons if each.label == label), None)


def in_exercise(card: Card) -> Card:
    """Mark a card as an exercise's: the word comes first wherever it is drawn, and only once."""
    if card.exercise:
        return card
    brief = f"{EXERCISE}: {card.brief}" if card.brief else ""
    buttons = tuple(
        replace(button, form_title=f"{EXERCISE}: {button.form_title or button.label}"[:LONGEST_TITLE])
        if button.form
        else button
        for button in card.buttons
    )
    return replace(card, text=f"{EXERCISE}: {card.text}", brief=brief, buttons=buttons, exercise=True)


def _field(data: Mapping[str, Any]) -> Field:
    return Field(**{**data, "choices": tuple((value, label) for value, label in data["choices"])})


def quote(text: str, longest: int = 20_000) -> str:
    """Quote a user's own words inside a card's text, so that no character of it is read as markup.

    Args:
        text: as typed.
        longest: characters; more than that is shortened visibly, so that what follows it on the card is still seen.
    """
    shown = text if len(text) <= longest else f"{text[:longest]} … (hele teksten står i loggen)"
    return shown.replace("*", "∗")
