"""Whoever has opted out with the gateway gets no SMS, and that is seen; a landline is called and never sent one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot import doctor
from storage.plan import loading
from storage.rows.traffic import Delivery
from tests.bot.platforms.fallback.test_reserve import JENS, PIA, Mailbox, ReserveStage, mailbox
from tests.bot.platforms.fallback.test_reserve import stage as reserve
from tests.fakes.fallback.gatewayapi import FakeGatewayApi
from tests.fakes.fallback.twilio import FakeTwilio
from tests.handlers.alert.test_other_ways import PLAN, OtherWays

__all__ = ["mailbox"]

stage = reserve
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

BLOCKED: dict[str, object] = {"status": "REJECTED", "error": "Recipient is on the account's blocklist"}


async def warned(stage: ReserveStage) -> None:
    """A warning is on its way up the chain."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")


async def tells(stage: ReserveStage, told: dict[str, object]) -> None:
    """The gateway tells what became of the newest SMS to Jens."""
    sms = [each for each in stage.sms.taken if each.to == JENS][-1]
    about: dict[str, object] = {"id": sms.id, "msisdn": int(JENS[1:]), "userref": sms.userref}
    assert await stage.sms.brings({**about, **told}, stage.address) == 200
    await stage.settle()


@pytest.mark.parametrize(
    "told",
    [
        BLOCKED,
        {"status": "REJECTED", "error": "Error, destination blocked", "code": "0x1034"},
        {"status": "UNDELIVERABLE", "error": "opted_out", "code": None},
    ],
    ids=["blocklist", "blocked by the network", "opted out"],
)
async def test_the_gateways_opt_out_is_told_and_shown_and_no_sms_is_sent_any_more(
    stage: ReserveStage, mailbox: tuple[Mailbox, int], told: dict[str, object]
) -> None:
    """R070 D06: the secretariat hears of it once, `kontakt` and doctor show it, and the other ways go on."""
    await warned(stage)
    await tells(stage, told)
    await tells(stage, told)
    sent = len(stage.sms.to(JENS))
    keeper = stage["kim"]
    assert len([each for each in await keeper.reads() if "Jens Lund er afmeldt sms hos gatewayen" in each]) == 1
    await keeper.commands("kontakt")
    assert await keeper.sees("er afmeldt sms hos gatewayen")
    lines = await doctor.examine(stage.settings())
    assert not [each for each in lines if "afmeldt" in each and "OK" in each]
    stage.slack.deactivate("U0JENS")
    await stage["pia"].commands("aktiver 2 skybrud")
    assert len(stage.sms.to(JENS)) == sent
    box, _ = mailbox
    assert "jens@4k.example" in {address for address, _ in box.got}


@pytest.mark.parametrize(
    "told",
    [
        {"status": "EXPIRED", "error": "Absent subscriber", "code": "0x1013"},
        {"status": "UNDELIVERABLE", "error": "Unknown subscriber", "code": "0x1010"},
        {"status": "SKIPPED", "error": None, "code": None},
    ],
    ids=["off", "no such number", "skipped"],
)
async def test_a_message_that_fared_badly_is_a_failure_and_no_opt_out(
    stage: ReserveStage, told: dict[str, object]
) -> None:
    """R070 D02: a telephone that is off is tried again the next time; and in each case the message counts as not arrived."""
    await warned(stage)
    await tells(stage, told)
    async with stage.bot.database.reading() as db:
        errors = list(await db.scalars(select(Delivery.error).where(Delivery.lane == f"sms/{JENS}")))
    assert f"SMS ikke leveret: {told['status']}" in errors
    assert not await stage["kim"].sees("afmeldt")
    sent = len(stage.sms.to(JENS))
    stage.slack.deactivate("U0JENS")
    await stage["pia"].commands("aktiver 2 skybrud")
    assert len(stage.sms.to(JENS)) > sent


async def test_an_sms_from_the_telephone_lifts_it_and_a_stop_does_not(stage: ReserveStage) -> None:
    """R070: whoever writes again can be written to again."""
    await warned(stage)
    await tells(stage, BLOCKED)
    await stage.sms.answers(JENS, "STOP", stage.address)
    await stage.settle()
    await stage["kim"].commands("kontakt")
    assert await stage["kim"].sees("er afmeldt sms hos gatewayen")
    sent = len(stage.sms.to(JENS))
    await stage.sms.answers(JENS, "har den", stage.address)
    await stage.settle()
    assert len(stage.sms.to(JENS)) > sent


async def test_a_telephone_on_the_accounts_list_is_an_opt_out_and_shuts_nobody_else_out(stage: ReserveStage) -> None:
    """R070: it is refused at once, with the status that a wrong key has; everybody else still gets theirs."""
    stage.sms.codes[JENS] = "0x0215"
    await warned(stage)
    assert await stage["jens"].has("Jeg har den")
    assert len([each for each in await stage["kim"].reads() if "er afmeldt sms hos gatewayen" in each]) == 1
    await stage.forward(minutes=6)
    assert stage.sms.to(PIA)
    assert [each.trouble() for each in stage.bot.platforms if each.way.name == "sms"] == [None]
    lines = await doctor.examine(stage.settings())
    assert not [each for each in lines if "nøglen i planens" in each]


async def test_what_arrived_before_the_opt_out_lifts_nothing_and_what_arrives_after_does(stage: ReserveStage) -> None:
    """R070: GatewayAPI tells what became of an SMS up to hours later, in no order."""
    await warned(stage)
    sms = [each for each in stage.sms.taken if each.to == JENS][-1]
    noted = stage.clock.now().timestamp()
    await tells(stage, BLOCKED)
    await stage.sms.tells(sms, "DELIVERED", stage.address, time=noted - 60)
    await stage["kim"].commands("kontakt")
    assert await stage["kim"].sees("er afmeldt sms hos gatewayen (")
    await stage.sms.tells(sms, "DELIVERED", stage.address, time=noted + 60)
    lines = await doctor.examine(stage.settings())
    assert not [each for each in lines if "afmeldt" in each]


async def test_an_sms_that_is_brought_again_lifts_no_later_opt_out(stage: ReserveStage) -> None:
    """R070: the gateway brings what it thinks that nobody took for hours; only what was written since lifts it."""
    await warned(stage)
    written = stage.clock.now().timestamp()
    await stage.sms.answers(JENS, "hvad sker der?", stage.address, number=77, time=written)
    await stage.forward(minutes=1)
    await tells(stage, BLOCKED)
    await stage.sms.answers(JENS, "hvad sker der?", stage.address, number=77, time=written)
    await stage["kim"].commands("kontakt")
    assert await stage["kim"].sees("er afmeldt sms hos gatewayen (")
    await stage.sms.answers(JENS, "hvad sker der nu?", stage.address, time=written + 120)
    assert not [each for each in await doctor.examine(stage.settings()) if "afmeldt" in each]


@pytest.mark.parametrize(("code", "told"), [("0x0214", "Temporary blacklist"), ("0x0217", "country")])
async def test_a_refusal_of_one_message_is_no_opt_out(stage: ReserveStage, code: str, told: str) -> None:
    """R070 D02: "Temporary blacklist" is of the same message twice, and a country that the account may not send to is not
    the person's doing; the reason stands there with its variables."""
    stage.sms.codes[JENS] = code
    await warned(stage)
    assert not await stage["kim"].sees("er afmeldt sms")
    async with stage.bot.database.reading() as db:
        (error,) = set(await db.scalars(select(Delivery.error).where(Delivery.lane == f"sms/{JENS}")))
    assert error
    assert told in error
    assert "%1" not in error


@pytest.mark.parametrize(
    ("code", "told"),
    [("0x0213", "IP-adresse"), ("0x0216", "ingen penge på kontoen"), ("0x021D", "må ikke sende sms")],
)
async def test_what_shuts_out_everybody_is_told_by_its_name_and_the_messages_wait(
    stage: ReserveStage, code: str, told: str
) -> None:
    """R070: an empty account is not a wrong token, and nobody is given up for it."""
    stage.sms.codes["*"] = code
    await warned(stage)
    (trouble,) = [each.trouble() for each in stage.bot.platforms if each.way.name == "sms"]
    assert told in str(trouble)
    stage.sms.codes.clear()
    await stage.forward(minutes=3)
    assert stage.sms.to(JENS)


async def test_a_landline_is_called_and_sent_no_sms(database_url: str) -> None:
    """R070: it is read out to whoever rings, too."""
    text = PLAN.replace('mobil: "+4520000001"', 'fastnet: "+4543591000"')
    async with FakeGatewayApi() as sms, FakeTwilio() as calls:
        stage = OtherWays(database_url, plan_=loading.parse(text, "planen"))
        stage.sms, stage.twilio = sms, calls
        async with stage:
            await stage.warned()
            await stage.forward(seconds=121)
            assert [call.to for call in calls.calls] == ["+4543591000"]
            assert sms.to("+4543591000") == []
            await stage["kim"].commands("ring Jens")
            assert await stage["kim"].sees("43 59 10 00")
