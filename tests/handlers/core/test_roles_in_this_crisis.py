"""A role that is named means whoever has it in this crisis, behind every verb alike. Plan §5, "udpegning af ansvarlige"."""

from __future__ import annotations

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage, told

stage = after(cloudburst)


@in_slack
async def test_what_is_for_the_coordinator_is_for_the_one_of_this_crisis(stage: Stage) -> None:
    """R007 R145 R200, requirement 3.1.6: the mail's nudge, the shift and the seat went to the plan's."""
    kim = stage["kim"]
    await stage["lars"].commands("rolle krisestabschef Anne, tovholder Line")
    await kim.commands("mail tovholder Fælles budskaber")
    assert await kim.sees("går til 1: Line Brix")
    await kim.commands("vagt logfører tovholder 19-23")
    assert ("logfører", "line") in {(shift["role"], shift["person"]) for shift in await stage.part("roster")}
    await kim.commands("ind tovholder, krisestabschefen")
    members = {each["person"] for each in await stage.part("members") if each["until"] is None}
    assert {"line", "anne"} <= members
    assert "tina" not in told(await stage.export(), "broadcast")


@in_teams
async def test_the_chief_and_the_directorate_are_named_as_people_call_them(stage: Stage) -> None:
    """Requirement 3.1.6: "krisestabschefen", "chefen" and "direktionen", in the lists of persons too."""
    kim = stage["kim"]
    await stage["lars"].commands("rolle krisestabschef Anne")
    await kim.commands("ud direktionen")
    assert await kim.sees("Anne Holm, Ole Bach og Sara Nygaard er trådt ud af krisestaben.")
    await kim.commands("ind chefen")
    assert await kim.sees("Anne Holm er med i krisestaben.")
    await kim.commands("medlem siv")
    assert await kim.sees("Siv Lau er med i krisestaben.")


@in_one_chat
async def test_a_question_that_begins_with_a_person_is_not_put_to_every_centre(stage: Stage) -> None:
    """R100, requirement 3.1.6: to the centre that they speak for; nobody is asked for whoever speaks for none."""
    await stage["kim"].commands("ping mads hvordan går det")
    (ping,) = await stage.part("pings")
    assert [answer["centre"] for answer in ping["answers"]] == ["Teknik"]
    await stage["kim"].commands("ping borgmesteren hvordan går det")
    assert await stage["kim"].sees("»borgmesteren« taler ikke for et center, så ingen er spurgt.")
    assert len(await stage.part("pings")) == 1
    await stage["kim"].commands("ping er Mads Rosen kommet")
    assert len((await stage.part("pings"))[-1]["answers"]) == len(stage.plan.centres)
