"""A question is its writer's: in a channel others see it, and nobody's press loses anybody's words. Requirement 3.5."""

from __future__ import annotations

from sqlalchemy import select

from storage.rows.traffic import Message
from tests.stage import forged
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_teams
async def test_a_form_from_the_channel_asks_whoever_filled_it_in_alone_and_keeps_it(stage: Stage) -> None:
    """Requirement 3.5, R232: the others in the channel have no button for it, and it waits as it was typed."""
    await stage["kim"].commands("tiltag", "stab")
    await stage["kim"].fills_in("Nyt tiltag", title="pumpe til Birkehøj", owner="Mads", due="kl 8")
    assert await stage["kim"].sees("Mener du fredag den 3. juli 2026 kl. 08:00?")
    for other in ("tina", "lars"):
        assert not await stage[other].sees("Mener du fredag")
        assert not await stage[other].has("Anden tid")
    assert await stage.part("measures") == []
    await stage["kim"].presses("Ja")
    (measure,) = await stage.part("measures")
    assert (measure["title"], measure["owner"], measure["due_at"][:16]) == (
        "pumpe til Birkehøj",
        "mads",
        "2026-07-03T06:00",
    )


@in_one_chat
async def test_a_forms_question_that_another_presses_does_nothing_and_stays(stage: Stage) -> None:
    """R005, requirement 3.5: whoever makes up the press was shown nothing; its writer presses after it as before."""
    await stage["kim"].commands("tiltag")
    await stage["kim"].fills_in("Nyt tiltag", title="pumpe til Birkehøj", owner="Mads", due="kl 8")
    async with stage.database.reading() as db:
        question = (await db.scalars(select(Message).where(Message.key.startswith("form/")))).one()
    for number, (person, button) in enumerate(
        (person, button) for person in ("lars", "mads") for button in question.card["buttons"]
    ):
        values = {"due": "kl 23", "title": "noget andet"}
        await forged.press(stage, person, button["do"], button["args"], question.id, f"another/{number}", values)
    await stage.settle()
    assert await stage.part("measures") == []
    await stage["kim"].presses("Ja")
    assert [each["title"] for each in await stage.part("measures")] == ["pumpe til Birkehøj"]


@in_slack
async def test_a_ping_that_is_asked_about_in_the_channel_is_its_writers(stage: Stage) -> None:
    """R100, requirement 3.5: another is told whose it is, nothing is sent, and the question stands."""
    await stage["kim"].commands("ping alle hvordan står det til? svar kl 9", "stab")
    await stage["lars"].presses("Ja")
    assert await stage["lars"].sees("Det kan kun Kim Dahl svare på, som skrev det. Ordene er gemt, og intet er ændret.")
    assert await stage.part("pings") == []
    await stage["kim"].presses("Ja")
    assert [ping["due"][:13] for ping in await stage.part("pings")] == ["2026-07-03T07"]


@in_teams
async def test_a_meeting_that_is_asked_about_in_the_channel_is_called_by_whoever_may(stage: Stage) -> None:
    """R132, requirement 3.5: Nils reads the channel and calls no meeting; the question stands, and the secretariat answers it."""
    await stage["kim"].commands("møde kl 8 stabsrummet", "stab")
    await stage["nils"].presses("Ja")
    assert await stage["nils"].sees("Det kan kun krisestabschefen eller krisesekretariatet")
    assert await stage.part("meetings") == []
    await stage["tina"].presses("Ja")
    (meeting,) = await stage.part("meetings")
    assert (meeting["at"][:16], meeting["place"]) == ("2026-07-03T06:00", "stabsrummet")


@in_slack
async def test_a_slip_that_is_asked_about_in_the_channel_is_done_by_nobody_else(stage: Stage) -> None:
    """R018: "aktivr" typed by one, and `Ja` pressed by another, begins nothing."""
    await stage["kim"].commands("afblæss", "stab")
    assert await stage["lars"].has("Ja")
    await stage["lars"].presses("Ja")
    assert await stage["lars"].sees("Det kan kun Kim Dahl svare på")
    assert (await stage.part("crisis"))["deactivated_at"] is None
