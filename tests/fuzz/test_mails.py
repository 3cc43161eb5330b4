"""Whatever mail is sent to krisebot, and however it is made, the mails beside it and after it are read."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections import Counter
from collections.abc import AsyncIterator
from email import policy
from email.message import EmailMessage
from random import Random

import aiohttp
import pytest
from sqlalchemy import select

from storage.plan import loading
from storage.rows.traffic import Inbox
from tests.bot.platforms.fallback.test_graph_mail import PLAN as GRAPH_PLAN
from tests.bot.platforms.fallback.test_graph_mail import GraphStage
from tests.bot.platforms.fallback.test_mail import SIGNING_KEY, MailStage, Outside, call, written
from tests.fakes.fallback import exchange, imap
from tests.fakes.fallback.exchange import FakeExchange
from tests.fakes.fallback.imap import FakeImap
from tests.fuzz.mail_mutations import PIECES, mutated

# What is warned of has the odd signs in it, which no report can carry.
pytestmark = pytest.mark.filterwarnings("ignore")

AT_ONCE = 12
# In the long run, of each way; what a seed finds in so many it finds in minutes.
MOST = 6_000
JENS, PIA = "jens@4k.example", "pia@4k.example"


def zoo() -> list[bytes]:
    """One mail of each kind that comes in, from somebody in the plan."""
    return [
        written(JENS, "SV: 🚨 Varsel [KB 1-0123456789abcdef]", "1\n\nVenlig hilsen\nJens", "tal@htk"),
        written(JENS, "=?utf-8?q?R=C3=B8g?=", "Røg på Birkehøj\n\n> Kan du?", "ord@htk", Auto_Submitted="no"),
        written(PIA, "Automatisk svar: Varsel", "Jeg er på ferie", "ferie@htk", Auto_Submitted="auto-replied"),
        _in_two_ways(),
        _with_a_picture(),
        _sealed(),
        _forwarded(),
        _calendars(),
        _bounced(),
        written(JENS, "Uden ord", "", "tom@htk"),
        b"From: jens@4k.example\nSubject: bare linjer\n\nalt ok\n",
        b"From: jens@4k.example\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nalt g\xe5r godt p\xe5 sko\xf8len\r\n",
    ]


def _new(subject: str, name: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = f"Jens Møller <{JENS}>", "krisebot@htk.example", subject
    mail["Message-ID"] = f"<{name}@htk>"
    return mail


def _in_two_ways() -> bytes:
    mail = _new("Vand i kælderen", "begge")
    mail.set_content("vand i kælderen")
    mail.add_alternative(
        "<html><style>p{}</style><p>vand i <b>kælderen</b></p><blockquote>1</blockquote>", subtype="html"
    )
    return mail.as_bytes()


def _with_a_picture() -> bytes:
    mail = _new("Billede", "billede")
    mail.set_content("se her")
    mail.add_attachment(b"\xff\xd8\xff" * 50, maintype="image", subtype="jpeg", filename="vand på broen.jpg")
    return mail.as_bytes()


def _sealed() -> bytes:
    mail = _new("Krypteret", "lukket")
    mail.add_attachment(b"0\x80", maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    return mail.as_bytes()


def _forwarded() -> bytes:
    mail, inner = _new("VS: Vand", "videresendt"), _new("Vand", "indre")
    inner.set_content("der er vand")
    mail.set_content("se nedenfor")
    mail.add_attachment(inner)
    return mail.as_bytes()


def _calendars() -> bytes:
    mail = _new("Accepteret: Krisestabsmøde", "kalender")
    mail.set_content("Jens har accepteret")
    mail.add_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR", subtype="calendar", params={"method": "REPLY"})
    return mail.as_bytes()


def _bounced() -> bytes:
    return (
        b"From: MAILER-DAEMON@htk.example\r\nTo: krisebot@htk.example\r\nSubject: Undeliverable\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nNej\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.htk.example\r\n\r\n"
        b"Final-Recipient: rfc822; ulla@htk.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Varsel [KB 1-0123456789abcdef]\r\n--x--\r\n"
    )


def rounds(attacked_by: int) -> int:
    """How many times so many mails are sent."""
    return max(1, min(MOST, attacked_by * 12) // AT_ONCE)


async def taken(stage: MailStage | GraphStage) -> set[str]:
    """The keys of what has been taken in."""
    async with stage.bot.database.reading() as db:
        return set(await db.scalars(select(Inbox.key)))


async def well_handled(stage: MailStage | GraphStage) -> None:
    """What was taken in is handled, and none of it is a fault of ours."""
    await stage.settle()
    async with stage.bot.database.reading() as db:
        failed = [
            f"{error}: {body['text'][:1000]!r}"
            for error, body in await db.execute(select(Inbox.error, Inbox.body).where(Inbox.attempts > 0))
            if not str(error).startswith("TimeoutError")
        ]
    assert not failed, "\n\n".join(failed[:5])


@pytest.fixture
async def by_imap(database_url: str) -> AsyncIterator[MailStage]:
    async with FakeImap() as box:
        text = loading.example_text().replace(
            "mail: null", 'mail: "mailto://127.0.0.1:9?from=krisebot@htk.example&to={mail}&mode=insecure"'
        )
        stage = MailStage(database_url, plan_=loading.parse(text, "planen"))
        stage.outside = Outside(box)
        async with stage:
            yield stage


@pytest.fixture
async def by_graph(database_url: str) -> AsyncIterator[GraphStage]:
    async with FakeExchange() as box:
        stage = GraphStage(database_url, plan_=loading.parse(GRAPH_PLAN, "planen"))
        stage.exchange = box
        async with stage:
            yield stage


@pytest.mark.long
async def test_a_mail_by_imap_that_is_not_as_mails_are_keeps_no_other_unread(
    by_imap: MailStage, lot: Random, attacked_by: int
) -> None:
    """D03: each is read, put aside or left alone, and marked; the next look begins after it."""
    kinds = zoo()
    for number in range(rounds(attacked_by)):
        many = [mutated(lot.choice(kinds), lot) for _ in range(AT_ONCE)]
        good = f"god-{number}@htk"
        many.insert(lot.randint(0, len(many)), written(JENS, "Vand", f"besked {number}", good))
        by_imap.outside.box.mails = [imap.Kept(each) for each in many]
        try:
            await by_imap.post()
        except Exception as error:
            raise AssertionError("\n\n".join(repr(each)[:1500] for each in many)) from error
        assert by_imap.outside.box.unread() == 0
        assert f"mail/<{good}>" in await taken(by_imap)
    await well_handled(by_imap)


@pytest.mark.long
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_mail_by_graph_that_is_not_as_mails_are_keeps_no_other_unread(
    by_graph: GraphStage, lot: Random, attacked_by: int
) -> None:
    """D03: those that Exchange itself can't read stay unread and are passed by; all others are read once."""
    kinds = zoo()
    for number in range(rounds(attacked_by)):
        box = by_graph.exchange
        box.mails = [exchange.Kept(mutated(lot.choice(kinds), lot)) for _ in range(AT_ONCE)]
        broken = lot.sample(box.mails, 2)
        for each in broken:
            each.broken = lot.choice((400, 404, 500))
        good = f"god-{number}@htk"
        box.mails.insert(lot.randint(0, len(box.mails)), exchange.Kept(written(JENS, "Vand", f"besked {number}", good)))
        try:
            await by_graph.post()
        except Exception as error:
            raise AssertionError("\n\n".join(repr(each.raw)[:1500] for each in box.mails)) from error
        assert [each for each in box.mails if not each.seen] == [each for each in box.mails if each in broken]
        assert f"mail/<{good}>" in await taken(by_graph)
    await well_handled(by_graph)


@pytest.mark.long
async def test_a_mail_that_a_gateway_brings_is_answered_whatever_it_is(
    by_imap: MailStage, lot: Random, attacked_by: int
) -> None:
    """D03: signed it is 200, with mails that nobody can read beside one that can; unsigned it is turned away."""
    kinds, address = zoo(), f"{by_imap.address}/mail/mailgun/mime"
    signed, unsigned = Counter[int](), Counter[int]()
    wrong: list[str] = []
    async with aiohttp.ClientSession() as client:

        async def post(body: bytes, kind: str) -> int:
            async with client.post(address, data=body, headers={"Content-Type": kind}) as answer:
                return answer.status

        for number in range(rounds(attacked_by)):
            many = [mutated(lot.choice(kinds), lot) for _ in range(AT_ONCE - 1)]
            good = f"god-{number}@htk"
            many.append(written(JENS, "Vand", f"besked {number}", good))
            forms = [
                _form({**call(b"x" * 9, f"t{number}-{place}"), "body-mime": mail}) for place, mail in enumerate(many)
            ]
            given = await asyncio.gather(*(post(form, "multipart/form-data; boundary=edge") for form in forms))
            signed.update(given)
            # A call without a mail is none.
            wrong += [
                f"{status}: {mail!r:.1500}"
                for status, mail in zip(given, many, strict=True)
                if status != (200 if mail else 400)
            ]
            assert f"mail/<{good}>" in await taken(by_imap)
            # The same with nothing right about the signature, and the form itself spoilt.
            spoilt = [_spoilt(form, lot) for form in forms]
            given = await asyncio.gather(*(post(*each) for each in spoilt))
            unsigned.update(given)
            wrong += [
                f"unsigned {status}: {each!r:.1500}"
                for status, each in zip(given, spoilt, strict=True)
                if status not in (400, 401, 413)
            ]
            if len(wrong) > 5:
                break
    print(f"signed {dict(signed)}, unsigned {dict(unsigned)}")
    assert not wrong, "\n\n".join(wrong)
    await well_handled(by_imap)


@pytest.mark.parametrize("stamp", ["", "²", "9" * 5000, "-1", "1e9", "\udcff", "0"])
@pytest.mark.parametrize("token", ["a\0b", "", "x" * 9000, "æ\udcff"])
async def test_what_a_gateway_signs_that_is_no_time_is_turned_away(by_imap: MailStage, stamp: str, token: str) -> None:
    """D03: rightly signed, and no call of today's."""
    head = stamp.encode("utf-8", "surrogateescape"), token.encode("utf-8", "surrogateescape")
    signature = hmac.new(SIGNING_KEY.encode(), b"".join(head), hashlib.sha256).hexdigest().encode()
    form = _form({"timestamp": head[0], "token": head[1], "signature": signature, "body-mime": b"From: x\r\n\r\nx"})
    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{by_imap.address}/mail/mailgun/mime", data=form, headers=kind) as answer,
    ):
        assert answer.status in (400, 401)


@pytest.mark.parametrize("token", ["a\0b", "x" * 9000, "æ\udcff"])
async def test_a_token_that_no_database_holds_brings_its_mail(by_imap: MailStage, token: str) -> None:
    """D03: PostgreSQL keeps no NUL; the mail is kept."""
    stamp, sent = str(int(time.time())).encode(), token.encode("utf-8", "surrogateescape")
    signature = hmac.new(SIGNING_KEY.encode(), stamp + sent, hashlib.sha256).hexdigest().encode()
    mail = written(JENS, "Vand", "vand", "token@htk")
    form = _form({"timestamp": stamp, "token": sent, "signature": signature, "body-mime": mail})
    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{by_imap.address}/mail/mailgun/mime", data=form, headers=kind) as answer,
    ):
        assert answer.status == 200
    assert "mail/<token@htk>" in await taken(by_imap)


def _form(fields: dict[str, str | bytes]) -> bytes:
    """A form with these fields, to the octet."""
    parts = [
        b'--edge\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--edge--\r\n"


KINDS = (
    "multipart/form-data; boundary=edge",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="' + "e" * 80 + '"',
    "multipart/mixed; boundary=edge",
    "multipart/x; boundary=edge; boundary=other",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=unicode_escape",
    "application/x-www-form-urlencoded; charset=hex",
    "application/json",
    "x",
)
PARTS = (
    b"\r\nContent-Length: -1",
    b"\r\nContent-Length: x",
    b"\r\nContent-Length: 99999999999999999999",
    b"\r\nContent-Transfer-Encoding: none-such",
    b"\r\nContent-Transfer-Encoding: base64",
    b"\r\nContent-Encoding: gzip",
    b"\r\nContent-Type: multipart/mixed; boundary=edge",
    b"\r\nContent-Type: multipart/mixed",
    b"\r\n: x",
    b"\r\n\xff: \x00",
    b"\r\nX: " + b"y" * 9000,
)


def _spoilt(form: bytes, lot: Random) -> tuple[bytes, str]:
    """A form that is signed by nobody, with something wrong in how it is written; and what it says that it is."""
    form = form.replace(b'name="signature"\r\n\r\n', b'name="signature"\r\n\r\n0')
    for _ in range(lot.choice((0, 1, 2))):
        at = lot.choice([each for each in range(len(form)) if form.startswith(b"\r\n\r\n", each)] or [0])
        match lot.randrange(4):
            case 0:
                form = form[:at] + lot.choice(PARTS) + form[at:]
            case 1:
                form = form[: lot.randint(0, len(form))]
            case 2:
                form = form.replace(
                    b"--edge", lot.choice((b"--edg", b"-edge", b"--edge--", b"\xff")), lot.randint(1, 4)
                )
            case _:
                place = lot.randint(0, len(form))
                form = form[:place] + lot.choice(PIECES) + form[place:]
    return form, lot.choice(KINDS)
