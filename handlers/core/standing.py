"""What stands on cards that have been sent: changed where it stands, with its buttons taken off when they do nothing any
longer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, select

from handlers.core import registry
from handlers.core.card import LAPSES, Card
from handlers.core.context import Context
from storage.rows.traffic import Message

# What was said that short a while ago still stands before whoever asks for it again.
IN_SIGHT = timedelta(minutes=1)


class Standing(Context):
    """The half of a turn that changes what stands already; see `handlers.core.turn.Turn`."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._said: list[Message] = []  # what was said in this turn, for the first time
        self._redrawn: list[Message] = []  # what stood already, and is drawn anew

    def _as_it_is_over(self, card: Card) -> Card:
        """Leave out what would begin something in a crisis that is over: whoever pressed it would only be told so."""
        crisis = self._crisis
        if crisis is None or crisis.state != "closed":
            return card
        theirs = [each for each in card.buttons if each.args.get("crisis", crisis.id) == crisis.id]
        begins = {each.do for each in theirs if each.do in registry.actions and registry.actions[each.do].begins}
        left = tuple(each for each in card.buttons if each not in theirs or each.do not in begins)
        return card if len(left) == len(card.buttons) else replace(card, buttons=left)

    def _redraw(self, message: Message, card: dict[str, Any]) -> None:
        message.card, message.lapses_at = card, lapses_at(card)
        message.version += 1
        message.edited_at, message.trace = self.now, self.trace
        self._redrawn.append(message)

    async def put_aside(self, key: str, here: str) -> str:
        """Put what stands under a key aside, where it stands further up than whoever asks for it looks: as it was, without
        buttons, saying that it is shown again below.

        Args:
            key: what is shown again is said under.
            here: where it is asked for.

        Returns:
            the key to say it under: a longer one where it stands with somebody else, whose it stays.
        """
        standing = await self.db.scalar(select(Message).where(Message.key == key))
        if standing is not None and standing.recipient != here:
            return await self.put_aside(f"{key}/{here}", here)
        if standing is None or self.now - standing.created_at < IN_SIGHT:
            return key
        standing.key = f"shown again/{standing.id}"
        text = f"{standing.card['text']}\n↓ Vist igen {self.clock(self.now)}, længere nede."
        self._redraw(standing, {**standing.card, "text": text, "buttons": []})
        await self.db.flush()
        return key

    async def settle(self, standing: Message, before: Mapping[str, Any]) -> None:
        """Take the buttons of a question that has been answered off the other cards that ask the same: the reminder
        beside the first, the menu, and for what one decides for all, everybody's."""
        left = {_meaning(each) for each in standing.card["buttons"]}
        gone = {_meaning(each): registry.actions.get(each["do"]) for each in before["buttons"]}
        answered = {meant: found for meant, found in gone.items() if meant not in left and found is not None}
        # A draft that is only revised still asks, by the same action.
        asks = {each["do"] for each in standing.card["buttons"]}
        decided = {meant for meant, found in answered.items() if found.decides and found.name not in asks}
        awaited = {meant for meant, found in answered.items() if found.awaited}
        if standing.crisis_id is None or not (decided or awaited):
            return
        mine = (Message.recipient == standing.recipient) & (
            Message.crisis_id.is_(None) | (Message.crisis_id == standing.crisis_id)
        )
        of_all = Message.crisis_id == standing.crisis_id
        for message in await self.db.scalars(
            select(Message).where(of_all if decided else mine).where(Message.id != standing.id)
        ):
            if any(message is each for each in self._said):
                continue  # It asks anew.
            there = {_meaning(each) for each in message.card["buttons"]}
            theirs = message.recipient == standing.recipient
            if there & decided or (theirs and there & awaited):
                off = {*gone} if theirs else decided
                self._take_off(message, {meant for meant in off if meant not in left or theirs})

    async def take_away(self, do: str, why: str = "") -> None:
        """Take the buttons of an action off every card of the crisis that has one: it does nothing any longer.

        Args:
            do: the action's registered name.
            why: Danish, the line that such a card has instead, where it asks for what the button did.
        """
        of_crisis = select(Message).where(Message.crisis_id == self.the_crisis.id)
        for message in await self.db.scalars(of_crisis.where(cast(Message.card, Text).contains(f'"{do}"'))):
            if off := {_meaning(each) for each in message.card["buttons"] if each["do"] == do}:
                self._take_off(message, off)
                if why:
                    self.add_line(message, why)

    def _take_off(self, message: Message, off: set[str]) -> None:
        card = message.card
        kept = [each for each in card["buttons"] if _meaning(each) not in off]
        if len(kept) < len(card["buttons"]):
            self._redraw(message, {**card, "buttons": kept})

    def take_off(self, message: Message, do: str, **about: Any) -> None:
        """Take an action's buttons off a card, wherever it stands.

        Args:
            do: the action's registered name.
            about: which of its arguments they have, where it is not all of its buttons.
        """
        its = [each for each in message.card["buttons"] if each["do"] == do and about.items() <= each["args"].items()]
        self._take_off(message, {_meaning(each) for each in its})

    def add_line(self, message: Message, line: str) -> None:
        """Write a line under what a card says, wherever it stands; once.

        Args:
            line: Danish, as on a card.
        """
        if line in message.card["text"]:
            return
        card = {**message.card, "text": f"{message.card['text']}\n{line}"}
        if any(message is each for each in self._said):
            message.card = card  # Nobody has seen it without.
        else:
            self._redraw(message, card)

    def lapse(self, message: Message) -> None:
        """Take the buttons off a card whose time has come."""
        lapsed = [each for each in message.card["buttons"] if _is_over(each, self.now)]
        self._take_off(message, {_meaning(each) for each in lapsed})
        message.lapses_at = lapses_at(message.card)

    async def rename(self, old: str, new: str) -> None:
        """Write the crisis' new title where a card says the old one after its number, or as what is going on, wherever it
        has been sent: in its text, on its buttons and in its forms. People's own words stand as they were written."""
        number = self.the_crisis.number
        # What stands before the title on our own cards, where it is told what the crisis is.
        named = re.compile(
            rf"(\b[Nn]r\. {number}(?!\d)\W{{1,5}}|på grund af: |\bKrisen »|Krisestaben er [^:\n]{{1,50}}: »){re.escape(old)}"
        )

        def renamed(part: Any, name: str = "") -> Any:
            if isinstance(part, str):
                return new if (name, part) == ("value", old) else named.sub(lambda found: found[1] + new, part)
            if isinstance(part, list):
                return [renamed(each) for each in part]
            if isinstance(part, dict):
                return {key: each if key in ("do", "args") else renamed(each, key) for key, each in part.items()}
            return part

        for message in await self.db.scalars(select(Message).where(Message.crisis_id == self.the_crisis.id)):
            card = renamed(message.card)
            if card != message.card:
                self._redraw(message, card)


def _meaning(button: Mapping[str, Any]) -> str:
    """Name what a button does, as it lies in a row: two with the same name do the same in the same crisis."""
    args = {name: value for name, value in button["args"].items() if name != "crisis"}
    return f"{button['do']} {json.dumps(args, sort_keys=True)}"


def lapses_at(card: Mapping[str, Any]) -> datetime | None:
    """Return when the first of a card's buttons leaves it by itself, UTC."""
    ends = (each["args"][LAPSES] for each in card["buttons"] if LAPSES in each["args"])
    return min(map(datetime.fromisoformat, ends), default=None)


def _is_over(button: Mapping[str, Any], now: datetime) -> bool:
    return LAPSES in button["args"] and datetime.fromisoformat(button["args"][LAPSES]) <= now
