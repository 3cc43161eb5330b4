"""Parties from outside sit in the staff for a while, and see what they may, on every platform."""

from __future__ import annotations

from tests.stage.platforms import in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_slack
async def test_an_external_party_comes_in_and_goes_out_and_sees_what_it_may(stage: Stage) -> None:
    """R052 R053: organisation, contact and clearance; nothing above it is shared; the period stays."""
    kim = stage["kim"]
    await kim.commands("log ! viadukten er spærret")
    internal = (await stage.part("log"))[-1]["no"]
    await kim.commands("ind ekstern Lone Bak, Politiet, 114, Åben")
    (external,) = await stage.part("externals")
    assert (external["person"], external["organisation"], external["contact"], external["clearance"]) == (
        "ekstern:Lone Bak",
        "Politiet",
        "114",
        "open",
    )
    member = (await stage.part("members"))[-1]
    assert (member["person"], member["staff"], member["until"]) == ("ekstern:Lone Bak", "operational", None)
    await kim.commands("delbart Lone Bak")
    assert not await kim.sees(f"{internal}. kl.")
    shared = await stage.log("shared")
    assert [(line["receiver"], line["direction"]) for line in shared] == [("ekstern:Lone Bak", "out")]
    await kim.commands("ind ekstern Bent Ry, Forsvaret, bent@mil.example, Stab")
    await kim.commands("delbart Bent Ry")
    assert await kim.sees(f"{internal}. kl.")
    await kim.commands("ud Lone Bak")
    assert (await stage.part("externals"))[0]["until"] is not None
    assert [each["until"] is None for each in (await stage.part("members"))[-2:]] == [False, True]


@in_slack
async def test_nobody_is_told_to_let_in_whoever_has_no_account(stage: Stage) -> None:
    """R052: a party from outside is in no chat: the chief is not asked to open a door for them, and no card names nobody."""
    await stage["lars"].commands("ind ekstern Lone Bak, Politiet, 114, Åben")
    await stage.forward(minutes=10)
    assert not await stage["lars"].sees("kunne ikke lukkes ind")
    assert not await stage["lars"].sees("Kom ikke frem til 0")


@in_slack
async def test_what_is_missing_of_an_external_party_is_asked_for_and_others_cannot_let_them_in(stage: Stage) -> None:
    """R052: by the chief, or the secretariat on behalf."""
    await stage["kim"].commands("ind ekstern Lone Bak")
    assert await stage.part("externals") == []
    await stage["kim"].fills_in("Ekstern part", name="Lone Bak", organisation="Politiet", contact="114")
    assert [each["clearance"] for each in await stage.part("externals")] == ["internal"]
    await stage["hanne"].commands("ind ekstern Per Fup, Avisen, 20")
    assert len(await stage.part("externals")) == 1
