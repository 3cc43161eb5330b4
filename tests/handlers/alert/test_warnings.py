"""What kind of warning it is, and where it is from, may follow when there is a moment for it."""

from __future__ import annotations

from tests.stage.platforms import in_slack, in_teams
from tests.stage.stage import Stage


@in_teams
async def test_a_typed_warning_gets_its_kind_and_source_while_it_is_on_its_way(open_stage: Stage) -> None:
    """R002 R003: one of the plan's kinds; who got it, when and by what channel, apart from when it was typed."""
    finn = open_stage["finn"]
    await finn.commands("varsel DMI varsler 60 mm frem til kl 18")
    await finn.presses("Ved ikke")
    (alert,) = await open_stage.part("alerts")
    assert (alert["kind"], alert["source"]) == ("other", None)
    assert alert["channel"] in ("rehearsal", "slack", "teams")
    assert len(await open_stage.part("escalation")) == 1
    await finn.fills_in("Slags og kilde", kind="weather", source="dmi.dk", received="vagten", received_when="13:40")
    (alert,) = await open_stage.part("alerts")
    assert (alert["kind"], alert["source"]) == ("weather", "dmi.dk")
    assert (alert["received_by"], alert["first_received_at"]) == ("vagten", "2026-07-02T11:40:00.000000Z")
    assert "Modtaget først: vagten tors. 2/7 kl. 13:40" in (await open_stage.log("assessment"))[-1]["summary"]


@in_slack
async def test_where_it_is_and_when_it_happened_are_asked_for_and_read_by_whoever_is_asked(open_stage: Stage) -> None:
    """R001: place and time, apart from when it was typed; the place is read out of the words where the plan has it."""
    finn = open_stage["finn"]
    await finn.commands("varsel vand i kælderen på birkehøj")
    assert [alert["place"] for alert in await open_stage.part("alerts")] == ["Birkehøj"]
    await finn.presses("Ja")
    await finn.fills_in("Slags og kilde", place="Birkehøj, fløj B", happened="13:20")
    (alert,) = await open_stage.part("alerts")
    assert (alert["place"], alert["happened_at"]) == ("Birkehøj, fløj B", "2026-07-02T11:20:00.000000Z")
    assert alert["at"].startswith("2026-07-02T12:00")
    assert await open_stage["jens"].sees("Birkehøj, fløj B")
    assert await open_stage["jens"].sees("kl. 13:20")


@in_slack
async def test_a_time_that_nobody_can_read_holds_no_warning_back(open_stage: Stage) -> None:
    """R001 R018: it goes up in its writer's own words."""
    await open_stage["finn"].commands("varsel")
    await open_stage["finn"].fills_in("Send varsel", text="ild i hallen", place="Fløng", happened="lige da vi spiste")
    (alert,) = await open_stage.part("alerts")
    assert (alert["place"], alert["happened_at"]) == ("Fløng", None)
    assert "lige da vi spiste" in alert["text"]
