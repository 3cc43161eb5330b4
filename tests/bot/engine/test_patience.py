"""What waits is told of: once, in its place, and the answer comes as ever. Requirement 3.5."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from handlers.core.incoming import Incoming, Kind
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House, fake

SLOW = "Modtaget kl. 14:00:10 – jeg arbejder på det."


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    house = House(database_url, FakePlatform())
    yield house
    await house.database.close()


async def wait(house: House, seconds: float) -> None:
    """Let time pass in which no turn is taken: it is slow, or busy with others."""
    house.clock.set(house.clock.now() + timedelta(seconds=seconds))
    await house.engine.patience.drain()
    await house.engine.deliverer.drain()


async def writes(house: House, kind: Kind, text: str, place: str = "dm") -> None:
    await house.engine.intake.accept(
        Incoming(
            key=f"{kind}/{text}",
            kind=kind,
            platform="fake",
            sender="anne",
            place=place,  # type: ignore[arg-type]
            conversation="anne" if place == "dm" else "somewhere",
            received_at=house.clock.now(),
            text=text,
        )
    )


async def test_whoever_waits_ten_seconds_is_told_so_once_and_answered_as_ever(house: House) -> None:
    """Requirement 3.5: "Modtaget kl. 14:03:12 – jeg arbejder på det."."""
    await house.says("anne", "status")
    await wait(house, 9.9)
    assert fake(house).texts("anne") == []
    await wait(house, 0.1)
    assert fake(house).texts("anne") == [SLOW]
    await wait(house, 60)
    assert fake(house).texts("anne") == [SLOW]
    await house.engine.settle()
    told, answer = fake(house).texts("anne")
    assert told == SLOW
    assert "ingen aktiv krise" in answer


async def test_who_writes_much_is_told_once(house: House) -> None:
    """Requirement 3.5: what somebody writes meanwhile adds no word; they write to a slow system because it is slow."""
    for text in ("status", "hvem", "hjælp"):
        await house.says("anne", text)
    await house.says("lars", "status")
    await wait(house, 12)
    await wait(house, 12)
    assert fake(house).texts("anne") == [SLOW]
    assert fake(house).texts("lars") == [SLOW]


async def test_who_is_answered_in_time_is_told_nothing(house: House) -> None:
    """Requirement 3.5."""
    await house.does("anne", "status")
    await wait(house, 60)
    assert SLOW not in fake(house).texts("anne")


@pytest.mark.parametrize(("kind", "place"), [("reaction", "channel"), ("text", "channel"), ("joined", "dm")])
async def test_what_nobody_waits_for_an_answer_to_is_not_told_of(house: House, kind: Kind, place: str) -> None:
    """Requirement 3.5, 3.1.4: what people say to each other is theirs."""
    await writes(house, kind, "hej", place)
    await wait(house, 60)
    assert fake(house).texts("anne") == []
