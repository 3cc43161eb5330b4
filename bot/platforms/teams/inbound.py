"""What an activity from Teams is: an input that is written to disk, and the answer that an invoke waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from bot.engine import picked, standing, warning_form
from bot.engine.engine import Engine
from bot.engine.save_form import asked
from bot.platforms.teams import by_hand, drawing, files
from bot.platforms.teams.adapter import Malformed
from bot.platforms.teams.drawing import Press
from bot.platforms.teams.payload import filled, fingerprint, object_in, text_at
from bot.platforms.teams.people import NAME, TeamsDirectory
from bot.platforms.teams.place import Here
from bot.platforms.teams.words import SentOn, content_of, enclosed_in, own_words, payload_of, said_at, sent_on_in
from handlers.core.card import Button, Card, quote
from handlers.core.enclosures import titled
from handlers.core.incoming import OTHER_RELEASE, Enclosed, Incoming
from handlers.core.language import times_shown
from storage.rows.traffic import Delivery, Inbox, Message

Json = dict[str, Any]

# How long a press may wait for what it led to, in seconds; the card is changed by the outbox in any case.
PATIENCE = 2.0
SAVE = "gemILog"
# From a message's own menu, and from where one is written.
WARN_OF, WARN = "sendSomVarsel", "sendVarsel"
GUIDE = "vejledning"
KEPT = "Dit tryk er gemt. Kortet ændrer sig om lidt."
GONE = "Knappen er der ikke længere. Se den nyeste besked fra Krisebot."


class TeamsInbound:
    """The reader of everything that was believed.

    Args:
        engine: what inputs are put into.
        people: who is who in Teams.
        app_id: our own.
    """

    def __init__(self, engine: Engine, people: TeamsDirectory, app_id: str) -> None:
        self._engine = engine
        self._people = people
        self._app_id = app_id
        self._handling: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Wait for the requests that were begun to end."""
        await asyncio.gather(*self._handling, return_exceptions=True)

    # --- what is done ---

    async def understand(self, activity: Json) -> Json | None:
        """Take in an activity; return the answer to an invoke."""
        here = Here(activity, self._people)
        match text_at(activity, "type"):
            case "message" if drawing.CARRIED in object_in(activity, "value"):
                # A client that doesn't know newer buttons sends what they carry as a message.
                await self._pressed_as_message(here)
            case "message":
                await self._said(here)
            case "messageUpdate" if text_at(activity, "channelData", "eventType") == "editMessage":
                await self._about(here, "edited", own_words(here).text)
                await self._named(here)
            case "messageDelete" if text_at(activity, "channelData", "eventType") == "softDeleteMessage":
                await self._about(here, "deleted", "")
            case "messageReaction" if here.by_a_person and activity.get("reactionsAdded"):
                await self._reacted(here)
            case "conversationUpdate" | "installationUpdate" if here.is_dm and _added(activity):
                # Teams tells of it in two ways; they are one arrival.
                await self._accept(here, f"{here.place}:joined", "joined")
            case "conversationUpdate" | "installationUpdate" if not here.is_dm:
                await by_hand.heard(self._engine, self._people, activity)
            case "invoke":
                return await self._invoked(here)
        return None

    async def _said(self, here: Here) -> None:
        if not here.by_a_person:
            return
        enclosed = files.enclosed(here.activity.get("attachments"), here.at(here.id))
        original = sent_on_in(here.activity) if here.is_dm else None
        if original is not None:
            await self._sent_on(here, original, enclosed)
            return
        said = own_words(here)
        if said.emoji:
            enclosed = tuple(each for each in enclosed if each.content_type or each.name != files.PASTED)
        await self._accept(
            here,
            f"{here.place}:{here.id}",
            "command" if here.mentions() or here.is_hidden else "text",
            text=said.text,
            message=f"{here.channel}:{here.id}",
            enclosed=enclosed,
            answers_to=await self._answered(here, said.answers),
            in_place=here.spot(),
            hidden=here.is_hidden,
        )

    async def _reacted(self, here: Here) -> None:
        """Take in a reaction to a message of ours: Teams tells of no others, and it is never an answer."""
        to = text_at(here.activity, "replyToId")
        answers_to = await self._answered(here, to)
        if answers_to:
            key = f"{here.place}:{to}:reaction:{text_at(here.activity, 'timestamp')}"
            await self._accept(here, key, "reaction", answers_to=answers_to)

    async def _answered(self, here: Here, activity: str) -> str:
        """Return our number for the message that is answered, where it is one of ours in the same conversation."""
        lane = f"{NAME}/{await here.lane()}"
        return await standing.answered(self._engine.database, lane, "activity", activity)

    async def _sent_on(self, here: Here, original: SentOn, enclosed: tuple[Enclosed, ...]) -> None:
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

    async def _about(self, here: Here, kind: str, text: str) -> None:
        if not here.by_a_person:
            return
        # A change bears the message's own id, so its time and words tell it from the message and from other changes.
        key = f"{here.place}:{here.id}:{kind}:{text_at(here.activity, 'timestamp')}:{filled({'text': text})}"
        await self._accept(here, key, kind, text=text, message=f"{here.channel}:{here.id}")

    async def _named(self, here: Here) -> None:
        """Take our name, written into a message afterwards, for what it would have been from the start."""
        if here.is_dm or not here.by_a_person or not here.mentions():
            return
        message = f"{here.channel}:{here.id}"
        async with self._engine.database.reading() as db:
            said = list(await db.scalars(select(Inbox.body).where(Inbox.message == message)))
        if any(each.get("kind") == "command" for each in said):
            return
        await self._accept(
            here,
            f"{here.place}:{here.id}:named",
            "command",
            text=own_words(here).text,
            message=message,
            answers_to=await self._answered(here, own_words(here).answers),
            in_place=here.spot(),
        )

    # --- buttons and dialogs ---

    async def _invoked(self, here: Here) -> Json:
        value = object_in(here.activity, "value")
        match text_at(here.activity, "name"):
            case "adaptiveCard/action":
                return await self._pressed(here, value)
            case "task/fetch":
                return await self._wants_to_fill_in(here, value)
            case "task/submit":
                return await self._filled_in(here, _press(value.get("data")))
            case "composeExtension/fetchTask" if value.get("commandId") == SAVE:
                return await self._wants_to_save(here, payload_of(value))
            case "composeExtension/submitAction" if value.get("commandId") == SAVE:
                await self._saved(here, value)
            case "composeExtension/fetchTask" if value.get("commandId") == WARN_OF:
                return self._wants_to_warn_of(here, payload_of(value))
            case "composeExtension/fetchTask" if value.get("commandId") == GUIDE:
                return await self._wants_guide(here, payload_of(value))
            case "composeExtension/fetchTask" if value.get("commandId") == WARN:
                return drawing.warning_dialog("", here.id)
            case "composeExtension/submitAction" if value.get("commandId") in (WARN, WARN_OF):
                await self._warned(here, value)
        return {}

    async def _pressed(self, here: Here, value: Json) -> Json:
        press = _press(object_in(value, "action").get("data"))
        await self._press(here, press)
        try:
            async with asyncio.timeout(2 * PATIENCE):
                await self._handled()
                shown = await self._standing(here, press)
        except TimeoutError:
            # It is on disk. A fault would have it pressed again.
            return _word(KEPT)
        if shown is None:
            return _word(GONE)
        return _answer(drawing.ADAPTIVE_CARD, drawing.adaptive(Card.from_json(shown.card), shown.id))

    async def _pressed_as_message(self, here: Here) -> None:
        if here.by_a_person:
            await self._press(here, _press(here.activity["value"]))

    async def _press(self, here: Here, press: Press, names: Sequence[str] = ()) -> None:
        await self._accept(
            here,
            _pressed_once(here, press.dialog, press.values),
            "press",
            action=press.do,
            args=press.args,
            values=press.values,
            message=press.message,
            unnamed=self._people.nameless(names),
        )

    async def _wants_to_fill_in(self, here: Here, value: Json) -> Json:
        press = _press(value.get("data"))
        shown = await self._standing(here, press)
        button = _asking(Card.from_json(shown.card), press) if shown else None
        return drawing.notice(GONE) if button is None else drawing.dialog(button, replace(press, dialog=here.id))

    async def _filled_in(self, here: Here, press: Press) -> Json:
        shown = await self._standing(here, press)
        button = _asking(Card.from_json(shown.card), press) if shown else None
        initial = {each.id: each.value for each in button.form} if button else {}
        persons = [value for name, value in press.values.items() if name.endswith(picked.WHO)]
        names = [each.strip() for value in persons for each in value.split(",") if each.strip()]
        given = replace(press, values=picked.merged(press.values, self._people.called, initial))
        if button is not None and (missing := picked.missing(button.form, given.values)):
            # What was typed stands there still, and what was picked as names.
            await self._people.meet(names)
            given = replace(press, values=picked.merged(press.values, self._people.called, initial))
            typed = tuple(replace(each, value=given.values.get(each.id, "")) for each in button.form)
            lacks = ", ".join(each.label for each in missing)
            return drawing.dialog(replace(button, form=typed), press, f"*{picked.MISSING}:* {quote(lacks)}")
        await self._press(here, given, names)
        return {}

    async def _standing(self, here: Here, press: Press) -> Message | None:
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

    async def _wants_to_save(self, here: Here, payload: Json) -> Json:
        _, name = self._author(payload)
        when = times_shown.short(said_at(payload), self._engine.plan().timezone, self._engine.clock.now())
        enclosed = enclosed_in(payload, here)
        byline = f"Skrevet af *{quote(name)}* {when}" + (f"\nBilag: {quote(titled(enclosed))}" if enclosed else "")
        fields = await asked(self._engine, NAME, self._people.person(here.user), await here.conversation())
        return drawing.save_dialog(content_of(payload) or titled(enclosed), byline, fields, here.id)

    def _wants_to_warn_of(self, here: Here, payload: Json) -> Json:
        text = content_of(payload) or titled(enclosed_in(payload, here))
        author, name = self._author(payload)
        if author != self._people.person(here.user):
            when = times_shown.short(said_at(payload), self._engine.plan().timezone, self._engine.clock.now())
            text = warning_form.of_message(text, name, when)
        return drawing.warning_dialog(text, here.id)

    async def _wants_guide(self, here: Here, payload: Json) -> Json:
        """Take `Vejledning` on a message for `vejledning` written as an answer to it."""
        await self._accept(
            here,
            _pressed_once(here),
            "command",
            text="vejledning",
            answers_to=await self._answered(here, str(payload["id"])),
            in_place=here.spot(hidden=True),
            pointed=True,
        )
        return drawing.notice("Vejledningen står i din chat med Krisebot.")

    async def _warned(self, here: Here, value: Json) -> None:
        data = object_in(value, "data")
        text = drawing.values(data).get("text", "")
        await self._accept(
            here,
            _pressed_once(here, drawing.dialog_of(data), {"text": text}),
            "command",
            text=warning_form.command(text),
            # The dialog was theirs alone, and so is what comes of it.
            in_place=here.spot(hidden=True),
            enclosed=enclosed_in(payload_of(value), here) if value.get("commandId") == WARN_OF else (),
        )

    async def _saved(self, here: Here, value: Json) -> None:
        payload = payload_of(value)
        values = drawing.values(object_in(value, "data"))
        author, _ = self._author(payload)
        await self._accept(
            here,
            _pressed_once(here, drawing.dialog_of(object_in(value, "data")), values),
            "save",
            text=values.get("text", "").strip() or content_of(payload),
            values=values,
            message=f"{here.channel}:{text_at(payload, 'id')}",
            author=author,
            said_at=said_at(payload),
            in_place=here.spot(hidden=True),
            enclosed=enclosed_in(payload, here),
        )

    def _author(self, payload: Json) -> tuple[str, str]:
        """Return who wrote a message: for the log, and for reading."""
        user, name = text_at(payload, "from", "user", "id"), text_at(payload, "from", "user", "displayName")
        if user:
            return self._people.person(user), self._people.name(user, name)
        app, called = (
            text_at(payload, "from", "application", "id"),
            text_at(payload, "from", "application", "displayName"),
        )
        return ("krisebot", "Krisebot") if app == self._app_id else (f"{NAME}:{app or 'ukendt'}", called or "ukendt")

    # --- what they share ---

    async def _accept(self, here: Here, key: str, kind: Any, **what: Any) -> None:
        await self._engine.intake.accept(
            Incoming(
                key=f"{NAME}:{key}",
                kind=kind,
                platform=NAME,
                sender=self._people.person(here.user),
                place="dm" if here.is_dm else "channel",
                conversation=await here.conversation(),
                received_at=self._engine.clock.now(),
                sender_name=self._people.name(here.user, text_at(here.activity, "from", "name")),
                reach=here.reach(),
                thread=here.thread,
                mentioned=tuple(here.colleagues()),
                **what,
            )
        )


def _pressed_once(here: Here, dialog: str = "", values: Mapping[str, str] | None = None) -> str:
    """Name a press, the same however often it is sent. Two presses on a dialog's button are one where the same was filled
    in, and somebody else's is another.

    Args:
        dialog: the name of the dialog that it was pressed in; empty where it has none.
        values: what was filled in there.
    """
    if dialog:
        return f"{here.place}:{here.user}:dialog:{dialog}:{filled(values or {})}"
    return f"{here.place}:{here.id}:{fingerprint(here.activity)}"


def _word(text: str) -> Json:
    """Answer a press with a word below the card."""
    return _answer("application/vnd.microsoft.activity.message", text)


def left(activity: Json) -> Json | None:
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
        return text_at(activity, "action").startswith("add")
    added, me = activity.get("membersAdded"), text_at(activity, "recipient", "id")
    return any(text_at(each, "id") == me for each in added) if isinstance(added, list) else False
