"""Whoever answers a summons with a clock time is expected at that time. Plan §5, Varsle/indkalde."""

from __future__ import annotations

from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)

# What is said after 14, and the time on the card; none where the time is over, or is not when they come.
SAID = {
    "sara": ("kommer, er der kl 15.30", "du kommer, ca. kl. 15:30"),
    "eva": ("er der 15:45", "du kommer, ca. kl. 15:45"),
    "tina": ("ja, er der senest kl. 16, men broen er lukket til kl 18", "du kommer, ca. kl. 16:00"),
    "anne": ("kommer, kl 17 lukker skolen", "Noteret: *du kommer*"),
    "bo": ("kommer kl 13", "Noteret: *du kommer*"),
    "siv": ("kommer kl 1.30", "du kommer, ca. fre. 3/7 kl. 01:30"),
}


@in_one_chat
async def test_the_time_that_somebody_says_they_come_is_read(stage: Stage) -> None:
    """R055 R056: "er der kl 15.30" was taken as a yes, and nobody saw when."""
    for person, (words, read) in SAID.items():
        await stage[person].says(words)
        assert await stage[person].sees(read), (
            words,
            [each[:160] for each in await stage[person].reads() if "Indkald" in each],
        )


@in_one_chat
async def test_whoever_comes_after_all_is_expected_when_they_say(stage: Stage) -> None:
    """R024 R056: the time was lost with the answer that was taken back."""
    await stage["ole"].says("kan ikke")
    await stage["ole"].says("kommer alligevel, er der om 20 min")
    assert await stage["ole"].sees("du kommer, ca. kl. 14:2")
