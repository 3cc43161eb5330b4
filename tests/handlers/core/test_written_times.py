"""Times are those of receipt: "om 20 min" is counted from when it was written, however long it waited. Plan §5."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from sqlalchemy import select

from storage.rows.staff import Summons
from tests.stage.platforms import in_one_chat, in_slack, in_teams, only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
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


@in_one_chat
async def test_an_offer_that_is_pressed_for_later_stands_with_the_time_that_its_answer_was_written(
    stage: Stage,
) -> None:
    """R074 R261: `Send tilbud` half an hour after the answer; "om en time" is from when it was said, and so is the line."""
    await stage.at("15:00:00")
    await stage["tina"].commands("ping undvære")
    await stage["mads"].says("2 pedeller om en time")
    await stage.at("15:30:00")
    await stage["mads"].presses("Send tilbud")
    (offer,) = await stage.part("offers")
    assert [clock(offer["available_at"]), clock(offer["created_at"])] == ["16:00", "15:00"]
    (line,) = [each for each in await stage.part("log") if each["no"] == offer["log_no"]]
    assert (clock(line["event_time"]), clock(line["recorded_time"])) == ("15:00", "15:30")


@only_in_slack
async def test_a_cry_for_help_stands_with_the_time_that_it_was_written_however_late_somebody_marks_it(
    stage: Stage,
) -> None:
    """R220 D02: 🆘 forty minutes later, which waits in the queue for ten more."""
    await stage.at("15:00:00")
    await stage["anne"].says("vi mangler 4 mand på Birkehøj om en time", "stab")
    kim = cast(SlackStage, stage)["kim"].person
    (message,) = [each for each in kim.messages() if "Birkehøj" in each.text and not each.from_bot]
    await stage.at("15:40:00")
    async with stage.busy(minutes=10):
        await kim.reacts("sos", message)
    (request,) = await stage.part("assistance_requests")
    assert (request["requester"], clock(request["needed_from"]), clock(request["created_at"])) == (
        "anne",
        "16:00",
        "15:00",
    )
    (line,) = [each for each in await stage.part("log") if each["no"] == request["log_no"]]
    assert (clock(line["event_time"]), clock(line["recorded_time"])) == ("15:00", "15:50")
    assert await stage["anne"].sees("B1")


@in_slack
async def test_a_call_for_help_that_waited_stands_with_the_time_that_it_was_written(stage: Stage) -> None:
    """R220."""
    await stage.at("15:00:00")
    async with stage.busy(minutes=30):
        await stage["hanne"].commands("bistand 4 mand til Birkehøj fra om en time")
        await stage["line"].commands("tilbud 2 pædagoger om 2 timer")
    (request,), (offer,) = await stage.part("assistance_requests"), await stage.part("offers")
    assert [clock(request["needed_from"]), clock(request["created_at"])] == ["16:00", "15:00"]
    assert [clock(offer["available_at"]), clock(offer["created_at"])] == ["17:00", "15:00"]


@only_in_slack
async def test_what_is_made_of_somebody_elses_message_is_counted_from_when_they_wrote_it(stage: Stage) -> None:
    """R220: sent on half an hour later with "bistand" above it."""
    slack = cast(SlackStage, stage)
    slack.slack.add_channel("plejecenter", "U0FINN", "U0HANNE", bot=False)
    await stage.at("15:00:00")
    await slack["hanne"].person.says("vi mangler 4 mand på Birkehøj om en time", "plejecenter")
    (message,) = [each for each in slack["finn"].person.messages() if "Birkehøj" in each.text]
    await stage.at("15:30:00")
    await slack["finn"].person.forwards(message, "bistand")
    await stage.settle()
    assert [clock(each["needed_from"]) for each in await stage.part("assistance_requests")] == ["16:00"]
