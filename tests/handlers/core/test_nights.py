"""What does not haste waits from 22:00 to 06:30, and comes in the morning: once, in order, together. Plan §5, three days."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from tests.posts import posts
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import DENMARK, Stage

TEN, MORNING = (datetime(2026, 7, day, hour, minute, tzinfo=DENMARK) for day, hour, minute in ((2, 22, 0), (3, 6, 30)))


@follows(cloudburst)
async def deadlines_at_night(stage: Stage) -> None:
    """Mads has three measures whose time is up while people sleep; it is ten in the evening."""
    for title, due in (("sandsække", "kl 23"), ("pumpe", "i morgen kl 1"), ("afspærring", "i morgen kl 4")):
        await stage["kim"].commands(f"tiltag {title} til Birkehøj @Mads {due}")
    await stage.until(TEN)


stage = after(deadlines_at_night)


@pytest.mark.long
@in_teams
async def test_what_waited_for_the_morning_comes_once_in_order_as_one_message(stage: Stage) -> None:
    """D14: also where krisebot was started anew in the night; nothing before half past six, and nothing twice after it."""
    await stage.until(datetime(2026, 7, 3, 3, 0, tzinfo=DENMARK))
    await stage.kill()
    await stage.until(MORNING.replace(minute=29))
    rang = await posts(stage, TEN, stage.clock.now())
    assert [each.text for each in rang["mads"] if "Frist" in each.text or "fristen" in each.text] == []
    assert not await stage["mads"].sees("Fristen er nu")
    await stage.until(MORNING.replace(minute=31))
    bundles = [text for text in await stage["mads"].reads() if "påmindelser" in text and "Fristen er nu" in text]
    (bundle,) = bundles
    assert [bundle.index(title) for title in ("sandsække", "pumpe", "afspærring")] == sorted(
        bundle.index(title) for title in ("sandsække", "pumpe", "afspærring")
    )
    together = [text for text in await stage["lars"].reads() if "over fristen" in text]
    assert len(together) == 1
    assert re.findall(r"T(\d) er over fristen", together[0]) == ["1", "2", "3"]
    await stage.until(MORNING.replace(hour=9))
    assert [text for text in await stage["mads"].reads() if "Fristen er nu" in text] == bundles
    assert [text for text in await stage["lars"].reads() if "over fristen" in text] == together
    second = re.search(r"(\d+)\.[^\n]*pumpe", bundle)
    assert second is not None
    await stage["mads"].presses(f"Vis {second[1]}")
    (shown,) = [text for text in await stage["mads"].reads() if "Fristen er nu" in text and "påmindelser" not in text]
    assert "pumpe" in shown


@pytest.mark.long
@in_one_chat
async def test_what_was_done_in_the_night_is_not_reminded_of_in_the_morning(stage: Stage) -> None:
    """D14: a reminder is fetched as it stands."""
    await stage.until(datetime(2026, 7, 3, 1, 30, tzinfo=DENMARK))
    await stage["mads"].commands("t 2 udført")
    await stage.until(MORNING.replace(minute=31))
    assert not any("Fristen er nu" in text and "pumpe" in text for text in await stage["mads"].reads())
    assert any("Fristen er nu" in text and "sandsække" in text for text in await stage["mads"].reads())
    assert not await stage["lars"].sees("T2 er over fristen")
    assert await stage["lars"].sees("T1 er over fristen")


@in_slack
async def test_what_hastes_comes_in_the_night_and_what_a_person_writes_is_answered(stage: Stage) -> None:
    """D14 R225: only what krisebot says of itself waits."""
    await stage.until(datetime(2026, 7, 3, 2, 0, tzinfo=DENMARK))
    await stage["kim"].commands("log ? HASTER dæmningen ved Fløng giver efter")
    assert await stage["lars"].sees("dæmningen ved Fløng giver efter")
    await stage["kim"].commands("opgave @Mads ring til Movia")
    assert await stage["mads"].sees("ring til Movia")
    await stage["anne"].commands("status")
    assert await stage["anne"].sees("Afventer")


@pytest.mark.long
@in_teams
async def test_the_two_hours_and_the_pictures_first_version_are_not_held_back_by_the_night(open_stage: Stage) -> None:
    """R037 R108 D14: where the plan gives so long that it is no longer a crisis' first hours, they ring at their minute.

    A reminder of the same minute that is neither of the two waits for the morning.
    """
    stage = open_stage
    limits = stage.plan.deadlines.model_copy(
        update={
            "fully_established": timedelta(hours=7),
            "situation_picture": timedelta(hours=6),
            "warnings": (timedelta(minutes=30),),
        }
    )
    stage.plan = stage.plan.model_copy(update={"deadlines": limits})
    await stage.kill()
    await stage.at("18:00")
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].presses("Kommer")
    await stage["kim"].commands("tiltag pumpe til Birkehøj @Kim i morgen kl 0:30")
    night = datetime(2026, 7, 2, 23, 55, tzinfo=DENMARK)
    await stage.until(night)
    assert not await stage["kim"].sees("til fuldt etableret beredskab")
    await stage.until(datetime(2026, 7, 3, 1, 5, tzinfo=DENMARK))
    rang = await posts(stage, night, stage.clock.now())
    told = {
        what: [
            each.at.astimezone(DENMARK).strftime("%H:%M")
            for each in rang["kim"]
            if what in each.text and not each.channel
        ]
        for what in (
            "1. udgave af situationsbilledet",
            "til fuldt etableret beredskab",
            "Fristen for fuldt etableret beredskab",
            "Fristen er nu",
        )
    }
    assert told == {
        "1. udgave af situationsbilledet": ["00:00"],
        "til fuldt etableret beredskab": ["00:30"],
        "Fristen for fuldt etableret beredskab": ["01:00"],
        "Fristen er nu": [],
    }


@follows(cloudburst)
async def one_deadline_each(stage: Stage) -> None:
    """Five people have a measure each, whose time is up at one at night."""
    for person in ("bo", "eva", "anne"):
        await stage[person].presses("Kommer")
    for person in ("Mads", "Hanne", "Bo", "Eva", "Anne"):
        await stage["kim"].commands(f"tiltag opgave for {person} @{person} i morgen kl 1")
    await stage.until(TEN)


five = after(one_deadline_each)


async def reminded(stage: Stage) -> set[str]:
    return {person for person in ("mads", "hanne", "bo", "eva", "anne") if await stage[person].sees("Fristen er nu")}


@pytest.mark.long
@pytest.mark.parametrize(
    ("begins", "up"),
    [(None, set[str]()), ("vagt logfører Mads nu - i morgen 6", {"mads"}), ("møde nu stabsrummet", {"anne"})],
    ids=["nobody is up", "one is on shift", "one is in a meeting"],
)
@in_one_chat
async def test_at_night_nobody_is_reminded_but_who_is_on_shift_or_in_a_meeting(
    five: Stage, begins: str | None, up: set[str]
) -> None:
    """D14 R071: the nearest, whose own time is up in the same minute, is left to sleep until half past six."""
    stage = five
    await stage.until(datetime(2026, 7, 3, 0, 50, tzinfo=DENMARK))
    if begins is not None:
        await stage["kim"].commands(begins)
    if begins is not None and begins.startswith("møde"):
        everybody = {person for person in stage.plan.persons if person not in up}
        await stage["kim"].fills_in("Start mødet", absent=", ".join(sorted(everybody)))
    await stage.until(datetime(2026, 7, 3, 1, 1, tzinfo=DENMARK))
    assert await reminded(stage) == up
    await stage.until(MORNING.replace(minute=31))
    assert await reminded(stage) == {"mads", "hanne", "bo", "eva", "anne"}


@pytest.mark.long
@in_one_chat
async def test_in_a_crisis_first_three_hours_the_night_holds_nothing_back_and_after_them_it_does(
    open_stage: Stage,
) -> None:
    """D14: a crisis that begins at eleven has its people up until two."""
    stage = open_stage
    await stage.until(datetime(2026, 7, 2, 23, 0, tzinfo=DENMARK))
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].presses("Kommer")
    await stage["kim"].commands("tiltag sandsække @Mads i morgen kl 1:59")
    await stage["kim"].commands("tiltag pumpe @Mads i morgen kl 2:01")
    await stage.until(datetime(2026, 7, 3, 2, 10, tzinfo=DENMARK))
    told = [text for text in await stage["mads"].reads() if "Fristen er nu" in text]
    assert len(told) == 1
    assert "sandsække" in told[0]
    await stage.until(MORNING.replace(minute=31))
    assert any("Fristen er nu" in text and "pumpe" in text for text in await stage["mads"].reads())
