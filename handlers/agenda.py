"""`dagsorden`: gathered, approved by the responsible director, sent the day before, sent again with what is new. Plan §5; Bilag 2."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from handlers import agenda_items, clearance, meetings, papers, partners, rights
from handlers.card import Button, Card, quote
from handlers.registry import action, timer, verb
from handlers.turn import ROUTINE, Turn
from storage.parts.meetings import PARTS, Agenda, AgendaItem, Meeting
from storage.parts.sharing import MINUTES
from storage.tables import Message

# Additions are gathered for so long, so that nobody is sent one version after the other.
GATHER = timedelta(minutes=10)

# Bilag 2, "det første møde i krisestaben", with its own numbers; 0 since the chief is appointed at it (T20).
FIRST = (
    ("0", "Udpegning af krisestabschef"),
    ("1", "Udpegning af referent"),
    ("2", "Gennemgang af deltagere"),
    ("3", "Præsentation af situationsbilledet"),
    ("4", "Hvad er kommunens opgaver?"),
    (
        "5",
        "Fastlæggelse af organisation: a. supplering af staben, b. krisekommunikationsteam og presseansvarlig, c. eksterne samarbejdspartnere",
    ),
    ("6", "Bemanding af staben (afgivelser og omfordeling)"),
    ("7", "Identifikation af relevante samarbejdspartnere"),
    ("8", "Særlige procedurer: a. sag, dokumentation og journalisering, b. distribution af informationer, c. økonomi"),
    ("9", "Orientering af kommunens medarbejdere"),
    ("10", "Eventuelt"),
    ("11", "Opsummering af væsentlige beslutninger"),
    ("12", "Næste møde"),
)
# Bilag 2, "de videre møder".
LATER = (
    ("1", "Opdatering på situationsbilledet"),
    ("2", "Nøgleopgaver"),
    ("3", "Opgaver, der angår koordinering"),
    ("4", "Krisekommunikation"),
    ("5", "Punkter til erfaringsopsamling"),
    ("6", "Eventuelt"),
    ("7", "Opsummering af væsentlige beslutninger"),
    ("8", "Næste møde"),
)
# What the plan's own text asks of the first meetings and Bilag 2 leaves out (§5 and §7): proposed, never put in silently.
PROPOSED = (
    "Udpegning af krisesekretariat og tovholder",
    "Forstærket overvågning af telefoner og postkasser",
    "Fortrolighed: hvem skal vide hvad",
    "Rapporteringsordning fra centrene",
)
# Where what has come in stands: what waits under coordination, urgent measures' orientation first of all.
ITEMS_UNDER = {True: "4", False: "3"}
STATES = {"draft": "kladde", "awaiting": "til godkendelse", "approved": "godkendt", "sent": "udsendt"}


@verb("dagsorden", "d", help="dagsorden – næste mødes dagsorden: se, godkend, udsend", who=rights.staff, crisis=True)
async def agenda(turn: Turn, text: str) -> None:
    """The next meeting's, as it stands."""
    if await clearance.kept_back(turn, MINUTES):
        return
    meeting = await meetings.coming(turn)
    if meeting is None:
        waiting = await agenda_items.open_items(turn)
        await turn.answer(
            Card(
                f"Der er ikke indkaldt til et møde. {len(waiting)} punkter venter. Skriv fx */krise møde i morgen 10 stabsrummet*.",
                facts=tuple((f"Punkt {row.number}", quote(agenda_items.line(row), 300)) for row in waiting[:20]),
            )
        )
        return
    await turn.answer(
        await _card(turn, meeting, await current(turn, meeting)), key=f"agenda/{meeting.id}/{turn.sender}"
    )


async def newest(turn: Turn, meeting: Meeting) -> Agenda | None:
    """A meeting's newest agenda."""
    found: Agenda | None = await turn.db.scalar(
        select(Agenda).where(Agenda.meeting == meeting.id).order_by(Agenda.version.desc()).limit(1)
    )
    return found


async def current(turn: Turn, meeting: Meeting) -> Agenda:
    """The version that counts; what has come in since the last one was sent makes a new one."""
    row = await newest(turn, meeting)
    items = await _items(turn, meeting, row)
    if row is not None and row.state != "sent":
        if row.items != items:
            row.items = items
            if row.state in ("awaiting", "approved"):
                row.state, row.approved_by, row.approved_at = "draft", None, None
        await turn.db.flush()
        return row
    if row is not None and [each["item"] for each in row.items] == [each["item"] for each in items]:
        return row
    fresh = Agenda(
        crisis_id=turn.the_crisis.id,
        meeting=meeting.id,
        version=(row.version if row else 0) + 1,
        state="draft",
        items=items,
    )
    turn.db.add(fresh)
    await turn.db.flush()
    return fresh


async def _items(turn: Turn, meeting: Meeting, before: Agenda | None) -> list[dict[str, object]]:
    first = not await meetings.held(turn)
    known: set[object] = set()
    if before is not None:
        sent = await turn.db.scalars(select(Agenda).where(Agenda.meeting == meeting.id, Agenda.state == "sent"))
        known = {each["item"] for agenda in sent for each in agenda.items}
    waiting = await agenda_items.open_items(turn)
    rows: list[dict[str, object]] = []
    for number, heading in FIRST if first else LATER:
        rows.append({"no": number, "text": heading, "item": None, "kind": None, "new": False})
        under = [
            row
            for row in waiting
            if (row.measure is not None and number == ("3" if first else "1"))
            or (row.measure is None and number == ITEMS_UNDER[first])
        ]
        for place, row in enumerate(under, 1):
            rows.append(
                {
                    "no": f"{number}.{place}",
                    "text": agenda_items.line(row),
                    "item": row.id,
                    "kind": row.kind,
                    "new": bool(known) and row.id not in known,
                }
            )
    return rows


def _lines(row: Agenda) -> str:
    return "\n".join(
        (f"*{PARTS[str(each['text'])]}*\n" if each["item"] is None and each["text"] in PARTS else "")
        + f"{each['no']}. {'*NYT* ' if each['new'] else ''}{quote(str(each['text']), 500)}"
        for each in row.items
    )


async def _card(turn: Turn, meeting: Meeting, row: Agenda) -> Card:
    head = f"*Dagsorden, møde {meeting.number}* {turn.clock(meeting.at)}, {quote(meeting.place, 200)} – udgave {row.version}, {STATES[row.state]}"
    about = {"crisis": row.crisis_id, "agenda": row.id}
    buttons = {
        "draft": (Button("Send til godkendelse", "agenda.submit", about, style="primary"),),
        "awaiting": (Button("Godkend", "agenda.approve", about, style="primary"),),
        "approved": (Button("Udsend", "agenda.send", about, style="primary"),),
        "sent": (papers.button(row.crisis_id, "agenda", row.version, meeting.number),),
    }.get(row.state, ())
    missing = await _missing(turn)
    proposed = await _proposed(turn) if row.state == "draft" else []
    if proposed:
        buttons = (*buttons, Button("Tag forslagene med", "agenda.proposed", about))
        head += f"\nPlanen nævner også: {'; '.join(proposed)}."
    wants = "".join(f"\n❗ Punkt {each.number} mangler {agenda_items.lacks(each)}." for each in missing)
    facts: tuple[tuple[str, str], ...] = ()
    if sum(each["item"] is None for each in row.items) == len(FIRST):
        # Items 5c and 7 are the same list twice (T21).
        facts = (("Punkt 5c og 7, samarbejdspartnere", await partners.summary(turn)),)
        buttons = (*buttons, Button("Samarbejdspartnere", "partners.open", {"crisis": row.crisis_id}))
    return Card(f"{head}\n{_lines(row)}{wants}", facts=facts, buttons=buttons)


async def _proposed(turn: Turn) -> list[str]:
    """What the first meeting could have on its agenda as well, as long as nobody has put it there (R304)."""
    if await meetings.held(turn):
        return []
    known = set(await turn.db.scalars(select(AgendaItem.text).where(AgendaItem.crisis_id == turn.the_crisis.id)))
    return [text for text in PROPOSED if text not in known]


@action("agenda.proposed", who=rights.runs_staff)
async def take_proposed(turn: Turn, agenda: int) -> None:
    """`Tag forslagene med`: they are items like all others, and can be taken off again."""
    found = await _standing(turn, agenda, "draft")
    if found is None:
        return
    for text in await _proposed(turn):
        await agenda_items.add(turn, text, kind="discussion")
    await turn.replace(await _card(turn, found[1], await current(turn, found[1])))


async def _missing(turn: Turn) -> list[AgendaItem]:
    return [row for row in await agenda_items.open_items(turn) if agenda_items.lacks(row)]


async def responsible(turn: Turn) -> list[str]:
    """The responsible director for the staff: the chief, where one is named, else the directorate (T10)."""
    return [turn.the_crisis.chief] if turn.the_crisis.chief else turn.rules.board()


async def approvers(turn: Turn) -> list[str]:
    """Who may approve it or call the meeting off: the responsible director, or the deputy with the same right (D13)."""
    return await turn.chiefs() if turn.the_crisis.chief else turn.rules.board()


async def _standing(turn: Turn, agenda: int, *states: str) -> tuple[Agenda, Meeting] | None:
    row = await turn.db.get(Agenda, agenda)
    if row is None or row.crisis_id != turn.the_crisis.id:
        return None
    meeting = await turn.db.get_one(Meeting, row.meeting)
    if row.state not in states or meeting.state != "called":
        await turn.answer(
            Card(f"Dagsordenen er {STATES[row.state]}. Skriv */krise dagsorden* for at se, hvordan den står.")
        )
        return None
    return row, meeting


@action("agenda.submit", who=rights.runs_staff)
async def submit(turn: Turn, agenda: int) -> None:
    """To the responsible director (R081); every item has its character, a decision its recommendation (R083, R084)."""
    found = await _standing(turn, agenda, "draft")
    if found is None:
        return
    row, meeting = await current(turn, found[1]), found[1]
    for each in await _missing(turn):
        asked = f"Punkt {each.number} mangler {agenda_items.lacks(each)}."
        await turn.say(
            each.proposer,
            Card(
                f"{asked}\n{agenda_items.card(turn, each).text}",
                agenda_items.card(turn, each).facts,
                buttons=agenda_items.card(turn, each).buttons,
            ),
            kind="reminder",
        )
    if any(each.kind is None for each in await _missing(turn)):
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
    card = await _card(turn, meeting, row)
    cancel = Button("Aflys mødet", "meetings.cancel", {"crisis": row.crisis_id, "meeting": meeting.id}, style="danger")
    await turn.notify(
        await responsible(turn),
        Card(f"{card.text}{few}", buttons=(*card.buttons, *((cancel,) if few else ()))),
        kind="notice",
        summary=f"Dagsorden for møde {meeting.number}, udgave {row.version}, er sendt til godkendelse",
        key=f"agenda/{row.id}/approval",
    )
    await turn.replace(await _card(turn, meeting, row))


@action("agenda.approve")
async def approve(turn: Turn, agenda: int) -> None:
    """`Godkend`, by the responsible director, who may overrule a missing recommendation (R081)."""
    found = await _standing(turn, agenda, "awaiting")
    if found is None:
        return
    row, meeting = found
    if turn.sender not in await approvers(turn):
        await turn.answer(
            Card(f"Det kan kun {turn.names(await responsible(turn))} som ansvarlig direktør. Intet er ændret.")
        )
        return
    row.state, row.approved_by, row.approved_at = "approved", turn.sender, turn.now
    await turn.log(
        f"Dagsorden for møde {meeting.number}, udgave {row.version}, er godkendt af {turn.name(turn.sender)}",
        kind="agenda",
        verification="confirmed",
        refs={"meeting": meeting.number, "version": row.version},
    )
    await turn.db.flush()
    if meeting.urgent or turn.now >= await deadline(turn, meeting):
        await dispatch(turn, row, meeting)
    else:
        await turn.at(await deadline(turn, meeting), "agenda.due", f"agenda/{meeting.id}/due", meeting=meeting.id)
    await turn.replace(await _card(turn, meeting, row))


@action("agenda.send", who=rights.runs_staff)
async def send(turn: Turn, agenda: int) -> None:
    """`Udsend`: only what is approved."""
    found = await _standing(turn, agenda, "approved")
    if found is not None:
        await dispatch(turn, *found)
        await turn.replace(await _card(turn, found[1], found[0]))


async def dispatch(turn: Turn, row: Agenda, meeting: Meeting) -> None:
    """To every member, and to the log; what is new since the last version is marked (R087)."""
    if row.state != "approved":
        raise ValueError("an agenda that is not approved is never sent")
    row.state, row.sent_at = "sent", turn.now
    await turn.db.flush()
    hurried = " (hasteindkaldt)" if meeting.urgent else ""
    await turn.notify(
        [turn.staff, *await turn.members("framing", "operational")],
        Card(
            f"*Dagsorden, møde {meeting.number}*{hurried} {turn.clock(meeting.at)}, {quote(meeting.place, 300)}, udgave {row.version}\n{_lines(row)}"
        ),
        kind="notice",
        summary=f"Dagsorden for møde {meeting.number}, udgave {row.version}, er udsendt",
    )


async def added(turn: Turn, item: AgendaItem) -> None:
    """An addition after the agenda was sent: gathered for ten minutes, then sent again (R086, R087)."""
    meeting = await meetings.coming(turn)
    row = await newest(turn, meeting) if meeting else None
    if meeting is not None and row is not None and row.state == "sent":
        await turn.at(turn.now + GATHER, "agenda.again", f"agenda/{meeting.id}/again", meeting=meeting.id)
    await at_risk(turn, item)


@timer("agenda.again")
async def again(turn: Turn, meeting: int) -> None:
    """The additions of the last ten minutes make a version, which the approved agenda's approval covers not: it is asked for."""
    row = await turn.db.get_one(Meeting, meeting)
    if row.state != "called":
        return
    fresh = await current(turn, row)
    if fresh.state == "sent":
        return
    fresh.state = "awaiting"
    await turn.db.flush()
    card = await _card(turn, row, fresh)
    await turn.notify(
        await responsible(turn),
        Card(f"Tilføjelser til dagsordenen.\n{card.text}", buttons=card.buttons),
        kind="notice",
        summary=f"Tilføjelser til dagsorden for møde {row.number}, udgave {fresh.version}, er sendt til godkendelse",
        key=f"agenda/{fresh.id}/approval",
    )


async def at_risk(turn: Turn, item: AgendaItem) -> None:
    """ "ansvar for, at sagerne behandles rettidigt": a deadline before the next meeting is told of in time (R097)."""
    if item.deadline is None or item.state != "open":
        return
    meeting = await meetings.coming(turn)
    if meeting is not None and meeting.at <= item.deadline:
        return
    since = f"{meeting.id}.{meeting.sequence}" if meeting else "none"
    key = f"item/{item.id}/risk/{item.deadline.isoformat()}/{since}"
    if await turn.db.scalar(select(Message.id).where(Message.key.startswith(key, autoescape=True)).limit(1)):
        return
    whom = dict.fromkeys([*turn.rules.holders("sekretær"), *(await responsible(turn))[:1]])
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


async def deadline(turn: Turn, meeting: Meeting) -> datetime:
    """When the agenda shall be out: the day before, on the clock on the wall (R085)."""
    return _day_before(turn, meeting, turn.rules.meetings.agenda_by.hour, turn.rules.meetings.agenda_by.minute)


def _day_before(turn: Turn, meeting: Meeting, hour: int, minute: int) -> datetime:
    day = meeting.at.astimezone(turn.zone).date() - timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=turn.zone).astimezone(UTC)


async def plan_for(turn: Turn, meeting: Meeting) -> None:
    """Set the reminder and the dispatch of a meeting that has been called; a hurried one is not nagged about."""
    keys = remind_key, due_key = f"agenda/{meeting.id}/remind", f"agenda/{meeting.id}/due"
    await turn.cancel(*keys)
    await turn.at(_prepared_by(turn, meeting), "agenda.prepare", f"agenda/{meeting.id}/prepare", meeting=meeting.id)
    if meeting.urgent:
        return
    latest = await deadline(turn, meeting)
    if latest > turn.now:  # too late to be reminded of it, it is asked for at once: one message, not two
        await turn.at(_prepared_by(turn, meeting), "agenda.remind", remind_key, meeting=meeting.id)
    await turn.at(max(latest, turn.now), "agenda.due", due_key, meeting=meeting.id)


def _prepared_by(turn: Turn, meeting: Meeting) -> datetime:
    """When those who make the agenda and prepare what is on it are reminded: the day before, or now where it is later."""
    when = turn.rules.meetings.agenda_reminder
    return max(_day_before(turn, meeting, when.hour, when.minute), turn.now)


@timer("agenda.prepare")
async def prepare(turn: Turn, meeting: int) -> None:
    """ "punkterne er forberedte til mødet, så krisestaben kan træffe beslutning": each preparer, once for all of theirs (R099)."""
    row = await turn.db.get_one(Meeting, meeting)
    if row.state != "called":
        return
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


@timer("agenda.remind")
async def remind(turn: Turn, meeting: int) -> None:
    """Whoever makes the agenda is reminded, with the draft at hand."""
    row = await turn.db.get_one(Meeting, meeting)
    agenda = await current(turn, row)
    if row.state != "called" or agenda.state in ("approved", "sent"):
        return
    card = await _card(turn, row, agenda)
    who = turn.rules.holders("dagsordensproducent") or turn.rules.holders("sekretær")
    await turn.notify(
        who,
        Card(f"*Dagsordenen skal ud {turn.clock(await deadline(turn, row))}.*\n{card.text}", buttons=card.buttons),
        kind="reminder",
        urgency=ROUTINE,
        summary=f"Mindet om dagsorden for møde {row.number}",
    )


@timer("agenda.due")
async def due(turn: Turn, meeting: int) -> None:
    """Its time: what is approved goes out; what isn't is asked for, never sent."""
    row = await turn.db.get_one(Meeting, meeting)
    agenda = await current(turn, row)
    if row.state != "called" or agenda.state == "sent":
        return
    if agenda.state == "approved":
        await dispatch(turn, agenda, row)
        return
    count = sum(1 for each in agenda.items if each["item"] is not None)
    few = f" Der er kun {count} punkter – skal mødet aflyses?" if count < turn.rules.meetings.fewest_items else ""
    agenda.state = "awaiting"
    await turn.db.flush()
    card = await _card(turn, row, agenda)
    cancel = Button("Aflys mødet", "meetings.cancel", {"crisis": row.crisis_id, "meeting": row.id}, style="danger")
    await turn.notify(
        dict.fromkeys([*await responsible(turn), *turn.rules.holders("sekretær")]),
        Card(
            f"⚠️ *Dagsordenen for møde {row.number} skulle være sendt nu og er ikke godkendt.*{few}\n{card.text}",
            buttons=(*card.buttons, *((cancel,) if few else ())),
        ),
        kind="reminder",
        summary=f"Dagsorden for møde {row.number} er ikke godkendt ved fristen",
        key=f"agenda/{agenda.id}/approval",
    )
