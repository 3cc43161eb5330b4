"""Whatever is asked of the pages and of the rehearsal chat, it is no fault of ours, and shows nobody anything."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from storage.rows.traffic import Inbox
from tests.fuzz.mutations import mutated
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import RehearsalStage

stage = after(cloudburst)
on_both_databases = pytest.mark.parametrize(
    "pair",
    [pytest.param(("rehearsal", "sqlite"), marks=pytest.mark.long), ("rehearsal", "postgresql")],
    indirect=True,
    ids="-".join,
)

# What is warned of has the odd signs in it, which no report can carry.
pytestmark = pytest.mark.filterwarnings("ignore")

AT_ONCE = 8
# In the long run; what a seed finds in so many it finds in minutes.
MOST = 10_000
PATHS = (
    b"/ /healthz /metrics /persondata /vilkaar /krisebot.vcf /tavle/-/board.js /tavle/-/%s /tavle/%s /tavle/%s/live "
    b"/kalender/%s.ics /papir/%s.pdf /papir/%s.docx /eksport/%s /eksport/noedpakke/%s /rehearsal/static/%s /rehearsal/people "
    b"/rehearsal/places?for=%s /rehearsal/messages?for=finn&after=%s /rehearsal/messages?for=%s /rehearsal/clock "
    b"/rehearsal/save?for=finn&message=%s /rehearsal/save?for=%s&message=m1 /slack/events /api/messages /sms/gatewayapi /%s"
).split()
SECRETS = (
    b"",
    b"x",
    b"%00",
    b"a%00b",
    b"%ed%a0%80",
    b"%ff%fe",
    b"..%2f..%2fetc%2fpasswd",
    b"%2e%2e",
    b"%c3%a6%f0%9f%8c%8a",
    b"\xe6\xf8\xe5",
    b"'%22;--",
    b"%",
    b"%zz",
    b"9" * 400,
    b"m" + b"9" * 30,
    b"m%d9%a3",
    b"-1",
    b"x" * 3000,
    b"%0d%0aSet-Cookie:a",
)
HEADS = (
    b"Accept: text/html",
    b"Accept: \xff",
    b"Origin: http://[::1",
    b"Origin: \xff\xfe",
    b"Origin: null",
    b"Cookie: krisebot_join=\xc3\xa6",
    b'Cookie: =;;;"',
    b"Range: bytes=99999999999999999999-",
    b"If-Modified-Since: Thu, 99 Foo 99999",
    b"Accept-Encoding: \x80",
    b"Content-Type: application/json; charset=none-such",
    b"Content-Type: multipart/form-data",
    b"Last-Event-ID: \xff",
    b"X-Forwarded-For: \xff",
)
METHODS = (b"GET", b"GET", b"GET", b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS")


def rounds(attacked_by: int) -> int:
    """How many times so many are asked."""
    return max(1, min(MOST, attacked_by * 20) // AT_ONCE)


async def answered(address: str, method: bytes, path: bytes, heads: Sequence[bytes], body: bytes = b"") -> int:
    """The status that a request is answered with, to the octet as it is written; 0 where the line was closed.

    Args:
        address: where krisebot runs.
        heads: headers beside the usual.
    """
    server = urlsplit(address)
    reader, writer = await asyncio.open_connection(server.hostname, server.port)
    lines = [method + b" " + path + b" HTTP/1.1", b"Host: 127.0.0.1:8080", b"Content-Length: %d" % len(body), *heads]
    writer.write(b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body)
    try:
        async with asyncio.timeout(20):
            first = await reader.readline()
    except ConnectionResetError:
        first = b""
    writer.close()
    return int(first.split()[1]) if first else 0


@on_both_databases
async def test_whatever_is_asked_of_the_pages_is_no_fault_of_ours(
    stage: RehearsalStage, lot: Random, attacked_by: int
) -> None:
    """D03 D12: a link with signs that no database holds was a 500 for anybody."""
    await stage["kim"].commands("tavle")
    board = next(iter(re.findall(r"/tavle/([\w-]+)", "\n".join(await stage["kim"].reads())))).encode()
    answers: Counter[int] = Counter()
    wrong: list[str] = []
    for _ in range(rounds(attacked_by)):
        many = []
        for _ in range(AT_ONCE):
            path = lot.choice(PATHS)
            secret = lot.choice((*SECRETS, board[:-1], board[::-1], board + b"%00"))
            method = lot.choice(METHODS)
            body = lot.choice((b"", b"{}", b"\xff")) if method in (b"POST", b"PUT") else b""
            many.append((method, path.replace(b"%s", secret), lot.sample(HEADS, lot.randint(0, 2)), body))
        given = await asyncio.gather(*(answered(stage.address, *each) for each in many))
        answers.update(given)
        wrong += [f"{status}: {each!r:.600}" for status, each in zip(given, many, strict=True) if status >= 500]
        if len(wrong) > 5:
            break
    print(f"{sum(answers.values())} requests: {dict(answers)}")
    assert not wrong, "\n\n".join(wrong)
    assert await answered(stage.address, b"GET", b"/tavle/" + board, []) == 200


def said() -> list[tuple[bytes, dict[str, Any]]]:
    """One of each kind of thing that the rehearsal page sends."""
    file = {"name": "vand.jpg", "type": "image/jpeg", "data": "dmFuZA=="}
    return [
        (b"say", {"as": "finn", "in": "dm", "text": "/krise varsel vand i kælderen"}),
        (b"say", {"as": "finn", "in": "generelt", "text": "der er vand", "files": [file], "answers": "m1"}),
        (b"say", {"as": "kim", "in": "stab", "text": "/krise log vi er samlet"}),
        (b"press", {"as": "finn", "message": "m1", "button": "Ja", "values": {}}),
        (
            b"press",
            {"as": "kim", "message": "m12", "button": "Nyt tiltag", "values": {"title": "pumpe", "due": "kl 15"}},
        ),
        (b"save", {"as": "kim", "message": "m3", "values": {"text": "der er vand", "kind": "decision"}}),
        (b"join", {"code": "æøå"}),
        (b"clock", {"set": "0001-01-01T00:00:00+02:00"}),
        (b"clock", {"advance": "x"}),
    ]


@pytest.mark.long
@on_both_databases
async def test_whatever_is_sent_to_the_rehearsal_chat_loses_nobody_elses_words(
    stage: RehearsalStage, lot: Random, attacked_by: int
) -> None:
    """D03 D12: it is said no to, and what others say in the same moment is kept."""
    stage.looked_over = False
    answers: Counter[int] = Counter()
    wrong: list[str] = []
    for number in range(max(1, rounds(attacked_by) // 2)):
        many = []
        for _ in range(AT_ONCE):
            what, body = lot.choice(said())
            body = mutated(body, lot)
            if what == b"clock":
                # The clock itself is wound by nobody here: years of timers would fall due.
                body = {name: each for name, each in body.items() if name == "set" and not _is_later(each)}
            many.append(
                (b"POST", b"/rehearsal/" + what, [b"Content-Type: application/json"], json.dumps(body).encode())
            )
        good = {"as": "line", "in": "dm", "text": f"besked {number}"}
        *given, kept = await asyncio.gather(
            *(answered(stage.address, *each) for each in many),
            answered(
                stage.address,
                b"POST",
                b"/rehearsal/say",
                [b"Content-Type: application/json"],
                json.dumps(good).encode(),
            ),
        )
        assert kept == 200
        answers.update(given)
        wrong += [f"{status}: {each!r:.900}" for status, each in zip(given, many, strict=True) if status >= 500]
        if len(wrong) > 5:
            break
        async with stage.database.reading() as db:
            texts = {body["text"] for body in await db.scalars(select(Inbox.body))}
        assert f"besked {number}" in texts
    print(f"{sum(answers.values())} requests: {dict(answers)}")
    assert not wrong, "\n\n".join(wrong)


def _is_later(told: Any) -> bool:
    return isinstance(told, str) and told[:4].isdecimal() and told[:4] > "2026"
