"""What does not haste waits from 22:00 to 06:30, and comes in the morning: once, in order, together. Plan §5, three days."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from storage.rows.traffic import Message
from tests.posts import posts
from tests.stage.platforms import everywhere, in_one_chat, in_slack, in_teams
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
@everywhere
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
    """R037 R108 D14: a crisis that begins at eleven has them before one."""
    stage = open_stage
    await stage.until(datetime(2026, 7, 2, 23, 0, tzinfo=DENMARK))
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].presses("Kommer")
    begun = stage.clock.now()
    await stage.forward(hours=2, minutes=5)
    async with stage.database.reading() as db:
        said = [row.card["text"] for row in await db.scalars(select(Message).where(Message.held.is_(False)))]
    assert any("tablere" in text and ("2 timer" in text or "01:00" in text) for text in said)
    assert any("ituationsbillede" in text for text in said)
    rang = await posts(stage, begun, stage.clock.now())
    assert any("ituationsbillede" in each.text for each in rang["kim"])


@in_one_chat
async def test_whoever_is_on_shift_at_night_is_reminded_as_by_day(stage: Stage) -> None:
    """D14 R071: they are up, and the nearest who is not, waits."""
    await stage["kim"].commands("vagt logfører Mads nu - i morgen 6")
    await stage.until(datetime(2026, 7, 2, 23, 1, tzinfo=DENMARK))
    assert await stage["mads"].sees("Fristen er nu")
