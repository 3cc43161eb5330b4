"""What somebody tells behind a verb that only shows something is given back to them, and belongs somewhere by a press."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest

from handlers.core import registry
from handlers.core.language.idle_words import tells
from tests.stage.platforms import in_one_chat, in_slack, in_teams, only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_slack
async def test_what_is_told_behind_the_status_is_given_back_and_one_press_keeps_it(stage: Stage) -> None:
    """R180 R182: a contact who means to report reads that it stands nowhere; the log has their words, and no verb's."""
    await stage["mads"].commands("status pumpen på Birkehøj er gået i stykker")
    assert await stage["mads"].sees("»pumpen på Birkehøj er gået i stykker«")
    await stage["mads"].presses("Gem i log")
    (line,) = await stage.log("information")
    assert (line["summary"], line["sender"]) == ("pumpen på Birkehøj er gået i stykker", "mads")


@in_teams
async def test_what_is_told_behind_the_agenda_can_be_an_item_of_it(stage: Stage) -> None:
    """R096: "d husk pumpen" is not lost."""
    await stage["kim"].commands("d husk pumpen på Birkehøj")
    await stage["kim"].presses("Punkt til møde")
    assert [each["text"] for each in await stage.part("agenda_items")] == ["husk pumpen på Birkehøj"]


@in_one_chat
async def test_nobody_is_offered_what_they_would_be_refused_and_nobody_is_bothered_for_politeness(
    stage: Stage,
) -> None:
    """R168: an employee without a part in it may report, and may not write in the log."""
    await stage["finn"].commands("status pumpen på Birkehøj er gået i stykker")
    assert await stage["finn"].has("Send som melding")
    assert not await stage["finn"].has("Gem i log")
    await stage["lars"].commands("status nu tak")
    assert not await stage["lars"].sees("viser kun noget")


@in_one_chat
async def test_at_level_one_there_is_no_meeting_to_put_it_on(open_stage: Stage) -> None:
    """R017: a meeting is the staff's; the log and a report are there."""
    await open_stage["ole"].commands("aktiver 1 kloak i Fløng")
    await open_stage["mads"].commands("status pumpen på Birkehøj er gået i stykker")
    assert await open_stage["mads"].has("Gem i log")
    assert not await open_stage["mads"].has("Punkt til møde")


@in_one_chat
async def test_where_no_crisis_runs_it_can_be_a_warning(open_stage: Stage) -> None:
    """R001: whoever asks for the status with news has somebody told."""
    await open_stage["finn"].commands("status pumpen på Birkehøj er gået i stykker")
    await open_stage["finn"].presses("Send varsel")
    (alert,) = await open_stage.part("alerts")
    assert alert["text"] == "pumpen på Birkehøj er gået i stykker"


@in_one_chat
async def test_of_two_incidents_it_is_given_back_once_the_one_is_chosen(stage: Stage) -> None:
    """D04 R180: it may belong in the log of that one."""
    await stage["jens"].commands("aktiver 2 strømsvigt på havnen")
    await stage["jens"].presses("Det er en anden hændelse")
    await stage["kim"].commands("status pumpen er gået i stykker")
    assert not await stage["kim"].sees("viser kun noget")
    await stage["kim"].presses("2: strømsvigt på havnen")
    await stage["kim"].presses("Gem i log")
    assert [line["summary"] for line in await stage.log("information", 2)] == ["pumpen er gået i stykker"]


@in_slack
async def test_words_that_lead_nowhere_can_be_an_item_for_those_who_may_propose_one(stage: Stage) -> None:
    """Requirement 3.1.4, R096: the nearest who may not is an employee without a part in it."""
    for person in ("hanne", "finn"):
        await stage[person].commands("xyz nøgleskab opgang syv")
    assert not await stage["finn"].has("Punkt til møde")
    await stage["hanne"].presses("Punkt til møde")
    assert [each["text"] for each in await stage.part("agenda_items")] == ["xyz nøgleskab opgang syv"]


@in_slack
async def test_words_typed_in_the_staffs_channel_are_given_back_alone(stage: Stage) -> None:
    """R216: nobody else saw the command that they stood behind."""
    await stage["kim"].commands("status fortrolig: beboeren hedder Kodeordfoxtrot", "stab")
    assert await stage["kim"].sees("Kodeordfoxtrot")
    assert not await stage["anne"].sees("Kodeordfoxtrot")


@in_slack
async def test_words_that_lead_nowhere_in_the_staffs_channel_are_given_back_alone(stage: Stage) -> None:
    """R216: nobody else saw the command; why somebody is away is nobody's business either (R035)."""
    for words in ("xyz beboeren hedder Kodeordfoxtrot", "fravær Kodeordgolf"):
        await stage["kim"].commands(words, "stab")
        assert await stage["kim"].sees(words.split()[-1]), words
    assert not await stage["anne"].sees("Kodeord")


@only_in_teams
async def test_whoever_mentions_us_in_the_staffs_channel_reads_there_where_the_answer_is(stage: Stage) -> None:
    """R216: what is only its asker's came to them alone, and in the channel it looked as if nobody answered."""
    await stage["kim"].commands("xyz pumpen", "stab")
    assert await stage["kim"].sees("Kim Dahl: svaret er sendt til dig alene")
    assert not await stage["anne"].sees("xyz pumpen«")
    before = len(await stage["kim"].reads())
    await stage["kim"].commands("status", "stab")
    assert not any("dig alene" in each for each in (await stage["kim"].reads())[before:])


@in_one_chat
async def test_what_has_been_brought_to_the_staff_is_not_said_to_stand_nowhere(stage: Stage) -> None:
    """R225: "status HASTER …" was brought to everybody, and whoever wrote it read that nobody had it."""
    await stage["kim"].commands("status HASTER vand i kælderen")
    assert await stage["kim"].sees("ikke i loggen endnu. Krisestaben har fået det, fordi det haster:\n»HASTER vand")
    await stage["kim"].commands("kontakt HASTER pumpen")
    assert not await stage["kim"].sees("ingen steder")


@in_one_chat
async def test_a_change_that_is_told_to_a_verb_which_only_shows_the_plan_is_given_back(stage: Stage) -> None:
    """R243: "plan ændret: …" changes nothing, and says so; what it knows is shown alone."""
    await stage["kim"].commands("plan ændret: nye telefonnumre")
    assert await stage["kim"].sees("»ændret: nye telefonnumre«")
    await stage["lars"].commands("plan principper")
    assert not await stage["lars"].sees("viser kun noget")


@pytest.mark.parametrize(
    ("text", "is_news"),
    [
        ("nu tak", False),
        ("2", False),
        ("til næste møde", False),
        ("som pdf", False),
        ("godkend", False),
        ("vandet stiger", True),
    ],
)
def test_what_is_said_of_what_is_to_be_shown_tells_nothing(text: str, is_news: bool) -> None:
    """D14: nobody is asked about words that mean nothing."""
    assert tells(text) is is_news


def test_a_verb_that_reads_no_words_says_so() -> None:
    """R180: else what is typed behind it would be lost without a word."""
    registry.load()
    for verb in registry.verbs.values():
        (run,) = ast.parse(textwrap.dedent(inspect.getsource(verb.run))).body
        assert isinstance(run, ast.AsyncFunctionDef)
        words = run.args.args[1].arg
        read = any(isinstance(node, ast.Name) and node.id == words for each in run.body for node in ast.walk(each))
        assert read is not verb.wordless, verb.name
