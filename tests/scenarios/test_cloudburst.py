"""Scenario S1, Thursday 2 July 2026: a cloudburst, from the first warning to the stand-down, on every platform."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.case.verification import verify_export
from tests.stage.platforms import PAIRS, everywhere, in_one_chat
from tests.stage.prologue import after
from tests.stage.stage import DENMARK, Stage, log_of, told

FRAMING = {"lars", "anne", "ole", "sara"}
CHIEFS = {"rune", "gitte", "per", "ulla", "jon", "kaj"}


@pytest.fixture
def stage(open_stage: Stage) -> Stage:
    return open_stage


def danish(hour: int, minute: int, second: int = 0, day: int = 2) -> str:
    """A time on the scene's days, as the export writes it."""
    local = datetime(2026, 7, day, hour, minute, second, tzinfo=DENMARK)
    return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def warned(stage: Stage) -> None:
    """14:00:10 to 14:00:40: Finn warns and answers the two questions."""
    finn = stage["finn"]
    await finn.commands("varsle vand i kælderen på birkehøj og viadukten i hedehusne er lukket!!", "generelt")
    await stage.at("14:00:40")
    await finn.presses("Ja")


async def activated(stage: Stage) -> None:
    """To 14:08: Jens is silent, Pia takes it and decides."""
    await warned(stage)
    await stage.at("14:07:05")
    await stage["pia"].says("har den")
    await stage.at("14:08")
    await stage["pia"].presses("Niveau 2", title="skybrud, kloak står op i Hedehusene")


decided = after(activated)


@everywhere
async def test_a_warning_is_kept_to_the_letter_and_reaches_the_chief_at_4k_first(stage: Stage) -> None:
    """R001 R003 R004 R005: warned at 14:00:10, answered at 14:00:40."""
    await warned(stage)
    told_so = await stage.export()
    assert [alert["text"] for alert in told_so["alerts"]] == [
        "vand i kælderen på birkehøj og viadukten i hedehusne er lukket!!"
    ]
    assert told_so["crisis"]["level"] is None
    assert told_so["crisis"]["decided_at"] is None
    steps = told_so["escalation"]
    assert [(step["person"], step["contacted_at"]) for step in steps] == [("jens", danish(14, 0, 40))]
    assert await stage["jens"].has("Jeg har den")
    assert await stage["finn"].sees("112")
    assert await stage["finn"].sees("Jens Lund")
    assert not await stage["lars"].buttons()


@everywhere
async def test_silence_goes_to_the_deputy_before_the_mayor_and_contact_stops_the_chain(stage: Stage) -> None:
    """R005 R006 T06: 14:05:40 the deputy, 14:07:05 contact."""
    await warned(stage)
    await stage.at("14:05:39")
    assert [step["person"] for step in await stage.part("escalation")] == ["jens"]
    await stage.at("14:07:05")
    await stage["pia"].says("har den")
    await stage.forward(minutes=2)
    steps = await stage.part("escalation")
    assert [(step["person"], step["deputy_for"], step["result"]) for step in steps] == [
        ("jens", None, "silent"),
        ("pia", "jens", "contact"),
    ]
    assert steps[1]["contacted_at"] == danish(14, 5, 40)
    assert steps[1]["answered_at"] == danish(14, 7, 5)
    assert await stage["pia"].has("Niveau 2")


@everywhere
async def test_the_decision_makes_the_staff_stand_in_one_breath(decided: Stage) -> None:
    """R007 R008 R010 R030 R031 R040 R071 R072 R102 R106 R121 R124 R131 R181: 14:08, level 2."""
    told_so = await decided.export()
    crisis = told_so["crisis"]
    assert crisis["level"] == 2
    assert (crisis["decided_by"], crisis["on_behalf_of"]) == ("pia", "jens")
    assert crisis["decided_at"] == danish(14, 8)
    assert crisis["established_due"] == danish(16, 8)
    assert crisis["sustain_until"] == danish(14, 8, day=5)
    assert crisis["title"] == "skybrud, kloak står op i Hedehusene"
    assert crisis["case_ref"] is None
    assert {member["person"] for member in told_so["members"]} == FRAMING
    assert told(told_so, "summons") >= FRAMING | {"kim", "eva", "tina", "bo", "nils", "siv"}
    assert told(told_so, "notice") >= CHIEFS
    assert any("kommunikationsplan" in entry["summary"] for entry in log_of(told_so, "task"))
    for person in ("lars", "pia", "kim", "tina", "bo", "nils", "siv", "mads", "hanne"):
        assert await decided[person].sees("Krisestab nr. 1"), person
    assert not await decided["finn"].sees("Krisestab nr. 1")


@in_one_chat
async def test_a_second_activation_makes_no_second_crisis(decided: Stage) -> None:
    """D03: 14:08:03, Anne in #generelt."""
    await decided.at("14:08:03")
    await decided["anne"].commands("aktivér 2 skybrud", "generelt")
    assert await decided.crises() == 1
    assert await decided["anne"].has("Det er en anden hændelse")


@everywhere
async def test_the_summoned_answer_in_their_own_words_and_the_centres_are_counted(decided: Stage) -> None:
    """R033 R102 R103 R131: 14:09 to 14:12."""
    await decided.at("14:09")
    await decided["lars"].says("ok")
    await decided.at("14:10")
    await decided["ole"].says("er på ferie i Grækenland, tag Sara")
    await decided.at("14:12")
    await decided["rune"].presses("Mit center er underrettet")
    told_so = await decided.export()
    answers = {each["to"]: each for each in told_so["notifications"] if each["kind"] == "summons"}
    assert (answers["lars"]["answer"], answers["lars"]["answered_at"]) == ("ok", danish(14, 9))
    assert answers["ole"]["answer"] == "er på ferie i Grækenland, tag Sara"
    assert len([each for each in told_so["notifications"] if each["to"] == "sara" and each["kind"] == "summons"]) == 1
    assert any("kan ikke" in entry["summary"] and entry["sender"] == "ole" for entry in log_of(told_so, "summons"))
    assert any(entry["sender"] == "rune" and entry["direction"] == "in" for entry in log_of(told_so, "notice"))
    await decided["kim"].commands("status", "stab")
    assert await decided["kim"].sees("Mangler at underrette: Sundhed, Børn, Job, Økonomi, Byråd")


@everywhere
async def test_the_log_keeper_writes_confirmed_and_unconfirmed_lines_and_nothing_is_rubbed_out(decided: Stage) -> None:
    """R182 R183 R184 R186 R301: 14:20 and 14:21, and what follows."""
    await decided.at("14:20")
    await decided["kim"].commands("l ? DMI siger 60 mm frem til kl 18", "stab")
    await decided.at("14:21")
    await decided["kim"].commands("l ! viadukten Hovedgaden spærret af politiet", "stab")
    told_so = await decided.export()
    first, second = log_of(told_so, "information")[-2:]
    assert (first["summary"], first["verification"]) == ("DMI siger 60 mm frem til kl 18", "unconfirmed")
    assert (second["verification"], second["recorder"]) == ("confirmed", "kim")
    assert first["event_time"] == danish(14, 20)
    await decided["kim"].commands(f"bekræft {first['no']}", "stab")
    await decided["kim"].commands(f"ret {second['no']} viadukten er spærret til i morgen", "stab")
    told_so = await decided.export()
    assert told_so["log_state"][str(first["no"])]["confirmed_by"] == "kim"
    correction = log_of(told_so, "correction")[-1]
    assert told_so["log_state"][str(second["no"])]["corrected_by"] == correction["no"]
    assert log_of(told_so, "information")[-2:] == [first, second]
    assert verify_export(told_so) == []


@everywhere
async def test_fully_established_is_stamped_by_the_secretariat(decided: Stage) -> None:
    """R071: 15:58, within the two hours."""
    await decided.at("15:58")
    await decided["kim"].presses("Fuldt etableret")
    assert (await decided.part("crisis"))["established_at"] == danish(15, 58)


@pytest.mark.long
@everywhere
async def test_only_the_mayor_stands_the_staff_down_and_everybody_is_told(decided: Stage) -> None:
    """R073 R075 R246 D12: 21:10 Anne proposes, 21:14 Lars decides."""
    await decided.at("21:10")
    await decided["anne"].commands("afblæs")
    assert (await decided.part("crisis"))["deactivated_at"] is None
    await decided["anne"].presses("Send forslag")
    await decided.at("21:14")
    await decided["lars"].presses("Afblæs", text="normal drift fra i morgen")
    told_so = await decided.export()
    assert told_so["crisis"]["deactivated_at"] == danish(21, 14)
    assert told_so["crisis"]["deactivated_by"] == "lars"
    assert told(told_so, "broadcast") >= (FRAMING | CHIEFS | {"kim", "bo", "nils"}) - {"lars"}
    assert await decided["finn"].sees("normal drift fra i morgen")
    assert any("Evaluering" in entry["summary"] for entry in log_of(told_so, "task"))
    assert verify_export(told_so) == []


@pytest.mark.parametrize(
    ("pair", "moment"),
    [
        (("rehearsal", "sqlite"), "14:00:30"),
        pytest.param(PAIRS["slack"], "14:03", marks=pytest.mark.long),
        pytest.param(PAIRS["teams"], "14:08:30", marks=pytest.mark.long),
    ],
    indirect=["pair"],
)
async def test_a_killed_krisebot_takes_up_where_it_was(stage: Stage, moment: str) -> None:
    """D05: the same scene with a death in the middle of it ends the same."""
    finn = stage["finn"]
    await finn.commands("varsle vand i kælderen på birkehøj")
    for name, act in (
        ("14:00:40", "warn"),
        ("14:07:05", "take"),
        ("14:08", "decide"),
        ("14:09", "answer"),
    ):
        if stage.clock.now().astimezone(DENMARK).strftime("%H:%M:%S") < moment <= name:
            await stage.at(moment)
            await stage.kill()
        await stage.at(name)
        if act == "warn":
            await finn.presses("Ja")
        elif act == "take":
            await stage["pia"].says("har den")
        elif act == "decide":
            await stage["pia"].presses("Niveau 2")
        else:
            await stage["lars"].says("ok")
    told_so = await stage.export()
    assert [(step["person"], step["result"]) for step in told_so["escalation"]] == [
        ("jens", "silent"),
        ("pia", "contact"),
    ]
    assert told_so["crisis"]["level"] == 2
    summoned = [each["to"] for each in told_so["notifications"] if each["kind"] == "summons"]
    assert sorted(summoned) == sorted(set(summoned))
    assert verify_export(told_so) == []
