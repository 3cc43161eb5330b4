"""Reports from any unit, telephone messages and other systems: into the chief's hand, on every platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import DENMARK, Stage, log_of


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("14:30")


stage = after(begun)


async def only_report(stage: Stage) -> dict[str, Any]:
    (report,) = await stage.part("reports")
    return dict(report)


def danish(hour: int, minute: int) -> str:
    return datetime(2026, 7, 2, hour, minute, tzinfo=DENMARK).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@in_teams
async def test_any_unit_reports_in_one_breath_or_by_the_form(stage: Stage) -> None:
    """R192 R300 R112: uninvited, and only what happened is compulsory; sender and time come by themselves; unapproved says so."""
    assert await stage.part("pings") == []
    await stage["line"].commands("melding")
    await stage["line"].fills_in("Skriv melding", text="vand i kælderen på Rønnen", happened="13:50", where="Rønnen")
    report = await only_report(stage)
    assert (report["kind"], report["sender"], report["what"]) == ("report", "line", "vand i kælderen på Rønnen")
    assert (report["happened_at"], report["where"], report["approved_by"]) == (danish(13, 50), "Rønnen", None)
    # Up to the staff, in its own channel.
    assert await stage["lars"].sees("Melding fra Line Brix")
    line = (await stage.log("report"))[-1]
    assert (line["no"], line["event_time"], line["verification"]) == (
        report["log_no"],
        danish(13, 50),
        "unconfirmed",
    )


@in_one_chat
async def test_where_and_when_are_read_out_of_a_report_in_one_breath_and_only_what_has_been(stage: Stage) -> None:
    """R300: "Tidspunkt for hændelsen", "Hvor er det sket?"; an end, two times and what is to come are left in the words."""
    for said, where, when in (
        ("vand i kælderen på Birkehøj kl 13.50, vi pumper", "Birkehøj", danish(13, 50)),
        ("vejen har været lukket siden kl 13, vi omdirigerer", None, danish(13, 0)),
        ("vejen er lukket til kl 13", None, None),
        ("broen lukker kl 23", None, None),
        ("først kl 13, så igen kl. 13.40", None, None),
    ):
        await stage["line"].commands(f"melding {said}")
        report = (await stage.part("reports"))[-1]
        assert (report["what"], report["where"], report["happened_at"]) == (said, where, when)


@in_teams
async def test_what_a_report_in_one_breath_lacked_is_added_by_whoever_sent_it(stage: Stage) -> None:
    """R300, requirement 3.1.2: kept first, the rest is asked for afterwards; who approved it is one of the columns."""
    await stage["line"].commands("melding vand i kælderen på Birkehøj")
    await stage["line"].fills_in("Skriv resten", situation="det stiger", approved_by="Per Hald")
    report = await only_report(stage)
    assert [report[key] for key in ("where", "situation", "approved_by")] == ["Birkehøj", "det stiger", "Per Hald"]
    assert await stage["lars"].sees("Situationen: det stiger")
    line = (await stage.log("report"))[-1]
    assert (line["refs"], line["verification"]) == ({"about": report["log_no"]}, "unconfirmed")
    assert await stage["line"].sees("Krisestaben har resten")


@in_slack
async def test_what_cannot_wait_is_in_the_chiefs_hand_and_is_acknowledged(stage: Stage) -> None:
    """R225: HASTER goes past the queue; the chief says so, and whoever reported is told."""
    await stage["hanne"].commands("melding HASTER: strømmen er gået på Birkehøj")
    report = await only_report(stage)
    assert (report["urgent"], report["handed_to"], report["acknowledged_at"]) == (True, "lars", None)
    await stage["lars"].presses("Modtaget")
    report = await only_report(stage)
    assert (report["acknowledged_by"], report["acknowledged_at"]) == ("lars", danish(14, 30))
    assert [line["refs"]["report"] for line in await stage.log("acknowledged")] == [1]


@pytest.mark.long
@in_teams
async def test_a_telephone_message_goes_to_the_chief_on_duty(stage: Stage) -> None:
    """R198 R199: whoever took the call writes it; it is the chief's who has the shift now, not the one before."""
    await stage["tina"].commands("vagt krisestabschef Anne 14:40 - 22")
    await stage.at("14:45")
    await stage["kim"].commands("telefon")
    await stage["kim"].fills_in("Skriv besked", text="Movia spørger til linje 119", caller="Movia", phone="36131400")
    report = await only_report(stage)
    assert (report["kind"], report["caller"], report["phone"], report["handed_to"]) == (
        "telephone",
        "Movia",
        "36131400",
        "anne",
    )
    await stage["anne"].presses("Modtaget")
    assert (await only_report(stage))["acknowledged_by"] == "anne"
    await stage["finn"].commands("telefon en borger spørger efter sandsække")
    assert await stage["anne"].sees("Fra: ikke oplyst")
    assert await stage["anne"].sees("Taget imod af: Finn")


@in_one_chat
async def test_a_chief_who_does_not_acknowledge_is_not_waited_for(stage: Stage) -> None:
    """R198 R199: after ten minutes the deputy and the secretary have it, and the staff is told whom to ring."""
    await stage["kim"].commands("telefon")
    await stage["kim"].fills_in("Skriv besked", text="alarm fra pumpestation 4", system="SRO")
    assert (await only_report(stage))["kind"] == "system"
    await stage.forward(minutes=11)
    export = await stage.export()
    assert any("ikke kvitteret" in each["summary"] for each in log_of(export, "reminder"))
    await stage["mette"].presses("Modtaget")
    assert (await only_report(stage))["acknowledged_by"] == "mette"
    silent = len(await stage.log("reminder"))
    await stage.forward(minutes=15)
    again = [each for each in (await stage.log("reminder"))[silent:] if "kvitteret" in each["summary"]]
    assert again == []
