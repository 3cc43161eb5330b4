"""Where others read along: there is an answer in place, which tells nobody what is answered; the staff's stay in their
thread."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.core import registry
from tests.fakes.teams import Precondition, Refusal
from tests.fakes.teams.world import FakeMessage, Targets
from tests.stage.platforms import only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.teams import TeamsStage

stage = after(cloudburst)
pytestmark = only_in_teams

SENT = "svaret er sendt til dig alene"
FAILED = "Krisebot kan ikke skrive til dig alene"
# Those that show the most; all of them in the long run.
VERBS = [("status", "find", "hvem", "billede"), pytest.param((), marks=pytest.mark.long)]


def ours(stage: TeamsStage, place: str) -> list[FakeMessage]:
    """What the bot has written in a channel or a group's chat."""
    return [each for each in stage.teams.messages(place) if each.from_bot]


def all_read(stage: TeamsStage, place: str) -> list[str]:
    """What anybody there reads of it."""
    return [each.shown for each in ours(stage, place) if not each.only_for]


async def asks(stage: TeamsStage, who: str, text: str, place: str) -> Any:
    """Somebody calls the bot by name where others read along."""
    answer = await stage[who].person.mentions(text, place)
    await stage.settle()
    return answer


async def test_in_a_channel_of_others_the_answer_is_pointed_to_in_its_thread(stage: TeamsStage) -> None:
    """R001: for whoever asked alone to see, with not a word of what is answered, also for a member of the staff."""
    await asks(stage, "lars", "status", "generelt")
    asked = stage.teams.messages("generelt")[-2]
    (told,) = ours(stage, "generelt")
    assert (told.only_for, told.root) == (stage["lars"].person.id, asked.id)
    assert told.shown.startswith(f"Lars Vinther: {SENT}")
    assert "skybrud" not in told.shown
    assert told.buttons == []
    assert await stage["lars"].sees("skybrud")
    assert all_read(stage, "generelt") == []


async def test_in_a_groups_chat_too(stage: TeamsStage) -> None:
    """R001: it has no threads, and may have people in it whom nobody knows."""
    finn = stage["finn"].person
    chat = stage.teams.add_chat("naboer", finn.id, stage["per"].person.id)
    await asks(stage, "finn", "varsel vand i kælderen", "naboer")
    (told,) = ours(stage, chat.id)
    assert (told.only_for, told.root) == (finn.id, "")
    assert await stage["finn"].sees("vand i kælderen")
    # What is said there without our name is not for us.
    await stage["per"].says("hvad sker der", "naboer")
    assert len(ours(stage, chat.id)) == 1


@pytest.mark.long
@pytest.mark.parametrize("targets", ["yes", "refused", "ignored"])
@pytest.mark.parametrize("verbs", VERBS)
async def test_whatever_the_staff_asks_among_others_nothing_above_the_open_grade_is_read_there(
    stage: TeamsStage, targets: Targets, verbs: tuple[str, ...]
) -> None:
    """R216 R001: in a channel that isn't the staff's and in a group's chat, by whoever may see all of it, with every verb."""
    stage.teams.world.targets = targets
    kim = stage["kim"].person
    chat = stage.teams.add_chat("naboer", kim.id, stage["finn"].person.id)
    for grade in ("intern", "krisestab", "fortrolig"):
        await stage["kim"].commands(f"log {grade}: gasledningen {grade}ord er brudt")
    asked = verbs or tuple(registry.verbs)
    for verb in asked:
        for place in ("generelt", "naboer"):
            await kim.mentions(f"{verb} gasledningen" if verb in ("find", "log") else verb, place)
        await stage.settle()
    read = [each.shown for place in ("generelt", chat.id) for each in ours(stage, place)]
    assert len(read) >= len(asked)
    assert not [said for said in read if "gasledningen" in said or "skybrud" in said]
    assert all(SENT in said or FAILED in said for said in read)


@pytest.mark.parametrize("targets", ["refused", "ignored"])
async def test_a_cloud_that_knows_no_messages_for_one_alone_shows_no_more_to_all(
    stage: TeamsStage, targets: Targets
) -> None:
    """R001: refused, it is said for all to read; ignored, it was. Neither says what the answer is."""
    stage.teams.world.targets = targets
    await asks(stage, "lars", "status", "generelt")
    (told,) = all_read(stage, "generelt")
    assert SENT in told
    assert "skybrud" not in told


async def test_what_could_not_be_sent_in_private_is_told_in_place_and_never_what_it_was(stage: TeamsStage) -> None:
    """R001: whoever doesn't have the app would else wait for an answer for ever."""
    stage.teams.add_person("aad-new", "Nanna Ny", installed=False)
    new = stage["new"].person
    await new.mentions("varsel røg fra taget på Hedehus Skole", "generelt")
    await stage.settle()
    (told,) = ours(stage, "generelt")
    assert FAILED in told.shown
    assert "112" in told.shown
    assert told.only_for == new.id
    assert "røg" not in told.shown
    # The warning itself is kept, and goes up when nobody answers its question.
    await stage.forward(minutes=5)
    assert await stage["jens"].sees("røg fra taget")


@pytest.mark.long
async def test_a_day_later_nothing_is_said_anew(stage: TeamsStage) -> None:
    """A message for one alone is gone by then: changing it fails, and it is not written once more."""
    await asks(stage, "lars", "status", "generelt")
    (first,) = ours(stage, "generelt")
    stage.teams.fail("update", with_=Refusal(404, "ActivityNotFoundInConversation"), times=None, channel="generelt")
    await stage.forward(hours=25)
    assert [each.id for each in ours(stage, "generelt")] == [first.id]


async def test_what_was_written_to_us_alone_is_answered_to_them_alone(stage: TeamsStage) -> None:
    """R001: by Teams' slash; nobody else learns that they wrote at all, whatever the cloud takes."""
    per = stage["per"].person
    await per.slashes("varsel gaslugt på rådhuset", "generelt")
    await stage.settle()
    assert await stage["per"].sees("gaslugt på rådhuset")
    (told,) = ours(stage, "generelt")
    assert told.only_for == per.id
    assert [each for each in told.activity["entities"] if each["type"] == "targetedMessageInfo"]
    stage.teams.world.targets = "refused"
    await per.slashes("status", "generelt")
    await stage.settle()
    assert len(ours(stage, "generelt")) == 1
    assert all_read(stage, "generelt") == []


@pytest.mark.parametrize("chosen", ["Send som varsel", "Gem i log", "Vejledning"])
async def test_what_was_done_in_a_dialog_is_answered_to_its_user_alone_also_where_it_fails(
    stage: TeamsStage, chosen: str
) -> None:
    """R001: it closed, and nothing more was heard: what Teams was told of was no message that could be answered."""
    await stage["pia"].says("vand i kælderen", "generelt")
    said = stage.teams.messages("generelt")[-1]
    stage.teams.add_person("aad-new", "Nanna Ny", installed=False)
    for who in ("lars", "new"):
        person = stage[who].person
        await person.saves(said, chosen)
        if chosen != "Vejledning":
            await person.submits({})
        await stage.settle()
    told = [(each.only_for, FAILED in each.shown) for each in ours(stage, "generelt")]
    sent = [(stage["lars"].person.id, False)] if chosen == "Send som varsel" else []
    assert told == [*sent, (stage["new"].person.id, True)]


async def test_what_the_staff_did_not_see_asked_it_does_not_see_answered(stage: TeamsStage) -> None:
    """R072: a slash command in its own channel is its writer's alone."""
    room = (await stage.rooms())["teams"]
    lars = stage["lars"].person
    before = len(ours(stage, room))
    await lars.slashes("hvem", room)
    await stage.settle()
    (told,) = ours(stage, room)[before:]
    assert told.only_for == lars.id
    assert SENT in told.shown
    await lars.slashes("log viadukten er lukket", room)
    await stage.settle()
    assert [each for each in await stage.part("log") if each["summary"] == "viadukten er lukket"]
    assert [each.only_for for each in ours(stage, room)[before:]] == [lars.id, lars.id]


async def test_the_staff_is_answered_in_the_thread_of_its_question(stage: TeamsStage) -> None:
    """R072: with what the staff may see, where it was asked, and nothing is pointed to."""
    room = (await stage.rooms())["teams"]
    await stage["lars"].commands("status", "stab")
    asked = [each for each in stage.teams.messages(room) if "status" in each.text][-1]
    answer = ours(stage, room)[-1]
    assert "skybrud" in answer.shown
    assert answer.root == asked.id
    assert not [each for each in ours(stage, room) if SENT in each.shown]
    # What nobody asked for begins a thread of its own.
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    assert [each for each in ours(stage, room) if not each.root]


async def test_a_thread_that_is_gone_does_not_close_the_staffs_channel(stage: TeamsStage) -> None:
    """R072: the question was deleted before it was answered; the answer stands in the channel instead."""
    room = (await stage.rooms())["teams"]
    lars = stage["lars"].person
    stage.teams.fail("send", with_=Precondition(), times=None, channel=room)
    before = {each.id for each in ours(stage, room)}
    await lars.mentions("hjælp", room)
    asked = stage.teams.messages(room)[-1]
    await stage.settle()
    stage.teams.world.remove(asked)
    stage.teams.heal()
    await stage.forward(minutes=2)
    new = [each for each in ours(stage, room) if each.id not in before]
    assert [each.root for each in new if "112" in each.shown] == [""]
    assert (await stage.rooms())["teams"] == room
