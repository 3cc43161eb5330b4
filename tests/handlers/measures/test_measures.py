"""Measures and requests for assistance, as in scenario S1 from 14:40 to 15:31, on every platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from storage.case.verification import verify_export
from storage.rows.traffic import Message
from tests.stage import forged
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import DENMARK, Stage, log_of, told


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("14:40")


stage = after(begun)


def danish(hour: int, minute: int, day: int = 2) -> str:
    """A time on the scene's days, as the export writes it."""
    local = datetime(2026, 7, day, hour, minute, tzinfo=DENMARK)
    return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def only_measure(stage: Stage) -> dict[str, Any]:
    (measure,) = await stage.part("measures")
    return dict(measure)


@in_slack
async def test_the_coordinator_sets_a_measure_going_in_one_breath(stage: Stage) -> None:
    """R020 R021 R104 R232 R301: what, who and before when are read from what was typed."""
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 15")
    measure = await only_measure(stage)
    assert (measure["number"], measure["title"], measure["owner"]) == (1, "pumpe til Birkehøj", "mads")
    assert (measure["due_at"], measure["status"], measure["centre"]) == (danish(15, 0), "pending", "Teknik")
    assert await stage["mads"].sees("T1: pumpe til Birkehøj")
    line = (await stage.log("measure"))[-1]
    assert (line["status"], line["sender"], line["receiver"]) == ("pending", "tina", "mads")


@in_slack
async def test_what_the_secretary_writes_for_nobody_is_the_coordinators_and_not_their_own_centres(
    stage: Stage,
) -> None:
    """R021 R146: Kim is the contact of Byråd, and the staff's secretary: Byråd's chief has nothing to do with sandbags; nor
    is what the chief of the staff is given Byråd's."""
    await stage["kim"].commands("t sandsække til lageret")
    await stage["kim"].commands("t tal med pressen @krisestabschefen")
    first, second = await stage.part("measures")
    assert (first["owner"], first["centre"]) == ("tina", None)
    assert (second["owner"], second["centre"]) == ("lars", None)
    assert not await stage["kaj"].sees("sandsække")


@in_slack
async def test_a_typing_error_in_a_status_is_asked_about_and_done_after_one_tap(stage: Stage) -> None:
    """R233: 15:05, `t1 udørt`; every change of status writes the log by itself."""
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 15")
    created = (await stage.log("measure"))[-1]
    await stage.at("15:05")
    await stage["mads"].commands("t1 udørt")
    assert (await only_measure(stage))["status"] == "pending"
    assert await stage["mads"].sees("Mente du *udført*?") or await stage["mads"].sees("Mente du udført?")
    await stage["mads"].presses("Ja")
    told_so = await stage.export()
    assert told_so["measures"][0]["status"] == "done"
    line = log_of(told_so, "measure")[-1]
    assert (line["sender"], line["status"], line["refs"]["sets_status_of"]) == ("mads", "done", created["no"])
    assert told_so["log_state"][str(created["no"])]["status"] == "done"
    assert await stage["tina"].sees("T1 er udført")
    assert verify_export(told_so) == []


@pytest.mark.long
@in_teams
async def test_the_owner_changes_the_status_and_nobody_else_outside_the_staffs_leadership(stage: Stage) -> None:
    """R233 D12: `i gang`, `afventer` and `annulleret` by words; a refusal says who can."""
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 15")
    await stage["hanne"].commands("t1 udført")
    assert (await only_measure(stage))["status"] == "pending"
    assert await stage["hanne"].sees("Mads Rosen")
    for said, status in (
        ("t 1 i gang", "in_progress"),
        ("tiltag 1 afventer", "waiting"),
        ("t1 annulleret", "cancelled"),
    ):
        await stage["mads"].commands(said)
        assert (await only_measure(stage))["status"] == status
    assert [line["status"] for line in await stage.log("measure")] == [
        "pending",
        "in_progress",
        "pending",
        None,
    ]
    assert verify_export(await stage.export()) == []


@in_one_chat
async def test_a_measure_of_a_centres_subject_is_its_chiefs(stage: Stage) -> None:
    """R021 R104: without a name the centre that owns the subject every day has it, and its chief answers for it."""
    await stage["tina"].commands("t Sundhed flytter 12 beboere fra Birkehøj")
    measure = await only_measure(stage)
    assert (measure["owner"], measure["centre"], measure["due_at"]) == ("gitte", "Sundhed", None)
    await stage["tina"].commands("t1 @Hanne kl 16")
    measure = await only_measure(stage)
    assert (measure["owner"], measure["due_at"], measure["title"]) == (
        "hanne",
        danish(16, 0),
        "Sundhed flytter 12 beboere fra Birkehøj",
    )
    assert await stage["hanne"].sees("T1:")


@in_one_chat
async def test_a_number_that_counts_something_begins_a_new_measure(stage: Stage) -> None:
    """R232: "4 mand til Fløng" is no measure number 4, and no word of it is lost."""
    await stage["tina"].commands("t 4 mand til Fløng @Mads")
    assert (await only_measure(stage))["title"] == "4 mand til Fløng"
    await stage["tina"].commands("t 1 mand til Fløng @Mads")
    assert [each["title"] for each in await stage.part("measures")] == ["4 mand til Fløng", "1 mand til Fløng"]


@in_one_chat
async def test_a_name_that_nobody_has_is_asked_about_after_the_measure_is_kept(stage: Stage) -> None:
    """R232: kept first, asked about afterwards."""
    await stage["tina"].commands("t ring til pressen @Ingrid")
    assert (await only_measure(stage))["title"] == "ring til pressen"
    assert await stage["tina"].sees("Ingrid")
    await stage["tina"].fills_in("Ret", owner="Bo")
    assert (await only_measure(stage))["owner"] == "bo"


@in_one_chat
async def test_a_time_that_has_passed_is_asked_about_after_the_measure_is_kept(stage: Stage) -> None:
    """R232: "kl 13" at 14:40 is asked about: tomorrow?"""
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 13")
    assert (await only_measure(stage))["due_at"] is None
    await stage["tina"].presses("Ja")
    assert (await only_measure(stage))["due_at"] == danish(13, 0, day=3)


@in_one_chat
async def test_the_owner_is_reminded_at_the_time_and_the_staff_told_half_an_hour_later(stage: Stage) -> None:
    """R232: once each, and not at all when it is done."""
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 15")
    await stage["tina"].commands("t vogn til Fløng @Mads kl 15")
    await stage["mads"].commands("t 2 udført")
    await stage.at("14:59:59")
    assert not await stage["mads"].sees("Fristen er nu")
    await stage.at("15:00")
    reminders = [each for each in await stage.part("notifications") if each["kind"] == "reminder"]
    assert [each["to"] for each in reminders if each["to"] == "mads"] == ["mads"]
    assert await stage["mads"].sees("Fristen er nu")
    assert not await stage["kim"].sees("T1 er over fristen")
    await stage.at("15:30")
    assert await stage["kim"].sees("T1 er over fristen")
    assert not await stage["kim"].sees("T2 er over fristen")


@in_one_chat
async def test_the_list_shows_what_is_open_and_the_status_counts_it(stage: Stage) -> None:
    """R204 R232 R256: `tiltag` alone, and the three blocks of `status`."""
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 15")
    await stage["tina"].commands("t sandsække til viadukten @Mads")
    await stage["mads"].commands("t2 udført")
    await stage["kim"].commands("tiltag")
    assert await stage["kim"].sees("1 åbne, 1 udført")
    assert await stage["kim"].sees("pumpe til Birkehøj – Mads Rosen")
    await stage["kim"].commands("status")
    seen = (await stage["kim"].reads())[-1]
    assert seen.index("Løst") < seen.index("sandsække til viadukten") < seen.index("Afventer")
    assert seen.index("Afventer") < seen.index("pumpe til Birkehøj")


@pytest.mark.long
@in_teams
async def test_an_urgent_measure_begins_at_once_and_the_next_meeting_is_told_of_it(stage: Stage) -> None:
    """R225 R229: 15:31, `Haster`."""
    await stage.at("15:31")
    await stage["kim"].commands("t send 2 vogne til Ishøj @Rune")
    await stage["kim"].presses("Haster")
    measure = await only_measure(stage)
    assert (measure["status"], measure["urgent"], measure["orient_next_meeting"]) == ("in_progress", True, True)
    assert await stage["tina"].sees("Haster – T1")
    assert "lars" in told(await stage.export(), "notice")
    assert await stage["lars"].sees("Haster – T1")
    assert [line["status"] for line in await stage.log("measure")] == ["pending", "in_progress"]
    assert verify_export(await stage.export()) == []


@in_slack
async def test_a_measure_that_needs_political_approval_cannot_begin_without(stage: Stage) -> None:
    """R024 R188 D12: S3, Wednesday: refused by name of who can, until the approval is registered."""
    await stage["tina"].commands("t luk skolerne i Hedehusene @Rune kræver politisk godkendelse")
    measure = await only_measure(stage)
    assert (measure["title"], measure["political_approval"]["needed"]) == ("luk skolerne i Hedehusene", True)
    await stage["rune"].commands("t1 i gang")
    await stage["rune"].commands("t1 udført")
    assert (await only_measure(stage))["status"] == "pending"
    assert await stage["rune"].sees("Det kan kun borgmesteren, stedfortræderen eller krisesekretariatet: Lars Vinther")
    await stage["rune"].fills_in("Registrér godkendelse", approval="mig selv")
    assert (await only_measure(stage))["political_approval"]["at"] is None
    await stage["lars"].commands("t 1 godkendt økonomiudvalget, sag 27/123")
    approval = (await only_measure(stage))["political_approval"]
    assert (approval["by"], approval["reference"]) == ("lars", "økonomiudvalget, sag 27/123")
    await stage["rune"].commands("t1 i gang")
    assert (await only_measure(stage))["status"] == "in_progress"


@in_one_chat
async def test_others_propose_and_the_chief_decides(stage: Stage) -> None:
    """R227 D12: a proposal is kept, offered to the chief, and becomes a measure by one press."""
    await stage["mads"].commands("t luk parkeringskælderen")
    told_so = await stage.export()
    assert [(each["number"], each["status"]) for each in told_so["measures"]] == [(None, "proposed")]
    assert "luk parkeringskælderen" in log_of(told_so, "proposal")[-1]["summary"]
    await stage["lars"].presses("Sæt i værk")
    measure = await only_measure(stage)
    assert (measure["number"], measure["status"], measure["owner"]) == (1, "pending", "rune")
    assert await stage["mads"].sees("Dit forslag er nu tiltag T1")


@in_one_chat
async def test_whoever_doubts_asks_the_staff(stage: Stage) -> None:
    """R105: `Jeg er i tvivl` on the measure."""
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 15")
    await stage["mads"].fills_in("Jeg er i tvivl", text="må vi lukke Hovedgaden?")
    assert await stage["kim"].sees("må vi lukke Hovedgaden?")
    assert (await stage.log("question"))[-1]["sender"] == "mads"


@pytest.mark.long
@in_one_chat
async def test_open_measures_are_handed_over_when_the_staff_stands_down(stage: Stage) -> None:
    """R075: 21:14, the closing list; and nobody is reminded any more."""
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 22")
    await stage["tina"].commands("t sandsække @Mads")
    await stage["mads"].commands("t2 udført")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    closing = next(seen for seen in await stage["kim"].reads() if "Afslutningsliste" in seen)
    assert "T1: pumpe til Birkehøj – Mads Rosen" in closing
    assert "sandsække" not in closing
    await stage.at("22:01")
    assert not await stage["mads"].sees("Fristen er nu")


# --- requests for assistance ------------------------------------------------------------------------------------------


async def asked(stage: Stage) -> dict[str, Any]:
    """14:40: Hanne lacks four, says so without a command, and sends what is suggested."""
    await stage["hanne"].says("vi mangler 4 mand på Birkehøj")
    await stage["hanne"].presses("Send")
    (request,) = await stage.part("assistance_requests")
    return dict(request)


@in_teams
async def test_what_a_unit_lacks_is_kept_and_suggested_as_a_request(stage: Stage) -> None:
    """R220 R227: 14:40, a message without a command; nothing is a request before Hanne has sent it."""
    await stage["hanne"].says("vi mangler 4 mand på Birkehøj")
    told_so = await stage.export()
    assert log_of(told_so, "information")[-1]["summary"] == "vi mangler 4 mand på Birkehøj"
    assert told_so["assistance_requests"] == []
    await stage["hanne"].presses("Send")
    told_so = await stage.export()
    (request,) = told_so["assistance_requests"]
    assert (request["quantity"], request["need"], request["place"], request["centre"]) == (
        "4",
        "mand",
        "Birkehøj",
        "Sundhed",
    )
    assert (request["number"], request["state"], request["requester"]) == (1, "new", "hanne")
    assert request["text"] == "vi mangler 4 mand på Birkehøj"
    line = log_of(told_so, "assistance")[-1]
    assert (line["sender"], line["status"], line["direction"]) == ("hanne", "pending", "in")
    assert await stage["tina"].sees("Anmodning om bistand B1")


@in_one_chat
async def test_a_suggestion_that_is_not_meant_sends_nothing(stage: Stage) -> None:
    """R220: `Nej`; the words stay in the log."""
    await stage["hanne"].says("vi mangler 4 mand på Birkehøj")
    await stage["hanne"].presses("Nej")
    told_so = await stage.export()
    assert told_so["assistance_requests"] == []
    assert log_of(told_so, "information")[-1]["summary"] == "vi mangler 4 mand på Birkehøj"


@pytest.mark.long
@in_slack
async def test_own_resources_become_a_measure_and_the_requester_is_told(stage: Stage) -> None:
    """R221 R232: 14:41, `Egne ressourcer`, Mads, kl 15; 15:05 it is done, and Hanne is told that too."""
    await asked(stage)
    await stage.at("14:41")
    await stage["tina"].fills_in("Egne ressourcer", owner="Mads", due="kl 15")
    told_so = await stage.export()
    (request,) = told_so["assistance_requests"]
    measure = await only_measure(stage)
    assert (request["state"], request["measure"], request["answered_by"]) == ("met", 1, "tina")
    assert (measure["owner"], measure["due_at"], measure["status"]) == ("mads", danish(15, 0), "pending")
    assert told_so["log_state"][str(request["log_no"])]["status"] == "in_progress"
    assert await stage["hanne"].sees("imødekommet")
    assert await stage["mads"].sees("T1: B1: vi mangler 4 mand på Birkehøj")
    assert not await stage["tina"].has("Egne ressourcer")
    await stage.at("15:05")
    await stage["mads"].commands("t1 udørt")
    await stage["mads"].presses("Ja")
    told_so = await stage.export()
    assert told_so["log_state"][str(request["log_no"])]["status"] == "done"
    assert any("B1" in seen and "udført" in seen for seen in await stage["hanne"].reads())
    assert verify_export(told_so) == []


@pytest.mark.long
@in_slack
async def test_a_request_is_forwarded_with_a_time_to_ask_again(stage: Stage) -> None:
    """R221: `Videresend`; at that time the coordinator is asked whether it has been met."""
    await asked(stage)
    await stage["kim"].fills_in("Videresend", to="Greve", again="kl 16")
    (request,) = await stage.part("assistance_requests")
    assert (request["state"], request["forwarded_to"], request["ask_again_at"]) == ("forwarded", "Greve", danish(16, 0))
    assert await stage["hanne"].sees("Videresendt til Greve")
    await stage.at("15:59:59")
    assert not await stage["tina"].sees("løst af Greve?")
    await stage.at("16:00")
    assert await stage["tina"].sees("løst af Greve?")
    await stage["tina"].presses("Imødekommet")
    (request,) = await stage.part("assistance_requests")
    assert request["state"] == "met"
    assert await stage["hanne"].sees("Imødekommet af Greve")


@in_one_chat
async def test_a_request_is_refused_with_a_reason_and_by_those_who_run_the_staff(stage: Stage) -> None:
    """R220 D12: `Afvis`; the requester gets the reason, and Mads can't refuse."""
    await asked(stage)
    await stage["mads"].fills_in("Afvis", reason="vi har ingen")
    assert (await stage.part("assistance_requests"))[0]["state"] == "new"
    await stage["tina"].fills_in("Afvis", reason="alle er optaget til kl. 18")
    (request,) = await stage.part("assistance_requests")
    assert (request["state"], request["reason"]) == ("refused", "alle er optaget til kl. 18")
    assert await stage["hanne"].sees("alle er optaget til kl. 18")
    assert verify_export(await stage.export()) == []


@pytest.mark.long
@in_one_chat
async def test_an_unanswered_request_is_reminded_of_until_it_is_answered(stage: Stage) -> None:
    """R220: never lost: after 15 minutes, and every hour after that."""
    await stage["finn"].commands("bistand 4 mand til Birkehøj nu", "generelt")
    (request,) = await stage.part("assistance_requests")
    assert (request["requester"].split(":")[-1].lower().removeprefix("u0").removeprefix("aad-"), request["place"]) == (
        "finn",
        "Birkehøj",
    )
    await stage.at("14:54:59")
    assert not await stage["tina"].sees("har ventet på svar")
    await stage.at("14:55")
    assert await stage["tina"].sees("B1 har ventet på svar i 15 min")
    await stage["tina"].presses("Vurderes")
    assert (await stage.part("assistance_requests"))[0]["state"] == "assessing"
    await stage.at("15:55")
    assert await stage["tina"].sees("B1 har ventet på svar i 1 t 15 min")
    await stage["tina"].fills_in("Egne ressourcer", owner="Mads", due="")
    reminders = len(told_reminders(await stage.export()))
    await stage.at("19:00")
    assert len(told_reminders(await stage.export())) == reminders


def told_reminders(document: dict[str, Any]) -> list[str]:
    """The log lines of reminders of requests."""
    return [entry["summary"] for entry in log_of(document, "reminder") if "B1" in entry["summary"]]


@in_slack
async def test_a_measure_that_is_done_is_done_and_no_new_one(stage: Stage) -> None:
    """R233: "t 1 er klaret" became a measure of its own."""
    await stage["kim"].commands("t pumpe til Birkehøj @Mads")
    await stage["mads"].commands("t 1 er nu udført")
    assert [row["status"] for row in await stage.part("measures")] == ["done"]


@in_one_chat
async def test_a_measure_that_is_done_is_not_begun_anew_by_haster_on_an_older_card(stage: Stage) -> None:
    """R225: two have the card before them, and one of them was first."""
    await stage["kim"].commands("t send 2 vogne til Ishøj @Rune")
    async with stage.database.reading() as db:
        every = list(await db.scalars(select(Message).order_by(Message.id.desc())))
    card, button = next(
        (each, button) for each in every for button in each.card["buttons"] if button["do"] == "measures.urgent"
    )
    await stage["rune"].commands("t1 udført")
    await forged.press(stage, card.recipient, button["do"], button["args"], card.id, "late")
    await stage.settle()
    measure = await only_measure(stage)
    assert (measure["status"], measure["urgent"], measure["orient_next_meeting"]) == ("done", False, False)
    assert not await stage["lars"].sees("Haster – T1")


@in_one_chat
async def test_of_a_line_that_somebody_may_not_see_they_can_make_no_measure_and_are_told(stage: Stage) -> None:
    """R216 R182: the line was shown to them before it was graded; its words stay where they are."""
    await stage["kim"].commands("log indbrud på lageret")
    (line,) = [each for each in await stage.part("log") if each["summary"] == "indbrud på lageret"]
    await stage["kim"].commands("ind Hanne")
    await stage["hanne"].commands(f"log {line['no']}")
    async with stage.database.reading() as db:
        every = list(await db.scalars(select(Message).order_by(Message.id.desc())))
    card, button = next(
        (each, button) for each in every for button in each.card["buttons"] if button["do"] == "measures.of_line"
    )
    await stage["lars"].commands(f"grad {line['no']} fortrolig")
    await forged.press(stage, "hanne", button["do"], button["args"], card.id, "graded")
    await stage.settle()
    assert await stage["hanne"].sees(f"Linje nr. {line['no']} vises ikke her, så der er ikke lavet et tiltag.")
    assert await stage.part("measures") == []
