"""At level 1 there is no staff: what somebody tells reaches those who run it, and names them."""

from __future__ import annotations

from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after
from tests.stage.stage import Stage


async def by_a_decider(stage: Stage) -> None:
    """Jens decides level 1: no centre runs it."""
    await stage["jens"].commands("aktiver 1 pumpesvigt i Fløng")


async def by_a_centre(stage: Stage) -> None:
    """Gitte, chief of Sundhed, and a director decide it together."""
    await stage["gitte"].commands("aktiver 1 smitte på Birkehøj")
    await stage["ole"].presses("Godkend")


decided = after(by_a_decider)
centres = after(by_a_centre)


@in_one_chat
async def test_a_report_at_level_one_reaches_whoever_decided_it_and_the_directorate(decided: Stage) -> None:
    """R009 R192: nobody is thanked for nothing."""
    await decided["mads"].commands("melding pumpen er gået i stå")
    assert await decided["jens"].sees("pumpen er gået i stå")
    assert await decided["anne"].sees("pumpen er gået i stå")
    assert await decided["mads"].sees("Jens Lund")
    assert not await decided["mads"].sees("Krisestaben har din melding")


@in_one_chat
async def test_a_request_at_level_one_is_with_those_who_run_it_and_not_with_a_staff(decided: Stage) -> None:
    """R220: it says who has it."""
    await decided["hanne"].commands("bistand 4 senge")
    assert await decided["jens"].sees("4 senge")
    assert not await decided["hanne"].sees("er hos krisestaben")


@in_one_chat
async def test_where_a_centre_runs_it_its_chief_and_contact_and_the_director_are_told(centres: Stage) -> None:
    """R011 R014: and the mayor, who doesn't run it, isn't."""
    await centres["mads"].commands("melding haster der mangler værnemidler")
    for person in ("gitte", "hanne", "ole"):
        assert await centres[person].sees("værnemidler")
    assert not await centres["lars"].sees("værnemidler")
