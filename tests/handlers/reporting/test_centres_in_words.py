"""A centre's chief answers in words, and a request for help is never taken for an answer to something else."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_one_chat
@pytest.mark.parametrize("words", ["mit center er underrettet", "underrettet", "ok"])
async def test_a_chief_says_in_words_that_the_centre_is_told(stage: Stage, words: str) -> None:
    """R103: the button is not the only way."""
    await stage["rune"].says(words)
    assert await stage["rune"].sees("Teknik er underrettet")


@in_one_chat
async def test_the_centres_contact_cannot_say_it_for_the_chief(stage: Stage) -> None:
    """R103: the nearest person who may not."""
    await stage["mads"].says("mit center er underrettet")
    assert not await stage["rune"].sees("Teknik er underrettet")


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


@in_slack
async def test_a_named_contact_who_had_no_part_is_beside_the_staff(stage: Stage) -> None:
    """R106 R182: they may write in the log, as the others may."""
    await stage["jon"].fills_in("Anden kontaktperson", contact="Pia")
    await stage["pia"].commands("log vi har to mand")
    assert (await stage.log("information"))[-1]["sender"] == "pia"
