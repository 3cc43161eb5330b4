"""`siden sidst`: what somebody has missed, in ten lines."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage, log_of

stage = after(cloudburst)


@in_slack
async def test_whoever_opens_the_phone_again_is_told_what_is_new_since_they_last_wrote_and_no_more(
    stage: Stage,
) -> None:
    """R056 R149: decided, confirmed, changed; what was known before is not told again."""
    kim, tina = stage["kim"], stage["tina"]
    await stage.at("14:05")
    await tina.commands("status")
    await stage.at("14:40")
    await kim.commands("log ! broen over Spangå er spærret")
    await kim.commands("log ? måske gaslugt på Birkehøj")
    await kim.commands("t pumpe til Birkehøj @Mads kl 18")
    await stage.at("15:00")
    await tina.commands("siden sidst")
    said = (await tina.reads())[-1].replace("*", "")
    assert "siden kl. 14:05" in said
    assert "Bekræftet: broen over Spangå er spærret" in said
    assert "gaslugt" not in said
    assert "Ubekræftet: 1 nye oplysninger" in said
    assert "pumpe til Birkehøj" in said
    assert "Besluttet" not in said
    assert len(said.splitlines()) <= 10
    await tina.commands("siden sidst")
    assert "Intet nyt." in (await tina.reads())[-1]
    await tina.commands("siden kl 14")
    assert "pumpe til Birkehøj" in (await tina.reads())[-1]


@pytest.mark.long
@in_one_chat
async def test_it_is_ten_lines_however_much_has_happened_and_says_what_it_has_no_room_for(stage: Stage) -> None:
    """R056: what waits for the reader and what was decided stand whole; the rest is counted, and nothing is left out."""
    lars, kim = stage["lars"], stage["kim"]
    for number in range(3):
        await kim.commands(f"log ! gaslugt på skole nr. {number}")
        await kim.commands(f"log røg på skole nr. {number}")
        await lars.commands(f"beslut skole {number} lukkes")
        await kim.commands(f"t pumpe {number} til Birkehøj @Mads kl 18")
        await lars.commands(f"ordre spær vej {number} @Mads kl 18")
        await lars.presses("Udsted ordre")
        await kim.commands(f"oplysningsbehov hvor mange bor på skole {number}? kl 14:0{number + 6}")
    await lars.commands("hensigt ingen kommer til skade")
    await kim.commands("indikator vandstand 140 cm")
    await kim.commands("møde kl 20 stabsrummet")
    line = log_of(await stage.export(), "information")[0]["no"]
    await kim.commands(f"ret {line} gaslugt på alle skoler")
    await stage.forward(minutes=30)
    for person in ("lars", "kim", "mads"):
        await stage[person].commands("siden kl 13")
        said = (await stage[person].reads())[-1].replace("*", "")
        told = said.splitlines()
        assert len(told) <= 10, said
        assert "• Besluttet: " in said
        assert "• Ubekræftet: " in said
        (rest,) = [each for each in told if each.startswith("• Desuden")]
        for heading in ("Bekræftet", "Rettet", "Skal vides", "Tiltag og ordrer"):
            assert f"{heading} (" in rest or f"• {heading}: " in said


@in_one_chat
async def test_what_waits_for_whoever_asks_stands_first_with_its_buttons_and_nobody_elses(stage: Stage) -> None:
    """R056 R204: their own order, and not the others'; in the staff's channel, nobody's."""
    await stage["lars"].commands("ordre spær Hovedgaden @Mads kl 18")
    await stage["lars"].presses("Udsted ordre")
    await stage["mads"].presses("Kommer") if await stage["mads"].has("Kommer") else None
    await stage["mads"].commands("siden sidst")
    said = (await stage["mads"].reads())[-1]
    waits, _, rest = said.partition("•")
    assert "Venter på dig:" in waits
    assert "Ordre 1" in rest
    await stage["mads"].presses("Modtaget")
    assert (await stage.part("orders"))[0]["state"] == "acknowledged"
    await stage["anne"].commands("siden sidst")
    assert "Venter på dig:" in (await stage["anne"].reads())[-1]
    assert "Du indkaldes" in (await stage["anne"].reads())[-1]
    assert "Ordre 1* fra" not in (await stage["anne"].reads())[-1]
    await stage["kim"].commands("siden sidst", "stab")
    assert "Venter på dig:" not in (await stage["kim"].reads())[-1]


@in_teams
async def test_the_card_that_is_teams_own_page_leads_to_it_those_who_may_have_it(stage: Stage) -> None:
    """R056 R256: a centre's contact may, who is about the staff; an employee may not."""
    await stage["anne"].commands("")
    assert "Skriv siden sidst" in (await stage["anne"].reads())[-1].replace("*", "")
    await stage["finn"].commands("")
    assert "siden sidst" not in (await stage["finn"].reads())[-1]


@in_slack
async def test_what_was_put_right_is_told_as_it_is_now_and_not_as_it_was_believed(stage: Stage) -> None:
    """R056 R187: whoever comes on reads 13 residents, not 30 as confirmed beside it."""
    kim, tina = stage["kim"], stage["tina"]
    await kim.commands("log ! 30 beboere er flyttet")
    first = log_of(await stage.export(), "information")[-1]["no"]
    await kim.commands(f"ret {first} 13 beboere er flyttet")
    await tina.commands("siden kl 13")
    said = (await tina.reads())[-1]
    assert "13 beboere er flyttet" in said
    assert "30 beboere" not in said


@in_teams
async def test_whoever_comes_late_is_told_what_has_happened_with_their_answer(stage: Stage) -> None:
    """R056 R073: on `Kommer`."""
    await stage["kim"].commands("log ! broen over Spangå er spærret")
    await stage.at("14:30")
    await stage["anne"].presses("Kommer")
    assert await stage["anne"].sees("broen over Spangå er spærret")


@in_one_chat
async def test_nobody_outside_the_staff_is_told_and_nobody_what_is_above_their_grade(stage: Stage) -> None:
    """R168: the nearest who may not: an employee; and a member, of a confidential line."""
    await stage["kim"].commands("log ! fortrolig: beboeren hedder Kodeordfoxtrot")
    await stage["finn"].commands("siden sidst")
    assert await stage["finn"].sees("Det kan kun")
    await stage["anne"].commands("siden kl 14")
    assert not await stage["anne"].sees("Kodeordfoxtrot")


@pytest.mark.long
@in_one_chat
async def test_whoever_comes_on_shift_is_told_what_happened_since_they_last_wrote(stage: Stage) -> None:
    """R072: in the handover, to them alone."""
    await stage["kim"].commands("vagt logfører Tina 15-23")
    await stage.at("14:50")
    await stage["kim"].commands("log ! broen over Spangå er spærret")
    await stage.at("15:01")
    (told,) = [text for text in await stage["tina"].reads() if "Siden du sidst skrev" in text]
    assert "broen over Spangå er spærret" in told
    assert not await stage["mads"].sees("Siden du sidst skrev")
