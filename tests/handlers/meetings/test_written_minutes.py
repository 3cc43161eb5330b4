"""Minutes while they are written: what is put off, what was talked of beside the agenda, and what comes too late."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.rows.traffic import Message
from tests.handlers.meetings.test_meetings import begun
from tests.stage import forged
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after
from tests.stage.stage import Stage

stage = after(begun)


@pytest.mark.long
@in_one_chat
async def test_an_urgent_measure_that_a_meeting_put_off_is_told_of_at_the_next_and_the_others_no_more(
    stage: Stage,
) -> None:
    """R225 R229 R089: one that waits holds none of those behind it back."""
    await stage["kim"].commands("møde kl 17 stabsrummet")
    for words in ("send 2 vogne til Ishøj @Rune", "send 9 pumper til Fløng @Rune"):
        await stage["kim"].commands(f"t {words}")
        await stage["kim"].presses("Haster")
    await stage.at("17:00")
    await stage["kim"].fills_in("Start mødet", absent="")
    await stage["eva"].commands("referat")
    await stage["eva"].fills_in("Skriv punkt 1", discussion="hvor mange vogne har de selv?", waits="svar fra Rune")
    await stage["eva"].commands("referat")
    await stage["eva"].fills_in("Skriv punkt 2", discussion="de er på vej")
    await stage.at("17:20")
    await stage["kim"].fills_in("Slut mødet", next_at="i morgen kl 10", next_place="Teams")
    assert [each["orient_next_meeting"] for each in await stage.part("measures")] == [True, False]
    assert [each["state"] for each in await stage.part("agenda_items")] == ["open", "treated"]


@in_one_chat
async def test_what_was_talked_of_beside_the_agenda_is_an_item_of_the_meeting_that_runs_and_of_no_other(
    stage: Stage,
) -> None:
    """R089: not without words, and not when the meeting is over, whose minutes stand already."""
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage.at("17:00")
    await stage["kim"].fills_in("Start mødet", absent="")
    await stage["eva"].commands("referat")
    await stage["eva"].fills_in("Nyt punkt", text="", discussion="vi manglede kaffe")
    assert await stage.part("agenda_items") == []
    await stage["eva"].fills_in("Nyt punkt", text="nøglen til hallen", discussion="pedellen har den")
    (item,) = await stage.part("agenda_items")
    assert (item["text"], item["discussion"]) == ("nøglen til hallen", "pedellen har den")
    running = await newest_card_of(stage, "minutes.extra")
    (written,) = [each for each in running.card["buttons"] if each["do"] == "minutes.write"]
    await stage.at("17:20")
    await stage["kim"].fills_in("Slut mødet", next_at="i morgen kl 10", next_place="Teams")
    (button,) = [each for each in running.card["buttons"] if each["do"] == "minutes.extra"]
    await forged.press(stage, "eva", button["do"], button["args"], running.id, "late", {"text": "og en ting til"})
    await stage.settle()
    await forged.press(stage, "eva", written["do"], written["args"], running.id, "later", {"decision": "den hentes"})
    await stage.settle()
    assert await stage["eva"].sees("Punktet er afsluttet. Ret referatet")
    (item,) = await stage.part("agenda_items")
    assert (item["text"], item["decision"]) == ("nøglen til hallen", "")


async def newest_card_of(stage: Stage, action: str) -> Message:
    async with stage.database.reading() as db:
        every = await db.scalars(select(Message).order_by(Message.id.desc()))
        return next(each for each in every if any(button["do"] == action for button in each.card["buttons"]))
