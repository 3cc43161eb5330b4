"""Another organisation's people, in a channel that is shared with us: heard, and without a right."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.bot.platforms.slack.house import House, a_house, read
from tests.fakes.slack import SlackPerson

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture(params=[True, False], ids=["named", "unnamed"])
async def house(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """With our workspace named in the settings, and not."""
    async with a_house(database, team_ids=["T0HTK"] if request.param else []) as house:
        yield house


def stranger(house: House, user: str = "U0EXT") -> SlackPerson:
    person = house.person(user, "Ebbe Ude")
    person.team = "T0NABO"
    return person


@pytest.mark.long
async def test_they_are_heard_with_112_and_the_question_and_nothing_is_sent_before_their_yes(house: House) -> None:
    """R001 R003."""
    ebbe = stranger(house)
    assert (await ebbe.says("der er brand i jeres pumpestation, folk er fanget")).status == 200
    await house.engine.settle()
    assert ebbe.sees("112")
    assert ebbe.sees("Intet er sendt.")
    await house.forward(minutes=20)
    assert not house.person("U0JENS").sees("pumpestation")
    assert (await ebbe.presses("Ja")).status == 200
    await house.engine.settle()
    assert house.person("U0JENS").sees("pumpestation")
    assert house.person("U0JENS").sees("Ebbe Ude (udefra)")
    # They see who has it, and get nobody's own number.
    assert ebbe.sees("Jens Lund")
    await house.forward(minutes=40)
    assert not ebbe.sees("20 00 00")
    assert {(each["sender"], each["outside"]) for each in await house.inbox()} == {("slack:U0EXT", True)}


@pytest.mark.parametrize("text", ["aktiver 2 skybrud", "hvem", "status", "log vand", "afblæs", "telefon"])
async def test_no_verb_of_theirs_runs(house: House, text: str) -> None:
    """R004: not even those that every employee has."""
    ebbe = stranger(house)
    assert (await ebbe.says(f"/krise {text}")).status == 200
    await house.engine.settle()
    assert await house.rooms() == 0
    assert not ebbe.sees("+45 20 00")
    assert ebbe.sees("112")


async def test_a_deciders_id_from_another_organisation_decides_nothing(house: House) -> None:
    """R004: rights are the plan's, for our own workspace alone."""
    jens = stranger(house, "U0JENS")
    await jens.says("aktiver 2 skybrud")
    await house.engine.settle()
    assert await house.rooms() == 0


async def test_our_own_in_a_shared_channel_keep_their_rights(house: House) -> None:
    channel = house.slack.add_channel("faelles", "U0JENS")
    jens = house.person("U0JENS")
    message = house.slack.world.post(channel, "U0JENS", f"<@{house.slack.world.bot_user}> aktiver 2 skybrud")
    shared = jens._heard(channel, message) | {"type": "app_mention", "user_team": "T0HTK", "team": "T0HTK"}
    assert (await jens._event(shared)).status == 200
    await house.engine.settle()
    assert await house.rooms() == 1


async def test_a_grid_installation_without_a_workspace_is_ours(database: Database) -> None:
    async with a_house(database, team_ids=["E0HTK"]) as house:
        jens = house.person("U0JENS")
        about = {"team": None, "enterprise": {"id": "E0HTK"}, "is_enterprise_install": True}
        pressed = {"actions": [{"type": "button", "action_id": "a", "block_id": "b", "value": "x"}], **about}
        assert (await jens._interactive("block_actions", pressed)).status == 200
        other = {**pressed, "enterprise": {"id": "E0OTHER"}}
        assert (await jens._interactive("block_actions", other)).status == 401


@pytest.mark.parametrize("named", [["E0HTK"], []], ids=["named", "unnamed"])
async def test_on_a_whole_grid_installation_whoever_the_plan_does_not_know_is_another_organisations(
    database: Database, named: list[str]
) -> None:
    """R004: a press there tells the person's own workspace, and none of ours."""
    async with a_house(database, team_ids=named) as house:
        about = {"team": None, "enterprise": {"id": "E0HTK"}, "is_enterprise_install": True}
        pressed = {"actions": [{"type": "button", "action_id": "a", "block_id": "b", "value": "x"}], **about}
        for person in (house.person("U0JENS"), stranger(house)):
            assert (await person._interactive("block_actions", pressed)).status == 200
        heard = {each["sender"]: each["outside"] for each in await house.inbox()}
        assert heard == {"jens": False, "slack:U0EXT": True}


async def test_what_they_would_save_is_asked_about_and_stands_in_no_log(house: House) -> None:
    """R001 R004: the form was filled in, and nothing was said."""
    ebbe = stranger(house)
    channel = house.slack.add_channel("faelles", "U0JENS", ebbe.id)
    message = house.slack.world.post(channel, ebbe.id, "vand i jeres pumpestation")
    await ebbe.shortcut("Gem i log", message)
    await ebbe.submits()
    await house.engine.settle()
    assert ebbe.sees("vand i jeres pumpestation")
    assert ebbe.sees("112")
    assert ebbe.sees("Intet er sendt.")
    assert not house.person("U0JENS").sees("Varsel nr.")


async def test_asking_for_the_guide_adds_nothing_to_their_words_and_their_question_stands(house: House) -> None:
    """R001 R004: written or on a message's menu; what they send with their yes is what they told, to the letter."""
    ebbe = stranger(house)
    await ebbe.says("der er brand i jeres pumpestation")
    await house.engine.settle()
    asked = ebbe.sees("Intet er sendt.")[-1]
    await ebbe.says("/krise vejledning")
    await ebbe.says("Guide")
    await ebbe.shortcut("Vejledning", asked)
    await house.engine.settle()
    assert ebbe.sees("Vejledningen er for kommunens egne")
    assert [each.ts for each in ebbe.sees("Intet er sendt.")] == [asked.ts]
    assert (await ebbe.presses("Ja")).status == 200
    await house.engine.settle()
    (told,) = house.person("U0JENS").sees("pumpestation")
    assert "vejledning" not in read(told.blocks).casefold()
    assert "guide" not in read(told.blocks).casefold()
