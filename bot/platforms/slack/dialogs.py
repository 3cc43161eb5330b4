"""Buttons and forms in Slack: pressed, opened, filled in."""

from __future__ import annotations

import hashlib
import logging
import re
from contextlib import suppress

from slack_bolt.async_app import AsyncAck, AsyncApp
from sqlalchemy.exc import IntegrityError

from bot.engine import picked, warning_form
from bot.engine.intake import STRANGE, NotUnderstood
from bot.engine.platform import InDoubt, Throttled, Unavailable, Undeliverable
from bot.engine.save_form import asked
from bot.engine.stalls import within
from bot.platforms.slack import drawing, files
from bot.platforms.slack.acceptance import Listener, at, submitted, text_id
from bot.platforms.slack.door import Json
from bot.platforms.slack.drawing import Chosen, Press, Said
from bot.platforms.slack.people import NAME
from bot.platforms.slack.text import Mentioned, words_of
from handlers.core.card import Button, Card, quote
from handlers.core.context import LONGEST_NUMBER, URGENT
from handlers.core.enclosures import titled
from handlers.core.incoming import OTHER_RELEASE
from handlers.core.language import times_shown
from handlers.core.turn import Turn
from storage.rows.traffic import Message

log = logging.getLogger(__name__)

# So long may Slack take to open a dialog, in seconds: it waits three for our answer, and shows a fault then.
OPENED = 2.0
CLOSED = "⚠️ Formularen kunne ikke åbnes i Slack. Intet er sendt. Prøv igen, eller skriv det her. Haster det: ring."


class SlackDialogs(Listener):
    """The handler of what is pressed and filled in."""

    def listen(self, app: AsyncApp) -> None:
        """Tell Slack's app what this answers to."""
        app.action(re.compile(""))(self._pressed)
        app.message_shortcut(drawing.SAVE)(self._wants_to_save)
        app.global_shortcut(drawing.WARN)(self._wants_to_warn)
        app.message_shortcut(drawing.WARN_OF)(self._wants_to_warn_of)
        app.view(drawing.WARN)(self._warned)
        app.view(drawing.FORM)(self._filled_in)
        app.view(drawing.SAVE)(self._saved)

    async def _pressed(self, ack: AsyncAck, body: Json) -> None:
        if body["type"] != "block_actions":
            # A button from before there were blocks; we have drawn none.
            raise NotUnderstood("nothing of ours")
        action = body["actions"][0]
        chosen = action.get("selected_option") if action["type"] == "overflow" else None
        if not chosen and (action["type"] != "button" or not action.get("value")):
            await ack()
            return
        channel = text_id((body.get("channel") or {}).get("id") or "")
        user = text_id(body["user"]["id"])
        press = await self._chosen(chosen["value"], user) if chosen else self._read(action["value"])
        if press is None:
            press = Press("", OTHER_RELEASE, {})
        values = drawing.values(body.get("state") or body.get("view", {}).get("state"))
        button = await self._asking(press, user) if press.asks else None
        if button is None:
            await self._acceptance.press(f"trigger:{body['trigger_id']}", user, press, channel, values)
        else:
            asked = Press(press.message, press.do, press.args, conversation=channel, values=values)
            await self._show(body, drawing.dialog(button, asked))
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
            return (await self._engine.home_pages.card(self._acceptance.at_home(user))).buttons
        known = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
        async with self._engine.database.reading() as db:
            message = await db.get(Message, int(number)) if known else None
        return Card.from_json(message.card).buttons if message else ()

    async def _filled_in(self, ack: AsyncAck, body: Json, view: Json) -> None:
        press = self._read(view["private_metadata"]) or Press("", OTHER_RELEASE, {})
        given = drawing.values(view["state"])
        persons = [value for name, value in given.items() if name.endswith(picked.WHO)]
        names = [Mentioned("user", each.strip()) for value in persons for each in value.split(",") if each.strip()]
        filled = picked.merged(given, self._people.called, drawing.initial(view))
        values = {**press.values, **filled}
        button = await self._asking(press, text_id(body["user"]["id"]))
        if button is not None and (missing := picked.missing(button.form, values)):
            await ack(response_action="errors", errors={each.id: picked.MISSING for each in missing})
            return
        await self._acceptance.press(submitted(view), body["user"]["id"], press, press.conversation, values, names)
        await ack()

    async def _wants_to_save(self, ack: AsyncAck, body: Json) -> None:
        message, channel = body["message"], text_id(body["channel"]["id"])
        ours = message.get("app_id") == body.get("api_app_id")
        writer = message.get("user") or message.get("bot_id") or ""
        author = "krisebot" if ours else self._people.person(writer)
        who = "Krisebot" if ours else self._people.called(writer)
        when = times_shown.short(at(message["ts"]), self._engine.plan().timezone, self._engine.clock.now())
        enclosed = files.enclosed(message.get("files"))
        said = Said(f"{channel}:{message['ts']}", author, message["ts"], files.packed(enclosed), _link(body))
        text = await self._acceptance.plain(words_of(message)) or titled(enclosed)
        byline = f"Skrevet af *{quote(who)}* {when}" + (f"\nBilag: {quote(titled(enclosed))}" if enclosed else "")
        fields = await asked(self._engine, NAME, self._people.person(body["user"]["id"]), channel)
        await self._show(body, drawing.save_dialog(said, text, byline, fields))
        await ack()

    async def _wants_to_warn(self, ack: AsyncAck, body: Json) -> None:
        await self._show(body, drawing.warning_dialog(Said("", "", ""), ""))
        await ack()

    async def _wants_to_warn_of(self, ack: AsyncAck, body: Json) -> None:
        message, channel = body["message"], text_id(body["channel"]["id"])
        writer = message.get("user") or ""
        enclosed = files.enclosed(message.get("files"))
        text = await self._acceptance.plain(words_of(message)) or titled(enclosed)
        if writer != body["user"]["id"]:
            ours = message.get("app_id") == body.get("api_app_id")
            when = times_shown.short(at(message["ts"]), self._engine.plan().timezone, self._engine.clock.now())
            who = "Krisebot" if ours else self._people.called(writer) if writer else "en app"
            text = warning_form.of_message(text, who, when)
        said = Said(f"{channel}:{message['ts']}", "", "", files.packed(enclosed), _link(body))
        await self._show(body, drawing.warning_dialog(said, text))
        await ack()

    async def _warned(self, ack: AsyncAck, body: Json, view: Json) -> None:
        said = Said.load(view["private_metadata"])
        text = drawing.saved(drawing.values(view["state"]))["text"]
        user, channel = text_id(body["user"]["id"]), said.message.partition(":")[0]
        await self._acceptance.accept(
            submitted(view),
            "command",
            user,
            channel,
            text=warning_form.command(text),
            # The dialog was theirs alone, and so is what comes of it.
            in_place=await self._hidden(user, channel, said.link),
            enclosed=files.unpacked(said.files),
        )
        await ack()

    async def _saved(self, ack: AsyncAck, body: Json, view: Json) -> None:
        said = Said.load(view["private_metadata"])
        values = drawing.saved(drawing.values(view["state"]))
        user, channel = text_id(body["user"]["id"]), said.message.partition(":")[0]
        await self._acceptance.accept(
            submitted(view),
            "save",
            user,
            channel,
            in_place=await self._hidden(user, channel, said.link),
            text=values["text"],
            values=values,
            message=said.message,
            author=said.author,
            said_at=at(said.said_at),
            enclosed=files.unpacked(said.files),
        )
        await ack()

    async def _show(self, body: Json, view: Json) -> None:
        """Open a dialog; whoever pressed is told where that can't be done, or not in the time that Slack gives us."""
        trigger = body["trigger_id"]
        if not isinstance(trigger, str):
            raise NotUnderstood("nothing to open a dialog by")
        try:
            async with within(OPENED):
                await self._calls.write(self._calls.api.views_open(trigger_id=trigger, view=view))
        except (Throttled, Unavailable, InDoubt, Undeliverable, TimeoutError) as error:
            log.warning("a dialog was not opened in Slack: %s", error or type(error).__name__)
            await self._tell_that_it_is_closed(trigger, text_id(body["user"]["id"]))

    async def _tell_that_it_is_closed(self, trigger: str, user: str) -> None:
        person, print = self._acceptance.person(user), hashlib.sha256(trigger.encode()).hexdigest()
        key = f"{NAME}/closed/{print}"
        with suppress(IntegrityError):
            # Brought twice in the same moment, it is told of once.
            async with self._engine.database.transaction() as db:
                turn = Turn(db, self._engine.clock.now(), self._engine.plan())
                await turn.say(person, Card(CLOSED), key=key, kind="reply", platform=NAME, urgency=URGENT)


def _link(body: Json) -> str:
    return str(body.get("response_url") or "")
