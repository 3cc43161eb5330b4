"""The situation picture: by itself at first, written by several, approved by the chief. Scenarios S1 15:08–15:10 and S3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.test_reports import danish
from tests.stage import Stage, log_of
from tests.stages import in_one_chat


@pytest.fixture
async def stage(open_stage: Stage) -> Stage:
    await open_stage["jens"].commands("aktiver 2 skybrud, kloak står op i Hedehusene")
    await open_stage.at("14:20")
    return open_stage


async def pictures_of(stage: Stage) -> list[dict[str, Any]]:
    return list((await stage.export())["pictures"])


def text_of(picture: dict[str, Any], number: int) -> str:
    return str(picture["sections"][number - 1]["text"])


async def test_the_first_picture_writes_itself_and_is_nagged_for_until_the_chief_approves(stage: Stage) -> None:
    """R108 R180 R184 R303: ten headings, out of log and measures, unconfirmed marked; the secretariat and the chief are reminded."""
    await stage["kim"].commands("l ? DMI siger 60 mm frem til kl 18")
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 16")
    await stage.at("15:01")
    assert any("situationsbilledets 1. udgave" in line["summary"] for line in log_of(await stage.export(), "reminder"))
    (draft,) = await pictures_of(stage)
    assert (draft["state"], len(draft["sections"]), text_of(draft, 4)) == ("draft", 10, "Ingen modtaget")
    assert "ubekræftet" in text_of(draft, 2)
    assert "pumpe til Birkehøj" in text_of(draft, 6)
    await stage["kim"].fills_in("Skriv 1–3", s2="40 cm vand i Hedehusene. Sundhed: ingen kendte", s3="Hedehusene")
    await stage["kim"].presses("Godkend")
    assert [each["state"] for each in await pictures_of(stage)] == ["draft"]
    await stage["lars"].commands("billede")
    await stage.at("15:10")
    await stage["lars"].presses("Godkend")
    (first,) = await pictures_of(stage)
    assert (first["state"], first["approved_by"], first["published_at"]) == ("published", "lars", danish(15, 10))
    assert text_of(first, 3) == "Hedehusene"
    before = len(log_of(await stage.export(), "reminder"))
    await stage.at("16:20")
    later = log_of(await stage.export(), "reminder")[before:]
    assert not any("situationsbilledets" in line["summary"] for line in later)


@in_one_chat
async def test_health_is_said_something_of_before_the_first_picture_is_approved(stage: Stage) -> None:
    """R116: "ingen kendte" is enough."""
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    assert [each["state"] for each in await pictures_of(stage)] == ["draft"]


@in_one_chat
async def test_a_threat_has_a_source_and_the_three_levels_are_three(stage: Stage) -> None:
    """R303: T18 T19."""
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 4–5", s4="terror", national="forhøjet beredskab", staff="let forhøjet beredskab")
    (draft,) = await pictures_of(stage)
    assert text_of(draft, 4) == "Ingen modtaget"
    assert draft["levels"] == {"plan": 2, "national": "forhøjet beredskab", "staff": "let forhøjet beredskab"}
    await stage["kim"].fills_in("Skriv 4–5", s4="generelt niveau", threat_source="CTA 1/7 2026")
    assert text_of((await pictures_of(stage))[0], 4) == "generelt niveau (kilde: CTA 1/7 2026)"


async def test_two_who_write_at_once_lose_no_word_and_a_published_version_stays(stage: Stage) -> None:
    """R201: versions; what the other wrote meanwhile stands beside; an edit after approval is a new draft."""
    await stage["kim"].commands("billede")
    await stage["anne"].commands("billede")
    await stage["kim"].fills_in("Skriv 8–10", s8="vandet falder i aften")
    await stage["anne"].fills_in("Skriv 8–10", s8="mere regn i nat", s9="TV2 er på vej")
    (draft,) = await pictures_of(stage)
    assert "vandet falder i aften" in text_of(draft, 8)
    assert "mere regn i nat" in text_of(draft, 8)
    await stage["kim"].fills_in("Skriv 1–3", s2="Sundhed: ingen kendte")
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    await stage["kim"].fills_in("Skriv 1–3", s3="Fløng")
    first, second = await pictures_of(stage)
    assert (first["state"], text_of(first, 3)) == ("published", "")
    assert (second["state"], text_of(second, 3)) == ("draft", "Fløng")


async def test_numbers_are_followed_with_where_they_go(stage: Stage) -> None:
    """R203: S3 15:00; the indicator, its value, time and source; the trend is seen."""
    await stage["hanne"].commands("indikator ramte borgere 41")
    await stage.forward(hours=1)
    await stage["hanne"].commands("indikator Ramte borgere: 51")
    (indicator,) = (await stage.export())["indicators"]
    assert [(each["value"], each["source"]) for each in indicator["points"]] == [(41.0, "hanne"), (51.0, "hanne")]
    assert await stage["hanne"].sees("51 ↑")
    await stage["kim"].commands("billede")
    assert "51 ↑" in text_of((await pictures_of(stage))[0], 7)
