"""Persons are picked in Teams' own picker, and are the names that they would have been typed with."""

from __future__ import annotations

from sqlalchemy import select

from storage.rows.traffic import Inbox
from tests.fakes.teams import TimeoutBefore
from tests.stage.platforms import only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.teams import TeamsStage

stage = after(cloudburst)
pytestmark = only_in_teams


async def test_a_picked_person_is_the_one_in_the_plan(stage: TeamsStage) -> None:
    """R140: nobody has to spell a colleague's name; twice sent is once."""
    kim = stage["kim"].person
    await stage["kim"].commands("tiltag")
    await kim.presses("Nyt tiltag")
    assert kim.dialog is not None
    assert "owner@who" in kim.dialog.fields
    await kim.submits({"title": "Pumper til Hovedgaden", "owner@who": stage["bo"].person.id})
    await kim.retry()
    await stage.settle()
    (made,) = [each for each in await stage.part("measures") if "Pumper" in str(each)]
    assert made["owner"] == "bo"


async def test_whoever_is_picked_and_stands_in_no_plan_has_a_name_and_no_id(stage: TeamsStage) -> None:
    """R140: Entra's name where it may be asked for; else words. An id tells nobody anything."""
    stage.teams.add_person("0b1c-nanna", "Nanna  Ny")
    for granted, shown in ((True, "Nanna Ny"), (False, "en person uden for planen")):
        if not granted:
            stage.teams.consents -= {"User.Read.All"}
            stage.teams.add_person("0b1c-ukendt", "Ukendt")
        kim = stage["kim"].person
        await stage["kim"].commands("tiltag")
        await kim.presses("Nyt tiltag")
        await kim.submits(
            {"title": f"Pumper {shown}", "owner@who": "0b1c-nanna" if granted else "0b1c-ukendt,../../me"}
        )
        await stage.settle()
        seen = " ".join([*await stage["kim"].reads(), *map(str, await stage.part("measures"))])
        assert shown in seen
        assert "0b1c-" not in seen


async def test_who_was_picked_is_on_disk_before_entra_is_asked_for_a_name(stage: TeamsStage) -> None:
    """R001: a form that was sent is neither lost nor held up by an Entra that doesn't answer."""
    stage.teams.add_person("0b1c-nanna", "Nanna  Ny")
    kim = stage["kim"].person
    await stage["kim"].commands("tiltag")
    await kim.presses("Nyt tiltag")
    stage.teams.fail("graph", with_=TimeoutBefore(), times=None)
    assert (await kim.submits({"title": "Pumper", "owner@who": "0b1c-nanna"})).status == 200
    assert [(each.state, each.body["values"]["owner"]) for each in await newest(stage)] == [("new", "@0b1c-nanna")]
    await stage.kill()
    stage.teams.heal()
    await stage.settle()
    assert [(each.state, each.body["values"]["owner"]) for each in await newest(stage)] == [("done", "Nanna Ny")]


async def newest(stage: TeamsStage) -> list[Inbox]:
    """What came in last."""
    async with stage.database.reading() as db:
        return list(await db.scalars(select(Inbox).order_by(Inbox.id.desc()).limit(1)))
