"""Inputs from Slack, through Slack's own Bolt: written to disk first, acknowledged after.

Bolt is told to answer only when its listener is done, since it would otherwise acknowledge an event before anybody has
kept it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.engine import picked, standing, warning_form
from bot.engine.engine import Engine
from bot.engine.intake import STRANGE, NotUnderstood, unreachable
from bot.engine.platform import InDoubt, Throttled, Unavailable
from bot.engine.save_form import asked
from bot.engine.stalls import TookTooLong
from bot.platforms.slack import drawing, files
from bot.platforms.slack.api import SlackApi
from bot.platforms.slack.drawing import Chosen, Press, Said
from bot.platforms.slack.people import NAME, SlackDirectory
from bot.platforms.slack.text import plain, tables, with_emoji, without_mention
from handlers.core.card import Button, Card, quote
from handlers.core.context import LONGEST_NUMBER
from handlers.core.enclosures import titled
from handlers.core.incoming import OTHER_RELEASE, Incoming
from handlers.core.language import times_shown
from storage.case import chain
from storage.rows.traffic import Message, StaffChannel

log = logging.getLogger(__name__)

Json = dict[str, Any]

PATH = "/slack/events"
# Slack's own requests are far smaller; a form's text is at most 3000 characters a field.
LARGEST_BODY = 1024**2
# Whom an answer names to ring, at most.
RUNG = 3
# A person's own words, also with a file or repeated in the channel from a thread.
SPOKEN = {None, "file_share", "me_message", "thread_broadcast"}


# Whether what is being read is another organisation's: known by who knocks, and told with what is kept.
_outside: ContextVar[bool] = ContextVar("outside", default=False)


class SlackInbound:
    """The handler of everything that comes in from Slack.

    Args:
        engine: what inputs are put into.
        calls, people: the way to Slack, and who is who there.
        signing_secret: what Slack signs with; None where only Socket Mode is used.
        team_ids: the only workspaces that are let in; empty for any that has the secret.
    """

    def __init__(
        self,
        engine: Engine,
        calls: SlackApi,
        people: SlackDirectory,
        signing_secret: str | None,
        team_ids: Collection[str],
    ) -> None:
        self._engine = engine
        self._calls = calls
        self._people = people
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        self._team_ids = set(team_ids)
        self._staffs: dict[str, bool] = {}
        self.refused = 0
        self.app = AsyncApp(
            name="krisebot",
            signing_secret=signing_secret or "",
            client=AsyncWebClient(base_url=calls.api.base_url, retry_handlers=[]),
            authorize=_one_workspace,
            process_before_response=True,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
            raise_error_for_unhandled_request=True,
        )
        self._listen()

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP path for Slack's requests, where Slack can reach us."""
        return [web.post(PATH, self._request)] if self._verifier else []

    # --- who knocks ---

    async def _request(self, request: web.Request) -> web.Response:
        body = await request.read()
        if len(body) > LARGEST_BODY:
            return self._turn_away(413)
        if not self._signed(body, request.headers):
            return self._turn_away(401)
        try:
            understood = await to_bolt_request(request)
        except STRANGE as error:
            return self.leave(error)
        if not understood.body:
            return self.leave("nothing in it")
        async with self._engine.intake.reading(NAME, body, self._engine.clock.now()):
            try:
                return await to_aiohttp_response(await self.app.async_dispatch(understood))
            except STRANGE as error:
                # Bolt itself looks into what was sent, for whose it is.
                return self.leave(error)
        return web.Response()

    def _signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        try:
            return self._verifier is not None and self._verifier.is_valid_request(body, headers)
        except (ValueError, TypeError, OverflowError):
            return False

    def _turn_away(self, status: int) -> web.Response:
        self.refused += 1
        return web.Response(status=status)

    def leave(self, why: Exception | str) -> web.Response:
        """Acknowledge what is signed and of no use: sent again it would be the same, and Slack goes silent after many.

        Args:
            why: what it stumbled over.
        """
        self._engine.intake.not_understood(NAME, why)
        return web.Response()

    async def _clean(self, req: AsyncBoltRequest, next: Any) -> None:
        """Replace what no database holds before anything is looked up by it."""
        req.body = chain.clean(req.body)
        await next()

    async def _own_team(self, context: AsyncBoltContext, body: Json, next: Any) -> BoltResponse | None:
        # An installation on a whole Grid organisation names that, and perhaps no workspace.
        whole = str(body.get("is_enterprise_install")).lower() == "true"
        ours = {context.team_id or _team_of_user(body), *([context.enterprise_id] if whole else [])}
        if self._team_ids and not ours & self._team_ids:
            self.refused += 1
            return BoltResponse(status=401)
        _outside.set(self._is_outside(context, body))
        await next()
        return None

    def _is_outside(self, context: AsyncBoltContext, body: Json) -> bool:
        """Whether another organisation's person did it. In a shared channel Slack doesn't always say whose it was: then
        it is one of ours only where the plan knows them."""
        actor = _team_of_user(body) or context.actor_team_id
        if actor is None and body.get("is_ext_shared_channel") is True:
            return self._engine.plan().find(NAME, str(context.user_id)) is None
        own = {context.team_id, *self._team_ids} - {None}
        return actor is not None and bool(own) and actor not in own

    async def _could_not_keep(self, error: Exception) -> BoltResponse:
        if isinstance(error, TookTooLong):
            raise error
        if isinstance(error, (Throttled, Unavailable, InDoubt)) or unreachable(error):
            log.error("an input from Slack was not kept: %s", error, exc_info=error)
            return BoltResponse(status=503)
        not_ours = isinstance(error, BoltUnhandledRequestError)
        self._engine.intake.not_understood(NAME, "nothing of ours" if not_ours else error)
        return BoltResponse(status=200)

    # --- what is done ---

    def _listen(self) -> None:
        app = self.app
        app.middleware(self._clean)
        app.middleware(self._own_team)
        app.error(self._could_not_keep)
        app.command("/krise")(self._commanded)
        app.event("message")(self._message)
        app.event("app_mention")(self._message)
        app.event("reaction_added")(self._reacted)
        app.event("app_home_opened")(self._opened_home)
        app.event(re.compile(""))(self._nothing)
        app.action(re.compile(""))(self._pressed)
        app.message_shortcut(drawing.SAVE)(self._wants_to_save)
        app.global_shortcut(drawing.WARN)(self._wants_to_warn)
        app.message_shortcut(drawing.WARN_OF)(self._wants_to_warn_of)
        app.view(drawing.WARN)(self._warned)
        app.view(drawing.FORM)(self._filled_in)
        app.view(drawing.SAVE)(self._saved)

    async def _nothing(self, ack: AsyncAck) -> None:
        await ack()

    async def _commanded(self, ack: AsyncAck, body: Json) -> None:
        try:
            user, channel = str(body["user_id"]), str(body["channel_id"])
            text = self._plain(str(body.get("text") or ""))
            await self._accept(f"trigger:{body['trigger_id']}", "command", user, channel, text=text)
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
        elif await self._answered_here(user, channel):
            await ack()
        else:
            await ack("Modtaget. Svaret står i din direkte besked med Krisebot, under Apps.")

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
        channel, ts = _id(event["channel"]), _id(event["ts"])
        to_us = without_mention(event.get("text") or "", self._bot(body))
        words = event.get("text") or "" if to_us is None else to_us
        words = "\n".join(filter(None, [with_emoji(words, event.get("blocks")), tables(event)]))
        sent_on = _sent_on(event) if channel.startswith("D") else None
        if sent_on is not None:
            await self._sent_on(f"message:{channel}:{ts}", event, sent_on, self._plain(words), body)
            return
        # A mention is told twice, as a mention and as a message: both have this key, and mean the same.
        await self._accept(
            f"message:{channel}:{ts}",
            "text" if to_us is None else "command",
            event["user"],
            channel,
            text=self._plain(words),
            message=f"{channel}:{ts}",
            enclosed=files.enclosed(event.get("files")),
            answers_to=await self._answered(event, channel, ts),
        )

    async def _answered(self, event: Json, channel: str, ts: str) -> str:
        """Return our number for the message whose thread this was written in, where it is one of ours."""
        root = event.get("thread_ts")
        lane = channel if channel.startswith(("C", "G")) else _id(event["user"])
        if not isinstance(root, str) or root == ts:
            return ""
        return await standing.answered(self._engine.database, f"{NAME}/{lane}", "ts", root)

    async def _sent_on(self, key: str, event: Json, original: Json, comment: str, body: Json) -> None:
        """Take in somebody else's message that was shared with us alone, with its own author and time."""
        author = str(original.get("author_id") or "")
        await self._accept(
            key,
            "forward",
            event["user"],
            event["channel"],
            text=self._plain(original.get("text") or ""),
            comment=comment,
            message=f"{original.get('channel_id') or event['channel']}:{original['ts']}",
            author="krisebot" if author == self._bot(body) else self._people.person(author) if author else "",
            said_at=_at(original["ts"]),
            enclosed=files.enclosed([*(original.get("files") or []), *(event.get("files") or [])]),
        )

    async def _changed(self, event: Json, now: Json, body: Json) -> None:
        before = event.get("previous_message") or {}
        if now.get("subtype") == "tombstone":
            await self._gone(event, before or now, body)
        # A link's preview, or an answer in the thread, changes a message without changing what it says.
        elif not self._by_a_bot(now, body) and now.get("text") != before.get("text"):
            await self._about(
                "edited", event, now, body, self._plain(with_emoji(now.get("text") or "", now.get("blocks")))
            )

    async def _gone(self, event: Json, before: Json, body: Json) -> None:
        if not self._by_a_bot(before, body):
            await self._about("deleted", event, before, body)

    async def _about(self, kind: str, event: Json, message: Json, body: Json, text: str = "") -> None:
        channel = event["channel"]
        ts = message.get("ts") or event["deleted_ts"]
        await self._accept(
            f"event:{body['event_id']}", kind, message["user"], channel, text=text, message=f"{channel}:{ts}"
        )

    async def _reacted(self, event: Json, body: Json) -> None:
        item = event["item"]
        if item.get("type") == "message" and event["user"] != self._bot(body):
            await self._accept(
                f"event:{body['event_id']}",
                "reaction",
                event["user"],
                item["channel"],
                text=event["reaction"].partition("::")[0],
                message=f"{item['channel']}:{item['ts']}",
            )

    # --- buttons and forms ---

    async def _pressed(self, ack: AsyncAck, body: Json) -> None:
        if body["type"] != "block_actions":
            # A button from before there were blocks; we have drawn none.
            raise NotUnderstood("nothing of ours")
        action = body["actions"][0]
        chosen = action.get("selected_option") if action["type"] == "overflow" else None
        if not chosen and (action["type"] != "button" or not action.get("value")):
            await ack()
            return
        channel = _id((body.get("channel") or {}).get("id") or "")
        user = _id(body["user"]["id"])
        press = await self._chosen(chosen["value"], user) if chosen else self._read(action["value"])
        if press is None:
            press = Press("", OTHER_RELEASE, {})
        values = drawing.values(body.get("state") or body.get("view", {}).get("state"))
        button = await self._asking(press, user) if press.asks else None
        if button is None:
            await self._press(f"trigger:{body['trigger_id']}", user, press, channel, values)
        else:
            asked = Press(press.message, press.do, press.args, conversation=channel, values=values)
            await self._show(body["trigger_id"], drawing.dialog(button, asked))
        await ack()

    def _read(self, carried: str) -> Press | None:
        """Return what a button or a form of ours carries; None where another release wrote it, or somebody else."""
        try:
            return Press.load(carried)
        except STRANGE as error:
            self._engine.intake.not_understood(NAME, error)
            return None

    async def _chosen(self, carried: str, user: str) -> Press | None:
        """Return the press of the button that a choice in a menu stands for; None when it is there no longer."""
        try:
            chosen = Chosen.load(carried)
        except STRANGE as error:
            self._engine.intake.not_understood(NAME, error)
            return None
        button = next((each for each in await self._buttons(chosen.message, user) if each.print == chosen.button), None)
        return Press(chosen.message, button.do, button.args, asks=bool(button.form)) if button else None

    async def _asking(self, press: Press, user: str) -> Button | None:
        """Return the button with its form, as it stands on the card now; None when it is there no longer."""
        every = await self._buttons(press.message, user)
        return next(
            (each for each in every if each.form and (each.do, dict(each.args)) == (press.do, press.args)), None
        )

    async def _buttons(self, number: str, user: str) -> tuple[Button, ...]:
        """Return the buttons that a message has now, or somebody's home page.

        Args:
            number: ours for it, as it came; empty on the home page.
            user: whose.
        """
        if not number:
            return (await self._engine.home_pages.card(self._at_home(user))).buttons
        known = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
        async with self._engine.database.reading() as db:
            message = await db.get(Message, int(number)) if known else None
        return Card.from_json(message.card).buttons if message else ()

    async def _filled_in(self, ack: AsyncAck, body: Json, view: Json) -> None:
        press = self._read(view["private_metadata"]) or Press("", OTHER_RELEASE, {})
        filled = picked.merged(drawing.values(view["state"]), self._people.called, drawing.initial(view))
        values = {**press.values, **filled}
        button = await self._asking(press, _id(body["user"]["id"]))
        if button is not None and (missing := picked.missing(button.form, values)):
            await ack(response_action="errors", errors={each.id: picked.MISSING for each in missing})
            return
        await self._press(_submitted(view), body["user"]["id"], press, press.conversation, values)
        await ack()

    async def _press(self, key: str, user: str, press: Press, channel: str, values: Mapping[str, str]) -> None:
        await self._accept(
            key, "press", user, channel, action=press.do, args=press.args, values=values, message=press.message
        )

    async def _wants_to_save(self, ack: AsyncAck, body: Json) -> None:
        message, channel = body["message"], _id(body["channel"]["id"])
        ours = message.get("app_id") == body.get("api_app_id")
        writer = message.get("user") or message.get("bot_id") or ""
        author = "krisebot" if ours else self._people.person(writer)
        who = "Krisebot" if ours else self._people.called(writer)
        when = times_shown.short(_at(message["ts"]), self._engine.plan().timezone, self._engine.clock.now())
        enclosed = files.enclosed(message.get("files"))
        said = Said(f"{channel}:{message['ts']}", author, message["ts"], files.packed(enclosed))
        text = self._plain(message.get("text") or "") or titled(enclosed)
        byline = f"Skrevet af *{quote(who)}* {when}" + (f"\nBilag: {quote(titled(enclosed))}" if enclosed else "")
        fields = await asked(self._engine, NAME, self._people.person(body["user"]["id"]), channel)
        await self._show(body["trigger_id"], drawing.save_dialog(said, text, byline, fields))
        await ack()

    async def _wants_to_warn(self, ack: AsyncAck, body: Json) -> None:
        await self._show(body["trigger_id"], drawing.warning_dialog(Said("", "", ""), ""))
        await ack()

    async def _wants_to_warn_of(self, ack: AsyncAck, body: Json) -> None:
        message, channel = body["message"], _id(body["channel"]["id"])
        writer = message.get("user") or ""
        enclosed = files.enclosed(message.get("files"))
        text = self._plain(with_emoji(message.get("text") or "", message.get("blocks"))) or titled(enclosed)
        if writer != body["user"]["id"]:
            ours = message.get("app_id") == body.get("api_app_id")
            when = times_shown.short(_at(message["ts"]), self._engine.plan().timezone, self._engine.clock.now())
            who = "Krisebot" if ours else self._people.called(writer) if writer else "en app"
            text = warning_form.of_message(text, who, when)
        said = Said(f"{channel}:{message['ts']}", "", "", files.packed(enclosed))
        await self._show(body["trigger_id"], drawing.warning_dialog(said, text))
        await ack()

    async def _warned(self, ack: AsyncAck, body: Json, view: Json) -> None:
        said = Said.load(view["private_metadata"])
        text = drawing.saved(drawing.values(view["state"]))["text"]
        await self._accept(
            _submitted(view),
            "command",
            body["user"]["id"],
            said.message.partition(":")[0],
            text=warning_form.command(text),
            enclosed=files.unpacked(said.files),
        )
        await ack()

    async def _saved(self, ack: AsyncAck, body: Json, view: Json) -> None:
        said = Said.load(view["private_metadata"])
        values = drawing.saved(drawing.values(view["state"]))
        await self._accept(
            _submitted(view),
            "save",
            body["user"]["id"],
            said.message.partition(":")[0],
            text=values["text"],
            values=values,
            message=said.message,
            author=said.author,
            said_at=_at(said.said_at),
            enclosed=files.unpacked(said.files),
        )
        await ack()

    async def _show(self, trigger: Any, view: Json) -> None:
        """Open a dialog. Where that can't be done, the request fails, and Slack shows so beside what was pressed."""
        if not isinstance(trigger, str):
            raise NotUnderstood("nothing to open a dialog by")
        await self._calls.write(self._calls.api.views_open(trigger_id=trigger, view=view))

    async def _opened_home(self, event: Json) -> None:
        if event.get("tab") == "home":
            await self._engine.home_pages.opened(self._at_home(_id(event["user"])))

    def _at_home(self, user: str) -> Incoming:
        outside = _outside.get()
        return Incoming(
            key="",
            kind="home",
            platform=NAME,
            sender=f"{NAME}:{user}" if outside else self._people.person(user),
            place="dm",
            conversation=user,
            received_at=self._engine.clock.now(),
            outside=outside,
        )

    # --- what they share ---

    async def _accept(self, key: str, kind: Any, user: str, channel: str, **what: Any) -> None:
        outside = _outside.get()
        name = await self._people.name(user)
        await self._engine.intake.accept(
            Incoming(
                key=f"{NAME}:{key}",
                kind=kind,
                platform=NAME,
                # Another organisation's id is nobody's in the plan, even where it is written there.
                sender=f"{NAME}:{user}" if outside else self._people.person(user),
                outside=outside,
                place="channel" if channel.startswith(("C", "G")) else "dm",
                conversation=channel,
                received_at=self._engine.clock.now(),
                sender_name=f"{name or 'En person'} (udefra)" if outside else name,
                **what,
            )
        )

    async def _answered_here(self, user: str, channel: str) -> bool:
        """Whether the answer to a command comes where it was written: not in a chat with a colleague."""
        if not channel.startswith("D"):
            return await self._is_staffs(channel)
        own = await standing.place_of(self._engine.database, f"{NAME}/{user}", "channel")
        return own in ("", channel)

    async def _is_staffs(self, channel: str) -> bool:
        """Whether a channel is a staff's; remembered, since it never changes: a staff's channel is written down before
        anybody is let into it."""
        if channel not in self._staffs:
            async with self._engine.database.reading() as db:
                room = select(StaffChannel.id).where(StaffChannel.platform == NAME, StaffChannel.address == channel)
                self._staffs[channel] = await db.scalar(room) is not None
        return self._staffs[channel]

    def _plain(self, text: str) -> str:
        return plain(text, self._people.called)

    def _bot(self, body: Json) -> str:
        """Return our own user's id: Slack tells on whose behalf we hear an event."""
        return next((str(each["user_id"]) for each in body.get("authorizations") or [] if each.get("is_bot")), "")

    def _by_a_bot(self, message: Json, body: Json) -> bool:
        return bool(message.get("bot_id")) or not message.get("user") or message["user"] == self._bot(body)


def _id(value: Any) -> str:
    """Return an id as the text that it is: a database asks for a number otherwise, and finds that it has none."""
    if not isinstance(value, str):
        raise NotUnderstood("an id that is no text")
    return value


def _team_of_user(body: Json) -> str | None:
    """Return the workspace that whoever pressed something belongs to, where Slack says so beside the installation's."""
    user = body.get("user")
    team = user.get("team_id") if isinstance(user, dict) else None
    return team if isinstance(team, str) else None


async def _one_workspace(context: AsyncBoltContext) -> AuthorizeResult:
    """Authorise without asking Slack, which may be down: there is one workspace and one token."""
    return AuthorizeResult(enterprise_id=context.enterprise_id, team_id=context.team_id)


def _submitted(view: Json) -> str:
    """Return a name for a form as it was filled in: sent again it is the same, however often."""
    filled = hashlib.sha256(json.dumps(drawing.values(view["state"]), sort_keys=True).encode()).hexdigest()
    return f"view:{view['id']}:{filled}"


def _at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _sent_on(event: Json) -> Json | None:
    """Return the message that somebody has shared, where that is what they did."""
    shared = (each for each in event.get("attachments") or [] if each.get("is_share") or each.get("is_msg_unfurl"))
    return next((each for each in shared if each.get("ts")), None)
