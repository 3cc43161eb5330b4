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
