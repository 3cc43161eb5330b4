"""The log under careless and ill-meant hands: nothing is rubbed out, nothing is confirmed by who may not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from storage.case.verification import verify_export
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import RehearsalStage, log_of

pytestmark = in_one_chat


stage = after(cloudburst)


async def last(stage: RehearsalStage, kind: str = "information") -> dict[str, Any]:
    return (await stage.log(kind))[-1]


@pytest.mark.parametrize(
    ("words", "text", "verification"),
    [
        ("! broen er væk", "broen er væk", "confirmed"),
        ("!broen er væk", "broen er væk", "confirmed"),
        ("? broen er væk", "broen er væk", "unconfirmed"),
        ("broen er væk", "broen er væk", "unconfirmed"),
        ("er broen væk?", "er broen væk?", "unconfirmed"),
        ("pas på!", "pas på!", "unconfirmed"),
        ("?! broen er væk", "broen er væk", "unconfirmed"),
    ],
)
async def test_a_mark_in_front_says_whether_it_is_confirmed(
    stage: RehearsalStage, words: str, text: str, verification: str
) -> None:
    """R182 R184 R185: what was said aloud is written, and read back to all who were there."""
    await stage["kim"].commands(f"log {words}", "stab")
    line = await last(stage)
    assert (line["summary"], line["verification"]) == (text, verification)
    assert any(text in said and f"nr. {line['no']}" in said for said in await stage["lars"].reads())


@pytest.mark.long
async def test_a_line_says_which_way_it_went_and_when_it_happened(stage: RehearsalStage) -> None:
    """R183 R186: by its first words, which stand as typed, and are read back; what is nobody's name is only words."""
    said = {
        "! til politiet: vi sender 4 mand": ("out", "kim", "politiet"),
        "ud til politiet: vi spærrer vejen": ("out", "kim", "politiet"),
        "ud: vi har lukket for vandet": ("out", "kim", "eksternt"),
        "ud over det: intet nyt": ("in", "kim", "krisestaben"),
        "fortrolig: fra DMI: 60 mm frem til kl 18": ("in", "DMI", "krisestaben"),
        "fra Mads Rosen: pumpen er slukket": ("in", "mads", "krisestaben"),
        "til orientering: skolen er lukket": ("in", "kim", "krisestaben"),
        "fra 14 til 15: strømmen er væk": ("in", "kim", "krisestaben"),
        "ved Fløng: vand": ("in", "kim", "krisestaben"),
    }
    for text, way in said.items():
        await stage["kim"].commands(f"log {text}", "stab")
        line = await last(stage)
        assert (line["direction"], line["sender"], line["receiver"]) == way, text
        assert line["summary"] == text.removeprefix("! ").removeprefix("fortrolig: ")
        assert line["recorder"] == "kim"
    assert await stage["anne"].sees("Udgående, til politiet.")
    await stage.at("14:30")
    await stage["kim"].commands("log kl 13.40: strømmen gik", "stab")
    line = await last(stage)
    assert (line["event_time"], line["summary"]) == ("2026-07-02T11:40:00.000000Z", "kl 13.40: strømmen gik")
    assert line["recorded_time"] > line["event_time"]
    assert await stage["anne"].sees("Skete kl. 13:40.")


@pytest.mark.parametrize(
    ("person", "may"),
    [("kim", True), ("tina", True), ("lars", True), ("mette", True), ("anne", False), ("jens", False), ("mads", False)],
)
async def test_the_log_keeper_the_chief_and_their_deputies_confirm(
    stage: RehearsalStage, person: str, may: bool
) -> None:
    """R184: others' exclamation marks are kept as unconfirmed, and they are told so."""
    await stage[person].commands("log ! broen er væk")
    line = await last(stage)
    assert (line["verification"] == "confirmed") is may
    assert await stage[person].sees("Linjen er gemt som ubekræftet") is not may


async def test_a_line_is_confirmed_once_and_the_confirmation_is_a_line(stage: RehearsalStage) -> None:
    """R184 R186: by press, by word, twice."""
    await stage["mads"].commands(
        "log ? broen er væk",
    )
    no = (await last(stage))["no"]
    await stage["kim"].commands(f"bekræft {no}", "stab")
    await stage["tina"].commands(f"bekræft nr. {no}", "stab")
    told_so = await stage.export()
    assert [entry["refs"]["confirms"] for entry in log_of(told_so, "confirmation")] == [no]
    assert told_so["log_state"][str(no)]["confirmed_by"] == "kim"
    assert log_of(told_so, "information")[-1]["verification"] == "unconfirmed", "the line itself is not rewritten"
    assert verify_export(told_so) == []


async def test_a_correction_of_a_correction_leaves_all_three(stage: RehearsalStage) -> None:
    """R186."""
    await stage["kim"].commands("log ? 12 beboere", "stab")
    first = (await last(stage))["no"]
    await stage["kim"].commands(f"ret {first} 13 beboere", "stab")
    second = (await last(stage, "correction"))["no"]
    await stage["kim"].commands(f"ret {second} 14 beboere", "stab")
    told_so = await stage.export()
    assert [entry["summary"] for entry in told_so["log"] if "beboere" in entry["summary"]] == [
        "12 beboere", "13 beboere", "14 beboere",
    ]  # fmt: skip
    assert told_so["log_state"][str(first)]["corrected_by"] == second
    assert verify_export(told_so) == []


async def test_whoever_left_may_not_write_and_may_not_confirm(stage: RehearsalStage) -> None:
    """R183 D09."""
    await stage["kim"].commands("ind finn", "stab")
    await stage["finn"].commands("log ? jeg er her ikke")
    before = await stage.part("log")
    await stage["finn"].commands("bekræft 1")
    assert await stage.part("log") == before


@pytest.mark.long
async def test_forty_lines_at_once_have_forty_numbers(stage: RehearsalStage) -> None:
    """R182 R186: from several hands in the same second, each once, without a hole."""
    people = ("kim", "tina", "mads", "hanne")
    await asyncio.gather(*(stage[people[each % 4]].commands(f"log ? linje {each}") for each in range(40)))
    told_so = await stage.export()
    assert sorted(entry["summary"] for entry in log_of(told_so, "information")) == sorted(
        f"linje {each}" for each in range(40)
    )
    assert [entry["no"] for entry in told_so["log"]] == list(range(1, len(told_so["log"]) + 1))
    assert verify_export(told_so) == []


async def test_the_same_message_saved_by_two_at_once_is_one_line(stage: RehearsalStage) -> None:
    """R026 R182 D03."""
    await stage["mads"].says("der er 12 beboere i stuen", "stab")
    (message,) = [each for each in await stage["tina"].messages() if each["from"] == "mads"]
    await asyncio.gather(
        *(stage[person].posts("save", {"message": message["id"]}) for person in ("tina", "kim", "anne"))
    )
    await stage.settle()
    assert len(await stage.log("saved")) == 1


async def test_what_is_not_seen_cannot_be_saved(stage: RehearsalStage) -> None:
    """R301: a message in somebody else's private chat, or one that isn't there."""
    await stage["mads"].says("hemmeligt i mit eget rum")
    (message,) = [each for each in await stage["mads"].messages() if each["text"].startswith("hemmeligt")]
    for number in (message["id"], "m999999", "x", "m-1"):
        await stage["tina"].posts("save", {"message": number}, expect=404)
    assert not await stage.log("saved")


async def test_every_decision_and_every_message_of_the_bot_is_in_the_log_by_itself(stage: RehearsalStage) -> None:
    """R186 R301: who was told what, and what was decided; each told person's name stands in it."""
    told_so = await stage.export()
    decisions = log_of(told_so, "decision")
    assert [entry["sender"] for entry in decisions] == ["jens"]
    receivers = {
        person for entry in told_so["log"] if entry["direction"] == "out" for person in entry["receiver"].split(", ")
    }
    assert {each["to"] for each in told_so["notifications"]} <= receivers | {
        "mads",
        "hanne",
        "line",
        "ali",
        "siv",
        "kim",
    }


@pytest.mark.parametrize("no", ["0", "999999999", "9999999999999999999999", "-1", "1.5", "½"])
async def test_a_number_that_no_line_has_is_answered(stage: RehearsalStage, no: str) -> None:
    """R186."""
    before = await stage.part("log")
    answers = len(await stage["kim"].reads())
    await stage["kim"].commands(f"bekræft {no}")
    told_so = await stage.export()
    if no != "1.5":
        assert told_so["log"] == before
    assert len(await stage["kim"].reads()) == answers + 1


@pytest.mark.long
async def test_a_busy_channel_gets_one_receipt_that_is_changed_where_it_stands(stage: RehearsalStage) -> None:
    """R072: a thousand receipts into one channel took sixteen minutes, and hid what else was said there."""
    before = len(await stage["kim"].reads())
    for number in range(30):
        await stage["kim"].commands(f"log ? pumpe {number} er på vej", "stab")
    receipts = [text for text in (await stage["kim"].reads())[before:] if "Gemt i log" in text]
    assert len(receipts) <= 11
    last = (await stage.log("information"))[-1]["no"]
    assert f"til og med nr. {last}" in receipts[-1]
    assert "pumpe 29" in receipts[-1]
    assert "pumpe 19" not in receipts[-1]
    await stage["kim"].commands(f"grad {last} fortrolig", "stab")
    assert not any("pumpe 29" in text for text in await stage["tina"].reads() if "Gemt i log" in text)
    await stage.forward(minutes=2)
    await stage["kim"].commands("log ? nu er her ro", "stab")
    assert await stage["kim"].has("Bekræft")


async def test_a_line_of_a_time_that_has_not_come_is_kept_and_asked_about(stage: RehearsalStage) -> None:
    """R182, requirement 3.5: with weekday and date; what was written stands meanwhile, and afterwards."""
    await stage["kim"].commands("log kl 23: lys i viadukten")
    assert await stage["kim"].sees(
        "er ikke kommet endnu, så linjen står til nu. Mener du onsdag den 1. juli 2026 kl. 23:00?"
    )
    line = await last(stage)
    assert line["summary"] == "kl 23: lys i viadukten"
    await stage["kim"].presses("Ja")
    correction = await last(stage, "correction")
    assert (correction["event_time"][:16], correction["refs"]["corrects"]) == ("2026-07-01T21:00", line["no"])
    assert not await stage["kim"].has("Ja")
    assert verify_export(await stage.export()) == []


async def test_nobody_else_sets_a_line_to_another_time(stage: RehearsalStage) -> None:
    """R182: who reads it in the channel and neither wrote it nor keeps the log."""
    await stage["kim"].commands("log kl 23: lys i viadukten", "stab")
    await stage["mads"].presses("Ja")
    assert await stage.log("correction") == []
    assert await stage["mads"].sees("Det kan kun den, der skrev linjen")


async def test_a_time_that_a_line_begins_with_is_when_it_happened_and_one_to_come_is_not(stage: RehearsalStage) -> None:
    """R301: as people write it, with a colon or without; what is to come, or ends something, stays in the words."""
    for said, happened in (
        ("13.15: pumpen er startet", "11:15"),
        ("kl 13:15 så Mads vand på vejen", "11:15"),
        ("kl 8 i morgen kommer de", None),
        ("kl 8 skal I møde", None),
        ("kl 13-15 er der møde", None),
    ):
        await stage["kim"].commands(f"log {said}")
        line = (await stage.part("log"))[-1]
        assert line["summary"] == said
        assert line["event_time"][11:16] == (happened or line["recorded_time"][11:16]), said


async def test_a_line_to_4k_is_one_that_went_out(stage: RehearsalStage) -> None:
    """R183: a name without figures was none of theirs."""
    await stage["kim"].commands("log til 4K: send to pumper")
    line = (await stage.part("log"))[-1]
    assert (line["direction"], line["receiver"]) == ("out", "jens")
