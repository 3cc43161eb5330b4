"""The resource overview: what there is, until when, and what can be spared, on every platform."""

from __future__ import annotations

from typing import Any

import pytest

from storage.case.verification import verify_export
from tests.handlers.reporting.test_reports import danish
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("15:00")


stage = after(begun)


async def only_resource(stage: Stage) -> dict[str, Any]:
    (resource,) = await stage.part("resources")
    return dict(resource)


@pytest.mark.long
@in_teams
async def test_a_resource_is_written_down_in_one_breath_and_its_relief_is_reminded_of(stage: Stage) -> None:
    """R302: number, resource, response time, duty time, task; half an hour before relief it is said, once."""
    await stage["mads"].commands("ressource 2 højvandspumper på viadukten til kl 17")
    row = await only_resource(stage)
    assert (row["quantity"], row["name"], row["relief_at"]) == ("2", "højvandspumper på viadukten", danish(17, 0))
    assert row["centre"] == "Teknik"
    await stage.at("16:29")
    before = [line for line in await stage.log("reminder") if "R1" in line["summary"]]
    await stage.at("16:31")
    after = [line for line in await stage.log("reminder") if "R1" in line["summary"]]
    assert (len(before), len(after)) == (0, 1)
    await stage["mads"].fills_in("Ret", quantity="3", name="højvandspumper", duty="kl 22", task="viadukten")
    row = await only_resource(stage)
    assert (row["quantity"], row["task"], row["relief_at"]) == ("3", "viadukten", danish(22, 0))
    assert verify_export(await stage.export()) == []


@in_one_chat
async def test_every_column_of_bilag_3_is_read_out_of_one_breath(stage: Stage) -> None:
    """R302: response time, relief and task, in the order that they come to mind; critical wherever it stands."""
    for words in (
        "2 slamsugere responstid 20 min til kl 17 opgave Hovedgaden kritisk",
        "2 slamsugere kritisk, responstid: 20 min, opgave: Hovedgaden til kl 17",
    ):
        await stage["mads"].commands(f"ressource {words}")
        row = (await stage.part("resources"))[-1]
        columns = [row[key] for key in ("quantity", "name", "response_time", "relief_at", "task", "critical")]
        assert columns == ["2", "slamsugere", "20 min", danish(17, 0), "Hovedgaden", True], words


@in_slack
async def test_the_critical_ones_are_known_and_can_be_asked_for_without_weakening_the_rest(stage: Stage) -> None:
    """R222 R259: flagged critical; the centre's chief says whether it can be spared and what that costs."""
    await stage["mads"].commands("ressource")
    await stage["mads"].fills_in(
        "Ny ressource", quantity="1", name="slamsuger", response="30 min", task="Hovedgaden", critical="ja"
    )
    assert (await only_resource(stage))["critical"] is True
    await stage["mads"].presses("Kan den frigøres?")
    assert (await only_resource(stage))["release"] == "asked"
    await stage["rune"].fills_in("Kan frigøres", consequence="Hovedgaden må vente til i morgen")
    row = await only_resource(stage)
    assert (row["release"], row["consequence"]) == ("releasable", "Hovedgaden må vente til i morgen")


@in_one_chat
async def test_those_who_are_not_about_the_staff_do_not_change_its_overview(stage: Stage) -> None:
    """R222: the overview is the staff's; a thing that is gone stays in the log."""
    await stage["finn"].commands("ressource 2 pumper")
    assert await stage.part("resources") == []
    await stage["mads"].commands("ressource 2 pumper")
    await stage["mads"].presses("Ude af oversigten")
    row = await only_resource(stage)
    assert row["gone_at"] is not None
    assert next(line["summary"] for line in await stage.log("resource")).startswith("Ressource R1: 2 pumper")


@in_one_chat
async def test_what_is_promised_and_has_not_come_is_never_said_to_be_put_in(stage: Stage) -> None:
    """R303 R222: Bilag 3, 7: "Hvad er indsat": a pump that a neighbour can spare from five is expected, until it is there."""
    await stage["tina"].commands("koord greve")
    await stage["lars"].commands("rolle forbindelsesofficer Siv")
    await stage["siv"].commands("koord hjem Greve kan undvære 1 højvandspumpe fra kl 17")
    await stage["kim"].commands("billede")
    used = (await stage.part("pictures"))[0]["sections"][6]["text"]
    assert (
        "Indsat:\n• ikke oplyst\nVentes, ikke indsat endnu:\n• 1 højvandspumpe, ventes fra Greve, fra kl. 17:00" in used
    )
    await stage["kim"].commands("status")
    assert await stage["kim"].sees("1 højvandspumpe, ventes fra Greve, fra kl. 17:00")
    await stage["siv"].presses("Er kommet")
    await stage["kim"].commands("billede")
    used = (await stage.part("pictures"))[0]["sections"][6]["text"]
    assert "Indsat:\n• 1 højvandspumpe\nBehov" in used
