"""Once a day the findings in the media are summed up, judged by communication, and read by the staff."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.platforms import links
from storage.plan import loading
from tests.databases import SQLite
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import SERVER, SUMMER_AFTERNOON, RehearsalStage, Stage

stage = after(cloudburst)
ASKED = "Dagens medieanalyse mangler."


async def reported(stage: Stage) -> None:
    """Two findings on Facebook, and one in tv that is wrong."""
    await stage["bo"].commands("overvågning medie Facebook: billeder af vand i Fløng")
    await stage["bo"].commands("overvågning medie Facebook: hvornår lukker broen?")
    await stage["bo"].commands("overvågning medie fejl tv: 200 er evakueret")


@pytest.mark.long
@in_slack
async def test_communication_is_asked_with_the_days_findings_summed_up_and_the_staff_reads_the_answer(
    stage: Stage,
) -> None:
    """R211 R213: §8, "medieanalyse": counts, tone, what is wrong, what was done; in the log and the picture."""
    await reported(stage)
    await stage.at("14:59")
    assert not await stage["bo"].sees(ASKED)
    await stage.at("15:01")
    assert await stage["bo"].sees(ASKED)
    assert await stage["bo"].sees("3 omtaler (Facebook 2, tv 1)")
    assert await stage["bo"].sees("200 er evakueret")
    assert any("https://medier.example" in links.links(said) for said in await stage["bo"].reads())
    await stage["bo"].fills_in("Skriv medieanalyse", tone="critical", says="Hvorfor blev der ikke varslet?")
    (row,) = await stage.part("media_analyses")
    assert (row["counts"], row["wrong"], row["corrected"], row["tone"]) == ({"Facebook": 2, "tv": 1}, 1, 0, "critical")
    assert (row["says"], row["written_by"]) == ("Hvorfor blev der ikke varslet?", "bo")
    line = next(line for line in await stage.log("media") if line["no"] == row["log_no"])
    assert line["summary"].startswith(
        "Medieanalyse 1: 3 omtaler (Facebook 2, tv 1), tonen er kritisk. Forkert: 1, rettet: 0."
    )
    await stage["kim"].commands("billede")
    assert await stage["kim"].sees("Medieanalyse 1: 3 omtaler")


@in_slack
async def test_the_next_one_counts_from_the_last_and_what_is_still_wrong_is_still_there(stage: Stage) -> None:
    """R211: each day's own; a fault is followed until it is mended."""
    await reported(stage)
    await stage["bo"].commands("medieanalyse")
    await stage["bo"].fills_in(
        "Skriv medieanalyse", tone="critical", says="Vand", faults="200 er evakueret", done="ringet"
    )
    await stage["bo"].commands("overvågning medie tv: oprydning i gang")
    await stage["bo"].fills_in("Omtalen er rettet", note="rettet kl 14")
    await stage["bo"].commands("medieanalyse oprydningen fylder")
    assert await stage["bo"].sees("1 omtale (tv 1)")
    await stage["bo"].fills_in("Skriv medieanalyse", tone="positive", says="oprydningen fylder")
    first, second = await stage.part("media_analyses")
    assert (first["faults"], first["done"]) == ("200 er evakueret", "ringet")
    assert (second["counts"], second["wrong"], second["corrected"]) == ({"tv": 1}, 1, 1)
    assert second["since"] == first["written_at"]


@pytest.mark.long
@in_one_chat
async def test_it_is_asked_for_once_a_day_while_there_is_a_staff_and_not_where_it_is_written(stage: Stage) -> None:
    """R017 R019 R211: nobody is asked for what is done, and no duty of level 2 goes on without it."""
    await stage["bo"].commands("medieanalyse")
    await stage["bo"].fills_in("Skriv medieanalyse", tone="neutral", says="intet endnu")
    await stage.at("16:00")
    reminded = [line for line in await stage.log("reminder") if "medieanalyse" in line["summary"]]
    assert reminded == []
    await stage.forward(days=2)
    reminded = [line for line in await stage.log("reminder") if "medieanalyse" in line["summary"]]
    assert len(reminded) == 2
    await stage["lars"].commands("nedskaler")
    before = len(await stage.log("reminder"))
    await stage.forward(days=2)
    assert not [line for line in (await stage.log("reminder"))[before:] if "medieanalyse" in line["summary"]]


@in_teams
async def test_the_staff_reads_it_and_communication_writes_it(stage: Stage) -> None:
    """R213: the nearest who may not is the log keeper, who has the card before them; words that were typed are kept."""
    await stage["kim"].commands("medieanalyse vand i kældre")
    await stage["kim"].fills_in("Skriv medieanalyse", tone="neutral", says="vand i kældre")
    assert await stage.part("media_analyses") == []
    assert await stage["kim"].sees("Det kan kun kommunikation eller krisestabschefen")
    await stage["finn"].commands("medieanalyse")
    assert not await stage["finn"].has("Skriv medieanalyse")


@in_one_chat
async def test_it_stands_on_the_next_agenda(stage: Stage) -> None:
    """R084 R211: Bilag 2, item 4, Krisekommunikation."""
    await stage["lars"].commands("rolle krisestabschef Anne")
    await stage["kim"].commands("møde i dag kl 16 Stabsrummet")
    await stage["bo"].commands("medieanalyse")
    await stage["bo"].fills_in("Skriv medieanalyse", tone="mixed", says="Ros til frivillige")
    await stage["kim"].fills_in("Start mødet")
    await stage["kim"].fills_in("Slut mødet", next_at="kl 19", next_place="stabsrummet")
    await stage["kim"].commands("dagsorden")
    assert await stage["kim"].sees("Fylder: Ros til frivillige")


@pytest.mark.long
@in_one_chat
async def test_two_crises_have_each_their_own(stage: Stage) -> None:
    """R211 D04: what is found in one is not counted in the other."""
    await reported(stage)
    await stage["ole"].commands("aktiver 2 strømsvigt")
    await stage["ole"].presses("Det er en anden hændelse")
    await stage["bo"].commands("medieanalyse")
    await stage["bo"].presses("2: strømsvigt")
    assert await stage["bo"].sees("0 omtaler")
    await stage["bo"].fills_in("Skriv medieanalyse", tone="neutral", says="stille")
    assert [len(await stage.part("media_analyses", number)) for number in (1, 2)] == [0, 1]
    await stage.at("15:01")
    asked = [
        [line["receiver"] for line in await stage.log("reminder", number) if "medieanalyse" in line["summary"]]
        for number in (1, 2)
    ]
    assert asked == [["bo"], []]


@pytest.fixture
async def without(sqlite: SQLite) -> AsyncIterator[RehearsalStage]:
    """A municipality whose plan has nobody for communication."""
    text = loading.example_text().replace("  kommunikation:  {person: bo}\n", "")
    plan = loading.parse(text, "plan.yaml").model_copy(update={"server": SERVER})
    async with RehearsalStage(sqlite.migrated(), SUMMER_AFTERNOON, plan) as stage:
        yield stage


@pytest.mark.long
async def test_where_the_plan_has_nobody_for_communication_the_secretary_is_asked(without: RehearsalStage) -> None:
    """R211 R070: a gap is said, and somebody has it."""
    await without["jens"].commands("aktiver 2 skybrud")
    await without.at("15:01")
    (line,) = [line for line in await without.log("reminder") if "medieanalyse" in line["summary"]]
    assert line["receiver"] == "kim"


# The night in which the clock is set back: 02:10 comes first at 00:10 UTC, and again at 01:10.
SECOND_TEN_PAST_TWO = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)


async def asked_on(sqlite: SQLite, at: str, start: datetime) -> list[str]:
    """When somebody is asked for the analysis, UTC, from a start until noon on Tuesday, 27 October."""
    text = loading.example_text().replace('medieanalyse: "15:00"', f'medieanalyse: "{at}"')
    plan = loading.parse(text, "plan.yaml").model_copy(update={"server": SERVER})
    async with RehearsalStage(sqlite.migrated(), start, plan) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        await stage.until(datetime(2026, 10, 27, 11, tzinfo=UTC))
        return [line["recorded_time"][:16] for line in await stage.log("reminder") if "medieanalyse" in line["summary"]]


@pytest.mark.long
async def test_it_is_asked_for_once_a_day_when_the_clock_is_set_back(sqlite: SQLite) -> None:
    """D01 R211: at three by the clock on the wall, on both sides of the night with an hour too many."""
    saturday = datetime(2026, 10, 24, 10, tzinfo=UTC)
    assert await asked_on(sqlite, "15:00", saturday) == ["2026-10-24T13:00", "2026-10-25T14:00", "2026-10-26T14:00"]


@pytest.mark.long
async def test_a_crisis_that_begins_in_the_hour_that_comes_again_waits_for_the_next_day_and_does_not_stand_still(
    sqlite: SQLite,
) -> None:
    """D01 D05: half past two has been, although the clock shows ten past; it came up over and over without an end."""
    assert await asked_on(sqlite, "02:30", SECOND_TEN_PAST_TWO) == ["2026-10-26T01:30", "2026-10-27T01:30"]
