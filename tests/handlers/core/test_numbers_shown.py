"""People's own numbers are for those who may have them, on every card. Plan §5; tasks T30."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import select

import handlers
from storage.plan.persons import SECRETARIAT_ROLES
from storage.rows.staff import Member
from tests import source
from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)

Function = ast.FunctionDef | ast.AsyncFunctionDef
PRINTS = ("phone", "reached_at")
CALLED = "numbers: the staff's channel, which all who are called to the staff read"
# Each function that writes somebody's number, and who reads it. A new one needs a reader who may.
READERS = {
    # Who decides, all who are called to the staff, and the secretariat: `rights.numbers`; the list: `rights.phone_list`.
    "alert.call_list._card": "phone_list",
    "alert.call_list._labels": "phone_list",
    "alert.contact_test._details": "whose number it is, to be checked",
    "alert.contact_test.due": "phone_list",
    "alert.contacts._line": "phone_list",
    "alert.contacts.ring": "numbers; chief and mayor for whom the plan knows (R250)",
    "alert.level_one._numbers": "a centre's chief whose level 1 waits, of those whom it waits for (R011)",
    "alert.mail_nudge._board": "the staff and communication, who ring those that have not answered (R200)",
    "alert.opted_out.opted_out": "the secretariat, whose list it is",
    "alert.stop_words._ask": "the secretariat, whose list it is",
    "alert.undelivered._show": "those who ring whom nothing reached (D02)",
    "core.which_incident.waited": "who has an incident in hand, of whoever asked them for help (R220)",
    "coordination.representative._name": "the chief of preparedness, who is relieved",
    "coordination.representative._show": "represents",
    "coordination.state.reached": "coordinates",
    "crisis.closing._tell_requester": "the chief's, for whom the plan knows (R250)",
    "crisis.status.line": "numbers",
    "crisis.status.who": "numbers",
    "measures.agency._ask": "runs_staff, of whom at 4K was asked",
    "measures.agency.waiting": "the secretariat, which rings 4K that has not answered",
    "measures.agency_card.card": "4K, of whoever asked for help and who put it to them (§7)",
    "measures.assistance_answers.own_resources": "whoever asked for help, of whoever comes with it (R220)",
    "measures.assistance_card.card": CALLED,
    "measures.logistics._card": CALLED,
    "measures.measure_steps.due": CALLED,
    "measures.offers.card": CALLED,
    "measures.offers.use": "whoever asked for help, of whoever comes with it (R220)",
    "measures.orders_steps.silent": CALLED,
    "measures.tasks.ask": "the staff, of whoever asks it",
    "reporting.centres.missing": "the staff's channel and the secretariat",
    "reporting.handover.silent": CALLED,
    "reporting.information_needs.due": CALLED,
    "reporting.ping_board._line": CALLED,
    "staff.drawn_in._tell": "a chief whose person was drawn in, of whoever decided it",
    "staff.instructions.card": "numbers",
    "staff.instructions.who": "numbers",
    "staff.quota_card.comes": "the staff, of whoever comes to help it",
    "staff.quota_steps.end_with_the_crisis": "whoever said that they come, of the one who asked them",
    "staff.quota_steps.tell_short": "whoever asks for the staff, of those who have not answered",
    "staff.summons_answers._again": CALLED,
    "staff.summons_answers._show_silent": "the staff's channel and the secretariat",
    "staff.support._line": CALLED,
    "staff.support._ask_for_help": "the staff, of IT's contact, and IT's contact, of whoever asks",
    # Plan §4, R005: whoever warns "sees live where it is and a phone number to ring himself".
    "alert.escalation_chain.to_ring": "whoever warns",
    "alert.escalation_news.who_has_it": "whoever warns",
    "alert.asked_back._ask_to_ring": "whoever warns, of who is asked to take it and wants to be rung",
    "alert.asked_back._shown": "who is asked to take a warning, of whoever gave it (R022)",
    "alert.answers_to_words.whom_to_ring": "numbers",
    "alert.escalation_cards.show_progress": "whoever warns",
    "alert.joining.belongs": "whoever warns",
    # The chain and the incident's chief, of whoever warned.
    "alert.escalation_cards.question_card": "the chain",
    "alert.joining_cards.tell_chiefs": "the incident's chief",
    "core.taking_up.ask_holder": "numbers",
    # What the others call.
    "core.context.reached_at": "whom it is called for",
}


# What writes the plan's numbers to others than our own people, and leaves to somebody else to say of an exercise.
SAID_ELSEWHERE = {
    "alert.answers_to_words.whom_to_ring": "it is asked outside every crisis, where danger is the real thing",
    "alert.contacts.public_lines": "its cards, `contact` and `_state`",
}


def _functions() -> dict[str, Function]:
    """Every function of the plan's rooms, by its module and name."""
    root = Path(handlers.__file__).parent
    return {
        f"{'.'.join(path.relative_to(root).with_suffix('').parts)}.{each.name}": each
        for path in source.modules("handlers")
        for each in ast.walk(source.parsed(path))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _calls(function: Function, *names: str) -> bool:
    return any(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in names
        for call in ast.walk(function)
    )


def _writers() -> set[str]:
    """Every function of ours that calls for a person's number."""
    return {name for name, each in _functions().items() if _calls(each, *PRINTS)}


def test_every_card_with_somebodys_number_on_it_has_a_reader_who_may_have_it() -> None:
    """T30: whoever writes a number on a new card says who reads it."""
    assert _writers() == set(READERS)


def test_whoever_writes_a_number_to_others_than_our_own_says_in_an_exercise_not_to_ring_it() -> None:
    """D10: those numbers are real ones in an exercise too."""
    writers = {
        name
        for name, each in _functions().items()
        if any(isinstance(read, ast.Attribute) and read.attr == "phones" for read in ast.walk(each))
    }
    assert len(writers) > 4
    assert {name for name in writers if not _calls(_functions()[name], "reminder")} == set(SAID_ELSEWHERE)


@in_slack
async def test_a_number_that_somebody_is_to_be_rung_on_is_in_no_log(stage: Stage) -> None:
    """T30, D07: the log is read by more people than may have it, and handed out."""
    await stage["hanne"].commands("it projektoren i stabsrummet er sort")
    assert await stage["nils"].sees("Ring til Hanne Toft, +45 20 00 00 15")
    assert [line["summary"] for line in await stage.log("task") if "+45" in line["summary"]] == []
    assert any("projektoren i stabsrummet er sort" in line["summary"] for line in await stage.log("task"))


@pytest.mark.long
@in_slack
async def test_the_staff_may_ring_whom_it_needs_and_the_nearest_who_is_not_in_it_may_not(stage: Stage) -> None:
    """T30 R250: for `ring` and `hvem`; Rune leads a centre, and is told of the crisis but not called."""
    await stage["kim"].commands("tiltag pumpe til Birkehøj @Mads kl 15")
    await stage.at("15:31")
    inside = ("kim", "anne")
    for person in inside:
        assert await stage[person].sees("Ring: +45 20 00 00 13"), person
        await stage[person].commands("ring Mads")
        assert "+45 20 00 00 13" in (await stage[person].reads())[-1], person
    for person in ("rune", "finn"):
        for command in ("ring Mads", "hvem"):
            await stage[person].commands(command)
            assert "20 00 00 13" not in (await stage[person].reads())[-1], person
        assert not await stage[person].sees("Ring: +45 20 00 00 13")
        assert await stage[person].sees("Andres egne numre kan kun"), person


@in_one_chat
async def test_who_reads_a_number_on_the_staffs_cards_may_ring_it_and_nobody_else_of_the_plan_may(
    stage: Stage,
) -> None:
    """T30 R251: one rule for cards and `ring`, for every person of the plan and one who isn't in it."""
    async with stage.database.reading() as db:
        called = set(await db.scalars(select(Member.person).where(Member.until.is_(None))))
    plan = stage.plan
    may = called | set(plan.deciders()) | set(plan.interim_secretariat())
    may |= {each for role in SECRETARIAT_ROLES for each in (*plan.holders(role), *plan.deputies(role))}
    assert {"hanne", "nils"} <= called
    assert {"rune"} <= {*plan.persons} - may
    await stage["kim"].commands("ud Hanne")
    may.remove("hanne")
    for person in (*plan.persons, "finn"):
        await stage[person].commands("ring Bo")
        shown = f"{plan.persons['bo'].number}" in (await stage[person].reads())[-1]
        assert shown is (person in may), person


@in_one_chat
async def test_no_contact_has_a_number_before_anybody_is_called(open_stage: Stage) -> None:
    """T30: a warning and level 1 call no staff; who decides has to reach people all the same."""
    stage = open_stage
    for _ in range(2):
        for person, may in (("hanne", False), ("nils", False), ("gitte", False), ("lars", True), ("jens", True)):
            await stage[person].commands("ring Mads")
            assert ("+45 20 00 00 13" in (await stage[person].reads())[-1]) is may, person
        await stage["jens"].commands("aktiver 1 vand i kælderen")


@in_slack
async def test_who_was_called_to_one_crisis_has_no_numbers_after_it_has_ended(stage: Stage) -> None:
    """T30: and the secretariat, whose list it is, has."""
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    await stage.forward(minutes=1)
    for person, may in (("mads", False), ("nils", False), ("kim", True)):
        await stage[person].commands("ring Hanne")
        assert ("+45 20 00 00 15" in (await stage[person].reads())[-1]) is may, person


@pytest.mark.long
@in_slack
async def test_whoever_warns_has_the_chains_numbers_from_then_on_and_no_others(open_stage: Stage) -> None:
    """R005 T30: "skal vedkommende kontakte følgende" is their duty; before there is a warning nobody outside has a number."""
    stage = open_stage
    for words in ("printeren virker ikke", "vand i kælderen!!", "hvem har ansvaret"):
        await stage["finn"].says(words)
    for command in ("ring", "ring Jens", "hvem", "kontakt"):
        await stage["finn"].commands(command)
    assert not await stage["finn"].sees("20 00 00 01")
    await stage["gerda"].commands("varsel brand på Birkehøj")
    assert await stage["gerda"].sees("20 00 00 01")
    await stage["gerda"].presses("Ja")
    assert not await stage["gerda"].sees("20 00 00 03")
    await stage.forward(minutes=11)
    said = "\n".join(await stage["gerda"].reads())
    assert "20 00 00 02" in said
    assert "20 00 00 13" not in said
    assert not await stage["finn"].sees("20 00 00 01")
