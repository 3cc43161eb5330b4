"""Answers by mail: SMTP out, and in by IMAP or a gateway's webhook, over real protocols on loopback, beside Slack."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiohttp
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr
from sqlalchemy import select

from bot.platforms.fallback.mail import Mail
from bot.platforms.fallback.mailbox import Mailbox
from bot.settings import MailAccount, Settings
from storage.plan import loading
from storage.rows.traffic import Inbox
from tests.fakes.fallback.imap import FakeImap, Kept
from tests.stage.slack import SlackStage

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

SIGNING_KEY = "mailgun-signing-key"
JENS, PIA = "jens@4k.example", "pia@4k.example"


class Outside:
    """Everybody's mail programs: what they get, and what they answer."""

    def __init__(self, box: FakeImap) -> None:
        self.box = box
        self.got: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> EmailMessage:
        """The newest that somebody got."""
        return [mail for mail in self.got if address in str(mail["to"])][-1]

    def write(self, sender: str, subject: str, text: str, name: str = "1@outside", **head: str) -> None:
        """Somebody's mail arrives in krisebot's mailbox."""
        self.box.mails.append(Kept(written(sender, subject, text, name, **head)))


def written(sender: str, subject: str, text: str, name: str = "1@outside", **head: str) -> bytes:
    """A mail to krisebot, as it is sent."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Nogen <{sender}>", "krisebot@htk.example", subject
    mail["Message-ID"] = f"<{name}>"
    for key, value in head.items():
        mail[key.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes(policy=policy.SMTP)


def call(mail: bytes, token: str, *, key: str = SIGNING_KEY, ago: float = 0) -> dict[str, str | bytes]:
    """What Mailgun posts to a route that ends in "mime", signed as it signs."""
    timestamp = str(int(time.time() - ago))
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    said = {"recipient": "krisebot@htk.example", "timestamp": timestamp, "token": token, "signature": signature}
    return {**said, "body-mime": mail.decode()}


class MailStage(SlackStage):
    """Slack, with mail both ways beside it."""

    outside: Outside

    def settings(self) -> Settings:
        mail_in = {"imap_url": SecretStr(self.outside.box.url), "mailgun_signing_key": SecretStr(SIGNING_KEY)}
        return super().settings().model_copy(update=mail_in)

    async def post(self) -> None:
        """Let krisebot look into its mailbox."""
        (mail,) = [each for each in self.bot.platforms if isinstance(each, Mail)]
        await mail.look(Mailbox(MailAccount.of(self.outside.box.url)))
        await self.settle()

    async def brings(self, call: Mapping[str, str | bytes], *, form: bool = True) -> int:
        """A gateway calls, as Mailgun does; gives the status that it is answered with."""
        body: Any = dict(call)
        if form:
            body = aiohttp.FormData(default_to_multipart=True)
            for name, value in call.items():
                body.add_field(name, value)
        async with (
            aiohttp.ClientSession() as client,
            client.post(f"{self.address}/mail/mailgun/mime", data=body) as answer,
        ):
            await self.settle()
            return answer.status

    async def warned(self) -> str:
        """Jens is asked by chat and by mail; the number of the answer with which he takes it."""
        await self["finn"].commands("varsel vand i kælderen på Birkehøj")
        await self["finn"].presses("Ja")
        body = self.outside.to(JENS).get_body(("plain",))
        assert body is not None
        head = self.outside.to(JENS)
        assert (head["Auto-Submitted"], head["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
        (answers,) = [line for line in body.get_content().splitlines() if line.startswith("Svar med et tal")]
        return next(str(part).split(":")[0].split()[-1] for part in answers.split(",") if "Jeg har den" in part)

    async def result(self) -> str | None:
        """What became of the first who was asked."""
        result: str | None = (await self.part("escalation"))[0]["result"]
        return result


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[MailStage]:
    async with FakeImap() as box:
        outside = Outside(box)
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(outside), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        text = loading.example_text().replace(
            "mail: null", f'mail: "mailto://127.0.0.1:{port}?from=krisebot@htk.example&to={{mail}}&mode=insecure"'
        )
        stage = MailStage(database_url, plan_=loading.parse(text, "planen"))
        stage.outside = outside
        async with stage:
            yield stage
        server.close()


async def test_a_number_in_an_answer_to_the_mail_is_the_button_and_counts_once(stage: MailStage) -> None:
    """R005 R006: above the signature and what is quoted; the same mail read twice, before and after a restart, is one."""
    number = await stage.warned()
    subject = f"SV: {stage.outside.to(JENS)['subject']}"
    text = f"{number}\n\nMed venlig hilsen\nJens\n\nDen tors. 2. jul. 2026 kl. 14.00 skrev Krisebot\n<k@htk.example>:\n> Kan du?"
    stage.outside.write(JENS, subject, text)
    await stage.post()
    stage.outside.write(JENS, subject, text)
    await stage.kill()
    await stage.post()
    assert stage.outside.box.unread() == 0
    (step,) = await stage.part("escalation")
    assert (step["person"], step["result"]) == ("jens", "contact")


async def test_without_the_mark_that_only_the_receiver_has_seen_nobody_answers_for_anybody(stage: MailStage) -> None:
    """R005: a sender's address is easily forged; a mark in somebody else's hands is worth nothing."""
    number = await stage.warned()
    subject = str(stage.outside.to(JENS)["subject"])
    stage.outside.write(JENS, "Varsel", number, "1@outside")
    stage.outside.write(PIA, subject, number, "2@outside")
    stage.outside.write("fremmed@ude.example", subject, number, "3@outside")
    stage.outside.write(JENS, subject, "Jeg er på ferie", "4@outside", Auto_Submitted="auto-replied")
    stage.outside.write(JENS, f"Automatisk svar: {subject}", "Jeg kan ikke", "5@outside")
    await stage.post()
    assert await stage.result() is None
    stage.outside.write(JENS, subject, "jeg kan ikke, er i Grækenland", "6@outside")
    await stage.post()
    assert await stage.result() == "declined"


async def test_a_mail_that_bounces_is_a_failure_with_its_reason(stage: MailStage) -> None:
    """D02: neither Slack nor mail reaches Ulla: it is a fact in the log, with the server's own code."""
    stage.slack.deactivate("U0ULLA")
    await stage["jens"].commands("aktiver 2 skybrud")
    sent = stage.outside.to("ulla@htk.example")
    stage.outside.box.mails.append(
        Kept(
            (
                "From: MAILER-DAEMON@htk.example\r\nTo: krisebot@htk.example\r\nSubject: Undeliverable\r\n"
                'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
                "--x\r\nContent-Type: text/plain\r\n\r\nNej\r\n"
                "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.htk.example\r\n\r\n"
                "Final-Recipient: rfc822; ulla@htk.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
                f"--x\r\nContent-Type: message/rfc822\r\n\r\n{sent.as_string()}\r\n--x--\r\n"
            ).encode()
        )
    )
    await stage.post()
    told = await stage.export()
    states = [each["state"] for each in told["notifications"] if each["to"] == "ulla" and each["kind"] == "notice"]
    assert states[:2] == ["failed", "failed"]
    assert any("5.1.1" in entry["summary"] for entry in told["log"] if entry["kind"] == "undeliverable")


async def test_a_gateway_may_bring_the_mails_and_each_counts_once_however_often_it_comes(stage: MailStage) -> None:
    """R005: Mailgun's route, as a form with and without files; its retry is the same mail."""
    number = await stage.warned()
    answer = written(JENS, f"SV: {stage.outside.to(JENS)['subject']}", f"{number}\n\nMvh Jens")
    assert await stage.brings(call(answer, "a" * 50)) == 200
    assert await stage.brings(call(answer, "a" * 50)) == 200
    await stage.kill()
    assert await stage.brings(call(answer, "b" * 50), form=False) == 200
    (step,) = await stage.part("escalation")
    assert (step["person"], step["result"]) == ("jens", "contact")
    large = written("finn@htk.example", "Varsel", "varsel brand " + "x" * 5_000_000)
    assert await stage.brings(call(large, "c" * 50)) == 200


async def test_a_forged_a_stale_and_a_used_signature_bring_nothing(stage: MailStage) -> None:
    """R005: 401 and no trace but a counter; what is no such form is 400."""
    number = await stage.warned()
    answer = written(JENS, f"SV: {stage.outside.to(JENS)['subject']}", number)
    assert await stage.brings(call(answer, "a" * 50, key="not-the-gateways-own")) == 401
    assert await stage.brings(call(answer, "b" * 50, ago=400)) == 401
    assert await stage.brings(call(answer, "c" * 50, ago=-400)) == 401
    assert await stage.brings({**call(answer, "d" * 50), "token": "e" * 50}) == 401
    assert await stage.brings(call(written("fremmed@ude.example", "Hej", "hej"), "f" * 50)) == 200
    assert await stage.brings(call(answer, "f" * 50)) == 401
    assert await stage.brings({"body-mime": answer.decode()}) == 400
    assert await stage.brings({**call(answer, "g" * 50), "body-mime": ""}, form=False) == 400
    await stage.settle()
    assert await stage.result() is None
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}/metrics") as metrics:
        assert 'krisebot_refused_requests{platform="mail"} 8.0' in await metrics.text()


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (f'From: {JENS}\r\nMessage-ID: <:"[]', True),
        ('From: fremmed@spam.example\r\nMessage-ID: <:"[]', False),
        ("From: =?utf-8?b?=?@", False),
        ("From: .:)@<@[", False),
    ],
)
async def test_a_mail_that_cannot_be_read_is_put_aside_and_keeps_no_other_waiting(
    stage: MailStage, head: str, told: bool
) -> None:
    """R005 D03: Python's reader trips over these, and one shut the mailbox for all that came after. A stranger's alarms
    nobody."""
    number = await stage.warned()
    asked = str(stage.outside.to(JENS)["subject"])
    stage.outside.box.mails.append(Kept(f"{head}\r\nSubject: hej\r\n\r\nhej".encode()))
    stage.outside.write(JENS, f"Re: {asked}", number, "3@outside")
    await stage.post()
    assert await stage.result() == "contact"
    assert await stage["jens"].sees("Noget fra Mail kunne ikke læses") == told
    async with stage.bot.database.reading() as db:
        kept = [row.body["text"] for row in await db.scalars(select(Inbox).where(Inbox.state == "failed"))]
    assert [JENS in text for text in kept] == [True] * told


async def test_what_a_calendar_answers_is_nobodys_words(stage: MailStage) -> None:
    """R055: a calendar accepts an invitation in its owner's name and words of its own: nobody is asked what they mean by it;
    an invitation that somebody sends us is words like any other."""
    for method, taken in (("REPLY", 0), ("counter", 0), ("REQUEST", 1)):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = PIA, "krisebot@htk.example", "Accepted: møde 1"
        mail["Message-ID"] = f"<{method}@calendar.example>"
        mail.set_content("Pia Krogh has accepted this invitation.")
        calendar = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nEND:VCALENDAR\r\n"
        mail.add_alternative(calendar, subtype="calendar", params={"method": method})
        stage.outside.box.mails.append(Kept(mail.as_bytes(policy=policy.SMTP)))
        await stage.post()
        async with stage.database.reading() as db:
            rows = await db.scalars(select(Inbox).where(Inbox.key.like(f"%{method}@calendar.example%")))
            assert len(rows.all()) == taken


# What a mailbox says by itself, and whether each answer to it would bring the next.
AUTOMATIC = {
    "Tak for din mail. Vi svarer hurtigst muligt.": True,
    "Din henvendelse er modtaget og har fået nr. {number}.": True,
    "Jeg er på ferie til den 3. august.": False,
    "Hvad mener du?": True,
    "status": True,
}
FIRST, *OTHERS = AUTOMATIC


async def rounds(stage: MailStage, text: str) -> int:
    """Jens' mailbox answers each mail at once, for half an hour; how many it got."""
    got = 0
    for _ in range(15):
        for mail in [each for each in stage.outside.got if JENS in str(each["to"])][got:]:
            got += 1
            body = mail.get_body(("plain",))
            assert body is not None
            quoted = f"Fra: Krisebot\nSendt: i dag\nEmne: {mail['subject']}\n\n{body.get_content()}"
            said = text.format(number=4700 + got)
            stage.outside.write(JENS, f"SV: {mail['subject']}", f"{said}\n\n{quoted}", f"auto-{got}@4k.example")
        await stage.post()
        await stage.forward(minutes=2)
    return got


@pytest.mark.parametrize("text", [FIRST, *(pytest.param(each, marks=pytest.mark.long) for each in OTHERS)])
async def test_two_machines_that_mail_each_other_come_to_an_end(stage: MailStage, text: str) -> None:
    """R005 D03: a mailbox that answers by itself and says so in no header: it was answered for ever; now a few times, and
    whoever can act is told, and the mails are kept."""
    await stage.warned()
    got = await rounds(stage, text)
    assert got <= 10
    async with stage.database.reading() as db:
        aside = list(await db.scalars(select(Inbox).where(Inbox.error.like("SetAside%"))))
    assert bool(aside) == AUTOMATIC[text]
    assert await stage["kim"].sees("Jens Lunds mail bliver ved med at svare det samme") == AUTOMATIC[text]


@pytest.mark.parametrize(
    "head",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}, {"Precedence": "auto_reply"}],
    ids=str,
)
async def test_a_mailbox_that_says_that_it_answers_by_itself_is_answered_by_nobody(
    stage: MailStage, head: dict[str, str]
) -> None:
    """R005: RFC 3834."""
    await stage.warned()
    sent = len(stage.outside.got)
    stage.outside.write(JENS, f"SV: {stage.outside.to(JENS)['subject']}", "Tak for din mail.", **head)
    await stage.post()
    assert len(stage.outside.got) == sent
    assert await stage.result() is None


async def test_a_person_who_says_the_same_to_several_questions_is_heard_each_time(stage: MailStage) -> None:
    """R005: words are heard three times in half an hour, and a number is a button whatever was said before."""
    number = await stage.warned()
    subject = f"SV: {stage.outside.to(JENS)['subject']}"
    for at in range(3):
        stage.outside.write(JENS, subject, "status", f"{at}@outside")
        await stage.post()
    stage.outside.write(JENS, subject, number, "tal@outside")
    await stage.post()
    async with stage.database.reading() as db:
        kept = [row.body["kind"] for row in await db.scalars(select(Inbox).where(Inbox.key.like("mail/%")))]
    assert kept == ["text", "text", "text", "press"]
    assert await stage.result() == "contact"


@pytest.mark.long
async def test_the_same_words_to_questions_of_their_own_are_heard_however_often(stage: MailStage) -> None:
    """R005 R043: "alt ok" to each of five questions in half an hour is five answers."""
    await stage["jens"].commands("aktiver 2 skybrud")
    stage.slack.deactivate("U0HANNE")
    for number in range(5):
        await stage["kim"].commands(f"ping sundhed hvordan står det til i runde {number}? svar 15")
        await stage.forward(seconds=30)
    asked = [mail for mail in stage.outside.got if "hanne" in str(mail["to"]) and "runde" in mail.as_string()]
    for number, mail in enumerate(asked):
        stage.outside.write("hanne@htk.example", f"SV: {mail['subject']}", "alt ok", f"ok-{number}@outside")
    await stage.post()
    async with stage.database.reading() as db:
        kept = list(await db.scalars(select(Inbox).where(Inbox.key.like("mail/<ok-%"))))
    assert len(kept) == len(asked) >= 4


@pytest.mark.long
async def test_many_mails_in_somebodys_name_shut_their_own_out_of_nothing(stage: MailStage) -> None:
    """R005 D12: an address is easily forged; only what brings our marks back is counted against whoever has it."""
    await stage.warned()
    subject = f"SV: {stage.outside.to(JENS)['subject']}"
    for number in range(25):
        stage.outside.write(JENS, "hej", f"ord {'x' * number} af en anden", f"forged-{number}@outside")
    stage.outside.write(JENS, "hej", "der er vand i kælderen", "own@outside")
    stage.outside.write(JENS, subject, "status", "marked@outside")
    await stage.post()
    async with stage.database.reading() as db:
        kept = set(await db.scalars(select(Inbox.key).where(Inbox.state != "failed")))
    assert {"mail/<own@outside>", "mail/<marked@outside>", "mail/<forged-24@outside>"} <= kept


async def test_mails_that_are_read_again_are_no_machines(stage: MailStage) -> None:
    """R005 D03: a mailbox that doesn't keep what was read brings the same three again: nothing goes round."""
    await stage.warned()
    for number in range(3):
        stage.outside.write(JENS, "hej", "der er vand i kælderen", f"{number}@outside")
    for _ in range(3):
        await stage.post()
        for mail in stage.outside.box.mails:
            mail.seen = False
    async with stage.database.reading() as db:
        assert len(list(await db.scalars(select(Inbox).where(Inbox.key.like("mail/%"))))) == 3
        assert not list(await db.scalars(select(Inbox).where(Inbox.error.like("SetAside%"))))
    assert not await stage["kim"].sees("bliver ved med at svare")


@pytest.mark.parametrize("first", [True, False])
async def test_a_mail_with_two_senders_answers_for_nobody_who_has_no_mark(stage: MailStage, first: bool) -> None:
    """R005 D12: another's address above or below Jens' own, and another's mark."""
    number = await stage.warned()
    other = b"From: Pia <pia@4k.example>\r\n"
    mail = written(JENS, f"SV: {stage.outside.to(JENS)['subject']}", number)
    own, _, rest = mail.partition(b"\r\n")
    assert own.startswith(b"From: ")
    stage.outside.box.mails.append(Kept(other + mail if first else b"\r\n".join((own, other.rstrip(), rest))))
    await stage.post()
    async with stage.database.reading() as db:
        kept = [
            (row.sender, row.body["kind"]) for row in await db.scalars(select(Inbox).where(Inbox.key.like("mail/%")))
        ]
    assert kept == ([(f"mail:{PIA}", "text")] if first else [("jens", "press")])
    assert await stage.result() == (None if first else "contact")


@pytest.mark.long
async def test_a_machine_that_says_something_else_each_time_and_brings_no_mark_comes_to_an_end(
    stage: MailStage,
) -> None:
    """R005 D03: a system of cases answers with a case of its own each time; Jens himself is heard all the same."""
    await stage.warned()
    got = 0
    for _ in range(30):
        for _ in [each for each in stage.outside.got if JENS in str(each["to"])][got:]:
            got += 1
            case = "".join("abcdefghij"[int(digit)] for digit in str(got))
            stage.outside.write(
                JENS, f"Sag {case}", f"Tak for din henvendelse, som er sag {case}.", f"{got}@4k.example"
            )
        await stage.post()
        await stage.forward(seconds=30)
    assert got <= 30
    stage.outside.write(JENS, "hej", "der er vand i kælderen", "own@outside")
    await stage.post()
    async with stage.database.reading() as db:
        (own,) = await db.scalars(select(Inbox).where(Inbox.key == "mail/<own@outside>"))
    assert own.state == "done"
    assert await stage["kim"].sees(f"Der kommer mail på mail fra {JENS}")
    # After a while it is answered again.
    await stage.forward(hours=1)
    sent = len(stage.outside.got)
    stage.outside.write(JENS, "hej", "der er mere vand i kælderen", "later@outside")
    await stage.post()
    assert len(stage.outside.got) > sent


async def test_a_number_at_the_end_of_a_long_mail_is_held_back(stage: MailStage) -> None:
    """D07 R005: only the beginning of a long mail is understood, and all of it is looked through for CPR numbers."""
    await stage.warned()
    long = "vandet stiger ved broen\n" * 250
    stage.outside.write(JENS, f"SV: {stage.outside.to(JENS)['subject']}", f"log ? {long}\ncpr 010190-1234 xx")
    await stage.post()
    assert "010190-1234" not in json.dumps(await stage.export())
    body = stage.outside.to(JENS).get_body(("plain",))
    assert body is not None
    assert "Det ligner et CPR-nummer" in body.get_content()


# Parts in parts, deeper than Python's reader goes.
NESTED = "".join(
    f"Content-Type: multipart/{{kind}}; boundary=b{deep}\r\n\r\n--b{deep}\r\n".replace(
        "{kind}", "mixed" if deep else "{kind}"
    )
    for deep in range(1200)
)


@pytest.mark.long
@pytest.mark.parametrize(
    ("head", "told"),
    [
        (f"From: {JENS}\r\n{NESTED.format(kind='mixed')}", True),
        (f"From: fremmed@spam.example\r\n{NESTED.format(kind='mixed')}", False),
        (f"From: fremmed@spam.example\r\nAuto-Submitted: auto-replied\r\n{NESTED.format(kind='mixed')}", False),
        (f"From: mailer-daemon@spam.example\r\n{NESTED.format(kind='report')}", False),
    ],
    ids=["known", "stranger", "machine", "report"],
)
async def test_a_strangers_mail_never_reaches_the_reader(stage: MailStage, head: str, told: bool) -> None:
    """R005 D03: the sender is looked up in the head alone; a mark of a machine opens the reader for nobody either."""
    stage.outside.box.mails.append(Kept(head.encode()))
    await stage.post()
    assert await stage["jens"].sees("Noget fra Mail kunne ikke læses") == told
    async with stage.bot.database.reading() as db:
        kept = list(await db.scalars(select(Inbox).where(Inbox.state == "failed")))
    assert len(kept) == told
