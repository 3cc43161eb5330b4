"""The joint leadership of five: "De fire borgmestre" and "Beredskabschefen". Plan §6, Fælles kriseledelse.

It is set up where the preparedness service's resources have to be prioritised politically. It decides outside krisebot;
what it decides is taken over into the own log.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.coordination import state
from handlers.core import form_values, rights, staying_inside
from handlers.core.card import Button, Card, Family, Field, quote
from handlers.core.context import Context
from handlers.core.language import municipalities
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.log import journal
from storage.rows.coordination import JointDecision
from storage.rows.numbers import next_number

CHIEF = "Beredskabschefen"
# In the form, one field a municipality.
SEAT = Family("seat{}")


def _mayors(turn: Context) -> dict[str, str]:
    """Return "De fire borgmestre": one for each municipality of the preparedness service, hit or not."""
    names = dict.fromkeys([municipalities.own(turn.rules), *turn.rules.municipalities])
    return {name: f"Borgmesteren, {name}" for name in names}


async def members(turn: Context) -> dict[str, str]:
    """Return the fixed five with whom we know; a name that is missing is empty."""
    plan, said = turn.rules, await state.seats(turn, "leadership")
    own = municipalities.own(plan)
    mayors = {
        seat: state.reached(turn, plan.holder("borgmester")) if name == own else said.get(seat, "")
        for name, seat in _mayors(turn).items()
    }
    return {**mayors, CHIEF: state.reached(turn, plan.holder("beredskabschef"))}


@verb(
    "kriseledelse",
    "fælles kriseledelse",
    "den fælles kriseledelse",
    help="kriseledelse – de fire borgmestre og beredskabschefen, og hvad de har besluttet",
    who=rights.coordinates,
    crisis=True,
    begins="never",
    wordless=True,
)
async def shown(turn: Turn, text: str) -> None:
    """Show who is in the joint leadership, and what it has decided."""
    await turn.answer(await _card(turn))


@action("joint_leadership.open", who=rights.coordinates)
async def open_(turn: Turn) -> None:
    """Show who is in the joint leadership, and what it has decided; setting it up is one more tap."""
    await turn.answer(await _card(turn))


@action("joint_leadership.begin", who=rights.meets, begins=True)
async def begin(turn: Turn) -> None:
    """Set up the joint leadership, by `Etablér`."""
    row = await state.standing(turn)
    if row is None or row.joint_since is not None:
        return
    row.joint_since, row.joint_by = turn.now, turn.sender
    for seat, name in (await members(turn)).items():
        await state.seat(turn, "leadership", seat, name)
    five = [turn.rules.holder("borgmester"), turn.rules.holder("beredskabschef")]
    await turn.notify(
        [person for person in five if person],
        Card(
            f"*Fælles kriseledelse er etableret* for krise nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}.\n"
            "Den består af de fire borgmestre og beredskabschefen."
        ),
        kind="notice",
        summary="Fælles kriseledelse er etableret: de fire borgmestre og beredskabschefen",
    )
    await turn.replace(await _card(turn))


@action("joint_leadership.names", who=rights.coordinates)
async def names(turn: Turn) -> None:
    """Write down the other municipalities' mayors, and how they are reached."""
    for place, seat in enumerate(await _others(turn)):
        if name := turn.value(SEAT.of(place)):
            await state.seat(turn, "leadership", seat, name)
    await turn.replace(await _card(turn))


@action("joint_leadership.decided", who=rights.meets)
async def decided(turn: Turn) -> None:
    """Write down what they have decided, when, and by whom it was brought home."""
    row, text = await state.standing(turn), turn.value("text")
    if row is None or row.joint_since is None or not text:
        await turn.answer(Card("Skriv, hvad den fælles kriseledelse har besluttet. Intet er skrevet."))
        return
    at = form_values.been(turn, "at")
    crisis = turn.the_crisis.id
    number = await next_number(turn.db, JointDecision.number, JointDecision.crisis_id == crisis)
    entry = await turn.log(
        f"Fælles kriseledelse, beslutning {number}: {text}",
        kind="joint_decision",
        sender="fælles kriseledelse",
        receiver="krisestaben",
        direction="in",
        event_time=at,
        verification="confirmed",
        refs={"joint_decision": number},
    )
    turn.db.add(
        JointDecision(
            crisis_id=crisis,
            number=number,
            text=text,
            decided_at=at or turn.now,
            registered_by=turn.sender,
            log_no=entry.no,
        )
    )
    await turn.db.flush()
    await journal.demand(turn, entry, "decision", f"Fælles kriseledelse, beslutning {number}: {text[:150]}")
    await turn.say(
        turn.staff,
        Card(f"*Fælles kriseledelse har besluttet* (log nr. {entry.no}):\n»{quote(text, 1500)}«"),
        kind="notice",
    )
    await turn.replace(await _card(turn))


async def _others(turn: Context) -> dict[str, str]:
    own = _mayors(turn)[municipalities.own(turn.rules)]
    return {seat: name for seat, name in (await members(turn)).items() if seat not in (own, CHIEF)}


async def _card(turn: Context) -> Card:
    about = {"crisis": turn.the_crisis.id}
    row = await state.standing(turn)
    if row is None:
        return Card("Hændelsen berører kun én kommune. Skriv fx */krise koord Ishøj*.")
    stays = staying_inside.reminder(turn)
    facts = tuple(
        (seat, quote(name, 200) if name else "❗ navn mangler") for seat, name in (await members(turn)).items()
    )
    form = tuple(
        Field(SEAT.of(place), f"{seat}: navn og telefon"[:150], value=name)
        for place, (seat, name) in enumerate((await _others(turn)).items())
    )
    write = Button("Navne", "joint_leadership.names", about, form=form, form_title="Fælles kriseledelse")
    if row.joint_since is None:
        return Card(
            "*Fælles kriseledelse* er ikke etableret. Den etableres, når hændelsen kræver politisk koordinering eller "
            f"prioritering af Beredskab 4K's ressourcer.{stays}",
            facts=facts,
            buttons=(Button("Etablér", "joint_leadership.begin", about, style="primary"), write),
        )
    rows = await turn.db.scalars(
        select(JointDecision).where(JointDecision.crisis_id == row.crisis_id).order_by(JointDecision.number)
    )
    said = "\n".join(f"{each.number}. {quote(each.text, 200)} ({turn.clock(each.decided_at)})" for each in rows)
    decision = (
        Field("text", "Hvad er besluttet?", "long", required=True),
        Field("at", "Hvornår? (kan udelades)", "been"),
    )
    return Card(
        f"*Fælles kriseledelse*, etableret {turn.clock(row.joint_since)}.\n{said or 'Ingen beslutninger endnu.'}{stays}",
        facts=facts,
        buttons=(
            Button(
                "Skriv beslutning",
                "joint_leadership.decided",
                about,
                style="primary",
                form=decision,
                form_title="Fælles kriseledelse",
            ),
            write,
        ),
    )
