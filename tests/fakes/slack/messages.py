"""Slack's methods about messages, with what is pinned or linked above them: `chat`, `reactions`, `pins` and `bookmarks`."""

from __future__ import annotations

import re

from tests.fakes.slack.blocks import Json
from tests.fakes.slack.calls import found_message, group_channel, joined_channel, live_channel, method, need
from tests.fakes.slack.world import SlackError, World


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
