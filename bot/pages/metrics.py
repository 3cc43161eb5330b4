"""Figures for an operator, in Prometheus' format: whether anyone is waiting, how long, and for what."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Select, func, or_, select

from bot.engine.engine import Engine
from bot.operations import backup
from bot.version import VERSION
from storage.rows.alert import Escalation
from storage.rows.crisis import Crisis
from storage.rows.log import Attachment
from storage.rows.measures import Order
from storage.rows.staff import Summons
from storage.rows.traffic import ON_ITS_WAY, TO_HANDLE, Delivery, Inbox, StaffChannel, Timer

STATES = ("warned", "active", "followed", "closed")

# What waits, how many and since when.
WAITS: Mapping[str, Select[int, datetime]] = {
    "inbox": select(func.count(), func.min(Inbox.received_at)).where(TO_HANDLE),
    "failed_inputs": select(func.count(), func.min(Inbox.received_at)).where(Inbox.state == "failed"),
    "deliveries": select(func.count(), func.min(Delivery.queued_at)).where(ON_ITS_WAY),
    "urgent_deliveries": select(func.count(), func.min(Delivery.queued_at)).where(ON_ITS_WAY, Delivery.urgency == 0),
    "failed_deliveries": select(func.count(), func.min(Delivery.queued_at)).where(Delivery.state == "failed"),
    "attachments": select(func.count(), func.min(Attachment.wanted_at)).where(Attachment.state == "wanted"),
}
# What people are waited for: somebody to take a warning, to come when summoned, to say that an order was received.
ASKS: Mapping[str, Select[int, datetime] | Select[int, datetime | None]] = {
    "warning": select(func.count(), func.min(Escalation.started_at)).where(Escalation.state == "running"),
    "summons": select(func.count(), func.min(Summons.sent_at)).where(Summons.answer.is_(None)),
    "order": select(func.count(), func.min(Order.issued_at)).where(
        Order.issued_at.is_not(None), Order.acknowledged_at.is_(None)
    ),
}

# Seconds that the folder of the copies may take to answer.
PATIENCE = 2.0
# Staff channels of crises that go on which can't be used, or which some of the staff were not let into.
CHANNELS = (
    select(StaffChannel.platform, StaffChannel.name, StaffChannel.error)
    .join(Crisis, Crisis.id == StaffChannel.crisis_id)
    .where(Crisis.state == "active", or_(StaffChannel.state == "failed", StaffChannel.error.is_not(None)))
)


class Metrics:
    """The page of figures.

    Args:
        engine: its rows, its clock, its ways to people, and how long everything has taken.
        backups: the folder of the copies; None where there is none.
    """

    def __init__(self, engine: Engine, backups: Path | None) -> None:
        self._engine = engine
        self._backups = backups
        self._looking: asyncio.Future[list[tuple[datetime, Path]]] | None = None
        self._registry = CollectorRegistry()
        self._waiting = self._gauge("waiting", "Rows that wait", "what")
        self._oldest = self._gauge("oldest_waiting_seconds", "How long the first of them has waited", "what")
        self._unanswered = self._gauge("unanswered", "What people are waited for in the crises that go on", "what")
        self._unanswered_since = self._gauge(
            "unanswered_oldest_seconds", "How long the first of them has been waited for", "what"
        )
        self._crises = self._gauge("crises", "Crises and exercises", "state", "exercise")
        self._link = self._gauge("platform_up", "1 when the link works", "platform")
        self._refused = self._gauge("refused_requests", "Forged, stale or malformed, since the start", "platform")
        self._removed = self._gauge("removed_attachments", "Files that never came into the log")
        self._channels = self._gauge("channels_in_trouble", "Staff channels that can't be used as they should")
        self._clock = self._gauge("clock_set", "1 while the machine's clock is another than ours")
        self._backup = self._gauge("backup_age_seconds", "How old the newest copy is; none: there is no copy")
        self._gauge("build_info", "Which krisebot this is", "version").labels(VERSION).set(1)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"krisebot_{name}", what, labels, registry=self._registry)

    async def text(self) -> bytes:
        """Return the figures as they stand, in Prometheus' format."""
        now = self._engine.clock.now()
        async with self._engine.database.reading() as db:
            for what, query in WAITS.items():
                self._show(what, (await db.execute(query)).one(), now)
            overdue = select(func.count(), func.min(Timer.due_at)).where(Timer.state == "waiting")
            self._show("timers", (await db.execute(overdue)).one(), now)
            for kind, asked in ASKS.items():
                going = asked.join(Crisis).where(Crisis.state.in_(["warned", "active"]))
                count, since = (await db.execute(going)).one()
                self._unanswered.labels(kind).set(count)
                self._unanswered_since.labels(kind).set(_age(since, now))
            many = select(Crisis.state, Crisis.exercise, func.count()).group_by(Crisis.state, Crisis.exercise)
            there: dict[tuple[str, bool], int] = {
                (state, exercise): count for state, exercise, count in await db.execute(many)
            }
            for state in STATES:
                for exercise in (True, False):
                    self._crises.labels(state, "yes" if exercise else "no").set(there.get((state, exercise), 0))
            removed = select(func.count()).select_from(Attachment).where(Attachment.state == "removed")
            self._removed.set(await db.scalar(removed) or 0)
            self._channels.set(len((await db.execute(CHANNELS)).all()))
        self._clock.set(1 if self._engine.clock.trouble() else 0)
        for platform in self._engine.platforms.values():
            self._link.labels(platform.name).set(0 if platform.trouble() else 1)
            self._refused.labels(platform.name).set(platform.refused)
        self._backup.set(await self._backup_age())
        return generate_latest(self._registry) + generate_latest(self._engine.telemetry.registry)

    async def _backup_age(self) -> float:
        """Seconds. A disk that doesn't answer is asked once, by a thread of its own, and nobody waits long for it."""
        if self._backups is None:
            return float("nan")
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(asyncio.to_thread(backup.kept, self._backups))
        try:
            kept = await asyncio.wait_for(asyncio.shield(self._looking), PATIENCE)
        except (TimeoutError, OSError):
            return float("nan")
        return (datetime.now(UTC) - kept[-1][0]).total_seconds() if kept else float("nan")

    def _show(self, what: str, row: Any, now: datetime) -> None:
        count, since = row
        self._waiting.labels(what).set(count)
        self._oldest.labels(what).set(_age(since, now))


def _age(since: datetime | None, now: datetime) -> float:
    """Return how many seconds ago a time was; 0 for what doesn't wait, or is not due yet."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
