"""Words that are made to hurt, behind every verb there is: each ends in an answer, soon, and nothing is put aside."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from handlers.core import registry
from storage.rows.traffic import Inbox
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House

# Seconds of processor time that one may take of the thread that everybody waits for, and of all threads (a paper is drawn
# in one of its own, of all that was said before); what is said in earnest takes a hundredth of a second.
MOST, MOST_OF_ALL = 2.0, 5.0
DIGITS, LETTERS = "9" * 5_000, "x" * 50_000
WORDS = {
    "digits": DIGITS,
    "a number's digits": f"nr. {DIGITS} fortrolig",
    "a time's digits": f"vand kl {DIGITS}:30 om {DIGITS} min",
    "letters": LETTERS,
    "words": "pumpe " * 9_000,
    "a name's letters": f"@{LETTERS} 12",
    "a formula": '=HYPERLINK("http://ond.example";"se her")',
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)> *x* _y_ ~z~ `q`",
    "a calendar's lines": "vand\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:EMAIL",
    "signs of nothing": "\u202e\u200b\ufeff\u0000\ud800 vand",
}

# What `make test-long` says; `make faults` says all of them.
MARKS = dict.fromkeys(["digits", "letters"], (pytest.mark.long,))


async def failed(house: House) -> dict[str, str | None]:
    """What could not be handled, and why."""
    async with house.database.reading() as db:
        rows = await db.scalars(select(Inbox).where((Inbox.state != "done") | (Inbox.attempts > 0)))
        return {row.key: row.error for row in rows}


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", [pytest.param(kind, marks=MARKS.get(kind, (pytest.mark.faults,))) for kind in WORDS])
async def test_hostile_words_behind_every_verb_end_in_an_answer(database_url: str, kind: str) -> None:
    """R005 D03: the secretariat may do most, so it is they whose words are read farthest."""
    platform = FakePlatform()
    house = House(database_url, platform)
    await house.does("lars", "aktiver 2 skybrud")
    slow = {}
    for verb in sorted(registry.verbs):
        before, begun, begun_all = platform.calls, time.thread_time(), time.process_time()
        await house.does("kim", f"{verb} {WORDS[kind]}", key=verb)
        took, took_all = time.thread_time() - begun, time.process_time() - begun_all
        if took > MOST or took_all > MOST_OF_ALL:
            slow[verb] = took, took_all
        assert await failed(house) == {}
        assert platform.calls > before, f"{verb}: nobody was answered"
    assert slow == {}
    await house.database.close()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_line_of_one_endless_word_can_be_made_confidential_all_the_same(database_url: str) -> None:
    """D07: what says the same is looked for by its longest word, which a database takes only so much of."""
    house = House(database_url, FakePlatform())
    await house.does("lars", "aktiver 2 skybrud")
    await house.does("kim", f"log ! {LETTERS}")
    (line,) = [line for line in (await house.export())["log"] if line["summary"] == LETTERS]
    await house.does("kim", f"grad {line['no']} fortrolig")
    assert await failed(house) == {}
    assert (await house.export())["log"][-1]["grade"] == "confidential"
    await house.database.close()
