"""A press whose action nobody knows: one rule, wherever it comes from. What is ours and of another release is told of in
`tests/storage/test_older_release.py`."""

from __future__ import annotations

import pytest

from handlers.core.incoming import OTHER_RELEASE
from tests.stage import forged
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_one_chat
async def test_a_press_that_is_not_ours_is_let_be(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """D03: it stands on no card of ours, so nobody is told anything, and no operator is alarmed."""
    stage.looked_over = False
    before = await stage["kim"].reads()
    await forged.press(stage, "kim", "another_apps.button", {}, "", "not ours")
    await stage.settle()
    assert await stage["kim"].reads() == before
    assert "another_apps.button" not in caplog.text


@in_one_chat
async def test_a_press_of_ours_that_nobody_can_read_any_more_says_so_in_words_and_in_krisebots_own_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """R018: its card is of an older or a newer release."""
    stage.looked_over = False
    await forged.press(stage, "kim", OTHER_RELEASE, {}, "", "another release's")
    await stage.settle()
    assert "Den knap hører til en anden udgave af Krisebot" in (await stage["kim"].reads())[-1]
    assert [each.levelname for each in caplog.records if OTHER_RELEASE in each.getMessage()] == ["ERROR"]
