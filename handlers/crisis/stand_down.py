"""`nedskaler` and `afblæs`, by the mayor or the deputy alone. Plan §3 and §5.

"Krisestaben har ledelsen, indtil borgmester eller dennes stedfortræder giver meddelelse …"
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.alert import escalation, joining, level_one
from handlers.communication import announcement
from handlers.core import over, registry, rights
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.crisis import closing, exercise_run, framing_card, stand_down_proposals
from handlers.log import journal
from handlers.measures import expenses, offers, unanswered_proposals
from handlers.meetings import agenda_items, changes
from handlers.preparedness import emergency_pack, evaluation, exercise_register
from handlers.reporting import monitoring
from handlers.staff import quota_steps, support
from storage.rows.alert import Alert, Approval
from storage.rows.staff import Member
from storage.rows.traffic import NOTICES, Message, Timer

# Characters of a reason that stand on a card; the whole of it stands in the log.
SHOWN = 1500

# What is no longer decided or answered, once it is over: its buttons are taken off the cards.
OVER = (
    "activation.decide",
    "level_one.approve",
    "level_one.withdraw",
    "level_one.cadence",
    "staff.coming",
    "staff.declined",
    "joining.received",
    "pings.coloured",
    "pings.written",
    "which.take",
    # What sets a staff up, and its meetings: nobody is asked into a staff that is no more.
    "centres.informed",
    "centres.contact",
    "support.decide",
    "framing.start",
    "framing.decide",
    "framing.choose",
    "framing.later",
    "framing.place",
    "meetings.start",
    "meetings.move",
    "meetings.cancel",
    # What was proposed, and waits for somebody who decides.
    "measures.accept",
    "decisions.follow",
    "orders.issue",
    "offers.use",
    "options.choose",
    "options.none",
    "agenda.submit",
    "agenda.approve",
    "agenda.send",
)

# Which of them a card asks its reader for by words: it says that no answer is waited for.
ASKS = ("staff.coming", "pings.coloured")


@verb(
    "afblæs",
    "afblæse",
    "afblæst",
    "deaktiver",
    "deaktivér",
    "stop",
    "slut krise",
    help="afblæs – kun borgmester eller stedfortræder; andre kan foreslå det",
    who=rights.mayor,
    crisis=True,
    grave=True,
    otherwise=stand_down_proposals.propose_deactivation,
)
async def ask_deactivation(turn: Turn, text: str) -> None:
    """Ask for one press before the crisis is called off; a reason if there is one."""
    await turn.answer(stand_down_proposals.card(turn, "deactivate", text))


@verb(
    "nedskaler",
    "nedskalér",
    "deeskaler",
    help="nedskaler – fra krisestab til niveau 1",
    who=rights.mayor,
    crisis=True,
    grave=True,
    otherwise=stand_down_proposals.propose_deescalation,
)
async def deescalate(turn: Turn, text: str) -> None:
    """Go down to level 1 in one step: "skal der hurtigt kunne ændres på beredskabet i nedadgående retning"."""
    await _deescalate(turn, text)


@action("stand_down.deactivate", who=rights.mayor, begins=True)
async def deactivate(turn: Turn) -> None:
    """Call the crisis off, by `Afblæs`."""
    crisis = turn.the_crisis
    text = turn.value("text")
    was_level = crisis.level
    crisis.state, crisis.deactivated_at, crisis.deactivated_by = "closed", turn.now, turn.sender
    await escalation.stop(turn, crisis)
    await joining.part_unanswered(turn)
    not_waited = f"✅ Afblæst {turn.clock(turn.now)}: du skal ikke svare længere."
    for no_longer in OVER:
        await turn.take_away(no_longer, not_waited if no_longer in ASKS else "")
    await _decided(turn, "Afblæst", text)
    await monitoring.close(turn)
    # Those of no crisis may lie under one since an older release.
    ending = (Timer.state == "waiting", Timer.kind.not_in(registry.timers_of_no_crisis))
    for timer in await turn.db.scalars(select(Timer).where(Timer.crisis_id == crisis.id, *ending)):
        timer.state = "cancelled"
    await _let_the_staff_decide_nothing(turn)
    await turn.replace(Card(f"✅ *Afblæst {turn.clock(turn.now)}.* Alle, der fik besked om krisen, får besked nu."))
    await tell_everyone(
        turn,
        f"✅ *{over.what_ends(turn).capitalize()} er afblæst* {turn.clock(turn.now)} af {_mayor(turn)}. Nr. {crisis.number}: {quote(crisis.title)}.",
        text,
        "Alle, der fik besked om krisen, har fået besked om, at den er afblæst",
    )
    await emergency_pack.new_phase(turn)
    if was_level == 2:
        await announcement.offer(turn, "afblæst")
    await _close(turn)


async def end_level_two(turn: Turn) -> None:
    """End every duty that the crisis staff has at level 2 alone, its meetings and its watch; what people were asked, and
    what they were given to do, goes on. Plan §3."""
    crisis = turn.the_crisis
    duties = (Timer.state == "waiting", Timer.kind.in_(registry.level_two_timers))
    for timer in await turn.db.scalars(select(Timer).where(Timer.crisis_id == crisis.id, *duties)):
        timer.state = "cancelled"
    await monitoring.close(turn)
    await _let_the_staff_decide_nothing(turn)


async def _let_the_staff_decide_nothing(turn: Turn) -> None:
    """Let the staff's own cards ask for nothing any longer: its meetings, its framing questions, its support functions."""
    await changes.call_off_all(turn)
    await agenda_items.follow_the_staff(turn)
    await framing_card.end_with_the_staff(turn)
    await support.end_with_the_staff(turn)


async def _deescalate(turn: Turn, text: str) -> None:
    crisis = turn.the_crisis
    if crisis.level != 2 or crisis.state != "active":
        await turn.answer(Card("Der er ingen krisestab at nedskalere."))
        return
    crisis.level, crisis.basis = 1, "board"
    await _decided(turn, "Nedskaleret til niveau 1", text)
    await end_level_two(turn)
    await level_one.begin(turn)
    await tell_everyone(
        turn,
        f"*Nedskaleret til beredskabsniveau 1* {turn.clock(turn.now)} af {_mayor(turn)}. "
        f"Nr. {crisis.number}: {quote(crisis.title)}. Krisestaben er trådt ned; loggen føres videre.",
        text,
        "Alle, der fik besked om krisen, har fået besked om nedskaleringen",
    )
    for member in await turn.db.scalars(
        select(Member).where(
            Member.crisis_id == crisis.id, Member.until.is_(None), Member.staff.in_(["framing", "operational"])
        )
    ):
        # The channel is kept (scenario S3): they leave the staff, not the place where its log is read.
        member.until = turn.now
        turn.db.add(
            Member(
                crisis_id=crisis.id,
                person=member.person,
                staff="beside",
                since=turn.now,
                reason="nedskaleret",
                added_by=turn.sender,
            )
        )
    await emergency_pack.new_phase(turn)
    await announcement.offer(turn, "nedskaleret")
    await turn.answer(Card(f"✅ Nedskaleret til niveau 1 {turn.clock(turn.now)}. Alle får besked."))


@action("stand_down.deescalate", who=rights.mayor, begins=True)
async def pressed_deescalate(turn: Turn) -> None:
    """Go down to level 1, by `Nedskaler` on somebody's proposal."""
    await _deescalate(turn, turn.value("text"))


def _mayor(turn: Context) -> str:
    """Name whoever decides, and on whose behalf where it is a deputy."""
    return rights.acting(turn, turn.sender, _principal(turn))


def _principal(turn: Context) -> str | None:
    return rights.on_behalf_of(turn.rules, turn.sender, "borgmester")


async def _decided(turn: Turn, what: str, text: str) -> None:
    await turn.log(
        f"Besluttet: {what}. {_mayor(turn)}.{f' »{text}«' if text else ''}",
        kind="decision",
        sender=turn.sender,
        verification="confirmed",
        refs={"on_behalf_of": _principal(turn)},
    )


async def tell_everyone(turn: Turn, head: str, text: str, summary: str) -> None:
    """Tell all who got the activation, and the staff's channel."""
    told = await turn.db.scalars(
        select(Message.recipient).where(Message.crisis_id == turn.the_crisis.id, Message.kind.in_(NOTICES))
    )
    alerts = await turn.db.scalars(select(Alert.person).where(Alert.crisis_id == turn.the_crisis.id))
    # Who proposed it, and was in nothing else, waits to hear.
    proposers = await turn.db.scalars(
        select(Approval.person).where(Approval.crisis_id == turn.the_crisis.id, Approval.role == "proposal")
    )
    knew = dict.fromkeys([*told, *alerts, *proposers, *await turn.members()])
    everyone = [person for person in knew if person != turn.sender]
    await turn.notify(
        everyone,
        Card(f"{head}{chr(10) + '»' + quote(text, SHOWN) + '«' if text else ''}"),
        kind="broadcast",
        summary=summary,
    )


async def _close(turn: Turn) -> None:
    """Hand over what is open, and ask what was learnt."""
    crisis = turn.the_crisis
    await quota_steps.end_with_the_crisis(turn)
    await offers.end_with_the_crisis(turn)
    await unanswered_proposals.end_with_the_crisis(turn)
    await expenses.hand_over(turn)
    await evaluation.begin(turn)
    if crisis.exercise:
        await exercise_register.register(turn)
        await exercise_run.redraw(turn)
    await closing.begin(turn)
    unfiled = await journal.missing(turn)
    secretary = turn.rules.holder("sekretær")
    if unfiled:
        await turn.notify(
            [secretary] if secretary else await turn.chiefs(),
            journal.card(turn, unfiled, f"*{over.what_ends(turn).capitalize()} er afblæst.* "),
            kind="reminder",
            summary=f"Mindet om det, der ikke er journaliseret ved afslutningen: {len(unfiled)}",
        )
