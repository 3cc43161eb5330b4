"""The framing staff's meeting and its decisions. Plan §5, "Den rammesættende krisestab"."""

from __future__ import annotations

from datetime import timedelta

from handlers.core import form_values, quiet, rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.registry import action, timer
from handlers.core.rights import framing
from handlers.core.turn import Turn
from handlers.crisis import framing_card
from handlers.crisis.framing_questions import NO, behalf, call_members, questions
from handlers.log import journal
from handlers.meetings import meeting_card
from handlers.staff import chief_asked, membership, summoning
from storage.rows.framing import FramingMeeting
from storage.rows.measures import Decision
from storage.rows.numbers import next_number

# "træder sammen hurtigst muligt": so long after it was called somebody is asked why it hasn't.
NOT_HELD = timedelta(minutes=45)


async def ask(turn: Turn) -> None:
    """Call a meeting of the framing staff at the activation, "træder sammen hurtigst muligt", and show its card in the
    channel."""
    turn.db.add(
        FramingMeeting(
            crisis_id=turn.the_crisis.id,
            number=await next_number(turn.db, FramingMeeting.number, FramingMeeting.crisis_id == turn.the_crisis.id),
            called_at=turn.now,
            called_by=turn.sender,
            present=[],
            absent=[],
        )
    )
    await turn.db.flush()
    await framing_card.show(turn)
    await turn.at(turn.now + NOT_HELD, "framing.not_held", _key(turn), before=0)


@timer("framing.not_held", level_two=True)
async def not_held(turn: Turn, before: int) -> None:
    """Remind those who can see to it that the framing staff has not met, ever more seldom, until it has; and from the
    first time on that the staff has no chief, who should have been named there.

    Args:
        before: how many times it has been said already.
    """
    crisis, row = turn.the_crisis, await framing_card.newest(turn)
    if row is None or row.started_at is not None or await meeting_card.held(turn):
        return
    mayor = turn.rules.holder("borgmester")
    deputies = turn.rules.deputies("borgmester")
    first = [mayor] if mayor and before == 0 and mayor not in turn.plan.absent else [mayor, *deputies]
    await turn.notify(
        dict.fromkeys([person for person in [*first, *turn.rules.holders("sekretær")] if person]),
        Card(
            f"❗ *Det rammesættende møde er ikke holdt* (krise nr. {crisis.number}, indkaldt {turn.clock(row.called_at)}). "
            "Den rammesættende krisestab træder sammen hurtigst muligt. Mødet startes på kortet i stabens kanal.",
        ),
        kind="reminder",
        summary="Mindet om, at det rammesættende møde ikke er holdt",
    )
    if before == 0:
        await chief_asked.begin(turn)
    await turn.at(await quiet.again(turn, NOT_HELD, before, mayor), "framing.not_held", _key(turn), before=before + 1)


def _key(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/framing_not_held"


@action("framing.start", who=rights.meets, begins=True)
async def start(turn: Turn, meeting: int) -> None:
    """Start the meeting: write down who is there, and when it began; nothing waits for those who are missing."""
    row = await _standing(turn, meeting)
    if row is None or row.started_at is not None:
        return
    missing, unknown = await form_values.persons_and_others(turn, "absent")
    present, absent, silent = await summoning.who_is_there(turn, missing, "framing")
    row.started_at, row.started_by = turn.now, turn.sender
    row.present, row.absent = present, absent
    guests = f"; {', '.join(unknown)}" if unknown else ""
    await turn.log(
        f"Det rammesættende møde er begyndt. Til stede: {turn.names(row.present) or 'ikke noteret'}"
        + (f". Mangler: {turn.names(absent)}{guests}" if absent or unknown else "")
        + (f". Har ikke svaret på indkaldelsen: {turn.names(silent)}" if silent else ""),
        kind="meeting",
        verification="confirmed",
        refs={"framing_meeting": row.number},
    )
    await framing_card.show(turn)


@action("framing.decide", who=framing, begins=True)
async def decide(turn: Turn, subject: str, answer: str = "") -> None:
    """Log a numbered decision and on whose behalf it is, and set going what follows from it at once. It can be made
    anew."""
    row, question = await framing_card.newest(turn), questions(turn).get(subject)
    if row is None or question is None or await framing_card.refuse_without_staff(turn):
        return
    said, persons = answer or turn.value("answer"), list[str]()
    if question.summons and not answer:
        persons = await form_values.persons(turn, "answer")
    if not said:
        return
    number = await next_number(turn.db, Decision.number, Decision.crisis_id == turn.the_crisis.id)
    principal = behalf(turn)
    entry = await turn.log(
        f"Beslutning {number}: {question.name}: {said}\nDen rammesættende krisestab, {rights.acting(turn, turn.sender, principal)}.",
        kind=framing_card.KIND,
        sender=turn.sender,
        verification="confirmed",
        refs={
            "subject": subject,
            "answer": said,
            "decision": number,
            "framing_meeting": row.number,
            "on_behalf_of": principal,
        },
    )
    turn.db.add(
        Decision(
            crisis_id=turn.the_crisis.id,
            number=number,
            state="decided",
            text=f"{question.name}: {said}",
            negative=said == NO,
            decided_by=turn.sender,
            on_behalf_of=principal,
            registered_by=turn.sender,
            at=turn.now,
            log_no=entry.no,
        )
    )
    row.asking = None
    await turn.db.flush()
    if question.follows is not None:
        await question.follows(turn, said)
    if question.summons:
        await call_members(turn, persons)
    await framing_card.show(turn)


@action("framing.later", who=rights.meets, begins=True)
async def later(turn: Turn, subject: str) -> None:
    """Ask the next open question instead; this one comes round again."""
    row = await framing_card.newest(turn)
    if row is None:
        return
    decided, _ = await framing_card.answers_so_far(turn, row)
    every = list(questions(turn))
    place = every.index(subject) if subject in every else 0
    row.asking = next((each for each in [*every[place + 1 :], *every[:place]] if each not in decided), None)
    await framing_card.show(turn)


@action("framing.choose", who=rights.meets, begins=True)
async def choose(turn: Turn, meeting: int) -> None:
    """Ask a question out of its turn, or one more time."""
    row = await _standing(turn, meeting)
    subject = turn.chosen("subject", questions(turn))
    if row is None or subject is None:
        return
    row.asking = subject
    await framing_card.show(turn)


@action("framing.end", who=rights.meets)
async def end(turn: Turn, meeting: int) -> None:
    """End the meeting: log what was decided and what was not, in one line that is filed; then hand over to the
    operational staff."""
    row = await _standing(turn, meeting)
    if row is None or row.started_at is None or row.ended_at is not None:
        return
    row.ended_at, row.ended_by, row.asking = turn.now, turn.sender, None
    decided, _ = await framing_card.answers_so_far(turn, row)
    every = questions(turn)
    still_open = [question.name for subject, question in every.items() if subject not in decided]
    outcome = "; ".join(f"{every[subject].name}: {decided[subject]}" for subject in every if subject in decided)
    entry = await turn.log(
        f"Det rammesættende møde er slut. Besluttet: {outcome or 'intet'}"
        + (f". Ikke besluttet: {', '.join(still_open)}" if still_open else ""),
        kind="meeting",
        verification="confirmed",
        refs={"framing_meeting": row.number},
    )
    await journal.demand(turn, entry, "decision", "Beslutninger på det rammesættende møde")
    await turn.db.flush()
    await framing_card.show(turn)
    await chief_asked.begin(turn)


@action("framing.another", who=rights.meets, begins=True)
async def another(turn: Turn) -> None:
    """Ask whether there is to be one more meeting: "Afholder som udgangspunkt blot et enkelt møde"."""
    await turn.answer(
        Card(
            "Den rammesættende krisestab holder som udgangspunkt blot et enkelt møde. Skal den mødes igen?",
            buttons=(
                Button("Ja, indkald igen", "framing.call", {"crisis": turn.the_crisis.id}, style="primary"),
                Button("Nej tak", "framing.no", {"crisis": turn.the_crisis.id}),
            ),
        )
    )


@action("framing.no", who=rights.meets)
async def no(turn: Turn) -> None:
    """Call no second meeting, as whoever was asked chose."""
    await turn.replace(Card("Der er ikke indkaldt til et rammesættende møde mere."))


@action("framing.call", who=rights.meets, begins=True)
async def call(turn: Turn) -> None:
    """Call the mayor and the directorate again, with where."""
    row = await framing_card.newest(turn)
    if await framing_card.refuse_without_staff(turn):
        return
    if row is not None and row.ended_at is None:
        await turn.replace(Card("Der er allerede indkaldt til det."))
        return
    mayor = turn.rules.holder("borgmester")
    wanted = [person for person in [mayor, *turn.rules.board()] if person]
    for person in wanted:
        await membership.add_member(turn, person, "framing", "den rammesættende krisestab, igen")
    place = await summoning.meeting_place(turn)
    where = f" Mødet holdes straks: {quote(place, 300)}" if place else ""
    await turn.notify(
        wanted,
        Card(
            f"🚨 *Du indkaldes til den rammesættende krisestab igen*, krise nr. {turn.the_crisis.number}: "
            f"{quote(turn.the_crisis.title)}.{where}"
        ),
        kind="summons",
        summary="Den rammesættende krisestab er indkaldt igen",
    )
    await turn.replace(Card("Den rammesættende krisestab er indkaldt igen."))
    await ask(turn)


@action("framing.place", who=rights.meets, begins=True)
async def move(turn: Turn) -> None:
    """Set the place or the link, which the summons then says."""
    place = turn.value("place")
    if not place or place == await summoning.meeting_place(turn):
        await turn.answer(Card("Stedet er som før. Intet er ændret."))
        return
    await summoning.move(turn, place)
    await summoning.tell_where(turn)
    await framing_card.show(turn)
    await turn.answer(Card(f"Mødet holdes: {quote(place, 200)}."))


async def _standing(turn: Context, meeting: int) -> FramingMeeting | None:
    return await turn.of_crisis(FramingMeeting, meeting)
