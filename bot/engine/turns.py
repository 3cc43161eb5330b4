"""Turns: handles inputs and timers one at a time, what is urgent first, each in one transaction.

Among what is urgent, and then among the rest, they keep the order in which they came or fell due, and so do all of one
person's inputs.

They are counted before they are begun: an input where it is taken in, with all that come in with it, and timers and
what another process took in together. So what ends the process, however it does it, is not begun for ever. What a
process had counted when it ended is counted in ever smaller parts, and at last each by itself, so that only what ends
processes is put aside.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, TypeGuard

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    event,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from bot.engine import stalls
from bot.engine.telemetry import Telemetry
from bot.engine.worker import Worker
from handlers.core import availability, registry, router
from handlers.core.card import Card
from handlers.core.clock import Clock
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan.model import Plan
from storage.plan.reach import Way
from storage.rows.alert import Alert, Escalation, EscalationStep
from storage.rows.base import NOW, Base
from storage.rows.crisis import Crisis
from storage.rows.traffic import TO_HANDLE, Address, Inbox, Timer

log = logging.getLogger(__name__)

# A turn that fails is tried again, ever slower; after these it is put aside, told of, and kept.
ATTEMPTS = 5
BACKOFF = timedelta(seconds=2)
# How many are counted at once, by how often they have been begun before; more often than that, and it is put aside.
AT_ONCE = (500, 100, 20, 1, 1, 1)
# How long a turn may take, in seconds of the machine's clock; one that doesn't let others go on is broken off as well.
PATIENCE = stalls.PATIENCE

# How long, in seconds of the machine's clock, timers that are due may go on sharing one commit: a turn's time, so that
# whoever comes meanwhile waits no longer than for one.
SHARED = 0.02

# So often it is written down that somebody is heard on a platform that they were heard on last.
HEARD = timedelta(minutes=1)

_Row = tuple[type[Inbox] | type[Timer], int]
# The plan as it is today, and the names of those who have warned without being in it.
_Todays = tuple[Plan, dict[str, str]]

# Whatever these say may be their answer: those who are asked in a chain, and whose warning is on its way.
ASKED = (
    select(EscalationStep.person)
    .join(Escalation, Escalation.id == EscalationStep.escalation_id)
    .where(Escalation.state != "stopped")
)
WARNED = select(Alert.person).join(Crisis, Crisis.id == Alert.crisis_id).where(Crisis.state == "warned")
# Whoever sends much that is urgent holds up nobody else's: each has one handled in a round. Those who are asked in a chain
# are in none, since their answer goes before what fell due after it.
_HAD_ONE = Inbox.sender.in_(bindparam("had_one", expanding=True))
_NO_ROUND, _IN_ROUND = literal_column("0", Integer), case((_HAD_ONE, 1), else_=0)
_REST = literal_column("2", Integer)
# One person's inputs keep their order: an urgent one brings the earlier ones along.
FIRST_OF = (
    select(Inbox)
    .where(TO_HANDLE, Inbox.due_at <= NOW, Inbox.sender == bindparam("sender"))
    .order_by(Inbox.due_at, Inbox.id)
    .limit(1)
)


@cache
def _next_of(urgent_timers: frozenset[str]) -> Select[tuple[int, str, Inbox, Timer, Address]]:
    """Find what is taken up next: what is urgent, then the rest; an input before a timer that fell due when it came."""

    def first(table: type[Inbox] | type[Timer], place: ColumnElement[int], *where: ColumnElement[bool]) -> Select[Any]:
        came = table is Inbox
        found = (
            select(
                literal_column("'input'" if came else "'timer'", Text).label("kind"),
                table.id,
                (Inbox.sender if came else literal_column("''", Text)).label("sender"),
                place.label("place"),
                table.due_at,
            )
            .where(table.state == ("new" if came else "waiting"), table.due_at <= NOW, *where)
            .order_by(*([place] if place is _IN_ROUND else []), table.due_at, table.id)
            .limit(1)
            .subquery()
        )
        return select(found)

    firsts = union_all(
        first(Inbox, _NO_ROUND, Inbox.sender.in_(ASKED)),
        first(Inbox, _IN_ROUND, or_(Inbox.urgent.is_(True), Inbox.sender.in_(WARNED))),
        *(first(Timer, _NO_ROUND, Timer.kind == kind) for kind in sorted(urgent_timers)),
        first(Inbox, _REST),
        first(Timer, _REST),
    ).subquery()
    each = firsts.c
    found = (
        select(each.kind, each.id, each.sender, each.place)
        .order_by(each.place, each.due_at, each.kind, each.id)
        .limit(1)
        .subquery()
    )
    # With the row itself, and where its sender was heard before: all of it in one journey.
    came = found.c.kind == "input"
    return (
        select(found.c.place, found.c.sender, Inbox, Timer, Address)
        .select_from(found)
        .outerjoin(Inbox, and_(came, Inbox.id == found.c.id))
        .outerjoin(Timer, and_(not_(came), Timer.id == found.c.id))
        .outerjoin(Address, and_(came, Address.person == found.c.sender))
    )


@cache
def _beside(urgent_timers: frozenset[str], urgent: bool) -> Select[Any]:
    """Find the timer that may share the commit of the one before it: as urgent as that one, while no input waits."""
    waits = select(Inbox.id).where(TO_HANDLE, Inbox.due_at <= NOW).exists()
    alike = Timer.kind.in_(urgent_timers) if urgent else Timer.kind.not_in(urgent_timers)
    due = select(Timer).where(Timer.state == "waiting", Timer.due_at <= NOW, alike, not_(waits))
    return due.order_by(Timer.due_at, Timer.id).limit(1)


class Turns(Worker):
    """The worker that runs inputs and due timers, one transaction each.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan, asked for at every turn so that it can be read anew.
        committed: called after each turn, with the kinds of rows that it wrote.
        ways: the ways to reach people that are in use.
        telemetry: told of each turn.
        first: awaited before each turn: what goes before it.
        named: gives an input the names that it is without, outside any transaction.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        committed: Callable[[Collection[type[Base]]], None],
        ways: Callable[[], Sequence[Way]] = tuple,
        telemetry: Telemetry | None = None,
        first: Callable[[], Awaitable[None]] | None = None,
        named: Callable[[Incoming], Awaitable[Incoming]] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._committed = committed
        self._ways = ways
        self._telemetry = telemetry or Telemetry()
        self._first = first or _nobody
        self._name = named
        # What was given its names, and is taken up next.
        self._named: dict[int, Incoming] = {}
        # Which input's names are being asked for, and whether anything has come in since the last look.
        self._naming: tuple[int, asyncio.Task[Incoming]] | None = None
        self._came_in = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        # What this process has counted, and not begun yet.
        self._counted: set[_Row] = set()
        self._touched: set[type[Base]] = set()
        # How many more rows share no commit, since what several had done could not be written down.
        self._alone = 0
        # Whose urgent input was handled in this round.
        self._had_one: set[str] = set()

    def due(self) -> list[ScalarSelect[Any]]:
        """Return queries for when the next input is to be handled, and when the next timer falls due."""
        return [
            select(func.min(Inbox.due_at)).where(TO_HANDLE).scalar_subquery(),
            select(func.min(Timer.due_at)).where(Timer.state == "waiting").scalar_subquery(),
        ]

    def count(self, inputs: Iterable[int]) -> None:
        """Note that inputs are counted in the rows as begun by this process.

        Args:
            inputs: their numbers.
        """
        self._counted |= {(Inbox, number) for number in inputs}
        self._came_in.set()

    async def drain(self) -> None:
        """Handle everything that has come in or is due."""
        async with self._one_at_a_time:
            # Those who wait for an acknowledgement go before each turn.
            await self._first()
            while await self._next():
                self.done += 1
                self._committed(self._touched)
                self._touched = set()
                await self._first()

    async def _next(self) -> bool:
        begun: _Row | None = None
        counted: set[_Row] = set()
        nameless: Inbox | None = None
        done: list[tuple[_Row, Callable[[], None]]] = []
        began = time.perf_counter()
        self._came_in.clear()
        try:
            async with self._database.turn() as db:
                now = self._clock.now()
                row, heard = await self._earliest(db, now)
                if row is None:
                    # What is left was handled by others.
                    self._counted.clear()
                    return False
                if (type(row), row.id) not in self._counted:
                    counted = await self._write_begun(db, row, now)
                elif self._is_nameless(row):
                    nameless = row
                else:
                    self._touched = touched_by(db)
                    urgent = frozenset(registry.urgent_timers)
                    each: Inbox | Timer | None = row
                    today: _Todays | None = None
                    while each is not None and (type(each), each.id) in self._counted:
                        begun = (type(each), each.id)
                        if today is None or not self._touched.isdisjoint(availability.READ):
                            today = await availability.todays(db, self._plan(), now)
                        done.append((begun, await self._run(db, each, now, heard, today)))
                        if self._alone or isinstance(each, Inbox) or time.perf_counter() - began > SHARED:
                            break
                        each = await db.scalar(_beside(urgent, each.kind in urgent), {"now": now})
        except Exception as error:
            if begun is None or _is_the_databases(error):
                # It is taken up again where it stands, before what its sender said after it, and counted once more.
                self._counted.discard(begun)
                raise
            if len(done) > 1 and begun == done[-1][0]:
                # They had run, and could not be written down: alone, each answers for itself.
                self._alone = len(done)
                return True
            # What it shared the commit with is as it was, and runs again.
            self._counted.discard(begun)
            self._telemetry.turn_failed(trace_of(*begun), error)
            await self._put_off(*begun, error)
            return True
        if nameless is not None and self._name is not None:
            # Asked here, where no transaction is open. Its sender's next words wait, and so keep their order.
            await self._ask_for_names(nameless, self._name)
            return True
        self._counted = (self._counted | counted) - {number for number, _ in done}
        self._alone = max(0, self._alone - len(done))
        for _, tell in done:
            tell()
        return True

    async def _ask_for_names(self, row: Inbox, name: Callable[[Incoming], Awaitable[Incoming]]) -> None:
        """Wait until an input has its names, or until something has come in that may go before it: what is urgent waits for
        nobody's name."""
        if self._naming is None or self._naming[0] != row.id:
            if self._naming is not None:
                self._naming[1].cancel()
            self._naming = row.id, asyncio.ensure_future(name(Incoming.from_json(row.body)))
        asking, came_in = self._naming[1], asyncio.create_task(self._came_in.wait())
        try:
            await asyncio.wait({asking, came_in}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            came_in.cancel()
        if asking.done():
            self._naming = None
            self._named = {row.id: asking.result()}

    def _is_nameless(self, row: Inbox | Timer) -> TypeGuard[Inbox]:
        """Whether a row is an input that names somebody whose name is still to be asked for."""
        return (
            self._name is not None
            and isinstance(row, Inbox)
            and row.id not in self._named
            and bool(row.body.get("unnamed"))
        )

    async def _run(
        self, db: AsyncSession, row: Inbox | Timer, now: datetime, heard: Sequence[Address], today: _Todays
    ) -> Callable[[], None]:
        """Run an input or a timer; returns what tells telemetry of it once it has committed."""
        began, told = time.perf_counter(), self._told(row)
        async with stalls.within(PATIENCE):
            if isinstance(row, Inbox):
                await self._answer(db, row, now, heard, today)
            else:
                await self._fire(db, row, now, today)
        return partial(told, now, time.perf_counter() - began)

    async def _write_begun(self, db: AsyncSession, row: Inbox | Timer, now: datetime) -> set[_Row]:
        """Write down that a row is begun, with others of its kind that wait; put it aside when it was begun too
        often."""
        kind = type(row)
        if row.begun >= len(AT_ONCE):
            self._touched = touched_by(db)
            await self._put_aside(db, row, now, "processen sluttede, hver gang den blev taget op")
            return set()
        numbers = [row.id]
        if (most := AT_ONCE[row.begun]) > 1:
            waiting = select(kind.id).where(kind.state == row.state, kind.begun == row.begun, kind.due_at <= now)
            numbers += await db.scalars(waiting.where(kind.id != row.id).order_by(kind.due_at, kind.id).limit(most - 1))
        await db.execute(update(kind).where(kind.id.in_(numbers)).values(begun=kind.begun + 1))
        return {(kind, number) for number in numbers}

    async def _earliest(self, db: AsyncSession, now: datetime) -> tuple[Inbox | Timer | None, list[Address]]:
        """Find what is taken up next, and where its sender was heard before."""
        question = _next_of(frozenset(registry.urgent_timers))
        found = (await db.execute(question, {"now": now, "had_one": list(self._had_one)})).all()
        if not found:
            return None, []
        next_, heard = found[0], [each.Address for each in found if each.Address is not None]
        row: Inbox | Timer | None = next_.Inbox or next_.Timer
        if next_.place < 2 and next_.sender:
            if next_.place == 1:
                # Everybody has had one: a new round.
                self._had_one.clear()
            self._had_one.add(next_.sender)
            row = await db.scalar(FIRST_OF, {"now": now, "sender": next_.sender})
        return row, heard

    async def _answer(
        self, db: AsyncSession, row: Inbox, now: datetime, heard: Sequence[Address], today: _Todays
    ) -> None:
        named = self._named.pop(row.id, None)
        if named is not None:
            row.body = named.to_json()
        incoming = named or Incoming.from_json(row.body)
        _remember(db, incoming, now, heard)
        plan, strangers = today
        turn = Turn(db, now, plan, incoming=incoming, strangers=strangers, ways=self._ways())
        turn.inbox_id, turn.trace = row.id, trace_of(Inbox, row.id)
        await router.handle(turn)
        row.begun = 0
        if turn.again_at is not None:
            row.due_at = turn.again_at
            return
        row.state, row.handled_at = "done", now

    async def _fire(self, db: AsyncSession, row: Timer, now: datetime, today: _Todays) -> None:
        # All of it at once: the first question that the turn asks writes it down.
        row.state, row.fired_at, row.begun = "done", now, 0
        crisis = await db.get(Crisis, row.crisis_id) if row.crisis_id else None
        if row.kind in registry.level_two_timers and crisis is not None and not crisis.has_staff:
            return
        plan, strangers = today
        turn = Turn(db, now, plan, crisis=crisis, due=row.due_at, strangers=strangers, ways=self._ways())
        turn.trace = trace_of(Timer, row.id)
        await registry.timers[row.kind](turn, **row.args)

    def _told(self, row: Inbox | Timer) -> Callable[[datetime, float], None]:
        """Return the function that reports a turn to telemetry once it has committed; the row may be gone by then."""
        trace = trace_of(type(row), row.id)
        if isinstance(row, Inbox):
            return partial(self._telemetry.handled, trace, str(row.body.get("platform", "")), row.received_at)
        return partial(self._telemetry.fired, trace, row.kind, row.due_at)

    async def _put_off(self, kind: type[Inbox] | type[Timer], number: int, error: Exception) -> None:
        """Try a row again later, or put it aside: at once where it held up everything, else after some tries."""
        async with self._database.turn() as db:
            self._touched = touched_by(db)
            row: Inbox | Timer | None = await db.get(kind, number)
            if row is None or row.state not in ("new", "waiting"):
                return
            now = self._clock.now()
            row.attempts += 1
            row.begun = 0
            row.error = f"{type(error).__name__}: {error}"
            if row.attempts < ATTEMPTS and not isinstance(error, stalls.TookTooLong):
                row.due_at = now + BACKOFF * 2**row.attempts
            else:
                await self._put_aside(db, row, now, row.error)

    async def _put_aside(self, db: AsyncSession, row: Inbox | Timer, now: datetime, why: str) -> None:
        """Mark a row as never to be begun again, and tell whoever waits for an answer."""
        row.state, row.error = "failed", why
        log.error("put aside: %s %s: %s", type(row).__name__, row.id, why)
        if isinstance(row, Inbox):
            incoming = Incoming.from_json(row.body)
            turn = Turn(db, now, self._plan(), incoming=incoming)
            await turn.say(
                incoming.sender,
                Card("⚠️ Det gik galt, og det er en fejl hos mig. Dine ord er gemt. Prøv igen, eller ring."),
                kind="reply",
                platform=incoming.platform,
            )


async def _nobody() -> None:
    """Let others go on, where nobody goes before a turn."""
    await asyncio.sleep(0)


def _is_the_databases(error: Exception) -> bool:
    """Whether the connection was lost, which is no fault of the row's."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, ConnectionError)


def trace_of(kind: type[Inbox] | type[Timer], number: int) -> str:
    """Return the name under which krisebot's own log keeps everything that comes of an input or a timer.

    Args:
        kind: which of the two.
        number: the row's id.
    """
    return f"{'input' if kind is Inbox else 'timer'}-{number}"


def touched_by(db: AsyncSession) -> set[type[Base]]:
    """Collect the kinds of rows that a session writes; the set grows as it does."""
    touched: set[type[Base]] = set()

    def flushed(session: Session, _context: UOWTransaction, _objects: object) -> None:
        touched.update(type(row) for rows in (session.new, session.dirty, session.deleted) for row in rows)

    def executed(state: ORMExecuteState) -> None:
        if not state.is_select and state.bind_mapper is not None:
            touched.add(state.bind_mapper.class_)

    event.listen(db.sync_session, "before_flush", flushed)
    event.listen(db.sync_session, "do_orm_execute", executed)
    return touched


def _remember(db: AsyncSession, incoming: Incoming, now: datetime, heard: Sequence[Address]) -> None:
    """Remember on which platform a person was last heard, which is where they are answered and later written to first.

    Args:
        heard: where they were heard before.
    """
    known = next((row for row in heard if row.platform == incoming.platform), None)
    if known is None:
        known = Address(person=incoming.sender, platform=incoming.platform, reference={}, name="")
        db.add(known)
    elsewhere = max((row.heard_at for row in heard if row is not known and row.heard_at), default=None)
    # Only where they were heard last is asked for, and not to the second.
    is_last = known.heard_at is not None and (elsewhere is None or known.heard_at > elsewhere)
    if not is_last or known.heard_at is None or now - known.heard_at > HEARD:
        known.heard_at = now
    known.name = incoming.sender_name or known.name
    if incoming.reach:
        known.reference = dict(incoming.reach)
