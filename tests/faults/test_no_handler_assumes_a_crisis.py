"""Every verb and every button works with no crisis, one and several: none ends in a fault of ours. Plan §5, "uden varsel"."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from sqlalchemy import select

from handlers.core import registry
from handlers.core.card import Button, Card
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.rows.traffic import Inbox
from tests.stage.platforms import in_one_chat
from tests.stage.stage import RehearsalStage

registry.load()

# The mayor may nearly everything, and an employee who isn't in the plan next to nothing.
PERSONS = ("lars", "rehearsal:finn")
# What a button of that kind has with it, by its argument's type; no row has these numbers.
MADE_UP: dict[str, Any] = {
    "int": 9_999,
    "str": "varsel",
    "bool": True,
    "list[int]": [9_999],
    "list[str]": ["Solrød"],
    "list[str": ["Solrød"],
    "list[list[int]]": [[9_999, 9_999]],
}
# What is one of a few words, by the argument's name.
ONE_OF = {"verb": "varsel", "kind": "minutes", "at": "2026-07-03T06:00:00+00:00", "subject": "deactivate"}
ONE_OF |= {"lapses": ONE_OF["at"]}
CRISES = (0, 1, 2)


def args_of(do: str) -> dict[str, Any]:
    """Arguments that the action takes, about rows that there are none of."""
    wanted = list(inspect.signature(registry.actions[do].run).parameters.values())[1:]
    return {
        each.name: ONE_OF.get(each.name, MADE_UP.get(str(each.annotation).split(" ")[0], 9_999))
        for each in wanted
        if each.default is inspect.Parameter.empty
    }


async def with_crises(stage: RehearsalStage, many: int) -> None:
    """Begin as many crises."""
    if many > 0:
        await stage["jens"].commands("aktiver 2 skybrud i Hedehusene")
    if many > 1:
        await stage["jens"].commands("aktiver 2 strømsvigt i Fløng")
        await stage["jens"].presses("Det er en anden hændelse")
    assert await stage.crises() == many


async def faults(stage: RehearsalStage) -> list[tuple[str, str, str]]:
    """What was taken up and went wrong: by whom, what, and why."""
    await stage.settle()
    async with stage.database.reading() as db:
        rows = await db.scalars(select(Inbox).where((Inbox.attempts > 0) | Inbox.error.is_not(None)))
        return [(row.sender, row.body.get("action") or row.body["text"], str(row.error)[-300:]) for row in rows]


@in_one_chat
@pytest.mark.parametrize(
    ("many", "persons"),
    [
        pytest.param(0, PERSONS, marks=pytest.mark.long),
        pytest.param(1, PERSONS[1:], marks=pytest.mark.long),
        pytest.param(2, PERSONS[:1], marks=pytest.mark.long),
    ],
)
async def test_every_button_is_pressed(open_stage: RehearsalStage, many: int, persons: tuple[str, ...]) -> None:
    """R070: on a card that belongs to no crisis, about rows that there are none of."""
    stage = open_stage
    stage.looked_over = False
    await with_crises(stage, many)
    now, presses = stage.clock.now(), list[Incoming]()
    async with stage.database.turn() as db:
        turn = Turn(db, now, stage.plan)
        for person in persons:
            for do in sorted(registry.actions):
                said = await turn.say(
                    person, Card("Her.", buttons=(Button("Tryk", do, args_of(do)),)), key=f"{person}/{do}"
                )
                await db.flush()
                presses.append(
                    Incoming(
                        key=f"press/{person}/{do}", kind="press", platform="rehearsal", sender=person, place="dm",
                        conversation=f"dm:{person}", received_at=now, action=do, args=args_of(do), message=str(said.id),
                    )
                )  # fmt: skip
    for press in presses:
        await stage.bot.engine.intake.accept(press)
    assert await faults(stage) == []


@in_one_chat
@pytest.mark.parametrize("person", [PERSONS[0], pytest.param(PERSONS[1], marks=pytest.mark.long)])
@pytest.mark.parametrize("many", [pytest.param(0, marks=pytest.mark.long), 2])
async def test_every_verb_is_said_alone_and_with_words(open_stage: RehearsalStage, many: int, person: str) -> None:
    """R070: by the mayor, who may nearly everything, and by somebody who is refused or proposes instead."""
    stage = open_stage
    stage.looked_over = False
    await with_crises(stage, many)
    now = stage.clock.now()
    for verb in registry.verbs:
        for words in ("", " noget med vand kl 15"):
            await stage.bot.engine.intake.accept(
                Incoming(
                    key=f"{verb}{words}", kind="command", platform="rehearsal", sender=person, place="dm",
                    conversation=f"dm:{person}", received_at=now, text=f"{verb}{words}",
                )
            )  # fmt: skip
    assert await faults(stage) == []


@pytest.mark.long
@in_one_chat
@pytest.mark.parametrize("many", CRISES)
async def test_the_menu_and_all_its_buttons_work(open_stage: RehearsalStage, many: int) -> None:
    """R070 R204: with no crisis, one and several, [Alle kommandoer] among them."""
    stage = open_stage
    await with_crises(stage, many)
    for person in ("lars", "kim", "mads", "finn"):
        await stage[person].commands("")
        menu = (await stage[person].messages())[-1]
        assert "Alle kommandoer" in menu["buttons"]
        for label in menu["buttons"]:
            standing = next(each for each in await stage[person].messages() if each["id"] == menu["id"])
            if label not in standing["buttons"]:
                continue  # The answer beside it has been given.
            await stage[person].posts("press", {"message": menu["id"], "button": label, "values": {}})
    assert await faults(stage) == []
