"""A stage to play scenes on: krisebot running for real, people who act on a platform, and a clock that is wound.

One scene, several platforms: `RehearsalStage` here, `SlackStage` and `TeamsStage` beside it. What is asserted is state:
the export, as anybody outside would read it.
"""

from __future__ import annotations

import base64
import inspect
import json
import pickle
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import Krisebot
from bot.engine.clock import WoundClock
from bot.settings import Settings
from handlers.core import registry
from storage.case import export
from storage.database import Database
from storage.grades import GRADES
from storage.plan import loading
from storage.plan.model import Plan
from storage.rows import exported
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry
from storage.rows.log import exported as line
from storage.rows.traffic import Message, StaffChannel

DENMARK = ZoneInfo("Europe/Copenhagen")

# Where krisebot is reached, in the plan that is played with: without it there are no links.
SERVER = "https://krise.htk.example"

# Scenario S1 begins here.
SUMMER_AFTERNOON = datetime(2026, 7, 2, 14, 0, 10, tzinfo=DENMARK)


# Parts of the export that are made alone, beside those of `storage.rows.exported`.
ALONE = ("crisis", "log")

# What is attached: name, content type, bytes.
File = tuple[str, str, bytes]


class Actor(ABC):
    """A person on a platform."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.name = name

    async def commands(self, text: str, place: str = "dm") -> None:
        """Write `/krise <text>`, or what the platform has for it.

        Args:
            text: what comes after the command.
            place: "dm", "generelt" or "stab".
        """
        await self._command(text, place)
        await self.stage.settle()

    async def says(self, text: str, place: str = "dm") -> None:
        """Write something without a command."""
        await self._say(text, place)
        await self.stage.settle()

    async def sends(
        self, name: str, content: bytes, text: str = "", place: str = "dm", kind: str = "image/jpeg"
    ) -> None:
        """Write something with a picture or a file attached, or attach it without a word.

        Args:
            name: the file's.
            content: its bytes.
            text, place: as for `says`.
            kind: its content type.
        """
        await self._send(text, place, (name, kind, content))
        await self.stage.settle()

    async def saves(self, text: str) -> None:
        """`Gem i log`, on the newest message by a person that has that in it."""
        await self._save(text)
        await self.stage.settle()

    async def presses(self, label: str, **values: str) -> None:
        """Press the newest button of that label that the person sees, with fields filled in."""
        await self._press(label, values)
        await self.stage.settle()

    async def fills_in(self, label: str, **values: str) -> None:
        """Press the newest button of that label, and send the form that it opens, with fields filled in."""
        await self._fill_in(label, values)
        await self.stage.settle()

    async def sees(self, text: str) -> bool:
        """Whether anything the person sees says so."""
        return any(text in seen for seen in await self.reads())

    async def has(self, label: str) -> bool:
        """Whether the person sees a button of that label."""
        return label in await self.buttons()

    @abstractmethod
    async def _command(self, text: str, place: str) -> None: ...

    @abstractmethod
    async def _say(self, text: str, place: str) -> None: ...

    @abstractmethod
    async def _send(self, text: str, place: str, file: File) -> None: ...

    @abstractmethod
    async def _save(self, text: str) -> None: ...

    @abstractmethod
    async def _press(self, label: str, values: dict[str, str]) -> None: ...

    @abstractmethod
    async def _fill_in(self, label: str, values: dict[str, str]) -> None: ...

    @abstractmethod
    async def reads(self) -> list[str]:
        """The bot's messages that the person sees, oldest first."""

    @abstractmethod
    async def buttons(self) -> list[str]:
        """The labels of the buttons that the person sees."""


class Stage(ABC):
    """Krisebot, running, with a platform around it.

    Args:
        url: the database.
        start: when the scene begins.
        plan_: the plan; the packaged example when not given.
    """

    # What is played moves only when the clock is wound.
    by_itself = False

    # Whether its buttons are looked over at the end; not where a scene spoils them, or takes the database away.
    looked_over = True

    def __init__(self, url: str, start: datetime = SUMMER_AFTERNOON, plan_: Plan | None = None) -> None:
        self.url = url
        self.clock = WoundClock(start)
        self.plan = plan_ or loading.example().model_copy(update={"server": SERVER})
        self.address = ""
        self._actors: dict[str, Actor] = {}
        self._exported: dict[int, bytes] = {}
        self._busy = False

    async def __aenter__(self) -> Self:
        await self.set_up()
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
        await self.tear_down()

    @abstractmethod
    async def set_up(self) -> None:
        """Build the platform's surroundings."""

    @abstractmethod
    async def tear_down(self) -> None:
        """Take them down."""

    @abstractmethod
    def remember(self) -> Any:
        """What the platform's surroundings look like, once krisebot has been closed."""

    @abstractmethod
    async def recall(self, memory: Any) -> None:
        """Let new surroundings look as remembered, before krisebot opens on a copy of its database."""

    @abstractmethod
    def settings(self) -> Settings:
        """How krisebot is set up here."""

    @abstractmethod
    def actor(self, name: str) -> Actor:
        """A new person; a plan id, or any name for an employee who isn't in it."""

    def __getitem__(self, name: str) -> Actor:
        return self._actors.setdefault(name, self.actor(name))

    async def open(self) -> None:
        """Start krisebot on the database as it is."""
        self._exported.clear()
        self.database = Database(self.url)
        event.listen(self.database.engine.sync_engine, "commit", lambda _: self._exported.clear())
        self.bot = Krisebot(self.settings(), self.database, self.plan, self.clock)
        await self.bot.start(by_itself=self.by_itself)
        self._runner = web.AppRunner(self.bot.server(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop krisebot in good order; no button that it drew may lead nowhere."""
        await self._runner.cleanup()
        await self.bot.stop()
        cards = list[dict[str, Any]]()
        if self.looked_over:
            async with self.database.reading() as db:
                cards = list(await db.scalars(select(Message.card)))
        await self.database.close()
        for button in {json.dumps(each): each for card in cards for each in card["buttons"]}.values():
            given = {name: value for name, value in button["args"].items() if name != "crisis"}
            _signature(button["do"]).bind("the turn", **given)

    async def kill(self) -> None:
        """Let krisebot die where it stands, and start another on its database."""
        await self.close()
        await self.open()

    async def settle(self) -> None:
        """Let everything that can happen now happen."""
        if not self._busy:
            await self.bot.engine.settle()

    @asynccontextmanager
    async def busy(self, **span: float) -> AsyncIterator[None]:
        """Let what is written in the block come in at once and be handled a span later, as where much else comes first."""
        self._busy = True
        yield
        self._busy = False
        self.clock.set(self.clock.now() + timedelta(**span))
        await self.settle()

    async def at(self, clock: str) -> None:
        """Let time pass to a Danish time of day, "14:05:40", on the scene's day."""
        hour, minute, *second = (int(part) for part in clock.split(":"))
        local = self.clock.now().astimezone(DENMARK)
        await self.until(local.replace(hour=hour, minute=minute, second=second[0] if second else 0, microsecond=0))

    async def forward(self, **span: float) -> None:
        """Let a span pass, `minutes=5`."""
        await self.until(self.clock.now() + timedelta(**span))

    async def until(self, to: datetime) -> None:
        """Let time pass, with all that falls due on the way."""
        await self.bot.engine.wind(self.clock, to)

    async def export(self, number: int = 1) -> dict[str, Any]:
        """A crisis as the export tells it: made once for as long as nothing is written."""
        if number not in self._exported:
            self._exported[number] = pickle.dumps(await self._export(number))
        document: dict[str, Any] = pickle.loads(self._exported[number])
        return document

    async def part(self, name: str, number: int = 1) -> Any:
        """One part of a crisis' export, by its key; most are made without the rest."""
        if number in self._exported or name not in (*ALONE, *exported.parts):
            return (await self.export(number))[name]
        async with self.database.reading() as db:
            crisis = await self._crisis(db, number)
            if name == "log":
                lines = select(LogEntry).where(LogEntry.crisis_id == crisis.id).order_by(LogEntry.no)
                return [line(entry) for entry in await db.scalars(lines)]
            return (await export.excerpt(db, crisis, GRADES[-1], *({name} - {*ALONE})))[name]

    async def log(self, kind: str, number: int = 1) -> list[dict[str, Any]]:
        """The export's log entries of one kind."""
        return [entry for entry in await self.part("log", number) if entry["kind"] == kind]

    async def _crisis(self, db: AsyncSession, number: int) -> Crisis:
        crisis = await db.scalar(select(Crisis).where(Crisis.number == number))
        assert crisis is not None, f"there is no crisis {number}"
        return crisis

    async def _export(self, number: int) -> dict[str, Any]:
        async with self.database.reading() as db:
            return await export.document(db, await self._crisis(db, number))

    async def rooms(self, number: int = 1) -> dict[str, str]:
        """The addresses of a crisis' staff channels, by platform."""
        async with self.database.reading() as db:
            found = await db.execute(
                select(StaffChannel.platform, StaffChannel.address)
                .join(Crisis, Crisis.id == StaffChannel.crisis_id)
                .where(Crisis.number == number)
            )
            return {platform: address for platform, address in found if address}

    async def crises(self) -> int:
        """How many there are, warnings included."""
        async with self.database.reading() as db:
            return len(list(await db.scalars(select(Crisis.id))))


class RehearsalStage(Stage):
    """The rehearsal chat, through its JSON door."""

    def settings(self) -> Settings:
        """No platform is configured."""
        return Settings(_env_file=None, KRISEBOT_DATABASE_URL=self.url, KRISEBOT_REHEARSAL="on")  # type: ignore[call-arg]

    def __getitem__(self, name: str) -> RehearsalActor:
        actor = super().__getitem__(name)
        assert isinstance(actor, RehearsalActor)
        return actor

    def actor(self, name: str) -> RehearsalActor:
        """A person in the browser."""
        return RehearsalActor(self, name)

    def remember(self) -> None:
        """Nothing: this chat is all in the database."""

    async def recall(self, memory: None) -> None:
        """There is nothing to recall."""

    async def set_up(self) -> None:
        """A client for the door."""
        self.client = aiohttp.ClientSession()

    async def tear_down(self) -> None:
        """Close it."""
        await self.client.close()


class RehearsalActor(Actor):
    """A person in the rehearsal chat."""

    stage: RehearsalStage

    async def _command(self, text: str, place: str) -> None:
        await self.posts("say", {"in": place, "text": f"/krise {text}"})

    async def _say(self, text: str, place: str) -> None:
        await self.posts("say", {"in": place, "text": text})

    async def _send(self, text: str, place: str, file: File) -> None:
        name, kind, content = file
        attached = {"name": name, "type": kind, "data": base64.b64encode(content).decode()}
        await self.posts("say", {"in": place, "text": text, "files": [attached]})

    async def _save(self, text: str) -> None:
        others = [each for each in await self.messages() if each["from"] != "krisebot"]
        message = next(each for each in reversed(others) if text in each["text"])
        await self.posts("save", {"message": message["id"]})

    async def _press(self, label: str, values: dict[str, str]) -> None:
        for message in reversed(await self.messages()):
            if label in message["buttons"]:
                await self.posts("press", {"message": message["id"], "button": label, "values": values})
                return
        raise AssertionError(f"{self.name} sees no button {label!r}: {json.dumps(await self.messages(), indent=1)}")

    async def _fill_in(self, label: str, values: dict[str, str]) -> None:
        # The door takes a press with what its form was filled in with.
        await self._press(label, values)

    async def reads(self) -> list[str]:
        return [
            "\n".join(
                [message["text"], *(f"{name}: {value}" for name, value in (message["card"] or {}).get("facts", []))]
            )
            for message in await self.messages()
            if message["from"] == "krisebot"
        ]

    async def buttons(self) -> list[str]:
        return [label for message in await self.messages() for label in message["buttons"]]

    async def messages(self) -> list[dict[str, Any]]:
        """What the person sees, in the door's own form."""
        async with self.stage.client.get(
            f"{self.stage.address}/rehearsal/messages", params={"for": self.name, "after": "0"}, headers=self._headers()
        ) as answer:
            assert answer.status == 200, await answer.text()
            messages: list[dict[str, Any]] = await answer.json()
            return messages

    async def posts(self, what: str, body: dict[str, Any], expect: int = 200) -> dict[str, Any]:
        """Use the door."""
        async with self.stage.client.post(
            f"{self.stage.address}/rehearsal/{what}", json={"as": self.name, **body}, headers=self._headers()
        ) as answer:
            assert answer.status == expect, f"{answer.status}: {await answer.text()}"
            said: dict[str, Any] = await answer.json()
            return said

    def _headers(self) -> dict[str, str]:
        return {"Host": "127.0.0.1:8080"}


@cache
def _signature(do: str) -> inspect.Signature:
    return inspect.signature(registry.actions[do].run)


def log_of(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The export's log entries of one kind."""
    return [entry for entry in document["log"] if entry["kind"] == kind]


def told(document: dict[str, Any], kind: str) -> set[str]:
    """Who was sent a notification of that kind."""
    return {each["to"] for each in document["notifications"] if each["kind"] == kind}
