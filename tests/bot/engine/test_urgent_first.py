"""What is urgent goes before what merely came first, and one person's inputs keep their order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from handlers.core import haste
from handlers.core.incoming import Incoming
from storage.rows.alert import EscalationStep
from storage.rows.log import LogEntry
from storage.rows.traffic import Inbox, Message, Timer
from tests.faults.fake_platform import FakePlatform, Roomy
from tests.faults.house import House

LINES = 500


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    house = House(database_url, FakePlatform())
    yield house
    await house.database.close()


def said(house: House, person: str, text: str, **how: Any) -> Incoming:
    """What a person says, as a platform would hand it over."""
    return Incoming(
        key=f"{person}/{text}",
        kind="command",
        platform="fake",
        sender=person,
        place="dm",
        conversation=person,
        received_at=house.clock.now(),
        text=text,
        **how,
    )


async def come_in(house: House, *inputs: Incoming) -> None:
    await asyncio.gather(*(house.engine.intake.accept(each) for each in inputs))


async def answered(house: House, *, after: int = 0) -> Sequence[str]:
    """What the answers are to, in the order of their turns."""
    async with house.database.reading() as db:
        rows = await db.scalars(select(Message).where(Message.id > after).order_by(Message.id))
        traces = list(dict.fromkeys(row.trace for row in rows if row.trace and row.trace.startswith("input-")))
        keys = {f"input-{row.id}": row.key for row in await db.scalars(select(Inbox))}
    return [keys[trace] for trace in traces]


async def newest(house: House) -> int:
    async with house.database.reading() as db:
        return await db.scalar(select(Message.id).order_by(Message.id.desc()).limit(1)) or 0


async def in_crisis(house: House) -> int:
    """Level 2, with all that follows from it done; the newest message's number."""
    await house.does("lars", "aktiver 2 skybrud")
    return await newest(house)


@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
async def test_an_alert_waits_for_no_more_than_the_turn_that_is_under_way(house: House) -> None:
    """R005 D05: 500 log lines wait, and more are being handled as it comes."""
    after = await in_crisis(house)
    await come_in(house, *(said(house, f"fake:{number % 50}", f"log linje {number}") for number in range(LINES)))
    before = house.engine.turns.done
    under_way = 0

    async def alert() -> None:
        nonlocal under_way
        while house.engine.turns.done < before + 20:
            await asyncio.wait([asyncio.ensure_future(house.database.ping())])
        await house.engine.intake.accept(said(house, "finn", "varsel vand i kælderen"))
        under_way = house.engine.turns.done - before

    await asyncio.gather(house.engine.turns.drain(), alert())
    place = list(await answered(house, after=after)).index("finn/varsel vand i kælderen")
    assert 20 <= place <= under_way + 1
    assert under_way < LINES


async def test_an_urgent_input_brings_its_senders_earlier_ones_along_in_their_order(house: House) -> None:
    after = await in_crisis(house)
    mine = ["log vandet stiger", "log det er over kanten", "varsel dæmningen brister"]
    await come_in(house, *(said(house, f"fake:{number}", f"log linje {number}") for number in range(20)))
    for text in mine:
        house.clock.set(house.clock.now() + timedelta(milliseconds=1))
        await come_in(house, said(house, "finn", text))
    await house.engine.turns.drain()
    assert list(await answered(house, after=after))[:3] == [f"finn/{text}" for text in mine]


@pytest.mark.long
async def test_whoever_sends_much_that_is_urgent_holds_up_nobody_else(house: House) -> None:
    """R005 D05: sixty times `aktiver`, or thirty lines and a warning behind them, and then somebody else's warning."""
    after = await in_crisis(house)
    await come_in(house, *(said(house, "fake:finn", f"aktiver brand {number}") for number in range(60)))
    await come_in(house, *(said(house, "fake:gerda", f"log linje {number}") for number in range(30)))
    await come_in(house, said(house, "fake:gerda", "varsel vand i kælderen"))
    house.clock.set(house.clock.now() + timedelta(milliseconds=1))
    await come_in(house, said(house, "fake:hans", "varsel broen er væk"))
    await house.engine.turns.drain()
    order = list(await answered(house, after=after))
    # Finn's repeats stand on one card, which bears the last one's trace.
    own = order[: order.index("fake:hans/varsel broen er væk")]
    assert len(own) <= 3
    assert [each for each in order if each.startswith("fake:gerda")][-1] == "fake:gerda/varsel vand i kælderen"


@pytest.mark.parametrize(
    "text",
    ["varsel vand", "varlse vand", "aktiver 2 brand", "aktivr 2 brand", "opskaler", "/krise varsel vand",
     "melding HASTER: broen er væk", "melding broen er væk, det haster!"],
)  # fmt: skip
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_what_is_urgent_by_its_words_is_known_as_it_comes_in(house: House, text: str) -> None:
    assert haste.is_urgent(said(house, "finn", text))


@pytest.mark.parametrize("text", ["log vandet stiger", "status", "hvem", "melding alt er roligt", "", "v" * 50_000])
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_what_is_not_urgent_waits_its_turn(house: House, text: str) -> None:
    assert not haste.is_urgent(said(house, "finn", text))


async def asked(house: House) -> EscalationStep:
    """A chain that waits for its first person."""
    await house.does("finn", "aktiver vand i kælderen")
    async with house.database.reading() as db:
        return (await db.scalars(select(EscalationStep))).one()


async def wait_of_chain(house: House) -> datetime:
    async with house.database.reading() as db:
        return (await db.scalars(select(Timer.due_at).where(Timer.kind == "escalation.wait"))).one()


@pytest.mark.parametrize("early", [timedelta(seconds=1), timedelta(0)])
async def test_an_answer_that_came_before_its_timer_fell_due_is_handled_before_it(
    house: House, early: timedelta
) -> None:
    """R005: both lay there when the bot looked; whoever answered in time is never called silent."""
    person = (await asked(house)).person
    due = await wait_of_chain(house)
    house.clock.set(due - early)
    answer = replace(said(house, person, "Jeg har den"), kind="text")
    await come_in(house, *(said(house, f"fake:{number}", f"log linje {number}") for number in range(5)), answer)
    house.clock.set(due + timedelta(minutes=2))
    await house.engine.settle()
    async with house.database.reading() as db:
        steps = list(await db.scalars(select(EscalationStep)))
    assert [(step.person, step.result, step.answered_at) for step in steps] == [(person, "contact", due - early)]


async def test_an_answer_that_came_after_its_timer_fell_due_finds_that_the_chain_went_on(house: House) -> None:
    person = (await asked(house)).person
    due = await wait_of_chain(house)
    house.clock.set(due + timedelta(seconds=1))
    await come_in(house, replace(said(house, person, "Jeg har den"), kind="text"))
    await house.engine.settle()
    async with house.database.reading() as db:
        steps = list(await db.scalars(select(EscalationStep).order_by(EscalationStep.id)))
    assert [step.result for step in steps] == ["contact", "stopped"]


async def test_what_was_said_before_somebody_was_asked_is_no_answer_to_it(house: House) -> None:
    """An "ok" that lay there when the chain asked takes no warning."""
    first = said(house, "jens", "ok")
    house.clock.set(house.clock.now() + timedelta(seconds=1))
    await asked(house)
    await come_in(house, replace(first, kind="text"))
    await house.engine.settle()
    async with house.database.reading() as db:
        steps = list(await db.scalars(select(EscalationStep).where(EscalationStep.person == "jens")))
    assert [step.result for step in steps] == [None]


async def test_what_is_written_bears_the_time_at_which_it_reached_us(house: House) -> None:
    """R172: it lay there for ten minutes, and nobody's wait was shortened by it."""
    begun = house.clock.now()
    await come_in(house, said(house, "finn", "aktiver vand i kælderen"))
    house.clock.set(begun + timedelta(minutes=10))
    await house.engine.settle()
    async with house.database.reading() as db:
        line = await db.scalar(select(LogEntry).where(LogEntry.kind == "alert"))
    assert line is not None
    assert f'"event_time":"{begun:%Y-%m-%dT%H:%M:%S}' in line.canonical.decode()
    assert line.recorded_time == begun + timedelta(minutes=10)
    assert await wait_of_chain(house) > house.clock.now()


class Unnamed(FakePlatform):
    """A platform that is asked for names, and tells them when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_tell = asyncio.Event()

    async def meet(self, incoming: Incoming) -> None:
        await self.may_tell.wait()

    def named(self, incoming: Incoming) -> Incoming:
        return replace(incoming, text=incoming.text.replace("@U0NANNA", "Nanna Ny"))


async def test_a_warning_waits_for_nobodys_name_and_one_persons_words_keep_their_order(database_url: str) -> None:
    """R001 R005: it waited behind another's log line, for as long as the platform let a name wait."""
    platform = Unnamed()
    house = House(database_url, platform)
    await in_crisis(house)
    since = await newest(house)
    await come_in(house, said(house, "kim", "log først @U0NANNA", unnamed={"@U0NANNA": "<@U0NANNA>"}))
    going_on = asyncio.create_task(house.engine.turns.drain())
    # Long enough to have come to the name, which is not told before we say so.
    await asyncio.wait([going_on], timeout=0.5)
    await come_in(house, said(house, "kim", "log så vi andre"), said(house, "mads", "varsel broen er væk"))
    async with asyncio.timeout(20):
        while await answered(house, after=since) != ["mads/varsel broen er væk"]:
            await asyncio.wait([going_on], timeout=0.02)
    platform.may_tell.set()
    await going_on
    assert (await answered(house, after=since))[1:] == ["kim/log først @U0NANNA", "kim/log så vi andre"]
    assert [line["summary"] for line in (await house.export())["log"] if "Nanna Ny" in line["summary"]]
    await house.database.close()


async def test_only_those_are_woken_that_have_work(house: House) -> None:
    await in_crisis(house)
    await come_in(house, said(house, "lars", "log vandet stiger"))
    await house.engine.turns.drain()
    assert (house.engine.deliverer.at_work, house.engine.rooms.at_work) == (True, False)
    await house.engine.settle()
    assert not house.engine.deliverer.at_work


async def test_a_new_staff_wakes_those_who_make_its_channel(database_url: str) -> None:
    house = House(database_url, Roomy(ValueError("it was woken")))
    await house.engine.settle()
    await come_in(house, said(house, "lars", "aktiver 2 skybrud"))
    await house.engine.turns.drain()
    assert house.engine.rooms.at_work
    await house.database.close()
