"""The situation picture: by itself at first, written by several, approved by the chief. Scenarios S1 15:08–15:10 and S3."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from handlers.picture.picture_texts import shown
from storage.rows.picture import PictureText
from tests.handlers.reporting.test_reports import danish
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import RehearsalActor, Stage, told


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("14:20")


stage = after(begun)


async def pictures_of(stage: Stage) -> list[dict[str, Any]]:
    return list(await stage.part("pictures"))


def text_of(picture: dict[str, Any], number: int) -> str:
    return str(picture["sections"][number - 1]["text"])


async def fields(stage: Stage, **texts: str) -> dict[str, str]:
    """What is typed in sections ("s2"), under the names that the forms have now."""
    async with stage.database.reading() as db:
        found = await db.execute(
            select(PictureText.section, func.max(PictureText.revision)).group_by(PictureText.section)
        )
        revisions = dict(found.all())
    return {f"{name}_{revisions.get(int(name[1:]), 0)}": text for name, text in texts.items()}


@in_slack
async def test_a_line_that_was_put_right_is_in_the_draft_as_it_is_now(stage: Stage) -> None:
    """R180 R187: what was wrong left the draft, and what is right was not in it."""
    await stage["kim"].commands("log ! 30 beboere er flyttet")
    await stage["kim"].commands(f"ret {(await stage.log('information'))[-1]['no']} 13 beboere er flyttet")
    await stage["kim"].commands("billede")
    (draft,) = await pictures_of(stage)
    assert "13 beboere er flyttet" in text_of(draft, 1) + text_of(draft, 2)
    assert "30 beboere" not in str(draft["sections"])


@in_one_chat
async def test_a_heading_among_the_lines_of_a_card_stands_before_its_first(stage: Stage) -> None:
    """R303: "Indsat: · • 2 pumper" was what the card said."""
    await stage["mads"].commands("ressource 2 pumper på viadukten til kl 17")
    await stage["kim"].commands("billede")
    cards = [text for text in await stage["kim"].reads() if "2 pumper" in text]
    assert any(": 2 pumper" in text for text in cards)
    assert not any(": ·" in text for text in cards)


@in_teams
async def test_what_was_taken_back_is_no_news_of_the_drafts(stage: Stage) -> None:
    """R180 R187: "nr. 11 gælder ikke" tells nobody who reads the picture what has happened."""
    await stage["kim"].commands("log ? gaslugt på Birkehøj")
    await stage["kim"].presses("Fortryd")
    await stage["kim"].commands("billede")
    (draft,) = await pictures_of(stage)
    assert "gaslugt" not in str(draft["sections"])
    assert "Fortrudt" not in str(draft["sections"])


@pytest.mark.long
@in_teams
async def test_the_first_picture_writes_itself_and_is_nagged_for_until_the_chief_approves(stage: Stage) -> None:
    """R108 R180 R184 R303: ten headings, out of log and measures, unconfirmed marked; the secretariat and the chief are reminded."""
    await stage["kim"].commands("l ? DMI siger 60 mm frem til kl 18")
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 16")
    await stage.at("15:01")
    assert any("situationsbilledets 1. udgave" in line["summary"] for line in await stage.log("reminder"))
    (draft,) = await pictures_of(stage)
    assert (draft["state"], len(draft["sections"]), text_of(draft, 4)) == ("draft", 10, "Ingen modtaget")
    assert "ubekræftet" in text_of(draft, 2)
    assert "pumpe til Birkehøj" in text_of(draft, 6)
    await stage["kim"].fills_in(
        "Skriv 1–3", **await fields(stage, s2="40 cm vand i Hedehusene. Sundhed: ingen kendte", s3="Hedehusene")
    )
    await stage["kim"].presses("Godkend")
    assert [each["state"] for each in await pictures_of(stage)] == ["draft"]
    await stage["lars"].commands("billede")
    await stage.at("15:10")
    await stage["lars"].presses("Godkend")
    (first,) = await pictures_of(stage)
    assert (first["state"], first["approved_by"], first["published_at"]) == ("published", "lars", danish(15, 10))
    assert text_of(first, 3) == "Hedehusene"
    before = len(await stage.log("reminder"))
    await stage.at("16:20")
    later = (await stage.log("reminder"))[before:]
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


@pytest.mark.long
@in_one_chat
async def test_two_who_write_at_once_lose_no_word_and_a_published_version_stays(stage: Stage) -> None:
    """R201: versions; what the other wrote meanwhile stands beside, until one is chosen; an edit after approval is a draft."""
    await stage["kim"].commands("billede")
    await stage["anne"].commands("billede")
    opened = await fields(stage, s8="mere regn i nat", s9="TV2 er på vej")
    await stage["kim"].fills_in("Skriv 8–10", **await fields(stage, s8="vandet falder i aften"))
    await stage["anne"].fills_in("Skriv 8–10", **opened)
    (draft,) = await pictures_of(stage)
    assert "vandet falder i aften" in text_of(draft, 8)
    assert "mere regn i nat" in text_of(draft, 8)
    assert text_of(draft, 9) == "TV2 er på vej"
    await stage["anne"].presses("Kun min tekst")
    assert text_of((await pictures_of(stage))[0], 8) == "mere regn i nat"
    assert any("vandet falder i aften" in entry["summary"] for entry in await stage.log("picture"))
    await stage["kim"].fills_in("Skriv 1–3", **await fields(stage, s2="Sundhed: ingen kendte"))
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    await stage["lars"].commands("billede")
    assert len(await pictures_of(stage)) == 1
    await stage.forward(hours=3, minutes=10)
    await stage["lars"].commands("billede")
    assert await stage["lars"].sees("3 t 10 min gammelt")
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", **await fields(stage, s3="Fløng"))
    first, second = await pictures_of(stage)
    assert (first["state"], text_of(first, 3)) == ("published", "")
    assert (second["state"], text_of(second, 3)) == ("draft", "Fløng")
    await stage["kim"].presses("Forskel")
    assert await stage["kim"].sees("+ Fløng")


@in_one_chat
async def test_the_chief_approves_what_was_seen_and_a_version_keeps_its_level_and_its_numbers(stage: Stage) -> None:
    """A card from before a change approves nothing; a later level, and a later number, are not the published version's."""
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", **await fields(stage, s2="Sundhed: ingen kendte"))
    await stage["lars"].commands("billede")
    chat = stage["lars"]
    assert isinstance(chat, RehearsalActor)
    (number,) = [each["id"] for each in await chat.messages() if "Godkend" in each["buttons"]]
    await stage["kim"].commands("indikator ramte borgere 41")
    await stage["kim"].commands("billede")
    await chat.posts("press", {"message": number, "button": "Godkend"})
    await stage.settle()
    assert [each["state"] for each in await pictures_of(stage)] == ["draft"]
    await chat.presses("Godkend")
    await stage.forward(minutes=1)
    await stage["kim"].commands("indikator ramte borgere 51")
    (published,) = await pictures_of(stage)
    assert published["state"] == "published"
    assert [[point["value"] for point in each["points"]] for each in published["indicators"]] == [[41.0]]
    await chat.commands("nedskaler")
    assert published["levels"] == (await pictures_of(stage))[0]["levels"]


@in_one_chat
async def test_a_text_longer_than_a_form_keeps_what_the_form_had_no_room_for(stage: Stage) -> None:
    """R201: the end of a long section is still there when its beginning is written anew."""
    long = " ".join(f"ord{number}" for number in range(900))
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 8–10", **await fields(stage, s8=long))
    chat = stage["kim"]
    assert isinstance(chat, RehearsalActor)
    await chat.fills_in("Skriv 8–10", **await fields(stage, s8=shown(long)[0] + " NYT"))
    text = text_of((await pictures_of(stage))[0], 8)
    assert set(long.split()) | {"NYT"} == set(text.split())


@in_one_chat
async def test_the_emergency_service_may_keep_the_picture_when_it_sits_in_the_staff(stage: Stage) -> None:
    """R202: until it is called in, it doesn't write."""
    await stage["jens"].commands("billede")
    await stage["jens"].fills_in("Skriv 1–3", **await fields(stage, s3="Fløng"))
    assert text_of((await pictures_of(stage))[0], 3) == ""
    await stage["lars"].fills_in("Vælg beslutning", subject="4k")
    await stage["lars"].presses("Beredskab 4K: ja")
    await stage["jens"].fills_in("Skriv 1–3", **await fields(stage, s3="Hedehusene"))
    assert text_of((await pictures_of(stage))[0], 3) == "Hedehusene"


@in_one_chat
async def test_what_a_centre_answers_stands_in_the_draft_with_its_mark(stage: Stage) -> None:
    """R108 R184: an answer once, unconfirmed until it is confirmed, also when people have written in the section."""
    await stage["kim"].commands("ping sundhed hvordan står det til?")
    await stage["hanne"].says("rødt, vi mangler strøm på Birkehøj")
    (draft,) = await pictures_of(stage)
    no = (await stage.log("ping_answer"))[-1]["no"]
    assert text_of(draft, 2).count(f"(nr. {no}, ubekræftet)") == 1
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", **await fields(stage, s2=text_of(draft, 2) + "\nSundhed: ingen kendte"))
    await stage["kim"].commands(f"bekræft {no}")
    await stage["kim"].commands("billede")
    assert text_of((await pictures_of(stage))[0], 2).count(f"(nr. {no}, bekræftet)") == 1


@in_one_chat
async def test_the_health_plan_is_flagged_by_whom_and_when_with_its_link(stage: Stage) -> None:
    """R115 R257: S3 08:30; the health centre is told that both plans run."""
    await stage["mads"].commands("sundhedsplan")
    await stage["mads"].presses("Den er aktiveret")
    assert await stage.part("health_plan") == []
    await stage["lars"].commands("sundhedsplan")
    await stage["lars"].presses("Den er aktiveret")
    (plan,) = await stage.part("health_plan")
    assert (plan["activated_by"], plan["activated_at"]) == ("lars", danish(14, 20))
    assert plan["link"]
    assert {"gitte", "hanne"} <= told(await stage.export(), "notice")
    await stage["kim"].commands("billede")
    assert await stage["kim"].sees(plan["link"])


@pytest.mark.long
@in_slack
async def test_numbers_are_followed_with_where_they_go(stage: Stage) -> None:
    """R203: S3 15:00; the indicator, its value, time and source; the trend is seen."""
    await stage["hanne"].commands("indikator ramte borgere 41")
    await stage.forward(hours=1)
    await stage["hanne"].commands("indikator Ramte borgere: 51")
    (indicator,) = await stage.part("indicators")
    assert [(each["value"], each["source"]) for each in indicator["points"]] == [(41.0, "hanne"), (51.0, "hanne")]
    assert await stage["hanne"].sees("51 ↑")
    await stage["kim"].commands("billede")
    assert "51 ↑" in text_of((await pictures_of(stage))[0], 7)
