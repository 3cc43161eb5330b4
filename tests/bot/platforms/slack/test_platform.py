"""What is said in Slack: as it was meant, once, and told of where it can't be said."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.engine.platform import Unavailable
from bot.platforms.slack.platform import Slack
from handlers.core.card import Button, Card
from handlers.core.context import URGENT
from storage.database import Database
from storage.rows.crisis import Crisis
from storage.rows.traffic import Delivery
from tests.bot.platforms.slack.house import House, eventually, hasty, log, read
from tests.fakes.slack import (
    DisconnectAfter,
    DisconnectBefore,
    FakeSlack,
    Fault,
    OkFalse,
    RateLimited,
    ServerError,
    Timeout,
    WrongPage,
)

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def sent(house: House) -> list[str]:
    return await house.rows(select(Delivery.state).order_by(Delivery.id))


async def test_an_injection_is_shown_as_text(house: House) -> None:
    """R001: what a stranger writes can't call everybody, link or look like the bot's own words."""
    evil = "<!channel> <https://ond.example|kommunen> *fed* _skrå_ `x`"
    finn = house.person("U0FINN")
    await finn.command(f"varsel {evil}")
    await house.engine.settle()
    (message,) = finn.sees("Varsel nr. 1")
    texts = [
        each for block in message.blocks if block["type"] == "rich_text" for each in block["elements"][0]["elements"]
    ]
    assert {each["type"] for each in texts} <= {"text", "link"}
    led = {each["url"] for each in texts if each["type"] == "link" and not each["url"].startswith("tel:")}
    assert led == {"https://ond.example"}
    assert "<!channel>" not in message.text
    assert "<https" not in message.text
    assert all("fed" not in each["text"] for each in texts if each.get("style"))


async def test_a_long_text_is_shortened_where_it_shows(house: House) -> None:
    await house.tell("jens", Card(f"Melding: {'vand ' * 5000}\n\n*Har du læst den?*"))
    await house.engine.settle()
    (message,) = house.person("U0JENS").sees("Har du læst den?")
    assert "tegn er udeladt her" in read(message.blocks)


async def test_a_message_changes_where_it_stands(house: House) -> None:
    """Few messages: an answer redraws its question."""
    jens = house.person("U0JENS")
    await house.tell("jens", Card("Kan du tage den?", buttons=(Button("Ja", "x.yes"),)))
    await house.engine.settle()
    await house.tell("jens", Card("Du har den."))
    await house.engine.settle()
    (message,) = jens.messages()
    assert (read(message.blocks).strip(), message.buttons, message.edited) == ("Du har den.", [], False)


async def test_a_message_that_was_deleted_is_said_anew(house: House) -> None:
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    house.slack.world.remove(house.slack.messages(house.person("U0JENS").dm)[0])
    await house.tell("jens", Card("Pia har den."))
    await house.engine.settle()
    assert house.posted("Pia har den.") == 1
    assert await sent(house) == ["sent"]


async def test_slack_asks_for_patience_and_gets_it_without_a_word_twice(house: House) -> None:
    """D02: nothing before Retry-After, exactly one after."""
    house.slack.fail("chat.postMessage", with_=RateLimited(retry_after=30))
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    await house.forward(seconds=29)
    assert (house.posted("Kan du tage den?"), len(house.slack.calls_to("chat.postMessage"))) == (0, 1)
    await house.forward(seconds=1)
    assert (house.posted("Kan du tage den?"), await sent(house)) == (1, ["sent"])


async def test_patience_can_be_asked_for_in_the_body_too(house: House) -> None:
    house.slack.fail("chat.postMessage", with_=OkFalse("ratelimited"))
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    assert house.posted("Kan du tage den?") == 0
    await house.forward(seconds=10)
    assert house.posted("Kan du tage den?") == 1


@pytest.mark.long
@hasty
@pytest.mark.parametrize("fault", [Timeout(), DisconnectAfter()], ids=["timeout", "broken"])
@pytest.mark.parametrize("to", ["jens", "staff"])
async def test_a_message_whose_answer_was_lost_is_found_and_not_said_twice(house: House, fault: Fault, to: str) -> None:
    """D02 D03: it was performed, but nobody told us."""
    await house.crisis()
    house.slack.fail("chat.postMessage", with_=fault)
    await house.tell(to, Card("Kan du tage den?"))
    await house.engine.settle()
    assert "sending" in await sent(house)
    await house.forward(minutes=2)
    assert house.posted("Kan du tage den?") == 1
    assert set(await sent(house)) == {"sent"}


@hasty
async def test_a_found_message_that_has_changed_meanwhile_is_brought_up_to_date(house: House) -> None:
    house.slack.fail("chat.postMessage", with_=Timeout())
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    await house.tell("jens", Card("Pia har den."))
    await house.forward(minutes=2)
    assert (house.posted("Kan du tage den?"), house.posted("Pia har den.")) == (0, 1)


@pytest.mark.parametrize("fault", [ServerError(503), DisconnectBefore(), WrongPage(), OkFalse("fatal_error")], ids=str)
async def test_a_message_slack_stumbled_over_is_said_when_it_is_back(house: House, fault: Fault) -> None:
    """D02."""
    house.slack.fail("chat.postMessage", with_=fault, times=2)
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    assert house.posted("Kan du tage den?") == 0
    await house.forward(minutes=2)
    assert (house.posted("Kan du tage den?"), await sent(house)) == (1, ["sent"])


@hasty
async def test_a_message_that_cannot_be_looked_for_is_repeated_and_says_so(house: House) -> None:
    """D02: the scope for the history is missing."""
    house.slack.fail("chat.postMessage", with_=Timeout())
    house.slack.fail("conversations.history", with_=OkFalse("missing_scope", {"needed": "im:history"}), times=None)
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    await house.forward(minutes=2)
    assert house.posted("(gentaget) Kan du tage den?") == 1


async def test_what_slack_will_not_draw_arrives_in_plain_words(house: House) -> None:
    house.slack.fail("chat.postMessage", with_=OkFalse("invalid_blocks"))
    await house.tell("jens", Card("*Kan du tage den?*", buttons=(Button("Ja", "x.yes"),)))
    await house.engine.settle()
    (message,) = house.person("U0JENS").messages()
    assert (message.text, message.blocks) == ("Kan du tage den?", ())


async def test_somebody_whose_account_is_closed_is_told_of_at_once(house: House) -> None:
    """D02 T30: what can't be delivered is a fact in the log; the number to ring is shown to whoever is to ring it."""
    await house.crisis()
    house.slack.deactivate("U0OLE")
    await house.tell("ole", Card("Du indkaldes."), urgency=URGENT)
    await house.engine.settle()
    (noted,) = await log(house, "undeliverable")
    assert "Ole Bach" in noted["summary"]
    assert "20 00 00 06" not in noted["summary"]
    assert house.person("U0JENS").sees("Kom ikke frem til Ole Bach")
    assert house.person("U0JENS").sees("+45 20 00 00 06")


async def test_a_token_that_is_withdrawn_is_told_of_and_nothing_is_lost(house: House) -> None:
    house.slack.fail("chat.postMessage", with_=OkFalse("token_revoked"))
    await house.tell("jens", Card("Kan du tage den?"))
    await house.engine.settle()
    assert "token_revoked" in (house.platform.trouble() or "")
    await house.forward(minutes=2)
    assert house.posted("Kan du tage den?") == 1
    assert house.platform.trouble() is None


async def test_it_starts_and_listens_while_slack_is_down(database: Database) -> None:
    async with FakeSlack(users={"U0JENS": "Jens Lund"}) as slack:
        slack.down()
        house = House(slack, database)
        await house.open()
        try:
            assert (await house.person("U0JENS").command("aktiver 2 skybrud")).status == 200
            await house.engine.settle()
            assert await house.rows(select(Crisis.level)) == [2]
            assert await eventually(house.platform.trouble) == "Slack svarer ikke"
        finally:
            await house.close()


async def test_nothing_listens_where_slack_should_be(house: House) -> None:
    away = Slack(house.engine, bot_token="x", signing_secret="x", api_url="http://127.0.0.1:9/", timeout=0.3)
    with pytest.raises(Unavailable):
        await away.admit("C1", {}, ["jens"])
    assert away.trouble() == "Slack kan ikke nås"


async def test_a_person_is_reached_by_the_plans_id_or_by_their_own(house: House) -> None:
    ways = {person: house.platform.lane_of(person) for person in ("jens", "slack:U0FINN", "teams:x", "ukendt")}
    assert ways == {"jens": "U0JENS", "slack:U0FINN": "U0FINN", "teams:x": None, "ukendt": None}
