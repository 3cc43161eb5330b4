"""`tavle`: links for the screens in the staff's room, each with its grade and its end, which can be withdrawn. Plan §7,
overblik."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select

from handlers.core import clearance, rights
from handlers.core.card import NO_LINK, Button, Card
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.grades import Grade, within
from storage.rows.overview import BoardLink

# As long as a staff must be able to run (plan §5); who is there longer makes a new one.
LIFE = timedelta(days=3)


@verb(
    "tavle",
    "vægtavle",
    "storskærm",
    help="tavle – et link til skærmen i stabsrummet; tavle åben til en skærm, som andre også ser",
    who=rights.runs_staff,
    crisis=True,
)
async def board(turn: Turn, text: str) -> None:
    """Make a link, and list those that work.

    Args:
        text: the grade that it may show; the staff's where nothing is said.
    """
    grade: Grade = clearance.SHARED
    if text.strip():
        named = clearance.named(turn, text.strip())
        if named is None or not within(named, clearance.SHARED):
            names = ", ".join(turn.rules.grade_name(each) for each in ("open", "internal", "staff"))
            await turn.answer(Card(f"En tavle kan vise {names}. Skriv fx */krise tavle åben*. Intet link er lavet."))
            return
        grade = named
    if not turn.plan.server:
        await turn.answer(await _card(turn, f"*Vægtavle:* {NO_LINK}"))
        return
    link = BoardLink(
        crisis_id=turn.the_crisis.id,
        secret=secrets.token_urlsafe(18),
        grade=grade,
        given_by=turn.sender,
        given_at=turn.now,
        until=turn.now + LIFE,
    )
    turn.db.add(link)
    await turn.db.flush()
    name = turn.rules.grade_name(grade)
    await turn.log(
        f"Link {link.id} til vægtavlen er lavet ({name}); det virker til {turn.clock(link.until)}",
        kind="board",
        verification="confirmed",
    )
    await turn.answer(
        await _card(
            turn,
            f"*Vægtavle:* åbn {turn.link(f'/tavle/{link.secret}')} på skærmen i stabsrummet. Alle, der har linket, kan se den.",
        )
    )


async def _card(turn: Context, head: str) -> Card:
    links = list(
        await turn.db.scalars(
            select(BoardLink)
            .where(
                BoardLink.crisis_id == turn.the_crisis.id,
                BoardLink.withdrawn_at.is_(None),
                BoardLink.until > turn.now,
            )
            .order_by(BoardLink.id.desc())
            .limit(8)
        )
    )
    one = len(links) == 1
    return Card(
        head,
        facts=tuple(
            (
                f"Link {link.id}",
                f"viser {turn.rules.grade_name(link.grade)}, givet af {turn.name(link.given_by)}, virker til {turn.clock(link.until)}",
            )
            for link in links
        ),
        buttons=tuple(
            Button(
                "Træk linket tilbage" if one else f"Træk link {link.id} tilbage",
                "board.withdraw",
                {"crisis": turn.the_crisis.id, "link": link.id},
                style="danger",
            )
            for link in links
        ),
    )


@action("board.withdraw", who=rights.runs_staff)
async def withdraw(turn: Turn, link: int = 0) -> None:
    """End a link at once; a card of an older release, which knew of one alone, ends them all."""
    mine = BoardLink.crisis_id == turn.the_crisis.id
    found = await turn.db.scalars(
        select(BoardLink).where(mine, BoardLink.withdrawn_at.is_(None), *([BoardLink.id == link] if link else []))
    )
    for each in found:
        each.withdrawn_at = turn.now
        await turn.log(f"Link {each.id} til vægtavlen er trukket tilbage", kind="board", verification="confirmed")
    await turn.db.flush()
    which = f"Link {link}" if link else "Hvert link"
    await turn.replace(await _card(turn, f"{which} er trukket tilbage. De skærme, der havde det, viser intet mere."))
