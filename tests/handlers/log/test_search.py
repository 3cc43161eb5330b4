"""The log is searched from the chat, on every platform."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


async def found(stage: Stage, text: str) -> str:
    """What Kim is answered."""
    await stage["kim"].commands(f"find {text}")
    return (await stage["kim"].reads())[-1]


@pytest.mark.long
@in_slack
async def test_the_log_is_found_by_word_person_time_number_and_mark(stage: Stage) -> None:
    """R182 R184: five ways to find a line again."""
    await stage.at("14:20")
    await stage["kim"].commands("l ? DMI siger 60 mm frem til kl 18")
    await stage.at("14:30")
    await stage["mads"].commands("l ? pumpen er på vej 100% sikkert")
    await stage["kim"].commands("l ! viadukten er spærret")
    dmi = (await stage.log("information"))[0]["no"]
    assert "DMI siger 60 mm" in await found(stage, "dmi")
    assert "pumpen" in await found(stage, "100%")
    by_mads = await found(stage, "Mads")
    assert "pumpen er på vej" in by_mads
    assert "DMI" not in by_mads
    since = await found(stage, "kl 14.25")
    assert "viadukten" in since
    assert "DMI" not in since
    assert "DMI siger 60 mm" in await found(stage, f"nr {dmi}")
    unconfirmed = await found(stage, "ubekræftet")
    assert "pumpen" in unconfirmed
    assert "viadukten" not in unconfirmed
    assert "Der står ikke i loggen" in await found(stage, "hvalros")


@in_one_chat
async def test_ten_are_shown_at_a_time_newest_first(stage: Stage) -> None:
    """R182: `Flere` shows the next."""
    for number in range(1, 13):
        await stage["kim"].commands(f"l ? måling {number:02}")
    first = await found(stage, "måling")
    assert first.index("måling 12") < first.index("måling 03")
    assert "måling 02" not in first
    await stage["kim"].presses("Flere")
    last = (await stage["kim"].reads())[-1]
    assert "måling 02" in last
    assert "måling 01" in last
    assert "måling 03" not in last


@in_slack
async def test_a_confidential_line_is_found_by_those_who_may_see_it_alone(stage: Stage) -> None:
    """D07 R215 R216: by nobody else, nor in the channel; and the CPR number by nobody at all."""
    await stage["kim"].commands("l ? vikaren er 010190-1234 fra Aalborg")
    await stage["kim"].presses("Gem som Fortrolig")
    number = (await stage.log("information"))[-1]["no"]
    for text in ("Aalborg", str(number), "vikaren"):
        await stage["anne"].commands(f"find {text}")
        await stage["kim"].commands(f"find {text}", "stab")
        for person in ("anne", "mads"):
            last = (await stage[person].reads())[-1]
            assert "Der står ikke i loggen" in last
            assert "1 linje er ikke vist: den er Fortrolig." in last
    assert "[CPR-nummer fjernet] fra Aalborg" in await found(stage, "Aalborg")
    assert not await stage["anne"].sees("fra Aalborg")
    assert not await stage["kim"].sees("010190-1234")


@in_one_chat
async def test_whoever_wrote_a_line_finds_it_again_and_nobody_else_who_may_not(stage: Stage) -> None:
    """R182 R014: a centre's chief, who may not see what is the staff's; alone, and not in the channel all read."""
    await stage["rune"].commands("log ! vejen er lukket ved viadukten")
    await stage["gitte"].commands("log ? to beboere er faldet")
    await stage["rune"].commands("find lukket")
    assert await stage["rune"].sees("vejen er lukket ved viadukten (ubekræftet)")
    await stage["rune"].commands("find beboere")
    assert await stage["rune"].sees("Der står ikke i loggen om »beboere«.")
    await stage["gitte"].commands("find lukket")
    assert await stage["gitte"].sees("Der står ikke i loggen om »lukket«.")


@in_one_chat
async def test_lav_tiltag_on_ones_own_line_proposes_it_and_a_press_is_always_answered(stage: Stage) -> None:
    """R182 R227: a centre's chief may not see the staff's lines, but the words are their own."""
    await stage["rune"].commands("log ? pumpen ved Birkehøj er gået i stå")
    await stage["rune"].presses("Lav tiltag")
    assert [(row["status"], row["created_by"]) for row in await stage.part("measures")] == [("proposed", "rune")]
