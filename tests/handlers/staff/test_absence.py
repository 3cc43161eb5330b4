"""Who is away is asked last, and never not at all; who stands in is whom the holder says. Plan §2 and §4."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from handlers.core import availability
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import RehearsalStage, Stage


async def quiet_day(stage: Stage) -> None:
    """Nothing has happened; Kim has been heard."""
    await stage["kim"].commands("hjælp")


async def warned(stage: Stage) -> None:
    """Finn has warned, and Jens is asked."""
    await stage["finn"].commands("varsel vand i kælderen")
    await stage["finn"].presses("Ved ikke")


stage = after(quiet_day)
chain = after(warned)
crisis = after(cloudburst)


async def asked(stage: Stage) -> list[str]:
    every: list[dict[str, Any]] = await stage.part("escalation")
    return [step["person"] for step in every]


@pytest.mark.long
@in_teams
async def test_whoever_is_away_is_asked_last_and_their_deputy_first(stage: Stage) -> None:
    """R005 R006 R007: shown back with weekday and date; never not at all."""
    await stage["jens"].commands("fravær til mandag")
    assert await stage["jens"].sees("mandag den 6. juli 2026")
    assert await stage["jens"].sees("Pia Krogh")
    await warned(stage)
    await stage.forward(minutes=25)
    assert await asked(stage) == ["pia", "lars", "mette", "anne", "ole", "sara", "jens"]


@in_one_chat
async def test_what_cannot_be_read_is_refused_with_ones_own_words(stage: RehearsalStage) -> None:
    """R007: and nothing is changed."""
    for words in ("til jul", "fra 10/7 til 3/7", "blafre"):
        await stage["jens"].commands(f"fravær {words}")
        assert await stage["jens"].sees(f'"{words}"')
    await warned(stage)
    assert await asked(stage) == ["jens"]


@in_slack
async def test_an_end_that_has_passed_or_that_nobody_can_read_is_asked_about(stage: Stage) -> None:
    """R007, requirement 3.5: with weekday and date, as in every verb; for another by the secretary as well."""
    await stage["jens"].commands("fravær til kl 8")
    assert await stage["jens"].sees("intet er ændret. Mener du fredag den 3. juli 2026 kl. 08:00?")
    await stage["jens"].presses("Ja")
    assert await stage["jens"].sees("Du er fraværende")
    await stage["kim"].commands("fravær Pia til jul")
    assert not await stage["pia"].sees("fraværende")
    await stage["kim"].fills_in("Anden tid", when="til mandag")
    assert await stage["pia"].sees("Kim Dahl har noteret, at du er fraværende")
    await stage["jens"].commands("fravær slut")
    await warned(stage)
    assert await asked(stage) == ["jens"]


@in_slack
async def test_the_secretary_notes_somebody_elses_and_nobody_else_does(stage: Stage) -> None:
    """R007: they are told, and can say that they are here."""
    await stage["mads"].commands("fravær Jens til mandag")
    assert await stage["mads"].sees("Kim Dahl")
    assert not await stage["jens"].sees("fraværende")
    await stage["kim"].commands("fravær Jens til mandag")
    assert await stage["jens"].sees("Kim Dahl har noteret, at du er fraværende")
    await stage["jens"].presses("Er her")
    await warned(stage)
    assert await asked(stage) == ["jens"]


@pytest.mark.long
@in_teams
async def test_an_absence_ends_by_itself_and_whoever_it_was_is_told(stage: Stage) -> None:
    """R007: told in the morning, since it doesn't haste; and asked first again."""
    await stage["kim"].commands("fravær Jens i dag")
    await stage.forward(hours=17)
    assert await stage["jens"].sees("Dit fravær er slut")
    await warned(stage)
    assert await asked(stage) == ["jens"]


@in_one_chat
async def test_fravær_slut_ends_it_and_the_ending_comes_once(stage: RehearsalStage) -> None:
    """R007: no second word of it when it would have ended."""
    await stage["jens"].commands("fravær i dag")
    await stage["jens"].commands("fravær slut")
    assert await stage["jens"].sees("Du er her igen")
    await stage["jens"].commands("fravær slut")
    assert await stage["jens"].sees("Der er ikke noteret noget fravær for dig")
    await stage.forward(hours=17)
    assert not await stage["jens"].sees("Dit fravær er slut")


@in_one_chat
async def test_one_ahead_counts_when_it_begins(stage: RehearsalStage) -> None:
    """R007: not before; a new one takes the place of the old."""
    await stage["jens"].commands("fravær fra fredag til søndag")
    await stage["finn"].commands("fravær til mandag")
    assert await stage["finn"].sees("Du står ikke i beredskabsplanen")
    await stage["kim"].commands("fravær")
    assert await stage["kim"].sees("Jens Lund: fra fredag den 3. juli 2026")
    await warned(stage)
    assert await asked(stage) == ["jens"]


@in_one_chat
async def test_somebody_who_goes_away_while_the_chain_runs_is_still_asked_once(chain: RehearsalStage) -> None:
    """R005: nobody is passed over, and nobody is asked twice, because the order has changed."""
    await chain["lars"].commands("fravær i dag")
    await chain["jens"].commands("fravær i dag")
    await chain.forward(minutes=25)
    assert await asked(chain) == ["jens", "pia", "mette", "anne", "ole", "sara", "lars"]


@pytest.mark.long
@in_one_chat
async def test_when_all_are_away_all_are_asked(stage: RehearsalStage) -> None:
    """R005: in the plan's order."""
    every = ["jens", "pia", "lars", "mette", "anne", "ole", "sara"]
    for person in every:
        await stage[person].commands("fravær i dag")
    await warned(stage)
    await stage.forward(minutes=21)
    assert await asked(stage) == every


@pytest.mark.long
@in_slack
async def test_a_summons_to_who_is_away_goes_to_the_deputy_at_once_and_to_them(stage: Stage) -> None:
    """R131 R007 R102: also the centre's chief's."""
    await stage["lars"].commands("fravær til mandag")
    await stage["rune"].commands("stedfortræder Mads")
    await stage["rune"].commands("fravær til mandag")
    await cloudburst(stage)
    summoned = [each["to"] for each in await stage.part("notifications") if each["kind"] == "summons"]
    assert {"lars", "mette"} <= set(summoned)
    assert await stage["mette"].sees("som stedfortræder for Lars Vinther")
    for person in ("rune", "mads"):
        assert await stage[person].has("Mit center er underrettet")
    await stage["mads"].presses("Mit center er underrettet")
    assert await stage["mads"].sees("underrettet")


@in_teams
async def test_an_absence_is_todays_in_a_crisis_that_runs(crisis: Stage) -> None:
    """R007 R251: the log says so, and `hvem` shows it."""
    await crisis["lars"].commands("fravær til mandag")
    assert any("Lars Vinther er fraværende" in line["summary"] for line in await crisis.log("notice"))
    await crisis["kim"].commands("hvem")
    assert await crisis["kim"].sees("Lars Vinther (fraværende til mandag den 6. juli 2026")


@in_teams
async def test_a_holder_names_their_own_deputy_who_has_the_deputys_right(crisis: Stage) -> None:
    """R007 R006 R073: in a crisis that began before, too; until it is taken back."""
    await crisis["ole"].commands("afblæs")
    assert not await crisis["ole"].has("Afblæs")
    await crisis["lars"].commands("stedfortræder Ole")
    assert await crisis["ole"].sees("gjort dig til sin stedfortræder som borgmester")
    await crisis["ole"].commands("afblæs")
    assert await crisis["ole"].has("Afblæs")
    await crisis["lars"].commands("stedfortræder ingen")
    await crisis["ole"].presses("Afblæs")
    assert (await crisis.part("crisis"))["deactivated_at"] is None


@in_one_chat
async def test_only_the_holder_names_the_deputy_and_only_to_what_they_hold(stage: RehearsalStage) -> None:
    """R007: not the deputy, not a director, not somebody outside the plan."""
    await stage["mette"].commands("stedfortræder Finn")
    assert await stage["mette"].sees("Du har ingen rolle i planen")
    await stage["anne"].commands("stedfortræder Hanne")
    assert await stage["anne"].sees("Direktionens medlemmer træder i hinandens sted")
    await stage["lars"].commands("stedfortræder Finn")
    assert await stage["lars"].sees('Jeg kan ikke se, hvem "Finn" er')
    await stage["lars"].commands("stedfortræder Lars")
    assert await stage["lars"].sees("din egen stedfortræder")
    await stage["hanne"].commands("aktiver 2 skybrud")
    assert not await stage["anne"].sees("skybrud")


@pytest.mark.long
@in_one_chat
async def test_who_holds_several_says_which(stage: RehearsalStage) -> None:
    """R007: Kim is secretary and log keeper; and a deputy for a while is one for a while."""
    await stage["kim"].commands("stedfortræder Siv til mandag")
    await stage["kim"].presses("Sekretær")
    assert await stage["siv"].sees("sekretær til mandag den 6. juli 2026")
    await stage["siv"].commands("fravær Jens til mandag")
    assert await stage["jens"].sees("Siv Lau har noteret")
    await stage.forward(hours=100)
    await stage["siv"].commands("fravær Lars i dag")
    assert not await stage["lars"].sees("Siv Lau har noteret")


@in_one_chat
async def test_the_staff_chiefs_deputy_is_named_as_before(crisis: RehearsalStage) -> None:
    """R054: by those who give roles, and proposed by the secretariat until the first meeting has been held."""
    await crisis["kim"].commands("stedfortræder Sara")
    assert await crisis["kim"].sees("foreslået Sara Nygaard som krisestabschefens stedfortræder")


@in_one_chat
async def test_news_of_absence_is_no_leave_and_its_words_go_on(stage: RehearsalStage) -> None:
    """R007: written in plain words, it can still be a warning."""
    await stage["hanne"].says("fravær på plejecentret stiger")
    assert await stage["hanne"].has("Send som melding")
    await stage["hanne"].presses("Send varsel")
    assert (await stage.part("alerts"))[0]["person"] == "hanne"


@in_teams
async def test_an_absence_is_undone_for_five_minutes_and_what_was_noted_before_counts_again(stage: Stage) -> None:
    """R007, requirement 3.1.7: by whoever noted it; the nearest who may not is the one it is about, who has [Er her]."""
    jens = stage["jens"]
    await jens.commands("fravær til onsdag")
    await jens.commands("fravær til den 20. juli")
    await jens.presses("Fortryd")
    assert await jens.sees("Fortrudt. Du spørges som før (fraværende til onsdag den 8. juli 2026")
    await jens.commands("fravær slut")
    await jens.commands("fravær til fredag")
    await stage.forward(minutes=6)
    assert not await jens.has("Fortryd")
    assert await jens.has("Er her")
    await stage["kim"].commands("fravær Pia til mandag")
    assert not await stage["pia"].has("Fortryd")
    assert await stage["pia"].has("Er her")


@pytest.mark.long
@in_one_chat
async def test_what_belongs_to_no_crisis_does_not_end_with_one(crisis: RehearsalStage) -> None:
    """R007, requirement 3.5: whoever noted an absence while a crisis ran is told that it is over, when the crisis is."""
    await crisis["kim"].commands("fravær til mandag")
    await crisis["lars"].commands("afblæs")
    await crisis["lars"].presses("Afblæs")
    await crisis.forward(days=4)
    assert await crisis["kim"].sees("Dit fravær er slut")


@in_slack
async def test_a_named_deputy_can_be_undone_for_five_minutes(stage: Stage) -> None:
    """R007, requirement 3.1.7: whom they had named before stands in again, and both are told."""
    await stage["jens"].commands("stedfortræder Mads")
    await stage["jens"].commands("stedfortræder Ole")
    await stage["jens"].presses("Fortryd")
    assert await stage["jens"].sees("Fortrudt. Ole")
    assert await stage["ole"].sees("Fortrudt: du er ikke stedfortræder for Jens Lund")
    await stage["jens"].commands("stedfortræder ingen")
    await stage["jens"].presses("Fortryd")
    await stage["jens"].commands("stedfortræder")
    assert await stage["jens"].sees("beredskabschef: Mads")
    await stage["jens"].commands("stedfortræder Ole")
    await stage.forward(minutes=6)
    assert not await stage["jens"].has("Fortryd")


@in_one_chat
async def test_whoever_has_a_role_by_shift_names_their_own_deputy_in_it(crisis: RehearsalStage) -> None:
    """R007 R071: it counts as long as they have the role, in place of whom its holder by the plan had named."""
    await crisis["bo"].commands("stedfortræder Mads")
    await crisis["kim"].commands("vagt kommunikation Hanne nu - i morgen 8")
    await crisis["hanne"].commands("stedfortræder Ole")
    assert await crisis["ole"].sees("Hanne Toft har gjort dig til sin stedfortræder som kommunikation")
    await crisis["hanne"].commands("stedfortræder")
    assert await crisis["hanne"].sees("kommunikation: Ole")
    async with crisis.database.reading() as db:
        row = (await db.scalars(select(Crisis))).one()
        today, _ = await availability.todays(db, crisis.plan, crisis.clock.now())
    rules = Plan.thawed(row.plan, today, row.holders)
    deputies = rules.deputies("kommunikation")
    assert (rules.holder("kommunikation"), deputies[0], "mads" in deputies) == ("hanne", "ole", False)
