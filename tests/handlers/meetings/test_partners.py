"""The eleven partners of Bilag 5: one list for the crisis, ticked off by whoever rings them up."""

from __future__ import annotations

from typing import Any

from tests.handlers.reporting.test_reports import danish
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("15:00")


stage = after(begun)


async def ticked(stage: Stage) -> dict[str, dict[str, Any]]:
    return {row["partner"]: row for row in await stage.part("partners")}


@in_one_chat
async def test_a_partner_is_relevant_and_contacted_by_somebody_at_a_time(stage: Stage) -> None:
    """R308: on the card's own page, or in one breath; the log knows whom we have spoken to."""
    await stage["kim"].commands("partnere")
    await stage["kim"].presses("Næste side")
    await stage["kim"].fills_in("11. Medier", relevant="nej")
    await stage["tina"].commands("partnere politiet kontaktet vagtchefen, 114")
    after = await ticked(stage)
    assert set(after) == {"police", "media"}
    assert after["media"]["relevant"] is False
    assert (after["police"]["relevant"], after["police"]["note"]) == (True, "vagtchefen, 114")
    assert (after["police"]["contacted_by"], after["police"]["contacted_at"]) == ("tina", danish(15, 0))
    contacts = [line for line in await stage.log("partner") if line["direction"] == "out"]
    assert [(line["sender"], line["receiver"]) for line in contacts] == [("tina", "Politiet")]


@in_one_chat
async def test_a_partner_that_nothing_is_said_of_is_not_written_down(stage: Stage) -> None:
    """R308: an empty form was a fault of ours, and was tried again and again."""
    await stage["kim"].commands("partnere")
    await stage["kim"].presses("2. Regionen")
    await stage["kim"].fills_in("2. Regionen", relevant="måske")
    assert await ticked(stage) == {}
    await stage["kim"].fills_in("2. Regionen", note="AMK-vagtcentralen")
    assert {partner: row["note"] for partner, row in (await ticked(stage)).items()} == {"region": "AMK-vagtcentralen"}


@in_one_chat
async def test_items_five_and_seven_of_the_first_meeting_show_the_same_list(stage: Stage) -> None:
    """T21 R304: the numbering is kept, and what is ticked at one is ticked at the other."""
    await stage["kim"].commands("møde om 30 min stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Samarbejdspartnere")
    await stage["kim"].fills_in("2. Regionen", relevant="ja", contacted="ja", note="AMK-vagtcentralen")
    assert (await ticked(stage))["region"]["contacted_by"] == "kim"
    await stage["kim"].commands("dagsorden")
    assert await stage["kim"].sees("relevante: 1, kontaktet: 1")
