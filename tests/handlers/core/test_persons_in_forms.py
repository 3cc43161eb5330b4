"""A name in a form that is nobody's, or several persons', is asked about; nothing that was typed is lost. Bilag 2 and 3; §7."""

from __future__ import annotations

import pytest

from tests.stage.platforms import everywhere, in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)
LONG = "pumpe til Birkehøj, tal med pedellen først, og tag den lange slange med"


@pytest.mark.long
@everywhere
async def test_a_name_in_a_form_that_is_nobodys_is_asked_about_with_the_form_as_it_was_typed(stage: Stage) -> None:
    """Requirement 3.5, R232: nothing is begun meanwhile, and only the name is written again."""
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in("Nyt tiltag", title=LONG, owner="Madsine", due="kl 23")
    assert await stage["kim"].sees("Jeg kan ikke se, hvem »Madsine« er (Hvem har det).")
    assert await stage["kim"].sees("Intet er sat i gang endnu, og alt, du skrev, er gemt.")
    assert await stage.part("measures") == []
    await stage["kim"].fills_in("Andet navn", title=LONG, owner="Mads", due="kl 23")
    (measure,) = await stage.part("measures")
    assert (measure["title"], measure["owner"], measure["due_at"][:16]) == (LONG, "mads", "2026-07-02T21:00")


@in_slack
async def test_two_names_where_one_person_is_meant_are_asked_about(stage: Stage) -> None:
    """R232: the second is not left out in silence."""
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in("Nyt tiltag", title=LONG, owner="Mads, Ole")
    assert await stage["kim"].sees("»Mads, Ole«")
    assert await stage["kim"].sees("Skriv ét navn.")
    assert await stage.part("measures") == []


@in_teams
async def test_one_of_several_names_that_is_nobodys_leaves_nobody_out(stage: Stage) -> None:
    """R087: all of them are shared out, or none: whoever typed it sees which name it is."""
    await stage["kim"].commands("logistik Rune")
    await stage["rune"].commands("logistik")
    await stage["rune"].fills_in("Fordel opgaver", catering="Ali, Madsine")
    assert await stage["rune"].sees("Jeg kan ikke se, hvem »Madsine« er (Forplejning: hvem).")
    assert not await stage["ali"].sees("Logistik: Forplejning")
    await stage["rune"].fills_in("Andet navn", catering="Ali, Mads")
    assert await stage["ali"].sees("Logistik: Forplejning")
    assert await stage["mads"].sees("Logistik: Forplejning")


@in_one_chat
async def test_a_number_that_cannot_be_read_is_asked_about_as_a_name_is(stage: Stage) -> None:
    """R145: the rest of the form is filled in as it was."""
    await stage["kim"].commands("indikator")
    await stage["kim"].fills_in("Nyt tal", name="ramte borgere", value="en halv snes")
    assert await stage["kim"].sees("Jeg kan ikke læse »en halv snes«")
    await stage["kim"].fills_in("Ret", name="ramte borgere", value="51")
    assert await stage["kim"].sees("ramte borgere")


@in_one_chat
async def test_who_is_missing_from_a_meeting_is_written_down_though_the_plan_does_not_know_them(stage: Stage) -> None:
    """R136: a guest's name is kept in the log as it was written."""
    await stage["kim"].commands("møde kl 23 stabsrummet")
    await stage["kim"].fills_in("Start mødet", absent="Siv fra politiet")
    begun = [each["summary"] for each in (await stage.export())["log"] if "er begyndt" in each["summary"]]
    assert "Siv fra politiet" in begun[-1]
