"""What was typed one night by somebody who had not used it for two years, and what must come: each word for word, in Slack
and in Teams. Plan §4, "erkender og reagerer".

What stands here is one of a kind each; the kind has its own tests beside it, and a table of first messages.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.alert import languages
from handlers.core.language.danger_words import Language
from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import DENMARK, Stage

DANGER = "Ved fare for liv: ring 112."
UNSURE = "Jeg er ikke sikker"
DICTATED = (
    "ja hej det er gerda fra birkehøj jeg står ude på gangen på anden sal og der kommer røg ud under døren til linnedrummet "
    "og jeg tror der er ild derinde komma hvad skal jeg gøre punktum"
)
stage = after(cloudburst)


async def seen(stage: Stage, person: str) -> str:
    return "\n".join(await stage[person].reads())


async def asked(stage: Stage, number: int) -> list[str]:
    """Who has been asked in an incident's chain."""
    return [step["person"] for step in await stage.part("escalation", number)]


@pytest.mark.long
@in_slack
async def test_a_cry_in_own_words_has_112_the_person_and_the_question_and_one_press_asks_them(
    open_stage: Stage,
) -> None:
    """R001 R004 R005: it took five actions, and for some of it there was no way at all."""
    stage = open_stage
    cries = [
        "vand i kælderen!!",
        "🆘",
        DICTATED,
        "HJÆLP DER ER BRAND PÅ BIRKEHØJ",
        "help, there is a fire in the kitchen",
        "/krise varsel brand på Birkehøj",
        "krise på plejehjemmet, vandet stiger",
    ]
    for number, words in enumerate(cries, 1):
        name = f"vidne{number}"
        if words.startswith("/krise "):
            await stage[name].commands(words.removeprefix("/krise "))
        else:
            await stage[name].says(words)
        said = await seen(stage, name)
        assert DANGER in said, words
        assert "Jens Lund" in said, words
        assert UNSURE not in said, words
        assert await stage[name].has("Ved ikke"), words
        await stage[name].presses("Ja")
        assert await asked(stage, number) == ["jens"], words
        await stage["jens"].presses("Jeg har den")
        await stage["jens"].presses("Ingen krise – følg")
        assert await stage[name].sees("Jens Lund"), words


@pytest.mark.long
@in_teams
async def test_a_cry_whose_question_stays_unanswered_asks_the_chain_all_the_same(open_stage: Stage) -> None:
    """R004 R005: `varsel brand på Birkehøj`, and nobody was asked, ever."""
    for number, words in enumerate(["varsel brand på Birkehøj", "🆘"], 1):
        name = f"vidne{number}"
        await (open_stage[name].commands(words) if number == 1 else open_stage[name].says(words))
        await open_stage.forward(minutes=2)
        assert await asked(open_stage, number) == ["jens"], words
        await open_stage["jens"].presses("Jeg har den")
        await open_stage["jens"].presses("Ingen krise – følg")


@in_slack
async def test_asking_for_help_with_ones_words_loses_neither_them_nor_the_way_on(open_stage: Stage) -> None:
    """R001: [Bed om hjælp] brought the menu, nothing was sent, and the other choices were gone."""
    stage = open_stage
    await stage["finn"].commands("aktivr 2 vand i kælderen på Birkehøj")
    await stage["finn"].presses("Nej")
    await stage["finn"].presses("Bed om hjælp")
    said = (await stage["finn"].reads())[-1]
    assert "vand i kælderen på Birkehøj" in said
    assert DANGER in said
    await stage["finn"].presses("Ja")
    assert await asked(stage, 1) == ["jens"]


QUESTIONS = {
    "hvad gør jeg": "Skriv bare, hvad der er sket",
    "er der en krise?": "Der er ingen aktiv krise",
    "hvornår er mødet?": "Der er ingen aktiv krise",
    "krise": "Skriv bare, hvad der er sket",
    "hjælp": DANGER,
    "tak": "Skriv bare, hvad der er sket",
}


@in_teams
async def test_a_question_is_answered_before_any_crisis(open_stage: Stage) -> None:
    """R196 R204: and rings nobody."""
    for number, (words, answer) in enumerate(QUESTIONS.items()):
        name = f"kollega{number}"
        await open_stage[name].says(words)
        said = await seen(open_stage, name)
        assert answer in said, words
        assert UNSURE not in said, words
        assert await open_stage[name].has("Send varsel"), words
    assert await open_stage.crises() == 0


@in_slack
async def test_a_question_is_answered_in_a_crisis(stage: Stage) -> None:
    """R196 R204 R132: whoever has a part in it is told when they meet; whoever has none is told whom to ask."""
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    answers = {
        ("anne", "er der en krise?"): "skybrud",
        ("anne", "hvornår er mødet?"): "fredag den 3. juli 2026 kl. 10:00",
        ("kollega", "er der en krise?"): "skybrud",
        ("kollega", "hvornår er mødet?"): "Det kan kun krisestabschefen eller krisesekretariatet: Lars Vinther",
        ("kollega", "hvad gør jeg"): "Skriv bare, hvad der er sket",
    }
    for (person, words), answer in answers.items():
        await stage[person].says(words)
        said = (await stage[person].reads())[-1]
        assert answer in said, (person, words, said)
        assert UNSURE not in said


@in_teams
async def test_thanks_with_two_incidents_are_thanks(stage: Stage) -> None:
    """T32: "Der er 2 aktive hændelser. Hvilken?" was the answer to it."""
    await stage["jens"].commands("aktiver 1 pumpesvigt i Fløng")
    if await stage["jens"].has("Det er en anden hændelse"):
        await stage["jens"].presses("Det er en anden hændelse")
    assert await stage.crises() == 2
    for person in ("finn", "mads"):
        await stage[person].says("tak")
        said = (await stage[person].reads())[-1]
        assert "Hvilken?" not in said
        assert "Krisebot" in said


@pytest.mark.long
@in_slack
async def test_a_cry_in_another_language_has_its_four_sentences_and_danish_buttons(open_stage: Stage) -> None:
    """R001: 112, the question, sent on, not sent; the labels stay Danish and are explained in the text."""
    stage = open_stage
    cries: dict[Language, str] = {
        "en": "there is a fire in the kitchen",
        "de": "Feuer in der Schule, bitte helfen Sie",
        "uk": "Пожежа в школі!",
    }
    for number, (language, words) in enumerate(cries.items()):
        one, other = f"gaest{number}", f"nabo{number}"
        await stage[one].says(words)
        assert await stage[one].sees(languages.DANGER[language]), words
        assert await stage[one].sees(languages.QUESTION[language]), words
        assert all(f"{label} = " in languages.QUESTION[language] for label in ("Ja", "Nej", "Ved ikke"))
        await stage[one].presses("Nej")
        assert await stage[one].sees(languages.NOT_SENT[language]), words
        await stage[other].says(words)
        await stage[other].presses("Ja")
        assert await stage[other].sees(languages.SENT[language]), words
        await stage["jens"].presses("Jeg har den")
        await stage["jens"].presses("Ingen krise – følg")


@in_teams
async def test_at_level_one_what_is_told_reaches_who_runs_it_and_says_so(open_stage: Stage) -> None:
    """R009 R192 R220: "Krisestaben har din melding" with nobody told; the mayor, and not the director who runs it."""
    stage = open_stage
    await stage["gitte"].commands("aktiver 1 smitte på Birkehøj")
    await stage["ole"].presses("Godkend")
    for words in ("melding pumpen er gået i stå", "bistand 4 senge", "melding haster der er flere syge"):
        await stage["mads"].commands(words)
        told = words.partition(" ")[2]
        answer = (await stage["mads"].reads())[-1]
        assert "risestaben har din" not in answer, words
        assert "er hos krisestaben" not in answer, words
        assert "Gitte" in answer, words
        for person in ("gitte", "ole"):
            assert await stage[person].sees(told.removeprefix("haster ")), (person, words)
        assert not await stage["lars"].sees(told.removeprefix("haster ")), words


EVERYDAY = ("mail virker ikke", "telefon er nede", "it er nede", "status uændret", "start nu", "stop det", "ring 112")


@in_slack
async def test_everyday_words_are_not_run_because_they_stand_first(open_stage: Stage) -> None:
    """R018: outside a crisis they are somebody's words, and met with the question."""
    for number, words in enumerate(EVERYDAY):
        name = f"kollega{number}"
        await open_stage[name].says(words)
        assert await open_stage[name].sees("Intet er sendt"), words
        assert await open_stage[name].has("Ved ikke"), words
    assert await open_stage.crises() == 0


@pytest.mark.long
@in_teams
async def test_everyday_words_while_a_question_is_open_are_asked_about_or_answer_it(stage: Stage) -> None:
    """R118, requirement 3.4: none of them is run as a verb; "status uændret" is what a centre would answer."""
    await stage["tina"].commands("ping alle hvordan står det til? svar 15")
    before = (await stage.part("crisis"), await stage.part("measures"), await stage.part("monitoring"))
    first, *later = EVERYDAY
    await stage["hanne"].says(first)
    (ping,) = await stage.part("pings")
    (answer,) = [each for each in ping["answers"] if each["person"] == "hanne"]
    assert answer["text"] == first
    await stage["tina"].commands("ping alle er der ændringer? svar 16")
    await stage["hanne"].says("status uændret")
    (answer,) = [each for each in (await stage.part("pings"))[-1]["answers"] if each["person"] == "hanne"]
    assert answer["text"] == "status uændret"
    for words in later:
        shown = len(await stage["hanne"].reads())
        await stage["hanne"].says(words)
        new = "\n".join((await stage["hanne"].reads())[shown:])
        assert words in new, words
        assert await stage["hanne"].has("Gem i log") or await stage["hanne"].has("Ved ikke"), words
        assert "Det kan kun" not in new, words
        assert "Løst" not in new, words  # what `status` shows
    assert (await stage.part("crisis"), await stage.part("measures"), await stage.part("monitoring")) == before
    # What was meant as a verb all the same is one press away.
    await stage["hanne"].says("status på pumpen")
    await stage["hanne"].presses("Kør status")
    assert await stage["hanne"].sees("Det blev til status.")


@in_slack
async def test_what_is_lacked_is_an_answer_and_a_request(stage: Stage) -> None:
    """R118 R220: `mangler …` to a ping is both."""
    await stage["tina"].commands("ping alle hvordan står det til? svar 15")
    await stage["hanne"].says("mangler 4 mand på Birkehøj")
    (ping,) = await stage.part("pings")
    (answer,) = [each for each in ping["answers"] if each["person"] == "hanne"]
    assert answer["text"] == "mangler 4 mand på Birkehøj"
    await stage["hanne"].presses("Send")
    (request,) = await stage.part("assistance_requests")
    assert (request["quantity"], request["requester"]) == ("4", "hanne")


@pytest.mark.long
@in_teams
async def test_a_second_incident_at_night_with_one_word_alike_gets_a_chain_of_its_own(open_stage: Stage) -> None:
    """R005 D04: it was taken for a repeat, and the chief of preparedness was never rung."""
    stage = open_stage
    await stage.until(datetime(2026, 7, 3, 2, 0, tzinfo=DENMARK))
    await stage["jens"].commands("aktiver 2 vand i Hedehusene")
    await stage["finn"].commands("varsel brand i Hedehusene")
    await stage["finn"].presses("Ja")
    assert await stage["finn"].sees("Hører det til nr. 1?")
    await stage.forward(minutes=2)
    assert await asked(stage, 2) == ["jens"]
    assert await stage["jens"].sees("brand i Hedehusene")


@in_slack
async def test_haste_a_deadline_a_caller_and_a_number_are_heard_in_free_text(stage: Stage) -> None:
    """R198 R225 R240, requirement 3.5: "HASTER", "haster ikke", "meld tilbage 17:30", who rang and from where."""
    await stage["kim"].commands("log ? HASTER dæmningen ved Fløng giver efter")
    assert await stage["lars"].sees("dæmningen ved Fløng giver efter")
    await stage["kim"].commands("log ? haster ikke: kaffen er sluppet op")
    assert not await stage["lars"].sees("kaffen er sluppet op")
    await stage["lars"].commands("ordre spær Hovedgaden @Mads meld tilbage 17:30")
    (order,) = await stage.part("orders")
    assert order["due_at"][:16] == "2026-07-02T15:30"
    await stage["tina"].commands("telefon fra Per Ask, tlf 22 33 44 55: han kan låne os en pumpe")
    (report,) = [each for each in await stage.part("reports") if each["kind"] == "telephone"]
    assert (report["caller"], (report["phone"] or "").replace(" ", "")) == ("Per Ask", "22334455")
    await stage["kim"].commands("møde kl 8 stabsrummet")
    assert await stage["kim"].sees("Mener du fredag den 3. juli 2026 kl. 08:00?")


@pytest.mark.long
@in_teams
async def test_all_commands_can_be_shown_with_none_one_and_several_crises(open_stage: Stage) -> None:
    """R204: with none it was a LookupError, and "fejl hos mig" after a minute."""
    stage = open_stage

    async def shows(person: str) -> None:
        await stage[person].commands("")
        await stage[person].presses("Alle kommandoer")
        said = (await stage[person].reads())[-1]
        assert "Varsling" in said
        assert "varsel" in said
        assert "fejl hos mig" not in said

    for person in ("finn", "jens"):
        await shows(person)
    await stage["jens"].commands("aktiver 2 skybrud")
    for person in ("finn", "kim"):
        await shows(person)
    await stage["finn"].commands("varsel brand på Torstorp Skole")
    assert await stage.crises() == 2
    for person in ("mads", "kim"):
        await shows(person)


@in_slack
async def test_six_who_have_not_answered_are_one_message_that_is_changed(stage: Stage) -> None:
    """D14: "X har ikke svaret" came six times, and then the same list again."""
    await stage.forward(minutes=30)
    lists = [text for text in await stage["lars"].reads() if "ikke svaret på indkaldelsen" in text]
    assert len(lists) == 1
    assert not [text for text in await stage["lars"].reads() if text.count("har ikke svaret") > 1]


@in_teams
@pytest.mark.parametrize("person", ["sara", "ole"])
async def test_the_first_summons_asks_no_more_beside_its_reminder(stage: Stage, person: str) -> None:
    """R131: two cards with the same question; one was dead."""
    await stage.forward(minutes=12)
    await stage[person].presses("Kommer")
    assert "Kommer" not in await stage[person].buttons()
    assert await stage[person].sees("du kommer")
