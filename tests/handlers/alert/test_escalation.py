"""The chain, one sentence of the plan at a time: who is asked, how long they are waited for, what their answer does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.case.verification import verify_export
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after
from tests.stage.stage import RehearsalStage, Stage

pytestmark = in_one_chat

ORDER = ["jens", "pia", "lars", "mette", "anne", "ole", "sara"]


async def warned(stage: Stage) -> None:
    await stage["finn"].commands("varsel vand i kælderen")
    await stage["finn"].presses("Ved ikke")


stage = after(warned)

SILENT = tuple(
    f"{name}: intet svar"
    for name in ("Pia Krogh", "Lars Vinther", "Mette Skov", "Anne Holm", "Ole Bach", "Sara Nygaard")
)


async def steps(stage: Stage) -> list[tuple[str, str | None]]:
    return [(step["person"], step["result"]) for step in await stage.part("escalation")]


async def asked_after(stage: Stage) -> list[tuple[str, float]]:
    """Whom it went to, and how many minutes after the first."""
    every: list[dict[str, Any]] = await stage.part("escalation")
    first = datetime.fromisoformat(every[0]["contacted_at"])
    return [
        (step["person"], (datetime.fromisoformat(step["contacted_at"]) - first) / timedelta(minutes=1))
        for step in every
    ]


async def test_silence_moves_on_after_the_plans_waits_and_the_directorate_is_asked_side_by_side(
    stage: RehearsalStage,
) -> None:
    """R005 R006 T06 T08: five minutes for a role's person, three for a deputy, as the plan's file has it."""
    await stage.forward(minutes=20)
    assert await asked_after(stage) == [
        ("jens", 0), ("pia", 5), ("lars", 8), ("mette", 13), ("anne", 16), ("ole", 16), ("sara", 16),
    ]  # fmt: skip


async def test_whoever_warned_may_have_all_asked_at_once_when_it_hastes(stage: RehearsalStage) -> None:
    """T08: in parallel, which is logged; the first who has it stops it for all, and silence starts the chain over."""
    await stage.forward(minutes=1)
    await stage["finn"].presses("Det haster: spørg alle nu")
    assert await asked_after(stage) == [("jens", 0), *((person, 1) for person in ORDER[1:])]
    assert "Det haster: Finn" in (await stage.log("escalation"))[-1]["summary"]
    assert not await stage["finn"].has("Det haster: spørg alle nu")
    await stage["pia"].says("kan ikke")
    await stage["ole"].presses("Jeg har den")
    assert dict(await steps(stage)) == {**dict.fromkeys(ORDER, "stopped"), "pia": "declined", "ole": "contact"}


async def test_all_asked_at_once_and_silent_begin_again_from_the_top(stage: RehearsalStage) -> None:
    """T08 R005."""
    await stage["finn"].presses("Det haster: spørg alle nu")
    await stage.forward(minutes=5)
    assert {result for _, result in await steps(stage)} == {"silent"}
    assert await stage["finn"].sees("Ingen af de 7")
    await stage.forward(minutes=5)
    assert (await steps(stage))[7:] == [("jens", None)]


async def test_a_silent_chain_says_so_with_numbers_and_starts_over(stage: RehearsalStage) -> None:
    """R005: 21 minutes of silence, five more, and again from the top; whoever raised it can ring."""
    await stage.forward(minutes=21)
    assert await stage["finn"].sees("Ingen af de 7")
    for number in ("01", "02", "03", "04", "05", "06", "07"):
        assert await stage["finn"].sees(f"+45 20 00 00 {number}")
    await stage.forward(minutes=4, seconds=59)
    assert len(await steps(stage)) == 7
    await stage.forward(seconds=1)
    assert (await asked_after(stage))[7:] == [("jens", 26)]
    await stage.forward(minutes=26)
    assert [person for person, _ in await asked_after(stage)][7:14] == ORDER


@pytest.mark.parametrize("words", ["kan ikke", "jeg kan ikke, er i Grækenland", "nej", "er syg"])
async def test_a_refusal_moves_on_at_once(stage: RehearsalStage, words: str) -> None:
    """R007."""
    await stage["jens"].says(words)
    assert await asked_after(stage) == [("jens", 0), ("pia", 0)]
    assert (await steps(stage))[0] == ("jens", "declined")


@pytest.mark.parametrize("words", ["hvad?", "hvem har den?", "måske", "ok men først senere", "jeg har den ikke"])
async def test_words_that_may_mean_anything_are_no_contact(stage: RehearsalStage, words: str) -> None:
    """R005: an unclear answer neither stops the chain nor is lost."""
    await stage["jens"].says(words)
    assert (await steps(stage))[0][1] in (None, "declined")
    await stage.forward(minutes=5)
    assert (await steps(stage))[1][0] == "pia"


async def test_one_director_who_cannot_does_not_answer_for_the_other_two(stage: RehearsalStage) -> None:
    """R005."""
    await stage.forward(minutes=16)
    await stage["ole"].presses("Kan ikke")
    assert (await steps(stage))[4:] == [("anne", None), ("ole", "declined"), ("sara", None)]
    await stage["sara"].presses("Jeg har den")
    assert (await steps(stage))[4:] == [("anne", "stopped"), ("ole", "declined"), ("sara", "contact")]
    assert not await stage["anne"].has("Jeg har den")


async def test_when_all_three_directors_refuse_nobody_waits_for_them(stage: RehearsalStage) -> None:
    """R005."""
    await stage.forward(minutes=16)
    for director in ("anne", "ole", "sara"):
        await stage[director].says("kan ikke")
    assert await stage["finn"].sees("Ingen af de 7")


async def test_a_late_answer_while_nobody_has_it_is_contact(stage: RehearsalStage) -> None:
    """R005: Jens was slow, but he is there; nobody else needs to be asked."""
    await stage.forward(minutes=6)
    await stage["jens"].says("har den")
    assert await steps(stage) == [("jens", "contact"), ("pia", "stopped")]
    assert await stage["jens"].has("Niveau 2")


async def test_an_answer_after_the_contact_is_kept_and_told_what_happened(stage: RehearsalStage) -> None:
    """R008."""
    await stage.forward(minutes=6)
    await stage["pia"].says("har den")
    await stage["jens"].says("har den")
    assert await steps(stage) == [("jens", "silent"), ("pia", "contact")]
    assert await stage["jens"].sees("Pia Krogh har taget varslet")
    assert any(entry["sender"] == "jens" for entry in await stage.log("escalation"))


async def test_contact_without_a_decision_is_reminded_of_halfway_and_then_goes_on(stage: RehearsalStage) -> None:
    """R005 R008: ten minutes to decide."""
    await stage["jens"].says("har den")
    await stage.forward(minutes=5)
    assert await stage["jens"].sees("ikke besluttet noget endnu")
    assert await steps(stage) == [("jens", "contact")]
    await stage.forward(minutes=5)
    assert await steps(stage) == [("jens", "contact"), ("pia", None)]
    await stage["jens"].presses("Niveau 2")
    assert await steps(stage) == [("jens", "contact"), ("pia", "stopped")]


async def test_whoever_took_it_may_still_find_that_they_cannot(stage: RehearsalStage) -> None:
    """R007: it goes on at once, not after the ten minutes to decide."""
    await stage["jens"].says("har den")
    await stage["jens"].says("kan ikke")
    assert await asked_after(stage) == [("jens", 0), ("pia", 0)]
    assert await steps(stage) == [("jens", "declined"), ("pia", None)]


async def test_whoever_could_not_may_still_find_that_they_can(stage: RehearsalStage) -> None:
    """R005: a refusal, or one that was read into the words, can be taken back while nobody has it."""
    await stage["jens"].says("kan ikke")
    await stage["jens"].says("har den")
    assert await steps(stage) == [("jens", "contact"), ("pia", "stopped")]
    assert await stage["jens"].has("Niveau 2")


async def test_an_ok_answers_the_newest_question(stage: RehearsalStage) -> None:
    """R033 R131: Lars was asked to take the warning and said nothing; his "ok" to the summons is one to the summons."""
    await stage.forward(minutes=9)
    await stage["pia"].says("har den")
    await stage["pia"].presses("Niveau 2")
    await stage["lars"].says("ok")
    (summons,) = [
        each for each in await stage.part("notifications") if (each["to"], each["kind"]) == ("lars", "summons")
    ]
    assert summons["answer"] == "ok"


async def test_a_decider_who_warns_has_it_already(open_stage: Stage) -> None:
    """R008: no chain up to himself; the decision card at once."""
    stage = open_stage
    await stage["pia"].commands("varsel vand i kælderen")
    await stage["pia"].presses("Ja")
    assert await steps(stage) == [("pia", "contact")]
    assert await stage["pia"].has("Niveau 2")


@pytest.mark.long
@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("why", [(), ("Det berører ikke kommunen",), ("Det daglige beredskab klarer det",)])
async def test_no_to_the_question_is_kept_and_can_be_thought_better_of(
    open_stage: Stage, why: tuple[str, ...], first: int
) -> None:
    """R004 D11: noted, asked which of the two it was, and level 1 and second thoughts are offered."""
    stage = open_stage
    await stage["finn"].commands("varsel vand i kælderen")
    for answer in ("Nej", *why):
        await stage["finn"].presses(answer)
    (alert,) = await stage.part("alerts")
    assert (alert["text"], alert["assessment"]) == ("vand i kælderen", "no")
    touches = "yes" if why == ("Det daglige beredskab klarer det",) else "no"
    assert (alert["touches"], alert["beyond"]) == (touches, "no")
    assert await stage.part("escalation") == []
    await stage["finn"].presses(["Send det videre alligevel", "Orientér direktionen (niveau 1)"][first])
    assert await steps(stage) == [("jens", None)]


async def test_second_thoughts_about_the_second_warning_of_an_incident_reach_the_chain_too(
    stage: RehearsalStage,
) -> None:
    """R004 D04: another warning while it runs joins it, and parting it gives it a chain of its own."""
    await stage["bo"].commands("varsel røg i Fløng")
    assert await stage.crises() == 1
    assert await stage["jens"].sees("røg i Fløng")
    await stage["bo"].presses("Det er en anden hændelse")
    assert await stage.crises() == 2
    assert [step["person"] for step in await stage.part("escalation", 2)] == ["jens"]
    await stage["jens"].says("har den")
    assert "contact" in {step["result"] for number in (1, 2) for step in (await stage.export(number))["escalation"]}


async def test_what_is_written_on_to_a_second_warning_stands_on_the_card_that_tells_of_it(
    stage: RehearsalStage,
) -> None:
    """R004 D14: whoever is asked reads it where the second warning stands, and is not rung again for it."""
    await stage["bo"].commands("varsel røg i Fløng")
    (more,) = [text for text in await stage["jens"].reads() if "til nr. 1, fra Bo" in text]
    assert more == "Endnu et varsel til nr. 1, fra Bo Kjær:\n»røg i Fløng«"
    await stage.forward(minutes=1)
    await stage["bo"].commands("varsel flammer i Fløng")
    (more,) = [text for text in await stage["jens"].reads() if "til nr. 1, fra Bo" in text]
    assert more == "Endnu et varsel til nr. 1, fra Bo Kjær:\n»røg i Fløng\nflammer i Fløng«"


async def test_a_warning_that_is_parted_leaves_its_incident(stage: RehearsalStage) -> None:
    """D04: it stands in one incident's list of warnings, not in two; in the first one's log it is said where it went."""
    await stage["bo"].commands("varsel røg i Fløng")
    await stage["bo"].presses("Det er en anden hændelse")
    assert [alert["text"] for alert in await stage.part("alerts", 1)] == ["vand i kælderen"]
    assert [alert["text"] for alert in await stage.part("alerts", 2)] == ["røg i Fløng"]
    for number in (1, 2):
        assert verify_export(await stage.export(number)) == []


async def test_a_stranger_cannot_take_it(stage: RehearsalStage) -> None:
    """R008: "har den" from somebody who wasn't asked is no contact."""
    await stage["kim"].says("har den")
    await stage["finn"].says("har den")
    assert await steps(stage) == [("jens", None)]


async def test_whoever_raised_it_sees_live_where_it_is_and_whom_to_ring(stage: RehearsalStage) -> None:
    """R005."""
    await stage.forward(minutes=5)
    (progress,) = [text for text in await stage["finn"].reads() if "Pia Krogh" in text]
    assert "Jens Lund: intet svar" in progress
    assert "Pia Krogh: venter på svar" in progress
    assert "+45 20 00 00 02" in progress


async def test_a_chain_that_was_called_off_is_called_off(stage: RehearsalStage) -> None:
    """R073: the mayor ends it before anything was decided; a late answer starts nothing again."""
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    for person in ("finn", "jens"):
        assert await stage[person].sees("Afblæst af Lars Vinther kl. 14:00.")
        assert not await stage[person].sees("allerede er i gang")
    await stage["jens"].says("har den")
    await stage.forward(hours=1)
    assert [person for person, _ in await steps(stage)] == ["jens"]
    assert not await stage["pia"].has("Jeg har den")


@pytest.mark.long
async def test_whoever_warned_and_whoever_was_asked_read_how_far_it_is_until_it_is_decided(
    stage: RehearsalStage,
) -> None:
    """R005 R008: each step of the search, on the one card of whoever warned; nobody is asked any longer for what is
    decided, nor told to hurry, on the first card or on the reminder."""
    await stage["finn"].says("to biler holder i vandet")

    async def follows(begins: str, *facts: str) -> None:
        (progress,) = [text for text in await stage["finn"].reads() if text.startswith("*Varsel nr. 1:*")]
        said, *shown = [line for line in progress.splitlines() if not line.startswith("Haster det")]
        assert said.removeprefix("*Varsel nr. 1:* ") == begins
        assert ("Haster det, så ring selv. Ved fare for liv: ring 112." in progress) == (not begins.startswith("Afgj"))
        assert [line.split(" (spurgt")[0] for line in shown][-len(facts) :] == list(facts)

    searching = "Jeg er ved at kontakte dem, der kan beslutte, i planens rækkefølge."
    await follows(searching, "Jens Lund: venter på svar")
    await stage["jens"].says("kan ikke")
    assert await stage["jens"].sees(f"Tak, det er noteret. Jeg går videre til den næste.\n\n{searching}")
    await follows(searching, "Jens Lund: kan ikke", "Pia Krogh: venter på svar")
    await stage.forward(minutes=16)
    await follows("Ingen har svaret. Jeg begynder forfra om 5 min.", "Jens Lund: kan ikke", *SILENT)
    assert not await stage["finn"].has("Det haster: spørg alle nu")
    await stage.forward(minutes=5)
    await follows(searching, *SILENT, "Jens Lund: venter på svar")
    assert await stage["finn"].has("Det haster: spørg alle nu")
    await stage["pia"].presses("Jeg har den")
    taken = "Pia Krogh har taget det og beslutter nu."
    await follows(taken, "Pia Krogh: har taget den", *SILENT[1:], "Jens Lund: ikke længere nødvendig")
    assert not await stage["finn"].has("Det haster: spørg alle nu")
    (asked,) = [text for text in await stage["pia"].reads() if "*Varsel nr. 1* fra Finn" in text]
    assert asked.endswith(f"\n\n{taken}")
    assert "Kan du tage den?" not in asked
    await stage.forward(minutes=5)
    await stage["pia"].presses("Niveau 2")
    decided = "Afgjort: niveau 2 – krisestab af Pia Krogh på vegne af Jens Lund (4K) kl. 14:26."
    await follows(decided, "Pia Krogh: har taget den", *SILENT[1:], "Jens Lund: ikke længere nødvendig")
    assert all(f"\n\n{decided}" in text for text in await stage["jens"].reads() if "*Varsel nr. 1*" in text)
    reads = await stage["pia"].reads()
    assert any(text.startswith("Du har taget varslet »") and text.endswith(f"«.\n{decided}") for text in reads)
    assert not any("Hvad beslutter du?" in text or "ikke besluttet noget endnu" in text for text in reads)


async def test_a_decision_by_somebody_else_stands_on_the_card_and_on_the_reminder_of_whoever_had_it(
    stage: RehearsalStage,
) -> None:
    """R008."""
    await stage["pia"].commands("aktiver")
    await stage["jens"].says("har den")
    await stage.forward(minutes=5)
    await stage["pia"].presses("Ingen krise – følg")
    decided = "Afgjort: ingen krise – følg af Pia Krogh på vegne af Jens Lund (4K) kl. 14:05."
    reads = await stage["jens"].reads()
    assert [text for text in reads if text.startswith("Du har taget varslet")] == [
        f"Du har taget varslet »vand i kælderen«.\n{decided}",
        f"Du har taget varslet.\n{decided}",
    ]
    assert not await stage["jens"].has("Niveau 2")


async def test_the_longest_warning_is_whole_in_the_log_and_the_question_is_still_to_be_seen(open_stage: Stage) -> None:
    """R001 R301: 20,000 characters don't push `Kan du tage den?` off the card."""
    stage = open_stage
    long = ("vand i kælderen " * 1250).strip()
    await stage["kim"].commands(f"aktiver {long}")
    assert (await stage.part("alerts"))[0]["text"] == long
    (card,) = [text for text in await stage["jens"].reads() if "Kan du tage den?" in text]
    assert len(card) < 3000
    assert "…" in card


async def test_of_many_warnings_in_two_minutes_the_newest_five_are_told_in_one(stage: RehearsalStage) -> None:
    """R004: each is kept; a phone has room for so much."""
    for place in ("Fløng", "Sengeløse", "Reerslev", "Vindinge", "Soderup", "Hedehusene", "Ole Rømers Vej"):
        await stage["bo"].commands(f"aktiver røg i {place}")
    (more,) = [text for text in await stage["jens"].reads() if "til nr. 1, fra Bo" in text]
    told = "\n".join(
        f"»røg i {place}«" for place in ("Reerslev", "Vindinge", "Soderup", "Hedehusene", "Ole Rømers Vej")
    )
    assert more == f"7 varsler mere til nr. 1, fra Bo Kjær:\n{told}"


async def test_who_says_no_when_another_has_it_is_told_who_and_what_they_said_is_kept(stage: RehearsalStage) -> None:
    """R006 R007: nobody is asked for their sake, and nobody is left believing that it is theirs."""
    await stage.forward(minutes=5)
    await stage["pia"].says("jeg har den")
    await stage["jens"].says("kan ikke, sidder i toget")
    assert await stage["jens"].sees("Tak for svaret, det er noteret. Pia Krogh har taget varslet.")
    assert any("»kan ikke, sidder i toget«" in line["summary"] for line in await stage.log("escalation"))
    assert [person for person, _ in await steps(stage)] == ["jens", "pia"]
