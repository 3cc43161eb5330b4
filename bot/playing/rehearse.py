"""Rehearsing: plays a scenario on a krisebot of its own, with a temporary database, the rehearsal chat, and a clock
that is wound.

Everything goes through the chat's own JSON door, as from the browser, so what is played is what people would live
through.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import select

from bot.app import Krisebot
from bot.engine.clock import SystemClock, WoundClock
from bot.platforms.rehearsal.platform import Rehearsal
from bot.playing import expectations
from bot.playing.scenario import SMS, Expected, Scenario, Step
from bot.playing.telephone import Telephones
from bot.settings import Settings
from storage import wall_clock
from storage.case import export
from storage.database import Database
from storage.rows.crisis import Crisis

HOST = "127.0.0.1"
# With a speed, how often time is let on, in real seconds.
BREATH = 0.25
SECOND = timedelta(seconds=1)
# What the door answers when an input lies in the inbox; 504 when it isn't yet done with.
TAKEN_IN = (200, 504)


@dataclass(frozen=True)
class Unmet:
    """An expectation that wasn't met.

    Args:
        at: when, on the scenario's clock.
        wanted: Danish, what was expected.
        was: Danish, what was.
    """

    at: datetime
    wanted: str
    was: str

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}: forventede {self.wanted}; {self.was.rstrip('.')}."


async def play(
    scenario: Scenario,
    file: Path,
    say: Callable[[str], None],
    *,
    speed: float | None = None,
    port: int = 0,
) -> list[Unmet]:
    """Play a scenario to its end.

    Args:
        scenario: what is played.
        file: where it was read from: its plan stands beside it.
        say: told how far it is, a line at a time.
        speed: how many times as fast as life; None for as fast as can be.
        port: of the rehearsal chat, where people look on; 0 for any.

    Returns:
        what wasn't met, in its order.

    Raises:
        storage.plan.model.PlanFaults, OSError: it can't begin.
    """
    plan = scenario.plan_for(file)
    begins = scenario.start.replace(tzinfo=plan.timezone)
    clock = SystemClock() if speed else WoundClock(begins)
    clock.set(begins.astimezone(UTC))
    unmet: list[Unmet] = []
    counted = 0
    async with _running(clock, plan, port, scenario.on_telephones) as (bot, door):
        say(f"{scenario.title}: {len(scenario.steps)} trin fra {begins:%d.%m.%Y kl. %H:%M}")
        if speed:
            say(f"Se med, og vær med, på {door.address} – {speed:g} gange så hurtigt som i virkeligheden.")
        for at, step in scenario.timed(plan.timezone):
            await _until(bot, clock, at, speed)
            for line in _told(step):
                say(f"{at:%d.%m. %H:%M:%S} {wall_clock.season(at)}".rstrip() + f"  {line}")
            found = [Unmet(at, wanted, was) async for wanted, was in door.acts(step)]
            counted += len(found)
            async for wanted, was in door.checks(step.expected):
                counted += 1
                if was:
                    found.append(Unmet(at, wanted, was))
            for each in found:
                say(f"                 ✗ {each.wanted}; {each.was}")
            unmet += found
    say(f"{counted} forventninger, {len(unmet)} ikke opfyldt.")
    return unmet


@asynccontextmanager
async def _running(
    clock: SystemClock, plan: Any, port: int, on_telephones: bool
) -> AsyncIterator[tuple[Krisebot, Door]]:
    with TemporaryDirectory(prefix="krisebot-") as folder:
        # No setting of the municipality's own krisebot counts here: no platform, no database of theirs.
        settings = Settings.model_construct(
            database_url=f"sqlite+aiosqlite:///{folder}/rehearsal.db", rehearsal_wanted=True, host=HOST, port=port
        )
        database = Database(settings.database_url)
        await database.migrate()
        bot = Krisebot(settings, database, plan, clock)
        telephones = Telephones(bot.engine) if on_telephones else None
        if telephones:
            bot.platforms.append(telephones)
            bot.engine.use(bot.platforms)
        await bot.start(by_itself=False)
        runner = web.AppRunner(bot.server(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
            async with aiohttp.ClientSession() as client:
                yield bot, Door(bot, client, f"http://{HOST}:{runner.addresses[0][1]}", port, telephones)
        finally:
            await runner.cleanup()
            await bot.stop()
            await database.close()


async def _until(bot: Krisebot, clock: SystemClock, at: datetime, speed: float | None) -> None:
    """Move the clock on; at a speed, a little at a time, so that whoever looks on sees it happen."""
    if speed:
        loop = asyncio.get_running_loop()
        before, began = clock.now(), loop.time()
        while (now := before + (loop.time() - began) * speed * SECOND) < at:
            await bot.engine.wind(clock, now)
            await asyncio.sleep(min(BREATH, (at - now) / SECOND / speed))
    await bot.engine.wind(clock, at.astimezone(UTC))


def _told(step: Step) -> Iterator[str]:
    where = " på sms" if step.where == SMS else f" i {step.where}" if step.where != "dm" else ""
    if step.note:
        yield step.note
    if step.not_yet:
        yield f"(kan ikke spilles endnu: {step.not_yet})"
    if step.chat:
        yield f"Chatten er {step.chat}"
    if step.writes:
        yield f"{step.who}{where}: {step.writes}"
    if step.presses:
        filled = f" ({', '.join(f'{name}: {value}' for name, value in step.fields.items())})" if step.fields else ""
        yield f"{step.who} trykker [{step.presses}]{filled}"
    if step.saves:
        yield f"{step.who} gemmer i log: »{step.saves}«"


class Door:
    """A client of the rehearsal chat's JSON API.

    Args:
        bot: whose export is read.
        client: what calls it.
        address: where it is.
        port: the port that the chat believes it has.
        telephones: people's, beside the chat.
    """

    def __init__(
        self, bot: Krisebot, client: aiohttp.ClientSession, address: str, port: int, telephones: Telephones | None
    ) -> None:
        self.address = address
        self._bot = bot
        self._client = client
        self._telephones = telephones
        self._headers = {"Host": f"{HOST}:{port}"}

    async def acts(self, step: Step) -> AsyncIterator[tuple[str, str]]:
        """Say or press what the step's person does; return what couldn't be done, and why."""
        if step.chat:
            chat = next(each for each in self._bot.platforms if isinstance(each, Rehearsal))
            chat.down = step.chat == "nede"
        if step.who is None:
            return
        if step.writes and step.where == SMS and self._telephones:
            if refused := await self._telephones.answer(step.who, step.writes):
                yield f"at {step.who} kunne skrive en sms", refused
        elif step.writes:
            refused = await self._post("say", {"as": step.who, "in": step.where, "text": step.writes})
            if refused:
                yield f"at {step.who} kunne skrive i {step.where}", refused
        label, sought = step.presses, step.saves
        messages = await self.messages(step.who) if label or sought else []
        if label:
            found = next((each for each in reversed(messages) if label in each["buttons"]), None)
            if found is None:
                yield f"at {step.who} har knappen »{label}«", _shown(_buttons(messages))
            else:
                body = {"as": step.who, "message": found["id"], "button": label, "values": step.fields}
                if refused := await self._post("press", body):
                    yield f"at {step.who} kunne trykke »{label}«", refused
        if sought:
            # What somebody wrote goes before a card of ours that quotes it.
            written = [each for each in messages if each["from"] != "krisebot"]
            found = next((each for each in reversed([*messages, *written]) if sought in each["text"]), None)
            if found is None:
                yield f"at {step.who} ser »{sought}« og kan gemme det", "det stod der ikke"
            elif refused := await self._post("save", {"as": step.who, "message": found["id"]}):
                yield f"at {step.who} kunne gemme »{sought}«", refused

    async def checks(self, expected: Expected | None) -> AsyncIterator[tuple[str, str]]:
        """Yield each expectation that was checked and what was found instead; empty where it was met."""
        if expected is None:
            return
        for negated, each in ((False, expected.sees), (True, expected.sees_not)):
            for person, texts in each.items():
                read = [_words(message) for message in await self.messages(person)]
                for text in texts:
                    there = any(text in one for one in read)
                    wanted = f"at {person} {'ikke ser' if negated else 'ser'} »{text}«"
                    last = f"det nyeste er »{read[-1][:200]}«" if read else "der står intet"
                    yield wanted, "" if there != negated else "det står der" if negated else last
        for person, texts in expected.sms.items():
            received = self._telephones.read(person) if self._telephones else []
            for text in texts:
                last = f"den nyeste er »{received[-1][:200]}«" if received else "der er ingen"
                yield f"at {person} har en sms med »{text}«", "" if any(text in one for one in received) else last
        for negated, each in ((False, expected.has), (True, expected.has_not)):
            for person, labels in each.items():
                there_are = _buttons(await self.messages(person))
                for label in labels:
                    wanted = f"at {person} {'ikke har' if negated else 'har'} knappen »{label}«"
                    yield wanted, "" if (label in there_are) != negated else _shown(there_are)
        if expected.crises is not None:
            count = await self._count()
            yield f"{expected.crises} hændelser", "" if count == expected.crises else f"der var {count}"
        if expected.export:
            async for wanted, was in self._exported(expected):
                yield wanted, was

    async def messages(self, person: str) -> list[dict[str, Any]]:
        """Return the messages that a person sees."""
        query = {"for": person, "after": "0"}
        async with self._client.get(
            f"{self.address}/rehearsal/messages", params=query, headers=self._headers
        ) as answer:
            told: Any = await answer.json()
        return told if isinstance(told, list) else []

    async def _post(self, what: str, body: dict[str, Any]) -> str:
        """Call the JSON API; return why it was refused, or nothing."""
        async with self._client.post(f"{self.address}/rehearsal/{what}", json=body, headers=self._headers) as answer:
            refused = "" if answer.status in TAKEN_IN else str((await answer.json()).get("error"))
        # A slow machine takes longer than the door's patience: the rest of it is done here.
        await self._bot.engine.settle()
        return refused

    async def _count(self) -> int:
        async with self._bot.database.reading() as db:
            return len(list(await db.scalars(select(Crisis.id))))

    async def _exported(self, expected: Expected) -> AsyncIterator[tuple[str, str]]:
        zone = self._bot.plan.timezone
        async with self._bot.database.reading() as db:
            query = select(Crisis).order_by(Crisis.number.desc()).limit(1)
            if expected.crisis:
                query = select(Crisis).where(Crisis.number == expected.crisis)
            crisis = await db.scalar(query)
            document = await export.document(db, crisis) if crisis else None
        for path, wanted in expected.export.items():
            said = f"{path} = {expectations.written(list(wanted) if isinstance(wanted, tuple) else wanted)}"
            if document is None:
                yield said, "der var ingen hændelse"
                continue
            try:
                value = expectations.find(document, path)
            except expectations.NoSuchPath as missing:
                yield said, f"eksporten har intet »{missing}« dér"
                continue
            yield said, "" if expectations.met(value, path, wanted, zone) else f"det var {expectations.written(value)}"


def _words(message: dict[str, Any]) -> str:
    facts = (message["card"] or {}).get("facts", [])
    return "\n".join([message["text"], *(f"{name}: {value}" for name, value in facts)])


def _buttons(messages: list[dict[str, Any]]) -> list[str]:
    return [label for message in messages for label in message["buttons"]]


def _shown(labels: list[str]) -> str:
    return (
        f"der var {', '.join(f'»{label}«' for label in dict.fromkeys(labels))}" if labels else "der var ingen knapper"
    )
