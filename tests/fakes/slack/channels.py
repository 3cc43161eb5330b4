"""Slack's methods about channels: `conversations`, with Slack's own names for what goes wrong."""

from __future__ import annotations

import re

from tests.fakes.slack.blocks import Json
from tests.fakes.slack.calls import (
    channel_json,
    flag,
    group_channel,
    joined_channel,
    method,
    named_channel,
    need,
    page,
)
from tests.fakes.slack.world import FakeMessage, SlackError, World, messages_of


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
