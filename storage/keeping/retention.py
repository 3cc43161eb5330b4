"""What is kept no longer than it is needed, and never shorter than the archive law wants. Plan §7, Dokumentation.

A case goes when its time is up and it is filed, whole, where the law's copy is kept. What was written in its log leaves
its place and its hash, so that the chain still holds, and the log's last line says which lines went and where they are
filed. A line that is gone without such a line is a break. Nothing goes while a real crisis goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.case import log
from storage.case.omitted import KIND, OMITTED
from storage.keeping.inventory import HELD
from storage.plan.model import Plan
from storage.rows import exported
from storage.rows import log as log_rows
from storage.rows.accounts import Account
from storage.rows.alert import ContactCheck, NightCheck
from storage.rows.base import Base
from storage.rows.crisis import Crisis
from storage.rows.duty import Absence, NamedDeputy, RotaDuty
from storage.rows.home_pages import HomePage
from storage.rows.log import Attachment, CaseExport, Filing, LogEntry, LogKind, LogState, Stored
from storage.rows.preparedness import EmergencyPack, Exercise, PlanDuty
from storage.rows.traffic import Address, Conversation, Delivery, Inbox, MailToken, Message, RehearsalPost, Timer

# Of a crisis that is gone: that it was, its number and times, the log's chain, the places of its exercises.
STAYS = ("crises", "log_entries", "exercises")
# What is written in the log of the filing itself, after the case was packed.
OF_FILING: tuple[LogKind, ...] = ("export", "journalised", "c3_transfer", "case", "restored")
# Rows that are taken in one transaction: whoever warns meanwhile waits for no more than these.
AT_A_TIME = 2_000

exported.load()


@dataclass(frozen=True)
class Case:
    """A crisis whose time to be kept is up.

    Args:
        crisis: its row's id.
        number: as people call it.
        since: when it ended, UTC.
        waits: why it stays all the same, Danish, each a thing to do; nothing when it goes.
    """

    crisis: int
    number: int
    since: datetime
    waits: tuple[str, ...]


async def under_way(db: AsyncSession) -> list[int]:
    """Return the numbers of the real crises that are not over: meanwhile nothing is deleted."""
    going = select(Crisis.number).where(Crisis.state.in_(["active", "warned"]), Crisis.exercise.is_(False))
    return list(await db.scalars(going.order_by(Crisis.number)))


async def cases(db: AsyncSession, plan: Plan, now: datetime) -> list[Case]:
    """Return the cases whose time is up, oldest first, and what each still waits for."""
    found = []
    ended = select(Crisis).where(Crisis.state.in_(["closed", "followed"])).order_by(Crisis.number)
    for crisis in await db.scalars(ended):
        since = crisis.deactivated_at or crisis.created_at
        keep = plan.retention.exercises if crisis.exercise else plan.retention.cases
        if crisis.plan and now - since > keep:
            found.append(Case(crisis.id, crisis.number, since, tuple([each async for each in _waits(db, crisis)])))
    return found


async def _waits(db: AsyncSession, crisis: Crisis) -> AsyncIterator[str]:
    """Yield what has to be done before a case may go, Danish. An exercise is no case, and what nobody decided on is
    none."""
    if crisis.exercise or crisis.level is None:
        return
    if not crisis.case_ref:
        yield "sagen har intet nummer i ESDH. Skriv det med /krise sag"
    of_crisis = Filing.crisis_id == crisis.id
    missing = await db.scalar(select(func.count()).where(of_crisis, Filing.document_no.is_(None)))
    if missing:
        yield f"{missing} dokumenter er ikke journaliseret. Se /krise journal"
    filed = set(await db.scalars(select(Filing.log_no).where(of_crisis, Filing.document_no.is_not(None))))
    packed = await db.scalars(
        select(LogEntry).where(
            LogEntry.crisis_id == crisis.id,
            LogEntry.kind == "export",
            LogEntry.recorded_time >= (crisis.deactivated_at or crisis.created_at),
        )
    )
    whole = [entry.no for entry in packed if entry.no in filed and "sha256" in log_rows.exported(entry)["refs"]]
    if whole:
        after = select(LogEntry.no).where(
            LogEntry.crisis_id == crisis.id, LogEntry.no > max(whole), LogEntry.kind.not_in(OF_FILING)
        )
        later = sorted(set(await db.scalars(after)) - filed)
        if later:
            yield f"log nr. {_numbers(later)} er skrevet efter den eksport, der er journaliseret. Skriv /krise eksport igen"
    else:
        yield "eksporten af hele sagen er ikke journaliseret. Skriv /krise eksport og så /krise journal med linjens nummer"
    secret = select(LogState.no).where(LogState.crisis_id == crisis.id, LogState.grade == "confidential")
    left = sorted(set(await db.scalars(secret)) - filed)
    if left:
        yield f"log nr. {_numbers(left)} er ikke i eksporten og ikke journaliseret for sig. Skriv /krise journal med numrene"


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(str(no) for no in numbers)


async def remove_case(db: AsyncSession, case: Case, now: datetime) -> dict[str, int]:
    """Delete a case, all but its place: its number, its times and its log's chain.

    Args:
        db: a turn's session.
        case: one that waits for nothing.
        now: UTC.

    Returns:
        how many rows went of each table.
    """
    if case.waits:
        raise ValueError(f"{case.number} is not filed")
    crisis = await db.get_one(Crisis, case.crisis)
    gone: dict[str, int] = {}
    last = await db.scalar(select(func.max(LogEntry.no)).where(LogEntry.crisis_id == crisis.id)) or 0
    doomed = _of_crisis(crisis.id)
    for table, rows in reversed(doomed.items()):
        await _remove(db, table, rows, gone)
    await db.execute(
        update(LogEntry)
        .where(LogEntry.crisis_id == crisis.id, LogEntry.kind != KIND)
        .values(
            canonical=b"", summary="", folded="", recorder="", verification="", grade="open", kind=OMITTED, message=None
        )
        .execution_options(synchronize_session=False)
    )
    gone["log_entries"] = last
    _forget(crisis)
    await db.flush()
    filed = f", journaliseret på sag {crisis.case_ref}" if crisis.case_ref else ""
    await log.append(
        db,
        crisis,
        summary=f"Slettet efter planens opbevaringsfrist: log nr. 1–{last}{filed}",
        recorder="krisebot",
        recorded_time=now,
        kind=KIND,
        grade="open",
        verification="confirmed",
        refs={"omits": [1, last], "case": crisis.case_ref},
    )
    await _remove_stored(db, gone)
    return gone


async def remove_traffic(db: AsyncSession, plan: Plan, now: datetime) -> dict[str, int]:
    """Delete some of what was written and sent outside of the cases that are kept; nothing when all of it has gone.

    What was written while a case was open goes when the case does: it is the case's until then.
    """
    gone: dict[str, int] = {}
    before, long_ago = now - plan.retention.traffic, now - plan.retention.cases
    kept = [(row.created_at, row.deactivated_at) for row in await db.scalars(select(Crisis)) if row.plan]

    def outside(at: Any) -> ColumnElement[bool]:
        return and_(at < before, *(or_(at < since, at > until) if until else at < since for since, until in kept))

    loose = [
        (
            Delivery,
            Delivery.message_id.in_(
                _some(select(Message.id).where(Message.crisis_id.is_(None), Message.created_at < before))
            ),
        ),
        (
            Message,
            (Message.crisis_id.is_(None))
            & (Message.created_at < before)
            & ~exists().where(Delivery.message_id == Message.id),
        ),
        (Timer, (Timer.crisis_id.is_(None)) & (Timer.state != "waiting") & (Timer.due_at < before)),
        (RehearsalPost, outside(RehearsalPost.at)),
        (MailToken, MailToken.at < before),
        (Absence, Absence.until < before),
        (NamedDeputy, NamedDeputy.until < before),
        (RotaDuty, RotaDuty.until < before),
        (Account, Account.person.not_in(plan.persons)),
        (HomePage, HomePage.opened_at < before),
        (Exercise, Exercise.held_at < long_ago),
        (PlanDuty, PlanDuty.done_at < long_ago),
    ]
    for model, which in loose:
        await _remove(db, Base.metadata.tables[model.__tablename__], which, gone)
    old = [Inbox.state != "new", outside(Inbox.received_at)]
    unneeded = ~exists().where(Attachment.inbox_id == Inbox.id, Attachment.state != "removed")
    numbers = list(await db.scalars(select(Inbox.id).where(*old, unneeded).limit(AT_A_TIME)))
    await db.execute(delete(Attachment).where(Attachment.inbox_id.in_(numbers)))
    await _remove(db, Base.metadata.tables["inbox"], Inbox.id.in_(numbers), gone)
    lanes = (Conversation.held_by.is_(None)) & ~exists().where(Delivery.lane == Conversation.name)
    await _remove(db, Base.metadata.tables["lanes"], lanes, gone)
    strangers = (Address.person.not_in(plan.persons)) & (func.coalesce(Address.heard_at, now) < before)
    await _remove(db, Base.metadata.tables["addresses"], strangers, gone)
    asked = ContactCheck.asked_at < now - plan.retention.contact_tests
    await _remove(db, Base.metadata.tables["contact_checks"], asked, gone)
    rung = NightCheck.rings_at < now - plan.retention.contact_tests
    await _remove(db, Base.metadata.tables["night_checks"], rung, gone)
    await _remove_stored(db, gone)
    return gone


def in_words(gone: Mapping[str, int]) -> list[str]:
    """Return what was deleted, Danish, a line for each kind of thing."""
    return [f"{HELD[table].what}: {count}" for table, count in sorted(gone.items()) if count]


def _of_crisis(crisis: int) -> dict[Table, ColumnElement[bool]]:
    """Return every table's rows of a crisis, found by how they refer to each other; those that are referred to come
    first."""
    found: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in STAYS:
            continue
        if "crisis_id" in table.c:
            found[table] = table.c.crisis_id == crisis
            continue
        for key in table.foreign_keys:
            parent = key.column.table
            if parent in found:
                found[table] = key.parent.in_(select(key.column).where(found[parent]))
    return found


def _forget(crisis: Crisis) -> None:
    """Clear a crisis' row of all but that it was, when, and at which level."""
    crisis.title, crisis.plan, crisis.holders = "(slettet)", {}, {}
    for who in ("decided_by", "on_behalf_of", "established_by", "deactivated_by", "chief"):
        setattr(crisis, who, None)


def _some(query: Select[Any]) -> Select[Any]:
    return query.limit(AT_A_TIME)


async def _remove(db: AsyncSession, table: Table, which: ColumnElement[bool], gone: dict[str, int]) -> None:
    done = await db.execute(delete(table).where(which))
    if done.rowcount:  # type: ignore[attr-defined]
        gone[table.name] = gone.get(table.name, 0) + done.rowcount  # type: ignore[attr-defined]


async def _remove_stored(db: AsyncSession, gone: dict[str, int]) -> None:
    """Delete the bytes of files that no row refers to any more."""
    in_chat = {each["sha256"] for files in await db.scalars(select(RehearsalPost.files)) for each in files or ()}
    loose = (
        ~exists().where(Attachment.sha256 == Stored.sha256)
        & ~exists().where(CaseExport.sha256 == Stored.sha256)
        & ~exists().where(EmergencyPack.sha256 == Stored.sha256)
        & Stored.sha256.not_in(in_chat)
    )
    await _remove(db, Base.metadata.tables["stored_files"], loose, gone)
