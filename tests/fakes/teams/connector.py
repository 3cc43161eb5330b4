"""The Bot Connector: what the bot may do in conversations."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.teams.cards import Json
from tests.fakes.teams.faults import TeamsError
from tests.fakes.teams.graph import Reply
from tests.fakes.teams.world import Conversation, FakeMessage, Person, World

Perform = Callable[[World, dict[str, str], Json], Reply]


def create(world: World, path: dict[str, str], body: Json) -> Reply:
    channel_data = body.get("channelData") or {}
    if body.get("isGroup"):
        return _create_thread(world, channel_data, body)
    # Teams doesn't mind the case of a name, and botbuilder writes this one so.
    tenant = body.get("tenantId") or body.get("tenantID") or (channel_data.get("tenant") or {}).get("id")
    if tenant != world.tenant:
        raise TeamsError(403, "ForbiddenOperationException", "The tenant is missing, or another's.")
    members = body.get("members") or []
    if len(members) != 1:
        raise TeamsError(400, "BadSyntax", "Incorrect conversation creation parameters")
    person = world.person(str(members[0].get("id") or ""))
    if not person.installed:
        raise TeamsError(403, "ForbiddenOperationException", "The bot is not installed in the user's personal scope.")
    place = world.personal(person.aad_id)
    message = world.bot_posts(place, body["activity"]) if body.get("activity") else None
    return 201, {"id": place.id, **({"activityId": message.id} if message else {})}


def _create_thread(world: World, channel_data: Json, body: Json) -> Reply:
    channel = (channel_data.get("channel") or {}).get("id")
    if not channel or not body.get("activity"):
        raise TeamsError(400, "BadSyntax", "Incorrect conversation creation parameters")
    place, _ = world.place(channel)
    message = world.bot_posts(place, body["activity"])
    if message is None:
        raise TeamsError(400, "BadSyntax", "A thread begins with a message")
    return 201, {"id": message.thread, "activityId": message.id}


def send(world: World, path: dict[str, str], body: Json) -> Reply:
    place, root = world.place(path["conversation"])
    return 201, _id(world.bot_posts(place, body, root, path.get("targeted") == "true"))


def reply(world: World, path: dict[str, str], body: Json) -> Reply:
    place, root = world.place(path["conversation"])
    to = world.message(place, path["activity"])
    # Teams takes an answer to a message that it can't find, and posts it all the same.
    root = root or ((to.root or to.id) if to and place.kind == "channel" else "")
    return 201, _id(world.bot_posts(place, body, root))


def update(world: World, path: dict[str, str], body: Json) -> Reply:
    place, _ = world.place(path["conversation"])
    return 200, _id(world.bot_edits(place, path["activity"], body, path.get("targeted") == "true"))


def delete(world: World, path: dict[str, str], body: Json) -> Reply:
    place, _ = world.place(path["conversation"])
    world.remove(world.bots_own(place, path["activity"]))
    return 200, None


def members(world: World, path: dict[str, str], body: Json) -> Reply:
    # The library that we use takes a list here, as Teams sends it.
    return 200, [_account(world, each) for each in _members(world, path)]  # type: ignore[return-value]


def member(world: World, path: dict[str, str], body: Json) -> Reply:
    for each in _members(world, path):
        if path["member"] in (each.aad_id, each.user_id):
            return 200, _account(world, each)
    raise TeamsError(404, "MemberNotFoundInConversation", "Member not found in conversation.")


def paged_members(world: World, path: dict[str, str], body: Json) -> Reply:
    everyone, start = _members(world, path), int(body.get("continuationToken") or 0)
    end = start + int(body.get("pageSize") or 200)
    page: Json = {"members": [_account(world, each) for each in everyone[start:end]]}
    return 200, page | ({"continuationToken": str(end)} if end < len(everyone) else {})


ACTIVITIES = "/conversations/{conversation}/activities"
CONNECTOR: list[tuple[str, str, str, Perform]] = [
    ("POST", "/conversations", "create", create),
    ("POST", ACTIVITIES, "send", send),
    ("POST", f"{ACTIVITIES}/{{activity}}", "send", reply),
    ("PUT", f"{ACTIVITIES}/{{activity}}", "update", update),
    ("DELETE", f"{ACTIVITIES}/{{activity}}", "delete", delete),
    ("GET", "/conversations/{conversation}/members", "members", members),
    ("GET", "/conversations/{conversation}/members/{member}", "members", member),
    ("GET", "/conversations/{conversation}/pagedmembers", "members", paged_members),
]


def _members(world: World, path: dict[str, str]) -> list[Person]:
    place: Conversation = world.place(path["conversation"])[0]
    return world.members(place)


def _account(world: World, person: Person) -> Json:
    account = {"id": person.user_id, "name": person.name, "aadObjectId": person.aad_id}
    return {**account, "tenantId": world.tenant, "userRole": "user", "email": f"{person.aad_id}@kommune.example"}


def _id(message: FakeMessage | None) -> Json:
    return {"id": message.id} if message else {}
