"""A unit works by its own instructions: they are a tap away where it is told, looked up, and on paper."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.platforms import links
from handlers.core.card import Card
from storage.case.pages import emergency_pack
from storage.case.pages.blocks import Names
from storage.plan import loading
from storage.plan.faults import PlanFaults
from tests.databases import SQLite
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import SUMMER_AFTERNOON, RehearsalStage, Stage
from tests.tables import examples

stage = after(cloudburst)

ROAD = "https://intranet.htk.example/vejvagt"
HOME = "https://intranet.htk.example/birkehoej"
ALARM = "https://www.htk.example/alarmering"


async def tapped(stage: Stage, person: str) -> set[str]:
    """What somebody can tap in what they read: each platform draws a link by the same function."""
    return {address for said in await stage[person].reads() for address in links.links(said).values()}


@in_slack
async def test_a_centre_that_is_told_has_its_own_instructions_at_hand_and_nobody_elses(stage: Stage) -> None:
    """R102 R109: §5, "i overensstemmelse med enhedernes egne instrukser"; for its chief and its contact."""
    for person in ("rune", "mads"):
        assert ROAD in await tapped(stage, person)
        assert HOME not in await tapped(stage, person)
    assert HOME in await tapped(stage, "gitte")
    assert not {ROAD, HOME} & await tapped(stage, "per")


@in_teams
async def test_a_unit_is_looked_up_by_its_name_with_who_leads_it_and_its_instructions(stage: Stage) -> None:
    """R117 R251 T30: by a centre, a unit in it or a support function; whoever may not have numbers gets none."""
    await stage["kim"].commands("instruks birkehøj")
    card = (await stage["kim"].reads())[-1]
    assert "Instruks for plejecentret" in card
    assert "Gitte Krag, +45 20 00 00 14" in card
    assert HOME in await tapped(stage, "kim")
    await stage["kim"].commands("hvem teknik")
    assert "Mads Rosen" in (await stage["kim"].reads())[-1]
    assert {ROAD, "https://intranet.htk.example/skybrud"} <= await tapped(stage, "kim")
    await stage["finn"].commands("enhed IT")
    card = (await stage["finn"].reads())[-1]
    assert "it-nedbrud" in card
    assert "Nils Fog" in card
    assert "20 00 00 23" not in card
    await stage["kim"].commands("hvem")
    assert "Krisestabschef" in (await stage["kim"].reads())[-1]


@in_slack
async def test_a_unit_that_has_none_or_is_unknown_is_told_so_with_those_there_are(stage: Stage) -> None:
    """R117: a clear sentence, and never a guess."""
    await stage["kim"].commands("instruks Børn")
    assert await stage["kim"].sees("Planen har ingen instruks for Børn. Spørg enheden selv.")
    await stage["kim"].commands("instruks månebasen")
    card = (await stage["kim"].reads())[-1]
    assert "Planen kender ingen enhed, der hedder »månebasen«" in card
    assert "Birkehøj" in card
    await stage["kim"].commands("instruks")
    assert {ROAD, HOME} <= await tapped(stage, "kim")


@in_slack
async def test_a_support_functions_instructions_are_with_the_unit_that_is_asked_to_man_it(stage: Stage) -> None:
    """R120: what whoever mans it works by."""
    await stage["kim"].commands("støttefunktioner")
    await stage["kim"].fills_in("IT", needed="ja", unit="Job")
    assert "https://intranet.htk.example/it-nedbrud" in await tapped(stage, "ulla")


@in_teams
async def test_the_public_alarm_list_is_a_tap_away_for_everybody(stage: Stage) -> None:
    """R309: Bilag 5, "ligger tilgængelig på kommunens hjemmeside": also for whoever is in no plan."""
    await stage["finn"].commands("kontakt")
    assert ALARM in await tapped(stage, "finn")
    await stage["mads"].commands("hvem")
    assert ALARM in await tapped(stage, "mads")
    await stage["kim"].commands("kontakt")
    assert ALARM in await tapped(stage, "kim")


def test_the_emergency_pack_has_instructions_and_the_alarm_list_on_paper() -> None:
    """D06: an address that can be typed in from paper."""
    plan = loading.example()
    blocks = emergency_pack.pack(plan, Names.of(plan), [], SUMMER_AFTERNOON)
    rows = [row for block in blocks for row in block.rows]
    assert ("Instruks for plejecentret", "Sundhed, Birkehøj", "", HOME) in rows
    assert ("Alarmeringstelefonliste", "", "", ALARM) in rows


SMALL = loading.parse(
    """
    kommune: Lille Kommune
    personer: {a: {navn: Anna And, mail: a@lille.example}}
    roller: {beredskabschef: {person: a}, borgmester: {person: a}, direktion: {medlemmer: [a]}}
    """,
    "lille.yaml",
)


@pytest.fixture
async def without(sqlite: SQLite) -> AsyncIterator[RehearsalStage]:
    """A municipality whose plan has none of it."""
    async with RehearsalStage(sqlite.migrated(), SUMMER_AFTERNOON, SMALL) as stage:
        yield stage


async def test_a_plan_without_instructions_and_alarm_list_says_so(without: RehearsalStage) -> None:
    """R070: an optional part that is missing is a sentence, in a crisis and outside."""
    for _ in range(2):
        await without["a"].commands("instruks")
        assert await without["a"].sees("Planen har ingen instrukser. Sekretariatet skriver dem")
        await without["a"].commands("hvem")
        await without["finn"].commands("kontakt")
        assert await without["finn"].sees("Planen har intet link til den")
        await without["a"].commands("aktiver 2 skybrud")
    blocks = emergency_pack.pack(SMALL, Names.of(SMALL), [], SUMMER_AFTERNOON)
    assert any("planen har intet link" in cell for block in blocks for row in block.rows for cell in row)


@examples(
    ("written", "says"),
    [
        ('  - {adresse: "https://a.example"}', "er ingens"),
        ("  - {center: Teknik, adresse: intranettet}", "er ikke et link"),
        ('  - {center: Tekink, adresse: "https://a.example"}', "Skriv »Teknik«"),
        ("  - {enhed: Birkehøj}", "»adresse« mangler"),
    ],
)
def test_an_instruction_that_leads_nowhere_or_is_nobodys_is_a_fault(written: str, says: str) -> None:
    """R070: said with what to write instead."""
    text = loading.example_text().replace("instrukser:\n", f"instrukser:\n{written}\n")
    with pytest.raises(PlanFaults) as told:
        loading.parse(text, "plan.yaml")
    assert says in str(told.value)


def test_every_address_of_the_example_plan_is_drawn_as_a_link() -> None:
    """R109: what a plan may have is what can be tapped, to the letter."""
    plan = loading.example()
    for address in [*(each.address for each in plan.instructions), str(plan.alarm_list)]:
        assert links.links(Card(f"Her: {address}.").text) == {address: address}


@in_one_chat
async def test_todays_instructions_count_in_a_crisis_that_is_going(stage: Stage) -> None:
    """R117: an address that was wrong is mended while it is needed."""
    moved = "https://intranet.htk.example/vejvagt/ny"
    await stage.close()
    stage.plan = loading.parse(loading.example_text().replace(ROAD, moved), "plan.yaml")
    await stage.open()
    await stage["kim"].commands("instruks teknik")
    assert moved in await tapped(stage, "kim")
