"""What a pressed button does: what stands on the card that was shown, never what was sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.core import registry
from handlers.core.card import Card, Field, SentForm, quote
from handlers.core.context import LONGEST_NUMBER, Context
from handlers.core.incoming import OTHER_RELEASE, Incoming
from handlers.core.running import act
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox, Message

log = logging.getLogger(__name__)

GONE = "Den knap er ikke på kortet længere: det er gjort eller ændret imens. Dit tryk har intet ændret; kortet viser, hvordan det står nu."
# So long apart two presses are one, by a finger that was in doubt; and so many of somebody's inputs are looked at.
IN_ONE_GO, MOST = timedelta(minutes=1), 20


async def press(turn: Turn, crisis: int | None = None, sent: SentForm | None = None) -> bool:
    """Run what a pressed button does, as it stands on a card that was shown to whoever pressed it, there.

    What comes with a press is written by whoever sends it: it only tells which button of the card is meant. A button that
    stands on the card no longer does nothing, so a double click or a slow screen changes nothing twice; the card is drawn
    again, as it stands now, and whoever pressed is told. What was shown to nobody there is dropped.

    Args:
        crisis: which crisis it is about, where that was asked afterwards.
        sent: the form that was sent, where its times were asked about afterwards.

    Returns:
        whether the button is there.
    """
    incoming = turn.the_incoming
    standing = await turn.pressed()
    if standing is not None:
        card = Card.from_json(standing.card)
    elif not incoming.message:
        # The sender's own page is drawn when it is opened, and nowhere written down.
        card = await registry.home_card(turn)
    else:
        log.info("a press was dropped: %s was not shown to whoever pressed it", incoming.message[:LONGEST_NUMBER])
        return False
    # Two buttons may do the same, one of them at once and one with a form.
    meant = [each for each in card.buttons if (each.do, dict(each.args)) == (incoming.action, dict(incoming.args))]
    if incoming.action not in registry.actions:
        await _unknown(turn, incoming.action, standing)
        return False
    if not meant:
        if standing is not None:
            standing.version += 1
        if sent is None:
            await _tell_that_it_is_gone(turn, card)
        return False
    if standing is not None:
        turn.exercise = turn.exercise or card.exercise
        if standing.crisis_id is not None:
            turn.crisis = await turn.db.get(Crisis, standing.crisis_id)
    fields = (*card.fields, *(field for each in meant for field in each.form))
    args = dict(meant[0].args)
    turn.incoming = replace(incoming, args=dict(args), values=_filled_in(fields, incoming.values))
    about = args.pop("crisis", None) if crisis is None else crisis
    if isinstance(about, int):
        turn.crisis = await turn.db.get(Crisis, about)
    if turn.inbox_id is not None:
        turn.sent = replace(sent, form=fields) if sent is not None else SentForm(fields, turn.inbox_id, turn.inbox_id)
    await act(turn, registry.actions[incoming.action], args)
    return True


async def _tell_that_it_is_gone(turn: Turn, card: Card) -> None:
    """Tell whoever pressed a button that went away meanwhile that nothing came of it; what was filled in is given back, to
    them alone. Who presses twice in one go has had an answer."""
    values = turn.the_incoming.values
    filled_in = any(each.strip() for each in values.values())
    if not filled_in and await _is_second_of_two(turn):
        return
    turn.exercise = turn.exercise or card.exercise
    told = unused(values) if filled_in else Card(GONE)
    await turn.answer_alone(told, key=f"form/{turn.inbox_id}/unused")


async def _is_second_of_two(turn: Context) -> bool:
    """Whether the sender has just pressed the same button of the same card: a double click, or a screen that was slow."""
    incoming = turn.the_incoming
    lately = select(Inbox.body).where(
        Inbox.state == "done",
        Inbox.sender == turn.sender,
        Inbox.due_at >= turn.received - IN_ONE_GO,
        Inbox.id != turn.inbox_id,
    )
    meant = (incoming.message, incoming.action, dict(incoming.args))
    pressed = [Incoming.from_json(body) for body in await turn.db.scalars(lately.order_by(Inbox.id.desc()).limit(MOST))]
    return any((each.message, each.action, dict(each.args)) == meant for each in pressed if each.kind == "press")


def unused(values: Mapping[str, str]) -> Card:
    """Draw what is said where a form's card was changed before it was sent: nothing was begun, and what was typed."""
    said = "\n".join(f"»{quote(each)}«" for each in values.values() if each.strip())
    return Card(f"Det, formularen hørte til, er ændret imens, så intet er sat i gang. Du skrev:\n{said}")


def _filled_in(fields: Iterable[Field], values: Mapping[str, str]) -> dict[str, str]:
    """Return what was filled in; of a choice, what can be chosen, else nothing. A form may have been opened before the card
    was changed: its words are kept, and the handler sees to them."""
    choices = {field.id: dict(field.choices) for field in fields if field.kind == "choice"}
    return {name: value if name not in choices or value in choices[name] else "" for name, value in values.items()}


async def _unknown(turn: Turn, name: str, standing: Message | None) -> None:
    """Tell whoever pressed a button of another release of ours that it leads nowhere; one that isn't ours is let be."""
    if standing is None and name != OTHER_RELEASE:
        log.info("a press that is not ours: %r", name[:100])
        return
    log.error("nothing answers to the button %r on message %s", name[:100], standing.id if standing else "unknown")
    await turn.answer(
        Card(
            "Den knap hører til en anden udgave af Krisebot og virker ikke længere. Intet er ændret. "
            "Skriv */krise* for at se, hvad du kan gøre nu."
        )
    )
