"""Exercises, what is learnt from them, and the upkeep of the plan itself. Plan, Planens godkendelse og afprøvning."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.platforms.fallback.numbered_text import in_words
from handlers.core.card import Button, Card, Field, in_exercise
from storage.plan import loading
from storage.rows.traffic import Message, StaffChannel
from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.stage import DENMARK, Stage, log_of, told


@pytest.fixture
def stage(open_stage: Stage) -> Stage:
    return open_stage


async def said(stage: Stage, crisis: int) -> list[dict[str, Any]]:
    """Every card that a crisis has said, as it stands."""
    async with stage.database.reading() as db:
        return list(await db.scalars(select(Message.card).where(Message.crisis_id == crisis)))


@pytest.mark.long
@in_slack
async def test_an_exercise_says_so_everywhere_and_is_never_mixed_with_the_real_thing(stage: Stage) -> None:
    """R245 D10: everything says ØVELSE first, and a real warning meanwhile is a crisis of its own."""
    await stage["jens"].commands("øvelse aktiver 2 skybrud")
    await stage["kim"].commands("log ? 40 cm vand", "stab")
    exercise = await stage.export()
    assert (exercise["crisis"]["exercise"], exercise["crisis"]["level"]) == (True, 2)
    assert told(exercise, "summons") >= {"lars", "anne", "kim"}
    assert log_of(exercise, "information")[-1]["summary"] == "40 cm vand"
    cards = await said(stage, 1)
    assert len(cards) > 20
    assert [card["text"] for card in cards if not card["text"].startswith("ØVELSE: ")] == []
    async with stage.database.reading() as db:
        room = (await db.scalars(select(StaffChannel))).first()
    assert room is not None
    # Slack has no Danish letters in a channel's name.
    assert room.name.startswith(("oevelse-2", "øvelse-2"))
    assert room.title == "ØVELSE: skybrud"

    await stage["finn"].commands("varsel brand på rådhuset", "generelt")
    await stage["finn"].presses("Ja")
    real = await stage.export(2)
    assert not real["crisis"]["exercise"]
    assert [step["person"] for step in real["escalation"]] == ["jens"]
    await stage["lars"].commands("aktiver 2 brand")
    real = await stage.export(2)
    assert (real["crisis"]["level"], real["crisis"]["title"]) == (2, "brand")
    assert [card["text"] for card in await said(stage, 2) if card["text"].startswith("ØVELSE")] == []
    # What is said outside both channels is about the real one.
    await stage["kim"].commands("log ? politiet er på vej")
    assert (await stage.log("information", 2))[-1]["summary"] == "politiet er på vej"
    await stage["kim"].commands("øvelse log ? pumper er på vej")
    assert (await stage.log("information"))[-1]["summary"] == "pumper er på vej"


def test_an_sms_to_the_letter_has_the_word_too_and_only_once() -> None:
    """R245 D10: where only words can go."""
    button = Button("Svar", "x", form=(Field("text", "Svar"),), form_title="Kommunikationsplanen")
    card = in_exercise(in_exercise(Card("Læs mailen", brief="Tjek din mail", buttons=(button, Button("Ja", "y")))))
    assert (in_words(card), card.text) == ("ØVELSE: Tjek din mail", "ØVELSE: Læs mailen")
    # So has the dialog that a button opens, in what room Slack gives it.
    assert [each.form_title for each in card.buttons] == ["ØVELSE: Kommunikationspl", ""]
    assert Card.from_json(card.to_json()) == card


@in_one_chat
async def test_only_4k_and_the_secretariat_begin_an_exercise_and_alone_the_word_begins_none(stage: Stage) -> None:
    """R245: rights as for the register."""
    for person, words in (("finn", "øvelse aktiver 2 skybrud"), ("jens", "øvelse"), ("jens", "øvelse i morgen kl. 10")):
        await stage[person].commands(words)
    await stage["kim"].commands("øvelse aktiverr 2 skybrud")
    await stage["kim"].commands("øvelsse aktiver 2 skybrud")
    assert await stage.crises() == 0


@pytest.mark.long
@in_one_chat
async def test_a_real_thing_in_an_exercises_channel_is_one_press_away(stage: Stage) -> None:
    """D10: `Det er ikke en øvelse`."""
    await stage["jens"].commands("øvelse aktiver 2 skybrud")
    await stage["mads"].commands("varsel der er faldet en mand ned fra taget", "stab")
    assert (await stage.part("crisis", 2))["exercise"]
    await stage["mads"].presses("Det er ikke en øvelse")
    real = await stage.export(3)
    assert not real["crisis"]["exercise"]
    assert not (await stage["mads"].reads())[-1].startswith("ØVELSE")
    assert real["alerts"][0]["text"] == "der er faldet en mand ned fra taget"
    assert real["escalation"][0]["person"] == "jens"


@in_one_chat
async def test_the_help_card_sends_a_real_warning_though_an_exercise_goes_on(stage: Stage) -> None:
    """D10: whoever isn't in the exercise knows nothing of it."""
    await stage["jens"].commands("øvelse aktiver 2 skybrud")
    await stage["finn"].commands("", "generelt")
    await stage["finn"].presses("Send varsel")
    await stage["finn"].presses("Send varsel", text="brand på rådhuset")
    assert not (await stage.part("crisis", 2))["exercise"]


@pytest.mark.long
@in_one_chat
async def test_a_short_exercise_begins_with_one_tap_and_ends_in_the_register_and_an_evaluation(stage: Stage) -> None:
    """R245 R246 R247 R248: begun, told more, ended by who leads it, registered, asked about and evaluated."""
    await stage["kim"].commands("øvelse")
    await stage["kim"].presses("Kort: skybrud")
    await stage["jens"].says("har den")
    await stage["jens"].presses("Niveau 2")
    await stage.forward(minutes=16)
    assert await stage["mads"].sees("DMI melder 60 mm")
    await stage["mads"].commands("erfaring numrene til pumperne manglede", "stab")
    await stage["kim"].commands("øvelse slut")
    over = await stage.export()
    assert over["crisis"]["deactivated_by"] == "kim"
    (registered,) = over["exercises"]
    assert {"kim", "jens", "lars", "mads"} <= set(registered["participants"])
    await stage["mads"].presses("Svar", good="alle kom", better="flere pumper")
    await stage["mads"].commands("evaluering")
    assert "To spørgsmål om nr. 1" in (await stage["mads"].reads())[-1]
    await stage["finn"].commands("evaluering alt gik galt")
    assert "Det kan kun de, der deltog" in (await stage["finn"].reads())[-1]
    await stage["jens"].commands("evaluering")
    assert "Erfaringer og svar: 3" in (await stage["jens"].reads())[-1]
    await stage["jens"].presses("Evalueringen er færdig", findings="køb to pumper til, Mads")
    over = await stage.export()
    learnt = [entry["summary"] for entry in log_of(over, "lesson")]
    assert learnt[0] == "numrene til pumperne manglede"
    assert [text.partition("? ")[2] for text in learnt[1:]] == ["alle kom", "flere pumper"]
    (evaluation,) = over["evaluations"]
    assert (evaluation["owner"], evaluation["findings"]) == ("jens", "køb to pumper til, Mads")
    assert log_of(over, "task")[-1]["status"] == "done"


@pytest.mark.long
@in_one_chat
async def test_the_next_exercise_is_reminded_of_in_good_time_and_never_in_a_crisis(stage: Stage) -> None:
    """R245: 18, 22 and 24 months after the last one, to 4K and the secretariat."""

    async def reminders() -> int:
        async with stage.database.reading() as db:
            found = await db.scalars(select(Message).where(Message.kind == "reminder", Message.recipient == "jens"))
            return len([each for each in found if each.crisis_id is None and "*Øvelse:*" in each.card["text"]])

    await stage["kim"].commands("øvelse")
    await stage["kim"].presses("Registrér en øvelse", date="1.3.2025", scope="strømsvigt", participants="direktionen")
    counted = []
    for year, month, day in ((2026, 8, 31), (2026, 9, 2), (2026, 12, 31), (2027, 1, 2), (2027, 2, 28), (2027, 3, 2)):
        await stage.until(datetime(year, month, day, 12, tzinfo=DENMARK))
        counted.append(await reminders())
    assert counted == [0, 1, 1, 2, 2, 3]


@in_one_chat
async def test_the_plans_period_has_its_duties_and_they_end_the_reminders(stage: Stage) -> None:
    """R240 R241 R242: the example plan's period ended with 2025."""
    await stage.forward(days=1)
    assert await stage["kim"].sees("Planperioden udløb 31. december 2025")
    await stage["tina"].commands("", "generelt")
    assert await stage["tina"].sees("Planperioden udløb")
    # A frightened person's first card has no news of the plan's period.
    await stage["finn"].commands("", "generelt")
    assert not await stage["finn"].sees("Planperioden udløb")
    for label in ("Den politiske sag er udarbejdet", "Godkendt i Byrådet", "Sendt til Beredskabsstyrelsen"):
        await stage["kim"].presses(label)
    assert not await stage["kim"].has("Sendt til Beredskabsstyrelsen")


@in_one_chat
async def test_a_changed_plan_file_is_asked_about_and_a_principal_change_has_duties(stage: Stage) -> None:
    """R243: to Byrådet, then to Beredskab 4K; a new telephone number is nobody's case."""
    assert not await stage["kim"].has("Principiel ændring")
    jens = stage.plan.persons["jens"].model_copy(update={"mobile": "+4511223344"})
    stage.plan = stage.plan.model_copy(update={"persons": {**stage.plan.persons, "jens": jens}})
    await stage.kill()
    await stage.settle()
    assert not await stage["kim"].has("Principiel ændring")
    stage.plan = loading.example().model_copy(update={"municipality": "En anden kommune"})
    await stage.kill()
    await stage.settle()
    await stage["kim"].presses("Principiel ændring")
    await stage["kim"].presses("Godkendt i Byrådet")
    await stage["kim"].presses("Sendt til Beredskab 4K")
    assert not await stage["kim"].has("Sendt til Beredskab 4K")


@pytest.mark.long
@in_one_chat
async def test_whoever_leads_an_exercise_sees_its_run_and_gives_skips_repeats_and_adds(stage: Stage) -> None:
    """R245 R248: the leader's card tells what came, what comes and who has answered, and is kept up to date."""
    kim = stage["kim"]
    await kim.commands("øvelse")
    await kim.presses("Kort: skybrud")
    await stage["jens"].says("har den")
    await stage["jens"].presses("Niveau 2")
    await stage["anne"].presses("Kommer")

    async def run() -> str:
        return [text for text in await kim.reads() if "Øvelsens forløb" in text][-1]

    async def told() -> list[str]:
        return [line["summary"] for line in await stage.log("information") if line["sender"] == "øvelsesledelsen"]

    assert (await run()).startswith("ØVELSE: ")
    assert "0 givet, 3 venter" in await run()
    await stage.at("14:10")
    await kim.presses("Giv det næste nu")
    assert [text[:10] for text in await told()] == ["DMI melder"]
    assert "1. givet kl. 14:10" in await run()
    # It doesn't come once more at its own time.
    await stage.at("14:20")
    assert len(await told()) == 1
    await kim.presses("Spring det næste over")
    assert "2. sprunget over" in await run()
    await stage.at("14:35")
    assert not await stage["mads"].sees("Hvem ejer tiltaget")
    await kim.presses("Gentag det seneste")
    assert (await told())[-1].startswith("Indspil igen: DMI melder")
    await kim.presses("Nyt indspil", text="Der er strøm igen i *Fløng*", at="om 5 min")
    assert "kommer kl. 14:40: Der er strøm igen i ∗Fløng∗" in await run()
    assert not await stage["mads"].sees("Der er strøm igen")
    await stage.at("14:41")
    assert await stage["mads"].sees("Der er strøm igen")
    await kim.presses("Nyt indspil", text="Broen er lukket", at="")
    assert (await told())[-1] == "Broen er lukket"
    assert "4 givet" not in await run()
    assert "3 givet, 1 venter" in await run()
    # The last of the script comes when it was to.
    await stage.at("14:46")
    assert (await told())[-1].startswith("En journalist ringer")
    assert "4 givet, 0 venter" in await run()
    assert "Har svaret: " in await run()
    assert "1 af " in await run()
    await kim.presses("Slut øvelse nr. 1")
    assert "– slut" in await run()
    assert not await kim.has("Nyt indspil")


@in_one_chat
async def test_a_leader_of_an_own_exercise_gives_injects_and_nobody_does_in_a_crisis(stage: Stage) -> None:
    """R245 R248: begun with words, its run is on the register's card; a real crisis has none."""
    await stage["jens"].commands("aktiver 2 brand")
    await stage["jens"].commands("øvelse aktiver 2 skybrud")
    await stage["kim"].commands("øvelse")
    await stage["kim"].presses("Forløb nr. 2")
    await stage["kim"].presses("Nyt indspil", text="En skole er uden vand", at="")
    assert [line["summary"] for line in await stage.log("information", 2)] == ["En skole er uden vand"]
    assert await stage.log("information", 1) == []
    assert "Øvelsens forløb" not in "".join(await stage["jens"].reads())


@in_one_chat
async def test_an_exercise_that_the_mayor_stands_down_hears_nothing_more_from_its_leader(stage: Stage) -> None:
    """R245: the leader's card is over too, whoever ended it."""
    await stage["kim"].commands("øvelse aktiver 2 skybrud")
    await stage["kim"].commands("øvelse")
    await stage["kim"].presses("Forløb nr. 1")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert not await stage["kim"].has("Nyt indspil")
    assert await stage["kim"].sees("– slut")


@pytest.mark.long
@in_one_chat
async def test_a_card_that_leads_out_of_the_house_says_in_an_exercise_that_it_stays_inside(stage: Stage) -> None:
    """D10 R221 R245: no agency, partner, newspaper, council or C3 is told by somebody who only does what the card says."""
    stays = "Øvelse: ring, send og udgiv intet til nogen uden for øvelsen."
    await stage["jens"].commands("øvelse aktiver 2 skybrud")
    for person, words in (
        ("kim", "beredskabsstyrelsen 4 pumper til Birkehøj"),
        ("kim", "c3"),
        ("kim", "byråd Skolerne er åbne."),
        ("kim", "ring"),
        ("kim", "partnere"),
        ("kim", "kontakt"),
        ("finn", "kontakt"),
        ("kim", "hvem"),
        ("kim", "ind ekstern Lone Bak, Politiet, 20 30 40 50"),
        ("kim", "delbart Lone Bak"),
        ("kim", "koord Ishøj"),
    ):
        await stage[person].commands(words)
        assert stays in (await stage[person].reads())[-1], words
    assert any("Send den videre" in card and stays in card for card in await stage["jens"].reads())
    await stage["bo"].commands("budskab")
    await stage["bo"].fills_in("Nyt budskab", audience="borgere", nature="vand i kældre")
    assert stays in (await stage["bo"].reads())[-1]
    await stage.forward(minutes=35)
    assert any("4K har ikke kvitteret" in card and stays in card for card in await stage["kim"].reads())
    texts = [card["text"] for card in await said(stage, 1)]
    assert [stays in text for text in texts if text.startswith("ØVELSE: *Forslag til intranet")] == [True]


@in_one_chat
async def test_in_a_real_crisis_nothing_of_it_is_said(stage: Stage) -> None:
    """D10: whoever is told to keep it inside on the night itself rings nobody."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("beredskabsstyrelsen 4 pumper til Birkehøj")
    await stage["kim"].commands("c3")
    await stage.forward(minutes=16)
    cards = await said(stage, 1)
    assert not [card["text"] for card in cards if "øvelsen" in card["text"]]
