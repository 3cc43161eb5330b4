"""A person gets to know what is remembered of them: all of it, and nothing of anybody else's alone."""

from __future__ import annotations

import json

import pytest

from storage.database import Database
from storage.keeping import persondata
from storage.plan import loading
from tests.databases import Databases
from tests.stage.stage import RehearsalStage

PLAN = loading.example()


async def asked(url: str, name: str, stage: RehearsalStage) -> dict[str, object]:
    database = Database(url)
    async with database.reading() as db:
        (sought,) = await persondata.persons(db, PLAN, name)
        told = await persondata.document(db, PLAN, sought, stage.clock.now())
    await database.close()
    json.dumps(told)
    return told


@pytest.mark.long
async def test_a_person_gets_all_that_is_remembered_of_them(databases: Databases) -> None:
    """What they wrote, were asked, held and were named in by others; by name, number or id."""
    url = databases.migrated()
    stage = RehearsalStage(url)
    async with stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        await stage["jens"].commands("log Hanne Toft henter pumper")
        await stage["hanne"].commands("hjælp")
    told = await asked(url, "Hanne Toft", stage)
    found = told["fundet"]
    assert isinstance(found, dict)
    assert told["person"] == "hanne"
    assert any("henter pumper" in row["canonical"]["summary"] for row in found["Loggen"])
    assert any(row["body"]["sender"] == "hanne" for row in found["Det, der er skrevet og trykket, ordret"])
    assert found["Hvor personen kan nås, lært af at have hørt fra dem"]
    assert told["planfilen"] == PLAN.persons["hanne"].model_dump(mode="json", by_alias=True, exclude_none=True)
    assert await asked(url, "+4520000015", stage) == told
    assert await asked(url, "hanne", stage) == told


@pytest.mark.long
async def test_what_is_only_others_is_not_in_it(databases: Databases) -> None:
    url = databases.migrated()
    stage = RehearsalStage(url)
    async with stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        await stage["jens"].commands("log vand til knæene")
        await stage["jens"].commands("log per har en plan")
    told = json.dumps(await asked(url, "Line Brix", stage), ensure_ascii=False)
    assert "vand til knæene" not in told
    assert "Per Hald" not in told


async def test_somebody_who_is_not_in_the_plan_is_found_by_the_name_the_platform_gave(databases: Databases) -> None:
    url = databases.migrated()
    stage = RehearsalStage(url)
    async with stage:
        await stage["finn"].commands("varsel vand i kælderen")
    told = await asked(url, "rehearsal:finn", stage)
    assert isinstance(told["fundet"], dict)
    assert "Det, der er skrevet og trykket, ordret" in told["fundet"]
    assert told["planfilen"] is None
