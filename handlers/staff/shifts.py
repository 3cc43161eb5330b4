"""`vagt`: plans the shifts of the roles. Plan §5, "minimum 3 døgn"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.core import form_values, over, passed_times, rights, running, written_times
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.staff import rest, roster, shift_changes
from handlers.staff.roster import ON_DUTY, PLANNED, WITHDRAWN
from storage.letters import fold
from storage.rows.staff import Shift

SOON = timedelta(hours=1)


@verb(
    "vagt",
    "afløsning",
    "vagtplan",
    help="vagt – hvem har vagten de næste 3 døgn; vagt logfører Mads 22 - 6; vagt overdrag <besked>",
    who=rights.staff,
    crisis=True,
    begins="with words",
)
async def shift(turn: Turn, text: str) -> None:
    """Show the roster; or plan a new shift in one breath; or hand over one's own."""
    text = text.strip()
    if not text:
        await show(turn)
        return
    handed = re.match(r"(?:overdrag|overdragelse|afløs)\b[:.]?\s*(.*)", text, re.IGNORECASE | re.DOTALL)
    if handed:
        await shift_changes.hand_over(turn, handed[1].strip())
        return
    if await _refuse_planning(turn):
        return
    role, said = _role(turn, text)
    if role is None:
        await turn.answer(
            Card(
                f'Jeg kender ikke rollen i "{quote(text, 200)}". Intet er ændret. Skriv fx {shift_changes.EXAMPLE}. '
                f"Roller: {', '.join(roster.roles(turn))}."
            )
        )
        return
    who, when = _person(turn, said)
    parts = re.split(r"(?<!\s)\s++(?:-|–|til)\s++|(?<=\d)\s?[-–]\s?(?=\d)", when, maxsplit=1)
    if who is None or len(parts) != 2:
        await turn.answer(Card(f"Hvem, og fra hvornår til hvornår? Intet er ændret. Skriv fx {shift_changes.EXAMPLE}."))
        return
    await _plan_in_words(turn, role, who, *parts)


@action("shifts.show", who=rights.staff)
async def show(turn: Turn) -> None:
    """Show each role, who has it, who comes after, and where nobody does."""
    end = max(turn.the_crisis.sustain_until or turn.now, turn.now + shift_changes.AHEAD)
    missing = await roster.unmanned(turn, end)
    every = await roster.shifts(turn, PLANNED, ON_DUTY)
    rows = []
    for role in roster.roles(turn):
        has = roster.holder(turn, role)
        lines = [f"nu {turn.name(has)}" if has else "nu ingen"]
        lines += [f"{turn.name(each.person)} {_when(turn, each)}" for each in every if each.role == role]
        lines += [f"❗ ingen {roster.span(turn, *gap)}" for gap in missing.get(role, ())]
        rows.append((role.capitalize() if role.islower() else role, "; ".join(lines[:5])))
    broken = [rest.line(turn, person, each) for person, those in (await rest.of(turn)).items() for each in those][
        : shift_changes.SHOWN
    ]
    await turn.answer(
        Card(
            "\n".join(
                [
                    f"*Vagtplan* til {turn.clock(end)}. "
                    + ("❗ Der er huller." if missing else "Alle roller er bemandet."),
                    *broken,
                ]
            ),
            facts=tuple(rows[: shift_changes.SHOWN]),
            buttons=(Button("Ny vagt", "shifts.new", {}, style="primary", form=_form(turn), form_title="Ny vagt"),),
        )
    )


def _form(turn: Context) -> tuple[Field, ...]:
    return (
        Field("role", "Rolle", "choice", required=True, choices=tuple((role, role) for role in roster.roles(turn))),
        Field("person", "Hvem har vagten?", "persons", required=True),
        Field("since", "Fra", "time", required=True),
        Field("until", "Til", "time", required=True, loose=True),
    )


@action("shifts.new", who=rights.staff, begins=True)
async def new(turn: Turn) -> None:
    """Plan a shift from the form."""
    if await _refuse_planning(turn):
        return
    role, person = turn.chosen("role", roster.roles(turn)), form_values.person(turn, "person")
    begins = form_values.moment(turn, "since")
    ends = form_values.end(turn, "until", begins) if begins is not None else None
    if role is None or person is None or begins is None or ends is None:
        await turn.answer(Card("Hvilken rolle, hvem, og fra hvornår til hvornår? Intet er ændret."))
        return
    await _plan(turn, role, person, begins, ends)


async def _refuse_planning(turn: Turn) -> bool:
    """Tell whoever may not plan shifts who does, and whoever may where there is no staff to man; returns whether the sender was
    refused."""
    if await rights.runs_staff.held(turn):
        return await over.tell_if_no_staff(turn)
    await running.refuse(turn, rights.runs_staff)
    return True


def _role(turn: Context, text: str) -> tuple[str | None, str]:
    """Find the role that a text begins with, and return the rest of it."""
    for count in (3, 2, 1):
        head = text.split()[:count]
        parts = text.split(None, count)
        for role in roster.roles(turn):
            if fold(" ".join(head)) == fold(role):
                return role, parts[count] if len(parts) > count else ""
    return None, text


def _person(turn: Context, text: str) -> tuple[str | None, str]:
    """Find the person that a text begins with, and return the rest of it."""
    parts = text.split()
    for count in range(min(4, len(parts)), 0, -1):
        persons = turn.named(" ".join(parts[:count]).strip(" ,:"))
        if len(persons) == 1:
            return persons[0], " ".join(parts[count:])
    return None, text


@action("shifts.meant", who=rights.runs_staff, begins=True, level_two=True)
async def meant(turn: Turn, role: str, person: str, until: str, at: str) -> None:
    """Plan a shift from the time that was meant, by `Ja`: the one that was typed had passed.

    Args:
        until: its end, as it was typed.
        at: UTC, ISO.
    """
    await turn.replace(Card(f"Vagten begynder {times_shown.weekday(datetime.fromisoformat(at), turn.zone)}."))
    begins = datetime.fromisoformat(at)
    ends = form_values.ends(turn, until.strip(), begins)
    if ends is None:
        await turn.answer(_unread(turn, role, person, times_shown.weekday(begins, turn.zone), until))
        return
    await _plan(turn, role, person, begins, ends)


async def _plan_in_words(turn: Turn, role: str, person: str, since_text: str, until_text: str) -> None:
    """Plan a shift as it was typed: "fra 20", "8"."""
    since = written_times.parse(turn, since_text.strip().removeprefix("fra ").strip())
    if since is not None and since.passed:
        about = {"role": role, "person": person, "until": until_text}
        other = _other_time(turn, role, person, since_text, until_text) if since.tomorrow is None else None
        await turn.answer(passed_times.asked(turn, since, "vagten er ikke lagt endnu", "shifts.meant", about, other))
        return
    ends = form_values.ends(turn, until_text.strip(), since.at) if since is not None else None
    if since is None or ends is None:
        await turn.answer(_unread(turn, role, person, since_text, until_text))
        return
    await _plan(turn, role, person, since.at, ends)


def _unread(turn: Context, role: str, person: str, since: str, until: str) -> Card:
    """Draw the question when a shift is, where that can't be read; what was written stands in its form."""
    return Card(
        f'Jeg kan ikke læse tiden "{quote(since, 100)} – {quote(until, 100)}". Intet er ændret. '
        f"Skriv fx {shift_changes.EXAMPLE}.",
        buttons=(_other_time(turn, role, person, since, until),),
    )


def _other_time(turn: Context, role: str, person: str, since: str, until: str) -> Button:
    typed = {"role": role, "person": turn.name(person), "since": since, "until": until}
    form = tuple(replace(each, value=typed[each.id]) for each in _form(turn))
    return Button("Anden tid", "shifts.new", {}, form=form, form_title="Ny vagt")


async def _plan(turn: Turn, role: str, person: str, begins: datetime, ends: datetime) -> None:
    standing = await roster.shifts(turn, PLANNED, ON_DUTY)
    same = [each for each in standing if each.role == role and each.since < ends and begins < each.until]
    if any((each.person, each.since, each.until) == (person, begins, ends) for each in same):
        await turn.answer(Card(f"{turn.name(person)} har allerede den vagt. Intet er ændret."))
        return
    planned = Shift(
        crisis_id=turn.the_crisis.id,
        role=role,
        person=person,
        since=begins,
        until=ends,
        state=PLANNED,
        note="",
        added_by=turn.sender,
        added_at=turn.now,
    )
    turn.db.add(planned)
    await turn.db.flush()
    await turn.log(
        f"Vagt: {role} {turn.name(person)} {_when(turn, planned)}",
        kind="shift",
        receiver=person,
        verification="confirmed",
        refs={"shift": planned.id},
    )
    overlap = (
        f"\n⚠️ Overlapper {turn.names(dict.fromkeys(each.person for each in same))}: den, der begynder sidst, har rollen."
        if same
        else ""
    )
    broken = (await rest.of(turn, person)).get(person, [])
    warned = "".join(f"\n{rest.line(turn, person, each)}" for each in broken)
    drop = Button("Fjern vagten", "shifts.withdraw", {"shift": planned.id})
    await turn.answer(
        Card(f"*Vagt:* {role} – {turn.name(person)}, {_when(turn, planned)}.{overlap}{warned}", buttons=(drop,))
    )
    if person != turn.sender:
        await turn.say(
            person,
            Card(
                f"Du har vagten som *{role}* {_when(turn, planned)} for krise nr. {turn.the_crisis.number}: "
                f"{quote(turn.the_crisis.title)}. Kan du ikke, så skriv til {turn.names([turn.sender])}."
            ),
            key=f"shift/{planned.id}",
            kind="notice",
        )
    await turn.at(max(begins, turn.now), "shifts.begin", roster.key(planned.id, "begin"), shift=planned.id)
    await turn.at(max(ends - SOON, turn.now), "shifts.soon", roster.key(planned.id, "soon"), shift=planned.id)
    await turn.at(ends, "shifts.end", roster.key(planned.id, "end"), shift=planned.id)


@action("shifts.withdraw", who=rights.runs_staff)
async def withdraw(turn: Turn, shift: int) -> None:
    """Remove a planned shift, and tell whoever had it."""
    row = await turn.of_crisis(Shift, shift)
    if row is None or row.state != PLANNED:
        await turn.answer(Card("Vagten er begyndt eller allerede fjernet. Intet er ændret."))
        return
    row.state = WITHDRAWN
    await turn.cancel(*(roster.key(shift, name) for name in ("begin", "soon", "end")))
    await turn.log(
        f"Vagt fjernet: {row.role} {turn.name(row.person)} {_when(turn, row)}",
        kind="shift",
        receiver=row.person,
        verification="confirmed",
        refs={"shift": row.id},
    )
    await turn.replace(Card(f"Fjernet: {row.role} – {turn.name(row.person)}, {_when(turn, row)}."))
    if row.person != turn.sender:
        await turn.say(
            row.person,
            Card(f"Din vagt som {row.role} {_when(turn, row)} er fjernet."),
            key=f"shift/{row.id}",
            kind="notice",
        )


def _when(turn: Context, row: Shift) -> str:
    return roster.span(turn, row.since, row.until)
