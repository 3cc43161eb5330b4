"""`ringeliste`: confirmed, not confirmed, unreachable, as one list to work through by telephone. Plan §5, Varsle/indkalde.

A message is confirmed by its answer. One that asks for an answer and has none, and one that no way could deliver, is
somebody to ring; whoever has rung says so, and the list is shorter for all who have it open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from handlers.alert import mail_nudge
from handlers.core import rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.registry import action, awaits_answer, verb
from handlers.core.turn import Turn
from storage.rows.alert import Call
from storage.rows.traffic import NOTICES, TO_A_PERSON, Delivery, Message

WHAT = {"summons": "indkaldelsen", "order": "ordren", "alert": "varslet"}
# So many failed tries, and the person is on the list although the next try may succeed.
TRIED = 3
# Each has a button of its own, and a card has room for ten.
PAGE = 7


@dataclass
class Unconfirmed:
    """A person without confirmed contact, who has to be rung.

    Args:
        person: who.
        messages: what they have not answered, or did not get; oldest first.
        reasons: why those that came to nothing did, Danish.
    """

    person: str
    messages: list[Message] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@verb(
    "ringeliste",
    "ringelisten",
    "hvem mangler",
    help="ringeliste – hvem der ikke har svaret eller ikke kan nås, med numre",
    who=rights.phone_list,
    crisis=True,
    grave=True,
    begins="never",
    wordless=True,
)
async def call_list(turn: Turn, text: str) -> None:
    """Show the list of whom to ring to whoever asked alone: it has people's own numbers in it."""
    key = f"{_prefix(turn)}{turn.sender}/{turn.the_incoming.key}"
    await turn.answer_alone(await _card(turn, 0), key=key)


@action("calls.page", who=rights.phone_list)
async def page(turn: Turn, page: int) -> None:
    """Show the list's next page."""
    await turn.replace(await _card(turn, page))


@action("calls.contacted", who=rights.phone_list)
async def contacted(turn: Turn, person: str, page: int) -> None:
    """Note that somebody rang a person and got through, by `Kontaktet`."""
    await note(turn, person)


async def note(turn: Turn, person: str) -> None:
    """Remember that a person was reached on the telephone: it answers everything that they had not answered.

    What they said is another matter: a summons is still answered by whether they come.
    """
    standing = {each.person: each for each in (await unconfirmed(turn))[0]}.get(person)
    if standing is not None:
        entry = await turn.log(
            f"{turn.name(person)} er kontaktet på telefon",
            kind="contacted",
            sender=turn.sender,
            receiver=person,
            direction="out",
            verification="confirmed",
        )
        turn.db.add(Call(crisis_id=turn.the_crisis.id, person=person, by=turn.sender, at=turn.now, log_no=entry.no))
        for message in standing.messages:
            message.answered_at = turn.received
            message.answer = f"kontaktet pr. telefon af {turn.name(turn.sender)}"
        await turn.db.flush()
        await mail_nudge.rung(turn, person)
    await _draw_again(turn)


async def unconfirmed(turn: Context) -> tuple[list[Unconfirmed], set[str]]:
    """Return who has to be rung up, the unreachable first; and those who have confirmed all that they were asked."""
    messages = await turn.db.scalars(
        select(Message)
        .where(
            Message.crisis_id == turn.the_crisis.id,
            Message.kind.in_(NOTICES),
            TO_A_PERSON,
        )
        .order_by(Message.id)
    )
    lost = await reasons(turn)
    found: dict[str, Unconfirmed] = {}
    confirmed: set[str] = set()
    for message in messages:
        if message.answered_at is not None:
            confirmed.add(message.recipient)
            continue
        # A reminder asks what has been asked already, and whoever is asked to take a warning is followed up by the chain.
        asks = message.kind not in ("reminder", "alert") and awaits_answer(message.card)
        if asks or message.id in lost:
            each = found.setdefault(message.recipient, Unconfirmed(message.recipient))
            each.messages.append(message)
            each.reasons.extend([lost[message.id]] if message.id in lost else [])
    return sorted(found.values(), key=lambda each: not each.reasons), confirmed - found.keys()


async def reasons(turn: Context) -> dict[int, str]:
    """Return the crisis' messages that have not come through by any way, and why the last one failed, Danish.

    One that is still being tried counts as soon as it has failed a few times: nobody waits a day to ring.
    """
    rows = await turn.db.execute(
        select(Delivery.message_id, Delivery.state, Delivery.error, Delivery.attempts)
        .join(Message, Message.id == Delivery.message_id)
        .where(Message.crisis_id == turn.the_crisis.id, Message.kind.in_(NOTICES))
        .order_by(Delivery.id)
    )
    last: dict[int, str] = {}
    hopeful: set[int] = set()
    for message, state, error, attempts in rows:
        if state == "failed":
            last[message] = error or "kom ikke frem"
        elif state in ("queued", "sending") and attempts >= TRIED:
            last[message] = f"{error or 'intet svar'}, prøves stadig"
        else:
            hopeful.add(message)
    return {message: why for message, why in last.items() if message not in hopeful}


async def _card(turn: Context, page: int) -> Card:
    missing, confirmed = await unconfirmed(turn)
    unreachable = sum(bool(each.reasons) for each in missing)
    head = (
        f"*Ringeliste, nr. {turn.the_crisis.number}.* {len(confirmed)} bekræftet, "
        f"{len(missing) - unreachable} mangler svar, {unreachable} kan ikke nås."
    )
    if not missing:
        return Card(f"{head} Ingen at ringe til.")
    pages = -(-len(missing) // PAGE)
    page = min(page, pages - 1)
    shown = missing[page * PAGE : (page + 1) * PAGE]
    about = {"crisis": turn.the_crisis.id}
    return Card(
        f"{head}\nRing til dem{f', side {page + 1} af {pages}' if pages > 1 else ''}:",
        facts=tuple((turn.name(each.person), f"{turn.phone(each.person)} – {_why(turn, each)}") for each in shown),
        buttons=(
            *(
                Button(label, "calls.contacted", {"person": each.person, "page": page, **about})
                for each, label in zip(shown, _labels(turn, shown), strict=True)
            ),
            *((Button("Forrige side", "calls.page", {"page": page - 1, **about}),) if page else ()),
            *((Button("Næste side", "calls.page", {"page": page + 1, **about}),) if page + 1 < pages else ()),
        ),
    )


def _labels(turn: Context, shown: Sequence[Unconfirmed]) -> list[str]:
    """Make the buttons' labels, which are unique on a card: two persons of one name are told apart by their number."""
    names = [turn.name(each.person) for each in shown]
    return [
        f"Kontaktet: {name if names.count(name) == 1 else f'{name} {turn.phone(each.person)}'}"[:70]
        for each, name in zip(shown, names, strict=True)
    ]


def _why(turn: Context, each: Unconfirmed) -> str:
    if each.reasons:
        return f"❗ kunne ikke nås: {quote(each.reasons[-1], 100)}"
    last = each.messages[-1]
    more = f" og {len(each.messages) - 1} til" if len(each.messages) > 1 else ""
    return f"har ikke svaret på {WHAT.get(last.kind, 'beskeden')} fra {turn.clock(last.created_at)}{more}"


async def _draw_again(turn: Turn) -> None:
    """Show the list anew wherever it is open in this crisis, at the page that it stands at."""
    standing = await turn.db.scalars(select(Message).where(Message.key.like(f"{_prefix(turn)}%")))
    for message in standing:
        pages = [button["args"]["page"] for button in message.card["buttons"] if button["do"] == "calls.contacted"]
        if pages:
            await turn.say(message.recipient, await _card(turn, pages[0]), key=message.key)


def _prefix(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/calls/"
