"""A message in Slack comes into the log with its own author and time, and its being changed there changes no line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.platforms.slack import drawing
from storage.rows.log import LogState
from tests.bot.platforms.slack.house import House, log, read, said_in_the_staff

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.mark.long
async def test_a_message_is_saved_in_the_log_with_its_own_author_and_time(house: House) -> None:
    """R026 R182: »Gem i log«."""
    message = await said_in_the_staff(house, "40 cm vand & stigende i <Fløng>")
    kim = house.person("U0KIM")
    assert (await kim.shortcut("Gem i log", message)).in_time
    assert kim.view is not None
    assert "Anne Holm" in read(kim.view.body["blocks"])
    assert "40 cm vand & stigende i <Fløng>" in read(kim.view.body["blocks"])
    await kim.submits()
    await kim.retry()
    await house.engine.settle()
    (entry,) = await log(house, "saved")
    assert (entry["summary"], entry["sender"], entry["recorder"]) == ("40 cm vand & stigende i <Fløng>", "anne", "kim")
    assert entry["event_time"].startswith(datetime.fromtimestamp(float(message.ts), UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    assert await house.rows(select(LogState.verification).where(LogState.no == entry["no"])) == ["unconfirmed"]


async def test_the_one_who_saves_may_mend_the_text_and_confirm_it(house: House) -> None:
    """R182 R184 R216: the log keeper says that it is confirmed, and that all may read it."""
    message = await said_in_the_staff(house, "40 cm vnad")
    keeper = house.person(house.plan.persons[house.plan.holders("logfører")[0]].slack or "")
    await keeper.shortcut("Gem i log", message)
    await keeper.submits({"text_1": "40 cm vand", "verification": "confirmed", "grade": "open"})
    await house.engine.settle()
    (entry,) = await log(house, "saved")
    assert (entry["summary"], entry["grade"]) == ("40 cm vand", "open")
    assert await house.rows(select(LogState.verification).where(LogState.no == entry["no"])) == ["confirmed"]


async def test_what_is_too_long_for_one_of_slacks_fields_is_corrected_without_losing_its_end(house: House) -> None:
    """R182 D03: a dialog has room for 3,000 letters a field: the rest was cut off, and lost when the form was sent."""
    await house.crisis()
    keeper = house.person(house.plan.persons[house.plan.holders("logfører")[0]].slack or "")
    text = " ".join(f"{number} cm vnad," for number in range(600))
    await keeper.command(f"log {text}")
    await house.engine.settle()
    await keeper.presses("Ret")
    assert keeper.view is not None
    filled = drawing.initial(keeper.view.body)
    assert "".join(filled.values()) == text
    assert len(filled) == 3
    (first, *_) = filled
    await keeper.submits({first: filled[first].replace("0 cm vnad", "0 cm vand", 1)})
    await house.engine.settle()
    assert (await log(house, "correction"))[-1]["summary"] == text.replace("0 cm vnad", "0 cm vand", 1)


async def test_a_pin_saves_and_a_tick_confirms(house: House) -> None:
    """R182: reactions in the staff's channel."""
    message = await said_in_the_staff(house, "viadukten er lukket")
    keeper = house.person(house.plan.persons[house.plan.holders("logfører")[0]].slack or "")
    await house.person("U0ANNE").reacts("pushpin", message)
    await house.engine.settle()
    (entry,) = await log(house, "saved")
    assert (entry["summary"], entry["sender"]) == ("viadukten er lukket", "anne")
    await keeper.reacts("white_check_mark", message)
    await house.engine.settle()
    assert await house.rows(select(LogState.verification).where(LogState.no == entry["no"])) == ["confirmed"]


async def test_eyes_on_a_message_say_once_who_takes_it(house: House) -> None:
    """Requirement 3.6: 👀 is logged by name, once; from somebody outside the staff it is nothing."""
    message = await said_in_the_staff(house, "der står vand i hele Hovedgaden")
    for user in ("U0NOBODY", "U0KIM", "U0KIM"):
        await house.person(user).reacts("eyes", message)
        await house.engine.settle()
    taken = [
        (line["recorder"], line["summary"]) for line in await log(house, "information") if "tager" in line["summary"]
    ]
    assert taken == [("kim", "Kim Dahl tager: »der står vand i hele Hovedgaden«")]


async def test_editing_the_source_leaves_the_log_and_is_noted(house: House) -> None:
    """D08."""
    message = await said_in_the_staff(house, "40 cm vand")
    anne = house.person("U0ANNE")
    await anne.reacts("pushpin", message)
    await house.engine.settle()
    await anne.edits(message, "4 cm vand")
    await house.engine.settle()
    (entry,) = await log(house, "saved")
    (noted,) = await log(house, "source_edited")
    assert entry["summary"] == "40 cm vand"
    assert f"nr. {entry['no']}" in noted["summary"]


async def test_a_links_preview_is_no_edit_and_a_deletion_is_told(house: House) -> None:
    """D08."""
    message = await said_in_the_staff(house, "se https://dmi.dk")
    anne = house.person("U0ANNE")
    await anne.edits(message, "se https://dmi.dk")
    await anne.deletes(message)
    about = [(each["kind"], each["message"]) for each in await house.inbox() if each["kind"] in ("edited", "deleted")]
    assert about == [("deleted", f"{message.channel}:{message.ts}")]
