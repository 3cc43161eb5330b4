"""The plan file: what is no fault and is to be mended all the same."""

from __future__ import annotations

from datetime import date

import pytest

from storage.plan import loading, to_mend
from storage.plan.danish_numbers import looks_like_a_landline
from storage.plan.model import Plan
from tests.storage.plan.changed import EXAMPLE, REACHED, changed
from tests.tables import examples


def test_roles_without_a_deputy_are_warnings_with_their_lines(plan: Plan) -> None:
    """R007: the directorate's members stand in for each other."""
    lines = EXAMPLE.splitlines()
    alone = [each for each in to_mend.warnings(plan) if each.what.endswith("har ingen stedfortræder")]
    named = [lines[each.line - 1].split(":")[0].strip() for each in alone]
    assert named == ["sekretær", "referent", "tovholder", "kommunikation"]


def test_a_distribution_list_under_watch_is_a_warning(plan: Plan) -> None:
    """T23: it can't be watched as a mailbox."""
    (found,) = [each for each in to_mend.warnings(plan) if "distributionsliste" in each.what]
    assert "dl_krisestab@htk.example" in EXAMPLE.splitlines()[found.line - 1]


def test_a_step_that_cannot_decide_is_a_warning() -> None:
    """R008"""
    plan = loading.parse(changed(("borgmester, direktion]", "borgmester, tovholder, direktion]")), "plan.yaml")
    assert "»tovholder« i »trin« kan ikke beslutte aktivering" in [each.what for each in to_mend.warnings(plan)]


@examples(
    ("number", "landline"),
    [
        ("+4543591000", True),
        ("+4533123456", True),
        ("+4586123456", True),
        ("+4576123456", True),
        ("+4570102030", True),
        ("+4580202020", True),
        ("+4520000001", False),
        ("+4531123456", False),
        ("+4542123456", False),
        ("+4560123456", False),
        ("+4593123456", False),
        # Mobiles among the landlines.
        ("+4543112345", False),
        ("+4534412345", False),
        ("+4566212345", False),
        ("+4578912345", False),
        # From abroad.
        ("+46812345678", False),
    ],
)
def test_a_number_that_takes_no_sms_is_told_by_its_series(number: str, landline: bool) -> None:
    """R070"""
    assert looks_like_a_landline(number) == landline


CALLS, SMS = 'opkald: "twilio://AC1:kode@+4512345678"', "gatewayapi://TOKEN@4512345678"


@pytest.mark.parametrize(
    ("ways", "reserve", "said"),
    [
        ('mobil: "+4543591000", slack: U0NILS', "sms: null", "ligner et, der ingen sms får"),
        ('fastnet: "+4543591000"', "sms: null", "Nils Fog har kun »fastnet«, og planen har ingen »reserve: opkald«"),
        (
            'fastnet: "+4543591000"',
            f'sms: "{SMS}"',
            "Nils Fog har kun »fastnet«, og planen har ingen »reserve: opkald«",
        ),
        ('mobil: "+4520000023"', "sms: null", "Nils Fog har kun »mobil«, og planen har ingen »reserve: sms«"),
        ('fastnet: "+4543591000"', f"sms: null\n  {CALLS}", None),
        ('mobil: "+4520000023"', f'sms: "{SMS}"', None),
        ('fastnet: "+4543591000", mail: nils@htk.example', "sms: null", None),
    ],
)
def test_whoever_only_a_way_that_the_plan_lacks_would_reach_is_a_warning_on_their_line(
    ways: str, reserve: str, said: str | None
) -> None:
    """R070 R007: a landline is called and sent no SMS, and somebody must be able to call it."""
    text = changed(
        (REACHED, f", {ways}"), ("  sms: null", f"  {reserve}"), ("kommune: ", "adresse: https://k.example\nkommune: ")
    )
    plan = loading.parse(text, "plan.yaml")
    found = [each for each in to_mend.warnings(plan) if "Nils Fog" in each.what]
    assert [(said or "nothing") in each.what for each in found] == ([True] if said else [])
    assert all("navn: Nils Fog" in text.splitlines()[each.line - 1] for each in found)


@pytest.mark.parametrize(
    ("today", "says"),
    [
        (date(2021, 12, 31), ["Planens periode begynder 1. januar 2022"]),
        (date(2022, 1, 1), []),
        (date(2025, 12, 31), []),
        (date(2026, 1, 1), ["Planens periode udløb 31. december 2025"]),
    ],
)
def test_a_plan_outside_its_period_warns_and_its_last_day_is_inside(plan: Plan, today: date, says: list[str]) -> None:
    """T29"""
    found = to_mend.warnings_on(plan, today)
    assert [each.what for each in found if "periode" in each.what] == says
    assert [each for each in found if "periode" not in each.what] == to_mend.warnings(plan)
