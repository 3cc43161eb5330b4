"""Undo for five minutes, by whoever did it and those who run the staff, as a new line. Requirement 3.1.7."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_teams
async def test_a_log_line_is_undone_by_a_new_line_and_stands(stage: Stage) -> None:
    """Requirement 3.1.7, R183: nothing is deleted, and its card loses every button."""
    await stage["kim"].commands("log ? 40 cm vand i Fløng")
    (line,) = [each for each in await stage.part("log") if each["summary"] == "40 cm vand i Fløng"]
    await stage["kim"].presses("Fortryd")
    last = (await stage.part("log"))[-1]
    assert (last["summary"], last["refs"]) == (
        f"Fortrudt: nr. {line['no']} gælder ikke",
        {"corrects": line["no"], "undoes": line["no"]},
    )
    assert line in await stage.part("log")
    assert (await stage.export())["log_state"][str(line["no"])]["corrected_by"] == last["no"]
    assert await stage["kim"].sees(f"Nr. {line['no']} er fortrudt i nr. {last['no']} og gælder ikke")
    assert not await stage["kim"].has("Fortryd")
    assert not await stage["kim"].has("Lav tiltag")
    await stage["lars"].commands(f"bekræft {line['no']}")
    assert (await stage.export())["log_state"][str(line["no"])]["verification"] == "unconfirmed"


@pytest.mark.long
@in_slack
async def test_after_five_minutes_the_button_is_gone_from_the_card(stage: Stage) -> None:
    """Requirement 3.1.7: it leaves by itself, from whatever it stands on; the rest of the card stays."""
    for command in ("log ? vand i Fløng", "tiltag pumpe til Birkehøj", "ind Rune", "rolle referent Tina"):
        await stage["kim"].commands(command)
    assert (await stage["kim"].buttons()).count("Fortryd") == 4
    await stage.forward(minutes=4, seconds=59)
    assert (await stage["kim"].buttons()).count("Fortryd") == 4
    await stage.forward(seconds=1)
    assert not await stage["kim"].has("Fortryd")
    assert await stage["kim"].has("Lav tiltag")


@in_one_chat
async def test_a_new_measure_is_cancelled_and_its_owner_is_told(stage: Stage) -> None:
    """Requirement 3.1.7: whoever was told of it is told that it isn't so."""
    await stage["kim"].commands("tiltag pumpe til Birkehøj @Mads kl 18")
    await stage["kim"].presses("Fortryd")
    (measure,) = await stage.part("measures")
    assert measure["status"] == "cancelled"
    assert (await stage.log("measure"))[-1]["summary"] == "T1 er annulleret: pumpe til Birkehøj (fortrudt)"
    assert await stage["mads"].sees("Fortrudt af Kim")
    assert not await stage["kim"].has("Fortryd")


@in_slack
async def test_a_status_and_an_owner_are_put_back(stage: Stage) -> None:
    """Requirement 3.1.7: one step back, each logged by itself."""
    await stage["kim"].commands("tiltag pumpe til Birkehøj @Mads kl 18")
    await stage["mads"].commands("t 1 udført")
    await stage["mads"].presses("Fortryd")
    assert [each["status"] for each in await stage.part("measures")] == ["pending"]
    await stage["kim"].commands("t 1 @Rune")
    assert [each["owner"] for each in await stage.part("measures")] == ["rune"]
    await stage["kim"].presses("Fortryd")
    assert [each["owner"] for each in await stage.part("measures")] == ["mads"]
    assert await stage["rune"].sees("Fortrudt af Kim")


@in_one_chat
async def test_what_somebody_has_changed_since_is_not_undone(stage: Stage) -> None:
    """Requirement 3.1.7: the button leaves with the change, since it would undo something else."""
    await stage["kim"].commands("tiltag pumpe til Birkehøj @Mads kl 18")
    await stage["mads"].commands("t 1 udført")
    assert not await stage["kim"].has("Fortryd")
    await stage["kim"].commands("ind Rune")
    await stage["anne"].commands("log ? noget andet")
    await stage["lars"].commands("ud Rune")
    assert not await stage["kim"].has("Fortryd")


@in_one_chat
async def test_in_and_out_are_undone(stage: Stage) -> None:
    """R122, requirement 3.1.7: both are in the log, and the one it is about knows."""

    async def inside() -> list[str]:
        return [each["person"] for each in await stage.part("members") if each["until"] is None]

    before = await inside()
    await stage["kim"].commands("ind Rune")
    assert "rune" in await inside()
    await stage["kim"].presses("Fortryd")
    assert sorted(await inside()) == sorted(before)
    assert (await stage.log("member"))[-1]["summary"].startswith("Ud af krisestaben: Rune")
    await stage["kim"].commands("ind Rune")
    await stage["kim"].commands("ud Rune")
    await stage["kim"].presses("Fortryd")
    assert "rune" in await inside()
    assert (await stage.log("member"))[-1]["summary"].startswith("Ind i krisestaben: Rune")


@in_teams
async def test_a_role_is_given_back(stage: Stage) -> None:
    """R120, requirement 3.1.7: rights follow; without a chief it is the mayor's again."""
    await stage["lars"].commands("rolle krisestabschef Anne")
    assert (await stage.part("crisis"))["chief"] == "anne"
    await stage["lars"].presses("Fortryd")
    assert (await stage.part("crisis"))["chief"] is None
    assert await stage["anne"].sees("er ikke krisestabschef")
    await stage["kim"].commands("rolle logfører Eva")
    await stage["kim"].presses("Fortryd")
    await stage["eva"].commands("log ! vand i Fløng")
    assert (await stage.part("log"))[-1]["verification"] == "unconfirmed"


@in_one_chat
async def test_who_neither_did_it_nor_runs_the_staff_may_not(stage: Stage) -> None:
    """Requirement 3.1.7: a member of the staff sees the button in its channel; the secretary may, and so may the author."""
    await stage["anne"].commands("log ? vand i Fløng", "stab")
    before = len(await stage.part("log"))
    await stage["sara"].presses("Fortryd")
    assert len(await stage.part("log")) == before
    assert await stage["anne"].has("Fortryd")
    await stage["kim"].presses("Fortryd")
    assert (await stage.part("log"))[-1]["summary"].startswith("Fortrudt: nr.")


@in_one_chat
@pytest.mark.parametrize("said", ["log ? HASTER dæmningen ved Fløng giver efter", "bekræft 1"])
async def test_what_was_sent_or_confirmed_has_no_undo(stage: Stage, said: str) -> None:
    """Requirement 3.1.7: it is answered by something new."""
    await stage["lars"].commands(said)
    assert not await stage["lars"].has("Fortryd")


@in_one_chat
async def test_a_line_that_was_confirmed_or_corrected_has_no_undo_any_longer(stage: Stage) -> None:
    """Requirement 3.1.7, "buttons tell the truth": the author's own card loses it with what others do."""
    await stage["anne"].commands("log ? vand i Fløng")
    no = (await stage.part("log"))[-1]["no"]
    assert await stage["anne"].has("Fortryd")
    await stage["lars"].commands(f"bekræft {no}")
    assert not await stage["anne"].has("Fortryd")
    assert not await stage["anne"].has("Bekræft")


@pytest.mark.long
@in_slack
async def test_what_was_decided_approved_or_sent_out_has_no_undo(stage: Stage) -> None:
    """Requirement 3.1.7: a decision, an order, a meeting, a ping and an approved agenda are answered by something new."""
    for words in ("beslut skolerne i Hedehusene lukker kl 12 i morgen", "ping alle hvordan står det til? svar 18"):
        await stage["lars"].commands(words)
    await stage["lars"].commands("ordre spær Hovedgaden @Mads kl 18")
    await stage["lars"].presses("Udsted ordre")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    await stage["ole"].presses("Godkend")
    for person in ("lars", "ole", "kim", "jens"):
        assert not await stage[person].has("Fortryd"), person
