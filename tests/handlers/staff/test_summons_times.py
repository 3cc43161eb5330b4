"""Whoever answers a summons with a clock time is expected at that time. Plan §5, Varsle/indkalde."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.core.language import replies, times_read
from tests.stage.platforms import everywhere, in_one_chat
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import DENMARK, Stage
from tests.tables import examples

stage = after(cloudburst)
NOON = datetime(2026, 7, 2, 13, 0, tzinfo=DENMARK)

# What is said after 14, and the time on the card; none where the time is over, or is not when they come.
SAID = {
    "sara": ("kommer, er der kl 15.30", "du kommer, ca. kl. 15:30"),
    "eva": ("er der 15:45", "du kommer, ca. kl. 15:45"),
    "tina": ("ja, er der senest kl. 16, men broen er lukket til kl 18", "du kommer, ca. kl. 16:00"),
    "anne": ("kommer, kl 17 lukker skolen", "Noteret: *du kommer*"),
    "bo": ("kommer kl 13", "Noteret: *du kommer*"),
    "siv": ("kommer kl 1.30", "du kommer, ca. fre. 3/7 kl. 01:30"),
    "ole": ("er der ved 4-tiden", "du kommer, ca. kl. 16:00"),
    "lars": ("halv fire", "du kommer, ca. kl. 15:30"),
}


@pytest.mark.long
@in_one_chat
async def test_the_time_that_somebody_says_they_come_is_read(stage: Stage) -> None:
    """R055 R056: "er der kl 15.30" was taken as a yes, and nobody saw when."""
    for person, (words, read) in SAID.items():
        await stage[person].says(words)
        assert await stage[person].sees(read), (
            words,
            [each[:160] for each in await stage[person].reads() if "Indkald" in each],
        )


@everywhere
async def test_an_answer_with_krise_in_front_is_the_same_answer(stage: Stage) -> None:
    """R055 R056 R201: "/krise kommer, er der om 20" led nowhere; and what may be news for the staff is no answer."""
    for person, words, read in (
        ("eva", "kommer, er der om 20", "du kommer, ca. kl. 14:2"),
        ("bo", "på vej", "du kommer"),
        ("ole", "kan desværre ikke, er på ferie", "du kan ikke"),
    ):
        await stage[person].commands(words)
        assert await stage[person].sees(read), words
    await stage["kim"].commands("ping alle hvordan står det til?")
    await stage["hanne"].commands("alt ok her")
    await stage["line"].commands("vejen er lukket ved skolen")
    await stage["mads"].commands("gul, vi mangler to mand")
    (ping,) = await stage.part("pings")
    assert {each["person"]: each["reading"] for each in ping["answers"] if each["answered_at"]} == {
        "hanne": "green",
        "mads": "yellow",
    }
    assert await stage["line"].sees("vejen er lukket ved skolen«")


@in_one_chat
async def test_whoever_comes_after_all_is_expected_when_they_say(stage: Stage) -> None:
    """R024 R056: the time was lost with the answer that was taken back."""
    await stage["ole"].says("kan ikke")
    await stage["ole"].says("kommer alligevel, er der om 20 min")
    assert await stage["ole"].sees("du kommer, ca. kl. 14:2")


@in_one_chat
async def test_a_new_time_is_a_new_answer(stage: Stage) -> None:
    """R056: "kommer om 40" of somebody who was awaited in 20 minutes led nowhere, and they were late; a bare "ok" is to nothing."""
    await stage["eva"].says("kommer om 20")
    await stage["eva"].says("ok")
    await stage["eva"].says("er der først om 40 min")
    assert await stage["eva"].sees("du kommer, ca. kl. 14:4")
    await stage["ole"].says("kan ikke")
    await stage["ole"].commands("er der om 30")
    assert await stage["ole"].sees("Noteret: du kommer ca. kl. 14:3")


@in_one_chat
async def test_a_no_with_a_time_in_it_is_asked_about(stage: Stage) -> None:
    """R024: "jeg kan ikke komme før 15" led nowhere, and a deputy was called for somebody who comes; it is no bare no either."""
    for person, words in (("eva", "jeg kan ikke komme før 15"), ("ole", "kan først kl 18"), ("siv", "kan ikke før 15")):
        await stage[person].commands(words)
        assert await stage[person].sees(f"Jeg er ikke sikker på, om du kommer: »{words}«"), words
        assert await stage[person].has("Kan ikke")


@in_one_chat
async def test_whoever_is_ill_is_no_typing_error(stage: Stage) -> None:
    """R024: "/krise syg" showed the case's number, since `sag` is a letter away."""
    await stage["sara"].commands("syg")
    assert await stage["sara"].sees("Noteret: *du kan ikke*")


@in_one_chat
async def test_an_answer_is_for_the_real_crisis_before_the_exercise_and_for_the_one_that_is_quoted(
    stage: Stage,
) -> None:
    """R055: whoever was summoned to both was awaited at the exercise, since it had summoned them last."""
    await stage["pia"].commands("øvelse aktiver 2 strømsvigt")
    await stage["kim"].says("kommer om 20")
    assert [len([line for line in await stage.log("summons", each) if line["sender"] == "kim"]) for each in (1, 2)] == [
        1,
        0,
    ]
    await stage["kim"].says("kommer om 30")
    assert [len([line for line in await stage.log("summons", each) if line["sender"] == "kim"]) for each in (1, 2)] == [
        1,
        1,
    ]


# How people say when they come, and what of it is the time.
CLOCKS = {
    "er der 1530": "1530",
    "kommer 1530": "1530",
    "ja, kl. 930": "kl 930",
    "er der kl. 15.30": "kl 15.30",
    "kl. 15.30": "kl 15.30",
    "halv fire": "halv fire",
    "kommer halv fire": "halv fire",
    "ja klokken halv fire": "klokken halv fire",
    "er der inden kvart i fire": "kvart i fire",
    "kvart over tre": "kvart over tre",
    "kommer et kvarter over tre": "et kvarter over tre",
    "jeg er der fem over halv fire": "fem over halv fire",
    "10 min i fire": "10 min i fire",
    "ved 16-tiden": "16",
    "er der ved halv fire-tiden": "halv fire",
}
MINUTES = {"om en halv time": 30, "er der om et kvarter": 15, "om halvanden time": 90, "tre kvarter": 45}
# A house's, a telephone's or a thing's number is no time, and makes of no answer one.
NO_TIMES = (
    "1530 sandsække", "kommer, 1530 sandsække", "ja, bor på Vej 1530", "kommer, ring 22334455", "ok 1530", "2640", "kommer til nr 1530",
    "er der 1575", "kommer 2640", "vi er 4", "kommer fem i to biler", "fem i to biler", "fire",
)  # fmt: skip


@examples(("said", "clock"), list(CLOCKS.items()))
def test_a_clock_time_is_heard_however_it_is_said(said: str, clock: str) -> None:
    """R055 R056."""
    assert replies.reading(said, "summons") == replies.Reading("coming", None, clock)
    assert times_read.parse(clock, NOON, DENMARK) is not None


@examples(("said", "minutes"), list(MINUTES.items()))
def test_how_long_it_takes_is_heard_however_it_is_said(said: str, minutes: int) -> None:
    """R055 R056."""
    assert replies.reading(said, "summons") == replies.Reading("coming", minutes)


@examples("said", NO_TIMES)
def test_a_number_that_is_no_time_becomes_none(said: str) -> None:
    """R055 R056: nobody is expected at a house number."""
    reading = replies.reading(said, "summons")
    assert (reading.eta_minutes, reading.clock) == (None, "")


@examples(
    ("text", "at", "rest"),
    [
        ("send pumpen halv fire", "15:30", "send pumpen"),
        ("send pumpen kvart over tre", "15:15", "send pumpen"),
        ("kvart i elleve", "22:45", ""),
        ("frist halv ni", "20:30", ""),
        ("fem over halv fire lukker broen", "15:35", "lukker broen"),
    ],
)
def test_a_time_as_it_is_spoken_is_the_next_one(text: str, at: str, rest: str) -> None:
    """R232: "halv fire" is the afternoon's to whoever says it at one o'clock: it was asked about as one that had passed."""
    found = times_read.find(text, NOON, DENMARK)
    assert found is not None
    assert (found[0].at.astimezone(DENMARK).strftime("%H:%M"), found[0].passed, found[1]) == (at, False, rest)


@examples(("text", "at"), [("kvart over tolv", "12:15"), ("halv et", "12:30"), ("kvart over ni", "09:15")])
def test_a_spoken_time_that_has_been_is_the_last_one(text: str, at: str) -> None:
    """R155: "kvart over to" at half past two is a quarter of an hour ago, not last night."""
    been = times_read.parse_past(text, NOON, DENMARK)
    assert been is not None
    assert been.astimezone(DENMARK).strftime("%d %H:%M") == f"02 {at}"


@examples("text", ["fem i to biler", "halv pris på pumper", "4 i 5 busser", "halvdelen af 4 senge", "tre over hovedet"])
def test_what_sounds_like_a_time_and_counts_something_is_none(text: str) -> None:
    """R232."""
    assert times_read.find(text, NOON, DENMARK) is None
