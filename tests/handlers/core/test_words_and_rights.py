"""What people type when they are tired: synonyms, slips, nonsense; and what those who may not are told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.case.verification import verify_export
from tests.stage.stage import RehearsalStage, log_of

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[RehearsalStage]:
    async with RehearsalStage(database_url) as stage:
        yield stage


@pytest.mark.parametrize(
    "words", ["varsel røg", "VARSEL røg", "v røg", "varsle: røg", "advarsel røg", "varsl røg", "/krise varsel røg"]
)
async def test_a_warning_is_understood_however_it_is_typed(stage: RehearsalStage, words: str) -> None:
    await stage["finn"].commands(words)
    assert [alert["text"] for alert in await stage.part("alerts")] == ["røg"]


async def test_in_a_direct_message_plain_words_are_enough(stage: RehearsalStage) -> None:
    await stage["finn"].says("varsel røg i Fløng")
    assert [alert["text"] for alert in await stage.part("alerts")] == ["røg i Fløng"]


@pytest.mark.parametrize("typed", ["aktvier 2 skybrud", "aktivr 2 skybrud"])
async def test_a_slip_never_activates_before_it_is_asked_about(stage: RehearsalStage, typed: str) -> None:
    await stage["lars"].commands(typed)
    assert await stage.crises() == 0
    await stage["lars"].presses("Ja")
    crisis = await stage.part("crisis")
    assert (crisis["level"], crisis["title"]) == (2, "skybrud")


async def test_a_slip_that_was_not_meant_is_kept_and_offered_as_something_else(stage: RehearsalStage) -> None:
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("afblæss vand på gulvet")
    await stage["kim"].presses("Nej")
    await stage["kim"].presses("Gem i log")
    assert (await stage.log("information"))[-1]["summary"] == "afblæss vand på gulvet"


async def test_ae_oe_aa_are_ae_oe_aa(stage: RehearsalStage) -> None:
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["lars"].commands("afblaes")
    assert await stage["lars"].has("Afblæs")


@pytest.mark.parametrize(
    ("label", "kind"), [("Gem i log", "information"), ("Send som melding", "report")], ids=["log", "report"]
)
async def test_text_that_is_no_command_is_kept_and_offered(stage: RehearsalStage, label: str, kind: str) -> None:
    """R192 R196."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["hanne"].says("beboerne på stuen sover trygt nu")
    await stage["hanne"].presses(label)
    assert (await stage.log(kind))[-1]["summary"] == "beboerne på stuen sover trygt nu"
    assert not await stage["hanne"].has(label)


async def test_krise_alone_shows_what_this_person_can_do_now(stage: RehearsalStage) -> None:
    await stage["finn"].commands("")
    assert await stage["finn"].has("Send varsel")
    assert not await stage["finn"].has("Aktivér krisestab")
    await stage["lars"].commands("")
    assert await stage["lars"].has("Aktivér krisestab")


async def test_whoever_may_not_is_told_who_can(stage: RehearsalStage) -> None:
    """D12 R073."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["finn"].commands("log ? jeg hører ikke til her")
    assert await stage["finn"].sees("krisestaben")
    await stage["hanne"].commands("afblæs")
    assert await stage["hanne"].sees("Kun borgmesteren eller stedfortræderen")
    told_so = await stage.export()
    assert not log_of(told_so, "information")
    assert told_so["crisis"]["deactivated_at"] is None


async def test_confirmed_by_somebody_who_may_not_is_kept_unconfirmed(stage: RehearsalStage) -> None:
    """R184: and they are told."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["mads"].commands("log ! broen er væk")
    told_so = await stage.export()
    (line,) = log_of(told_so, "information")
    assert line["verification"] == "unconfirmed"
    await stage["mads"].commands(f"bekræft {line['no']}")
    assert (await stage.part("log_state"))[str(line["no"])]["verification"] == "unconfirmed"
    assert await stage["mads"].sees("ubekræftet")
    await stage["tina"].commands(f"bekræft {line['no']}")
    assert (await stage.part("log_state"))[str(line["no"])]["confirmed_by"] == "tina"


async def test_only_the_author_or_the_log_keeper_corrects_a_line(stage: RehearsalStage) -> None:
    """R186."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["mads"].commands("log ? 12 beboere")
    no = (await stage.log("information"))[0]["no"]
    await stage["hanne"].commands(f"ret {no} 13 beboere")
    assert not await stage.log("correction")
    await stage["mads"].presses("Ret", text="14 beboere")
    told_so = await stage.export()
    assert log_of(told_so, "correction")[0]["refs"] == {"corrects": no}
    assert log_of(told_so, "information")[0]["summary"] == "12 beboere"


@pytest.mark.parametrize("words", ["bekræft", "bekræft 4711", "bekræft sytten", "ret 4711 nej", "ret", "log", "log ?"])
async def test_half_a_command_changes_nothing_and_is_answered(stage: RehearsalStage, words: str) -> None:
    await stage["lars"].commands("aktiver 2 skybrud")
    before, answers = len(await stage.part("log")), len(await stage["kim"].reads())
    await stage["kim"].commands(words)
    assert len(await stage.part("log")) == before
    assert len(await stage["kim"].reads()) == answers + 1


async def test_a_long_text_is_whole_in_the_log_and_visibly_short_on_the_card(stage: RehearsalStage) -> None:
    await stage["lars"].commands("aktiver 2 skybrud")
    long = "vand " * 4000
    await stage["kim"].commands(f"log ? {long}")
    assert (await stage.log("information"))[0]["summary"] == long.strip()
    card = next(text for text in reversed(await stage["kim"].reads()) if "Gemt i log" in text)
    assert len(card) < 2000
    assert "…" in card


@pytest.mark.parametrize("text", ["NUL \0 her", "halv \ud83d emoji", "*fed* <!channel> &amp; @alle", "  omkranset  "])
async def test_odd_letters_go_through_and_the_chain_holds(stage: RehearsalStage, text: str) -> None:
    """R182: NUL and half a character become U+FFFD; the rest stands as typed."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["kim"].commands(f"log ? {text}")
    told_so = await stage.export()
    expected = text.strip().replace("\0", "\ufffd").replace("\ud83d", "\ufffd")
    assert log_of(told_so, "information")[0]["summary"] == expected
    assert verify_export(told_so) == []


async def test_what_was_said_is_saved_with_its_author_and_its_time_and_only_once(stage: RehearsalStage) -> None:
    """R026 R182 R196: Gem i log, by somebody else, later."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["mads"].says("der er 12 beboere i stuen på Birkehøj", "stab")
    said_at = stage.clock.now()
    await stage.forward(minutes=3)
    tina = stage["tina"]
    (message,) = [each for each in await tina.messages() if each["from"] == "mads"]
    for _ in range(2):
        await tina.posts("save", {"message": message["id"]})
    (line,) = await stage.log("saved")
    assert (line["sender"], line["recorder"], line["verification"]) == ("mads", "tina", "unconfirmed")
    assert line["event_time"].startswith(said_at.strftime("%Y-%m-%dT%H:%M:%S"))


async def test_saving_something_before_any_crisis_offers_to_warn_with_it(stage: RehearsalStage) -> None:
    """R026: any chat message can become a warning."""
    await stage["finn"].says("det lugter af gas i kælderen", "generelt")
    bo = stage["bo"]
    (message,) = [each for each in await bo.messages() if each["from"] == "finn"]
    await bo.posts("save", {"message": message["id"]})
    await bo.presses("Send varsel")
    assert [alert["text"] for alert in await stage.part("alerts")] == ["det lugter af gas i kælderen"]


async def test_the_cases_numbers_are_missing_until_they_are_given(stage: RehearsalStage) -> None:
    """R181 T16."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("status")
    assert await stage["kim"].sees("mangler")
    await stage["kim"].commands("sag 26/1234")
    await stage["kim"].commands("sag c3 4711")
    crisis = await stage.part("crisis")
    assert (crisis["case_ref"], crisis["c3_ref"]) == ("26/1234", "4711")


async def test_who_is_who_is_told_to_everybody_and_numbers_to_those_who_may(stage: RehearsalStage) -> None:
    """R251 T30: chief, deputies, the secretary and the lines that are everybody's; people's own numbers for some."""
    await stage["finn"].commands("hvem")
    for told in (
        "Jens Lund",
        "Stedfortræder: Pia Krogh",
        "Stedfortræder: Mette Skov",
        "Sekretær: Kim Dahl",
        "4359 1000",
    ):
        assert await stage["finn"].sees(told), told
    await stage["mads"].commands("hvem")
    for outside in ("finn", "mads"):
        assert not await stage[outside].sees("+45 20 00 00")
        assert await stage[outside].sees("Folks egne numre kan krisestaben")
    await stage["kim"].commands("hvem")
    assert await stage["kim"].sees("Jens Lund, +45 20 00 00 01")
    assert await stage["kim"].sees("Stedfortræder: Mette Skov, +45 20 00 00 04")
    assert await stage["kim"].sees("Anne Holm, +45 20 00 00 05")
