"""A time in a form that has passed, or that nobody can read, is asked about; nothing that was typed is lost. Plan §7; §9."""

from __future__ import annotations

import pytest

from handlers.core import registry
from tests.stage.platforms import everywhere, in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)
LONG = "pumpe til Birkehøj, tal med pedellen først, og tag den lange slange med"


@everywhere
async def test_a_time_in_a_form_that_has_passed_is_asked_about_with_weekday_and_date(stage: Stage) -> None:
    """Requirement 3.5, R232: nothing is begun meanwhile, and one press is enough."""
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in("Nyt tiltag", title=LONG, owner="Mads", due="kl 8")
    assert await stage["kim"].sees("Intet er sat i gang endnu, og alt, du skrev, er gemt.")
    assert await stage["kim"].sees("Mener du fredag den 3. juli 2026 kl. 08:00?")
    assert await stage.part("measures") == []
    await stage["kim"].presses("Ja")
    (measure,) = await stage.part("measures")
    assert (measure["title"], measure["owner"], measure["due_at"][:16]) == (LONG, "mads", "2026-07-03T06:00")


@in_teams
async def test_a_time_in_a_form_that_nobody_can_read_is_asked_about_with_the_form_as_it_was_typed(stage: Stage) -> None:
    """Requirement 3.5: it is filled in again from what was typed, not from the beginning."""
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in("Nyt tiltag", title=LONG, owner="Mads", due="når vandet er væk")
    assert await stage["kim"].sees("»når vandet er væk« som et tidspunkt (Frist)")
    await stage["kim"].fills_in("Anden tid", due="i morgen 10")
    (measure,) = await stage.part("measures")
    assert (measure["title"], measure["owner"], measure["due_at"][:16]) == (LONG, "mads", "2026-07-03T08:00")


@in_slack
async def test_several_times_in_a_form_are_asked_about_one_after_the_other(stage: Stage) -> None:
    """Requirement 3.5, R071: what was answered the first time still counts the second."""
    await stage["kim"].commands("vagt")
    await stage["kim"].fills_in("Ny vagt", role="logfører", person="Tina", since="kl 8", until="engang")
    await stage["kim"].presses("Ja")
    assert await stage["kim"].sees("»engang« som et tidspunkt (Til)")
    await stage["kim"].fills_in("Anden tid", until="16")
    assert await stage["tina"].sees("Du har vagten som logfører fre. 3/7 kl. 08:00")


@in_slack
async def test_a_deadline_that_is_other_words_is_kept_and_one_that_has_passed_is_not(stage: Stage) -> None:
    """R232, R240: "når broen er fri" is an order's own deadline; "kl 8" is a slip of the finger."""
    await stage["lars"].commands("ordre")
    await stage["lars"].fills_in("Skriv ordre", task="spær vejen", to="Mads", due="kl 8")
    assert await stage["lars"].sees("Mener du fredag den 3. juli 2026 kl. 08:00?")
    assert await stage.part("orders") == []
    await stage["lars"].presses("Ja")
    assert [each["due_at"][:16] for each in await stage.part("orders")] == ["2026-07-03T06:00"]
    await stage["lars"].commands("ordre")
    await stage["lars"].fills_in("Skriv ordre", task="hent sand", to="Mads", due="når broen er fri")
    assert [each["task"] for each in await stage.part("orders")] == ["spær vejen", "hent sand"]
    await stage["kim"].commands("ressource")
    await stage["kim"].fills_in("Ny ressource", name="pumpe", duty="til kl 8")
    assert await stage["kim"].sees("Mener du fredag den 3. juli 2026 kl. 08:00?")
    assert await stage.part("resources") == []


@pytest.mark.long
@in_one_chat
async def test_a_meeting_is_moved_and_ended_with_the_time_that_was_meant(stage: Stage) -> None:
    """R132: in words and in the form alike."""
    await stage["kim"].commands("møde kl 23 stabsrummet")
    await stage["kim"].commands("møde flyt til kl 8 Teams")
    assert await stage["kim"].sees("så intet er flyttet. Mener du fredag den 3. juli 2026 kl. 08:00?")
    await stage["kim"].presses("Ja")
    meeting = (await stage.part("meetings"))[-1]
    assert (meeting["at"][:16], meeting["place"]) == ("2026-07-03T06:00", "Teams")
    await stage["kim"].commands("møde")
    await stage["kim"].fills_in("Flyt mødet", at="engang", place="byrådssalen")
    assert await stage["kim"].sees("»engang« som et tidspunkt (Ny tid)")
    await stage["kim"].fills_in("Anden tid", at="kl 9", place="byrådssalen")
    meeting = (await stage.part("meetings"))[-1]
    assert (meeting["at"][:16], meeting["place"]) == ("2026-07-03T07:00", "byrådssalen")
    await stage["kim"].presses("Start mødet")
    await stage["kim"].fills_in("Slut mødet", next_at="engang", next_place="Teams")
    assert await stage["kim"].sees("»engang« som et tidspunkt (Næste møde – tid, eller »ingen«)")
    assert (await stage.part("meetings"))[-1]["state"] == "running"


@in_one_chat
async def test_a_decision_that_was_made_later_than_now_is_asked_about(stage: Stage) -> None:
    """Requirement 3.5, R029: "23:50" in the afternoon was yesterday's."""
    await stage["jens"].fills_in("Ret", title="skybrud i øst", decided="23:50")
    assert await stage["jens"].sees("»23:50« er ikke kommet endnu")
    assert await stage["jens"].sees("Mener du onsdag den 1. juli 2026 kl. 23:50?")
    await stage["jens"].presses("Ja")
    crisis = (await stage.export())["crisis"]
    assert (crisis["title"], crisis["decided_at"][:16]) == ("skybrud i øst", "2026-07-01T21:50")


@in_one_chat
async def test_a_measures_deadline_that_has_passed_changes_nothing(stage: Stage) -> None:
    """R232: "t 1 kl 8" is about T1, and no new measure."""
    await stage["kim"].commands("tiltag pumpe til Birkehøj kl 23")
    await stage["kim"].commands("tiltag 1 kl 8")
    assert await stage["kim"].sees("T1 har samme frist som før. Mener du fredag den 3. juli 2026 kl. 08:00?")
    await stage["kim"].presses("Ja")
    assert [each["due_at"][:16] for each in await stage.part("measures")] == ["2026-07-03T06:00"]


@in_slack
async def test_a_form_whose_card_has_changed_meanwhile_says_so_and_gives_the_words_back(stage: Stage) -> None:
    """Requirement 3.5: nobody is thanked for nothing."""
    await stage["kim"].commands("ordre spær vejen @Mads")
    await stage["kim"].fills_in("Ret", task="spær hele vejen", to="Mads", due="kl 8")
    await stage["lars"].presses("Kassér")
    await stage["kim"].presses("Ja")
    assert await stage["kim"].sees("er ændret imens, så intet er sat i gang. Du skrev:")
    assert await stage["kim"].sees("»spær hele vejen«")


@in_slack
async def test_the_representative_is_named_from_a_time_that_is_asked_about(stage: Stage) -> None:
    """R181 R182: in words and in the form; and the activation has been, so it is not later than now."""
    await stage["kim"].commands("repræsentant aktiveret kl 23")
    assert await stage["kim"].sees("er ikke kommet endnu, så det er ikke skrevet ned endnu.")
    assert await stage["kim"].sees("Mener du onsdag den 1. juli 2026 kl. 23:00?")
    await stage["kim"].presses("Ja")
    assert await stage["kim"].sees("Lokal Beredskabsstab er aktiveret ons. 1/7 kl. 23:00")
    await stage["lars"].commands("repræsentant Siv fra kl 8")
    assert await stage["lars"].sees("så ingen er udpeget endnu. Mener du fredag den 3. juli 2026 kl. 08:00?")
    await stage["lars"].presses("Ja")
    assert await stage["lars"].sees("repræsenterer kommunen i LBS fra fre. 3/7 kl. 08:00")
    await stage["lars"].commands("repræsentant")
    await stage["lars"].fills_in("Udpeg afløser", person="Ole", at="engang")
    assert await stage["lars"].sees("»engang« som et tidspunkt (Fra hvornår)")


def test_every_field_that_asks_when_is_read_as_a_time() -> None:
    """Requirement 3.5: a new form's field can't be forgotten, whatever it is called."""
    import re
    from pathlib import Path

    root = Path(registry.__file__).parents[1]
    asks = re.compile(r"(?i)hvornår|\bfrist\b|\btid(?:spunkt)?\b|indsatstid|\bkl\.|\bdato\b")
    # Whose words are kept as they are written: who took it in and when, a committee's case, a source, a report back.
    words = ("received", "case", "threat_source", "report_back", "response")
    unread = []
    for path in root.rglob("*.py"):
        for found in re.finditer(
            r'Field\(\s*"(\w+)",\s*f?"([^"]+)"([^\n]*\n?[^\n]*)', path.read_text(encoding="utf-8")
        ):
            name, label, rest = found.groups()
            if asks.search(label) and name not in words and not re.match(r',\s*"(?:time|been)"', rest):
                unread.append((path.name, name, label))
    assert unread == []
