"""`/krise` begins with what waits for its reader, and no button is left that no longer does anything. Plan §5, "kriseorganisation"."""

from __future__ import annotations

import pytest

from tests.stage.platforms import everywhere, in_one_chat, in_slack, in_teams, on_both_platforms
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


async def menu(stage: Stage, person: str) -> str:
    """What `/krise` shows last."""
    await stage[person].commands("")
    return (await stage[person].reads())[-1]


@pytest.mark.long
@everywhere
async def test_what_waits_comes_first_and_is_answered_there(open_stage: Stage) -> None:
    """R005 R204, requirement 3.1.1: a warning to take, then the decision, each with its own buttons."""
    stage = open_stage
    await stage["finn"].commands("varsel vand i kælderen")
    await stage["finn"].presses("Ja")
    seen = await menu(stage, "jens")
    assert seen.index("Venter på dig") < seen.index("Krisebot.")
    assert "Planperioden" not in seen
    await stage["jens"].presses("Jeg har den")
    assert "Hvad beslutter du?" in await menu(stage, "jens")
    await stage["jens"].presses("Niveau 2")
    assert (await stage.part("crisis"))["level"] == 2
    # The menu and the card that asked have nothing left to decide.
    assert not await stage["jens"].has("Ingen krise – følg")
    assert "Venter på dig" not in await menu(stage, "jens")


@in_one_chat
async def test_each_role_is_offered_what_it_does(stage: Stage) -> None:
    """R022 R204: the chief decides, the log keeper writes, a stranger reports."""
    for person, label in {"lars": "Beslut", "kim": "Skriv i log", "finn": "Send melding"}.items():
        await menu(stage, person)
        assert await stage[person].has(label), person
        assert await stage[person].has("Alle kommandoer")
    assert not await stage["finn"].has("Beslut")


@in_teams
async def test_a_summons_that_is_answered_leaves_no_question_beside_it(stage: Stage) -> None:
    """R131: the reminder and the menu ask no more, once the first card is answered."""
    await menu(stage, "anne")
    await stage.forward(minutes=12)
    await stage["anne"].presses("Kommer")
    assert "Kommer" not in await stage["anne"].buttons()


@in_slack
async def test_one_director_approves_and_the_others_have_nothing_left_to_press(open_stage: Stage) -> None:
    """R011: [Godkend] is no longer there; only who approved can take it back."""
    stage = open_stage
    await stage["gitte"].commands("aktiver 1 udbrud på et plejecenter")
    await stage["anne"].presses("Godkend")
    for person in ("anne", "sara", "ole"):
        assert not await stage[person].has("Godkend"), person
    assert await stage["anne"].has("Træk tilbage")
    assert not await stage["sara"].has("Træk tilbage")
    await stage["anne"].presses("Træk tilbage")
    for person in ("anne", "gitte"):
        assert not await stage[person].has("Træk tilbage"), person


@everywhere
async def test_a_new_title_stands_on_what_was_sent_with_the_old_one(stage: Stage) -> None:
    """R010: the summons and the messages of it say what it is called now."""
    assert await stage["anne"].sees("nr. 1: skybrud, kloak står op i Hedehusene")
    await stage["jens"].fills_in("Ret", title="Skybrud Hedehusene")
    assert await stage["anne"].sees("nr. 1: Skybrud Hedehusene")
    assert not await stage["anne"].sees("nr. 1: skybrud, kloak står op i Hedehusene")


@pytest.mark.long
@on_both_platforms
async def test_an_order_a_ping_and_an_approval_that_wait_are_first_on_the_menu_too(stage: Stage) -> None:
    """Requirement 3.1.1, R196 R233 R085: each with its button; five lines at most before what the role does."""
    await stage["lars"].commands("ordre spær Hovedgaden @Mads kl 18")
    await stage["lars"].presses("Udsted ordre")
    await stage["tina"].commands("ping alle hvordan står det til? svar 18")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    waits = {
        "mads": ("Ordre 1", "Modtaget"),
        "hanne": ("hvordan står det til?", "Grøn"),
        "ole": ("agsorden", "Godkend"),
    }
    for person, (told, label) in waits.items():
        seen = await menu(stage, person)
        before, found, _ = seen.partition("*Krisebot.*" if "*Krisebot.*" in seen else "Krisebot.")
        assert found, person
        assert "Venter på dig" in before, person
        assert told in before, (person, seen)
        assert len(before.strip().splitlines()) <= 6, (person, seen)
        assert await stage[person].has(label), person
