"""Duty rotas: fetches the calendars that the plan names, ahead of any warning. Plan §4.

An address is the plan's, but whoever serves it is not trusted: https alone, no address inside our own network, no
redirect, little time and few bytes.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from sqlalchemy import ScalarSelect, func, select

from bot.engine.worker import Worker
from handlers.core import availability
from handlers.core.clock import Clock
from handlers.core.turn import Turn
from handlers.staff import duty_rota
from handlers.staff.duty_rota import Duty, UnreadableRota
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.duty import RotaCopy

log = logging.getLogger(__name__)

# A year's duties take a tenth of it.
LARGEST = 2 * 1024**2
# Seconds for the whole of it.
PATIENCE = 20.0
CHUNK = 2**16

# Danish, for `doctor` and the secretary; never the address, which may be a secret.
TOO_LARGE = "Kalenderen er for stor"
INSIDE = "Kalenderen ligger på en adresse inde i vores eget net; den hentes ikke"
SILENT = "Kalenderen svarer ikke"
NO_FILE = "Kalenderens fil kan ikke læses"

Read = Callable[[str], Awaitable[bytes]]


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the open internet's."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


class OutsideResolver(AbstractResolver):
    """Looks names up, and lets none through that has an address we may not fetch from.

    Args:
        may: which addresses we may.
    """

    def __init__(self, may: Callable[[str], bool]) -> None:
        self._may = may
        self._resolver = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return a name's addresses, all of them outside.

        Raises:
            UnreadableRota: one of them isn't.
        """
        found = await self._resolver.resolve(host, port, family)
        if not all(self._may(each["host"]) for each in found):
            raise UnreadableRota(INSIDE)
        return found

    async def close(self) -> None:
        """Close what looks names up."""
        await self._resolver.close()


async def read(calendar: str, *, may: Callable[[str], bool] = is_outside, tls: ssl.SSLContext | bool = True) -> bytes:
    """Read a calendar's bytes.

    Args:
        calendar: an https address, or a file's full path.
        may: which IP addresses may be fetched from.
        tls: whom to trust.

    Raises:
        UnreadableRota: it can't be had, is too large, or lies where we don't fetch from.
    """
    if not calendar.startswith("https://"):
        return await asyncio.to_thread(_file, Path(calendar))
    host = urlsplit(calendar).hostname or ""
    # A number isn't looked up, so nobody else would see to it.
    if (host.replace(".", "").isdigit() or ":" in host) and not may(host):
        raise UnreadableRota(INSIDE)
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    connector = aiohttp.TCPConnector(resolver=OutsideResolver(may), ssl=tls)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session,
            session.get(calendar, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise UnreadableRota(f"Kalenderen kan ikke hentes ({answer.status})")
            content = bytearray()
            async for chunk in answer.content.iter_chunked(CHUNK):
                content += chunk
                if len(content) > LARGEST:
                    raise UnreadableRota(TOO_LARGE)
            return bytes(content)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        if isinstance(error, UnreadableRota):
            raise
        raise UnreadableRota(SILENT) from error


def _file(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UnreadableRota(NO_FILE)
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableRota(NO_FILE) from error
    if len(content) > LARGEST:
        raise UnreadableRota(TOO_LARGE)
    return content


class DutyRotas(Worker):
    """The worker that fetches the duty rotas' calendars and keeps a copy of each.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan.
        committed: called when something may have been said.
        read: what reads a calendar's bytes.
    """

    minds = frozenset({RotaCopy})

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        committed: Callable[[], None],
        read: Read = read,
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._committed = committed
        self._read = read
        self._one_at_a_time = asyncio.Lock()

    def due(self) -> list[ScalarSelect[Any]]:
        """Return a query for when the next calendar is to be fetched."""
        return [select(func.min(RotaCopy.wanted_at)).scalar_subquery()]

    async def drain(self) -> None:
        """Fetch every calendar that is due."""
        async with self._one_at_a_time:
            async with self._database.reading() as db:
                wanted = select(RotaCopy.role).where(RotaCopy.wanted_at <= self._clock.now()).order_by(RotaCopy.role)
                roles = list(await db.scalars(wanted))
            for role in roles:
                await self._fetch(role)
                self.done += 1

    async def _fetch(self, role: str) -> None:
        plan = self._plan()
        its = plan.rota.get(role)
        outcome: list[Duty] | str = "Planen har ingen kalender"
        if its is not None and its.calendar:
            try:
                content = await asyncio.wait_for(self._read(its.calendar), 2 * PATIENCE)
                outcome = await asyncio.to_thread(duty_rota.read, content, plan.timezone, self._clock.now())
            except UnreadableRota as error:
                outcome = str(error)
            except TimeoutError:
                outcome = SILENT
        async with self._database.turn() as db:
            now = self._clock.now()
            copy = await db.get(RotaCopy, role)
            if copy is None:
                return
            today, strangers = await availability.todays(db, plan, now)
            turn = Turn(db, now, today, strangers=strangers)
            if isinstance(outcome, str):
                log.warning("the duty rota of %s is not taken: %s", role, outcome)
                await duty_rota.keep_the_last(turn, copy, outcome)
            else:
                await duty_rota.take(turn, copy, outcome)
        self._committed()
