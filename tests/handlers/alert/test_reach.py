"""Is everyone reachable? Asked in the chat before the night it is needed, and worked through by telephone on that night."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.stage.platforms import in_one_chat, in_teams
from tests.stage.slack import SlackStage
from tests.stage.stage import DENMARK, Stage, log_of


@in_teams
async def test_kontakt_gives_everybody_the_public_lines_and_the_secretariat_the_list(open_stage: Stage) -> None:
    """R070 R250 R309 T30: whoever isn't of the chief or the secretariat gets nobody's own number."""
    stage = open_stage
    await stage["finn"].commands("kontakt")
    await stage["mads"].commands("kontakt")
    for name in ("finn", "mads"):
        said = "\n".join(await stage[name].reads())
        assert "112" in said
        assert "+4520000099" in said
        assert "20000001" not in said.replace(" ", "")
        assert not await stage[name].has("Telefonliste")
    for name in ("kim", "lars"):
        await stage[name].commands("kontakt")
        await stage[name].presses("Telefonliste")
        assert await stage[name].sees("Jens Lund")
        assert "20000001" in "\n".join(await stage[name].reads()).replace(" ", "")
    await stage["kim"].presses("Næste side")
    await stage["kim"].presses("Listen er gennemgået")
    assert await stage["kim"].sees("Gennemgået 02.07.2026 af Kim Dahl")
    assert not await stage["kim"].sees("er ikke gennemgået endnu")


@in_one_chat
async def test_the_list_is_gone_through_in_a_word_too_and_not_by_those_who_do_not_keep_it(open_stage: Stage) -> None:
    """R244 R309: "kontakt gennemgået"; the nearest who may not is a centre's contact."""
    stage = open_stage
    await stage["mads"].commands("kontakt gennemgået")
    await stage["kim"].commands("kontakt")
    assert await stage["kim"].sees("er ikke gennemgået endnu")
    await stage["kim"].commands("kontakt gennemgaaet")
    assert await stage["kim"].sees("Gennemgået 02.07.2026 af Kim Dahl")


@in_one_chat
async def test_the_list_asked_for_in_the_staffs_channel_is_answered_alone(open_stage: Stage) -> None:
    """T30: the channel has support functions in it too."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("kontakt", "stab")
    assert await stage["kim"].has("Telefonliste")
    assert not await stage["nils"].has("Telefonliste")


@pytest.mark.long
@in_teams
async def test_who_has_not_answered_is_one_list_to_ring_from_and_kontaktet_takes_them_off_it(open_stage: Stage) -> None:
    """R309 D02: whoever is reached on the telephone counts as answered, and who rang is in the log."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["mads"].commands("ringeliste")
    assert not await stage["mads"].has("Kontaktet: Lars Vinther")
    await stage["anne"].presses("Kommer")
    await stage["kim"].commands("ringeliste")
    await stage["tina"].commands("ringeliste")
    assert not await stage["kim"].has("Kontaktet: Anne Holm")
    assert await stage["kim"].has("Kontaktet: Lars Vinther")
    assert await stage["kim"].sees("+45 20 00 00 03")
    await stage["kim"].presses("Kontaktet: Lars Vinther")
    for name in ("kim", "tina"):
        assert not await stage[name].has("Kontaktet: Lars Vinther")
    told_so = await stage.export()
    summons = {each["to"]: each for each in told_so["notifications"] if each["kind"] == "summons"}
    assert summons["lars"]["state"] == "answered"
    assert summons["lars"]["answer"] == "kontaktet pr. telefon af Kim Dahl"
    assert summons["ole"]["state"] != "answered"
    (call,) = told_so["calls"]
    (line,) = log_of(told_so, "contacted")
    assert (call["person"], call["by"], call["log_no"]) == ("lars", "kim", line["no"])
    assert (line["sender"], line["receiver"]) == ("kim", "lars")
    await stage["lars"].presses("Kommer")
    assert await stage.part("notifications") != told_so["notifications"]


@pytest.mark.long
@pytest.mark.parametrize("pair", [("slack", "sqlite")], indirect=True, ids="-".join)
async def test_whoever_no_way_reaches_is_on_one_card_and_first_on_the_list(open_stage: Stage) -> None:
    """D02: section 3.5: one card for all whom the same notice did not reach, with `Markér som kontaktet`."""
    stage = open_stage
    assert isinstance(stage, SlackStage)
    stage.slack.deactivate("U0ULLA")
    stage.slack.deactivate("U0PER")
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("ringeliste")
    assert [label for label in await stage["kim"].buttons() if label.startswith("Kontaktet")][:2] == [
        "Kontaktet: Per Hald",
        "Kontaktet: Ulla Ravn",
    ]
    await stage["kim"].presses("Markér som kontaktet: Ulla Ravn")
    assert not await stage["kim"].has("Kontaktet: Ulla Ravn")
    await stage["lars"].presses("Markér som kontaktet")
    told_so = await stage.export()
    assert [(call["person"], call["by"]) for call in told_so["calls"]] == [("ulla", "kim"), ("per", "lars")]
    assert {each["state"] for each in told_so["notifications"] if each["to"] in ("ulla", "per")} == {"answered"}


@pytest.mark.long
@in_teams
async def test_everybody_is_asked_every_month_and_whoever_is_silent_is_on_the_list(open_stage: Stage) -> None:
    """R070 R244: one tap; each third time "Stemmer dine oplysninger?"; what is wrong reaches whoever keeps the plan."""
    stage = open_stage
    await stage.until(datetime(2026, 8, 3, 9, 59, tzinfo=DENMARK))
    assert not await stage["mads"].has("Jeg kan nås")
    await stage.kill()
    await stage.until(datetime(2026, 8, 3, 10, 1, tzinfo=DENMARK))
    await stage["lars"].presses("Jeg kan nås")
    await stage["mads"].presses("Jeg kan nås")
    await stage["kim"].says("ja")
    await stage.until(datetime(2026, 8, 6, 10, 1, tzinfo=DENMARK))
    assert await stage["kim"].sees("3 af 23 har svaret")
    await stage["kim"].commands("kontakt")
    assert await stage["kim"].sees("3 af 23 er i orden")
    assert await stage["kim"].sees("Mette Skov")
    assert not await stage["kim"].sees("Lars Vinther")
    await stage.until(datetime(2026, 10, 5, 10, 1, tzinfo=DENMARK))
    await stage["lars"].presses("Ja")
    await stage["mads"].fills_in("Ret", mobile="+4521212121", mail="mads@htk.example", other="ny stedfortræder: Siv")
    assert await stage["kim"].sees("mobil: +4521212121, andet: ny stedfortræder: Siv")
    assert await stage.crises() == 0


@pytest.mark.long
@in_one_chat
async def test_nobody_is_tested_in_a_crisis(open_stage: Stage) -> None:
    """R070: the test waits until it is over."""
    stage = open_stage
    await stage.until(datetime(2026, 8, 2, 12, 0, tzinfo=DENMARK))
    await stage["jens"].commands("aktiver 1 vand i kælderen")
    await stage.until(datetime(2026, 8, 4, 11, 0, tzinfo=DENMARK))
    assert not await stage["mads"].has("Jeg kan nås")


@pytest.mark.long
@in_one_chat
async def test_whoever_is_rung_up_from_the_list_has_been_told_of_the_mail_too(open_stage: Stage) -> None:
    """R200: two lists of the same people are not rung through twice; what a centre said on the telephone is no ping."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["bo"].commands("mail alle centerchefer Fælles budskaber")
    await stage["bo"].presses("Send til 6")
    await stage["kim"].commands("ping Teknik hvordan står det til?")
    await stage["mads"].presses("Grøn")
    await stage["kim"].commands("ringeliste")
    while not await stage["kim"].has("Kontaktet: Ulla Ravn"):
        await stage["kim"].presses("Næste side")
    await stage["kim"].presses("Kontaktet: Ulla Ravn")
    told_so = await stage.export()
    (nudge,) = told_so["nudges"]
    assert [each["person"] for each in nudge["receipts"] if each["called_by"] == "kim"] == ["ulla"]
    assert [each["state"] for each in told_so["notifications"] if each["to"] == "mads"][-1] == "answered"
