"""Three days are manned by shift: planned, handed over, and told of where nobody comes. Scenario S3, Tuesday and Wednesday."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stage.platforms import in_one_chat, in_teams
from tests.stage.prologue import after, outbreak
from tests.stage.stage import DENMARK, Stage

stage = after(outbreak)


def danish(day: int, hour: int, minute: int = 0) -> str:
    """A time in July 2026, as the export writes it."""
    return datetime(2026, 7, day, hour, minute, tzinfo=DENMARK).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def roster_of(stage: Stage) -> list[dict[str, Any]]:
    return list(await stage.part("roster"))


@pytest.mark.long
@in_one_chat
async def test_a_role_moves_with_its_shift_and_back(stage: Stage) -> None:
    """R007 R072 R074: planned in one breath at any hour; whoever has the shift has the role's right, and only then."""
    await stage["kim"].commands("log DMI siger 60 mm")
    number = (await stage.part("log"))[-1]["no"]
    await stage["tina"].commands("vagt logfører Mads i aften 22 - 6")
    (planned,) = await roster_of(stage)
    assert (planned["role"], planned["person"], planned["state"]) == ("logfører", "mads", "planned")
    assert (planned["from"], planned["until"]) == (danish(2, 22), danish(3, 6))
    await stage["mads"].commands(f"bekræft {number}")
    assert (await stage.part("log_state"))[str(number)]["verification"] == "unconfirmed"
    await stage.at("22:01")
    assert (await roster_of(stage))[0]["state"] == "on_duty"
    await stage["mads"].commands(f"bekræft {number}")
    assert (await stage.part("log_state"))[str(number)]["verification"] == "confirmed"
    await stage.forward(hours=8)
    assert (await roster_of(stage))[0]["state"] == "ended"
    await stage["kim"].commands("log vandet falder")
    later = (await stage.part("log"))[-1]["no"]
    await stage["mads"].commands(f"bekræft {later}")
    assert (await stage.part("log_state"))[str(later)]["verification"] == "unconfirmed"


@pytest.mark.long
@in_teams
async def test_whoever_leaves_hands_over_with_a_note_and_the_next_has_the_role_at_once(stage: Stage) -> None:
    """R072: S3 Wednesday 20:00, `vagt overdrag`."""
    await stage["tina"].commands("vagt tovholder Hanne kl 20 - 23")
    await stage.at("19:55")
    await stage["tina"].commands("vagt overdrag Birkehøj mangler stadig 4 mand")
    after = await roster_of(stage)
    assert [(each["person"], each["state"]) for each in after] == [("tina", "ended"), ("hanne", "on_duty")]
    assert after[0]["note"] == "Birkehøj mangler stadig 4 mand"
    assert await stage["hanne"].sees("Birkehøj mangler stadig 4 mand")


@pytest.mark.long
@in_one_chat
async def test_what_nobody_has_the_next_day_is_told_of_by_day(stage: Stage) -> None:
    """R072 D14 T14: one message to those who lay the roster, well before anybody has been up for twelve hours, then in the
    mornings and afternoons; nothing is closed."""
    await stage.at("23:59")
    told = [each for each in await stage.part("log") if each["kind"] == "reminder" and "huller" in each["summary"]]
    moments = {datetime.fromisoformat(each["recorded_time"]).astimezone(DENMARK).strftime("%H:%M") for each in told}
    assert moments == {"18:00"}
    await stage.forward(hours=40)
    export = await stage.export()
    told = [each for each in export["log"] if each["kind"] == "reminder" and "huller" in each["summary"]]
    moments |= {datetime.fromisoformat(each["recorded_time"]).astimezone(DENMARK).strftime("%H:%M") for each in told}
    assert told
    assert moments <= {"18:00", "06:30", "16:00"}
    assert export["crisis"]["deactivated_at"] is None


@pytest.mark.long
@in_one_chat
async def test_a_shift_can_be_taken_off_and_others_than_the_staffs_own_cannot_plan(stage: Stage) -> None:
    """R072: who lays the roster."""
    await stage["hanne"].commands("vagt logfører Hanne 22 - 6")
    assert await roster_of(stage) == []
    await stage["tina"].commands("vagt logfører Hanne 22 - 6")
    await stage["tina"].presses("Fjern vagten")
    (row,) = await roster_of(stage)
    assert row["state"] == "withdrawn"
    await stage.forward(hours=20)
    assert [each["state"] for each in await roster_of(stage)] == ["withdrawn"]
