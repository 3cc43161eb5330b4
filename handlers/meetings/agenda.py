"""`dagsorden`: has the agenda approved, sends it the day before, and sends it again with what is new. Plan §5,
Arbejdsgange; Bilag 2."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from handlers.core import rights, running, withheld
from handlers.core.card import Button, Card, quote
from handlers.core.context import ROUTINE, Context
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.meetings import agenda_items, agenda_lines, meeting_card
from storage.rows.meetings import Agenda, AgendaItem, Meeting
from storage.rows.staff import MINUTES
from storage.rows.traffic import Message

# Additions are gathered for so long, so that nobody is sent one version after the other.
GATHER = timedelta(minutes=10)


@verb(
    "dagsorden",
    "d",
    help="dagsorden – næste mødes dagsorden: se, godkend, udsend",
    who=rights.staff,
    crisis=True,
    begins="never",
    wordless=True,
)
async def agenda(turn: Turn, text: str) -> None:
    """Show the next meeting's agenda as it stands."""
    if await withheld.refuse_whole(turn, MINUTES):
        return
    meeting = await meeting_card.coming(turn)
    if meeting is None:
        await agenda_items.take_in_urgent(turn)
        waiting = await agenda_items.open_items(turn)
        await turn.answer(
            Card(
                f"Der er ikke indkaldt til et møde. {len(waiting)} punkter venter. Skriv fx */krise møde i morgen 10 stabsrummet*.",
                facts=tuple((f"Punkt {row.number}", quote(agenda_items.line(row), 300)) for row in waiting[:20]),
            )
        )
        return
    await turn.answer(
        await agenda_lines.card(turn, meeting, await agenda_lines.bring_up_to_date(turn, meeting)),
        key=agenda_lines.key(meeting, turn.sender),
        again=True,
    )


@action("agenda.proposed", who=rights.edits_agenda, begins=True)
async def take_proposed(turn: Turn, agenda: int) -> None:
    """Put the plan's proposals on the agenda, by `Tag forslagene med`: they are items like all others, and can be taken
    off again."""
    found = await _standing_or_tell(turn, agenda, "draft")
    if found is None:
        return
    for text in await agenda_lines.proposed_by_plan(turn):
        await agenda_items.add(turn, text, kind="discussion")
    await turn.replace(await agenda_lines.card(turn, found[1], await agenda_lines.bring_up_to_date(turn, found[1])))


async def _standing_or_tell(turn: Turn, agenda: int, *states: str) -> tuple[Agenda, Meeting] | None:
    row = await turn.of_crisis(Agenda, agenda)
    if row is None:
        return None
    meeting = await turn.db.get_one(Meeting, row.meeting)
    if row.state not in states or meeting.state != "called":
        await turn.answer(
            Card(
                f"Dagsordenen er {agenda_lines.STATES[row.state]}. Skriv */krise dagsorden* for at se, hvordan den står."
            )
        )
        return None
    return row, meeting


@action("agenda.submit", who=rights.edits_agenda, begins=True)
async def submit(turn: Turn, agenda: int) -> None:
    """Send the agenda to the responsible director for approval; first every item must have its character, and a
    decision its recommendation."""
    found = await _standing_or_tell(turn, agenda, "draft")
    if found is None:
        return
    row, meeting = await agenda_lines.bring_up_to_date(turn, found[1]), found[1]
    for each in await agenda_lines.incomplete_items(turn):
        asked = f"Punkt {each.number} mangler {agenda_items.lacks(each)}."
        await turn.say(
            each.proposer,
            Card(
                f"{asked}\n{agenda_items.card(turn, each).text}",
                agenda_items.card(turn, each).facts,
                buttons=agenda_items.card(turn, each).buttons,
            ),
            key=f"{agenda_items.key(each)}/missing/{turn.now.isoformat()}",
            kind="reminder",
        )
    if any(each.kind is None for each in await agenda_lines.incomplete_items(turn)):
        await turn.answer(Card("Ikke sendt: punkter mangler karakter. Jeg har spurgt dem, der foreslog dem."))
        return
    row.state = "awaiting"
    await turn.db.flush()
    fewest = turn.rules.meetings.fewest_items
    count = sum(1 for each in row.items if each["item"] is not None)
    few = (
        f"\nKun {count} punkt{'er' if count != 1 else ''} – skal mødet aflyses?"
        if count < fewest and meeting.number > 1
        else ""
    )
    card = await agenda_lines.card(turn, meeting, row)
    cancel = Button("Aflys mødet", "meetings.cancel", {"crisis": row.crisis_id, "meeting": meeting.id}, style="danger")
    await turn.notify(
        await agenda_lines.responsible(turn),
        Card(f"{card.text}{few}", buttons=(*card.buttons, *((cancel,) if few else ()))),
        kind="notice",
        summary=f"Dagsorden for møde {meeting.number}, udgave {row.version}, er sendt til godkendelse",
        key=agenda_lines.key(row, "approval"),
    )
    await turn.replace(await agenda_lines.card(turn, meeting, row))


@action("agenda.approve", who=rights.proven, decides=True, begins=True)
async def approve(turn: Turn, agenda: int) -> None:
    """Approve the agenda, by `Godkend` from the responsible director, who may overrule a missing recommendation."""
    found = await _standing_or_tell(turn, agenda, "awaiting")
    if found is None:
        return
    row, meeting = found
    if turn.sender not in await agenda_lines.approvers(turn):
        await running.refuse(turn, await agenda_lines.approves(turn))
        return
    row.state, row.approved_by, row.approved_at = "approved", turn.sender, turn.now
    await turn.log(
        f"Dagsorden for møde {meeting.number}, udgave {row.version}, er godkendt af {await rights.signed(turn, turn.sender)}",
        kind="agenda",
        verification="confirmed",
        refs={"meeting": meeting.number, "version": row.version},
    )
    await turn.db.flush()
    if meeting.urgent or turn.now >= await deadline(turn, meeting):
        await dispatch(turn, row, meeting)
    else:
        await turn.at(await deadline(turn, meeting), "agenda.due", agenda_lines.key(meeting, "due"), meeting=meeting.id)
    await turn.replace(await agenda_lines.card(turn, meeting, row))


@action("agenda.send", who=rights.edits_agenda, begins=True)
async def send(turn: Turn, agenda: int) -> None:
    """Send the agenda, by `Udsend`, once it is approved and not before."""
    found = await _standing_or_tell(turn, agenda, "approved")
    if found is not None:
        await dispatch(turn, *found)
        await turn.replace(await agenda_lines.card(turn, found[1], found[0]))


async def dispatch(turn: Turn, row: Agenda, meeting: Meeting) -> None:
    """Send an approved agenda to every member and write it in the log; what is new since the last version is marked."""
    if row.state != "approved":
        raise ValueError("an agenda that is not approved is never sent")
    row.state, row.sent_at = "sent", turn.now
    await turn.db.flush()
    hurried = " (hasteindkaldt)" if meeting.urgent else ""
    await turn.notify(
        [turn.staff, *await turn.members("framing", "operational")],
        Card(
            f"*Dagsorden, møde {meeting.number}*{hurried} {turn.clock(meeting.at)}, {quote(meeting.place, 300)}, udgave {row.version}\n{agenda_lines.lines_of(row)}"
        ),
        kind="notice",
        summary=f"Dagsorden for møde {meeting.number}, udgave {row.version}, er udsendt",
    )


async def added(turn: Turn, item: AgendaItem) -> None:
    """Gather additions to an agenda that was sent for ten minutes, before it is sent again."""
    meeting = await meeting_card.coming(turn)
    row = await agenda_lines.newest(turn, meeting) if meeting else None
    if meeting is not None and row is not None and row.state == "sent":
        await turn.at(turn.now + GATHER, "agenda.again", agenda_lines.key(meeting, "again"), meeting=meeting.id)
    await at_risk(turn, item)


@timer("agenda.again", level_two=True)
async def again(turn: Turn, meeting: int) -> None:
    """Make a version of the additions of the last ten minutes, and ask for its approval: new items need a new one."""
    row = await turn.db.get_one(Meeting, meeting)
    if row.state != "called":
        return
    fresh = await agenda_lines.bring_up_to_date(turn, row)
    if fresh.state == "sent":
        return
    fresh.state = "awaiting"
    await turn.db.flush()
    card = await agenda_lines.card(turn, row, fresh)
    await turn.notify(
        await agenda_lines.responsible(turn),
        Card(f"Tilføjelser til dagsordenen.\n{card.text}", buttons=card.buttons),
        kind="notice",
        summary=f"Tilføjelser til dagsorden for møde {row.number}, udgave {fresh.version}, er sendt til godkendelse",
        key=agenda_lines.key(fresh, "approval"),
    )


async def at_risk(turn: Turn, item: AgendaItem) -> None:
    """Warn in time of a deadline that is before the next meeting: "ansvar for, at sagerne behandles rettidigt"."""
    if item.deadline is None or item.state != "open":
        return
    meeting = await meeting_card.coming(turn)
    if meeting is not None and meeting.at <= item.deadline:
        return
    since = f"{meeting.id}.{meeting.sequence}" if meeting else "none"
    key = f"item/{item.id}/risk/{item.deadline.isoformat()}/{since}"
    if await turn.db.scalar(select(Message.id).where(Message.key.startswith(key, autoescape=True)).limit(1)):
        return
    whom = dict.fromkeys([*turn.rules.holders("sekretær"), *(await agenda_lines.responsible(turn))[:1]])
    await turn.notify(
        whom,
        Card(
            f"⚠️ Punkt {item.number} har frist {turn.clock(item.deadline)}, og der er intet møde inden.\n»{quote(item.text, 500)}«\n"
            "Indkald til et ekstra møde: */krise møde* og tid og sted."
        ),
        kind="reminder",
        summary=f"Punkt {item.number} har frist før næste møde",
        key=key,
    )


async def deadline(turn: Context, meeting: Meeting) -> datetime:
    """Return when the agenda has to be out: the day before, on the clock on the wall."""
    return _day_before(turn, meeting, turn.rules.meetings.agenda_by.hour, turn.rules.meetings.agenda_by.minute)


def is_hurried(turn: Context, at: datetime) -> bool:
    """Whether a meeting that is called now is a hurried one: the time by which its agenda should be out, "så vidt muligt
    senest dagen før mødet", has passed.

    Args:
        at: when it is held, UTC.
    """
    latest = turn.rules.meetings.agenda_by
    return turn.now >= _on_the_day_before(turn, at, latest.hour, latest.minute)


def _day_before(turn: Context, meeting: Meeting, hour: int, minute: int) -> datetime:
    return _on_the_day_before(turn, meeting.at, hour, minute)


def _on_the_day_before(turn: Context, at: datetime, hour: int, minute: int) -> datetime:
    day = at.astimezone(turn.zone).date() - timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=turn.zone).astimezone(UTC)


async def plan_for(turn: Turn, meeting: Meeting) -> None:
    """Set the reminder and the dispatch of a meeting that has been called; a hurried one is not nagged about."""
    keys = remind_key, due_key = agenda_lines.key(meeting, "remind"), agenda_lines.key(meeting, "due")
    await turn.cancel(*keys)
    await turn.at(
        _prepared_by(turn, meeting), "agenda.prepare", agenda_lines.key(meeting, "prepare"), meeting=meeting.id
    )
    if meeting.urgent:
        return
    latest = await deadline(turn, meeting)
    if latest > turn.now:  # too late to be reminded of it, it is asked for at once: one message, not two
        await turn.at(_prepared_by(turn, meeting), "agenda.remind", remind_key, meeting=meeting.id)
    await turn.at(max(latest, turn.now), "agenda.due", due_key, meeting=meeting.id)


def _prepared_by(turn: Context, meeting: Meeting) -> datetime:
    """Return when those who make the agenda and prepare what is on it are reminded: the day before, or now where it is
    later."""
    when = turn.rules.meetings.agenda_reminder
    return max(_day_before(turn, meeting, when.hour, when.minute), turn.now)


@timer("agenda.prepare", level_two=True)
async def prepare(turn: Turn, meeting: int) -> None:
    """Ask each preparer, once for all of their items and the day before: "punkterne er forberedte til mødet, så
    krisestaben kan træffe beslutning"."""
    row = await turn.db.get_one(Meeting, meeting)
    if row.state != "called":
        return
    await agenda_items.take_in_urgent(turn)
    waiting = [item for item in await agenda_items.open_items(turn) if item.preparer]
    for person in dict.fromkeys(item.preparer for item in waiting if item.preparer):
        own = [item for item in waiting if item.preparer == person]
        await turn.notify(
            [person],
            Card(
                f"*Møde {row.number} er {turn.clock(row.at)}.* Du forbereder:",
                facts=tuple((f"Punkt {item.number}", quote(agenda_items.line(item), 300)) for item in own),
            ),
            kind="reminder",
            urgency=ROUTINE,
            summary=f"Mindet {turn.name(person)} om at forberede punkt {', '.join(str(item.number) for item in own)} til møde {row.number}",
        )


@timer("agenda.remind", level_two=True)
async def remind(turn: Turn, meeting: int) -> None:
    """Remind whoever makes the agenda before it has to be out, with the draft at hand."""
    row = await turn.db.get_one(Meeting, meeting)
    agenda = await agenda_lines.bring_up_to_date(turn, row)
    if row.state != "called" or agenda.state in ("approved", "sent"):
        return
    card = await agenda_lines.card(turn, row, agenda)
    who = turn.rules.holders("dagsordensproducent") or turn.rules.holders("sekretær")
    await turn.notify(
        who,
        Card(f"*Dagsordenen skal ud {turn.clock(await deadline(turn, row))}.*\n{card.text}", buttons=card.buttons),
        kind="reminder",
        urgency=ROUTINE,
        summary=f"Mindet om dagsorden for møde {row.number}",
    )


@timer("agenda.due", level_two=True)
async def due(turn: Turn, meeting: int) -> None:
    """Send the agenda at its time if it is approved; if it isn't, ask for the approval, and never send it without."""
    row = await turn.db.get_one(Meeting, meeting)
    agenda = await agenda_lines.bring_up_to_date(turn, row)
    if row.state != "called" or agenda.state == "sent":
        return
    if agenda.state == "approved":
        await dispatch(turn, agenda, row)
        return
    count = sum(1 for each in agenda.items if each["item"] is not None)
    # The first meeting is held whatever is on its agenda: the plan has twelve points for it.
    thin = count < turn.rules.meetings.fewest_items and row.number > 1
    few = f" Der er kun {count} punkt{'er' if count != 1 else ''} – skal mødet aflyses?" if thin else ""
    agenda.state = "awaiting"
    await turn.db.flush()
    card = await agenda_lines.card(turn, row, agenda)
    cancel = Button("Aflys mødet", "meetings.cancel", {"crisis": row.crisis_id, "meeting": row.id}, style="danger")
    await turn.notify(
        dict.fromkeys([*await agenda_lines.responsible(turn), *turn.rules.holders("sekretær")]),
        Card(
            f"⚠️ *Dagsordenen for møde {row.number} skulle være sendt nu og er ikke godkendt.*{few}\n{card.text}",
            buttons=(*card.buttons, *((cancel,) if few else ())),
        ),
        kind="reminder",
        summary=f"Dagsorden for møde {row.number} er ikke godkendt ved fristen",
        key=agenda_lines.key(agenda, "approval"),
    )
