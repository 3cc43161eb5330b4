"""Buttons and forms in Slack: pressed once, filled in once, and told of where they can't be opened."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from handlers.core.card import Button, Card, Field
from storage.rows.crisis import Crisis
from tests.bot.platforms.slack.house import House
from tests.fakes.slack import Fault, OkFalse, ServerError, TimeoutBefore, WrongPage

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_a_button_does_what_it_says_once(house: House) -> None:
    """R003 D03: the question, with a double press."""
    finn = house.person("U0FINN")
    await finn.command("varsel vand i kælderen")
    await house.engine.settle()
    assert (await finn.presses("Ja")).in_time
    await finn.retry()
    await house.engine.settle()
    assert len([each for each in await house.inbox() if each["kind"] == "press"]) == 1
    assert house.person("U0JENS").sees("Kan du tage den?")[-1].buttons[0] == "Jeg har den"


async def test_a_button_of_another_release_says_so_in_words(house: House) -> None:
    """D03: it was answered 503, and Slack showed a warning sign."""
    finn = house.person("U0FINN")
    block = {"type": "button", "action_id": "a", "block_id": "b", "text": {"type": "plain_text", "text": "Ja"}}
    for carried in ('{"message": "1", "does": "something later"}', "ja", '{"message": 1, "do": [], "args": 2}'):
        pressed = {"actions": [{**block, "value": carried}], "channel": {"id": finn.dm, "name": "directmessage"}}
        assert (await finn._interactive("block_actions", pressed)).status == 200
    await house.engine.settle()
    assert len(finn.sees("hører til en anden udgave af Krisebot")) == 3


async def test_what_is_filled_in_on_a_message_comes_with_the_button(house: House) -> None:
    """R005: the decider gives it a name."""
    await house.person("U0FINN").command("varsel vand")
    await house.engine.settle()
    await house.person("U0FINN").presses("Ja")
    await house.engine.settle()
    jens = house.person("U0JENS")
    await jens.presses("Jeg har den")
    await house.engine.settle()
    await jens.presses("Niveau 2", values={"title": "Skybrud i Hedehusene"})
    await house.engine.settle()
    assert await house.rows(select(Crisis.title)) == ["Skybrud i Hedehusene"]


async def test_a_form_is_filled_in_a_dialog_and_submitted_once(house: House) -> None:
    finn = house.person("U0FINN")
    await finn.command("varsel")
    await house.engine.settle()
    assert (await finn.presses("Send varsel")).in_time
    assert finn.view is not None
    assert len(await house.inbox()) == 1, "opening a dialog changes nothing"
    await finn.submits({"text": "vand i kælderen", "kind": "weather"})
    await finn.retry()
    assert finn.view is None
    await house.engine.settle()
    press = (await house.inbox())[-1]
    assert (press["kind"], press["action"]) == ("press", "warning.typed")
    assert press["values"] == {"text": "vand i kælderen", "kind": "weather", "source": "", "happened": "", "place": ""}
    assert await house.rows(select(func.count()).select_from(Crisis)) == [1]


async def test_the_dialog_is_the_one_that_stands_on_the_message_now(house: House) -> None:
    """A button from a message that has changed since opens no old form."""
    form = (Field("text", "Hvad skal der stå?", value="før"),)
    await house.tell("jens", Card("Nr. 1", buttons=(Button("Ret", "log.correct", {"no": 1}, form=form),)))
    await house.engine.settle()
    jens = house.person("U0JENS")
    old = jens.sees("Nr. 1")[-1]
    await house.tell("jens", Card("Nr. 1 er rettet"))
    await house.engine.settle()
    await jens.presses("Ret", message=old)
    assert jens.view is None
    await house.engine.settle()
    assert jens.sees("Nr. 1")[-1].buttons == []


@pytest.mark.long
@pytest.mark.parametrize("how", [ServerError(), OkFalse("expired_trigger_id"), TimeoutBefore(), WrongPage()], ids=repr)
async def test_a_dialog_that_cannot_be_opened_is_told_of_and_can_be_pressed_again(house: House, how: Fault) -> None:
    """R001: also where Slack lets us wait: a fault beside the button, or a time-out, tells nobody what to do."""
    finn = house.person("U0FINN")
    await finn.command("varsel")
    await house.engine.settle()
    house.slack.fail("views.open", with_=how)
    answer = await finn.presses("Send varsel")
    assert (answer.status, answer.in_time) == (200, True)
    await house.engine.settle()
    assert len(finn.sees("Formularen kunne ikke åbnes i Slack. Intet er sendt.")) == 1
    assert (await finn.presses("Send varsel")).status == 200
    assert finn.view is not None


@pytest.mark.long
async def test_a_dialog_from_a_messages_menu_that_slack_does_not_open_is_told_of(house: House) -> None:
    """R036: nothing is saved, and whoever chose it knows."""
    kim = house.person("U0KIM")
    await kim.says("der er vand i kælderen")
    mine = next(each for each in kim.messages() if each.text == "der er vand i kælderen")
    for name in ("Gem i log", "Send som varsel"):
        house.slack.fail("views.open", with_=TimeoutBefore())
        assert (await kim.shortcut(name, mine)).status == 200
    await house.engine.settle()
    assert len(kim.sees("Formularen kunne ikke åbnes i Slack. Intet er sendt.")) == 2
