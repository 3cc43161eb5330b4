"""Slack as a platform: reaches people, and has the crisis staff's channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self

from aiohttp import web
from pydantic import SecretStr

from bot.engine.engine import Engine
from bot.engine.platform import (
    CannotLook,
    Furnishing,
    NotGranted,
    Outgoing,
    Ref,
    Throttled,
    Unavailable,
    Undeliverable,
)
from bot.engine.rates import NO_LIMITS, Limits
from bot.platforms.slack import accounts, drawing, files, scopes
from bot.platforms.slack.acceptance import Acceptance
from bot.platforms.slack.api import NoAccess, Refused, Shut, SlackApi
from bot.platforms.slack.channels import SlackChannels
from bot.platforms.slack.dialogs import SlackDialogs
from bot.platforms.slack.door import SlackDoor
from bot.platforms.slack.furnishing import Furnisher
from bot.platforms.slack.inbound import SlackInbound
from bot.platforms.slack.people import NAME, SlackDirectory
from bot.platforms.slack.socket_mode import SocketMode
from bot.platforms.slack.spot import Spot
from bot.settings import Settings
from handlers.core.card import Card
from handlers.core.incoming import Incoming
from storage.plan.reach import Way

log = logging.getLogger(__name__)

Json = dict[str, Any]

EVENT = "krisebot"
# How far back a message in doubt is looked for.
PAGES, PAGE = 3, 200
# How often the link is looked after, in seconds.
WATCH = 30.0

GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}
# Only some may write there, and we aren't among them.
MAY_NOT_POST = "restricted_action"
BAD_CARD = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}


class Slack:
    """The platform for Slack, over HTTP or in Socket Mode.

    Args:
        engine: what it puts inputs into.
        bot_token: "xoxb-…".
        signing_secret: what Slack signs its requests with; None where only Socket Mode is used.
        app_token: "xapp-…" for Socket Mode; None for HTTP.
        api_url: Slack's address.
        team_ids: the only workspaces that are let in; empty for any.
        timeout: seconds one call may take.
        ping: seconds between Socket Mode's pings.
        limits: how much Slack takes.
    """

    name = NAME
    has_rooms = True
    way = Way(NAME, "Slack", directory=True)

    def __init__(
        self,
        engine: Engine,
        *,
        bot_token: str,
        signing_secret: str | None = None,
        app_token: str | None = None,
        api_url: str = "https://slack.com/api/",
        team_ids: Sequence[str] = (),
        timeout: float = 10.0,
        ping: float = 10.0,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self.limits = limits
        self._engine = engine
        self._team_ids = set(team_ids)
        self._calls = SlackApi(bot_token, api_url, timeout)
        self._people = SlackDirectory(engine.plan, self._calls)
        self._channels = SlackChannels(engine, self._calls, self._people)
        self._furnisher = Furnisher(self._calls)
        self._acceptance = Acceptance(engine, self._people)
        self._door = SlackDoor(engine, self._calls.api.base_url, signing_secret, team_ids)
        # What is said comes most often, and Bolt asks its listeners one after the other.
        for kind in (SlackInbound, SlackDialogs):
            kind(engine, self._calls, self._people).listen(self._door.app)
        self._link = SocketMode(self._door.app, app_token, ping, self._door.leave) if app_token else None
        self._watching: asyncio.Task[None] | None = None
        self._own: set[str] | None = None

    @classmethod
    def from_settings(cls, engine: Engine, settings: Settings) -> Self:
        """Make it from the operator's settings."""
        return cls(
            engine,
            bot_token=_secret(settings.slack_bot_token) or "",
            signing_secret=_secret(settings.slack_signing_secret),
            app_token=_secret(settings.slack_app_token),
            api_url=settings.slack_api_url,
            team_ids=settings.slack_team_ids,
            limits=settings.slack_limits,
        )

    @property
    def refused(self) -> int:
        """The number of requests that were forged, stale or malformed."""
        return self._door.refused

    async def start(self) -> None:
        """Start the platform; Slack may come up later."""
        await self._calls.open()
        if self._link is not None:
            await self._link.open()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Close its connections."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        if self._link is not None:
            await self._link.close()
        await self._calls.close()

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP path for Slack's requests."""
        return self._door.routes()

    def trouble(self) -> str | None:
        """Return what is wrong with the way in or the way out."""
        return (self._link.trouble() if self._link else None) or self._calls.trouble

    async def _watch(self) -> None:
        """Check Slack regularly, so that a fault is known before somebody needs it and a dead link is opened anew."""
        was_dead = False
        while True:
            try:
                await self._calls.read(self._calls.api.auth_test())
            except (Throttled, Unavailable, Undeliverable) as error:
                log.warning("Slack: %s", error)
            await asyncio.sleep(WATCH)
            if self._link is not None:
                is_dead = self._link.trouble() is not None
                if is_dead and was_dead:
                    await self._link.close()
                    await self._link.open()
                was_dead = is_dead

    async def lacking(self) -> list[NotGranted]:
        """Ask which scopes the app was installed without."""
        await self._calls.open()
        try:
            granted = await self._calls.granted()
        finally:
            await self._calls.close()
        missing = sorted(scopes.LOST.keys() - granted, key=lambda each: (each in scopes.OPTIONAL, each))
        return [NotGranted(each, scopes.LOST[each], optional=each in scopes.OPTIONAL) for each in missing]

    # --- people ---

    async def account_of(self, mail: str) -> str:
        """Look for the one account that a mail address has in our own workspaces."""
        if self._own is None:
            told = await self._calls.read(self._calls.api.auth_test())
            # Installed on a whole Grid organisation it has no workspace: each of the organisation's is ours then, where the
            # operator hasn't said which.
            whole = bool(told.get("is_enterprise_install")) and not self._team_ids
            own = {told.get("team_id"), told.get("enterprise_id") if whole else None}
            self._own = self._team_ids | {str(each) for each in own if each}
        return await accounts.account_of(self._calls, mail, self._own)

    def person_of(self, address: str) -> str:
        """Return who in the plan a Slack user is, or "slack:U…"."""
        return self._people.person(address)

    async def show_home(self, address: str, card: Card) -> None:
        """Draw somebody's home page."""
        await self._calls.write(self._calls.api.views_publish(user_id=address, view=drawing.home(card)))

    async def meet(self, incoming: Incoming) -> None:
        """Ask for the names that an input is without."""
        await self._acceptance.meet(incoming)

    def named(self, incoming: Incoming) -> Incoming:
        """Return an input with the names that Slack has told."""
        return self._acceptance.named(incoming)

    async def name_of(self, person: str) -> str:
        """Ask for a person's name, where they aren't in the plan."""
        user = self._people.user(person)
        return await self._people.name(user) if user else ""

    # --- messages ---

    def lane_of(self, person: str) -> str | None:
        """Return the Slack id that a person is written to by, which needs no conversation beforehand."""
        return self._people.user(person)

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Post a message that can be found again by its key, or tell somebody in place."""
        spot = Spot.read(lane)
        if spot is not None:
            return await self._tell_at(spot, post)
        try:
            return await self._post(lane, post, drawing.message(post.card, post.message, post.repeated))
        except Refused as refused:
            if refused.error.startswith(MAY_NOT_POST):
                raise Shut(refused.error, refused.data) from refused
            if refused.error not in BAD_CARD:
                raise
            # Better without its buttons than not at all: everything can be typed as well.
            log.error("Slack would not draw message %s: %s", post.message, refused.data)
            return await self._post(lane, post, [])

    async def _tell_at(self, spot: Spot, post: Outgoing) -> Ref:
        """Tell whoever wrote among others, for nobody else to read where Slack can; else for everybody, unless nobody else
        saw what was written."""
        said: Json = {
            "text": drawing.notification(post.card, post.repeated),
            "blocks": drawing.message(post.card, post.message, post.repeated),
        }
        if spot.link and await self._calls.respond(spot.link, {**said, "response_type": "ephemeral"}):
            return {"ephemeral": True}
        thread = spot.thread or None
        try:
            await self._calls.write(
                self._calls.api.chat_postEphemeral(channel=spot.channel, user=spot.user, thread_ts=thread, **said)
            )
        except Refused as refused:
            if spot.hidden or isinstance(refused, Shut):
                raise
            log.info("no message for one alone in Slack, one for all instead: %s", refused.error)
            await self._calls.write(self._calls.api.chat_postMessage(channel=spot.channel, thread_ts=thread, **said))
        return {"ephemeral": True}

    async def _post(self, lane: str, post: Outgoing, blocks: list[Json]) -> Ref:
        answer = await self._calls.write(
            self._calls.api.chat_postMessage(
                channel=lane,
                text=drawing.notification(post.card, post.repeated),
                blocks=blocks or None,
                metadata=_metadata(post),
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    async def edit(self, lane: str, ref: Ref, post: Outgoing) -> Ref:
        """Change a message where it stands; say it anew where that can't be done any more."""
        if Spot.read(lane) is not None:
            return await self.send(lane, post)  # what only one person saw can't be changed
        try:
            await self._calls.write(
                self._calls.api.chat_update(
                    channel=ref["channel"],
                    ts=ref["ts"],
                    text=drawing.notification(post.card),
                    blocks=drawing.message(post.card, post.message),
                    metadata=_metadata(post),
                )
            )
        except Refused as refused:
            if refused.error not in GONE:
                raise
            return await self.send(lane, post)
        return ref

    async def find(self, lane: str, post: Outgoing) -> Ref | None:
        """Look through what was said last in the conversation for the message's key."""
        if Spot.read(lane) is not None:
            raise CannotLook
        try:
            channel = lane if lane.startswith(("C", "G")) else await self._dm(lane)
            async for message in self._history(channel):
                said = (message.get("metadata") or {}).get("event_payload") or {}
                if said.get("key") == post.key:
                    ref = {"channel": channel, "ts": message["ts"]}
                    return ref if said.get("version") == post.version else await self.edit(lane, ref, post)
        except (Refused, NoAccess) as refused:
            raise CannotLook from refused
        return None

    async def _dm(self, user: str) -> str:
        opened = await self._calls.read(self._calls.api.conversations_open(users=user))
        return str(opened["channel"]["id"])

    async def _history(self, channel: str) -> Any:
        cursor = None
        for _ in range(PAGES):
            page = await self._calls.read(
                self._calls.api.conversations_history(
                    channel=channel, limit=PAGE, cursor=cursor, include_all_metadata=True
                )
            )
            for message in page["messages"]:
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    # --- files ---

    async def fetch(self, reference: Mapping[str, Any], largest: int) -> bytes:
        """Fetch a file by its id: Slack says where it lies, and gives it to whoever has the bot's token."""
        told = await self._calls.read(self._calls.api.files_info(file=reference["file"]))
        return await files.fetch(self._calls, told["file"], largest)

    # --- the staff's channel ---

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Make a staff channel, or find the one that an earlier attempt made without hearing of it."""
        return await self._channels.make(name)

    @property
    def open_to_all(self) -> bool:
        """Whether everybody in the workspace can see a staff's channel."""
        return not self._engine.plan().rooms.slack.private

    async def furnish(self, address: str, wanted: Furnishing, done: Json) -> list[NotGranted]:
        """Bring a channel's topic, the card that is pinned in it and its bookmarks up to date."""
        return await self._furnisher.furnish(address, wanted, done)

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        """Invite persons into a staff channel; those Slack won't let in stay out, and the others don't."""
        return await self._channels.admit(address, persons)

    async def dismiss(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> None:
        """Remove persons from a staff channel, where they are still in."""
        await self._channels.dismiss(address, persons)


def _secret(setting: SecretStr | None) -> str | None:
    return setting.get_secret_value() if setting else None


def _metadata(post: Outgoing) -> Json:
    return {"event_type": EVENT, "event_payload": {"key": post.key, "version": post.version}}
