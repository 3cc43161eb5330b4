"""External members of the staff: who they are, how they are reached, and what they may see. Plan §5; §8."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.core import audiences, clearance, rights, staying_inside
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import cpr
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.grades import GRADES, Grade
from storage.letters import fold
from storage.rows.log import LogEntry, LogState
from storage.rows.staff import LOG, OUTSIDE, External, Member

SHOWN = 40
DEFAULT = clearance.INTERNAL


def form(turn: Context) -> tuple[Field, ...]:
    """Return the fields that ask about somebody from outside."""
    grades = tuple((grade, turn.rules.grade_name(grade)) for grade in GRADES)
    return (
        Field("name", "Navn", required=True),
        Field("organisation", "Organisation", required=True),
        Field("contact", "Telefon eller mail", required=True),
        Field("clearance", "Må se oplysninger til og med", "choice", value=DEFAULT, choices=grades),
    )


def button(turn: Context) -> Button:
    """Make the button that opens the form."""
    about = {"crisis": turn.the_crisis.id}
    return Button("Ekstern part", "externals.new", about, form=form(turn), form_title="Ekstern part")


@action("externals.new", who=rights.runs_staff, begins=True)
async def new(turn: Turn) -> None:
    """Let an external member in from the form."""
    await enter(
        turn,
        turn.value("name"),
        turn.value("organisation"),
        turn.value("contact"),
        turn.chosen("clearance", GRADES) or DEFAULT,
    )


async def typed(turn: Turn, text: str) -> None:
    """Let an external member in from "Lone Bak, Politiet, 114" or, with what they may see, "…, intern"."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    grade = clearance.named(turn, parts[3]) if len(parts) > 3 else DEFAULT
    if len(parts) < 3 or not grade:
        names = ", ".join(turn.rules.grade_name(grade) for grade in GRADES)
        await turn.answer(
            Card(
                "Navn, organisation og telefon eller mail, med komma imellem. Intet er ændret. Skriv fx "
                f"*/krise ind ekstern Lone Bak, Politiet, 114*. Sidst kan stå, hvad de må se: {names}.",
                buttons=(button(turn),),
            )
        )
        return
    await enter(turn, parts[0], parts[1], parts[2], grade)


async def enter(turn: Turn, name: str, organisation: str, contact: str, grade: Grade) -> None:
    """Let somebody from outside into the operational staff.

    Args:
        contact: how the secretariat reaches them.
        grade: the highest grade they may see.
    """
    if not (name and organisation and contact) or grade not in GRADES:
        await turn.answer(Card("Navn, organisation og telefon eller mail skal udfyldes. Intet er ændret."))
        return
    person = f"{OUTSIDE}{name}"
    if any(row.name == name for row in await present(turn)):
        await turn.answer(Card(f"{quote(name)} er allerede med i krisestaben."))
        return
    turn.db.add(
        External(
            crisis_id=turn.the_crisis.id,
            name=name,
            organisation=organisation,
            contact=contact,
            clearance=grade,
            since=turn.now,
            added_by=turn.sender,
        )
    )
    turn.db.add(
        Member(
            crisis_id=turn.the_crisis.id,
            person=person,
            staff="operational",
            since=turn.now,
            reason=f"ekstern part, {organisation}",
            added_by=turn.sender,
        )
    )
    await turn.db.flush()
    sees = turn.rules.grade_name(grade)
    await turn.log(
        f"Ind i krisestaben: {name} ({organisation}), ekstern part; må se til og med {sees}",
        kind="member",
        receiver=person,
        verification="confirmed",
    )
    await turn.answer(
        Card(
            f"{quote(name)} ({quote(organisation)}) er med i krisestaben som ekstern part og må se til og med *{sees}*. "
            f"Ring eller skriv selv: {quote(contact)}.{staying_inside.reminder(turn)}\nTekst, der må deles: */krise delbart {quote(name)}*."
        )
    )


async def leave(turn: Turn, name: str) -> bool:
    """Let somebody from outside step out again; False when nobody of that name is in."""
    row = next((each for each in await present(turn) if fold(each.name) == fold(name.lstrip("@"))), None)
    if row is None:
        return False
    row.until = turn.now
    for standing in await turn.db.scalars(
        select(Member).where(
            Member.crisis_id == row.crisis_id, Member.person == f"{OUTSIDE}{row.name}", Member.until.is_(None)
        )
    ):
        standing.until = turn.now
    await turn.db.flush()
    await turn.log(
        f"Ud af krisestaben: {row.name} ({row.organisation})", kind="member", receiver=f"{OUTSIDE}{row.name}"
    )
    stays = staying_inside.reminder(turn)
    await turn.answer(
        Card(f"{quote(row.name)} er trådt ud af krisestaben. Sig det til dem: {quote(row.contact)}.{stays}")
    )
    return True


async def present(turn: Context) -> list[External]:
    """Return those from outside who sit in the staff now."""
    query = select(External).where(External.crisis_id == turn.the_crisis.id, External.until.is_(None))
    return list(await turn.db.scalars(query.order_by(External.id)))


@verb(
    "delbart",
    help="delbart <ekstern part> eller delbart centerchefer – det af loggen, som de må se",
    who=rights.runs_staff,
    crisis=True,
    begins="never",
)
async def share(turn: Turn, text: str) -> None:
    """Show the newest lines that somebody from outside, or a group, may see, and not one more."""
    wanted = text.strip().lstrip("@")
    group = next((each for each in audiences.GROUPS if fold(each) == re.sub(r"^alle ", "", fold(wanted))), None)
    if group is not None:
        await _with_group(turn, group)
        return
    row = next((each for each in await present(turn) if fold(each.name) == fold(wanted)), None)
    if row is None:
        names = ", ".join(each.name for each in await present(turn)) or "ingen"
        await turn.answer(
            Card(
                f'Jeg kender ingen ekstern part, der hedder "{quote(text, 100)}". Med nu: {quote(names)}. '
                f"Grupper: {', '.join(audiences.GROUPS)}."
            )
        )
        return
    person = f"{OUTSIDE}{row.name}"
    highest = await clearance.highest_for(turn, person)
    lines, unseen = await _lines(turn, highest)
    await _remember(turn, f"{row.name} ({row.organisation})", person, lines, highest)
    await turn.answer(
        Card(
            f"*Til {quote(row.name)} ({quote(row.organisation)}), {quote(row.contact)}:*{staying_inside.reminder(turn)}\n"
            f"{_body(lines)}" + (f"\n\n{unseen}" if unseen else "")
        )
    )


async def _with_group(turn: Turn, group: str) -> None:
    """Send each in the group what it is decided that they may know of the log; nothing before that is decided."""
    decided = (await clearance.decisions(turn)).get((LOG, group))
    if decided is None or decided.grade is None:
        how = "Det er besluttet, at loggen ikke deles" if decided else "Det er ikke besluttet, at loggen deles"
        await turn.answer(
            Card(
                f"{how} med {group}. Intet er sendt. Chefen kan beslutte det: */krise deling log {group} "
                f"{turn.rules.grade_name(DEFAULT)}*."
            )
        )
        return
    persons = await audiences.group(turn, group)
    lines, unseen = await _lines(turn, decided.grade)
    left_out = f"\n{unseen}" if unseen else ""
    for person in persons:
        await turn.say(
            person,
            Card(
                f"*Fra krisestabens log, til orientering – nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}*\n"
                f"{_body(lines)}{left_out}"
            ),
            kind="notice",
        )
    await _remember(turn, group, ", ".join(persons), lines, decided.grade)
    await turn.answer(Card(f"Delt med {group}: {len(lines)} linjer til {len(persons)} personer.{left_out}"))


async def _lines(turn: Context, grade: Grade) -> tuple[list[str], str]:
    """Return the newest lines up to a grade, and the words that say how many are left out."""
    found = await turn.db.execute(
        select(LogEntry, LogState)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(LogEntry.crisis_id == turn.the_crisis.id, clearance.up_to(grade))
        .order_by(LogEntry.no.desc())
        .limit(SHOWN)
    )
    lines = [
        f"{entry.no}. {turn.clock(entry.recorded_time)} "
        f"{' '.join(cpr.without(entry.summary).split())[:300]}"
        f" ({'bekræftet' if state.verification == 'confirmed' else 'ubekræftet'})"
        for entry, state in reversed(list(found))
    ]
    return lines, await clearance.unseen(turn, grade)


def _body(lines: list[str]) -> str:
    return "\n".join(map(quote, lines)) or "Der er intet, de må se endnu."


async def _remember(turn: Turn, whom: str, receiver: str, lines: list[str], grade: Grade) -> None:
    await turn.log(
        f"Delt med {whom}: {len(lines)} loglinjer til og med {turn.rules.grade_name(grade)}",
        kind="shared",
        receiver=receiver,
        direction="out",
        verification="confirmed",
        refs={"shared": LOG, "grade": grade},
    )
