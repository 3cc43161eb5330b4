"""An answer with news is both, whatever was asked: a warning, an order, a centre's notice. Requirement 3.4."""

from __future__ import annotations

import pytest

from handlers.core.language import replies
from handlers.core.language.replies import Question
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@pytest.mark.parametrize(
    ("question", "text", "meaning", "news"),
    [
        ("alert", "har den, men broen ved Fløng er lukket", "taken", "broen ved Fløng er lukket"),
        ("alert", "ja, har den. politiet er på vej", "taken", "politiet er på vej"),
        ("order", "modtaget, vi kører udenom Fløng", "acknowledged", "vi kører udenom Fløng"),
        ("order", "ok men vi mangler 4 mand", "acknowledged", "vi mangler 4 mand"),
        ("notice", "alle er underrettet, to er syge", "acknowledged", "to er syge"),
        ("summons", "ja, kommer, men broen er lukket", "coming", "broen er lukket"),
        ("alert", "har den, men kun hvis Pia ikke kan", None, None),
        ("alert", "har den, eller har du?", None, None),
        ("summons", "kommer, måske først i aften", None, None),
        ("order", "der er vand i kælderen, ok", None, None),
    ],
)
def test_an_answer_is_parted_from_its_news(
    question: Question, text: str, meaning: str | None, news: str | None
) -> None:
    """Requirement 3.4: a condition is no news, and no answer."""
    found = replies.with_news(text, question)
    assert ((found[0].meaning, found[1]) if found else (None, None)) == (meaning, news)


@in_slack
async def test_a_warning_is_taken_and_the_news_are_logged(open_stage: Stage) -> None:
    """R006: the chain stops, and what was said beside it stands in the log."""
    stage = open_stage
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    await stage["jens"].says("har den, men broen ved Fløng er lukket")
    assert [step["result"] for step in await stage.part("escalation")] == ["contact"]
    assert (await stage.log("information"))[-1]["summary"] == "broen ved Fløng er lukket"
    assert await stage["jens"].sees("»broen ved Fløng er lukket« står i loggen")


@in_one_chat
async def test_an_order_is_acknowledged_and_its_issuer_has_the_news(stage: Stage) -> None:
    """R233, requirement 3.4: "ok men vi mangler 4 mand" is no bare yes."""
    await stage["lars"].commands("ordre spær Hovedgaden @Mads kl 18")
    await stage["lars"].presses("Udsted ordre")
    await stage["mads"].says("ok men vi mangler 4 mand")
    (order,) = await stage.part("orders")
    assert order["acknowledged_by"] == "mads"
    assert order["report"] == "vi mangler 4 mand"
    assert await stage["lars"].sees("vi mangler 4 mand")


@in_teams
async def test_a_centre_is_told_and_the_news_are_logged(stage: Stage) -> None:
    """R102: "underrettet" counts, and what it was said with is not lost."""
    await stage["rune"].says("alle er underrettet, to af vores folk er syge")
    assert (await stage.log("information"))[-1]["summary"] == "to af vores folk er syge"
    await stage["kim"].commands("status")
    assert await stage["kim"].sees("Mangler at underrette: Sundhed, Børn, Job, Økonomi, Byråd")


@in_one_chat
async def test_whoever_said_that_they_come_and_writes_that_they_cant_after_all_is_not_counted_on(stage: Stage) -> None:
    """R024: "jeg kan alligevel ikke" was met with "Jeg er ikke sikker", and the staff waited for them."""
    for person, words in (("eva", "jeg kan alligevel ikke"), ("tina", "alligevel ikke"), ("anne", "nej")):
        await stage[person].says("kommer")
        await stage[person].says(words)
    said = [
        line["summary"]
        for line in await stage.log("summons")
        if "»" in line["summary"] and "kan ikke" in line["summary"]
    ]
    assert [line.split(":")[0] for line in said] == ["Eva Lind", "Tina Friis"]
    assert await stage["eva"].sees("du kan ikke")
    assert not await stage["anne"].sees("du kan ikke")
    await stage["eva"].presses("Kommer")
    assert await stage["eva"].sees("du kommer")
    await stage["tina"].says("jeg kommer alligevel")
    assert await stage["tina"].sees("du kommer")


@in_one_chat
async def test_danger_beside_a_yes_or_a_no_is_brought_to_the_staff_and_answered_with_112(stage: Stage) -> None:
    """R021 R225: "kan ikke, jeg er indespærret" was a line in the log and a name on a list."""
    for person, words in (
        ("ole", "kan ikke, jeg er indespærret i elevatoren, det brænder"),
        ("bo", "kommer, men der ligger to bevidstløse på 2. sal"),
        ("gitte", "underrettet, men to er bevidstløse på plejehjemmet"),
    ):
        await stage[person].commands(words)
        assert await stage["lars"].sees(f"skriver: »{words}«"), words
        assert await stage["kim"].sees(f"skriver: »{words}«"), words
        assert await stage[person].sees("Ved fare for liv: ring 112"), words
    await stage["eva"].commands("kommer, HASTER med sandsække")
    assert len([each for each in await stage["kim"].reads() if "HASTER med sandsække" in each]) == 1
    await stage["siv"].commands("kommer, branden er slukket")
    assert not await stage["lars"].sees("branden er slukket")


@in_one_chat
async def test_danger_beside_an_answer_in_an_exercise_can_be_made_a_real_warning(open_stage: Stage) -> None:
    """R001: the exercise's staff read it as a part of the exercise, and nobody else did."""
    stage = open_stage
    await stage["pia"].commands("øvelse aktiver 2 strømsvigt")
    await stage["ole"].commands("kan ikke, jeg er indespærret i elevatoren, det brænder")
    offered = [each for each in await stage["ole"].reads() if "send det som varsel" in each]
    assert len(offered) == 1
    assert not offered[0].startswith("ØVELSE")
    await stage["ole"].presses("Send varsel")
    assert [each["text"] for each in await stage.part("alerts", 2)] == [
        "kan ikke, jeg er indespærret i elevatoren, det brænder"
    ]
    assert not (await stage.export(2))["crisis"]["exercise"]
