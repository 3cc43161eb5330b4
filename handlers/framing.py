"""The framing meeting: held at once, its decisions asked for one by one, and then over. Plan §5, Den rammesættende krisestab."""

from __future__ import annotations

from sqlalchemy import func, select

from handlers import (
    audiences,
    chief_asked,
    decisions,
    health_plan,
    journal,
    meeting_place,
    rights,
    staff,
    transition,
)
from handlers.card import Button, Card, Field, quote
from handlers.framing_questions import NO, Question, behalf, questions, unreadable
from handlers.registry import action
from handlers.rights import framing
from handlers.turn import Turn
from storage.log import exported
from storage.parts.framing import FramingMeeting
from storage.parts.orders import Decision
from storage.tables import LogEntry

KIND = "framing_decision"


async def ask(turn: Turn) -> None:
    """ "træder sammen hurtigst muligt" (R033): with the activation a meeting is called, and its card lies in the channel."""
    last = await turn.db.scalar(
        select(func.max(FramingMeeting.number)).where(FramingMeeting.crisis_id == turn.the_crisis.id)
    )
    turn.db.add(
        FramingMeeting(
            crisis_id=turn.the_crisis.id,
            number=(last or 0) + 1,
            called_at=turn.now,
            called_by=turn.sender,
            present=[],
            absent=[],
        )
    )
    await turn.db.flush()
    await show(turn)


async def show(turn: Turn) -> None:
    """The card, as it stands now."""
    row = await newest(turn)
    if row is not None:
        await turn.say(turn.staff, await _card(turn, row), key=f"crisis/{turn.the_crisis.id}/framing/{row.number}")


async def newest(turn: Turn) -> FramingMeeting | None:
    """The meeting that was called last."""
    found: FramingMeeting | None = await turn.db.scalar(
        select(FramingMeeting)
        .where(FramingMeeting.crisis_id == turn.the_crisis.id)
        .order_by(FramingMeeting.number.desc())
        .limit(1)
    )
    return found


async def _card(turn: Turn, row: FramingMeeting) -> Card:
    decided, before = await _decided(turn, row)
    every = questions(turn)
    place = await meeting_place.place(turn)
    open_subjects = [subject for subject in every if subject not in decided]
    facts = [("Mødet holdes", quote(place, 200) if place else "❗ sted eller link mangler")]
    if row.started_at:
        facts += [("Til stede", turn.names(row.present) or "ikke noteret")]
        facts += [("Mangler", turn.names(row.absent))] if row.absent else []
    facts += [(every[subject].name, quote(decided[subject], 300)) for subject in every if subject in decided]
    facts += [
        (every[subject].name, f"ikke besluttet på dette møde; sidst {quote(before[subject], 200)}")
        for subject in open_subjects
        if subject in before
    ]
    fresh = [every[subject].name for subject in open_subjects if subject not in before]
    facts += [("Ikke besluttet", ", ".join(fresh))] if fresh else []
    facts += [
        ("Sundhedsberedskabsplanen", await health_plan.line(turn) or "ikke aktiveret"),
        ("Hvem må vide hvad", "/krise deling"),
    ]
    where = Field("place", "Lokale eller link", required=True, value=place)
    always = (
        Button("Sundhedsplan", "health_plan.open"),
        Button("Sted eller link", "framing.place", form=(where,), form_title="Hvor mødes I?"),
    )
    about = {"meeting": row.id}
    again = _choose(turn, row)
    which = f" {row.number}" if row.number > 1 else ""
    if row.ended_at:
        over = await transition.line(turn, row)
        return Card(
            f"*Det rammesættende møde{which} er slut* {turn.clock(row.ended_at)}.\n{over}",
            facts=tuple(facts),
            buttons=(*await transition.buttons(turn, row), again, Button("Sundhedsplan", "health_plan.open")),
        )
    head = (
        f"*Det rammesættende møde{which} er i gang* siden {turn.clock(row.started_at)}."
        if row.started_at
        else f"*Det rammesættende møde{which}:* den rammesættende krisestab træder sammen hurtigst muligt."
    )
    subject = _asking(row, open_subjects)
    question = every.get(subject or "")
    asked = f"\n\n*{question.words}*" if question else "\n\nAlt er besluttet. Slut mødet, når I er klar."
    missing = Field("absent", "Hvem mangler? (kan udelades)", "persons", value=await _absent(turn))
    step = (
        Button("Slut mødet", "framing.end", about)
        if row.started_at
        else Button(
            "Start mødet", "framing.start", about, style="primary", form=(missing,), form_title="Det rammesættende møde"
        )
    )
    return Card(
        f"{head}{asked}",
        facts=tuple(facts),
        buttons=(
            *(_answers(subject, question, len(open_subjects)) if subject and question else ()),
            step,
            again,
            *always,
        ),
    )


def _answers(subject: str, question: Question, still_open: int) -> tuple[Button, ...]:
    """What may be pressed; the label says what it is about, so that a tap too many never answers the next question."""
    pressed = tuple(
        Button(f"{question.name}: {answer}", "framing.decide", {"subject": subject, "answer": answer})
        for answer in question.answers
    )
    filled = (
        (
            Button(
                question.label,
                "framing.decide",
                {"subject": subject},
                style="primary",
                form=(question.form,),
                form_title=question.name[:24],
            ),
        )
        if question.form
        else ()
    )
    later = (Button("Tag den senere", "framing.later", {"subject": subject}),) if still_open > 1 else ()
    return (*filled, *pressed, *later)


def _choose(turn: Turn, row: FramingMeeting) -> Button:
    """Any of the questions, also one that was answered: it can be decided anew."""
    subjects = tuple((subject, question.name) for subject, question in questions(turn).items())
    which = Field("subject", "Hvilken beslutning?", "choice", required=True, choices=subjects)
    return Button("Vælg beslutning", "framing.choose", {"meeting": row.id}, form=(which,), form_title="Vælg beslutning")


def _asking(row: FramingMeeting, open_subjects: list[str]) -> str | None:
    return row.asking or (open_subjects[0] if open_subjects else None)


@action("framing.start", who=rights.meets)
async def start(turn: Turn, meeting: int) -> None:
    """Who is there, and when it began; nothing waits for those who are missing."""
    row = await _standing(turn, meeting)
    if row is None or row.started_at is not None:
        return
    absent, unknown = await audiences.persons(turn, turn.value("absent"))
    row.started_at, row.started_by = turn.now, turn.sender
    row.absent = absent
    row.present = [person for person in await turn.members("framing") if person not in absent]
    guests = f"; {', '.join(unknown)}" if unknown else ""
    await turn.log(
        f"Det rammesættende møde er begyndt. Til stede: {turn.names(row.present) or 'ikke noteret'}"
        + (f". Mangler: {turn.names(absent)}{guests}" if absent or unknown else ""),
        kind="meeting",
        verification="confirmed",
        refs={"framing_meeting": row.number},
    )
    await show(turn)


async def _absent(turn: Turn) -> str:
    """Those of the framing staff who have said that they don't come: filled in, and mended by whoever starts."""
    return ", ".join(turn.name(person) for person in await staff.declining(turn, await turn.members("framing")))


@action("framing.decide", who=framing)
async def decide(turn: Turn, subject: str, answer: str = "") -> None:
    """A numbered decision in the log, on whose behalf, and what follows from it at once. It can be made anew."""
    row, question = await newest(turn), questions(turn).get(subject)
    said = answer or turn.value("answer")
    if row is None or question is None or not said or await transition.over(turn):
        return
    if unknown := await unreadable(turn, subject, said):
        await turn.answer(Card(f"Jeg kan ikke se, hvem {quote(', '.join(unknown), 300)} er. Intet er ændret."))
        return
    number = await decisions.next_number(turn)
    principal = behalf(turn)
    for_whom = f" på vegne af {turn.name(principal)}" if principal else ""
    entry = await turn.log(
        f"Beslutning {number}: {question.name}: {said}\nDen rammesættende krisestab, {turn.name(turn.sender)}{for_whom}.",
        kind=KIND,
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
    await show(turn)


@action("framing.later", who=rights.meets)
async def later(turn: Turn, subject: str) -> None:
    """The next open question instead; this one comes round again."""
    row = await newest(turn)
    if row is None:
        return
    decided, _ = await _decided(turn, row)
    every = list(questions(turn))
    place = every.index(subject) if subject in every else 0
    row.asking = next((each for each in [*every[place + 1 :], *every[:place]] if each not in decided), None)
    await show(turn)


@action("framing.choose", who=rights.meets)
async def choose(turn: Turn, meeting: int) -> None:
    """A question out of its turn, or one more time."""
    row = await _standing(turn, meeting)
    subject = turn.value("subject")
    if row is None or subject not in questions(turn):
        return
    row.asking = subject
    await show(turn)


@action("framing.end", who=rights.meets)
async def end(turn: Turn, meeting: int) -> None:
    """What was decided and what was not, in one line that is filed; then over to the operational staff (R034)."""
    row = await _standing(turn, meeting)
    if row is None or row.started_at is None or row.ended_at is not None:
        return
    row.ended_at, row.ended_by, row.asking = turn.now, turn.sender, None
    decided, _ = await _decided(turn, row)
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
    await show(turn)
    await chief_asked.begin(turn)


@action("framing.another", who=rights.meets)
async def another(turn: Turn) -> None:
    """ "Afholder som udgangspunkt blot et enkelt møde" (R034): one more is possible, but asked about."""
    await turn.answer(
        Card(
            "Den rammesættende krisestab holder som udgangspunkt blot et enkelt møde. Skal den mødes igen?",
            buttons=(
                Button("Ja, indkald igen", "framing.call", {"crisis": turn.the_crisis.id}, style="primary"),
                Button("Nej tak", "framing.no", {"crisis": turn.the_crisis.id}),
            ),
        )
    )


@action("framing.no")
async def no(turn: Turn) -> None:
    """It is left at one."""
    await turn.replace(Card("Der er ikke indkaldt til et rammesættende møde mere."))


@action("framing.call", who=rights.meets)
async def call(turn: Turn) -> None:
    """The mayor and the directorate are called again, with where."""
    row = await newest(turn)
    if await transition.over(turn):
        return
    if row is not None and row.ended_at is None:
        await turn.replace(Card("Der er allerede indkaldt til det."))
        return
    mayor = turn.rules.holder("borgmester")
    wanted = [person for person in [mayor, *turn.rules.board()] if person]
    for person in wanted:
        await staff.add_member(turn, person, "framing", "den rammesættende krisestab, igen")
    place = await meeting_place.place(turn)
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


@action("framing.place", who=rights.meets)
async def move(turn: Turn) -> None:
    """The place or the link, which the summons then says (R033)."""
    place = turn.value("place")
    if not place or place == await meeting_place.place(turn):
        return
    await meeting_place.move(turn, place)
    await staff.tell_where(turn)
    await show(turn)


async def _standing(turn: Turn, meeting: int) -> FramingMeeting | None:
    row = await turn.db.get(FramingMeeting, meeting)
    return row if row is not None and row.crisis_id == turn.the_crisis.id else None


async def _decided(turn: Turn, row: FramingMeeting) -> tuple[dict[str, str], dict[str, str]]:
    """The answers of this meeting, and those of the ones before it; the last of each counts."""
    entries = await turn.db.scalars(
        select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == KIND).order_by(LogEntry.no)
    )
    now: dict[str, str] = {}
    before: dict[str, str] = {}
    for entry in entries:
        refs = exported(entry)["refs"]
        (now if refs.get("framing_meeting", 1) == row.number else before)[refs["subject"]] = refs["answer"]
    return now, before
