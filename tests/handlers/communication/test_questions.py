"""Questions flow to one place, are answered where the subject belongs, and are answered once. Scenario S3, Tuesday 13:00–14:30."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.core.language.owners import asked
from storage.plan import loading
from tests.stage.platforms import in_one_chat, in_slack, in_teams, only_in_slack
from tests.stage.prologue import after, outbreak
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage

stage = after(outbreak)


async def questions_of(stage: Stage) -> list[dict[str, Any]]:
    return list(await stage.part("questions"))


@pytest.mark.long
@in_one_chat
async def test_a_question_that_nobody_answers_is_asked_about_and_then_put_before_the_coordinator(stage: Stage) -> None:
    """R148: it lay with whoever had it for as long as the crisis ran; one that is answered is asked about no more."""
    await stage["mette"].commands("spm må gravide møde på arbejde i sundhed?")
    await stage["mette"].commands("spm hvornår åbner skolen i Sundhed?")
    await stage["hanne"].commands("svar 2 på mandag")
    (asked, _) = await questions_of(stage)
    await stage.forward(minutes=59)
    assert not await stage["hanne"].sees("er ikke besvaret")
    await stage.forward(minutes=2)
    told = [each for each in await stage["hanne"].reads() if "er ikke besvaret" in each]
    assert len(told) == 1
    assert "Spørgsmål 1 er ikke besvaret" in told[0]
    assert "må gravide møde" in told[0]
    assert asked["due_at"] > asked["asked_at"]
    assert not await stage["tina"].sees("er ikke besvaret")
    await stage.forward(minutes=61)
    assert await stage["tina"].sees("Spørgsmål 1 er ikke besvaret hos Hanne Toft")
    await stage["hanne"].commands("svar 1 nej")
    await stage.forward(hours=5)
    for person in ("hanne", "tina"):
        # What reminded of it says by now what the answer was, and asks for none.
        assert not await stage[person].sees("er ikke besvaret")
        assert not await stage[person].has("Svar")


@pytest.mark.long
@in_one_chat
async def test_whoever_a_question_is_moved_to_has_as_long_as_the_one_before_had(stage: Stage) -> None:
    """R148: it was asked about two minutes after it came; and moved when the coordinator had it, it was never asked about again."""
    await stage["mette"].commands("spm må gravide møde på arbejde i sundhed?")
    await stage.forward(minutes=58)
    await stage["hanne"].presses("Send videre", owner="per")
    await stage.forward(minutes=57)
    assert not await stage["per"].sees("er ikke besvaret")
    await stage.forward(minutes=5)
    assert await stage["per"].sees("Spørgsmål 1 er ikke besvaret")
    await stage.forward(minutes=61)
    assert await stage["tina"].sees("Spørgsmål 1 er ikke besvaret hos Per Hald")
    await stage["tina"].presses("Send videre", owner="line")
    await stage.forward(minutes=61)
    assert await stage["line"].sees("Spørgsmål 1 er ikke besvaret")
    await stage["line"].presses("Send videre", owner="per")
    before = len(await stage["per"].reads())
    await stage.forward(minutes=61)
    assert "Spørgsmål 1 er ikke besvaret" in "".join((await stage["per"].reads())[before:])


@in_one_chat
async def test_a_question_that_looks_like_an_earlier_one_is_asked_about_where_nobody_says_whether_it_is(
    stage: Stage,
) -> None:
    """R148: it waited for a press that did not come, and whoever answers for it was never told."""
    await stage["mette"].commands("spm må gravide møde på arbejde i sundhed?")
    await stage["hanne"].commands("svar 1 nej, ikke før videre")
    await stage["per"].commands("spm Må gravide møde på arbejde i Sundhed")
    await stage.forward(minutes=61)
    assert await stage["hanne"].sees("Spørgsmål 2 er ikke besvaret")


@in_teams
async def test_a_question_is_answered_once_and_the_answer_is_used_again(stage: Stage) -> None:
    """R148: routed to the centre that has the subject; the same question later gets the same answer."""
    await stage["mette"].commands("spm må gravide møde på arbejde i sundhed?")
    (asked,) = await questions_of(stage)
    assert (asked["centre"], asked["owner"], asked["answer"]) == ("Sundhed", "hanne", None)
    await stage["hanne"].commands("svar 1 nej, ikke før videre")
    (answered,) = await questions_of(stage)
    assert (answered["answer"], answered["answered_by"]) == ("nej, ikke før videre", "hanne")
    assert await stage["mette"].sees("nej, ikke før videre")
    await stage["per"].commands("spm Må gravide møde på arbejde i Sundhed")
    await stage["per"].presses("Det var svaret")
    _, again = await questions_of(stage)
    assert (again["same_as"], again["answer"]) == (1, "nej, ikke før videre")
    assert len([line for line in await stage.log("answer") if line["sender"] == "per"]) <= 1


@in_teams
async def test_an_answer_that_few_may_know_by_now_is_not_copied_into_another_question(stage: Stage) -> None:
    """R148: it was shown, and then somebody decided that it is confidential; whoever asked is answered anew."""
    await stage["mette"].commands("spm må gravide møde på arbejde i sundhed?")
    await stage["hanne"].commands("svar 1 nej, to er smittet på stue 12")
    await stage["per"].commands("spm Må gravide møde på arbejde i Sundhed")
    (line,) = [line for line in await stage.log("answer") if "stue 12" in line["summary"]]
    await stage["tina"].commands(f"grad {line['no']} fortrolig")
    await stage["per"].presses("Det var svaret")
    _, again = await questions_of(stage)
    assert (again["answer"], again["same_as"]) == (None, None)
    assert await stage["hanne"].sees("Spørgsmål 2")


@in_teams
async def test_what_has_no_owner_lands_with_the_coordinator_who_passes_it_on(stage: Stage) -> None:
    """R146 R147 R148 R150: nobody else answers; the helper and the coordinator may route."""
    await stage["mette"].commands("spm kan jeg sende 2 vogne til Ishøj?")
    (asked,) = await questions_of(stage)
    assert asked["owner"] == "tina"
    await stage["per"].commands("svar 1 ja da")
    assert (await questions_of(stage))[0]["answer"] is None
    await stage["tina"].fills_in("Send videre", owner="rune")
    assert (await questions_of(stage))[0]["owner"] == "rune"
    await stage["rune"].fills_in("Svar", answer="ja, fra kl 17")
    assert (await questions_of(stage))[0]["answered_by"] == "rune"


@in_one_chat
async def test_the_coordinators_helper_passes_on_and_does_not_answer(stage: Stage) -> None:
    """R150 R148: somebody at employee level, whom the coordinator names; the queue is theirs to sort."""
    await stage["tina"].commands("rolle hjælper Line")
    await stage["mette"].commands("spm kan jeg sende 2 vogne til Ishøj?")
    await stage["line"].commands("svar 1 ja da")
    assert (await questions_of(stage))[0]["answer"] is None
    await stage["line"].commands("spm")
    await stage["line"].fills_in("Flyt spm. 1", owner="rune")
    assert (await questions_of(stage))[0]["owner"] == "rune"
    await stage["line"].commands("beslut vognene sendes")
    assert not any(line["sender"] == "line" for line in await stage.log("decision"))


@in_one_chat
async def test_the_press_is_answered_by_whoever_speaks_for_the_municipality(stage: Stage) -> None:
    """R148 R212: a journalist through the switchboard goes to communication, and others can't answer."""
    await stage["kim"].commands("spm journalist fra TV2 spørger, hvor mange der er syge")
    (asked,) = await questions_of(stage)
    assert (asked["owner"], asked["external"]) == ("bo", True)
    await stage["hanne"].commands("svar 1 51")
    assert (await questions_of(stage))[0]["answer"] is None


@only_in_slack
async def test_a_question_with_a_colleagues_mention_is_theirs_to_answer(stage: Stage) -> None:
    """R148: a chat's own mention is the colleague's whole name; the answer goes back to whoever asked."""
    await stage["mette"].commands("spm <@U0MADS> hvornår kommer pumpen")
    assert [(each["owner"], each["centre"]) for each in await questions_of(stage)] == [("mads", "Teknik")]
    await stage["mads"].fills_in("Svar", answer="kl 16")
    assert await stage["mette"].sees("kl 16")


def mention(stage: Stage, person: str) -> str:
    """Somebody as they are chosen in the chat that is played in."""
    known = stage.plan.persons.get(person)
    if isinstance(stage, SlackStage):
        return f"<@U0{person.upper()}>"
    return f"<at>{known.name if known else person.capitalize()}</at>"


@in_slack
async def test_whoever_is_mentioned_in_the_middle_of_a_question_is_asked(stage: Stage) -> None:
    """R148: chosen in the chat's own way, a colleague is asked wherever the name stands, and however it goes on; of several
    nobody can know which one, and whoever asks is told."""
    mads, gitte = mention(stage, "mads"), mention(stage, "gitte")
    await stage["mette"].commands(f"spm kan {mads} sige hvor mange pumper vi har?")
    await stage["mette"].commands(f"spm hvor er {mads}s nøgle til Birkehøj")
    await stage["mette"].commands(f"spm kan {mads} eller {gitte} sige hvor mange senge vi har?")
    assert await stage["mette"].sees(
        "er sendt til Tina Friis. Du får svaret her.\nDu har nævnt flere: Mads Rosen og Gitte Krag."
    )
    await stage["mette"].commands(f"spm {mads}, har {gitte} fået pumperne?")
    assert [each["owner"] for each in await questions_of(stage)] == ["mads", "mads", "tina", "mads"]
    assert "kan Mads Rosen sige hvor mange pumper vi har?" in [each["text"] for each in await questions_of(stage)]


@in_teams
async def test_a_name_that_is_only_written_and_a_stranger_who_is_mentioned_are_not_asked(stage: Stage) -> None:
    """R148: what looks like a mention is a name like any other; nobody outside the plan is sent what the staff is asked, whatever
    they call themselves."""
    typed = "&lt;@U0MADS&gt;" if isinstance(stage, SlackStage) else "&lt;at&gt;Mads Rosen&lt;/at&gt;"
    await stage["mette"].commands(f"spm hvad betyder {typed} i loggen")
    await stage["mette"].commands("spm er nøglen hos Mads Rosen eller i kælderen?")
    await stage["mette"].commands(f"spm har {mention(stage, 'birgit')} fortalt jer, hvor nøglen er?")
    await stage["mette"].commands(f"spm kan {mention(stage, 'birgit')} eller {mention(stage, 'mads')} sige det?")
    assert [each["owner"] for each in await questions_of(stage)] == ["tina", "tina", "tina", "mads"]


@in_slack
async def test_krisebots_own_name_in_a_question_names_nobody(stage: Stage) -> None:
    """R148."""
    ours = mention(stage, "krisebot")
    await stage["mette"].commands(f"spm kan {ours} spørge {mention(stage, 'mads')} om pumperne?")
    await stage["mette"].commands(f"spm hvad kan {ours} egentlig?")
    assert [each["owner"] for each in await questions_of(stage)] == ["mads", "tina"]


@in_teams
async def test_a_measure_goes_to_the_only_one_whom_it_mentions(stage: Stage) -> None:
    """R021 R148: the same holds for whatever else is given to somebody."""
    await stage["kim"].commands(f"tiltag få {mention(stage, 'mads')} til at hente pumper på Birkehøj kl 17")
    (measure,) = await stage.part("measures")
    assert (measure["owner"], measure["centre"]) == ("mads", "Teknik")


@in_one_chat
async def test_a_question_to_somebody_whom_nobody_knows_says_so_and_is_answered_all_the_same(stage: Stage) -> None:
    """R148: it lands with the coordinator; the press is answered by its spokesperson whoever it asks for."""
    await stage["mette"].commands("spm hvor er nøglen @birgit")
    assert await stage["mette"].sees("Jeg kan ikke se, hvem »birgit« er.")
    await stage["mette"].commands("spm TV2 spørger, hvor mange der er ramt @Lars")
    await stage["mads"].commands("spm hvem kører? @Mads")
    assert [each["owner"] for each in await questions_of(stage)] == ["tina", "bo", "tina"]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("hvor er sandsækkene @mads", ["mads"]),
        ("kan @Mads Rosen køre den ud?", ["mads"]),
        ("hvor er sandsækkene, Mads Rosen?", ["mads"]),
        ("mads hvornår kommer du", ["mads"]),
        ("til bo kjaer hvad siger vi til borgerne", ["bo"]),
        ("borgmesteren må vi lukke vejen", ["lars"]),
        ("IT: hvornår virker nettet?", ["nils"]),
        ("@chefen må vi lukke vejen", ["anne"]),
        ("er nøglen hos Mads Rosen?", []),
        ("hvad siger Rune Juhl til det?", []),
        ("Anne er syg, hvem leder mødet?", []),
        ("til alle: hvem har nøglen", []),
        ("hvor mange senge har vi", []),
        ("kan @Mads eller @Gitte sige det", ["mads", "gitte"]),
        ("@Mads, har @Gitte fået pumperne?", ["mads"]),
        ("til @mads: har @Gitte fået pumperne?", ["mads"]),
        ("kan @birgit eller @Mads sige det", ["mads"]),
        ("kan @birgit eller @bodil sige det", []),
    ],
)
def test_a_question_is_put_to_whoever_it_is_addressed_to_and_not_to_whom_it_speaks_of(
    text: str, who: list[str]
) -> None:
    """R148: by a name, a role or a support function, as people write when they ask somebody."""
    assert list(asked(loading.example(), text, "anne").persons) == who


@in_slack
async def test_what_is_written_as_an_answer_to_the_questions_card_is_its_answer(stage: Stage) -> None:
    """R148, requirement 3.4: in its thread, or quoted; nearest are a verb, thanks, and the same words with no card above."""
    assert isinstance(stage, SlackStage | TeamsStage)
    await stage["mette"].commands("spm hvornår kommer pumpen? @Mads")
    for words in ("tak", "status"):
        await stage["mads"].answers("hvornår kommer pumpen", words)
    await stage["mads"].says("kl 18 tror jeg")
    assert [each["answer"] for each in await questions_of(stage)] == [None]
    await stage["mads"].answers("hvornår kommer pumpen", "kl 17 tror jeg")
    assert [each["answer"] for each in await questions_of(stage)] == ["kl 17 tror jeg"]
    assert await stage["mette"].sees("»kl 17 tror jeg«")


@in_one_chat
async def test_an_answer_without_its_number_is_given_back(stage: Stage) -> None:
    """R148: nobody is thanked, and nothing of it is lost."""
    await stage["mette"].commands("spm hvornår kommer pumpen? @Mads")
    await stage["mads"].commands("svar kl halv seks tror jeg")
    assert await stage["mads"].sees("»kl halv seks tror jeg« er ikke sendt.")
    assert [each["answer"] for each in await questions_of(stage)] == [None]
