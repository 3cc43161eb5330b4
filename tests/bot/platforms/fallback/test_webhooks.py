"""What comes to a gateway's webhook beside what it is for: from anybody it is turned away, and signed it is acknowledged."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from storage.rows.traffic import Inbox
from tests.handlers.alert.test_other_ways import OtherWays
from tests.handlers.alert.test_other_ways import stage as other_ways

stage = other_ways

FORM = "application/x-www-form-urlencoded"
PACKED = (
    b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: none-such\r\n\r\nb\r\n--x--\r\n'
)
NO_LETTERS = b"\xff\xfe"


async def answered(address: str, path: str, head: bytes, kind: str, body: bytes) -> bytes:
    """The first line that krisebot answers a request with that no client of good manners would send."""
    server = urlsplit(address)
    reader, writer = await asyncio.open_connection(server.hostname, server.port)
    lines = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    writer.write(lines.encode() + head + b"\r\nConnection: close\r\n\r\n" + body)
    await writer.drain()
    line = await reader.readline()
    writer.close()
    return line.strip()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("path", "head", "kind", "body"),
    [
        ("/sms/gatewayapi", b"X-Gwapi-Signature: " + NO_LETTERS, "application/json", b"{}"),
        ("/sms/gatewayapi", b"X-Gwapi-Signature: eyJhbGciOiJIUzI1NiJ9.e30." + NO_LETTERS, "application/json", b"{}"),
        ("/opkald/twilio", b"X-Twilio-Signature: " + NO_LETTERS, FORM, b"a=b"),
        ("/opkald/twilio/status", b"X-Twilio-Signature: " + NO_LETTERS, FORM, b"a=b"),
        ("/opkald/twilio", b"X-Twilio-Signature: x", f"{FORM}; charset=utf-16", b"a=\xff"),
        ("/opkald/twilio", b"X-Twilio-Signature: x", f"{FORM}; charset=none-such", b"a=b"),
        ("/opkald/twilio", b"X-Twilio-Signature: x", "multipart/form-data", b"a=b"),
        ("/opkald/twilio", b"X-Twilio-Signature: x", "multipart/form-data; boundary=x", PACKED),
        ("/opkald/twilio", b"X-Twilio-Signature: x", "multipart/form-data; boundary=x", b"\xff\x00--"),
        ("/opkald/twilio?besked=%ff%ed%a0%80", b"X-Twilio-Signature: x", FORM, b"To=%ed%a0%80"),
    ],
)
async def test_what_is_unsigned_is_401_whatever_it_is_made_of(
    stage: OtherWays, path: str, head: bytes, kind: str, body: bytes
) -> None:
    """D03 D12."""
    assert await answered(stage.address, path, head, kind, body) == b"HTTP/1.1 401 Unauthorized"


@pytest.mark.parametrize("databases", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("sign", ["\0", "\ud800"])
async def test_signed_signs_that_no_database_holds_are_no_fault_of_ours(stage: OtherWays, sign: str) -> None:
    """D03: PostgreSQL looks nothing up by them; answered 500 it would come again for hours."""
    about: dict[str, object] = {"id": 6, "msisdn": f"45{sign}"}
    for what in ({"message": "hej"}, {"status": "EXPIRED", "userref": "1"}, {"status": "DELIVERED", "userref": "1"}):
        assert await stage.sms.brings({**about, **what}, stage.address) == 200
    await stage.warned()
    await stage.forward(seconds=121)
    (call,) = stage.twilio.calls
    call.to = f"{call.to}\0"
    assert await stage.twilio.ends(call, "completed", stage.address) == 400, "no such call"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_what_cannot_be_kept_is_503_and_comes_once_when_it_is_brought_again(stage: OtherWays) -> None:
    """D03: a full disk is no fault of what was brought; a gateway comes again."""
    await stage.warned()
    await stage.forward(seconds=121)
    (call,) = stage.twilio.calls
    async with stage.database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    assert await stage.sms.answers("+4520000012", "vand i kælderen", stage.address, number=7) == 503
    assert (await stage.twilio.presses(call, "1", stage.address))[0] == 503
    async with stage.database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TRIGGER full")
    for _ in range(2):
        assert await stage.sms.answers("+4520000012", "vand i kælderen", stage.address, number=7) == 200
    assert (await stage.twilio.presses(call, "1", stage.address))[0] == 200
    async with stage.database.reading() as db:
        keys = list(await db.scalars(select(Inbox.key)))
    assert [each for each in keys if each.startswith("sms/")] == ["sms/7"]
    assert len([each for each in keys if each.startswith("opkald/")]) == 1
