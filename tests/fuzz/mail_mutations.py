"""Mails with something wrong in them: as a broken program makes them, or somebody who means no good."""

from __future__ import annotations

import re
from random import Random

# What stands in a header that readers of mail trip over.
HEADS: tuple[bytes, ...] = (
    b"",
    b" ",
    b"<>",
    b"@",
    b'"',
    b"<a@b",
    b"(((((((",
    b"a" * 2000,
    b"=?utf-8?b?",
    b"=?utf-8?b?4pyT4pyT4py?=",
    b"=?utf-8?q?=ZZ=?=",
    b"=?none-such?q?=E6?=",
    b"=?utf-8?q?=00=ED=A0=80?=",
    b"=?idna?q?xn--=2D?=",
    b"=?unicode_escape?q?=5Cud800?=",
    b"\xff\xfe\x00",
    b"\xed\xa0\x80",
    b"a\r\n b\r\n\tc",
    b"a, b <c@d>, e: f, g;;",
    b"Undisclosed recipients:;",
    b"<[1.2.3.4]@x> <y>",
    b"[KB 999999999999999999-0123456789abcdef]",
    b"[KB 1-0123456789abcdef]",
    b"multipart/mixed",
    b"multipart/mixed; boundary=",
    b'multipart/mixed; boundary="x"; boundary*0="x"; boundary*1="y"',
    b"multipart/report; report-type=delivery-status",
    b"multipart/digest; boundary=x",
    b"message/rfc822",
    b"message/partial; id=1; number=1; total=99999999999999999999",
    b"message/delivery-status",
    b"message/external-body; access-type=x",
    b"text/plain; charset=none-such",
    b"text/plain; charset=utf-16",
    b"text/plain; charset=hex",
    b"text/plain; charset=unicode_escape",
    b"text/plain; charset=utf-7",
    b"text/plain; charset*=utf-8''%ED%A0%80",
    b'text/plain; charset="\x00"',
    b"text/html; charset=punycode",
    b"text/plain; format=flowed; delsp=" + b"y" * 500,
    b"text/calendar; method=",
    b"application/ms-tnef; name==",
    b"application/pkcs7-mime; smime-type=",
    b"image/jpeg",
    b';;;=;"',
    b"base64",
    b"quoted-printable",
    b"x-uuencode",
    b"none-such",
    b"7bit; a=b",
    b'auto-replied; owner-email="',
    b"Thu, 99 Foo 99999 25:61:61 +9999",
)
NAMES = (
    b"From To Subject Date Message-ID Content-Type Content-Transfer-Encoding Content-Disposition MIME-Version Reply-To "
    b"Auto-Submitted Return-Path Precedence In-Reply-To References Sender Cc Received X-Autoreply Final-Recipient"
).split()
PIECES: tuple[bytes, ...] = (
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"--",
    b"<",
    b"=",
    b"\xe2\x80\xae",
)
DEEP = 150


def mutated(raw: bytes, lot: Random) -> bytes:
    """The mail with one to three places changed.

    Args:
        raw: as it is sent.
        lot: draws the places and what is put there.
    """
    for _ in range(lot.choice((1, 1, 1, 2, 3))):
        raw = _changed(raw, lot)
    return raw


def _changed(raw: bytes, lot: Random) -> bytes:
    heads = list(re.finditer(rb"(?m)^([A-Za-z-]{2,40}):[ \t]?(.*(?:\r?\n[ \t].*)*)", raw))
    match lot.randrange(9):
        case 0 | 1 | 2 if heads:
            head = lot.choice(heads)
            return raw[: head.start(2)] + lot.choice(HEADS) + raw[head.end(2) :]
        case 3:
            return lot.choice(NAMES) + b": " + lot.choice(HEADS) + b"\r\n" + raw
        case 4 if heads:
            head = lot.choice(heads)
            return raw[: head.start()] + head[0] + b"\r\n" + raw[head.start() :]
        case 5 if heads:
            head = lot.choice(heads)
            return raw[: head.start()] + raw[head.end() :].lstrip(b"\r\n")
        case 6:
            return raw[: lot.randint(0, len(raw))]
        case 7:
            return _nested(raw, lot)
        case _:
            at = lot.randint(0, len(raw))
            return raw[:at] + lot.choice(PIECES) + raw[at + lot.choice((0, 0, 1, 7)) :]


def _nested(raw: bytes, lot: Random) -> bytes:
    """The mail in so many others, one in the other."""
    deep, kind = lot.choice((2, 20, DEEP)), lot.choice((b"message/rfc822", b"multipart/mixed; boundary=b%d"))
    head, _, _ = raw.partition(b"\r\n\r\n")
    kept = b"\r\n".join(each for each in head.split(b"\r\n") if each.lower().startswith((b"from:", b"subject:")))
    inner = raw
    for number in range(deep):
        if b"%d" in kind:
            edge = b"b%d" % number
            inner = (
                b"Content-Type: "
                + kind % number
                + b"\r\n\r\n--"
                + edge
                + b"\r\n"
                + inner
                + b"\r\n--"
                + edge
                + b"--\r\n"
            )
        else:
            inner = b"Content-Type: " + kind + b"\r\n\r\n" + inner
    return kept + b"\r\n" + inner
