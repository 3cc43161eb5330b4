"""`/krise` begins with what waits for its reader, and no button is left that no longer does anything. Plan §5, "kriseorganisation"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from storage.rows.traffic import Message
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


async def menu(stage: Stage, person: str) -> str:
    """What `/krise` shows last."""
    await stage[person].commands("")
    return (await stage[person].reads())[-1]


@pytest.mark.long
@in_slack
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


# What each role does first (plan §4, §5, §8, §9), the warning before it; Send varsel is everybody's.
DOES = {
    "mette": [
        "Beslut",
        "Tiltag",
        "Giv ordre",
        "Status",
    ],  # stands in for the mayor, who is the staff's chief until one is named
    "anne": ["Status", "Skriv i log", "Beslut", "Hvem er hvem"],
    "kim": ["Skriv i log", "Situationsbillede", "Status", "Møde"],
    "eva": ["Skriv i log", "Møde", "Dagsorden", "Status"],
    "tina": ["Skriv i log", "Situationsbillede", "Status", "Møde"],
    "bo": ["Kommunikationsplan", "Skriv i log", "Status", "Hvem er hvem"],
    "gitte": ["Send melding", "Bed om bistand", "Status", "Skriv i log"],
    "hanne": ["Send melding", "Status", "Skriv i log", "Hvem er hvem"],
    "nils": ["Send melding", "Status", "Skriv i log", "Hvem er hvem"],
    "finn": ["Send melding", "Status", "Hvem er hvem", "Stil et spørgsmål"],
}
# What waits for each of them here.
WAITS = {
    **{person: ["Kommer", "Kan ikke"] for person in ("anne", "kim", "eva", "tina", "bo", "nils")},
    "gitte": ["Mit center er underrettet", "Anden kontaktperson"],
}


@pytest.mark.parametrize("person", DOES)
@in_one_chat
async def test_each_role_has_first_what_waits_for_it_then_what_it_does_in_five(stage: Stage, person: str) -> None:
    """R022 R204, requirement 3.1.1: "the five things this person can do now", and each of them is one that they may."""
    said = await menu(stage, person)
    async with stage.database.reading() as db:
        sender = "rehearsal:finn" if person == "finn" else person
        newest = select(Message).where(Message.recipient == sender).order_by(Message.id.desc()).limit(1)
        card = (await db.scalars(newest)).one().card
    labels = [each["label"] for each in card["buttons"]]
    waits = WAITS.get(person, [])
    five = [*waits, "Send varsel", *DOES[person]][:5]
    assert labels == [*five, "Alle kommandoer", "Vejledning"]
    assert said.startswith(
        "Ved fare for liv: ring 112.\n*Venter på dig:*" if waits else "Ved fare for liv: ring 112.\n*Krisebot.*"
    )
    assert len(said.splitlines()) <= 5
    for label in five[len(waits) :]:
        await stage[person].presses(label)
        assert "Det kan kun" not in (await stage[person].reads())[-1], label


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


@in_teams
async def test_a_new_title_stands_on_what_was_sent_with_the_old_one(stage: Stage) -> None:
    """R010: the summons and the messages of it say what it is called now."""
    assert await stage["anne"].sees("nr. 1: skybrud, kloak står op i Hedehusene")
    await stage["jens"].fills_in("Ret", title="Skybrud Hedehusene")
    assert await stage["anne"].sees("nr. 1: Skybrud Hedehusene")
    assert not await stage["anne"].sees("nr. 1: skybrud, kloak står op i Hedehusene")


OLD = "skybrud, kloak står op i Hedehusene"


def words(part: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every string that a card holds, with where it stands; not what its buttons do."""
    if isinstance(part, str):
        yield where, part
    elif isinstance(part, list):
        for each in part:
            yield from words(each, where)
    elif isinstance(part, dict):
        for name, each in part.items():
            if name not in ("do", "args"):
                yield from words(each, f"{where}/{name}")


@in_one_chat
async def test_no_card_of_anybodys_and_no_text_that_is_passed_on_has_the_old_title(stage: Stage) -> None:
    """R010: the staff's cards, everybody's own, the text for the intranet and the centres' people, buttons and forms; what
    somebody wrote, and what the log says, stands as it was written."""
    await stage["kim"].commands("møde om 30 min Stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].commands("status")
    await stage["lars"].commands("ind Rune Juhl")
    await stage["jens"].commands("aktiver 2 brand på skolen")
    await stage["lars"].commands("afblæs 1")
    async with stage.database.reading() as db:
        before = [row.key for row in await db.scalars(select(Message)) if OLD in str(row.card)]
    assert len(before) > 20
    await stage["jens"].fills_in("Ret", title="Skybrud Hedehusene")
    async with stage.database.reading() as db:
        every = [(row.key, *each) for row in await db.scalars(select(Message)) for each in words(row.card)]
    assert [
        each for each in every if OLD in each[2] and "Besluttet: niveau 2 – krisestab. Jens Lund (4K)." not in each[2]
    ] == []
    assert any("nedsat på grund af: Skybrud Hedehusene" in each[2] for each in every)
    assert any("Krisestaben er nedsat: »Skybrud Hedehusene«" in each[2] for each in every)


@pytest.mark.long
@in_slack
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
