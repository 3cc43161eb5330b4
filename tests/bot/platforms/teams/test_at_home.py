"""At home in Teams: the one-to-one card, warnings from a message's menu and from where one is written, and the app that
comes to people by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.core.card import Card
from handlers.core.turn import Turn
from storage.rows.traffic import Inbox
from tests.fakes.teams import Fault, RateLimited, Refusal, ServerError
from tests.fakes.teams.graph import INSTALL
from tests.stage.platforms import only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.teams import TeamsStage

stage = after(cloudburst)
pytestmark = only_in_teams


async def commands(stage: TeamsStage) -> list[str]:
    """What has come in as a command."""
    async with stage.database.reading() as db:
        rows = await db.scalars(select(Inbox).order_by(Inbox.id))
        return [row.body["text"] for row in rows if row.body["kind"] == "command"]


async def test_the_one_to_one_card_shows_what_waits_for_its_reader(stage: TeamsStage) -> None:
    """R256: it is the home page of Teams."""
    await stage["rune"].commands("")
    card = (await stage["rune"].reads())[-1]
    assert "Venter på dig:" in card
    assert "I gang er nr. 1" in card
    await stage["rune"].presses("Mit center er underrettet")
    assert any("er underrettet af Rune Juhl" in each["summary"] for each in await stage.part("log"))


async def test_a_warning_is_sent_from_where_one_writes_and_only_once(stage: TeamsStage) -> None:
    """R001: everybody may, also who stands in no plan."""
    finn = stage["finn"].person
    await finn.composes("generelt")
    assert finn.dialog is not None
    assert "ring 112" in finn.dialog.shown
    await finn.submits({"text": "Gaslugt ved *Birkehøj*"})
    await finn.retry()
    await stage.settle()
    assert (await commands(stage))[-1] == "varsel Gaslugt ved *Birkehøj*"
    assert (await commands(stage)).count("varsel Gaslugt ved *Birkehøj*") == 1


async def test_a_messages_words_stand_in_the_form_with_who_wrote_them(stage: TeamsStage) -> None:
    """R001: whoever sends them on did not write them."""
    await stage["per"].says("Vandet står i kælderen på Birkehøj", "generelt")
    message = stage.teams.messages("generelt")[-1]
    finn = stage["finn"].person
    await finn.saves(message, "Send som varsel")
    await finn.submits()
    await stage.settle()
    said = (await commands(stage))[-1]
    assert said.startswith("varsel Vandet står i kælderen på Birkehøj\n(Skrevet af Per Hald")
    await stage["per"].person.saves(message, "Send som varsel")


@pytest.mark.long
@pytest.mark.parametrize("heard", [False, True], ids=["a stranger", "who has taken it away"])
async def test_the_plans_people_get_the_app_when_they_must_be_written_to(open_stage: TeamsStage, heard: bool) -> None:
    """R070: where the tenant lets us; the message comes, once."""
    stage = open_stage
    stage.teams.consents.add(INSTALL)
    if heard:
        await stage["lars"].commands("status")
    stage.teams.install("aad-lars", installed=False)
    await stage["jens"].commands("aktiver 2 skybrud")
    assert stage.teams.world.people["aad-lars"].installed
    assert await stage["lars"].has("Kommer")
    assert sum("Du indkaldes" in each for each in await stage["lars"].reads()) == 1


@pytest.mark.long
@pytest.mark.parametrize("lacks", [INSTALL, "AppCatalog.Read.All"])
async def test_where_we_may_not_nobody_is_given_it_and_that_is_told_once(open_stage: TeamsStage, lacks: str) -> None:
    """R213: no fault to anybody."""
    stage = open_stage
    stage.teams.consents.add(INSTALL)
    stage.teams.consents.discard(lacks)
    for person in ("aad-lars", "aad-mette", "aad-anne"):
        stage.teams.install(person, installed=False)
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage.forward(seconds=5)
    told = [each for each in await stage["kim"].reads() if "mangler en rettighed" in each]
    assert len(told) == 1
    assert lacks in told[0]
    assert not stage.teams.world.people["aad-lars"].installed
    assert all(platform.trouble() is None for platform in stage.bot.platforms)


async def test_nobody_outside_the_plan_is_given_the_app(stage: TeamsStage) -> None:
    """R001: it is for those whom the plan calls."""
    stage.teams.consents.add(INSTALL)
    await stage["finn"].commands("status")
    stage.teams.install("aad-finn", installed=False)
    async with stage.database.turn() as db:
        turn = Turn(db, stage.clock.now(), stage.plan)
        await turn.say("teams:aad-finn", Card("Tak for hjælpen."), key="tak", kind="notice")
    await stage.settle()
    assert not stage.teams.world.people["aad-finn"].installed
    assert not await stage["finn"].sees("Tak for hjælpen.")


@pytest.mark.parametrize("fault", [RateLimited(3), ServerError(), Refusal(404, "NotFound")])
async def test_a_graph_that_fails_loses_no_message(open_stage: TeamsStage, fault: Fault) -> None:
    """R213."""
    stage = open_stage
    stage.teams.consents.add(INSTALL)
    stage.teams.install("aad-lars", installed=False)
    stage.teams.fail("graph", with_=fault)
    await stage["finn"].commands("varsel vand i kælderen")
    async with stage.database.turn() as db:
        turn = Turn(db, stage.clock.now(), stage.plan)
        await turn.say("lars", Card("Ring til mig."), key="ring", kind="notice")
    await stage.forward(minutes=1)
    assert await stage["lars"].sees("Ring til mig.") == (not isinstance(fault, Refusal))
