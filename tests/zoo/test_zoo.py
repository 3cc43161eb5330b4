"""Each payload of the zoo is answered 200, and what is kept of it is what its sender meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from storage.rows.traffic import Inbox
from tests.fakes.slack_wire import Delivery
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage

HERE = Path(__file__).parent
FEWEST = 150
PICTURE = {
    "contentType": "image/*",
    "contentUrl": "https://smba.trafficmanager.net/emea/v3/attachments/1/views/original",
}


def animals(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = YAML(typ="safe").load((HERE / f"{name}.yaml").read_text("utf-8"))
    return found


def on(platform: str) -> pytest.MarkDecorator:
    """On both databases."""
    pairs = [(platform, kind) for kind in ("sqlite", "postgresql")]
    return pytest.mark.parametrize("pair", pairs, indirect=True, ids="-".join)


def test_the_zoo_is_large_and_no_two_are_called_alike() -> None:
    every = [(platform, each["name"]) for platform in ("slack", "teams") for each in animals(platform)]
    assert len(every) >= FEWEST
    assert len(set(every)) == len(every)


async def came(stage: Stage, after: int) -> list[Inbox]:
    """What has been kept since."""
    async with stage.database.reading() as db:
        return list(await db.scalars(select(Inbox).where(Inbox.id > after).order_by(Inbox.id)))


def wrong(it: dict[str, Any], status: int, rows: list[Inbox]) -> list[str]:
    """What did not come of it as it should."""
    wanted = [tuple(it["kept"])] if it["kept"] else []
    kept = [(row.body["kind"], row.body["text"]) for row in rows]
    faults = [f"{it['name']}: answered {status}"] if status != 200 else []
    faults += [f"{it['name']}: kept {kept}, not {wanted}"] if kept != wanted else []
    if "enclosed" in it and rows and len(rows[-1].body["enclosed"]) != it["enclosed"]:
        faults.append(f"{it['name']}: {len(rows[-1].body['enclosed'])} enclosed")
    return faults


@on("slack")
async def test_slacks(open_stage: Stage) -> None:
    """D03."""
    stage = open_stage
    assert isinstance(stage, SlackStage)
    finn = stage["finn"].person
    world, faults, last = stage.slack.world, list[str](), 0
    place = world.dm(finn.id)
    for number, it in enumerate(animals("slack"), 1):
        if "command" in it:
            fields = finn._command("", place) | it["command"]
            fields = {name: value for name, value in fields.items() if value is not None}
            answer = await finn.wire.deliver(Delivery("slash_commands", fields))
        elif "event" in it:
            ts = f"1783000000.{number:06}"
            event = {
                "type": "message",
                "user": finn.id,
                "channel": place.id,
                "channel_type": "im",
                "ts": ts,
                **it["event"],
            }
            if isinstance(event.get("text"), str):
                event["text"] = event["text"].replace("BOT", world.bot_user)
            answer = await finn._event(event)
        else:
            about = {"channel": {"id": place.id, "name": "directmessage"}, **it["interactive"]}
            answer = await finn._interactive(about["type"], about)
        rows = await came(stage, last)
        last = rows[-1].id if rows else last
        faults += wrong(it, answer.status, rows)
    assert not faults, "\n".join(faults)


@on("teams")
async def test_teams(open_stage: Stage) -> None:
    """D03."""
    stage = open_stage
    assert isinstance(stage, TeamsStage)
    finn = stage["finn"].person
    faults, last = list[str](), 0
    for number, it in enumerate(animals("teams"), 1):
        place = stage.teams.world.named(it["place"]) if "place" in it else stage.teams.world.personal(finn.id)
        whole = finn.activity({"type": "message", "textFormat": "plain", "id": f"17830000{number:05}"}, place)
        activity = {**whole, **it["activity"]}
        for name in ("channelData", "conversation"):
            activity[name] = {**whole[name], **it["activity"].get(name, {})}
        if "to_us" in it:
            activity["entities"] = [{"type": "mention", "mentioned": whole["recipient"], "text": it["to_us"]}]
        attached = [{"contentType": "text/html", "content": it["html"]}] if "html" in it else []
        if attached or "picture" in it:
            activity["attachments"] = [*attached, *([PICTURE] if "picture" in it else [])]
        answer = await finn.wire.deliver(activity)
        rows = await came(stage, last)
        last = rows[-1].id if rows else last
        faults += wrong(it, answer.status, rows)
        if it.get("word") and answer.json.get("type") != "application/vnd.microsoft.activity.message":
            faults.append(f"{it['name']}: no word below the card")
    assert not faults, "\n".join(faults)
