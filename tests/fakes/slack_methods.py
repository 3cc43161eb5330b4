"""Slack's Web API methods, as far as krisebot needs them, with Slack's own names for what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.slack_blocks import Json
from tests.fakes.slack_world import Channel, FakeMessage, SlackError, View, World, messages_of

Perform = Callable[[World, Json], Json]


@dataclass(frozen=True)
class Method:
    """A method, the tier of its rate limit (calls a minute: 1, 20, 50, 100), and the scopes of which it takes one."""

    perform: Perform
    tier: int
    scopes: tuple[str, ...] = ()


METHODS: dict[str, Method] = {}


def method(name: str, tier: int, *scopes: str) -> Callable[[Perform], Perform]:
    """Makes a function the method of that name."""

    def keep(perform: Perform) -> Perform:
        METHODS[name] = Method(perform, tier, scopes)
        return perform

    return keep


# -- what the methods share ------------------------------------------------------------------------------------------


def need(args: Json, name: str) -> Any:
    if args.get(name) in (None, ""):
        raise SlackError("invalid_arguments", **messages_of([f"missing required field: {name}"]))
    return args[name]


def flag(args: Json, name: str, otherwise: bool = False) -> bool:
    value = args.get(name)
    return otherwise if value is None else str(value).lower() in ("1", "true")


def named_channel(world: World, args: Json) -> Channel:
    """The channel of a call, as far as the bot may know of it."""
    channel = world.channels.get(need(args, "channel"))
    if channel is None or (channel.kind == "private_channel" and world.bot_user not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def joined_channel(world: World, args: Json) -> Channel:
    """The channel of a call that asks the bot to be in it."""
    channel = named_channel(world, args)
    if world.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def live_channel(world: World, args: Json) -> Channel:
    """The channel of a call that writes something there."""
    channel = joined_channel(world, args)
    if channel.archived:
        raise SlackError("is_archived")
    return channel


def group_channel(world: World, args: Json) -> Channel:
    """The channel of a call that makes no sense in a one-to-one chat."""
    if named_channel(world, args).kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
    return live_channel(world, args)


def found_message(world: World, channel: Channel, ts: Any) -> FakeMessage:
    message = world.message(channel, str(ts))
    if message is None or message.ephemeral_for:
        raise SlackError("message_not_found")
    return message


def channel_json(world: World, channel: Channel) -> Json:
    shape: Json = {"id": channel.id, "created": channel.created, "is_im": channel.kind == "im"}
    if channel.kind == "im":
        return shape | {"user": channel.members[0], "is_open": True, "context_team_id": world.team}
    return shape | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_private": channel.kind == "private_channel",
        "is_member": world.bot_user in channel.members,
        "is_archived": channel.archived,
        "creator": channel.creator,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "context_team_id": world.team,
    }


T = TypeVar("T")


def page(args: Json, everything: Sequence[T], most: int = 1000) -> tuple[list[T], str]:
    """One page of a listing, and the cursor of the next one."""
    start = 0
    if args.get("cursor"):
        if not str(args["cursor"]).startswith("next:"):
            raise SlackError("invalid_cursor")
        start = int(str(args["cursor"]).removeprefix("next:"))
    limit = int(args.get("limit") or 100)
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    end = start + limit
    return list(everything[start:end]), f"next:{end}" if end < len(everything) else ""


# -- who we are ------------------------------------------------------------------------------------------------------


@method("auth.test", tier=4)
def auth_test(world: World, args: Json) -> Json:
    url = f"https://{world.team_domain}.slack.com/"
    known = {"user_id": world.bot_user, "bot_id": world.bot_id, "is_enterprise_install": bool(world.enterprise)}
    known |= {"enterprise_id": world.enterprise} if world.enterprise else {"team_id": world.team}
    return {"url": url, "team": "Høje-Taastrup", "user": "krisebot", **known}


@method("bots.info", tier=3)
def bots_info(world: World, args: Json) -> Json:
    if args.get("bot") not in (None, world.bot_id):
        raise SlackError("bot_not_found")
    bot = {"id": world.bot_id, "name": "Krisebot", "deleted": False, "app_id": world.app_id, "user_id": world.bot_user}
    return {"bot": bot}


@method("users.info", tier=4)
def users_info(world: World, args: Json) -> Json:
    user = need(args, "user")
    if user not in world.users:
        raise SlackError("user_not_found")
    return {"user": user_json(world, user)}


@method("usergroups.list", 2, "usergroups:read")
def usergroups_list(world: World, args: Json) -> Json:
    groups = [
        {"id": each, "handle": handle, "name": handle.title(), "is_usergroup": True, "date_delete": 0}
        for each, handle in world.usergroups.items()
    ]
    return {"usergroups": groups}


@method("users.lookupByEmail", 3, "users:read.email")
def users_lookup_by_email(world: World, args: Json) -> Json:
    wanted = str(need(args, "email")).casefold()
    for user, mail in world.mails.items():
        if mail.casefold() == wanted:
            told = user_json(world, user)
            return {
                "user": {
                    **told,
                    "profile": {**told["profile"], "email": world.said_of.get(user, {}).get("email", mail)},
                }
            }
    raise SlackError("users_not_found")


def user_json(world: World, user: str) -> Json:
    name = world.users[user]
    profile = {"real_name": name, "real_name_normalized": name, "display_name": "", "team": world.team}
    known = {"id": user, "team_id": world.team, "name": user.lower(), "real_name": name, "profile": profile}
    state = {"deleted": user in world.deactivated, "is_bot": user == world.bot_user, "is_app_user": False}
    state |= {"is_restricted": False, "is_ultra_restricted": False, "is_email_confirmed": True}
    said = {key: value for key, value in world.said_of.get(user, {}).items() if key != "email"}
    return {**known, **state, "tz": "Europe/Copenhagen", **said}


# -- messages --------------------------------------------------------------------------------------------------------


@method("chat.postMessage", tier=4)
def chat_post_message(world: World, args: Json) -> Json:
    target = str(need(args, "channel"))
    if target.startswith(("U", "W")):
        if not world.is_person(target) or target == world.bot_user:
            raise SlackError("channel_not_found")
        channel = world.dm(target)
    else:
        channel = live_channel(world, args)
    if channel.kind == "im" and not world.is_person(channel.members[0]):
        raise SlackError("channel_not_found")
    thread = str(args.get("thread_ts") or "")
    if thread and world.message(channel, thread) is None:
        raise SlackError("thread_not_found")
    message = world.post(channel, world.bot_user, from_bot=True, thread_ts=thread, **world.content(args))
    return {"channel": channel.id, "ts": message.ts, "message": world.as_json(message, metadata=True)}


@method("chat.postEphemeral", tier=4)
def chat_post_ephemeral(world: World, args: Json) -> Json:
    channel, user = live_channel(world, args), need(args, "user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    thread = str(args.get("thread_ts") or "")
    if thread and not any(each.thread_ts == thread for each in channel.messages):
        # It is taken, and nobody sees it: the thread has not begun.
        return {"message_ts": world.next_ts()}
    more: Json = {"from_bot": True, "thread_ts": thread, "ephemeral_for": user}
    return {"message_ts": world.post(channel, world.bot_user, **more, **world.content(args)).ts}


@method("chat.update", tier=3)
def chat_update(world: World, args: Json) -> Json:
    channel = joined_channel(world, args)
    message = found_message(world, channel, need(args, "ts"))
    if not message.from_bot:
        raise SlackError("cant_update_message")
    changes = world.content(args)
    if "metadata" not in args:
        del changes["metadata"]
    if not args.get("text"):
        changes["text"] = message.text
    # Text alone takes the blocks away, and only then does Slack write "(edited)".
    message = world.change(message, **changes, edited=message.edited or not args.get("blocks"))
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": world.as_json(message)}


@method("chat.delete", tier=3)
def chat_delete(world: World, args: Json) -> Json:
    channel = joined_channel(world, args)
    message = found_message(world, channel, need(args, "ts"))
    if not message.from_bot:
        raise SlackError("cant_delete_message")
    world.remove(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", tier=4)
def chat_get_permalink(world: World, args: Json) -> Json:
    channel = joined_channel(world, args)
    message = found_message(world, channel, need(args, "message_ts"))
    address = f"https://{world.team_domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": address}


@method("reactions.add", tier=3)
def reactions_add(world: World, args: Json) -> Json:
    message = found_message(world, live_channel(world, args), need(args, "timestamp"))
    name = str(need(args, "name"))
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    if (name, world.bot_user) in message.reactions:
        raise SlackError("already_reacted")
    world.change(message, reactions=(*message.reactions, (name, world.bot_user)))
    return {}


@method("pins.add", 2, "pins:write")
def pins_add(world: World, args: Json) -> Json:
    channel = live_channel(world, args)
    message = found_message(world, channel, need(args, "timestamp"))
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    channel.pins.append(message.ts)
    world.touch()
    return {}


@method("bookmarks.add", 2, "bookmarks:write")
def bookmarks_add(world: World, args: Json) -> Json:
    if not args.get("channel_id"):
        raise SlackError("channel_not_found")
    channel = group_channel(world, {"channel": args["channel_id"]})
    title, link = str(need(args, "title")), str(args.get("link") or "")
    if args.get("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if not re.match(r"https?://", link):
        raise SlackError("invalid_link")
    if len(channel.bookmarks) >= 100:
        raise SlackError("too_many_bookmarks")
    id = world.next_id("Bk")
    channel.bookmarks[id] = (title, link)
    world.touch()
    return {"bookmark": {"id": id, "channel_id": channel.id, "title": title, "link": link, "type": "link"}}


@method("bookmarks.remove", 2, "bookmarks:write")
def bookmarks_remove(world: World, args: Json) -> Json:
    channel = group_channel(world, {"channel": need(args, "channel_id")})
    if channel.bookmarks.pop(str(need(args, "bookmark_id")), None) is None:
        raise SlackError("not_found")
    world.touch()
    return {}


# -- channels --------------------------------------------------------------------------------------------------------


def free_name(world: World, args: Json) -> str:
    name = args.get("name")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > 80:
        raise SlackError("invalid_name_maxlength")
    if re.search(r"[^a-z0-9_-]", name):
        raise SlackError("invalid_name_specials")
    if not re.search(r"[a-z0-9]", name):
        raise SlackError("invalid_name_punctuation")
    if any(each.name == name for each in world.channels.values()):
        raise SlackError("name_taken")
    return str(name)


@method("conversations.create", tier=2)
def conversations_create(world: World, args: Json) -> Json:
    name = free_name(world, args)
    channel = world.open_channel(name, [world.bot_user], private=flag(args, "is_private"), creator=world.bot_user)
    world.touch()
    return {"channel": channel_json(world, channel)}


@method("conversations.rename", tier=2)
def conversations_rename(world: World, args: Json) -> Json:
    channel = group_channel(world, args)
    if channel.creator != world.bot_user:
        raise SlackError("not_authorized")
    channel.name = free_name(world, args)
    world.touch()
    return {"channel": channel_json(world, channel)}


@method("conversations.invite", tier=3)
def conversations_invite(world: World, args: Json) -> Json:
    channel = group_channel(world, args)
    users = [each.strip() for each in str(need(args, "users")).split(",") if each.strip()]
    if len(users) > 100:
        raise SlackError("invalid_arguments", **messages_of(["no more than 100 users"]))

    def fault(user: str) -> str:
        if user == world.bot_user:
            return "cant_invite_self"
        if not world.is_person(user):
            return "user_not_found"
        return "already_in_channel" if user in channel.members else ""

    faults = [{"user": user, "ok": False, "error": fault(user)} for user in users if fault(user)]
    partly = flag(args, "force") and len(faults) < len(users)
    if faults and not partly:
        more = {"errors": faults} if len(users) > 1 else {}
        raise SlackError(str(faults[0]["error"]), **more)
    channel.members += [user for user in dict.fromkeys(users) if not fault(user)]
    world.touch()
    return {"channel": channel_json(world, channel), **({"errors": faults} if faults else {})}


@method("conversations.kick", tier=3)
def conversations_kick(world: World, args: Json) -> Json:
    channel, user = group_channel(world, args), need(args, "user")
    if user == world.bot_user:
        raise SlackError("cant_kick_self")
    if user not in world.users:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    channel.members.remove(user)
    world.touch()
    return {"errors": {}}


@method("conversations.archive", tier=2)
def conversations_archive(world: World, args: Json) -> Json:
    if named_channel(world, args).archived:
        raise SlackError("already_archived")
    group_channel(world, args).archived = True
    world.touch()
    return {}


@method("conversations.setTopic", tier=2)
def conversations_set_topic(world: World, args: Json) -> Json:
    channel = group_channel(world, args)
    if len(args.get("topic") or "") > 250:
        raise SlackError("too_long")
    channel.topic = args.get("topic") or ""
    world.touch()
    return {"channel": channel_json(world, channel)}


@method("conversations.info", tier=3)
def conversations_info(world: World, args: Json) -> Json:
    return {"channel": channel_json(world, named_channel(world, args))}


@method("conversations.members", tier=4)
def conversations_members(world: World, args: Json) -> Json:
    members, cursor = page(args, named_channel(world, args).members)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


@method("conversations.history", tier=3)
def conversations_history(world: World, args: Json) -> Json:
    messages = [each for each in history(world, args) if each.thread_ts in ("", each.ts)]
    return listed(world, args, messages[::-1])


@method("conversations.replies", tier=3)
def conversations_replies(world: World, args: Json) -> Json:
    channel, ts = joined_channel(world, args), need(args, "ts")
    if world.message(channel, ts) is None:
        raise SlackError("thread_not_found")
    return listed(world, args, [each for each in history(world, args) if ts in (each.ts, each.thread_ts)])


def history(world: World, args: Json) -> list[FakeMessage]:
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    ends = flag(args, "inclusive")
    return [
        each
        for each in joined_channel(world, args).messages
        if not each.ephemeral_for
        and (oldest < float(each.ts) < latest or (ends and float(each.ts) in (oldest, latest)))
    ]


def listed(world: World, args: Json, messages: list[FakeMessage]) -> Json:
    some, cursor = page(args, messages, most=999)
    told = [world.as_json(each, metadata=flag(args, "include_all_metadata")) for each in some]
    return {"messages": told, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


@method("conversations.open", tier=3)
def conversations_open(world: World, args: Json) -> Json:
    users = [each for each in str(args.get("users") or "").split(",") if each]
    if args.get("channel"):
        users = [named_channel(world, args).members[0]]
    if len(users) != 1:
        raise SlackError("not_enough_users" if not users else "too_many_users_for_this_fake")
    if users[0] not in world.users:
        raise SlackError("user_not_found")
    if not world.is_person(users[0]):
        raise SlackError("user_disabled")
    channel = world.dm(users[0])
    world.touch()
    return {"channel": channel_json(world, channel) if flag(args, "return_im") else {"id": channel.id}}


@method("users.conversations", tier=3)
def users_conversations(world: World, args: Json) -> Json:
    types = set(str(args.get("types") or "public_channel").split(","))
    if types - {"public_channel", "private_channel", "im", "mpim"}:
        raise SlackError("invalid_types")
    user = args.get("user") or world.bot_user
    channels = [
        each
        for each in world.channels.values()
        if each.kind in types and user in each.members and not (each.archived and flag(args, "exclude_archived"))
    ]
    some, cursor = page(args, channels, most=999)
    return {"channels": [channel_json(world, each) for each in some], "response_metadata": {"next_cursor": cursor}}


# -- dialogs and the home page ---------------------------------------------------------------------------------------


@method("views.open", tier=4)
def views_open(world: World, args: Json) -> Json:
    view = world.view("", need(args, "view"), "modal")
    view.user = world.exchange(need(args, "trigger_id"))
    world.modals.setdefault(view.user, []).append(view)
    return {"view": view.body}


@method("views.update", tier=4)
def views_update(world: World, args: Json) -> Json:
    key = "view_id" if args.get("view_id") else "external_id"
    wanted = need(args, key)
    old = next((each for each in world.open_views() if each.body[key.removeprefix("view_")] == wanted), None)
    if old is None:
        raise SlackError("not_found")
    if args.get("hash") not in (None, old.body["hash"]):
        raise SlackError("hash_conflict")
    new: View = world.view(old.user, need(args, "view"), "modal", was=old)
    old.body = new.body
    return {"view": new.body}


@method("views.publish", tier=4)
def views_publish(world: World, args: Json) -> Json:
    user = need(args, "user_id")
    if not world.is_person(user):
        raise SlackError("invalid_arguments", **messages_of(["user_id: there is no such user"]))
    old = world.homes.get(user)
    if args.get("hash") and (old is None or args["hash"] != old.body["hash"]):
        raise SlackError("hash_conflict")
    world.homes[user] = world.view(user, need(args, "view"), "home", was=old)
    return {"view": world.homes[user].body}


# -- files ------------------------------------------------------------------------------------------------------------


@method("files.info", tier=4)
def files_info(world: World, args: Json) -> Json:
    file = world.files.get(str(need(args, "file")))
    if file is None or world.bot_user not in world.channels[file.shared_in].members:
        raise SlackError("file_not_found")
    return {"file": file.about, "comments": [], "response_metadata": {"next_cursor": ""}}
