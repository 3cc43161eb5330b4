"""A card as Slack draws it: Block Kit messages, dialogs and the home page, and what comes back from them.

Text is rich text, whose pieces Slack shows to the letter: what a user wrote can't become a mention, a link or bold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    DatePickerElement,
    HeaderBlock,
    InputBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextSectionElement,
    SectionBlock,
    StaticSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
)

from bot.engine import picked, warning_form
from bot.platforms import links
from handlers.core.card import Button, Card, Field

Json = dict[str, Any]

FORM, SAVE = "krisebot_form", "gem_i_log"
WARN, WARN_OF = "send_varsel", "send_som_varsel"
GUIDE = "vejledning"

# Slack takes about 13,000 characters a message, and a tired person reads less: what is long is parted by whoever
# writes the card, and what a user wrote is cut here alone.
LONGEST, LONGEST_OF_FACTS = 7000, 4000
LONGEST_FACT = 600
# Of what is too long, the end is kept too: it is where a card asks its question.
KEPT_END = 700
CUT = "\n… (forkortet: {} tegn er udeladt her) …\n"
LONGEST_CUT = 50
# Slack's own limits.
LONGEST_INPUT = 3000
LONGEST_LABEL = 75
LONGEST_TITLE = 24
LONGEST_CONFIRM, LONGEST_ANSWER = 300, 30
MOST_OPTIONS = 100
MOST_IN_COLUMNS = 10
BUTTONS_IN_A_ROW = 5
MENU = "menu"
# Behind a field's name: the block of its pickers.
PICK = "@pick"
# Behind a field's name, before a number: what it goes on with.
MORE = "@more"
# What Slack would read as marks in a text that has any.
MARKS = re.compile(r"[*_~`]|:[^\s:]+:|^&gt;")

BOLD = re.compile(r"\*([^*\n]+)\*")


@dataclass(frozen=True)
class Press:
    """The data that a button carries, and brings back when it is pressed.

    Args:
        message: our number for the message it stands on, as text; empty on the home page.
        do, args: the button's own.
        asks: whether a form comes first.
        conversation: where it was pressed, once it has been.
        values: what was filled in on the message when a form's button was pressed.
    """

    message: str
    do: str
    args: Mapping[str, Any]
    asks: bool = False
    conversation: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def dump(self) -> str:
        """Return it as the text that Slack keeps for us."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Press:
        """Read what `dump` wrote.

        Raises:
            ValueError, TypeError: it isn't from this release of ours.
        """
        read = cls(**json.loads(text))
        texts = all(isinstance(each, str) for each in (read.message, read.do, read.conversation))
        if not (texts and isinstance(read.args, dict) and isinstance(read.values, dict)):
            raise ValueError("not one of our buttons")
        return read


@dataclass(frozen=True)
class Chosen:
    """The data that a choice in a menu brings back: a menu has no room for more.

    Args:
        message: our number for the message it stands on, as text.
        button: the button's `print`.
    """

    message: str
    button: str

    def dump(self) -> str:
        """Return it as the text that Slack keeps for us."""
        return json.dumps([self.message, self.button], separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Chosen:
        """Read what `dump` wrote.

        Raises:
            ValueError, TypeError: it isn't from this release of ours.
        """
        message, button = json.loads(text)
        if not (isinstance(message, str) and isinstance(button, str)):
            raise ValueError("not one of our menus")
        return cls(message, button)


@dataclass(frozen=True)
class Said:
    """A message that is about to be saved in the log.

    Args:
        message: Slack's name for it, "channel:ts".
        author: a person's id.
        said_at: when, seconds since 1970, as Slack writes it; all three empty where no message is meant.
        files: what came along with it, as `slack_files.packed` writes it.
        link: what Slack gave us to answer by, where it was chosen.
    """

    message: str
    author: str
    said_at: str
    files: list[list[Any]] = field(default_factory=list)
    link: str = ""

    def dump(self) -> str:
        """Return it as the text that Slack keeps for us."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Said:
        """Read what `dump` wrote."""
        return cls(**json.loads(text))


def message(card: Card, number: int | str, repeated: bool = False) -> list[Json]:
    """Draw a card as a message's blocks.

    Args:
        number: our number for the message.
        repeated: it may stand there already.
    """
    heading, text = card.headed()
    if links.links(heading):
        heading, text = "", card.text
    if repeated:
        heading, text = (f"(gentaget) {heading}", text) if heading else ("", f"(gentaget) {text}")
    drawn: list[Block] = [HeaderBlock(text=PlainTextObject(text=heading, emoji=False))] if heading else []
    if text.strip():
        drawn.append(_rich(_words(shorten(text))))
    if card.facts:
        drawn.append(_columns(card.facts) if _in_columns(card) else _rich(_facts(card.facts)))
    drawn += [one for each in card.fields for one in _inputs(each)]
    drawn += _rows(card, str(number))
    # Slack takes no message without a block, so whoever wrote blanks alone is shown that it is nothing.
    return [block.to_dict() for block in drawn or [_rich(_words("–"))]]


def notification(card: Card, repeated: bool = False) -> str:
    """Write a card as plain words, for a notification and for a screen reader."""
    text = BOLD.sub(r"\1", shorten(f"(gentaget) {card.text}" if repeated else card.text))
    return escape("\n".join([text, *(f"{name}: {value}" for name, value in _shown_facts(card.facts))]))


def dialog(button: Button, press: Press) -> Json:
    """Draw the form that a button asks for.

    Args:
        button: as it stands on the card.
        press: what the form brings back.
    """
    return _modal(
        FORM,
        button.form_title or button.label,
        button.submitted_by,
        press.dump(),
        [block for each in button.form for block in _asked(each)],
    )


def save_dialog(said: Said, text: str, byline: str, asked: Iterable[Field]) -> Json:
    """Draw the form of `Gem i log`: the message as it will stand, which the one who saves it may change.

    Args:
        text: the whole message; what doesn't fit one field goes on in the next.
        byline: who wrote it, and when.
        asked: what is filled in beside it.
    """
    fields = [
        Field(f"text_{number}", "Tekst" if number == 1 else "Tekst, fortsat", "long", value=piece)
        for number, piece in enumerate(_pieces(text), 1)
    ]
    blocks = [_rich(_words(byline)), *(_input(each) for each in (*fields, *asked))]
    return _modal(SAVE, "Gem i log", "Gem i log", said.dump(), blocks)


def warning_dialog(said: Said, text: str) -> Json:
    """Draw the form of `Send varsel`.

    Args:
        said: the message that it was opened on, where there is one.
        text: what it is filled with; what doesn't fit one field goes on in the next.
    """
    fields = [
        warning_form.field(f"text_{number}", piece, more=number > 1) for number, piece in enumerate(_pieces(text), 1)
    ]
    blocks = [_rich(_words(warning_form.BYLINE)), *(_input(each) for each in fields)]
    return _modal(WARN, warning_form.TITLE, warning_form.SUBMIT, said.dump(), blocks)


def _pieces(text: str) -> list[str]:
    return [text[at : at + LONGEST_INPUT] for at in range(0, len(text), LONGEST_INPUT)] or [""]


def saved(values: Mapping[str, str]) -> dict[str, str]:
    """Read what `save_dialog` was answered with: the text in one piece again, and what was asked beside it."""
    pieces = sorted((name for name in values if name.startswith("text_")), key=lambda name: int(name[5:]))
    others = {name: value for name, value in values.items() if name not in pieces}
    return {"text": "".join(values[name] for name in pieces), **others}


def home(card: Card) -> Json:
    """Draw a card as the app's home page."""
    return {"type": "home", "blocks": message(card, "")}


def values(state: Mapping[str, Any] | None) -> dict[str, str]:
    """Read what was filled in, by field; what wasn't is empty."""
    filled: dict[str, str] = {}
    for name, elements in ((state or {}).get("values") or {}).items():
        for action, element in elements.items():
            chosen = element.get("selected_option") or {}
            when = element.get("selected_date") or element.get("selected_time")
            several = ",".join(element.get("selected_users") or ())
            # A picker stands beside its field, under a name of its own.
            filled[action if name.endswith(PICK) else name] = (
                element.get("value") or chosen.get("value") or when or several or ""
            )
    return _whole(filled)


def _whole(filled: Mapping[str, str]) -> dict[str, str]:
    """Put what a field goes on with behind it again, in its order."""
    parts = [(*name.rpartition(MORE)[::2], text) for name, text in filled.items() if MORE in name]
    whole = {name: text for name, text in filled.items() if MORE not in name}
    for name, _, text in sorted(parts, key=lambda part: (part[0], len(part[1]), part[1])):
        whole[name] = whole.get(name, "") + text
    return whole


def initial(view: Mapping[str, Any]) -> dict[str, str]:
    """Read what a dialog's fields were filled with from the start, by field."""
    return {
        each["block_id"]: each["element"].get("initial_value") or ""
        for each in view.get("blocks") or ()
        if each.get("type") == "input" and isinstance(each.get("element"), dict)
    }


def shorten(text: str, longest: int = LONGEST) -> str:
    """Cut a text to that many characters at most; it shows where something is left out."""
    if len(text) <= longest:
        return text
    if longest <= 2 * KEPT_END:
        return f"{text[: longest - 1]}…"
    kept = longest - KEPT_END - LONGEST_CUT
    return f"{text[:kept]}{CUT.format(len(text) - kept - KEPT_END)}{text[-KEPT_END:]}"


def escape(text: str) -> str:
    """Escape what Slack would make a mention or a link of."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rich(parts: Sequence[RichTextElement]) -> RichTextBlock:
    return RichTextBlock(elements=[RichTextSectionElement(elements=parts)])


def _words(text: str) -> list[RichTextElement]:
    pieces = BOLD.split(text)
    return [part for number, piece in enumerate(pieces) for part in _text(piece, bold=bool(number % 2))]


def _text(text: str, bold: bool = False) -> list[RichTextElement]:
    style = RichTextElementParts.TextStyle(bold=True) if bold else None
    return [
        RichTextElementParts.Link(url=address, text=words, style=style)
        if address
        else RichTextElementParts.Text(text=words, style=style)
        for words, address in links.pieces(text)
    ]


def _facts(facts: Iterable[tuple[str, str]]) -> list[RichTextElement]:
    parts = []
    for name, value in _shown_facts(facts):
        parts += [*_text(f"{name}: ", bold=True), *_text(f"{value}\n")]
    return parts


def _shown_facts(facts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return as many facts as there is room for, with a line that says so when some are left out."""
    shown: list[tuple[str, str]] = []
    every, room = list(facts), LONGEST_OF_FACTS
    for name, value in every:
        room -= len(name) + min(len(value), LONGEST_FACT)
        if room < 0:
            return [*shown, ("Forkortet", f"{len(every) - len(shown)} linjer mere er ikke vist her")]
        shown.append((name, shorten(value, LONGEST_FACT)))
    return shown


def _in_columns(card: Card) -> bool:
    """Whether the facts may stand side by side: there Slack reads marks, and a number can't be tapped."""
    said = [part for fact in card.facts for part in fact]
    plain = not any(MARKS.search(escape(part)) or links.links(part) or not part.strip() for part in said)
    return card.columns and plain and len(card.facts) <= MOST_IN_COLUMNS


def _columns(facts: Sequence[tuple[str, str]]) -> SectionBlock:
    texts = [MarkdownTextObject(text=f"*{escape(name)}:*\n{escape(value)}", verbatim=True) for name, value in facts]
    return SectionBlock(fields=texts)


def _asked(each: Field) -> list[Block]:
    """Draw a dialog's field, with what it may be picked by below it; whether either is filled in is seen to when it is
    sent."""
    if not picked.is_picked(each):
        return [*_inputs(each)]
    written = _input(replace(each, required=False))
    if each.kind == picked.PERSONS:
        who = UserMultiSelectElement(action_id=each.id + picked.WHO, placeholder=PlainTextObject(text="Vælg personer"))
        label = PlainTextObject(text="… eller vælg her")
        return [written, InputBlock(block_id=each.id + PICK, label=label, optional=True, element=who)]
    when = [
        DatePickerElement(action_id=each.id + picked.DATE, placeholder=PlainTextObject(text="… vælg dag")),
        TimePickerElement(action_id=each.id + picked.TIME, placeholder=PlainTextObject(text="… vælg tid")),
    ]
    return [written, ActionsBlock(block_id=each.id + PICK, elements=when)]


def _inputs(each: Field) -> list[InputBlock]:
    """Draw a field; what it is filled with goes on in fields of its own where Slack has no room for it in one: cut off, it
    would be lost when the form is sent."""
    if each.kind != "long" or len(each.value) <= LONGEST_INPUT:
        return [_input(each)]
    first, *others = _pieces(each.value)
    more = [
        replace(each, id=f"{each.id}{MORE}{number}", label=f"{each.label[:60]} (fortsat)", value=piece, required=False)
        for number, piece in enumerate(others, 2)
    ]
    return [_input(replace(each, value=first)), *map(_input, more)]


def _input(each: Field) -> InputBlock:
    return InputBlock(
        block_id=each.id,
        label=PlainTextObject(text=each.label),
        optional=not each.required,
        element=_choice(each) if each.kind == "choice" else _line(each),
    )


def _line(each: Field) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=each.id, multiline=each.kind == "long", initial_value=each.value[:LONGEST_INPUT] or None
    )


def _choice(each: Field) -> StaticSelectElement:
    options = [
        Option(value=value, text=PlainTextObject(text=shorten(label, LONGEST_LABEL)))
        for value, label in each.choices[:MOST_OPTIONS]
    ]
    return StaticSelectElement(
        action_id=each.id,
        placeholder=PlainTextObject(text="Vælg"),
        options=options,
        initial_option=next((option for option in options if option.value == each.value), None),
    )


def _rows(card: Card, number: str) -> list[ActionsBlock]:
    # The home page is no message, so nothing that is chosen there could be found again.
    shown, more = card.parted() if number else (card.buttons, ())
    drawn: list[InteractiveElement] = [_button(button, number, place) for place, button in enumerate(shown)]
    if more:
        options = [
            Option(
                value=Chosen(number, each.print).dump(), text=PlainTextObject(text=shorten(each.label, LONGEST_LABEL))
            )
            for each in more
        ]
        drawn.append(OverflowMenuElement(action_id=MENU, options=options))
    rows = [drawn[start : start + BUTTONS_IN_A_ROW] for start in range(0, len(drawn), BUTTONS_IN_A_ROW)]
    return [ActionsBlock(elements=row) for row in rows]


def _button(button: Button, number: str, place: int) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=shorten(button.label, LONGEST_LABEL)),
        action_id=f"do{place}",
        value=Press(number, button.do, button.args, asks=bool(button.form)).dump(),
        style=None if button.style == "normal" else button.style,
        confirm=None if not button.confirm or button.form else _confirm(button),
    )


def _confirm(button: Button) -> ConfirmObject:
    return ConfirmObject(
        title="Er du sikker?",
        text=PlainTextObject(text=shorten(button.confirm, LONGEST_CONFIRM), emoji=False),
        confirm=shorten(button.label, LONGEST_ANSWER),
        deny="Nej, gå tilbage",
        style="danger" if button.style == "danger" else None,
    )


def _modal(name: str, title: str, submit: str, keep: str, blocks: Sequence[Block]) -> Json:
    return {
        "type": "modal",
        "callback_id": name,
        "title": {"type": "plain_text", "text": shorten(title, LONGEST_TITLE)},
        "submit": {"type": "plain_text", "text": shorten(submit, LONGEST_TITLE)},
        "close": {"type": "plain_text", "text": "Annullér"},
        "private_metadata": keep,
        "blocks": [block.to_dict() for block in blocks],
    }
