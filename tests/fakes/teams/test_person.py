"""What people do in the fake Teams reaches the bot as Teams sends it."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpServer

from tests.fakes.teams import NOT_JSON, FakeTeams, Forgery, TeamsPerson
from tests.fakes.teams.bot import STAFF, Bot, card, dialog, execute, message, submit, text_input
from tests.fakes.teams.cards import ADAPTIVE_CARD


async def test_what_is_said_comes_as_teams_sends_it_and_is_answered_in_place(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    answer = await jens.says("vand i kælderen <nu> & her")
    assert answer.in_time
    (heard,) = bot.heard
    assert heard["text"] == "vand i kælderen <nu> & her"
    assert heard["from"] == {"id": heard["from"]["id"], "name": "Jens Lund", "aadObjectId": "jens"}
    assert heard["conversation"] == {"conversationType": "personal", "tenantId": teams.tenant, "id": jens.dm}
    assert heard["channelData"]["tenant"]["id"] == teams.tenant
    assert heard["serviceUrl"] == teams.service_url
    assert jens.sees("Du skrev: vand i kælderen <nu> & her")


@pytest.mark.parametrize("gap", ["&nbsp;", "\xa0", " ", "  ", ""])
async def test_in_a_channel_the_bot_hears_only_its_own_name(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson, gap: str
) -> None:
    assert (await jens.says("uden navn", "stab")).status == 0
    await jens.mentions("status", "stab", gap=gap)
    (heard,) = bot.heard
    assert heard["text"] == f"<at>Krisebot</at>{gap}status\n"
    (mention,) = [each for each in heard["entities"] if each["type"] == "mention"]
    assert mention["mentioned"]["id"] == heard["recipient"]["id"] == teams.world.bot_id
    stab, root = teams.channel("stab"), jens.messages()[1]
    assert heard["conversation"]["id"] == f"{stab.id};messageid={root.id}"
    assert heard["channelData"]["channel"]["id"] == stab.id
    assert TeamsPerson(teams, "pia").sees("Du skrev")[-1].root == root.id


async def test_who_is_not_in_the_channel_says_nothing_there(teams: FakeTeams, target: str) -> None:
    with pytest.raises(AssertionError, match="is not in stab"):
        await TeamsPerson(teams, "lars", target).mentions("status", "stab")


async def test_with_the_right_to_all_messages_the_bot_hears_what_is_said_and_changed(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    teams.hears_all = True
    await jens.says("12 beboere", "stab")
    await jens.edits(jens.messages()[0], "14 beboere")
    assert [each["type"] for each in bot.heard] == ["message", "messageUpdate"]


async def test_a_button_sends_what_was_filled_in_and_its_answer_is_for_the_presser_alone(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    choices = [{"title": "To", "value": "2"}, {"title": "En", "value": "1"}]
    choice = {"type": "Input.ChoiceSet", "id": "level", "choices": choices, "value": "2"}
    asked = card(text_input("title", value="Skybrud"), choice, actions=[execute("Ja", do="level", args={"n": 2})])
    stab = teams.channel("stab").id
    sent = await bot.sends(stab, card=asked)
    pia = TeamsPerson(teams, "pia")
    bot.answers["adaptiveCard/action"] = {
        "statusCode": 200,
        "type": ADAPTIVE_CARD,
        "value": card(text="Besvaret"),
    }
    answer = await jens.presses("Ja", values={"title": "Oversvømmelse"})
    assert answer.json["value"]["type"] == "AdaptiveCard"
    heard = bot.heard[-1]
    assert (heard["type"], heard["name"], heard["replyToId"]) == ("invoke", "adaptiveCard/action", sent)
    action = heard["value"]["action"]
    assert (action["type"], action["id"], action["verb"]) == ("Action.Execute", "id-Ja", "do-Ja")
    assert action["data"] == {"do": "level", "args": {"n": 2}, "title": "Oversvømmelse", "level": "2"}
    assert jens.sees("Besvaret")[-1].buttons == []
    assert pia.messages()[-1].buttons == ["Ja"]
    await (await bot.conversations()).update_activity(stab, sent, message("Jens har den"))
    assert (jens.messages()[-1].shown, pia.messages()[-1].shown) == ("Jens har den", "Jens har den")


async def test_an_old_button_can_be_pressed_and_a_missing_one_cannot(bot: Bot, jens: TeamsPerson) -> None:
    sent = await bot.sends(jens.dm, card=card(actions=[execute("Ja")]))
    old = jens.messages()[-1]
    await (await bot.conversations()).update_activity(jens.dm, sent, message("Besvaret"))
    word = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Allerede besvaret"}
    bot.answers["adaptiveCard/action"] = word
    with pytest.raises(AssertionError, match="no button 'Ja'"):
        await jens.presses("Ja")
    await jens.presses("Ja", old)
    assert jens.notice == "Allerede besvaret"


async def test_an_answer_to_a_button_that_teams_cannot_show_is_a_failure(bot: Bot, jens: TeamsPerson) -> None:
    await bot.sends(jens.dm, card=card(actions=[execute("Ja")]))
    for bad in ({"ok": True}, {"statusCode": 200, "type": "text", "value": "ja"}):
        bot.answers["adaptiveCard/action"] = bad
        with pytest.raises(AssertionError, match=r"Teams (shows|knows)"):
            await jens.presses("Ja")


async def test_what_must_be_filled_in_is_demanded_before_the_bot_hears_of_it(bot: Bot, jens: TeamsPerson) -> None:
    required = text_input("reason", isRequired=True, errorMessage="Skriv hvorfor")
    await bot.sends(jens.dm, card=card(required, actions=[execute("Afblæs")]))
    with pytest.raises(AssertionError, match="must be filled in"):
        await jens.presses("Afblæs")
    with pytest.raises(AssertionError, match="no fields"):
        await jens.presses("Afblæs", values={"grund": "x"})
    assert bot.heard == []


async def test_a_button_may_open_a_dialog_that_is_filled_in_and_submitted(bot: Bot, jens: TeamsPerson) -> None:
    await bot.sends(jens.dm, card=card(actions=[submit("Afblæs", msteams={"type": "task/fetch"}, do="end")]))
    bot.answers["task/fetch"] = dialog("Afblæs", card(text_input("reason"), actions=[submit("Send", do="end")]))
    bot.answers["task/submit"] = {"task": {"type": "message", "value": "Modtaget"}}
    await jens.presses("Afblæs")
    assert bot.heard[-1]["value"]["data"] == {"msteams": {"type": "task/fetch"}, "do": "end"}
    opened = jens.dialog
    assert opened is not None
    assert (opened.title, opened.fields, opened.buttons) == ("Afblæs", ["reason"], ["Send"])
    await jens.submits({"reason": "normal drift"})
    assert bot.heard[-1]["name"] == "task/submit"
    assert bot.heard[-1]["value"]["data"] == {"do": "end", "reason": "normal drift"}
    assert (jens.dialog, jens.notice) == (None, "Modtaget")


async def test_a_dialog_with_a_fault_comes_back_and_one_can_be_closed(bot: Bot, jens: TeamsPerson) -> None:
    await bot.sends(jens.dm, card=card(actions=[submit("Ret", msteams={"type": "task/fetch"})]))
    bot.answers["task/fetch"] = dialog("Ret", card(text_input("time"), actions=[submit("Send")]))
    bot.answers["task/submit"] = dialog("Ret igen", card(text_input("time"), actions=[submit("Send")]))
    await jens.presses("Ret")
    await jens.submits({"time": "i går"})
    assert jens.dialog is not None
    assert jens.dialog.title == "Ret igen"
    jens.closes()
    with pytest.raises(AssertionError, match="no dialog"):
        await jens.submits()


async def test_a_plain_submit_is_a_message_with_a_value(bot: Bot, jens: TeamsPerson) -> None:
    sent = await bot.sends(jens.dm, card=card(text_input("a"), actions=[submit("Send", x=1)]))
    await jens.presses("Send", values={"a": "æ"})
    heard = bot.heard[-1]
    assert (heard["type"], heard["value"], heard["replyToId"]) == ("message", {"x": 1, "a": "æ"}, sent)


async def test_a_colleagues_message_is_saved_with_author_and_time(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson, target: str
) -> None:
    pia = TeamsPerson(teams, "pia", target)
    await pia.says("12 beboere <skal> flyttes", "stab")
    said = jens.sees("12 beboere")[-1]
    bot.answers["composeExtension/fetchTask"] = dialog("Gem i log", card(text_input("note"), actions=[submit("Gem")]))
    await jens.saves(said)
    heard = bot.heard[-1]["value"]
    assert (heard["commandId"], heard["commandContext"]) == ("gemILog", "message")
    payload = heard["messagePayload"]
    assert (payload["id"], payload["from"]["user"]["id"]) == (said.id, "pia")
    assert payload["body"] == {"contentType": "html", "content": "<div>12 beboere &lt;skal&gt; flyttes</div>"}
    await jens.submits({"note": "n"})
    submitted = bot.heard[-1]
    assert submitted["name"] == "composeExtension/submitAction"
    assert submitted["value"]["data"] == {"note": "n"}
    assert submitted["value"]["messagePayload"]["id"] == said.id
    assert jens.dialog is None


async def test_installing_tells_the_bot_who_and_where(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    teams.install("jens", False)
    await jens.installs()
    update, install = bot.heard
    assert (update["type"], update["membersAdded"]) == ("conversationUpdate", [{"id": teams.world.bot_id}])
    assert (install["type"], install["action"]) == ("installationUpdate", "add")
    assert install["conversation"]["id"] == jens.dm
    await jens.installs(team=STAFF)
    assert bot.heard[-1]["channelData"]["team"]["aadGroupId"] == STAFF


async def test_edits_deletions_and_reactions_are_told(bot: Bot, jens: TeamsPerson) -> None:
    await jens.says("12 beboere")
    own, reply = jens.messages()
    await jens.edits(own, "14 beboere")
    update = bot.heard[-1]
    assert (update["type"], update["id"], update["text"]) == ("messageUpdate", own.id, "14 beboere")
    assert update["channelData"]["eventType"] == "editMessage"
    await jens.deletes(jens.messages()[0])
    assert (bot.heard[-1]["type"], bot.heard[-1]["id"]) == ("messageDelete", own.id)
    await jens.reacts("like", reply)
    assert (bot.heard[-1]["reactionsAdded"], bot.heard[-1]["replyToId"]) == ([{"type": "like"}], reply.id)
    with pytest.raises(AssertionError, match="own messages"):
        await jens.edits(reply, "x")


async def test_a_retry_is_the_same_activity_again(bot: Bot, jens: TeamsPerson) -> None:
    await jens.says("varsel")
    await jens.retry()
    assert bot.heard[0] == bot.heard[1]


async def test_every_forgery_is_delivered_and_spoilt_in_its_own_way(
    teams: FakeTeams, aiohttp_server: AiohttpServer
) -> None:
    seen: list[tuple[str | None, bytes]] = []

    async def receive(request: Any) -> web.Response:
        seen.append((request.headers.get("Authorization"), await request.read()))
        return web.Response(status=401)

    app = web.Application()
    app.router.add_post("/api/messages", receive)
    server = await aiohttp_server(app)
    jens = TeamsPerson(teams, "jens", str(server.make_url("")).rstrip("/"))
    for how in Forgery:
        assert (await jens.forged(how)).status == 401
    assert len(seen) == len(Forgery)
    right = {how for how, (token, _) in zip(Forgery, seen, strict=True) if _valid(teams, token)}
    spoilt_bodies = {
        Forgery.OTHER_SERVICE_URL,
        Forgery.NO_SERVICE_URL,
        Forgery.FOREIGN_TENANT,
        Forgery.NO_TENANT,
        Forgery.NO_CHANNEL_ID,
        Forgery.OTHER_CHANNEL_ID,
    }
    assert right == spoilt_bodies | set(NOT_JSON)


def _valid(teams: FakeTeams, authorization: str | None) -> bool:
    """Whether the token is one that Teams itself would have sent."""
    key = teams.keys.jwks()["keys"][0]
    try:
        token = (authorization or "").removeprefix("Bearer ")
        known: bool = jwt.get_unverified_header(token)["kid"] == key["kid"]
        issuer = "https://api.botframework.com"
        jwt.decode(
            token,
            jwt.PyJWK(key),
            ["RS256"],
            audience=teams.app_id,
            issuer=issuer,
            options={"require": ["exp", "serviceurl", "iss", "aud"]},
        )
    except (KeyError, jwt.PyJWTError):
        return False
    return known
