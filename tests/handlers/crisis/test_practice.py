"""`øv`: everybody can live through their own role's first ten minutes, and nothing of it is real. Plan, Planens afprøvning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from handlers.crisis.practice_lessons import LESSONS, SAME, WRITE, lessons_of
from storage.plan import loading
from storage.plan.persons import Roles
from storage.rows.alert import Alert
from storage.rows.base import Base
from storage.rows.traffic import Message
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.stage import Stage

# What an input and its answer leave, whatever was said.
TRAFFIC = {"inbox", "messages", "deliveries", "addresses", "conversations", "lanes", "rehearsal_posts"}


@pytest.fixture
def stage(open_stage: Stage) -> Stage:
    return open_stage


async def counts(stage: Stage) -> dict[str, int]:
    async with stage.database.reading() as db:
        return {
            table.name: await db.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


async def told(stage: Stage) -> list[Any]:
    async with stage.database.reading() as db:
        return list(await db.scalars(select(Message).order_by(Message.id)))


async def plays(stage: Stage, person: str, name: str) -> None:
    """Take a lesson to its end, with each wrong press on the way."""
    actor = stage[person]
    for step in LESSONS[name].steps:
        assert await actor.sees(step.told), step.told
        if step.verbs:
            await actor.fills_in(WRITE, text="hm, noget med vand")
            assert await actor.sees("ved Krisebot ikke")
            await actor.fills_in(WRITE, text=f"/krise {step.example}")
        for each in sorted(step.choices, key=lambda choice: choice.right):
            if each.right:
                await actor.presses(each.label)
                break
            await actor.presses(each.label)
            assert await actor.sees(each.said)
    assert await actor.sees(f"{LESSONS[name].title} – slut")


@pytest.mark.long
@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("jens", "emergency_chief"),
        ("lars", "mayor"),
        ("mette", "mayor"),
        ("ole", "board"),
        ("gitte", "centre_chief"),
        ("hanne", "contact"),
        ("kim", "secretary"),
        ("eva", "minute_taker"),
        ("bo", "communications"),
        ("nils", "support"),
        ("finn", "employee"),
    ],
)
@in_one_chat
async def test_everybody_lives_through_their_own_role_alone(stage: Stage, person: str, name: str) -> None:
    """R245 R248: whoever writes `øv` gets their own role's lesson; nobody else gets a word, and no row tells of a crisis."""
    before, said = await counts(stage), len(await told(stage))
    await stage[person].commands("øv")
    await plays(stage, person, name)
    # No timer, no crisis, no log, no row but what was said and heard.
    assert {table: n for table, n in (await counts(stage)).items() if table not in TRAFFIC} == {
        table: n for table, n in before.items() if table not in TRAFFIC
    }
    new = (await told(stage))[said:]
    assert {message.recipient.rpartition(":")[2] for message in new} == {person}
    assert all(message.crisis_id is None for message in new)
    assert all(message.card["text"].startswith("*ØVELSE, kun for dig") for message in new)


@in_slack
async def test_a_lesson_is_lived_through_on_a_telephones_chat_with_dialogs(stage: Stage) -> None:
    """R245: as drawn by Slack."""
    await stage["kim"].commands("øv logfører")
    await plays(stage, "kim", "log_keeper")


@pytest.mark.long
@in_teams
async def test_a_lesson_is_lived_through_in_teams(stage: Stage) -> None:
    """R245: as drawn by Teams."""
    await stage["finn"].commands("øv")
    await plays(stage, "finn", "employee")


def test_each_role_of_the_plan_file_has_a_lesson() -> None:
    """R245: also those that the example plan leaves out; a lesson is five minutes."""
    assert {SAME.get(name, name) for name in Roles.model_fields} <= set(LESSONS)
    plan = loading.example()
    assert lessons_of(plan, "kim") == ["secretary", "log_keeper", "contact", "employee"]
    assert lessons_of(plan, "rehearsal:finn") == ["employee"]
    for lesson in LESSONS.values():
        assert 2 <= len(lesson.steps) <= 6
        for step in lesson.steps:
            assert bool(step.choices) != bool(step.verbs)
            assert step.verbs or any(choice.right for choice in step.choices)


async def alerts(stage: Stage) -> list[Alert]:
    async with stage.database.reading() as db:
        return list(await db.scalars(select(Alert)))


@pytest.mark.parametrize("words", ["varsel det brænder på loftet", "hjælp det brænder på loftet, der er folk derinde"])
@in_one_chat
async def test_words_of_danger_in_the_middle_of_a_lesson_are_asked_about_and_yes_makes_them_real(
    stage: Stage, words: str
) -> None:
    """R001 R026: `Er det virkeligt?`, with 112; yes leads to the plan's question, and the lesson is closed."""
    finn = stage["finn"]
    await finn.commands("øv")
    await (finn.commands(words) if words.startswith("varsel") else finn.says(words))
    assert await finn.sees("Er det virkeligt?")
    assert "ring 112" in [text for text in await finn.reads() if "Er det virkeligt?" in text][-1]
    assert await alerts(stage) == []
    await finn.presses("Ja, det er virkeligt")
    (alert,) = await alerts(stage)
    assert "brænder på loftet" in alert.text
    assert "ring 112" in [text for text in await finn.reads() if "Varsel nr. 1" in text][-1]
    assert not await finn.has(WRITE)
    await finn.says("ja")
    assert await stage["jens"].has("Jeg har den")
    # It was for real once: nothing more comes of it when the minute is over.
    await stage.forward(minutes=2)
    assert len(await alerts(stage)) == 1


@in_one_chat
async def test_ov_is_what_danes_say_when_something_goes_wrong_and_danger_behind_it_begins_no_lesson(
    stage: Stage,
) -> None:
    """R001 R026: it is a warning at once, and goes up unanswered as any other; "øv kommunikation" is a lesson."""
    await stage["finn"].commands("øv det brænder på skolen, og to er fanget")
    (alert,) = await alerts(stage)
    assert "to er fanget" in alert.text
    assert not await stage["finn"].sees("kun for dig")
    await stage.forward(minutes=5)
    assert await stage["jens"].has("Jeg har den")
    await stage["mads"].commands("øv kommunikation")
    assert await stage["mads"].sees("kun for dig: kommunikation")


@in_one_chat
async def test_words_of_danger_that_nobody_answers_for_are_taken_for_real(stage: Stage) -> None:
    """R001 R026: whoever cries may be unable to answer; a minute later it is a warning as any other."""
    await stage["finn"].commands("øv")
    await stage["finn"].says("det brænder på loftet, der er folk derinde")
    await stage.until(stage.clock.now() + timedelta(seconds=61))
    assert len(await alerts(stage)) == 1
    await stage.forward(minutes=10)
    assert await stage["jens"].has("Jeg har den")


@in_one_chat
async def test_no_is_part_of_the_lesson_and_decisions_are_asked_about_too(stage: Stage) -> None:
    """R008: who decides in the middle of a lesson is asked; no, pressed or written, sets nothing going."""
    lars = stage["lars"]
    await lars.commands("øv")
    await lars.commands("aktiver 2 eksplosion på havnen")
    assert await stage.crises() == 0
    await lars.presses("Nej, jeg øver mig")
    await lars.commands("aktiver 2 eksplosion på havnen")
    await lars.says("nej")
    await stage.forward(minutes=5)
    assert await stage.crises() == 0
    await lars.commands("aktiver 2 eksplosion på havnen")
    await lars.says("ja")
    assert (await stage.part("crisis"))["level"] == 2


@in_one_chat
async def test_a_lesson_that_is_left_lying_or_stopped_asks_nothing(stage: Stage) -> None:
    """R001: a quarter of an hour later, and after `Stop øvelsen`, a warning is one at once."""
    await stage["finn"].commands("øv")
    await stage.forward(minutes=16)
    await stage["finn"].commands("varsel vand i kælderen")
    await stage["mads"].commands("øv")
    await stage["mads"].presses("Stop øvelsen")
    await stage["mads"].commands("varsel røg på skolen")
    assert len(await alerts(stage)) == 2


@in_one_chat
async def test_danger_written_in_a_lessons_own_dialog_is_asked_about(stage: Stage) -> None:
    """R001: not what the lesson asks for, but what is graver."""
    await stage["finn"].commands("øv")
    await stage["finn"].fills_in(WRITE, text="varsel det brænder, der ligger en mand")
    assert await stage["finn"].sees("Er det virkeligt?")
    await stage["finn"].presses("Ja, det er virkeligt")
    (alert,) = await alerts(stage)
    assert "ligger en mand" in alert.text
