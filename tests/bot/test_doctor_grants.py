"""`krisebot doctor` asks each platform what was granted, and says what is lost by what was not."""

from __future__ import annotations

from typing import Any

import pytest

from bot import doctor
from bot.settings import Settings
from tests.fakes.slack import FakeSlack, OkFalse
from tests.fakes.teams import FakeTeams
from tests.fakes.teams_graph import INSTALL

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def told(url: str, **settings: Any) -> list[str]:
    return await doctor.examine(Settings(_env_file=None, KRISEBOT_DATABASE_URL=url, **settings))  # type: ignore[call-arg]


async def test_of_slack_each_scope_that_is_missing_is_named_with_what_is_lost(database_url: str) -> None:
    """R070 R213: what it can do without is a warning, what it can't is a fault."""
    async with FakeSlack() as slack:
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.url,
        }
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
        assert "OK  Teams: alle rettigheder er givet" in await told(database_url, **teams.settings())
        teams.consents -= {"User.Read.All", INSTALL}
        lines = await told(database_url, **teams.settings())
        assert any(each.startswith("ADVARSEL  Teams: User.Read.All er ikke givet: ") for each in lines)
        assert any(each.startswith(f"ADVARSEL  Teams: {INSTALL} er ikke givet: ") for each in lines)
        assert not [each for each in lines if "TeamMember" in each]
        teams.down()
        assert any(
            "Teams siger ikke, hvilke rettigheder" in each for each in await told(database_url, **teams.settings())
        )
