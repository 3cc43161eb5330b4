"""What somebody does by hand with the staff's channel or its team in Teams: renamed, deleted, archived, come in and gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.engine.engine import Engine
from bot.platforms.teams.payload import text_at
from bot.platforms.teams.people import NAME, TeamsDirectory
from storage.rows.traffic import StaffChannel

Json = dict[str, Any]

# What closes a channel to us, and how that is told.
CLOSED = {
    "channelDeleted": "kanalen i Teams er slettet",
    "teamDeleted": "teamet i Teams er slettet",
    "teamHardDeleted": "teamet i Teams er slettet",
    "teamArchived": "teamet i Teams er arkiveret",
}
TAKEN_OUT = "Krisebot er taget ud af teamet i Teams"
REOPENED = {"channelRestored", "teamRestored", "teamUnarchived"}


async def heard(engine: Engine, people: TeamsDirectory, activity: Json) -> None:
    """Note what was done by hand with a staff's channel, or with the team that it is in; what isn't a staff's is let be.

    Args:
        engine: what remembers the channels.
        people: who is who in Teams.
        activity: a conversationUpdate or an installationUpdate of a channel or a team.
    """
    event, me = text_at(activity, "channelData", "eventType"), text_at(activity, "recipient", "id")
    came, went = _members(activity, "membersAdded"), _members(activity, "membersRemoved")
    installed = text_at(activity, "action") if activity.get("type") == "installationUpdate" else ""
    at = _when(activity)
    for address in await _staffs(engine, activity, event):
        if event == "channelRenamed":
            await engine.rooms.renamed(NAME, address, text_at(activity, "channelData", "channel", "name"))
        elif event in CLOSED:
            await engine.rooms.closed(NAME, address, CLOSED[event], at)
        elif me in map(_id, went) or installed.startswith("remove"):
            await engine.rooms.closed(NAME, address, TAKEN_OUT, at)
        elif event in REOPENED or me in map(_id, came) or installed.startswith("add"):
            await engine.rooms.reopened(NAME, address, at)
        else:
            for user in _persons(came):
                await engine.rooms.came_in(NAME, address, people.person(user))
            for user in _persons(went):
                await engine.rooms.went_out(NAME, address, people.person(user))


def _when(activity: Json) -> float | None:
    """Return when something was done, in seconds; None where Teams doesn't say so as it does."""
    try:
        said = datetime.fromisoformat(text_at(activity, "timestamp"))
    except ValueError:
        return None
    return said.timestamp() if said.tzinfo is not None else None


async def _staffs(engine: Engine, activity: Json, event: str) -> list[str]:
    """Return the addresses of the staffs' channels that it is about: the channel itself, or all in the team."""
    channel = text_at(activity, "channelData", "channel", "id")
    team, group = (text_at(activity, "channelData", "team", each) for each in ("id", "aadGroupId"))
    async with engine.database.reading() as db:
        rooms = list(
            await db.scalars(
                select(StaffChannel).where(StaffChannel.platform == NAME, StaffChannel.address.is_not(None))
            )
        )
    if event.startswith("channel"):
        return [str(each.address) for each in rooms if channel and _channel(each) == channel]
    # A thread of ours stands in the plan's team, where the plan names one; a team goes by its first channel's id.
    planned = engine.plan().rooms.teams.group or ""
    return [
        str(each.address)
        for each in rooms
        if (group and group.casefold() == str(each.detail.get("group") or planned).casefold())
        or (team and _channel(each) == team)
    ]


def _channel(room: StaffChannel) -> str:
    return str(room.address).partition(";")[0]


def _members(activity: Json, which: str) -> list[Json]:
    found = activity.get(which)
    return [each for each in found if isinstance(each, dict) and _id(each)] if isinstance(found, list) else []


def _persons(members: list[Json]) -> list[str]:
    """Return who of them is a person: other apps come and go too."""
    return [_id(each) for each in members if not _id(each).startswith("28:")]


def _id(member: Json) -> str:
    return text_at(member, "aadObjectId") or text_at(member, "id")
