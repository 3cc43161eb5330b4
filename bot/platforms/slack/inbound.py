"""Inputs from Slack: written to disk first, acknowledged after."""

from __future__ import annotations

import asyncio
import logging
import re

from slack_bolt.async_app import AsyncAck, AsyncApp
from sqlalchemy import select

from bot.engine import standing
from bot.engine.engine import Engine
from bot.engine.intake import unreachable
from bot.engine.stalls import TookTooLong
from bot.platforms.slack import drawing, files
from bot.platforms.slack.acceptance import Listener, at, text_id
from bot.platforms.slack.api import SlackApi
from bot.platforms.slack.door import Json
from bot.platforms.slack.people import NAME, SlackDirectory
from bot.platforms.slack.spot import Spot
from bot.platforms.slack.text import tables, with_emoji, without_mention, words_of
from storage.rows.traffic import StaffChannel

log = logging.getLogger(__name__)

# What Slack calls a message by.
TIME = re.compile(r"\d{1,12}\.\d{1,9}")
# Seconds that a channel is taken for no staff's, where somebody has just written a command in it.
LATELY = 60.0
# Whom an answer names to ring, at most.
RUNG = 3
# What closes a channel to us, and how that is told.
CLOSED = {
    "channel_archive": "kanalen i Slack er arkiveret",
    "group_archive": "kanalen i Slack er arkiveret",
    "channel_deleted": "kanalen i Slack er slettet",
    "group_deleted": "kanalen i Slack er slettet",
    "channel_left": "Krisebot er taget ud af kanalen i Slack",
    "group_left": "Krisebot er taget ud af kanalen i Slack",
}
# What opens it again, and what calls it something else.
REOPENED = ("channel_unarchive", "group_unarchive")
RENAMED = ("channel_rename", "group_rename")
# A person's own words, also with a file or repeated in the channel from a thread.
SPOKEN = {None, "file_share", "me_message", "thread_broadcast"}


class SlackInbound(Listener):
    """The handler of what is said in Slack."""

    def __init__(self, engine: Engine, calls: SlackApi, people: SlackDirectory) -> None:
        super().__init__(engine, calls, people)
        self._staffs: set[str] = set()
        # Until when a channel is taken for no staff's by those who write commands in it.
        self._others: dict[str, float] = {}

    def listen(self, app: AsyncApp) -> None:
        """Tell Slack's app what this answers to: all that nobody else does is acknowledged and let be."""
        app.command("/krise")(self._commanded)
        app.event("message")(self._message)
        app.message_shortcut(drawing.GUIDE)(self._wants_guide)
        app.event("app_mention")(self._message)
        app.event("reaction_added")(self._reacted)
        app.event("app_home_opened")(self._opened_home)
        app.event("member_joined_channel")(self._joined)
        app.event("member_left_channel")(self._left)
        app.event("channel_id_changed")(self._moved)
        for called in RENAMED:
            app.event(called)(self._renamed)
        for back in REOPENED:
            app.event(back)(self._reopened)
        for gone in CLOSED:
            app.event(gone)(self._closed)
        app.event(re.compile(""))(self._nothing)

    async def _nothing(self, ack: AsyncAck) -> None:
        await ack()

    async def _commanded(self, ack: AsyncAck, body: Json) -> None:
        try:
            user, channel = str(body["user_id"]), str(body["channel_id"])
            here = await self._answered_here(user, channel)
            await self._acceptance.accept(
                f"trigger:{body['trigger_id']}",
                "command",
                user,
                channel,
                written={"text": str(body.get("text") or "")},
                in_place="" if here else await self._hidden(user, channel, str(body.get("response_url") or "")),
                pointed=not here,
            )
        except TookTooLong:
            raise
        except Exception as error:
            # Slack sends a command once. So whoever wrote it is told here that nobody has it.
            log.error("a command from Slack was not kept: %s", type(error).__name__)
            if not unreachable(error):
                self._engine.intake.not_understood(NAME, error)
            await ack(f"⚠️ *Ikke gemt.* {self._whom_to_ring()} Ingen har fået det, du skrev.")
            return
        if self._calls.trouble:
            await ack(
                f"⚠️ Det er gemt, men {self._calls.trouble}, så svaret kommer måske ikke frem her. Haster det: {self._whom_to_ring()}"
            )
        elif here:
            await ack()
        else:
            await ack("Modtaget. Svaret står i din direkte besked med Krisebot, under Apps.")

    async def _wants_guide(self, ack: AsyncAck, body: Json) -> None:
        """Take `Vejledning` on a message for `/krise vejledning` written as an answer to it."""
        user, channel = text_id(body["user"]["id"]), text_id(body["channel"]["id"])
        about = await self._ours({"user": user}, channel, text_id(body["message"]["ts"]))
        await self._acceptance.accept(
            f"trigger:{body['trigger_id']}",
            "command",
            user,
            channel,
            text="vejledning",
            answers_to=about,
            in_place=await self._hidden(user, channel, str(body.get("response_url") or "")),
        )
        await ack()

    def _whom_to_ring(self) -> str:
        """Name those who take a warning, with their numbers: in the one answer that needs nothing but this request."""
        plan = self._engine.plan()
        roles = [
            person
            for role in ("beredskabschef", "borgmester")
            for person in (*plan.holders(role), *plan.deputies(role))
        ]
        numbers = [
            f"{known.name}, {known.number}"
            for known in map(plan.persons.get, dict.fromkeys(roles))
            if known and known.number
        ]
        return f"Ring {' eller '.join(numbers[:RUNG])}." if numbers else "Ring til beredskabschefen eller 112."

    async def _message(self, event: Json, body: Json) -> None:
        subtype = event.get("subtype")
        if subtype in SPOKEN:
            await self._spoken(event, body)
        elif subtype == "message_changed":
            await self._changed(event, event.get("message") or {}, body)
        elif subtype == "message_deleted":
            await self._gone(event, event.get("previous_message") or {}, body)

    async def _spoken(self, event: Json, body: Json) -> None:
        if self._by_a_bot(event, body):
            return
        channel, ts = text_id(event["channel"]), text_id(event["ts"])
        to_us = without_mention(event.get("text") or "", self._bot(body))
        words = event.get("text") or "" if to_us is None else to_us
        words = "\n".join(filter(None, [with_emoji(words, event.get("blocks")), tables(event)]))
        sent_on = _sent_on(event) if channel.startswith("D") else None
        if sent_on is not None:
            await self._sent_on(f"message:{channel}:{ts}", event, sent_on, words, body)
            return
        # A mention is told twice, as a mention and as a message: both have this key, and mean the same.
        await self._acceptance.accept(
            f"message:{channel}:{ts}",
            "text" if to_us is None else "command",
            event["user"],
            channel,
            written={"text": words},
            message=f"{channel}:{ts}",
            enclosed=files.enclosed(event.get("files")),
            answers_to=await self._answered(event, channel, ts),
            in_place="" if to_us is None or channel.startswith("D") else _spot_of(event, channel, ts).lane,
        )

    async def _answered(self, event: Json, channel: str, ts: str) -> str:
        """Return our number for the message whose thread this was written in, where it is one of ours."""
        root = event.get("thread_ts")
        return await self._ours(event, channel, root) if isinstance(root, str) and root != ts else ""

    async def _ours(self, event: Json, channel: str, ts: str) -> str:
        """Return our number for a message that stands where somebody did something, where it is one of ours."""
        lane = channel if channel.startswith(("C", "G")) else text_id(event["user"])
        return await standing.answered(self._engine.database, f"{NAME}/{lane}", "ts", ts)

    async def _sent_on(self, key: str, event: Json, original: Json, comment: str, body: Json) -> None:
        """Take in somebody else's message that was shared with us alone, with its own author and time."""
        author = str(original.get("author_id") or "")
        await self._acceptance.accept(
            key,
            "forward",
            event["user"],
            event["channel"],
            written={"text": words_of(original), "comment": comment},
            message=f"{original.get('channel_id') or event['channel']}:{original['ts']}",
            author="krisebot" if author == self._bot(body) else self._people.person(author) if author else "",
            said_at=at(original["ts"]),
            enclosed=files.enclosed([*(original.get("files") or []), *(event.get("files") or [])]),
        )

    async def _changed(self, event: Json, now: Json, body: Json) -> None:
        before = event.get("previous_message") or {}
        if now.get("subtype") == "tombstone":
            await self._gone(event, before or now, body)
        # A link's preview, or an answer in the thread, changes a message without changing what it says.
        elif not self._by_a_bot(now, body) and now.get("text") != before.get("text"):
            text = with_emoji(now.get("text") or "", now.get("blocks"))
            await self._about("edited", event, {**now, "user": _editor(now)}, body, text)
            await self._named(event["channel"], now, before, body)

    async def _named(self, channel: str, now: Json, before: Json, body: Json) -> None:
        """Take our name, written into a message afterwards, for what it would have been from the start."""
        words = without_mention(with_emoji(now.get("text") or "", now.get("blocks")), self._bot(body))
        was_to_us = without_mention(before.get("text") or "", self._bot(body)) is not None
        if channel.startswith("D") or words is None or was_to_us or _editor(now) != now["user"]:
            return
        ts = text_id(now["ts"])
        await self._acceptance.accept(
            f"message:{channel}:{ts}:named",
            "command",
            now["user"],
            channel,
            written={"text": words},
            message=f"{channel}:{ts}",
            answers_to=await self._answered(now, channel, ts),
            in_place=_spot_of(now, channel, ts).lane,
        )

    async def _gone(self, event: Json, before: Json, body: Json) -> None:
        if not self._by_a_bot(before, body):
            await self._about("deleted", event, before, body)

    async def _about(self, kind: str, event: Json, message: Json, body: Json, text: str = "") -> None:
        channel = event["channel"]
        ts = message.get("ts") or event["deleted_ts"]
        await self._acceptance.accept(
            f"event:{body['event_id']}",
            kind,
            message["user"],
            channel,
            written={"text": text},
            message=f"{channel}:{ts}",
        )

    async def _reacted(self, event: Json, body: Json) -> None:
        item = event["item"]
        if item.get("type") == "message" and event["user"] != self._bot(body):
            await self._acceptance.accept(
                f"event:{body['event_id']}",
                "reaction",
                event["user"],
                item["channel"],
                text=event["reaction"].partition("::")[0],
                message=f"{item['channel']}:{item['ts']}",
                answers_to=await self._ours(event, item["channel"], text_id(item["ts"])),
            )

    async def _opened_home(self, event: Json) -> None:
        if event.get("tab") == "home":
            await self._engine.home_pages.opened(self._acceptance.at_home(text_id(event["user"])))

    async def _joined(self, event: Json, body: Json) -> None:
        user, channel = text_id(event["user"]), text_id(event["channel"])
        if user == self._bot(body):
            await self._engine.rooms.reopened(NAME, channel, _when(event))
        elif await self._is_staffs(channel):
            await self._engine.rooms.came_in(NAME, channel, self._acceptance.person(user))

    async def _left(self, event: Json, body: Json) -> None:
        user, channel = text_id(event["user"]), text_id(event["channel"])
        if user == self._bot(body):
            await self._closed({**event, "type": "group_left"})
        else:
            await self._engine.rooms.went_out(NAME, channel, self._acceptance.person(user))

    async def _closed(self, event: Json) -> None:
        await self._engine.rooms.closed(NAME, text_id(event["channel"]), CLOSED[event["type"]], _when(event))

    async def _reopened(self, event: Json) -> None:
        await self._engine.rooms.reopened(NAME, text_id(event["channel"]), _when(event))

    async def _renamed(self, event: Json) -> None:
        channel = event["channel"]
        await self._engine.rooms.renamed(NAME, text_id(channel["id"]), text_id(channel["name"]))

    async def _moved(self, event: Json) -> None:
        old, new = text_id(event["old_channel_id"]), text_id(event["new_channel_id"])
        await self._engine.rooms.moved(NAME, old, new)
        self._staffs.clear()
        self._others.clear()

    async def _answered_here(self, user: str, channel: str) -> bool:
        """Whether the answer to a command comes where it was written: not in a chat with a colleague."""
        if not channel.startswith("D"):
            lately = self._others.get(channel, 0.0) > asyncio.get_running_loop().time()
            return not lately and await self._is_staffs(channel)
        # Slack isn't asked: nobody waits for it before their words are on disk. Who has no chat with us yet is told where
        # the answer comes, which is right wherever they are.
        return await self._is_own_chat(user, channel)

    async def _is_staffs(self, channel: str) -> bool:
        """Whether a channel is a staff's. That it is one is remembered; that it isn't may change, and is only for a moment, for
        many who write at once: one that was left behind comes into use again, and another process may have heard that a
        staff's has got another id."""
        if channel not in self._staffs:
            async with self._engine.database.reading() as db:
                room = select(StaffChannel.id).where(StaffChannel.platform == NAME, StaffChannel.address == channel)
                if await db.scalar(room) is None:
                    self._others[channel] = asyncio.get_running_loop().time() + LATELY
                    return False
            self._staffs.add(channel)
        return True

    def _bot(self, body: Json) -> str:
        """Return our own user's id: Slack tells on whose behalf we hear an event."""
        return next((str(each["user_id"]) for each in body.get("authorizations") or [] if each.get("is_bot")), "")

    def _by_a_bot(self, message: Json, body: Json) -> bool:
        return bool(message.get("bot_id")) or not message.get("user") or message["user"] == self._bot(body)


def _spot_of(event: Json, channel: str, ts: str) -> Spot:
    """Return where a mention is answered: in the thread that it was written in, where there is one."""
    root = event.get("thread_ts")
    is_thread = isinstance(root, str) and root != ts and TIME.fullmatch(root) is not None
    return Spot(text_id(event["user"]), channel, str(root) if is_thread else "")


def _when(event: Json) -> float | None:
    """Return when something was done, in Slack's seconds; None where it doesn't say so as it does."""
    said = event.get("event_ts")
    return float(said) if isinstance(said, str) and TIME.fullmatch(said) else None


def _editor(message: Json) -> str:
    """Return who has changed a message: not always who wrote it."""
    edited = message.get("edited")
    return text_id((edited.get("user") if isinstance(edited, dict) else None) or message["user"])


def _sent_on(event: Json) -> Json | None:
    """Return the message that somebody has shared, where that is what they did."""
    shared = (each for each in event.get("attachments") or [] if each.get("is_share") or each.get("is_msg_unfurl"))
    return next((each for each in shared if each.get("ts")), None)
