"""Mail by a mailbox in Exchange Online: Graph over real HTTP on loopback, with Entra's tokens, beside Slack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from bot import doctor
from bot.engine.platform import Outgoing, Unavailable
from bot.platforms.fallback.graph_mail import GraphMail
from bot.platforms.fallback.mailbox import MailboxShut
from bot.settings import Settings
from handlers.core.card import Card
from storage.plan import loading
from storage.rows.traffic import Inbox
from tests.bot.platforms.fallback.test_mail import JENS, written
from tests.fakes.fallback.exchange import MAILBOX, FakeExchange, Kept
from tests.fakes.teams.faults import DisconnectAfter, DisconnectBefore, RateLimited, Refusal, ServerError
from tests.handlers.staff.test_calendars import broken_rules, calendar_in, in_staff
from tests.stage.slack import SlackStage

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

PLAN = (
    loading.example_text()
    .replace("mail: null", f'mail: "graph://{MAILBOX}"')
    .replace("kommune: ", "adresse: https://krise.htk.example/\nkommune: ", 1)
)


class GraphStage(SlackStage):
    """Slack, with a mailbox in Exchange Online beside it."""

    exchange: FakeExchange

    def settings(self) -> Settings:
        theirs = Settings(_env_file=None, **self.exchange.settings())  # type: ignore[call-arg]
        names = ("graph_app_id", "graph_app_password", "graph_tenant_id", "microsoft_login_url", "microsoft_graph_url")
        return super().settings().model_copy(update={name: getattr(theirs, name) for name in names})

    @property
    def mail(self) -> GraphMail:
        """Krisebot's way by mail."""
        (found,) = [each for each in self.bot.platforms if isinstance(each, GraphMail)]
        return found

    async def post(self) -> None:
        """Let krisebot look into its mailbox."""
        await self.mail.look(self.mail._exchange)
        await self.settle()

    def arrives(self, sender: str, subject: str, text: str, name: str = "1@outside", **head: str) -> Kept:
        """Somebody's mail arrives."""
        self.exchange.mails.append(Kept(written(sender, subject, text, name, **head)))
        return self.exchange.mails[-1]

    def to(self, address: str) -> EmailMessage:
        """The newest that somebody got."""
        return [mail for mail in self.exchange.sent if address in str(mail["to"])][-1]

    async def warned(self) -> str:
        """Jens is asked by chat and by mail; the number of the answer with which he takes it."""
        await self["finn"].commands("varsel vand i kælderen på Birkehøj")
        await self["finn"].presses("Ja")
        body = self.to(JENS).get_body(("plain",))
        assert body is not None
        (answers,) = [line for line in body.get_content().splitlines() if line.startswith("Svar med et tal")]
        return next(str(part).split(":")[0].split()[-1] for part in answers.split(",") if "Jeg har den" in part)

    async def taken(self, part: str) -> list[str]:
        """The inputs whose mail has this in its name."""
        async with self.bot.database.reading() as db:
            return list(await db.scalars(select(Inbox.key).where(Inbox.key.like(f"mail/%{part}%"))))


def outgoing(number: int, text: str, file: bytes | None = None) -> Outgoing:
    """Something that the outbox gives a platform to send."""
    return Outgoing(message=number, key=f"test/{number}", version=1, card=Card(text, file_name="pakke.pdf"), file=file)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[GraphStage]:
    async with FakeExchange() as exchange:
        stage = GraphStage(database_url, plan_=loading.parse(PLAN, "planen"))
        stage.exchange = exchange
        async with stage:
            yield stage


async def test_a_ping_is_answered_by_mail_and_what_has_been_read_is_marked(stage: GraphStage) -> None:
    """R107 R005: a number above the signature and the quote; it stands in the centre's row as from the chat."""
    stage.slack.deactivate("U0HANNE")
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["tina"].commands("ping alle hvordan står det til? svar 15")
    asked = stage.to("hanne@htk.example")
    assert (asked["Auto-Submitted"], asked["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    body = asked.get_body(("plain",))
    assert body is not None
    stage.arrives(
        "hanne@htk.example", f"SV: {asked['subject']}", "Hej Krisebot,\n\n1\n\nVenlig hilsen\nHanne", "ping@htk"
    )
    await stage.post()
    (ping,) = await stage.part("pings")
    assert {each["reading"] for each in ping["answers"] if each["centre"] == "Sundhed"} == {"green"}
    assert stage.exchange.unread() == 0
    assert await stage.taken("ping@htk") == ["mail/<ping@htk>"]


async def test_an_invitation_goes_out_as_a_meeting_request(stage: GraphStage) -> None:
    """R055 R132: the meeting is an alternative of the words, as it is by SMTP."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("møde om 20 min stabsrummet")
    mails = [mail for mail in stage.exchange.sent if mail.get_content_type() == "multipart/alternative"]
    assert {mail["to"] for mail in mails} == {f"{person}@htk.example" for person in await in_staff(stage)}
    for mail in mails:
        assert calendar_in(mail)[0] == "REQUEST"
        assert broken_rules(mail) == []


async def test_whoever_dies_between_the_disk_and_the_mark_takes_each_mail_in_once(stage: GraphStage) -> None:
    """R006: the row is on disk, the mark is not; and the mark that was made and whose answer was lost."""
    number = await stage.warned()
    subject = f"SV: {stage.to(JENS)['subject']}"
    stage.arrives(JENS, subject, number, "died@outside")
    stage.exchange.fail("mark", with_=DisconnectBefore(), times=None)
    with pytest.raises(MailboxShut):
        await stage.post()
    assert await stage.taken("died@outside")
    assert stage.exchange.unread() == 1
    stage.exchange.heal()
    await stage.kill()
    stage.exchange.fail("mark", with_=DisconnectAfter())
    for _ in range(2):
        try:
            await stage.post()
        except MailboxShut:
            continue
    assert stage.exchange.unread() == 0
    assert await stage.taken("died@outside") == ["mail/<died@outside>"]
    (step,) = await stage.part("escalation")
    assert (step["person"], step["result"]) == ("jens", "contact")


async def test_nothing_is_marked_read_that_is_not_on_disk(stage: GraphStage) -> None:
    """R006: a mail that a rule moves meanwhile keeps its name; one that Exchange can't give us keeps no other waiting; one
    that somebody deletes is gone."""
    number = await stage.warned()
    subject = f"SV: {stage.to(JENS)['subject']}"
    broken = stage.arrives(JENS, subject, "kaputt", "broken@outside")
    broken.broken = 500
    refused = stage.arrives(JENS, subject, "kaputt", "refused@outside")
    refused.broken = 400
    good = stage.arrives(JENS, subject, number, "good@outside")
    listed = await stage.mail._exchange.unread()
    assert [raw for _, raw in listed] == [good.raw]
    stage.exchange.move(good, "archive")
    await stage.mail._exchange.mark_read(*(name for name, _ in listed), "AAkALg-gone")
    assert good.seen
    good.seen, good.folder = False, "inbox"
    await stage.post()
    assert (good.seen, broken.seen, refused.seen) == (True, False, False)
    assert await stage.taken("good@outside")
    assert not await stage.taken("broken@outside")


async def test_many_mails_come_over_several_pages_oldest_first(stage: GraphStage) -> None:
    """R005: Graph gives pages of its own size, and empty ones among them."""
    for number in range(7):
        stage.arrives(JENS, "varsel", f"varsel vand i kælder {number}", f"{number}@outside")
    await stage.post()
    assert stage.exchange.unread() == 0
    assert await stage.taken("@outside") == [f"mail/<{number}@outside>" for number in range(7)]


async def test_our_token_goes_nowhere_but_to_graph(stage: GraphStage) -> None:
    """D12: a next page that is somewhere else is none."""
    async with FakeExchange() as thief:
        stage.exchange.elsewhere, stage.exchange.empty_pages = thief.url, 0
        for number in range(4):
            stage.arrives(JENS, "varsel", f"varsel vand i kælder {number}", f"{number}@outside")
        await stage.post()
        assert thief.calls == []
    # What was on the page that was read is taken in, and the next look has the rest.
    assert stage.exchange.unread() == 2


@pytest.mark.parametrize(
    ("call", "fault", "told"),
    [
        ("list", RateLimited(7), "Exchange beder os vente"),
        ("list", Refusal(403, "ErrorAccessDenied"), f"har ikke lov til at bruge {MAILBOX} (ErrorAccessDenied)"),
        ("list", Refusal(404, "MailboxNotEnabledForRESTAPI"), "ingen postkasse i Exchange Online"),
        ("list", Refusal(404, "ErrorInvalidUser"), "ingen postkasse i Exchange Online"),
        ("list", Refusal(401, "InvalidAuthenticationToken"), "afviser Krisebots adgang"),
        ("list", ServerError(503), "svarer med en fejl (503)"),
        ("list", DisconnectBefore(), "Exchange svarer ikke"),
        ("mark", Refusal(403, "ErrorAccessDenied"), "kan ikke markeres som læst"),
    ],
)
async def test_a_mailbox_that_cannot_be_read_is_told_of_until_it_can(
    stage: GraphStage, call: str, fault: Any, told: str
) -> None:
    """R070 R213: in /readyz, with Microsoft's own word for whoever has to mend it; nothing is lost meanwhile."""
    stage.arrives(JENS, "varsel", "varsel vand i kælderen", "kept@outside")
    stage.exchange.fail(call, with_=fault, times=None)
    with pytest.raises(MailboxShut) as shut:
        await stage.post()
    assert shut.value.wait == (7 if isinstance(fault, RateLimited) else 0)
    assert told in str(stage.mail.trouble())
    assert stage.exchange.unread() == 1
    stage.exchange.heal()
    await stage.post()
    assert stage.mail.trouble() is None
    assert await stage.taken("kept@outside") == ["mail/<kept@outside>"]


async def test_a_right_to_send_that_is_gone_is_told_of_until_something_is_sent(stage: GraphStage) -> None:
    """R070 R213: the mailbox is read every quarter of a minute, and says nothing of that."""
    stage.exchange.consents = {"Mail.ReadWrite"}
    with pytest.raises(Unavailable):
        await stage.mail.send(JENS, outgoing(5, "Vand i kælderen"))
    await stage.post()
    assert "Krisebot har ikke lov til at bruge" in str(stage.mail.trouble())
    stage.exchange.consents |= {"Mail.Send"}
    await stage.mail.send(JENS, outgoing(5, "Vand i kælderen"))
    assert stage.mail.trouble() is None


async def test_a_mail_that_exchange_will_not_have_marked_keeps_no_other_unread(stage: GraphStage) -> None:
    """R070 R006: the oldest are read first, so that what stays in front would keep all that is new from being read."""
    await stage.warned()
    first, second = (stage.arrives(JENS, "vand", f"der er vand {number}", f"{number}@marked") for number in (1, 2))
    stage.exchange.fail("mark", with_=Refusal(400, "ErrorItemSave"))
    with pytest.raises(MailboxShut, match="ErrorItemSave"):
        await stage.post()
    assert (first.seen, second.seen) == (False, True)
    assert len(await stage.taken("@marked")) == 2


async def test_an_exchange_that_asks_for_years_of_quiet_is_asked_again_in_minutes(stage: GraphStage) -> None:
    """R070: whoever answers meanwhile would be taken for silent."""
    stage.exchange.fail("list", with_=RateLimited(10**9), times=None)
    with pytest.raises(MailboxShut) as shut:
        await stage.post()
    assert shut.value.wait == 300


async def test_a_token_that_was_revoked_is_fetched_anew(stage: GraphStage) -> None:
    """R070: an administrator who turns the secret over costs nobody a mail."""
    stage.arrives(JENS, "varsel", "varsel vand i kælderen", "kept@outside")
    await stage.post()
    stage.exchange.entra.revoke()
    stage.arrives(JENS, "varsel", "varsel vand igen", "again@outside")
    await stage.post()
    assert await stage.taken("again@outside")


@pytest.mark.parametrize(
    "fault", [RateLimited(1), Refusal(403, "ErrorAccessDenied"), Refusal(404, "MailboxNotEnabledForRESTAPI")]
)
async def test_a_mail_that_exchange_does_not_take_waits_until_it_does(stage: GraphStage, fault: Any) -> None:
    """R070: it is this way that is shut, and not the person who can't be reached."""
    stage.exchange.fail("send", with_=fault, times=None)
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    assert stage.exchange.sent == []
    stage.exchange.heal()
    await stage.forward(minutes=3)
    assert [mail for mail in stage.exchange.sent if JENS in str(mail["to"])]


async def test_everybody_at_once_is_never_more_than_exchange_takes(stage: GraphStage) -> None:
    """R070: four calls at a time to one mailbox, and the fifth is turned away."""
    stage.exchange.slow = 0.02
    lanes = [f"{number}@htk.example" for number in range(9)]
    await asyncio.gather(*(stage.mail.send(lane, outgoing(1, "Mød nu")) for lane in lanes))
    assert sorted(str(mail["to"]) for mail in stage.exchange.sent) == lanes
    assert 1 < stage.exchange.most_open <= 4


async def test_a_file_too_large_for_a_mail_is_told_of_and_the_words_go(stage: GraphStage) -> None:
    """R055: four megabytes a call, as base64."""
    for size, attached in ((1_000, True), (3_200_000, False)):
        await stage.mail.send(JENS, outgoing(size, "Nødpakken er her", b"%PDF" + b"x" * size))
        mail = stage.to(JENS)
        assert bool(list(mail.iter_attachments())) == attached
        body = mail.get_body(("plain",))
        assert body is not None
        assert ("for stor til en mail" in body.get_content()) != attached


async def told(url: str, exchange: FakeExchange, **settings: Any) -> list[str]:
    return await doctor.examine(
        Settings(  # type: ignore[call-arg]
            _env_file=None,
            KRISEBOT_DATABASE_URL=url,
            SLACK_BOT_TOKEN="xoxb-1",
            SLACK_SIGNING_SECRET="s",
            SLACK_API_URL="http://127.0.0.1:9/",
            **{**exchange.settings(), **settings},
        )
    )


async def test_doctor_says_what_the_mailbox_lacks_and_what_it_has_too_much_of(database_url: str, tmp_path: Any) -> None:
    """R070 R213: by consent in Entra with a policy, by an Exchange role that is in no token, and with nothing at all; and
    nothing is sent or read to find out."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN, "utf-8")
    async with FakeExchange() as exchange:
        lines = await told(database_url, exchange, KRISEBOT_PLAN=plan)
        assert "OK  mail: alle rettigheder er givet" in lines
        exchange.only = None
        lines = await told(database_url, exchange, KRISEBOT_PLAN=plan)
        assert any(each.startswith("ADVARSEL  mail: ") and "andres postkasser" in each for each in lines)
        exchange.consents, exchange.only = set(), None
        exchange.roles = {(MAILBOX, "Mail.ReadWrite"), (MAILBOX, "Mail.Send")}
        assert "OK  mail: alle rettigheder er givet" in await told(database_url, exchange, KRISEBOT_PLAN=plan)
        for permission, lost in (("Mail.ReadWrite", "bliver ikke læst"), ("Mail.Send", "går ingen mail ud")):
            exchange.roles = {(MAILBOX, other) for other in ("Mail.ReadWrite", "Mail.Send") if other != permission}
            lines = await told(database_url, exchange, KRISEBOT_PLAN=plan)
            (line,) = [each for each in lines if each.startswith("FEJL  mail: ")]
            assert permission in line
            assert lost in line
        exchange.roles = {(MAILBOX, "Mail.ReadWrite"), (MAILBOX, "Mail.Send")}
        exchange.unlicensed = {MAILBOX}
        lines = await told(database_url, exchange, KRISEBOT_PLAN=plan)
        assert any("ingen postkasse i Exchange Online" in each for each in lines)
        assert exchange.sent == []
        assert not {"list", "fetch"} & set(exchange.calls)
        lines = await told(database_url, exchange, KRISEBOT_PLAN=plan, KRISEBOT_GRAPH_APP_PASSWORD="forkert")
        assert any("Entra giver os ikke adgang (invalid_client)" in each for each in lines)
        assert any("hvornår KRISEBOT_GRAPH_APP_PASSWORD udløber" in each for each in lines)


@pytest.mark.parametrize(
    ("address", "settings", "told_of"),
    [
        ("graph://", {}, "»reserve: mail« kan ikke bruges"),
        ("graph://krisebot:kode@htk.example", {}, "uden adgangskode"),
        (f"graph://{MAILBOX}", {"KRISEBOT_IMAP_URL": "imaps://a:b@imap.htk.example"}, "Fjern den ene"),
        (
            f"graph://{MAILBOX}",
            dict.fromkeys(("APP_ID", "APP_PASSWORD", "TENANT_ID"), ""),
            "KRISEBOT_GRAPH_APP_ID: mangler",
        ),
    ],
)
async def test_a_half_set_up_mailbox_is_refused_with_what_to_do(
    database_url: str, tmp_path: Any, address: str, settings: dict[str, str], told_of: str
) -> None:
    """R213: never started half."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN.replace(f"graph://{MAILBOX}", address), "utf-8")
    named = {
        name if name.startswith("KRISEBOT") else f"KRISEBOT_GRAPH_{name}": value for name, value in settings.items()
    }
    async with FakeExchange() as exchange:
        lines = await told(database_url, exchange, KRISEBOT_PLAN=plan, **{k: v or None for k, v in named.items()})
    assert any(each.startswith("FEJL") and told_of in each for each in lines)
