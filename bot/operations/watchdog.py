"""The watchdog: alarms somebody when krisebot doesn't do what is due, from a process of its own that needs nothing of
krisebot's.

It looks at krisebot's own door and at the rows, and alarms by SMS or mail past krisebot's outbox. An address outside
hears from it after every round in which it could have alarmed; when that falls silent, it is the watchdog that is down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import apprise
from sqlalchemy import func, select

from bot.operations import backup
from bot.settings import Settings
from storage.database import UNREACHABLE, Database
from storage.rows.crisis import Crisis
from storage.rows.traffic import TO_HANDLE, Delivery, Inbox, Message, Timer

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=30)
# So many rounds in a row before somebody is woken: a restart is over by then.
ROUNDS = 2
# It is said again as long as it lasts.
AGAIN = timedelta(hours=1)
# How late something may be. An alert is on a phone in seconds, or somebody has to know why.
LATE = timedelta(seconds=60)
URGENT_LATE = timedelta(seconds=60)
# How long an answer from krisebot's door, an alarm or a heartbeat may take, in seconds.
PATIENCE = 10.0


@dataclass
class Watchdog:
    """The watchdog's state from round to round.

    Args:
        settings: krisebot's own.
        alarm: says it to somebody, subject and text; False when nobody took it.
        now: the time, UTC.
    """

    settings: Settings
    alarm: Callable[[str, str], object]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _bad: int = 0
    _told: datetime | None = None
    _said: list[str] = field(default_factory=list)

    async def round(self) -> list[str]:
        """Check once, alarm where there is reason to, and report to the address outside.

        Returns:
            what is wrong, Danish; nothing when all is well.
        """
        found = await look(self.settings, self.now())
        could_tell = await self._tell(found)
        if could_tell and self.settings.watchdog_heartbeat:
            await _be_heard(self.settings.watchdog_heartbeat.get_secret_value())
        return found

    async def _tell(self, found: list[str]) -> bool:
        now = self.now()
        self._bad = self._bad + 1 if found else 0
        if not found:
            if self._told is None:
                return True
            told = await self._alarm("Krisebot er i orden igen", "Alt, der skulle gøres, er gjort.")
            if told:
                self._told = None
            return told
        if self._bad < ROUNDS or (self._told is not None and now - self._told < AGAIN):
            return True
        told = await self._alarm("Krisebot gør ikke, hvad den skal", "\n".join(found))
        if told:
            self._told = now
        return told

    async def _alarm(self, subject: str, text: str) -> bool:
        log.warning("alarm", extra={"event": "watchdog.alarm", "what": subject})
        taken = self.alarm(subject, text)
        return bool(await taken if asyncio.iscoroutine(taken) else taken)


async def look(settings: Settings, now: datetime) -> list[str]:
    """Check krisebot's own address and its rows, and return what is wrong: Danish lines that say what and where to
    look; none when all is well."""
    return [
        *await _door(settings),
        *await _rows(settings, now),
        *await asyncio.to_thread(_copies, settings.backup, now),
    ]


async def _door(settings: Settings) -> list[str]:
    address = f"{settings.door}/readyz"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as client,
            client.get(address) as answer,
        ):
            if answer.status == 200:
                return []
            told = await answer.json()
            return [f"/readyz: {why}" for why in told.get("faults", {}).values()] or [f"/readyz svarer {answer.status}"]
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return [f"Krisebot svarer ikke på {address} ({type(error).__name__}). Se journalctl -u krisebot"]


async def _rows(settings: Settings, now: datetime) -> list[str]:
    late = now - LATE
    # Only looked at: where the disk is gone, nothing new is put in its place.
    database = Database(settings.database_url, read_only=True)
    try:
        async with asyncio.timeout(PATIENCE), database.reading() as db:
            inputs = await db.scalar(select(func.count()).select_from(Inbox).where(TO_HANDLE, Inbox.received_at < late))
            timers = await db.scalar(
                select(func.count()).select_from(Timer).where(Timer.state == "waiting", Timer.due_at < late)
            )
            urgent = await db.scalar(
                select(func.count())
                .select_from(Message)
                .where(
                    Message.urgency == 0,
                    Message.created_at < now - URGENT_LATE,
                    Message.created_at > now - timedelta(days=1),
                    ~select(Delivery.id)
                    .where(Delivery.message_id == Message.id, Delivery.state.in_(["sent", "delivered"]))
                    .exists(),
                    Message.held.is_(False),
                )
            )
            failed = await db.scalar(
                select(func.count())
                .select_from(Inbox)
                .where(Inbox.state == "failed", Inbox.received_at > now - timedelta(days=1))
            )
            crises = await db.scalar(select(func.count()).select_from(Crisis)) or 0
        lost = await asyncio.to_thread(_lost, settings.backup, crises)
    except (*UNREACHABLE, TimeoutError) as error:
        return [f"Databasen svarer ikke ({type(error).__name__}). Se, om serveren og disken er der"]
    finally:
        await database.close()
    told = (
        (inputs, "beskeder til Krisebot har ventet over et minut"),
        (timers, "påmindelser er over et minut forsinket"),
        (urgent, "hastebeskeder er ikke kommet frem"),
        (failed, "beskeder kunne ikke behandles det sidste døgn"),
    )
    return [f"{count} {what}" for count, what in told if count] + lost


def _lost(folder: Path | None, crises: int) -> list[str]:
    try:
        told = backup.fewer(backup.most_crises(folder), crises) if folder else None
    except OSError:
        return []  # `_copies` tells of the folder
    return [told[0].upper() + told[1:]] if told else []


def _copies(folder: Path | None, now: datetime) -> list[str]:
    if folder is None:
        return []
    try:
        kept = backup.kept(folder)
    except OSError as error:
        return [f"Sikkerhedskopierne i {folder} kan ikke ses ({error.strerror}). Se, om disken er der"]
    if not kept:
        return [f"Der er ingen sikkerhedskopi i {folder}"]
    return (
        [f"Den nyeste sikkerhedskopi er fra {kept[-1][0]:%d.%m.%Y %H:%M} UTC"] if now - kept[-1][0] > backup.OLD else []
    )


async def _be_heard(address: str) -> None:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as client,
            client.get(address) as answer,
        ):
            if answer.status >= 400:
                log.warning("heartbeat", extra={"event": "watchdog.heartbeat_refused", "status": answer.status})
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("heartbeat", extra={"event": "watchdog.heartbeat_failed", "error": type(error).__name__})


def bad_addresses(settings: Settings) -> list[str]:
    """Find which of those that are to be alarmed nothing can be sent to, Danish: by number, as an address may have a key in it."""
    asked = settings.watchdog_alarm.get_secret_value().split() if settings.watchdog_alarm else []
    return [
        f"KRISEBOT_WATCHDOG_ALARM: adresse {number} kan ikke bruges. Skriv den, som apprise gør, og % for særtegn"
        for number, address in enumerate(asked, 1)
        if not apprise.Apprise().add(address)
    ]


def alarm_by(addresses: Sequence[str], patience: float = PATIENCE) -> Callable[[str, str], Awaitable[bool]]:
    """Make what says it by apprise's addresses, all of them; one that takes it is enough.

    Args:
        addresses: as apprise writes them.
        patience: seconds that each may take.
    """

    async def say(subject: str, text: str) -> bool:
        taken = False
        for address in addresses:
            way = apprise.Apprise()
            if not way.add(address):
                log.error("alarm", extra={"event": "watchdog.bad_address"})
                continue
            # One that never answers keeps neither the others nor the heartbeat waiting.
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    said = await way.async_notify(title=subject, body=text, body_format=apprise.NotifyFormat.TEXT)
                    taken = bool(said) or taken
        return taken

    return say


async def run(settings: Settings, *, once: bool, say: Callable[[str], None]) -> list[str]:
    """Check until stopped; or check once, and print what was found.

    Args:
        settings: krisebot's own.
        once: look once and alarm nobody.
        say: where it is told.

    Returns:
        what was wrong, where it looked once.
    """
    if once:
        found = await look(settings, datetime.now(UTC))
        for line in found or ["Alt er vel."]:
            say(line)
        return found
    addresses = settings.watchdog_alarm.get_secret_value().split() if settings.watchdog_alarm else []
    watchdog = Watchdog(settings, alarm_by(addresses))
    was: list[str] = []
    while True:
        found = await watchdog.round()
        if found != was:
            for line in found or ["Alt er vel."]:
                say(line)
        was = found
        await asyncio.sleep(EVERY.total_seconds())
