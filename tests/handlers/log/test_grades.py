"""Lines get a grade, and who may know what is decided by the staff, on every platform."""

from __future__ import annotations

import pytest

from storage.case.verification import verify_export
from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage, log_of, told

stage = after(cloudburst)


async def repeated(stage: Stage, person: str) -> bool:
    """Whether krisebot shows somebody the words; what Kim has written in the channel is Kim's."""
    said = [seen for seen in await stage[person].reads() if "log !" not in seen]
    return any("stue 12 er smittet" in seen for seen in said)


@in_slack
async def test_a_line_gets_another_grade_afterwards_and_its_words_are_taken_back(stage: Stage) -> None:
    """R215 R216: by the log keeper; it is a line of its own, and the channel no longer shows the words."""
    await stage["kim"].commands("log ! beboeren på stue 12 er smittet", "stab")
    line = (await stage.log("information"))[-1]
    assert await repeated(stage, "anne")
    await stage["hanne"].commands(f"grad {line['no']} åben")
    assert (await stage.part("log_state"))[str(line["no"])]["grade"] == "staff"
    await stage["kim"].commands(f"grad {line['no']} fortrolig", "stab")
    told_so = await stage.export()
    assert told_so["log_state"][str(line["no"])]["grade"] == "confidential"
    change = log_of(told_so, "grade")[-1]
    assert (change["grade"], change["refs"]) == ("confidential", {"sets_grade_of": line["no"]})
    assert not await repeated(stage, "anne")
    assert not await repeated(stage, "lars")
    await stage["lars"].commands(f"find {line['no']}")
    assert await repeated(stage, "lars")
    await stage["kim"].fills_in("Fortrolighed", grade="staff")
    assert (await stage.part("log_state"))[str(line["no"])]["grade"] == "staff"
    assert verify_export(await stage.export()) == []


@in_slack
async def test_the_centre_chiefs_get_of_the_log_what_is_decided_and_not_before(stage: Stage) -> None:
    """R215 R216: S3 08:55: the matrix is stored; entries graded Stab and Fortrolig are not in that share."""
    await stage["kim"].commands("log ! intern: skolerne holder åbent")
    await stage["kim"].commands("log ! en vikar mangler i køkkenet")
    await stage["kim"].commands("delbart alle centerchefer")
    assert await stage.part("sharings") == []
    assert await stage.log("shared") == []
    await stage["hanne"].commands("deling log centerchefer Stab")
    assert await stage.part("sharings") == []
    await stage["lars"].commands("deling")
    await stage["lars"].fills_in("Beslut deling", subject="log", audience="centerchefer", grade="internal")
    told_so = await stage.export()
    (decided,) = told_so["sharings"]
    assert (decided["subject"], decided["audience"], decided["grade"], decided["decided_by"]) == (
        "log",
        "centerchefer",
        "internal",
        "lars",
    )
    assert log_of(told_so, "decision")[-1]["no"] == decided["log_no"]
    await stage["kim"].commands("delbart alle centerchefer")
    shared = (await stage.log("shared"))[-1]
    assert "rune" in shared["receiver"].split(", ")
    for chief in ("rune", "gitte"):
        assert chief in told(await stage.export(), "notice")
        assert await stage[chief].sees("skolerne holder åbent")
        assert not await stage[chief].sees("en vikar mangler")


@pytest.mark.long
@in_one_chat
async def test_minutes_go_no_further_than_is_decided(stage: Stage) -> None:
    """R092 R215: the grade is checked before they are sent, and who can change it is told."""
    await stage["lars"].commands("deling referat centerchefer ikke")
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage.at("17:00")
    await stage["kim"].fills_in("Start mødet")
    await stage["eva"].fills_in("Nyt punkt", text="vikarer", decision="tre vikarer hentes fra Greve i aften")
    await stage["kim"].fills_in("Slut mødet", next_at="ingen")
    await stage["lars"].fills_in("Godkend", forward="centerchefer")
    (minutes,) = (await stage.part("meetings"))[0]["minutes"]
    assert (minutes["approved_by"], minutes["sent_at"]) == (None, None)
    assert await stage["lars"].sees("*/krise deling*") or await stage["lars"].sees("/krise deling")
    assert not await stage["rune"].sees("tre vikarer")
    await stage["gitte"].commands("referat")
    assert not await stage["gitte"].sees("tre vikarer")
    await stage["lars"].commands("deling referat centerchefer Stab")
    await stage["lars"].fills_in("Godkend", forward="centerchefer")
    (minutes,) = (await stage.part("meetings"))[0]["minutes"]
    assert "rune" in minutes["recipients"]
    assert await stage["rune"].sees("tre vikarer")
    await stage["gitte"].commands("referat")
    assert (await stage["gitte"].reads())[-1].count("tre vikarer") == 1


@pytest.mark.long
@in_one_chat
async def test_minutes_that_repeat_a_confidential_line_are_for_those_who_may_see_it(stage: Stage) -> None:
    """R092 R215 R216: neither the channel nor the members below that grade; what was decided has it too."""
    await stage["kim"].commands("log fortrolig: politiet får de tre navne i aften")
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage.at("17:00")
    assert not await stage["lars"].has("Beslut deling")
    await stage["kim"].fills_in("Start mødet")
    assert await stage["lars"].has("Beslut deling")
    await stage["eva"].fills_in("Nyt punkt", text="navne", decision="politiet får de tre navne i aften")
    await stage["kim"].fills_in("Slut mødet", next_at="ingen")
    await stage["lars"].fills_in("Godkend", forward="rune")
    assert (await stage.part("meetings"))[0]["minutes"][0]["approved_by"] is None
    await stage["lars"].fills_in("Godkend", forward="kim")
    told_so = await stage.export()
    (minutes,) = told_so["meetings"][0]["minutes"]
    assert minutes["grade"] == "confidential"
    assert {"lars", "kim"} <= set(minutes["recipients"])
    assert not {"anne", "sara"} & set(minutes["recipients"])
    states = told_so["log_state"]
    assert {states[str(line["no"])]["grade"] for line in log_of(told_so, "minutes")} == {"confidential"}
    assert any(states[str(line["no"])]["grade"] == "confidential" for line in log_of(told_so, "decision"))
    assert not await stage["anne"].sees("de tre navne")


@in_one_chat
async def test_what_is_said_to_be_confidential_behind_any_verb_is(stage: Stage) -> None:
    """R215 R216: only `log` heard "fortrolig:"; behind all others everybody in the staff's channel read it. Whoever has to act
    reads it, and what is asked of many is read by them."""
    for person, words in (
        ("mads", "melding fortrolig: Kodeordfoxtrot på stue 4 er smittet"),
        ("mads", "melding HASTER fortrolig: Kodeordfoxtrot er faldet om"),
        ("kim", "bistand fortrolig: 2 mand til Kodeordfoxtrot på stue 4"),
        ("kim", "punkt fortrolig: flyt Kodeordfoxtrot fra stue 4"),
        ("anne", "spm fortrolig: er Kodeordfoxtrot på stue 4 i sundhed?"),
    ):
        await stage[person].commands(words, "dm")
    await stage["kim"].commands("tiltag fortrolig: flyt Kodeordfoxtrot fra stue 4 @Mads kl 18")
    assert await stage["mads"].sees("T1: fortrolig: flyt Kodeordfoxtrot")
    assert await stage["hanne"].sees("er Kodeordfoxtrot på stue 4 i sundhed")
    assert await stage["lars"].sees("Kodeordfoxtrot er faldet om")
    for person in ("eva", "sara"):
        assert not await stage[person].sees("Kodeordfoxtrot"), person
    told = await stage.export()
    said = [line["no"] for line in told["log"] if "Kodeordfoxtrot" in line["summary"]]
    assert {told["log_state"][str(no)]["grade"] for no in said} == {"confidential"}
    await stage["eva"].says("fortrolig: Kodeordhotel på stue 5 er smittet")
    await stage["eva"].presses("Send som melding")
    assert await stage["lars"].sees("Kodeordhotel")
    assert not await stage["sara"].sees("Kodeordhotel")
    await stage["kim"].commands("ping sundhed fortrolig: er Kodeordgolf kommet hjem?")
    assert await stage["hanne"].sees("fortrolig: er Kodeordgolf kommet hjem?")
