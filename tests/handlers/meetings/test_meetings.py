"""From proposal to approved minutes: S1 17:00–17:24 and S3 Monday 12:05 to Wednesday 16:00, on every platform."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select

from storage.case import export
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message
from tests.handlers.reporting.test_reports import danish
from tests.stage.platforms import in_one_chat, in_slack, in_teams, only_in_slack
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage, log_of


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage["kim"].commands("ind Hanne")


stage = after(begun)


async def meeting_of(stage: Stage, number: int = 1) -> dict[str, Any]:
    return dict((await stage.part("meetings"))[number - 1])


def items_in(agenda: dict[str, Any]) -> list[str]:
    return [each["text"] for each in agenda["items"] if each["item"] is not None]


async def held(stage: Stage) -> None:
    """A first meeting today, with one item decided and one left."""
    await stage["hanne"].commands("punkt værnemidler skal prioriteres")
    await stage["hanne"].presses("Beslutning")
    await stage["hanne"].fills_in("Indstilling og frist", recommendation="plejecentre får først")
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage.at("17:00")
    await stage["kim"].fills_in("Start mødet", absent="ole")
    await stage["eva"].commands("referat")
    await stage["eva"].fills_in(
        "Skriv punkt 1", decision="plejecentre får først", what="fordel værnemidler", owner="hanne", due="kl 20"
    )
    await stage.at("17:20")
    await stage["kim"].fills_in("Slut mødet", next_at="i morgen kl 10", next_place="Teams")


@in_slack
async def test_an_item_goes_to_the_next_meeting_with_its_character_and_its_recommendation(stage: Stage) -> None:
    """R080 R083 R084 R095: kept at once; nothing goes out without a character."""
    await stage["hanne"].commands("p værnemidler skal prioriteres frist i morgen 12")
    (item,) = await stage.part("agenda_items")
    assert (item["text"], item["kind"], item["deadline"]) == ("værnemidler skal prioriteres", None, danish_tomorrow(12))
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    assert (await meeting_of(stage))["agenda"][0]["state"] == "draft"
    await stage["hanne"].presses("Beslutning")
    await stage["hanne"].fills_in(
        "Indstilling og frist", recommendation="indstiller at plejecentre får først", deadline=""
    )
    (item,) = await stage.part("agenda_items")
    assert (item["kind"], item["recommendation"]) == ("decision", "indstiller at plejecentre får først")


def danish_tomorrow(hour: int) -> str:
    return danish(hour, 0).replace("07-02", "07-03")


@pytest.mark.long
@in_teams
async def test_an_agenda_is_approved_goes_out_the_day_before_and_again_with_what_is_new(stage: Stage) -> None:
    """R081 R085 R086 R087: only approved agendas go out; additions are gathered, approved and marked."""
    await stage["hanne"].commands("punkt nødbolig til 12 beboere")
    await stage["hanne"].presses("Drøftelse")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    await stage["ole"].presses("Godkend")
    (agenda,) = (await meeting_of(stage))["agenda"]
    assert (agenda["state"], agenda["approved_by"]) == ("approved", "ole")
    assert items_in(agenda)[0].startswith("nødbolig til 12 beboere")
    await stage.at("16:01")
    (agenda,) = (await meeting_of(stage))["agenda"]
    assert (agenda["state"], agenda["sent_at"]) == ("sent", danish(16, 0))
    await stage.at("19:40")
    await stage["per"].commands("punkt lukke skolerne i hedehusene?")
    await stage["per"].presses("Drøftelse")
    await stage.at("19:51")
    await stage["ole"].presses("Godkend")
    first, second = (await meeting_of(stage))["agenda"]
    assert second["state"] == "sent"
    assert [each["text"].split(" (")[0] for each in second["items"] if each["new"]] == ["lukke skolerne i hedehusene?"]
    assert first["items"] != second["items"]


@pytest.mark.long
@in_slack
async def test_minutes_are_nobodys_before_the_chief_approves_and_then_everybodys_at_once(stage: Stage) -> None:
    """R055 R088 R089 R090 R091 R132 R135 R205 R206 R260: S1 17:21 to 17:24."""
    await held(stage)
    first = await meeting_of(stage)
    assert (first["state"], "ole" in first["present"], first["minutes"][0]["approved_by"]) == ("ended", False, None)
    await stage["eva"].presses("Udsend")
    assert (await meeting_of(stage))["minutes"][0]["sent_at"] is None
    assert any("mindet om at godkende" in line["summary"] for line in await stage.log("reminder"))
    await stage.at("17:24")
    await stage["lars"].fills_in("Godkend", forward="centerchefer")
    export = await stage.export()
    (minutes,) = export["meetings"][0]["minutes"]
    assert (minutes["approved_by"], minutes["sent_at"], minutes["lead_time"]) == ("lars", danish(17, 24), 4 * 60)
    assert {"rune", "ulla", "hanne", "anne"} <= set(minutes["recipients"])
    assert [each["owner"] for each in export["measures"]] == ["hanne"]
    assert any("plejecentre får først" in line["summary"] for line in log_of(export, "decision"))
    assert len(log_of(export, "minutes")) == 1
    assert [each["at"] for each in export["meetings"]][1] == danish_tomorrow(10)


@pytest.mark.long
@in_one_chat
async def test_what_was_said_on_a_meeting_is_in_the_case_for_whoever_may_read_its_minutes(stage: Stage) -> None:
    """D11 R088: before they are approved too; once they are confidential, for nobody below that."""
    await held(stage)
    (item,) = await stage.part("agenda_items")
    assert (item["meeting"], item["decision"]) == (1, "plejecentre får først")
    assert [each["what"] for each in item["actions"]] == ["fordel værnemidler"]
    assert (await meeting_of(stage))["called_by"] == "kim"
    await stage["lars"].fills_in("Godkend", grade="confidential")
    async with stage.database.reading() as db:
        told = await export.document(db, await db.get_one(Crisis, 1), "staff")
    (item,) = told["agenda_items"]
    assert (item["discussion"], item["actions"]) == (None, [])
    (item,) = await stage.part("agenda_items")
    assert [each["what"] for each in item["actions"]] == ["fordel værnemidler"]


@pytest.mark.long
@in_one_chat
async def test_an_edit_after_approval_needs_a_new_one_and_what_was_not_approved_was_never_sent(stage: Stage) -> None:
    """R091: S3 10:41; v1 that wasn't approved is never distributed."""
    await held(stage)
    await stage["eva"].fills_in("Ret", remarks="punkt 1 er ubekræftet")
    first, second = (await meeting_of(stage))["minutes"]
    assert (first["sent_at"], second["sent_at"], second["remarks"]) == (None, None, "punkt 1 er ubekræftet")
    await stage["lars"].fills_in("Godkend")
    first, second = (await meeting_of(stage))["minutes"]
    assert (first["sent_at"], second["approved_by"]) == (None, "lars")
    assert second["sent_at"] is not None
    assert len(await stage.part("measures")) == 1


@pytest.mark.long
@in_one_chat
async def test_too_few_items_are_asked_about_and_a_cancelled_meetings_items_move_on(stage: Stage) -> None:
    """R082: S3 Wednesday 16:00; the director is asked, everybody is told, nothing is lost."""
    await held(stage)
    await stage["hanne"].commands("punkt Eventuelt: kaffe")
    await stage["hanne"].presses("Orientering")
    await stage["kim"].commands("møde flyt overmorgen 10 Teams")
    await stage.forward(hours=24)
    assert await stage["anne"].sees("skal mødet aflyses?")
    await stage["anne"].presses("Aflys mødet")
    assert (await meeting_of(stage, 2))["state"] == "cancelled"
    assert any("Møde 2" in said and "er aflyst" in said for said in await stage["hanne"].reads())
    assert [each["state"] for each in await stage.part("agenda_items")][-1] == "open"


@pytest.mark.long
@in_slack
async def test_an_urgent_measure_is_the_next_meetings_first_orientation_and_cannot_be_taken_off(stage: Stage) -> None:
    """R228 R229: it comes by itself, stays until it is ticked, and is done with when it has been told."""
    await stage["tina"].commands("t haster 2 vogne til Ishøj @Rune")
    assert (await stage.part("measures"))[0]["urgent"] is True
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage["kim"].commands("dagsorden")
    (agenda,) = (await meeting_of(stage))["agenda"]
    assert [text.split(" ")[0] for text in items_in(agenda)] == ["Orientering:"]
    assert not await stage["kim"].has("Tag punktet af")
    await stage.at("17:00")
    await stage["kim"].fills_in("Start mødet")
    await stage["kim"].fills_in("Slut mødet", next_at="kl 19", next_place="stabsrummet")
    assert (await stage.part("agenda_items"))[0]["state"] == "open"
    await stage.at("19:00")
    await stage["kim"].fills_in("Start mødet")
    await stage["eva"].presses("Orienteret om punkt 1")
    await stage["kim"].fills_in("Slut mødet", next_at="ingen")
    assert (await stage.part("agenda_items"))[0]["state"] == "treated"
    assert (await stage.part("measures"))[0]["orient_next_meeting"] is False


@in_one_chat
async def test_an_item_whose_deadline_falls_before_the_next_meeting_is_told_of(stage: Stage) -> None:
    """R096 R097: the secretary and the director, with an extra meeting offered; one that is in time is no alarm."""
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["hanne"].commands("punkt skolemad frist i morgen 12")
    assert not [line for line in await stage.log("reminder") if "frist før" in line["summary"]]
    await stage["hanne"].commands("punkt nødstrøm frist kl 20")
    (told,) = [line for line in await stage.log("reminder") if "frist før" in line["summary"]]
    assert "kim" in told["receiver"]


@pytest.mark.long
@in_one_chat
async def test_the_room_is_made_ready_only_when_there_is_one_and_minutes_are_to_be_filed(stage: Stage) -> None:
    """R093 R133 R134: a task for a physical meeting, none for a virtual one; the minutes wait for a document number."""
    await stage["kim"].commands("møde om 30 min teams")
    assert not [line for line in await stage.log("task") if "stabsrummet" in line["summary"]]
    await stage["kim"].presses("Aflys mødet")
    await held(stage)
    assert [line for line in await stage.log("task") if "stabsrummet" in line["summary"]]
    assert not [each for each in await stage.part("not_journalised") if each["kind"] == "minutes"]
    await stage["lars"].fills_in("Godkend")
    assert [each for each in await stage.part("not_journalised") if each["kind"] == "minutes"]


@pytest.mark.long
@in_one_chat
async def test_who_never_answered_is_not_written_down_as_present(stage: Stage) -> None:
    """R088: neither for having been summoned nor by silence; whoever starts the meeting can name who is there all the
    same, and is there themselves."""
    await stage["anne"].presses("Kommer")
    await stage["ole"].presses("Kan ikke")
    await stage["lars"].commands("møde kl 17 stabsrummet")
    await stage.at("17:00")
    await stage["lars"].fills_in("Start mødet", absent="", also="Sara")
    assert sorted((await meeting_of(stage))["present"]) == ["anne", "hanne", "lars", "sara"]
    assert "Fraværende: Ole Bach" in (await stage.log("meeting"))[-1]["summary"]


@pytest.mark.long
@in_one_chat
async def test_the_first_meeting_is_not_to_be_called_off_for_its_thin_agenda(stage: Stage) -> None:
    """R082: neither when it is sent for approval nor at the agenda's time; the second is."""
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage.at("16:00")
    assert await stage["anne"].sees("skulle være sendt nu")
    assert not await stage["anne"].sees("skal mødet aflyses?")


@pytest.mark.long
@in_one_chat
async def test_a_meeting_called_after_its_agendas_time_is_a_hurried_one(stage: Stage) -> None:
    """R085: marked so, and nobody is told that the agenda should have been sent; one called in time is not."""
    await stage["kim"].commands("møde overmorgen 10 stabsrummet")
    assert not (await meeting_of(stage))["urgent"]
    await stage.at("16:15")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    assert (await meeting_of(stage, 2))["urgent"]
    assert await stage["anne"].sees("(hasteindkaldt)")
    assert not await stage["anne"].sees("skulle være sendt nu")


@in_one_chat
async def test_an_items_deadline_is_asked_for_until_it_is_given_or_there_is_none(stage: Stage) -> None:
    """R096: by a press, or in its own words."""
    await stage["hanne"].commands("punkt nødbolig til 12 beboere")
    assert await stage["hanne"].sees("hvornår skal staben senest tage det op?")
    await stage["hanne"].presses("Ingen frist")
    assert not await stage["hanne"].has("Ingen frist")
    await stage["hanne"].commands("punkt mad til plejecentrene, ingen frist")
    items = await stage.part("agenda_items")
    assert [(each["text"], each["deadline"]) for each in items] == [
        ("nødbolig til 12 beboere", None),
        ("mad til plejecentrene", None),
    ]
    assert await stage["hanne"].sees("Frist: ingen")
    await stage["hanne"].commands("punkt vand frist kl 9")
    assert await stage["hanne"].sees("Mener du")
    await stage["hanne"].presses("Ja")
    assert (await stage.part("agenda_items"))[-1]["deadline"] == danish_tomorrow(9)


@pytest.mark.long
@in_slack
async def test_a_meeting_that_begins_is_put_before_whoever_chairs_it_and_writes_its_minutes(stage: Stage) -> None:
    """R088: the chief, the recorder and whoever called it have the press that starts it, once; others have it not."""
    await stage["lars"].fills_in("Start mødet")
    await stage["lars"].presses("Slut mødet")
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage.at("16:59")
    assert not await stage["eva"].sees("Møde 1 begynder nu")
    await stage.at("17:00:30")
    for person in ("lars", "eva", "kim"):
        assert await stage[person].sees("Møde 1 begynder nu")
    assert not await stage["hanne"].sees("Møde 1 begynder nu")
    await stage["lars"].fills_in("Start mødet")
    assert (await meeting_of(stage))["state"] == "running"
    assert not await stage["eva"].sees("Møde 1 begynder nu")
    await stage.forward(minutes=30)
    assert not await stage["lars"].sees("ikke startet")


@pytest.mark.long
@in_teams
async def test_a_meeting_that_nobody_started_is_asked_about_once_and_a_moved_one_when_it_begins(stage: Stage) -> None:
    """R088 R033: its items would wait for it for ever."""
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage["kim"].commands("møde flyt kl 18")
    await stage.at("17:30")
    assert not await stage["lars"].sees("Møde 1 begynder nu")
    await stage.at("18:20")
    assert await stage["lars"].sees("Møde 1 skulle være begyndt")
    await stage.forward(hours=3)
    asked = [line for line in await stage.log("reminder") if "møde 1" in line["summary"]]
    assert len(asked) == 2
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["lars"].commands("nedskaler")
    await stage.forward(hours=20)
    assert len([line for line in await stage.log("reminder") if "begynder nu" in line["summary"]]) == 1


@pytest.mark.long
@in_slack
async def test_a_meeting_that_is_moved_after_its_time_is_put_before_its_chair_anew_and_called_off_it_can_not_be_started(
    stage: Stage,
) -> None:
    """R088 D14: a card that is changed where it stands rings nobody; what it said before is true no longer."""

    async def rung() -> list[Message]:
        async with stage.database.reading() as db:
            every = await db.scalars(
                select(Message).where(Message.recipient == "eva", Message.key.contains("/begins/"))
            )
            return list(every)

    await stage["lars"].fills_in("Start mødet")
    await stage["lars"].presses("Slut mødet")
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage.at("17:01")
    await stage["kim"].commands("møde flyt kl 17.30")
    assert not await stage["eva"].sees("Møde 1 begynder nu")
    await stage.at("17:31")
    assert len(await rung()) == 2
    assert await stage["eva"].sees("Møde 1 begynder nu")
    await stage["kim"].presses("Aflys mødet")
    assert not await stage["eva"].sees("Møde 1 begynder nu")
    assert all(not message.card["buttons"] for message in await rung())


@in_one_chat
async def test_wherever_a_meetings_card_stands_it_says_that_the_meeting_goes_on_and_that_it_is_over(
    stage: Stage,
) -> None:
    """R088: it was started from one of them; on the others one could start it again, or call off what was going on."""
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage["lars"].commands("møde")
    assert await stage["lars"].has("Aflys mødet")
    await stage["kim"].fills_in("Start mødet", absent="")
    assert not await stage["lars"].has("Flyt mødet")
    assert not await stage["lars"].has("Aflys mødet")
    await stage["lars"].fills_in("Slut mødet", next_at="ingen")
    assert not await stage["kim"].has("Slut mødet")
    assert (await meeting_of(stage))["ended_at"] is not None


@only_in_slack
async def test_a_press_on_a_card_that_has_changed_meanwhile_is_answered_and_a_double_click_once(
    stage: SlackStage,
) -> None:
    """D03 D06: a form that was sent empty too; who presses twice in one go has had the answer."""
    await stage["kim"].commands("møde kl 17 stabsrummet")
    kim, lars = stage["kim"].person, stage["lars"].person
    (card,) = [deepcopy(each) for each in kim.messages() if "Aflys mødet" in each.buttons]
    await stage["lars"].commands("møde")
    await lars.presses("Start mødet")
    await stage["kim"].fills_in("Start mødet")
    await lars.submits()
    await stage.settle()
    for _ in range(2):
        await kim.presses("Aflys mødet", card)
        await stage.settle()
    for name in ("lars", "kim"):
        assert len([said for said in await stage[name].reads() if "ikke på kortet længere" in said]) == 1
    assert [row["state"] for row in await stage.part("meetings")][-1] == "running"


@in_one_chat
@pytest.mark.parametrize("words", ["afblæs", "nedskaler"])
async def test_whoever_ends_the_last_meeting_of_a_staff_that_has_stood_down_is_asked_about_no_next_one(
    stage: Stage, words: str
) -> None:
    """R017 R019 R075: it was not to be closed before the next one had been called; its minutes are drafted all the same."""
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage["kim"].fills_in("Start mødet", absent="")
    await stage["lars"].commands(words)
    if words == "afblæs":
        await stage["lars"].presses("Afblæs")
    await stage["kim"].presses("Slut mødet")
    (row,) = await stage.part("meetings")
    assert (row["state"], row["ended_at"] is not None) == ("ended", True)
    assert (await stage.log("meeting"))[-1]["summary"] == "Møde 1 er slut. Næste møde: ingen"
    assert await stage["kim"].sees("Referat")


@only_in_slack
async def test_a_next_meeting_that_was_filled_in_before_the_staff_stood_down_is_not_called_and_it_is_said(
    stage: SlackStage,
) -> None:
    """R017 R019 D03: the form stood open meanwhile; only whoever filled it in reads so."""
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage["kim"].fills_in("Start mødet")
    kim = stage["kim"].person
    await kim.presses("Slut mødet")
    await stage["lars"].commands("nedskaler")
    await kim.submits({"next_at": "i morgen 10", "next_place": "byrådssalen"})
    await stage.settle()
    assert [row["state"] for row in await stage.part("meetings")] == ["ended"]
    (said,) = [said for said in await stage["kim"].reads() if "ikke indkaldt til et nyt" in said]
    assert "»i morgen 10 byrådssalen«" in said
    assert not await stage["tina"].sees("ikke indkaldt til et nyt")


async def reminded_of_minutes(stage: Stage) -> list[str]:
    """Whom each reminder of the first meeting's minutes went to, as the log has it."""
    return [line["receiver"] for line in await stage.log("reminder") if "referatet af møde 1" in line["summary"]]


@pytest.mark.long
@in_one_chat
async def test_minutes_that_are_not_sent_are_reminded_of_the_one_who_writes_first_and_then_the_chief(
    stage: Stage,
) -> None:
    """R087 R089: after half an hour and after an hour, once each."""
    await held(stage)
    await stage.forward(minutes=29)
    assert await reminded_of_minutes(stage) == []
    await stage.forward(minutes=2)
    assert await reminded_of_minutes(stage) == ["eva"]
    await stage.forward(minutes=28)
    assert await reminded_of_minutes(stage) == ["eva"]
    await stage.forward(minutes=2)
    assert await reminded_of_minutes(stage) == ["eva", "lars"]
    await stage.forward(hours=2)
    assert await reminded_of_minutes(stage) == ["eva", "lars"]


@pytest.mark.long
@in_one_chat
async def test_minutes_that_are_sent_are_reminded_of_no_more(stage: Stage) -> None:
    """R089: nobody is asked for what is done."""
    await held(stage)
    await stage["lars"].fills_in("Godkend")
    assert (await meeting_of(stage))["minutes"][-1]["sent_at"] is not None
    await stage.forward(hours=2)
    assert await reminded_of_minutes(stage) == []


@pytest.mark.long
@in_one_chat
@pytest.mark.parametrize("held_until", ["before", "after"])
async def test_nobody_is_reminded_of_minutes_when_the_staff_has_stood_down(stage: Stage, held_until: str) -> None:
    """R017 R089: of a meeting that ended before the stand-down, or was only ended after it; they wait for the chief."""
    if held_until == "before":
        await held(stage)
    else:
        await stage["kim"].commands("møde kl 17 stabsrummet")
        await stage.at("17:00")
        await stage["kim"].fills_in("Start mødet")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs", text="vandet er væk")
    if held_until == "after":
        await stage["kim"].fills_in("Slut mødet")
    assert (await meeting_of(stage))["minutes"][-1]["sent_at"] is None
    await stage.forward(hours=2)
    assert await reminded_of_minutes(stage) == []


@pytest.mark.long
@in_one_chat
async def test_the_minutes_that_a_line_sent_follow_its_grade_and_no_others_do(stage: Stage) -> None:
    """R215 R216: what the line of the minutes becomes, they become; another line that is graded leaves them."""
    await held(stage)
    await stage["lars"].fills_in("Godkend")
    before = (await meeting_of(stage))["minutes"][-1]["grade"]
    (sent,) = await stage.log("minutes")
    other = next(line["no"] for line in await stage.part("log") if line["kind"] == "decision")
    await stage["kim"].commands(f"grad {other} fortrolig", "stab")
    assert (await meeting_of(stage))["minutes"][-1]["grade"] == before == "staff"
    await stage["kim"].commands(f"grad {sent['no']} fortrolig", "stab")
    assert (await meeting_of(stage))["minutes"][-1]["grade"] == "confidential"
