"""The nearest person who may not, and the branch that a plan without deputies never walks: played on `town.yaml`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from storage.rows.alert import Approval
from storage.rows.reporting import CentreNotice
from storage.rows.staff import Member
from tests.databases import SQLite
from tests.rights.states import PLAN
from tests.stage.stage import SUMMER_AFTERNOON, RehearsalStage


@pytest.fixture
async def stage(sqlite: SQLite) -> AsyncIterator[RehearsalStage]:
    async with RehearsalStage(sqlite.migrated(), SUMMER_AFTERNOON, PLAN) as opened:
        yield opened


async def test_a_centres_chief_does_not_approve_the_level_one_that_they_asked_for(stage: RehearsalStage) -> None:
    """R011 D03: "Centerchef og direktør træffer i fællesskab": it waits for a director, and is one however often it is said."""
    for _ in range(2):
        await stage["teknik"].commands("aktiver 1 oversvømmelse")
    assert await stage.crises() == 1
    for person in ("teknik", "teknik_vice", "sundhed", "borgmester", "4k"):
        assert not await stage[person].has("Godkend"), person
    assert (await stage.part("crisis"))["level"] is None
    async with stage.database.reading() as db:
        assert list(await db.scalars(select(Approval.person))) == ["teknik"]
    await stage["direktør"].presses("Godkend")
    assert (await stage.part("crisis"))["level"] == 1


@pytest.mark.long
async def test_a_centre_whose_chief_says_nothing_is_asked_through_the_deputy(stage: RehearsalStage) -> None:
    """R102: "eller deres stedfortræder": the chief is reminded, then the deputy asked, whose word counts."""
    await stage["4k"].commands("aktiver 2 skybrud")
    assert not await stage["teknik_vice"].has("Mit center er underrettet")
    await stage.forward(minutes=61)
    assert await stage["teknik_vice"].has("Mit center er underrettet")
    assert not await stage["børn_kontakt"].has("Mit center er underrettet")
    await stage["teknik_vice"].presses("Mit center er underrettet")
    async with stage.database.reading() as db:
        told = {row.centre: row.informed_by for row in await db.scalars(select(CentreNotice))}
    assert told == {"Teknik": "teknik_vice", "Sundhed": None, "Børn": None, "Kultur": None}


async def test_the_contact_that_a_centre_names_is_the_one_who_is_asked(stage: RehearsalStage) -> None:
    """R106: by its own chief; until then the chief is asked."""
    await stage["4k"].commands("aktiver 2 skybrud")
    assert not await stage["børn"].has("Udpeg kontaktperson")
    assert not await stage["børn_kontakt"].has("Anden kontaktperson")
    await stage["kultur"].presses("Udpeg kontaktperson", contact="Allan Ansat")
    async with stage.database.reading() as db:
        notices = {row.centre: row.contact for row in await db.scalars(select(CentreNotice))}
    assert (notices["Kultur"], notices["Børn"]) == ("ansat", "børn_kontakt")
    await stage["sekretær"].commands("ping alle hvordan går det? svar 20")
    (ping,) = await stage.part("pings")
    assert {each["person"] for each in ping["answers"]} == {
        "ansat",
        "børn_kontakt",
        "sundhed_kontakt",
        "teknik_kontakt",
    }
    assert await stage["ansat"].sees("hvordan går det?")


async def test_all_who_may_decide_are_told_of_the_decision_and_nobody_else(stage: RehearsalStage) -> None:
    """R008: one decision is enough, and the others are told at once, with whoever warned."""
    await stage["fremmed"].commands("varsel vand i kælderen")
    await stage["fremmed"].presses("Ja")
    await stage["4k"].presses("Jeg har den")
    await stage["4k"].presses("Niveau 1")
    said = "niveau 1 – varsling af direktionen*. Besluttet"
    for person in ("4k_vice", "borgmester", "viceborgmester", "fremmed"):
        assert await stage[person].sees(said), person
    for person in ("ansat", "chef", "it", "sekretær", "børn_kontakt"):
        assert not await stage[person].sees(said), person


async def test_the_other_centres_are_asked_when_the_first_anybody_hears_of_it_is_a_centres_call(
    stage: RehearsalStage,
) -> None:
    """R261: "skal alle byde ind": no warning has been given before it."""
    await stage["teknik_kontakt"].commands("aktiver 2 skybrud i Hedehusene")
    (ping,) = await stage.part("pings")
    assert ping["question"].startswith("Teknik kalder på kriseberedskabet: »skybrud i Hedehusene«.")
    assert {each["centre"] for each in ping["answers"]} == {"Sundhed", "Børn", "Kultur"}
    assert await stage["sundhed_kontakt"].sees("Hvad kan I bidrage med?")


@pytest.mark.long
async def test_whoever_lacks_people_may_say_mangler(stage: RehearsalStage) -> None:
    """R074: the word that is said; at night too, and by somebody who isn't in the plan."""
    await stage["4k"].commands("aktiver 2 skybrud")
    await stage.at("23:50")
    await stage["fremmed"].commands("mangler 4 mand til Birkehøj")
    (request,) = await stage.part("assistance_requests")
    assert (request["text"], request["requester"]) == ("4 mand til Birkehøj", "rehearsal:fremmed")


async def test_whoever_is_given_a_role_sits_where_it_is_done(stage: RehearsalStage) -> None:
    """R007 R054 R058: a chief from outside the staff sits in it, and sees its channel; a log keeper sits beside it."""
    await stage["4k"].commands("aktiver 2 skybrud")
    await stage["borgmester"].commands("rolle krisestabschef Sara Stabs, logfører Allan Ansat")
    async with stage.database.reading() as db:
        sits = {row.person: row.staff for row in await db.scalars(select(Member).where(Member.until.is_(None)))}
    assert (sits["chef"], sits["ansat"]) == ("operational", "beside")
    assert "fratrådt" not in sits
    await stage["chef"].commands("log ! vejen er åben", "stab")
    assert (await stage.log("information"))[-1]["verification"] == "confirmed"


@pytest.mark.parametrize(
    "person", ["sekretær_vice", "viceborgmester", "4k_vice", "hjælper", "dagsorden", "forbindelse", "presse"]
)
async def test_deputies_and_those_who_serve_the_staff_write_in_its_log(stage: RehearsalStage, person: str) -> None:
    """R007 R182 D13: "(eller relevante stedfortrædere)"; somebody who once deputised is nobody."""
    await stage["sekretær"].commands("stedfortræder Ida Sekre til mandag")
    await stage["4k"].commands("aktiver 2 skybrud")
    await stage[person].commands("log ? vand på vejen")
    await stage["sekretær_før"].commands("log ? jeg hører ikke til")
    assert [each["recorder"] for each in await stage.log("information")] == [person]


async def test_the_chief_and_the_one_who_writes_see_what_is_theirs(stage: RehearsalStage) -> None:
    """R182 R185 R309: own words are read back, and others' are not; the chief has the pack asked for in his own chat."""
    await stage["4k"].commands("aktiver 2 skybrud")
    await stage["borgmester"].commands("rolle krisestabschef Sara Stabs")
    await stage["børn"].commands("log ? to veje er lukket")
    assert await stage["børn"].sees("»to veje er lukket«")
    await stage["kultur"].commands("find veje")
    assert not await stage["kultur"].sees("to veje er lukket")
    await stage["chef"].commands("nødpakke")
    assert await stage["chef"].sees("/eksport/noedpakke/")
    await stage["chef_vice"].commands("nødpakke")
    assert not await stage["chef_vice"].sees("/eksport/noedpakke/")


async def test_a_centre_that_runs_level_one_reads_its_own_log_and_the_others_do_not(stage: RehearsalStage) -> None:
    """R014: and its chief says how often the directorate is told (R013)."""
    await stage["teknik"].commands("aktiver 1 oversvømmelse")
    await stage["direktør"].presses("Godkend")
    await stage["teknik_kontakt"].commands("log ? pumpen er sat i gang")
    for person, reads in (("teknik", True), ("teknik_vice", True), ("sundhed", False), ("børn_kontakt", False)):
        await stage[person].commands("find pumpen")
        assert await stage[person].sees("pumpen er sat i gang") is reads, person


async def test_a_centre_changes_its_own_resources_and_no_other_centres(stage: RehearsalStage) -> None:
    """R222: "bevarer ansvaret"; the staff changes all of them."""
    await stage["4k"].commands("aktiver 2 skybrud")
    await stage["teknik_kontakt"].commands("ressource 2 pumper på viadukten")
    await stage["børn"].commands("ressource")
    before = await stage.part("resources")
    if await stage["børn"].has("Ude af oversigten"):
        await stage["børn"].presses("Ude af oversigten")
    assert await stage.part("resources") == before
    await stage["teknik_kontakt"].presses("Ude af oversigten")
    assert await stage.part("resources") != before
