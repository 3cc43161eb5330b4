"""`krisebot doctor` asks each platform what was granted, and says what is lost by what was not."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest

from bot import doctor
from bot.settings import Settings
from manifest.package import read
from storage.plan import loading
from tests.fakes.slack import FakeSlack, OkFalse, ServerError
from tests.fakes.teams import FakeTeams, Refusal
from tests.fakes.teams.graph import INSTALL
from tests.stage.slack import SlackStage
from tests.stage.teams import TeamsStage

STAFF_TEAM = loading.example().rooms.teams.group or ""
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def told(url: str, **settings: Any) -> list[str]:
    return await doctor.examine(Settings(_env_file=None, KRISEBOT_DATABASE_URL=url, **settings))  # type: ignore[call-arg]


async def test_of_slack_each_scope_that_is_missing_is_named_with_what_is_lost(database_url: str) -> None:
    """R070 R213: what it can do without is a warning, what it can't is a fault."""
    async with FakeSlack() as slack:
        settings = slack.settings
        assert "OK  Slack: alle rettigheder er givet" in await told(database_url, **settings)
        slack.scopes -= {"pins:write", "chat:write"}
        lines = await told(database_url, **settings)
        assert "ADVARSEL  Slack: pins:write er ikke givet: stabens kort bliver ikke fastgjort i dens kanal." in lines
        assert "FEJL  Slack: chat:write er ikke givet: Krisebot kan ikke skrive til nogen." in lines
        assert not [each for each in lines if "bookmarks:write" in each]
        slack.fail("auth.test", with_=OkFalse("invalid_auth"))
        assert any(
            "siger ikke, hvilke rettigheder" in each and "invalid_auth" in each
            for each in await told(database_url, **settings)
        )


async def test_of_graph_each_permission_that_is_missing_is_named_with_what_is_lost(database_url: str) -> None:
    """R070 R213."""
    async with FakeTeams() as teams:
        teams.consents |= {INSTALL}
        teams.add_team(STAFF_TEAM, "Krisestab")
        assert "OK  Teams: alle rettigheder er givet" in await told(database_url, **teams.settings())
        teams.consents -= {"User.Read.All", INSTALL}
        lines = await told(database_url, **teams.settings())
        assert any(each.startswith("ADVARSEL  Teams: User.Read.All er ikke givet: ") for each in lines)
        assert any(each.startswith(f"ADVARSEL  Teams: {INSTALL} er ikke givet: ") for each in lines)
        assert not [each for each in lines if "TeamMember" in each or ".Group" in each]
        # What an owner gives in the staff's team alone is in no token.
        teams.consents -= {"ChannelMessage.Read.Group"}
        lines = await told(database_url, **teams.settings())
        assert [each for each in lines if ".Group" in each] == [
            "ADVARSEL  Teams: ChannelMessage.Read.Group er ikke givet: i stabens kanal hører Krisebot kun det, der begynder med @Krisebot."
        ]
        teams.consents -= {"TeamsAppInstallation.Read.Group", "TeamsAppInstallation.ReadForTeam.All"}
        lines = await told(database_url, **teams.settings())
        assert [each.partition(" er ")[0] for each in lines if ".Group" in each] == [
            "ADVARSEL  Teams: TeamsAppInstallation.Read.Group"
        ]
        teams.down()
        assert any(
            "Teams siger ikke, hvilke rettigheder" in each for each in await told(database_url, **teams.settings())
        )


async def test_an_older_package_in_teams_is_told_of(database_url: str) -> None:
    """R213: what it lacks, a slash command or an answer in a group's chat, can't be seen in any permission."""
    own = read("")["version"]
    async with FakeTeams() as teams:
        assert (
            f"ADVARSEL  Teams: pakken i Teams er 1.1.0, og Krisebots er {own}. Byg den med krisebot teams-package, og upload den"
            in await told(database_url, **teams.settings())
        )
        teams.world.package = own
        assert f"OK  Teams: pakken i Teams er Krisebots egen ({own})" in await told(database_url, **teams.settings())
        # Where we may not look, that is what is told, once.
        teams.consents -= {"AppCatalog.Read.All"}
        lines = await told(database_url, **teams.settings())
        assert len([each for each in lines if "pakken" in each or "AppCatalog" in each]) == 1


async def test_a_home_page_that_was_opened_is_told_of_as_drawn_or_as_not(database_url: str) -> None:
    """R256: no scope tells whether the app's page is switched on."""
    async with SlackStage(database_url) as stage:
        jens = stage["jens"].person
        assert not [line for line in await told(database_url) if "Hjem er" in line]
        stage.slack.fail("views.publish", with_=ServerError())
        await jens.opens_home()
        await stage.settle()
        # The stage's clock stands in July, and doctor's is the machine's.
        assert any(
            line.startswith("ADVARSEL  Slack: Hjem er åbnet af 1, og er ikke tegnet.")
            for line in await told(database_url)
        )
        await stage.forward(minutes=2)
        assert "OK  Slack: Hjem er tegnet for 1, der har det åbent" in await told(database_url)


async def test_a_quoted_answer_in_teams_that_was_read_as_one_is_told_of_with_its_time(database_url: str) -> None:
    """R005: whether the clients bring what is quoted can be seen in no permission."""
    async with TeamsStage(database_url) as stage:
        await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
        await stage["finn"].presses("Ja")
        assert not [line for line in await told(database_url) if "citeret" in line]
        await stage["jens"].answers("vand i kælderen", "jeg har den")
        assert (await stage.part("escalation"))[0]["result"] == "contact"
        assert "OK  Teams: et citeret svar er læst som svar, senest 02.07.2026 kl. 14:00" in await told(database_url)


async def test_a_staffs_channel_whose_new_name_was_heard_is_told_of(database_url: str) -> None:
    """R213: which events an app is sent can be seen in no permission."""
    async with SlackStage(database_url) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        assert not [line for line in await told(database_url) if "omdøbt" in line]
        channel = next(each for each in stage.slack.world.channels.values() if each.name.startswith("krise-"))
        await stage["finn"].person.happens("group_rename", channel={"id": channel.id, "name": "krise-vand"})
        await stage.settle()
        assert "OK  Slack: en omdøbt kanal er hørt" in await told(database_url)


@pytest.mark.long
@pytest.mark.parametrize("stage_of", [SlackStage, TeamsStage])
async def test_where_no_channel_can_be_made_everybody_is_told_and_status_readyz_and_doctor_say_it(
    database_url: str, stage_of: type[SlackStage] | type[TeamsStage]
) -> None:
    """R030 R032 D02: the staff looks for its channel, and nobody knew that there is none."""
    text = re.sub(r"kanal: \"19:[^\"]*\"", "kanal: null", loading.example_text())
    async with stage_of(database_url, plan_=loading.parse(text, "planen")) as stage:
        title = "Slack" if isinstance(stage, SlackStage) else "Teams"
        if isinstance(stage, SlackStage):
            stage.slack.fail("conversations.create", with_=OkFalse("restricted_action"), times=None)
        else:
            stage.teams.fail("graph", with_=Refusal(403, "Forbidden"), times=None)
        await stage["jens"].commands("aktiver 2 skybrud")
        await stage.forward(minutes=2)
        text, said = f"Krisestabens kanal i {title} kan ikke bruges", f"Krisestaben har ingen kanal i {title} lige nu"
        every = ("jens", "lars", "kim", "anne", "ole", "mads")
        assert [each for each in every if not await stage[each].sees(said)] == []
        assert await stage["kim"].sees(text)
        assert not await stage["finn"].sees(said)
        name = "/krise" if title == "Slack" else "@Krisebot"
        assert await stage["anne"].sees(f"skriver I med {name} log.")
        await stage["anne"].commands("status")
        shown = [each for each in await stage["anne"].reads() if each.startswith("Nr. 1: skybrud")]
        assert text in shown[-1]
        async with aiohttp.ClientSession() as client, client.get(f"{stage.address}/readyz") as ready:
            assert "kanalen krise-" in await ready.text()
        (line,) = [each for each in await told(database_url) if "krisestabens kanal" in each]
        assert line.startswith(f"ADVARSEL  {title}: krisestabens kanal krise-")
