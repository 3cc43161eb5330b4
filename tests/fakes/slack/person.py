"""What a person does in Slack, sent to krisebot as Slack sends it, and what that person then sees."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.slack.blocks import Json, answers, buttons, shown
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.wire import Answer, Delivery, Forgery, Wire
from tests.fakes.slack.world import Channel, FakeMessage, View, typed

__all__ = ["Answer", "Forgery", "SlackPerson"]


class SlackPerson:
    """One of the workspace's people.

    A place is given by a channel's id or name; None is the one-to-one chat with the bot. Every act returns the bot's
    own answer to the request.

    Args:
        slack: the workspace.
        user_id: the person's Slack id, as in the plan.
        target: krisebot's address, such as http://127.0.0.1:8080; None delivers through Socket Mode.
        signing_secret: what Slack signs with; the workspace's own when not given.
        name: full name; not needed for someone who is already known in the workspace.
    """

    def __init__(
        self,
        slack: FakeSlack,
        user_id: str,
        target: str | None = None,
        signing_secret: str | None = None,
        name: str = "",
    ) -> None:
        self.slack, self.world, self.id = slack, slack.world, user_id
        if name or user_id not in self.world.users:
            slack.add_user(user_id, name or user_id)
        self.wire = Wire(slack, target, signing_secret or slack.signing_secret)
        self._last: Delivery | None = None
        self._retries = 0
        self.team = self.world.team
        """The workspace that the person belongs to; another's shares a channel with ours (Slack Connect)."""

    # -- what is seen -------------------------------------------------------------------------------------------------

    @property
    def dm(self) -> str:
        """The id of the one-to-one chat with the bot."""
        return self.world.dm(self.id).id

    @property
    def view(self) -> View | None:
        """The dialog that is open before the person."""
        stack = self.world.modals.get(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> str:
        """What the app's home page shows."""
        home = self.world.homes.get(self.id)
        return shown(home.body["blocks"]) if home else ""

    def messages(self) -> list[FakeMessage]:
        """Every message the person can see, newest last."""
        return self.world.seen_by(self.id)

    def sees(self, text: str) -> list[FakeMessage]:
        """What others have written that shows the text, newest last."""
        return [each for each in self.messages() if each.user != self.id and text in each.shown]

    async def gets(self, text: str, within: float = 5.0) -> FakeMessage:
        """The newest message that shows the text, as soon as there is one.

        Args:
            within: seconds before it is a failure.
        """
        try:
            return (await self.slack.until(lambda: self.sees(text), within))[-1]
        except AssertionError as error:
            raise AssertionError(f"{self.id} never saw {text!r} but only {self._seen()}; {error}") from None

    def _seen(self) -> list[str]:
        return [f"{each.shown} {each.buttons}" for each in self.messages()]

    # -- what is done -------------------------------------------------------------------------------------------------

    async def command(self, text: str, channel: str | None = None, command: str = "/krise") -> Answer:
        """Types the slash command."""
        place = self.world.place(channel, self.id)
        answer = await self._deliver("slash_commands", self._command(text, place, command))
        if answer.status == 200 and answer.text:
            self._said_back(answer, place)
        return answer

    def _command(self, text: str, place: Channel, command: str = "/krise") -> Json:
        names = {"im": "directmessage", "private_channel": "privategroup"}
        return {
            "token": "verification",
            "team_id": self.world.team,
            "team_domain": self.world.team_domain,
            "channel_id": place.id,
            "channel_name": names.get(place.kind, place.name),
            "user_id": self.id,
            "user_name": self.id.lower(),
            "command": command,
            "text": text,
            "api_app_id": self.world.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(place),
            "trigger_id": self.world.trigger(self.id),
        }

    def _said_back(self, answer: Answer, place: Channel) -> None:
        """The body of a command's answer is itself a message, only for the one who typed it unless it says else."""
        body = answer.json or {"text": answer.text}
        if body.get("text") or body.get("blocks"):
            private = {} if body.get("response_type") == "in_channel" else {"ephemeral_for": self.id}
            content = self.world.content(body)
            self.world.post(place, self.world.bot_user, from_bot=True, **private, **content)

    async def says(
        self, text: str, channel: str | None = None, thread_ts: str = "", files: Sequence[tuple[str, str, bytes]] = ()
    ) -> Answer:
        """Writes a message; the bot hears it where it is a member, and twice when its own name stands in it.

        Args:
            files: what is attached: (name, content type, bytes).
        """
        place, message = self._writes(text, channel, thread_ts)
        if files:
            root = self.slack.url.removesuffix("api/")
            message = self.world.change(message, files=tuple(self.world.share(place, root, *each) for each in files))
        if self.world.bot_user not in place.members:
            return Answer(0, f"the bot is not in {place.name}, so Slack tells it nothing")
        if place.kind != "im" and f"<@{self.world.bot_user}>" in message.text:
            await self._event(self._heard(place, message) | {"type": "app_mention"})
        return await self._event(self._heard(place, message) | {"channel_type": self._channel_type(place)})

    async def forwards(self, message: FakeMessage, comment: str = "", channel: str | None = None) -> Answer:
        """Shares somebody's message, with a comment above it; the bot is told by whom and when it was written."""
        place, own = self._writes(comment, channel, "")
        original = self.world.as_json(message)
        shared = {
            "is_msg_unfurl": True,
            "is_share": True,
            "ts": message.ts,
            "channel_id": message.channel,
            "channel_team": self.world.team,
            "author_id": message.user,
            "author_name": self.world.users[message.user],
            "from_url": f"https://htk.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}",
            "fallback": f"[July 2nd, 2026] {message.text}",
            "text": message.text,
            "mrkdwn_in": ["text"],
            **{name: original[name] for name in ("files",) if name in original},
        }
        return await self._event(
            self._heard(place, own) | {"attachments": [shared], "channel_type": self._channel_type(place)}
        )

    async def mentions(self, text: str, channel: str, thread_ts: str = "") -> Answer:
        """Writes to the bot by name. Slack tells it so, then once more as a message; the first answer is returned."""
        place, message = self._writes(f"<@{self.world.bot_user}> {text}", channel, thread_ts)
        if self.world.bot_user not in place.members:
            return Answer(0, f"the bot is not in {place.name}, so Slack tells it nothing")
        answer = await self._event(self._heard(place, message) | {"type": "app_mention"})
        mention = self._last
        await self._event(self._heard(place, message) | {"channel_type": self._channel_type(place)})
        self._last = mention
        return answer

    async def presses(
        self,
        label: str,
        message: FakeMessage | None = None,
        values: Mapping[str, Any] | None = None,
        *,
        at_home: bool = False,
    ) -> Answer:
        """Presses a button, with what is filled in on the message sent along.

        Args:
            label: the button's.
            message: where; as it was when it was looked at, so that an old one can be pressed too. Not given, it is the
                open dialog, else the newest message with such a button, else the home page.
            values: by field id: what is filled in first.
            at_home: it is pressed on the home page, wherever else it is.
        """
        payload: Json
        view = self.world.homes[self.id] if at_home else None if message else self._view_with(label)
        if message is None and view is None:
            message = next((each for each in reversed(self.messages()) if label in each.buttons), None)
            view = self.world.homes.get(self.id) if message is None else None
        blocks = message.blocks if message else view.body["blocks"] if view else ()
        found = [each for each in buttons(blocks) if each[1]["text"]["text"] == label]
        assert found, f"{self.id} has no button {label!r} to press; what is seen: {self._seen()}"
        state = {"values": answers(blocks, values)}
        if message:
            place = self.world.channels[message.channel]
            container: Json = {"type": "message", "message_ts": message.ts, "channel_id": place.id}
            container["is_ephemeral"] = bool(message.ephemeral_for)
            payload = {"container": container, "channel": self._channel(place), "state": state}
            payload["response_url"] = self._response_url(place, message)
            # Slack does not send an ephemeral message back.
            payload |= {} if message.ephemeral_for else {"message": self.world.as_json(message)}
        else:
            assert view is not None
            payload = {"container": {"type": "view", "view_id": view.body["id"]}, "view": {**view.body, "state": state}}
        block, button = found[0]
        pressed = {name: value for name, value in button.items() if name != "text" or button["type"] == "button"}
        action = {**pressed, "block_id": block["block_id"], "action_ts": self.world.next_ts()}
        return await self._interactive("block_actions", {**payload, "actions": [action]})

    async def submits(self, values: Mapping[str, Any] | None = None) -> Answer:
        """Fills in the open dialog and submits it, which closes it unless the bot answers otherwise."""
        view = self._open_view()
        state = {"values": answers(view.body["blocks"], values, demand=True)}
        answer = await self._interactive(
            "view_submission", {"view": {**view.body, "state": state}, "response_urls": []}
        )
        if answer.status == 200:
            self._answered(view, answer.json)
        return answer

    def _answered(self, view: View, body: Json) -> None:
        stack = self.world.modals[self.id]
        match body.get("response_action"):
            case None:
                stack.remove(view)
            case "clear":
                stack.clear()
            case "update":
                view.body = self.world.view(self.id, body["view"], "modal", was=view).body
            case "push":
                stack.append(self.world.view(self.id, body["view"], "modal"))
            case "errors":
                unknown = body["errors"].keys() - {block["block_id"] for block in view.body["blocks"]}
                assert not unknown, f"Slack knows no fields {unknown} to write an error on"
        self.world.touch()

    async def closes(self) -> Answer:
        """Closes the open dialog without submitting it; the bot hears of it only if it asked to."""
        view = self._open_view()
        self.world.modals[self.id].remove(view)
        if not view.body["notify_on_close"]:
            return Answer(0, "the dialog doesn't ask to be told")
        return await self._interactive("view_closed", {"view": view.body, "is_cleared": False})

    async def shortcut(self, label: str, message: FakeMessage) -> Answer:
        """Chooses a message shortcut in the menu of a message."""
        place = self.world.channels[message.channel]
        about = {"message": self.world.as_json(message), "message_ts": message.ts, "channel": self._channel(place)}
        about |= {"callback_id": self.slack.shortcuts[label], "response_url": self._response_url(place, message)}
        return await self._interactive("message_action", {**about, "action_ts": self.world.next_ts()})

    async def global_shortcut(self, callback_id: str) -> Answer:
        """Chooses a global shortcut; Slack says of no channel."""
        return await self._interactive("shortcut", {"callback_id": callback_id, "action_ts": self.world.next_ts()})

    async def reacts(self, emoji: str, message: FakeMessage) -> Answer:
        """Puts an emoji on a message."""
        self.world.change(message, reactions=(*message.reactions, (emoji, self.id)))
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        return await self._event(
            {"type": "reaction_added", "user": self.id, "reaction": emoji, "item": item, "item_user": message.user}
        )

    async def edits(self, message: FakeMessage, text: str) -> Answer:
        """Rewrites an own message."""
        assert message.user == self.id, "one can only edit one's own messages"
        new = self.world.change(message, text=typed(text), edited=True)
        now_and_then = {"message": self.world.as_json(new), "previous_message": self.world.as_json(message)}
        return await self._event(self._hidden(message, "message_changed") | now_and_then)

    async def deletes(self, message: FakeMessage) -> Answer:
        """Takes an own message away."""
        assert message.user == self.id, "one can only delete one's own messages"
        self.world.remove(message)
        gone = {"deleted_ts": message.ts, "previous_message": self.world.as_json(message)}
        return await self._event(self._hidden(message, "message_deleted") | gone)

    async def joins(self, channel: str) -> Answer:
        """Comes into a channel that the bot is in."""
        place = self.world.place(channel, self.id)
        place.members.append(self.id)
        joined = {"type": "member_joined_channel", "user": self.id, "channel": place.id, "team": self.world.team}
        return await self._event(joined | {"channel_type": "C" if place.kind == "public_channel" else "G"})

    async def leaves(self, channel: str) -> Answer:
        """Goes out of a channel that the bot is in; Slack tells it once more where it doubts that it was heard."""
        place = self.world.place(channel, self.id) if self.id in self.world.channels[channel].members else None
        if place is not None:
            place.members.remove(self.id)
        left = {"type": "member_left_channel", "user": self.id, "channel": channel, "team": self.world.team}
        return await self._event(left | {"channel_type": "G"})

    async def happens(self, event: str, **about: Any) -> Answer:
        """Somebody does something with a channel by hand; Slack tells of it."""
        return await self._event({"type": event, **about})

    async def opens_home(self) -> Answer:
        """Opens the app's home page."""
        view = {"view": self.world.homes[self.id].body} if self.id in self.world.homes else {}
        return await self._event(
            {"type": "app_home_opened", "user": self.id, "channel": self.dm, "tab": "home", **view}
        )

    async def retry(self) -> Answer:
        """Slack sends the person's last act once more, since it heard no answer."""
        assert self._last is not None, "nothing has been sent yet"
        self._retries += 1
        return await self.wire.deliver(self._last, retry=self._retries)

    async def forged(self, how: Forgery, text: str = "status") -> Answer:
        """Somebody sends a command in this person's name, forged or spoilt in that way."""
        return await self.wire.forge(how, Delivery("slash_commands", self._command(text, self.world.dm(self.id))))

    # -- as Slack puts it ---------------------------------------------------------------------------------------------

    async def _deliver(self, kind: str, payload: Json) -> Answer:
        self._last, self._retries = Delivery(kind, payload), 0
        return await self.wire.deliver(self._last)

    async def _event(self, event: Json) -> Answer:
        world, stamp = self.world, self.world.next_ts()
        authorization = {"enterprise_id": None, "team_id": world.team, "user_id": world.bot_user, "is_bot": True}
        payload = {
            "token": "verification",
            "team_id": world.team,
            "context_team_id": world.team,
            "context_enterprise_id": None,
            "api_app_id": world.app_id,
            "event": {"event_ts": stamp, **({} if self.team == world.team else {"user_team": self.team}), **event},
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(float(stamp)),
            "authorizations": [{**authorization, "is_enterprise_install": False}],
            "is_ext_shared_channel": self.team != world.team,
            "event_context": secrets.token_hex(8),
        }
        return await self._deliver("events_api", payload)

    async def _interactive(self, kind: str, about: Json) -> Answer:
        user = {"id": self.id, "username": self.id.lower(), "name": self.id.lower(), "team_id": self.team}
        payload = {
            "type": kind,
            "user": user,
            "team": {"id": self.world.team, "domain": self.world.team_domain},
            "api_app_id": self.world.app_id,
            "token": "verification",
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self.world.trigger(self.id),
        }
        return await self._deliver("interactive", json.loads(json.dumps(payload | about)))

    def _writes(self, text: str, channel: str | None, thread_ts: str) -> tuple[Channel, FakeMessage]:
        place = self.world.place(channel, self.id)
        assert self.id in place.members, f"{self.id} is not in {place.name}"
        ids = {"thread_ts": thread_ts, "client_msg_id": str(uuid.uuid4())}
        return place, self.world.post(place, self.id, typed(text), **ids)

    def _heard(self, place: Channel, message: FakeMessage) -> Json:
        words = [{"type": "rich_text_section", "elements": [{"type": "text", "text": message.text}]}]
        rich = [{"type": "rich_text", "block_id": secrets.token_hex(3), "elements": words}]
        said = {**self.world.as_json(message), "channel": place.id, "event_ts": message.ts, "blocks": rich}
        said |= {"subtype": "file_share", "upload": False} if message.files else {}
        return said | ({"parent_user_id": self._parent(place, message)} if message.thread_ts else {})

    def _parent(self, place: Channel, message: FakeMessage) -> str:
        parent = self.world.message(place, message.thread_ts)
        return parent.user if parent else ""

    def _hidden(self, message: FakeMessage, subtype: str) -> Json:
        place = self.world.channels[message.channel]
        event: Json = {"type": "message", "subtype": subtype, "hidden": True, "channel": place.id}
        return event | {"channel_type": self._channel_type(place), "ts": self.world.next_ts()}

    @staticmethod
    def _channel_type(place: Channel) -> str:
        return {"im": "im", "private_channel": "group"}.get(place.kind, "channel")

    @staticmethod
    def _channel(place: Channel) -> Json:
        names = {"im": "directmessage", "private_channel": "privategroup"}
        return {"id": place.id, "name": names.get(place.kind, place.name)}

    def _response_url(self, place: Channel, message: FakeMessage | None = None) -> str:
        token = self.world.response_url(self.id, place.id, message.ts if message else "")
        return f"{self.slack.url.removesuffix('api/')}response/{token}"

    def _open_view(self) -> View:
        assert self.view is not None, f"{self.id} has no dialog open"
        return self.view

    def _view_with(self, label: str) -> View | None:
        labels = [button["text"]["text"] for _, button in buttons(self.view.body["blocks"])] if self.view else []
        return self.view if label in labels else None
