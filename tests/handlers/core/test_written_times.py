"""Times are those of receipt: "om 20 min" is counted from when it was written, however long it waited. Plan §5."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from storage.rows.staff import Summons
from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import DENMARK, Stage

stage = after(cloudburst)


def clock(text: str) -> str:
    """An exported time, as the clock on the wall shows it."""
    return datetime.fromisoformat(text).astimezone(DENMARK).strftime("%H:%M")


async def eta(stage: Stage, person: str) -> str:
    async with stage.database.reading() as db:
        at = await db.scalar(select(Summons.eta).where(Summons.person == person).order_by(Summons.id.desc()).limit(1))
    assert at is not None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(DENMARK).strftime("%H:%M")


@in_slack
async def test_an_arrival_is_counted_from_when_the_answer_was_written(stage: Stage) -> None:
    """R072 R007: half an hour in a queue makes nobody come half an hour later."""
    await stage.at("15:00:00")
    async with stage.busy(minutes=30):
        await stage["sara"].says("ja, 20 min")
        await stage["ole"].says("kommer om en time")
    assert [await eta(stage, "sara"), await eta(stage, "ole")] == ["15:20", "16:00"]


@in_teams
async def test_a_deadline_is_counted_from_when_it_was_written(stage: Stage) -> None:
    """R132 R100 R232: a meeting, a ping, a measure and an order that waited are due when their writers meant."""
    await stage.at("15:00:00")
    async with stage.busy(minutes=30):
        await stage["kim"].commands("møde om en time stabsrummet")
        await stage["kim"].commands("ping alle hvordan står det til? svar om 2 timer")
        await stage["lars"].commands("tiltag pumpe til Birkehøj @Mads frist om 3 timer")
        await stage["lars"].commands("ordre spær vejen @Mads frist om en time")
        await stage["kim"].commands("log kl 14.50 vandet stiger")
    assert [clock(each["at"]) for each in await stage.part("meetings")][-1] == "16:00"
    assert [clock(each["due"]) for each in await stage.part("pings")] == ["17:00"]
    assert [clock(each["due_at"]) for each in await stage.part("measures")][-1] == "18:00"
    assert [clock(each["due_at"]) for each in await stage.part("orders")] == ["16:00"]


@in_slack
async def test_a_form_is_counted_from_when_it_was_sent(stage: Stage) -> None:
    """R132: `om en time` in a form's field."""
    await stage.at("15:00:00")
    await stage["kim"].commands("møde")
    async with stage.busy(minutes=30):
        await stage["kim"].fills_in("Indkald", at="om en time", place="stabsrummet")
    assert [clock(each["at"]) for each in await stage.part("meetings")][-1] == "16:00"


@in_slack
async def test_a_time_that_passed_while_it_waited_is_asked_about(stage: Stage) -> None:
    """R132, requirement 3.5: nobody is called to a meeting that should have begun."""
    await stage.at("14:50:00")
    async with stage.busy(minutes=30):
        await stage["kim"].commands("møde kl 15 stabsrummet")
    assert await stage["kim"].sees("Mener du fredag den 3. juli 2026 kl. 15:00?")
    assert await stage.part("meetings") == []


@in_teams
async def test_what_was_kept_and_is_pressed_on_later_is_counted_from_when_it_was_written(stage: Stage) -> None:
    """R132 R220: a text held back for a number in it, a lack that becomes a request, and what somebody else is asked to do."""
    await stage.at("15:00:00")
    await stage["kim"].commands("møde om en time 010190-1234 stabsrummet")
    await stage["hanne"].says("vi mangler 4 mand på Birkehøj fra om en time")
    await stage["finn"].commands("møde om to timer stabsrummet")
    await stage.at("15:30:00")
    await stage["kim"].presses("Fjern nummeret")
    await stage["hanne"].presses("Send")
    await stage["finn"].presses("Spørg Lars Vinther")
    await stage["lars"].presses("Gør det")
    assert [clock(each["at"]) for each in await stage.part("meetings")][-2:] == ["16:00", "17:00"]
    assert [clock(each["needed_from"]) for each in await stage.part("assistance_requests")] == ["16:00"]


@in_slack
async def test_a_development_is_counted_from_when_its_form_was_sent(stage: Stage) -> None:
    """R201: "om 4 timer", written at 15, is at 19, however long it waited."""
    await stage.at("15:00:00")
    await stage["kim"].commands("udvikling")
    async with stage.busy(minutes=30):
        await stage["kim"].fills_in("Skriv udvikling", likely_4="vandet falder")
    assert [clock(each["due_at"]) for each in await stage.part("developments")] == ["19:00"]
    assert await stage["kim"].sees("tors. 2/7 kl. 19:00")
