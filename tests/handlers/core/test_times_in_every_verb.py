"""A passed time is asked about in every verb alike; deadlines, HASTER and callers are heard wherever they are written. Plan §7; §9."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.core.language import times_read
from handlers.core.language.urgency_words import hastens
from handlers.reporting.telephone import caller_in, phone_in
from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)
ZONE = ZoneInfo("Europe/Copenhagen")
NOON = datetime(2026, 7, 2, 12, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "at", "rest"),
    [
        ("pumpe til Birkehøj 14", "14:00", "pumpe til Birkehøj"),
        ("pumpe til Birkehøj 14.30", "14:30", "pumpe til Birkehøj"),
        ("pumpe til Birkehøj 14:30", "14:30", "pumpe til Birkehøj"),
        ("pumpe til Birkehøj 1430", "14:30", "pumpe til Birkehøj"),
        ("pumpe til Birkehøj i aften", "20:00", "pumpe til Birkehøj"),
        ("spær vejen, meld tilbage 17:30", "17:30", "spær vejen"),
        ("spær vejen og meld tilbage senest 17.30", "17:30", "spær vejen og"),
    ],
)
def test_a_time_that_ends_a_task_is_its_deadline(text: str, at: str, rest: str) -> None:
    """R232, requirement 3.1.5: as people write it."""
    found = times_read.find(text, NOON, ZONE, bare=True)
    assert found is not None
    assert (found[0].at.astimezone(ZONE).strftime("%H:%M"), found[1]) == (at, rest)


@pytest.mark.parametrize(
    "text",
    [
        "hent pumper i hal 14",
        "spær Hovedgaden 12",
        "skaf senge til 20",
        "send 4 mand til opgang 7",
        "flyt beboerne fra stue 3",
    ],
)
def test_what_counts_or_names_something_is_no_deadline(text: str) -> None:
    """R232: a house number is no time of day."""
    assert times_read.find(text, NOON, ZONE, bare=True) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("HASTER: pumpen er gået i stå", True),
        ("vi har ikke flere senge, det haster", True),
        ("haster! 4 mand nu", True),
        ("det haster ikke", False),
        ("haster ikke, men vi mangler papir", False),
        ("der er intet der haster", False),
        ("haster det?", False),
    ],
)
def test_haster_is_heard_and_haster_ikke_is_not(text: str, meant: bool) -> None:
    """R225."""
    assert hastens(text) is meant


@pytest.mark.parametrize(
    ("text", "caller", "phone"),
    [
        ("Karen Holm 22 33 44 55: der er vand på Torstorp", "Karen Holm", "22334455"),
        ("fra Per Ask, tlf +45 22334455, han kan låne os en pumpe", "Per Ask", "22334455"),
        ("Karen Holm ringede, hun ringer igen", "Karen Holm", None),
        ("der er 12 beboere i stuen", None, None),
        ("ring 22334455 eller 55443322", None, None),
    ],
)
def test_caller_and_number_are_read_out_of_a_message(text: str, caller: str | None, phone: str | None) -> None:
    """R198: "telefon" in one breath."""
    assert (caller_in(text), phone_in(text)) == (caller, phone)


@in_slack
async def test_a_meeting_at_a_time_that_has_passed_is_asked_about(stage: Stage) -> None:
    """R132, requirement 3.5: with weekday and date; one press calls it."""
    await stage["kim"].commands("møde kl 8 stabsrummet")
    assert await stage["kim"].sees("Mener du fredag den 3. juli 2026 kl. 08:00?")
    await stage["kim"].presses("Ja")
    assert [meeting["at"] for meeting in await stage.part("meetings")][-1].startswith("2026-07-03T06:00")


@in_slack
async def test_a_ping_an_item_and_an_order_ask_the_same(stage: Stage) -> None:
    """Requirement 3.5: one question, whatever it was written for; nothing is sent or lost meanwhile."""
    await stage["kim"].commands("ping alle hvordan står det til? svar kl 9")
    assert await stage["kim"].sees("så ingen er spurgt endnu. Mener du fredag den 3. juli 2026 kl. 09:00?")
    await stage["kim"].presses("Ja")
    assert [ping["due"][:13] for ping in await stage.part("pings")] == ["2026-07-03T07"]
    await stage["kim"].commands("punkt nødbolig til 12 beboere frist kl 9")
    assert await stage["kim"].sees("har ingen frist. Mener du fredag den 3. juli 2026 kl. 09:00?")
    await stage["kim"].presses("Ja")
    assert await stage["kim"].sees("har frist fredag den 3. juli 2026 kl. 09:00")
    await stage["lars"].commands("ordre spær vejen @Mads kl 9")
    assert await stage["lars"].sees("ordren har ingen frist. Mener du fredag den 3. juli 2026 kl. 09:00?")
    await stage["lars"].presses("Ja")
    assert await stage["lars"].sees("Fristen er fredag den 3. juli 2026 kl. 09:00")


@in_one_chat
async def test_what_hastens_reaches_the_chief_whatever_it_was_written_for(stage: Stage) -> None:
    """R225: a log line, an item and a question go past every queue; "haster ikke" doesn't."""
    await stage["kim"].commands("log ? HASTER dæmningen ved Fløng giver efter")
    assert await stage["lars"].sees("dæmningen ved Fløng giver efter")
    await stage["kim"].commands("log ? det haster ikke med kaffen")
    assert not await stage["lars"].sees("med kaffen")


@in_one_chat
async def test_a_resource_and_a_shift_ask_the_same(stage: Stage) -> None:
    """Requirement 3.5, R240, R071: what was written is kept, and the time is asked about."""
    await stage["kim"].commands("ressource 2 pumper på viadukten til kl 9")
    assert await stage["kim"].sees("R1 har ingen tid for afløsning. Mener du fredag den 3. juli 2026 kl. 09:00?")
    await stage["kim"].presses("Ja")
    (resource,) = await stage.part("resources")
    assert resource["relief_at"][:13] == "2026-07-03T07"
    await stage["kim"].commands("vagt logfører Tina 8-16")
    assert await stage["kim"].sees("vagten er ikke lagt endnu. Mener du fredag den 3. juli 2026 kl. 08:00?")
    await stage["kim"].presses("Ja")
    assert await stage["tina"].sees("Du har vagten som *logfører*")


@in_slack
async def test_a_ping_reads_the_time_that_ends_it(stage: Stage) -> None:
    """R100: "svar 9" and "9.30" alike."""
    for ends in ("svar 9", "9.30"):
        await stage["kim"].commands(f"ping alle hvordan står det til? {ends}")
        assert await stage["kim"].sees("så ingen er spurgt endnu. Mener du fredag den 3. juli 2026 kl. 09:")
    assert await stage.part("pings") == []


@in_slack
async def test_a_year_that_is_a_slip_of_the_finger_is_asked_about_in_every_verb(stage: Stage) -> None:
    """Requirement 3.5: nothing is planned for 2099, and whoever wrote it reads why; back in time, the two hours neither."""
    for words in (
        "tiltag pumpe til Birkehøj @Mads 3/7 2099 kl 15",
        "ping alle hvordan står det til? svar 3/7 2099 kl 15",
        "punkt nødbolig frist 3/7 2099 kl 16",
        "ordre spær vejen @Mads 3/7 2099 kl 17",
        "ressource 2 pumper til 3/7 2099 kl 18",
        "møde 3/7 2099 kl 21 stabsrummet",
        "fravær til 3/7 2099 kl 8",
        "tiltag kabel @Mads om 900 dage",
    ):
        await stage["kim"].commands(words)
        assert "er mere end et år ude i fremtiden" in (await stage["kim"].reads())[-1], words
    assert [row["due_at"] for row in await stage.part("measures")] == [None, None]
    assert await stage.part("pings") == []
    assert await stage.part("meetings") == []
    await stage["kim"].commands("vagt logfører Tina 3/7 2099 8-16")
    assert not await stage["tina"].sees("Du har vagten")
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in("Nyt tiltag", title="hent aggregat", due="3/7 2099 kl 8")
    assert await stage["kim"].sees("»3/7 2099 kl 8« er mere end et år ude i fremtiden (Frist)")


@in_slack
async def test_a_time_that_was_read_is_shown_back_with_weekday_and_date_though_it_is_today(stage: Stage) -> None:
    """Requirement 3.5: whoever wrote it sees which day it was taken for, in every verb alike."""
    for words, shown in {
        "tiltag pumpe til Birkehøj @Mads kl 15": "Frist: tors. 2/7 kl. 15:00",
        "ping alle hvordan står det til? svar kl 15": "Svar senest tors. 2/7 kl. 15:00",
        "punkt nødbolig frist kl 16": "Frist: tors. 2/7 kl. 16:00",
        "ordre spær vejen @Mads kl 17": "2/7 kl. 17:00",
        "ressource 2 pumper til kl 18": "tors. 2/7 kl. 18:00",
        "vagt logfører Tina 19-23": "tors. 2/7 kl. 19:00 – 23:00",
        "møde kl 20": "Mødet tors. 2/7 kl. 20:00: hvor holdes det?",
        "møde kl 21 stabsrummet": "torsdag den 2. juli 2026 kl. 21:00",
        "fravær til i aften": "torsdag den 2. juli 2026 kl.",
    }.items():
        await stage["kim"].commands(words)
        assert await stage["kim"].sees(shown), words
