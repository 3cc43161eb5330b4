"""Whoever is woken by a summons and asks what it is reads it again, with whom to ring. Plan §5, Varsle/indkalde."""

from __future__ import annotations

from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, outbreak
from tests.stage.stage import Stage

stage = after(outbreak)


@in_slack
async def test_who_asks_what_the_summons_is_reads_it_again_and_whom_to_ring(stage: Stage) -> None:
    """R055: they were told that nobody was sure whether they came."""
    for words in ("hvad er det?", "Hvem er du", "hvorfor mig?", "kan du ringe til mig", "jeg sover"):
        await stage["sara"].says(words)
        seen = (await stage["sara"].reads())[-1]
        assert "Du indkaldes" in seen, words
        assert "Ring til Jens Lund" in seen, words
        assert await stage["sara"].has("Kommer"), words
    assert not [each for each in await stage.log("summons") if each["direction"] == "in"]


@in_one_chat
async def test_what_is_asked_of_the_staff_and_what_answers_the_summons_is_read_as_before(stage: Stage) -> None:
    """R055 D08."""
    await stage["sara"].says("hvem er krisestabschef?")
    assert "Du indkaldes" not in (await stage["sara"].reads())[-1]
    await stage["sara"].says("kommer om 20 min")
    assert any("kommer" in each["summary"] for each in await stage.log("summons"))
