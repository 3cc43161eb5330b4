"""What was asked about is taken up again, as if it had just come in: only by whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from handlers.core import enclosures, personal_numbers, presses, registry, rights, running, typed_verbs, words
from handlers.core.card import Button, Card, Field, SentForm, quote
from handlers.core.context import Context
from handlers.core.incoming import Incoming
from handlers.core.language import times_shown
from handlers.core.registry import Verb, action
from handlers.core.turn import Turn
from storage.plan import reach
from storage.rows.traffic import Address, Inbox, Message


@action("router.ask", crisis=False)
async def ask_holder(turn: Turn, inbox: int, person: str, share: bool = False) -> None:
    """Put to somebody who may what somebody else wanted done, in their own words; they do it, or let it be.

    Args:
        share: what was asked for is kept from the sender by its grade, and they would have to share it.
    """
    original = await original_of(turn, inbox, turn.sender)
    if original is None:
        await refuse_all_but_writer(turn, inbox)
        return
    chats = [way.name for way in turn.ways if not way.reserve and not way.aloud]
    ways = reach.list_of(turn.ways, turn.plan, person) if person in turn.plan.persons else []
    heard = select(Address.platform).where(Address.person == person, Address.platform.in_(chats))
    in_chat = any(way.name in chats for way in ways) or await turn.db.scalar(heard.limit(1)) is not None
    number = f" Ring {turn.phone(person)}." if not in_chat and await rights.numbers.held(turn) else ""
    if not ways and not in_chat:
        await turn.replace(Card(f"{turn.name(person)} kan ikke nås her og er ikke spurgt.{number}"))
        return
    what, form = await _asked_for(turn, original)
    about = {"inbox": inbox, "asker": turn.sender, "person": person}
    do_it = Button("Gør det", "router.on_behalf", about, style="primary", form=form or (), form_title="Gør det")
    wants, buttons = f"*{turn.name(turn.sender)} spørger, om du vil:* {what}", (do_it,) if form is not None else ()
    if share:
        wants, buttons = f"*{turn.name(turn.sender)} spørger, om du vil dele:* {what}. Det gør */krise deling*.", ()
    await turn.say(
        person,
        Card(wants, buttons=buttons),
        key=f"asked/{inbox}/{person}",
        kind="notice",
    )
    only = "" if in_chat else f" {turn.name(person)} er ikke i chatten og får det på {ways[0].title}.{number}"
    await turn.replace(Card(f"{turn.name(person)} er spurgt: {what}{only}"))


@action("router.on_behalf", crisis=False)
async def on_behalf(turn: Turn, inbox: int, asker: str, person: str) -> None:
    """Do what was asked for, with the right of whoever was asked: it is looked into anew."""
    original = await original_of(turn, inbox, asker)
    if original is None or turn.sender != person:
        return
    what, form = await _asked_for(turn, original)
    if form is None:
        await turn.replace(Card(f"Det er gjort eller ændret imens. Intet er ændret nu: {what}"))
        return
    await turn.replace(Card(f"Du gør det for {turn.name(asker)}: {what}"))
    await turn.db.flush()
    with turn.watching() as written:
        if original.kind == "press":
            # The crisis is the asker's card's, which the question was put with.
            args = {name: value for name, value in original.args.items() if name != "crisis"}
            await running.act(turn, registry.actions[original.action], args)
        else:
            turn.written_at = original.received_at
            await words.command(turn, typed_verbs.strip_name(original.text))
        await turn.db.flush()
    name = turn.name(turn.sender)
    if turn.refused is not None:
        told = f"{name} har ikke selv lov til det, så intet er ændret: {what}"
    elif turn.drafted:
        told = f"{name} har skrevet en kladde. Intet er sendt endnu: {what}"
    elif written:
        told = f"{name} har gjort det: {what}"
    else:
        # They are asked for more, or were only shown something.
        told = f"{name} ser på det. Intet er ændret endnu: {what}"
    await turn.say(asker, Card(told), kind="notice")


@action("router.meant", crisis=False)
async def meant(turn: Turn, verb: str, inbox: int, behind: str = "") -> None:
    """Run the verb that was meant, with the words as they were typed; words that ask for help are led on.

    Args:
        verb: its name.
        inbox: the input that they came in.
        behind: the verb that they stand behind, which is none of them; empty where they stand behind none.
    """
    if verb == "hjælp":
        await _help_with(turn, inbox)
        return
    original = await resume(turn, inbox, f"Det blev til *{verb}*.")
    if original is None:
        return
    words_of = typed_verbs.strip_name(original.text) or enclosures.titled(original.enclosed)
    found = typed_verbs.verb_of(words_of)
    await run_on(turn, registry.verbs[verb], found.rest if behind and found.verb == behind else words_of)


async def _help_with(turn: Turn, inbox: int) -> None:
    """Lead words on for whoever asked for help with them, by `Bed om hjælp`; the card's other choices stay."""
    original, standing = await original_of(turn, inbox, turn.sender), await turn.pressed()
    if original is None:
        await refuse_all_but_writer(turn, inbox)
        return
    turn.incoming, turn.inbox_id = original, inbox
    if not await running.lead_on(turn, typed_verbs.strip_name(original.text)):
        await running.run(turn, registry.verbs["hjælp"], "")
    elif standing is not None:
        turn.take_off(standing, "router.meant", verb="hjælp")


async def run_on(turn: Turn, verb: Verb, text: str) -> None:
    """Run a verb on words that may or may not begin with it."""
    found = typed_verbs.verb_of(text)
    await running.run(turn, verb, found.rest if found.verb == verb.name or typed_verbs.is_explicit(text) else text)


@action("router.not_meant", crisis=False)
async def not_meant(turn: Turn, inbox: int) -> None:
    """Offer what else the words may be."""
    original = await resume(turn, inbox, "Intet er sat i gang.")
    if original is not None:
        await words.not_understood(turn, typed_verbs.strip_name(original.text))


@action("form.meant", crisis=False)
async def form_meant(
    turn: Turn, inbox: int, filled: int, times: Mapping[str, str], field: str, at: str, crisis: int | None = None
) -> None:
    """Take the time that was meant in a form, by `Ja`, and do what the form was sent for."""
    original = await original_of(turn, filled, turn.sender)
    if original is not None:
        meant = times_shown.weekday(datetime.fromisoformat(at), turn.zone)
        await _send_form(turn, original.values, SentForm((), inbox, filled, {**times, field: meant}), crisis)


@action("form.again", crisis=False)
async def form_again(turn: Turn, inbox: int, filled: int, times: Mapping[str, str], crisis: int | None = None) -> None:
    """Take a form that was filled in again, by `Anden tid`, and do what it was sent for."""
    if turn.inbox_id is not None:
        await _send_form(turn, turn.the_incoming.values, SentForm((), inbox, turn.inbox_id), crisis)


async def _send_form(turn: Turn, values: Mapping[str, str], sent: SentForm, crisis: int | None) -> None:
    """Do what a form was sent for, with the times that were asked about; only for whoever sent it."""
    standing = await turn.pressed()
    original = await resume(turn, sent.inbox, "Tak.", {**values, **sent.times})
    if original is None or await presses.press(turn, crisis, sent) or standing is None:
        return
    await turn.say(standing.recipient, presses.unused(values), key=standing.key)


async def _asked_for(turn: Context, original: Incoming) -> tuple[str, tuple[Field, ...] | None]:
    """Say in their own words what somebody wanted done.

    Returns:
        it; and what is filled in to do it for them. None where it can't be done for them: what decides or answers has a card
        of its own, which says what about; and a button that has gone since does nothing.
    """
    if original.kind in ("command", "text"):
        return f"»{quote(typed_verbs.strip_name(original.text), 500)}«", ()
    if original.kind != "press":
        return f"gemme »{quote(original.text, 500)}« i loggen", None
    standing = await turn.db.get(Message, int(original.message)) if original.message.isdecimal() else None
    card = Card.from_json(standing.card) if standing is not None else Card("")
    meant = (original.action, dict(original.args))
    pressed = next((each for each in card.buttons if (each.do, dict(each.args)) == meant), None)
    if pressed is None:
        return "noget, som kun du kan, med en knap på et af sine kort", None
    head = card.text.partition("\n")[0].replace("*", "")
    filled = [original.values.get(field.id, "") for field in pressed.form]
    said = "".join(f"\n»{quote(value, 500)}«" for value in filled if value.strip())
    what = f"»{quote(pressed.label)}« på »{quote(head, 200)}«{said}"
    known = registry.actions[pressed.do]
    # A time that is asked about sends the form again, from a card that is no longer there.
    if known.decides or known.awaited or card.fields or any(field.kind in ("time", "been") for field in pressed.form):
        return what, None
    return what, tuple(replace(field, value=original.values.get(field.id) or field.value) for field in pressed.form)


async def original_of(turn: Context, inbox: int, sender: str) -> Incoming | None:
    """Find what somebody sent earlier, as it came in; None where it is not theirs.

    Args:
        inbox: the row it was kept in.
        sender: whose it has to be.
    """
    row = await turn.db.get(Inbox, inbox)
    original = Incoming.from_json(row.body) if row else None
    return original if original is not None and original.sender == sender else None


async def own_or_refuse(turn: Turn, inbox: int) -> Incoming | None:
    """Find what the sender wrote earlier and would have sent on now, with its times as they were meant then; else None, and
    whoever pressed is told why not.

    Args:
        inbox: the row it was kept in.
    """
    kept = await turn.db.get(Inbox, inbox)
    if kept is None:
        return None
    original = Incoming.from_json(kept.body)
    if original.sender != turn.sender:
        await running.refuse(turn, rights.of_row("den, der skrev det", [original.sender]), "Intet er sendt.")
        return None
    if personal_numbers.typed(original):
        await turn.answer(Card("Skriv teksten igen uden personnummeret, så kan den sendes. Intet er sendt."))
        return None
    turn.written_at = original.received_at
    return original


async def refuse_all_but_writer(turn: Turn, inbox: int) -> None:
    """Tell whoever pressed somebody else's question, in a channel, whose it is; it stands there as it did."""
    row = await turn.db.get(Inbox, inbox)
    if row is not None:
        writer = turn.name(Incoming.from_json(row.body).sender)
        card = Card(f"Det kan kun {writer} svare på, som skrev det. Ordene er gemt, og intet er ændret.")
        await turn.answer_alone(card)


async def resume(turn: Turn, inbox: int, outcome: str, values: Mapping[str, str] | None = None) -> Incoming | None:
    """Take up what a question was asked about, as if it had just come in; only for whoever typed it.

    Args:
        values: what its form is filled in with instead.
    """
    original = await original_of(turn, inbox, turn.sender)
    if original is None:
        await refuse_all_but_writer(turn, inbox)
        return None
    await turn.replace(Card(outcome))
    if values is not None:
        original = replace(original, values=values)
    turn.incoming, turn.inbox_id = original, inbox
    return original
