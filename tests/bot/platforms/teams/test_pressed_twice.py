"""Whoever presses a dialog's button twice has sent it once: Teams calls the two by different names."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from storage.rows.traffic import Inbox
from tests.stage.platforms import only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.teams import TeamsStage

stage = after(cloudburst)
pytestmark = only_in_teams


async def taken_in(stage: TeamsStage) -> int:
    """How much has come in."""
    async with stage.database.reading() as db:
        return await db.scalar(select(func.count()).select_from(Inbox)) or 0


@pytest.mark.parametrize("dialog", ["a form", "Send varsel", "Gem i log", "Send som varsel"])
async def test_a_dialog_that_is_sent_twice_is_taken_in_once(stage: TeamsStage, dialog: str) -> None:
    """R001 R071: a second warning would go up the chain beside the first."""
    kim, values = stage["kim"].person, {"text": "Vand i Hovedgaden"}
    await stage["per"].says("Vandet stiger", "generelt")
    if dialog == "a form":
        await stage["kim"].commands("tiltag")
        await kim.presses("Nyt tiltag")
        values = {"title": "Pumper til Hovedgaden"}
    elif dialog == "Send varsel":
        await kim.composes("generelt")
    else:
        await kim.saves(stage.teams.messages("generelt")[-1], dialog)
    opened, before = kim.dialog, await taken_in(stage)
    assert opened is not None
    for _ in range(3):
        kim.dialog = opened
        answer = await kim.submits(values)
        assert answer.status == 200
    await stage.settle()
    assert await taken_in(stage) == before + 1
    # Filled in with something else it is something else; opened anew, the same words are said again.
    kim.dialog = opened
    await kim.submits({name: f"{value} og Søndergade" for name, value in values.items()})
    await stage.settle()
    assert await taken_in(stage) == before + 2


async def test_a_dialog_of_somebody_elses_keeps_nobody_from_sending_theirs(stage: TeamsStage) -> None:
    """R001: what a client sends along is its own to write, another's name for a dialog too."""
    kim, per = stage["kim"].person, stage["per"].person
    await kim.composes("generelt")
    await per.composes("generelt")
    assert kim.dialog is not None
    before = await taken_in(stage)
    per.dialog = kim.dialog
    await per.submits({"text": "Vand i Hovedgaden"})
    await kim.submits({"text": "Vand i Hovedgaden"})
    await stage.settle()
    assert await taken_in(stage) == before + 2
