"""What a text names by its id has its name before anything is kept: people, channels and user groups."""

from __future__ import annotations

from sqlalchemy import select

from storage.rows.traffic import Inbox
from tests.fakes.slack import ServerError, TimeoutBefore
from tests.stage.platforms import only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage

stage = after(cloudburst)
pytestmark = only_in_slack


async def kept(stage: SlackStage) -> str:
    """The newest text that has come in."""
    async with stage.database.reading() as db:
        row = await db.scalar(select(Inbox).order_by(Inbox.id.desc()).limit(1))
    assert row is not None
    return str(row.body["text"])


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


async def test_a_slack_that_does_not_tell_holds_nobody_up(stage: SlackStage) -> None:
    """R001: the words are kept, with the ids, within the three seconds that Slack waits."""
    channel = named(stage)
    for method in ("users.info", "conversations.info", "usergroups.list"):
        stage.slack.fail(method, with_=TimeoutBefore() if method == "users.info" else ServerError(), times=None)
    answer = await stage["kim"].person.command(f"varsel <@U0NANNA> er faldet i <#{channel}> ved <!subteam^S0BRAND>")
    assert answer.status == 200
    stage.slack.heal()
    await stage.settle()
    assert await kept(stage) == f"varsel @U0NANNA er faldet i #{channel} ved @brugergruppe S0BRAND"


async def test_a_slack_that_lets_one_name_wait_is_not_waited_for_again_in_the_same_act(stage: SlackStage) -> None:
    """R001: the doer's name and those in the text together take no more of the three seconds than one of them."""
    stage.slack.add_user("U0NANNA", "Nanna  Ny", "nanna@htk.example")
    stage.slack.fail("users.info", with_=TimeoutBefore(), times=None)
    asked = len(stage.slack.calls)
    assert (await stage["new"].person.command("varsel <@U0NANNA> er faldet")).status == 200
    about = [each.args["user"] for each in stage.slack.calls[asked:] if each.method == "users.info"]
    assert about == ["U0NANNA"], "nor is the doer's name asked for while it is silent"
    assert await kept(stage) == "varsel @U0NANNA er faldet"


async def test_a_text_of_nothing_but_names_asks_for_no_more_than_a_handful(stage: SlackStage) -> None:
    """R001: three thousand calls for one message would shut Slack for everybody."""
    asked = len(stage.slack.calls)
    await stage["kim"].person.command("log " + " ".join(f"<@U0X{number}>" for number in range(300)))
    await stage.settle()
    calls = [each.method for each in stage.slack.calls[asked:]]
    assert calls.count("users.info") <= 20
