"""No line of the log can be changed, removed, inserted or moved without it being seen, in the database or in an export."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.case import chain, export, log
from storage.case.verification import verify_crisis, verify_export
from storage.database import Database
from storage.plan import loading
from storage.rows.base import instant
from storage.rows.crisis import Crisis
from storage.rows.log import state_of

START = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
LINES = 6

Json = dict[str, Any]


async def crisis_with_a_log(db: AsyncSession) -> Crisis:
    crisis = Crisis(number=1, title="Skybrud", plan=loading.example().frozen(), created_at=START)
    db.add(crisis)
    await db.flush()
    for number in range(LINES):
        await log.append(
            db,
            crisis,
            summary=f"linje {number}: æøå, 'citat', \0 og \ud800",
            recorder="kim",
            recorded_time=START + timedelta(minutes=number),
            grade="confidential" if number == 2 else "staff",
        )
    state = await state_of(db, crisis, 3)
    state.verification, state.confirmed_by, state.confirmed_at = "confirmed", "kim", START + timedelta(minutes=LINES)
    await log.append(
        db,
        crisis,
        summary="Nr. 3 er bekræftet",
        recorder="kim",
        recorded_time=START + timedelta(minutes=LINES),
        kind="confirmation",
        verification="confirmed",
        refs={"confirms": 3},
    )
    return crisis


@pytest.fixture
async def told(database: Database) -> AsyncIterator[Json]:
    async with database.turn() as db:
        crisis = await crisis_with_a_log(db)
        yield await export.document(db, crisis)


async def test_a_log_as_it_was_written_is_whole(database: Database, told: Json) -> None:
    """R186: nothing is found where nothing was done; NUL and lone surrogates were replaced before they were hashed."""
    assert verify_export(told) == []
    assert verify_export(json.loads(json.dumps(told))) == []
    assert told["chain"]["count"] == LINES + 1
    assert "\ufffd" in told["log"][0]["summary"]


async def test_a_left_out_line_keeps_its_place_and_nothing_else(database: Database) -> None:
    """R216: an export for fewer eyes verifies, and tells nothing of what it leaves out."""
    async with database.turn() as db:
        crisis = await crisis_with_a_log(db)
        told = await export.document(db, crisis, "staff")
    assert told["log"][2].keys() == {"no", "omitted", "previous_hash", "hash"}
    assert "linje 2" not in json.dumps(told)
    assert "3" not in told["log_state"] or told["log_state"]["3"]["grade"] == "staff"
    assert verify_export(told) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log_entries SET canonical = replace(canonical, 'linje 1', 'linje 9') WHERE no = 2",
        "UPDATE log_entries SET summary = 'noget andet' WHERE no = 2",
        "UPDATE log_entries SET verification = 'confirmed' WHERE no = 2",
        "UPDATE log_entries SET folded = 'noget andet' WHERE no = 2",
        "UPDATE log_entries SET recorder = 'bo' WHERE no = 2",
        "UPDATE log_entries SET hash = previous_hash WHERE no = 2",
        "DELETE FROM log_entries WHERE no = 2",
        "UPDATE log_entries SET no = 99 WHERE no = 2",
        "UPDATE log_states SET verification = 'confirmed' WHERE no = 2",
        "UPDATE log_states SET confirmed_by = 'bo' WHERE no = 3",
        "DELETE FROM log_states WHERE no = 2",
    ],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_whatever_is_changed_behind_our_back_in_the_database_is_found(database: Database, change: str) -> None:
    """R184 R186."""
    async with database.turn() as db:
        await crisis_with_a_log(db)
    async with database.turn() as db:
        await db.execute(text(change))
    async with database.reading() as db:
        crisis = await db.scalar(select(Crisis))
        assert crisis is not None
        assert await verify_crisis(db, crisis) != []


async def test_a_rewritten_chain_is_found_by_a_hash_that_was_posted_before(database: Database) -> None:
    """A whole rewriting fits itself; the seal in the staff's channel does not fit it."""
    async with database.turn() as db:
        crisis = await crisis_with_a_log(db)
        told = await export.document(db, crisis)
    posted = told["chain"]["head"]
    assert verify_export(told, posted) == []
    rewritten = copy.deepcopy(told)
    previous = chain.FIRST
    for entry in rewritten["log"]:
        entry["summary"] = entry["summary"].replace("linje 1", "linje 9")
        entry["previous_hash"] = previous
        entry["hash"] = previous = chain.digest(chain.canonical(entry))
    rewritten["chain"]["head"] = previous
    assert verify_export(rewritten) == []
    assert verify_export(rewritten, posted) != []


async def test_a_state_that_the_log_does_not_tell_is_found(database: Database, told: Json) -> None:
    told["log_state"]["2"]["verification"] = "confirmed"
    assert verify_export(told) != []


def entry(no: int, previous: str) -> Json:
    """A line as an export has it."""
    content = {
        "no": no,
        "event_time": instant(START),
        "recorded_time": instant(START),
        "sender": "",
        "receiver": "",
        "summary": f"linje {no}",
        "status": None,
        "verification": "unconfirmed",
        "direction": "in",
        "kind": "information",
        "grade": "staff",
        "recorder": "kim",
        "refs": {},
        "salt": f"{no:032x}",
        "previous_hash": previous,
    }
    return {**content, "hash": chain.digest(chain.canonical(content))}


def whole(length: int) -> list[Json]:
    entries: list[Json] = []
    for no in range(1, length + 1):
        entries.append(entry(no, entries[-1]["hash"] if entries else chain.FIRST))
    return entries


@given(st.integers(2, 12), st.data())
def test_any_one_change_removal_insertion_or_swap_is_found(length: int, data: st.DataObject) -> None:
    """R186."""
    entries = whole(length)
    assert chain.breaks(entries) == []
    place = data.draw(st.integers(0, length - 1))
    match data.draw(st.sampled_from(["change", "remove", "insert", "swap"])):
        case "change":
            key = data.draw(st.sampled_from(sorted(entries[place])))
            entries[place] = {**entries[place], key: data.draw(st.text(max_size=5)) + "|"}
        case "remove" if place < length - 1:
            del entries[place]
        case "insert":
            before = entries[place - 1]["hash"] if place else chain.FIRST
            entries.insert(place, entry(place + 1, before) | {"summary": "skudt ind"})
        case "swap":
            other = (place + 1) % length
            entries[place], entries[other] = entries[other], entries[place]
        case _:
            return
    assert chain.breaks(entries) != []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["log", "chain", "log_state", "no"]), inner),
        max_leaves=12,
    )
)
def test_an_export_that_cannot_be_read_is_a_fault_and_never_a_traceback(garbage: Any) -> None:
    told = {"format": export.FORMAT, "log": garbage, "chain": garbage, "log_state": garbage}
    assert verify_export(told) != []
    if isinstance(garbage, dict):
        assert verify_export(garbage) != []
