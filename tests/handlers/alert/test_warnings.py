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


@in_slack
async def test_when_it_began_is_read_out_of_a_warnings_words_and_read_by_whoever_is_asked(open_stage: Stage) -> None:
    """R001 R003: apart from when it was typed; what isn't said to the hour is shown in its own words, and what is added
    afterwards may say it."""
    await open_stage["finn"].commands("varsel vand i kælderen på birkehøj siden kl 13.30, det stiger")
    await open_stage["finn"].presses("Ja")
    assert await open_stage["jens"].sees("Skete: tors. 2/7 kl. 13:30")
    assert await open_stage["finn"].sees("Skete: tors. 2/7 kl. 13:30")
    (alert,) = await open_stage.part("alerts")
    assert (alert["happened_at"], alert["at"][11:16]) == ("2026-07-02T11:30:00.000000Z", "12:00")
    await open_stage["finn"].fills_in("Slags og kilde", happened="13:20")
    assert (await open_stage.part("alerts"))[0]["happened_at"] == "2026-07-02T11:20:00.000000Z"


@in_teams
async def test_words_that_say_only_about_when_it_began_stand_as_they_are_until_somebody_says_it(
    open_stage: Stage,
) -> None:
    """R001: nobody is asked again; what its sender adds may say it to the hour."""
    await open_stage["finn"].commands("varsel ingen varme på birkehøj siden i formiddags")
    await open_stage["finn"].presses("Ja")
    assert await open_stage["jens"].sees("Skete: siden i formiddags")
    assert (await open_stage.part("alerts"))[0]["happened_at"] is None
    await open_stage["finn"].says("det begyndte for tre timer siden")
    assert (await open_stage.part("alerts"))[0]["happened_at"] == "2026-07-02T09:00:10.000000Z"
    assert await open_stage["jens"].sees("Skete: tors. 2/7 kl. 11:00")


@in_slack
async def test_a_risk_that_is_warned_of_has_not_begun(open_stage: Stage) -> None:
    """R001: "begivenhed eller risiko"."""
    await open_stage["finn"].commands("varsel DMI varsler orkan fra kl 13 og skybrud kl 6 i morgen")
    await open_stage["finn"].presses("Ja")
    assert (await open_stage.part("alerts"))[0]["happened_at"] is None
    assert not await open_stage["jens"].sees("Skete:")
