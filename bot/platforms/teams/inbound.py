"""Inputs from Teams: checked first, written to disk next, acknowledged last."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import select

from bot.engine.engine import Engine
from bot.engine.intake import STRANGE
from bot.engine.save_form import asked
from bot.platforms.teams import drawing, files
from bot.platforms.teams.adapter import Adapter, Malformed
from bot.platforms.teams.drawing import Press
from bot.platforms.teams.people import DM, NAME, TeamsDirectory
from bot.platforms.teams.text import from_html, plain, sent_on, without_mention
from bot.platforms.teams.token import KeysUnavailable, Refused, TokenCheck
from handlers.core.card import Button, Card, quote
from handlers.core.enclosures import titled
from handlers.core.incoming import OTHER_RELEASE, Enclosed, Incoming
from handlers.core.language import times_shown
from storage.case import chain
from storage.database import UNREACHABLE
from storage.rows.traffic import Delivery, Message

log = logging.getLogger(__name__)

Json = dict[str, Any]

# Teams' own requests are far smaller, also those with a whole message in them.
LARGEST_BODY = 1024**2
# How long a press may wait for what it led to, in seconds; the card is changed by the outbox in any case.
PATIENCE = 2.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SAVE = "gemILog"
GONE = "Knappen er der ikke længere. Se den nyeste besked fra Krisebot."


class TeamsInbound:
    """The handler of everything that comes in from Teams.

    Args:
        engine: what inputs are put into.
        people: who is who in Teams.
        check: who believes an activity, or not; None takes unsigned ones, from this machine alone.
        app_id: our own.
    """

    def __init__(self, engine: Engine, people: TeamsDirectory, check: TokenCheck | None, app_id: str) -> None:
        self._engine = engine
        self._people = people
        self._check = check
        self._app_id = app_id
        self._adapter = Adapter()
        self._handling: set[asyncio.Task[None]] = set()
        self.refused = 0

    async def close(self) -> None:
        """Wait for the requests that were begun to end."""
        await asyncio.gather(*self._handling, return_exceptions=True)

    # --- who knocks ---

    async def request(self, request: web.Request) -> web.Response:
        """Answer one request from Teams."""
        body = await request.content.read(LARGEST_BODY + 1)
        while len(body) <= LARGEST_BODY and (more := await request.content.read(LARGEST_BODY + 1 - len(body))):
            body += more
        if len(body) > LARGEST_BODY:
            return self._turn_away(413)
        activity = _object(body)
        if activity is None:
            # A token is good for the address that the activity names; where there is none, nothing is signed.
            return self._turn_away(400)
        try:
            claims = await self._believe(request.headers.get("Authorization"), activity)
        except Refused as refused:
            log.warning("an activity was turned away: %s", refused.reason)
            return self._turn_away(401)
        except KeysUnavailable:
            return web.Response(status=503)
        activity, answer = chain.clean(activity), None
        try:
            async with self._engine.intake.reading(NAME, body, self._engine.clock.now()):
                answer = await self._adapter.process(activity, claims, self._understand)
        except (Malformed, *STRANGE) as error:
            # Rightly signed and of no use: sent again it would be the same.
            self._engine.intake.not_understood(NAME, error)
            answer = _left(activity)
        except (*UNREACHABLE, TimeoutError) as error:
            log.error("an input from Teams was not kept: %s", error, exc_info=error)
            return web.Response(status=503)
        return web.json_response(answer if answer is not None else {})

    async def _believe(self, authorization: str | None, activity: Json) -> Mapping[str, Any]:
        if self._check is not None:
            return (await self._check.check(authorization, activity)).token
        try:
            host = urlsplit(_text(activity, "serviceUrl")).hostname
        except ValueError:
            host = None
        if host not in LOOPBACK:
            raise Refused("service url")
        return {}

    def _turn_away(self, status: int) -> web.Response:
        self.refused += 1
        return web.Response(status=status)

    # --- what is done ---

    async def _understand(self, activity: Json) -> Json | None:
        """Take in an activity; return the answer to an invoke."""
        here = _Here(activity, self._people)
        match _text(activity, "type"):
            case "message" if drawing.CARRIED in _object_in(activity, "value"):
                # A client that doesn't know newer buttons sends what they carry as a message.
                await self._pressed_as_message(here)
            case "message":
                await self._said(here)
            case "messageUpdate" if _text(activity, "channelData", "eventType") == "editMessage":
                await self._about(here, "edited", self._words(activity))
            case "messageDelete" if _text(activity, "channelData", "eventType") == "softDeleteMessage":
                await self._about(here, "deleted", "")
            case "conversationUpdate" | "installationUpdate" if here.is_dm and _added(activity):
                # Teams tells of it in two ways; they are one arrival.
                await self._accept(here, f"{here.place}:joined", "joined")
            case "invoke":
                return await self._invoked(here)
        return None

    async def _said(self, here: _Here) -> None:
        if not here.by_a_person:
            return
        enclosed = files.enclosed(here.activity.get("attachments"), here.at(here.id))
        original = _sent_on(here.activity) if here.is_dm else None
        if original is not None:
            await self._sent_on(here, original, enclosed)
            return
        names = here.mentions()
        words = without_mention(_text(here.activity, "text"), names) if names else self._words(here.activity)
        await self._accept(
            here,
            f"{here.place}:{here.id}",
            "command" if names else "text",
            text=words,
            message=f"{here.channel}:{here.id}",
            enclosed=enclosed,
        )

    async def _sent_on(self, here: _Here, original: _SentOn, enclosed: tuple[Enclosed, ...]) -> None:
        """Take in somebody else's message that was sent on to us alone, with its own author and time where Teams tells
        them."""
        await self._accept(
            here,
            f"{here.place}:{here.id}",
            "forward",
            text=original.text,
            comment=original.comment,
            message=original.message or f"{here.channel}:{here.id}",
            author=self._people.person(original.author) if original.author else "",
            said_at=original.said_at,
            enclosed=enclosed,
        )

    def _words(self, activity: Json) -> str:
        return plain(_text(activity, "text"))

    async def _about(self, here: _Here, kind: str, text: str) -> None:
        if not here.by_a_person:
            return
        # A change bears the message's own id, so its time tells it from the message and from other changes.
        key = f"{here.place}:{here.id}:{kind}:{_text(here.activity, 'timestamp')}"
        await self._accept(here, key, kind, text=text, message=f"{here.channel}:{here.id}")

    # --- buttons and dialogs ---

    async def _invoked(self, here: _Here) -> Json:
        value = _object_in(here.activity, "value")
        match _text(here.activity, "name"):
            case "adaptiveCard/action":
                return await self._pressed(here, value)
            case "task/fetch":
                return await self._wants_to_fill_in(here, value)
            case "task/submit":
                await self._press(here, _press(value.get("data")))
            case "composeExtension/fetchTask" if value.get("commandId") == SAVE:
                return await self._wants_to_save(here, _payload(value))
            case "composeExtension/submitAction" if value.get("commandId") == SAVE:
                await self._saved(here, value)
        return {}

    async def _pressed(self, here: _Here, value: Json) -> Json:
        press = _press(_object_in(value, "action").get("data"))
        await self._press(here, press)
        await self._handled()
        standing = await self._standing(here, press)
        if standing is None:
            return _word(GONE)
        return _answer(drawing.ADAPTIVE_CARD, drawing.adaptive(Card.from_json(standing.card), standing.id))

    async def _pressed_as_message(self, here: _Here) -> None:
        if here.by_a_person:
            await self._press(here, _press(here.activity["value"]))

    async def _press(self, here: _Here, press: Press) -> None:
        await self._accept(
            here,
            f"{here.place}:{here.id}:{_fingerprint(here.activity)}",
            "press",
            action=press.do,
            args=press.args,
            values=press.values,
            message=press.message,
        )

    async def _wants_to_fill_in(self, here: _Here, value: Json) -> Json:
        press = _press(value.get("data"))
        standing = await self._standing(here, press)
        button = _asking(Card.from_json(standing.card), press) if standing else None
        return drawing.notice(GONE) if button is None else drawing.dialog(button, press)

    async def _standing(self, here: _Here, press: Press) -> Message | None:
        """Return the message as it is now, for somebody who sees it where the press came from: anybody can write a
        number."""
        number = int(press.message) if press.message.isdecimal() and len(press.message) < 18 else 0
        lane = f"{NAME}/{await here.lane()}"
        async with self._engine.database.reading() as db:
            seen = select(Delivery.id).where(Delivery.message_id == number, Delivery.lane == lane).exists()
            message: Message | None = await db.scalar(select(Message).where(Message.id == number, seen))
        return message

    async def _handled(self) -> None:
        """Wait for what came in to be handled, but not for long, and without disturbing it."""
        handling = asyncio.create_task(self._engine.turns.drain())
        self._handling.add(handling)
        handling.add_done_callback(self._handling.discard)
        await asyncio.wait({handling}, timeout=PATIENCE)

    # --- Gem i log ---

    async def _wants_to_save(self, here: _Here, payload: Json) -> Json:
        _, name = self._author(payload)
        when = times_shown.short(_said_at(payload), self._engine.plan().timezone, self._engine.clock.now())
        enclosed = _enclosed(payload, here)
        byline = f"Skrevet af *{quote(name)}* {when}" + (f"\nBilag: {quote(titled(enclosed))}" if enclosed else "")
        fields = await asked(self._engine, NAME, self._people.person(here.user), await here.conversation())
        return drawing.save_dialog(_content(payload) or titled(enclosed), byline, fields)

    async def _saved(self, here: _Here, value: Json) -> None:
        payload = _payload(value)
        values = drawing.values(_object_in(value, "data"))
        author, _ = self._author(payload)
        await self._accept(
            here,
            f"{here.place}:{here.id}:{_fingerprint(here.activity)}",
            "save",
            text=values.get("text", "").strip() or _content(payload),
            values=values,
            message=f"{here.channel}:{_text(payload, 'id')}",
            author=author,
            said_at=_said_at(payload),
            enclosed=_enclosed(payload, here),
        )

    def _author(self, payload: Json) -> tuple[str, str]:
        """Return who wrote a message: for the log, and for reading."""
        user, name = _text(payload, "from", "user", "id"), _text(payload, "from", "user", "displayName")
        if user:
            return self._people.person(user), self._people.name(user, name)
        app, called = _text(payload, "from", "application", "id"), _text(payload, "from", "application", "displayName")
        return ("krisebot", "Krisebot") if app == self._app_id else (f"{NAME}:{app or 'ukendt'}", called or "ukendt")

    # --- what they share ---

    async def _accept(self, here: _Here, key: str, kind: Any, **what: Any) -> None:
        await self._engine.intake.accept(
            Incoming(
                key=f"{NAME}:{key}",
                kind=kind,
                platform=NAME,
                sender=self._people.person(here.user),
                place="dm" if here.is_dm else "channel",
                conversation=await here.conversation(),
                received_at=self._engine.clock.now(),
                sender_name=self._people.name(here.user, _text(here.activity, "from", "name")),
                reach=here.reach(),
                **what,
            )
        )


class _Here:
    """The place and sender of an activity.

    Raises:
        Malformed: it doesn't say.
    """

    def __init__(self, activity: Json, people: TeamsDirectory) -> None:
        self.activity = activity
        self._people = people
        self.place = _text(activity, "conversation", "id")
        self.id = _text(activity, "id")
        # Somebody who isn't in the directory has only Teams' own id.
        self.user = _text(activity, "from", "aadObjectId") or _text(activity, "from", "id")
        if not (self.place and self.id and self.user):
            raise Malformed("it does not say who, where or what")

    @property
    def is_dm(self) -> bool:
        kind = _text(self.activity, "conversation", "conversationType")
        return kind == "personal" if kind else not self.place.startswith("19:")

    @property
    def service_url(self) -> str:
        return _text(self.activity, "serviceUrl")

    @property
    def by_a_person(self) -> bool:
        return not _text(self.activity, "from", "id").startswith("28:")

    @property
    def channel(self) -> str:
        """The conversation without its thread: a message's id is its own there."""
        return self.place.partition(";")[0]

    def at(self, message: str) -> files.Place:
        """Return the place of a message in this conversation.

        Args:
            message: its id.
        """
        return files.Place(self.service_url, self.channel, message)

    async def conversation(self) -> str:
        return self.place if self.is_dm else await self._people.room(self.place)

    async def lane(self) -> str:
        """Return the name of the conversation that messages to it are sent under."""
        if not self.is_dm:
            return await self.conversation()
        return f"{DM}{self._people.user(self._people.person(self.user)) or self.user}"

    def mentions(self) -> list[str]:
        """Return the mentions of us, as they stand in the text."""
        entities, me = self.activity.get("entities"), _text(self.activity, "recipient", "id")
        found = entities if isinstance(entities, list) else []
        ours = [each for each in found if _text(each, "type") == "mention" and _text(each, "mentioned", "id") == me]
        return [name for each in ours if (name := _text(each, "text"))]

    def reach(self) -> Json:
        """Return what it takes to write to the sender first, later: only the one-to-one chat is theirs alone."""
        if not self.is_dm:
            return {}
        tenant = _text(self.activity, "channelData", "tenant", "id") or _text(self.activity, "conversation", "tenantId")
        return {
            "service_url": self.service_url,
            "conversation": self.place,
            "tenant": tenant,
            "user": _text(self.activity, "from", "id"),
            "aad": _text(self.activity, "from", "aadObjectId"),
        }


def _word(text: str) -> Json:
    """Answer a press with a word below the card."""
    return _answer("application/vnd.microsoft.activity.message", text)


def _left(activity: Json) -> Json | None:
    """Return the answer to what was not understood: a press must be answered in words, or Teams shows a fault."""
    pressed = activity.get("type") == "invoke" and activity.get("name") == "adaptiveCard/action"
    return _word(GONE) if pressed else None


def _answer(kind: str, value: Any) -> Json:
    return {"statusCode": 200, "type": kind, "value": value}


def _press(data: Any) -> Press:
    try:
        return Press.read(data)
    except ValueError as error:
        if isinstance(data, dict) and drawing.CARRIED in data:
            return Press("", OTHER_RELEASE, {}, {})
        raise Malformed(str(error)) from error


def _asking(card: Card, press: Press) -> Button | None:
    """Return the button with its form, as it stands on the card now."""
    mine = (each for each in card.buttons if each.do == press.do and dict(each.args) == dict(press.args))
    return next((each for each in mine if each.form), None)


def _added(activity: Json) -> bool:
    """Whether it is our own bot that was added, and not somebody else, or somebody who left."""
    if activity.get("type") == "installationUpdate":
        return _text(activity, "action").startswith("add")
    added, me = activity.get("membersAdded"), _text(activity, "recipient", "id")
    return any(_text(each, "id") == me for each in added) if isinstance(added, list) else False


def _payload(value: Json) -> Json:
    payload = _object_in(value, "messagePayload")
    if not _text(payload, "id"):
        raise Malformed("no message to save")
    return payload


def _content(payload: Json) -> str:
    """Return what a message says, a card of ours included."""
    said = [from_html(_text(payload, "body", "content"))]
    attached = payload.get("attachments")
    for each in attached if isinstance(attached, list) else []:
        if _text(each, "contentType") == drawing.ADAPTIVE_CARD:
            said.append(drawing.words_of(_data(each.get("content"))))
    return "\n".join(part for part in said if part)


def _enclosed(payload: Json, here: _Here) -> tuple[Enclosed, ...]:
    """Return what is attached to a message that is saved: its files, and the pictures in its text."""
    return (
        *files.enclosed(payload.get("attachments"), here.at(_text(payload, "id"))),
        *files.pictures(_text(payload, "body", "content"), here.at(_text(payload, "id"))),
    )


def _data(content: Any) -> Any:
    """Read an attachment, which Teams shows as an object or as the text of one; None for anything else."""
    if not isinstance(content, str):
        return content
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _said_at(payload: Json) -> datetime:
    said_at = _time(_text(payload, "createdDateTime"))
    if said_at is None:
        raise Malformed("no time")
    return said_at


@dataclass(frozen=True)
class _SentOn:
    """A message that somebody sent on; what Teams doesn't tell is empty."""

    text: str
    comment: str
    author: str = ""
    said_at: datetime | None = None
    message: str = ""


def _sent_on(activity: Json) -> _SentOn | None:
    """Return the message that was sent on, where one was. A chat shows us its words alone; with a reference the rest
    comes too."""
    attached = activity.get("attachments")
    every = [each for each in attached if isinstance(each, dict)] if isinstance(attached, list) else []
    for each in every:
        if _text(each, "contentType") == "forwardedMessageReference":
            told = _data(each.get("content"))
            conversation, number = _text(told, "originalConversationId"), _text(told, "originalMessageId")
            return _SentOn(
                from_html(_text(told, "originalMessageContent")),
                plain(_text(activity, "text")).strip(),
                _text(told, "originalMessageSender", "user", "id"),
                _time(_text(told, "originalSentDateTime")),
                f"{conversation}:{number}" if conversation and number else "",
            )
    for each in every:
        if _text(each, "contentType") == "text/html" and (parts := sent_on(_text(each, "content"))):
            comment, text = parts
            return _SentOn(text, comment)
    return None


def _time(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)


def _fingerprint(activity: Json) -> str:
    """Return a name for what was pressed: sent again it is the same, and two presses are not."""
    pressed = json.dumps([activity.get("replyToId"), activity.get("value")], sort_keys=True)
    return hashlib.sha256(pressed.encode()).hexdigest()[:16]


def _object(body: bytes) -> Json | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _object_in(data: Json, name: str) -> Json:
    """Return the object of that name; empty when there is none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _text(data: Any, *path: str) -> str:
    """Return the text at the end of a path into JSON; empty when there is none."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, str) else ""
