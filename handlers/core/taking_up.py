"""What was asked about is taken up again, as if it had just come in: only by whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from handlers.core import enclosures, incident_names, presses, registry, router, running, typed_verbs
from handlers.core.card import Button, Card, SentForm, quote
from handlers.core.incoming import Incoming
from handlers.core.language import times_shown
from handlers.core.registry import Verb, action
from handlers.core.turn import Turn
from storage.rows.traffic import Inbox


@action("router.ask", crisis=False)
async def ask_holder(turn: Turn, inbox: int, person: str) -> None:
    """Put to somebody who may what somebody else wanted done, in their own words; they do it, or let it be."""
    original = await original_of(turn, inbox, turn.sender)
    if original is None or person not in turn.plan.persons:
        await refuse_all_but_writer(turn, inbox)
        return
    words = typed_verbs.strip_name(original.text)
    what = f"»{quote(words, 500)}«" if words else "noget, som kun du kan, med en knap på et af sine kort"
    do_it = (
        (
            Button(
                "Gør det", "router.on_behalf", {"inbox": inbox, "asker": turn.sender, "person": person}, style="primary"
            ),
        )
        if words
        else ()
    )
    await turn.say(
        person,
        Card(f"*{turn.name(turn.sender)} spørger, om du vil:* {what}", buttons=do_it),
        key=f"asked/{inbox}/{person}",
        kind="notice",
    )
    await turn.replace(Card(f"{turn.name(person)} er spurgt: {what}"))


@action("router.on_behalf", crisis=False)
async def on_behalf(turn: Turn, inbox: int, asker: str, person: str) -> None:
    """Do what was asked for, with the right of whoever was asked: it is looked into anew."""
    original = await original_of(turn, inbox, asker)
    if original is None or turn.sender != person:
        return
    words = typed_verbs.strip_name(original.text)
    await turn.replace(Card(f"Du gør det for {turn.name(asker)}: »{quote(words, 500)}«"))
    await turn.say(asker, Card(f"{turn.name(turn.sender)} tager sig af det: »{quote(words, 500)}«"), kind="notice")
    await router.command(turn, words)


@action("router.meant", crisis=False)
async def meant(turn: Turn, verb: str, inbox: int) -> None:
    """Run the verb that was meant, with the words as they were typed; words that ask for help are led on."""
    if verb == "hjælp":
        await _help_with(turn, inbox)
        return
    original = await _resume(turn, inbox, f"Det blev til *{verb}*.")
    if original is None:
        return
    words_of = typed_verbs.strip_name(original.text) or enclosures.titled(original.enclosed)
    await _run_on(turn, registry.verbs[verb], words_of)


async def _help_with(turn: Turn, inbox: int) -> None:
    """Lead words on for whoever asked for help with them, by `Bed om hjælp`; the card's other choices stay."""
    original, standing = await original_of(turn, inbox, turn.sender), await turn.pressed()
    if original is None:
        await refuse_all_but_writer(turn, inbox)
        return
    turn.incoming, turn.inbox_id = original, inbox
    if not await running.led_on(turn, typed_verbs.strip_name(original.text)):
        await running.run(turn, registry.verbs["hjælp"], "")
    elif standing is not None:
        turn.take_off(standing, {router.HELP})


async def _run_on(turn: Turn, verb: Verb, text: str) -> None:
    """Run a verb on words that may or may not begin with it."""
    found = typed_verbs.verb_of(text)
    await running.run(turn, verb, found.rest if found.verb == verb.name or typed_verbs.is_explicit(text) else text)


@action("router.not_meant", crisis=False)
async def not_meant(turn: Turn, inbox: int) -> None:
    """Offer what else the words may be."""
    original = await _resume(turn, inbox, "Intet er sat i gang.")
    if original is not None:
        await router.not_understood(turn, typed_verbs.strip_name(original.text))


@action("router.which")
async def which(turn: Turn, inbox: int, verb: str = "") -> None:
    """Do what was asked for, on the crisis that was chosen."""
    original = await _resume(
        turn, inbox, f"Det gælder hændelse {quote(await incident_names.shown(turn, turn.the_crisis))}."
    )
    if original is None:
        return
    if original.kind == "press":
        await presses.pressed(turn, turn.the_crisis.id)
    elif original.kind in router.ABOUT_MESSAGES:
        await running.act(turn, registry.actions[router.ABOUT_MESSAGES[original.kind]], {})
    elif verb:
        await _run_on(turn, registry.verbs[verb], typed_verbs.strip_name(original.text))
    else:
        await router.command(turn, typed_verbs.strip_name(original.text))


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
    original = await _resume(turn, sent.inbox, "Tak.", {**values, **sent.times})
    if original is None or await presses.pressed(turn, crisis, sent) or standing is None:
        return
    said = "\n".join(f"»{quote(value)}«" for value in values.values() if value.strip())
    await turn.say(
        standing.recipient,
        Card(f"Det, formularen hørte til, er ændret imens, så intet er sat i gang. Du skrev:\n{said}"),
        key=standing.key,
    )


async def original_of(turn: Turn, inbox: int, sender: str) -> Incoming | None:
    """Find what somebody sent earlier, as it came in; None where it is not theirs.

    Args:
        inbox: the row it was kept in.
        sender: whose it has to be.
    """
    row = await turn.db.get(Inbox, inbox)
    original = Incoming.from_json(row.body) if row else None
    return original if original is not None and original.sender == sender else None


async def refuse_all_but_writer(turn: Turn, inbox: int) -> None:
    """Tell whoever pressed somebody else's question, in a channel, whose it is; it stands there as it did."""
    row = await turn.db.get(Inbox, inbox)
    if row is not None:
        writer = turn.name(Incoming.from_json(row.body).sender)
        card = Card(f"Det kan kun {writer} svare på, som skrev det. Ordene er gemt, og intet er ændret.")
        await turn.say(turn.sender, card, kind="reply", platform=turn.the_incoming.platform)


async def _resume(turn: Turn, inbox: int, outcome: str, values: Mapping[str, str] | None = None) -> Incoming | None:
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
