"""A log that is longer than what is read at a time is looked through like any other: nothing is missed for its age."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core import registry
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from handlers.log import search
from storage.case import log
from storage.case.log_words import STRETCH
from storage.database import Database
from storage.grades import Grade
from storage.plan import loading
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message

START = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
LINES = 2 * STRETCH + 20
SAID: dict[int, tuple[str, str, Grade]] = {
    3: ("DRIKKEVANDET på Østergade er brunt", "kim", "staff"),
    5: ("vikaren sover i Drikkevandsværket", "kim", "confidential"),
    STRETCH: ("pumpe nr. 17/b er lånt, 100% sikkert", "mads", "staff"),
    STRETCH + 1: ("pumpe nr. 18 er på vej", "kim", "staff"),
}


@pytest.fixture
async def db(database: Database) -> AsyncIterator[AsyncSession]:
    """A turn in a crisis with a long log, a line a minute."""
    registry.load()
    async with database.turn() as db:
        crisis = Crisis(
            number=1, title="Skybrud", plan=loading.example().frozen(), created_at=START, level=2, state="active"
        )
        db.add(crisis)
        await db.flush()
        for no in range(1, LINES + 1):
            words, recorder, grade = SAID.get(no, (f"måling {no}", "kim", "staff"))
            at = START + timedelta(minutes=no)
            await log.append(db, crisis, summary=words, recorder=recorder, recorded_time=at, grade=grade)
        yield db


async def asked(db: AsyncSession, text: str, person: str = "anne", before: int | None = None) -> Message:
    """What somebody is answered who looks for it when the log has ended."""
    now = START + timedelta(minutes=LINES)
    incoming = Incoming("1", "command", "fake", person, "dm", person, now, text="find")
    turn = Turn(db, now, loading.example(), incoming=incoming)
    turn.crisis = await db.scalar(select(Crisis))
    await (search.find(turn, text) if before is None else search.more(turn, text, before))
    return (await db.scalars(select(Message).order_by(Message.id.desc()).limit(1))).one()


async def found(db: AsyncSession, text: str, person: str = "anne") -> str:
    """The same, as it is read."""
    return str((await asked(db, text, person)).card)


async def test_whatever_is_old_is_found_by_those_who_may_see_it_page_after_page(db: AsyncSession) -> None:
    """R182 R215 R216: by words and parts of words, however the letters are written, and by who wrote it and when."""
    for words in ("drikkevand", "kevandet", "østergade", "oestergade er", "ØSTERGADE", "på øster", "et på ø"):
        assert "DRIKKEVANDET" in await found(db, words), words
    for words in ("17/b", "100%", "nr. 17/b", "lånt, 100", "Mads", f"nr {STRETCH}"):
        assert "17/b" in await found(db, words), words
    both = await found(db, "pumpe")
    assert both.index("nr. 18") < both.index("17/b")
    for words in ("hvalros", "vandværk", "brunt på", "%%"):
        assert "Der står ikke i loggen" in await found(db, words), words
    assert f"måling {LINES}" in await found(db, f"{START + timedelta(minutes=LINES - 2, hours=2):kl %H.%M}")
    # Eva takes the minutes, and may see what is confidential; Anne may not, though the word stands in a line that she may.
    for words in ("drikkevand", "vikaren"):
        assert "sover" in await found(db, words, "eva"), words
        assert "sover" not in await found(db, words), words
    # Where one stretch ends and the next begins no line is left out, and none is shown twice.
    pages = [await asked(db, "måling", before=STRETCH + 13), await asked(db, "måling", before=STRETCH + 3)]
    numbers = [int(fact[0].partition(",")[0]) for page in pages for fact in page.card["facts"]]
    assert numbers == [no for no in range(STRETCH + 12, STRETCH - 10, -1) if no not in SAID][:20]
