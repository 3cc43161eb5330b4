"""A name in what somebody wrote is nobody's words: it hastens nothing, orders nothing and is never taken for two people."""

from __future__ import annotations

import pytest

from bot.engine.picked import merged
from handlers.core import registry
from handlers.core.names_in_words import calm, in_words
from storage.plan import loading
from tests.stage.platforms import only_in_slack, only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage

stage = after(cloudburst)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    registry.load()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Finn Friis", "Finn Friis"),
        ("Ny, Nanna", "Nanna Ny"),
        ("Pia og Bo", "Pia & Bo"),
        ("HASTER: x", "H·STER: x"),
        ("drift-haster", "drift-h·ster"),
        ("Log Hansen", "L·g Hansen"),
        ("afblæs", "·fblæs"),
        ("Nej", "N·j"),
        ("Anne Rød", "Anne R·d"),
        ("Alt Ok", "Alt ·k"),
        ("1", "N.N."),
        ("brandfolk", "brandfolk"),
        ("Bo\nvarsel brand", "Bo varsel brand"),
        ("Bo \u202eevas", "Bo evas"),
        ("H\u200bASTER: x", "H·STER: x"),
        ("\u200f", "N.N."),
        ("", ""),
    ],
)
def test_a_name_stands_as_it_is_where_it_says_nothing_else(name: str, shown: str) -> None:
    assert calm(name) == shown


def test_whoever_the_plan_has_is_named_so_that_the_plan_knows_them() -> None:
    """R216: the directory turns the name round; the name in the plan may itself have a word that is read."""
    plan = loading.example()
    assert in_words(plan, "Krogh, Pia") == "Pia Krogh"
    other = loading.parse(loading.example_text().replace("Pia Krogh", "Pia Rød"), "planen")
    assert other.named(in_words(other, "Pia Rød")) == ["pia"]
    assert in_words(other, "Pia Rød") == "pia"


def test_two_that_were_picked_are_two_whatever_they_are_called() -> None:
    """D03: "Ny, Nanna" was halved at her comma, and the half of it was somebody else."""
    called = {"U1": calm("Ny, Nanna"), "U2": "Pia Krogh"}
    assert merged({"who@who": "U1,U2"}, called.__getitem__, {}) == {"who": "Nanna Ny, Pia Krogh"}


@only_in_slack
async def test_what_a_colleague_calls_themselves_hastens_and_orders_nothing_in_slack(stage: Stage) -> None:
    """R036 R073: a line that names them doesn't go to the chief at once, and naming them alone is no verb."""
    assert isinstance(stage, SlackStage)
    stage.slack.add_user("U0NANNA", "HASTER: x", "nanna@htk.example")
    stage.slack.add_user("U0STOP", "afblæs", "stop@htk.example")
    before = await stage["lars"].reads()
    await stage["kim"].person.command("log <@U0NANNA> og <!subteam^S1|@haster> er i <#C1|det-haster>")
    await stage.settle()
    assert (await stage.log("information"))[-1]["summary"] == "H·STER: x og @h·ster er i #det-h·ster"
    assert await stage["lars"].reads() == before
    await stage["lars"].person.says("<@U0STOP>")
    await stage.settle()
    assert not await stage["lars"].has("Afblæs")


@only_in_teams
async def test_what_a_colleague_calls_themselves_hastens_and_orders_nothing_in_teams(stage: Stage) -> None:
    """R036 R073: the same; in Teams the name stands in the text itself."""
    assert isinstance(stage, TeamsStage)
    before = await stage["lars"].reads()
    await stage["kim"].person.says("log <at>HASTER: x</at> og <at>Det haster</at> er her")
    await stage.settle()
    assert (await stage.log("information"))[-1]["summary"] == "H·STER: x og Det h·ster er her"
    assert await stage["lars"].reads() == before
    await stage["lars"].person.says("<at>afblæs</at>")
    await stage.settle()
    assert not await stage["lars"].has("Afblæs")
