"""What a person does in Teams, sent to krisebot as Teams sends it, and what that person then sees."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.teams.cards import ADAPTIVE_CARD, BadCard, Json, actions, answers, inputs, inspect_card, shown
from tests.fakes.teams.server import FakeTeams
from tests.fakes.teams.wire import Answer, Forgery, Wire
from tests.fakes.teams.world import Conversation, FakeMessage

DENMARK = ZoneInfo("Europe/Copenhagen")
MENTION = re.compile(r"<at>([^<>]*)</at>")
COMMANDS = {"Gem i log": "gemILog", "Send som varsel": "sendSomVarsel", "Vejledning": "vejledning"}


@dataclass
class Dialog:
    """A dialog that is open before a person; `about` is what goes along when it is submitted."""

    title: str
    card: Json
    place: Conversation
    root: str
    submit: str
    about: Json = field(default_factory=dict)

    @property
    def buttons(self) -> list[str]:
        return [each["title"] for each in actions(self.card)]

    @property
    def fields(self) -> list[str]:
        """The ids of what can be filled in."""
        return [each["id"] for each in inputs(self.card)]

    @property
    def shown(self) -> str:
        """What a person reads in it."""
        return f"{self.title}\n{shown(self.card)}"


class TeamsPerson:
    """One of the tenant's people.

    A place is given by a channel's id or name; None is the one-to-one chat with the bot. Every act returns the bot's
    own answer to the request.

    Args:
        teams: the tenant.
        aad_id: the person's AAD object id, as in the plan.
        target: krisebot's address, such as http://127.0.0.1:8080.
        name: full name; not needed for someone who is already known in the tenant.
    """

    def __init__(self, teams: FakeTeams, aad_id: str, target: str = "http://127.0.0.1:9", name: str = "") -> None:
        self.teams, self.world, self.id = teams, teams.world, aad_id
        if aad_id not in self.world.people:
            teams.add_person(aad_id, name or aad_id)
        self.wire = Wire(teams, target)
        self.dialog: Dialog | None = None
        self.notice = ""
        """The last short word that Teams showed beside a button or in place of a dialog."""
        self._last: Json | None = None

    # -- what is seen -------------------------------------------------------------------------------------------------

    @property
    def dm(self) -> str:
        """The id of the one-to-one chat with the bot."""
        return self.world.personal(self.id).id

    def messages(self) -> list[FakeMessage]:
        """Every message the person can see, newest last."""
        return self.world.seen_by(self.id)

    def sees(self, text: str) -> list[FakeMessage]:
        """What others have written that shows the text, newest last."""
        return [each for each in self.messages() if each.sender != self._me.user_id and text in each.shown]

    async def gets(self, text: str, within: float = 5.0) -> FakeMessage:
        """The newest message that shows the text, as soon as there is one.

        Args:
            within: seconds before it is a failure.
        """
        try:
            return (await self.teams.until(lambda: self.sees(text), within))[-1]
        except AssertionError as error:
            raise AssertionError(f"{self.id} never saw {text!r} but only {self._seen()}; {error}") from None

    def _seen(self) -> list[str]:
        return [f"{each.shown} {each.buttons}" for each in self.messages()]

    # -- what is done -------------------------------------------------------------------------------------------------

    async def installs(self, team: str | None = None) -> Answer:
        """Gets the app, for herself or for a team by its group's id. Teams tells so twice, and the last answer is
        returned.
        """
        if team is None:
            self._me.installed = True
            place, scope = self.world.personal(self.id), {}
        else:
            self.world.team(team).bot = True
            place, scope = self.world.channels_of(self.world.team(team))[0], {"eventType": "teamMemberAdded"}
        me = {"id": self.world.bot_id}
        await self._send({"type": "conversationUpdate", "membersAdded": [me]}, place, channel_data=scope)
        return await self._send({"type": "installationUpdate", "action": "add"}, place)

    async def uninstalls(self) -> Answer:
        """Takes the app away from herself; the bot can't write to her any longer."""
        self._me.installed = False
        return await self._send({"type": "installationUpdate", "action": "remove"}, self.world.personal(self.id))

    async def happens(self, event: str, channel: str, kind: str = "conversationUpdate", **about: Any) -> Answer:
        """Somebody does something with a channel or its team by hand; Teams tells of it.

        Args:
            event: as Teams calls it.
            channel: the channel's id or name, or any of the team's.
            kind: of activity.
            about: what else it says; `name` is the channel's from now on.
        """
        place = self._place(channel)
        data: Json = {"eventType": event}
        if "name" in about:
            place.name = about.pop("name")
            data["channel"] = {"id": place.id, "name": place.name}
        return await self._send({"type": kind, **about}, place, channel_data=data)

    async def says(
        self, text: str, channel: str | None = None, root: str = "", files: Sequence[tuple[str, str, bytes]] = ()
    ) -> Answer:
        """Writes a message, in a channel as an answer when `root` is a message's id. Of a channel the bot hears nothing,
        unless it may hear all.

        Args:
            files: what is attached: (name, content type, bytes); a picture without a name is pasted in.
        """
        place = self._place(channel)
        where = (self.teams.url, self.teams.service_url)
        attached = tuple(self.world.share(place, *where, name, kind, content) for name, kind, content in files)
        message = self.world.post(place, self._me.user_id, text, root, attachments=attached)
        if place.kind == "groupChat" or (place.kind == "channel" and not self.teams.hears_all):
            return Answer(0, "the bot is not mentioned, so Teams tells it nothing")
        return await self._send(self._written(message, text), place, message.root or message.id)

    async def slashes(self, text: str, channel: str) -> Answer:
        """Chooses the bot in the menu of slash commands where others read along, and writes to it alone."""
        place = self._place(channel)
        message = self.world.post(place, self._me.user_id, text, only_for=self.id)
        written = {**self._written(message, text), "recipient": {**self._bot, "isTargeted": True}}
        return await self._send(written, place, message.id)

    async def forwards(self, message: FakeMessage, comment: str = "") -> Answer:
        """Sends somebody's message on to the bot: its words come along, but neither who wrote it nor when."""
        place = self.world.personal(self.id)
        own = self.world.post(place, self._me.user_id, f"{comment}\r\n\r\n{message.text}")
        quoted = f"<p>{html.escape(message.text, quote=False)}</p>"
        content = f'<p>{html.escape(comment)}</p>\n<blockquote itemtype="http://schema.skype.com/Forward">\n{quoted}\n</blockquote>'
        written = self._written(own, own.text)
        return await self._send({**written, "attachments": [{"contentType": "text/html", "content": content}]}, place)

    async def mentions(self, text: str, channel: str | None = None, root: str = "", gap: str = "&nbsp;") -> Answer:
        """Writes to the bot by name.

        Args:
            gap: what stands between the name and the text: Teams puts one of several kinds of space there.
        """
        place = self._place(channel)
        message = self.world.post(place, self._me.user_id, f"{self.world.bot_name} {text}", root)
        name = f"<at>{self.world.bot_name}</at>"
        mention = {"type": "mention", "mentioned": self._bot, "text": name}
        # In channels a line break comes along at the end.
        written = self._written(message, f"{name}{gap}{text}" + ("\n" if place.kind == "channel" else ""), mention)
        return await self._send(written, place, message.root or message.id)

    async def quotes(
        self, message: FakeMessage, text: str, channel: str | None = None, *, as_html: bool = False
    ) -> Answer:
        """Answers a message with it quoted above; in a channel by naming the bot. Newer clients send a mark in the text,
        in front of the name; others the quoted words themselves, in the text and in the HTML."""
        place = self._place(channel)
        own = self.world.post(place, self._me.user_id, text)
        name, mention = f"<at>{self.world.bot_name}</at>", {"type": "mention", "mentioned": self._bot}
        said, entities = text, []
        if place.kind == "channel":
            said, entities = f"{name}&nbsp;{text}", [mention | {"text": name}]
        if not as_html:
            written = self._written(own, f'<quoted messageId="{message.id}"/>{said}', *entities)
            return await self._send(written, place, message.root or message.id)
        block = (
            f'<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="{message.id}">\r\n'
            f'<strong itemprop="mri" itemid="{self.world.bot_id}">{self.world.bot_name}</strong>'
            f'<span itemprop="time" itemid="{message.id}"></span>\r\n'
            f'<p itemprop="preview">{html.escape(message.shown, quote=False)}</p>\r\n</blockquote>\r\n'
        )
        marked = said.replace(
            name, f'<span itemtype="http://schema.skype.com/Mention" itemid="0">{self.world.bot_name}</span>'
        )
        content = {"contentType": "text/html", "content": f"{block}<p>{marked}</p>"}
        whole = f"{self.world.bot_name}\r\n{message.shown}\r\n\r\n{said}"
        written = {**self._written(own, whole, *entities), "attachments": [content]}
        return await self._send(written, place, message.root or message.id)

    async def presses(
        self, label: str, message: FakeMessage | None = None, values: Mapping[str, str] | None = None
    ) -> Answer:
        """Presses a button on a message, with what is filled in on its card sent along.

        Args:
            label: the button's.
            message: where; as it was when it was looked at, so that an old one can be pressed too. Not given, it is the
                newest message with such a button.
            values: by field id: what is filled in first.
        """
        message = message or next((each for each in reversed(self.messages()) if label in each.buttons), None)
        assert message is not None, f"{self.id} has no button {label!r} to press; what is seen: {self._seen()}"
        card = message.card or {}
        action = next(each for each in actions(card) if each["title"] == label)
        data = _data(action) | answers(card, values, demand=action.get("associatedInputs") != "none")
        place = self.world.conversations[message.conversation]
        root = message.root or message.id
        if action["type"] == "Action.Execute":
            pressed: Json = {name: action[name] for name in ("type", "id", "verb") if name in action}
            value = {"action": {**pressed, "title": label, "data": data}, "trigger": "manual"}
            answer = await self._invoke("adaptiveCard/action", value, place, root, message.id)
            self._refreshed(message, answer)
            return answer
        assert action["type"] == "Action.Submit", f"{action['type']} tells the bot nothing"
        if _data(action).get("msteams", {}).get("type") == "task/fetch":
            value = {"data": data, "context": {"theme": "default"}}
            answer = await self._invoke("task/fetch", value, place, root, message.id)
            self._dialog(answer, place, root, "task/submit", {})
            return answer
        return await self._send({"type": "message", "value": data, "replyToId": message.id}, place, root)

    async def saves(self, message: FakeMessage, command: str = "Gem i log") -> Answer:
        """Chooses a message action in the menu of a message, which may open a dialog."""
        place = self.world.conversations[message.conversation]
        about = {"commandId": COMMANDS[command], "commandContext": "message", "messagePayload": self._payload(message)}
        value = {**about, "context": {"theme": "default"}}
        answer = await self._invoke("composeExtension/fetchTask", value, place, message.root or message.id)
        self._dialog(answer, place, message.root or message.id, "composeExtension/submitAction", about)
        return answer

    async def composes(self, channel: str | None = None) -> Answer:
        """Chooses `Send varsel` where a message is written."""
        place = self._place(channel)
        about = {"commandId": "sendVarsel", "commandContext": "compose"}
        answer = await self._invoke("composeExtension/fetchTask", {**about, "context": {"theme": "default"}}, place, "")
        self._dialog(answer, place, "", "composeExtension/submitAction", about)
        return answer

    async def submits(self, values: Mapping[str, str] | None = None, label: str | None = None) -> Answer:
        """Fills in the open dialog and submits it, which closes it unless the bot answers with another.

        Args:
            label: which of its buttons; the first when not given.
        """
        dialog = self.dialog
        assert dialog is not None, f"{self.id} has no dialog open"
        buttons = [each for each in actions(dialog.card) if each["type"] == "Action.Submit"]
        button = next((each for each in buttons if label in (None, each["title"])), None)
        assert button, f"the dialog has no Action.Submit {label or ''}; Action.Execute does nothing in a dialog"
        value = {**dialog.about, "data": _data(button) | answers(dialog.card, values), "context": {"theme": "default"}}
        answer = await self._invoke(dialog.submit, value, dialog.place, dialog.root)
        self._dialog(answer, dialog.place, dialog.root, dialog.submit, dialog.about)
        return answer

    def closes(self) -> None:
        """Closes the open dialog; Teams tells the bot nothing."""
        self.dialog = None

    async def reacts(self, kind: str, message: FakeMessage) -> Answer:
        """Puts a reaction ("like", "heart", …) on a message; the bot hears of it on its own messages only."""
        if not message.from_bot:
            return Answer(0, "not the bot's own message, so Teams tells it nothing")
        place, reaction = self.world.conversations[message.conversation], {"reactionsAdded": [{"type": kind}]}
        reacted = {"type": "messageReaction", "replyToId": message.id, **reaction}
        return await self._send(reacted, place, message.root or message.id)

    async def edits(self, message: FakeMessage, text: str) -> Answer:
        """Rewrites an own message."""
        new = self.world.change(self._own(message), text=text, edited=True)
        return await self._changed("messageUpdate", "editMessage", new, self._written(new, text))

    async def deletes(self, message: FakeMessage) -> Answer:
        """Takes an own message away."""
        self.world.remove(self._own(message))
        return await self._changed("messageDelete", "softDeleteMessage", message, {"id": message.id})

    async def retry(self) -> Answer:
        """Teams sends the person's last act once more, since it heard no answer."""
        assert self._last is not None, "nothing has been sent yet"
        return await self.wire.deliver(self._last)

    async def invents(self, carried: Json) -> Answer:
        """Sends a press that no card has: what a button brings along is the client's to write.

        Args:
            carried: in place of what one of our buttons carries.
        """
        data = {"krisebot": carried}
        value = {"action": {"type": "Action.Execute", "verb": "do", "data": data}, "trigger": "manual"}
        return await self._invoke("adaptiveCard/action", value, self.world.personal(self.id), "")

    async def forged(self, how: Forgery, text: str = "status") -> Answer:
        """Somebody sends a message in this person's name, forged or spoilt in that way."""
        place = self.world.personal(self.id)
        message = FakeMessage(place.id, self.world.next_id(), self._me.user_id, text)
        return await self.wire.forge(how, self.activity(self._written(message, text), place))

    # -- as Teams puts it ---------------------------------------------------------------------------------------------

    def activity(self, what: Json, place: Conversation, root: str = "", channel_data: Json | None = None) -> Json:
        """An activity as Teams would send it: what happened, with who, when and where around it."""
        now = datetime.fromtimestamp(self.world.now(), UTC)
        conversation: Json = {"conversationType": place.kind, "tenantId": self.teams.tenant, "id": place.id}
        tenant: Json = {"tenant": {"id": self.teams.tenant}}
        if place.kind == "groupChat":
            conversation |= {"isGroup": True}
        if place.kind == "channel":
            thread = f"{place.id};messageid={root}" if root else place.id
            conversation |= {"id": thread, "isGroup": True}
            team = self.world.team(place.team).thread
            tenant |= {"teamsChannelId": place.id, "teamsTeamId": team, "channel": {"id": place.id}}
            tenant |= {"team": {"id": team, "name": self.world.team(place.team).name, "aadGroupId": place.team}}
        return {
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "localTimestamp": now.astimezone(DENMARK).isoformat(timespec="milliseconds"),
            "localTimezone": "Europe/Copenhagen",
            "id": f"f:{uuid.uuid4()}",
            "channelId": "msteams",
            "serviceUrl": self.teams.service_url,
            "from": {"id": self._me.user_id, "name": self._me.name, "aadObjectId": self.id},
            "conversation": conversation,
            "recipient": self._bot,
            "entities": [{"locale": "da-DK", "country": "DK", "platform": "Windows", "type": "clientInfo"}],
            "channelData": tenant | (channel_data or {}),
            "locale": "da-DK",
            **what,
        }

    async def _send(self, what: Json, place: Conversation, root: str = "", channel_data: Json | None = None) -> Answer:
        self._last = self.activity(what, place, root, channel_data)
        return await self.wire.deliver(self._last)

    async def _invoke(self, name: str, value: Json, place: Conversation, root: str, reply_to: str = "") -> Answer:
        what = {"type": "invoke", "name": name, "value": value} | ({"replyToId": reply_to} if reply_to else {})
        return await self._send(what, place, root, {"source": {"name": "message"}})

    def _written(self, message: FakeMessage, text: str, *entities: Json) -> Json:
        as_html = {"contentType": "text/html", "content": f"<p>{html.escape(text, quote=False)}</p>"}
        client = {"locale": "da-DK", "country": "DK", "platform": "Windows", "type": "clientInfo"}
        # Of a file in a channel the bot is told nothing beside the text.
        attached = [each for each in message.attachments if each["contentType"] != "reference"]
        written = {"type": "message", "text": text, "textFormat": "plain", "attachments": [as_html, *attached]}
        # Whoever was chosen in the text is told beside it; what was only typed so is escaped there.
        told = {each["text"] for each in entities}
        chosen = [each for each in dict.fromkeys(MENTION.findall(text)) if f"<at>{each}</at>" not in told]
        others = [{"type": "mention", "mentioned": self._called(each), "text": f"<at>{each}</at>"} for each in chosen]
        return {**written, "id": message.id, "entities": [client, *entities, *others]}

    def _called(self, name: str) -> Json:
        known = [each.user_id for each in self.world.people.values() if each.name == name]
        return self._bot if name == self.world.bot_name else {"id": known[0] if known else f"29:{name}", "name": name}

    async def _changed(self, kind: str, event: str, message: FakeMessage, what: Json) -> Answer:
        place = self.world.conversations[message.conversation]
        if place.kind == "channel" and not self.teams.hears_all:
            return Answer(0, "the bot may not hear all that is said in the channel, so Teams tells it nothing")
        root = message.root or message.id
        return await self._send({**what, "type": kind}, place, root, {"eventType": event})

    def _payload(self, message: FakeMessage) -> Json:
        """A message as a message action shows it to the bot."""
        said = datetime.fromtimestamp(int(message.id) / 1000, UTC).isoformat(timespec="milliseconds")
        if message.from_bot:
            author: Json = {"application": {"id": self.teams.app_id, "displayName": self.world.bot_name}, "user": None}
        else:
            person = self.world.person(message.sender)
            user = {"userIdentityType": "aadUser", "id": person.aad_id, "displayName": person.name}
            author = {"application": None, "user": user}
        return {
            "linkToMessage": f"https://teams.microsoft.com/l/message/{message.conversation}/{message.id}",
            "id": message.id,
            "replyToId": message.root or None,
            "createdDateTime": said.replace("+00:00", "Z"),
            "lastModifiedDateTime": None,
            "deleted": False,
            "importance": "normal",
            "locale": "da-dk",
            "from": {"device": None, "conversation": None, **author},
            "body": {"contentType": "html", "content": f"<div>{html.escape(message.text, quote=False)}</div>"},
            "attachments": list(message.attachments),
            "mentions": [],
            "reactions": [],
        }

    def _refreshed(self, message: FakeMessage, answer: Answer) -> None:
        """What the answer to a button shows: another card, to this person alone, or a word below the card."""
        if answer.status != 200:
            return
        body = answer.json
        assert body.get("statusCode") == 200, f"Teams shows 'Something went wrong' after {answer.text!r}"
        match body.get("type"):
            case "application/vnd.microsoft.card.adaptive":
                inspect_card(body["value"])
                self.world.for_one[self.id, message.conversation, message.id] = {
                    "contentType": ADAPTIVE_CARD,
                    "content": body["value"],
                }
                self.world.touch()
            case "application/vnd.microsoft.activity.message":
                assert isinstance(body["value"], str), "the word below a card is plain text"
                self.notice = body["value"]
            case other:
                raise AssertionError(f"Teams knows no answer of the type {other!r} to a button")

    def _dialog(self, answer: Answer, place: Conversation, root: str, submit: str, about: Json) -> None:
        """What the answer to a dialog shows: another dialog, a word in its place, or nothing more."""
        if answer.status != 200:
            return
        self.dialog = None
        task: Any = answer.json.get("task")
        if task is None:
            return
        if task["type"] == "message":
            self.notice = task["value"]
            return
        if task["type"] != "continue" or task["value"]["card"]["contentType"] != ADAPTIVE_CARD:
            raise BadCard(f"Teams opens no such dialog: {task}")
        card = task["value"]["card"]["content"]
        inspect_card(card)
        self.dialog = Dialog(task["value"].get("title", ""), card, place, root, submit, about)

    @property
    def _me(self) -> Any:
        return self.world.people[self.id]

    @property
    def _bot(self) -> Json:
        return {"id": self.world.bot_id, "name": self.world.bot_name}

    def _place(self, channel: str | None) -> Conversation:
        if channel is None:
            self._me.installed = True  # whoever opens the chat gets the app
            return self.world.personal(self.id)
        place = self.world.named(channel)
        assert self._me in self.world.members(place), f"{self.id} is not in {place.name}"
        return place

    def _own(self, message: FakeMessage) -> FakeMessage:
        assert message.sender == self._me.user_id, "one can only change one's own messages"
        return message


def _data(action: Json) -> Json:
    data = action.get("data", {})
    return data if isinstance(data, dict) else {"data": data}
