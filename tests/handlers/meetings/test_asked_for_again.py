"""What is asked for is shown where it is asked for, and again below what has been said since."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@pytest.mark.long
@pytest.mark.parametrize("words", ["dagsorden", "møde", "billede", "byråd"])
@in_teams
async def test_what_is_asked_for_again_stands_below_and_where_it_is_asked_for(stage: Stage, words: str) -> None:
    """R081 R055 R189 D03: hours later it was changed far up, or not at all, and whoever asked read nothing. Just after, and
    for somebody else, what stands there stays."""
    await stage["kim"].commands("møde i morgen kl 10 stabsrummet")
    await stage["kim"].commands(words)
    first = (await stage["kim"].reads())[-1]
    before = len(await stage["kim"].reads())
    await stage["kim"].commands(words)
    assert len(await stage["kim"].reads()) == before
    await stage.forward(minutes=2)
    await stage["tina"].commands(words)
    assert (await stage["tina"].reads())[-1].splitlines()[0] == first.splitlines()[0]
    assert "Vist igen" not in "".join(await stage["kim"].reads())
    await stage["kim"].commands(words)
    *earlier, now = await stage["kim"].reads()
    assert now.splitlines()[0] == first.splitlines()[0]
    assert [said.splitlines()[0] for said in earlier if "Vist igen kl. 14:02, længere nede" in said] == [
        first.splitlines()[0]
    ]
    await stage["kim"].commands(words, "stab")
    assert any(said.splitlines()[0] == first.splitlines()[0] for said in (await stage["anne"].reads())[-1:])


@in_slack
async def test_start_the_meeting_written_is_the_meeting_and_no_new_crisis(stage: Stage) -> None:
    """R033 R088: "start mødet" was offered to be run as `aktiver`, and while the framing staff is called there was "ikke
    indkaldt til et møde"; a stranger is refused."""
    await stage["anne"].says("Start mødet")
    assert "Det rammesættende møde er indkaldt til straks" in (await stage["anne"].reads())[-1].replace("*", "")
    await stage["lars"].fills_in("Start mødet")
    await stage["anne"].commands("møde")
    assert "Det rammesættende møde er i gang siden kl. 14:00" in (await stage["anne"].reads())[-1].replace("*", "")
    await stage["lars"].presses("Slut mødet")
    await stage["kim"].commands("møde om 30 min stabsrummet")
    await stage.forward(minutes=31)
    await stage["kim"].commands("start mødet")
    assert "Møde 1, torsdag" in (await stage["kim"].reads())[-1].replace("*", "")
    await stage["anne"].says("slut mødet")
    assert "Møde 1 i krisestaben" in (await stage["anne"].reads())[-1].replace("*", "")
    await stage["finn"].says("start mødet")
    assert await stage["finn"].sees("Det kan kun krisestabschefen eller krisesekretariatet")
    assert await stage.crises() == 1
