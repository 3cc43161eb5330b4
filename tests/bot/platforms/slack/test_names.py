"""What a text names by its id is kept at once, and has its name before anybody reads it: people, channels, user groups."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from aiohttp import web
from sqlalchemy import select

from storage.rows.traffic import Inbox
from tests.fakes.slack import Fault, RateLimited, ServerError, TimeoutBefore
from tests.stage.platforms import only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage

stage = after(cloudburst)
pytestmark = only_in_slack


async def kept(stage: SlackStage, part: str = "text") -> str:
    """The newest text that has come in, or another part of it."""
    async with stage.database.reading() as db:
        row = await db.scalar(select(Inbox).order_by(Inbox.id.desc()).limit(1))
    assert row is not None
    return str(row.body[part])


def named(stage: SlackStage) -> str:
    """A text with a stranger, a channel and a user group in it; the channel's id."""
    stage.slack.add_user("U0NANNA", "Nanna  Ny", "nanna@htk.example")
    stage.slack.world.usergroups = {"S0BRAND": "brandfolk"}
    return stage.slack.add_channel("drift-fjernvarme", bot=True).id


async def test_names_are_asked_for_before_the_log_has_them(stage: SlackStage) -> None:
    """R180: a line that says "U0NANNA" tells nobody anything a year later."""
    channel = named(stage)
    await stage["kim"].person.command(f"log <@U0NANNA> og <!subteam^S0BRAND> er på vej, se <#{channel}|>")
    await stage.settle()
    assert await kept(stage) == "log Nanna Ny og @brandfolk er på vej, se #drift-fjernvarme"
    assert [each for each in await stage.part("log") if "Nanna Ny og @brandfolk er på vej" in each["summary"]]
    # Known once, nobody is asked again.
    asked = len(stage.slack.calls)
    await stage["kim"].person.command(f"log <@U0NANNA> er her med <!subteam^S0BRAND> i <#{channel}>")
    calls = [each.method for each in stage.slack.calls[asked:]]
    assert not {"users.info", "conversations.info", "usergroups.list"} & set(calls)


async def test_without_the_scope_the_text_beside_the_id_is_used_and_nothing_is_amiss(stage: SlackStage) -> None:
    """R180: an older grant goes on working; `doctor` names the scope."""
    named(stage)
    stage.slack.scopes -= {"usergroups:read", "channels:read", "groups:read"}
    await stage["kim"].person.command(
        "log <!subteam^S0BRAND|@brandvagt> og <!subteam^S0ANDRE> er på vej til <#C0X|torvet>"
    )
    await stage.settle()
    assert await kept(stage) == "log @brandvagt og @brugergruppe S0ANDRE er på vej til #torvet"
    assert stage.bot.engine.platforms["slack"].trouble() is None


@pytest.mark.long
async def test_a_slack_that_does_not_tell_holds_nobody_up(stage: SlackStage) -> None:
    """R001: the words are kept, with the ids, within the three seconds that Slack waits."""
    channel = named(stage)
    for method in ("users.info", "conversations.info", "usergroups.list"):
        stage.slack.fail(method, with_=TimeoutBefore() if method == "users.info" else ServerError(), times=None)
    answer = await stage["kim"].person.command(f"varsel <@U0NANNA> er faldet i <#{channel}> ved <!subteam^S0BRAND>")
    assert answer.status == 200
    await stage.settle()
    stage.slack.heal()
    assert await kept(stage) == f"varsel @U0NANNA er faldet i #{channel} ved @brugergruppe S0BRAND"


@dataclass(frozen=True)
class LooksOnDisk(TimeoutBefore):
    """A Slack that tells nothing, and notes what stood on disk when it was asked."""

    stage: SlackStage
    stood: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.stood.append(await kept(self.stage))
        self.stage.slack.world.touch()
        return await super().answer(request)


NAMING = ("users.info", "conversations.info", "usergroups.list")


async def test_whoever_names_a_colleague_loses_nothing_when_krisebot_dies_while_slack_is_asked(
    stage: SlackStage,
) -> None:
    """R001: Slack brings a command once. It was lost with the process for as long as a name could be waited for."""
    channel = named(stage)
    asked = LooksOnDisk(stage)
    for method in NAMING:
        stage.slack.fail(method, with_=asked, times=None)
    written = f"log <@U0NANNA>s bil er i <#{channel}> hos <!subteam^S0BRAND>"
    assert (await stage["kim"].person.command(written)).status == 200
    await stage.slack.until(lambda: len(asked.stood) >= len(NAMING))
    assert set(asked.stood) == {f"log @U0NANNAs bil er i #{channel} hos @brugergruppe S0BRAND"}
    await stage.kill()
    stage.slack.heal()
    await stage.settle()
    assert await kept(stage) == "log Nanna Nys bil er i #drift-fjernvarme hos @brandfolk"
    (line,) = [each for each in await stage.part("log") if "bil" in each["summary"]]
    assert "Nanna Nys bil er i #drift-fjernvarme hos @brandfolk" in line["summary"]
    assert "U0NANNA" not in str(line)


async def test_what_is_sent_on_and_what_is_picked_get_their_names_too(stage: SlackStage) -> None:
    """R180 R140: above a message that is sent on, in it, and in a form's picker."""
    named(stage)
    kim = stage["kim"].person
    await stage["kim"].commands("tiltag")
    await kim.presses("Nyt tiltag")
    await kim.submits({"title": "Pumper", "owner@who": "U0NANNA"})
    await stage.settle()
    async with stage.database.reading() as db:
        row = await db.scalar(select(Inbox).order_by(Inbox.id.desc()).limit(1))
    assert row is not None
    assert row.body["values"]["owner"] == "Nanna Ny"
    stage.slack.add_user("U0OLGA", "Olga  Ny", "olga@htk.example")
    _, written = kim._writes("<@U0OLGA> så det", "generelt", "")
    await kim.forwards(written, "spørg <@U0OLGA> om <@U0NANNA>")
    await stage.settle()
    assert await kept(stage) == "Olga Ny så det"
    assert await kept(stage, "comment") == "spørg Olga Ny om Nanna Ny"


@pytest.mark.long
@pytest.mark.parametrize("how", [ServerError(), TimeoutBefore()], ids=["refused", "silent"])
async def test_a_person_whose_words_slack_gives_no_name_for_keeps_their_order(stage: SlackStage, how: Fault) -> None:
    """R001: what they said next waits for what they said first."""
    named(stage)
    stage.slack.fail("users.info", with_=how, times=None)
    kim = stage["kim"].person
    await kim.command("log først <@U0NANNA>")
    await kim.command("log så vi andre")
    await stage.settle()
    said = [each["summary"] for each in await stage.part("log")][-2:]
    assert [each.partition("log ")[2] or each for each in said] == ["først @U0NANNA", "så vi andre"]


async def test_a_slack_that_asks_for_peace_is_asked_for_no_name_meanwhile(stage: SlackStage) -> None:
    """R001: each word of theirs asked it twice more, and so it went on being asked."""
    named(stage)
    stage.slack.fail("users.info", with_=RateLimited(30), times=None)
    asked = len(stage.slack.calls)
    for number in range(3):
        await stage["kim"].person.command(f"log <@U0NANNA> har sagt det {number} gange")
        await stage.settle()
    assert len([each for each in stage.slack.calls[asked:] if each.method == "users.info"]) == 1
    assert await kept(stage) == "log @U0NANNA har sagt det 2 gange"


@pytest.mark.long
async def test_a_slack_that_lets_one_name_wait_is_not_waited_for_again_in_the_same_act(stage: SlackStage) -> None:
    """R001: the doer's name and those in the text are asked for together, and keep a turn no longer than one of them."""
    stage.slack.add_user("U0NANNA", "Nanna  Ny", "nanna@htk.example")
    stage.slack.fail("users.info", with_=TimeoutBefore(), times=None)
    asked = len(stage.slack.calls)
    assert (await stage["new"].person.command("varsel <@U0NANNA> er faldet")).status == 200
    await stage.settle()
    await stage["new"].person.command("log <@U0NANNA> er oppe")
    await stage.settle()
    about = [each.args["user"] for each in stage.slack.calls[asked:] if each.method == "users.info"]
    assert sorted(about) == ["U0NANNA", "U0NEW"], "nor is anybody's name asked for while it is silent"
    assert await kept(stage) == "log @U0NANNA er oppe"


async def test_a_text_of_nothing_but_names_asks_for_no_more_than_a_handful(stage: SlackStage) -> None:
    """R001: three thousand calls for one message would shut Slack for everybody."""
    asked = len(stage.slack.calls)
    await stage["kim"].person.command("log " + " ".join(f"<@U0X{number}>" for number in range(300)))
    await stage.settle()
    calls = [each.method for each in stage.slack.calls[asked:]]
    assert calls.count("users.info") <= 20
