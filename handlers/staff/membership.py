"""`ind` and `ud`: let people into the staff and out of it. Plan §5, "der kan tilgå nye medlemmer undervejs"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Text, cast, select, update

from handlers.core import rights, undo
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.events import Appointed, on
from handlers.core.language import owners
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.staff import calendars, conference, externals, mail_group, roster
from storage.letters import fold
from storage.rows.log import LogEntry
from storage.rows.measures import LogisticsMember
from storage.rows.staff import DrawnIn, Member, Summons
from storage.rows.traffic import Message


async def add_member(turn: Turn, person: str, staff: str, reason: str) -> bool:
    """Let somebody into the staff or its channel; False when they are there already.

    Args:
        person: an id in the plan.
        staff: which one: "framing", "operational" or "beside".
        reason: why they are in it, Danish.
    """
    standing = await turn.db.scalar(
        select(Member).where(Member.crisis_id == turn.the_crisis.id, Member.person == person, Member.until.is_(None))
    )
    if standing is not None and (standing.staff != "beside" or staff == "beside"):
        return False
    if standing is not None:
        standing.until = turn.now
    turn.db.add(
        Member(
            crisis_id=turn.the_crisis.id,
            person=person,
            staff=staff,
            since=turn.now,
            reason=reason,
            added_by=turn.sender,
        )
    )
    await turn.db.flush()
    if staff != "beside":
        await calendars.welcome(turn, person)
    return True


@on(Appointed)
async def seat(turn: Turn, event: Appointed) -> None:
    """Let whoever has got a role be where it is done: the chief and the deputy in the staff, the others beside it."""
    if not turn.the_crisis.has_staff:
        return
    leads = event.role in (roster.CHIEF, roster.DEPUTY)
    if await add_member(turn, event.person, "operational" if leads else "beside", event.role) and leads:
        await turn.log(
            f"Ind i krisestaben: {turn.name(event.person)}, {event.role}", kind="member", receiver=event.person
        )


async def _ask_no_longer(turn: Turn, person: str) -> None:
    """Let the summons of whoever has left ask for no answer, and its reminders."""
    mine = select(Message).where(Message.crisis_id == turn.the_crisis.id, Message.recipient == person)
    for message in await turn.db.scalars(mine.where(cast(Message.card, Text).contains('"staff.coming"'))):
        for do in ("staff.coming", "staff.declined"):
            turn.take_off(message, do)
        turn.add_line(message, "Du er ikke længere med: du skal ikke svare.")


# What somebody is summoned for as the holder of a role; a framing staff, and a support function, are another matter.
BY_ROLE = ("secretariat", "communication")


async def leave_role(turn: Turn, person: str, reason: str) -> str | None:
    """Let whoever has been replaced leave the place that they had for that reason alone; what they have in hand stays theirs.

    Args:
        reason: what they were there for: the role, or what `add_member` was told.

    Returns:
        what to tell them of the meetings that they are not called to any more; None where they stay, being there for
        something else too.
    """
    crisis, plan = turn.the_crisis, turn.rules
    mine = (Member.crisis_id == crisis.id, Member.person == person, Member.until.is_(None))
    standing = await turn.db.scalar(select(Member).where(*mine, Member.staff != "framing"))
    named = {crisis.chief, crisis.decided_by, *crisis.holders.values()}
    has_role = person in named or any(person in plan.holders(role) for role in plan.roles.filled)
    serves = {*(each.contact for each in plan.centres), *(each.contact for each in plan.support_functions)}
    if standing is None or has_role or person in serves:
        return None
    summons = await turn.db.scalar(select(Summons).where(Summons.crisis_id == crisis.id, Summons.person == person))
    if summons is not None and summons.duty not in BY_ROLE:
        return None
    called = summons is not None and summons.label.startswith(standing.reason)
    if standing.reason != reason and not called:
        return None
    for rows in (DrawnIn, LogisticsMember):
        if await turn.db.scalar(select(rows.id).where(rows.crisis_id == crisis.id, rows.person == person).limit(1)):
            return None
    if any(each.person == person for each in await roster.shifts(turn, roster.PLANNED, roster.ON_DUTY)):
        return None
    standing.until = turn.now
    await turn.db.flush()
    await _ask_no_longer(turn, person)
    meetings = ""
    if standing.staff != "beside":
        await conference.take_back(turn, person)
        meetings = await calendars.take_out(turn, [person])
    await turn.log(f"Ud af krisestaben: {turn.name(person)}, ikke længere {reason}", kind="member", receiver=person)
    return meetings


# "ind Rune fordi vejene er lukket", "ud Rune: skal hjem og sove": what comes after the names is why.
WHY = re.compile(
    r"(?:(?<!\s)\s++)?+(?:,\s*+)?+(?:\b(?:fordi|grundet|pga\.?|på grund af)\s|[:;–]|(?<=\s)-\s)\s*+(?P<why>\S.*)",
    re.IGNORECASE | re.DOTALL,
)


def _names_and_why(text: str) -> tuple[str, str]:
    found = WHY.search(text)
    return (text[: found.start()], found["why"].strip()) if found else (text, "")


@verb(
    "ind",
    "medlem ind",
    "medlem",
    "tilføj",
    help="ind <hvem> fordi <hvorfor> – tag nogen ind i krisestaben",
    who=rights.runs_staff,
    crisis=True,
    level_two=True,
)
async def member_in(turn: Turn, text: str) -> None:
    """Let members into the staff as they are needed, "inviterer deltagerne ind" (Bilag 1)."""
    first, _, rest = text.strip().partition(" ")
    if first.casefold().strip(":,") in ("ekstern", "eksternt", "eksterne"):
        await externals.typed(turn, rest)
        return
    names, why = _names_and_why(text)
    persons = await _named_or_ask(turn, names)
    if persons:
        before = {person: await _staff_of(turn, person) for person in persons}
        await _enter(turn, dict.fromkeys(persons, "operational"), before, why)


async def _enter(
    turn: Turn, staffs: Mapping[str, str], before: Mapping[str, str | None], why: str = "", meetings: str = ""
) -> None:
    """Let persons into the staff, tell them, and say what has come of it, with a way back.

    Args:
        staffs: the persons, each with the staff that they enter.
        before: in which staff they were.
        why: the reason, where one was written.
        meetings: what is told of the meetings that whoever goes back beside the staff is not called to any more.
    """
    persons = [*staffs]
    entered = [person for person in persons if await add_member(turn, person, staffs[person], why or "medlem")]
    if not entered:
        await turn.answer(Card(f"{turn.names(persons)} er allerede med i krisestaben."))
        return
    beside = [person for person in entered if staffs[person] == "beside"]
    sits = len(beside) < len(entered)
    summary = f"{'Ind i' if sits else 'Med om'} krisestaben: {turn.names(entered)}{f' – {why}' if why else ''}"
    await turn.log(summary, kind="member", receiver=", ".join(entered))
    for told, where, also in (
        ([person for person in entered if person not in beside], "i", ""),
        (beside, "om", meetings),
    ):
        await turn.notify(
            told,
            Card(
                f"Du er nu med {where} krisestaben for nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}.{also}"
            ),
            kind="notice",
            summary=f"Fortalt, at de er med {where} krisestaben: {turn.names(told)}",
        )
    count = len(await turn.members("framing", "operational")) + len(await externals.present(turn))
    warning = (
        f" Krisestaben er nu {count}; planen advarer mod, at den bliver for stor."
        if count > turn.rules.largest_staff
        else ""
    )
    passive = await _passive(turn) if warning else []
    warning += (
        f" Har intet skrevet i loggen: {turn.names(passive)}. Lad nogen træde ud med */krise ud*." if passive else ""
    )
    warning += await mail_group.warning(turn)
    await undo.supersede(turn, "members.undo", entered)
    back = _back(turn, {person: before[person] for person in entered})
    await turn.answer(Card(f"{turn.names(entered)} er med {'i' if sits else 'om'} krisestaben.{warning}", buttons=back))


@verb(
    "ud",
    "medlem ud",
    "fjern",
    help="ud <hvem> – lad nogen træde ud af krisestaben",
    who=rights.runs_staff,
    crisis=True,
    begins="never",
)
async def member_out(turn: Turn, text: str) -> None:
    """Let members step out of the staff, "lader dem træde ud igen": they lose access, their entries stay."""
    if text.strip() and await externals.leave(turn, text.strip()):
        return
    names, why = _names_and_why(text)
    persons = await _named_or_ask(turn, names, "ud")
    if persons:
        await _leave(turn, persons, why)


async def _leave(turn: Turn, persons: Sequence[str], why: str = "") -> None:
    """Let persons step out, tell them, and say what has come of it, with a way back.

    Args:
        why: as for `_enter`.
    """
    before = {person: await _staff_of(turn, person) for person in persons}
    left: list[str] = []
    called: list[str] = []
    for person in persons:
        for standing in await turn.db.scalars(
            select(Member).where(
                Member.crisis_id == turn.the_crisis.id, Member.person == person, Member.until.is_(None)
            )
        ):
            standing.until = turn.now
            left.append(person)
            called += [person] if standing.staff != "beside" else []
    if not left:
        await turn.answer(Card(f"{turn.names(persons)} er ikke i krisestaben."))
        return
    await turn.db.flush()
    for person in left:
        await _ask_no_longer(turn, person)
        await conference.take_back(turn, person)
    summary = f"Ud af krisestaben: {turn.names(left)}{f' – {why}' if why else ''}"
    await turn.log(summary, kind="member", receiver=", ".join(left))
    meetings = await calendars.take_out(turn, called) if called else ""
    await turn.notify(
        left,
        Card(f"Du er trådt ud af krisestaben for nr. {turn.the_crisis.number}. Tak for hjælpen.{meetings}"),
        kind="notice",
        summary=f"Fortalt, at de er trådt ud: {turn.names(left)}",
    )
    await undo.supersede(turn, "members.undo", left)
    back = _back(turn, {person: before[person] for person in left})
    out = f"{turn.names(left)} er trådt ud af krisestaben.{await mail_group.warning(turn)}"
    await turn.answer(Card(out, buttons=back))


@action("members.undo")
async def pressed_undo(turn: Turn, about: list[str], staffs: list[str | None], by: str, lapses: str) -> None:
    """Undo an `ind` or an `ud` by `Fortryd`, as a new line of the log; `undo.refuse` decides who may.

    Args:
        about: who entered or left.
        staffs: in which staff each was before.
    """
    if await undo.refuse(turn, by, lapses):
        return
    standing = await turn.pressed()
    if standing is not None:
        turn.take_off(standing, "members.undo")
    back = {person: staff for person, staff in zip(about, staffs, strict=True) if staff is not None}
    out = [person for person in about if person not in back]
    if out:
        await _leave(turn, out)
    if back:
        # Who was moved from beside the staff into it goes back there.
        leaving = [
            person for person, staff in back.items() if staff == "beside" and await _staff_of(turn, person) != staff
        ]
        await turn.db.execute(
            update(Member)
            .where(Member.crisis_id == turn.the_crisis.id, Member.person.in_(back), Member.until.is_(None))
            .values(until=turn.now)
        )
        meetings = await calendars.take_out(turn, leaving) if leaving else ""
        await _enter(turn, back, {person: await _staff_of(turn, person) for person in back}, meetings=meetings)


async def _staff_of(turn: Context, person: str) -> str | None:
    found: str | None = await turn.db.scalar(
        select(Member.staff).where(
            Member.crisis_id == turn.the_crisis.id, Member.person == person, Member.until.is_(None)
        )
    )
    return found


def _back(turn: Context, before: Mapping[str, str | None]) -> tuple[Button, ...]:
    about = {"about": [*before], "staffs": [*before.values()], "crisis": turn.the_crisis.id}
    return undo.buttons(turn, "members.undo", turn.now, turn.sender, **about)


async def _passive(turn: Context) -> list[str]:
    """Return the members who have said nothing that is in the log, whom one could let step out."""
    heard = set(
        await turn.db.scalars(select(LogEntry.recorder).where(LogEntry.crisis_id == turn.the_crisis.id).distinct())
    )
    return [person for person in await turn.members("framing", "operational") if person not in heard]


async def _named_or_ask(turn: Turn, text: str, verb: str = "ind") -> list[str]:
    """Find the persons a text names; ask again when there are none.

    Args:
        verb: what it was typed behind.
    """
    wanted = [name for name in re.split(r",|\bog\b|@", text) if name.strip()]
    # The directorate comes in as one; of two who share a name nobody knows which was meant.
    found = [(name, turn.named(name)) for name in wanted]
    persons = list(dict.fromkeys(person for _, meant in found for person in meant))
    if not persons or any(len(meant) != 1 and fold(name) not in owners.BOARD for name, meant in found):
        await turn.answer(
            Card(
                f'Jeg kan ikke se, hvem "{quote(text)}" er. Intet er ændret. Skriv et navn, en rolle eller et center – fx Rune eller tovholder.'
            )
            if text
            else Card(
                f"Hvem? Skriv fx */krise {verb} Rune*, eller vælg en ekstern part.", buttons=(externals.button(turn),)
            )
        )
        return []
    return persons
