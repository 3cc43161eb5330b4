"""Several incidents run: what is written to the staff reaches it, whether its writer says which one it is about or not."""

from __future__ import annotations

from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after
from tests.stage.stage import Stage


async def two_crises(stage: Stage) -> None:
    """A cloudburst and a power failure at once, a staff for each."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["anne"].commands("aktiver 2 strømsvigt")
    await stage["anne"].presses("Det er en anden hændelse")


stage = after(two_crises)
ASKED = "4 mand til Birkehøj nu"


async def unchosen(stage: Stage) -> None:
    """Mads asks for help, and puts the telephone away."""
    await stage["mads"].commands(f"bistand {ASKED}")
    await stage.forward(minutes=2)


@in_slack
async def test_a_call_for_help_that_is_left_at_hvilken_is_read_by_both_staffs(stage: Stage) -> None:
    """R220 D04: nobody chose, and both have it two minutes later; it stands in both logs, and its writer is told."""
    await unchosen(stage)
    for number in (1, 2):
        assert any(ASKED in line["summary"] for line in await stage.log("notice", number))
    assert sum(ASKED in said for said in await stage["kim"].reads()) == 2
    assert await stage["mads"].sees("det er vist for alle")
    assert not await stage.part("assistance_requests", 1)
    assert not await stage.part("assistance_requests", 2)


@in_teams
async def test_whoever_it_is_for_takes_it_once_and_it_is_its_writers(stage: Stage) -> None:
    """R220 D04: a request in one of the two, by whoever wrote it; neither the other staff nor they can do it again."""
    await unchosen(stage)
    await stage["tina"].presses("Det hører til her")
    both = [*await stage.part("assistance_requests", 1), *await stage.part("assistance_requests", 2)]
    assert [(each["requester"], each["text"]) for each in both] == [("mads", ASKED)]
    for name in ("tina", "mads"):
        assert not await stage[name].has("Det hører til her")
    assert not await stage["mads"].has("1: skybrud")
    assert await stage["mads"].sees("er hos krisestaben")
    told = [line["summary"] for number in (1, 2) for line in await stage.log("assessment", number)]
    assert len(told) == 1
    assert told[0].startswith("Tina Friis har taget det: det gælder hændelse nr.")


@in_slack
async def test_whoever_chose_late_is_done_with_and_the_staffs_cards_say_so(stage: Stage) -> None:
    """D04: the question still takes an answer; then it stands in one alone."""
    await unchosen(stage)
    await stage["mads"].presses("2: strømsvigt")
    assert not await stage.part("assistance_requests", 1)
    assert len(await stage.part("assistance_requests", 2)) == 1
    assert not await stage["tina"].has("Det hører til her")


@in_teams
async def test_whoever_has_chosen_is_not_told_of_to_anybody(stage: Stage) -> None:
    """D04 D14: chosen in time, the other staff hears nothing; what only shows something waits for its reader alone."""
    await stage["mads"].commands(f"bistand {ASKED}")
    await stage["mads"].presses("1: skybrud")
    await stage["hanne"].commands("status")
    await stage.forward(minutes=3)
    assert not await stage["tina"].has("Det hører til her")


@in_slack
async def test_a_lack_in_plain_words_is_asked_about_and_reaches_both(stage: Stage) -> None:
    """R220 D04: "vi mangler 4 mand", without a verb, while two incidents run."""
    await stage["hanne"].says("vi mangler 4 mand på Birkehøj")
    await stage["hanne"].presses("2: strømsvigt")
    (row,) = await stage.part("assistance_requests", 2)
    assert (row["requester"], row["quantity"], row["place"]) == ("hanne", "4", "Birkehøj")
    await stage["hanne"].says("vi mangler en læge på Fløng")
    await stage.forward(minutes=2)
    assert sum("mangler en læge" in said for said in await stage["tina"].reads()) == 2


@in_slack
async def test_nobody_outside_takes_what_was_written_to_the_staff(stage: Stage) -> None:
    """R220: a former member, who sees the card that they were sent, is refused; it stands there for the staff."""
    await stage["kim"].commands("bistand 2 busser til Fløng")
    await stage.forward(minutes=2)
    assert not await stage["finn"].has("Det hører til her")
    assert await stage["mads"].has("Det hører til her")
