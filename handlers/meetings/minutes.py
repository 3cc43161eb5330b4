"""`referat`: writes the minutes, has the chief approve them, and only then sends them. Plan §5, steps 5 and 6; §7."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from handlers.core import clearance, form_values, rights, running, withheld
from handlers.core.card import Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.events import Regraded, on
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.log import journal
from handlers.measures import decisions, measure_steps
from handlers.meetings import agenda_items, meeting_card, minutes_card
from storage.grades import GRADES, Grade, within
from storage.rows.log import exported
from storage.rows.measures import Measure
from storage.rows.meetings import AgendaItem, Meeting, Minutes
from storage.rows.staff import MINUTES


@verb(
    "referat",
    "r",
    help="referat – skriv mens I taler; chefen godkender, før nogen får det",
    who=rights.staff,
    crisis=True,
    afterwards=True,
    named="number",
    wordless=True,
)
async def minutes(turn: Turn, text: str) -> None:
    """Show the minutes of the meeting that is held, or of the one that ended last."""
    row = await meeting_card.running(turn)
    newest = await minutes_card.latest(turn, row) if row else None
    if await withheld.refuse_whole(turn, MINUTES, newest.grade if newest else clearance.SHARED):
        return
    if row is None:
        await turn.answer(Card("Der er ikke holdt et møde endnu. Start det fra */krise møde*."))
    elif row.state == "running":
        await turn.answer(await _take_in_and_draw(turn, row), key=f"minutes/{row.id}/live/{turn.sender}", again=True)
    else:
        await turn.answer(minutes_card.card(turn, row, newest) if newest else await _take_in_and_draw(turn, row))


async def open_for(turn: Turn, meeting: Meeting) -> None:
    """Show the minute-taker the minutes to write in."""
    for person in turn.rules.holders("referent") or turn.rules.holders("sekretær"):
        await turn.say(person, await _take_in_and_draw(turn, meeting), key=f"minutes/{meeting.id}/live/{person}")


@action("minutes.write", who=rights.meets)
async def write(turn: Turn, meeting: int, item: int) -> None:
    """Write what was said of an item, what was decided, and who does what by when."""
    row, held = await turn.of_crisis(AgendaItem, item), await turn.db.get(Meeting, meeting)
    if row is None or held is None or row.state != "open" or held.state != "running":
        await turn.answer(Card("Punktet er afsluttet. Ret referatet med */krise referat*."))
        return
    owner, due = form_values.person(turn, "owner", of_centre="contact"), form_values.moment(turn, "due")
    row.discussion = turn.value("discussion") or row.discussion
    row.decision = turn.value("decision") or row.decision
    row.waits = turn.value("waits") or None
    if row.waits and not minutes_card.spoken_of(row):
        row.discussion = "Punktet er udsat."
    if turn.value("what"):
        if owner is None:
            await turn.answer(Card(f"Hvem gør »{quote(turn.value('what'), 200)}«? Skriv ét navn. Resten er gemt."))
        else:
            agreed = {"what": turn.value("what"), "owner": owner, "due": due.isoformat() if due else None}
            row.actions = [*row.actions, agreed]
    await turn.db.flush()
    await turn.replace(await _take_in_and_draw(turn, held))


@action("minutes.told", who=rights.meets)
async def told(turn: Turn, meeting: int, item: int) -> None:
    """Write that the staff has been told of an urgent measure, by `Orienteret`: nothing else takes it off the
    agenda."""
    row, held = await turn.of_crisis(AgendaItem, item), await turn.db.get(Meeting, meeting)
    if row is None or held is None or held.state != "running":
        return
    if row.state == "open" and not minutes_card.spoken_of(row):
        row.discussion = "Krisestaben er orienteret."
        await turn.db.flush()
    await turn.replace(await _take_in_and_draw(turn, held))


@action("minutes.extra", who=rights.meets)
async def extra(turn: Turn, meeting: int) -> None:
    """Add something to the minutes that was not on the agenda."""
    held = await turn.db.get(Meeting, meeting)
    if held is None or held.crisis_id != turn.the_crisis.id or held.state != "running" or not turn.value("text"):
        return
    row = await agenda_items.add(turn, turn.value("text"), kind="discussion")
    row.discussion, row.decision = turn.value("discussion"), turn.value("decision")
    await turn.db.flush()
    await turn.replace(await _take_in_and_draw(turn, held))


async def _take_in_and_draw(turn: Turn, meeting: Meeting) -> Card:
    """Take in what has become urgent meanwhile, and draw the minutes as they are written."""
    await agenda_items.take_in_urgent(turn)
    return await minutes_card.live_card(turn, meeting)


async def draft(turn: Turn, meeting: Meeting) -> Minutes:
    """Draft the minutes when the meeting ends, and set the timers for their sending."""
    treated = [row for row in await agenda_items.open_items(turn) if minutes_card.spoken_of(row)]
    row = Minutes(
        crisis_id=meeting.crisis_id,
        meeting=meeting.id,
        version=1,
        items=[
            {
                "item": each.id,
                "number": each.number,
                "text": each.text,
                "discussion": each.discussion,
                "decision": each.decision,
                "actions": each.actions,
                "waits": each.waits,
            }
            for each in treated
        ],
        remarks="",
        written_by=turn.sender,
        written_at=turn.now,
        recipients=[],
    )
    turn.db.add(row)
    await meeting_card.treat(turn, meeting, [each for each in treated if not each.waits])
    for each in treated:
        if each.waits:  # what was said of it stands in the minutes; the next meeting begins anew
            each.discussion, each.decision, each.actions = "", "", []
            continue
        measure = await turn.db.get(Measure, each.measure) if each.measure else None
        if measure is not None:
            measure.orient = False
    await turn.db.flush()
    first, second = turn.rules.deadlines.minutes
    await turn.at(turn.now + first, "minutes.late", f"minutes/{meeting.id}/taker", meeting=meeting.id, whom="taker")
    await turn.at(turn.now + second, "minutes.late", f"minutes/{meeting.id}/chief", meeting=meeting.id, whom="chief")
    for person in dict.fromkeys(
        [*(turn.rules.holders("referent") or turn.rules.holders("sekretær")), *(await turn.chiefs())[:1]]
    ):
        await turn.say(
            person, minutes_card.card(turn, meeting, row), key=f"minutes/{meeting.id}/{person}", urgency=URGENT
        )
    return row


async def _standing_or_tell(turn: Turn, minutes: int) -> tuple[Minutes, Meeting] | None:
    row = await turn.of_crisis(Minutes, minutes)
    if row is None:
        return None
    meeting = await turn.db.get_one(Meeting, row.meeting)
    newest = await minutes_card.latest(turn, meeting)
    if newest is not None and newest.id != row.id:
        await turn.replace(minutes_card.card(turn, meeting, newest))
        await turn.answer(Card(f"Der er kommet udgave {newest.version}. Se den igennem, og tryk igen."))
        return None
    return row, meeting


@action("minutes.change", who=rights.staff)
async def change(turn: Turn, minutes: int) -> None:
    """Change the minutes in a new version, which needs an approval of its own; by those who run the staff or its
    meetings."""
    found = await _standing_or_tell(turn, minutes)
    if found is None or not turn.value("remarks"):
        return
    if not (await rights.runs_staff.held(turn) or await rights.meets.held(turn)):
        await running.refuse(turn, rights.runs_staff, "Referatet er uændret.")
        return
    old, meeting = found
    row = Minutes(
        crisis_id=old.crisis_id,
        meeting=old.meeting,
        version=old.version + 1,
        items=old.items,
        remarks="\n".join(filter(None, [old.remarks, turn.value("remarks")])),
        written_by=turn.sender,
        written_at=turn.now,
        recipients=[],
        grade=old.grade,
    )
    turn.db.add(row)
    await turn.db.flush()
    if old.sent_at is not None:  # the reminders ended with what was sent; this version waits for an approval of its own
        wait = turn.rules.deadlines.minutes[1]
        await turn.at(turn.now + wait, "minutes.late", f"minutes/{meeting.id}/chief", meeting=meeting.id, whom="chief")
    await turn.replace(minutes_card.card(turn, meeting, row))
    for person in (await turn.chiefs())[:1]:
        if person != turn.sender:
            await turn.say(
                person, minutes_card.card(turn, meeting, row), key=f"minutes/{meeting.id}/{person}", urgency=URGENT
            )


@action("minutes.approve", who=rights.chief, decides=True)
async def approve(turn: Turn, minutes: int) -> None:
    """Approve the minutes, by `Godkend`: decisions and tasks come of it, and it is sent where it was decided."""
    found = await _standing_or_tell(turn, minutes)
    if found is None:
        return
    row, meeting = found
    if row.approved_at is not None:
        return
    forwarded = await form_values.persons(turn, "forward")
    grade = turn.chosen("grade", GRADES) or row.grade
    if await clearance.repeats_secret(turn, minutes_card.body(turn, row)):
        grade = clearance.CONFIDENTIAL
    may_not = [person for person in forwarded if not within(grade, await clearance.forwarded(turn, person, MINUTES))]
    if may_not:
        await turn.answer(
            Card(
                f"Referatet er {turn.rules.grade_name(grade)} og må ikke sendes til {turn.names(may_not)}. Det er ikke godkendt "
                f"endnu. Du kan ændre det: vælg en lavere grad, eller */krise deling*."
            )
        )
        return
    row.approved_by, row.approved_at, row.grade = turn.sender, turn.now, grade
    staff = [
        person
        for person in await turn.members("framing", "operational")
        if within(grade, await clearance.highest_for(turn, person, MINUTES))
    ]
    row.recipients = list(dict.fromkeys([*staff, *forwarded]))
    await turn.db.flush()
    if row.version == 1 or not await _approved_before(turn, row):
        for each in row.items:
            await _carry_out(turn, meeting, each, grade)
    await _send(turn, row, meeting)


async def _approved_before(turn: Context, row: Minutes) -> bool:
    found = await turn.db.scalar(
        select(Minutes.id)
        .where(Minutes.meeting == row.meeting, Minutes.id != row.id, Minutes.approved_at.is_not(None))
        .limit(1)
    )
    return found is not None


@on(Regraded)
async def follow_grade(turn: Turn, event: Regraded) -> None:
    """Give minutes the grade of the log line that they were sent by."""
    for entry in event.entries:
        if entry.kind != "minutes":
            continue
        refs = exported(entry)["refs"]
        for row in await turn.db.scalars(
            select(Minutes)
            .join(Meeting, Meeting.id == Minutes.meeting)
            .where(
                Minutes.crisis_id == turn.the_crisis.id,
                Meeting.number == refs["meeting"],
                Minutes.version == refs["version"],
            )
        ):
            row.grade = event.grade


async def _carry_out(turn: Turn, meeting: Meeting, item: dict[str, object], grade: Grade) -> None:
    if item["decision"]:
        await decisions.decide(turn, str(item["decision"]), meeting=meeting.number, grade=grade)
    actions = item["actions"] if isinstance(item["actions"], list) else []
    for each in actions:
        due = datetime.fromisoformat(each["due"]) if each["due"] else None
        centre = next(iter(turn.rules.centres_of(each["owner"])), None)
        await measure_steps.add(
            turn, each["what"], owner=each["owner"], due=due, centre=centre.name if centre else None
        )


async def _send(turn: Turn, row: Minutes, meeting: Meeting) -> None:
    row.sent_at, by = turn.now, await rights.signed(turn, row.approved_by or "")
    said = minutes_card.body(turn, row).replace("*", "")
    entry = await turn.log(
        f"Beslutningsreferat, møde {meeting.number}, udgave {row.version}, godkendt af {by} og sendt "
        f"{minutes_card.lead(meeting, turn.now)}\n{said}",
        kind="minutes",
        sender=turn.sender,
        receiver=", ".join(row.recipients),
        direction="out",
        verification="confirmed",
        grade=row.grade,
        refs={"meeting": meeting.number, "version": row.version},
    )
    await journal.demand(turn, entry, "minutes", f"Referat af møde {meeting.number}, udgave {row.version}")
    room = [turn.staff] if within(row.grade, clearance.SHARED) else []
    await turn.notify(
        [*room, *row.recipients],
        Card(
            f"*Beslutningsreferat, møde {meeting.number}*, udgave {row.version}, godkendt af {by}\n{minutes_card.body(turn, row)}"
        ),
        kind="notice",
        summary=f"Referat af møde {meeting.number}, udgave {row.version}, er sendt",
    )
    await turn.cancel(f"minutes/{meeting.id}/taker", f"minutes/{meeting.id}/chief")
    await turn.replace(minutes_card.card(turn, meeting, row))


@action("minutes.send", who=rights.staff)
async def send(turn: Turn, minutes: int) -> None:
    """Refuse to send the minutes, by `Udsend`, before the chief has approved them, and remind the chief."""
    found = await _standing_or_tell(turn, minutes)
    if found is None:
        return
    row, meeting = found
    if row.approved_at is None:
        chiefs = await turn.chiefs()
        await turn.notify(
            chiefs[:1],
            minutes_card.card(turn, meeting, row),
            kind="reminder",
            summary=f"Chefen er mindet om at godkende referatet af møde {meeting.number}",
            urgency=URGENT,
        )
        await turn.answer(
            Card(
                f"Referatet er ikke sendt. Krisestabschefen ({turn.names(chiefs[:1])}) skal godkende først. Jeg har mindet om det."
            )
        )
    elif row.sent_at is None and await rights.runs_staff.held(turn):
        await _send(turn, row, meeting)
    elif row.sent_at is None:
        await running.refuse(turn, rights.runs_staff, "Referatet er godkendt og ikke sendt endnu.")


@timer("minutes.late")
async def late(turn: Turn, meeting: int, whom: str) -> None:
    """Remind the minute-taker after half an hour, and the chief after an hour, that the minutes are not sent."""
    row = await turn.db.get_one(Meeting, meeting)
    newest = await minutes_card.latest(turn, row)
    if newest is None or newest.sent_at is not None or turn.the_crisis.state != "active":
        return
    taker = turn.rules.holders("referent") or turn.rules.holders("sekretær")
    await turn.notify(
        taker if whom == "taker" else (await turn.chiefs())[:1],
        minutes_card.card(turn, row, newest),
        kind="reminder",
        summary=f"Mindet om referatet af møde {row.number}: {minutes_card.lead(row, turn.now)}",
    )
