"""While a crisis runs, whoever warns is asked whether it belongs to it; nobody's warning waits on a guess. Plan §4."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.core.context import URGENT
from storage.case.verification import verify_export
from storage.rows.traffic import Message
from tests.posts import posts
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import DENMARK, Stage

stage = after(cloudburst)


@follows(cloudburst)
async def warned(stage: Stage) -> None:
    """Finn warns of water, and says that it belongs to the cloudburst."""
    await stage["finn"].says("vandet står op i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    await stage["finn"].presses("Ja")


joined_stage = after(warned)


async def asked(stage: Stage, number: int) -> list[str]:
    """Who has been asked in an incident's chain."""
    return [step["person"] for step in await stage.part("escalation", number)]


@pytest.mark.long
@in_slack
async def test_what_belongs_reaches_the_staffs_chief_at_once_and_rings_no_chain(stage: Stage) -> None:
    """R001 R198 D04: one press, one card to whoever runs the staff."""
    await stage["finn"].says("vandet står op i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    assert await stage["finn"].sees("Hører det til nr. 1?")
    assert await asked(stage, 2) == []
    await stage["finn"].presses("Ja")
    assert await stage["lars"].sees("vandet står op i kælderen på Birkehøj")
    await stage["lars"].presses("Modtaget")
    assert await stage["finn"].sees("Lars Vinther har det.")
    await stage.forward(minutes=30)
    assert await asked(stage, 2) == []
    assert [alert["text"] for alert in await stage.part("alerts", 1)] == ["vandet står op i kælderen på Birkehøj"]
    for number in (1, 2):
        assert verify_export(await stage.export(number)) == []


@in_teams
async def test_another_incident_gets_a_chain_of_its_own(stage: Stage) -> None:
    """R004 R005 D04: the second incident of a night rings the chief of preparedness, though a crisis runs."""
    await stage["finn"].commands("varsel brand på Torstorp Skole")
    await stage["finn"].presses("Ja")
    await stage["finn"].presses("Det er en anden hændelse")
    assert await asked(stage, 2) == ["jens"]
    assert await stage["jens"].sees("brand på Torstorp Skole")


@in_slack
async def test_a_chief_who_does_not_answer_holds_nothing_up(joined_stage: Stage) -> None:
    """R005: within `vent` it goes up a chain of its own, and its sender reads so."""
    stage = joined_stage
    await stage.forward(minutes=11)
    assert (await asked(stage, 2))[0] == "jens"
    assert await stage["finn"].sees("er sendt videre for sig")
    assert await stage.part("alerts", 1) == []


@pytest.mark.long
@in_slack
async def test_joining_by_night_rings_the_staffs_chief_and_who_does_not_answer_a_chain_of_its_own(stage: Stage) -> None:
    """R005 D04 D14: long after the first hours, with nobody on shift: rung in that minute, by every way, and not in the
    morning; `vent` later the chief of preparedness is."""
    at_night = datetime(2026, 7, 4, 3, 0, tzinfo=DENMARK)
    await stage.until(at_night)
    await stage["finn"].says("vandet står op i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    await stage["finn"].presses("Ja")
    rang = (await posts(stage, at_night, stage.clock.now()))["lars"]
    assert [post.text for post in rang if "Et varsel til nr. 1" in post.text] != []
    async with stage.database.reading() as db:
        (card,) = await db.scalars(
            select(Message).where(Message.key.startswith("joined/"), Message.recipient == "lars")
        )
    assert (card.held, card.everywhere, card.urgency) == (False, True, URGENT)
    vent = stage.plan.escalation.wait
    await stage.until(at_night + vent - timedelta(seconds=5))
    assert await asked(stage, 2) == []
    await stage.until(at_night + vent + timedelta(seconds=5))
    assert await asked(stage, 2) == ["jens"]
    rang = (await posts(stage, at_night, stage.clock.now())).get("jens", [])
    assert [post.text for post in rang if "Varsel nr. 2" in post.text] != []
    assert not await stage["lars"].has("Modtaget")


@in_teams
async def test_a_question_that_nobody_answers_becomes_an_incident_of_its_own(stage: Stage) -> None:
    """R005: rather one chain too many than a warning that waits."""
    await stage["finn"].says("der er brand på skolen")
    await stage["finn"].presses("Ja")
    await stage.forward(minutes=3)
    assert await asked(stage, 2) == ["jens"]


@in_slack
async def test_joining_and_parting_are_undone_by_each_other_and_both_logs_say_so(joined_stage: Stage) -> None:
    """R183 D04: nothing of it is taken out of either log."""
    stage = joined_stage
    await stage["lars"].presses("Det er en anden hændelse")
    assert await asked(stage, 2) == ["jens"]
    assert await stage["finn"].has("Det hører til nr. 1")
    await stage["finn"].presses("Det hører til nr. 1")
    assert {step["result"] for step in await stage.part("escalation", 2)} == {"stopped"}
    assert [alert["text"] for alert in await stage.part("alerts", 1)] == ["vandet står op i kælderen på Birkehøj"]
    told = [line["summary"] for number in (1, 2) for line in await stage.log("assessment", number)]
    assert len([line for line in told if "føres" in line]) >= 4
    for number in (1, 2):
        assert verify_export(await stage.export(number)) == []


@in_teams
async def test_the_chiefs_card_counts_and_what_is_written_on_stands_on_it(joined_stage: Stage) -> None:
    """R022: repeats of the same matter ring nobody anew."""
    stage = joined_stage
    await stage["finn"].says("nu står det i stuen")
    assert await stage.crises() == 2
    assert await stage["lars"].sees("nu står det i stuen")
    await stage["bo"].commands("varsel vand på Sengeløse Skole")
    await stage["bo"].presses("Ja")
    await stage["bo"].presses("Ja")
    assert await stage["lars"].sees("2 varsler til nr. 1")
    assert (await stage["lars"].buttons()).count("Modtaget") == 1


@in_one_chat
async def test_nobody_else_answers_for_the_chief(joined_stage: Stage) -> None:
    """R054: a member's or stranger's screen has no such button, and the sender's says only where it belongs."""
    for person in ("kim", "anne", "finn"):
        assert not await joined_stage[person].has("Modtaget")
    assert not await joined_stage["kim"].has("Det er en anden hændelse")


@in_slack
async def test_a_warning_that_its_chief_has_not_answered_outlives_the_incident(joined_stage: Stage) -> None:
    """R005 D04: who calls the crisis off leaves nobody's warning unread; at once, and both logs say so."""
    stage = joined_stage
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await asked(stage, 2) == ["jens"]
    assert await stage["finn"].sees("er sendt videre for sig")
    assert not await stage["finn"].has("Det hører til nr. 1")
    assert not await stage["lars"].has("Modtaget")
    assert await stage.part("alerts", 1) == []
    for number in (1, 2):
        assert verify_export(await stage.export(number)) == []


@pytest.mark.long
@in_slack
async def test_a_warning_is_never_added_to_an_incident_that_has_ended(stage: Stage) -> None:
    """R005 D04: a yes that comes too late is a chain of its own, at once."""
    await stage["finn"].says("vandet står op i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage["finn"].presses("Ja")
    assert await stage["finn"].sees("Nr. 1 er afsluttet")
    assert await asked(stage, 2) == ["jens"]


@pytest.mark.long
@in_teams
async def test_what_was_said_to_be_another_incident_can_still_belong(stage: Stage) -> None:
    """D04: whoever pressed wrong the first time, at night, gets back with one press, and back again."""
    await stage["finn"].says("vandet står op i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    await stage["finn"].presses("Det er en anden hændelse")
    assert await asked(stage, 2) == ["jens"]
    await stage["finn"].presses("Det hører til nr. 1")
    assert await stage["lars"].sees("vandet står op i kælderen på Birkehøj")
    assert {step["result"] for step in await stage.part("escalation", 2)} == {"stopped"}
    await stage["finn"].presses("Det er en anden hændelse")
    assert len(await asked(stage, 2)) == 2
    for number in (1, 2):
        assert verify_export(await stage.export(number)) == []


@pytest.mark.long
@in_teams
@pytest.mark.parametrize(
    ("words", "own_chain"),
    [("nej", True), ("Det er en anden hændelse!", True), ("ja", False), ("det hører til nr. 1", False)],
)
async def test_where_it_belongs_may_be_written_instead(stage: Stage, words: str, own_chain: bool) -> None:
    """R001 D04: "nej" was added to the warning as news, and nobody was asked before the time was up."""
    await stage["finn"].says("brand på Torstorp Skole")
    await stage["finn"].presses("Ja")
    await stage["finn"].says(words)
    assert await asked(stage, 2) == (["jens"] if own_chain else [])
    assert await stage["lars"].sees("Har du det?") is not own_chain
    texts = [alert["text"] for number in (1, 2) for alert in await stage.part("alerts", number)]
    assert texts == ["brand på Torstorp Skole"]
