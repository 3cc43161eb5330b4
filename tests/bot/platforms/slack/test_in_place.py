"""Where others read along in Slack: whoever writes is told there where the answer is, or that it could not be sent; never
what it is, and nobody else sees it where Slack can show it to one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from handlers.core import registry
from storage.rows.traffic import Delivery
from tests.databases import statements_of
from tests.fakes.slack import Fault, OkFalse, ServerError, Timeout, WrongPage
from tests.fakes.slack.faults import NoLetters, UsedUp
from tests.fakes.slack.world import FakeMessage
from tests.stage.platforms import only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage

stage = after(cloudburst)
pytestmark = only_in_slack

SENT = "svaret er sendt til dig alene"
FAILED = "Krisebot kan ikke skrive til dig alene"
# Those that show the most; all of them in the long run.
VERBS = [("status", "find", "hvem", "billede"), pytest.param((), marks=pytest.mark.long)]


def ours(stage: SlackStage, place: str) -> list[FakeMessage]:
    """What the bot has written in a place of other people's."""
    return [each for each in stage.slack.messages(place) if each.from_bot]


def all_read(stage: SlackStage, place: str) -> list[str]:
    """What anybody there reads of it."""
    return [each.shown for each in ours(stage, place) if not each.ephemeral_for]


def no_way_to(stage: SlackStage, user: str) -> None:
    """Slack lets the bot write to nobody of that name."""
    stage.slack.fail("chat.postMessage", with_=OkFalse("cannot_dm_bot"), times=None, channel=user)


async def test_in_a_channel_of_others_the_answer_is_pointed_to_for_its_asker_alone(stage: SlackStage) -> None:
    """R001: with not a word of what is answered, also for a member of the staff; in a thread it stays there."""
    lars = stage["lars"].person
    await lars.mentions("status", "generelt")
    await stage.settle()
    (told,) = ours(stage, "generelt")
    assert (told.ephemeral_for, told.thread_ts) == (lars.id, "")
    assert told.shown.startswith(f"Lars Vinther: {SENT}")
    assert "skybrud" not in told.shown
    assert await stage["lars"].sees("skybrud")
    await stage["pia"].person.says("hvad sker der", "generelt")
    root = stage.slack.messages("generelt")[-1].ts
    await lars.mentions("hvem", "generelt", thread_ts=root)
    await stage.settle()
    assert [each.thread_ts for each in ours(stage, "generelt")] == ["", root]
    assert all_read(stage, "generelt") == []
    # What is said there without our name is not for us.
    assert len(ours(stage, "generelt")) == 2


@pytest.mark.parametrize("verbs", VERBS)
async def test_whatever_the_staff_asks_among_others_nothing_above_the_open_grade_is_read_there(
    stage: SlackStage, verbs: tuple[str, ...]
) -> None:
    """R216 R001: by whoever may see all of it, with every verb, called by name and as a command."""
    kim = stage["kim"].person
    for grade in ("intern", "krisestab", "fortrolig"):
        await stage["kim"].commands(f"log {grade}: gasledningen {grade}ord er brudt")
    asked = verbs or tuple(registry.verbs)
    for verb in asked:
        text = f"{verb} gasledningen" if verb in ("find", "log") else verb
        await kim.mentions(text, "generelt")
        await kim.command(text, "generelt")
        await stage.settle()
    read = [each.shown for each in ours(stage, "generelt")]
    assert len(read) >= len(asked)
    assert not [said for said in read if "gasledningen" in said or "skybrud" in said]


async def test_where_slack_shows_nothing_to_one_alone_all_read_that_it_is_sent_and_never_what(
    stage: SlackStage,
) -> None:
    """R001"""
    stage.slack.fail("chat.postEphemeral", with_=OkFalse("user_not_in_channel"), times=None)
    await stage["lars"].person.mentions("status", "generelt")
    await stage.settle()
    (told,) = all_read(stage, "generelt")
    assert SENT in told
    assert "skybrud" not in told


async def test_what_could_not_be_sent_in_private_is_told_in_place_and_never_what_it_was(stage: SlackStage) -> None:
    """R001: whoever waits for an answer in a chat that takes none would wait for ever."""
    new = stage["new"].person
    stage.slack.channel("generelt").members.append(new.id)
    no_way_to(stage, new.id)
    await new.mentions("varsel røg fra taget på Hedehus Skole", "generelt")
    await stage.settle()
    told = ours(stage, "generelt")[-1]
    assert FAILED in told.shown
    assert "112" in told.shown
    assert told.ephemeral_for == new.id
    assert not [each for each in ours(stage, "generelt") if "røg" in each.shown]
    # The warning itself is kept, and goes up when nobody answers its question.
    await stage.forward(minutes=5)
    assert await stage["jens"].sees("røg fra taget")


@pytest.mark.parametrize("place", ["a colleague's chat", "a channel that we are not in"])
async def test_a_command_where_we_are_no_member_is_told_there_too(stage: SlackStage, place: str) -> None:
    """R001: by the link that Slack gave with it, the very first time too; the answer itself comes in the chat with
    Krisebot."""
    new = stage["new"].person
    where = (
        stage.slack.add_direct_chat(new.id, "U0PIA").id
        if place == "a colleague's chat"
        else stage.slack.add_channel("skolen", new.id, bot=False).id
    )
    said = await new.command("varsel røg fra taget", where)
    assert "direkte besked med Krisebot" in said.text
    await stage.settle()
    assert await stage["new"].sees("røg fra taget")
    assert [each.shown for each in ours(stage, where)] == [said.text]
    no_way_to(stage, new.id)
    await new.command("status", where)
    await stage.settle()
    told = ours(stage, where)[-1]
    assert (FAILED in told.shown, told.ephemeral_for) == (True, new.id)
    assert all_read(stage, where) == []


@pytest.mark.parametrize("chosen", ["Send som varsel", "Gem i log", "Vejledning"])
@pytest.mark.parametrize("chat", [True, False], ids=["a colleague's chat", "a channel"])
async def test_what_was_chosen_in_a_messages_menu_is_told_there_where_it_fails(
    stage: SlackStage, chosen: str, chat: bool
) -> None:
    """R001: it was chosen, filled in, and nothing more was heard."""
    new = stage["new"].person
    where = (stage.slack.add_direct_chat(new.id, "U0PIA") if chat else stage.slack.channel("generelt")).id
    stage.slack.channel(where).members.append(new.id)
    message = stage.slack.world.post(stage.slack.channel(where), "U0PIA", "vand i kælderen")
    no_way_to(stage, new.id)
    await new.shortcut(chosen, message)
    if chosen != "Vejledning":
        await new.submits()
    await stage.settle()
    told = ours(stage, where)[-1]
    assert FAILED in told.shown
    assert (told.ephemeral_for, all_read(stage, where)) == (new.id, [])


async def test_a_link_that_has_run_out_is_no_reason_to_tell_everybody(stage: SlackStage) -> None:
    """R001: nobody else saw the command, and nobody else learns of it; where we are a member it is told beside."""
    new = stage["new"].person
    stage.slack.channel("generelt").members.append(new.id)
    no_way_to(stage, new.id)
    stage.slack.fail("response_url", with_=UsedUp(), times=None)
    await new.command("status", "generelt")
    await stage.settle()
    assert [each.ephemeral_for for each in ours(stage, "generelt") if FAILED in each.shown] == [new.id]
    chat = stage.slack.add_direct_chat(new.id, "U0PIA").id
    await new.command("status", chat)
    await stage.settle()
    assert not [each for each in ours(stage, chat) if FAILED in each.shown]
    assert all_read(stage, chat) == []


@pytest.mark.parametrize(
    "how", [WrongPage(), NoLetters(), ServerError(), pytest.param(Timeout(), marks=pytest.mark.long)], ids=repr
)
async def test_an_answer_that_slacks_link_may_have_taken_is_said_once_more_and_says_so(
    stage: SlackStage, how: Fault
) -> None:
    """D03: a page from somebody between us and Slack was taken for Slack's yes, and letters that nobody can read for a fault of
    ours: the one was lost, and the other said again and again."""
    new = stage["new"].person
    no_way_to(stage, new.id)
    chat = stage.slack.add_direct_chat(new.id, "U0PIA").id
    stage.slack.fail("response_url", with_=how, times=1)
    await new.command("status", chat)
    await stage.settle()
    await stage.forward(minutes=1)
    told = [each.shown for each in ours(stage, chat) if FAILED in each.shown]
    assert len(told) == 1 + how.performs
    assert "gentaget" in told[-1]
    assert all_read(stage, chat) == []


@pytest.mark.parametrize("link", ["https://ondt.example\\.slack.com/x", "https://hooks.slack.com/\u202ex", "https://["])
async def test_a_link_that_is_none_is_not_used_and_nobody_waits_for_it(stage: SlackStage, link: str) -> None:
    """D12"""
    new = stage["new"].person
    stage.slack.channel("generelt").members.append(new.id)
    no_way_to(stage, new.id)
    new._response_url = lambda *_: link  # type: ignore[method-assign]
    await new.command("status", "generelt")
    await stage.settle()
    assert [each.ephemeral_for for each in ours(stage, "generelt") if FAILED in each.shown] == [new.id]


async def test_the_staff_is_answered_in_its_own_channel_and_nothing_is_pointed_to(stage: SlackStage) -> None:
    """R072"""
    room = (await stage.rooms())["slack"]
    before = len(ours(stage, room))
    await stage["lars"].person.mentions("hvem", room)
    await stage["lars"].person.command("hvem", room)
    await stage.settle()
    assert not [each for each in ours(stage, room)[before:] if SENT in each.shown or each.ephemeral_for]


@pytest.mark.parametrize("place", ["generelt", None], ids=["a channel of others", "their chat with us"])
async def test_a_command_is_on_disk_before_anything_is_asked_of_the_database(
    stage: SlackStage, place: str | None
) -> None:
    """R001: forty people who write at once wait for one commit, not for forty questions too."""
    lars = stage["lars"].person
    await lars.command("status", place)
    await stage.settle()
    said = statements_of(stage.database)
    await lars.command("hvem", place)
    assert said[0].startswith("INSERT INTO inbox"), said


async def test_whoever_has_another_chat_with_us_than_before_is_answered_there(stage: SlackStage) -> None:
    """R001: as when a workspace is moved to a Grid organisation; it was a colleague's chat to us until the next start."""
    lars = stage["lars"].person
    await lars.command("status")
    await stage.settle()
    async with stage.database.transaction() as db:
        moved = update(Delivery).where(Delivery.lane == f"slack/{lars.id}", Delivery.sent_at.is_not(None))
        await db.execute(moved.values(ref={"channel": "D0FLYTTET", "ts": "1.1"}))
    stage.slack.world.channels["D0FLYTTET"] = replace(stage.slack.world.dm(lars.id), id="D0FLYTTET")
    answer = await lars.command("hvem", "D0FLYTTET")
    assert "direkte besked" not in answer.text
