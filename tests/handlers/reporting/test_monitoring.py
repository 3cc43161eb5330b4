"""Reinforced monitoring with a named watcher each, what the media say, and the daily reading of outside mail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


async def lines(stage: Stage) -> dict[str, dict[str, Any]]:
    return {line["line"]: line for line in await stage.part("monitoring")}


async def reminded(stage: Stage, person: str, of: str) -> int:
    found = await stage.log("reminder")
    return sum(person in line["receiver"] and of in line["summary"] for line in found)


@pytest.mark.long
@in_slack
async def test_each_line_has_a_watcher_who_is_reminded_and_whose_silence_is_told(stage: Stage) -> None:
    """R039 R139 R140 R197: the plan's three lines from the start, one more, and the end of them with the crisis."""
    assert [line["watcher"] for line in (await lines(stage)).values()] == [None, None, None, "bo"]
    await stage["kim"].commands("overvågning 1 Kim")
    await stage["kim"].commands("overvågning 2 Eva")
    await stage["kim"].commands("overvågning 3 Eva")
    await stage["kim"].fills_in("Tilføj linje", kind="postkasse", line="borger@htk.example", who="Eva")
    assert (await lines(stage))["borger@htk.example"]["watcher"] == "eva"
    await stage.forward(minutes=20)
    await stage["kim"].presses("Kontrolleret")
    await stage["eva"].fills_in("Der er nyt", note="Borger på Birkehøj mangler strøm")
    now = await lines(stage)
    assert [check["by"] for check in now["4359 1000"]["checks"]] == ["kim"]
    assert now["borger@htk.example"]["checks"][0]["note"] == "Borger på Birkehøj mangler strøm"
    assert "Borger på Birkehøj mangler strøm" in [line["summary"] for line in await stage.log("information")]
    await stage.forward(minutes=31)
    assert await reminded(stage, "kim", "4359 1000") == 1
    assert await reminded(stage, "eva", "borger@htk.example") == 1
    assert not await reminded(stage, "tina", "overvågning")
    await stage["kim"].presses("Kontrolleret")
    await stage.forward(minutes=31)
    assert await reminded(stage, "tina", "Eva Lind har ikke kontrolleret") == 1
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert all(line["until"] for line in (await lines(stage)).values())
    before = await reminded(stage, "eva", "borger@htk.example")
    await stage.forward(hours=2)
    assert await reminded(stage, "eva", "borger@htk.example") == before


@in_one_chat
async def test_a_line_that_nobody_watches_is_told_of(stage: Stage) -> None:
    """R139: red on the card, and the coordinator is told."""
    await stage["kim"].commands("overvågning")
    assert await stage["kim"].sees("3 linjer har ingen")
    await stage.forward(minutes=31)
    assert await reminded(stage, "tina", "ingen holder øje med 4359 1000") == 1


@pytest.mark.long
@in_one_chat
async def test_a_line_that_a_role_watches_moves_with_the_shift(stage: Stage) -> None:
    """R139 R072: whoever has the role has the line."""
    await stage["kim"].commands("overvågning 1 logfører")
    assert (await lines(stage))["4359 1000"]["watcher"] == "kim"
    await stage["tina"].commands("vagt logfører Mads kl 20 - 23")
    await stage.at("20:01")
    assert (await lines(stage))["4359 1000"]["watcher"] == "mads"
    await stage["mads"].commands("overvågning")
    await stage["mads"].presses("Kontrolleret")
    assert (await lines(stage))["4359 1000"]["checks"][-1]["by"] == "mads"
    await stage.at("23:01")
    assert (await lines(stage))["4359 1000"]["watcher"] == "kim"


@in_one_chat
async def test_the_framing_staff_may_decide_against_it_but_the_media_are_watched(stage: Stage) -> None:
    """R039 R190."""
    await stage["lars"].fills_in("Vælg beslutning", subject="monitoring")
    await stage["lars"].presses("Forstærket overvågning: nej")
    assert [line["line"] for line in (await lines(stage)).values() if not line["until"]] == [
        "tv, radio/netradio, hjemmesider, Facebook, X (Twitter)"
    ]
    await stage["finn"].commands("overvågning 1 Finn")
    assert (await lines(stage))["4359 1000"]["watcher"] is None


@in_slack
async def test_what_the_media_say_goes_in_the_log_and_what_is_wrong_is_followed_up(stage: Stage) -> None:
    """R190 R213 T28: communication has the task from the start; a correction has a status."""
    assert any("X (Twitter)" in line["summary"] for line in await stage.log("task"))
    await stage["bo"].commands("medieomtale Facebook: 3 er døde i vandet https://facebook.example/1")
    await stage["bo"].commands("overvågning")
    await stage["bo"].fills_in("Medieomtale", medium="tv", text="200 er evakueret", link="", wrong="ja")
    first, second = await stage.part("media_findings")
    assert (first["medium"], first["link"], first["wrong"]) == ("Facebook", "https://facebook.example/1", False)
    assert (second["wrong"], second["correction"]) == (True, "open")
    assert (await stage.log("media"))[0]["refs"]["link"] == "https://facebook.example/1"
    await stage["bo"].fills_in("Mediet er kontaktet", note="ringet til redaktionen")
    assert (await stage.part("media_findings"))[1]["correction"] == "asked"
    await stage["bo"].fills_in("Omtalen er rettet", note="")
    last = (await stage.part("media_findings"))[1]
    assert (last["correction"], last["note"], last["changed_by"]) == ("corrected", "ringet til redaktionen", "bo")
    done = [line["summary"] for line in await stage.log("task") if line["status"] == "done"]
    assert any("rettet: 200 er evakueret" in summary for summary in done)


@pytest.mark.long
@in_one_chat
async def test_outside_mail_is_read_every_day_and_becomes_items(stage: Stage) -> None:
    """R098: S3 Monday 12:00; ticked or turned into items, with who and when, and no more after the crisis."""
    await stage.forward(hours=22)
    await stage["kim"].fills_in("Punkter til staben", items="nye retningslinjer om værnemidler\nKL spørger til skoler")
    export = await stage.export()
    (read,) = export["mail_readings"]
    assert (read["day"], read["read_by"], read["items"]) == ("2026-07-03", "kim", [1, 2])
    assert [item["text"] for item in export["agenda_items"]] == [
        "nye retningslinjer om værnemidler",
        "KL spørger til skoler",
    ]
    await stage.forward(hours=24)
    await stage["kim"].presses("Intet nyt")
    assert [each["items"] for each in await stage.part("mail_readings")] == [[1, 2], []]
    await stage.forward(hours=24)
    assert await reminded(stage, "tina", "udefrakommende") == 0
    await stage.forward(hours=24)
    assert await reminded(stage, "tina", "udefrakommende") == 1
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage.forward(hours=48)
    assert len(await stage.part("mail_readings")) == 4
