"""The fake Teams fails as it is told to, and no more than it may."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
from botbuilder.schema import ChannelAccount, ConversationParameters

from tests.fakes.teams import (
    DisconnectAfter,
    DisconnectBefore,
    FakeTeams,
    Fault,
    Precondition,
    RateLimited,
    ServerError,
    TeamsPerson,
    Timeout,
    TimeoutBefore,
    WrongPage,
)
from tests.fakes.teams.bot import Bot, Refusal, message, refused


@pytest.mark.parametrize(
    ("fault", "status"),
    [(RateLimited(7), 429), (ServerError(502), 502), (Precondition(), 412), (ServerError(504), 504)],
)
async def test_a_refusal_that_was_asked_for_comes_as_often_as_asked_and_does_nothing(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson, fault: Fault, status: int
) -> None:
    teams.fail("send", with_=fault, times=2)
    assert [await refused(bot.sends(jens.dm)) for _ in range(2)] == [status, status]
    assert jens.messages() == []
    assert teams.faults_left == 0
    await bot.sends(jens.dm, "endelig")
    assert jens.sees("endelig")


async def test_how_long_to_wait_is_told(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    teams.fail("send", with_=RateLimited(7))
    with pytest.raises(Refusal) as refusal:
        await bot.sends(jens.dm)
    assert refusal.value.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("fault", "done"),
    [(Timeout(), True), (TimeoutBefore(), False), (DisconnectAfter(), True), (DisconnectBefore(), False)],
)
async def test_a_lost_answer_may_or_may_not_have_been_a_sent_message(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson, fault: Fault, done: bool
) -> None:
    teams.fail("send", with_=fault)
    with pytest.raises((TimeoutError, aiohttp.ClientError)):
        async with asyncio.timeout(0.3):
            await bot.sends(jens.dm, "i tvivl")
    assert bool(jens.sees("i tvivl")) is done
    (call,) = teams.calls_to("send")
    assert (call.ok, call.status) == (False, 201 if done else 0)


async def test_a_fault_may_be_for_one_place_alone(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    pia = TeamsPerson(teams, "pia")
    teams.fail("*", with_=ServerError(503), times=None, channel="pia")
    teams.fail("send", with_=ServerError(500), times=None, channel="stab")
    await bot.sends(jens.dm)
    assert await refused(bot.sends(pia.dm)) == 503
    to_pia = ConversationParameters(is_group=False, members=[ChannelAccount(id="pia")], tenant_id=teams.tenant)
    assert await refused((await bot.conversations()).create_conversation(to_pia)) == 503
    assert await refused(bot.sends(teams.channel("stab").id)) == 500
    teams.heal()
    await bot.sends(pia.dm)


async def test_each_service_fails_by_its_own_name(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    sent = await bot.sends(jens.dm)
    for name in ("update", "delete", "members", "graph", "token"):
        teams.fail(name, with_=ServerError(503))
    conversations = await bot.conversations()
    assert await refused(conversations.update_activity(jens.dm, sent, message("x"))) == 503
    assert await refused(conversations.delete_activity(jens.dm, sent)) == 503
    assert await refused(conversations.get_conversation_members(jens.dm)) == 503
    bot.forget_tokens()
    with pytest.raises((Refusal, aiohttp.ClientError)):
        await bot.sends(jens.dm)
    teams.heal()
    teams.fail("graph", with_=RateLimited(3))
    assert (await bot.graph("GET", "/users/jens"))[0] == 429
    assert (await bot.graph("GET", "/users/jens"))[0] == 200


async def test_a_page_from_somebody_between_us_is_no_answer(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    teams.fail("send", with_=WrongPage())
    with pytest.raises(ValueError, match="text/html"):
        await bot.sends(jens.dm)


async def test_when_microsoft_is_gone_all_is_gone_until_it_is_back(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    teams.down()
    with pytest.raises(aiohttp.ClientError):
        await bot.sends(jens.dm)
    teams.up()
    assert await bot.sends(jens.dm)


async def test_answers_take_as_long_as_told(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    await bot.sends(jens.dm)
    teams.latency = 0.1
    began = time.monotonic()
    await bot.sends(jens.dm)
    assert 0.1 <= time.monotonic() - began < 1


async def test_seven_a_second_and_sixty_in_half_a_minute_in_each_conversation() -> None:
    now = [0.0]
    async with (
        FakeTeams(people={"jens": "J", "pia": "P"}, enforce_limits=True, limits_clock=lambda: now[0]) as teams,
        aiohttp.ClientSession() as session,
    ):
        bot, jens, pia = Bot(teams, session), TeamsPerson(teams, "jens"), TeamsPerson(teams, "pia")
        for _ in range(7):
            await bot.sends(jens.dm)
        assert await refused(bot.sends(jens.dm)) == 429
        await bot.sends(pia.dm)
        now[0] += 1
        for _ in range(53):
            now[0] += 0.2
            await bot.sends(jens.dm)
        now[0] += 5
        with pytest.raises(Refusal) as refusal:
            await bot.sends(jens.dm)
        wait = int(refusal.value.headers["Retry-After"])
        assert 10 < wait < 30
        now[0] += wait
        await bot.sends(jens.dm)
