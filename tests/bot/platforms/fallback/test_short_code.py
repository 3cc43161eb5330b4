"""A short code that is shared with others: every SMS says what an answer begins with, and it is none of their words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from storage.plan import loading
from storage.rows.traffic import Inbox
from tests.bot.platforms.fallback.test_reserve import EXAMPLE, JENS, ReserveStage
from tests.fakes.fallback.gatewayapi import SECRET, TOKEN, FakeGatewayApi

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[ReserveStage]:
    text = EXAMPLE.replace("sms: null", f'sms: "gatewayapi://{TOKEN}@1204?hemmelighed={SECRET}&nøgleord=KRISE"')
    async with FakeGatewayApi() as gateway:
        stage = ReserveStage(database_url, plan_=loading.parse(text, "planen"))
        stage.sms = gateway
        async with stage:
            yield stage


async def test_a_number_after_the_keyword_is_the_button(stage: ReserveStage) -> None:
    """R005 R006: "KRISE 1" was free text, and nobody's answer."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    (asked,) = stage.sms.to(JENS)
    assert "Begynd svaret med KRISE, fx KRISE 1. 1: Jeg har den" in asked
    assert await stage.sms.answers(JENS, "krise 1", stage.address) == 200
    await stage.settle()
    (step,) = await stage.part("escalation")
    assert (step["person"], step["result"]) == ("jens", "contact")


@pytest.mark.parametrize(
    ("written", "own"),
    [
        ("KRISE alt ok", "alt ok"),
        ("Krise: røg på skolen", "røg på skolen"),
        ("  krise, 2", "2"),
        ("røg, det er en krise", "røg, det er en krise"),
        ("kriseplanen er væk", "kriseplanen er væk"),
        ("KRISE", "KRISE"),
        ("KRISE STOP", "STOP"),
        ("krise KRISE", "KRISE"),
    ],
)
async def test_the_keyword_is_no_word_of_theirs(stage: ReserveStage, written: str, own: str) -> None:
    """R001"""
    await stage.sms.answers(JENS, written, stage.address)
    async with stage.database.reading() as db:
        assert [body["text"] for body in await db.scalars(select(Inbox.body))] == [own]


async def test_a_short_code_has_no_country_in_the_contact_file(stage: ReserveStage) -> None:
    """R107: "+1204" reaches nobody."""
    assert stage.plan.fallback.own_numbers == ("1204",)
