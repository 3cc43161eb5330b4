"""What has a number is looked up by it: typed behind the verb that makes such things, none is made."""

from __future__ import annotations

import pytest

from handlers.core.called_by_number import Called, read
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_slack
async def test_a_request_is_looked_up_by_its_number_with_what_it_can_be_answered_with(stage: Stage) -> None:
    """R220 R221: "bistand b1 afvist" made a request of its own; whoever runs the staff gets the buttons, others its state."""
    await stage["hanne"].commands("bistand 4 mand til Birkehøj")
    await stage["kim"].commands("bistand b1 afvist")
    assert await stage["kim"].sees("»afvist« er ikke skrevet på den.")
    await stage["kim"].fills_in("Afvis", reason="der er ingen")
    (request,) = await stage.part("assistance_requests")
    assert (request["state"], request["reason"]) == ("refused", "der er ingen")
    await stage["hanne"].commands("bistand B1")
    assert await stage["hanne"].sees("Grund: der er ingen")
    assert not await stage["hanne"].has("Afvis")
    await stage["finn"].commands("bistand B1")
    assert await stage["finn"].sees("B1 vises ikke her")


@in_teams
async def test_an_offer_is_taken_back_from_its_number(stage: Stage) -> None:
    """R074: "tilbud TB1 trukket" made a second one; the nearest who may not take it back is another centre's contact."""
    await stage["mads"].commands("tilbud 2 pumper fra kl 17")
    await stage["line"].commands("tilbud TB1")
    assert not await stage["line"].has("Træk tilbuddet tilbage")
    await stage["mads"].commands("tilbud TB1 trukket")
    await stage["mads"].presses("Træk tilbuddet tilbage")
    assert [each["state"] for each in await stage.part("offers")] == ["withdrawn"]


@in_one_chat
async def test_what_is_called_as_it_is_shown_is_ended_and_none_is_made(stage: Stage) -> None:
    """R229 R233: "tiltag T1 er udført", "opgave nr 3 udført" and "ordre nr 1 modtaget" made a measure, a proposal and an order."""
    await stage["kim"].commands("tiltag pumpe til Birkehøj @Mads kl 18")
    await stage["lars"].commands("ordre spær Hovedgaden @Mads kl 18")
    await stage["lars"].presses("Udsted ordre")
    for person, words in (
        ("kim", "tiltag T1"),
        ("mads", "tiltag T1 er udført"),
        ("kim", "opgave nr 3 udført"),
        ("kim", "opgave Opgave 4 er udført"),
        ("mads", "ordre nr 1 modtaget"),
    ):
        await stage[person].commands(words)
    assert [each["status"] for each in await stage.part("measures")] == ["done"]
    done = {each["number"] for each in await stage.part("tasks") if each["status"] == "done"}
    assert done == {3, 4}
    assert [each["acknowledged_by"] for each in await stage.part("orders")] == ["mads"]
    assert not await stage.log("proposal")


@in_one_chat
async def test_nothing_is_made_of_a_number(stage: Stage) -> None:
    """R222 R096 R227 R148: a resource "R1", an item "1 beslutning", a decision "1" and a question "1" were made."""
    lars, kim = stage["lars"], stage["kim"]
    await kim.commands("ressource 2 pumper på lager")
    await kim.commands("punkt nødbolig til 12")
    await lars.commands("beslut skolerne lukker")
    await kim.commands("spm hvor er pumperne?")
    before = len(await stage.part("log"))
    for typed in (
        "ressource R1 optaget",
        "punkt 1 beslutning",
        "p 1",
        "beslut 1",
        "spm 1",
        "spm 1?",
        "ressource R7",
        "spm 7",
    ):
        await kim.commands(typed)
    await lars.commands("beslut 1")
    assert len(await stage.part("log")) == before
    said = "\n".join(await kim.reads())
    for shown in ("»optaget« er ikke skrevet på den.", "R7 findes ikke. Intet er skrevet.", "Spørgsmål 7 findes ikke."):
        assert shown in said
    assert said.count("»skolerne lukker«") == 1


@in_slack
async def test_a_task_is_done_as_its_card_calls_it(stage: Stage) -> None:
    """R075 R137: "opgave 3 udført" was of a measure that is not there; the nearest who may not has another task."""
    await stage["mads"].commands("opgave 3 udført")
    assert await stage["mads"].sees("Det kan kun den, der har opgave 3")
    await stage["kim"].commands("opgave 3 udført")
    await stage["kim"].commands("opgave 4 mand til Birkehøj")
    tasks = {each["number"]: each["status"] for each in await stage.part("tasks")}
    assert (tasks[3], tasks[4]) == ("done", "pending")
    assert [each["title"] for each in await stage.part("measures")] == ["4 mand til Birkehøj"]


@pytest.mark.parametrize(
    ("text", "sign", "called"),
    [
        ("B1", "B", Called(1, "")),
        ("b 12: afvist", "B", Called(12, "afvist")),
        ("tb2.", "TB", Called(2, "")),
        ("B1-nøglen mangler", "B", None),
        ("4 mand til B1", "B", None),
        ("nr. 3", "", Called(3, "")),
        ("3", "", Called(3, "")),
        ("3 mand til Birkehøj", "", None),
    ],
)
def test_a_number_is_read_only_where_it_stands_for_the_whole(text: str, sign: str, called: Called | None) -> None:
    """R220: "4 mand" counts what is lacked."""
    assert read(text, sign) == called


@in_one_chat
async def test_a_lines_number_behind_log_shows_the_line_and_another_number_is_written(stage: Stage) -> None:
    """R180 R216: "log 26" wrote a line that said "26"; whoever may not see the line doesn't see it so either."""
    await stage["kim"].commands("ind Hanne")
    await stage["kim"].commands("log indbrud på lageret")
    (line,) = [each for each in await stage.part("log") if each["summary"] == "indbrud på lageret"]
    before = len(await stage.part("log"))
    await stage["hanne"].commands(f"log nr. {line['no']}")
    assert await stage["hanne"].sees(f"»indbrud på lageret«\nDet er linje nr. {line['no']}; der er ikke skrevet en ny.")
    await stage["lars"].commands(f"grad {line['no']} fortrolig")
    await stage["tina"].commands("ud Hanne")
    await stage["hanne"].commands(f"log {line['no']}")
    assert not await stage["hanne"].sees("»indbrud på lageret«")
    assert len([each for each in await stage.part("log") if each["kind"] == "information"]) == 1
    await stage["kim"].commands("log 4000")
    assert (await stage.part("log"))[-1]["summary"] == "4000"
    assert len(await stage.part("log")) > before
