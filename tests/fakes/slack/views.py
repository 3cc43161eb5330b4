"""Slack's methods about dialogs, the home page and files: `views` and `files`."""

from __future__ import annotations

from tests.fakes.slack.blocks import Json
from tests.fakes.slack.calls import method, need
from tests.fakes.slack.world import SlackError, View, World, messages_of


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


@method("files.info", tier=4)
def files_info(world: World, args: Json) -> Json:
    file = world.files.get(str(need(args, "file")))
    if file is None or world.bot_user not in world.channels[file.shared_in].members:
        raise SlackError("file_not_found")
    return {"file": file.about, "comments": [], "response_metadata": {"next_cursor": ""}}
