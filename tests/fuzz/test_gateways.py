"""Whatever a gateway for SMS or for calls rightly signs is answered; what nobody has signed is turned away."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from typing import Any
from urllib.parse import quote_plus, urlsplit

import aiohttp
import jwt
import pytest
from sqlalchemy import select

from storage.plan import loading
from storage.rows.traffic import Inbox
from tests.fakes.fallback import gatewayapi, twilio
from tests.fakes.fallback.gatewayapi import FakeGatewayApi
from tests.fakes.fallback.twilio import FakeTwilio
from tests.fuzz.mutations import mutated
from tests.handlers.alert.test_other_ways import PLAN, OtherWays

# What is warned of has the odd signs in it, which no report can carry.
pytestmark = pytest.mark.filterwarnings("ignore")

AT_ONCE = 12
# Of each kind in the long run; what a seed finds in so many it finds in minutes.
MOST = 10_000
# A header that is longer is turned away by aiohttp itself (its `max_field_size`); no SMS is so long.
LONGEST_LINE = 8_190
JENS, LINE = "+4520000001", "+4520000012"

SMS = (
    {
        "id": 17,
        "msisdn": 4520000001,
        "receiver": 4512345678,
        "message": "1",
        "senttime": 1782993610,
        "webhook_label": "x",
    },
    {"id": 18, "msisdn": 4520000002, "receiver": 4512345678, "message": "STOP", "senttime": 1782993610},
    {"id": 19, "msisdn": 4599999999, "receiver": 4512345678, "message": "varsel røg på Birkehøj", "encoding": "UTF8"},
    {
        "id": 20,
        "msisdn": "4520000001",
        "receiver": 1204,
        "message": "KRISE alt ok",
        "keyword": "KRISE",
        "country": "DK",
    },
    {
        "id": 1,
        "msisdn": 4520000001,
        "time": 1782993610,
        "status": "DELIVERED",
        "userref": "1",
        "error": None,
        "code": None,
    },
    {
        "id": 1,
        "msisdn": 4520000001,
        "time": 1782993610,
        "status": "EXPIRED",
        "userref": "1",
        "error": "x",
        "code": "0x1034",
    },
    {"id": 1, "msisdn": 4520000001, "time": 1782993610, "status": "UNDELIVERABLE", "userref": "1", "code": 533},
    {"id": 1, "msisdn": 4520000001, "time": 1782993610, "status": "ENROUTE", "userref": ""},
)
CALLS = (
    ("/opkald/twilio", {"CallSid": "CA0001", "To": JENS, "Digits": "1"}),
    ("/opkald/twilio", {"CallSid": "CA0001", "To": JENS, "Digits": "3"}),
    ("/opkald/twilio", {"CallSid": "CA0001", "To": JENS, "Digits": "*", "FinishedOnKey": "#"}),
    ("/opkald/twilio/status", {"CallSid": "CA0001", "To": JENS, "CallStatus": "completed", "CallDuration": "7"}),
    ("/opkald/twilio/status", {"CallSid": "CA0001", "To": JENS, "CallStatus": "no-answer"}),
    ("/opkald/twilio/status", {"CallSid": "CA0001", "To": JENS, "CallStatus": "failed", "SipResponseCode": "404"}),
)
ABOUT = (
    "1",
    "2",
    "3",
    "",
    "0",
    "-1",
    "%c2%b2",
    "%d9%a3",
    "9" * 18,
    "9" * 40,
    "%00",
    "%ed%a0%80",
    "1&besked=2",
    "%2B1",
    "x",
)
KINDS = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=unicode_escape",
    "application/x-www-form-urlencoded; charset=raw_unicode_escape",
    "application/x-www-form-urlencoded; charset=hex",
    "application/x-www-form-urlencoded; charset=none-such",
    "application/x-www-form-urlencoded; charset=undefined",
    "application/json",
    "multipart/form-data; boundary=x",
    "x/y; charset",
)
BODIES = (
    b"",
    b"a=b",
    b"a=+2AA-",
    b"+2AA-=%ed%a0%80",
    b"a=\\ud800",
    b"\xff\xfe=\x00",
    b"--x\r\n\r\n--x--",
    b"&&&=;=",
    b"[1]",
)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[OtherWays]:
    async with FakeGatewayApi() as sms, FakeTwilio() as calls:
        stage = OtherWays(database_url, plan_=loading.parse(PLAN, "planen"))
        stage.looked_over = False
        stage.sms, stage.twilio = sms, calls
        async with stage:
            await stage.warned()
            await stage.forward(seconds=121)
            yield stage


async def kept_well(stage: OtherWays, said: int) -> None:
    """All that was said beside is kept, and what was taken in is handled without a fault."""
    async with stage.database.reading() as db:
        bodies = list(await db.scalars(select(Inbox.body)))
    assert {f"besked {number}" for number in range(said)} <= {str(body["text"]) for body in bodies}
    await stage.settle()
    async with stage.database.reading() as db:
        failed = [
            f"{error}: {json.dumps(body)[:1500]}"
            for error, body in await db.execute(select(Inbox.error, Inbox.body).where(Inbox.attempts > 0))
            if not str(error).startswith("TimeoutError")
        ]
    assert not failed, "\n\n".join(failed[:5])


def rounds(attacked_by: int) -> int:
    """How many times so many are sent."""
    return max(1, min(MOST, attacked_by * 20) // AT_ONCE)


@pytest.mark.long
async def test_what_the_sms_gateway_signs_is_answered_and_loses_nobody_elses_sms(
    stage: OtherWays, lot: Random, attacked_by: int
) -> None:
    """D03: answers, and what became of each; and the same unsigned is 401."""
    signed, unsigned = Counter[int](), Counter[int]()
    wrong: list[str] = []
    said = 0
    async with aiohttp.ClientSession() as client:

        async def post(signature: str, body: bytes) -> int:
            head = {"X-Gwapi-Signature": signature, "Content-Type": "application/json"}
            async with client.post(f"{stage.address}/sms/gatewayapi", data=body, headers=head) as answer:
                return answer.status

        for _ in range(rounds(attacked_by)):
            many = [mutated(lot.choice(SMS), lot) for _ in range(AT_ONCE)]
            tokens = [jwt.encode(each, gatewayapi.SECRET, algorithm="HS256") for each in many]
            *given, kept = await asyncio.gather(
                *(post(token, json.dumps(each).encode()) for token, each in zip(tokens, many, strict=True)),
                stage.sms.answers(LINE, f"besked {said}", stage.address, number=10**6 + said),
            )
            said += 1
            assert kept == 200
            signed.update(given)
            wrong += [
                f"{status}: {each!r:.1500}"
                for status, each, token in zip(given, many, tokens, strict=True)
                if status != (200 if len(token) <= LONGEST_LINE else 400)
            ]
            spoilt = [_spoilt(token, lot) for token in tokens]
            given = await asyncio.gather(*(post(each, b"{}") for each in spoilt))
            unsigned.update(given)
            wrong += [
                f"{status}: {each!r:.500}"
                for status, each in zip(given, spoilt, strict=True)
                if status != (401 if len(each) <= LONGEST_LINE else 400)
            ]
            if len(wrong) > 5:
                break
    print(f"signed {dict(signed)}, unsigned {dict(unsigned)}")
    assert not wrong, "\n\n".join(wrong)
    await kept_well(stage, said)


def _spoilt(token: str, lot: Random) -> str:
    """A token that is signed by nobody we know."""
    head, body, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return lot.choice(
        (
            "",
            ".",
            "..",
            f"{none}.{body}.",
            f"{none}.{body}.{signature}",
            f"{head}.{body}.{signature[::-1]}x",
            f"{head}.{body}",
            f"{head}.{body[:-3]}.{signature}",
            f"{body}.{head}.{signature}",
            "x" * 4000,
            "æ.ø.å",
        )
    )


@pytest.mark.long
async def test_what_twilio_signs_is_answered_and_what_nobody_signed_is_turned_away(
    stage: OtherWays, lot: Random, attacked_by: int
) -> None:
    """D03 D12: 200 for a call that was made, 400 for one that wasn't; and nobody else's words are lost."""
    signed, unsigned = Counter[int](), Counter[int]()
    wrong: list[str] = []
    said = 0
    async with aiohttp.ClientSession() as client:

        async def post(path: str, signature: str, kind: str, body: bytes) -> int:
            head = {"X-Twilio-Signature": signature, "Content-Type": kind}
            async with client.post(_as_it_stands(f"{stage.address}{path}"), data=body, headers=head) as answer:
                return answer.status

        for _ in range(rounds(attacked_by)):
            many = []
            for _ in range(AT_ONCE):
                path, form = lot.choice(CALLS)
                many.append((f"{path}?besked={lot.choice(ABOUT)}", _form(mutated(form, lot))))
            calls = [(path, _signature(path, form), KINDS[0], _encoded(form)) for path, form in many]
            *given, kept = await asyncio.gather(
                *(post(*each) for each in calls),
                stage.sms.answers(LINE, f"besked {said}", stage.address, number=10**6 + said),
            )
            said += 1
            assert kept == 200
            signed.update(given)
            wrong += [
                f"{status}: {each!r:.1500}"
                for status, each in zip(given, many, strict=True)
                if status not in (200, 400)
            ]
            spoilt = [
                (path, lot.choice(("", "x", "æ", signature[::-1])), lot.choice(KINDS), lot.choice(BODIES))
                for path, signature, _, _ in calls
            ]
            given = await asyncio.gather(*(post(*each) for each in spoilt))
            unsigned.update(given)
            wrong += [f"{status}: {each!r:.500}" for status, each in zip(given, spoilt, strict=True) if status != 401]
            if len(wrong) > 5:
                break
    print(f"signed {dict(signed)}, unsigned {dict(unsigned)}")
    assert not wrong, "\n\n".join(wrong)
    await kept_well(stage, said)


def _form(payload: dict[str, Any]) -> dict[str, str]:
    """A form has no lone halves of signs, and nothing but text."""
    return {
        name.encode("utf-8", "replace").decode(): str(each).encode("utf-8", "replace").decode()
        for name, each in payload.items()
    }


def _encoded(form: dict[str, str]) -> bytes:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in form.items()).encode()


def _as_it_stands(address: str) -> Any:
    from yarl import URL

    return URL(address, encoded=True)


def _signature(path: str, form: dict[str, str]) -> str:
    """As Twilio signs: the address as it calls it, and the form."""
    parts = urlsplit(path)
    said = f"{twilio.PUBLIC}{parts.path}?{parts.query}" + "".join(name + value for name, value in sorted(form.items()))
    return base64.b64encode(hmac.new(twilio.TOKEN.encode(), said.encode(), hashlib.sha1).digest()).decode()
