"""The duty rota orders a role's own people, and gives nobody a right. Plan §4."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.staff import duty_rota
from handlers.staff.duty_rota import UnreadableRota
from storage.plan import loading
from storage.plan.faults import PlanFaults
from tests.databases import SQLite
from tests.stage.stage import DENMARK, SUMMER_AFTERNOON, RehearsalStage, Stage
from tests.tables import examples

ZONE = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 7, 2, 12, 0, 10, tzinfo=UTC)
WRITTEN = "# Valgfrit: hvem af rollens egne"

# Week 27 is Jens', 28 Pia's, and so on, from Monday at eight to Monday at eight.
WEEKS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//DA
BEGIN:VEVENT
UID:jens@test
SUMMARY:Vagt: Jens
DTSTART;TZID=Europe/Copenhagen:20260622T080000
DTEND;TZID=Europe/Copenhagen:20260629T080000
RRULE:FREQ=WEEKLY;INTERVAL=2
END:VEVENT
BEGIN:VEVENT
UID:pia@test
SUMMARY:Vagt
ATTENDEE;CN=Pia:mailto:pia@4k.example
DTSTART;TZID=Europe/Copenhagen:20260615T080000
DTEND;TZID=Europe/Copenhagen:20260622T080000
RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20270101T000000Z
EXDATE;TZID=Europe/Copenhagen:20260727T080000
END:VEVENT
END:VCALENDAR
"""


def plan_with(rota: str) -> str:
    """The example plan's text with a duty rota."""
    return loading.example_text().replace(WRITTEN, f"vagtplan:\n  {rota}\n{WRITTEN}", 1)


def planned(rota: str) -> Any:
    return loading.parse(plan_with(rota), "plan.yaml")


def event(*lines: str) -> bytes:
    inside = "\n".join(lines)
    return (
        f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:a\n{inside}\nEND:VEVENT\nEND:VCALENDAR\n".encode()
    )


Opened = Callable[[str], Awaitable[RehearsalStage]]


@pytest.fixture
async def opened(sqlite: SQLite) -> Any:
    """A way to open krisebot with a rota."""
    stages: list[Stage] = []

    async def open_with(rota: str) -> Stage:
        stage = RehearsalStage(sqlite.migrated(), SUMMER_AFTERNOON, planned(rota))
        stages.append(stage)
        await stage.__aenter__()
        await stage.settle()
        return stage

    yield open_with
    for stage in stages:
        await stage.__aexit__(None, None, None)


async def asked(stage: Stage) -> list[str]:
    await stage["finn"].commands("varsel vand i kælderen")
    await stage["finn"].presses("Ved ikke")
    await stage.forward(minutes=22)
    return [step["person"] for step in await stage.part("escalation")]


async def test_the_weeks_duty_is_asked_first_and_has_the_time_of_the_first(opened: Opened) -> None:
    """R005 R251: the deputy before the role's own person, who comes next; `hvem` says so."""
    stage = await opened("beredskabschef: {uger: {2026-27: pia, 2026-28: jens}}")
    await stage["kim"].commands("hvem")
    assert await stage["kim"].sees("Vagt nu: Pia Krogh")
    assert (await asked(stage))[:3] == ["pia", "jens", "lars"]


@pytest.mark.long
async def test_the_director_on_duty_is_asked_before_the_others(opened: Opened) -> None:
    """R005: and an absent one last, whatever the rota says."""
    stage = await opened("direktion: {uger: {2026-27: sara}}")
    await stage["jens"].commands("fravær i dag")
    await stage["lars"].commands("fravær i dag")
    assert await asked(stage) == ["pia", "mette", "sara", "anne", "ole", "jens", "lars"]


@pytest.mark.long
async def test_a_calendar_is_read_ahead_and_its_last_copy_stays(opened: Opened, tmp_path: Path) -> None:
    """R005: fetched at the start and each night; what can't be read leaves what was read, and `hvem` tells."""
    file = tmp_path / "vagt.ics"
    file.write_text(
        WEEKS.replace("20260615", "20260616").replace(
            "20260622T080000\nRRULE:FREQ=WEEKLY;INTERVAL=2;U", "20260623T080000\nRRULE:FREQ=WEEKLY;INTERVAL=2;U"
        )
    )
    stage = await opened(f"beredskabschef: {{kalender: {file}}}")
    await stage["kim"].commands("hvem")
    assert await stage["kim"].sees("Vagt nu: Pia Krogh")
    file.write_text("<html>log ind</html>")
    await stage.forward(hours=20)
    await stage["kim"].commands("hvem")
    assert await stage["kim"].sees("Det er ikke en kalender, der kan læses")
    assert (await asked(stage))[:2] == ["pia", "jens"]


@pytest.mark.long
async def test_without_a_copy_the_plans_order_holds(opened: Opened, tmp_path: Path) -> None:
    """R005: a calendar that was never read keeps nobody waiting."""
    stage = await opened(f"beredskabschef: {{kalender: {tmp_path / 'ingen.ics'}}}")
    assert (await asked(stage))[:2] == ["jens", "pia"]


async def test_a_calendar_gives_nobody_a_right(opened: Opened, tmp_path: Path) -> None:
    """T05: who is neither the role's own nor a deputy is not asked, decides nothing, and the secretary is told."""
    file = tmp_path / "vagt.ics"
    file.write_bytes(event("SUMMARY:Mads Rosen", "DTSTART;VALUE=DATE:20260629", "DTEND;VALUE=DATE:20260706"))
    stage = await opened(f"beredskabschef: {{kalender: {file}}}")
    assert await stage["kim"].sees("»Mads Rosen« er hverken beredskabschef eller stedfortræder")
    await stage["mads"].commands("aktiver 2 vand")
    assert (await stage.part("crisis"))["level"] is None
    assert [step["person"] for step in await stage.part("escalation")] == ["jens"]


@examples(
    ("rota", "told"),
    {
        "beredskabschef: {uger: {2026-27: mads}}": "mads har vagten som beredskabschef i uge 2026-27",
        "beredskabschef: {uger: {2026-54: jens}}": "»2026-54« er ikke en uge",
        "beredskabschef: {uger: {næste: jens}}": "»næste« er ikke en uge",
        "beredskabschef: {uger: {2026-27: jens, 2026-W27: pia}}": "Uge 2026-27 står der to gange",
        "beredskabschef: {uger: {2026-27: jens}, kalender: /a.ics}": "enten uger eller en kalender",
        "beredskabschef: {}": "enten uger eller en kalender",
        "beredskabschef: {kalender: 'http://a.example/v.ics'}": "kan ikke hentes sådan",
        "beredskabschef: {kalender: 'https://a.example:8443/v.ics'}": "kan ikke hentes sådan",
        "beredskabschef: {kalender: vagt.ics}": "kan ikke hentes sådan",
        "vagtmester: {uger: {2026-27: jens}}": "vagtmester",
    }.items(),
)
def test_a_rota_that_cannot_be_is_a_fault_of_the_plan(rota: str, told: str) -> None:
    """R007: at `plan check`, with line and remedy."""
    with pytest.raises(PlanFaults) as faults:
        planned(rota)
    assert told in str(faults.value)


def test_a_repeated_duty_keeps_its_time_of_day_through_the_seasons() -> None:
    """Eight o'clock on the wall in October is eight in November; what is taken out, moved or cancelled is not there."""
    found = duty_rota.read(WEEKS.encode(), ZONE, NOW)
    local = [(duty.since.astimezone(ZONE), duty.until.astimezone(ZONE)) for duty in found]
    assert {(since.hour, until.hour) for since, until in local} == {(8, 8)}
    assert {until - since for since, until in local} <= {timedelta(days=7)}
    assert date(2026, 7, 27) not in [since.date() for since, _ in local]
    assert max(since for since, _ in local).date() > date(2026, 10, 25)


def test_one_that_was_moved_or_cancelled_is_read_as_it_is_now() -> None:
    """An exchanged week: RFC 5545's RECURRENCE-ID."""
    moved = WEEKS.replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\nUID:jens@test\nRECURRENCE-ID;TZID=Europe/Copenhagen:20260706T080000\nSUMMARY:Pia\n"
        "DTSTART;TZID=Europe/Copenhagen:20260706T080000\nDTEND;TZID=Europe/Copenhagen:20260713T080000\nEND:VEVENT\n"
        "END:VCALENDAR",
    )
    there = [
        duty.called
        for duty in duty_rota.read(moved.encode(), ZONE, NOW)
        if duty.since.astimezone(ZONE).day == 6 and duty.since.month == 7
    ]
    assert there == ["Pia"]
    gone = event("SUMMARY:Jens", "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20260629", "DTEND;VALUE=DATE:20260706")
    assert duty_rota.read(gone, ZONE, NOW) == []


@examples(
    "content",
    [
        b"",
        b"<html></html>",
        b"\x00\xff",
        event("SUMMARY:Jens"),
        event("SUMMARY:Jens", "DTSTART:20260629T080000", "RRULE:FREQ=SECONDLY"),
        event("SUMMARY:Jens", "DTSTART:not-a-time"),
    ],
)
def test_what_is_no_rota_is_refused_whatever_it_is(content: bytes) -> None:
    """Whoever serves it may send anything."""
    with pytest.raises(UnreadableRota):
        duty_rota.read(content, ZONE, NOW)


def test_whom_a_calendar_means_is_one_of_the_roles_own() -> None:
    """R007: by name, first name or address; two names at once mean nobody."""
    plan = loading.example()
    for called, meant in {
        "Jens Lund": "jens", "Vagt: PIA": "pia", "pia krogh (4K)": "pia", "Vagt\njens@4k.example": "jens",
        "Jens eller Pia": None, "Mads": None, "Jensen": None, "": None, "Lars Vinther": None,
    }.items():  # fmt: skip
        assert plan.named_in_rota("beredskabschef", called) == meant, called


@pytest.mark.long
async def test_the_duty_is_todays_in_a_crisis_that_began_before_it(opened: Opened) -> None:
    """R007 R251: the week turns while the crisis runs, and the next warning asks whoever has it now."""
    stage = await opened("beredskabschef: {uger: {2026-27: pia, 2026-28: jens}}")
    await stage.until(datetime(2026, 7, 5, 22, 0, tzinfo=DENMARK))
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("hvem")
    assert "Vagt nu: Pia Krogh" in (await stage["kim"].reads())[-1]
    await stage.forward(hours=11)
    await stage["kim"].commands("hvem")
    assert "Vagt nu: Jens Lund" in (await stage["kim"].reads())[-1]
    await stage["finn"].commands("varsel brand på Torstorp Skole")
    await stage["finn"].presses("Ja")
    await stage["finn"].presses("Det er en anden hændelse")
    assert [step["person"] for step in await stage.part("escalation", 2)] == ["jens"]
