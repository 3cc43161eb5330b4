"""`møde`: calls, starts and ends the meetings of the staff. Plan §5, "Mødes løbende og efter behov"."""

from __future__ import annotations

from datetime import datetime

from handlers.core import form_values, passed_times, rights, running
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import times_shown
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.meetings import agenda, beginning, changes, meeting_card, minutes
from handlers.staff import calendars, chief_asked, sharing, summoning
from storage.rows.meetings import Meeting
from storage.rows.numbers import next_number


async def _only_asked(turn: Turn, text: str) -> None:
    """Tell the staff, and those who serve it, when the meeting is; whoever calls none calls none by it."""
    if text.strip() or not await rights.staff.held(turn):
        await running.refuse(turn, rights.runs_staff)
        return
    now, following = await meeting_card.running(turn), await meeting_card.coming(turn)
    row = now if now is not None and now.state == "running" else following
    if row is None:
        chief = turn.names((await turn.chiefs())[:1]) or "Krisestaben"
        none = f"Der er ikke indkaldt til et møde. {chief} indkalder."
        await turn.answer(Card(await meeting_card.framing(turn) or none))
        return
    is_held = " er i gang" if row.state == "running" else ""
    await turn.answer(Card(f"*Møde {row.number} i krisestaben{is_held}:* {meeting_card.where(turn, row)}"))


@verb(
    "møde",
    "indkald",
    "stabsmøde",
    "start mødet",
    "start møde",
    "slut mødet",
    "slut møde",
    help="møde i morgen 10 stabsrummet – indkald staben; også møde om 30 min teams, møde flyt i morgen 11",
    who=rights.runs_staff,
    crisis=True,
    otherwise=_only_asked,
    begins="with words",
    level_two=True,
)
async def meeting(turn: Turn, text: str) -> None:
    """Call a meeting in one breath; where only a time is given, ask for the place, since a place or a link is
    compulsory."""
    if not text.strip():
        await _show(turn)
        return
    if moved := changes.MOVE.match(text):
        await changes.move_in_words(turn, text[moved.end() :], whither="til" in moved[0].split())
        return
    found = meeting_card.read(turn, text)
    if found is not None and found[0].passed:
        other = Button(
            "Anden tid",
            "meetings.call",
            {"crisis": turn.the_crisis.id},
            submit="Send",
            form=meeting_card.FORM,
            form_title="Indkald",
        )
        about = {"crisis": turn.the_crisis.id, "place": found[1]}
        await turn.answer(passed_times.asked(turn, found[0], "intet er indkaldt", "meetings.meant", about, other))
        return
    if found is None:
        await turn.answer(
            Card(
                "Hvornår og hvor? Intet er indkaldt. Skriv fx */krise møde i morgen 10 stabsrummet*.",
                buttons=(_calling(turn),),
            )
        )
        return
    await _call_or_ask_where(turn, found[0].at, found[1])


@action("meetings.meant", who=rights.runs_staff, begins=True, level_two=True)
async def meant(turn: Turn, at: str, place: str) -> None:
    """Call the meeting at the time that was meant, where the one that was written had passed.

    Args:
        at: UTC, ISO.
        place: as it was written; empty asks for it.
    """
    await turn.replace(Card(f"Mødet er {times_shown.weekday(datetime.fromisoformat(at), turn.zone)}."))
    await _call_or_ask_where(turn, datetime.fromisoformat(at), place)


async def _call_or_ask_where(turn: Turn, when: datetime, place: str) -> None:
    if not place:
        await turn.answer(
            Card(
                f"Mødet {turn.dated(when)}: hvor holdes det? Sted eller link skal med. Intet er indkaldt endnu.",
                buttons=(
                    Button(
                        "Indkald",
                        "meetings.call",
                        {"crisis": turn.the_crisis.id, "at": when.isoformat()},
                        style="primary",
                        submit="Send",
                        form=meeting_card.FORM[1:],
                        form_title="Indkald",
                    ),
                ),
            )
        )
        return
    await call(turn, when, place)


@action("meetings.call", who=rights.runs_staff, begins=True, level_two=True)
async def pressed_call(turn: Turn, at: str = "") -> None:
    """Call a meeting from the form, or with the place that was missing."""
    moment = datetime.fromisoformat(at) if at else form_values.moment(turn, "at")
    if moment is None or not turn.value("place"):
        await turn.answer(Card("Skriv en tid, der ikke er gået, og et sted eller link. Intet er indkaldt."))
        return
    await call(turn, moment, turn.value("place"))


async def call(turn: Turn, at: datetime, place: str) -> Meeting:
    """Call the staff to a meeting.

    Args:
        at: when, UTC.
        place: a room or a link.
    """
    crisis = turn.the_crisis
    is_hurried = agenda.is_hurried(turn, at)
    row = Meeting(
        crisis_id=crisis.id,
        number=await next_number(turn.db, Meeting.number, Meeting.crisis_id == crisis.id),
        at=at,
        place=place,
        urgent=is_hurried,
        called_by=turn.sender,
        called_at=turn.now,
        present=[],
    )
    turn.db.add(row)
    await turn.db.flush()
    hurried = " (hasteindkaldt)" if is_hurried else ""
    await turn.notify(
        [turn.staff, *await turn.members("framing", "operational")],
        Card(f"*Møde {row.number} i krisestaben*{hurried}: {meeting_card.where(turn, row)}"),
        kind="summons",
        summary=f"Indkaldt til møde {row.number}{hurried} {turn.clock(at)}, {place}",
        urgency=URGENT,
    )
    await calendars.send(turn, row, f"Møde {row.number} i krisestaben{hurried}: {meeting_card.where(turn, row)}")
    await meeting_card.make_ready(turn, row)
    await agenda.plan_for(turn, row)
    await beginning.plan_for(turn, row)
    await turn.answer(meeting_card.card(turn, row), key=meeting_card.key(row))
    return row


@action("meetings.start", who=rights.meets, begins=True)
async def start(turn: Turn, meeting: int) -> None:
    """Start a meeting: write down who is there, and when it began."""
    row = await meeting_card.standing(turn, meeting)
    if row is None or row.state != "called":
        return
    now = await meeting_card.running(turn)
    if now is not None and now.state == "running":
        await turn.answer(Card(f"Møde {now.number} er i gang. Slut det først, så dets referat ikke går tabt."))
        return
    missing, guests = await form_values.persons_and_others(turn, "absent")
    present, absent, silent = await summoning.who_is_there(turn, missing, "framing", "operational")
    row.state, row.started_at, row.present = "running", turn.now, present
    await turn.log(
        f"Møde {row.number} er begyndt. Til stede: {turn.names(row.present)}"
        + (f". Fraværende: {'; '.join(filter(None, [turn.names(absent), *guests]))}" if absent or guests else "")
        + (f". Har ikke svaret på indkaldelsen: {turn.names(silent)}" if silent else ""),
        kind="meeting",
        verification="confirmed",
        refs={"meeting": row.number},
    )
    await turn.db.flush()
    await beginning.settle(turn, row)
    await turn.replace(meeting_card.card(turn, row))
    await minutes.open_for(turn, row)
    await chief_asked.begin(turn)
    if row.number == 1:
        await sharing.ask(turn)


@action("meetings.end", who=rights.meets)
async def end(turn: Turn, meeting: int) -> None:
    """End a meeting, not before the next one has been spoken of, and make the draft of its minutes at once. Where the staff
    has stood down meanwhile there is no next one (plan §3), and whoever would have called it is told."""
    row = await meeting_card.standing(turn, meeting)
    if row is None or row.state != "running":
        return
    none = meeting_card.is_none(turn.value("next_at"))
    if not turn.the_crisis.has_staff:
        if turn.value("next_at") and not none:
            await _tell_of_no_next(turn, row)
        none = True
    following = None if none else form_values.moment(turn, "next_at")
    if not none and (following is None or not turn.value("next_place")):
        await turn.answer(
            Card("Hvornår og hvor er næste møde? Skriv tid og sted – eller »ingen«. Mødet er ikke lukket endnu.")
        )
        return
    row.state, row.ended_at = "ended", turn.now
    await turn.log(
        f"Møde {row.number} er slut. Næste møde: {'ingen' if following is None else turn.clock(following)}",
        kind="meeting",
        verification="confirmed",
        refs={"meeting": row.number},
    )
    await turn.db.flush()
    await beginning.settle(turn, row)
    await turn.replace(meeting_card.card(turn, row))
    await minutes.draft(turn, row)
    if following is not None:
        await call(turn, following, turn.value("next_place"))


async def _tell_of_no_next(turn: Turn, row: Meeting) -> None:
    """Tell whoever filled in the next meeting before the staff stood down that it was not called."""
    meant = " ".join(quote(turn.value(name), 300) for name in ("next_at", "next_place") if turn.value(name))
    told = f"Krisestaben er trådt ned. Møde {row.number} er slut, og der er ikke indkaldt til et nyt: »{meant}«."
    await turn.answer_alone(Card(told))


def _calling(turn: Context) -> Button:
    """Make the button that calls a meeting, from its form."""
    about = {"crisis": turn.the_crisis.id}
    return Button("Indkald", "meetings.call", about, submit="Send", form=meeting_card.FORM, form_title="Indkald")


async def _show(turn: Turn) -> None:
    now, following = await meeting_card.running(turn), await meeting_card.coming(turn)
    row = now if now is not None and now.state == "running" else following
    if row is None:
        await turn.answer(
            Card(
                f"{await meeting_card.framing(turn)}\nDer er ikke indkaldt til et møde. Skriv fx */krise møde i morgen 10 "
                "stabsrummet*.".strip(),
                buttons=(_calling(turn),),
            )
        )
        return
    await turn.answer(meeting_card.card(turn, row), key=f"{meeting_card.key(row)}/{turn.sender}", again=True)
