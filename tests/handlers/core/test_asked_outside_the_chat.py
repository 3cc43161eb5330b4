"""Whoever is asked for what somebody else may not, and isn't in the chat, has it by SMS; their number is not everybody's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.plan import loading
from tests.fakes.fallback.gatewayapi import FakeGatewayApi
from tests.fakes.fallback.twilio import FakeTwilio
from tests.handlers.alert.test_other_ways import PLAN, OtherWays

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

LARS = "+4520000003"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[OtherWays]:
    plan = loading.parse(PLAN.replace("slack: U0LARS, ", ""), "planen")
    async with FakeGatewayApi() as sms, FakeTwilio() as calls:
        stage = OtherWays(database_url, plan_=plan)
        stage.sms, stage.twilio = sms, calls
        async with stage:
            await stage["jens"].commands("aktiver 2 skybrud")
            yield stage


async def test_whoever_is_not_in_the_chat_is_asked_by_sms_and_the_asker_is_told_so(stage: OtherWays) -> None:
    """D12 T30: who is called to the staff sees the number; who has nothing to do with it sees none."""
    for person, number in (("mads", True), ("finn", False)):
        await stage[person].commands("ordre spær vejen @Line")
        assert "Lars Vinther" in (await stage[person].reads())[-1], person
        await stage[person].presses("Spørg Lars Vinther")
        (told,) = [each for each in await stage[person].reads() if "Lars Vinther er spurgt" in each]
        assert "»ordre spær vejen @Line«" in told, person
        assert "er ikke i chatten og får det på SMS" in told, person
        assert ("20 00 00 03" in told) is number, told
    asked = [each for each in stage.sms.to(LARS) if "spørger, om du vil" in str(each)]
    assert len(asked) == 2
