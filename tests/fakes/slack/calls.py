"""What Slack's Web API methods share: how one is named and limited, and what each reads of its call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.slack.blocks import Json
from tests.fakes.slack.world import Channel, FakeMessage, SlackError, World, messages_of

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
