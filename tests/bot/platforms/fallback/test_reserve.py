"""People are reached when the chat doesn't reach them: SMS both ways, and mail, over real protocols on loopback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib import resources

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from bot.settings import Settings
from storage.plan import loading
from storage.rows.alert import Escalation
from tests.fakes.fallback.gatewayapi import SECRET, TOKEN, FakeGatewayApi
from tests.stage.slack import SlackStage

EXAMPLE = (resources.files("storage.plan") / "eksempelplan.yaml").read_text("utf-8")
# What is only read and said hangs on no database.
on_one_database = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
JENS, PIA, ULLA, FINN = "+4520000001", "+4520000002", "+4520000018", "+4529999999"


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        body = mail.get_body(("plain",))
        self.mails.append(mail)
        self.got.append((envelope.rcpt_tos[0], body.get_content() if body else ""))
        return "250 OK"


@pytest.fixture
async def mailbox() -> AsyncIterator[tuple[Mailbox, int]]:
    box = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box), "127.0.0.1", 0)
    yield box, server.sockets[0].getsockname()[1]
    server.close()


class ReserveStage(SlackStage):
    """Slack, with an SMS gateway and a mail server beside it."""

    sms: FakeGatewayApi

    def settings(self) -> Settings:
        return super().settings().model_copy(update={"gatewayapi_url": self.sms.url})


@pytest.fixture
async def stage(database_url: str, mailbox: tuple[Mailbox, int]) -> AsyncIterator[ReserveStage]:
    _, port = mailbox
    text = EXAMPLE.replace("sms: null", f'sms: "gatewayapi://{TOKEN}@4512345678?hemmelighed={SECRET}"').replace(
        "mail: null", f'mail: "mailto://127.0.0.1:{port}?from=krisebot@htk.example&to={{mail}}&mode=insecure"'
    )
    async with FakeGatewayApi() as gateway:
        stage = ReserveStage(database_url, plan_=loading.parse(text, "planen"))
        stage.sms = gateway
        async with stage:
            yield stage


@on_one_database
@pytest.mark.long
async def test_an_escalation_goes_by_chat_and_sms_at_once_and_a_number_answers_it(stage: ReserveStage) -> None:
    """A person whose phone has no chat takes the warning with "1"; the same answer twice is one."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    assert await stage["jens"].has("Jeg har den")
    asked = stage.sms.to(JENS)[-1]
    number = next(
        part.split(":")[0]
        for part in asked.split("\n")[-1].replace("Svar med et tal. ", "").split(", ")
        if "Jeg har den" in part
    )
    assert await stage.sms.answers(JENS, number, stage.address, number=77) == 200
    assert await stage.sms.answers(JENS, number, stage.address, number=77) == 200
    await stage.settle()
    (step,) = await stage.part("escalation")
    assert (step["person"], step["result"]) == ("jens", "contact")
    await stage.forward(minutes=9)
    assert stage.sms.to(PIA) == []


@on_one_database
async def test_free_text_by_sms_is_read_as_in_the_chat(stage: ReserveStage) -> None:
    """R006: "jeg kan ikke" moves to the deputy at once, whichever way it came."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    assert await stage.sms.answers(JENS, "jeg kan ikke, er i Grækenland", stage.address) == 200
    await stage.settle()
    assert [step["result"] for step in await stage.part("escalation")] == ["declined", None]
    assert stage.sms.to(PIA)


@on_one_database
@pytest.mark.parametrize(
    "told",
    [{}, {"id": 1}, {"id": [1], "msisdn": {}, "message": None}, {"id": 1, "status": "DELIVERED", "userref": "1"}],
)
async def test_what_the_gateway_sends_and_nobody_understands_is_acknowledged_and_counted(
    stage: ReserveStage, told: dict[str, object]
) -> None:
    """D03: rightly signed and of no use, it would come again and again."""
    assert await stage.sms.brings(told, stage.address) == 200
    counted = stage.bot.engine.telemetry.registry.get_sample_value("krisebot_not_understood_total", {"platform": "sms"})
    assert counted == 1


@pytest.mark.parametrize("userref", ["9" * 19, "9" * 5000, "²", "-1", ""])
async def test_what_became_of_a_message_that_nobody_here_can_have_sent_is_acknowledged(
    stage: ReserveStage, userref: str
) -> None:
    """D03: its number has no room in any database; answered 500 it would come again for hours."""
    for status in ("DELIVERED", "EXPIRED"):
        told: dict[str, object] = {"id": 1, "msisdn": int(JENS[1:]), "status": status, "userref": userref}
        assert await stage.sms.brings(told, stage.address) == 200


async def test_an_sms_with_signs_that_no_database_holds_is_taken_in(stage: ReserveStage) -> None:
    """D03: NUL, and half of a sign."""
    told: dict[str, object] = {"id": 7, "msisdn": int(FINN[1:]), "message": "brand på r\x00ådhuset \ud83d"}
    assert await stage.sms.brings(told, stage.address) == 200
    await stage.settle()
    assert await stage.crises() == 1


@on_one_database
async def test_a_forged_answer_is_turned_away_and_leaves_no_trace(stage: ReserveStage) -> None:
    """Without the gateway's signature: 401, and nothing is taken in."""
    before = await stage.crises()
    assert (
        await stage.sms.answers(FINN, "varsel brand", stage.address, secret="not-the-gateways-own-secret-at-all") == 401
    )
    await stage.settle()
    assert await stage.crises() == before
    assert await stage.sms.answers(FINN, "varsel brand på rådhuset", stage.address) == 200
    await stage.settle()
    assert await stage.crises() == before + 1


@on_one_database
async def test_whoever_the_chat_and_the_telephone_do_not_reach_gets_a_mail(
    stage: ReserveStage, mailbox: tuple[Mailbox, int]
) -> None:
    """D06: Slack has closed the account and the telephone is off; each way that failed is told of, and the next is tried."""
    box, _ = mailbox
    stage.slack.deactivate("U0ULLA")
    await stage["jens"].commands("aktiver 2 skybrud")
    sent = [sms for sms in stage.sms.taken if sms.to == ULLA]
    assert sent
    assert box.got == []
    for sms in sent:
        assert await stage.sms.tells(sms, "UNDELIVERABLE", stage.address) == 200
    await stage.settle()
    assert {address for address, _ in box.got} == {"ulla@htk.example"}
    ways = [
        (each["channel"], each["state"])
        for each in await stage.part("notifications")
        if each["to"] == "ulla" and each["kind"] == "notice"
    ]
    assert ways[:3] == [("slack", "failed"), ("sms", "failed"), ("mail", "sent")]


async def test_delivered_is_told_of_and_is_not_contact(stage: ReserveStage) -> None:
    """R005 D02: the gateway's receipt is a state, and the chain goes on all the same."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    for sms in [sms for sms in stage.sms.taken if sms.to == JENS]:
        await stage.sms.tells(sms, "DELIVERED", stage.address)
    states = {
        each["state"] for each in await stage.part("notifications") if (each["to"], each["channel"]) == ("jens", "sms")
    }
    assert states == {"delivered"}
    await stage.forward(minutes=6)
    assert stage.sms.to(PIA)


@on_one_database
@pytest.mark.long
async def test_tjek_din_mail_is_exactly_those_words_and_tells_who_has_not_read(stage: ReserveStage) -> None:
    """R200: S1 15:20; the recipients are shown first, chat and SMS go at once, and the rest is a list to ring from."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["hanne"].commands("mail alle centerchefer Fælles budskaber")
    assert await stage.part("nudges") == []
    await stage["bo"].commands("mail alle centerchefer Fælles budskaber")
    before = len(stage.sms.to(ULLA))
    await stage["bo"].presses("Send til 6")
    assert stage.sms.to(ULLA)[before:] == ["Tjek din mail"]
    assert await stage["ulla"].sees("Tjek din mail")
    (nudge,) = await stage.part("nudges")
    assert (nudge["subject"], len(nudge["receipts"])) == ("Fælles budskaber", 6)
    await stage["ulla"].presses("Jeg har læst den")
    await stage["bo"].fills_in("Markér som kontaktet", person="rune")
    await stage["bo"].presses("Igen til 4")
    assert stage.sms.to(ULLA)[before:] == ["Tjek din mail"]
    assert stage.sms.to("+4520000014")[-2:] == ["Tjek din mail", "Tjek din mail"]
    (nudge,) = await stage.part("nudges")
    done = {each["person"]: bool(each["read_at"] or each["called_at"]) for each in nudge["receipts"]}
    assert [person for person, reached in done.items() if reached] == ["rune", "ulla"]


@on_one_database
async def test_a_number_answers_the_sms_it_was_meant_for_and_is_asked_about_where_several_wait(
    stage: ReserveStage,
) -> None:
    """R005 R006: two questions on one telephone; a bare number answers neither unasked, the letters of one answer that one,
    and a number to the question which takes effect."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    first = stage.sms.to(JENS)[-1]
    assert "Svar med et tal." in first
    await stage["gerda"].commands("varsel brand i hallen i Fløng")
    await stage["gerda"].presses("Det er en anden hændelse")
    second = stage.sms.to(JENS)[-1]
    assert second != first
    code = re.search(r"fx ([A-Z]{2})1\.", second)
    assert code is not None, second
    assert f"{code[1]}1: Jeg har den" in second
    assert await stage.sms.answers(JENS, "1", stage.address) == 200
    await stage.settle()
    asked = stage.sms.to(JENS)[-1]
    assert "Hvilket spørgsmål svarer du på? Intet er gjort endnu." in asked
    assert await _taken(stage) == []
    assert "1: Jeg har den" in asked
    assert "2: Jeg har den" in asked
    assert await stage.sms.answers(JENS, "2", stage.address) == 200
    await stage.settle()
    assert len(await _taken(stage)) == 1
    assert await stage.sms.answers(JENS, f"svar {code[1].lower()} 1", stage.address) == 200
    await stage.settle()
    assert len(await _taken(stage)) == 2


@on_one_database
@pytest.mark.parametrize("word", ["stop", "STOP!", "stop nu", "afmeld"])
async def test_a_stop_by_sms_breaks_no_chain_is_asked_back_and_told_to_the_secretariat(
    stage: ReserveStage, word: str
) -> None:
    """R005 R006: a sleepy word is no answer, no warning and no opting out."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    assert await stage.sms.answers(JENS, word, stage.address) == 200
    await stage.settle()
    assert "Mente du nej til det, du blev spurgt om, så skriv kan ikke." in stage.sms.to(JENS)[-1]
    assert await stage["kim"].sees("Jens Lund har skrevet »")
    assert [step["result"] for step in await stage.part("escalation")] == [None]
    assert await stage.crises() == 1
    assert await stage.sms.answers(JENS, "kan ikke", stage.address) == 200
    await stage.settle()
    assert next(step["result"] for step in await stage.part("escalation")) == "declined"
    await stage["gerda"].says(word)
    assert not await stage["kim"].sees("Gerda har skrevet »")


@on_one_database
@pytest.mark.parametrize(
    "like",
    ["Liked “{}”", "Syntes godt om »{}«", "👍 til “{}”", "Loved “{}", "Reacted 🎉 to “{}”"],
)
async def test_a_like_that_comes_as_a_text_is_no_answer_and_no_words_of_anybodys(
    stage: ReserveStage, like: str
) -> None:
    """R005: it quotes the question, and was read as what the person had written; once more is no more than once."""
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    asked = stage.sms.to(JENS)[-1]
    for _ in range(2):
        assert await stage.sms.answers(JENS, like.format(asked), stage.address) == 200
        await stage.settle()
    assert [step["result"] for step in await stage.part("escalation")] == [None]
    assert len([each for each in stage.sms.to(JENS) if each.startswith("Et tegn er ikke et svar.")]) == 1
    assert await stage.crises() == 1
    # Their own words are words, also where they quote it.
    assert await stage.sms.answers(JENS, f"hvad betyder »{asked[:40]}«", stage.address) == 200
    assert await stage.sms.answers(JENS, "kan ikke", stage.address) == 200
    await stage.settle()
    assert len([each for each in stage.sms.to(JENS) if each.startswith("Et tegn er ikke et svar.")]) == 1
    assert next(step["result"] for step in await stage.part("escalation")) == "declined"


async def _taken(stage: ReserveStage) -> list[int]:
    """The chains that somebody has taken."""
    async with stage.database.reading() as db:
        return list(
            await db.scalars(select(Escalation.id).where(Escalation.state == "contact").order_by(Escalation.id))
        )
