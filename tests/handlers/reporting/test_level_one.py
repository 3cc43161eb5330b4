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


async def asked(stage: Stage) -> None:
    """Gitte asks for level 1 in her centre, and no director answers."""
    await stage["gitte"].commands("aktiver 1 smitte på Birkehøj")
    await stage.forward(minutes=5, seconds=1)


waiting = after(asked)


@in_one_chat
async def test_a_centre_whose_directors_are_silent_is_taken_up_the_chain(waiting: Stage) -> None:
    """R011 R005: they are reminded, 4K is asked, and the centre's chief has numbers to ring meanwhile."""
    assert await waiting["anne"].sees("ingen direktør har svaret")
    assert await waiting["gitte"].sees("Anne Holm +45 20 00 00 05")
    assert [step["person"] for step in await waiting.part("escalation")] == ["jens"]
    await waiting["ole"].presses("Godkend")
    assert (await waiting.part("crisis"))["level"] == 1
    assert [step["result"] for step in await waiting.part("escalation")] == ["stopped"]


@in_one_chat
async def test_whoever_takes_it_from_the_chain_decides_and_nothing_waits_any_longer(waiting: Stage) -> None:
    """R011 R008: 4K decides level 2; a director has nothing left to approve."""
    await waiting["jens"].presses("Jeg har den")
    await waiting["jens"].presses("Niveau 2")
    assert not await waiting["anne"].has("Godkend")
    assert (await waiting.part("crisis"))["level"] == 2


@in_one_chat
async def test_a_chief_who_takes_it_back_is_told_that_the_chain_still_has_the_warning(waiting: Stage) -> None:
    """R011 R017: those who were asked meanwhile are asked on, and nobody believes otherwise."""
    await waiting["gitte"].presses("Træk tilbage")
    assert await waiting["gitte"].sees("Varslet er stadig hos dem, der kan beslutte")
    await waiting["jens"].presses("Jeg har den")
    assert await waiting["jens"].has("Niveau 2")


@in_one_chat
async def test_a_centre_that_was_answered_or_took_it_back_rings_nobody(centres: Stage) -> None:
    """R011 R017: the director approved, and a second centre's chief took theirs back."""
    await centres["rune"].commands("aktiver 1 vand i kælderen")
    if await centres["rune"].has("Det er en anden hændelse"):
        await centres["rune"].presses("Det er en anden hændelse")
    await centres["rune"].presses("Træk tilbage")
    await centres.forward(minutes=30)
    for number in range(1, await centres.crises() + 1):
        assert not await centres.part("escalation", number)


@in_one_chat
async def test_the_mayor_reads_what_was_reported_asked_for_and_set_going(centres: Stage) -> None:
    """R013: "holdes løbende orienteret": not only what somebody wrote with `log`."""
    await centres.forward(minutes=1)
    await centres["mads"].commands("melding rådhuset lukkes")
    await centres["hanne"].commands("bistand 4 senge")
    await centres.forward(hours=4)
    for told in ("rådhuset lukkes", "4 senge"):
        assert any(told in said and "Orientering, niveau 1" in said for said in await centres["lars"].reads())
