"""After an exercise and after real use: figures, a report on paper, and what was learnt is done by somebody."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import docx
import pytest

from storage.case import evaluation
from storage.plan import loading
from tests.bot.pages.test_papers import fetched, newest_links, printed
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after
from tests.stage.stage import Stage

PLAN = loading.example()


async def over(stage: Stage) -> None:
    """A cloudburst that was warned of, decided on, established late and called off."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    await stage.forward(minutes=2)
    await stage["jens"].presses("Jeg har den")
    await stage.forward(minutes=4)
    await stage["jens"].presses("Niveau 2")
    await stage.forward(minutes=3)
    await stage["kim"].presses("Kommer")
    await stage.forward(hours=2, minutes=30)
    await stage["kim"].presses("Fuldt etableret")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")


stage = after(over)


def counted(told: dict[str, Any]) -> evaluation.Figures:
    def role_of(person: str) -> str:
        return next((role for role in PLAN.roles.filled if person in PLAN.holders(role)), "")

    return evaluation.figures(told, PLAN.deadlines, PLAN.escalation, role_of)


@pytest.mark.long
@in_slack
async def test_the_figures_say_how_long_each_step_took_and_whether_the_plan_was_kept(stage: Stage) -> None:
    """R245 R246: time to contact, decision, establishment and picture; who answered by role, and who did not."""
    found = counted(await stage.export())
    steps = {each.name: each for each in found.steps}
    assert timedelta(minutes=1) < (steps["Fra varsel til kontakt"].took or timedelta()) < timedelta(minutes=3)
    assert steps["Fra kontakt til beslutning"].met is True
    assert steps["Til fuldt etableret"].met is False
    assert steps["Til første situationsbillede"].took is None
    assert (steps["Til alle centre er underrettet"].took, steps["Til alle centre er underrettet"].met) == (None, False)
    secretary = next(each for each in found.answers if each.role == "sekretær")
    assert (secretary.asked, secretary.answered) == (1, 1)
    assert timedelta(minutes=2) < (secretary.slowest or timedelta()) < timedelta(minutes=5)
    assert "kim" not in [each.person for each in found.silent]
    assert all(each.person in PLAN.persons for each in found.silent)
    eva = next(each for each in found.silent if each.person == "eva")
    assert eva.ways == ("slack",) or eva.ways == ("teams",)
    assert ("Til fuldt etableret", False) in found.expectations
    assert dict(found.messages)["borgmester"] > 0


def test_an_export_of_an_older_release_is_counted_as_far_as_it_goes() -> None:
    """R246: a part that it lacks is none."""
    bare = {"crisis": {"decided_at": None, "established_due": None, "established_at": None}}
    assert counted(bare) == evaluation.Figures((), (), (), (), ())


def test_the_centres_have_been_told_when_the_last_of_them_has() -> None:
    """R103 R246."""

    def told(*informed: str | None) -> dict[str, Any]:
        crisis = {"decided_at": "2026-11-25T14:00:00+00:00", "established_due": None, "established_at": None}
        return {"crisis": crisis, "centre_notices": [{"informed_at": at} for at in informed]}

    early, late = "2026-11-25T14:10:00+00:00", "2026-11-25T14:40:00+00:00"
    name = "Til alle centre er underrettet"
    assert counted(told(early, early)).steps == (evaluation.Figure(name, timedelta(minutes=10), timedelta(minutes=30)),)
    assert [each.met for each in counted(told(early, late)).steps] == [False]
    assert [each.took for each in counted(told(early, None)).steps] == [None]


def test_minutes_are_counted_from_the_meetings_end_to_when_they_were_first_sent() -> None:
    """R091 R246: meeting by meeting, against the plan's hour; never sent is not kept, one that has not ended is none."""

    def told(*meetings: tuple[str | None, list[str | None]]) -> dict[str, Any]:
        crisis = {"decided_at": "2026-11-25T14:00:00+00:00", "established_due": None, "established_at": None}
        rows = [
            {"number": number, "ended_at": ended, "minutes": [{"sent_at": sent} for sent in every]}
            for number, (ended, every) in enumerate(meetings, 1)
        ]
        return {"crisis": crisis, "meetings": rows}

    ended = "2026-11-25T15:00:00+00:00"
    soon, late = "2026-11-25T15:20:00+00:00", "2026-11-25T16:00:01+00:00"
    limit = PLAN.deadlines.minutes[1]
    assert limit == timedelta(hours=1)
    found = counted(told((ended, [None, soon, late]), (ended, [late]), (ended, [None]), (ended, []), (None, []))).steps
    assert [each.name for each in found] == [f"Fra møde {number} til udsendt referat" for number in (1, 2, 3, 4)]
    assert [each.took for each in found] == [timedelta(minutes=20), timedelta(hours=1, seconds=1), None, None]
    assert [(each.limit, each.met) for each in found] == [(limit, True), *[(limit, False)] * 3]


@pytest.mark.long
@in_one_chat
async def test_the_report_is_a_paper_in_pdf_and_word_for_those_who_evaluate(stage: Stage) -> None:
    """R246: with its timeline, and with what was learnt; the nearest who may not have it is the chief of a centre."""
    await stage["rune"].commands("erfaring ring til centrene først")
    await stage["jens"].commands("evaluering")
    assert await stage["jens"].sees("Til fuldt etableret")
    await stage["jens"].presses("Rapport som PDF og Word")
    links = await newest_links(stage, "jens")
    document = docx.Document(io.BytesIO(await fetched(stage, links["docx"])))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    word = "\n".join([*(each.text for each in document.paragraphs), *cells])
    for text in (printed(await fetched(stage, links["pdf"])), word):
        for said in (
            "Evaluering af nr. 1",
            "Til fuldt etableret",
            "Eva Lind",
            "ring til centrene først",
            "Linjer i loggen, time for time",
            "på en time",
        ):
            assert said in text, said
    assert document.inline_shapes
    # The picture says when: where it begins, and each day.
    assert "tors. 2/7 kl. 14" in printed(await fetched(stage, links["pdf"]))
    await stage["rune"].commands("evaluering")
    assert not await stage["rune"].has("Rapport som PDF og Word")


@pytest.mark.long
@in_teams
async def test_what_was_learnt_is_somebodys_until_it_is_done(stage: Stage) -> None:
    """R248: asked about every month, and not after; it comes up at the next exercise."""
    await stage["jens"].commands("forbedring nye numre i planen @Kim")
    (row,) = await stage.part("improvements")
    assert (row["number"], row["owner"], row["state"]) == (1, "kim", "open")
    await stage["jens"].commands("øvelse")
    assert await stage["jens"].sees("F1: nye numre i planen")
    await stage.forward(days=31)
    assert await stage["kim"].sees("Hvordan går det med den?")
    await stage["kim"].fills_in("Hvor langt er den?", text="halvdelen er skrevet")
    await stage.forward(days=31)
    asked = [line for line in await stage.log("reminder") if "F1" in line["summary"]]
    assert len(asked) == 2
    await stage["kim"].commands("forbedring F1 gjort")
    (row,) = await stage.part("improvements")
    assert (row["state"], row["closed_by"], row["remark"]) == ("done", "kim", "halvdelen er skrevet")
    await stage.forward(days=31)
    assert len([line for line in await stage.log("reminder") if "F1" in line["summary"]]) == 2


@pytest.mark.long
@in_one_chat
async def test_what_was_learnt_and_not_done_is_on_the_next_exercises_evaluation(stage: Stage) -> None:
    """R246 R248 R245: what is done is not; the word ØVELSE stands once on all that the exercise says."""
    await stage["jens"].commands("forbedring nye numre i planen @Kim")
    await stage["jens"].commands("forbedring nye pumper @Mads")
    await stage["mads"].commands("forbedring F2 gjort")
    await stage["kim"].commands("øvelse aktiver 2 strømsvigt")
    await stage["kim"].commands("øvelse")
    await stage["kim"].presses("Slut øvelse nr. 2")
    (card,) = [said for said in await stage["jens"].reads() if "Evaluering af nr. 2" in said]
    assert "Fra tidligere, ikke gjort: nye numre i planen" in card
    assert "nye pumper" not in card
    for person in ("jens", "kim", "lars"):
        assert not await stage[person].sees("ØVELSE: ØVELSE")


@pytest.mark.long
@in_one_chat
async def test_only_those_who_evaluate_give_it_and_only_whoever_has_it_closes_it(stage: Stage) -> None:
    """R248 R168: the nearest are a member of the staff and another centre's chief."""
    await stage["anne"].commands("forbedring nye numre @Kim")
    assert await stage.part("improvements") == []
    await stage["kim"].commands("forbedring pumperne skal efterses @Mads den 1/9")
    await stage["line"].commands("forbedring F1 gjort")
    assert (await stage.part("improvements"))[0]["state"] == "open"
    await stage["line"].commands("forbedring")
    assert not await stage["line"].sees("pumperne skal efterses")
    await stage["mads"].presses("Gjort")
    assert (await stage.part("improvements"))[0]["state"] == "done"


@in_one_chat
async def test_a_day_without_a_time_is_the_improvements_deadline_and_none_is_told(stage: Stage) -> None:
    """R248: the guide's own example gave no deadline, and nobody was told so."""
    await stage["jens"].commands("forbedring nye numre i planen @Kim 1. september")
    await stage["jens"].commands("forbedring nye pumper @Kim senest tirsdag den 1. september")
    await stage["jens"].commands("forbedring nye nøgler @Kim snarest")
    rows = await stage.part("improvements")
    assert [row["text"] for row in rows] == ["nye numre i planen", "nye pumper", "nye nøgler snarest"]
    assert [row["due_at"] and row["due_at"][:16] for row in rows] == ["2026-09-01T14:00", "2026-09-01T14:00", None]
    assert await stage["jens"].sees("Der er ingen frist")


@in_one_chat
async def test_a_centres_chief_tells_what_was_learnt_when_it_is_over(stage: Stage) -> None:
    """R247: "alle, der deltog"; somebody who had no part in it can't."""
    await stage["gitte"].commands("erfaring vi manglede nøgler")
    assert [line["sender"] for line in await stage.log("lesson")] == ["gitte"]
    await stage["finn3"].commands("erfaring jeg var der ikke")
    assert len(await stage.log("lesson")) == 1
