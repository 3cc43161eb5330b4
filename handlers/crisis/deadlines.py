"""The deadlines of two hours to stand fully established and three days to be able to run, both from the decision. Plan
§5, Krav til krisestaben."""

from __future__ import annotations

from datetime import timedelta

from handlers.communication import council
from handlers.core import rights
from handlers.core.card import Button, Card
from handlers.core.context import URGENT, Context
from handlers.core.language import times_shown
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from handlers.picture import picture
from handlers.preparedness import emergency_pack
from handlers.reporting import enough_people, media_analysis
from handlers.staff import shift_changes, summoning


async def start(turn: Turn) -> None:
    """Set the timers of the crisis' deadlines; called again when the time of the decision is corrected."""
    crisis, limits = turn.the_crisis, turn.rules.deadlines
    if crisis.decided_at is None:
        raise ValueError("no decision, no clock")
    crisis.established_due = crisis.decided_at + limits.fully_established
    crisis.sustain_until = crisis.decided_at + limits.sustain
    if crisis.established_at is None:
        for before in limits.warnings:
            due = crisis.established_due - before
            if due > turn.now:
                await turn.at(due, "deadlines.warning", _warning_key(turn, before))
            else:
                await turn.cancel(_warning_key(turn, before))
        await turn.at(max(crisis.established_due, turn.now), "deadlines.breach", _breach_key(turn))
    await turn.at(max(crisis.sustain_until, turn.now), "deadlines.sustained", _sustained_key(turn))
    await shift_changes.start(turn)
    await picture.begin(turn)
    await council.begin(turn)
    await media_analysis.begin(turn)
    await enough_people.begin(turn)


@timer("deadlines.warning", level_two=True)
async def warning(turn: Turn) -> None:
    """Warn the staff and the secretariat before the two hours are over."""
    crisis = turn.the_crisis
    if crisis.established_at or crisis.established_due is None or not turn.the_crisis.has_staff:
        return
    await turn.notify(
        [turn.staff, *turn.rules.holders("sekretær")],
        Card(
            f"⏳ {times_shown.span(max(crisis.established_due - turn.now, turn.now - turn.now))} til fuldt etableret beredskab "
            f"(senest {turn.clock(crisis.established_due)}).",
            facts=await summoning.readiness(turn),
            buttons=(Button("Fuldt etableret", "deadlines.established", {}, style="primary"),),
        ),
        kind="reminder",
        summary="Mindet om fristen for fuldt etableret beredskab",
        at_night=True,
    )


@timer("deadlines.breach", level_two=True)
async def breach(turn: Turn) -> None:
    """Log, when the two hours are over, that the staff is not fully established, and tell of it; nothing is blocked by
    it."""
    crisis = turn.the_crisis
    if crisis.established_at or not turn.the_crisis.has_staff:
        return
    await turn.notify(
        [turn.staff, *turn.rules.holders("sekretær"), *await turn.chiefs()],
        Card(
            f"⚠️ *Fristen for fuldt etableret beredskab er overskredet* ({turn.clock(crisis.established_due)}). "
            "Det er noteret i loggen. Arbejdet fortsætter.",
            facts=await summoning.readiness(turn),
            buttons=(Button("Fuldt etableret", "deadlines.established", {}, style="primary"),),
        ),
        kind="reminder",
        summary="Fristen for fuldt etableret beredskab er overskredet",
        urgency=URGENT,
    )


@timer("deadlines.sustained", level_two=True)
async def sustained(turn: Turn) -> None:
    """Ask for the next shifts when three days have passed. It is a demand on staffing, not an end: nothing is
    closed."""
    if not turn.the_crisis.has_staff:
        return
    await turn.notify(
        [turn.staff],
        Card(
            "3 døgn – drift fortsætter. Hvem har de næste vagter?",
            buttons=(Button("Vis vagtplan", "shifts.show", {}),),
        ),
        kind="notice",
        summary="Tre døgn er gået; driften fortsætter",
    )


@action("deadlines.established", who=rights.runs_staff, begins=True)
async def established(turn: Turn) -> None:
    """Write down when the staff was fully established, by `Fuldt etableret`."""
    crisis = turn.the_crisis
    if crisis.established_at is not None:
        await turn.answer(Card(f"Fuldt etableret er allerede noteret {turn.clock(crisis.established_at)}."))
        return
    if not turn.the_crisis.has_staff:
        await turn.answer(Card("Krisestaben er ikke i funktion. Intet er ændret."))
        return
    crisis.established_at, crisis.established_by = turn.received, turn.sender
    await turn.cancel(
        _breach_key(turn),
        *(_warning_key(turn, before) for before in turn.rules.deadlines.warnings),
    )
    in_time = crisis.established_due is not None and turn.now <= crisis.established_due
    await turn.log(
        f"Fuldt etableret beredskab{'' if in_time else ' – efter fristen'}",
        kind="established",
        verification="confirmed",
        sender=turn.sender,
    )
    await emergency_pack.new_phase(turn)
    standing = await turn.pressed()
    if standing is not None:
        card = Card.from_json(standing.card)
        await turn.replace(Card(card.text, card.facts))
    # The reminders beside it asked the same.
    await turn.take_away("deadlines.established")
    await turn.notify(
        [turn.staff],
        Card(f"✅ *Fuldt etableret {turn.clock(turn.now)}*{'' if in_time else ' – efter fristen'}."),
        kind="notice",
        summary="Krisestaben har fået besked om, at beredskabet er fuldt etableret",
    )


def _warning_key(turn: Context, before: timedelta) -> str:
    return f"crisis/{turn.the_crisis.id}/warning/{before.total_seconds():.0f}"


def _breach_key(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/breach"


def _sustained_key(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/sustained"
