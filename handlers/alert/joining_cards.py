"""The card on which an incident's chief reads the warnings that may belong to it, and answers. Plan §4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from handlers.core import in_charge
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.turn import Turn
from storage.rows.alert import Alert
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message

# Warnings that stand on the chief's card in full; the rest are counted.
SHOWN = 5

# What the card asks, until it is answered.
NOW = "\n\n*Har du det?*"


async def chiefs_of(turn: Context) -> list[str]:
    """Return who is told of what belongs to the incident: the staff's chief; at level 1 those who have it."""
    if turn.the_crisis.level == 2:
        return (await turn.chiefs())[:1]
    return [person for person in await in_charge.in_charge(turn) if person in turn.plan.persons]


async def is_told(turn: Context, crisis: int) -> bool:
    """Whether the sender is one of those who are told of what belongs to a crisis."""
    there = turn.about(await turn.db.get_one(Crisis, crisis))
    if there.the_crisis.level == 2:
        return turn.sender in await there.chiefs()
    return turn.sender in await chiefs_of(there)


async def tell_chiefs(
    turn: Turn, chiefs: Sequence[str], new: Sequence[int], began: dict[int, int], *, key: str | None = None
) -> None:
    """Put warnings that belong to the incident before its chiefs: on the card that they haven't answered, which counts,
    or a new one.

    Args:
        new: the warnings.
        began: the incident that each of them began.
    """
    standing = {each.recipient: each for each in await waiting(turn)}
    for chief in chiefs:
        card = standing.get(chief)
        pairs = dict(warnings_on(card)) if card is not None and key is None else {}
        pairs |= {number: began[number] for number in new}
        rows = [await turn.db.get_one(Alert, number) for number in pairs]
        number, title = turn.the_crisis.number, quote(turn.the_crisis.title, 100)
        told = "\n".join(
            f"{turn.name(row.person)} ({turn.reached_at(row.person, row.platform)}) {turn.clock(row.at)}: »{quote(row.text, 500)}«"
            for row in rows[-SHOWN:]
        )
        alerts = {"alerts": [[each, own] for each, own in pairs.items()]}
        await turn.notify(
            [chief],
            Card(
                f"🚨 *{counted(len(rows)).capitalize()} til nr. {number}* »{title}«\n{told}{NOW} Svarer du ikke, går det videre "
                f"som en anden hændelse.",
                buttons=(
                    Button("Modtaget", "joining.received", alerts, style="primary"),
                    Button("Det er en anden hændelse", "joining.other", alerts),
                ),
            ),
            kind="alert",
            summary=f"Varsel, der hører til hændelsen, er sendt til {turn.name(chief)}",
            key=key.removesuffix(f"/{chief}") if key else _card_key(turn, next(iter(pairs))),
            urgency=URGENT,
            everywhere=True,
        )


async def take_off(turn: Turn, row: Alert) -> None:
    """Take a parted warning off the chiefs' cards."""
    for told in await told_about(turn, [row.id]):
        left = [(number, own) for number, own in warnings_on(told) if number != row.id]
        if left and is_open(told):
            await tell_chiefs(turn, [told.recipient], [number for number, _ in left], dict(left), key=told.key)
        else:
            await turn.say(
                told.recipient,
                Card(f"{str(told.card['text']).split(NOW)[0]}\n\nDet føres nu for sig som en anden hændelse."),
                key=told.key,
            )


def is_open(told: Message) -> bool:
    """Whether the card still asks its chief."""
    return any(each["do"] == "joining.received" for each in told.card["buttons"])


def _card_key(turn: Context, first: int) -> str:
    return f"joined/{turn.the_crisis.id}/{first}"


async def waiting(turn: Context) -> list[Message]:
    """Find the chiefs' cards of this incident that they haven't answered."""
    cards = await _cards(turn)
    return [card for card in cards if is_open(card)]


async def _cards(turn: Context) -> list[Message]:
    mine = select(Message).where(Message.key.startswith(f"joined/{turn.the_crisis.id}/")).order_by(Message.id)
    return list(await turn.db.scalars(mine))


async def told_about(turn: Context, alerts: Sequence[int]) -> list[Message]:
    """Find the chiefs' cards of this incident that some warnings stand on."""
    return [card for card in await _cards(turn) if {number for number, _ in warnings_on(card)} & {*alerts}]


def warnings_on(told: Message) -> list[tuple[int, int]]:
    """Return the warnings that a chief's card asks about, each with the incident that it began."""
    found: list[list[Any]] = next((each["args"]["alerts"] for each in told.card["buttons"]), [])
    return [(int(number), int(own)) for number, own in found]


def counted(many: int) -> str:
    """Return how many warnings there are, in Danish words."""
    return "et varsel" if many == 1 else f"{many} varsler"
