"""Slack's manifest, held to what Slack documents of each field, and to what the code asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from bot.platforms.slack import drawing, inbound
from bot.platforms.slack.door import PATH
from bot.platforms.slack.scopes import LOST, OPTIONAL
from tests.fakes.slack.methods import METHODS
from tests.manifest.play import HOUSE
from tests.tables import examples

Json = dict[str, Any]

# The most characters, and where there is such a thing the fewest; docs.slack.dev/reference/app-manifest.
LENGTHS = {
    ("display_information", "name"): (1, 35),
    ("display_information", "description"): (1, 140),
    ("display_information", "long_description"): (175, 4000),
    ("features", "bot_user", "display_name"): (1, 80),
    ("settings", "event_subscriptions", "request_url"): (1, 3500),
}
OF_SHORTCUT = {"name": (1, 24), "callback_id": (1, 255), "description": (1, 150)}
OF_COMMAND = {"command": (2, 32), "description": (1, 2000), "usage_hint": (1, 1000), "url": (1, 3000)}
MOST = {"shortcuts": 10, "slash_commands": 50}
KEYS = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "display_information": {"name", "description", "long_description", "background_color"},
    "features": {"app_home", "bot_user", "shortcuts", "slash_commands"},
    "oauth_config": {"scopes"},
    "settings": {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    },
}
# An event is only sent to an app that has one of these scopes.
NEEDED_BY_EVENT = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "channel_archive": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "channel_id_changed": {"channels:read"},
    "channel_left": {"channels:read"},
    "channel_rename": {"channels:read"},
    "channel_unarchive": {"channels:read"},
    "group_archive": {"groups:read"},
    "group_deleted": {"groups:read"},
    "group_left": {"groups:read"},
    "group_rename": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
}
# Scopes of bots: a group, and what is done with it.
SCOPE = re.compile(r"[a-z]+(?:[._][a-z]+)*(?::[a-z]+(?:\.[a-z]+)?)?")


def manifest() -> Json:
    told: Json = YAML(typ="safe").load((HOUSE / "manifest" / "slack.yaml").read_text("utf-8"))
    return told


def faults(told: Json) -> Iterator[str]:
    """What Slack would refuse when it is pasted in."""
    for name, known in KEYS.items():
        part = told[name] if name else told
        yield from (f"{name}: {each}" for each in part.keys() - known)
    for path, (least, most) in LENGTHS.items():
        value: Any = told
        for each in path:
            value = value[each]
        if not least <= len(value) <= most:
            yield f"{'.'.join(path)}: {len(value)}"
    if not re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", told["display_information"]["background_color"]):
        yield "background_color"
    for name, lengths in (("shortcuts", OF_SHORTCUT), ("slash_commands", OF_COMMAND)):
        listed = told["features"][name]
        if not 1 <= len(listed) <= MOST[name]:
            yield f"{name}: {len(listed)}"
        for each in listed:
            extra = {"type"} if name == "shortcuts" else {"should_escape"}
            yield from (f"{name}: {key}" for key in each.keys() ^ (lengths.keys() | extra))
            for key, (least, most) in lengths.items():
                if not least <= len(each.get(key, "")) <= most:
                    yield f"{name}.{key}: {each.get(key)}"
    if any(each["type"] not in ("global", "message") for each in told["features"]["shortcuts"]):
        yield "shortcuts.type"
    scopes, events = told["oauth_config"]["scopes"]["bot"], told["settings"]["event_subscriptions"]["bot_events"]
    for name, each, most in (("scopes", scopes, 255), ("events", events, 100)):
        if len(set(each)) != len(each) or len(each) > most or any(len(one) > 50 for one in each):
            yield name
    yield from (f"scope: {each}" for each in scopes if not SCOPE.fullmatch(each))
    for event in events:
        if not NEEDED_BY_EVENT.get(event, {event}) <= set(scopes):
            yield f"event: {event}"
    if not told["settings"]["interactivity"]["is_enabled"]:
        yield "interactivity"


def test_slack_takes_the_manifest() -> None:
    """R001: what Slack checks when it is pasted in, checked here."""
    assert list(faults(manifest())) == []


@examples(
    ("path", "value"),
    [
        (("display_information", "name"), "x" * 36),
        (("display_information", "long_description"), "For kort."),
        (("display_information", "background_color"), "rød"),
        (("features", "shortcuts", 1, "name"), "x" * 25),
        (("features", "shortcuts", 1, "type"), "channel"),
        (("features", "shortcuts"), []),
        (("features", "slash_commands", 0, "command"), "/"),
        (("oauth_config", "scopes", "bot"), ["chat:write", "chat:write"]),
        (("oauth_config", "scopes", "bot"), ["users:read.email"]),
        (("settings", "event_subscriptions", "bot_events"), ["team_join"]),
        (("settings", "interactivity", "is_enabled"), False),
        (("settings", "privacy_policy_url"), "https://krise.example"),
    ],
)
def test_it_would_have_found_it(path: tuple[Any, ...], value: Any) -> None:
    told = place = manifest()
    for each in path[:-1]:
        place = place[each]
    place[path[-1]] = value
    assert list(faults(told))


def test_what_the_code_listens_to_and_calls_is_what_the_manifest_asks_for() -> None:
    """R213: and of each scope it is known what is lost without it."""
    told = manifest()
    scopes = set(told["oauth_config"]["scopes"]["bot"])
    assert scopes == LOST.keys()
    assert scopes >= OPTIONAL
    assert {scope for each in METHODS.values() for scope in each.scopes} <= scopes
    shortcuts = {(each["type"], each["callback_id"]) for each in told["features"]["shortcuts"]}
    assert shortcuts == {
        ("message", drawing.SAVE),
        ("global", drawing.WARN),
        ("message", drawing.WARN_OF),
        ("message", drawing.GUIDE),
    }
    text = (HOUSE / "manifest" / "slack.yaml").read_text("utf-8")
    for scope in scopes:
        line = next(each for each in text.splitlines() if each.strip().startswith(f"- {scope} "))
        assert ("kan undværes" in line) == (scope in OPTIONAL), line
    host = "https://krisebot.example.dk"
    assert text.count(host) == 5, "as SLACK.md says"
    assert text.count(f"{host}{PATH}") == 3
    assert f"{host}/persondata" in told["display_information"]["long_description"]
    assert f"{host}/vilkaar" in told["display_information"]["long_description"]


def test_the_manifest_asks_for_what_is_used_and_no_more() -> None:
    told = manifest()
    assert told["display_information"]["name"] == "Krisebot"
    assert [each["callback_id"] for each in told["features"]["shortcuts"]] == [
        "gem_i_log",
        "send_varsel",
        "send_som_varsel",
        "vejledning",
    ]
    assert [each["command"] for each in told["features"]["slash_commands"]] == ["/krise"]
    assert set(told["oauth_config"]["scopes"]["bot"]) == {
        *(
            "app_mentions:read",
            "chat:write",
            "commands",
            "files:read",
            "im:history",
            "im:write",
            "reactions:read",
            "users:read",
            "usergroups:read",
            "users:read.email",
            "pins:write",
            "bookmarks:write",
        ),
        *(f"{kind}:{right}" for kind, right in (("channels", "history"), ("channels", "read"), ("channels", "manage"))),
        *(f"groups:{right}" for right in ("history", "read", "write")),
    }
    heard = {each.partition(".")[0] for each in told["settings"]["event_subscriptions"]["bot_events"]}
    assert heard == {
        "app_home_opened",
        "app_mention",
        "message",
        "reaction_added",
        "member_joined_channel",
        "member_left_channel",
        "channel_id_changed",
        *inbound.RENAMED,
        *inbound.REOPENED,
        *inbound.CLOSED,
    }
