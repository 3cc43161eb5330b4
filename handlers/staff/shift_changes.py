"""Changes of shift: begins, ends and hands over shifts, and warns of gaps. Plan §5, "minimum 3 døgn"."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.core import clearance
from handlers.core.card import Button, Card, quote
from handlers.core.context import ROUTINE, Context
from handlers.core.registry import timer
from handlers.core.turn import Turn
from handlers.log import news
from handlers.staff import rest, roster
from handlers.staff.roster import CHIEF, ENDED, LONGEST, ON_DUTY, PLANNED
from storage.rows.staff import Shift

# Gaps are told of when people are up; what can't wait is told an hour before, whenever that is.
MORNING, AFTERNOON = time(6, 30), time(16, 0)
FIRST_LOOK = timedelta(hours=4)
# Before people go to bed; sooner than an hour after the decision there is nothing to plan by.
NIGHT, LAST_LOOK, SOON_ENOUGH = time(22), time(21, 30), timedelta(hours=1)
AHEAD = timedelta(hours=24)
SHOWN = 30

EXAMPLE = "*/krise vagt logfører Mads i aften 22 - i morgen 6*"


@timer("shifts.begin", level_two=True)
async def begin(turn: Turn, shift: int) -> None:
    """Move the role to whoever comes on duty, when the shift begins."""
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
                await turn.cancel(roster.key(each.id, "soon"), roster.key(each.id, "end"))
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
    since = await news.heard_before(turn, row.person)
    if told := await news.lines(turn, since, await clearance.highest_for(turn, row.person)):
        await turn.say(
            row.person,
            Card(f"*Siden du sidst skrev, {turn.clock(since or turn.the_crisis.created_at)}:*\n" + "\n".join(told)),
        )


@timer("shifts.soon", level_two=True)
async def soon(turn: Turn, shift: int) -> None:
    """Ask whoever has the shift to hand over, an hour before its end; tell the planners when nobody follows, day or
    night."""
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


@timer("shifts.end", level_two=True)
async def end(turn: Turn, shift: int) -> None:
    """Give the role back to whom the plan says, when the shift ends and nobody came after, and tell of it."""
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


async def hand_over(turn: Turn, note: str) -> None:
    """Hand the sender's role over with a note, "vagt overdrag": the next in turn has it at once."""
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
        await turn.cancel(roster.key(following.id, "begin"))
        await _relieve(turn, following)
    told = "; ".join(f"{role} → {turn.name(each.person)}" for role, each in coming.items())
    await turn.answer(Card(f"Overdraget: {told}. Tak for indsatsen – hvil dig."))


async def start(turn: Turn) -> None:
    """Set the timer that looks for gaps, some hours after the decision."""
    await turn.at(first_look(turn.now, turn.zone), "shifts.look", f"crisis/{turn.the_crisis.id}/roster")


@timer("shifts.look", level_two=True)
async def look(turn: Turn) -> None:
    """Tell the planners, in one message and not at night, which roles nobody has in the next day, and who
    gets too little rest."""
    if not running(turn):
        return
    missing = await roster.unmanned(turn, turn.now + AHEAD)
    tired = [rest.line(turn, who, each) for who, those in (await rest.of(turn)).items() for each in those][:SHOWN]
    if missing or tired:
        heads = [f"❗ *Vagtplanen har huller det næste døgn* (krise nr. {turn.the_crisis.number})."] if missing else []
        rows = tuple((role, "; ".join(roster.span(turn, *gap) for gap in found)) for role, found in missing.items())
        await turn.notify(
            _planners(turn) or (await turn.chiefs())[:1],
            Card(
                "\n".join([*heads, *tired, f"Skriv fx {EXAMPLE}."]),
                facts=rows[:SHOWN],
                buttons=(Button("Vis vagtplan", "shifts.show", {}),),
            ),
            kind="reminder",
            urgency=ROUTINE,
            summary=f"Vagtplanen har huller det næste døgn: {', '.join(missing)}"
            if missing
            else f"Vagtplanen giver for lidt hvile det næste døgn: {len(tired)}",
        )
    await turn.at(
        _by_day(turn.now + timedelta(minutes=1), turn.zone), "shifts.look", f"crisis/{turn.the_crisis.id}/roster"
    )


def first_look(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when gaps are first told of: some hours after the decision, well before anybody has been up for twelve;
    before the night, or in the morning where that is soon enough.

    Args:
        now: when the staff is set down, UTC.
        zone: where the clock on the wall hangs.
    """
    at = (now + FIRST_LOOK).astimezone(zone)
    if MORNING <= at.time() < NIGHT:
        return at.astimezone(UTC)
    evening = at.date() if at.time() >= NIGHT else at.date() - timedelta(days=1)
    before = datetime.combine(evening, LAST_LOOK, tzinfo=zone).astimezone(UTC)
    return before if before >= now + SOON_ENOUGH else _by_day(now, zone)


def _by_day(earliest: datetime, zone: ZoneInfo) -> datetime:
    """Return the next morning or afternoon, as the clock on the wall shows it."""
    today = earliest.astimezone(zone).date()
    moments = [
        datetime.combine(today + timedelta(days=days), at, tzinfo=zone).astimezone(UTC)
        for days in (0, 1)
        for at in (MORNING, AFTERNOON)
    ]
    return next(moment for moment in moments if moment >= earliest)


def _planners(turn: Context) -> list[str]:
    """Return who lays the roster: the coordinator and the secretary."""
    return list(dict.fromkeys([*turn.rules.holders("tovholder"), *turn.rules.holders("sekretær")]))


def running(turn: Context) -> bool:
    """Whether the crisis has a staff to man."""
    return turn.the_crisis.state == "active" and turn.the_crisis.level == 2
