"""What is said in Teams: as it was meant, and told of where it can't be said."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.engine.platform import Throttled, Unavailable
from bot.platforms.teams.api import BOT
from handlers.core.card import Card, Field
from storage.rows.traffic import Delivery
from tests.bot.platforms.teams.house import House, a_house, hasty
from tests.fakes.teams import (
    DisconnectAfter,
    DisconnectBefore,
    Fault,
    Precondition,
    RateLimited,
    ServerError,
    Timeout,
    WrongPage,
)

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_somebody_never_heard_from_is_written_to_first(house: House) -> None:
    """R002: an escalation doesn't wait until the person has said something."""
    await house.tell("jens", Card("Ring til mig"))
    assert house.posted("Ring til mig") == 1
    (made,) = house.teams.calls_to("create")
    assert made.body["tenantId"] == house.teams.tenant


async def test_where_somebody_is_written_to_is_known_after_a_restart(house: House) -> None:
    """D03: the commonest fault in bots for Teams."""
    await house.person("aad-finn").says("hej")
    await house.settle()
    await house.tell("jens", Card("Første"))
    await house.restart()
    await house.tell("jens", Card("Anden"), key="to")
    await house.tell("teams:aad-finn", Card("Tredje"), key="tre")
    assert (house.posted("Anden"), house.posted("Tredje")) == (1, 1)
    assert len(house.teams.calls_to("create")) == 1


async def test_a_changed_message_is_changed_where_it_stands(house: House) -> None:
    await house.tell("jens", Card("Første"))
    await house.tell("jens", Card("Anden"))
    assert (house.posted("Første"), house.posted("Anden")) == (0, 1)


async def test_a_message_that_is_gone_is_said_anew_when_it_changes(house: House) -> None:
    await house.tell("jens", Card("Første"))
    house.teams.world.remove(house.person("aad-jens").messages()[-1])
    await house.tell("jens", Card("Anden"))
    assert house.posted("Anden") == 1


@pytest.mark.parametrize("wait", [7, None])
async def test_when_teams_asks_us_to_wait_we_wait_and_say_it_once(house: House, wait: int | None) -> None:
    """T13."""
    house.teams.fail("send", with_=RateLimited(wait))
    await house.tell("jens", Card("Ring til mig"))
    assert house.posted("Ring til mig") == 0
    await house.forward(seconds=wait or 5)
    assert house.posted("Ring til mig") == 1
    assert house.posted("(gentaget)") == 0


@hasty
@pytest.mark.parametrize("fault", [Timeout(), DisconnectAfter(), WrongPage()], ids=["timeout", "cut off", "wrong page"])
async def test_what_may_have_been_said_is_said_again_and_says_so(house: House, fault: Fault) -> None:
    """D03: Teams lets no bot look; better twice than never."""
    house.teams.fail("send", with_=fault)
    await house.tell("jens", Card("Ring til mig"))
    await house.forward(seconds=5)
    assert house.posted("(gentaget) Ring til mig") == 1
    assert house.posted("Ring til mig") in (1, 2)


@pytest.mark.parametrize("fault", [DisconnectBefore(), ServerError(), Precondition()], ids=["cut off", "500", "412"])
async def test_what_was_not_said_is_said_when_teams_is_well_again(house: House, fault: Fault) -> None:
    house.teams.fail("send", with_=fault)
    await house.tell("jens", Card("Ring til mig"))
    await house.forward(seconds=5)
    assert house.posted("Ring til mig") == 1


@hasty
async def test_a_chat_whose_opening_is_in_doubt_is_opened_again_and_nothing_is_said_twice(house: House) -> None:
    house.teams.fail("create", with_=Timeout())
    await house.tell("jens", Card("Ring til mig"))
    await house.forward(seconds=5)
    assert house.posted("Ring til mig") == 1
    assert house.posted("(gentaget)") == 0


async def test_while_entra_is_down_nothing_is_in_doubt_and_it_is_told(house: House) -> None:
    house.teams.fail("token", with_=ServerError(), times=3)
    house.platform._calls._tokens.forget(BOT)
    await house.tell("jens", Card("Ring til mig"))
    assert "Entra" in (house.platform.trouble() or "")
    await house.forward(seconds=30)
    assert house.posted("Ring til mig") == 1
    assert house.posted("(gentaget)") == 0
    assert house.platform.trouble() is None


async def test_a_token_that_was_revoked_is_replaced(house: House) -> None:
    await house.tell("jens", Card("Første"))
    house.teams.entra.revoke()
    await house.tell("jens", Card("Anden"), key="to")
    assert house.posted("Anden") == 1


async def test_somebody_without_the_app_cannot_be_reached_this_way_and_it_is_said_why(house: House) -> None:
    """R002: it is another way's turn, at once."""
    house.teams.install("aad-jens", False)
    await house.tell("jens", Card("Ring til mig"))
    (delivery,) = await house.rows(select(Delivery).where(Delivery.error.is_not(None)))
    assert (delivery.state, delivery.error) == ("failed", "Krisebot er ikke installeret hos personen i Teams")


async def test_somebody_who_has_blocked_the_bot_is_told_apart(house: House) -> None:
    house.teams.block("aad-jens")
    await house.tell("jens", Card("Ring til mig"))
    (delivery,) = await house.rows(select(Delivery).where(Delivery.error.is_not(None)))
    assert delivery.error == "personen har blokeret Krisebot i Teams"


async def test_a_change_for_somebody_who_has_lost_the_app_keeps_the_reason_and_is_not_a_lost_message(
    house: House,
) -> None:
    """D02: what was said did arrive; only the change of it can't be shown."""
    await house.tell("jens", Card("Første"))
    house.teams.install("aad-jens", False)
    await house.tell("jens", Card("Anden"))
    (error,) = await house.rows(select(Delivery.error).where(Delivery.state == "sent"))
    assert error == "Krisebot er ikke installeret hos personen i Teams"


async def test_what_is_too_long_for_teams_is_shortened_and_says_so(house: House) -> None:
    await house.tell("jens", Card("Vandet stiger. 💧" * 20_000, facts=(("Sted", "Å" * 40_000),)))
    assert house.posted("tegn er udeladt her") == 1


async def test_a_card_that_teams_will_not_draw_is_said_in_words(house: House) -> None:
    twice = (Field("navn", "Navn"), Field("navn", "Navn igen"))
    await house.tell("jens", Card("*Ring* til mig", fields=twice))
    assert [each.text for each in house.person("aad-jens").messages()] == ["Ring til mig"]


async def test_what_a_user_wrote_is_shown_to_the_letter(house: House) -> None:
    nasty = "**fed** [link](https://ond.example) <at>Alle</at> _skrå_ # stor\n- liste"
    await house.tell("jens", Card(f"»{nasty}«".replace("*", "∗"), facts=(("Hvor", nasty),)))
    (message,) = house.person("aad-jens").messages()
    assert "[link](https://ond.example) <at>Alle</at> _skrå_ # stor\n- liste«" in message.shown
    # Only a plain text block would read Markdown, and there is none.
    assert message.card is not None
    assert not [each for each in message.card["body"] if each["type"] == "TextBlock"]


async def test_an_unreachable_teams_is_no_doubt(house: House) -> None:
    nowhere = "http://127.0.0.1:9/"
    with pytest.raises(Unavailable):
        await house.platform._calls.connector("POST", nowhere, "conversations", {})


async def test_waiting_is_told_in_seconds(house: House) -> None:
    house.teams.fail("create", with_=RateLimited(9))
    with pytest.raises(Throttled) as waits:
        await house.platform._calls.connector("POST", house.teams.service_url, "conversations", {})
    assert waits.value.seconds == 9


async def test_a_wrong_secret_is_told_as_soon_as_krisebot_runs(database_url: str) -> None:
    async with a_house(database_url, app_password="forkert") as house:
        with pytest.raises(Unavailable):
            await house.platform._calls.look()
        assert house.platform.trouble() == "Entra giver os ikke adgang (invalid_client)"


async def test_somebody_in_no_plan_and_on_no_platform_has_no_lane(house: House) -> None:
    assert house.platform.lane_of("slack:U0FINN") is None
    assert house.platform.lane_of("teams:aad-finn") == "dm:aad-finn"
    assert house.platform.lane_of("jens") == "dm:aad-jens"
