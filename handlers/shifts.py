"""`vagt`: shifts are planned, begin, are handed over and end. Plan §5: the staff can be driven for three days (R072)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from handlers import rights, roster, times, words
from handlers.card import Button, Card, Field, quote
from handlers.registry import action, timer, verb
from handlers.roster import CHIEF, ENDED, LONGEST, ON_DUTY, PLANNED, WITHDRAWN
from handlers.turn import ROUTINE, Turn
from storage.parts.roster import Shift

# Gaps are told of when people are up; what can't wait is told an hour before, whenever that is.
MORNING, AFTERNOON = time(6, 30), time(16, 0)
FIRST_LOOK = timedelta(hours=4)
AHEAD = timedelta(hours=24)
SOON = timedelta(hours=1)
SHOWN = 30

EXAMPLE = "*/krise vagt logfører Mads i aften 22 - i morgen 6*"


@verb(
    "vagt",
    "afløsning",
    "vagtplan",
    help="vagt – hvem har vagten de næste 3 døgn; vagt logfører Mads 22 - 6; vagt overdrag <besked>",
    who=rights.staff,
    crisis=True,
)
async def shift(turn: Turn, text: str) -> None:
    """The roster; a new shift in one breath; or the handing over of one's own."""
    text = text.strip()
    if not text:
        await show(turn)
        return
    handed = re.match(r"(?:overdrag|overdragelse|afløs)\b[:.]?\s*(.*)", text, re.IGNORECASE | re.DOTALL)
    if handed:
        await _hand_over(turn, handed[1].strip())
        return
    if not await _may_plan(turn):
        return
    role, rest = _role(turn, text)
    if role is None:
        await turn.answer(
            Card(
                f'Jeg kender ikke rollen i "{quote(text, 200)}". Intet er ændret. Skriv fx {EXAMPLE}. '
                f"Roller: {', '.join(roster.roles(turn))}."
            )
        )
        return
    who, when = _person(turn, rest)
    parts = re.split(r"\s+(?:-|–|til)\s+|(?<=\d)\s?[-–]\s?(?=\d)", when, maxsplit=1)
    if who is None or len(parts) != 2:
        await turn.answer(Card(f"Hvem, og fra hvornår til hvornår? Intet er ændret. Skriv fx {EXAMPLE}."))
        return
    await _plan(turn, role, who, *parts)


@action("shifts.show", who=rights.staff)
async def show(turn: Turn) -> None:
    """Each role, who has it, who comes after, and where nobody does."""
    end = max(turn.the_crisis.sustain_until or turn.now, turn.now + AHEAD)
    missing = await roster.unmanned(turn, end)
    every = await roster.shifts(turn, PLANNED, ON_DUTY)
    rows = []
    for role in roster.roles(turn):
        has = roster.holder(turn, role)
        lines = [f"nu {turn.name(has)}" if has else "nu ingen"]
        lines += [f"{turn.name(each.person)} {_when(turn, each)}" for each in every if each.role == role]
        lines += [f"❗ ingen {roster.span(turn, *gap)}" for gap in missing.get(role, ())]
        rows.append((role.capitalize() if role.islower() else role, "; ".join(lines[:5])))
    await turn.answer(
        Card(
            f"*Vagtplan* til {turn.clock(end)}. " + ("❗ Der er huller." if missing else "Alle roller er bemandet."),
            facts=tuple(rows[:SHOWN]),
            buttons=(Button("Ny vagt", "shifts.new", {}, style="primary", form=_form(turn), form_title="Ny vagt"),),
        )
    )


def _form(turn: Turn) -> tuple[Field, ...]:
    return (
        Field("role", "Rolle", "choice", required=True, choices=tuple((role, role) for role in roster.roles(turn))),
        Field("person", "Hvem har vagten?", "persons", required=True),
        Field("since", "Fra", "time", required=True),
        Field("until", "Til", "time", required=True),
    )


@action("shifts.new", who=rights.staff)
async def new(turn: Turn) -> None:
    """The form."""
    if not await _may_plan(turn):
        return
    role = next((each for each in roster.roles(turn) if each == turn.value("role")), None)
    persons = turn.plan.named(turn.value("person"))
    if role is None or len(persons) != 1:
        await turn.answer(
            Card(
                f'Jeg kan ikke se, hvem "{quote(turn.value("person"), 200)}" er, eller hvilken rolle. Intet er ændret.'
            )
        )
        return
    await _plan(turn, role, persons[0], turn.value("since"), turn.value("until"))


async def _may_plan(turn: Turn) -> bool:
    if await rights.runs_staff.held(turn):
        return True
    await turn.answer(Card(f"Vagtplanen lægges af {rights.runs_staff.holders}. Intet er ændret."))
    return False


def _role(turn: Turn, text: str) -> tuple[str | None, str]:
    """The role that a text begins with, and the rest of it."""
    for count in (3, 2, 1):
        head = text.split()[:count]
        rest = text.split(None, count)
        for role in roster.roles(turn):
            if words.fold(" ".join(head)) == words.fold(role):
                return role, rest[count] if len(rest) > count else ""
    return None, text


def _person(turn: Turn, text: str) -> tuple[str | None, str]:
    """The person that a text begins with, and the rest of it."""
    parts = text.split()
    for count in range(min(4, len(parts)), 0, -1):
        persons = turn.plan.named(" ".join(parts[:count]).lstrip("@").strip(" ,:"))
        if len(persons) == 1:
            return persons[0], " ".join(parts[count:])
    return None, text


async def _plan(turn: Turn, role: str, person: str, since_text: str, until_text: str) -> None:
    since = times.parse(since_text.strip().removeprefix("fra ").strip(), turn.now, turn.zone)
    begins = (since.tomorrow or since.at) if since and since.passed else since.at if since else None
    until = times.parse(until_text.strip(), begins, turn.zone) if begins else None
    ends = (until.tomorrow or until.at) if until and until.passed else until.at if until else None
    if begins is None or ends is None or ends <= begins:
        await turn.answer(
            Card(
                f'Jeg kan ikke læse tiden "{quote(since_text, 100)} – {quote(until_text, 100)}". Intet er ændret. '
                f"Skriv fx {EXAMPLE}."
            )
        )
        return
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
    long = "\n⚠️ Over 12 timer. Planlæg afløsning og hvile." if ends - begins > LONGEST else ""
    drop = Button("Fjern vagten", "shifts.withdraw", {"shift": planned.id})
    await turn.answer(
        Card(f"*Vagt:* {role} – {turn.name(person)}, {_when(turn, planned)}.{overlap}{long}", buttons=(drop,))
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
    await turn.at(max(begins, turn.now), "shifts.begin", f"shift/{planned.id}/begin", shift=planned.id)
    await turn.at(max(ends - SOON, turn.now), "shifts.soon", f"shift/{planned.id}/soon", shift=planned.id)
    await turn.at(ends, "shifts.end", f"shift/{planned.id}/end", shift=planned.id)


@action("shifts.withdraw", who=rights.runs_staff)
async def withdraw(turn: Turn, shift: int) -> None:
    """A shift that shall not be: whoever had it is told."""
    row = await turn.db.get(Shift, shift)
    if row is None or row.crisis_id != turn.the_crisis.id or row.state != PLANNED:
        await turn.answer(Card("Vagten er begyndt eller allerede fjernet. Intet er ændret."))
        return
    row.state = WITHDRAWN
    await turn.cancel(*(f"shift/{shift}/{name}" for name in ("begin", "soon", "end")))
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


@timer("shifts.begin")
async def begin(turn: Turn, shift: int) -> None:
    """The role moves to whoever comes on duty."""
    row = await turn.db.get(Shift, shift)
    if row is None or row.state != PLANNED or not running(turn):
        return
    await _relieve(turn, row)


async def _relieve(turn: Turn, row: Shift) -> None:
    """Let a shift begin: whoever had the role before hands it over with what they wrote."""
    before = roster.holder(turn, row.role)
    notes = []
    for each in await roster.shifts(turn, ON_DUTY, ENDED):
        if each.role == row.role and each.id != row.id:
            if each.state == ON_DUTY:
                each.state = ENDED
                await turn.cancel(f"shift/{each.id}/soon", f"shift/{each.id}/end")
            notes.append(each.note)
    row.state = ON_DUTY
    await roster.appoint(turn, row.role, row.person)
    after = f" efter {turn.name(before)}" if before and before != row.person else ""
    summary = f"Vagtskifte: {row.role} er nu {turn.name(row.person)}{after}"
    note = next((each for each in reversed(notes) if each), "")
    await turn.notify(
        dict.fromkeys([row.person, *([before] if before else []), turn.staff]),
        Card(
            f"*{summary}* til {turn.clock(row.until)}." + (f"\nOverdragelse: »{quote(note, 1500)}«" if note else ""),
            buttons=(Button("Vis vagtplan", "shifts.show", {}),),
        ),
        kind="notice",
        summary=summary,
    )


@timer("shifts.soon")
async def soon(turn: Turn, shift: int) -> None:
    """An hour before the end, whoever has it is asked to hand over; nobody to come is told, day or night."""
    row = await turn.db.get(Shift, shift)
    if row is None or row.state not in (PLANNED, ON_DUTY) or not running(turn):
        return
    following = [
        each
        for each in await roster.shifts(turn, PLANNED)
        if each.role == row.role and each.id != row.id and row.since < each.since <= row.until < each.until
    ]
    to = turn.name(following[0].person) if following else "⚠️ ingen"
    whom = [row.person] if following else [row.person, *_planners(turn)]
    await turn.notify(
        whom,
        Card(
            f"Vagten som *{row.role}* slutter {turn.clock(row.until)}. Næste: {to}.\n"
            "Skriv */krise vagt overdrag* og det, den næste skal vide.",
            buttons=(Button("Vis vagtplan", "shifts.show", {}),),
        ),
        kind="reminder",
        summary=f"Mindet om vagtskifte: {row.role}, næste: {to}",
    )


@timer("shifts.end")
async def end(turn: Turn, shift: int) -> None:
    """Nobody came after: the role falls back to whom the plan says, and that is said."""
    row = await turn.db.get(Shift, shift)
    if row is None or row.state != ON_DUTY or not running(turn):
        return
    row.state = ENDED
    if row.role != CHIEF:
        await roster.give_back(turn, row.role)
    now_has = roster.holder(turn, row.role)
    has = turn.name(now_has) if now_has else "ingen"
    await turn.notify(
        dict.fromkeys([row.person, *([now_has] if now_has else []), *_planners(turn)]),
        Card(
            f"⚠️ Vagten som *{row.role}* er slut, og der er ingen afløser. Rollen har nu: {has}.",
            buttons=(Button("Vis vagtplan", "shifts.show", {}),),
        ),
        kind="reminder",
        summary=f"Vagt slut uden afløser: {row.role}. Rollen har nu: {has}",
    )


async def _hand_over(turn: Turn, note: str) -> None:
    """ "vagt overdrag": with a note now, and the next in turn has the role at once."""
    mine = [role for role in roster.roles(turn) if roster.holder(turn, role) == turn.sender]
    planned = await roster.shifts(turn, PLANNED)
    nearest = {role: next((each for each in planned if each.role == role), None) for role in mine}
    coming = {role: each for role, each in nearest.items() if each is not None and each.since - turn.now <= LONGEST}
    if not coming:
        what = f"Du har {', '.join(mine)}, men der er ingen næste vagt." if mine else "Du har ingen vagt at overdrage."
        await turn.answer(Card(f"{what} Intet er ændret. Skriv fx {EXAMPLE}."))
        return
    standing = await roster.shifts(turn, ON_DUTY)
    for role, following in coming.items():
        own = next((each for each in standing if each.role == role), None)
        if own is None:
            own = Shift(
                crisis_id=turn.the_crisis.id,
                role=role,
                person=turn.sender,
                since=turn.the_crisis.decided_at or turn.now,
                until=turn.now,
                state=ON_DUTY,
                note="",
                added_by=turn.sender,
                added_at=turn.now,
            )
            turn.db.add(own)
        own.note, own.until = note, turn.now
        await turn.db.flush()
        await turn.log(
            f"Overdrager {role} til {turn.name(following.person)}: {note or 'uden besked'}",
            kind="shift",
            receiver=following.person,
            verification="confirmed",
            refs={"shift": following.id},
        )
        following.since = turn.now
        await turn.cancel(f"shift/{following.id}/begin")
        await _relieve(turn, following)
    told = "; ".join(f"{role} → {turn.name(each.person)}" for role, each in coming.items())
    await turn.answer(Card(f"Overdraget: {told}. Tak for indsatsen – hvil dig."))


async def start(turn: Turn) -> None:
    """Begin to look for gaps, some hours after the decision."""
    await turn.at(_by_day(turn, turn.now + FIRST_LOOK), "shifts.look", f"crisis/{turn.the_crisis.id}/roster")


@timer("shifts.look")
async def look(turn: Turn) -> None:
    """Tell of what nobody has in the next day, in one message, and not at night (D14)."""
    if not running(turn):
        return
    missing = await roster.unmanned(turn, turn.now + AHEAD)
    if missing:
        rows = tuple((role, "; ".join(roster.span(turn, *gap) for gap in found)) for role, found in missing.items())
        await turn.notify(
            _planners(turn),
            Card(
                f"❗ *Vagtplanen har huller det næste døgn* (krise nr. {turn.the_crisis.number}).\nSkriv fx {EXAMPLE}.",
                facts=rows[:SHOWN],
                buttons=(Button("Vis vagtplan", "shifts.show", {}),),
            ),
            kind="reminder",
            urgency=ROUTINE,
            summary=f"Vagtplanen har huller det næste døgn: {', '.join(missing)}",
        )
    await turn.at(_by_day(turn, turn.now + timedelta(minutes=1)), "shifts.look", f"crisis/{turn.the_crisis.id}/roster")


def _by_day(turn: Turn, earliest: datetime) -> datetime:
    """The next morning or afternoon, as the clock on the wall shows it."""
    today = earliest.astimezone(turn.zone).date()
    moments = [
        datetime.combine(today + timedelta(days=days), at, tzinfo=turn.zone).astimezone(UTC)
        for days in (0, 1)
        for at in (MORNING, AFTERNOON)
    ]
    return next(moment for moment in moments if moment >= earliest)


def _planners(turn: Turn) -> list[str]:
    """Who lays the roster: the coordinator and the secretary."""
    return list(dict.fromkeys([*turn.rules.holders("tovholder"), *turn.rules.holders("sekretær")]))


def _when(turn: Turn, row: Shift) -> str:
    return roster.span(turn, row.since, row.until)


def running(turn: Turn) -> bool:
    """Whether the crisis has a staff to man."""
    return turn.the_crisis.state == "active" and turn.the_crisis.level == 2
