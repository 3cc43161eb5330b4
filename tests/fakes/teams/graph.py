"""The part of Graph that krisebot needs: channels of a team, its members, and people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.teams.cards import Json
from tests.fakes.teams.faults import TeamsError
from tests.fakes.teams.world import Conversation, Team, World

NAME_LENGTH = 50
FORBIDDEN = re.compile(r"[~#%&*{}+/\\:<>?|'\"]|^[_.]|\.$")

Reply = tuple[int, Json | None]


@dataclass(frozen=True)
class Endpoint:
    """One thing Graph does, and which consents allow it; one of them is enough."""

    consents: tuple[str, ...]
    perform: Callable[[World, dict[str, str], Json], Reply]


def create_channel(world: World, path: dict[str, str], body: Json) -> Reply:
    team, name = world.team(path["team"]), _name(body)
    if any(each.name.casefold() == name.casefold() for each in world.channels_of(team)):
        message = "Channel name already existed, please use other name."
        raise TeamsError(400, "BadRequest", message, {"code": "NameAlreadyExists", "message": message})
    membership = body.get("membershipType", "standard")
    channel = world.open_channel(team, name, description=str(body.get("description") or ""), membership=membership)
    return 201, _channel(channel)


def list_channels(world: World, path: dict[str, str], body: Json) -> Reply:
    return 200, {"value": [_channel(each) for each in world.channels_of(world.team(path["team"]))]}


def get_channel(world: World, path: dict[str, str], body: Json) -> Reply:
    return 200, _channel(_found(world, path))


def change_channel(world: World, path: dict[str, str], body: Json) -> Reply:
    channel = _found(world, path)
    if "displayName" in body:
        channel.name = _name(body)
    channel.description = str(body.get("description", channel.description))
    return 204, None


def archive_channel(world: World, path: dict[str, str], body: Json) -> Reply:
    _found(world, path).archived = True
    return 202, None


def list_members(world: World, path: dict[str, str], body: Json) -> Reply:
    team = world.team(path["team"])
    return 200, {"value": [_member(world, team, each) for each in team.members]}


def add_member(world: World, path: dict[str, str], body: Json) -> Reply:
    team = world.team(path["team"])
    found = re.search(r"/users(?:\('([^']+)'\)|/([^/]+))$", str(body.get("user@odata.bind", "")))
    if body.get("@odata.type") != "#microsoft.graph.aadUserConversationMember" or found is None:
        raise TeamsError(400, "BadRequest", "Bind requests not supported for containment navigation property.")
    aad_id = found[1] or found[2]
    _person(world, aad_id)
    return 201, _member(world, team, world.join(team, aad_id))


def remove_member(world: World, path: dict[str, str], body: Json) -> Reply:
    team = world.team(path["team"])
    if path["member"] not in team.members:
        raise TeamsError(404, "NotFound", "Membership not found")
    del team.members[path["member"]]
    world.touch()
    return 204, None


def find_users(world: World, path: dict[str, str], body: Json) -> Reply:
    """What matches the one filter that is understood here; of an account no more than was asked for."""
    asked = re.fullmatch(r"mail eq '((?:[^']|'')*)' or userPrincipalName eq '((?:[^']|'')*)'", str(body.get("$filter")))
    if asked is None or asked[1] != asked[2]:
        raise TeamsError(400, "Request_UnsupportedQuery", "Invalid filter clause")
    wanted = asked[1].replace("''", "'").casefold()
    found = [each for each in world.people.values() if wanted in (each.mail.casefold(), each.upn.casefold())]
    told = [
        {
            "id": each.aad_id,
            "displayName": each.name,
            "mail": each.mail or None,
            "userPrincipalName": each.upn or f"{each.aad_id}@kommune.onmicrosoft.example",
            "userType": each.user_type,
            "accountEnabled": each.enabled,
        }
        for each in found
    ]
    shown = set(str(body.get("$select") or "id,displayName,mail,userPrincipalName").split(","))
    return 200, {"value": [{name: value for name, value in each.items() if name in shown} for each in told]}


def find_apps(world: World, path: dict[str, str], body: Json) -> Reply:
    wanted = re.fullmatch(r"externalId eq '([^']*)'", str(body.get("$filter")))
    if wanted is None:
        raise TeamsError(400, "BadRequest", "Invalid filter clause")
    ours: list[Json] = [
        {"id": CATALOGUED, "externalId": world.app_id, "displayName": "Krisebot", "distributionMethod": "organization"}
    ]
    if body.get("$expand") == "appDefinitions":
        versions = [(world.package, "published"), ("9.0.0", "submitted"), ("0.9.0", "published")]
        ours[0]["appDefinitions"] = [{"version": each, "publishingState": state} for each, state in versions]
    return 200, {"value": ours if wanted[1] == world.app_id and world.in_catalogue else []}


def install_app(world: World, path: dict[str, str], body: Json) -> Reply:
    if not str(body.get("teamsApp@odata.bind")).endswith(f"/v1.0/appCatalogs/teamsApps/{CATALOGUED}"):
        raise TeamsError(404, "NotFound", "App not found")
    _person(world, path["user"])
    person = world.people[path["user"]]
    if person.installed:
        raise TeamsError(409, "Conflict", "App has already been installed for the given scope.")
    person.installed = True
    world.touch()
    return 201, None


def get_user(world: World, path: dict[str, str], body: Json) -> Reply:
    aad_id = path["user"]
    _person(world, aad_id)
    mail = f"{aad_id}@kommune.example"
    return 200, {"id": aad_id, "displayName": world.people[aad_id].name, "userPrincipalName": mail, "mail": mail}


def list_grants(world: World, path: dict[str, str], body: Json) -> Reply:
    """What the team's owners have given apps there; another app has something too."""
    world.team(path["team"])
    other = {"clientAppId": "another-app", "permissionType": "Application", "permission": "Channel.Create.Group"}
    ours = [
        {"clientAppId": world.app_id, "permissionType": "Application", "permission": each}
        for each in world.given_in_teams()
    ]
    return 200, {"value": [other, *ours]}


INSTALL = "TeamsAppInstallation.ReadWriteSelfForUser.All"
CATALOGUED = "e1c5-our-app-in-the-catalogue"
READ_CHANNELS = ("Channel.ReadBasic.All", "ChannelSettings.Read.Group")
CHANGE_CHANNELS = ("ChannelSettings.ReadWrite.All", "ChannelSettings.ReadWrite.Group")
ROUTES = {
    ("POST", "/teams/{team}/channels"): Endpoint(("Channel.Create.Group", "Channel.Create"), create_channel),
    ("GET", "/teams/{team}/channels"): Endpoint(READ_CHANNELS, list_channels),
    ("GET", "/teams/{team}/channels/{channel}"): Endpoint(READ_CHANNELS, get_channel),
    ("PATCH", "/teams/{team}/channels/{channel}"): Endpoint(CHANGE_CHANNELS, change_channel),
    ("GET", "/teams/{team}/permissionGrants"): Endpoint(
        ("TeamsAppInstallation.Read.Group", "TeamsAppInstallation.ReadForTeam.All"), list_grants
    ),
    ("POST", "/teams/{team}/channels/{channel}/archive"): Endpoint(CHANGE_CHANNELS, archive_channel),
    ("GET", "/teams/{team}/members"): Endpoint(("TeamMember.Read.Group", "TeamMember.ReadWrite.All"), list_members),
    ("POST", "/teams/{team}/members"): Endpoint(("TeamMember.ReadWrite.All",), add_member),
    ("DELETE", "/teams/{team}/members/{member}"): Endpoint(("TeamMember.ReadWrite.All",), remove_member),
    ("GET", "/users"): Endpoint(("User.Read.All", "Directory.Read.All"), find_users),
    ("GET", "/appCatalogs/teamsApps"): Endpoint(("AppCatalog.Read.All",), find_apps),
    ("POST", "/users/{user}/teamwork/installedApps"): Endpoint((INSTALL,), install_app),
    ("GET", "/users/{user}"): Endpoint(("User.Read.All",), get_user),
}
# Few tenants let an app install itself: a test that has it says so.
ALL_CONSENTS = {consent for each in ROUTES.values() for consent in each.consents} - {INSTALL}
# It opens no call of ours: Teams tells us what is said in the team's channels.
ALL_CONSENTS |= {"ChannelMessage.Read.Group"}


def _name(body: Json) -> str:
    name = body.get("displayName")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= NAME_LENGTH or FORBIDDEN.search(name):
        raise TeamsError(400, "BadRequest", f"Channel name {name!r} is not valid", {"code": "InvalidChannelName"})
    return name


def _channel(channel: Conversation) -> Json:
    shown = {"id": channel.id, "displayName": channel.name, "description": channel.description}
    return {**shown, "membershipType": channel.membership, "isArchived": channel.archived}


def _found(world: World, path: dict[str, str]) -> Conversation:
    channels = {each.id: each for each in world.channels_of(world.team(path["team"]))}
    if path["channel"] not in channels:
        raise TeamsError(404, "NotFound", "No channel found")
    return channels[path["channel"]]


def _member(world: World, team: Team, membership: str) -> Json:
    aad_id = team.members[membership]
    member = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "id": membership, "roles": []}
    return {**member, "userId": aad_id, "displayName": world.people[aad_id].name, "tenantId": world.tenant}


def _person(world: World, aad_id: str) -> None:
    if aad_id not in world.people:
        raise TeamsError(404, "Request_ResourceNotFound", f"Resource '{aad_id}' does not exist.")
