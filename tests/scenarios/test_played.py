"""The scenario files that come with krisebot, lived through on every platform: one scenario, three drivers.

`krisebot rehearse` plays them in the rehearsal chat (`tests/bot/playing/test_rehearse.py`) and checks what people see; here it is
the others, and what the export tells.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playing import expectations, scenario
from bot.playing.scenario import Expected, Step
from handlers.core.card import Button, Card
from storage.case.verification import verify_export
from storage.rows.traffic import Message
from tests.stage.platforms import Pair, in_slack
from tests.stage.stage import DENMARK, Stage


async def acts(stage: Stage, step: Step) -> None:
    """Do what the step's person does."""
    if step.who is None:
        return
    actor = stage[step.who]
    if step.writes and step.writes.startswith("/krise "):
        await actor.commands(step.writes.removeprefix("/krise "), step.where)
    elif step.writes:
        await actor.says(step.writes, step.where)
    elif step.saves:
        await actor.saves(step.saves)
    elif step.presses:
        button = await newest(stage, step.presses, step.fields)
        if button.form:
            names = [field.id for field in button.form]
            # A section's field is named for the revision that it shows, too.
            await actor.fills_in(
                step.presses,
                **{
                    next(each for each in names if each.split("_")[0] == name or each == name): value
                    for name, value in step.fields.items()
                },
            )
        else:
            await actor.presses(step.presses, **step.fields)


async def newest(stage: Stage, label: str, fields: Collection[str]) -> Button:
    """The button as it was drawn last, of those that ask for these fields: other cards have a `Ret` too."""
    async with stage.database.reading() as db:
        cards = await db.scalars(
            select(Message.card).order_by(Message.edited_at.desc().nulls_last(), Message.id.desc())
        )
        drawn = [button for card in cards if (button := Card.from_json(card).button(label))]
    asked = [{part for field in button.form for part in (field.id, field.id.split("_")[0])} for button in drawn]
    return next(button for button, names in zip(drawn, asked, strict=True) if not names or names >= set(fields))


async def unmet(stage: Stage, expected: Expected | None) -> list[str]:
    """What the export tells otherwise."""
    if expected is None:
        return []
    count = await stage.crises()
    wrong = [f"{count} hændelser"] if expected.crises not in (None, count) else []
    if expected.export:
        document = await stage.export(expected.crisis or count)
        wrong += [
            f"{path}: {expectations.find(document, path)!r}"
            for path, wanted in expected.export.items()
            if not expectations.met(expectations.find(document, path), path, wanted, DENMARK)
        ]
    return wrong


@pytest.mark.long
@in_slack
@pytest.mark.parametrize(
    "name",
    [
        name
        for name in scenario.shipped()
        # What takes the chat away is played with telephones, which only a rehearsal has; tests/faults takes a platform away.
        if not scenario.read(Path(name)).on_telephones
    ],
)
async def test_a_day_as_people_would_live_it_is_the_same_on_every_platform(pair: Pair, name: str) -> None:
    """R248 R260: S1 14:00:10 to 21:14 and S3's three days, row by row, in the rehearsal chat, in Slack and in Teams."""
    played = scenario.read(Path(name))
    url = pair.databases.migrated()
    async with pair.stage(url, played.start.replace(tzinfo=DENMARK)) as stage:
        for at, step in played.timed(DENMARK):
            await stage.until(at)
            await acts(stage, step)
            assert await unmet(stage, step.expected) == [], f"{at:%d.%m. %H:%M:%S} {step}"
        assert verify_export(await stage.export(await stage.crises())) == []
    pair.databases.drop(url)
