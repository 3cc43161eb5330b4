"""People's own numbers are for those who may have them, on every card. Plan §5; tasks T30."""

from __future__ import annotations

import ast
from pathlib import Path

import handlers
from tests.stage.platforms import in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)

PRINTS = ("phone", "reached_at")
# Each function that writes somebody's number, and who reads it. A new one needs a reader who may.
READERS = {
    # The staff, its chief and the secretariat: `rights.numbers` and `rights.phone_list`.
    "alert.call_list._card": "phone_list",
    "alert.call_list._labels": "phone_list",
    "alert.contact_test._details": "whose number it is, to be checked",
    "alert.contact_test.due": "phone_list",
    "alert.contacts._line": "phone_list",
    "alert.contacts.ring": "numbers; chief and mayor for whom the plan knows (R250)",
    "alert.mail_nudge._board": "the staff and communication, who ring those that have not answered (R200)",
    "alert.undelivered.undeliverable": "those who ring whom nothing reached (D02)",
    "alert.undelivered._show": "those who ring whom nothing reached (D02)",
    "coordination.representative._name": "the chief of preparedness, who is relieved",
    "coordination.representative._show": "represents",
    "coordination.state.reached": "coordinates",
    "crisis.status.line": "numbers",
    "crisis.status.who": "numbers",
    "measures.assistance_answers.own_resources": "whoever asked for help, of whoever comes with it (R220)",
    "measures.assistance_card.card": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "measures.logistics._card": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "measures.measure_steps.due": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "measures.offers.card": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "measures.offers.use": "whoever asked for help, of whoever comes with it (R220)",
    "measures.orders_steps.silent": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "measures.tasks.ask": "the staff, of whoever asks it",
    "reporting.centres.missing": "the staff's channel and the secretariat",
    "reporting.handover.silent": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "reporting.information_needs.due": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "reporting.ping_board._line": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "staff.drawn_in._tell": "a chief whose person was drawn in, of whoever decided it",
    "staff.quota._comes": "the staff, of whoever comes to help it",
    "staff.quota._tell_short": "whoever asks for the staff, of those who have not answered",
    "staff.summons_answers._show_silent": "the staff's channel and the secretariat",
    "staff.support._line": "the staff's channel: the staff, and whom the plan gives a part in the crisis",
    "staff.support.it": "the staff, of IT's contact, and IT's contact, of whoever asks",
    # Plan §4, R005: whoever warns "sees live where it is and a phone number to ring himself".
    "alert.warning.first_asked": "whoever warns",
    "alert.escalation.who_has_it": "whoever warns",
    "alert.escalation._nobody": "whoever warns",
    "alert.escalation_cards.show_progress": "whoever warns",
    "alert.joining.belongs": "whoever warns",
    # The chain and the incident's chief, of whoever warned.
    "alert.escalation._question_card": "the chain",
    "alert.escalation.waited": "the log of a warning that reached nobody",
    "alert.joining._tell_chiefs": "the incident's chief",
    # What the others call.
    "core.context.reached_at": "whom it is called for",
}


def _writers() -> set[str]:
    """Every function of ours that calls for a person's number."""
    root = Path(handlers.__file__).parent
    return {
        f"{'.'.join(path.relative_to(root).with_suffix('').parts)}.{each.name}"
        for path in root.rglob("*.py")
        for each in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(
            isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in PRINTS
            for call in ast.walk(each)
        )
    }


def test_every_card_with_somebodys_number_on_it_has_a_reader_who_may_have_it() -> None:
    """T30: whoever writes a number on a new card says who reads it."""
    assert _writers() == set(READERS)


@in_slack
async def test_a_number_that_somebody_is_to_be_rung_on_is_in_no_log(stage: Stage) -> None:
    """T30, D07: the log is read by more people than may have it, and handed out."""
    await stage["hanne"].commands("it projektoren i stabsrummet er sort")
    assert await stage["nils"].sees("Ring til Hanne Toft, +45 20 00 00 15")
    assert [line["summary"] for line in await stage.log("task") if "+45" in line["summary"]] == []
    assert any("projektoren i stabsrummet er sort" in line["summary"] for line in await stage.log("task"))
