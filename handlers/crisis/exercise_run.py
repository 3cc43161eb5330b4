"""The run of an exercise, for whoever leads it: how far the staff is, what it hears next, and when. Plan, Planens afprøvning.

An inject is a timer, so that it survives whatever happens to us. The leader gives the next one at once, skips it, repeats
what was given last, or writes one of their own; and each leader's card shows how it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from handlers.core import form_values, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from handlers.preparedness.exercise_scripts import SCRIPTS
from storage.rows.staff import Summons
from storage.rows.traffic import Timer

KIND = "exercises.inject"
# So many injects stand on the card, and so many characters of each.
SHOWN, LONGEST = 8, 120
# So many can be planned, told or not: a slip of the finger fills no staff's channel.
MOST = 50


async def plan(turn: Turn, injects: Sequence[tuple[timedelta, str]]) -> None:
    """Set the timers of what the staff hears later.

    Args:
        injects: how long from now, and what.
    """
    for after, text in injects:
        await _add(turn, turn.now + after, text)


async def _add(turn: Turn, due: datetime, text: str) -> str:
    """Set an inject's timer; return its key."""
    count = await turn.db.scalar(select(func.count()).select_from(Timer).where(*_of_exercise(turn))) or 0
    key = _key(turn, f"inject/{count + 1}")
    await turn.at(due, KIND, key, text=text)
    await turn.db.flush()
    return key


@timer(KIND)
async def inject(turn: Turn, text: str = "", script: str = "", number: int = 0) -> None:
    """Tell the staff what happens next in the exercise, when its time comes; tell whoever has it where there is no
    staff yet.

    Args:
        text: what is told.
        script, number: where it stood, in the timers of an older release.
    """
    if turn.the_crisis.state in ("active", "warned") and (text or script in SCRIPTS):
        await _tell(turn, text or SCRIPTS[script].told[number][1])
        await redraw(turn)


async def _tell(turn: Turn, text: str, *, again: bool = False) -> None:
    head = "Indspil igen" if again else "Indspil"
    entry = await turn.log(
        f"{head}: {text}" if again else text,
        kind="information",
        sender="øvelsesledelsen",
        direction="in",
        recorder="krisebot",
    )
    card = Card(f"*{head}:* {quote(text)} (log nr. {entry.no})")
    leaders = [turn.rules.holder("beredskabschef")]
    for recipient in [turn.staff] if turn.the_crisis.level == 2 else filter(None, leaders):
        await turn.say(recipient, card)


@action("exercises.run", who=rights.exercises)
async def show(turn: Turn) -> None:
    """Show whoever leads the exercise how it stands, by `Forløb`, to them alone; it is kept up to date."""
    if turn.the_crisis.exercise:
        await turn.answer_alone(await _card(turn), key=_key(turn, f"run/{turn.the_incoming.key}"))


@action("exercises.give", who=rights.exercises)
async def give(turn: Turn, inject: int) -> None:
    """Tell the staff at once what was to come later, by `Giv det næste nu`."""
    row = await _waiting(turn, inject)
    if row is not None:
        # As if it had fallen due now: no other turn tells it too.
        row.state, row.fired_at, row.due_at = "done", turn.now, turn.now
        await _tell(turn, _text(row))
    await redraw(turn)


@action("exercises.skip", who=rights.exercises)
async def skip(turn: Turn, inject: int) -> None:
    """Let what was to come next go untold, by `Spring det næste over`."""
    row = await _waiting(turn, inject)
    if row is not None:
        row.state = "cancelled"
        await turn.log(
            f"Øvelsesledelsen springer et indspil over: {_text(row)}", kind="information", sender="øvelsesledelsen"
        )
    await redraw(turn)


@action("exercises.repeat", who=rights.exercises)
async def repeat(turn: Turn, inject: int) -> None:
    """Tell the staff once more what it was told, by `Gentag det seneste`."""
    row = await turn.db.scalar(select(Timer).where(*_of_exercise(turn), Timer.id == inject, Timer.state == "done"))
    if row is not None and turn.the_crisis.exercise:
        await _tell(turn, _text(row), again=True)


@action("exercises.add", who=rights.exercises)
async def add(turn: Turn) -> None:
    """Plan an inject of the leader's own, or tell it at once where no time is given, by `Nyt indspil`."""
    text = turn.value("text")
    if not turn.the_crisis.exercise or not text:
        return
    rows = await _all(turn)
    if len(rows) >= MOST:
        await turn.answer(Card(f"Øvelsen har allerede {MOST} indspil. Intet er lagt til."))
        return
    due = form_values.moment(turn, "at")
    key = await _add(turn, due or turn.now, text)
    if due is None:
        row = (await turn.db.scalars(select(Timer).where(Timer.key == key))).one()
        row.state, row.fired_at = "done", turn.now
        await _tell(turn, text)
    await redraw(turn)


async def _waiting(turn: Context, inject: int) -> Timer | None:
    """Return an inject of this exercise that has not been told, locked; None where it has, or is another's."""
    if not turn.the_crisis.exercise:
        return None
    found: Timer | None = await turn.db.scalar(
        select(Timer).where(*_of_exercise(turn), Timer.id == inject, Timer.state == "waiting").with_for_update()
    )
    return found


def _of_exercise(turn: Context) -> tuple[Any, Any]:
    return Timer.kind == KIND, Timer.crisis_id == turn.the_crisis.id


async def _all(turn: Context) -> list[Timer]:
    return list(await turn.db.scalars(select(Timer).where(*_of_exercise(turn)).order_by(Timer.due_at, Timer.id)))


async def redraw(turn: Turn) -> None:
    """Bring each leader's card up to date."""
    await turn.db.flush()
    await turn.redraw(_key(turn, "run/"), await _card(turn))


async def _card(turn: Context) -> Card:
    crisis = turn.the_crisis
    rows = await _all(turn)
    # The one that is being told now is no longer to come.
    waiting = [row for row in rows if row.state == "waiting" and row.due_at > turn.now]
    told = [row for row in rows if row.state == "done" or (row.state == "waiting" and row.due_at <= turn.now)]
    facts = [("Niveau", str(crisis.level) if crisis.level else "ikke besluttet")]
    summons = list(await turn.db.scalars(select(Summons).where(Summons.crisis_id == crisis.id).order_by(Summons.id)))
    if summons:
        silent = [each.person for each in summons if each.answer is None]
        missing = f"; mangler: {turn.names(silent)}" if silent else ""
        facts.append(("Har svaret", f"{len(summons) - len(silent)} af {len(summons)}{missing}"))
    facts.append(("Fuldt etableret", turn.clock(crisis.established_at) if crisis.established_at else "ikke endnu"))
    facts.append(("Indspil", f"{len(told)} givet, {len(waiting)} venter" if rows else "ingen planlagt"))
    # What comes next stands there for certain; of what has been, the last of it.
    first = max(0, min(len(rows) - SHOWN, len(rows) - len(waiting) - 1))
    for number, row in list(enumerate(rows, 1))[first : first + SHOWN]:
        facts.append((f"{number}. {_state(turn, row)}", quote(_text(row), LONGEST)))
    about = {"crisis": crisis.id}
    buttons = [
        *(
            [
                Button("Giv det næste nu", "exercises.give", {"inject": waiting[0].id, **about}, style="primary"),
                Button("Spring det næste over", "exercises.skip", {"inject": waiting[0].id, **about}),
            ]
            if waiting
            else []
        ),
        *([Button("Gentag det seneste", "exercises.repeat", {"inject": told[-1].id, **about})] if told else []),
        Button(
            "Nyt indspil",
            "exercises.add",
            about,
            form=(
                Field("text", "Hvad får staben at vide?", "long", required=True),
                Field("at", "Hvornår? Fx om 10 min. Tomt: nu", "time"),
            ),
            form_title="Nyt indspil",
            submit="Send",
        ),
        Button(f"Slut øvelse nr. {crisis.number}", "exercises.end", about, style="danger"),
    ]
    over = crisis.state == "closed"
    return Card(
        f"*Øvelsens forløb: nr. {crisis.number} »{quote(crisis.title, 200)}«*{' – slut' if over else ''}",
        facts=tuple(facts),
        buttons=() if over else tuple(buttons),
    )


def _state(turn: Context, row: Timer) -> str:
    if row.state == "cancelled":
        return "ikke givet" if turn.the_crisis.state == "closed" else "sprunget over"
    if row.state == "waiting" and row.due_at > turn.now:
        return f"kommer {turn.clock(row.due_at)}"
    return f"givet {turn.clock(row.fired_at or row.due_at)}"


def _text(row: Timer) -> str:
    given = row.args
    return str(given.get("text") or SCRIPTS[given["script"]].told[given["number"]][1])


def _key(turn: Context, of: str) -> str:
    return f"exercise/{turn.the_crisis.id}/{of}"
