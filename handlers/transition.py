"""From the framing staff to the operational one: who goes on is asked, and who leads it. Plan §5 (R034, R038, R050, T02).

"Borgmester og/eller direktion (eller dele af), samt eksterne myndigheder, kan evt. fortsætte": nothing of it is automatic.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers import chief_asked, externals, invitations, named_roles, rights
from handlers.card import Button, Card, Field, quote
from handlers.registry import action
from handlers.roster import CHIEF, DEPUTY
from handlers.turn import Turn
from storage.parts.externals import PREFIX
from storage.parts.framing import FramingMeeting
from storage.tables import Member

GOES_ON = (("ja", "Fortsætter"), ("nej", "Træder ud"))


async def over(turn: Turn) -> bool:
    """Whether there is no staff any longer: then its old cards convene nobody, and whoever pressed is told."""
    crisis = turn.the_crisis
    if crisis.state == "active" and crisis.level == 2:
        return False
    await turn.answer(Card(f"Krisestaben for nr. {crisis.number} er ikke i funktion. Intet er ændret."))
    return True


async def line(turn: Turn, row: FramingMeeting) -> str:
    """Whether the operational staff has taken over."""
    if row.moved_on_at:
        return f"Den operationelle krisestab tog over {turn.clock(row.moved_on_at)}."
    return "Næste skridt: den operationelle krisestab. Vælg, hvem der fortsætter, og hvem der er chef."


async def buttons(turn: Turn, row: FramingMeeting) -> tuple[Button, ...]:
    """Over, or to one more framing meeting, which is asked about."""
    another = Button("Nyt rammesættende møde", "framing.another", {"crisis": row.crisis_id})
    if row.moved_on_at:
        return (another,)
    stays = tuple(
        Field(
            _field(member),
            f"{_name(turn, member)} ({_as(turn, member)})"[:75],
            "choice",
            value="ja",
            choices=GOES_ON,
        )
        for member in await _at_the_table(turn)
    )
    over = Button(
        "Overgå til operationel stab",
        "transition.go",
        {"meeting": row.id},
        style="primary",
        form=(*chief_asked.fields(), *stays),
        form_title="Operationel krisestab",
    )
    return (over, another)


@action("transition.go", who=rights.meets)
async def go(turn: Turn, meeting: int) -> None:
    """Those who go on are the operational staff's; the others step out, and what they did stays in the history."""
    row = await turn.db.get(FramingMeeting, meeting)
    if row is None or row.crisis_id != turn.the_crisis.id or row.moved_on_at is not None or await over(turn):
        return
    row.moved_on_at, row.moved_on_by = turn.now, turn.sender
    going_on: list[Member] = []
    leaving: list[Member] = []
    for member in await _at_the_table(turn):
        (leaving if turn.value(_field(member)) == "nej" else going_on).append(member)
    for member in [each for each in going_on if each.staff == "framing"]:
        member.until = turn.now
        turn.db.add(
            Member(
                crisis_id=row.crisis_id,
                person=member.person,
                staff="operational",
                since=turn.now,
                reason="fortsætter fra den rammesættende krisestab",
                added_by=turn.sender,
            )
        )
    for member in leaving:
        if member.person.startswith(PREFIX):
            await externals.leave(turn, member.person.removeprefix(PREFIX))
        member.until = turn.now
    await turn.db.flush()
    reached = [each.person for each in leaving if not each.person.startswith(PREFIX)]
    meetings = await invitations.farewell(turn, reached) if reached else ""
    names = ", ".join(_name(turn, each) for each in going_on) or "ingen"
    out = ", ".join(_name(turn, each) for each in leaving) or "ingen"
    await turn.log(
        f"Overgået til operationel krisestab. Fortsætter: {names}. Træder ud: {out}",
        kind="member",
        sender=turn.sender,
        verification="confirmed",
        refs={"framing_meeting": row.number},
    )
    await turn.notify(
        reached,
        Card(
            f"Du er trådt ud af krisestaben for nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}. "
            f"Det, du har besluttet, står i loggen. Tak for hjælpen.{meetings}"
        ),
        kind="notice",
        summary="Fortalt, at de er trådt ud af krisestaben",
    )
    await turn.notify(
        [turn.staff, *await turn.members("operational")],
        Card(
            f"*Den operationelle krisestab har taget over* for nr. {turn.the_crisis.number}. "
            "Indkald til det første møde: */krise møde om 30 min stabsrummet*."
        ),
        kind="notice",
        summary="Staben har fået besked om, at den operationelle krisestab har taget over",
    )
    wanted = ((CHIEF, turn.value("chief")), (DEPUTY, turn.value("deputy")))
    await named_roles.give(turn, [(role, who) for role, who in wanted if who])
    await chief_asked.begin(turn)
    await named_roles.show(turn)
    from handlers import framing

    await framing.show(turn)


async def _at_the_table(turn: Turn) -> list[Member]:
    """The framing staff, 4K's chief and those from outside: those of whom it is asked."""
    rows = await turn.db.scalars(
        select(Member)
        .where(
            Member.crisis_id == turn.the_crisis.id,
            Member.until.is_(None),
            Member.staff.in_(["framing", "operational"]),
        )
        .order_by(Member.id)
    )
    service = turn.rules.holder("beredskabschef")
    return [row for row in rows if row.staff == "framing" or row.person == service or row.person.startswith(PREFIX)]


def _field(member: Member) -> str:
    """What the choice comes back under: a name from outside may be anything."""
    return f"stays_{member.id if member.person.startswith(PREFIX) else member.person}"


def _name(turn: Turn, member: Member) -> str:
    return turn.name(member.person)


def _as(turn: Turn, member: Member) -> str:
    if member.person.startswith(PREFIX):
        return "ekstern"
    known = turn.rules.persons.get(member.person)
    return known.title if known and known.title else member.reason
