"""Clearance: decides what a reader may see, by four grades and whom each is open to. Plan §8, "graderne af
fortrolighed"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select

from handlers.core import audiences, rights
from handlers.core.card import Card
from handlers.core.context import Context
from storage.case import redaction
from storage.grades import DEFAULT, GRADES, Grade, within
from storage.letters import fold
from storage.plan.persons import SECRETARIAT_ROLES, SERVING_ROLES
from storage.rows.alert import Approval
from storage.rows.log import LogKind, LogState
from storage.rows.staff import LISTS, LOG, OUTSIDE, External, Sharing, Subject
from storage.rows.traffic import PlaceRecipient, StaffRecipient

OPEN, INTERNAL, STAFF, CONFIDENTIAL = GRADES
# What many look at: the staff's channel, the wall board, what goes to C3.
SHARED = STAFF
# Whose a list's row is: who gave it, who has it, who has been asked. An order's receiver isn't, before it is issued.
OWNERS = (
    "owner",
    "created_by",
    "requester",
    "asker",
    "asked",
    "added_by",
    "drafted_by",
    "written_by",
    "delegated_to",
    "changed_by",
    "source",
)
# A verb, its number and a mark may stand before "fortrolig:"; a grade's name is of so many words at most, and by as many of those
# behind it they are known again.
MOST_BEFORE, NAME = 6, 3
# Lines of what is for whoever it goes to: a warning's deciders, a question's centres.
TO_MANY: Collection[LogKind] = ("alert", "assessment", "escalation", "broadcast")

Row = TypeVar("Row")


async def highest_for(turn: Context, recipient: str, subject: Subject = LOG) -> Grade:
    """Return the highest grade that somebody may see.

    Args:
        recipient: a person, or the staff's channel.
        subject: of what: one of `storage.rows.staff.SUBJECTS`.
    """
    if isinstance(recipient, StaffRecipient):
        return SHARED
    if isinstance(recipient, PlaceRecipient):
        return OPEN
    if recipient.startswith(OUTSIDE):
        return await _from_outside(turn, recipient.removeprefix(OUTSIDE))
    if recipient in await turn.chiefs() or any(
        rights.acts_as(turn.rules, recipient, role) for role in SECRETARIAT_ROLES
    ):
        return CONFIDENTIAL
    if recipient in await turn.members() or any(rights.acts_as(turn.rules, recipient, role) for role in SERVING_ROLES):
        return STAFF
    if await _runs_level_one(turn, recipient):
        return STAFF
    decided = await _decided_for(turn, recipient, subject)
    if decided is not None:
        return decided
    if subject == LISTS:
        # A list tells what the log tells.
        return await highest_for(turn, recipient, LOG)
    return INTERNAL if turn.rules.centres_of(recipient) and subject == LOG else OPEN


async def highest_here(turn: Context, subject: Subject = LOG) -> Grade:
    """Return the highest grade that an answer may show where it is given: in the channel no more than all there may
    see."""
    return SHARED if turn.incoming is None else await highest_for(turn, await turn.here(), subject)


async def forwarded(turn: Context, person: str, subject: Subject) -> Grade:
    """Return the highest grade that somebody may be sent by those who decide on it themselves: where nothing is decided
    for them, what the staff shares ("videresendes til de niveauer, der er besluttet relevante")."""
    decided = await _decided_for(turn, person, subject)
    own = await highest_for(turn, person, subject)
    return own if decided is not None else max(own, SHARED, key=GRADES.index)


async def can_share(turn: Context, grade: Grade) -> str:
    """Tell who can let more people see what has a grade, by name; empty for what is never shared with many."""
    chiefs = await turn.chiefs()
    if grade == CONFIDENTIAL or not chiefs:
        return ""
    return f"{turn.name(chiefs[0])} leder krisestaben og kan beslutte at dele det: */krise deling*."


async def visible_rows(turn: Context, rows: Sequence[Row], reader: str | None = None) -> tuple[list[Row], str]:
    """Return the rows of a list that may be shown: up to the reader's grade, and what is the reader's own or their
    centre's.

    A row has the grade of the log line that it stands at, and Stab when it stands at none.

    Args:
        rows: of one table, of this crisis.
        reader: a person, or the staff's channel; None: where an answer is given.

    Returns:
        them, in their order; and a line that says how many others there are, and who can share them. Empty for none.
    """
    reader = reader or await turn.here()
    highest = await highest_for(turn, reader, LISTS)
    grades = await grades_of(turn, rows)
    shown, left_out = [], Counter[Grade]()
    for row, grade in zip(rows, grades, strict=True):
        if within(grade, highest) or _is_own(turn, row, reader, grade):
            shown.append(row)
        else:
            left_out[grade] += 1
    told = not_shown(turn, left_out)
    sharable = await can_share(turn, SHARED) if any(grade != CONFIDENTIAL for grade in left_out) else ""
    return shown, f"{told} {sharable}".strip()


async def grades_of(turn: Context, rows: Iterable[Any]) -> list[Grade]:
    """Return the grade that each of some rows has now: that of the log line it stands at."""
    numbers: list[int | None] = [
        next((no for name in redaction.LINES if (no := getattr(row, name, None)) is not None), None) for row in rows
    ]
    known: Mapping[int | None, Grade] = {}
    # SQLite goes through the whole log to find none of its lines.
    if wanted := [no for no in numbers if no is not None]:
        found = await turn.db.execute(
            select(LogState.no, LogState.grade).where(LogState.crisis_id == turn.the_crisis.id, LogState.no.in_(wanted))
        )
        known = dict(found.all())
    return [known.get(no, DEFAULT) for no in numbers]


def _is_own(turn: Context, row: Any, reader: str, grade: Grade) -> bool:
    """Whether it is the reader's own, of any grade; or, below the highest, of a centre that they lead or speak for."""
    named = [getattr(row, column, None) or () for column in OWNERS]
    persons = {person for each in named for person in ([each] if isinstance(each, str) else each)}
    if reader in persons or grade == CONFIDENTIAL:
        return reader in persons
    centres = {each.name for person in persons for each in turn.rules.centres_of(person)} | {getattr(row, "centre", "")}
    return any(each.name in centres for each in turn.rules.centres_of(reader))


def above(grade: Grade) -> ColumnElement[bool]:
    """Build the condition, for a query on `LogState`, for lines that whoever may see up to a grade does not see.

    Few lines are above what most may see, and stand together in an index. So it is they that are named, here and below:
    a database that looked for all the others by their grade would go through the whole log.
    """
    return LogState.grade.in_([each for each in GRADES if not within(each, grade)])


def up_to(grade: Grade) -> ColumnElement[bool]:
    """Build the condition, for a query on `LogState`, for lines that whoever may see up to a grade sees."""
    return LogState.grade.not_in([each for each in GRADES if not within(each, grade)])


async def hidden(turn: Context, numbers: Collection[int], grade: Grade) -> set[int]:
    """Return those of the log lines with these numbers that are above a grade."""
    if not numbers:
        return set()
    found = await turn.db.scalars(
        select(LogState.no).where(LogState.crisis_id == turn.the_crisis.id, LogState.no.in_(numbers), above(grade))
    )
    return set(found)


async def unseen(turn: Context, grade: Grade, *where: ColumnElement[bool]) -> str:
    """Tell how many of the crisis' lines are above a grade, as in "2 linjer er ikke vist: de er Fortrolig."; empty when
    none is.

    Args:
        grade: what is shown.
        where: which of the log's lines there is talk of, on `LogState` alone.
    """
    counted = await turn.db.execute(
        select(LogState.grade, func.count())
        .where(LogState.crisis_id == turn.the_crisis.id, above(grade), *where)
        .group_by(LogState.grade)
    )
    return not_shown(turn, dict(counted.all()))


def not_shown(turn: Context, counted: Mapping[Grade, int]) -> str:
    """Tell that lines are left out, how many and why; empty for none.

    Args:
        counted: how many there are of each grade.
    """
    total = sum(counted.values())
    if not total:
        return ""
    names = " eller ".join(turn.rules.grade_name(grade) for grade in GRADES if counted.get(grade))
    return f"1 linje er ikke vist: den er {names}." if total == 1 else f"{total} linjer er ikke vist: de er {names}."


def named(turn: Context, text: str) -> Grade | None:
    """Find the grade that the municipality calls so, also as "fortroligt" and "fortrolige"; None where there is
    none."""
    said = fold(text)
    for grade in GRADES:
        name = fold(turn.rules.grade_name(grade))
        if said in (name, f"{name}t", f"{name}e"):
            return grade
    return None


def spoken(turn: Context, text: str) -> tuple[bool, Grade, str]:
    """Read what is said of a line before its words: "! fortrolig: …", in any order.

    Returns:
        whether it is said to be confirmed, its grade, and the words.
    """
    mark = ""
    grade: Grade | None = None
    while True:
        text = text.strip()
        name, colon, rest = text.partition(":")
        called = named(turn, name) if colon and grade is None else None
        if text[:1] in ("!", "?") and not mark:
            mark, text = text[0], text.lstrip("!?")
        elif called is not None:
            grade, text = called, rest
        else:
            return mark == "!", grade or SHARED, text


def unmarked(turn: Context, text: str) -> str:
    """Return the words behind the mark and the grade that a line begins with, as `spoken` reads them."""
    return spoken(turn, text)[2]


def is_said_to_be_secret(turn: Context, summary: str, kind: LogKind) -> bool:
    """Whether a line has words in it that its writer began with "fortrolig:", behind whatever verb or in whatever field: what all
    have read can't be taken back. A warning and a question to many are read by those they go to.

    Args:
        summary: the line, with the words as they were typed; "fortrolig:" itself may have been taken for a verb.
        kind: the line's.
    """
    incoming = turn.incoming
    if incoming is None or turn.crisis is None or turn.crisis.level != 2 or kind in TO_MANY:
        return False
    for said in (incoming.text, *incoming.values.values()):
        before, colon, rest = said.partition(":")
        words, begins = before.split(), " ".join(rest.split()[:NAME])
        called = any(named(turn, " ".join(words[at:])) == CONFIDENTIAL for at in range(len(words))[-NAME:])
        in_it = called and (f"{words[-1]}:" in summary or (begins and begins in " ".join(summary.split())))
        if colon and in_it and len(words) <= MOST_BEFORE:
            return True
    return False


async def repeats_secret(turn: Context, text: str, refs: Mapping[str, Any] | None = None) -> bool:
    """Whether a text says what a confidential line says, or tells of the same row: then it is as confidential.

    Args:
        refs: what the line that it stands in speaks of, where it is one.
    """
    secrets = await turn.secrets()
    return redaction.row_of(refs or {}) in secrets.rows or redaction.tells(text, secrets)


async def redacted_for(turn: Context, card: Card, recipient: str) -> Card:
    """Redact a card as its recipient may see it: what repeats a confidential line's words says so instead."""
    if turn.crisis is None:
        return card
    secrets = await turn.secrets()
    if secrets == redaction.NOTHING:
        return card
    drawn = card.to_json()
    mark, leave = f"({turn.rules.grade_name(CONFIDENTIAL)})", ("do", "args", "id", "kind", "style")
    # Those who said it, and those it was said to, know it already.
    cut = redaction.without(drawn, secrets, mark, reader=recipient, leave=leave, together=True)
    return card if cut == drawn or await highest_for(turn, recipient) == CONFIDENTIAL else Card.from_json(cut)


async def decisions(turn: Context) -> dict[tuple[Subject, str], Sharing]:
    """Return what is decided on who may know what: by subject and group, the newest of each."""
    rows = await turn.db.scalars(select(Sharing).where(Sharing.crisis_id == turn.the_crisis.id).order_by(Sharing.id))
    return {(row.subject, row.audience): row for row in rows}


async def _runs_level_one(turn: Context, person: str) -> bool:
    """Whether somebody is of a centre that has decided to run level 1 itself: the log is the centre's own (plan §2)."""
    if turn.crisis is None or turn.crisis.level != 1:
        return False
    approved = await turn.db.scalars(
        select(Approval.person).where(
            Approval.crisis_id == turn.crisis.id, Approval.subject == "level1", Approval.withdrawn_at.is_(None)
        )
    )
    runs_it = {centre.name for each in approved for centre in turn.rules.centres_of(each)}
    return any(centre.name in runs_it for centre in turn.rules.centres_of(person))


async def _decided_for(turn: Context, person: str, subject: Subject) -> Grade | None:
    """Return the highest grade that is decided for any group that somebody is in; None where nothing is decided."""
    found = [
        row.grade or OPEN
        for (about, audience), row in (await decisions(turn)).items()
        if about == subject and person in await audiences.group(turn, audience)
    ]
    return max(found, key=GRADES.index, default=None)


async def _from_outside(turn: Context, name: str) -> Grade:
    found = await turn.db.scalar(
        select(External.clearance).where(
            External.crisis_id == turn.the_crisis.id, External.name == name, External.until.is_(None)
        )
    )
    return found or OPEN
