"""`oplysningsbehov`: what the staff must know, by whom and before when, until it is answered. Plan §7, overblik."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.core import clearance, form_values, passed_times, rights, running, withheld, written_times
from handlers.core.card import Button, Card, quote
from handlers.core.context import ROUTINE
from handlers.core.language import verb_words
from handlers.core.language.no_answers import says_nothing_yet
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from handlers.reporting import information_need_card, information_need_steps
from storage.rows.reporting import InformationNeed, Report

# After the owner was reminded, the staff hears of it once.
PATIENCE = timedelta(minutes=30)
SHOWN, LONGEST = 20, 500
NUMBERED = re.compile(r"(?:OB\s?)?(\d{1,6})\b[:.]?\s*+(.*+)", re.IGNORECASE | re.DOTALL)
NAMED = re.compile(r"(?<![\w-])OB\s?(\d{1,6})\b", re.IGNORECASE)
NO_LONGER = {
    "annulleret": ("annullér", "annuller", "droppet", "ikke nødvendigt", "ikke længere nødvendigt", "bortfalder")
}


@verb(
    "oplysningsbehov",
    "ob",
    "informationsbehov",
    help="oplysningsbehov <hvad vi skal vide> @hvem <frist> – fx oplysningsbehov hvor mange er evakueret @Hanne kl 16",
    crisis=True,
    afterwards=True,
    begins="with words",
)
async def need(turn: Turn, text: str) -> None:
    """Ask somebody for what the staff must know; answer it, or change it, by its number; without a word, show the list.

    Args:
        text: as typed.
    """
    text = text.strip()
    if not text:
        await _list(turn)
        return
    numbered = NUMBERED.fullmatch(text)
    if numbered and await _act_on(turn, int(numbered[1]), numbered[2].strip()):
        return
    if not await rights.asks.held(turn):
        await running.refuse(turn, rights.asks)
        return
    found = written_times.find(turn, text, bare=True)
    parsed, rest = found if found else (None, text)
    named = turn.whom(rest)
    if not named.rest or len(named.rest) > LONGEST:
        await turn.answer(
            Card(
                f"Hvad skal staben vide? Højst {LONGEST} tegn, fx */krise oplysningsbehov hvor mange er evakueret @Hanne "
                "kl 16*. Ingen er spurgt."
            )
        )
        return
    known = len(named.persons) == 1
    # What is nobody's lands with the coordinator, who hands it on.
    owner = named.persons[0] if known else turn.rules.holder("tovholder") or turn.sender
    due = turn.now + turn.rules.deadlines.status_reply if parsed is None or parsed.passed else parsed.at
    row = await information_need_steps.add(turn, named.rest, owner, due)
    await information_need_steps.answer_with_card(turn, row)
    if parsed is not None and parsed.passed:
        so = f"OB{row.number} har frist {turn.clock(due)}"
        again = information_need_card.amendment("Anden tid", row)
        await turn.answer(passed_times.asked(turn, parsed, so, "information_needs.meant", {"need": row.id}, again))
    elif named.typed and not known:
        whose = f": {turn.names(named.persons)}" if named.persons else ""
        await turn.answer(
            Card(
                f"Jeg kan ikke se, hvem »{quote(named.typed, 100)}« er{whose}. {turn.name(owner)} er spurgt så længe. Hvem ved "
                "det?",
                buttons=(information_need_card.amendment("Ret", row),),
            )
        )


async def _act_on(turn: Turn, number: int, said: str) -> bool:
    """Do what is said of a need that there is; False when the number begins something else, as "3 pumper, hvor er
    de"."""
    row: InformationNeed | None = await turn.db.scalar(
        select(InformationNeed).where(InformationNeed.crisis_id == turn.the_crisis.id, InformationNeed.number == number)
    )
    if row is None:
        if said:
            return False
        await turn.answer(Card(f"Der er ikke noget OB{number}. Skriv */krise oplysningsbehov* for at se dem."))
        return True
    if await withheld.refuse_row(turn, row, f"OB{number}", said):
        return True
    if not said:
        await information_need_steps.answer_with_card(turn, row)
        return True
    if verb_words.match(said, NO_LONGER).kind == "exact":
        if await rights.asks.held(turn):
            await information_need_steps.drop(turn, row)
        else:
            await running.refuse(turn, rights.asks)
        return True
    found = written_times.find(turn, said, bare=True)
    parsed, rest = found if found else (None, said)
    named = turn.whom(rest)
    if not named.rest and (len(named.persons) == 1 or (parsed is not None and not parsed.passed)):
        if await rights.asks.held(turn):
            owner = named.persons[0] if len(named.persons) == 1 else row.owner
            due = parsed.at if parsed is not None and not parsed.passed else row.due_at
            await information_need_steps.amend(turn, row, owner, due)
        else:
            await running.refuse(turn, rights.asks)
        return True
    if not await information_need_steps.refuse_other(turn, row):
        await information_need_steps.take_answer(turn, row, said)
    return True


@action("information_needs.answer")
async def answer(turn: Turn, need: int) -> None:
    """Take the answer that was filled in, from whoever was asked or those who may ask."""
    row = await information_need_steps.of_crisis(turn, need)
    if row is None or await information_need_steps.refuse_other(turn, row):
        return
    if not turn.value("text"):
        await turn.answer(Card(f"Skriv svaret på OB{row.number}. Intet er ændret."))
        return
    await information_need_steps.take_answer(turn, row, turn.value("text"))


@action("information_needs.by_report")
async def by_report(turn: Turn, need: int, no: int) -> None:
    """Close a need by a report that has come, by `Svarer på OB1` from whoever sent it or those who may ask.

    Args:
        no: the report's log line.
    """
    row = await information_need_steps.of_crisis(turn, need)
    report = await turn.db.scalar(
        select(Report).where(Report.crisis_id == turn.the_crisis.id, Report.log_no == no).limit(1)
    )
    if row is None or report is None or await information_need_steps.refuse_other(turn, row):
        return
    if row.state != "open":
        await turn.answer(Card(f"{information_need_card.closed(row)}. Intet er ændret."))
        return
    await information_need_steps.close_by(turn, row, no)
    await information_need_steps.answer_with_card(turn, row)


async def close_answered(turn: Turn, report: Report) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Close the open needs that a report names, "OB1: 14 beboere", where its sender may answer them; and offer the
    others that it may answer.

    Returns:
        buttons for its sender, of what they were asked and did not name; and for the staff, of what somebody else named
        as well.
    """
    named = _said_of_each(report.what[:LONGEST])
    asks = await rights.asks.held(turn)
    own, others = [], []
    for row in await information_need_card.open_ones(turn):
        if row.number in named and (turn.sender == row.owner or asks) and not says_nothing_yet(named[row.number]):
            await information_need_steps.close_by(turn, row, report.log_no)
        elif turn.sender == row.owner:
            own.append(row)
        elif row.number in named:
            others.append(row)
    return tuple(information_need_card.answered_by_button(row, report) for row in own[:3]), tuple(
        information_need_card.answered_by_button(row, report) for row in (own + others)[:3]
    )


def _said_of_each(text: str) -> dict[int, str]:
    """Return what a text says of each need that it names: what comes after its number, or all of it where nothing does."""
    before, *parts = NAMED.split(text)
    whole = " ".join([before, *parts[1::2]])
    return {
        int(number): after if re.search(r"\w", after) else whole
        for number, after in zip(parts[::2], parts[1::2], strict=True)
    }


@action("information_needs.meant", who=rights.asks)
async def meant(turn: Turn, need: int, at: str) -> None:
    """Set a need's time to the one that was meant, by `Ja`: what was typed had passed today.

    Args:
        at: UTC in ISO form.
    """
    row = await information_need_steps.of_crisis(turn, need)
    if row is not None:
        await turn.replace(Card(f"OB{row.number}: {quote(row.text)}"))
        await information_need_steps.amend(turn, row, row.owner, datetime.fromisoformat(at))


@action("information_needs.amend", who=rights.asks, begins=True)
async def pressed_amend(turn: Turn, need: int) -> None:
    """Ask somebody else, or for another time, by `Ret` or `Spørg igen`; what was answered is open again."""
    row = await information_need_steps.of_crisis(turn, need)
    if row is None:
        return
    owner, due = form_values.person(turn, "owner"), form_values.moment(turn, "due")
    later = turn.now + turn.rules.deadlines.status_reply
    await information_need_steps.amend(
        turn, row, owner or row.owner, due or (later if row.due_at <= turn.now else row.due_at)
    )


@action("information_needs.drop", who=rights.asks)
async def pressed_drop(turn: Turn, need: int) -> None:
    """Let a need go, by `Ikke længere nødvendigt`."""
    row = await information_need_steps.of_crisis(turn, need)
    if row is not None:
        await information_need_steps.drop(turn, row)


@timer("information_needs.due", level_two=True)
async def due(turn: Turn, need: int, reminded: bool) -> None:
    """Remind whoever was asked when the time is up, and tell the staff once when nothing has come of it later."""
    row = await turn.db.get(InformationNeed, need)
    if row is None or row.state != "open":
        return
    if not reminded:
        await turn.notify(
            [row.owner],
            await information_need_card.card(turn, row, row.owner, "⏰ *Staben mangler dit svar.* "),
            kind="reminder",
            urgency=ROUTINE,
            summary=f"Mindet {turn.name(row.owner)} om OB{row.number}: {row.text}",
            key=information_need_card.key(row, f"need_due/{row.due_at.isoformat()}"),
        )
        await turn.at(
            turn.now + PATIENCE,
            "information_needs.due",
            information_need_card.key(row, "due"),
            need=row.id,
            reminded=True,
        )
        return
    await turn.notify(
        [turn.staff],
        Card(
            f"⚠️ *OB{row.number} er over fristen:* {quote(row.text)} – {turn.name(row.owner)}, {turn.phone(row.owner)}.",
            buttons=(information_need_card.amendment("Spørg en anden", row), information_need_card.drop_button(row)),
        ),
        kind="reminder",
        summary=f"Krisestaben har fået besked om, at OB{row.number} er over fristen",
        key=information_need_card.key(row, f"late/{row.due_at.isoformat()}"),
    )


async def _list(turn: Turn) -> None:
    rows: Sequence[InformationNeed] = (
        await turn.db.scalars(
            select(InformationNeed)
            .where(InformationNeed.crisis_id == turn.the_crisis.id)
            .order_by(InformationNeed.due_at, InformationNeed.number)
        )
    ).all()
    seen, unseen = await clearance.visible_rows(turn, rows)
    going = [row for row in seen if row.state == "open"]
    more = f"\nog {len(going) - SHOWN} til." if len(going) > SHOWN else ""
    await turn.answer(
        Card(
            f"*Oplysningsbehov:* {len(going)} mangler, {sum(row.state == 'answered' for row in seen)} besvaret. Skriv "
            f"*/krise oplysningsbehov hvor mange er evakueret @Hanne kl 16*.{more}\n{unseen}".rstrip(),
            facts=tuple((f"OB{row.number}", information_need_card.line(turn, row)) for row in going[:SHOWN]),
        )
    )
