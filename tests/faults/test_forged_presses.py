"""Who presses is checked, not what they send: every button of every card, pressed by whoever was not shown it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import select

from storage.rows.base import Base
from storage.rows.traffic import Message
from tests.fakes.teams import TeamsPerson
from tests.stage import forged
from tests.stage.platforms import in_one_chat, only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)

# An employee who isn't in the plan, and one who is, in no staff.
STRANGER, OUTSIDER = "finn", "rune"
# What a press is not about: what came in, where people were heard, and how what was said is on its way.
AROUND = {"inbox", "addresses", "deliveries", "lanes", "paces", "rehearsal_posts", "facts"}

GIVEN_BACK = "form/%/unused"


async def given_back(stage: Stage) -> list[tuple[str, str]]:
    """To whom words were given back that led to nothing, and what they are."""
    async with stage.database.reading() as db:
        found = await db.scalars(select(Message).where(Message.key.like(GIVEN_BACK)))
        return [(each.recipient, each.card["text"].partition("Du skrev:")[2]) for each in found]


async def rows(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is remembered, but for what any input leaves behind; nor which version of a card is shown, nor that
    whoever sends a form whose button is gone has their own words back."""
    async with stage.database.reading() as db:
        return {
            table.name: [
                tuple(row)
                for row in await db.execute(
                    select(
                        *(each for each in table.columns if each.name not in ("version", "dispatched_version"))
                    ).where(*([Message.key.not_like(GIVEN_BACK)] if table.name == "messages" else []))
                )
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in AROUND
        }


async def messages(stage: Stage) -> list[Message]:
    async with stage.database.reading() as db:
        return list(await db.scalars(select(Message).order_by(Message.id)))


async def press(stage: Stage, person: str, button: dict[str, Any], message: str, number: int) -> None:
    values = dict.fromkeys((field["id"] for field in button["form"]), "kl 23") | {"text": "falsk"}
    await forged.press(stage, person, button["do"], button["args"], message, f"forged/{number}", values)


@pytest.mark.long
@in_one_chat
async def test_a_button_that_somebody_was_not_shown_does_nothing_whatever_card_they_name(stage: Stage) -> None:
    """R005: the action and what it is about are taken from the card; nobody else is told, and nothing is written."""
    await stage["kim"].commands("opgave @Mads find sandsække")
    await stage[STRANGER].commands("hjælp")
    await stage[STRANGER].commands("varsel vand i kælderen på Birkehøj")
    said = await messages(stage)
    numbers = itertools.count()
    before = await rows(stage)
    pressed = set()
    for person in (f"rehearsal:{STRANGER}", OUTSIDER):
        own = [each for each in said if each.recipient == person]
        # What stands on everybody's own page is everybody's.
        mine = {("help.run", str({"verb": verb})) for verb in ("varsel", "status", "hvem", "hjælp")}
        mine |= {(button["do"], str(button["args"])) for each in own for button in each.card["buttons"]}
        others = [(each, button) for each in said if each.recipient != person for button in each.card["buttons"]]
        for message, button in others:
            if (button["do"], str(button["args"])) not in mine:
                pressed.add(button["do"])
                for claimed in ("", str(message.id), str(own[-1].id), "9" * 30, "²", "-1", f"{message.id} "):
                    await press(stage, person, button, claimed, next(numbers))
    await stage.settle()
    assert len(pressed) > 15
    assert await rows(stage) == before
    # Their own words, to themselves alone.
    assert all(
        to in (f"rehearsal:{STRANGER}", OUTSIDER) and set(said.split()) <= {"»falsk«", "»kl", "23«"}
        for to, said in await given_back(stage)
    )


@pytest.mark.long
@in_one_chat
async def test_other_arguments_than_the_card_has_do_nothing(stage: Stage) -> None:
    """R005: whoever was shown the card can't make it be about something else."""
    await stage["kim"].commands("opgave @Mads find sandsække")
    await stage["kim"].commands("opgave @Mads find pumper")
    cards = [each for each in await messages(stage) if each.recipient in ("mads", "bo") and each.card["buttons"]]
    pressed = [
        (card, {**button, "args": {name: other(value) for name, value in button["args"].items()} | more})
        for card in cards
        for button in card.card["buttons"]
        for more in ({}, {"turn": 1}, {"person": "lars"}, {"x" * 5000: 1}, {"crisis": 10**30})
        if more or button["args"]
    ]
    assert {"tasks.done", "measures.change"} <= {button["do"] for _, button in pressed}
    before = await rows(stage)
    for number, (card, button) in enumerate(pressed):
        await press(stage, card.recipient, button, str(card.id), number)
    await stage.settle()
    assert await rows(stage) == before


def other(value: Any) -> Any:
    return (2 if value == 1 else 1) if isinstance(value, int) else f"{value}x"


@pytest.mark.long
@only_in_teams
async def test_what_a_client_in_teams_puts_into_a_button_does_nothing(stage: Stage) -> None:
    """R005: an ordinary employee closes nobody's task with a request of their own making, and alarms nobody with it."""
    card, done = next(
        (card, button)
        for card in await messages(stage)
        for button in card.card["buttons"]
        if button["do"] == "tasks.done"
    )
    finn: TeamsPerson = stage[STRANGER].person  # type: ignore[attr-defined]
    before = await rows(stage)
    for claimed in ("", str(card.id), "9" * 30):
        answer = await finn.invents({"m": claimed, "do": done["do"], "args": done["args"]})
        assert answer.status == 200
    every: list[dict[str, Any]] = [{"task": "1"}, {"task": None}, {"task": 10**30}, {"task": {}}, {}, {"x" * 5000: 1}]
    for spoilt in every:
        await finn.invents({"m": str(card.id), "do": done["do"], "args": spoilt})
    await stage.settle()
    assert await rows(stage) == before
