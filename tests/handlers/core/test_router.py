"""Words that go astray: slips, several crises, long and odd text; nothing grave by accident, nothing lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handlers.core import registry
from handlers.core.language import verb_words
from storage.case.verification import verify_export
from storage.letters import fold
from tests.stage.stage import RehearsalStage, log_of

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

registry.load()
GRAVE = sorted(name for name, verb in registry.verbs.items() if verb.grave)
EVERY = {verb.name: verb.synonyms for verb in registry.verbs.values()}


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[RehearsalStage]:
    async with RehearsalStage(database_url) as stage:
        yield stage


async def two_crises(stage: RehearsalStage) -> None:
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["anne"].commands("aktiver 2 strømsvigt")
    await stage["anne"].presses("Det er en anden hændelse")


def slips(word: str) -> set[str]:
    """Every single slip of the finger: a letter lost, doubled, swapped with the next, or wrong."""
    lost = {word[:at] + word[at + 1 :] for at in range(len(word))}
    doubled = {word[:at] + word[at] + word[at:] for at in range(len(word))}
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    wrong = {word[:at] + "x" + word[at + 1 :] for at in range(len(word))}
    return lost | doubled | swapped | wrong


@pytest.mark.parametrize("name", GRAVE)
def test_no_slip_is_read_as_a_grave_word(name: str, databases: object) -> None:
    """A near miss of any word for it is at most "near", and so asked about."""
    exact = {fold(each) for each in (name, *EVERY[name])}
    for word in (name, *EVERY[name]):
        for slip in slips(word) - {""}:
            found = verb_words.match(f"{slip} 2 skybrud", EVERY)
            assert found.kind != "exact" or found.verb != name or fold(found.typed) in exact, slip


@pytest.mark.long
async def test_every_verb_answers_when_it_stands_alone(stage: RehearsalStage) -> None:
    """No verb, alone, is met with silence or with an apology for a fault."""
    await stage["lars"].commands("aktiver 2 skybrud")
    for name in sorted(registry.verbs):
        if name == "nedskaler":
            continue
        before = len(await stage["kim"].messages())
        await stage["kim"].commands(name)
        assert len(await stage["kim"].messages()) > before + 1, name
    assert not await stage["kim"].sees("fejl hos mig")


@pytest.mark.long
async def test_every_button_that_a_person_sees_does_something_or_says_why_not(stage: RehearsalStage) -> None:
    """No press is met with an apology for a fault; whoever presses, in whatever order."""
    await stage["rune"].commands("aktiver vand i kælderen")
    await stage["jens"].says("har den")
    await stage["jens"].presses("Niveau 2")
    for person in ("kim", "lars", "rune", "mads", "nils", "jens"):
        for label in dict.fromkeys(await stage[person].buttons()):
            if label not in ("Afblæs", "Nedskaler") and await stage[person].has(label):
                await stage[person].presses(label)
        assert not await stage[person].sees("fejl hos mig"), person
    assert verify_export(await stage.export()) == []


@pytest.mark.long
async def test_what_was_chosen_is_done_on_the_incident_that_was_chosen(stage: RehearsalStage) -> None:
    """D04: text without a verb, `Gem i log`, which of the two: and it stands there, without being asked again."""
    await two_crises(stage)
    await stage["kim"].says("beboerne på stuen sover trygt nu")
    await stage["kim"].presses("Gem i log")
    await stage["kim"].presses("2: strømsvigt")
    assert [entry["summary"] for entry in await stage.log("information", 2)] == ["beboerne på stuen sover trygt nu"]


@pytest.mark.long
async def test_a_slip_that_was_meant_is_done_on_the_incident_that_was_chosen(stage: RehearsalStage) -> None:
    """D04: "afblæss", Ja, the first one: the card is that one's."""
    await two_crises(stage)
    await stage["lars"].commands("afblæss")
    await stage["lars"].presses("Ja")
    await stage["lars"].presses("1: skybrud")
    await stage["lars"].presses("Afblæs")
    assert (await stage.part("crisis", 1))["deactivated_at"]
    assert (await stage.part("crisis", 2))["deactivated_at"] is None


@pytest.mark.long
async def test_in_a_staffs_channel_nobody_is_asked_which(stage: RehearsalStage) -> None:
    """D04: said in a crisis' own channel, it is about that crisis."""
    await two_crises(stage)
    (first,) = (await stage.rooms(1)).values()
    await stage["kim"].commands("log ? vand", first)
    assert [entry["summary"] for entry in await stage.log("information", 1)] == ["vand"]
    assert not await stage.log("information", 2)


async def test_help_alone_is_the_menu_and_begins_with_112(stage: RehearsalStage) -> None:
    """R196."""
    await stage["finn"].says("hjælp")
    assert (await stage["finn"].reads())[-1].startswith("Ved fare for liv: ring 112.")
    assert await stage["finn"].has("Send varsel")


async def test_without_a_crisis_what_was_to_be_logged_can_become_a_warning(stage: RehearsalStage) -> None:
    """R001 R026: the words are not typed again."""
    await stage["finn"].commands("log det lugter af gas i kælderen")
    await stage["finn"].presses("Send varsel")
    assert [alert["text"] for alert in await stage.part("alerts")] == ["det lugter af gas i kælderen"]


@pytest.mark.parametrize("text", ["start pumperne", "start to pumper ved Birkehøj", "stop", "alarm 2 steder i byen"])
async def test_everyday_words_in_a_deciders_mouth_make_no_staff(stage: RehearsalStage, text: str) -> None:
    """R018: without a level in figures it is asked about."""
    await stage["lars"].says(text)
    assert not await stage.crises() or (await stage.part("crisis"))["level"] is None


@pytest.mark.parametrize("space", ["\u00a0", "\n", "\t", "  "])
async def test_any_space_parts_the_words(stage: RehearsalStage, space: str) -> None:
    """Phones and Teams write spaces that are not spaces."""
    await stage["finn"].says(f"/krise{space}varsel{space}røg i Fløng")
    assert [alert["text"] for alert in await stage.part("alerts")] == ["røg i Fløng"]


@pytest.mark.parametrize("text", ["*fed* og *fed*", "<!channel> <@U0LARS>", "&amp; </script>", "[x](http://ondt)"])
async def test_a_title_with_marks_in_it_is_a_title(stage: RehearsalStage, text: str) -> None:
    """What a person wrote is never markup: kept to the letter, and on cards no star of theirs makes bold."""
    await stage["lars"].commands(f"aktiver 2 {text}")
    told_so = await stage.export()
    assert told_so["crisis"]["title"] == text
    await stage["kim"].commands("")
    await stage["kim"].commands("status")
    for card in await stage["kim"].reads():
        assert "*fed*" not in card
    assert verify_export(told_so) == []


@pytest.mark.long
@pytest.mark.parametrize("text", ["\0", "\ud83d", "\u202e\u200b", "👩\u200d🚒" * 500, "a" * 20_000, "*" * 3000])
async def test_no_text_brings_a_turn_down(stage: RehearsalStage, text: str) -> None:
    """R301: whatever is typed after whatever verb, it is answered, and the chain holds."""
    await stage["lars"].commands("aktiver 2 skybrud")
    for verb in ("varsel", "aktiver 2", "melding", "ind", "tiltag", "hjælp", ""):
        before = len(await stage["kim"].reads())
        await stage["kim"].commands(f"{verb} x{text}")
        assert len(await stage["kim"].reads()) > before, verb
    assert not await stage["kim"].sees("fejl hos mig")
    assert verify_export(await stage.export()) == []


@pytest.mark.long
async def test_twenty_thousand_characters_are_kept_whole_and_shown_short(stage: RehearsalStage) -> None:
    """R301: as a report, as a title, as a correction and as a reason."""
    long = ("vand " * 4000).strip()
    await stage["lars"].commands(f"aktiver 2 {long}")
    await stage["hanne"].commands(f"melding {long}")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs", text=long)
    told_so = await stage.export()
    assert log_of(told_so, "report")[-1]["summary"] == long
    assert len(told_so["crisis"]["title"]) <= 60
    assert max(len(card) for card in await stage["kim"].reads()) < 6000
