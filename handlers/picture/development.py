"""`udvikling`: the likely and the worst in 4 and in 24 hours, and whether it went so. Plan §7; Bilag 3, "Hvordan kan
situationen udvikle sig"."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from handlers.core import rights, withheld
from handlers.core.card import Button, Card, Family, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.picture import draft
from storage.rows.picture import Development, Outcome
from storage.rows.staff import PICTURE

HOURS = (4, 24)
# The picture's heading for it.
SECTION = 8
LONGEST = 600
SHOWN = 6
# Who has just written it is not asked for it again.
FRESH = timedelta(hours=1)
# In the form: the likely or the worst, in so many hours.
OUTCOME = Family("{}_{}")
FORM = tuple(
    Field(OUTCOME.of(kind, hours), f"Om {hours} timer: det {word}", "long")
    for hours in HOURS
    for kind, word in (("likely", "sandsynlige"), ("worst", "værste"))
)
IN_WORDS: dict[Outcome, str] = {
    "likely": "gik som det sandsynlige",
    "worst": "gik som det værste",
    "other": "gik anderledes",
}


@verb(
    "udvikling",
    "prognose",
    help="udvikling – det sandsynlige og det værste om 4 og 24 timer, og om det gik sådan",
    who=rights.staff,
    crisis=True,
    begins="never",
    wordless=True,
)
async def development(turn: Turn, text: str) -> None:
    """Show how the situation is thought to develop, and offer the form to those who may write it."""
    if await withheld.refuse_whole(turn, PICTURE):
        return
    rows = list(
        await turn.db.scalars(
            select(Development)
            .where(Development.crisis_id == turn.the_crisis.id)
            .order_by(Development.id.desc())
            .limit(SHOWN)
        )
    )
    may = await rights.asks.held(turn)
    passed = [row for row in rows if row.outcome is None and row.due_at <= turn.now][:1] if may else []
    await turn.answer(
        Card(
            "*Udvikling:* det sandsynlige og det værste." if rows else "*Udvikling:* intet er skrevet endnu.",
            facts=tuple((f"Til {turn.clock(row.due_at)}", _line(row)) for row in rows),
            buttons=(*((_write_button(),) if may else ()), *(button for row in passed for button in _judged(row))),
        )
    )


async def ask(turn: Turn) -> None:
    """Ask the staff for the development, with each picture that is published, where nobody has just written it."""
    newest = await turn.db.scalar(
        select(Development.written_at)
        .where(Development.crisis_id == turn.the_crisis.id)
        .order_by(Development.id.desc())
        .limit(1)
    )
    if newest is None or newest < turn.now - FRESH:
        await turn.say(
            turn.staff,
            Card(
                "*Hvordan udvikler det sig?* Skriv det sandsynlige og det værste om 4 og 24 timer.",
                buttons=(_write_button(),),
            ),
            key=f"crisis/{turn.the_crisis.id}/development/ask/{turn.now.isoformat()}",
        )


@action("development.write", who=rights.asks)
async def write(turn: Turn) -> None:
    """Keep what was filled in, under the picture's eighth heading too, and ask at each of those hours how it went."""
    filled = {
        hours: (turn.value(OUTCOME.of("likely", hours)), turn.value(OUTCOME.of("worst", hours))) for hours in HOURS
    }
    filled = {hours: said for hours, said in filled.items() if any(said)}
    if not filled or any(len(text) > LONGEST for said in filled.values() for text in said):
        await turn.answer(Card(f"Skriv mindst ét af felterne, hvert på højst {LONGEST} tegn. Intet er gemt."))
        return
    for hours, (likely, worst) in filled.items():
        due = turn.received + timedelta(hours=hours)
        said = "; ".join(f"{word}: {text}" for word, text in (("sandsynligt", likely), ("værst", worst)) if text)
        entry = await turn.log(
            f"Udvikling til {turn.dated(due)} – {said}",
            kind="development",
            sender=turn.sender,
            receiver="krisestaben",
            verification="unconfirmed",
        )
        row = Development(
            crisis_id=turn.the_crisis.id,
            hours=hours,
            due_at=due,
            likely=likely,
            worst=worst,
            written_by=turn.sender,
            written_at=turn.received,
            log_no=entry.no,
        )
        turn.db.add(row)
        await turn.db.flush()
        await draft.contribute(turn, SECTION, f"Til {turn.dated(due)} – {said}", entry.no)
        # One question for each hour of the day, however often it is written.
        key = f"crisis/{turn.the_crisis.id}/development/{hours}/{due:%Y%m%d%H}"
        await turn.at(due, "development.came", key, development=row.id)
    times = " og ".join(turn.dated(turn.received + timedelta(hours=hours)) for hours in filled)
    await turn.answer(
        Card(f"✅ Gemt, også i situationsbilledets punkt {SECTION}. Jeg spørger, hvordan det gik: {times}.")
    )


@timer("development.came", level_two=True)
async def came(turn: Turn, development: int) -> None:
    """Ask the staff, once, whether it went so."""
    row = await turn.db.get(Development, development)
    if row is not None and row.outcome is None:
        await turn.notify(
            [turn.staff],
            _card(turn, row),
            kind="reminder",
            summary="Spurgt, om udviklingen gik som ventet",
            key=_key(row),
        )


@action("development.judge", who=rights.asks)
async def judge(turn: Turn, development: int, outcome: Outcome) -> None:
    """Keep how it went, by `Som det sandsynlige` or `Som det værste`."""
    await _judge(turn, development, outcome, "")


@action("development.otherwise", who=rights.asks)
async def otherwise(turn: Turn, development: int) -> None:
    """Keep how it went otherwise, as it was filled in."""
    await _judge(turn, development, "other", turn.value("text"))


async def _judge(turn: Turn, development: int, outcome: Outcome, remark: str) -> None:
    row = await turn.of_crisis(Development, development)
    if row is None or row.outcome is not None or outcome not in IN_WORDS:
        return
    row.outcome, row.remark, row.judged_by, row.judged_at = outcome, remark or None, turn.sender, turn.now
    await turn.log(
        f"Udviklingen til {turn.dated(row.due_at)} {IN_WORDS[outcome]}{f': {remark}' if remark else ''} (nr. {row.log_no})",
        kind="development",
        sender=turn.sender,
        receiver="evalueringen",
        verification="confirmed",
        refs={"about": row.log_no},
    )
    await turn.db.flush()
    await turn.say(turn.staff, _card(turn, row), key=f"{_key(row)}/{turn.staff}")
    await turn.replace(_card(turn, row))


def _card(turn: Context, row: Development) -> Card:
    facts = tuple((name, quote(text)) for name, text in (("Sandsynligt", row.likely), ("Værst", row.worst)) if text)
    head = f"*Til {turn.dated(row.due_at)} ventede vi dette* (log nr. {row.log_no}, {turn.name(row.written_by)})."
    if row.outcome is not None:
        return Card(f"✅ {head}\nDet {IN_WORDS[row.outcome]}. {quote(row.remark or '')}".rstrip(), facts)
    return Card(f"{head}\n*Gik det sådan?*", facts, buttons=_judged(row))


def _judged(row: Development) -> tuple[Button, ...]:
    about = {"development": row.id}
    return (
        *((Button("Som det sandsynlige", "development.judge", {**about, "outcome": "likely"}),) if row.likely else ()),
        *((Button("Som det værste", "development.judge", {**about, "outcome": "worst"}),) if row.worst else ()),
        Button(
            "Anderledes",
            "development.otherwise",
            about,
            form=(Field("text", "Hvordan gik det?", "long", required=True),),
            form_title="Hvordan gik det?",
        ),
    )


def _write_button() -> Button:
    return Button("Skriv udvikling", "development.write", {}, form=FORM, form_title="Udvikling")


def _line(row: Development) -> str:
    said = " / ".join(quote(text, 150) for text in (row.likely, row.worst) if text)
    return f"{said} – {IN_WORDS[row.outcome]}" if row.outcome else said


def _key(row: Development) -> str:
    return f"development/{row.id}"
