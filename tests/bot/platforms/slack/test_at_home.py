"""At home in Slack: the app's own page, the shortcuts, and what stands above the staff's channel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.rows.crisis import Crisis
from storage.rows.home_pages import HomePage
from storage.rows.traffic import Inbox
from tests.fakes.slack import OkFalse, RateLimited, ServerError, SlackPerson, TimeoutBefore
from tests.fakes.slack.blocks import buttons
from tests.fakes.slack.world import Channel, FakeMessage
from tests.stage.platforms import only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage

stage = after(cloudburst)
pytestmark = only_in_slack


def channel(stage: SlackStage) -> Channel:
    """The staff's channel, as it stands now."""
    return next(each for each in stage.slack.world.channels.values() if each.name.startswith("krise-"))


def outsider(stage: SlackStage, id: str = "U0FREMMED") -> SlackPerson:
    """Somebody from another organisation, in a channel shared with it."""
    person = SlackPerson(stage.slack, id, stage.address, name="Fremmed")
    person.team = "T0ANDEN"
    return person


# --- the page --------------------------------------------------------------------------------------------------------


async def test_the_page_shows_what_waits_for_its_reader_and_it_can_be_answered_there(stage: SlackStage) -> None:
    """R256: Overblik; the same buttons as on the message, with the same right."""
    rune = stage["rune"].person
    await rune.opens_home()
    await stage.settle()
    assert "Venter på dig:" in rune.home
    await rune.presses("Mit center er underrettet", at_home=True)
    await stage.settle()
    assert any("er underrettet af Rune Juhl" in each["summary"] for each in await stage.part("log"))


async def test_what_is_new_since_one_last_wrote_is_one_press_away_on_the_page(stage: SlackStage) -> None:
    """R256: siden sidst; whoever opens the phone reads what was decided meanwhile, and what is theirs."""
    await stage["anne"].commands("log ? kælderen er tør")
    await stage["lars"].commands("beslut Birkehøj evakueres")
    anne = stage["anne"].person
    await anne.opens_home()
    await stage.settle()
    await anne.presses("Siden sidst", at_home=True)
    await stage.settle()
    (told,) = [text for text in await stage["anne"].reads() if "– siden" in text]
    assert "Birkehøj evakueres" in told


@pytest.mark.long
async def test_an_open_page_follows_what_happens_and_a_closed_one_costs_nothing(stage: SlackStage) -> None:
    """R256: nobody opens it twice."""
    kim, jens = stage["kim"], stage["jens"].person
    await kim.person.opens_home()
    await stage.settle()
    await stage.forward(seconds=30)
    before = len(stage.slack.calls_to("views.publish"))
    await stage.forward(seconds=30)
    assert len(stage.slack.calls_to("views.publish")) == before, "nothing has happened"
    await kim.presses("Fuldt etableret")
    await stage.forward(seconds=10)
    assert "Fuldt etableret kl. 14:" in kim.person.home
    assert not jens.home, "who has not opened it is shown nothing"
    await stage.forward(hours=9)
    async with stage.database.reading() as db:
        assert not list(await db.scalars(select(HomePage)))


@pytest.mark.long
async def test_an_open_page_is_found_again_after_a_restart(stage: SlackStage) -> None:
    """R213."""
    kim = stage["kim"].person
    await kim.opens_home()
    await stage.settle()
    await stage.kill()
    await stage["jens"].commands("afblæs")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage.forward(seconds=10)
    assert "Der er ingen aktiv krise." in stage["kim"].person.home


async def test_another_organisations_person_sees_112_and_nothing_of_ours(stage: SlackStage) -> None:
    """R001: not even with an id that the plan has."""
    for id in ("U0FREMMED", "U0JENS"):
        stranger = outsider(stage, id)
        await stranger.opens_home()
        await stage.settle()
        assert "ring 112" in stranger.home
        for words in ("skybrud", "Venter på dig", "Status"):
            assert words not in stranger.home
    assert stage.slack.world.homes["U0FREMMED"].body["blocks"][-1]["type"] != "actions"
    await stage.forward(minutes=5)
    assert "skybrud" not in outsider(stage, "U0JENS").home


async def test_an_employee_outside_the_staff_sees_no_more_than_of_status(stage: SlackStage) -> None:
    """R014: the grade is theirs."""
    finn = stage["finn"].person
    await finn.opens_home()
    await stage.settle()
    assert "skybrud" in finn.home
    assert "Mere kan krisestaben se" in finn.home
    assert "Afventer" not in finn.home


async def test_a_page_that_can_not_be_drawn_now_is_drawn_later(stage: SlackStage) -> None:
    """R213: opened once."""
    kim = stage["kim"].person
    for fault in (RateLimited(20), ServerError(), OkFalse("ratelimited")):
        stage.slack.fail("views.publish", with_=fault)
    assert (await kim.opens_home()).status == 200
    await stage.settle()
    assert not kim.home
    await stage.forward(minutes=4)
    assert "skybrud" in kim.home
    assert not stage.slack.faults_left


async def test_a_slack_that_draws_nothing_is_not_waited_for_before_it_is_told_that_we_have_heard(
    stage: SlackStage,
) -> None:
    """R001 R213: an event that is answered too late comes again, and after many of them Slack sends no more."""
    stage.slack.fail("views.publish", with_=TimeoutBefore(), times=None)
    for name in ("kim", "jens", "finn"):
        assert (await stage[name].person.opens_home()).status == 200
    assert not stage.slack.calls_to("views.publish"), "the row alone is waited for"
    stage.slack.heal()
    await stage.settle()
    assert all("skybrud" in stage[name].person.home for name in ("kim", "jens", "finn"))


# --- shortcuts -------------------------------------------------------------------------------------------------------


async def test_a_warning_is_sent_from_anywhere_by_the_shortcut_and_only_once(stage: SlackStage) -> None:
    """R001: everybody may, also who stands in no plan."""
    finn = stage["finn"].person
    await finn.global_shortcut("send_varsel")
    assert finn.view is not None
    assert "ring 112" in str(finn.view.body["blocks"])
    await finn.submits({"text_1": "Gaslugt ved *Birkehøj*"})
    await finn.retry()
    await stage.settle()
    async with stage.database.reading() as db:
        sent = [each for each in await db.scalars(select(Inbox)) if each.body["text"].startswith("varsel")]
    assert [each.body["text"] for each in sent] == ["varsel Gaslugt ved *Birkehøj*"]
    assert any("Gaslugt" in each for each in await stage["jens"].reads() + await stage["finn"].reads())


async def test_a_messages_words_stand_in_the_form_with_who_wrote_them(stage: SlackStage) -> None:
    """R001: whoever sends them on did not write them."""
    await stage["per"].says("Vandet står i kælderen på Birkehøj", "generelt")
    finn = stage["finn"].person
    message = stage.slack.messages("generelt")[-1]
    await finn.shortcut("Send som varsel", message)
    view = finn.view
    assert view is not None
    shown = view.body["blocks"][-1]["element"]["initial_value"]
    assert shown.startswith("Vandet står i kælderen på Birkehøj\n(Skrevet af Per Hald")
    await finn.submits()
    await stage.settle()
    assert any("Vandet står i kælderen" in each for each in await stage["finn"].reads())
    await stage["per"].person.shortcut("Send som varsel", message)
    assert "Skrevet af" not in str(stage["per"].person.view and stage["per"].person.view.body["blocks"])


async def test_a_message_longer_than_a_field_comes_whole(stage: SlackStage) -> None:
    """R215."""
    long = "Vand i kælderen. " * 400
    await stage["per"].says(long, "generelt")
    per = stage["per"].person
    await per.shortcut("Send som varsel", stage.slack.messages("generelt")[-1])
    await per.submits()
    await stage.settle()
    async with stage.database.reading() as db:
        sent = [each.body["text"] for each in await db.scalars(select(Inbox)) if each.body["kind"] == "command"]
    assert sent[-1] == f"varsel {long.strip()}"


async def test_another_organisations_person_warns_nobody_by_the_shortcut(stage: SlackStage) -> None:
    """R001: they are asked, as when they write."""
    stranger = outsider(stage)
    before = await stage.crises()
    await stranger.global_shortcut("send_varsel")
    await stranger.submits({"text_1": "Brand"})
    await stage.settle()
    assert await stage.crises() == before
    assert not any("Brand" in each for each in await stage["jens"].reads())


# --- above the staff's channel ---------------------------------------------------------------------------------------


async def test_the_channel_has_its_card_on_top_and_a_topic_that_follows(stage: SlackStage) -> None:
    """R256: Overblik."""
    here = channel(stage)
    pinned = [each.shown for each in here.messages if each.ts in here.pins]
    assert len(pinned) == 1
    assert pinned[0].startswith("Krisestab nr. 1: skybrud")
    assert here.topic == "skybrud, kloak står op i Hedehusene · niveau 2, fuldt etableret senest kl. 16:00"
    await stage["kim"].presses("Fuldt etableret")
    assert channel(stage).topic.endswith("niveau 2, fuldt etableret")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert "afblæst" in channel(stage).topic
    assert len(channel(stage).pins) == 1


async def test_meeting_board_and_plan_are_bookmarked_and_go_when_they_are_over(stage: SlackStage) -> None:
    """R256: each once, also over a restart."""
    assert ("Beredskabsplanen", "https://intranet.htk.example/beredskabsplan") in channel(stage).bookmarks.values()
    await stage["kim"].commands("tavle")
    await stage["kim"].commands("møde kl. 15 https://teams.example/moede/1")
    await stage.kill()
    await stage.forward(seconds=5)
    titles = [title for title, _ in channel(stage).bookmarks.values()]
    assert titles.count("Vægtavle") == 1
    assert [each for each in titles if each.startswith("Stabsmøde 1")] != []
    assert len(titles) == len(set(titles))
    await stage["kim"].presses("Træk linket tilbage")
    assert "Vægtavle" not in [title for title, _ in channel(stage).bookmarks.values()]


async def test_a_channel_that_everybody_can_see_has_no_link_of_the_staffs(stage: SlackStage) -> None:
    """R014: what is above it is read by all."""
    slack = stage.plan.rooms.slack.model_copy(update={"private": False})
    stage.plan = stage.plan.model_copy(update={"rooms": stage.plan.rooms.model_copy(update={"slack": slack})})
    await stage.kill()
    await stage["kim"].commands("tavle")
    await stage["kim"].commands("møde kl. 15 https://teams.example/moede/1")
    titles = " ".join(title for title, _ in channel(stage).bookmarks.values())
    assert "Vægtavle" not in titles
    assert "Stabsmøde" not in titles
    await stage["kim"].commands("tavle åben")
    assert "Vægtavle" in " ".join(title for title, _ in channel(stage).bookmarks.values())


@pytest.mark.long
@pytest.mark.parametrize("scope", ["pins:write", "bookmarks:write"])
async def test_an_older_installation_lacks_that_alone_and_says_so_once(stage: SlackStage, scope: str) -> None:
    """R213: no fault to anybody."""
    stage.slack.scopes.discard(scope)
    for text in ("skybrud i Fløng", "storm i Sengeløse"):
        await stage["lars"].commands("afblæs")
        await stage["lars"].presses("Afblæs")
        await stage["jens"].commands(f"aktiver 2 {text}")
    await stage.forward(seconds=10)
    told = [each for each in await stage["kim"].reads() if "mangler en rettighed" in each]
    assert len(told) == 1
    assert scope in told[0]
    assert all(platform.trouble() is None for platform in stage.bot.platforms)
    async with stage.database.reading() as db:
        assert await db.scalar(select(Crisis.level).order_by(Crisis.id.desc())) == 2


@pytest.mark.long
async def test_what_can_not_be_put_above_it_now_is_put_there_later_and_a_refusal_stops_nothing(
    stage: SlackStage,
) -> None:
    """R213: a pin that is refused, a bookmark that must wait."""
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    stage.slack.fail("pins.add", with_=OkFalse("not_pinnable"), times=None)
    stage.slack.fail("bookmarks.add", with_=RateLimited(30))
    stage.slack.fail("bookmarks.add", with_=ServerError())
    await stage["jens"].commands("aktiver 2 storm")
    here = next(each for each in stage.slack.world.channels.values() if "storm" in each.name)
    assert here.topic.startswith("storm · niveau 2")
    await stage.until(stage.clock.now() + timedelta(minutes=3))
    assert len({title for title, _ in here.bookmarks.values()}) == len(here.bookmarks) > 0
    assert here.pins == []


# --- the menu of what has no room --------------------------------------------------------------------------------


def menu_of(message: FakeMessage) -> list[str]:
    """What can be chosen in a message's menu."""
    return [label["text"]["text"] for _, label in buttons(message.blocks) if label["type"] == "overflow"]


async def test_what_stands_in_the_menu_does_what_its_button_would_and_only_while_it_is_there(stage: SlackStage) -> None:
    """R256: chosen, chosen again, and chosen on a card that has changed since."""
    await stage["rune"].commands("")
    rune = stage["rune"].person
    card = next(each for each in reversed(rune.messages()) if menu_of(each))
    assert "Alle kommandoer" in menu_of(card)
    assert (await rune.presses("Alle kommandoer", card)).status == 200
    await rune.retry()
    await stage.settle()
    assert sum("Situationsbillede\n" in each for each in await stage["rune"].reads()) == 1
    await stage["rune"].presses("Mit center er underrettet")
    before = len(await stage["rune"].reads())
    # The card that it was chosen on is no longer the newest; the choice is still what it said.
    await rune.presses("Alle kommandoer", card)
    await stage.settle()
    assert len(await stage["rune"].reads()) == before + 1
