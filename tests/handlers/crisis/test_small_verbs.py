"""What is asked for in one word: a number, IT's help, a lesson, and all that one may write."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import registry
from handlers.core.context import URGENT
from handlers.core.language import verb_words
from storage.rows.traffic import Message
from tests.stage.platforms import in_one_chat, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import RehearsalStage, Stage
from tests.tables import examples

stage = after(cloudburst)


@in_one_chat
async def test_it_is_reached_at_once_with_a_task_that_is_ticked(stage: RehearsalStage) -> None:
    """R157: priority, whom to ring, and the log knows."""
    await stage["kim"].commands("it projektoren i stabsrummet virker ikke")
    assert await stage["nils"].sees("projektoren i stabsrummet virker ikke")
    await stage["nils"].presses("Udført")
    assert [line["status"] for line in await stage.log("task")][-1] == "done"


@in_teams
async def test_help_with_it_is_one_button_away_and_goes_before_what_can_wait(stage: Stage) -> None:
    """R157: "øjeblikkelig støtte": `IT-hjælp` on the card of the support functions, for whoever is beside the staff too."""
    await stage["mads"].fills_in("IT-hjælp", text="skærmen er sort")
    assert await stage["nils"].sees("IT-hjælp til Mads Rosen: skærmen er sort")
    async with stage.database.reading() as db:
        told = select(Message.urgency).where(Message.recipient == "nils", Message.key.startswith("task/"))
        assert list(await db.scalars(told)) == [URGENT]
    await stage["kim"].says("it hjælp printeren er død")
    assert await stage["nils"].sees("printeren er død")


@in_one_chat
async def test_a_lesson_is_kept_for_the_evaluation(stage: RehearsalStage) -> None:
    """R247: at any time, from anybody involved."""
    await stage["hanne"].commands("erfaring nøgler til pumpehuset manglede")
    (line,) = await stage.log("lesson")
    assert (line["summary"], line["sender"]) == ("nøgler til pumpehuset manglede", "hanne")
    await stage["kim"].commands("erfaring")
    assert await stage["kim"].sees("nøgler til pumpehuset manglede")


@in_one_chat
async def test_the_top_is_one_word_away_and_the_list_of_numbers_is_not_for_strangers(stage: RehearsalStage) -> None:
    """R250 T30: chief and mayor for whom the plan knows, and ring back to anybody else; others' own numbers for who is
    called to the staff, who decides and the secretariat alone."""
    await stage["hanne"].commands("ring")
    assert await stage["hanne"].sees("20 00 00 03")
    await stage["finn"].commands("ring")
    assert not await stage["finn"].sees("20 00 00")
    assert await stage["finn"].sees("112")
    (asks,) = [each for each in await stage["finn"].buttons() if each.startswith("Bed ") and each.endswith(" ringe")]
    await stage["finn"].presses(asks, phone="12 34 56 78", about="nøglen til skolen")
    assert await stage["finn"].sees("er bedt om at ringe til dig")
    rung = [name for name in stage.plan.persons if await stage[name].sees("beder dig ringe")]
    assert [stage.plan.persons[name].name for name in rung] == [asks.removeprefix("Bed ").removesuffix(" ringe")]
    assert await stage[rung[0]].sees("på 12 34 56 78: »nøglen til skolen«")
    for name in ("finn", "rune"):
        await stage[name].commands("ring Mads")
        assert not await stage[name].sees("20 00 00 13")
        assert await stage[name].sees("Andres egne numre kan kun ses af krisestaben")
    for name in ("kim", "anne", "hanne", "nils"):
        await stage[name].commands("ring Mads")
        assert await stage[name].sees("20 00 00 13")


@in_one_chat
async def test_all_commands_are_those_that_one_may_write(stage: RehearsalStage) -> None:
    await stage["finn"].commands("")
    await stage["finn"].presses("Alle kommandoer")
    assert await stage["finn"].sees("/krise varsel")
    assert not await stage["finn"].sees("/krise vagt")
    await stage["tina"].commands("")
    await stage["tina"].presses("Alle kommandoer")
    assert await stage["tina"].sees("/krise vagt")


@examples(
    "text",
    [
        "lys i kælderen er gået",
        "lås døren til pumpehuset",
        "kort over Birkehøj mangler",
        "støtte til beboerne i stuen",
        "ord på Hovedgaden om evakuering",
        "ringer til dig om lidt",
        "ringet til Jens, han kommer",
    ],
)
def test_everyday_first_words_are_no_verb_about_other_staffs(text: str) -> None:
    """R308 R193: what somebody tells us is not taken for a command."""
    registry.load()
    found = verb_words.match(text, {verb.name: verb.synonyms for verb in registry.verbs.values()})
    assert found.verb is None
