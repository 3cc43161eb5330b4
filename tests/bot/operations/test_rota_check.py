"""What `doctor` and `plan check` say of the duty rota before the night it is needed."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.operations import rota_check
from storage.plan import loading
from tests.handlers.staff.test_duty_rota import WEEKS, event, plan_with, planned

NOW = datetime(2026, 7, 2, 12, 0, 10, tzinfo=UTC)


async def test_weeks_that_run_out_are_warned_of_in_time() -> None:
    """R007: two weeks ahead; and one that goes on is good."""
    short = planned("beredskabschef: {uger: {2026-27: jens, 2026-28: pia}}")
    good, warnings, faults = await rota_check.told(short, NOW)
    assert (good, warnings, faults) == (
        [],
        ["Vagtplanen for beredskabschef har ingen i uge 2026-29. Skriv flere uger"],
        [],
    )
    long = planned("beredskabschef: {uger: {2026-27: jens, 2026-28: pia, 2026-29: jens}}")
    assert (await rota_check.told(long, NOW))[1:] == ([], [])
    assert await rota_check.told(loading.example(), NOW) == ([], [], [])


async def test_a_calendar_that_cannot_be_read_or_names_others_is_a_fault(tmp_path: Path) -> None:
    """R007: a rota gives no right, so whoever doesn't belong in it is told of by name."""
    file = tmp_path / "vagt.ics"
    rota = planned(f"beredskabschef: {{kalender: {file}}}")
    assert "Kalenderens fil kan ikke læses" in (await rota_check.told(rota, NOW))[2][0]
    file.write_text(WEEKS)
    assert await rota_check.told(rota, NOW) == (["Vagtplanen for beredskabschef kan læses: 17 vagter"], [], [])
    file.write_bytes(event("SUMMARY:Mads Rosen", "DTSTART;VALUE=DATE:20260629", "RRULE:FREQ=DAILY"))
    assert "»Mads Rosen« er hverken rollens person eller stedfortræder" in (await rota_check.told(rota, NOW))[2][0]
    file.write_bytes(event("SUMMARY:Jens", "DTSTART;VALUE=DATE:20260629", "DTEND;VALUE=DATE:20260706"))
    assert "ingen vagter om 14 dage" in (await rota_check.told(rota, NOW))[1][0]


@pytest.mark.long
def test_plan_check_ends_with_a_fault_for_a_rota_that_is_one(tmp_path: Path) -> None:
    """R007: as the operator runs it."""
    plan, file = tmp_path / "plan.yaml", tmp_path / "vagt.ics"
    day = datetime.now(UTC) - timedelta(days=1)
    file.write_bytes(event("SUMMARY:Mads Rosen", f"DTSTART;VALUE=DATE:{day:%Y%m%d}", "RRULE:FREQ=DAILY"))
    plan.write_text(plan_with(f"beredskabschef: {{kalender: {file}}}"), "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "bot.cli", "plan", "check", str(plan)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "Mads Rosen" in ended.stderr + ended.stdout
