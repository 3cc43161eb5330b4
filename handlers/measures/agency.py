"""`beredskabsstyrelsen`: help from the Danish Emergency Management Agency, asked for by way of 4K. Plan §2.

"Være bindeled til Beredskabsstyrelsen": 4K is asked, says that it has passed the request on, and tells the answer; until then the
secretariat has it to follow up.
"""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from handlers.core import clearance, in_charge, rights, running, staying_inside
from handlers.core.card import Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import needs
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.measures import agency_card, assistance, assistance_answers, assistance_card, assistance_reading
from handlers.measures.agency_card import AGENCY, ANSWERS, THROUGH
from storage.rows.agency_requests import AgencyRequest
from storage.rows.measures import ANSWERED, AssistanceRequest
from storage.rows.numbers import next_number

EXAMPLE = "*/krise beredskabsstyrelsen 4 pumper til Birkehøj*, eller *B3* for en anmodning, der allerede er skrevet"
WORDS = re.compile(r"[^\W\d_]{2}")
# 4K says that it has it within the first; what becomes of it is asked for after the second.
RECEIPT = timedelta(minutes=15)
AGAIN = timedelta(hours=1)
SHOWN = 15


@verb(
    "beredskabsstyrelsen",
    "brs",
    help="beredskabsstyrelsen 4 pumper til Birkehøj – bistand gennem 4K, også B3 for en, der er skrevet. Uden tekst: hvor langt de er",
    who=rights.runs_staff,
    crisis=True,
    grave=True,
    begins="with words",
)
async def agency(turn: Turn, text: str) -> None:
    """Ask for help from the agency by way of 4K, for a request that stands or for one that is written here; without a word,
    show how far they are.

    Args:
        text: "B3", or what is lacked.
    """
    said = text.strip()
    if not said:
        await turn.answer(await _list(turn))
        return
    numbered = assistance_reading.NUMBERED.fullmatch(said)
    if numbered is None and not WORDS.search(said):
        await turn.answer(Card(f"Hvad mangler? »{quote(said, 300)}« Intet er sendt. Skriv fx {EXAMPLE}."))
        return
    if numbered is None:
        row = await assistance.request(turn, said, needs.asked_for(turn.rules, said), turn.sender)
        await _ask(turn, row)
        return
    number = int(numbered["no"] or numbered["bare"])
    standing = await turn.db.scalar(
        select(AssistanceRequest).where(
            AssistanceRequest.crisis_id == turn.the_crisis.id, AssistanceRequest.number == number
        )
    )
    if standing is None or standing.state in ANSWERED:
        gone = "er afgjort" if standing is not None else "findes ikke"
        await turn.answer(Card(f"B{number} {gone}. Intet er sendt. Skriv fx {EXAMPLE}."))
        return
    await _ask(turn, standing, numbered["more"] or "")


@action("agency.ask", who=rights.runs_staff, begins=True)
async def ask(turn: Turn, request: int) -> None:
    """Ask 4K to pass a request on to the agency, by `Til BRS gennem 4K`."""
    row = await turn.of_crisis(AssistanceRequest, request)
    if row is not None and row.state not in ANSWERED:
        await _ask(turn, row)


async def _ask(turn: Turn, request: AssistanceRequest, more: str = "") -> None:
    """Put a request before 4K, once, and have it followed up; whoever lacks something is told where it is.

    Args:
        more: what was said beside its number; it is not the request's, and whoever said it is told so.
    """
    before = await agency_card.newest(turn, request)
    left = f"\n»{quote(more, 300)}« er ikke sendt med. Ring, eller skriv det som en anmodning for sig." if more else ""
    if before is not None and before.answer is None:
        await turn.answer(Card(f"B{request.number} er hos {THROUGH}: {agency_card.state(turn, before)}.{left}"))
        return
    persons = agency_card.fourk(turn)
    if not persons:
        await turn.answer(Card(f"Planen har ingen hos Beredskab 4K. Ring selv til 4K; B{request.number} er uændret."))
        return
    number = await next_number(turn.db, AgencyRequest.number, AgencyRequest.crisis_id == turn.the_crisis.id)
    entry = await turn.log(
        f"B{request.number} er sendt til {turn.name(persons[0])} (Beredskab 4K) med bøn om at sende den til {AGENCY}",
        kind="assistance",
        sender=turn.sender,
        receiver=persons[0],
        direction="out",
        verification="confirmed",
        status="pending",
        refs={"assistance": request.number, "agency": number},
    )
    row = AgencyRequest(
        crisis_id=turn.the_crisis.id,
        number=number,
        request_id=request.id,
        person=persons[0],
        asked_by=turn.sender,
        asked_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    await _tell(turn, row, request, persons[0])
    await turn.at(turn.now + RECEIPT, "agency.waiting", agency_card.key(row, "waiting"), agency=row.id)
    await assistance_answers.pass_on(turn, request, THROUGH, turn.now + AGAIN)
    numbers = ", ".join(f"{name} {phone}" for name, phone in turn.plan.phones.items())
    await turn.answer(
        Card(
            f"B{request.number} er sendt til {turn.name(persons[0])}, {turn.phone(persons[0])} (4K), som sender den til "
            f"{AGENCY} (log nr. {entry.no}). Svarer de ikke, mindes sekretariatet {turn.clock(turn.now + RECEIPT)}."
            + (f"\nHaster det, så ring: {quote(numbers, 300)}." if numbers else "")
            + staying_inside.reminder(turn)
            + left
        )
    )


async def _tell(turn: Turn, row: AgencyRequest, request: AssistanceRequest, person: str) -> None:
    drawn = agency_card.card(turn, row, request)
    await turn.say(person, drawn, key=agency_card.key(row, person), kind="notice", urgency=URGENT)


@action("agency.passed_on")
async def passed_on(turn: Turn, agency: int) -> None:
    """Note that 4K has passed a request on to the agency, from 4K, or those who run the staff for whoever rang."""
    found = await _open_or_refuse(turn, agency)
    if found is None or found[0].passed_on_at is not None:
        return
    row, request = found
    row.passed_on_by, row.passed_on_at = turn.sender, turn.received
    await turn.log(
        f"B{request.number}: Beredskab 4K har sendt anmodningen til {AGENCY}",
        kind="assistance",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        verification="confirmed",
        status="in_progress",
        refs={"assistance": request.number, "agency": row.number, "about": row.log_no},
    )
    await turn.db.flush()
    await turn.cancel(agency_card.key(row, "waiting"))
    await _redraw(turn, row, request)


@action("agency.answered")
async def answered(turn: Turn, agency: int) -> None:
    """Note what the agency answered, from 4K or those who run the staff: what it can't is the staff's again."""
    found, answer, said = await _open_or_refuse(turn, agency), turn.chosen("answer", ANSWERS), turn.value("said")
    if found is None:
        return
    if answer is None or not said:
        await turn.answer(Card(f"Skriv, om {AGENCY} kan hjælpe, og hvad de siger. Intet er ændret."))
        return
    row, request = found
    row.answer, row.said, row.answered_by, row.answered_at = answer, said, turn.sender, turn.received
    if row.passed_on_at is None:
        row.passed_on_by, row.passed_on_at = turn.sender, turn.received
    await turn.log(
        f"B{request.number}: {AGENCY} svarer {ANSWERS[answer]}: {said}",
        kind="assistance",
        sender=AGENCY,
        receiver="krisestaben",
        direction="in",
        status="done",
        refs={"assistance": request.number, "agency": row.number, "about": row.log_no},
    )
    await turn.db.flush()
    await turn.cancel(agency_card.key(row, "waiting"))
    if request.state not in ANSWERED:
        await assistance_answers.answered_elsewhere(
            turn, request, f"{AGENCY}: {ANSWERS[answer]}. {said}", met=answer == "yes"
        )
    await _redraw(turn, row, request)


async def _open_or_refuse(turn: Turn, agency: int) -> tuple[AgencyRequest, AssistanceRequest] | None:
    """Return what is asked and not answered yet, with its request; refuse whoever neither is of 4K nor runs the staff."""
    row = await turn.of_crisis(AgencyRequest, agency)
    request = await turn.db.get(AssistanceRequest, row.request_id) if row is not None else None
    if row is None or request is None:
        return None
    persons = [row.person, *agency_card.fourk(turn)]
    if await running.refuse_all_but(turn, "Beredskab 4K", persons, rights.runs_staff):
        return None
    if row.answer is not None:
        await turn.replace(agency_card.card(turn, row, request))
        return None
    return row, request


async def _redraw(turn: Turn, row: AgencyRequest, request: AssistanceRequest) -> None:
    """Change every card about it: 4K's, and those of the request."""
    drawn = agency_card.card(turn, row, request)
    await turn.replace(drawn)
    await turn.redraw(agency_card.key(row, ""), drawn)
    await assistance_card.show(turn, request)
    await in_charge.tell(
        turn,
        Card(
            f"*B{request.number}, {THROUGH}:* {agency_card.state(turn, row)}."
            + (f"\n»{quote(row.said)}«" if row.said else "")
        ),
        lambda name: f"agency_state/{row.id}/{row.answer or 'passed_on'}/{name}",
    )


@timer("agency.waiting", urgent=True)
async def waiting(turn: Turn, agency: int) -> None:
    """Have the secretariat ring 4K, and ask the next there, where nobody at 4K has said that a request was passed on."""
    row = await turn.db.get(AgencyRequest, agency)
    request = await turn.db.get(AssistanceRequest, row.request_id) if row is not None else None
    if row is None or request is None or row.passed_on_at is not None or request.state in ANSWERED:
        return
    others = [person for person in agency_card.fourk(turn) if person != row.person][:1]
    for person in others:
        await _tell(turn, row, request, person)
    drawn = agency_card.card(turn, row, request)
    numbers = [f"{turn.name(row.person)} {turn.phone(row.person)}"]
    numbers += [f"{name} {phone}" for name, phone in turn.plan.phones.items()]
    also = f" {turn.names(others)} er også spurgt." if others else ""
    await turn.notify(
        turn.rules.holders("sekretær") or (await turn.chiefs())[:1],
        Card(
            f"⏰ *4K har ikke kvitteret for B{request.number} til {AGENCY}.* Ring: {quote(', '.join(numbers), 400)}.{also}"
            f"{staying_inside.reminder(turn)}",
            drawn.facts,
            buttons=drawn.buttons,
        ),
        kind="reminder",
        summary=f"Mindet om B{request.number} til {AGENCY}, som 4K ikke har kvitteret for",
        key=agency_card.key(row, "ring"),
        urgency=URGENT,
    )


async def _list(turn: Context) -> Card:
    rows = list(
        await turn.db.scalars(
            select(AgencyRequest).where(AgencyRequest.crisis_id == turn.the_crisis.id).order_by(AgencyRequest.number)
        )
    )
    every = {row.id: row for row in await assistance.of_crisis(turn)}
    seen, unseen = await clearance.visible_rows(
        turn, [every[row.request_id] for row in rows if row.request_id in every]
    )
    shown = {each.id for each in seen}
    facts = tuple(
        (
            f"B{every[row.request_id].number}",
            f"{quote(every[row.request_id].text, 200)} – {agency_card.state(turn, row)}",
        )
        for row in rows
        if row.request_id in shown
    )
    waiting = sum(row.answer is None for row in rows)
    said = f"{waiting} afventer svar." if rows else f"Intet er spurgt om endnu. Skriv fx {EXAMPLE}."
    return Card(f"*{THROUGH}:* {said}\n{unseen}".rstrip(), facts[-SHOWN:])
