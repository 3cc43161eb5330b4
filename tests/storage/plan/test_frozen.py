"""The plan as a crisis keeps it: as it was when it began, with today's numbers."""

from __future__ import annotations

import json

from storage.plan import loading
from storage.plan.model import Plan
from tests.storage.plan.changed import EXAMPLE, changed


def test_a_crisis_keeps_its_roles_chain_and_deadlines_when_the_plan_changes(plan: Plan) -> None:
    """The contract: a crisis keeps the roles, chain and deadlines that it began with."""
    frozen = json.loads(json.dumps(plan.frozen()))
    today = loading.parse(
        changed(
            ("borgmester:     {person: lars, stedfortrædere: [mette]}", "borgmester: {person: mette}"),
            ("trin: [beredskabschef, borgmester, direktion]", "trin: [borgmester]"),
            ("fuldt_etableret: 2h", "fuldt_etableret: 4h"),
            ("chef: rune, kontakt: mads", "chef: mads"),
        ),
        "plan.yaml",
    )
    assert today.holder("borgmester") == "mette"
    thawed = Plan.thawed(frozen, today)
    assert (thawed.roles, thawed.escalation, thawed.deadlines) == (plan.roles, plan.escalation, plan.deadlines)
    assert (thawed.centres, thawed.meetings, thawed.grades) == (plan.centres, plan.meetings, plan.grades)


def test_a_crisis_uses_todays_numbers_ids_and_gateways(plan: Plan) -> None:
    """The contract: telephone numbers and ids are always today's."""
    today = loading.parse(
        changed(("+4520000001", "+4599999999"), ("U0JENS", "U9JENS"), ("  sms: null", "  sms: http://gateway.example")),
        "plan.yaml",
    )
    thawed = Plan.thawed(plan.frozen(), today)
    assert thawed.persons["jens"].mobile == "+4599999999"
    assert (thawed.find("slack", "U9JENS"), thawed.find("slack", "U0JENS")) == ("jens", None)
    assert (thawed.fallback, thawed.phones, thawed.timezone) == (today.fallback, today.phones, today.timezone)


def test_a_person_who_has_left_the_plan_can_still_be_reached_in_the_crisis(plan: Plan) -> None:
    lines = [line for line in EXAMPLE.splitlines() if not line.startswith("  ole:")]
    today = loading.parse("\n".join(lines).replace("[anne, ole, sara]", "[anne, sara]"), "plan.yaml")
    thawed = Plan.thawed(plan.frozen(), today)
    assert thawed.board() == ["anne", "ole", "sara"]
    assert thawed.persons["ole"] == plan.persons["ole"]
    assert (thawed.find("slack", "U0OLE"), today.find("slack", "U0OLE")) == ("ole", None)


def test_an_id_that_moved_to_a_new_name_is_todays(plan: Plan) -> None:
    today = loading.parse(EXAMPLE.replace("ole:   {", "oleb:  {").replace("anne, ole, sara", "anne, oleb, sara"), "p")
    assert Plan.thawed(plan.frozen(), today).find("slack", "U0OLE") == "oleb"


def test_a_crisis_from_an_older_version_is_still_read(plan: Plan) -> None:
    frozen = plan.frozen() | {"brevduer": ["grå"]}
    frozen["eskalering"]["fax"] = "ja"
    assert Plan.thawed(frozen, plan).model_dump() == plan.model_dump()


def test_no_gateway_password_is_frozen_or_shown() -> None:
    plan = loading.parse(changed(("  sms: null", "  sms: https://user:hemmelig@gateway.example")), "plan.yaml")
    assert plan.fallback.sms
    assert "hemmelig" not in json.dumps(plan.frozen()) + repr(plan)
