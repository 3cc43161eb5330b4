"""Whoever may not is carried on to somebody who may, and sees first what waits for them."""

from __future__ import annotations

from tests.stage.platforms import in_one_chat, on_both_platforms
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_one_chat
async def test_a_refusal_names_who_may_and_puts_it_to_them(stage: Stage) -> None:
    """D12: whoever may not is not sent away: one press, and somebody who may has the words."""
    await stage["mads"].commands("rolle krisestabschef Anne")
    assert await stage["mads"].sees("Det kan kun")
    (label,) = [each for each in await stage["mads"].buttons() if each.startswith("Spørg ")]
    asked = {person.name: id for id, person in stage.bot.plan.persons.items()}[label.removeprefix("Spørg ")]
    await stage["mads"].presses(label)
    assert await stage[asked].sees("Mads Rosen spørger, om du vil")
    await stage[asked].presses("Gør det")
    assert (await stage.export())["crisis"]["chief"] == "anne"
    assert await stage["mads"].sees("tager sig af det")


@in_one_chat
async def test_nobody_else_gets_a_right_by_being_asked(stage: Stage) -> None:
    """D12: the right is looked into anew when it is used."""
    await stage["mads"].commands("rolle krisestabschef Anne")
    (label,) = [each for each in await stage["mads"].buttons() if each.startswith("Spørg ")]
    await stage["mads"].presses(label)
    assert (await stage.export())["crisis"]["chief"] is None


@in_one_chat
async def test_what_waits_for_me_comes_first_on_the_menu(stage: Stage) -> None:
    """R131 R196: a summons that is unanswered stands before all else, with its button."""
    await stage["anne"].commands("hjælp")
    menu = (await stage["anne"].reads())[-1]
    assert "Venter på dig" in menu
    assert await stage["anne"].has("Kommer")
    await stage["anne"].presses("Kommer")
    await stage["anne"].commands("hjælp")
    assert "Venter på dig" not in (await stage["anne"].reads())[-1]


@on_both_platforms
async def test_every_refusal_names_who_may_and_offers_to_ask_them(stage: Stage) -> None:
    """D12: whatever was refused, by a verb or by a button; what is proposed instead needs no asking."""
    for words in (
        "møde i morgen 10 stabsrummet",
        "rolle logfører Mads",
        "eksport",
        "nødpakke",
        "ind Rune",
        "sag 26/1234",
        "hensigt hold vejene åbne",
    ):
        await stage["mads"].commands(words)
        said = (await stage["mads"].reads())[-1]
        assert "Det kan kun" in said, words
        named = [person.name for person in stage.plan.persons.values() if person.name in said]
        assert named, (words, said)
        buttons = await stage["mads"].buttons()
        assert any(f"Spørg {name}" in buttons for name in named), words


@in_one_chat
async def test_whoever_may_only_propose_is_told_who_decides(stage: Stage) -> None:
    """D12: the proposal names whom it goes to."""
    for words in ("afblæs", "nedskaler"):
        await stage["finn"].commands(words)
        said = (await stage["finn"].reads())[-1]
        assert "Lars Vinther og Mette Skov" in said, words
        assert await stage["finn"].has("Send forslag"), words
