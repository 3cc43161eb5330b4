"""One person tries one thing in one state: through the real router, on the state's real rows, and it is undone again."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.turns import touched_by
from handlers.core import availability, registry, rights, router
from handlers.core.card import EXERCISE, Button, Card, Field
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.traffic import Address, Inbox, Message

# Somebody is refused by `running.refuse` and by nothing else: it says so of the turn, and no words are read. What only
# sounds like a refusal is one that was written by hand, and counts as nothing at all: neither as yes nor as no.
HOLDERS = {right.holders for right in vars(rights).values() if isinstance(right, rights.Right)}
SOUNDS_REFUSED = re.compile(
    rf"\b(?:kun|af) (?:{'|'.join(map(re.escape, sorted(HOLDERS - {rights.anyone.holders, rights.proven.holders})))})"
    r"|\bkun\b[^.\n]{0,120}\bkan\b|\bkan kun\b|\b(?:udpeges|rettes|skrives|lægges|etableres|besvares|godkendes) (?:kun )?af ",
    re.IGNORECASE,
)
# Whoever is refused is told so at once; what is read at length may tell of anything.
SHORT = 200
ASKS = re.compile(r"\[Spørg ([^\]]+)\]")
# A refusal that leaves something behind all the same: what they think of the line is noted.
NOTED = frozenset({"bekræft", "log.confirm"})
# What is made of it instead, for those who may not.
INSTEAD = re.compile(r"Forslaget er sendt|[Dd]it forslag|[Dd]it varsel er|sender det til .{0,60} beredskab nu")
NOTHING = re.compile(r"Der er ingen aktiv krise|\*Nr\. \d+ er afblæst\*")
# The row that it is about isn't there.
NO_ROW = re.compile(r"Der er (?:ingen linje|intet spørgsmål) |Skriv den rigtige tekst til nr\. 9999|Dagsordenen er ")
# Which incident an answer is about stands above it, where there are several.
OF_WHICH = re.compile(r"\A\*Nr\. \d+(?:: [^\n]*)?\*\n")
PROOF = re.compile(r"Er det dig\? Et nummer kan forfalskes")
# What any input leaves behind.
LEFT_BEHIND = {Message, Address, Inbox}

MAY, MAY_NOT, INSTEAD_OF_IT, NO_CRISIS, PROVE, NOTHING_THERE = "ja", "nej", "foreslår", "ingen krise", "bevis", "tom"
# What the table never has: a refusal without a name and a button that asks them; one that changed something; one by hand.
NAMELESS, BUT_DONE, BY_HAND = "nej uden navn", "nej, men gjort", "nej i hånden"


@dataclass(frozen=True)
class Shown:
    """A button as krisebot drew it, with its card's fields."""

    button: Button
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Seen:
    """What came of a try.

    Args:
        outcome: one of the nine above.
        said: what whoever tried it was told.
        wrote: the kinds of rows that it wrote, but for what any input leaves.
        told: who else was told something.
    """

    outcome: str
    said: str
    wrote: frozenset[str]
    told: frozenset[str]


class _Undo(Exception):
    """Ends a transaction as if nothing had happened."""


class State:
    """A state's database, opened for tries that leave nothing behind.

    Args:
        database: with what was played.
        plan: today's.
        now: when everybody tries.
        buttons: those that krisebot drew on the way, by what they do.
    """

    def __init__(self, database: Database, plan: Plan, now: datetime, buttons: Mapping[str, Shown]) -> None:
        self._database = database
        self._plan = plan
        self._now = now
        self._buttons = buttons

    def has_drawn(self, what: str) -> bool:
        """Whether krisebot has drawn such a button on the way."""
        return what in self._buttons

    async def tried(
        self, person: str, what: str, made_up: Mapping[str, Shown], fill: Callable[[Field], str] | None = None
    ) -> Seen:
        """Let somebody write `/krise …`, or press a button that stands before them, with its form filled in.

        Args:
            person: whose try it is.
            what: what they write, or what the button does.
            made_up: buttons about nothing, for those that the state has not drawn.
            fill: what a field is filled in with; as somebody would who means it, when it isn't given.
        """
        shown = self._buttons.get(what, made_up.get(what))
        if shown is None:
            return await self._try(self._incoming(person, kind="command", text=what), None, filled_in)
        return await self._try(self._incoming(person, kind="press", action=what), shown, fill or filled_in)

    @property
    def drawn(self) -> Mapping[str, Shown]:
        """The buttons that krisebot drew on the way, by what they do."""
        return self._buttons

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()

    def _incoming(self, person: str, **more: Any) -> Incoming:
        who, _, by_sms = person.partition("@")
        outside = who == "udefra"
        sender = f"rehearsal:{who}" if who in ("fremmed", "udefra") else who
        return Incoming(
            key="try",
            platform="rehearsal",
            sender=sender,
            place="dm",
            conversation=f"dm:{sender}",
            received_at=self._now,
            certain=not by_sms,
            outside=outside,
            **more,
        )

    async def _try(self, incoming: Incoming, shown: Shown | None, fill: Callable[[Field], str]) -> Seen:
        seen: list[Seen] = []
        try:
            async with self._database.turn() as db:
                crisis = await db.scalar(select(Crisis).order_by(Crisis.id).limit(1))
                if shown is not None:
                    incoming = await _shown_to(db, incoming, shown, crisis, self._now, fill)
                row = Inbox(key="try", body=incoming.to_json(), received_at=self._now, due_at=self._now, state="done")
                db.add(row)
                await db.flush()
                standing = await db.scalar(select(Message).where(Message.key == "shown"))
                before = (await _newest(db), standing.card if standing else None)
                plan, strangers = await availability.todays(db, self._plan, self._now)
                turn = Turn(db, self._now, plan, incoming=incoming, strangers=strangers)
                turn.inbox_id = row.id
                touched = touched_by(db)
                await router.handle(turn)
                await db.flush()
                redrawn = standing is not None and standing.card != before[1]
                seen.append(await _seen(turn, incoming, touched, before[0], redrawn))
                raise _Undo
        except _Undo:
            return seen[0]


async def _newest(db: AsyncSession) -> int:
    return await db.scalar(select(Message.id).order_by(Message.id.desc()).limit(1)) or 0


async def _shown_to(
    db: AsyncSession,
    incoming: Incoming,
    shown: Shown,
    crisis: Crisis | None,
    now: datetime,
    fill: Callable[[Field], str],
) -> Incoming:
    """Draw the button before whoever presses it, and fill in its form."""
    args = {name: value for name, value in shown.button.args.items() if name != "crisis"}
    button = Button(shown.button.label, incoming.action, args, form=shown.button.form)
    card = Message(
        key="shown",
        recipient=incoming.sender,
        kind="reply",
        card=Card("Her.", fields=shown.fields, buttons=(button,)).to_json(),
        urgency=1,
        created_at=now,
        crisis_id=crisis.id if crisis is not None else None,
    )
    db.add(card)
    await db.flush()
    values = {field.id: fill(field) for field in (*shown.fields, *button.form)}
    return Incoming.from_json(incoming.to_json() | {"message": str(card.id), "args": args, "values": values})


FILLED_IN = {
    "persons": "Mia Medlem",
    "time": "kl 20",
    "been": "for 10 minutter siden",
    "text": "26/17",
    "long": "vandet stiger",
    "next_at": "ingen",
}


def filled_in(field: Field) -> str:
    """Fill in a field as somebody would who means it."""
    if field.choices:
        return next(value for value, _ in field.choices if value)
    return field.value or FILLED_IN.get(field.id, FILLED_IN.get(field.kind, "ja"))


async def _seen(turn: Turn, incoming: Incoming, touched: Collection[type], before: int, redrawn: bool) -> Seen:
    db = turn.db
    wrote = frozenset(each.__name__ for each in touched if each not in LEFT_BEHIND)
    new = list(await db.scalars(select(Message).where(Message.id > before).order_by(Message.id)))
    told = frozenset(str(row.recipient) for row in new if row.recipient != incoming.sender)
    said = "\n".join(
        " ".join([row.card["text"], *(f"[{each['label']}]" for each in row.card["buttons"]), *_values(row.card)])
        for row in new
        if row.recipient == incoming.sender
    )
    if redrawn:
        card = await db.scalar(select(Message.card).where(Message.key == "shown"))
        said = "\n".join([card["text"] if card else "", said]).strip()
    if turn.refused is not None:
        return Seen(refusal(incoming, said, wrote, told), said, wrote, told)
    return Seen(outcome(said, wrote, told), said, wrote, told)


def _values(card: Mapping[str, Any]) -> Iterator[str]:
    yield from (value for _, value in card["facts"])


def refusal(incoming: Incoming, said: str, wrote: frozenset[str], told: frozenset[str]) -> str:
    """Return what a refusal is worth: whoever is refused has the name of somebody who may, and a button that asks them."""
    asks = ASKS.search(said)
    if asks is None or asks[1] not in said.partition("[")[0]:
        return NAMELESS
    noted = {incoming.action, *incoming.text.split()[:2]} & NOTED
    return BUT_DONE if (wrote or told) and not noted else MAY_NOT


def outcome(said: str, wrote: frozenset[str], told: frozenset[str]) -> str:
    """Return what came of a try that was not refused."""
    said = OF_WHICH.sub("", said.removeprefix(f"{EXERCISE}: "))
    if PROOF.match(said):
        return PROVE
    if NOTHING.match(said) and not wrote:
        return NO_CRISIS
    if INSTEAD.search(said):
        return INSTEAD_OF_IT
    if wrote or told:
        return MAY
    if not said or NO_ROW.match(said):
        return NOTHING_THERE
    return BY_HAND if SOUNDS_REFUSED.search(said[:SHORT]) else MAY


def made_up() -> Iterator[tuple[str, Shown]]:
    """Give every button a made-up form, about no row: for those that a state has not drawn."""
    known: dict[str, Any] = {
        "int": 9_999, "str": "varsel", "bool": True, "list[int]": [9_999], "list[str]": ["Solrød"],
        "list[str": ["Solrød"], "list[list[int]]": [[9_999, 9_999]],
    }  # fmt: skip
    one_of = {"verb": "varsel", "kind": "minutes", "at": "2026-07-03T06:00:00+00:00", "subject": "deactivate"}
    one_of |= {"lapses": one_of["at"]}
    registry.load()
    for name, action in registry.actions.items():
        wanted = list(inspect.signature(action.run).parameters.values())[1:]
        args = {
            each.name: one_of.get(each.name, known.get(str(each.annotation).split(" ")[0], 9_999))
            for each in wanted
            if each.default is inspect.Parameter.empty
        }
        yield name, Shown(Button("Tryk", name, args), ())
