"""The telephone conference is the staff's room when the chat is down: for those who are summoned, and for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.platforms.fallback import numbered_text, twilio
from handlers.core.card import Card
from storage.plan import loading
from storage.plan.faults import PlanFaults
from storage.plan.sections import Conference
from storage.rows.traffic import Message
from tests.stage.platforms import in_one_chat
from tests.stage.slack import SlackStage
from tests.stage.stage import RehearsalStage, Stage
from tests.tables import examples

NUMBER, CODE = "+4570000000", "4711#"


@pytest.fixture(params=[RehearsalStage, SlackStage])
async def stage(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Stage]:
    """A crisis by a plan that has a conference."""
    conference = Conference.model_validate({"nummer": NUMBER, "kode": CODE})
    async with request.param(
        database_url, plan_=loading.example().model_copy(update={"conference": conference})
    ) as opened:
        await opened["jens"].commands("aktiver 2 skybrud i Hedehusene")
        yield opened


@pytest.mark.long
async def test_number_and_code_stand_on_the_summons_and_nowhere_else(stage: Stage) -> None:
    """R071: the nearest who may not have them is a centre's contact, who is told and not summoned."""
    assert await stage["kim"].sees("ring til telefonkonferencen")
    assert await stage["kim"].sees(f"kode {CODE}")
    await stage["kim"].presses("Kommer")
    await stage["kim"].commands("telefonkonference")
    assert CODE in (await stage["kim"].reads())[-1]
    await stage["mads"].commands("telefonkonference")
    assert await stage["mads"].sees("Det kan kun de, der er indkaldt til krisestaben: Kim Dahl")
    for name in ("mads", "rune", "finn", "hanne"):
        assert not await stage[name].sees(CODE)
    assert CODE not in str(await stage.export())


@pytest.mark.long
async def test_whoever_can_not_come_has_the_code_no_longer(stage: Stage) -> None:
    """R071: the card that says so has lost it."""
    await stage["eva"].presses("Kan ikke")
    assert not await stage["eva"].sees(CODE)
    await stage["eva"].commands("telefonkonference")
    assert not await stage["eva"].sees(CODE)


async def test_the_code_stands_in_the_sms_and_is_read_aloud_to_no_machine_that_takes_the_telephone(
    stage: Stage,
) -> None:
    """R071 R131: an unanswered summons is said aloud; whoever stands beside the telephone is not summoned."""
    async with stage.database.reading() as db:
        (said,) = await db.scalars(select(Message.card).where(Message.recipient == "kim", Message.kind == "summons"))
    summons = Card.from_json(said)
    assert CODE in numbered_text.in_words(summons)
    assert "Du indkaldes" in twilio.aloud(summons)
    assert NUMBER[1:] not in twilio.aloud(summons)
    assert CODE[:4] not in twilio.aloud(summons)


@pytest.mark.long
async def test_whoever_can_not_come_after_all_has_it_on_no_card_that_they_were_sent(stage: Stage) -> None:
    """R071: the reminder, what they asked what it was, and what they asked for; whoever comes all the same has it anew."""
    await stage["eva"].says("hvad er det?")
    await stage.forward(minutes=6)
    await stage["eva"].commands("telefonkonference")
    assert sum(CODE in said for said in await stage["eva"].reads()) == 4
    await stage["eva"].presses("Kan ikke")
    assert not await stage["eva"].sees(CODE)
    assert not await stage["eva"].sees(NUMBER)
    await stage["eva"].presses("Kommer")
    assert await stage["eva"].sees(CODE)


@pytest.mark.long
async def test_whoever_has_stepped_out_has_it_no_longer(stage: Stage) -> None:
    """R071: they said that they come, and don't sit there now."""
    await stage["eva"].presses("Kommer")
    await stage["kim"].commands("ud Eva")
    await stage["eva"].commands("telefonkonference")
    assert not await stage["eva"].sees(CODE)


@in_one_chat
async def test_a_plan_without_a_conference_says_nothing_of_it(open_stage: Stage) -> None:
    """R071: the key may be left out."""
    await open_stage["jens"].commands("aktiver 2 skybrud i Hedehusene")
    assert not await open_stage["kim"].sees("telefonkonference")
    await open_stage["kim"].commands("telefonkonference")
    assert await open_stage["kim"].sees("Planen har ingen telefonkonference")


@examples("written", ["{nummer: abc}", '{kode: "1"}', '{nummer: "70000000", kode: "hej"}'])
def test_a_conference_that_nobody_can_ring_is_a_fault_in_the_plan(written: str) -> None:
    """R071: `plan check` says so."""
    text = loading.example_text() + f"\ntelefonkonference: {written}\n"
    with pytest.raises(PlanFaults):
        loading.parse(text, "planen")
