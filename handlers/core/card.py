"""Cards: what krisebot says, before any platform has drawn it.

A handler builds a `Card`; each platform draws the same card in its own form (Block Kit, Adaptive Card, HTML, numbered
text). A card is plain data, so that it can lie in the outbox until it is delivered.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

FieldKind = Literal["text", "long", "choice", "time", "been", "persons"]
Style = Literal["normal", "primary", "danger"]
Submit = Literal["Gem", "Send"]

# People are drilled on these: to the letter, always in sight, and on the dialogs that they open too.
FIXED = frozenset(
    [
        "Ja",
        "Nej",
        "Ved ikke",
        "Jeg har den",
        "Kan ikke",
        "Niveau 1",
        "Niveau 2",
        "Ingen krise – følg",
        "Kommer",
        "Mit center er underrettet",
        "Fuldt etableret",
        "Bekræft",
        "Ret",
        "Godkend",
        "Udsend",
        "Grøn",
        "Gul",
        "Rød",
        "Jeg har læst den",
        "Modtaget",
        "Udført",
        "Afblæs",
        "Send forslag",
        "Fjern nummeret",
        "Det er en anden hændelse",
        "Gem i log",
    ]
)
# So many buttons are read at a glance; the others stand in a menu, which has room for so many.
AT_A_GLANCE, IN_MENU = 5, 5
# As long as a heading is still read at a glance, and a fact still stands in a column.
LONGEST_HEADING, LONGEST_NAME, LONGEST_VALUE = 60, 28, 44
HEADING = re.compile(r"(?:[^\w\s*]{1,4} |ØVELSE: ){0,2}\*[^*\n]+\*[^\n]*+")

# What everything that an exercise says begins with (plan §3): nobody may take it for the real thing.
EXERCISE = "ØVELSE"
# What Slack takes as a dialog's heading.
LONGEST_TITLE = 24

# The argument of a button that leaves its card by itself: when, UTC in ISO form.
LAPSES = "lapses"

# In place of a link that the plan can't give.
NO_LINK = "Der er intet link: planen siger ikke, hvor Krisebot nås. Bed sekretariatet skrive »adresse« i planen."

# What a form's choice of a yes and a no comes back as: see `Context.yes`.
YES, NO = "ja", "nej"

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
        loose: of a time or persons: other words are kept as they are, or it is read with what it belongs to, as another
            day's time. Any other that can't be meant is asked about before the handler runs
            (`handlers.core.form_questions`).
    """

    id: str
    label: str
    kind: FieldKind = "text"
    required: bool = False
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    loose: bool = False


@dataclass(frozen=True)
class Family:
    """Fields that a form has one of for each of something: a line that is watched, a seat, a heading.

    Args:
        pattern: their ids, with `{}` for which of them it is: "watch_{}".
    """

    pattern: str

    def of(self, *which: object) -> str:
        """Return the id of the field for one of them."""
        return self.pattern.format(*which)

    def which(self, field: str) -> tuple[str, ...] | None:
        """Return which of them a field's id is for; None where it is none of the family."""
        begins, *between = self.pattern.split("{}")
        if not field.startswith(begins):
            return None
        rest, found = field.removeprefix(begins), []
        for ends in between:
            one, parted, rest = rest.partition(ends) if ends else (rest, "", "")
            if not one or parted != ends:
                return None
            found.append(one)
        return None if rest else tuple(found)


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
        do: the action's registered name (see handlers.core.registry).
        args: small JSON values that come back with the press.
        style: "primary" for the one expected press, "danger" for what ends things.
        form: fields asked for in a dialog before the action runs; empty means the press runs it at once.
        form_title: the dialog's heading, at most 24 characters.
        submit: what is pressed in the dialog: "Send" for what goes to others at once. A fixed label is its own.
        confirm: the question to be answered before it runs, at most 300 characters: for what ends things, and for what
            leaves the house.
    """

    label: str
    do: str
    args: Mapping[str, Any] = field(default_factory=dict)
    style: Style = "normal"
    form: tuple[Field, ...] = ()
    form_title: str = ""
    submit: Submit = "Gem"
    confirm: str = ""

    @property
    def submitted_by(self) -> str:
        """What its dialog is submitted by."""
        return self.label if self.label in FIXED else self.submit

    @property
    def print(self) -> str:
        """What it is known again by on its card: 12 hexadecimal digits."""
        return hashlib.sha256(json.dumps([self.do, dict(self.args)], sort_keys=True).encode()).hexdigest()[:12]


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

    @property
    def answers(self) -> list[Button]:
        """The buttons that a number alone can stand for, in their order: those that fill no form."""
        return [button for button in self.buttons if not button.form]

    def parted(self) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
        """Part the buttons into those in sight and those in a menu beside them: seven buttons are not read at a glance.

        Returns:
            in their order: in sight the fixed ones, those with a style and those that ask first, then as many others
            as there is room for; in the menu none, or two to `IN_MENU`.
        """
        if len(self.buttons) <= AT_A_GLANCE:
            return self.buttons, ()
        # By their places: two may have the same label, for two persons.
        fixed = [each.label in FIXED or each.style != "normal" or bool(each.confirm) for each in self.buttons]
        others = [place for place, is_fixed in enumerate(fixed) if not is_fixed]
        room = max(AT_A_GLANCE - 1 - sum(fixed), len(others) - IN_MENU, 0)
        if len(others) - room < 2:
            return self.buttons, ()
        folded = set(others[room:])
        shown = tuple(each for place, each in enumerate(self.buttons) if place not in folded)
        return shown, tuple(each for place, each in enumerate(self.buttons) if place in folded)

    def headed(self) -> tuple[str, str]:
        """Part the text into its heading, without marks, and the rest; no heading where the first line is none."""
        first, _, rest = self.text.partition("\n")
        plain = first.replace("*", "")
        if not HEADING.fullmatch(first) or len(plain) > LONGEST_HEADING or not (rest or self.facts or self.buttons):
            return "", self.text
        return plain, rest.lstrip("\n")

    @property
    def columns(self) -> bool:
        """Whether the facts are short enough to stand in columns."""
        return len(self.facts) > 1 and all(
            len(name) <= LONGEST_NAME and len(value) <= LONGEST_VALUE and "\n" not in value
            for name, value in self.facts
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
    # What is drawn on from a card that stands has the word already.
    text = card.text if card.text.startswith(f"{EXERCISE}: ") else f"{EXERCISE}: {card.text}"
    return replace(card, text=text, brief=brief, buttons=buttons, exercise=True)


def _field(data: Mapping[str, Any]) -> Field:
    return Field(**{**data, "choices": tuple((value, label) for value, label in data["choices"])})


def quote(text: str, longest: int = 20_000) -> str:
    """Quote a user's own words inside a card's text, so that no character of it is read as markup.

    Args:
        text: as typed.
        longest: characters; more than that is shortened visibly, so that what follows it on the card is still seen.
    """
    shown = text if len(text) <= longest else f"{text[:longest]} … (forkortet)"
    # Our own command is named otherwise on another platform; what a user wrote is not touched.
    return shown.replace("*", "∗").replace("/krise", "/\u2060krise", shown.startswith("/krise"))
