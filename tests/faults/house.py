"""An engine between rows and platforms that fail, and a clock to wind."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.engine.clock import SystemClock, WoundClock
from bot.engine.engine import Engine
from handlers.core import registry
from handlers.core.card import Card
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.case import export
from storage.database import Database
from storage.plan import loading, model
from storage.rows.crisis import Crisis
from storage.rows.traffic import Delivery
from tests.faults.fake_platform import FakePlatform
from tests.stage.stage import SUMMER_AFTERNOON

PLAN = loading.example()


class House:
    """An engine between rows and fake platforms, and a clock to wind."""

    def __init__(
        self, url: str, *platforms: FakePlatform, clock: SystemClock | None = None, plan_: model.Plan = PLAN
    ) -> None:
        registry.load()
        self.clock = clock or WoundClock(SUMMER_AFTERNOON)
        self.database = Database(url)
        self.engine = Engine(self.database, self.clock, lambda: plan_)
        self.engine.use(platforms)

    async def say(self, person: str, text: str, *, key: str = "", kind: str = "card", **how: object) -> None:
        async with self.database.turn() as db:
            turn = Turn(db, self.clock.now(), PLAN)
            await turn.say(person, Card(text), key=key or f"{person}/{text}", kind=kind, **how)  # type: ignore[arg-type]

    async def says(self, person: str, text: str, key: str = "") -> None:
        """A person's command comes in, as a platform would hand it over."""
        await self.engine.intake.accept(
            Incoming(
                key=key or f"{person}/{text}",
                kind="command",
                platform="fake",
                sender=person,
                place="dm",
                conversation=person,
                received_at=self.clock.now(),
                text=text,
            )
        )

    async def does(self, person: str, text: str, key: str = "") -> None:
        """A person's command comes in, and all that follows from it is done."""
        await self.says(person, text, key)
        await self.engine.settle()

    async def forward(self, **span: float) -> None:
        await self.engine.wind(self.clock, self.clock.now() + timedelta(**span))

    async def states(self) -> list[str]:
        async with self.database.reading() as db:
            return list(await db.scalars(select(Delivery.state).order_by(Delivery.id)))

    async def export(self) -> dict[str, list[dict[str, str]]]:
        async with self.database.reading() as db:
            crisis = await db.scalar(select(Crisis))
            assert crisis is not None
            return await export.document(db, crisis)


def fake(house: House, name: str = "fake") -> FakePlatform:
    found = house.engine.platforms[name]
    assert isinstance(found, FakePlatform)
    return found


async def of_kind(house: House, kind: str) -> list[str]:
    return [line["summary"] for line in (await house.export())["log"] if line["kind"] == kind]
