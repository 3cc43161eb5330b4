"""Several incidents run: what is written to the staff reaches it, whether its writer says which one it is about or not."""

from __future__ import annotations

import pytest

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


@in_teams
async def test_what_its_writer_kept_for_few_is_shown_to_no_channel_and_stands_in_no_log_before_it_is_taken(
    stage: Stage,
) -> None:
    """R216 D04: "fortrolig:" counts before anybody has chosen too; taken, it is a line of that grade."""
    secret = "Fru Hansen på stue 4 er smittet"
    await stage["mads"].commands(f"log ! fortrolig: {secret}")
    await stage.forward(minutes=2)
    assert await stage["kim"].sees("(Fortrolig)")
    assert not await stage["kim"].sees(secret)
    for number in (1, 2):
        assert not any(secret in line["summary"] for line in await stage.part("log", number))
    await stage["kim"].presses("Det hører til her")
    lines = [line for number in (1, 2) for line in await stage.part("log", number) if secret in line["summary"]]
    assert [line["grade"] for line in lines] == ["confidential"]
    assert not await stage["tina"].sees(secret)


NUMBER = "010190-1234"


@in_slack
async def test_a_line_saved_as_confidential_and_left_at_hvilken_is_heard_of_by_both_staffs_without_its_words(
    stage: Stage,
) -> None:
    """R220 D07 R216: `Gem som Fortrolig`, and the telephone is put away: no channel reads it, and whoever takes it has it
    in their log as a line of that grade."""
    await stage["mads"].commands(f"log vikaren {NUMBER} er smittet")
    await stage["mads"].presses("Gem som Fortrolig")
    await stage.forward(minutes=2)
    assert sum("hvilken hændelse" in said and "(Fortrolig)" in said for said in await stage["kim"].reads()) == 2
    assert not await stage["kim"].sees("vikaren")
    assert await stage["mads"].sees("det er vist for alle")
    for number in (1, 2):
        assert not any("vikaren" in line["summary"] for line in await stage.part("log", number))
    await stage["kim"].presses("Det hører til her")
    lines = [line for number in (1, 2) for line in await stage.part("log", number) if NUMBER in line["summary"]]
    assert [(line["grade"], line["sender"]) for line in lines] == [("confidential", "mads")]
    assert not any(NUMBER in said for said in await stage["kim"].reads())


@in_teams
async def test_a_report_with_a_number_in_it_and_left_at_hvilken_is_read_by_both_staffs_without_the_number(
    stage: Stage,
) -> None:
    """R220 D07: the line is confidential, the report is for the staff; with the number removed nobody is told twice."""
    await stage["mads"].commands(f"melding borger {NUMBER} er savnet fra Birkehøj")
    await stage["mads"].presses("Gem som Fortrolig")
    await stage.forward(minutes=2)
    assert sum("er savnet fra Birkehøj" in said for said in await stage["kim"].reads()) == 2
    assert not any(NUMBER in said for said in await stage["kim"].reads())
    await stage["mads"].commands(f"melding {NUMBER} er fundet")
    await stage["mads"].presses("Gem som Fortrolig")
    await stage["mads"].presses("Fjern nummeret")
    await stage.forward(minutes=2)
    assert sum("er fundet" in said for said in await stage["kim"].reads()) == 2


@in_slack
async def test_a_message_that_one_of_the_staffs_saved_and_left_at_hvilken_is_read_by_both(stage: Stage) -> None:
    """R220 R202: `Gem i log` on what somebody wrote elsewhere."""
    await stage["hanne"].says("Dæmningen ved Sengeløse skrider", place="generelt")
    await stage["mads"].saves("Dæmningen")
    assert await stage["mads"].sees("Hvilken?")
    await stage.forward(minutes=2)
    assert sum("Dæmningen ved Sengeløse skrider" in said for said in await stage["kim"].reads()) == 2
    await stage["kim"].presses("Det hører til her")
    saved = [line for number in (1, 2) for line in await stage.log("saved", number)]
    assert [line["sender"] for line in saved] == ["hanne"]


@in_teams
async def test_what_was_saved_twice_and_left_at_hvilken_is_told_once(stage: Stage) -> None:
    """R220 D03: `Gem som Fortrolig`, pressed again before anything was chosen and after it was told; chosen on either card,
    it is one line."""
    await stage["mads"].commands(f"log vikaren {NUMBER} er smittet")
    await stage["mads"].presses("Gem som Fortrolig")
    await stage["mads"].presses("Gem som Fortrolig")
    await stage.forward(minutes=2)
    await stage["mads"].presses("Gem som Fortrolig")
    await stage.forward(minutes=5)
    assert sum("hvilken hændelse" in said for said in await stage["kim"].reads()) == 2
    for number in (1, 2):
        assert len([line for line in await stage.log("notice", number) if "hvilken hændelse" in line["summary"]]) == 1
    await stage["mads"].presses("1: skybrud")
    assert not await stage["mads"].has("2: strømsvigt")
    assert not await stage["kim"].has("Det hører til her")
    lines = [line for number in (1, 2) for line in await stage.part("log", number) if NUMBER in line["summary"]]
    assert [line["grade"] for line in lines] == ["confidential"]


async def _is_over(stage: Stage, label: str) -> None:
    await stage["lars"].commands("afblæs")
    if await stage["lars"].has(label):
        await stage["lars"].presses(label)
    await stage["lars"].presses("Afblæs")


@in_slack
async def test_whoever_chooses_an_incident_that_is_over_by_then_is_read_by_those_who_are_there(stage: Stage) -> None:
    """R220: nobody is thanked by a staff that has stood down; with none left it is as if it were written now."""
    await stage["mads"].commands(f"bistand {ASKED}")
    await stage["mads"].commands("bistand 2 busser til Fløng")
    await _is_over(stage, "1: skybrud")
    await stage["mads"].presses("1: skybrud")
    assert await stage["mads"].sees("er afblæst imens")
    assert not await stage.part("assistance_requests", 1)
    assert [each["text"] for each in await stage.part("assistance_requests", 2)] == ["2 busser til Fløng"]
    await _is_over(stage, "2: strømsvigt")
    await stage.forward(minutes=2)
    assert not await stage["mads"].sees("ingen har det endnu")
    assert await stage["mads"].sees("Der er ingen aktiv krise. Vil du sende et varsel?")


@pytest.mark.long
@in_teams
async def test_a_staff_that_has_stood_down_takes_nothing(stage: Stage) -> None:
    """R220: its card has no button any longer; the other's has."""
    await unchosen(stage)
    await _is_over(stage, "1: skybrud")
    assert (await stage["kim"].buttons()).count("Det hører til her") == 1
    await stage["kim"].presses("Det hører til her")
    assert len(await stage.part("assistance_requests", 2)) == 1


@pytest.mark.long
@in_teams
async def test_two_warnings_that_nobody_has_decided_on_are_told_once_and_nobody_is_asked_again(
    open_stage: Stage,
) -> None:
    """R220: those who are asked in each chain read it; its writer is asked which one time, not every other minute."""
    await open_stage["finn"].commands("varsel vand i kælderen")
    await open_stage["finn"].commands("varsel strømmen er gået")
    await open_stage["finn"].presses("Det er en anden hændelse")
    await open_stage["mads"].commands(f"log {ASKED}")
    await open_stage.forward(minutes=9)
    assert sum("Hvilken?" in said for said in await open_stage["mads"].reads()) == 1
    assert await open_stage["mads"].sees("det er vist for alle")


@in_slack
async def test_whatever_a_person_is_told_while_two_incidents_run_says_which_it_is_about(stage: Stage) -> None:
    """D04: "T1" of both was read alike; its first line is still what is to be done, and in a staff's channel it is
    plain."""
    for number in (1, 2):
        await stage["lars"].commands("tiltag hent pumper @Mads")
        await stage["lars"].presses(f"{number}: {('skybrud', 'strømsvigt')[number - 1]}")
    told = [each for each in await stage["mads"].reads() if each.startswith("T1: hent pumper")]
    assert [each.partition("Nr. ")[2].partition("\n")[0] for each in told] == ["1: skybrud", "2: strømsvigt"]
    staffs = [each for each in await stage["kim"].reads() if each.startswith("Krisestab nr. 2")]
    assert staffs
    assert not any("\nNr. 2: strømsvigt" in each for each in staffs)


@in_slack
async def test_the_menu_says_of_which_incident_each_thing_is_that_waits(stage: Stage) -> None:
    """D04, requirement 3.1.1: two summonses were two lines alike."""
    await stage["bo"].commands("")
    menu = (await stage["bo"].reads())[-1]
    lines = [line for line in menu.split("\n") if "Du indkaldes" in line]
    assert [line[-8:] for line in lines] == [" (nr. 2)", " (nr. 1)"]


@in_teams
async def test_the_plans_step_is_shown_for_each_incident_that_stands_somewhere_else_in_it(stage: Stage) -> None:
    """R041 D04: with two staffs at work it told when an incident is a crisis."""
    await stage["finn"].commands("plan")
    assert await stage["finn"].sees("§5 Aktivering af krisestaben")
    await stage["lars"].commands("nedskaler")
    await stage["lars"].presses("2: strømsvigt")
    await stage["finn"].commands("plan")
    told = (await stage["finn"].reads())[-1]
    assert "Nr. 1: §5 Aktivering af krisestaben" in told
    assert "Nr. 2: §2 Beredskabsniveau 1" in told
