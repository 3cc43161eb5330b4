"""`nødpakke`: what is needed on paper when the chat is down, renewed every night and mailed. Plan §5; Bilag 5.

It is packed beside the turns (bot/engine/packing.py). Whoever has it on paper has the telephone list, so it goes to those
who may have that, and to nobody else.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta

from sqlalchemy import delete, select

from handlers.alert import contacts
from handlers.core import quiet, rights
from handlers.core.card import NO_LINK, Card
from handlers.core.context import Context
from handlers.core.registry import timer, verb
from handlers.core.turn import Turn
from handlers.log import paper_lines
from storage.case import export
from storage.case.lines import lines
from storage.case.pages import VOLUME, emergency_pack
from storage.case.pages.blocks import Block, Names
from storage.case.pages.emergency_pack import OnPaper
from storage.grades import DEFAULT
from storage.rows.log import Stored, store
from storage.rows.preparedness import EmergencyPack

KIND = KEY = "emergency_pack.night"
# When nobody prints and little is written, on the clock on the wall.
NIGHT = time(3, 30)
# How long a link works; how often packing is tried; how often a changed pack is mailed when no crisis is on.
LIFE = timedelta(hours=1)
ATTEMPTS = 3
SELDOM = timedelta(days=7)
FILE_NAME = "noedpakke.pdf"


@verb(
    "nødpakke",
    "nødpakken",
    "noedpakke",
    help="nødpakke – telefonliste, roller, log og blanke loglinjer som PDF, til når chatten er nede",
    who=rights.phone_list,
    wordless=True,
)
async def wanted(turn: Turn, text: str) -> None:
    """Have the pack made as things stand now, and promise the link to whoever asked, in their own chat."""
    turn.db.add(EmergencyPack(asked_by=turn.sender, platform=turn.the_incoming.platform, asked_at=turn.now))
    await _tell(turn, turn.sender, turn.the_incoming.platform, "Den bliver lavet. Du får et link her om lidt.")


async def begin(turn: Turn) -> None:
    """Set the timer that renews the pack each night."""
    await turn.at(quiet.next_at(turn, NIGHT), KIND, KEY)


@timer(KIND, crisis=False)
async def renew(turn: Turn) -> None:
    """Have the pack made anew, in the night."""
    turn.db.add(EmergencyPack(asked_at=turn.now))
    await begin(turn)


async def new_phase(turn: Turn) -> None:
    """Have the pack made and mailed, since a crisis has come to another phase; nothing is mailed of an exercise."""
    if turn.plan.emergency_pack.mail and not turn.the_crisis.exercise:
        turn.db.add(EmergencyPack(asked_at=turn.now, mailed=True))


async def gathered(turn: Context) -> list[Block]:
    """Return what the pack says now, without writing anything.

    Every crisis that is going is in it; exercises where nothing else is going. Nothing confidential is.
    """
    going = [crisis for crisis in await turn.open_crises() if crisis.level is not None]
    real = [crisis for crisis in going if not crisis.exercise]
    crises = []
    for crisis in real or going:
        told = await export.spooled(turn.db, crisis, DEFAULT)
        log = list(lines(told))
        newest = log[-VOLUME:]
        crises.append(OnPaper(told, newest, len(log) - len(newest), await paper_lines.next_number(turn.db, crisis)))
    names = replace(Names.of(turn.plan), phones=contacts.printed(turn.plan), checked=await contacts.last_checked(turn))
    return emergency_pack.pack(turn.plan, names, crises, turn.now)


async def ready(turn: Turn, row: EmergencyPack, blocks: Sequence[Block], content: bytes) -> None:
    """Store a pack that was made; give whoever asked a link, and mail it where the plan says so and it is news.

    Args:
        row: the pack.
        blocks: what it says.
        content: the PDF.
    """
    row.state, row.made_at, row.print = "ready", turn.now, _print(blocks)
    row.sha256 = await store(turn.db, content)
    await _hand_out(turn, row)


async def take_over_unchanged(turn: Turn, row: EmergencyPack, blocks: Sequence[Block]) -> bool:
    """Make a pack of the newest one where it says the same, and hand it out; returns whether it does: nothing is drawn."""
    newest = await turn.db.scalar(
        select(EmergencyPack)
        .where(EmergencyPack.sha256.is_not(None), EmergencyPack.state == "ready")
        .order_by(EmergencyPack.id.desc())
        .limit(1)
    )
    if newest is None or newest.print != _print(blocks):
        return False
    row.state, row.made_at, row.print, row.sha256 = "ready", newest.made_at, newest.print, newest.sha256
    await _hand_out(turn, row)
    return True


async def _hand_out(turn: Turn, row: EmergencyPack) -> None:
    if row.asked_by is not None:
        row.secret, row.until = secrets.token_urlsafe(24), turn.now + LIFE
        link = turn.link(f"/eksport/noedpakke/{row.secret}")
        where = (
            f"Åbn {link}. Linket virker til {turn.clock(row.until)}."
            if link
            else f"Den er lavet. {NO_LINK} Indtil da laver it-afdelingen den med *krisebot nødpakke*."
        )
        await _tell(
            turn,
            row.asked_by,
            row.platform,
            f"{where}\nPrint den nu, og læg den, hvor den kan findes uden strøm. Den har folks egne numre: ikke til "
            "videregivelse.",
        )
    else:
        row.mailed = turn.plan.emergency_pack.mail and (row.mailed or await _is_news(turn, row))
        if row.mailed:
            await _mail(turn, row)
    await _forget_older(turn, row)


async def failed(turn: Turn, row: EmergencyPack) -> None:
    """Tell whoever asked that the pack could not be made; of the night's, the secretariat."""
    row.state = "failed"
    for person in [row.asked_by] if row.asked_by else _readers(turn):
        await _tell(turn, person, row.platform, "⚠️ Den kunne ikke laves. Bed it-afdelingen om *krisebot nødpakke*.")


async def _tell(turn: Turn, person: str, platform: str | None, said: str) -> None:
    await turn.say(
        person, Card(f"*Nødpakken.* {said}"), key=f"emergency_pack/{person}", kind="reply", platform=platform
    )


def _readers(turn: Context) -> list[str]:
    """Return the chief, or who would be, and the secretariat."""
    chief = [person for person in (turn.plan.holder("borgmester"), turn.plan.holder("krisestabschef")) if person]
    return list(dict.fromkeys([*chief, *turn.plan.interim_secretariat()]))


async def _mail(turn: Turn, row: EmergencyPack) -> None:
    for person in _readers(turn):
        if turn.plan.persons[person].mail:
            await turn.say(
                person,
                Card(
                    "Nødpakken, til når chatten er nede\n\nVedhæftet: telefonliste, roller, vagtplan, tiltag, "
                    "situationsbillede, log og blanke loglinjer. Print den, og læg den, hvor den kan findes uden strøm. "
                    "Den har folks egne numre: ikke til videregivelse.",
                    file=row.sha256 or "",
                    file_name=FILE_NAME,
                ),
                key=f"emergency_pack/mail/{row.id}/{person}",
                kind="notice",
                platform="mail",
            )


async def _is_news(turn: Context, row: EmergencyPack) -> bool:
    """Whether it says something else than the last that was mailed, and that is a week ago."""
    last = await turn.db.scalar(
        select(EmergencyPack)
        .where(EmergencyPack.mailed, EmergencyPack.id != row.id, EmergencyPack.state == "ready")
        .order_by(EmergencyPack.id.desc())
        .limit(1)
    )
    return last is None or (last.print != row.print and turn.now - last.asked_at >= SELDOM)


async def _forget_older(turn: Turn, row: EmergencyPack) -> None:
    """Delete the bytes of packs that nobody can reach any more; that of the last mail is kept while it may be on its
    way."""
    await turn.db.flush()
    older = await turn.db.scalars(
        select(EmergencyPack).where(
            EmergencyPack.id != row.id,
            EmergencyPack.sha256.is_not(None),
            EmergencyPack.asked_at < turn.now - timedelta(days=1),
        )
    )
    loose = set()
    for each in older:
        loose.add(each.sha256)
        each.sha256 = each.secret = None
    await turn.db.flush()
    still = set(await turn.db.scalars(select(EmergencyPack.sha256).where(EmergencyPack.sha256.in_(loose))))
    if loose - still:
        await turn.db.execute(delete(Stored).where(Stored.sha256.in_(loose - still)))


def _print(blocks: Sequence[Block]) -> str:
    """Return the hash of what a pack says, apart from when it was made."""
    said = [[each.kind, each.text, [row for row in each.rows if row[0] != "Lavet"]] for each in blocks]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
