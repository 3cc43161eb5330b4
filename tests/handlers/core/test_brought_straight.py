"""What says HASTER is with the staff and its chief at once, whatever it was written as. Plan §9, "afleveres direkte til krisestaben"."""

from __future__ import annotations

from tests.stage.platforms import in_one_chat, in_slack, in_teams, only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_slack
async def test_what_hastens_is_a_report_also_without_a_verb(stage: Stage) -> None:
    """R225: it waited for a press; the chief has it directly and the staff's channel reads it."""
    await stage["mads"].says("haster: vejen ved skolen er skredet ned")
    (report,) = await stage.part("reports")
    assert (report["what"], report["urgent"]) == ("haster: vejen ved skolen er skredet ned", True)
    assert await stage["lars"].sees("HASTER – Melding nr. 1")
    assert await stage["anne"].sees("HASTER – melding fra Mads Rosen")


@in_teams
async def test_a_lack_that_hastens_is_told_of_before_anybody_has_pressed(stage: Stage) -> None:
    """R225 R220: whether it shall be a request is asked beside it."""
    await stage["mads"].says("haster! vi skal bruge en pumpe nu")
    assert await stage["lars"].sees("Mads Rosen skriver: »haster! vi skal bruge en pumpe nu«")
    await stage["mads"].presses("Send")
    assert [each["urgent"] for each in await stage.part("assistance_requests")] == [True]


@only_in_slack
async def test_what_hastens_in_the_staffs_own_channel_is_told_to_its_chief_alone(stage: Stage) -> None:
    """R225: the channel has read it already."""
    before = len(await stage["anne"].reads())
    await stage["kim"].says("haster: ring til politiet på havnen", "stab")
    assert await stage["lars"].sees("Kim Dahl skriver: »haster: ring til politiet på havnen«")
    said = (await stage["anne"].reads())[before:]
    assert not any("Kim Dahl skriver" in each for each in said)


@in_one_chat
async def test_what_few_may_know_is_told_to_the_chief_alone_and_a_stranger_hastens_nothing(stage: Stage) -> None:
    """R216 R225: nearest are a confidential line, words that deny it, and an employee without a part in the crisis."""
    before = len(await stage["anne"].reads())
    await stage["kim"].commands("log fortrolig: haster, beboeren hedder Kodeordfoxtrot")
    await stage["mads"].says("det haster ikke med pumpen")
    await stage["finn"].says("haster: hvor skal jeg parkere")
    assert await stage["lars"].sees("Kodeordfoxtrot")
    assert not any("HASTER" in each or "Kodeordfoxtrot" in each for each in (await stage["anne"].reads())[before:])
    assert await stage.part("reports") == []


@in_one_chat
async def test_of_two_incidents_both_staffs_have_it_at_once_and_their_chief_once(stage: Stage) -> None:
    """R225 D04: which one it is about is asked beside it; nobody waits for that."""
    await stage["jens"].commands("aktiver 2 strømsvigt på havnen")
    await stage["jens"].presses("Det er en anden hændelse")
    before = {name: len(await stage[name].reads()) for name in ("lars", "anne")}
    await stage["mads"].says("haster: vejen ved skolen er skredet ned")
    said = {name: (await stage[name].reads())[count:] for name, count in before.items()}
    # In both channels; the chief reads it in his own chat too, once.
    assert sum("*HASTER*" in each for each in said["anne"]) == 2
    assert sum("*HASTER*" in each for each in said["lars"]) == 3
    await stage["mads"].presses("1: skybrud, kloak står op i Hedehusene")
    assert [report["urgent"] for report in await stage.part("reports")] == [True]
