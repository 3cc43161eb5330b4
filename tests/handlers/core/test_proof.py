"""A telephone number is easily forged: what takes a role is asked about with a code, and what is only an answer is not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from importlib import resources

import pytest

from bot.settings import Settings
from storage.plan import loading
from tests.fakes.fallback.gatewayapi import SECRET, TOKEN, FakeGatewayApi
from tests.stage.slack import SlackStage

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

JENS, LARS, KIM = "+4520000001", "+4520000003", "+4520000008"
PLAN = (
    (resources.files("storage.plan") / "eksempelplan.yaml")
    .read_text("utf-8")
    .replace("sms: null", f'sms: "gatewayapi://{TOKEN}@4512345678?hemmelighed={SECRET}"')
)


class SmsStage(SlackStage):
    """Slack, with an SMS gateway beside it."""

    gateway: FakeGatewayApi

    def settings(self) -> Settings:
        return super().settings().model_copy(update={"gatewayapi_url": self.gateway.url})

    async def sms(self, phone: str, text: str) -> str:
        """Somebody with that number, or one that looks like it, writes; gives what the number is answered."""
        before = len(self.gateway.to(phone))
        assert await self.gateway.answers(phone, text, self.address) == 200
        await self.settle()
        return "\n".join(self.gateway.to(phone)[before:])

    async def level(self) -> int | None:
        """The newest crisis' level."""
        level: int | None = (await self.part("crisis"))["level"]
        return level


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[SmsStage]:
    async with FakeGatewayApi() as gateway:
        stage = SmsStage(database_url, plan_=loading.parse(PLAN, "planen"))
        stage.gateway = gateway
        async with stage:
            yield stage


def code_in(text: str) -> str:
    """The code that somebody was sent."""
    found = re.search(r"koden (\d{6})", text)
    assert found, text
    return found[1]


async def test_a_decision_by_sms_is_made_when_its_code_has_come_back(stage: SmsStage) -> None:
    """R008 R018 D06: `Jeg har den` is easy; the level is not, and a restart between question and code changes nothing."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    asked = await stage.sms(JENS, "1")
    assert (await stage.part("escalation"))[0]["result"] == "contact"
    number = next(part.split(":")[0][-1] for part in asked.split(",") if "Niveau 2" in part)
    code = code_in(await stage.sms(JENS, number))
    assert await stage.level() is None
    await stage.kill()
    await stage.sms(JENS, code)
    told = await stage.part("crisis")
    assert (told["level"], told["decided_by"]) == (2, "jens")
    assert await stage.sms(JENS, code) != ""
    assert len(await stage.log("decision")) == 1


async def test_an_aktiver_from_a_number_alone_is_a_warning_and_never_a_decision(stage: SmsStage) -> None:
    """R018 D06: a wrong code is the only try, and without the right one it goes up the chain, as anybody's would."""
    code = code_in(await stage.sms(LARS, "aktiver 2 skybrud i Hedehusene"))
    assert await stage.crises() == 0
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert "passer ikke" in await stage.sms(LARS, wrong)
    assert await stage.crises() == 1
    assert await stage.level() is None
    await stage.sms(LARS, code)
    assert await stage.level() is None
    code_in(await stage.sms(JENS, "aktiver 2 skybrud i Hedehusene"))
    await stage.forward(minutes=2)
    assert len(await stage.part("alerts")) == 1
    await stage.forward(minutes=2)
    told = await stage.export()
    assert (len(told["alerts"]), told["crisis"]["level"]) == (2, None)


@pytest.mark.long
async def test_by_sms_the_staff_writes_in_the_log_and_nothing_is_confirmed_or_ended_without_a_code(
    stage: SmsStage,
) -> None:
    """R184 D06 D12: `log !` is kept unconfirmed; `afblæs` waits for its code, and the mayor's own ends it."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage.sms(KIM, "log ! broen er lukket")
    (line,) = [entry for entry in await stage.part("log") if entry["summary"] == "broen er lukket"]
    assert line["verification"] == "unconfirmed"
    code = code_in(await stage.sms(LARS, "afblæs"))
    assert "Afblæs" in await stage.sms(LARS, f"kode: {code}")
    code = code_in(await stage.sms(LARS, "1"))
    assert (await stage.part("crisis"))["deactivated_at"] is None
    await stage.sms(LARS, code)
    assert (await stage.part("crisis"))["deactivated_by"] == "lars"


@pytest.mark.parametrize(
    ("number", "words", "done"),
    [
        (KIM, "bekræft {no}", "er bekræftet"),
        (LARS, "hensigt hold vejene åbne", "hold vejene åbne"),
    ],
)
async def test_what_is_looked_into_by_the_verb_itself_asks_for_a_code_too(
    stage: SmsStage, number: str, words: str, done: str
) -> None:
    """R008 D12: whoever had the right was told that they had it not, and left their opinion in the log."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["mads"].commands("log ? pumpen er leveret")
    (no,) = [line["no"] for line in await stage.part("log") if line["summary"] == "pumpen er leveret"]
    told = await stage.sms(number, words.format(no=no))
    assert "Det kan kun" not in told
    assert not [line for line in await stage.part("log") if done in line["summary"] or "mener, at" in line["summary"]]
    await stage.sms(number, code_in(told))
    assert [line for line in await stage.part("log") if done in line["summary"]]


async def test_a_line_by_sms_is_kept_and_its_writer_told_how_to_confirm_it(stage: SmsStage) -> None:
    """R008 R186: the log keeper was told that only the log keeper can."""
    await stage["jens"].commands("aktiver 2 skybrud")
    told = await stage.sms(KIM, "log ! pumpen er leveret")
    assert "Et nummer kan forfalskes" in told
    assert "Bekræfte kan kun" not in told
    assert [line["verification"] for line in await stage.part("log") if line["summary"] == "pumpen er leveret"] == [
        "unconfirmed"
    ]
