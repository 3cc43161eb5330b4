"""What kind of warning it is, and where it is from, may follow when there is a moment for it."""

from __future__ import annotations

from tests.stage.platforms import in_teams
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
    await finn.fills_in("Slags og kilde", kind="weather", source="dmi.dk", received="vagten kl 13:40")
    (alert,) = await open_stage.part("alerts")
    assert (alert["kind"], alert["source"]) == ("weather", "dmi.dk")
    assert "vagten kl 13:40" in (await open_stage.log("assessment"))[-1]["summary"]
