"""The organisation is asked how it stands, and nobody's silence is taken for calm. Scenarios S1 and S3, on every platform."""

from __future__ import annotations

from typing import Any

import pytest

from storage.case.verification import verify_export
from tests.handlers.reporting.test_reports import danish
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, follows, outbreak
from tests.stage.stage import Stage


@follows(outbreak)
async def begun(stage: Stage) -> None:
    await stage.at("14:30")


stage = after(begun)


async def answers_of(stage: Stage, ping: int = 0) -> dict[str, dict[str, Any]]:
    return {each["centre"]: each for each in (await stage.part("pings"))[ping]["answers"]}


@pytest.mark.long
@in_teams
async def test_every_centre_is_asked_and_answers_in_its_own_words(stage: Stage) -> None:
    """R107 R108 R118: one-to-one to every centre's contact; a traffic light and free text; verbatim in the log, unconfirmed."""
    await stage["tina"].commands("ping alle hvordan står det til? svar 15")
    (ping,) = await stage.part("pings")
    assert (ping["question"], ping["due"], len(ping["answers"])) == ("hvordan står det til?", danish(15, 0), 6)
    assert [each["centre"] for each in ping["answers"]] == [centre.name for centre in stage.plan.centres]
    await stage["mads"].presses("Grøn")
    await stage["hanne"].says("ok men vi mangler 4 mand på Birkehøj")
    await stage["line"].says("alt fint her")
    await stage["ali"].says("???")
    answers = await answers_of(stage)
    assert {centre: each["reading"] for centre, each in answers.items()} == {
        "Teknik": "green",
        "Sundhed": "yellow",
        "Børn": "green",
        "Job": "unclear",
        "Økonomi": "silent",
        "Byråd": "silent",
    }
    assert answers["Sundhed"]["text"] == "ok men vi mangler 4 mand på Birkehøj"
    line = next(line for line in await stage.log("ping_answer") if line["sender"] == "hanne")
    assert (line["verification"], line["direction"]) == ("unconfirmed", "in")
    await stage["ali"].presses("Rød")
    assert verify_export(await stage.export()) == []
    await stage["hanne"].presses("Send")
    export = await stage.export()
    assert (await answers_of(stage))["Job"]["reading"] == "red"
    assert [(each["quantity"], each["place"]) for each in export["assistance_requests"]] == [("4", "Birkehøj")]


@in_one_chat
async def test_silence_is_not_covered_by_what_somebody_else_was_asked_since(stage: Stage) -> None:
    """R108: one centre's answer to a newer question took the others' silence off the picture's draft."""
    await stage["kim"].commands("ping alle hvordan står det til? svar 14:40")
    await stage["mads"].says("alt ok")
    await stage.at("14:41")
    await stage["kim"].commands("ping teknik er der lys? svar 14:50")
    await stage["mads"].says("ja, alt ok")
    await stage.at("14:51")
    await stage["kim"].commands("billede")
    (silent,) = [each for each in await stage["kim"].reads() if "Intet svar på spørgsmålet" in each]
    assert "Sundhed, Børn, Job" in silent
    assert "Teknik" not in silent.partition("Intet svar på spørgsmålet")[2].partition("·")[0]


@pytest.mark.long
@in_teams
async def test_silence_is_reminded_then_the_chief_is_asked_and_it_is_never_green(stage: Stage) -> None:
    """R107 R108: S3 15:00 to 15:30; a late answer counts and is marked."""
    await stage["tina"].commands("ping børn hvordan står det til? svar 15")
    await stage.at("15:01")
    assert any("Mindet om svar" in line["summary"] for line in await stage.log("reminder"))
    assert (await answers_of(stage))["Børn"]["reading"] == "silent"
    await stage["kim"].commands("billede")
    assert await stage["kim"].sees("Intet svar på spørgsmålet")
    await stage.at("15:31")
    assert (await answers_of(stage))["Børn"]["escalated"] is True
    await stage["per"].says("vi har det fint")
    answer = (await answers_of(stage))["Børn"]
    assert (answer["person"], answer["reading"], answer["late"]) == ("per", "green", True)
    await stage["kim"].commands("billede")
    (picture,) = await stage.part("pictures")
    assert "Intet svar" not in picture["sections"][1]["text"]
    await stage["line"].presses("Gul")
    assert (await answers_of(stage))["Børn"]["person"] in ("per", "line")


@pytest.mark.long
@in_one_chat
async def test_a_scheme_asks_again_at_its_hours_until_it_is_ended(stage: Stage) -> None:
    """R191: S3 09:30; interval, questions, first due time and end."""
    await stage["tina"].commands("rapportering sundhed,børn hver dag 9 og 15: hvor mange ramt? hvad mangler I?")
    (scheme,) = await stage.part("reporting_schemes")
    assert (scheme["centres"], scheme["times"]) == (["Sundhed", "Børn"], ["09:00", "15:00"])
    await stage.at("14:31")
    assert [ping["due"] for ping in await stage.part("pings")] == [danish(15, 0)]
    await stage.forward(hours=20)
    assert len(await stage.part("pings")) == 2
    await stage["tina"].commands("rapportering slut")
    await stage.forward(hours=24)
    export = await stage.export()
    assert len(export["pings"]) == 2
    assert export["reporting_schemes"][0]["ended_at"] is not None
    await stage["tina"].commands("rapportering sundhed hver 6. time: hvor mange er syge?")
    await stage["tina"].commands("rapportering sundhed hver 5. time: hvor mange er syge?")
    (_, hourly) = await stage.part("reporting_schemes")
    assert (hourly["times"], hourly["question"]) == (["04:00", "10:00", "16:00", "22:00"], "hvor mange er syge?")


@in_slack
async def test_the_plans_other_questions_are_one_word_and_a_command_is_no_answer(stage: Stage) -> None:
    """R223 R234 R258: what can be spared, are there people enough, what is core; only those who may ask."""
    await stage["hanne"].commands("ping folk")
    assert await stage.part("pings") == []
    await stage["tina"].commands("ping undvære")
    await stage["tina"].commands("ping folk")
    await stage["tina"].commands("ping kernedrift")
    asked = [ping["question"] for ping in await stage.part("pings")]
    assert [question.split(",")[0] for question in asked] == [
        "Hvad kan I undvære",
        "Har I folk nok?",
        "Hvad er jeres kernedrift",
    ]
    await stage["mads"].says("status")
    assert (await answers_of(stage, 2))["Teknik"]["reading"] == "silent"
    await stage["mads"].says("vi har folk nok")
    assert (await answers_of(stage, 2))["Teknik"]["text"] == "vi har folk nok"


@pytest.mark.long
@in_one_chat
async def test_the_coordinator_is_reminded_once_to_ask_whether_there_are_people_enough(stage: Stage) -> None:
    """R234 R017: within the first day, and with one press; not where they have been asked, and not without a staff."""
    reminded = "Mindet om at spørge centrene, om de har folk nok"
    await stage.forward(hours=3)
    assert not [line for line in await stage.log("reminder") if line["summary"] == reminded]
    await stage.forward(hours=2)
    (line,) = [line for line in await stage.log("reminder") if line["summary"] == reminded]
    assert line["receiver"] == "tina"
    await stage["tina"].presses("Spørg centrene")
    assert (await stage.part("pings"))[-1]["question"] == "Har I folk nok?"
    await stage["ole"].commands("aktiver 2 strømsvigt")
    await stage["ole"].presses("Det er en anden hændelse")
    await stage["lars"].commands("nedskaler")
    await stage["lars"].presses("2: strømsvigt")
    await stage.forward(hours=30)
    assert [
        len([line for line in await stage.log("reminder", no) if line["summary"] == reminded]) for no in (1, 2)
    ] == [1, 0]
