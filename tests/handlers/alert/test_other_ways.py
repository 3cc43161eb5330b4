"""What nobody answered is tried another way, as the plan says: by SMS, and at last by a call that is answered on the keypad."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import resources

import pytest

from bot.settings import Settings
from storage.plan import loading
from tests.fakes.fallback import twilio
from tests.fakes.fallback.gatewayapi import SECRET, TOKEN, FakeGatewayApi
from tests.fakes.fallback.twilio import FakeTwilio
from tests.stage.slack import SlackStage

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

JENS, PIA, ANNE, MADS = "+4520000001", "+4520000002", "+4520000005", "+4520000013"
ULLA, NILS = "+4520000018", "+4520000023"
PLAN = (
    (resources.files("storage.plan") / "eksempelplan.yaml")
    .read_text("utf-8")
    .replace("tidszone:", f"adresse: {twilio.PUBLIC}\ntidszone:")
    .replace("sms: null", f'sms: "gatewayapi://{TOKEN}@4512345678?hemmelighed={SECRET}"')
    .replace("mail: null", f'opkald: "twilio://{twilio.ACCOUNT}:{twilio.TOKEN}@{twilio.NUMBER}"')
    .replace("rækkefølge: [slack, teams, sms, mail]", "rækkefølge: {vent_haster: 2m, vent_almindelig: 10m}")
)


class OtherWays(SlackStage):
    """Slack, with an SMS gateway and one for calls beside it."""

    sms: FakeGatewayApi
    twilio: FakeTwilio

    def settings(self) -> Settings:
        return super().settings().model_copy(update={"gatewayapi_url": self.sms.url, "twilio_url": self.twilio.url})

    async def warned(self) -> None:
        """A warning is on its way up the chain."""
        await self["finn"].commands("varsel vand i kælderen på Birkehøj")
        await self["finn"].presses("Ja")


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[OtherWays]:
    async with FakeGatewayApi() as sms, FakeTwilio() as calls:
        stage = OtherWays(database_url, plan_=loading.parse(PLAN, "planen"))
        stage.sms, stage.twilio = sms, calls
        async with stage:
            yield stage


async def test_whoever_has_not_answered_chat_and_sms_is_rung_up_and_a_key_takes_the_warning(stage: OtherWays) -> None:
    """R005 R006 D06: chat and SMS at once, and nobody rung up; after the plan's wait a call, told in Danish; a key is contact."""
    await stage.warned()
    assert await stage["jens"].has("Jeg har den")
    assert len(stage.sms.to(JENS)) == 1
    await stage.forward(seconds=119)
    assert stage.twilio.calls == []
    await stage.kill()
    await stage.forward(seconds=2)
    (call,) = stage.twilio.calls
    assert call.to == JENS
    assert "vand i kælderen på Birkehøj" in call.said
    assert "Tryk 1 for: Jeg har den. Tryk 2 for: Kan ikke. Tryk 3 for at høre det igen." in call.said
    assert "*" not in call.said
    assert "🚨" not in call.said
    status, again = await stage.twilio.presses(call, "3", stage.address)
    assert (status, "vand i kælderen" in again) == (200, True)
    await stage.settle()
    assert (await stage.part("escalation"))[0]["result"] is None
    asked = call.script
    for _ in range(2):
        call.script = asked
        status, thanks = await stage.twilio.presses(call, "1", stage.address)
        assert (status, "Dit svar er: Jeg har den" in thanks) == (200, True)
    await stage.settle()
    (step,) = await stage.part("escalation")
    assert (step["person"], step["result"]) == ("jens", "contact")
    assert await stage.twilio.ends(call, "completed", stage.address) == 200
    states = {each["channel"]: each["state"] for each in await stage.part("notifications") if each["to"] == "jens"}
    assert states["opkald"] == "delivered"
    await stage.forward(minutes=9)
    assert [call.to for call in stage.twilio.calls if call.to != JENS] == []


@pytest.mark.long
async def test_a_key_passes_the_warning_on_and_a_call_nobody_took_is_no_contact(stage: OtherWays) -> None:
    """R005 R006: "2" moves to the deputy at once; an unanswered call is a failure with its reason, and the chain goes on."""
    await stage.warned()
    await stage.forward(seconds=121)
    await stage.twilio.presses(stage.twilio.to(JENS)[0], "2", stage.address)
    await stage.settle()
    assert stage.sms.to(PIA)
    await stage.forward(seconds=121)
    (call,) = stage.twilio.to(PIA)
    assert await stage.twilio.ends(call, "no-answer", stage.address) == 200
    await stage.forward(minutes=1)
    told = await stage.export()
    assert [step["result"] for step in told["escalation"]][:2] == ["declined", "silent"]
    assert [each["state"] for each in told["notifications"] if (each["to"], each["channel"]) == ("pia", "opkald")] == [
        "failed"
    ]


async def test_a_forged_key_presses_nothing(stage: OtherWays) -> None:
    """Without Twilio's signature: 401 and no trace but a counter; signed for a call that never was: 400."""
    await stage.warned()
    await stage.forward(seconds=121)
    (call,) = stage.twilio.calls
    assert (await stage.twilio.presses(call, "1", stage.address, token="not-the-accounts-own"))[0] == 401
    call.to = PIA
    assert (await stage.twilio.presses(call, "1", stage.address))[0] == 400
    await stage.settle()
    assert (await stage.part("escalation"))[0]["result"] is None


@pytest.mark.long
async def test_how_long_a_message_stands_on_one_way_is_the_plans_for_what_hastes_and_for_the_rest(
    stage: OtherWays,
) -> None:
    """R131 D06: a summons by SMS after two minutes and by a call after four; a ping by SMS after ten, and rings nobody up."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["anne"].presses("Kommer")
    await stage.forward(seconds=119)
    assert stage.sms.to(NILS) == []
    await stage.forward(seconds=2)
    assert "1: Kommer" in stage.sms.to(NILS)[0]
    assert stage.sms.to(ANNE) == []
    assert await stage.sms.answers(NILS, "1", stage.address) == 200
    # One call begins a second.
    await stage.forward(seconds=180)
    rung = {call.to for call in stage.twilio.calls}
    assert ULLA in rung
    assert rung.isdisjoint({ANNE, NILS})
    await stage["kim"].commands("ping Teknik hvordan står det til?")
    began = len(stage.twilio.to(MADS))
    await stage.forward(seconds=595)
    assert not any("hvordan står det til" in text for text in stage.sms.to(MADS))
    await stage.forward(seconds=10)
    assert sum("hvordan står det til" in text for text in stage.sms.to(MADS)) == 1
    await stage.forward(minutes=25)
    assert not any("hvordan står det til" in call.said for call in stage.twilio.to(MADS)[began:])


@pytest.mark.long
async def test_the_reminder_of_a_summons_goes_by_chat_and_by_sms_at_once(stage: OtherWays) -> None:
    """R131: whoever did not answer is not waited for on one way once more; whoever did is left in peace."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["anne"].presses("Kommer")
    await stage.forward(seconds=299)
    assert not any("Påmindelse" in text for text in stage.sms.to(NILS))
    await stage.forward(seconds=2)
    assert await stage["nils"].sees("Påmindelse – du har ikke svaret.")
    assert any("Påmindelse" in text for text in stage.sms.to(NILS))
    assert not any("Påmindelse" in text for text in stage.sms.to(ANNE))


async def test_where_every_quieter_way_is_dead_the_call_is_made_at_once(stage: OtherWays) -> None:
    """D06: neither Slack nor the SMS gateway takes the warning: the telephone rings without the wait."""
    stage.slack.deactivate("U0JENS")
    stage.sms.refuse = 400
    await stage.warned()
    assert [call.to for call in stage.twilio.calls] == [JENS]


@pytest.mark.parametrize(
    ("status", "said"), [(400, "ikke"), (401, "afviser"), (500, "500")], ids=["never", "not-now", "in-doubt"]
)
async def test_what_the_gateway_says_is_told_for_what_it_is(stage: OtherWays, status: int, said: str) -> None:
    """D02: a number that is none fails; a refused account and a lost answer are tried again, the latter saying so."""
    stage.twilio.refuse = status
    await stage.warned()
    await stage.forward(seconds=125)
    states = [each["state"] for each in await stage.part("notifications") if each["channel"] == "opkald"]
    assert states == ["failed" if status == 400 else "queued"]
    stage.twilio.refuse = None
    await stage.forward(seconds=60)
    assert [("gentagelse" in call.said) for call in stage.twilio.calls] == {400: [], 401: [False], 500: [True]}[status]
