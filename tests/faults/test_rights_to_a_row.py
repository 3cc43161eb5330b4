"""Whoever was shown a card is asked for the right to the very row that its button is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core import registry, rights
from handlers.core.card import Button, Card
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.plan import loading
from storage.rows.agency_requests import AgencyRequest
from storage.rows.alert import Alert, ContactCheck, Escalation, EscalationStep, NightCheck, Nudge, NudgeReceipt
from storage.rows.base import Base
from storage.rows.communication import Question
from storage.rows.crisis import Crisis
from storage.rows.expenses import Expense
from storage.rows.log import LogEntry
from storage.rows.measures import AssistanceRequest, Measure, Offer, Order, Resource, Task
from storage.rows.partner_measures import PartnerMeasure
from storage.rows.preparedness import Improvement
from storage.rows.reporting import CentreNotice, InformationNeed, Outage, Ping, PingAnswer, Report
from storage.rows.staff import Quota, QuotaAsk, SupportNeed
from storage.rows.traffic import Inbox, Message, StaffRecipient
from tests.faults.test_forged_presses import rows
from tests.stage import forged
from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

registry.load()
PLAN = loading.example()

# What everybody may do: it is about nobody's row, or only ever about the sender's own.
ANYBODYS = {
    "activation.show": "`status`, which everybody may ask for",
    "assistance.new": "anybody may lack something",
    "contacts.call_me": "anybody may ask to be rung up by whoever stands on the card",
    "guide.page": "the guide is everybody's",
    "help.all": "what the sender may write",
    "help.run": "runs a verb, which asks for its own right",
    "lesson.begin": "the sender's own lesson, which is about no row",
    "lesson.press": "the sender's own lesson",
    "lesson.stop": "the sender's own lesson",
    "lesson.write": "the sender's own lesson",
    "log.confirm": "who may not confirm leaves a remark; tests/handlers/log",
    "log.forward": "of what the sender sent on",
    "log.reaction": "asks for the staff",
    "log.save": "who may not save is offered a report",
    "log.source_edited": "never a button: the log stands whatever is edited",
    "monitoring.checked": "the lines that the sender watches",
    "report.send": "anybody may report",
    "stand_down.propose": "anybody may propose; the mayor decides",
    "staff.coming": "the sender's own summons",
    "staff.declined": "the sender's own summons",
    "telephone.send": "anybody may take a call",
    "warning.typed": "anybody may warn",
}
FILLED_IN = {
    **dict.fromkeys(("text", "good", "better", "note", "gap", "other", "mobile", "answer", "source"), "falsk"),
    **dict.fromkeys(("person", "owner", "deputy", "lead"), "Line Dam"),
    "concerns": "yes",
    "sufficient": "no",
}

stage = after(cloudburst)


async def add(db: AsyncSession, row: Base) -> Any:
    db.add(row)
    await db.flush()
    return row


async def question(db: AsyncSession, crisis: int, now: datetime) -> Any:
    every = len(list(await db.scalars(select(Question))))
    return await add(
        db,
        Question(
            crisis_id=crisis, number=every + 1, text="må vi?", asker="mette", owner="mads", asked_at=now, log_no=1
        ),
    )


async def args_of(db: AsyncSession, do: str, crisis: int, now: datetime) -> dict[str, Any]:
    """Somebody else's row of the kind, and what a button about it has."""
    if do.endswith(".undo"):
        undone: dict[str, dict[str, Any]] = {
            "members.undo": {"about": ["rune"], "staffs": [None]},
            "named_roles.undo": {"about": ["referent"], "given": ["eva"], "before": ["tina"]},
            "measures.undo": {"status": "cancelled", "owner": "mads", "due": None},
        }
        row = (
            {}
            if do in ("members.undo", "named_roles.undo")
            else await args_of(db, do.removesuffix("undo"), crisis, now)
        )
        return row | undone.get(do, {}) | {"by": "mads", "lapses": (now + timedelta(minutes=5)).isoformat()}
    match do.partition("."):
        case "tasks", _, _:
            task = Task(crisis_id=crisis, number=90, title="find sandsække", owner="mads", created_at=now)
            return {"task": (await add(db, task)).id}
        case "measures", _, verb:
            measure = Measure(
                crisis_id=crisis, number=90, title="spær vejen", owner="mads", created_by="lars", created_at=now,
                changed_at=now,
            )  # fmt: skip
            return {"measure": (await add(db, measure)).id} | ({"status": "done"} if verb == "change" else {})
        case "orders", _, verb:
            order = Order(
                crisis_id=crisis, number=90, state="acknowledged" if verb == "not_received" else "issued",
                receiver="mads", task="spær vejen", drafted_by="lars", drafted_at=now, issued_by="lars", issued_at=now,
                asked=["mads"], acknowledged_by="mads" if verb == "not_received" else None,
            )  # fmt: skip
            return {"order": (await add(db, order)).id}
        case "questions", _, verb:
            standing = await question(db, crisis, now)
            earlier = {"earlier": (await question(db, crisis, now)).id} if verb == "same" else {}
            return {"question": standing.id, **earlier}
        case "pings", _, verb:
            ping = await add(
                db,
                Ping(crisis_id=crisis, number=90, question="går det?", asked_by="lars", asked_at=now, due_at=now),
            )  # fmt: skip
            answer = PingAnswer(crisis_id=crisis, ping=ping.id, person="mads")
            return {"answer": (await add(db, answer)).id} | ({"colour": "red"} if verb == "coloured" else {})
        case "escalation", _, _:
            await add(
                db,
                Alert(
                    crisis_id=crisis, person="mads", text="vand", at=now, received_at=now, platform="rehearsal"
                ),
            )  # fmt: skip
            chain = await add(db, Escalation(crisis_id=crisis, started_at=now, position=0))
            step = EscalationStep(
                escalation_id=chain.id, crisis_id=crisis, step=1, round=1, position=0, role="beredskabschef",
                person="mads", contacted_at=now,
            )  # fmt: skip
            await add(db, step)
            return {"escalation": chain.id}
        case "warning" | "exercises", _, verb:
            alert = Alert(
                crisis_id=crisis, person="rehearsal:finn", text="vand", at=now, received_at=now, platform="rehearsal"
            )
            sent: dict[str, dict[str, Any]] = {
                "answered": {"reply": "yes"},
                "why_not": {"touches": True},
                "split": {"no": 1},
            }
            said = sent.get(verb, {})
            alert.touches = alert.beyond = "no" if verb == "why_not" else None
            (await db.get_one(Crisis, crisis)).state = "followed" if verb == "after_all" else "active"
            (await db.get_one(Crisis, crisis)).exercise = do == "exercises.for_real"
            return {"alert": (await add(db, alert)).id, **said}
        case "joining", _, verb:
            own = await add(db, Crisis(number=90, title="røg", plan=PLAN.frozen(), created_at=now, state="warned"))
            where = own.id if verb == "belongs" else crisis
            warned = Alert(
                crisis_id=where, person="mads", text="røg", at=now, received_at=now, platform="rehearsal"
            )  # fmt: skip
            number = (await add(db, warned)).id
            belongs = {"alert": number, "own": own.id, "to": crisis}
            return belongs if verb == "belongs" else {"alerts": [[number, own.id]]}
        case "nudge", _, _:
            mail = Nudge(
                crisis_id=crisis, number=90, subject="læs", audience="alle", recipients=["mads"], sender="lars",
                prepared_at=now, sent_at=now,
            )  # fmt: skip
            receipt = NudgeReceipt(crisis_id=crisis, nudge=(await add(db, mail)).id, person="mads")
            return {"nudge": (await add(db, receipt)).nudge}
        case "contact_test", _, _:
            check = ContactCheck(round=90, person="mads", kind="details", asked_at=now)
            return {"round": (await add(db, check)).round}
        case "resources", _, _:
            resource = Resource(
                crisis_id=crisis, number=90, quantity="2", name="pumper", centre=PLAN.centres[0].name, added_by="mads",
                added_at=now, changed_at=now, log_no=1,
            )  # fmt: skip
            return {"resource": (await add(db, resource)).id, "answer": "can_be_spared"}
        case "offers", _, verb if verb != "send":
            offered = Offer(
                crisis_id=crisis, number=90, offerer="mads", text="2 pumper", created_at=now, log_no=1
            )  # fmt: skip
            return {"offer": (await add(db, offered)).id}
        case "agency", _, _:
            lacked = AssistanceRequest(
                crisis_id=crisis, number=90, requester="mads", text="pumper", created_at=now, log_no=1
            )
            asked_of = AgencyRequest(
                crisis_id=crisis, number=90, request_id=(await add(db, lacked)).id, person="jens", asked_by="kim",
                asked_at=now, log_no=1,
            )  # fmt: skip
            return {"agency": (await add(db, asked_of)).id}
        case "partner_measures", _, _:
            theirs_own = PartnerMeasure(
                crisis_id=crisis, number=90, who="Politiet", what="spærrer vejen", written_by="mads", written_at=now,
                log_no=1,
            )  # fmt: skip
            return {"measure": (await add(db, theirs_own)).id}
        case "expenses", _, _:
            cost = Expense(
                crisis_id=crisis, number=90, ore=4500_00, text="pumper", receipt=False, written_by="mads", written_at=now,
                log_no=1,
            )  # fmt: skip
            return {"expense": (await add(db, cost)).id}
        case "information_needs", _, verb:
            asked = InformationNeed(
                crisis_id=crisis, number=90, text="hvor mange?", owner="mads", due_at=now, asked_by="lars", asked_at=now,
                log_no=1,
            )  # fmt: skip
            await add(
                db,
                Report(
                    crisis_id=crisis, number=90, kind="report", sender="mads", what="vand", urgent=False, written_at=now,
                    log_no=1,
                ),
            )  # fmt: skip
            return {"need": (await add(db, asked)).id} | ({"no": 1} if verb == "by_report" else {})
        case "report", _, _:
            sent_in = Report(
                crisis_id=crisis, number=90, kind="report", sender="mads", what="vand", urgent=False, written_at=now,
                log_no=1,
            )  # fmt: skip
            return {"report": (await add(db, sent_in)).id}
        case "quota", _, _:
            wanted = Quota(
                crisis_id=crisis, number=90, wanted=3, text="til skolen", state="asking", asked_by="lars", asked_at=now,
            )  # fmt: skip
            asks = QuotaAsk(crisis_id=crisis, quota=(await add(db, wanted)).id, person="mads", asked_at=now)
            return {"ask": (await add(db, asks)).id}
        case "improvements", _, verb:
            better = Improvement(
                crisis_id=crisis, number=90, text="nye numre", owner="mads", added_by="lars", added_at=now, log_no=1
            )  # fmt: skip
            return {"improvement": (await add(db, better)).id} | ({"state": "done"} if verb == "change" else {})
        case "night_test", _, _:
            tried = NightCheck(
                test=90, person="mads", announced_by="lars", announced_at=now, rings_at=now, rung_at=now
            )  # fmt: skip
            return {"test": (await add(db, tried)).test}
        case "outages", _, _:
            stopped = Outage(
                crisis_id=crisis, number=90, function="Nødkald", since=now, until=now, told_by="mads", log_no=1
            )  # fmt: skip
            return {"outage": (await add(db, stopped)).id}
        case "support", _, _:
            need = SupportNeed(
                crisis_id=crisis, function="Pressefunktion", needed=True, unit=PLAN.centres[0].name, changed_by="lars",
                changed_at=now,
            )  # fmt: skip
            return {"need": (await add(db, need)).id}
        case "centres", _, _:
            return {"notice": await db.scalar(select(CentreNotice.id).where(CentreNotice.chief != "line").limit(1))}
        case "checklist", _, _:
            return {"centre": PLAN.centres[0].name}
        case "reminders", _, _:
            held = Message(
                key="held", recipient="mads", kind="reminder", card=Card("husk").to_json(), urgency=2, held=True,
                created_at=now,
            )  # fmt: skip
            return {"message": (await add(db, held)).id}
        case "log", _, verb:
            meant = {"happened": {"at": now.isoformat()}, "ask": {"person": "kim"}}.get(verb, {})
            no = await db.scalar(select(LogEntry.no).where(LogEntry.crisis_id == crisis).limit(1))
            return {"no": no} | meant
        case "assistance" | "offers" | "held" | "router" | "own_words" | "form" | "practice", _, verb:
            theirs = Incoming(
                key="theirs", kind="command", platform="rehearsal", sender="mads", place="dm", conversation="dm:mads",
                received_at=now, text="log vi mangler 4 mand til 010203-1234",
            )  # fmt: skip
            inbox = Inbox(key="theirs", body=theirs.to_json(), received_at=now, due_at=now, state="done")
            more: dict[str, dict[str, Any]] = {
                "send": {"no": 1} if do == "assistance.send" else {},
                "meant": {"verb": "log"},
            }
            more |= {"answered": {"reply": "yes"}, "ask": {"person": "lars"}}
            more |= {"on_behalf": {"asker": "mads", "person": "lars"}}
            number = (await add(db, inbox)).id
            if do.startswith("form."):
                sent = {"inbox": number, "filled": number, "times": {}}
                return sent | ({"field": "due", "at": now.isoformat()} if verb == "meant" else {})
            return {"inbox": number, **more.get(verb, {})}
        case "logistics" | "evaluation", _, _:
            return {}  # of the crisis
    raise NotImplementedError(f"{do}: whose row is it about?")


# An employee who isn't in the plan, and one who is, in no staff; else it is somebody in the staff, which has the card before it, too.
STRANGER = "rehearsal:finn"
OUTSIDERS = {
    **dict.fromkeys(("tasks.doubt", "measures.doubt", "orders.doubt", "outages.ended", "outages.mistaken"), STRANGER),
    "outages.since": STRANGER,
    "evaluation.answered": STRANGER,
    # A contact is beside the staff, and doesn't ask for it.
    **dict.fromkeys(("information_needs.answer", "information_needs.by_report"), "line"),
}
# Whose it is is named, and nobody is to be asked: the question stands before them already.
NAMED_ALONE = {name for name in registry.actions if name.startswith(("router.", "form."))}
# What of a message `rows` remembers.
COLUMNS = [each.name for each in Message.__table__.columns if each.name not in ("version", "dispatched_version")]
ASKS_NOTHING = {
    "assistance.not_meant",
    "offers.not_meant",
}  # takes the sender's own suggestion off the sender's own screen
OF_A_ROW = sorted(
    name
    for name, action in registry.actions.items()
    if action.who is rights.anyone and name not in ANYBODYS and name not in ASKS_NOTHING
)


@pytest.mark.parametrize("do", OF_A_ROW)
@in_one_chat
async def test_who_has_it_not_changes_nobodys_row(stage: Stage, do: str) -> None:
    """R005: the card stands before them, its button has the row's number, and nothing but an answer comes of it."""
    person = OUTSIDERS.get(do, "line")
    now = stage.clock.now()
    async with stage.database.turn() as db:
        crisis = (await db.scalars(select(Crisis))).one()
        args = await args_of(db, do, crisis.id, now)
        turn = Turn(db, now, PLAN, crisis=crisis)
        shown = StaffRecipient.of(crisis.id) if person == "line" else person
        card = await turn.say(shown, Card("Her.", buttons=(Button("Tryk", do, args),)), key="shown")
        await db.flush()
        number = card.id
    await stage.settle()
    before = await rows(stage)
    await forged.press(stage, person, do, args, number, "press", FILLED_IN)
    await stage.settle()
    then = await rows(stage)
    said, stood = then.pop("messages"), before.pop("messages")
    # Nothing but an answer, and the card as it stood.
    assert [row for row in said if row in stood] == stood
    assert len(said) <= len(stood) + 1
    assert then == before
    # Whoever is answered has the name of somebody who may, and a button that asks them.
    for row in said:
        told = Card.from_json(dict(zip(COLUMNS, row, strict=True))["card"])
        asks = [button.label.removeprefix("Spørg ") for button in told.buttons if button.do == "router.ask"]
        assert row in stood or any(name in told.text for name in asks) or do in NAMED_ALONE, told.text


def test_what_is_everybodys_is_a_button_still() -> None:
    """R005: a new button without a right of its own is pressed above by somebody who has it not, or has a reason here."""
    unnamed = {name for name, action in registry.actions.items() if action.who is rights.anyone}
    assert set(ANYBODYS) | ASKS_NOTHING <= unnamed
