"""Krisebot's own numbers are a contact that rings at night, and a night test shows whom it does not wake."""

from __future__ import annotations

import pytest
import vobject

from handlers.alert import night_test
from storage.plan import loading
from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.stage import SERVER, RehearsalStage, Stage

TONIGHT = "nattest i nat kl 2.30"


def test_the_contact_is_read_by_other_hands() -> None:
    """R131: both numbers, and a municipality whose name has marks of its own."""
    text = loading.example_text().replace("sms: null", 'sms: "gatewayapi://TOKEN@4512345678"')
    plan = loading.parse(text, "planen").model_copy(update={"municipality": "Ærø; Fanø, m.fl."})
    card = vobject.readOne(night_test.vcard(plan))
    assert card.fn.value == "Krisebot Ærø; Fanø, m.fl."
    assert [each.value for each in card.contents["tel"]] == ["+4512345678"]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_contact_card_has_the_numbers_the_file_and_how_a_telephone_lets_them_through(
    database_url: str,
) -> None:
    """R131: for anybody; a krisebot without numbers of its own says so, and has no file."""
    with_number = loading.parse(
        loading.example_text().replace("sms: null", 'sms: "gatewayapi://TOKEN@4512345678"'), "p"
    )
    for plan, numbers in ((with_number, ["+4512345678"]), (loading.example(), [])):
        async with RehearsalStage(database_url, plan_=plan.model_copy(update={"server": SERVER})) as stage:
            await stage["finn"].commands("kontaktkort")
            said = (await stage["finn"].reads())[-1]
            assert "Slack og Teams" in said
            assert "Forstyr ikke" in said
            # Where there is no contact, nobody is told to save it.
            for way in ("iPhone", "Android", "gem kontakten", "Nødsituationsomgåelse"):
                assert (way in said) is bool(numbers), way
            assert [number in said for number in numbers] == [True] * len(numbers)
            assert (f"{SERVER}/krisebot.vcf" in said) is bool(numbers)
            async with stage.client.get(f"{stage.address}/krisebot.vcf") as answer:
                assert answer.status == (200 if numbers else 404)
                if numbers:
                    contact = vobject.readOne(await answer.text())
                    assert [each.value for each in contact.contents["tel"]] == numbers


@in_slack
async def test_who_does_not_wake_is_told_of_in_the_morning_with_the_ways_that_were_tried(open_stage: Stage) -> None:
    """R131 R245: announced by day; rung at the time; the result does not ring at night."""
    stage = open_stage
    await stage["jens"].commands(TONIGHT)
    assert await stage["lars"].sees("Nattest")
    assert await stage["lars"].sees("Der er ingen krise")
    assert not await stage["lars"].has("Jeg er vågen")
    await stage.forward(hours=12, minutes=31)
    await stage["lars"].presses("Jeg er vågen")
    await stage.forward(minutes=20)
    assert not await stage["jens"].sees("vågnede inden for")
    await stage.forward(hours=4)
    assert await stage["jens"].sees("vågnede inden for 15 min")
    told = next(text for text in await stage["jens"].reads() if "Vågnede ikke" in text)
    assert "Anne Holm" in told
    assert "Lars Vinther" not in told
    assert "prøvet på" in told


@in_one_chat
async def test_it_is_announced_only_by_those_who_may_hold_exercises_and_by_day(open_stage: RehearsalStage) -> None:
    """R245 R168: the nearest who may not is the mayor."""
    stage = open_stage
    await stage["lars"].commands(TONIGHT)
    assert not await stage["anne"].sees("Nattest")
    await stage["jens"].commands("nattest i dag kl 17")
    await stage["jens"].commands("nattest om 20 min")
    assert not await stage["anne"].sees("Nattest")
    await stage.at("23:00")
    await stage["jens"].commands("nattest kl 4")
    assert not await stage["anne"].sees("Nattest")


@pytest.mark.long
@in_one_chat
async def test_nobody_is_woken_while_something_goes_on_or_when_it_was_called_off(open_stage: RehearsalStage) -> None:
    """R131: and whoever announced it is told why."""
    stage = open_stage
    await stage["jens"].commands(TONIGHT)
    await stage["jens"].commands("nattest aflys")
    assert await stage["anne"].sees("er aflyst")
    await stage["jens"].commands(TONIGHT)
    await stage["jens"].commands("aktiver 2 skybrud i Hedehusene")
    await stage.forward(hours=18)
    assert not await stage["anne"].has("Jeg er vågen")
    assert await stage["jens"].sees("Nattesten blev ikke holdt")


@in_one_chat
async def test_nobody_is_woken_twice_in_a_night_however_many_announce_it(open_stage: RehearsalStage) -> None:
    """R131: whoever had answered one of two cards stood there as not having woken; another night is another test."""
    stage = open_stage
    await stage["jens"].commands(TONIGHT)
    await stage["kim"].commands("nattest i nat kl 3 blandt Lars Vinther")
    assert await stage["kim"].sees("ingen vækkes to gange")
    await stage["kim"].commands("nattest i morgen kl 23 blandt Lars Vinther")
    assert await stage["kim"].sees("Meldt ud til 1")
    await stage.forward(hours=13)
    assert (await stage["lars"].buttons()).count("Jeg er vågen") == 1
    await stage["jens"].commands("nattest aflys")
    await stage.at("10:00")
    await stage["kim"].commands(TONIGHT)
    assert await stage["kim"].sees("Meldt ud til 10")


@pytest.mark.parametrize(
    "text",
    ["", "hej", "kl 99", "i går kl 3", "i nat kl 3 blandt Snehvide", "i nat kl 3 blandt ", "3/7 2099 kl 3", "3/9 kl 3"],
)
@in_one_chat
async def test_what_can_not_be_read_wakes_nobody(open_stage: RehearsalStage, text: str) -> None:
    """R131: and says so."""
    await open_stage["jens"].commands(f"nattest {text}")
    assert await open_stage["jens"].sees("Ingen er varslet.")
