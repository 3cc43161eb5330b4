"""After the stand-down the door stays open for those who took part, and for nobody else."""

from __future__ import annotations

import io

import pytest

from storage.case import archive
from tests.handlers.log.test_attachments import fetched
from tests.stage.platforms import everywhere, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage


@follows(cloudburst)
async def called_off(stage: Stage) -> None:
    """Something was written and not confirmed, and then the mayor called it off."""
    await stage["kim"].commands("l ? pumpen er leveret")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage.forward(hours=20)


stage = after(called_off)


@pytest.mark.long
@everywhere
async def test_who_took_part_can_still_find_confirm_and_add_what_was_learnt(stage: Stage) -> None:
    """R247 R246: lessons are gathered when it is over; the crisis is not opened again by it."""
    await stage["hanne"].commands("erfaring nøgler til pumpehuset manglede")
    assert [line["summary"] for line in await stage.log("lesson")] == ["nøgler til pumpehuset manglede"]
    await stage["kim"].commands("find pumpen")
    assert await stage["kim"].sees("pumpen er leveret")
    number = next(line["no"] for line in await stage.part("log") if line["summary"] == "pumpen er leveret")
    await stage["kim"].commands(f"bekræft {number}")
    after_ = await stage.export()
    assert after_["log_state"][str(number)]["verification"] == "confirmed"
    assert after_["crisis"]["deactivated_at"]
    assert await stage.crises() == 1


@in_teams
async def test_who_ran_it_can_still_file_and_export(stage: Stage) -> None:
    """R247 D11: with the rights they had when it ended."""
    await stage["kim"].commands("sag 26/1234")
    assert (await stage.export())["crisis"]["case_ref"] == "26/1234"
    await stage["kim"].commands("eksport")
    assert not await stage["kim"].sees("Der er ingen aktiv krise")


@in_slack
async def test_who_did_not_take_part_is_asked_whether_it_is_a_warning(stage: Stage) -> None:
    """R247: the nearest who may not: somebody who was never in it."""
    await stage["finn"].commands("find pumpen")
    assert await stage["finn"].sees("Der er ingen aktiv krise")
    assert not await stage["finn"].sees("pumpen er leveret")


@in_slack
async def test_a_cry_that_nobody_has_decided_on_shuts_nobody_out_of_the_case_and_nothing_is_filed_into_it(
    stage: Stage,
) -> None:
    """R247: what was learnt was filed into a stranger's warning, and its log was exported instead."""
    await stage["finn"].says("der er ild i skuret")
    await stage["kim"].commands("erfaring vi manglede pumper")
    assert await stage["kim"].sees("2 hændelser: i gang og slut. Hvilken?")
    assert not await stage.log("lesson", 2)
    (first,) = [label for label in await stage["kim"].buttons() if label.startswith("1: ")]
    await stage["kim"].presses(first)
    assert "vi manglede pumper" in str(await stage.part("log"))
    assert "vi manglede pumper" not in str(await stage.part("log", 2))


@in_slack
async def test_a_report_afterwards_is_never_put_into_the_old_case(stage: Stage) -> None:
    """R247: what happens now is a new warning, whatever the sender took part in."""
    await stage["kim"].commands("melding vand i kælderen på Birkehøj")
    assert await stage["kim"].sees("ring 112")
    assert await stage["kim"].has("Send varsel") or await stage["kim"].has("Ja")
    assert not await stage.log("report")


@everywhere
async def test_who_took_part_can_still_read_how_it_stood(stage: Stage) -> None:
    """R247 R204: the status, and who answers to whom; it is said first that nothing goes on, and whoever was not in it reads
    no more than that."""
    await stage["anne"].commands("status")
    said = (await stage["anne"].reads())[-1]
    assert said.startswith("Der er ingen aktiv krise.")
    assert "skybrud" in said
    assert "Afblæst" in said
    assert await stage["anne"].has("Send varsel")
    await stage["finn"].commands("status")
    assert "skybrud" not in (await stage["finn"].reads())[-1]
    assert await stage.crises() == 1
    assert (await stage.export())["crisis"]["deactivated_at"]


@follows(cloudburst)
async def called_off_with_a_secret(stage: Stage) -> None:
    """Something confidential was written too."""
    await stage["kim"].commands("l ? pumpen er leveret")
    await stage["kim"].commands("l fortrolig: ? en vikar er mistænkt")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage.forward(hours=20)


secret_stage = after(called_off_with_a_secret)


@pytest.mark.long
@in_slack
async def test_nobody_has_more_rights_or_a_higher_grade_than_when_it_ended(secret_stage: Stage) -> None:
    """R216 R184: Hanne was a centre's contact beside the staff; she reads, files, confirms and exports no more than then."""
    stage = secret_stage
    numbers = {line["summary"]: line["no"] for line in await stage.part("log")}
    await stage["hanne"].commands("find vikar")
    assert not await stage["hanne"].sees("en vikar er mistænkt")
    await stage["hanne"].commands(f"bekræft {numbers['pumpen er leveret']}")
    assert (await stage.export())["log_state"][str(numbers["pumpen er leveret"])]["verification"] == "unconfirmed"
    for command in ("eksport", "sag 26/9999"):
        await stage["hanne"].commands(command)
    assert not await stage["hanne"].sees("/eksport/")
    assert (await stage.export())["crisis"]["case_ref"] != "26/9999"
    await stage["kim"].commands("find vikar")
    assert await stage["kim"].sees("en vikar er mistænkt")


@in_teams
async def test_the_export_that_is_asked_for_afterwards_can_be_fetched(stage: Stage) -> None:
    """D11: the link comes, and what it leads to is the whole case."""
    await stage["kim"].commands("eksport")
    status, content = await fetched(stage, "kim")
    assert (status, archive.verify(io.BytesIO(content))) == (200, [])
