"""Print how often a phone rings: the posts that each person gets in a crisis' first half hour. `make posts`.

A post rings once, however many ways it goes; a message that is changed where it stands rings no more, and what answers
somebody's own words is no ring to them. What is said in the staff's channel rings with everybody in it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from storage.database import Database
from storage.rows.alert import Alert
from storage.rows.crisis import Crisis
from storage.rows.staff import Member
from storage.rows.traffic import Delivery, Inbox, Message, StaffRecipient
from tests.stage.stage import RehearsalStage, Stage

SPAN = 30
# What each person in the staff is rung at most in that time, where nobody answers.
MOST = 8


@dataclass(frozen=True)
class Post:
    """One time that a phone rang.

    Args:
        at: UTC.
        text: the card's first line.
        channel: whether it was said to the whole staff.
    """

    at: datetime
    text: str
    channel: bool


async def posts(stage: Stage, since: datetime, until: datetime) -> dict[str, list[Post]]:
    """Every post that rang with each person of crisis 1's staff, by person, oldest first; before there is one, with
    everybody in the plan and whoever warned."""
    async with stage.database.reading() as db:
        crisis = (await db.scalars(select(Crisis).where(Crisis.number == 1))).one()
        staff = set(await db.scalars(select(Member.person).where(Member.crisis_id == crisis.id)))
        # Where there is no staff yet, it is whoever the chain asks.
        staff = staff or {*stage.plan.persons, *await db.scalars(select(Alert.person))}
        inputs = {f"input-{row.id}": row.sender for row in await db.scalars(select(Inbox))}
        gone = set(await db.scalars(select(Delivery.message_id).where(Delivery.sent_at.is_not(None))))
        rang: dict[str, list[Post]] = defaultdict(list)
        between = select(Message).where(Message.created_at >= since, Message.created_at <= until)
        for row in await db.scalars(between.order_by(Message.created_at, Message.id)):
            if row.id not in gone:
                continue
            channel = isinstance(row.recipient, StaffRecipient)
            asked = inputs.get(row.trace or "") if row.edited_at is None or row.kind == "reply" else None
            post = Post(row.created_at, str(row.card["text"]).split("\n")[0], channel)
            for person in staff if channel else {row.recipient} & staff:
                if asked != person:
                    rang[person].append(post)
    return rang


async def unanswered(stage: Stage) -> dict[str, list[Post]]:
    """Play a half hour in which nobody says anything after the decision."""
    begun = stage.clock.now()
    await stage["jens"].commands("aktiver 2 skybrud, kloak står op i Hedehusene")
    await stage.forward(minutes=SPAN)
    return await posts(stage, begun, stage.clock.now())


async def answered(stage: Stage) -> dict[str, list[Post]]:
    """Play a half hour in which everybody who is asked comes, and the centres have told theirs."""
    begun = stage.clock.now()
    await stage["jens"].commands("aktiver 2 skybrud, kloak står op i Hedehusene")
    for person in stage.plan.persons:
        for label in ("Kommer", "Mit center er underrettet"):
            if await stage[person].has(label):
                await stage[person].presses(label)
        await stage.forward(seconds=20)
    await stage.forward(minutes=SPAN - (stage.clock.now() - begun).total_seconds() / 60)
    return await posts(stage, begun, stage.clock.now())


async def warned(stage: Stage) -> dict[str, list[Post]]:
    """Play a half hour after a warning that nobody answers: its sender no question, and nobody in the chain."""
    begun = stage.clock.now()
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage.forward(minutes=SPAN)
    return await posts(stage, begun, stage.clock.now())


async def _print(name: str, play: Callable[[Stage], Awaitable[dict[str, list[Post]]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'posts.db'}"
        database = Database(url)
        await database.migrate()
        await database.close()
        async with RehearsalStage(url) as stage:
            rang = await play(stage)
            print(f"\n{name}: {sum(map(len, rang.values()))} posts in {SPAN} minutes")
            for person, every in sorted(rang.items(), key=lambda each: -len(each[1])):
                roles = stage.plan.persons[person].title if person in stage.plan.persons else ""
                print(f"{len(every):3}  {person} ({roles})")
                for post in every:
                    print(f"       {post.at:%H:%M:%S} {'#' if post.channel else ' '} {post.text[:110]}")


if __name__ == "__main__":
    asyncio.run(_print("Nobody answers", unanswered))
    asyncio.run(_print("Everybody answers", answered))
    asyncio.run(_print("A warning that nobody answers", warned))
