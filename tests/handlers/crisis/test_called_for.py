"""`aktiver` from somebody who may not, without a word of what happened: nobody is lost, and the words say something."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after
from tests.stage.stage import Stage

stage = after(lambda stage: stage.settle())
WISH = "Ønsker beredskabet aktiveret"


@in_slack
async def test_a_bare_wish_goes_up_at_once_and_says_what_it_is(stage: Stage) -> None:
    """R006: the contract's chain at once, without the question; what happened is asked for meanwhile."""
    await stage["finn"].commands("aktiver")
    assert [step["person"] for step in await stage.part("escalation")] == ["jens"]
    assert (await stage.part("crisis"))["title"] == WISH
    assert await stage["jens"].sees(f"{WISH}. Hvad der er sket, er ikke skrevet endnu.")
    assert await stage["finn"].sees("Hvad er der sket, og hvor?")
    await stage["finn"].says("kloakken løber over på Birkehøj")
    assert (await stage.part("crisis"))["title"] == "kloakken løber over på Birkehøj"
    assert [alert["text"] for alert in await stage.part("alerts")] == ["kloakken løber over på Birkehøj"]
    assert await stage["jens"].sees("kloakken løber over på Birkehøj")


@in_one_chat
@pytest.mark.parametrize(
    ("command", "title"),
    [
        ("aktiver 3", WISH),
        ("aktiver !!!", WISH),
        ("aktiver niveau 3", WISH),
        ("aktiver 2", f"{WISH} på niveau 2"),
        ("aktiver 2 skybrud", "skybrud"),
        ("aktiver 40 cm vand i Fløng", "40 cm vand i Fløng"),
    ],
)
async def test_a_number_alone_is_no_description(stage: Stage, command: str, title: str) -> None:
    """R006: `aktiver 3` was the warning "3"."""
    await stage["finn"].commands(command)
    assert (await stage.part("crisis"))["title"] == title


@in_slack
async def test_a_decider_who_names_a_level_that_is_none_is_told_and_asked(stage: Stage) -> None:
    """R006 R010: nothing is decided, and the crisis isn't called "3"."""
    await stage["jens"].commands("aktiver 3")
    assert await stage["jens"].sees("Der er niveau 1 og niveau 2. Intet er besluttet.")
    assert await stage.crises() == 0
    await stage["jens"].presses("Niveau 2")
    assert (await stage.part("crisis"))["title"] != "3"
