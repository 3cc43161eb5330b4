"""Summoning people to the staff, and showing who has answered. Plan §5, Varsle/indkalde."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from handlers.alert import decision_card
from handlers.core import form_values
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.turn import Turn
from handlers.staff import conference, membership
from storage.plan.persons import SECRETARIAT_ROLES
from storage.rows.log import LogEntry, LogKind, exported
from storage.rows.staff import Summons

KIND: LogKind = "framing_meeting"


async def meeting_place(turn: Context) -> str:
    """Return where the staff meets, as last said; else as the plan has it; empty when nobody has said."""
    entry = await turn.db.scalar(
        select(LogEntry)
        .where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == KIND)
        .order_by(LogEntry.no.desc())
        .limit(1)
    )
    if entry is not None:
        return str(exported(entry)["refs"]["place"])
    meetings = turn.rules.meetings
    return " · ".join(each for each in (meetings.place, meetings.link) if each)


async def move(turn: Turn, to: str) -> None:
    """Set where the staff meets from now on."""
    await turn.log(
        f"Det rammesættende møde: {to}",
        kind=KIND,
        sender=turn.sender,
        verification="confirmed",
        refs={"place": to},
    )


# What whoever is asked to come answers with.
ANSWERS = (Button("Kommer", "staff.coming", {}, style="primary"), Button("Kan ikke", "staff.declined", {}))


@dataclass(frozen=True)
class Duty:
    """Why somebody is summoned: what kind of duty, and the words for it."""

    kind: str
    label: str


async def call_members(turn: Turn, persons: list[str], label: str, reason: str) -> None:
    """Summon persons all at once, "varsler disse personer", and have each answer; who is in the staff already is not
    asked again.

    Args:
        label: what they are called to, after "Du indkaldes:".
        reason: why they are members, for the list.
    """
    entered = [
        person for person in dict.fromkeys(persons) if await membership.add_member(turn, person, "operational", reason)
    ]
    asked = [person for person in entered if await summon(turn, person, [Duty("operational", label)])]
    if asked:
        await turn.log(
            f"Indkaldt til {label}: {turn.names(asked)}",
            kind="summons",
            sender="krisebot",
            receiver=", ".join(asked),
            direction="out",
            recorder="krisebot",
            verification="confirmed",
        )
        key = unanswered_key(turn, members=True)
        await turn.at(turn.now + turn.rules.escalation.wait, "staff.unanswered", key, reminded=False, members=True)
    await turn.notify(
        [person for person in entered if person not in asked],
        Card(
            f"Du er nu med i {label} for nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}.",
            buttons=ANSWERS,
        ),
        kind="notice",
        summary=f"Fortalt, at de er med i {label}",
    )
    if entered:
        await show_answers(turn)
    if len(await turn.members("framing", "operational")) > turn.rules.largest_staff:
        await turn.say(
            turn.staff,
            Card(f"⚠️ Krisestaben er nu over {turn.rules.largest_staff}; planen advarer mod, at den bliver for stor."),
        )


async def declining(turn: Context, persons: list[str]) -> list[str]:
    """Return those among the persons who have said that they don't come."""
    return [each.person for each in await summonses(turn) if each.person in persons and each.answer == "declined"]


# Whoever is there without having answered the summons is written down by whoever starts the meeting.
ALSO = Field("also", "Er her uden at have svaret?", "persons")


async def who_is_there(turn: Context, missing: Sequence[str], *staffs: str) -> tuple[list[str], list[str], list[str]]:
    """Return who is at a meeting that the sender starts, who is not, and who has not said whether they come.

    Nobody is there for having been summoned: it is those who said that they come, those who were never asked, those who
    are named in the form, and whoever starts it.

    Args:
        missing: who is known not to be there; those who have said that they can't come are not there either.
        staffs: "framing", "operational": who is called to it.
    """
    also = await form_values.persons(turn, "also")
    asked = {each.person: each.answer for each in await summonses(turn)}
    present, absent, silent = list[str](), list(missing), list[str]()
    for person in await turn.members(*staffs):
        if person in missing:
            continue
        answer = "coming" if person in also or person == turn.sender else asked.get(person, "coming")
        {"coming": present, "declined": absent, None: silent}[answer].append(person)
    return present, absent, silent


async def summon_support(turn: Turn, person: str, function: str) -> None:
    """Summon somebody who mans a support function that is needed: they come into the channel, and are asked to come
    like the others."""
    await membership.add_member(turn, person, "beside", f"støttefunktion {function}")
    await summon(turn, person, [Duty("support", f"støttefunktion {function}")])
    await show_answers(turn)


async def summon(turn: Turn, person: str, its: list[Duty], deputy_for: str | None = None) -> bool:
    """Summon a person; once a crisis, whatever they are asked as.

    Args:
        person: an id in the plan. For somebody who is absent the deputy is summoned at once, and they are too.
        its: what they are asked as, the most important first.
        deputy_for: the person they are asked instead of.

    Returns:
        False when they were summoned already.
    """
    crisis = turn.the_crisis
    if await summons_of(turn, person) is not None:
        return False
    label = ", ".join(duty.label for duty in its)
    summons = Summons(
        crisis_id=crisis.id,
        person=person,
        duty=its[0].kind,
        label=label,
        deputy_for=deputy_for,
        sent_at=turn.now,
    )
    turn.db.add(summons)
    where = await meets_where(turn, its[0].kind)
    await turn.say(
        person, summons_card(turn, label, deputy_for, where), key=key(turn, person), kind="summons", urgency=URGENT
    )
    if person in turn.plan.absent and (nobody := await pass_on(turn, summons)):
        await turn.say(turn.staff, Card(f"⚠️ {nobody}"), kind="notice")
    return True


async def pass_on(turn: Turn, summons: Summons) -> str | None:
    """Summon the first deputy who isn't summoned already; where nobody is left, log that and return it, for the staff."""
    plan = turn.rules
    principal = summons.deputy_for or summons.person
    every_role = ("borgmester", *SECRETARIAT_ROLES, "kommunikation", "beredskabschef")
    roles = [role for role in every_role if plan.holder(role) == principal]
    deputies = [deputy for role in roles for deputy in plan.deputies(role)]
    deputies += [
        function.deputy for function in plan.support_functions if function.contact == principal and function.deputy
    ]
    if summons.duty == "operational":
        deputies += [centre.deputy for centre in plan.centres if centre.chief == principal and centre.deputy]
    for deputy in plan.present_first(deputies):
        staff = summons.duty if summons.duty in ("framing", "operational") else "beside"
        if await summon(turn, deputy, [Duty(summons.duty, summons.label)], deputy_for=principal):
            await membership.add_member(turn, deputy, staff, f"stedfortræder for {turn.name(principal)}")
            await turn.log(
                f"{turn.name(deputy)} er indkaldt som stedfortræder for {turn.name(principal)}",
                kind="summons",
                receiver=deputy,
                direction="out",
                recorder="krisebot",
                verification="confirmed",
            )
            return None
    if summons.duty == "framing" and not deputies:
        return None
    every = {each.person: each for each in await summonses(turn)}
    others = [each for each in deputies if each != summons.person and every[each].answer != "declined"]
    away = "er fraværende" if summons.person in plan.absent else "har ikke svaret"
    said = "kan ikke" if summons.answer == "declined" else away
    rest = (
        f"Stedfortræderen er indkaldt i forvejen: {turn.names(others)}."
        if others
        else "Planen har ingen stedfortræder til. Find en anden."
    )
    told = f"{turn.name(summons.person)} ({summons.label}) {said}. {rest}"
    await turn.log(
        told,
        kind="notice",
        sender="krisebot",
        receiver=turn.staff,
        direction="out",
        recorder="krisebot",
        verification="confirmed",
    )
    return told


async def meets_where(turn: Context, duty: str) -> str:
    """Tell the framing staff, which "træder sammen hurtigst muligt", where it meets or by which link."""
    place = await meeting_place(turn) if duty == "framing" else ""
    return f"\nMødet holdes straks: {quote(place, 300)}" if place else ""


def summons_card(turn: Context, label: str, deputy_for: str | None, where: str) -> Card:
    """Draw the summons that a person answers.

    Args:
        label: what they are summoned to, Danish.
        deputy_for: the person they are asked instead of.
        where: the line that says where, from `meets_where`.
    """
    crisis = turn.the_crisis
    behalf = f" som stedfortræder for {turn.name(deputy_for)}" if deputy_for else ""
    return Card(
        f"🚨 *Du indkaldes{behalf}: {label}.*\nKrise nr. {crisis.number}: {quote(crisis.title)}. "
        f"Krisestaben er aktiveret {turn.clock(crisis.decided_at)} af {decision_card.decided_by(turn)}.{where}\n"
        f"Svar med en knap – eller skriv fx »er der om 20 min«.{conference.line(turn)}",
        buttons=ANSWERS,
    )


DUTIES = {
    "framing": "Krisestab",
    "secretariat": "Sekretariat",
    "communication": "Kommunikation",
    "support": "Støttefunktioner",
    "operational": "Udpegede medlemmer",
}


async def readiness(turn: Context) -> tuple[tuple[str, str], ...]:
    """Tell what "fuldt etableret" takes, and how far it is: the staff and each of those who serve it, who keeps the log, IT,
    and where the staff meets."""
    every = await summonses(turn)
    rows = []
    for kind, name in DUTIES.items():
        asked = [summons for summons in every if summons.duty == kind]
        coming = [summons for summons in asked if summons.answer == "coming"]
        if asked:
            rows.append((name, f"{len(coming)} af {len(asked)} kommer"))
    comes = {summons.person for summons in every if summons.answer == "coming"}
    plan = turn.rules
    keepers = [person for person in (plan.holder("logfører"), *plan.deputies("logfører")) if person]
    helps = [each.contact for each in plan.support_functions if each.name.casefold() == "it"]
    rows += [(name, _who_comes(turn, persons, comes)) for name, persons in (("Log", keepers), ("IT", helps))]
    rows.append(("Lokale", "klar" if await meeting_place(turn) else "❗ sted eller link mangler"))
    return tuple(rows)


def _who_comes(turn: Context, persons: list[str], comes: set[str]) -> str:
    there = next((person for person in persons if person in comes), None)
    if there is not None:
        return f"{turn.name(there)} kommer"
    return "ingen har svaret ja" if persons else "❗ ingen i planen"


async def tell_where(turn: Turn) -> None:
    """Tell on every summons to the framing staff that the meeting has been moved, and tell those who come."""
    coming = []
    for summons in [each for each in await summonses(turn) if each.duty == "framing"]:
        if summons.answer is None:
            where = await meets_where(turn, summons.duty)
            card = summons_card(turn, summons.label, summons.deputy_for, where)
            await turn.say(summons.person, card, key=key(turn, summons.person))
        elif summons.answer == "coming":
            coming.append(summons.person)
    place = await meeting_place(turn)
    await turn.notify(
        [person for person in coming if person != turn.sender],
        Card(f"*Det rammesættende møde holdes:* {quote(place, 300)}"),
        kind="notice",
        summary=f"Fortalt, hvor det rammesættende møde holdes: {place}",
        urgency=URGENT,
    )


async def answers(turn: Context) -> str:
    """Tell how many have been summoned and have still to answer."""
    every = await summonses(turn)
    missing = await waited_for(turn)
    if not every:
        return ""
    rest = f"{len(missing)} mangler at svare" if missing else "alle har svaret"
    return f"Jeg har indkaldt {len(every)} – {rest}."


NO_ANSWER = "intet svar endnu"


async def show_answers(turn: Turn) -> None:
    """Show the list of who comes, as one card in the staff's channel."""
    waited = {each.id for each in await waited_for(turn)}
    say = {"coming": "kommer", "declined": "kan ikke"}
    rows = tuple(
        (
            turn.name(summons.person),
            (say[summons.answer] if summons.answer else NO_ANSWER if summons.id in waited else "ikke med længere")
            + (f", ca. {turn.clock(summons.eta)}" if summons.eta and summons.answer == "coming" else ""),
        )
        for summons in await summonses(turn)
    )
    await turn.say(
        turn.staff,
        Card(f"*Indkaldelser.* {await answers(turn)}", facts=rows),
        key=f"crisis/{turn.the_crisis.id}/answers",
    )


async def summons_of(turn: Context, person: str) -> Summons | None:
    """Return a person's summons in this crisis; None where there is none."""
    found: Summons | None = await turn.db.scalar(
        select(Summons).where(Summons.crisis_id == turn.the_crisis.id, Summons.person == person)
    )
    return found


async def summonses(turn: Context) -> list[Summons]:
    """Return the crisis' summonses, in the order they were sent."""
    return list(
        await turn.db.scalars(select(Summons).where(Summons.crisis_id == turn.the_crisis.id).order_by(Summons.id))
    )


async def waited_for(turn: Context) -> list[Summons]:
    """Return the summonses that nobody has answered, of those who are still to come: who has left is asked no longer."""
    inside = {*await turn.members()}
    return [each for each in await summonses(turn) if each.answer is None and each.person in inside]


def key(turn: Context, person: str) -> str:
    """Name the card with a person's summons."""
    return f"crisis/{turn.the_crisis.id}/summons/{person}"


def unanswered_key(turn: Context, *, members: bool) -> str:
    """Name the timer that looks for those who have not answered.

    Args:
        members: of the operational staff; else of those who were summoned at first.
    """
    return f"crisis/{turn.the_crisis.id}/unanswered{'/operational' if members else ''}"
