"""A card as Teams draws it: Adaptive Cards 1.5 for messages and dialogs, and what comes back from them.

All words are rich text, whose runs Teams shows to the letter: a plain text block would read Markdown in what users wrote.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.engine import picked, warning_form
from bot.platforms import links
from handlers.core.card import Button, Card, Field

Json = dict[str, Any]

ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
# What a button carries lies under this name, so that no field can be mistaken for it.
CARRIED = "krisebot"
# Beside it, the dialog's own name: whoever presses twice has sent the same.
DIALOG = "dialog"

# Bytes: Teams takes about 28 KB a message, the envelope included.
LARGEST = 25_000
# Characters: what one card shows before it is shortened, and the least that is worth showing.
LONGEST, SHORTEST = 8000, 250
LONGEST_FACT = 600
LONGEST_LABEL = 75
# A row of buttons on a phone of 300 pixels, in letters, and what a button has around its own.
LETTERS_IN_A_ROW, BESIDE_LABEL = 34, 5
CUT = "\n… (forkortet: {} tegn er udeladt her) …\n"
LONGEST_CUT = 50

# What Teams' own picker of persons looks in: everybody in the organisation. It answers with their ids in Entra.
EVERYBODY = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}

BOLD = re.compile(r"\*([^*\n]+)\*")
# Cards turn {{DATE(…)}} into a date, also in what a user wrote; an invisible joiner keeps it what it is.
MACRO = re.compile(r"\{\{(?=\s*(?:DATE|TIME)\s*\()", re.IGNORECASE)
STYLES = {"primary": "positive", "danger": "destructive"}
# Our own command in our own words; what a user wrote is never bold from its first letter.
COMMAND = re.compile(r"\*/krise(?=[ *])")
# A sign that begins a heading has its colour too; the words beside it say the same.
COLOURS = {
    "✅": "good",
    "🟢": "good",
    "🟡": "warning",
    "⚠": "warning",
    "⏰": "warning",
    "🔴": "attention",
    "❗": "attention",
}


@dataclass(frozen=True)
class Press:
    """The data that a button carries, and brings back when it is pressed.

    Args:
        message: our number for the message it stands on, as text.
        do, args: the button's own.
        values: what was filled in: on the message, and in the button's form.
        dialog: a name for the dialog that it was filled in in; empty where there was none.
    """

    message: str
    do: str
    args: Mapping[str, Any]
    values: Mapping[str, str] = field(default_factory=dict)
    dialog: str = ""

    def data(self, **more: Any) -> Json:
        """Return it as the data that Teams keeps for us."""
        carried: Json = {"m": self.message, "do": self.do, "args": dict(self.args)}
        carried |= {DIALOG: self.dialog} if self.dialog else {}
        return {CARRIED: carried | ({"values": dict(self.values)} if self.values else {}), **more}

    @classmethod
    def read(cls, data: Any) -> Press:
        """Read what `data` wrote, with what was filled in beside it.

        Raises:
            ValueError: it isn't from one of our buttons.
        """
        carried = data.get(CARRIED) if isinstance(data, dict) else None
        if not isinstance(carried, dict):
            raise ValueError("not one of our buttons")
        message, do, args, kept = (carried.get(name) for name in ("m", "do", "args", "values"))
        if not (isinstance(message, str) and isinstance(do, str) and isinstance(args, dict)):
            raise ValueError("not one of our buttons")
        filled = {**(values(kept) if isinstance(kept, dict) else {}), **values(data)}
        return cls(message, do, args, filled, dialog_of(data))


def dialog_of(data: Mapping[str, Any]) -> str:
    """Return the name of the dialog that something was filled in in; empty where it has none."""
    carried = data.get(CARRIED)
    name = carried.get(DIALOG) if isinstance(carried, dict) else None
    return name if isinstance(name, str) else ""


def values(data: Mapping[str, Any]) -> dict[str, str]:
    """Read what was filled in, by field."""
    return {name: value for name, value in data.items() if isinstance(value, str) and name != "msteams"}


def message(card: Card, number: int | str, repeated: bool = False, largest: int = LARGEST) -> Json:
    """Draw a card as a message.

    Args:
        number: our number for the message.
        repeated: it may stand there already.
        largest: bytes that it may take.
    """
    drawn = adaptive(card, number, repeated, largest)
    summary = shorten(plain(card, repeated), 200)
    return {
        "type": "message",
        "summary": summary,
        "importance": "normal",
        "attachments": [{"contentType": ADAPTIVE_CARD, "content": drawn}],
    }


def bare(card: Card, repeated: bool = False) -> Json:
    """Draw a card as plain words, for when Teams won't draw it."""
    return {"type": "message", "textFormat": "plain", "text": shorten(plain(card, repeated), LONGEST)}


def adaptive(card: Card, number: int | str, repeated: bool = False, largest: int = LARGEST) -> Json:
    """Draw a card as an Adaptive Card; what is too large for Teams is shortened, and says so. The arguments are those
    of `message`."""
    longest = LONGEST
    while True:
        drawn = _adaptive(card, str(number), repeated, longest)
        if longest <= SHORTEST or _size(drawn) <= largest:
            return drawn
        longest //= 2


def plain(card: Card, repeated: bool = False) -> str:
    """Write a card as plain words, for a notification and for a screen reader."""
    text = COMMAND.sub("*@Krisebot", _marked(card.text, repeated))
    lines = [BOLD.sub(r"\1", text), *(f"{name}: {value}" for name, value in card.facts)]
    return "\n".join(lines)


def dialog(button: Button, press: Press, fault: str = "") -> Json:
    """Draw the form that a button asks for, as the answer to its press.

    Args:
        press: what comes back when it is submitted.
        fault: what is wrong with it as it was sent.
    """
    send = {"type": "Action.Submit", "title": _label(button.submitted_by), "data": press.data()}
    fields = [element for each in button.form for element in _asked(each)]
    return _dialog(button.form_title or button.label, [*(_words(fault) if fault else ()), *fields], send)


def save_dialog(text: str, byline: str, asked: Iterable[Field], name: str) -> Json:
    """Draw the form of `Gem i log`: the message as it will stand, which the one who saves it may change.

    Args:
        name: the dialog's own.
        byline: who wrote it, and when.
        asked: what is filled in beside it.
    """
    fields = (Field("text", "Tekst", "long", required=True, value=text), *asked)
    send = {"type": "Action.Submit", "title": "Gem i log", "data": {CARRIED: {DIALOG: name}}}
    return _dialog("Gem i log", [*_words(byline), *(_input(each) for each in fields)], send)


def warning_dialog(text: str, name: str) -> Json:
    """Draw the form of `Send varsel`, filled with a text; `name` is the dialog's own."""
    send = {"type": "Action.Submit", "title": warning_form.SUBMIT, "data": {CARRIED: {DIALOG: name}}}
    return _dialog(warning_form.TITLE, [*_words(warning_form.BYLINE), _input(warning_form.field("text", text))], send)


def notice(text: str) -> Json:
    """Draw a sentence in the place of a dialog."""
    return {"task": {"type": "message", "value": text}}


def words_of(card: Any) -> str:
    """Return what a person reads on a card that we drew."""
    return "\n".join(_read(card))


def shorten(text: str, longest: int) -> str:
    """Cut a text to that many characters at most; it shows where something is left out.

    The end is kept too: it is where a card asks its question.
    """
    if len(text) <= longest:
        return text
    if longest <= 4 * LONGEST_CUT:
        return f"{text[: longest - 1]}…"
    end = longest // 4
    kept = longest - end - LONGEST_CUT
    return f"{text[:kept]}{CUT.format(len(text) - kept - end)}{text[-end:]}"


def _adaptive(card: Card, number: str, repeated: bool, longest: int) -> Json:
    heading, text = card.headed()
    body = [_heading(_marked(heading, repeated))] if heading else []
    body += _words(shorten(text if heading else _marked(text, repeated), longest))
    for place, (name, value) in _facts(card, longest):
        body += _fact(name, value, "medium" if not place else "none", in_columns=card.columns)
    body += [_input(each) for each in card.fields]
    shown, more = card.parted()
    rows = _rows([_button(each, number) for each in shown])
    if more:
        rows.append([_button(each, number) | {"mode": "secondary"} for each in more])
    body += [
        {"type": "ActionSet", "actions": row} | ({"spacing": "small"} if at else {}) for at, row in enumerate(rows)
    ]
    return _card(body)


def _rows(buttons: Iterable[Json]) -> list[list[Json]]:
    """Part buttons into rows that a narrow phone has room for: what is outside the screen is pressed by nobody."""
    rows: list[list[Json]] = []
    room = 0
    for button in buttons:
        wide = BESIDE_LABEL + len(button["title"])
        if not rows or wide > room:
            rows.append([])
            room = LETTERS_IN_A_ROW
        rows[-1].append(button)
        room -= wide
    return rows


def _heading(text: str) -> Json:
    colour = next((each for sign, each in COLOURS.items() if text.startswith(sign)), None)
    runs = [run | {"size": "Large", "weight": "Bolder"} for run in _runs(text)]
    return _rich([run | ({"color": colour} if colour else {}) for run in runs], "none")


def _marked(text: str, repeated: bool) -> str:
    return f"(gentaget) {text}" if repeated else text


def _card(body: list[Json]) -> Json:
    return {"type": "AdaptiveCard", "$schema": SCHEMA, "version": "1.5", "msteams": {"width": "Full"}, "body": body}


def _words(text: str) -> list[Json]:
    """Draw a text with a block for each line, since a run doesn't break lines; an empty line is space before the
    next."""
    blocks, spacing = [], "none"
    for line in COMMAND.sub("*@Krisebot", text).split("\n"):
        if not line.strip():
            spacing = "medium"
            continue
        pieces = BOLD.split(line)
        runs = [run for place, piece in enumerate(pieces) for run in _runs(piece, bold=bool(place % 2))]
        blocks.append(_rich(runs, spacing))
        spacing = "none"
    return blocks


def _rich(runs: list[Json], spacing: str) -> Json:
    return {"type": "RichTextBlock", "spacing": spacing, "inlines": runs}


def _runs(text: str, bold: bool = False) -> list[Json]:
    runs = []
    for words, address in links.pieces(text):
        run: Json = {"type": "TextRun", "text": MACRO.sub("{\u2060{", words)}
        run |= {"weight": "Bolder"} if bold else {}
        run |= {"selectAction": {"type": "Action.OpenUrl", "url": address}} if address else {}
        runs.append(run)
    return runs


def _facts(card: Card, longest: int) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield as many facts as there is room for, with a line that says so when some are left out."""
    room = longest
    for place, (name, value) in enumerate(card.facts):
        shown = shorten(value, min(LONGEST_FACT, longest))
        room -= len(name) + len(shown)
        if room < 0:
            yield place, ("Forkortet", f"{len(card.facts) - place} linjer mere er ikke vist her")
            return
        yield place, (name, shown)


def _fact(name: str, value: str, spacing: str, in_columns: bool = False) -> list[Json]:
    """Draw a fact, whose value has a block for each line, as a text has; side by side where there is room for both."""
    if in_columns:
        parts = ((_runs(f"{name}:", bold=True), 2), (_runs(value), 3))
        columns = [{"type": "Column", "width": width, "items": [_rich(runs, "none")]} for runs, width in parts if runs]
        return [{"type": "ColumnSet", "spacing": "small" if spacing == "none" else spacing, "columns": columns}]
    first, *rest = value.split("\n")
    named = _rich([*_runs(f"{name}: ", bold=True), *_runs(first)], spacing)
    return [named, *(_rich(_runs(line), "none") for line in rest if line.strip())]


def _asked(each: Field) -> list[Json]:
    """Draw a dialog's field, with what it may be picked by below it; whether either is filled in is seen to when it is
    sent."""
    if not picked.is_picked(each):
        return [_input(each)]
    written = _input(replace(each, required=False))
    if each.kind == picked.PERSONS:
        who = {"type": "Input.ChoiceSet", "id": each.id + picked.WHO, "label": "… eller vælg personer"}
        return [written, {**who, "isMultiSelect": True, "choices": [], "choices.data": EVERYBODY, "spacing": "small"}]
    parts = [
        {"type": "Input.Date", "id": each.id + picked.DATE, "label": "… eller vælg dag"},
        {"type": "Input.Time", "id": each.id + picked.TIME, "label": "… og tid"},
    ]
    columns = [{"type": "Column", "width": "stretch", "items": [each]} for each in parts]
    return [written, {"type": "ColumnSet", "spacing": "small", "columns": columns}]


def _input(each: Field) -> Json:
    drawn: Json = {"id": each.id, "label": each.label}
    if each.kind == "choice" and each.choices:
        choices = [{"title": label, "value": value} for value, label in each.choices]
        drawn |= {"type": "Input.ChoiceSet", "style": "compact", "choices": choices, "placeholder": "Vælg"}
    else:
        drawn |= {"type": "Input.Text", "isMultiline": each.kind == "long"}
    if each.value:
        drawn["value"] = each.value
    if each.required:
        drawn |= {"isRequired": True, "errorMessage": "Skal udfyldes"}
    return drawn


def _button(button: Button, number: str) -> Json:
    press = Press(number, button.do, button.args)
    drawn: Json = {"title": _label(button.label)}
    if button.confirm and not button.form:
        sure = _button(replace(button, confirm=""), number)
        asked = {"type": "AdaptiveCard", "body": _words(button.confirm), "actions": [sure]}
        # The one that does it bears the label that people are drilled on; the one before it opens the question.
        return {"type": "Action.ShowCard", "title": _label(f"{button.label} …"), "card": asked}
    if button.form:
        drawn |= {"type": "Action.Submit", "data": press.data(msteams={"type": "task/fetch"})}
    else:
        drawn |= {"type": "Action.Execute", "verb": "do", "data": press.data()}
    if button.style in STYLES:
        drawn["style"] = STYLES[button.style]
    return drawn


def _dialog(title: str, body: list[Json], send: Json) -> Json:
    card = _card([*body, {"type": "ActionSet", "actions": [send]}])
    shown = {"title": shorten(title, LONGEST_LABEL), "card": {"contentType": ADAPTIVE_CARD, "content": card}}
    return {"task": {"type": "continue", "value": {**shown, "height": "medium", "width": "medium"}}}


def _label(text: str) -> str:
    return shorten(text, LONGEST_LABEL)


def _size(drawn: Json) -> int:
    return len(json.dumps(drawn, ensure_ascii=False).encode())


def _read(element: Any) -> Iterator[str]:
    parts: Iterable[Any] = ()
    if isinstance(element, dict):
        if element.get("type") == "RichTextBlock" and isinstance(element.get("inlines"), list):
            yield "".join(run.get("text", "") for run in element["inlines"] if isinstance(run, dict))
        if element.get("type") == "ColumnSet":
            columns = element.get("columns")
            yield " ".join(words for each in (columns if isinstance(columns, list) else ()) for words in _read(each))
        else:
            parts = element.get("body") or element.get("items") or ()
    for each in parts if isinstance(parts, list) else ():
        yield from _read(each)
