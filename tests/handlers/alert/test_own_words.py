"""A stranger at night: their own words lead on to the right person, and nobody is rung for a greeting. Plan §4."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from handlers.core.language import dangers, small_talk
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

TABLE: dict[str, list[str]] = YAML(typ="safe").load(Path(__file__).with_name("first_messages.yaml").read_text("utf-8"))
DANGER = "Ved fare for liv: ring 112."
crisis_stage = after(cloudburst)


async def chain(stage: Stage) -> list[str]:
    """Who has been asked."""
    return [step["person"] for step in (await stage.export())["escalation"]] if await stage.crises() else []


def test_the_table_is_long_and_says_each_thing_once() -> None:
    """R001: at least three hundred first messages, in four languages."""
    every = [message for messages in TABLE.values() for message in messages]
    assert len(every) >= 300
    assert len(every) == len(set(every))


def test_what_is_grave_is_heard_in_every_language() -> None:
    """R001 R018: fire, gas, violence, somebody missing and a cry for help go up by themselves."""
    heard = {each: dangers.hear(each) for each in TABLE["grave"]}
    assert [each for each, cry in heard.items() if cry is None or not cry.grave] == []
    assert [each for each in heard if not dangers.tells_of_grave(each)] == []


def test_what_is_no_danger_of_that_kind_rings_nobody_by_itself() -> None:
    """T32: water and power are asked about; IT, questions and small talk ring nobody."""
    quiet = {name: texts for name, texts in TABLE.items() if name != "grave"}
    loud = {name: [each for each in texts if dangers.tells_of_grave(each)] for name, texts in quiet.items()}
    assert loud == {name: [] for name in quiet}


def test_small_talk_is_heard_as_nothing_more() -> None:
    """T32: and no danger is taken for small talk."""
    assert [each for each in TABLE["small_talk"] if not small_talk.is_small_talk(each)] == []
    others = [each for name, texts in TABLE.items() if name != "small_talk" for each in texts]
    assert [each for each in others if small_talk.is_small_talk(each)] == []


def test_a_crisis_that_is_nobodys_preparedness_is_heard_as_one_and_no_other_is() -> None:
    """T32: one's own, a market's, another country's."""
    heard = {name: [each for each in texts if dangers.is_elsewhere(each)] for name, texts in TABLE.items()}
    assert heard == {name: TABLE[name] if name == "elsewhere" else [] for name in TABLE}


@in_one_chat
@pytest.mark.parametrize("one_in", [48, pytest.param(1, marks=pytest.mark.long)], ids=["some", "all"])
async def test_every_first_message_of_the_table_leads_on(open_stage: Stage, one_in: int) -> None:
    """R001 R004 R018: none that tells of danger ends without 112, the person and the question; nobody is rung unasked,
    and no small talk, printer or marriage is asked whether it is a warning."""
    stage, wrong = open_stage, []
    for name, texts in TABLE.items():
        for number, text in enumerate(texts[::one_in]):
            actor = stage[f"{name.replace('_', '')}{number}"]
            before = await stage.crises()
            await actor.says(text)
            seen, buttons = "\n".join(await actor.reads()), await actor.buttons()
            made = await stage.crises() != before
            # A second warning joins the chain that runs, and its sender is told so.
            asked = (DANGER in seen and "Jens Lund" in seen and "Ved ikke" in buttons) or "lagt til nr." in seen
            if name in ("grave", "asked_about") and not (asked and DANGER in seen and text.split()[-1] in seen):
                wrong.append((name, text, seen))
            if name == "grave" and not (made or "lagt til nr." in seen):
                wrong.append((name, text, "it waits for an answer"))
            if name != "grave" and made:
                wrong.append((name, text, "a warning was made"))
            if name in ("small_talk", "elsewhere", "whom_to_ring") and "Ved ikke" in buttons:
                wrong.append((name, text, "it was asked about"))
            if name == "whom_to_ring" and not (seen.startswith(DANGER) and "Send varsel" in buttons):
                wrong.append((name, text, seen))
            if made:
                await actor.presses("Nej")
    assert wrong == []
    assert await chain(stage) == []


@in_slack
async def test_the_text_and_one_press_and_the_chains_first_person_is_asked(open_stage: Stage) -> None:
    """R001 R004 R005: nobody has to know a command."""
    stage = open_stage
    await stage["finn"].says("vand i kælderen!!")
    assert await chain(stage) == []
    assert await stage["finn"].sees("Intet er sendt")
    await stage["finn"].presses("Ja")
    assert await chain(stage) == ["jens"]
    assert await stage["jens"].sees("vand i kælderen!!")
    assert (await stage.export())["alerts"][0]["assessment"] == "yes"


@in_slack
async def test_a_cry_that_stays_unanswered_goes_up_as_unconfirmed_after_one_reminder(open_stage: Stage) -> None:
    """R004 R005: whoever warned may be unable to press."""
    stage = open_stage
    await stage["finn"].says("HJÆLP DER ER BRAND PÅ BIRKEHØJ")
    await stage.forward(seconds=61)
    assert await stage["finn"].sees("Jeg venter på dit svar")
    assert await chain(stage) == []
    await stage.forward(seconds=60)
    assert await chain(stage) == ["jens"]
    assert await stage["jens"].sees("ubekræftet: intet svar på spørgsmålet")
    assert (await stage.export())["alerts"][0]["assessment"] == "unanswered"
    await stage["finn"].presses("Nej")
    assert await stage["jens"].sees("siger nu *Nej*") or await stage["jens"].sees("siger nu Nej")
    assert (await stage.export())["alerts"][0]["assessment"] == "no"


@pytest.mark.long
@in_teams
async def test_what_is_written_on_belongs_to_the_same_warning(open_stage: Stage) -> None:
    """R001 D04: "hjælp!", "brand", "birkehøj 3. sal" is one warning, and the chain's card has all of it."""
    stage = open_stage
    for words in ("hjælp!", "brand", "birkehøj 3. sal"):
        await stage["finn"].says(words)
    assert await stage.crises() == 1
    await stage["finn"].presses("Ja")
    assert await stage["jens"].sees("birkehøj 3. sal")
    await stage["finn"].says("der er to beboere derinde")
    assert await stage.crises() == 1
    assert await stage["jens"].sees("der er to beboere derinde")
    assert await stage["finn"].sees("Jens Lund er spurgt")


@in_slack
async def test_whoever_is_asked_sees_who_warned_and_how_to_reach_them(open_stage: Stage) -> None:
    """R005 R022: a number where the plan has one, else the chat."""
    stage = open_stage
    await stage["mads"].says("der er røg i stuen")
    await stage["mads"].presses("Ja")
    seen = "\n".join(await stage["jens"].reads())
    assert "Mads Rosen" in seen
    assert "20 00 00 13" in seen.replace("+45", "")


@in_teams
async def test_the_chat_is_called_what_people_call_it(open_stage: Stage) -> None:
    """R005: "skriv til Finn i Rehearsal"."""
    await open_stage["finn"].says("der er røg i stuen")
    await open_stage["finn"].presses("Ja")
    (seen,) = [text for text in await open_stage["jens"].reads() if "skriv til " in text]
    assert re.search(r"skriv til .{1,20} i (?:øvelseschatten|Slack|Teams)\b", seen)


@in_one_chat
async def test_other_words_stay_unsent_and_no_rings_nobody(open_stage: Stage) -> None:
    """T32: a printer is no crisis, and its owner is told that nothing was sent."""
    stage = open_stage
    await stage["finn"].says("printeren virker ikke")
    await stage.forward(minutes=20)
    assert await stage.crises() == 0
    await stage["finn"].presses("Nej")
    assert await stage["finn"].sees("Intet er sendt")
    assert await stage.crises() == 0


@in_one_chat
@pytest.mark.parametrize(
    "text", ["mail virker ikke", "telefon er nede", "it er nede", "stop det", "ring 112", "start nu"]
)
async def test_everyday_words_that_are_verbs_are_not_run(open_stage: Stage, text: str) -> None:
    """R018: they are somebody's words, and are met with the question."""
    stage = open_stage
    await stage["lars"].says(text)
    assert await stage["lars"].sees("Intet er sendt")
    assert await stage["lars"].has("Ved ikke")


@in_one_chat
async def test_a_cry_in_another_language_gets_its_four_sentences(open_stage: Stage) -> None:
    """R001: 112, the question, sent on and not sent, beside the Danish."""
    stage = open_stage
    await stage["olena"].says("Пожежа в школі!")
    assert await stage["olena"].sees("телефонуйте 112")
    await stage["olena"].presses("Ja")
    assert await stage["olena"].sees("Ваше попередження передано")
    await stage["joe"].says("help, there is a fire in the kitchen")
    assert await stage["joe"].sees("call 112") or await stage["joe"].sees("lagt til nr.")


@in_one_chat
async def test_questions_are_answered(crisis_stage: Stage) -> None:
    """R196 R204: "er der en krise?" is no riddle."""
    await crisis_stage["kim"].says("er der en krise?")
    assert await crisis_stage["kim"].sees("skybrud")
    await crisis_stage["finn"].says("hvad gør jeg")
    assert await crisis_stage["finn"].has("Send varsel")


@in_one_chat
async def test_the_staffs_words_are_offered_to_its_log_not_to_the_chain(crisis_stage: Stage) -> None:
    """R182: in a crisis its own people tell of it."""
    await crisis_stage["kim"].says("der er 12 beboere i stuen der skal flyttes")
    assert await crisis_stage["kim"].has("Gem i log")


@in_slack
@pytest.mark.parametrize(
    ("words", "asked", "assessment"),
    [("ja", ["jens"], "yes"), ("det ved jeg ikke", ["jens"], "unknown"), ("nej", [], "no")],
)
async def test_a_written_answer_to_the_question_is_its_answer(
    open_stage: Stage, words: str, asked: list[str], assessment: str
) -> None:
    """R004: "ja" is an answer wherever it is written, and no more words of the warning."""
    stage = open_stage
    await stage["finn"].says("der er brand på skolen")
    await stage["finn"].says(words)
    assert await chain(stage) == asked
    alert = (await stage.export())["alerts"][0]
    assert (alert["text"], alert["assessment"]) == ("der er brand på skolen", assessment)


@in_slack
async def test_more_words_and_a_written_yes_make_one_warning_of_what_was_only_asked_about(open_stage: Stage) -> None:
    """R001 R004: the same question takes all that is written on, and nobody believes it sent before it is."""
    stage = open_stage
    await stage["finn"].says("det fosser ind med vand")
    await stage["finn"].says("det er på Birkehøj")
    await stage["finn"].says("tak")
    assert await stage["finn"].sees("Intet er sendt endnu")
    assert (await stage["finn"].buttons()).count("Ved ikke") == 1
    await stage["finn"].says("ja")
    assert [alert["text"] for alert in (await stage.export())["alerts"]] == [
        "det fosser ind med vand\ndet er på Birkehøj"
    ]
    assert await stage["jens"].sees("det er på Birkehøj")


@in_teams
async def test_a_yes_after_the_silence_confirms_the_chain_that_runs(open_stage: Stage) -> None:
    """R004 R005: nobody is asked a second time, and the doubt is taken off their card."""
    stage = open_stage
    await stage["finn"].says("der er brand på skolen")
    await stage.forward(minutes=2)
    assert await stage["jens"].sees("ubekræftet")
    await stage["finn"].says("ja")
    assert await chain(stage) == ["jens"]
    assert not await stage["jens"].sees("ubekræftet")


@in_one_chat
async def test_whoever_has_warned_is_told_who_has_it(open_stage: Stage) -> None:
    """R005: "hvem har det?" and "tak" are answered with a name, not with a greeting."""
    stage = open_stage
    await stage["finn"].says("der er brand på skolen")
    await stage["finn"].presses("Ja")
    await stage["finn"].says("hvem har det?")
    assert await stage["finn"].sees("Varsel nr. 1: Jens Lund er spurgt.")


@in_one_chat
async def test_krise_alone_is_the_menu_and_with_more_it_is_led_on(open_stage: Stage) -> None:
    """R001, requirement 3.1.1: whoever types what they remember gets what they can do."""
    await open_stage["finn"].says("krise")
    assert await open_stage["finn"].sees("Skriv bare, hvad der er sket")
    assert await open_stage.crises() == 0
    await open_stage["finn"].says("krise på plejehjemmet, vandet stiger")
    assert await open_stage["finn"].sees(DANGER)
    assert await open_stage["finn"].has("Ja")


@in_one_chat
async def test_help_with_something_is_the_menu_only_before_a_verbs_name(open_stage: Stage) -> None:
    """R001 R204: "hjælp til at komme ud af bygningen" brought the menu, and the words were gone."""
    for number, words in enumerate(("hjælp til at komme ud af bygningen", "hjælp til 3. sal på Birkehøj")):
        name = f"vidne{number}"
        await open_stage[name].says(words)
        assert await open_stage[name].sees(f"»{words}«"), words
        assert await open_stage[name].has("Ved ikke"), words
    for number, words in enumerate(("hjælp", "hjælp til varsel")):
        await open_stage[f"kollega{number}"].says(words)
        assert not await open_stage[f"kollega{number}"].has("Ved ikke"), words


BEHIND_A_VERB = (
    "log vandet stiger i kælderen",
    "billede af branden",
    "bekræft at der er brand",
    "noter at der er gas",
    "rolle ned ad trappen der er røg",
)


@pytest.mark.long
@in_one_chat
async def test_danger_behind_a_verb_that_leads_nowhere_is_heard(open_stage: Stage) -> None:
    """R001 R004: with no crisis, and from whoever has no part in one, it was a refusal without 112."""
    stage = open_stage

    async def led_on(who: str) -> None:
        for number, words in enumerate(BEHIND_A_VERB):
            name = f"{who}{number}"
            await stage[name].says(words)
            seen = "\n".join(await stage[name].reads())
            assert DANGER in seen, words
            assert "Jens Lund" in seen, words
            assert words in seen, words
            await stage[name].presses("Nej")

    await led_on("vidne")
    await stage["vidne"].says("eksport af sagen")
    assert not await stage["vidne"].has("Ved ikke")
    await stage["jens"].commands("aktiver 2 skybrud i Hedehusene")
    await led_on("nabo")
    await stage["nabo"].says("eksport af sagen")
    assert await stage["nabo"].sees("Det kan kun")


BEHIND_ANY_VERB = (
    "tiltag nu der er røg",
    "opgave ryd kælderen for vand",
    "beslut at vi går ud, der er brand",
    "ordre fra politiet vi skal ud",
    "melding der er brand på 2. sal",
    "bistand vi har sårede",
    "spm hvad gør vi, der er gas i kælderen",
    "status der er ild i skraldespanden",
    "hvem kommer der er en mand med kniv",
)


@pytest.mark.long
@in_one_chat
async def test_danger_behind_any_verb_has_112_in_its_answer_and_the_door_to_a_warning(crisis_stage: Stage) -> None:
    """R001 R004: from a stranger at level 2 it went to the staff's chief, and they read no 112."""
    stage = crisis_stage
    for number, words in enumerate(BEHIND_ANY_VERB):
        for how in (f"dm{number}", f"kommando{number}"):
            await (stage[how].says if how.startswith("dm") else stage[how].commands)(words)
            assert DANGER in "\n".join(await stage[how].reads()), (how, words)
            # A report is the staff's at once.
            door = {"Send varsel", "Ved ikke"} & {*await stage[how].buttons()}
            assert door or words.startswith(("melding", "bistand")), (how, words)
    await stage["vidne"].says("tiltag nu der er røg")
    await stage["vidne"].presses("Send varsel")
    assert await stage["vidne"].has("Ved ikke")
    await stage["nabo"].says("tiltag nye stole til kantinen")
    assert not await stage["nabo"].sees(DANGER)


@in_one_chat
async def test_so_it_is_for_the_staff_where_life_is_in_danger_and_not_for_each_drop_of_water(
    crisis_stage: Stage,
) -> None:
    """R001: on the card that answers, and once."""
    stage = crisis_stage
    await stage["kim"].says("log vandet stiger i kælderen på Birkehøj")
    assert not await stage["kim"].sees(DANGER)
    await stage["kim"].says("log to er faldet om i kælderen på Birkehøj")
    told = [text for text in await stage["kim"].reads() if DANGER in text]
    assert len(told) == 1
    assert "faldet om" in told[0]
    assert not await stage["kim"].has("Send varsel")


@in_one_chat
async def test_who_to_ring_is_answered_with_112_and_who_is_asked_and_for_who_has_warned_with_who_has_it(
    open_stage: Stage,
) -> None:
    """R001 R005: it was answered with a list of eighteen people."""
    stage = open_stage
    await stage["finn"].says("hvem skal jeg ringe til")
    (seen,) = await stage["finn"].reads()
    assert seen.startswith(DANGER)
    assert "Jens Lund" in seen
    assert stage.plan.phones["4K vagt"] in seen
    assert "20 00 00 01" not in seen
    await stage["anne"].says("hvem skal jeg ringe til")
    assert await stage["anne"].sees("20 00 00 01")
    await stage["finn"].says("der er brand på skolen")
    await stage["finn"].presses("Ja")
    await stage["finn"].says("hvem skal jeg ringe til nu?")
    last = (await stage["finn"].reads())[-1]
    assert "Jens Lund" in last
    assert "20 00 00 01" in last
    assert DANGER in last
    assert await stage.crises() == 1


@in_one_chat
async def test_an_answer_to_nothing_is_no_warning(open_stage: Stage) -> None:
    """T32: "nej" and "glem det", an hour after the question, were asked whether they were more than daily preparedness
    can handle."""
    for number, words in enumerate(("nej", "ja", "ved ikke", "glem det", "falsk alarm")):
        person = f"sen{number}"
        await open_stage[person].says(words)
        asked = await open_stage[person].has("Ved ikke")
        # "Alarm" is a word of danger, and asked about all the same.
        assert asked == (words == "falsk alarm"), words
        assert await open_stage[person].sees(DANGER), words
    assert await open_stage.crises() == 0


@pytest.mark.long
@in_one_chat
async def test_a_crisis_of_ones_own_joins_no_chain_and_its_door_stays_open(open_stage: Stage) -> None:
    """T32: "krise i mit ægteskab" rang whoever was asked about a fire."""
    stage = open_stage
    await stage["finn"].says("der er brand på skolen")
    await stage["finn"].presses("Ja")
    before = await stage["jens"].reads()
    for number, words in enumerate(("krise i mit ægteskab", "krise i Gaza", "midtvejskrise")):
        for actor in (stage[f"dm{number}"], stage[f"kommando{number}"]):
            await (actor.says if actor.name.startswith("dm") else actor.commands)(words)
            assert await actor.sees("ingen har fået det"), words
            assert await actor.sees(DANGER), words
            assert not await actor.has("Ved ikke"), words
    assert await stage["jens"].reads() == before
    assert len((await stage.export())["alerts"]) == 1
    await stage["dm0"].presses("Send varsel")
    assert await stage["jens"].sees("ægteskab")


@in_slack
async def test_whoever_is_asked_and_wants_to_be_rung_has_not_said_no(open_stage: Stage) -> None:
    """R005: "ring til mig" was read as "ring til Sara", and the chain went on to the next."""
    stage = open_stage
    await stage["finn"].says("der er røg i stuen")
    await stage["finn"].presses("Ja")
    await stage["jens"].says("jeg har den")
    await stage["jens"].says("ring til mig")
    assert await chain(stage) == ["jens"]
