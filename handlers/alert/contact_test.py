"""The contact test: asks everybody in the plan, outside a crisis, whether they can be reached and are in it as they
should be. Plan §5.

Every month one tap tells that a person is reached; every third time they are asked whether number and mail still are
right.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select

from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ROUTINE, Context
from handlers.core.language import replies
from handlers.core.registry import Take, action, reply, timer
from handlers.core.turn import Turn
from storage.rows.alert import ContactAnswer, ContactCheck
from storage.rows.traffic import Timer

# A timer's key: there is one round under way, and it is never set twice.
KEY = "contact_test"
# When people are at work, on the clock on the wall.
AT = time(10)
OPEN, SHUT = time(8), time(16)
# How many working days there are to answer in.
DAYS = 3
# Every so many rounds the plan's own details are asked about.
QUARTER = 3
SHOWN = 8


async def begin(turn: Turn) -> None:
    """Set the timer for the first round, a month after krisebot was first started; a later start changes nothing."""
    standing = await turn.db.scalar(select(Timer).where(Timer.key == KEY))
    if standing is None or standing.state != "waiting":
        # One that failed is not the last.
        round = standing.args["round"] + 1 if standing else 1
        await turn.at(next_month(turn.now, turn.zone), "contact_test.round", KEY, round=round)


def next_month(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the time a month on, on a working day at ten, UTC."""
    today = now.astimezone(zone).date()
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    return _at_work(date(year, month, min(today.day, 28)), zone)


def _working_days(now: datetime, zone: ZoneInfo, count: int) -> datetime:
    day = now.astimezone(zone).date()
    for _ in range(count):
        day += timedelta(days=1)
        while day.weekday() >= 5:
            day += timedelta(days=1)
    return _at_work(day, zone)


def _at_work(day: date, zone: ZoneInfo) -> datetime:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, AT, zone)


@timer("contact_test.round", crisis=False)
async def ask(turn: Turn, round: int) -> None:
    """Ask everybody in the plan once, each month; nobody while anything is going on, nor at night after a long
    standstill."""
    local = turn.now.astimezone(turn.zone)
    at_work = local.weekday() < 5 and OPEN <= local.time() < SHUT
    if not at_work or await turn.open_crises():
        await turn.at(_working_days(turn.now, turn.zone, 1), "contact_test.round", KEY, round=round)
        return
    await turn.at(next_month(turn.now, turn.zone), "contact_test.round", KEY, round=round + 1)
    wanted = turn.plan.contact_test
    details = wanted.quarterly and round % QUARTER == 0
    if not (details or wanted.monthly):
        return
    for person in turn.plan.persons:
        turn.db.add(ContactCheck(round=round, person=person, kind="details" if details else "reach", asked_at=turn.now))
        card = _details(turn, person, round) if details else _reach(round)
        await turn.say(person, card, key=_key(round, person), urgency=ROUTINE)
    await turn.at(_working_days(turn.now, turn.zone, DAYS), "contact_test.due", f"{KEY}/{round}", round=round)


def _reach(round: int) -> Card:
    return Card(
        "*Kontakttest.* Der er ingen krise. Tryk, så ved vi, at beredskabet kan få fat i dig her.",
        buttons=(Button("Jeg kan nås", "contact_test.reached", {"round": round}, style="primary"),),
    )


def _details(turn: Context, person: str, round: int) -> Card:
    known = turn.plan.persons[person]
    about = {"round": round}
    form = (
        Field("mobile", "Mobil", value=known.mobile or ""),
        Field("mail", "Mail", value=known.mail or ""),
        Field("other", "Andet, fx ny stilling eller stedfortræder", "long"),
    )
    return Card(
        "*Stemmer dine oplysninger i beredskabsplanen stadig?* Der er ingen krise.",
        facts=(
            ("Mobil", turn.phone(person)),
            ("Mail", quote(known.mail or "ingen", 200)),
            ("Stilling", quote(known.title or "ikke skrevet", 200)),
        ),
        buttons=(
            Button("Ja", "contact_test.right", about, style="primary"),
            Button("Ret", "contact_test.changed", about, form=form, form_title="Dine oplysninger"),
        ),
    )


@action("contact_test.reached", crisis=False)
async def reached(turn: Turn, round: int) -> None:
    """Note that the person can be reached, by `Jeg kan nås`. Only whoever was asked can answer."""
    await _answered(turn, await _mine(turn, round), "reached")


@action("contact_test.right", crisis=False)
async def right(turn: Turn, round: int) -> None:
    """Note that the person's number and mail are right, by `Ja`. Only whoever was asked can answer."""
    await _answered(turn, await _mine(turn, round), "right")


@action("contact_test.changed", crisis=False)
async def changed(turn: Turn, round: int) -> None:
    """Tell those who keep the plan what to write in it, by `Ret`: the plan is a file. Only whoever was asked can
    answer."""
    row = await _mine(turn, round)
    known = turn.plan.persons.get(turn.sender)
    if row is None or known is None:
        return
    new = {
        "mobil": (known.mobile or "", turn.value("mobile")),
        "mail": (known.mail or "", turn.value("mail")),
        "andet": ("", turn.value("other")),
    }
    said = ", ".join(f"{name}: {value or 'slettes'}" for name, (was, value) in new.items() if value != was)
    if not said:
        await _answered(turn, row, "right")
        return
    row.words = said
    await _answered(turn, row, "changed")
    for person in _keepers(turn):
        await turn.say(
            person, Card(f"*Ret planen.* {turn.name(turn.sender)} melder: »{quote(said, 1500)}«. Se */krise kontakt*.")
        )


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was asked, and hasn't answered; None in a crisis, when a "ja" is about other things."""
    row = await _open(turn)
    return row.asked_at if row is not None and not await turn.open_crises() else None


@reply("contact_test", asked=asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read "ja" or "ok" of whoever was asked as a tap."""
    row = await _open(turn)
    if row is None or replies.reading(text, "notice").meaning != "acknowledged":
        return None
    answer: ContactAnswer = "reached" if row.kind == "reach" else "right"
    return partial(_answered, row=row, answer=answer)


async def _answered(turn: Turn, row: ContactCheck | None, answer: ContactAnswer) -> None:
    if row is None:
        return
    row.answered_at, row.answer = turn.received, answer
    await turn.db.flush()
    thanks = "Tak. Det er sendt til dem, der retter planen." if answer == "changed" else "Tak. Du kan nås."
    await turn.say(turn.sender, Card(thanks), key=_key(row.round, turn.sender))


@timer("contact_test.due", crisis=False)
async def due(turn: Turn, round: int) -> None:
    """Tell those who keep the plan who didn't answer, when the round's time is up; `kontakt` and the doctor
    remember."""
    rows = list(
        await turn.db.scalars(select(ContactCheck).where(ContactCheck.round == round).order_by(ContactCheck.id))
    )
    silent = [row.person for row in rows if row.answered_at is None and row.person in turn.plan.persons]
    if not rows or not silent:
        return
    for person in _keepers(turn):
        await turn.say(
            person,
            Card(
                f"*Kontakttest:* {len(rows) - len(silent)} af {len(rows)} har svaret. Ring til dem, der mangler"
                f"{', og se resten med */krise kontakt*' if len(silent) > SHOWN else ''}:",
                facts=tuple((turn.name(each), turn.phone(each)) for each in silent[:SHOWN]),
            ),
            key=f"{KEY}/{round}/due/{person}",
            urgency=ROUTINE,
        )


def _keepers(turn: Context) -> list[str]:
    """Return whoever keeps the plan: the secretary, else the secretariat that there is until one is named."""
    return turn.plan.holders("sekretær") or turn.plan.interim_secretariat()


async def _mine(turn: Context, round: int) -> ContactCheck | None:
    row: ContactCheck | None = await turn.db.scalar(
        select(ContactCheck).where(ContactCheck.round == round, ContactCheck.person == turn.sender)
    )
    return row


async def _open(turn: Context) -> ContactCheck | None:
    row: ContactCheck | None = await turn.db.scalar(
        select(ContactCheck).where(ContactCheck.person == turn.sender).order_by(ContactCheck.round.desc()).limit(1)
    )
    return row if row is not None and row.answered_at is None else None


def _key(round: int, person: str) -> str:
    return f"{KEY}/{round}/{person}"
