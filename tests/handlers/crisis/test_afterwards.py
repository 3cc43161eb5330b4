"""After the stand-down the door stays open for those who took part, and for nobody else."""

from __future__ import annotations

import io

import pytest

from handlers.core import named_crisis
from handlers.core.registry import Named
from storage.case import archive
from tests.handlers.log.test_attachments import fetched
from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Actor, Stage


@follows(cloudburst)
async def called_off(stage: Stage) -> None:
    """Something was written and not confirmed, and then the mayor called it off."""
    await stage["kim"].commands("l ? pumpen er leveret")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage.forward(hours=20)


stage = after(called_off)


@pytest.mark.long
@in_teams
async def test_who_took_part_can_still_find_confirm_and_add_what_was_learnt(stage: Stage) -> None:
    """R247 R246: lessons are gathered when it is over; the crisis is not opened again by it."""
    await stage["hanne"].commands("erfaring nøgler til pumpehuset manglede")
    assert [line["summary"] for line in await stage.log("lesson")] == ["nøgler til pumpehuset manglede"]
    await stage["kim"].commands("find pumpen")
    assert await stage["kim"].sees("pumpen er leveret")
    number = next(line["no"] for line in await stage.part("log") if line["summary"] == "pumpen er leveret")
    await stage["kim"].commands(f"bekræft {number}")
    after_ = await stage.export()
    assert after_["log_state"][str(number)]["verification"] == "confirmed"
    assert after_["crisis"]["deactivated_at"]
    assert await stage.crises() == 1


@in_teams
async def test_who_ran_it_can_still_file_and_export(stage: Stage) -> None:
    """R247 D11: with the rights they had when it ended."""
    await stage["kim"].commands("sag 26/1234")
    assert (await stage.export())["crisis"]["case_ref"] == "26/1234"
    await stage["kim"].commands("eksport")
    assert not await stage["kim"].sees("Der er ingen aktiv krise")


@in_slack
async def test_who_did_not_take_part_is_asked_whether_it_is_a_warning(stage: Stage) -> None:
    """R247: the nearest who may not: somebody who was never in it."""
    await stage["finn"].commands("find pumpen")
    assert await stage["finn"].sees("Der er ingen aktiv krise")
    assert not await stage["finn"].sees("pumpen er leveret")


@in_slack
async def test_a_cry_that_nobody_has_decided_on_shuts_nobody_out_of_the_case_and_nothing_is_filed_into_it(
    stage: Stage,
) -> None:
    """R247: what was learnt was filed into a stranger's warning, and its log was exported instead."""
    await stage["finn"].says("der er ild i skuret")
    await stage["kim"].commands("erfaring vi manglede pumper")
    assert await stage["kim"].sees("2 hændelser: i gang og slut. Hvilken?")
    assert not await stage.log("lesson", 2)
    (first,) = [label for label in await stage["kim"].buttons() if label.startswith("1: ")]
    await stage["kim"].presses(first)
    assert "vi manglede pumper" in str(await stage.part("log"))
    assert "vi manglede pumper" not in str(await stage.part("log", 2))


@in_slack
async def test_a_report_afterwards_is_never_put_into_the_old_case(stage: Stage) -> None:
    """R247: what happens now is a new warning, whatever the sender took part in."""
    await stage["kim"].commands("melding vand i kælderen på Birkehøj")
    assert await stage["kim"].sees("ring 112")
    assert await stage["kim"].has("Send varsel") or await stage["kim"].has("Ja")
    assert not await stage.log("report")


@in_slack
async def test_who_took_part_can_still_read_how_it_stood(stage: Stage) -> None:
    """R247 R204: the status, and who answers to whom; it is said first that nothing goes on, and whoever was not in it reads
    no more than that."""
    await stage["anne"].commands("status")
    said = (await stage["anne"].reads())[-1]
    assert said.startswith("Der er ingen aktiv krise.")
    assert "skybrud" in said
    assert "Afblæst" in said
    assert await stage["anne"].has("Send varsel")
    await stage["finn"].commands("status")
    assert "skybrud" not in (await stage["finn"].reads())[-1]
    assert await stage.crises() == 1
    assert (await stage.export())["crisis"]["deactivated_at"]


@follows(cloudburst)
async def called_off_with_work_left(stage: Stage) -> None:
    """A measure and an order were under way, and two proposals waited, when the mayor called it off."""
    await stage["kim"].commands("tiltag hent sandsække @Mads kl 19")
    await stage["kim"].commands("ordre luk viadukten @Mads")
    await stage["lars"].presses("Udsted ordre")
    await stage["hanne"].commands("tiltag en pumpe til Birkehøj")
    await stage["hanne"].commands("beslut skolerne lukker i morgen")
    await stage["lars"].commands("ordre")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")


left = after(called_off_with_work_left)


@pytest.mark.long
@in_teams
async def test_what_is_open_is_shown_and_closed_and_nothing_new_is_set_going(left: Stage) -> None:
    """R075 R019: the lists that `tiltag` and `ordre` show, and "udført" to what stands there; whoever was never in it sees
    none of it."""
    kim, mads = left["kim"], left["mads"]
    await kim.commands("tiltag")
    said = (await kim.reads())[-1]
    assert "1 åbne" in said.replace("*", "")
    assert "sandsække" in said
    assert "Åbne tiltag og opgaver er overdraget til linjen" in said
    assert not await kim.has("Nyt tiltag")
    await left["finn"].commands("tiltag")
    assert await left["finn"].sees("Der er ingen aktiv krise")
    await mads.commands("t 1 i gang")
    assert await mads.sees("er afblæst")
    await mads.commands("t 1 udført")
    assert [row["status"] for row in await left.part("measures") if row["number"]] == ["done"]
    await mads.commands("ordre 1 udført")
    assert [row["state"] for row in await left.part("orders")] == ["done"]
    for words in ("tiltag 4 mand til Fløng", "ordre spær broen @Mads", "spm hvem har nøglen"):
        await kim.commands(words)
        assert "er afblæst" in (await kim.reads())[-1], words
    assert len([row for row in await left.part("measures") if row["number"]]) == 1
    assert len(await left.part("orders")) == 1
    assert await left.part("questions") == []


@in_slack
async def test_what_was_proposed_is_decided_no_longer_and_whoever_tries_reads_why_and_what_to_do(left: Stage) -> None:
    """R075 R227: the chief's card has no `Sæt i værk` and no `Beslut`; a form that stood open gives its words back."""
    assert not await left["lars"].has("Sæt i værk")
    assert not await left["lars"].has("Beslut")
    assert not await left["lars"].has("Nej tak")
    await left["lars"].fills_in("Skriv ordre", task="spær broen", to="Mads")
    (said,) = [said for said in await left["lars"].reads() if "intet nyt i værk" in said]
    assert "»spær broen«" in said
    assert await left["lars"].has("Send varsel")
    assert len(await left.part("orders")) == 1


@in_slack
async def test_whoever_writes_for_a_crisis_that_is_over_reads_that_it_is_and_gets_their_words_back(
    stage: Stage,
) -> None:
    """R247 R182: "Der er ingen aktiv krise" was all that the log's keeper read; whoever was never in it reads no more."""
    for words in ("log ! pumperne hentes tirsdag", "oplysningsbehov hvem henter pumperne", "punkt hvem betaler"):
        await stage["kim"].commands(words)
        said = (await stage["kim"].reads())[-1]
        assert "Der er ingen aktiv krise" in said
        assert "skybrud, kloak står op i Hedehusene er afblæst" in said
        assert "erfaring" in said
        assert f"»{words}«" in said
        await stage["finn"].commands(words)
        assert "skybrud" not in (await stage["finn"].reads())[-1]
    assert await stage["kim"].has("Send varsel")
    assert "hente" not in str(await stage.part("log"))


@in_teams
@pytest.mark.parametrize(
    "words",
    [
        "bistand 4 mand til Birkehøj",
        "tilbud 2 pumper",
        "møde i morgen 10 stabsrummet",
        "ping alle hvordan går det?",
        "beslut skolen lukker",
        "melding vand i kælderen",
    ],
)
async def test_what_is_typed_in_the_channel_of_a_staff_that_has_stood_down_begins_nothing(
    stage: Stage, words: str
) -> None:
    """R017 R075 R220: "Anmodning B1 er hos krisestaben", it said, and nobody had it; only the writer reads the words, and one
    press makes a warning of them. The log is still written there."""
    lines = len(await stage.part("log"))
    await stage["kim"].commands(words, "stab")
    (said,) = [said for said in await stage["kim"].reads() if "sættes intet nyt i værk" in said]
    assert f"»{words}«" in said
    assert "ring 112" in said
    assert not await stage["tina"].sees("sættes intet nyt i værk")
    assert len(await stage.part("log")) == lines
    await stage["kim"].commands("log ! pumperne er hentet", "stab")
    assert (await stage.log("information"))[-1]["summary"] == "pumperne er hentet"


@in_slack
async def test_a_report_in_the_channel_of_a_staff_that_has_stood_down_becomes_a_warning_by_one_press(
    stage: Stage,
) -> None:
    """R026 R247."""
    await stage["kim"].commands("melding vand i kælderen på Birkehøj", "stab")
    await stage["kim"].presses("Send varsel")
    assert await stage.crises() == 2
    assert "vand i kælderen på Birkehøj" in str(await stage.part("log", 2))


@pytest.mark.long
@in_teams
async def test_what_there_was_is_still_read_by_those_who_took_part_and_nothing_on_it_begins_anything(
    left: Stage,
) -> None:
    """R247: the lists behind `ressource`, `bistand`, `beslut`, `tilbud`, `oplysningsbehov` and `budskab`; whoever was never in
    it reads none of them."""
    for words, head in (
        ("ressource", "Ressourceoversigt"),
        ("bistand", "Anmodninger om bistand"),
        ("beslut", "Beslutninger: 0."),
        ("tilbud", "Tilbud:"),
        ("oplysningsbehov", "Oplysningsbehov:"),
        ("budskab", "Budskaber til omverdenen"),
        ("bistand krise 1", "Anmodninger om bistand"),
    ):
        await left["kim"].commands(words)
        assert head in (await left["kim"].reads())[-1].replace("*", ""), words
        await left["finn"].commands(words)
        assert head not in (await left["finn"].reads())[-1].replace("*", ""), words
    assert not await left["kim"].has("Ny anmodning")


@in_slack
async def test_a_line_that_is_mended_afterwards_offers_no_measure(stage: Stage) -> None:
    """R186 R075: [Lav tiltag] was refused."""
    number = await line_of(stage, "pumpen er leveret")
    assert await stage["kim"].has("Lav tiltag")
    await stage["kim"].commands(f"ret {number} pumpen er hentet igen")
    assert "pumpen er hentet igen" in str(await stage.part("log"))
    card = next(said for said in reversed(await stage["kim"].reads()) if "pumpen er hentet igen" in said)
    assert card
    assert not await stage["kim"].has("Lav tiltag")


@follows(cloudburst)
async def called_off_with_a_secret(stage: Stage) -> None:
    """Something confidential was written too."""
    await stage["kim"].commands("l ? pumpen er leveret")
    await stage["kim"].commands("l fortrolig: ? en vikar er mistænkt")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage.forward(hours=20)


secret_stage = after(called_off_with_a_secret)


@pytest.mark.long
@in_slack
async def test_nobody_has_more_rights_or_a_higher_grade_than_when_it_ended(secret_stage: Stage) -> None:
    """R216 R184: Hanne was a centre's contact beside the staff; she reads, files, confirms and exports no more than then."""
    stage = secret_stage
    numbers = {line["summary"]: line["no"] for line in await stage.part("log")}
    await stage["hanne"].commands("find vikar")
    assert not await stage["hanne"].sees("en vikar er mistænkt")
    await stage["hanne"].commands(f"bekræft {numbers['pumpen er leveret']}")
    assert (await stage.export())["log_state"][str(numbers["pumpen er leveret"])]["verification"] == "unconfirmed"
    for command in ("eksport", "sag 26/9999"):
        await stage["hanne"].commands(command)
    assert not await stage["hanne"].sees("/eksport/")
    assert (await stage.export())["crisis"]["case_ref"] != "26/9999"
    await stage["kim"].commands("find vikar")
    assert await stage["kim"].sees("en vikar er mistænkt")


@pytest.mark.long
@in_teams
async def test_the_export_that_is_asked_for_afterwards_can_be_fetched(stage: Stage) -> None:
    """D11: the link comes, and what it leads to is the whole case."""
    await stage["kim"].commands("eksport")
    status, content = await fetched(stage, "kim")
    assert (status, archive.verify(io.BytesIO(content))) == (200, [])


@follows(called_off)
async def another_runs(stage: Stage) -> None:
    """The next night another crisis is decided on, and its staff writes as many lines."""
    await stage["jens"].commands("aktiver 2 strømsvigt i hele byen")
    await stage["kim"].commands("l ! generatoren er startet")


beside = after(another_runs)


async def line_of(stage: Stage, summary: str, crisis: int = 1) -> int:
    """The number of the line that says so."""
    return int(next(line["no"] for line in await stage.part("log", crisis) if line["summary"] == summary))


async def reads_plainly(actor: Actor, text: str) -> bool:
    """Whether they see it, however bold words are drawn."""
    return any(text in seen.replace("*", "") for seen in await actor.reads())


@pytest.mark.long
@in_teams
async def test_who_took_part_reaches_an_ended_crisis_by_its_number_while_another_runs(beside: Stage) -> None:
    """R247 D11: read, confirm, file, export, lessons and search, each on the one that was named and on no other."""
    stage = beside
    number = await line_of(stage, "pumpen er leveret")
    kim = stage["kim"]
    before = len(await stage.part("log", 2))
    await kim.commands("find pumpen i krise 1")
    assert await kim.sees("pumpen er leveret")
    await kim.commands(f"bekræft {number} i krise 1")
    assert (await stage.export())["log_state"][str(number)]["verification"] == "confirmed"
    await kim.commands("sag 26/1234 krise 1")
    assert (await stage.export())["crisis"]["case_ref"] == "26/1234"
    await kim.commands(f"ret {number} i krise 1 pumpen blev leveret kl. 15 i krise 2")
    assert await line_of(stage, "pumpen blev leveret kl. 15 i krise 2")
    await stage["hanne"].commands("erfaring krise 1: nøgler til pumpehuset manglede")
    assert [line["summary"] for line in await stage.log("lesson")] == ["nøgler til pumpehuset manglede"]
    await kim.commands("eksport 1")
    assert await stage.log("export")
    await kim.commands("status 1")
    assert "Afblæst" in (await kim.reads())[-1]
    after_ = await stage.export(2)
    assert (len(after_["log"]), after_["crisis"]["case_ref"]) == (before, None)
    assert (await stage.export())["crisis"]["deactivated_at"]


@in_slack
async def test_an_answer_says_of_which_crisis_it_is_where_there_are_several(beside: Stage) -> None:
    """R247: "log nr. 6" is a line in each of them."""
    stage = beside
    await stage["kim"].commands(f"bekræft {await line_of(stage, 'pumpen er leveret')} i krise 1")
    assert await reads_plainly(stage["kim"], "Nr. 1: skybrud, kloak står op i Hedehusene\nGemt i log nr. ")
    await stage["finn"].says("der er ild i skuret")
    await stage["kim"].commands("l ! broen er spærret")
    assert await reads_plainly(stage["kim"], "Nr. 2: strømsvigt i hele byen\nGemt i log nr. ")
    await stage["hanne"].commands("melding pumpen er gået i stå")
    assert await reads_plainly(stage["hanne"], "Nr. 2: strømsvigt i hele byen\nTak.")


@in_slack
async def test_with_one_crisis_no_answer_is_longer_for_it(stage: Stage) -> None:
    """R247: nobody reads which of one it is."""
    await stage["jens"].commands("aktiver 2 strømsvigt")
    await stage["jens"].commands("l ! generatoren er startet")
    assert "Nr. 2: strømsvigt" not in (await stage["jens"].reads())[-1]


@in_slack
@pytest.mark.parametrize(
    "command",
    ["find pumpen i krise 1", "bekræft 3 krise 1", "eksport 1", "status 1", "erfaring krise 1: vi var for få"],
)
async def test_who_was_not_in_it_reaches_it_by_no_number(beside: Stage, command: str) -> None:
    """R247 R216: the nearest who may not: an employee, whatever runs now."""
    stage = beside
    lines = len(await stage.part("log"))
    await stage["finn"].commands(command)
    assert await stage["finn"].sees("var med i hændelse nr. 1")
    assert not await stage["finn"].sees("pumpen er leveret")
    assert len(await stage.part("log")) == lines


@in_teams
async def test_a_number_that_is_no_crisis_is_told_of_and_nothing_is_taken_instead(beside: Stage) -> None:
    """R247: `eksport 9` packed another one."""
    stage = beside
    await stage["kim"].commands("eksport 9")
    assert await stage["kim"].sees("Der er ingen hændelse nr. 9. Intet er ændret. Du var med i: nr. 1: skybrud")
    assert not [*await stage.log("export"), *await stage.log("export", 2)]


@pytest.mark.parametrize(
    ("text", "where", "read"),
    [
        ("1", "number", (1, "")),
        ("nr. 1", "number", (1, "")),
        ("17", "anywhere", None),
        ("krise 1", "anywhere", (1, "")),
        ("17 i krise 1", "anywhere", (1, "17")),
        ("pumpe i krise nr. 12.", "anywhere", (12, "pumpe")),
        ("i hændelse 2: pumpe", "anywhere", (2, "pumpe")),
        ("26/1234 krise 1", "anywhere", (1, "26/1234")),
        ("17 i krise 1: det var 14", "before", (1, "17 det var 14")),
        ("det var som i krise 1", "before", None),
        ("krise 10 personer", "before", (10, "personer")),
        ("krisen er slut", "anywhere", None),
        ("", "number", None),
    ],
)
def test_which_crisis_is_named(text: str, where: Named, read: tuple[int, str] | None) -> None:
    """R247: people's own words stay as they are."""
    assert named_crisis.read(text, where) == read


async def level_one_is_over(stage: Stage) -> None:
    """Jens decides level 1, which the directorate has; the mayor calls it off, and somebody warns of something else."""
    await stage["jens"].commands("aktiver 1 gaslugt på skolen")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage["finn"].says("der er ild i skuret")


one_over = after(level_one_is_over)


@in_teams
async def test_who_had_a_part_in_level_one_reaches_it_afterwards(one_over: Stage) -> None:
    """R247 R026: there is no staff at level 1, and the rights are those that were had then."""
    stage = one_over
    await stage["anne"].commands("erfaring krise 1: vi var for langsomme")
    assert [line["summary"] for line in await stage.log("lesson")] == ["vi var for langsomme"]
    await stage["kim"].commands("sag 26/1234 krise 1")
    assert (await stage.export())["crisis"]["case_ref"] == "26/1234"
    await stage["anne"].commands("sag 26/9 krise 1")
    await stage["finn"].commands("find gas i krise 1")
    assert (await stage.export())["crisis"]["case_ref"] == "26/1234"
    assert not await stage["finn"].sees("Loggen: gas")


@in_slack
async def test_nobody_is_sent_to_krisebot_to_be_asked(one_over: Stage) -> None:
    """D12: a line that krisebot wrote is corrected by the log's keeper."""
    number = next(line["no"] for line in await one_over.part("log") if line["recorder"] == "krisebot")
    await one_over["anne"].commands(f"ret {number} i krise 1 forkert")
    assert not await one_over["anne"].has("Spørg krisebot")
    assert any(label.startswith("Spørg ") for label in await one_over["anne"].buttons())
