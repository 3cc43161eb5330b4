"""A centre's chief answers in words, and a request for help is never taken for an answer to something else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.rows.staff import Member
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_one_chat
@pytest.mark.parametrize(
    "words", ["mit center er underrettet", "centret er underettet", "ja det er gjort", "teknik ved besked", "ok"]
)
async def test_a_chief_says_in_words_that_the_centre_is_told(stage: Stage, words: str) -> None:
    """R103: the button is not the only way."""
    await stage["rune"].says(words)
    assert await stage["rune"].sees("Teknik er underrettet")


@in_one_chat
async def test_the_centres_contact_cannot_say_it_for_the_chief(stage: Stage) -> None:
    """R103: the nearest person who may not."""
    await stage["mads"].says("mit center er underrettet")
    assert not await stage["rune"].sees("Teknik er underrettet")


@in_one_chat
@pytest.mark.parametrize(
    "words", ["centret er ikke underettet", "halvdelen er underrettet", "jeg underretter dem i morgen"]
)
async def test_what_is_not_done_yet_is_no_press(stage: Stage, words: str) -> None:
    """R103: a centre that is told tomorrow, or half told, is still missing."""
    await stage["rune"].says(words)
    assert not await stage["rune"].sees("Teknik er underrettet")


@in_teams
async def test_who_has_only_received_it_is_asked_whether_the_centre_is_told(stage: Stage) -> None:
    """R103: "læst" is no centre that knows; the press and the words after it are."""
    await stage["rune"].says("læst")
    assert await stage["rune"].sees("Er Teknik også underrettet?")
    assert not await stage["kim"].sees("1 af 6 er underrettet")
    await stage["rune"].presses("Mit center er underrettet")
    assert await stage["kim"].sees("1 af 6 er underrettet")
    assert not await stage["rune"].has("Mit center er underrettet")


@in_slack
async def test_a_request_for_help_is_no_answer_to_an_open_ping(stage: Stage) -> None:
    """R220: an explicit verb is never an answer to something else."""
    await stage["tina"].commands("ping alle hvordan står det til? svar 10")
    await stage["hanne"].says("bistand 4 mand til Birkehøj")
    requests = (await stage.export())["assistance_requests"]
    assert [request["text"] for request in requests] == ["4 mand til Birkehøj"]


@in_slack
async def test_a_centres_chief_names_another_contact_who_is_asked_and_writes_from_then_on(stage: Stage) -> None:
    """R106: exactly one, changed by the centre's own chief; the one before is told, and another centre's chief may not."""
    await stage["rune"].fills_in("Anden kontaktperson", contact="Siv")
    (notice,) = [each for each in await stage.part("centre_notices") if each["centre"] == "Teknik"]
    assert notice["contact"] == "siv"
    assert await stage["mads"].sees("Siv Lau er nu kontaktperson for Teknik")
    await stage["tina"].commands("ping Teknik hvordan går det? svar 20")
    (ping,) = await stage.part("pings")
    assert [each["person"] for each in ping["answers"]] == ["siv"]


@in_teams
async def test_a_contact_who_has_been_replaced_is_no_longer_beside_the_staff_and_keeps_what_they_have_in_hand(
    stage: Stage,
) -> None:
    """R106 R182: access goes with the role, to one at a time; whoever has another place there too stays in it."""
    await stage["kim"].commands("tiltag hent sandsække @Line kl 19")
    await stage["per"].fills_in("Anden kontaktperson", contact="Pia")
    assert await stage["line"].sees("Du er derfor ikke længere med om krisestaben")
    async with stage.database.reading() as db:
        inside = set(await db.scalars(select(Member.person).where(Member.until.is_(None))))
    assert "pia" in inside
    assert "line" not in inside
    await stage["line"].commands("log vi har to mand")
    assert await stage["line"].sees("Det kan kun krisestaben og dem, der er om den")
    await stage["line"].commands("t 1 udført")
    assert [row["status"] for row in await stage.part("measures")] == ["done"]
    # Siv is GIS' contact too, and has been summoned.
    await stage["jon"].fills_in("Anden kontaktperson", contact="Rune")
    assert await stage["siv"].sees("kontaktperson for Økonomi i stedet for dig")
    assert not await stage["siv"].sees("ikke længere med om krisestaben")


@in_teams
async def test_the_new_contact_has_what_the_centre_has(stage: Stage) -> None:
    """R106 R110: the centre's checklist, also where they have no part in it by the plan; the one before fills it in no
    longer, and reads who may."""
    await stage["line"].commands("tjekliste")
    await stage["per"].fills_in("Anden kontaktperson", contact="Pia")
    await stage["pia"].commands("tjekliste")
    await stage["pia"].fills_in("Udfyld tjekliste", concerns="ja", note="to vuggestuer er lukket")
    await stage["line"].fills_in("Udfyld tjekliste", concerns="nej")
    assert await stage["line"].sees("Det kan kun Børns chef, stedfortræder eller kontaktperson")
    (row,) = [each for each in await stage.part("checklists") if each["centre"] == "Børn"]
    assert (row["changed_by"], row["note"]) == ("pia", "to vuggestuer er lukket")


@in_slack
async def test_a_named_contact_who_had_no_part_is_beside_the_staff(stage: Stage) -> None:
    """R106 R182: they may write in the log, as the others may."""
    await stage["jon"].fills_in("Anden kontaktperson", contact="Pia")
    await stage["pia"].commands("log vi har to mand")
    assert (await stage.log("information"))[-1]["sender"] == "pia"
