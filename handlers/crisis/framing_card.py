"""The framing meeting's card: what it is to decide, what it has decided, who goes on. Plan §5."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core.card import Button, Card, Family, Field, quote
from handlers.core.context import Context
from handlers.core.turn import Turn
from handlers.crisis.framing_questions import Question, questions
from handlers.picture import health_plan
from handlers.staff import chief_asked, summoning
from storage.rows.framing import FramingMeeting
from storage.rows.log import LogEntry, LogKind, exported
from storage.rows.staff import OUTSIDE, Member

KIND: LogKind = "framing_decision"


async def show(turn: Turn) -> None:
    """Show the card in the staff's channel, as it stands now."""
    row = await newest(turn)
    if row is not None:
        await turn.say(turn.staff, await _card(turn, row), key=_key(turn, row))


async def end_with_the_staff(turn: Turn) -> None:
    """Ask nothing any longer on the card of any framing meeting, where it stands."""
    rows = select(FramingMeeting).where(FramingMeeting.crisis_id == turn.the_crisis.id).order_by(FramingMeeting.number)
    for row in (await turn.db.scalars(rows)).all():
        await turn.redraw(_key(turn, row), await _card(turn, row))


def _key(turn: Context, row: FramingMeeting) -> str:
    return f"crisis/{turn.the_crisis.id}/framing/{row.number}"


async def newest(turn: Context) -> FramingMeeting | None:
    """Return the meeting that was called last."""
    found: FramingMeeting | None = await turn.db.scalar(
        select(FramingMeeting)
        .where(FramingMeeting.crisis_id == turn.the_crisis.id)
        .order_by(FramingMeeting.number.desc())
        .limit(1)
    )
    return found


async def _card(turn: Context, row: FramingMeeting) -> Card:
    decided, before = await answers_so_far(turn, row)
    every = questions(turn)
    place = await summoning.meeting_place(turn)
    open_subjects = [subject for subject in every if subject not in decided]
    facts = [("Mødet holdes", quote(place, 200) if place else "❗ sted eller link mangler")]
    if row.started_at:
        facts += [("Til stede", turn.names(row.present) or "ikke noteret")]
        facts += [("Mangler", turn.names(row.absent))] if row.absent else []
        untold = [each for each in await turn.members("framing") if each not in (*row.present, *row.absent)]
        facts += [("Har ikke svaret", turn.names(untold))] if untold and not row.ended_at else []
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
        ("Hvem må vide hvad", "skriv »deling« til Krisebot"),
    ]
    where = Field("place", "Lokale eller link", required=True, value=place)
    always = (
        Button("Sundhedsplan", "health_plan.open"),
        Button("Sted eller link", "framing.place", form=(where,), form_title="Hvor mødes I?"),
    )
    about = {"meeting": row.id}
    again = _choose(turn, row)
    which = f" {row.number}" if row.number > 1 else ""
    if not turn.the_crisis.has_staff:
        # Plan §3: nobody decides anything for a staff that has stood down; a meeting that goes on is still ended.
        held = f"slut {turn.clock(row.ended_at)}" if row.ended_at else "i gang" if row.started_at else "ikke holdt"
        return Card(
            f"*Det rammesættende møde{which}:* {held}. Krisestaben er trådt ned.",
            facts=tuple(facts[1:]),
            buttons=(Button("Slut mødet", "framing.end", about),) if row.started_at and not row.ended_at else (),
        )
    if row.ended_at:
        next_step = await transition_line(turn, row)
        return Card(
            f"*Det rammesættende møde{which} er slut* {turn.clock(row.ended_at)}.\n{next_step}",
            facts=tuple(facts),
            buttons=(*await transition_buttons(turn, row), again, Button("Sundhedsplan", "health_plan.open")),
        )
    head = (
        f"*Det rammesættende møde{which} er i gang* siden {turn.clock(row.started_at)}."
        if row.started_at
        else f"*Det rammesættende møde{which}:* den rammesættende krisestab træder sammen hurtigst muligt."
    )
    subject = _asking(row, open_subjects)
    question = every.get(subject or "")
    asked = f"\n\n*{question.words}*" if question else "\n\nAlt er besluttet. Slut mødet, når I er klar."
    step = Button("Slut mødet", "framing.end", about) if row.started_at else start_button(row, await _absent(turn))
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


def start_button(row: FramingMeeting, missing: str) -> Button:
    """Make the button that starts the meeting.

    Args:
        missing: who is known not to come, as it is filled in from the start.
    """
    fields = (Field("absent", "Hvem mangler? (kan udelades)", "persons", value=missing, loose=True), summoning.ALSO)
    about = {"meeting": row.id}
    return Button(
        "Start mødet", "framing.start", about, style="primary", form=fields, form_title="Det rammesættende møde"
    )


def _answers(subject: str, question: Question, still_open: int) -> tuple[Button, ...]:
    """Make the buttons for an answer; the label says what it is about, so that a tap too many never answers the next
    question."""
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


def _choose(turn: Context, row: FramingMeeting) -> Button:
    """Make the button that chooses any of the questions, also one that was answered: it can be decided anew."""
    subjects = tuple((subject, question.name) for subject, question in questions(turn).items())
    which = Field("subject", "Hvilken beslutning?", "choice", required=True, choices=subjects)
    return Button("Vælg beslutning", "framing.choose", {"meeting": row.id}, form=(which,), form_title="Vælg beslutning")


def _asking(row: FramingMeeting, open_subjects: list[str]) -> str | None:
    return row.asking or (open_subjects[0] if open_subjects else None)


async def _absent(turn: Context) -> str:
    """Name those of the framing staff who have said that they don't come: filled in, and corrected by whoever
    starts."""
    return ", ".join(turn.name(person) for person in await summoning.declining(turn, await turn.members("framing")))


async def answers_so_far(turn: Context, row: FramingMeeting) -> tuple[dict[str, str], dict[str, str]]:
    """Return the answers of this meeting, and those of the ones before it; the last of each counts."""
    entries = await turn.db.scalars(
        select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == KIND).order_by(LogEntry.no)
    )
    now: dict[str, str] = {}
    before: dict[str, str] = {}
    for entry in entries:
        refs = exported(entry)["refs"]
        (now if refs.get("framing_meeting", 1) == row.number else before)[refs["subject"]] = refs["answer"]
    return now, before


# In the form of the transition, one field a member.
STAYS = Family("stays_{}")
GOES_ON = (("ja", "Fortsætter"), ("nej", "Træder ud"))


async def refuse_without_staff(turn: Turn) -> bool:
    """Refuse whoever pressed an old card when there is no staff any longer; returns whether they were refused."""
    crisis = turn.the_crisis
    if crisis.state == "active" and crisis.level == 2:
        return False
    await turn.answer(Card(f"Krisestaben for nr. {crisis.number} er ikke i funktion. Intet er ændret."))
    return True


async def transition_line(turn: Context, row: FramingMeeting) -> str:
    """Tell whether the operational staff has taken over, or what comes before it can."""
    if row.moved_on_at:
        return f"Den operationelle krisestab tog over {turn.clock(row.moved_on_at)}."
    return "Næste skridt: den operationelle krisestab. Vælg, hvem der fortsætter, og hvem der er chef."


async def transition_buttons(turn: Context, row: FramingMeeting) -> tuple[Button, ...]:
    """Make the buttons that hand over to the operational staff, or ask about one more framing meeting."""
    another = Button("Nyt rammesættende møde", "framing.another", {"crisis": row.crisis_id})
    if row.moved_on_at:
        return (another,)
    stays = tuple(
        Field(
            field_of(member),
            f"{name_of(turn, member)} ({_as(turn, member)})"[:75],
            "choice",
            value="ja",
            choices=GOES_ON,
        )
        for member in await at_the_table(turn)
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


async def at_the_table(turn: Context) -> list[Member]:
    """Return the framing staff, 4K's chief and those from outside: those who are asked whether they go on."""
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
    return [row for row in rows if row.staff == "framing" or row.person == service or row.person.startswith(OUTSIDE)]


def field_of(member: Member) -> str:
    """Name the form's field for a member: a name from outside may be anything."""
    return STAYS.of(member.id if member.person.startswith(OUTSIDE) else member.person)


def name_of(turn: Context, member: Member) -> str:
    """Write a member's name as others read it."""
    return turn.name(member.person)


def _as(turn: Context, member: Member) -> str:
    if member.person.startswith(OUTSIDE):
        return "ekstern"
    known = turn.rules.persons.get(member.person)
    return known.title if known and known.title else member.reason
