"""The fake Teams does what Microsoft documents of its messages, seen from Microsoft's own adapter."""

from __future__ import annotations

from typing import Any

import pytest
from botbuilder.core import TurnContext
from botbuilder.schema import ChannelAccount, ConversationAccount, ConversationParameters, ConversationReference

from tests.fakes.teams import FakeTeams, TeamsPerson
from tests.fakes.teams.bot import STAFF, Bot, Json, card, execute, message, refused, text_input
from tests.fakes.teams.cards import ADAPTIVE_CARD, LARGEST


async def test_a_message_and_its_edit_reach_a_person_through_the_real_adapter(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    async def turn(context: TurnContext) -> None:
        sent = await context.send_activity(message("Vand i kælderen", card(actions=[execute("Ja"), execute("Nej")])))
        assert jens.sees("Kan du tage den?")[-1].buttons == ["Ja", "Nej"]
        edited = message("Besvaret af Pia")
        edited.id, edited.conversation = sent.id, context.activity.conversation
        await context.update_activity(edited)

    where = ConversationAccount(id=jens.dm)
    me, you = ChannelAccount(id=teams.world.bot_id), ChannelAccount(id="29:x")
    reference = ConversationReference(
        channel_id="msteams", service_url=teams.service_url, conversation=where, bot=me, user=you
    )
    await bot.adapter.continue_conversation(reference, turn, teams.app_id)
    (seen,) = jens.messages()
    assert (seen.shown, seen.buttons, seen.edited) == ("Besvaret af Pia", [], True)
    assert TeamsPerson(teams, "pia").messages() == []
    assert [each.method for each in teams.calls] == ["token", "send", "update"]


async def test_the_first_word_to_a_person_needs_the_tenant_and_the_app_installed(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    def to(who: str, tenant: str | None = teams.tenant) -> ConversationParameters:
        return ConversationParameters(is_group=False, members=[ChannelAccount(id=who)], tenant_id=tenant)

    conversations = await bot.conversations()
    assert (await conversations.create_conversation(to("jens"))).id == jens.dm
    assert (await conversations.create_conversation(to("jens"))).id == jens.dm
    assert await refused(conversations.create_conversation(to("jens", None))) == 403
    assert await refused(conversations.create_conversation(to("ukendt"))) == 400
    teams.install("pia", False)
    assert await refused(conversations.create_conversation(to("pia"))) == 403
    teams.install("pia")
    assert (await conversations.create_conversation(to("pia"))).id == TeamsPerson(teams, "pia").dm


async def test_who_takes_the_app_away_or_blocks_it_gets_nothing(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    await jens.uninstalls()
    assert await refused(bot.sends(jens.dm)) == 403
    await jens.installs()
    teams.block("jens")
    assert await refused(bot.sends(jens.dm)) == 403
    teams.block("jens", False)
    assert await bot.sends(jens.dm)


async def test_where_nothing_is_it_is_not_found(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    conversations = await bot.conversations()
    assert await refused(bot.sends("a:1nowhere")) == 404
    assert await refused(bot.sends(f"{teams.channel('stab').id};messageid=1")) == 404
    assert await refused(conversations.update_activity(jens.dm, "1", message("x"))) == 404
    assert await refused(conversations.delete_activity(jens.dm, "1")) == 404


async def test_the_bot_changes_only_what_it_wrote(bot: Bot, jens: TeamsPerson) -> None:
    await jens.says("hej")
    own = jens.messages()[0]
    conversations = await bot.conversations()
    assert await refused(conversations.update_activity(jens.dm, own.id, message("x"))) == 403
    sent = await bot.sends(jens.dm, "slettes")
    await conversations.delete_activity(jens.dm, sent)
    assert not jens.sees("slettes")


@pytest.mark.parametrize(
    "bad",
    [
        card(version="1.9"),
        card(version=""),
        card({"type": "TextBlok", "text": "x"}),
        card({"type": "TextBlock"}),
        card({"type": "Input.Text"}),
        card(text_input("a"), text_input("a")),
        card(text_input("a", isRequired=True)),
        card({"type": "Input.ChoiceSet", "id": "a", "choices": []}),
        card(actions=[{"type": "Action.Execute", "title": "Ja"}]),
        card(actions=[{"type": "Action.Execute", "verb": "ja"}]),
        card(actions=[execute("Ja")], version="1.3"),
        card(actions=[{**execute("Ja"), "style": "danger"}]),
        {"type": "Card", "version": "1.5"},
    ],
)
async def test_a_card_that_teams_would_not_draw_is_refused(bot: Bot, jens: TeamsPerson, bad: Json) -> None:
    assert await refused(bot.sends(jens.dm, card=bad)) == 400
    assert jens.messages() == []


async def test_twenty_eight_kilobytes_are_taken_and_no_more(bot: Bot, jens: TeamsPerson) -> None:
    room = LARGEST - len(f'[{{"contentType":"{ADAPTIVE_CARD}","content":}}]')
    room -= len(
        '{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"","wrap":true}],"actions":[]}'
    )
    assert await bot.sends(jens.dm, card=card(text="x" * room))
    assert await refused(bot.sends(jens.dm, card=card(text="x" * room + "x"))) == 413
    assert await refused(bot.sends(jens.dm, card=card(text="å" * (room // 2 + 1)))) == 413
    assert await refused(bot.sends(jens.dm, text="")) == 400


async def test_a_thread_is_begun_in_a_channel_and_gone_on_with(teams: FakeTeams, bot: Bot) -> None:
    stab = teams.channel("stab")
    conversations = await bot.conversations()

    def thread(channel: str, **more: Any) -> ConversationParameters:
        return ConversationParameters(is_group=True, channel_data={"channel": {"id": channel}}, **more)

    begun = await conversations.create_conversation(thread(stab.id, activity=message("Krise 1")))
    assert begun.id == f"{stab.id};messageid={begun.activity_id}"
    await bot.sends(begun.id, "Første linje")
    pia = TeamsPerson(teams, "pia")
    assert [(each.text, each.root) for each in pia.messages()] == [("Krise 1", ""), ("Første linje", begun.activity_id)]
    assert TeamsPerson(teams, "lars").messages() == []
    assert await refused(conversations.create_conversation(thread(stab.id))) == 400
    private = teams.add_channel("lukket", STAFF, membership="private")
    assert await refused(conversations.create_conversation(thread(private.id, activity=message("x")))) == 403


async def test_members_come_whole_or_in_pages(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    conversations, stab = await bot.conversations(), teams.channel("stab").id
    assert [each.name for each in await conversations.get_conversation_members(stab)] == ["Jens Lund", "Pia Krogh"]
    assert [each.aad_object_id for each in await conversations.get_conversation_members(jens.dm)] == ["jens"]
    first = await conversations.get_conversation_paged_members(stab, page_size=1)
    rest = await conversations.get_conversation_paged_members(
        stab, page_size=1, continuation_token=first.continuation_token
    )
    assert [each.name for each in first.members + rest.members] == ["Jens Lund", "Pia Krogh"]
    assert rest.continuation_token is None
