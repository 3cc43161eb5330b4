"""What stands above the crisis staff's channel in Slack: its topic, the card that is pinned, and its bookmarks."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from bot.engine.platform import Furnishing, NotGranted
from bot.platforms.slack import drawing, scopes
from bot.platforms.slack.api import Refused, SlackApi

log = logging.getLogger(__name__)

Json = dict[str, Any]

# How long a channel's topic may be.
LONGEST_TOPIC = 250


class Furnisher:
    """What brings up to date what stands above a channel.

    Args:
        calls: the way to Slack.
    """

    def __init__(self, calls: SlackApi) -> None:
        self._calls = calls

    async def furnish(self, address: str, wanted: Furnishing, done: Json) -> list[NotGranted]:
        """Bring a channel's topic, the card that is pinned in it and its bookmarks up to date."""
        if done.get("topic") != _print(wanted.topic):
            await self._title(address, wanted.topic)
            done["topic"] = _print(wanted.topic)
        lacking: list[NotGranted] = []
        for part in (self._pin, self._mark):
            try:
                await part(address, wanted, done)
            except NotGranted as refused:
                lacking.append(refused)
            except Refused as refused:
                log.warning("the channel %s is not furnished: %s", address, refused)
        return lacking

    async def _title(self, address: str, title: str) -> None:
        topic = drawing.shorten(drawing.escape(title), LONGEST_TOPIC)
        try:
            await self._calls.write(self._calls.api.conversations_setTopic(channel=address, topic=topic))
        except Refused as refused:
            log.warning("the channel %s has no topic: %s", address, refused)

    async def _pin(self, address: str, wanted: Furnishing, done: Json) -> None:
        if wanted.pinned is None or done.get("pinned") == wanted.pinned["ts"]:
            return
        ts = wanted.pinned["ts"]
        try:
            await self._calls.optional(
                self._calls.api.pins_add(channel=address, timestamp=ts), scopes.PINS, scopes.LOST[scopes.PINS]
            )
        except Refused as refused:
            if refused.error != "already_pinned":
                raise
        done["pinned"] = ts

    async def _mark(self, address: str, wanted: Furnishing, done: Json) -> None:
        """Add the bookmarks that are missing, and then remove those of ours that are to be there no longer."""
        ours: dict[str, str] = dict(done.get("bookmarks") or {})
        known = {_print(*each): each for each in wanted.bookmarks}
        asked = scopes.BOOKMARKS, scopes.LOST[scopes.BOOKMARKS]
        api = self._calls.api
        for name, (title, link) in known.items():
            if name not in ours:
                call = api.bookmarks_add(channel_id=address, title=title, type="link", link=link)
                made = await self._calls.optional(call, *asked)
                ours[name] = str((made.get("bookmark") or {}).get("id") or "")
                done["bookmarks"] = dict(ours)
        for name in [name for name in ours if name not in known]:
            if ours[name]:
                try:
                    await self._calls.optional(api.bookmarks_remove(channel_id=address, bookmark_id=ours[name]), *asked)
                except Refused as refused:
                    # Somebody may have removed it by hand.
                    log.info("a bookmark in %s was not removed: %s", address, refused)
            del ours[name]
            done["bookmarks"] = dict(ours)


def _print(*words: str) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]
