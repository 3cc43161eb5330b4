"""Buttons and dialogs in Teams: pressed once, filled in, and shown to nobody whom they were not sent to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from handlers.core.card import Button, Card, Field
from storage.rows.log import LogEntry
from tests.bot.platforms.teams.house import House
from tests.fakes.teams import FakeMessage
from tests.fakes.teams.cards import inputs

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_a_press_is_answered_with_the_card_as_it_then_stands(house: House) -> None:
    """R005: whoever pressed sees at once what became of it, and everybody after that."""
    await house.person("aad-finn").says("varsel vand i kælderen")
    await house.settle()
    finn = house.person("aad-finn")
    question = await finn.gets("vand i kælderen")
    assert "Ja" in question.buttons
    answer = await finn.presses("Ja", question)
    assert answer.json["type"] == "application/vnd.microsoft.card.adaptive"
    await house.settle()
    (pressed,) = [each for each in await house.inbox() if each["kind"] == "press"]
    assert pressed["message"].isdecimal()
    assert finn.sees("vand i kælderen")[-1].card == answer.json["value"]


async def test_the_same_press_twice_is_one_and_two_presses_are_two(house: House) -> None:
    """D03."""
    await house.person("aad-finn").says("varsel vand i kælderen")
    await house.settle()
    finn = house.person("aad-finn")
    question = await finn.gets("vand i kælderen")
    await finn.presses("Ja", question)
    await finn.retry()
    await finn.presses("Nej", question)
    assert [each["kind"] for each in await house.inbox()] == ["text", "press", "press"]


ASKING = Card(
    "Hvornår kommer du?",
    buttons=(
        Button(
            "Kommer",
            "test.eta",
            {"n": 1},
            form=(Field("eta", "Hvornår?", "time", required=True), Field("note", "Bemærkning", "long")),
            form_title="Kommer",
        ),
    ),
)


async def test_a_button_with_a_form_opens_it_and_what_is_filled_in_comes_back(house: House) -> None:
    await house.tell("jens", ASKING)
    jens = house.person("aad-jens")
    await jens.presses("Kommer")
    assert jens.dialog is not None
    assert jens.dialog.fields == ["eta", "eta@date", "eta@time", "note"]
    await jens.submits({"eta": "kl. 15", "note": "parkerer ved 4K"})
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["action"], kept["args"]) == ("press", "test.eta", {"n": 1})
    assert kept["values"] == {"eta": "kl. 15", "note": "parkerer ved 4K"}
    assert jens.dialog is None


async def test_a_form_opens_also_where_the_plan_spells_the_persons_id_otherwise(house: House) -> None:
    jens = house.plan.persons["jens"].model_copy(update={"teams": "AAD-Jens"})
    house.plan = house.plan.model_copy(update={"persons": {**house.plan.persons, "jens": jens}})
    await house.person("aad-jens").says("hej")
    await house.settle()
    await house.tell("jens", ASKING)
    person = house.person("aad-jens")
    await person.presses("Kommer")
    assert person.dialog is not None


def first_button(message: FakeMessage) -> dict[str, Any]:
    """What the first button below a message sends along."""
    assert message.card is not None
    data: dict[str, Any] = message.card["body"][-1]["actions"][0]["data"]
    return data


async def test_a_press_from_a_client_that_knows_no_new_buttons_counts(house: House) -> None:
    await house.tell("jens", ASKING)
    jens = house.person("aad-jens")
    data = first_button(jens.messages()[-1])
    place = house.teams.world.personal("aad-jens")
    await jens.wire.deliver(jens.activity({"type": "message", "value": {**data, "eta": "kl. 15"}}, place))
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["action"], kept["values"]) == ("press", "test.eta", {"eta": "kl. 15"})


async def test_nobody_is_shown_a_form_or_a_card_that_was_not_sent_to_them(house: House) -> None:
    """Teams hands us what a client says was pressed; a number in it opens nothing."""
    await house.tell("jens", ASKING)
    theirs = house.person("aad-jens").messages()[-1]
    eva = house.person("aad-eva")
    await house.tell("eva", Card("Noget andet", buttons=(Button("Ja", "test.no"),)), key="andet")
    button = json.loads(json.dumps(first_button(theirs)))
    place = house.teams.world.personal("aad-eva")
    fetch = {"type": "invoke", "name": "task/fetch", "value": {"data": button}}
    answer = await eva.wire.deliver(eva.activity(fetch, place))
    assert answer.json["task"]["type"] == "message"
    pressed = {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"data": button}}}
    answer = await eva.wire.deliver(eva.activity(pressed, place))
    assert answer.json["value"].startswith("Knappen er der ikke længere.")


async def test_gem_i_log_saves_with_the_messages_own_author_and_time(house: House) -> None:
    """R182 R026 R216: the message action catches a line in Teams; who is no log keeper may only keep it for fewer."""
    await house.crisis()
    house.teams.hears_all = True
    channel = (await house.room()).address
    assert channel is not None
    eva, jens = house.person("aad-eva"), house.person("aad-jens")
    await eva.says("40 cm vand i Fløng <b>nu</b>", channel)
    said = next(each for each in jens.messages() if "Fløng" in each.text)
    await house.forward(minutes=3)
    await jens.saves(said)
    assert jens.dialog is not None
    assert "Eva Lind" in jens.dialog.shown
    (grade,) = [each for each in inputs(jens.dialog.card) if each["id"] == "grade"]
    assert [each["title"] for each in grade["choices"]] == ["Stab", "Fortrolig"]
    assert grade["value"] == "staff"
    await jens.submits({"verification": "confirmed", "grade": "confidential"})
    await house.settle()
    (entry,) = await house.rows(select(LogEntry).where(LogEntry.kind == "saved"))
    line = json.loads(entry.canonical)
    assert (line["summary"], line["sender"]) == ("40 cm vand i Fløng <b>nu</b>", "eva")
    assert line["grade"] == "confidential"
    assert house.posted("Linjen er gemt som ubekræftet") == 1
    assert line["event_time"].startswith(datetime.fromtimestamp(int(said.id) / 1000, UTC).isoformat()[:19])
    await eva.edits(said, "60 cm")
    await house.settle()
    assert await house.rows(select(func.count()).where(LogEntry.kind == "source_edited")) == [1]
