"""The fake Teams does what Microsoft documents of tokens and of Graph."""

from __future__ import annotations

import pytest

from tests.fakes.teams import FakeTeams, TeamsPerson
from tests.fakes.teams.bot import BOT_SCOPE, STAFF, Bot, refused


async def test_only_the_right_secret_gets_a_token_and_only_a_good_token_opens_the_door(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    assert await refused(bot.token(BOT_SCOPE, secret="gættet")) == 401
    assert await refused(bot.token("https://api.botframework.com")) == 400
    await bot.sends(jens.dm)
    teams.entra.revoke()
    assert await refused(bot.sends(jens.dm)) == 401
    bot.forget_tokens()
    teams.entra.lasts = -1
    assert await refused(bot.sends(jens.dm)) == 401


async def test_a_token_for_the_bot_is_none_for_graph(teams: FakeTeams, bot: Bot) -> None:
    path = f"/teams/{STAFF}/channels"
    assert (await bot.graph("GET", path, token=await bot.token(BOT_SCOPE)))[0] == 401
    assert (await bot.graph("GET", path))[0] == 200


async def test_graph_makes_a_channel_that_the_bot_can_write_in(teams: FakeTeams, bot: Bot) -> None:
    status, made = await bot.graph("POST", f"/teams/{STAFF}/channels", {"displayName": "Krise 1 skybrud"})
    assert status == 201
    assert made["id"].endswith("@thread.tacv2")
    await bot.sends(made["id"], "Velkommen")
    assert TeamsPerson(teams, "pia").sees("Velkommen")
    names = [each["displayName"] for each in (await bot.graph("GET", f"/teams/{STAFF}/channels"))[1]["value"]]
    assert names == ["General", "stab", "Krise 1 skybrud"]
    changed = {"displayName": "Krise 1 afblæst", "description": "Afblæst kl. 21.14"}
    assert (await bot.graph("PATCH", f"/teams/{STAFF}/channels/{made['id']}", changed))[0] == 204
    assert (await bot.graph("POST", f"/teams/{STAFF}/channels/{made['id']}/archive"))[0] == 202
    assert await refused(bot.sends(made["id"])) == 403
    assert teams.channel("Krise 1 afblæst").description == "Afblæst kl. 21.14"


@pytest.mark.parametrize("name", ["", "x" * 51, "krise: skybrud", "_krise", "krise.", "STAB", None])
async def test_a_channel_name_that_graph_would_refuse_is_refused(bot: Bot, name: str) -> None:
    status, body = await bot.graph("POST", f"/teams/{STAFF}/channels", {"displayName": name})
    taken = name == "STAB"
    assert (status, body["error"]["innerError"]["code"] == "NameAlreadyExists") == (400, taken)


async def test_without_consent_graph_does_nothing(teams: FakeTeams, bot: Bot) -> None:
    teams.graph_granted = False
    assert (await bot.graph("POST", f"/teams/{STAFF}/channels", {"displayName": "krise"}))[0] == 403
    assert (await bot.graph("GET", "/users/jens"))[0] == 403
    teams.consents.add("Channel.Create.Group")
    assert (await bot.graph("POST", f"/teams/{STAFF}/channels", {"displayName": "krise"}))[0] == 201
    assert (await bot.graph("GET", "/users/jens"))[0] == 403


async def test_graph_lets_people_in_and_out_of_the_team(teams: FakeTeams, bot: Bot) -> None:
    lars = TeamsPerson(teams, "lars")
    kind = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": []}
    bind = {"user@odata.bind": "https://graph.microsoft.com/v1.0/users('lars')"}
    status, member = await bot.graph("POST", f"/teams/{STAFF}/members", {**kind, **bind})
    assert (status, member["userId"]) == (201, "lars")
    await bot.sends(teams.channel("stab").id, "Til staben")
    assert lars.sees("Til staben")
    people = [each["userId"] for each in (await bot.graph("GET", f"/teams/{STAFF}/members"))[1]["value"]]
    assert people == ["jens", "pia", "lars"]
    assert (await bot.graph("DELETE", f"/teams/{STAFF}/members/{member['id']}"))[0] == 204
    assert lars.messages() == []
    assert (await bot.graph("POST", f"/teams/{STAFF}/members", kind))[0] == 400
    assert (await bot.graph("GET", "/users/lars"))[1]["displayName"] == "Lars Vinther"
    assert (await bot.graph("GET", "/users/ukendt"))[0] == 404
    assert (await bot.graph("GET", "/teams/ukendt/channels"))[0] == 404
