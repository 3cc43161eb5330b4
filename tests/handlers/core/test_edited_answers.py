"""An answer that is rewritten where it stands counts anew, or its writer is asked; never twice, and never by anybody else."""

from __future__ import annotations

from typing import Any, cast

import pytest
from sqlalchemy import select

from storage.rows.reporting import PingAnswer
from tests.fakes.slack import SlackPerson
from tests.stage.platforms import in_slack, only_in_slack, only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage

stage = after(cloudburst)


async def asked_round(stage: Stage) -> None:
    """Every centre is asked how things are."""
    await cloudburst(stage)
    await stage["tina"].commands("ping alle hvordan står det til? svar 15")


pinged = after(asked_round)


async def edits(stage: Stage, who: str, old: str, new: str) -> Any:
    """Somebody rewrites the newest of their own messages that says so."""
    actor: Any = stage[who]
    person = actor.person
    own = [each for each in person.messages() if not each.from_bot and old in each.shown]
    await person.edits(own[-1], new)
    await stage.settle()
    return person


async def answers_of(stage: Stage, who: str) -> list[tuple[str, str]]:
    (ping,) = await stage.part("pings")
    return [(each["text"], each["reading"]) for each in ping["answers"] if each["person"] == who]


@pytest.mark.parametrize("pair", [("slack", "sqlite"), ("teams", "postgresql")], indirect=True, ids="-".join)
async def test_a_calm_answer_that_becomes_a_need_is_a_need(pinged: Stage) -> None:
    """R104 D08: the board turns red, the log has both, and the second corrects the first."""
    stage = pinged
    await stage["line"].says("Alt ok")
    assert await answers_of(stage, "line") == [("Alt ok", "green")]
    await edits(stage, "line", "Alt ok", "ikke ok, ingen varme på skolen")
    assert await answers_of(stage, "line") == [("ikke ok, ingen varme på skolen", "red")]
    first, second = await stage.log("ping_answer")
    assert first["summary"].endswith(": Alt ok")
    assert second["refs"]["corrects"] == first["no"]
    # The same words with another space, and what Slack sends twice, are nothing new.
    person = await edits(stage, "line", "ikke ok", "ikke ok,  ingen varme på skolen")
    await person.retry()
    await stage.settle()
    assert len(await stage.log("ping_answer")) == 2


@in_slack
async def test_the_newest_words_count_however_often_they_are_changed(pinged: Stage) -> None:
    """R104: back to the first is an answer too."""
    stage = pinged
    await stage["line"].says("Alt ok")
    for was, words, reading in (
        ("Alt ok", "ingen varme på skolen", "red"),
        ("ingen varme", "Alt ok", "green"),
        ("Alt ok", "presset, men det går", "yellow"),
    ):
        await edits(stage, "line", was, words)
        assert (await answers_of(stage, "line"))[0][0] == words
        assert (await answers_of(stage, "line"))[0][1] == reading
    assert len(await stage.log("ping_answer")) == 4


@in_slack
async def test_what_was_answered_since_is_not_overwritten_by_an_older_message(pinged: Stage) -> None:
    """R104: whoever has answered otherwise meanwhile is asked, with the buttons that there are now."""
    stage = pinged
    await stage["line"].says("Alt ok")
    async with stage.database.transaction() as db:
        # As the form would have it, which this card has no longer.
        row = (await db.scalars(select(PingAnswer).where(PingAnswer.person == "line"))).one()
        row.text, row.reading = "nu brænder det", "red"
    await edits(stage, "line", "Alt ok", "Alt er helt ok")
    assert await answers_of(stage, "line") == [("nu brænder det", "red")]
    assert await stage["line"].sees("Du har rettet dit svar")
    assert await stage["line"].has("Gul")


@in_slack
async def test_a_summons_answer_is_read_again(stage: Stage) -> None:
    """R055: from coming to not coming, and the deputy is asked once."""
    who = (await stage.part("members"))[0]["person"]
    summoned = next(
        each["to"] for each in await stage.part("notifications") if each["kind"] == "summons" and each["to"] != "jens"
    )
    assert who
    await stage[summoned].says("kommer om 20 min")
    await edits(stage, summoned, "kommer om 20", "kommer om 40 min")
    lines = [each["summary"] for each in await stage.log("summons") if "kommer – " in each["summary"]]
    assert [each.partition("»")[2] for each in lines] == ["kommer om 20 min«", "kommer om 40 min«"]
    await edits(stage, summoned, "kommer om 40", "jeg kan ikke")
    await edits(stage, summoned, "kan ikke", "jeg kan ikke, er syg")
    assert len([each for each in await stage.log("summons") if "kan ikke – " in each["summary"]]) == 2
    asked = [each for each in await stage.part("notifications") if each["kind"] == "summons"]
    assert len({(each["to"], each["channel"]) for each in asked}) == len(asked)


@in_slack
async def test_whoever_warned_may_rewrite_their_no(open_stage: Stage) -> None:
    """R004: a no that becomes a yes goes up the chain; a yes that becomes a no is told to those who were asked."""
    stage = open_stage
    await stage["finn"].commands("varsel der er vand i kælderen")
    await stage["finn"].says("nej")
    assert not await stage["jens"].sees("vand i kælderen")
    await edits(stage, "finn", "nej", "ja")
    assert await stage["jens"].sees("vand i kælderen")
    await edits(stage, "finn", "ja", "nej")
    assert await stage["jens"].sees("siger nu")
    # Once more is no more than once.
    await edits(stage, "finn", "nej", "Nej")
    assert len([each for each in await stage["jens"].reads() if "siger nu" in each]) == 1


@in_slack
async def test_words_that_are_changed_before_they_are_sent_are_sent_as_they_are_now(open_stage: Stage) -> None:
    """R001 R004: [Ja] sent what was written first, and not who is in there."""
    stage = open_stage
    await stage["finn"].says("der er vand i kælderen")
    await edits(stage, "finn", "vand i kælderen", "der er vand i kælderen, og Else er dernede")
    await stage["finn"].presses("Ja")
    assert await stage["jens"].sees("Else er dernede")
    # What is sent already is added to.
    await edits(stage, "finn", "Else er dernede", "der er vand i kælderen, og Else er kommet op")
    assert await stage["jens"].sees("Else er kommet op")
    # What was no word of an incident is nobody's.
    await stage["per"].says("hej")
    seen = await stage["per"].reads()
    await edits(stage, "per", "hej", "hej med dig")
    assert await stage["per"].reads() == seen


@in_slack
async def test_a_warning_that_is_rewritten_is_added_to_and_the_new_place_reaches_whoever_is_asked(
    open_stage: Stage,
) -> None:
    """R001 R004: who warns in haste writes the wrong school first; nothing was said to it, and the wrong one went up."""
    stage = open_stage
    await stage["finn"].says("varsel røg ved skolen")
    await edits(stage, "finn", "røg ved skolen", "varsel røg ved ældrecentret")
    assert "ældrecentret" in (await stage["finn"].reads())[-2]
    # A preview that changes nothing is nothing.
    seen = await stage["finn"].reads()
    await edits(stage, "finn", "ældrecentret", "varsel  røg ved ældrecentret")
    assert await stage["finn"].reads() == seen
    await stage["finn"].presses("Ja")
    assert await stage["jens"].sees("Rettet til: røg ved ældrecentret")
    # What is sent already is added to, for whoever has it.
    await edits(stage, "finn", "ældrecentret", "varsel røg ved plejehjemmet")
    assert await stage["jens"].sees("Rettet til: røg ved plejehjemmet")
    assert await stage.crises() == 1


@in_slack
async def test_a_time_that_is_corrected_in_a_warning_is_put_instead_of_the_first(open_stage: Stage) -> None:
    """R001: of a place and a time the change says nothing else of, what was filled in stands."""
    stage = open_stage
    await stage["finn"].says("varsel vand i kælderen på Birkehøj siden kl 13.30")
    await edits(stage, "finn", "siden kl 13.30", "varsel vand i kælderen på Birkehøj siden kl 12.30")
    await stage["finn"].presses("Ja")
    await stage["finn"].fills_in("Slags og kilde", place="Birkehøj, fløj B")
    await edits(stage, "finn", "siden kl 12.30", "varsel meget vand i kælderen på Birkehøj siden kl 12.30")
    (alert,) = await stage.part("alerts")
    assert (alert["place"], alert["happened_at"]) == ("Birkehøj, fløj B", "2026-07-02T10:30:00.000000Z")


@pytest.mark.parametrize("pair", [("slack", "sqlite"), ("teams", "postgresql")], indirect=True, ids="-".join)
async def test_a_command_that_is_rewritten_is_not_run_again_and_its_writer_hears_so(stage: Stage) -> None:
    """D08: "lukket" became "åben", the line said "lukket", and nobody was told."""
    await stage["lars"].says("log viadukten er lukket")
    before = [each["summary"] for each in await stage.part("log")]
    await edits(stage, "lars", "viadukten er lukket", "log viadukten er åben")
    told = [each for each in await stage["lars"].reads() if "Du har rettet" in each]
    assert len(told) == 1
    assert "log viadukten er åben" in told[0]
    assert [each["summary"] for each in await stage.part("log")] == before
    # Back again is said too, where it stands.
    await edits(stage, "lars", "viadukten er åben", "log viadukten er lukket")
    assert not [each for each in await stage["lars"].reads() if "Du har rettet" in each]
    assert await stage["lars"].sees("Din besked er igen »log viadukten er lukket«")


async def name_written_in(stage: Stage, old: str) -> None:
    """Somebody puts the bot's name before what they wrote in a channel."""
    actor: Any = stage["pia"]
    person = actor.person
    own = [each for each in person.messages() if not each.from_bot and old in each.shown][-1]
    if isinstance(stage, SlackStage):
        await person.edits(own, f"<@{stage.slack.world.bot_user}> {old}")
    else:
        name = f"<at>{person.world.bot_name}</at>"
        mention = {"type": "mention", "mentioned": person._bot, "text": name}
        written = person._written(own, f"{name} {old}", mention)
        await person._changed("messageUpdate", "editMessage", own, written)
    await stage.settle()


@pytest.mark.parametrize("pair", [("slack", "sqlite"), ("teams", "postgresql")], indirect=True, ids="-".join)
async def test_our_name_that_is_written_in_afterwards_is_heard_once(open_stage: Stage) -> None:
    """R001: whoever warned in a channel and saw that nobody heard."""
    stage = open_stage
    if not isinstance(stage, SlackStage):
        cast(TeamsStage, stage).teams.hears_all = True
    await stage["pia"].says("varsel vand i kælderen", "generelt")
    assert not await stage["pia"].sees("vand i kælderen«")
    for _ in range(2):
        await name_written_in(stage, "varsel vand i kælderen")
    assert await stage["pia"].sees("Varsel nr. 1")
    assert await stage.crises() == 1
    assert len([each for each in await stage["pia"].reads() if "Føjet til" in each]) == 0


@in_slack
async def test_an_answer_to_a_closed_question_changes_nothing_and_says_so(pinged: Stage) -> None:
    """D08: the words are not lost on whoever wrote them."""
    stage = pinged
    await stage["line"].says("Alt ok")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    lines = len(await stage.part("log"))
    await edits(stage, "line", "Alt ok", "ingen varme på skolen")
    assert await answers_of(stage, "line") == [("Alt ok", "green")]
    assert len(await stage.part("log")) == lines
    assert await stage["line"].sees("Du har rettet dit svar")


@only_in_slack
async def test_nobody_elses_hand_changes_an_answer(pinged: SlackStage) -> None:
    """R104: what changes a message is not always who wrote it; and a link's preview is no change."""
    stage = pinged
    line: SlackPerson = stage["line"].person
    await stage["line"].says("Alt ok")
    own = [each for each in line.messages() if not each.from_bot][-1]
    before, now = stage.slack.world.as_json(own), stage.slack.world.as_json(own)
    event = line._hidden(own, "message_changed")
    for changed in (
        {"text": "ingen varme", "edited": {"user": "U0FINN", "ts": own.ts}},
        {"attachments": [{"from_url": "https://dmi.dk", "title": "DMI"}]},
        {"text": "ingen varme", "user": "U0FINN"},
    ):
        answer = await line._event({**event, "message": {**now, **changed}, "previous_message": before})
        await stage.settle()
        assert answer.status == 200
    assert [reading for _, reading in await answers_of(stage, "line")] == ["green"]
    assert not await stage["line"].sees("Du har rettet dit svar")
    # Slack leaves out what it was before where it has forgotten it.
    answer = await line._event({**event, "message": now})
    await stage.settle()
    assert len(await stage.log("ping_answer")) == 1


@only_in_slack
async def test_a_personal_number_that_is_written_in_later_is_in_no_log(pinged: Stage) -> None:
    """R233: it is taken out of the new answer, and out of what was kept."""
    stage = pinged
    await stage["line"].says("Alt ok")
    await edits(stage, "line", "Alt ok", "ikke ok, borger 010203-1234 mangler varme")
    ((text, reading),) = await answers_of(stage, "line")
    assert reading == "red"
    assert "010203" not in text
    assert not [each for each in await stage.part("log") if "010203" in each["summary"]]


@only_in_teams
async def test_in_teams_the_question_is_asked_where_nothing_can_be_read_anew(stage: Stage) -> None:
    """D08: with the card's own buttons of now, and pressing one of them counts."""
    await stage["rune"].says("underrettet")
    await edits(stage, "rune", "underrettet", "nej, ikke alle er underrettet")
    assert await stage["rune"].sees("Du har rettet dit svar")
    assert [each for each in await stage.part("log") if "har rettet sit svar fra »underrettet«" in each["summary"]]
