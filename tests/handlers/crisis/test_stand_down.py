"""Down and out: by whom, once, with everybody told, and nothing left running."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.core import registry
from storage.case.verification import verify_export
from storage.rows.traffic import Timer
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import RehearsalStage, Stage, log_of, told

pytestmark = in_one_chat


stage = after(cloudburst)


@pytest.mark.parametrize("person", ["jens", "anne", "finn"])
@pytest.mark.parametrize(("words", "button"), [("afblæs", "Afblæs"), ("nedskaler", "Nedskaler")])
async def test_others_may_propose_and_nothing_else(stage: RehearsalStage, person: str, words: str, button: str) -> None:
    """R073 R019 D12: told who can; the proposal comes to the mayor and the deputy with the button that decides."""
    await stage[person].commands(f"{words} vandet falder")
    assert not await stage[person].has(button)
    assert await stage[person].sees("Kun borgmesteren eller stedfortræderen")
    await stage[person].presses("Send forslag")
    crisis = await stage.part("crisis")
    assert (crisis["level"], crisis["deactivated_at"]) == (2, None)
    for mayor in ("lars", "mette"):
        assert await stage[mayor].has(button)
        assert await stage[mayor].sees("foreslår")
    assert any("vandet falder" in entry["summary"] for entry in await stage.log("proposal"))


async def test_a_proposal_is_sent_once_however_often_it_is_pressed(stage: RehearsalStage) -> None:
    """D03."""
    await stage["anne"].commands("afblæs")
    await stage["anne"].presses("Send forslag")
    assert not await stage["anne"].has("Send forslag")
    assert len(await stage.log("proposal")) == 1


@pytest.mark.long
async def test_the_mayor_and_the_deputy_at_once_stand_it_down_once(stage: RehearsalStage) -> None:
    """D03 R073: the second press changes nothing and tells nobody anything."""
    await stage["lars"].commands("afblæs")
    await stage["mette"].commands("afblæs")
    await stage["lars"].presses("Afblæs", text="tak for i dag")
    after = await stage.export()
    await stage["mette"].presses("Afblæs", text="noget andet")
    assert await stage.export() == after
    assert after["crisis"]["deactivated_by"] == "lars"


async def test_a_second_step_down_changes_nothing(stage: RehearsalStage) -> None:
    """R019 D03."""
    await stage["lars"].commands("nedskaler")
    after = await stage.part("log")
    await stage["lars"].commands("nedskaler")
    assert await stage.part("log") == after


@pytest.mark.long
async def test_level_one_after_the_staff_goes_on_with_its_log_and_can_be_ended(stage: RehearsalStage) -> None:
    """R019 R013: the log is kept, the directorate is told, the mayor ends it."""
    before = await stage.part("log")
    await stage["lars"].commands("nedskaler vandet falder")
    told_so = await stage.export()
    assert told_so["log"][: len(before)] == before
    assert {"anne", "ole", "sara"} <= told(told_so, "broadcast") | told(told_so, "notice")
    await stage["kim"].commands("log ! pumperne hentes", "stab")
    assert (await stage.log("information"))[-1]["summary"] == "pumperne hentes"
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert (await stage.part("crisis"))["deactivated_at"]
    assert verify_export(await stage.export()) == []


async def test_everybody_who_was_told_of_it_is_told_that_it_is_over(stage: RehearsalStage) -> None:
    """R073 R252: chiefs, contacts, support functions, the staff and its channel; and the text for everybody is ready."""
    before = await stage.export()
    knew = {each["to"] for each in before["notifications"]} - {"lars"}
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs", text="normal drift fra i morgen")
    assert told(await stage.export(), "broadcast") >= knew
    assert len(await stage.log("broadcast")) == 1
    assert await stage["bo"].sees("Krisestaben er afviklet")


@pytest.mark.long
async def test_in_a_room_of_their_own_the_closing_list_names_what_is_open(stage: RehearsalStage) -> None:
    """R075 R246: what was not done is handed over; nobody closes it by ending the crisis."""
    await stage["kim"].commands("tiltag pumpe til Birkehøj @mads", "stab")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await stage["kim"].sees("pumpe til Birkehøj")
    assert (await stage.part("measures"))[0]["status"] != "done"


async def test_the_log_can_still_be_mended_and_verified_after_the_end(stage: RehearsalStage) -> None:
    """R186: a line that was wrong can be corrected on its card when all is over."""
    await stage["kim"].commands("log ? 12 beboere", "stab")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage["kim"].presses("Ret", text="14 beboere")
    told_so = await stage.export()
    assert log_of(told_so, "correction")[-1]["summary"] == "14 beboere"
    assert verify_export(told_so) == []


async def test_a_stamp_after_the_end_stamps_nothing(stage: RehearsalStage) -> None:
    """R071 R073: `Fuldt etableret` on an old card of a staff that has stood down."""
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage["kim"].presses("Fuldt etableret")
    assert (await stage.part("crisis"))["established_at"] is None


async def test_whoever_left_the_staff_no_longer_sees_its_channel_and_what_they_wrote_stays(
    stage: RehearsalStage,
) -> None:
    """R051 R254 D09."""
    await stage["kim"].commands("ind Rune", "stab")
    await stage["rune"].says("vand ved viadukten", "stab")
    await stage["kim"].commands("ud Rune", "stab")
    (room,) = (await stage.rooms()).values()
    await stage["rune"].posts("say", {"in": room, "text": "her er jeg igen"}, expect=400)
    assert not await stage["rune"].sees("Krisestab nr. 1")


@pytest.mark.parametrize("who", ["Hr. Ingen", "", "Rune og Hr. Ingen"])
async def test_a_name_that_nobody_has_lets_nobody_in(stage: RehearsalStage, who: str) -> None:
    """R051: all or nothing, and it is said."""
    before = await stage.part("members")
    await stage["kim"].commands(f"ind {who}", "stab")
    assert await stage.part("members") == before
    assert await stage["kim"].sees("Intet er ændret") or await stage["kim"].sees("Hvem?")


async def test_why_somebody_comes_in_and_why_they_leave_stands_in_the_log_and_in_the_staffs_list(
    stage: RehearsalStage,
) -> None:
    """R051: "member, in/out, time, reason, by"; who comes in without one is a member all the same."""
    await stage["kim"].commands("ind Rune og Gitte fordi vejene er lukket", "stab")
    await stage["kim"].commands("ind Hanne", "stab")
    await stage["tina"].commands("ud @rune: skal hjem og sove", "stab")
    seats = {row["person"]: row for row in await stage.part("members")}
    assert {seats[each]["reason"] for each in ("rune", "gitte")} == {"vejene er lukket"}
    assert (seats["hanne"]["reason"], seats["rune"]["until"] is None) == ("medlem", False)
    assert [line["summary"] for line in await stage.log("member")] == [
        "Ind i krisestaben: Rune Juhl og Gitte Krag – vejene er lukket",
        "Ind i krisestaben: Hanne Toft",
        "Ud af krisestaben: Rune Juhl – skal hjem og sove",
    ]


async def test_coming_in_twice_is_coming_in_once(stage: RehearsalStage) -> None:
    """R254 D03."""
    await stage["kim"].commands("ind Rune", "stab")
    await stage["tina"].commands("ind @rune", "stab")
    assert [member["person"] for member in await stage.part("members")].count("rune") == 1


@pytest.mark.long
async def test_two_days_after_the_staff_stepped_down_nobody_has_been_reminded_of_its_duties(stage: Stage) -> None:
    """R017 R019: no watch, no daily journal, no briefing, no meeting, no chief to be named; a scheme goes on."""
    await stage["kim"].commands("møde i morgen kl 10 stabsrummet")
    await stage["kim"].commands("ping alle hvordan går det? hver 4. time")
    await stage["lars"].commands("nedskaler vandet falder")
    before = len(await stage.part("log"))
    await stage.forward(days=2)
    since = (await stage.part("log"))[before:]
    reminded = [line["summary"] for line in since if line["kind"] == "reminder"]
    duties = ("ournal", "vervågning", "Byrådet", "organisationen", "udpeget", "agtplan", "agsorden")
    assert [each for each in reminded if any(duty in each for duty in duties)] == []
    assert {meeting["state"] for meeting in await stage.part("meetings")} == {"cancelled"}
    async with stage.database.reading() as db:
        waiting = set(
            await db.scalars(select(Timer.kind).where(Timer.state == "waiting", Timer.crisis_id.is_not(None)))
        )
    assert waiting & registry.level_two_timers == set()


@follows(cloudburst)
async def stood_down(stage: Stage) -> None:
    """Somebody waits for help, and the mayor's deputy calls it off."""
    await stage["hanne"].commands("bistand 4 mand til Birkehøj")
    await stage["mette"].commands("afblæs")
    await stage["mette"].presses("Afblæs")


over = after(stood_down)


async def test_a_request_that_nobody_answered_is_handed_over_and_its_requester_is_told(over: Stage) -> None:
    """R075 R220: it is on the list, and whoever waits for it knows that nobody comes."""
    assert await over["kim"].sees("B1: 4 mand til Birkehøj")
    assert await over["hanne"].sees("din anmodning B1 er ikke besvaret")
    assert not await over["line"].sees("din anmodning")


async def test_the_closing_list_is_ticked_where_it_stands(over: Stage) -> None:
    """R075: the secretary ticks a point, and everybody's list has it; a contact who is in the channel is refused."""
    await over["mads"].presses("Log gennemset")
    assert {row["status"] for row in await over.part("tasks") if row["title"].startswith("Loggen")} == {"pending"}
    await over["kim"].presses("Log gennemset")
    assert {row["status"] for row in await over.part("tasks") if row["title"].startswith("Loggen")} == {"done"}
    assert not await over["lars"].has("Log gennemset")
    assert await over["lars"].has("Overdraget")


@pytest.mark.parametrize(
    ("person", "label"),
    [
        ("lars", "Start mødet"),
        ("kim", "Sted eller link"),
        ("lars", "Beredskabsplanen: ja"),
        ("rune", "Mit center er underrettet"),
        ("rune", "Anden kontaktperson"),
        ("lars", "Bygning"),
    ],
)
async def test_nobody_is_asked_into_a_staff_that_is_no_more(over: Stage, person: str, label: str) -> None:
    """R075 R106: a contact was named, and a meeting begun, in a staff that had stood down."""
    assert not await over[person].has(label)


async def test_the_deputy_stands_it_down_on_the_mayors_behalf_and_everybody_reads_so(over: Stage) -> None:
    """R007 R073: "(eller relevante stedfortrædere)"."""
    assert await over["anne"].sees("af Mette Skov på vegne af Lars Vinther")


async def test_what_never_had_a_staff_ends_without_one(stage: RehearsalStage) -> None:
    """R017 R073: level 1 has no staff to stand down, and no mail groups to close."""
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage["jens"].commands("aktiver 1 pumpesvigt")
    await stage["rune"].commands("bistand en pumpe til Fløng")
    await stage["rune"].commands("afblæs")
    assert await stage["rune"].sees("stedfortræderen kan afblæse hændelsen")
    await stage["lars"].commands("afblæs")
    assert await stage["lars"].sees("Nr. 2: pumpesvigt.* Vil du afblæse hændelsen?")
    await stage["lars"].presses("Afblæs")
    assert await stage["anne"].sees("Hændelsen er afblæst")
    assert await stage["rune"].sees("Hændelsen er afblæst, og din anmodning B1 er ikke besvaret")
    assert not [row for row in await stage.part("tasks", 2) if row["title"].startswith("Mailgrupper")]


@pytest.mark.long
async def test_who_asked_for_help_and_is_in_no_plan_is_told_that_it_is_over_without_anybodys_own_number(
    stage: Stage,
) -> None:
    """T30 R220 R250: whom the plan knows may ring the chief, and has no other's number; the nearest who may not have that
    either is another employee."""
    for person in ("finn", "hanne"):
        await stage[person].commands("bistand 4 mand til Birkehøj")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    told = {
        person: next(said for said in reversed(await stage[person].reads()) if "er ikke besvaret" in said)
        for person in ("finn", "hanne")
    }
    assert "20 00 00 03" in told["hanne"]
    assert "20 00 00 08" not in told["hanne"]
    assert "20 00 00" not in told["finn"]
    assert "tal med din leder" in told["finn"]


@pytest.mark.long
async def test_a_summons_that_nobody_answered_says_that_no_answer_is_waited_for(stage: RehearsalStage) -> None:
    """R075 R256: it stood there with "Svar med en knap" and no button; who had answered reads nothing of it."""
    await stage["anne"].presses("Kommer")
    await stage.forward(minutes=20)
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    asked = [said for said in await stage["ole"].reads() if "Svar med en knap" in said]
    assert asked
    assert all("du skal ikke svare længere" in said for said in asked)
    assert not await stage["ole"].has("Kommer")
    assert not await stage["anne"].sees("du skal ikke svare længere")


@pytest.mark.parametrize("words", ["afblæs", "nedskaler"])
async def test_the_framing_meeting_asks_nothing_of_a_staff_that_is_no_more(stage: RehearsalStage, words: str) -> None:
    """R017 R054 R075: its card asked whether the plan was to be activated; a meeting that goes on is still ended."""
    await stage["lars"].presses("Start mødet")
    assert await stage["lars"].sees("Skal beredskabsplanen aktiveres?")
    await stage["lars"].commands(words)
    if words == "afblæs":
        await stage["lars"].presses("Afblæs")
    assert not await stage["lars"].sees("Skal beredskabsplanen aktiveres?")
    for label in ("Beredskabsplanen: ja", "Vælg beslutning", "Sted eller link", "Tag den senere"):
        assert not await stage["lars"].has(label), label
    await stage["lars"].presses("Slut mødet")
    assert "Det rammesættende møde er slut" in (await stage.log("meeting"))[-1]["summary"]
    for label in ("Overgå til operationel stab", "Nyt rammesættende møde"):
        assert not await stage["lars"].has(label), label


@pytest.mark.parametrize("words", ["afblæs", "nedskaler"])
async def test_no_support_function_is_missing_in_a_staff_that_is_no_more(stage: RehearsalStage, words: str) -> None:
    """R017 R106 R075: "tag stilling" stood there with its buttons."""
    assert await stage["kim"].sees("Mangler: ")
    await stage["lars"].commands(words)
    if words == "afblæs":
        await stage["lars"].presses("Afblæs")
    assert not await stage["kim"].sees("tag stilling")
    assert not await stage["kim"].sees("Mangler: ")
    assert not await stage["kim"].has("Bygning")


async def test_whoever_proposed_something_that_nobody_answered_is_told_that_no_answer_comes(
    stage: RehearsalStage,
) -> None:
    """R075 R229 D12: a measure, a decision, the stand-down itself; from people who are in nothing else. Whoever has been
    answered is not told again."""
    await stage["finn"].commands("tiltag sandsække til viadukten")
    await stage["hanne"].commands("beslut skolerne lukker i morgen")
    await stage["line"].commands("tiltag luk svømmehallen")
    await stage["tina"].presses("Sæt i værk")
    await stage["lone"].commands("afblæs vandet er væk")
    await stage["lone"].presses("Send forslag")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await stage["finn"].sees("dit forslag er ikke besvaret:*\n»sandsække til viadukten«")
    assert await stage["hanne"].sees("dit forslag er ikke besvaret:*\n»skolerne lukker i morgen«")
    assert await stage["lone"].sees("Krisestaben er afblæst")
    assert not await stage["line"].sees("er ikke besvaret")
    assert not await stage["tina"].has("Nej tak")
    assert not await stage["lars"].has("Nej tak")
    assert not await stage["lars"].sees("foreslår, at det besluttes")
    unanswered = [line["summary"] for line in await stage.log("proposal") if "ikke besvaret" in line["summary"]]
    assert [each.rsplit(": ", 1)[1] for each in unanswered] == ["sandsække til viadukten", "skolerne lukker i morgen"]


async def test_whoever_waits_for_an_answer_or_for_a_meeting_hears_that_the_staff_is_no_more(
    stage: RehearsalStage,
) -> None:
    """R075 R148 R095: a question from somebody in no plan, and an item; both are on the list that is handed over, the question
    can still be answered, and whoever had an answer reads nothing."""
    await stage["finn"].commands("spm hvornår åbner skolen")
    await stage["line"].commands("spm hvem henter børnene")
    await stage["kim"].commands("svar 2 bussen")
    await stage["hanne"].commands("punkt nødbolig til 12 beboere")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await stage["finn"].sees("dit spørgsmål 1 er ikke besvaret:*\n»hvornår åbner skolen«")
    assert not await stage["line"].sees("er ikke besvaret")
    assert await stage["hanne"].sees("dit punkt 1 er ikke behandlet:*\n»nødbolig til 12 beboere«")
    assert await stage["hanne"].sees("Krisestaben er trådt ned, før punktet blev behandlet")
    assert not await stage["hanne"].has("Drøftelse")
    for line in ("• Spørgsmål 1: hvornår åbner skolen – Tina Friis", "• Punkt 1: nødbolig til 12 beboere – Hanne Toft"):
        assert await stage["kim"].sees(line), line
    await stage["tina"].commands("svar 1 på mandag")
    assert await stage["finn"].sees("på mandag")


async def test_an_item_waits_for_the_staff_that_is_called_again(stage: RehearsalStage) -> None:
    """R017 R095: after `nedskaler` there is no next meeting, and after `opskaler` there is."""
    await stage["hanne"].commands("punkt nødbolig til 12 beboere")
    await stage["lars"].commands("nedskaler")
    assert await stage["hanne"].sees("Krisestaben er trådt ned, før punktet blev behandlet")
    await stage["lars"].commands("opskaler")
    assert not await stage["hanne"].sees("Krisestaben er trådt ned, før punktet blev behandlet")
    assert await stage["hanne"].has("Drøftelse")


@pytest.mark.long
async def test_all_that_is_open_is_ticked_off_after_the_end_until_the_list_is_empty(stage: RehearsalStage) -> None:
    """R075: the closing list's points, measures and tasks; by those who ran the staff, and nobody else."""
    await stage["kim"].commands("tiltag pumpe til Birkehøj @mads", "stab")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage["mads"].commands("tiltag 1 udført")
    for label in ("Overdraget", "Log gennemset", "Eksport lagt på sagen", "Mail og overvågning lukket"):
        await stage["kim"].presses(label)
        assert not await stage["kim"].has(label), label
    assert [row["status"] for row in await stage.part("measures")] == ["done"]
    assert (await stage.part("measures"))[0]["title"] == "pumpe til Birkehøj"
    left = [row for row in await stage.part("tasks") if row["status"] != "done"]
    assert {row["owner"] for row in left} > {"kim", "bo"}
    await stage["mads"].commands(f"opgave {left[0]['number']} udført")
    assert await stage["mads"].sees(f"den, der har opgave {left[0]['number']}")
    await stage["bo"].commands(f"opgave {left[0]['number']} er færdig")
    for row in left[1:]:
        await stage["kim"].commands(f"opgave {row['number']} udført")
    assert {row["status"] for row in await stage.part("tasks")} == {"done"}
    await stage["kim"].commands("opgaver")
    assert await stage["kim"].sees("Opgaver:* 0 åbne")
    assert verify_export(await stage.export()) == []


@pytest.mark.long
async def test_what_the_council_was_told_can_be_read_when_all_is_over_and_is_not_written_anew(
    stage: RehearsalStage,
) -> None:
    """R189: the newest with how it ended; the nearest who may not read it is a member of the staff."""
    await stage["kim"].commands("byråd Skolerne er åbne.")
    await stage["kim"].presses("Send til chefen")
    await stage["lars"].presses("Godkend orienteringen")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage["kim"].commands("byråd")
    assert "Skolerne er åbne." in (await stage["kim"].reads())[-1]
    await stage["kim"].presses("Markér som sendt")
    await stage["kim"].commands("byråd Ny tekst")
    assert await stage["kim"].sees("er afblæst")
    await stage["kim"].commands("byråd")
    assert len(await stage.part("council_briefings")) == 1
    assert [line["summary"].splitlines()[-1] for line in await stage.log("council")][-1] == "Skolerne er åbne."
    await stage["hanne"].commands("byråd")
    assert not await stage["hanne"].sees("Skolerne er åbne.")
