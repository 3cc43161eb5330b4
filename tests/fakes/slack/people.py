"""Slack's methods about people: `auth`, `bots`, `users` and `usergroups`, with Slack's own names for what goes wrong."""

from __future__ import annotations

from tests.fakes.slack.blocks import Json
from tests.fakes.slack.calls import method, need
from tests.fakes.slack.world import SlackError, World


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
