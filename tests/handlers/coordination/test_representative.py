"""Scenario S3, Tuesday 18:00 to Wednesday 06:00: the local emergency staff is activated, and it lasts, on every platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after
from tests.stage.stage import DENMARK, Stage, log_of


async def begun(stage: Stage) -> None:
    await stage["jens"].commands("aktiver 2 udbrud på tre plejecentre")
    await stage["lars"].commands("rolle krisestabschef Anne")
    await stage.at("18:00")


stage = after(begun, datetime(2027, 2, 2, 17, 55, tzinfo=DENMARK))


def danish(day: int, hour: int, minute: int = 0) -> str:
    """A time in February 2027, as the export writes it."""
    return datetime(2027, 2, day, hour, minute, tzinfo=DENMARK).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def local(stage: Stage) -> dict[str, Any]:
    (staff,) = await stage.part("representatives")
    return dict(staff)


def asked(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in log_of(document, "reminder") if "afløser" in line["summary"]]


@pytest.mark.long
@in_slack
async def test_the_preparedness_service_represents_until_the_chief_names_a_relief(stage: Stage) -> None:
    """R193 R194 R195 T26: Tuesday 18:00 4K, Wednesday 06:00 the chief is asked and names Siv."""
    await stage["kim"].commands("repræsentant aktiveret")
    staff = await local(stage)
    assert (staff["activated_at"], staff["relief_due"]) == (danish(2, 18), danish(3, 6))
    (first,) = staff["representatives"]
    assert (first["organisation"], first["until"]) == ("Beredskab 4K", None)
    assert await stage["jens"].has("Hjem fra LBS")
    await stage.until(datetime(2027, 2, 3, 5, 59, tzinfo=DENMARK))
    assert asked(await stage.export()) == []
    await stage.at("06:00")
    assert [line["receiver"] for line in asked(await stage.export())] == ["anne"]
    await stage["anne"].fills_in("Udpeg afløser", person="Siv")
    staff = await local(stage)
    assert [(row["organisation"], row["person"], row["from"]) for row in staff["representatives"]] == [
        ("Beredskab 4K", None, danish(2, 18)),
        ("Høje-Taastrup", "siv", danish(3, 6)),
    ]
    await stage["siv"].fills_in("Hjem fra LBS", text="politiet holder broen lukket")
    await stage["siv"].fills_in("Til LBS", text="vi har 22 ledige pladser")
    reports = (await local(stage))["reports"]
    assert [(row["direction"], row["person"]) for row in reports] == [("in", "siv"), ("out", "siv")]
    assert len(await stage.log("liaison")) == 2


@in_one_chat
async def test_the_representative_and_the_liaison_officer_are_two(stage: Stage) -> None:
    """T25: neither role brings the other with it, and only the chief names the representative."""
    await stage["kim"].commands("repræsentant LBS aktiveret kl 17.30")
    assert (await local(stage))["activated_at"] == danish(2, 17, 30)
    await stage["kim"].commands("repræsentant Line")
    assert len((await local(stage))["representatives"]) == 1
    await stage["anne"].commands("repræsentant @Line")
    await stage["tina"].commands("koord ishøj")
    await stage["lars"].commands("rolle forbindelsesofficer Ali")
    await stage["line"].commands("koord hjem Ishøj mangler pumper")
    assert (await stage.part("coordination"))[0]["reports"] == []
    await stage["ali"].commands("repræsentant hjem broen er lukket")
    assert (await local(stage))["reports"] == []


@pytest.mark.long
@in_one_chat
async def test_nobody_is_asked_for_a_relief_where_it_is_over_or_has_been_named(stage: Stage) -> None:
    """R194: a prompt, not a rule; the municipality's own needs none."""
    await stage["kim"].commands("repræsentant den lokale beredskabsstab er aktiveret")
    await stage["kim"].commands("lokal beredskabsstab afviklet")
    assert (await local(stage))["ended_at"] == danish(2, 18)
    await stage["kim"].commands("repræsentant aktiveret")
    await stage["anne"].commands("repræsentant Siv")
    await stage.forward(hours=13)
    after = await stage.export()
    assert asked(after) == []
    assert [len(staff["representatives"]) for staff in after["representatives"]] == [1, 2]
