"""Block Kit as Slack reads it: what it refuses, what it draws, and what a person's answers look like.

The limits are those of Slack's own reference. They stand here as a table of their own, so that a card drawn by
krisebot is not checked by the library that drew it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

# The sum of what a message's blocks hold: undocumented, but live Slack refuses a little over 13,000 characters
# (slackapi/bolt-js#2509).
TEXT_IN_ALL_BLOCKS = 13_000

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")

COMMON_KEYS = {"type", "block_id"}
BLOCK_KEYS = {
    "section": {"text", "fields", "accessory", "expand"},
    "header": {"text"},
    "divider": set[str](),
    "context": {"elements"},
    "actions": {"elements"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "markdown": {"text"},
    "rich_text": {"elements"},
    "image": {"image_url", "slack_file", "alt_text", "title"},
}
ELEMENT_KEYS = {
    "button": {"text", "url", "value", "style", "confirm", "accessibility_label"},
    "plain_text_input": {"initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"},
    "static_select": {"options", "option_groups", "initial_option", "confirm"},
    "multi_static_select": {"options", "option_groups", "initial_options", "confirm", "max_selected_items"},
    "users_select": {"initial_user", "confirm"},
    "multi_users_select": {"initial_users", "confirm", "max_selected_items"},
    "checkboxes": {"options", "initial_options", "confirm"},
    "radio_buttons": {"options", "initial_option", "confirm"},
    "overflow": {"options", "confirm"},
    "datepicker": {"initial_date", "confirm"},
    "timepicker": {"initial_time", "confirm", "timezone"},
    "datetimepicker": {"initial_date_time", "confirm"},
    "number_input": {"is_decimal_allowed", "initial_value", "min_value", "max_value", "dispatch_action_config"},
    "email_text_input": {"initial_value", "dispatch_action_config"},
    "url_text_input": {"initial_value", "dispatch_action_config"},
}
RICH_PARTS = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
RICH_PIECES = {
    "text": {"text"},
    "link": {"url", "text", "unsafe"},
    "emoji": {"name", "unicode"},
    "user": {"user_id"},
    "channel": {"channel_id"},
    "usergroup": {"usergroup_id"},
    "broadcast": {"range"},
    "date": {"timestamp", "format", "url", "fallback"},
}
ONLY_IN_INPUT = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
NEVER_IN_INPUT = {"button", "overflow"}
NO_PLACEHOLDER = {"button", "overflow", "checkboxes", "radio_buttons", "datetimepicker"}
MOST_OPTIONS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5, "static_select": 100, "multi_static_select": 100}

# element: (the key its answer comes back under, the key it is filled in under from the start)
ANSWERS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}


class Inspection:
    """One reading of blocks or a view, collecting everything that Slack would refuse."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.characters = 0

    def fault(self, where: str, what: str) -> None:
        self.faults.append(f"{what} [json-pointer:{where}]")

    def keys(self, where: str, thing: Json, allowed: set[str]) -> None:
        for key in thing.keys() - allowed:
            self.fault(where, f"invalid additional property: {key}")

    def string(self, where: str, value: Any, longest: int, shortest: int = 1) -> None:
        if not isinstance(value, str):
            self.fault(where, "must be a string")
        elif len(value) < shortest:
            self.fault(where, f"must be more than {shortest - 1} characters")
        elif len(value) > longest:
            self.fault(where, f"must be less than {longest + 1} characters")

    def text(self, where: str, value: Any, longest: int, types: Sequence[str] = PLAIN) -> None:
        if not isinstance(value, dict):
            return self.fault(where, "must be a text object")
        if value.get("type") not in types:
            return self.fault(f"{where}/type", f"must be one of {', '.join(types)}")
        self.keys(where, value, {"type", "text", "emoji" if value["type"] == "plain_text" else "verbatim"})
        self.string(f"{where}/text", value.get("text"), longest)
        self.characters += len(value.get("text") or "")

    def several(self, where: str, value: Any, most: int) -> Iterator[tuple[str, Json]]:
        if not isinstance(value, list) or not value:
            return self.fault(where, "must have at least 1 item")
        if len(value) > most:
            self.fault(where, f"no more than {most} items allowed")
        for number, each in enumerate(value):
            if isinstance(each, dict):
                yield f"{where}/{number}", each
            else:
                self.fault(f"{where}/{number}", "must be an object")

    def blocks(self, where: str, blocks: Any, surface: str) -> None:
        most = 50 if surface == "message" else 100
        taken: set[str] = set()
        for at, block in self.several(where, blocks, most):
            kind = block.get("type")
            if kind not in BLOCK_KEYS:
                self.fault(f"{at}/type", f"unsupported type: {kind}")
                continue
            self.keys(at, block, BLOCK_KEYS[kind] | COMMON_KEYS)
            if "block_id" in block:
                self.string(f"{at}/block_id", block["block_id"], 255)
                if block["block_id"] in taken:
                    self.fault(f"{at}/block_id", "must be unique")
                taken.add(block["block_id"])
            getattr(self, f"block_{kind}")(at, block)

    def block_section(self, at: str, block: Json) -> None:
        if "text" not in block and "fields" not in block:
            self.fault(at, "missing required field: text or fields")
        if "text" in block:
            self.text(f"{at}/text", block["text"], 3000, ANY_TEXT)
        if "fields" in block:
            for where, each in self.several(f"{at}/fields", block["fields"], 10):
                self.text(where, each, 2000, ANY_TEXT)
        if "accessory" in block:
            self.element(f"{at}/accessory", block["accessory"], NEVER_IN_INPUT | ELEMENT_KEYS.keys() - ONLY_IN_INPUT)

    def block_header(self, at: str, block: Json) -> None:
        self.text(f"{at}/text", block.get("text"), 150)

    def block_divider(self, at: str, block: Json) -> None:
        pass

    def block_context(self, at: str, block: Json) -> None:
        for where, each in self.several(f"{at}/elements", block.get("elements"), 10):
            if each.get("type") != "image":
                self.text(where, each, 3000, ANY_TEXT)

    def block_actions(self, at: str, block: Json) -> None:
        taken: set[str] = set()
        for where, each in self.several(f"{at}/elements", block.get("elements"), 25):
            self.element(where, each, ELEMENT_KEYS.keys() - ONLY_IN_INPUT)
            name = each.get("action_id")
            if name is not None and name in taken:
                self.fault(f"{where}/action_id", "must be unique within its block")
            taken.add(name or "")

    def block_input(self, at: str, block: Json) -> None:
        self.text(f"{at}/label", block.get("label"), 2000)
        if "hint" in block:
            self.text(f"{at}/hint", block["hint"], 2000)
        self.element(f"{at}/element", block.get("element"), ELEMENT_KEYS.keys() - NEVER_IN_INPUT)

    def block_markdown(self, at: str, block: Json) -> None:
        self.string(f"{at}/text", block.get("text"), 12_000)
        self.characters += len(block.get("text") or "")

    def block_rich_text(self, at: str, block: Json) -> None:
        for where, each in self.several(f"{at}/elements", block.get("elements"), 100):
            if each.get("type") not in RICH_PARTS:
                self.fault(f"{where}/type", f"unsupported type: {each.get('type')}")
            elif each["type"] == "rich_text_list":
                for inner, item in self.several(f"{where}/elements", each.get("elements"), 100):
                    self.rich_pieces(inner, item)
            else:
                self.rich_pieces(where, each)

    def rich_pieces(self, at: str, section: Json) -> None:
        for where, piece in self.several(f"{at}/elements", section.get("elements"), 1000):
            kind = piece.get("type")
            if kind not in RICH_PIECES:
                self.fault(f"{where}/type", f"unsupported type: {kind}")
                continue
            self.keys(where, piece, RICH_PIECES[kind] | {"type", "style"})
            if kind == "text" or "text" in piece:
                self.string(f"{where}/text", piece.get("text"), TEXT_IN_ALL_BLOCKS)
            self.characters += len(piece.get("text") or "")
            if kind == "link":
                self.string(f"{where}/url", piece.get("url"), 3000)
                if not re.match(r"(?:https?://|mailto:|tel:).", str(piece.get("url"))):
                    self.fault(f"{where}/url", "must be a valid URL")
            for name in (piece.get("style") or {}).keys() - {"bold", "italic", "strike", "code"}:
                self.fault(f"{where}/style", f"invalid additional property: {name}")

    def block_image(self, at: str, block: Json) -> None:
        self.string(f"{at}/alt_text", block.get("alt_text"), 2000)

    def element(self, at: str, element: Any, allowed: set[str]) -> None:
        kind = element.get("type") if isinstance(element, dict) else None
        if kind not in allowed:
            return self.fault(f"{at}/type", f"unsupported type: {kind}")
        self.keys(at, element, ELEMENT_KEYS[kind] | {"type", "action_id", "placeholder", "focus_on_load"})
        if "action_id" in element:
            self.string(f"{at}/action_id", element["action_id"], 255)
        if "placeholder" in element:
            self.text(f"{at}/placeholder", element["placeholder"], 150)
        if "confirm" in element:
            for part, longest in (("title", 100), ("confirm", 30), ("deny", 30)):
                self.text(f"{at}/confirm/{part}", element["confirm"].get(part), longest)
            self.text(f"{at}/confirm/text", element["confirm"].get("text"), 300, ANY_TEXT)
            self.keys(f"{at}/confirm", element["confirm"], {"title", "text", "confirm", "deny", "style"})
            if element["confirm"].get("style", "primary") not in ("primary", "danger"):
                self.fault(f"{at}/confirm/style", "must be one of primary, danger")
        if kind == "button":
            self.button(at, element)
        if kind in MOST_OPTIONS and "option_groups" not in element:
            self.options(at, element, MOST_OPTIONS[kind])
        if kind in NO_PLACEHOLDER and "placeholder" in element:
            self.fault(f"{at}/placeholder", "invalid additional property: placeholder")
        if kind == "datetimepicker" and not 0 < element.get("initial_date_time", 1_700_000_000) < 10_000_000_000:
            self.fault(f"{at}/initial_date_time", "must be seconds since 1970, in ten digits")
        if kind == "plain_text_input":
            longest = element.get("max_length", 3000)
            if not 0 < longest <= 3000:
                self.fault(f"{at}/max_length", "must be between 1 and 3000")
            if "initial_value" in element:
                self.string(f"{at}/initial_value", element["initial_value"], longest, shortest=0)

    def button(self, at: str, element: Json) -> None:
        self.text(f"{at}/text", element.get("text"), 75)
        if "value" in element:
            self.string(f"{at}/value", element["value"], 2000)
        if "url" in element:
            self.string(f"{at}/url", element["url"], 3000)
        if "accessibility_label" in element:
            self.string(f"{at}/accessibility_label", element["accessibility_label"], 75)
        if element.get("style", "primary") not in ("primary", "danger"):
            self.fault(f"{at}/style", "must be one of primary, danger")

    def options(self, at: str, element: Json, most: int) -> None:
        types = ANY_TEXT if element["type"] in ("checkboxes", "radio_buttons") else PLAIN
        for where, option in self.several(f"{at}/options", element.get("options"), most):
            self.keys(where, option, {"text", "value", "description", "url"})
            self.text(f"{where}/text", option.get("text"), 75, types)
            self.string(f"{where}/value", option.get("value"), 150)
            if "description" in option:
                self.text(f"{where}/description", option["description"], 75, types)
        first = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
        for each in first:
            if bare(each) not in [bare(option) for option in element.get("options", [])]:
                self.fault(f"{at}/initial_option", "must be one of the options")

    def view(self, view: Any, surface: str) -> None:
        if not isinstance(view, dict):
            return self.fault("/view", "must be an object")
        if view.get("type") != surface:
            return self.fault("/view/type", f"must be {surface}")
        common = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
        modal = {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"}
        self.keys("/view", view, common | modal if surface == "modal" else common)
        for key, longest in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
            if key in view:
                self.string(f"/view/{key}", view[key], longest, shortest=0)
        if surface == "modal":
            self.text("/view/title", view.get("title"), 24)
            for key in ("submit", "close"):
                if key in view:
                    self.text(f"/view/{key}", view[key], 24)
        self.blocks("/view/blocks", view.get("blocks"), surface)
        asks = any(isinstance(each, dict) and each.get("type") == "input" for each in view.get("blocks") or [])
        if surface == "modal" and asks and "submit" not in view:
            self.fault("/view/submit", "missing required field: submit, since the view has input blocks")


def bare(option: Json) -> tuple[str, str]:
    """An option without what Slack adds to it."""
    return option.get("text", {}).get("text", ""), option.get("value", "")


def named(blocks: Sequence[Json]) -> tuple[Json, ...]:
    """The blocks as Slack keeps them: what came without a block_id or an action_id is given one."""

    def element(it: Json) -> Json:
        return it if it.get("type") not in ELEMENT_KEYS else {"action_id": secrets.token_hex(3), **it}

    def block(it: Json) -> Json:
        kept = {"block_id": secrets.token_hex(3), **it}
        for key in ("element", "accessory"):
            if key in kept:
                kept[key] = element(kept[key])
        if kept["type"] == "actions":
            kept["elements"] = [element(each) for each in kept["elements"]]
        return kept

    return tuple(block(each) for each in blocks)


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Everything that can be pressed or filled in, as (block, element)."""
    for block in blocks:
        held = (
            block.get("elements", []) if block["type"] == "actions" else [block.get("element"), block.get("accessory")]
        )
        yield from ((block, each) for each in held if each and each.get("type") in ELEMENT_KEYS)


def buttons(blocks: Sequence[Json]) -> list[tuple[Json, Json]]:
    """The buttons and what stands in the menus, as (block, element), in the order they are drawn: a choice is the menu
    with what is chosen."""
    found = []
    for block, each in elements(blocks):
        if each["type"] == "button":
            found.append((block, each))
        if each["type"] == "overflow":
            found += [
                (
                    block,
                    {name: each[name] for name in ("type", "action_id")}
                    | {"selected_option": option}
                    | {"text": option["text"]},
                )
                for option in each["options"]
            ]
    return found


def drawn(text: str, markup: bool = True) -> str:
    """Text as a person reads it: Slack's escapes undone, and the stars of bold gone."""
    if markup:
        text = re.sub(r"(?<!\w)\*(\S(?:[^*\n]*\S)?)\*(?!\w)", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shown(blocks: Sequence[Json]) -> str:
    """Everything a person can read in the blocks, a line each; buttons are left out."""
    lines: list[str] = []

    def read(text: Json | str | None) -> None:
        if isinstance(text, str):
            lines.append(text)
        elif text and "text" in text:
            lines.append(drawn(text["text"], markup=text.get("type") == "mrkdwn"))

    for block in blocks:
        read(block.get("text"))
        for each in block.get("fields", []):
            # A name stands above its value.
            read({**each, "text": each["text"].replace("\n", " ", 1)})
        if block["type"] == "context":
            for each in block["elements"]:
                read(each)
        if block["type"] == "rich_text":
            lines.extend(_rich(each) for each in block["elements"])
        if block["type"] == "input":
            read(block["label"])
            read(block.get("hint"))
            read(block["element"].get("initial_value"))
    return "\n".join(lines)


def _rich(element: Json) -> str:
    """What a rich text element reads as: its pieces, one after the other, whatever they are nested in."""
    return str(element.get("text", "")) + "".join(_rich(each) for each in element.get("elements", []))


def answers(blocks: Sequence[Json], values: Mapping[str, Any] | None = None, demand: bool = False) -> Json:
    """`state.values` as Slack sends it, when a person has filled in `values`.

    Args:
        values: by field: the block_id or the action_id. A choice by its value or by what it is called; several as a
            list or with commas between.
        demand: that what isn't optional is filled in, as Slack's own dialog does before it submits.
    """
    left = dict(values or {})
    state: Json = {}
    for block, element in elements(blocks):
        kind = element["type"]
        if kind not in ANSWERS:
            continue
        key, initial = ANSWERS[kind]
        given = element.get(initial)
        for name in (block["block_id"], element["action_id"]):
            if name in left:
                given = FILL.get(key, fill_text)(element, left.pop(name))
        assert not (demand and block["type"] == "input" and not block.get("optional") and not given), (
            f"Slack would not submit: {block['label']['text']!r} ({block['block_id']}) is not filled in"
        )
        empty: Any = [] if key in ("selected_options", "selected_users") else None
        state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": kind, key: given or empty}
    assert not left, f"there is no such field: {', '.join(left)}; there is {', '.join(state) or 'none'}"
    return state


def fill_text(element: Json, value: Any) -> Any:
    longest, shortest = element.get("max_length", 3000), element.get("min_length", 0)
    assert len(value) <= longest, f"Slack would not take more than {longest} characters"
    assert not value or len(value) >= shortest, f"Slack would not take fewer than {shortest} characters"
    return value


def fill_choice(element: Json, value: Any) -> Any:
    if value == "":
        return None
    groups = [{"options": element.get("options", [])}, *element.get("option_groups", [])]
    options: list[Json] = [each for group in groups for each in group["options"]]
    for option in options:
        if value in (option["value"], option["text"]["text"]):
            return option
    raise AssertionError(f"there is no choice {value!r}; there is {[each['text']['text'] for each in options]}")


def several_of(value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value
    return [each.strip() for each in parts if each.strip()]


FILL: dict[str, Callable[[Json, Any], Any]] = {
    "selected_option": fill_choice,
    "selected_options": lambda element, value: [fill_choice(element, each) for each in several_of(value)],
    "selected_users": lambda element, value: several_of(value),
}
