"""Scenario S3, Monday 1 to Wednesday 3 February 2027: items, agendas, minutes and the briefing to the council, on every platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.meetings.agenda_lines import PROPOSED
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after
from tests.stage.stage import DENMARK, Stage

MONDAY, TUESDAY, WEDNESDAY = 1, 2, 3


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 2, day, hour, minute, tzinfo=DENMARK)


def written(day: int, hour: int, minute: int = 0) -> str:
    """The same, as the export writes it."""
    return at(day, hour, minute).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def begun(stage: Stage) -> None:
    """Monday 08:10, with Hanne and Rune in the staff."""
    await stage["jens"].commands("aktiver 2 udbrud på 3 plejecentre")
    await stage["kim"].commands("ind Hanne")


stage = after(begun, at(MONDAY, 8, 10))


async def meeting(stage: Stage, number: int) -> dict[str, Any]:
    return dict((await stage.part("meetings"))[number - 1])


async def items(stage: Stage) -> dict[str, dict[str, Any]]:
    return {each["text"]: each for each in await stage.part("agenda_items")}


@pytest.mark.long
@in_one_chat
async def test_three_days_of_items_agendas_minutes_and_a_briefing_lose_nothing_and_send_nothing_unapproved(
    stage: Stage,
) -> None:
    """R080 R081 R082 R085 R086 R087 R089 R091 R095 R096 R135 R188 R189 R305 T11 D13: S3, Monday 12:05 to Wednesday 16:00."""
    hanne, kim, eva, ole, anne = (stage[name] for name in ("hanne", "kim", "eva", "ole", "anne"))
    await stage.until(at(MONDAY, 12, 5))
    await hanne.commands("p værnemidler skal prioriteres frist onsdag 12")
    await hanne.presses("Beslutning")
    await hanne.fills_in("Indstilling og frist", recommendation="plejecentre får først")
    first = (await items(stage))["værnemidler skal prioriteres"]
    assert (first["kind"], first["deadline"]) == ("decision", written(WEDNESDAY, 12))
    await kim.commands("møde i morgen 10 stabsrummet")
    await kim.commands("dagsorden")
    await kim.presses("Send til godkendelse")
    await stage.until(at(MONDAY, 15, 59))
    await ole.presses("Godkend")
    await stage.until(at(MONDAY, 16, 1))
    (agenda,) = (await meeting(stage, 1))["agenda"]
    assert (agenda["approved_by"], agenda["sent_at"]) == ("ole", written(MONDAY, 16))
    await stage.until(at(MONDAY, 19, 40))
    await stage["per"].commands("punkt lukke skolerne i hedehusene?")
    await stage["per"].presses("Drøftelse")
    await stage.until(at(MONDAY, 19, 51))
    await ole.presses("Godkend")
    again = (await meeting(stage, 1))["agenda"][1]
    assert (again["state"], [each["no"] for each in again["items"] if each["new"]]) == ("sent", ["4.2"])

    await stage.until(at(TUESDAY, 10))
    await kim.fills_in("Start mødet")
    await stage["lars"].commands("rolle krisestabschef Anne, stedfortræder Sara")
    await eva.fills_in("Skriv punkt 1", decision="plejecentre får først", what="fordel værnemidler", owner="hanne")
    await eva.fills_in("Skriv punkt 2", discussion="ingen kender smittevejen", waits="svar fra Styrelsen")
    await stage.until(at(TUESDAY, 10, 40))
    await kim.fills_in("Slut mødet", next_at="torsdag kl 10", next_place="stabsrummet")
    await stage.until(at(TUESDAY, 10, 41))
    await eva.fills_in("Ret", remarks="punkt 2 er ubekræftet")
    await stage.until(at(TUESDAY, 10, 44))
    assert not await stage["rune"].sees("ingen kender smittevejen")
    await anne.fills_in("Godkend")
    one, two = (await meeting(stage, 1))["minutes"]
    assert (one["approved_by"], one["sent_at"], one["lead_time"]) == (None, None, None)
    assert (two["approved_by"], two["sent_at"], two["lead_time"]) == ("anne", written(TUESDAY, 10, 44), 4 * 60)
    assert [each["waits"] for each in two["items"]] == [None, "svar fra Styrelsen"]
    schools = (await items(stage))["lukke skolerne i hedehusene?"]
    assert (schools["state"], schools["waits_for"]) == ("open", "svar fra Styrelsen")
    assert [each["owner"] for each in await stage.part("measures")] == ["hanne"]

    await stage.until(at(WEDNESDAY, 9, 31))
    assert any("orienteringen til Byrådet" in line["summary"] for line in await stage.log("reminder"))
    await kim.fills_in("Ret teksten", text="Tre plejecentre er ramt. Værnemidler er prioriteret.")
    await kim.presses("Send til chefen")
    await stage.until(at(WEDNESDAY, 9, 45))
    await stage["sara"].commands("byråd")
    await stage["sara"].presses("Godkend orienteringen")
    await stage.until(at(WEDNESDAY, 9, 50))
    await kim.presses("Markér som sendt")
    (briefing,) = await stage.part("council_briefings")
    assert (briefing["approved_by"], briefing["sent_by"], briefing["sent_at"]) == (
        "sara",
        "kim",
        written(WEDNESDAY, 9, 50),
    )
    assert briefing["log_no"] in [each["log_no"] for each in await stage.part("not_journalised")]

    await stage.until(at(WEDNESDAY, 12, 30))
    about = [line for line in await stage.log("reminder") if "Punkt 1 har frist" in line["summary"]]
    assert [line["recorded_time"][:10] for line in about] == ["2027-02-01"]
    await stage.until(at(WEDNESDAY, 16, 1))
    await anne.presses("Aflys mødet")
    assert [(await meeting(stage, number))["state"] for number in (1, 2)] == ["ended", "cancelled"]
    assert (await items(stage))["lukke skolerne i hedehusene?"]["state"] == "open"
    await kim.commands("møde fredag 10 stabsrummet")
    await kim.commands("dagsorden")
    (agenda,) = (await meeting(stage, 3))["agenda"]
    assert [each["no"] for each in agenda["items"]] == ["1", "2", "3", "3.1", "4", "5", "6", "7", "8"]


@in_one_chat
async def test_the_first_agenda_is_bilag_2s_and_what_the_plan_asks_beyond_it_is_proposed_not_put_in(
    stage: Stage,
) -> None:
    """R304 T20: twelve headings with Bilag 2's own numbers after the naming of a chief; a press takes the proposals along."""
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    (agenda,) = (await meeting(stage, 1))["agenda"]
    assert [each["no"] for each in agenda["items"]] == [str(number) for number in range(13)]
    await stage["kim"].presses("Tag forslagene med")
    assert list(await items(stage)) == list(PROPOSED)
    (agenda,) = (await meeting(stage, 1))["agenda"]
    assert [each["no"] for each in agenda["items"] if each["item"]] == ["4.1", "4.2", "4.3", "4.4"]
    assert not await stage["kim"].has("Tag forslagene med")


@pytest.mark.long
@in_one_chat
async def test_whoever_prepares_an_item_is_told_and_reminded_once_for_all_of_theirs(stage: Stage) -> None:
    """R099: at once, and the day before the meeting."""
    await stage["hanne"].commands("punkt nødbolig")
    await stage["hanne"].fills_in("Indstilling og frist", preparer="mads")
    await stage["hanne"].commands("punkt transport")
    await stage["hanne"].fills_in("Indstilling og frist", preparer="ukendt mand", deadline="onsdag 12")
    # Nothing is kept before it is known who is meant.
    kept = await items(stage)
    assert [(each["preparer"], each["deadline"]) for each in kept.values()] == [("mads", None), (None, None)]
    await stage["hanne"].fills_in("Andet navn", preparer="mads", deadline="onsdag 12")
    assert (await items(stage))["transport"]["deadline"] == written(WEDNESDAY, 12)
    assert await stage["mads"].sees("Du forbereder et punkt")
    await stage["kim"].commands("møde onsdag 10 stabsrummet")
    await stage.until(at(TUESDAY, 13))
    told = [line for line in await stage.log("reminder") if "forberede punkt 1, 2" in line["summary"]]
    assert [(line["receiver"], line["recorded_time"]) for line in told] == [("mads", written(TUESDAY, 12))]


@pytest.mark.long
@in_one_chat
async def test_a_deputy_approves_what_the_chief_would_and_whoever_has_the_shift_is_reminded(stage: Stage) -> None:
    """R135 D13: the agenda and the minutes; the reminder goes to the minute-taker on duty, not to the plan's."""
    await stage["lars"].commands("rolle krisestabschef Anne, stedfortræder Rune")
    await stage["hanne"].commands("punkt nødbolig")
    await stage["hanne"].presses("Drøftelse")
    await stage["kim"].commands("møde kl 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    await stage["rune"].commands("dagsorden")
    await stage["rune"].presses("Godkend")
    (agenda,) = (await meeting(stage, 1))["agenda"]
    assert (agenda["state"], agenda["approved_by"]) == ("sent", "rune")
    await stage["kim"].commands("vagt referent Mads kl 10 - kl 18")
    await stage.until(at(MONDAY, 10))
    await stage["kim"].fills_in("Start mødet")
    await stage["mads"].fills_in("Skriv punkt 1", discussion="vi bruger hallen")
    await stage.until(at(MONDAY, 11))
    await stage["kim"].fills_in("Slut mødet", next_at="ingen")
    await stage.until(at(MONDAY, 11, 31))
    (reminded,) = [line for line in await stage.log("reminder") if "referatet" in line["summary"]]
    assert (reminded["receiver"], reminded["recorded_time"]) == ("mads", written(MONDAY, 11, 30))
    await stage["rune"].commands("referat")
    await stage["rune"].presses("Godkend")
    (minutes,) = (await meeting(stage, 1))["minutes"]
    assert (minutes["approved_by"], minutes["lead_time"]) == ("rune", 31 * 60)


@in_one_chat
async def test_only_a_decision_needs_a_recommendation_and_a_political_case_is_the_secretariats_task(
    stage: Stage,
) -> None:
    """R188 T12: an orientation goes out as it is; an item that needs a political case says so and is followed up."""
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["hanne"].commands("punkt vagtplan i ældreplejen")
    await stage["hanne"].presses("Orientering")
    await stage["hanne"].fills_in("Kræver politisk sag", case="Økonomiudvalget, sag 27/12, fredag")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    (agenda,) = (await meeting(stage, 1))["agenda"]
    assert agenda["state"] == "awaiting"
    (item,) = (await items(stage)).values()
    assert item["political_case"] == "Økonomiudvalget, sag 27/12, fredag"
    assert [line for line in await stage.log("task") if "Politisk sag til punkt 1" in line["summary"]]
    assert await stage["kim"].sees("Politisk sag til punkt 1")


@pytest.mark.long
@in_one_chat
async def test_the_council_is_never_told_what_the_chief_did_not_approve_word_for_word(stage: Stage) -> None:
    """R189: a change takes the approval away; a day without a briefing is reminded of, once."""
    await stage["kim"].commands("byråd Skolerne er åbne.")
    await stage["kim"].presses("Send til chefen")
    await stage["lars"].presses("Godkend orienteringen")
    await stage["kim"].fills_in("Ret teksten", text="Skolerne lukker.")
    assert not await stage["kim"].has("Markér som sendt") or not await pressed_sent(stage)
    (briefing,) = await stage.part("council_briefings")
    assert (briefing["state"], briefing["approved_by"], briefing["sent_at"]) == ("draft", None, None)
    await stage["hanne"].commands("byråd")
    assert len(await stage.part("council_briefings")) == 1
    await stage.until(at(TUESDAY, 9, 31))
    reminded = [line for line in await stage.log("reminder") if "Byrådet" in line["summary"]]
    assert [line["recorded_time"] for line in reminded] == [written(MONDAY, 9, 30), written(TUESDAY, 9, 30)]


async def pressed_sent(stage: Stage) -> bool:
    await stage["kim"].presses("Markér som sendt")
    return bool((await stage.part("council_briefings"))[0]["sent_at"])


@pytest.mark.long
@in_one_chat
async def test_reminders_that_do_not_haste_are_one_message_and_what_hastes_breaks_through(stage: Stage) -> None:
    """D14: the first at once, the rest a quarter of an hour later in one, each fetched with its buttons."""
    for what in ("visirer", "handsker", "sprit"):
        await stage["tina"].commands(f"t {what} til plejecentrene @Hanne kl 9")
    await stage["tina"].commands("t haster vikarer til plejecentrene @Hanne kl 9:05")
    await stage.until(at(MONDAY, 9, 6))
    assert await sent_to_hanne(stage) == [written(MONDAY, 9), written(MONDAY, 9, 5)]
    await stage.until(at(MONDAY, 9, 16))
    assert await sent_to_hanne(stage) == [
        written(MONDAY, 9),
        written(MONDAY, 9, 5),
        written(MONDAY, 9, 15),
        written(MONDAY, 9, 15),
    ]
    assert await stage["hanne"].sees("2 påmindelser")
    await stage["hanne"].presses("Vis 2")
    await stage["hanne"].presses("Udført")
    assert [each["status"] for each in await stage.part("measures")][2] == "done"


async def sent_to_hanne(stage: Stage) -> list[str]:
    """When her reminders went out."""
    return sorted(
        each["sent_at"]
        for each in await stage.part("notifications")
        if (each["to"], each["kind"]) == ("hanne", "reminder") and each["sent_at"]
    )
