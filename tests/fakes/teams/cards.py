"""Adaptive Cards as Teams reads them: what is shown, what can be pressed and filled in, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"
LARGEST = 28 * 1024
"""Bytes that a message's attachments may take."""

ELEMENTS = {"TextBlock", "RichTextBlock", "Image", "ImageSet", "Media", "Container", "ColumnSet", "Column"}
ELEMENTS |= {"FactSet", "ActionSet", "Table", "TableRow", "TableCell"}
INPUTS = {"Input.Text", "Input.Number", "Input.Date", "Input.Time", "Input.Toggle", "Input.ChoiceSet"}
ACTIONS = {"Action.Execute", "Action.Submit", "Action.OpenUrl", "Action.ShowCard", "Action.ToggleVisibility"}
# What the picker of persons in Teams' own clients looks in.
PEOPLE_PICKER = ("Data.Query", "graph.microsoft.com/users")
PARTS = ("body", "items", "columns", "rows", "cells", "actions", "card")
"""Where an element may hold others."""


class BadCard(Exception):
    """A card that Teams would refuse, or show as an error."""


def card_in(attachments: Sequence[Json]) -> Json | None:
    """The Adaptive Card among a message's attachments."""
    return next((each["content"] for each in attachments if each.get("contentType") == ADAPTIVE_CARD), None)


def walk(element: Json) -> Iterator[Json]:
    """The element and all that it holds, in the order it is drawn."""
    yield element
    for part in PARTS:
        held = element.get(part, [])
        for each in held if isinstance(held, list) else [held]:
            if isinstance(each, dict):
                yield from walk(each)


def links(card: Json) -> dict[str, str]:
    """What can be tapped in its texts: the words, and where they lead."""
    runs = [run for each in walk(card) for run in each.get("inlines", []) if isinstance(run, dict)]
    return {run["text"]: run["selectAction"]["url"] for run in runs if "selectAction" in run}


def actions(card: Json) -> list[Json]:
    """Its buttons, those in sets and in hidden cards too."""
    return [each for each in walk(card) if each.get("type") in ACTIONS]


def inputs(card: Json) -> list[Json]:
    """What can be filled in."""
    return [each for each in walk(card) if each.get("type") in INPUTS]


def shown(card: Json) -> str:
    """What a person reads on it, buttons left out."""
    lines: list[str] = []
    beside: set[int] = set()
    for each in walk(card):
        match each.get("type"):
            case "TextBlock":
                lines.append(each["text"])
            case "ColumnSet":
                # Side by side, they are read as one line.
                parts = [shown(column) for column in each["columns"]]
                lines.append(" ".join(part for part in parts if part))
                beside |= {id(inner) for inner in walk(each)}
            case "RichTextBlock" if id(each) in beside:
                pass
            case "RichTextBlock":
                lines.append("".join(run if isinstance(run, str) else run["text"] for run in each["inlines"]))
            case "FactSet":
                lines += [f"{fact['title']} {fact['value']}" for fact in each["facts"]]
            case kind if kind in INPUTS:
                lines += [str(each[name]) for name in ("label", "value") if each.get(name)]
    return "\n".join(lines)


def answers(card: Json, values: Mapping[str, str] | None, demand: bool = True) -> dict[str, str]:
    """What is sent along when a button is pressed: what was filled in, over what stood there.

    Args:
        values: by the input's id.
        demand: what must be filled in has to be, as Teams' own client sees to.
    """
    fields = {each["id"]: each for each in inputs(card)}
    unknown = set(values or {}) - set(fields)
    assert not unknown, f"the card has no fields {sorted(unknown)}, only {sorted(fields)}"
    sent = {}
    for name, each in fields.items():
        value = (values or {}).get(name, str(each.get("value", "")))
        assert not demand or value or not each.get("isRequired"), f"{name} must be filled in"
        if (
            value
            and each["type"] == "Input.ChoiceSet"
            and each.get("style") != "filtered"
            and "choices.data" not in each
        ):
            allowed = {choice["value"] for choice in each["choices"]}
            assert set(value.split(",")) <= allowed, f"{value!r} is no choice in {name}: {sorted(allowed)}"
        if value or each["type"] == "Input.Text":
            sent[name] = value
    return sent


def inspect(attachments: Any) -> None:
    """Refuses what Teams would refuse.

    Raises:
        BadCard: it says why.
    """
    for each in attachments or []:
        if each.get("contentType") == ADAPTIVE_CARD:
            inspect_card(each.get("content"))


def size(attachments: Any) -> int:
    """Bytes that the attachments take on the wire."""
    return len(json.dumps(attachments or [], ensure_ascii=False, separators=(",", ":")).encode())


def inspect_card(card: Any) -> None:
    """As `inspect`, for one card."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        raise BadCard("the content is not an AdaptiveCard")
    version = _version(card)
    seen: set[str] = set()
    for each in walk(card):
        kind = each.get("type", "Column" if "items" in each else "TableRow" if "cells" in each else None)
        if kind not in ELEMENTS | INPUTS | ACTIONS | {"AdaptiveCard"}:
            raise BadCard(f"unknown element {kind!r}")
        if kind in INPUTS and not each.get("id"):
            raise BadCard(f"{kind} without an id")
        if each.get("id") in seen:
            raise BadCard(f"the id {each['id']!r} stands twice")
        seen |= {each["id"]} if each.get("id") else set()
        if kind == "TextBlock" and not isinstance(each.get("text"), str):
            raise BadCard("TextBlock without text")
        for run in each.get("inlines", []):
            _inspect_run(run)
        looked_up = each.get("choices.data") or {}
        if looked_up and (looked_up.get("type"), looked_up.get("dataset")) != PEOPLE_PICKER:
            raise BadCard(f"{each['id']} picks from what Teams does not know: {looked_up!r}")
        if kind == "Input.ChoiceSet" and not each.get("choices") and not looked_up:
            raise BadCard("Input.ChoiceSet without choices")
        if each.get("isRequired") and not each.get("errorMessage"):
            raise BadCard(f"{each.get('id')} is required, but has no errorMessage to say so")
        if kind in ACTIONS and not each.get("title"):
            raise BadCard(f"{kind} without a title")
        if kind == "Action.Execute" and (version < (1, 4) or not each.get("verb")):
            raise BadCard("Action.Execute needs version 1.4 and a verb")
        if kind in ("Action.Execute", "Action.Submit") and not isinstance(each.get("data", {}), dict | str):
            raise BadCard(f"{kind} with data that is neither object nor text")
        if each.get("style", "default") not in ("default", "positive", "destructive") and kind in ACTIONS:
            raise BadCard(f"{kind} knows no style {each['style']!r}")


def _inspect_run(run: Any) -> None:
    if isinstance(run, str):
        return
    if run.get("type") != "TextRun" or not isinstance(run.get("text"), str):
        raise BadCard(f"an inline is a TextRun with a text, and not {run!r}")
    tapped = run.get("selectAction")
    if tapped is not None and (
        tapped.get("type") not in ("Action.OpenUrl", "Action.Execute", "Action.Submit")
        or (
            tapped["type"] == "Action.OpenUrl" and not re.match(r"(?:https?://|mailto:|tel:)\S", str(tapped.get("url")))
        )
    ):
        raise BadCard(f"a text can't be tapped for {tapped!r}")


def _version(card: Json) -> tuple[int, int]:
    try:
        major, minor = str(card["version"]).split(".")
        version = int(major), int(minor)
    except (KeyError, ValueError):
        raise BadCard("the card needs a version") from None
    if version > (1, 5):
        raise BadCard("Teams draws cards up to version 1.5")
    return version
