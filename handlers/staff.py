"""The crisis staff is convened: who sits in it, who serves it, and who has said that they come. Plan §5.

Warn is "know and be ready", summon is "come" (T36): the staff and its support functions are summoned here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from handlers import (
    addresses,
    announcement,
    case_file,
    centres,
    communication,
    coordination_state,
    deadlines,
    externals,
    invitations,
    log_seal,
    meeting_place,
    rights,
    support,
    tasks,
    telephone,
    words,
)
from handlers.card import Button, Card, quote
from handlers.registry import action, reply, timer, verb
from handlers.turn import URGENT, Turn
from storage.tables import Alert, CentreNotice, Crisis, LogEntry, Member, Message, Summons

# More than this and somebody should ask who is needed: "Krisestaben skal ikke være for stor" (Bilag 1).
MANY = 12

SECRETARIAT_ROLES = ("sekretær", "logfører", "referent", "tovholder")

# When a deputy is to have the summons of somebody who says nothing.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Duty:
    """Why somebody is summoned: what kind of duty, and the words for it."""

    kind: str
    label: str


def duties(turn: Turn) -> dict[str, list[Duty]]:
    """Whom to summon, and as what: the framing staff first, then those who serve it (plan §5)."""
    plan = turn.rules
    found: dict[str, list[Duty]] = {}

    def add(person: str | None, kind: str, label: str) -> None:
        if person:
            found.setdefault(person, []).append(Duty(kind, label))

    add(plan.holder("borgmester"), "framing", "den rammesættende krisestab (borgmester)")
    for director in plan.board():
        add(director, "framing", "den rammesættende krisestab (direktion)")
    for role in SECRETARIAT_ROLES:
        add(plan.holder(role), "secretariat", f"krisesekretariatet ({role})")
    for person in plan.interim_secretariat():
        if person not in found:
            add(person, "secretariat", "krisesekretariatet, indtil staben har udpeget sit eget")
    add(plan.holder("kommunikation"), "communication", "kommunikation")
    for function in plan.support_functions:
        add(function.contact, "support", f"støttefunktion {function.name}")
    return found


async def convene(turn: Turn) -> None:
    """Everything that an activation sets going, in one breath (R010, R124): staff, centres, support, clocks, texts."""
    crisis, plan = turn.the_crisis, turn.rules
    await _forget_last_time(turn)
    await deadlines.start(turn)
    wanted = duties(turn)
    for person, its in wanted.items():
        await add_member(turn, person, "framing" if its[0].kind == "framing" else "beside", its[0].label)
    for also in [turn.sender, *(centre.contact for centre in plan.centres)]:
        if also and also in plan.persons:
            await add_member(turn, also, "beside", "kontaktperson" if also != turn.sender else "besluttede")
    for person, its in wanted.items():
        if person != turn.sender:
            await _summon(turn, person, its)
    if wanted:
        await turn.log(
            "Indkaldt: " + "; ".join(f"{turn.name(person)} ({its[0].label})" for person, its in wanted.items()),
            kind="summons",
            sender="krisebot",
            receiver=", ".join(wanted),
            direction="out",
            recorder="krisebot",
            verification="confirmed",
        )
    await centres.notify(turn)
    await coordination_state.begin(turn)
    await communication.begin(turn)
    await support.offer(turn)
    await tasks.add(
        turn,
        "Etablér arbejdsgange for kommunikationen internt og eksternt",
        role="tovholder",
        owner=plan.holder("tovholder"),
    )
    await tasks.add(
        turn, "Opret sag i C3 og ESDH, og skriv sagsnumrene her", role="sekretær", owner=plan.holder("sekretær")
    )
    await case_file.ask(turn)
    await telephone.begin(turn)
    await announcement.offer(turn, "aktiveret")
    await log_seal.begin(turn)
    alert = await turn.db.scalar(select(Alert).where(Alert.crisis_id == crisis.id).order_by(Alert.id).limit(1))
    told = f"\nVarslet: »{quote(alert.text, 1500)}« ({turn.name(alert.person)})" if alert else ""
    await turn.say(
        turn.staff,
        Card(
            f"*Krisestab nr. {crisis.number}: {quote(crisis.title)}*\nNiveau 2, besluttet {turn.clock(crisis.decided_at)} "
            f"af {turn.name(crisis.decided_by or '')}. Fuldt etableret senest {turn.clock(crisis.established_due)}."
            f"{told}\nHer føres loggen: skriv */krise log* og det, der er sket. Indsatsledelsen på stedet ligger hos beredskabet.",
            buttons=(Button("Fuldt etableret", "deadlines.established", {}, style="primary"),),
        ),
        key=f"crisis/{crisis.id}/welcome",
        urgency=URGENT,
    )
    await turn.at(turn.now + plan.escalation.wait, "staff.unanswered", f"crisis/{crisis.id}/unanswered", reminded=False)


async def _forget_last_time(turn: Turn) -> None:
    """Up again after down: everybody is summoned, told and asked anew, and the two hours run anew (R012, R019).

    What was said and answered the last time stays in the log and where it was said.
    """
    crisis = turn.the_crisis
    crisis.established_at = crisis.established_by = None
    for rows in (Summons, CentreNotice):
        await turn.db.execute(delete(rows).where(rows.crisis_id == crisis.id))
    last_time = [
        Message.key.startswith(f"crisis/{crisis.id}/{name}")
        for name in ("summons/", "centre/", "contact/", "centres", "answers", "welcome", "support")
    ]
    for message in await turn.db.scalars(select(Message).where(or_(*last_time))):
        message.key = f"last time/{message.id}/{message.key}"
    await turn.db.flush()


async def add_member(turn: Turn, person: str, staff: str, reason: str) -> bool:
    """Let somebody into the staff or its channel; False when they are there already."""
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
        await invitations.welcome(turn, person)
    return True


async def call_members(turn: Turn, persons: list[str], label: str, reason: str) -> None:
    """ "varsler disse personer" (R037): all at once, and each answers; who is in the staff already is not asked again.

    Args:
        label: what they are called to, after "Du indkaldes:".
        reason: why they are members, for the list.
    """
    entered = [person for person in dict.fromkeys(persons) if await add_member(turn, person, "operational", reason)]
    asked = [person for person in entered if await _summon(turn, person, [Duty("operational", label)])]
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
        key = f"crisis/{turn.the_crisis.id}/unanswered/operational"
        await turn.at(turn.now + turn.rules.escalation.wait, "staff.unanswered", key, reminded=False, members=True)
    await turn.notify(
        [person for person in entered if person not in asked],
        Card(
            f"Du er nu med i {label} for nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}.",
            buttons=(Button("Kommer", "staff.coming", {}, style="primary"), Button("Kan ikke", "staff.declined", {})),
        ),
        kind="notice",
        summary=f"Fortalt, at de er med i {label}",
    )
    if entered:
        await show_answers(turn)
    if len(await turn.members("framing", "operational")) > MANY:
        await turn.say(
            turn.staff, Card(f"⚠️ Krisestaben er nu over {MANY}; planen advarer mod, at den bliver for stor.")
        )


async def declining(turn: Turn, persons: list[str]) -> list[str]:
    """Those among them who have said that they don't come."""
    return [each.person for each in await _all(turn) if each.person in persons and each.answer == "declined"]


async def summon_support(turn: Turn, person: str, function: str) -> None:
    """Somebody mans a support function that is needed: in the channel, and asked to come like the others (R121)."""
    await add_member(turn, person, "beside", f"støttefunktion {function}")
    await _summon(turn, person, [Duty("support", f"støttefunktion {function}")])
    await show_answers(turn)


async def _summon(turn: Turn, person: str, its: list[Duty], deputy_for: str | None = None) -> bool:
    """Ask somebody to come; once a crisis, whatever they are asked as."""
    crisis = turn.the_crisis
    if await _summons(turn, person) is not None:
        return False
    label = ", ".join(duty.label for duty in its)
    turn.db.add(
        Summons(
            crisis_id=crisis.id,
            person=person,
            duty=its[0].kind,
            label=label,
            deputy_for=deputy_for,
            sent_at=turn.now,
        )
    )
    where = await _where(turn, its[0].kind)
    await turn.say(
        person, _summons_card(turn, label, deputy_for, where), key=_key(turn, person), kind="summons", urgency=URGENT
    )
    return True


async def _where(turn: Turn, duty: str) -> str:
    """ "træder sammen hurtigst muligt": the framing staff is told where, or by which link (R033)."""
    place = await meeting_place.place(turn) if duty == "framing" else ""
    return f"\nMødet holdes straks: {quote(place, 300)}" if place else ""


def _summons_card(turn: Turn, label: str, deputy_for: str | None, where: str) -> Card:
    crisis = turn.the_crisis
    behalf = f" som stedfortræder for {turn.name(deputy_for)}" if deputy_for else ""
    return Card(
        f"🚨 *Du indkaldes{behalf}: {label}.*\nKrise nr. {crisis.number}: {quote(crisis.title)}. "
        f"Krisestaben er aktiveret {turn.clock(crisis.decided_at)} af {turn.name(crisis.decided_by or '')}.{where}\n"
        "Svar med en knap – eller skriv fx »er der om 20 min«.",
        buttons=(
            Button("Kommer", "staff.coming", {}, style="primary"),
            Button("Kan ikke", "staff.declined", {}),
        ),
    )


@action("staff.coming")
async def coming(turn: Turn) -> None:
    """`Kommer`."""
    await _answered(turn, "coming", "Kommer")


@action("staff.declined")
async def declined(turn: Turn) -> None:
    """`Kan ikke`: the deputy is asked instead."""
    await _answered(turn, "declined", "Kan ikke")


async def asked_at(turn: Turn) -> datetime | None:
    """When the sender was summoned and has not answered, UTC."""
    summons = await _open_summons(turn)
    return summons.sent_at if summons else None


async def _open_summons(turn: Turn) -> Summons | None:
    found: Summons | None = await turn.db.scalar(
        select(Summons)
        .join(Crisis, Crisis.id == Summons.crisis_id)
        .where(Summons.person == turn.sender, Summons.answered_at.is_(None), Crisis.state != "closed")
        .order_by(Summons.id.desc())
        .limit(1)
    )
    return found


@reply("summons", asked=asked_at)
async def replied(turn: Turn, text: str) -> bool:
    """ "ok", "er der om 20", "er på ferie i Grækenland" in answer to a summons."""
    summons = await _open_summons(turn)
    if summons is None:
        return False
    reading = words.reading(text, "summons")
    if reading.meaning not in ("coming", "declined"):
        return False
    turn.crisis = await turn.db.get(Crisis, summons.crisis_id)
    await _answered(turn, reading.meaning, text, reading.eta_minutes)
    return True


async def _answered(turn: Turn, answer: str, said: str, eta_minutes: int | None = None) -> None:
    summons = await _summons(turn, turn.sender)
    if summons is None or summons.answer == answer:
        return
    summons.answer, summons.words, summons.answered_at = answer, said, turn.now
    summons.eta = turn.now + timedelta(minutes=eta_minutes) if eta_minutes is not None else None
    message = await turn.db.scalar(select(Message).where(Message.key == _key(turn, turn.sender)))
    if message is not None:
        message.answered_at, message.answer = turn.now, said
    await turn.log(
        f"{turn.name(turn.sender)}: {'kommer' if answer == 'coming' else 'kan ikke'} – »{said}«",
        kind="summons",
        sender=turn.sender,
        receiver="krisebot",
        direction="in",
        verification="confirmed",
    )
    eta = f", ca. {turn.clock(summons.eta)}" if summons.eta else ""
    read = f"Noteret: *du kommer{eta}*." if answer == "coming" else "Noteret: *du kan ikke*. Jeg går videre."
    other = Button("Kan ikke", "staff.declined", {}) if answer == "coming" else Button("Kommer", "staff.coming", {})
    await turn.say(
        turn.sender,
        Card(
            f"Indkaldelse, krise nr. {turn.the_crisis.number}: {summons.label}\n{read} Forkert? Så tryk her.",
            buttons=(other,),
        ),
        key=_key(turn, turn.sender),
    )
    if answer == "declined":
        await _pass_on(turn, summons)
    await show_answers(turn)


async def _pass_on(turn: Turn, summons: Summons) -> None:
    """To the first deputy who isn't summoned already; nobody left is told to the secretariat."""
    plan = turn.rules
    principal = summons.deputy_for or summons.person
    roles = [role for role in ("borgmester", *SECRETARIAT_ROLES, "kommunikation") if plan.holder(role) == principal]
    deputies = [deputy for role in roles for deputy in plan.deputies(role)]
    deputies += [
        function.deputy for function in plan.support_functions if function.contact == principal and function.deputy
    ]
    if summons.duty == "operational":
        deputies += [centre.deputy for centre in plan.centres if centre.chief == principal and centre.deputy]
    for deputy in deputies:
        staff = summons.duty if summons.duty in ("framing", "operational") else "beside"
        if await _summon(turn, deputy, [Duty(summons.duty, summons.label)], deputy_for=principal):
            await add_member(turn, deputy, staff, f"stedfortræder for {turn.name(principal)}")
            await turn.log(
                f"{turn.name(deputy)} er indkaldt som stedfortræder for {turn.name(principal)}",
                kind="summons",
                receiver=deputy,
                direction="out",
                recorder="krisebot",
                verification="confirmed",
            )
            return
    if summons.duty == "framing" and not deputies:
        return
    every = {each.person: each for each in await _all(turn)}
    others = [each for each in deputies if each != summons.person and every[each].answer != "declined"]
    said = "kan ikke" if summons.answer == "declined" else "har ikke svaret"
    rest = (
        f"Stedfortræderen er indkaldt i forvejen: {turn.names(others)}."
        if others
        else "Planen har ingen stedfortræder til. Find en anden."
    )
    await turn.notify(
        [turn.staff],
        Card(f"⚠️ {turn.name(summons.person)} ({summons.label}) {said}. {rest}"),
        kind="notice",
        summary=f"{turn.name(summons.person)} ({summons.label}) {said}. {rest}",
    )


@timer("staff.unanswered")
async def unanswered(turn: Turn, reminded: bool, members: bool = False) -> None:
    """Those who said nothing are reminded once, then their deputies are asked (R033, R037, R131).

    Args:
        reminded: they have been reminded already.
        members: it is about those whom the framing staff has chosen, who are asked later than the others.
    """
    crisis = turn.the_crisis
    if crisis.level != 2 or crisis.state != "active":
        return
    silent = [each for each in await _all(turn) if each.answer is None and (each.duty == "operational") == members]
    if not silent:
        return
    if not reminded:
        for summons in silent:
            where = await _where(turn, summons.duty)
            card = _summons_card(turn, summons.label, summons.deputy_for, where)
            await turn.say(
                summons.person,
                Card(f"*Påmindelse – du har ikke svaret.*\n{card.text}", buttons=card.buttons),
                kind="reminder",
                urgency=URGENT,
                everywhere=True,
            )
        await turn.log(
            f"Mindet om indkaldelsen: {turn.names(summons.person for summons in silent)}",
            kind="reminder",
            direction="out",
            recorder="krisebot",
            verification="confirmed",
        )
        key = f"crisis/{crisis.id}/unanswered{'/operational' if members else ''}"
        await turn.at(turn.now + PATIENCE, "staff.unanswered", key, reminded=True, members=members)
        return
    for summons in silent:
        await _pass_on(turn, summons)
    numbers = ", ".join(f"{turn.name(summons.person)} {turn.phone(summons.person)}" for summons in silent)
    await turn.notify(
        [turn.staff],
        Card(f"⚠️ Har ikke svaret på indkaldelsen. Ring: {numbers}"),
        kind="notice",
        summary="Krisestaben har fået listen over dem, der ikke har svaret på indkaldelsen",
    )


DUTIES = {
    "framing": "Krisestab",
    "secretariat": "Sekretariat",
    "communication": "Kommunikation",
    "support": "Støttefunktioner",
    "operational": "Udpegede medlemmer",
}


async def readiness(turn: Turn) -> tuple[tuple[str, str], ...]:
    """What "fuldt etableret" takes, and how far it is: the staff and each of those who serve it (R071, R121)."""
    every = await _all(turn)
    rows = []
    for kind, name in DUTIES.items():
        asked = [summons for summons in every if summons.duty == kind]
        coming = [summons for summons in asked if summons.answer == "coming"]
        if asked:
            rows.append((name, f"{len(coming)} af {len(asked)} kommer"))
    return tuple(rows)


async def tell_where(turn: Turn) -> None:
    """The meeting has been moved: every summons to the framing staff says so, and those who come are told."""
    coming = []
    for summons in [each for each in await _all(turn) if each.duty == "framing"]:
        if summons.answer is None:
            where = await _where(turn, summons.duty)
            card = _summons_card(turn, summons.label, summons.deputy_for, where)
            await turn.say(summons.person, card, key=_key(turn, summons.person))
        elif summons.answer == "coming":
            coming.append(summons.person)
    place = await meeting_place.place(turn)
    await turn.notify(
        [person for person in coming if person != turn.sender],
        Card(f"*Det rammesættende møde holdes:* {quote(place, 300)}"),
        kind="notice",
        summary=f"Fortalt, hvor det rammesættende møde holdes: {place}",
        urgency=URGENT,
    )


async def answers(turn: Turn) -> str:
    """ "Jeg har varslet 6 – 2 mangler at svare." """
    every = await _all(turn)
    missing = [summons for summons in every if summons.answer is None]
    if not every:
        return ""
    rest = f"{len(missing)} mangler at svare" if missing else "alle har svaret"
    return f"Jeg har indkaldt {len(every)} – {rest}."


async def show_answers(turn: Turn) -> None:
    """Keep the list of who comes up to date, as one card in the staff's channel."""
    say = {"coming": "kommer", "declined": "kan ikke", None: "intet svar endnu"}
    rows = tuple(
        (
            turn.name(summons.person),
            say[summons.answer]
            + (f", ca. {turn.clock(summons.eta)}" if summons.eta and summons.answer == "coming" else ""),
        )
        for summons in await _all(turn)
    )
    await turn.say(
        turn.staff,
        Card(f"*Indkaldelser.* {await answers(turn)}", facts=rows),
        key=f"crisis/{turn.the_crisis.id}/answers",
    )


@verb(
    "ind",
    "medlem ind",
    "tilføj",
    help="ind <hvem> – tag nogen ind i krisestaben",
    who=rights.runs_staff,
    crisis=True,
)
async def member_in(turn: Turn, text: str) -> None:
    """ "inviterer deltagerne ind" (Bilag 1): members come in as they are needed (R051, R254)."""
    first, _, rest = text.strip().partition(" ")
    if first.casefold().strip(":,") in ("ekstern", "eksternt", "eksterne"):
        await externals.typed(turn, rest)
        return
    persons = await _named(turn, text)
    entered = [person for person in persons if await add_member(turn, person, "operational", "medlem")]
    if not persons:
        return
    if not entered:
        await turn.answer(Card(f"{turn.names(persons)} er allerede med i krisestaben."))
        return
    await turn.log(f"Ind i krisestaben: {turn.names(entered)}", kind="member", receiver=", ".join(entered))
    await turn.notify(
        entered,
        Card(f"Du er nu med i krisestaben for nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}."),
        kind="notice",
        summary=f"Fortalt, at de er med i krisestaben: {turn.names(entered)}",
    )
    count = len(await turn.members("framing", "operational")) + len(await externals.present(turn))
    warning = f" Krisestaben er nu {count}; planen advarer mod, at den bliver for stor." if count > MANY else ""
    passive = await _passive(turn) if warning else []
    warning += (
        f" Har intet skrevet i loggen: {turn.names(passive)}. Lad nogen træde ud med */krise ud*." if passive else ""
    )
    warning += await addresses.warning(turn)
    await turn.answer(Card(f"{turn.names(entered)} er med i krisestaben.{warning}"))


@verb(
    "ud",
    "medlem ud",
    "fjern",
    help="ud <hvem> – lad nogen træde ud af krisestaben",
    who=rights.runs_staff,
    crisis=True,
)
async def member_out(turn: Turn, text: str) -> None:
    """ "lader dem træde ud igen": they lose access, their entries stay (D09)."""
    if text.strip() and await externals.leave(turn, text.strip()):
        return
    persons = await _named(turn, text)
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
    if not persons:
        return
    if not left:
        await turn.answer(Card(f"{turn.names(persons)} er ikke i krisestaben."))
        return
    await turn.db.flush()
    await turn.log(f"Ud af krisestaben: {turn.names(left)}", kind="member", receiver=", ".join(left))
    meetings = await invitations.farewell(turn, called) if called else ""
    await turn.notify(
        left,
        Card(f"Du er trådt ud af krisestaben for nr. {turn.the_crisis.number}. Tak for hjælpen.{meetings}"),
        kind="notice",
        summary=f"Fortalt, at de er trådt ud: {turn.names(left)}",
    )
    await turn.answer(Card(f"{turn.names(left)} er trådt ud af krisestaben.{await addresses.warning(turn)}"))


async def _passive(turn: Turn) -> list[str]:
    """Members who have said nothing that is in the log: whom one could let step out (R255)."""
    heard = set(
        await turn.db.scalars(select(LogEntry.recorder).where(LogEntry.crisis_id == turn.the_crisis.id).distinct())
    )
    return [person for person in await turn.members("framing", "operational") if person not in heard]


async def _named(turn: Turn, text: str) -> list[str]:
    """The persons a text names; asks again when there are none."""
    wanted = [name for name in re.split(r",|\bog\b|@", text) if name.strip()]
    persons = [person for name in wanted for person in turn.plan.named(name.strip())]
    if not persons or any(len(turn.plan.named(name.strip())) != 1 for name in wanted):
        await turn.answer(
            Card(
                f'Jeg kan ikke se, hvem "{quote(text)}" er. Intet er ændret. Skriv et navn, en rolle eller et center – fx Rune eller tovholder.'
            )
            if text
            else Card(
                "Hvem? Skriv fx */krise ind Rune*, eller vælg en ekstern part.", buttons=(externals.button(turn),)
            )
        )
        return []
    return persons


async def _summons(turn: Turn, person: str) -> Summons | None:
    found: Summons | None = await turn.db.scalar(
        select(Summons).where(Summons.crisis_id == turn.the_crisis.id, Summons.person == person)
    )
    return found


async def _all(turn: Turn) -> list[Summons]:
    return list(
        await turn.db.scalars(select(Summons).where(Summons.crisis_id == turn.the_crisis.id).order_by(Summons.id))
    )


def _key(turn: Turn, person: str) -> str:
    return f"crisis/{turn.the_crisis.id}/summons/{person}"
