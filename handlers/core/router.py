"""From what a person did to the handler that answers it: the verb, the right to it, the crisis it is about."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from handlers.core import answering, enclosures, form_times, incident_names, personal_numbers, proof, registry, rights
from handlers.core.card import Button, Card, Field, SentForm, quote
from handlers.core.context import LONGEST_NUMBER, URGENT
from handlers.core.incoming import OTHER_RELEASE, Incoming
from handlers.core.language import dangers, times_shown, verb_words
from handlers.core.language.marks import unmarked
from handlers.core.language.urgency_words import hastens
from handlers.core.registry import Action, Verb, action
from handlers.core.rights import Right
from handlers.core.turn import Turn
from storage.letters import fold
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox, Message

log = logging.getLogger(__name__)

# What is said of a message itself, not of a crisis: each has one handler under this name.
ABOUT_MESSAGES = {
    "save": "log.save",
    "forward": "log.forward",
    "reaction": "log.reaction",
    "edited": "log.source_edited",
    "deleted": "log.source_edited",
}


async def handle(turn: Turn) -> None:
    """Do what the turn's input asks for.

    Somebody who got the app ("joined") is remembered and left in peace: it is rolled out to thousands at once.
    """
    incoming = turn.the_incoming
    room = await turn.room_of(incoming)
    if room is not None:
        turn.crisis = await turn.db.get(Crisis, room.crisis_id)
    if await personal_numbers.hold(turn):
        await enclosures.keep(turn, incoming, turn.inbox_id)
        return
    incoming, inbox = turn.the_incoming, turn.inbox_id
    if incoming.outside:
        await _from_outside(turn)
        return
    if incoming.answers_to and incoming.kind in ("command", "text") and not incoming.enclosed:
        if await answering.press_by_words(turn, strip_name(incoming.text)):
            await pressed(turn)
            return
        if await answering.is_over(turn, incoming.text):
            await turn.answer(Card("Det, du svarer på, venter ikke længere på et svar. Intet er ændret."))
            return
    match incoming.kind:
        case "command" | "text" if incoming.enclosed and _addressed(incoming) and not strip_name(incoming.text):
            pass  # Nothing is said; it is offered below.
        case "press":
            await pressed(turn)
        case "command":
            await command(turn, strip_name(incoming.text))
        case "text" if incoming.place == "dm":
            await said(turn, incoming.text)
        case "text" if room is not None and turn.crisis is not None and turn.crisis.state == "active":
            for run_on in registry.channel_words:
                await run_on(turn, incoming.text)
        case kind if kind in ABOUT_MESSAGES:
            await _act(turn, registry.actions[ABOUT_MESSAGES[kind]], {})
    if incoming.enclosed and _addressed(incoming):
        await _offer(turn, incoming, inbox)


# What another organisation's person may press: the answer to the question that their own words were met with.
OUTSIDE_ACTIONS = {"own_words.answered", "warning.answered"}


async def _from_outside(turn: Turn) -> None:
    """Meet another organisation's person with 112 and the plan's question: they have no other right, and what they tell
    is sent on only when they say so themselves."""
    incoming = turn.the_incoming
    if incoming.kind == "press":
        if incoming.action in OUTSIDE_ACTIONS:
            await pressed(turn)
        return
    if incoming.kind not in ("command", "text", "forward") or (incoming.kind == "text" and incoming.place != "dm"):
        return
    text = strip_name(incoming.text)
    if incoming.enclosed:
        await enclosures.keep(turn, incoming, turn.inbox_id)
    for question in ("warning", "own_words"):
        answers = registry.replies.get(question)
        if answers is not None and await answers[0](turn, text):
            return
    await led_on(turn, text or incoming.text)


def _addressed(incoming: Incoming) -> bool:
    return incoming.kind in ("command", "forward") or (incoming.kind == "text" and incoming.place == "dm")


async def _offer(turn: Turn, incoming: Incoming, inbox: int | None) -> None:
    """Keep what came along with words that went nowhere, or with none, and offer it to the log."""
    rows = await enclosures.keep(turn, incoming, inbox)
    if (
        incoming.kind == "forward"
        or any(row.log_no is not None for row in rows)
        or await _asked_about(turn, incoming, inbox)
    ):
        return
    await turn.answer(
        Card(
            f"Jeg har gemt det, men det står ikke i loggen.\n{enclosures.MARK} {enclosures.listed(rows)}",
            buttons=(
                Button("Gem i log", "router.meant", {"verb": "log", "inbox": inbox}),
                Button("Send som melding", "router.meant", {"verb": "melding", "inbox": inbox}),
            ),
        )
    )


async def _asked_about(turn: Turn, incoming: Incoming, inbox: int | None) -> bool:
    """Whether the turn has ended with a question about the input: what came along waits for the answer with it."""
    said = await turn.db.scalars(
        select(Message.card).where(Message.key.startswith(f"{incoming.key}/", autoescape=True))
    )
    return any(button["args"].get("inbox") == inbox for card in said for button in card["buttons"])


def strip_name(text: str) -> str:
    """Remove a typed "/krise" and marks of emphasis from the front of a text: it means the same with and without.

    Without its stroke, as a telephone's keys have it, "krise" is the command only in front of a verb that is meant as one.
    """
    text = unmarked(text)
    first, _, rest = text.strip().partition(" ")
    named = fold(first) in {"/krise", "@krisebot", "krisebot"} or (fold(first) == "krise" and is_meant(rest.strip()))
    return rest.strip() if named else text.strip()


HELP = "Bed om hjælp"
# Whom a refusal names at most.
NAMED = 3
# Verbs that people also write in ordinary sentences ("mail virker ikke", "stop det"): alone they are meant, and after
# `/krise` they always are; in front of other words they are no more than words.
EVERYDAY = frozenset(
    [
        "mail",
        "kritisk",
        "telefon",
        "it",
        "status",
        "start",
        "stop",
        "ring",
        "nummer",
        "opkald",
        "ringede",
        "plan",
        "moede",
        "hvem",
        "kontakt",
        "spoergsmaal",
        "spoerg",
        "svar",
        "beslutning",
        "besluttet",
        "rapport",
        "meld",
        "mangler",
        "ind",
        "ud",
        "tal",
        "sag",
        "ret",
        "find",
        "led",
        "vagt",
        "hjaelp",
        "help",
        "menu",
        "fjern",
        "tilfoej",
        "stab",
        "a",
        "b",
        "d",
        "m",
        "o",
        "p",
        "r",
        "s",
        "t",
        "v",
    ]
)
# What follows such a verb where it is meant all the same: a number, a name, a mark.
STRUCTURED = re.compile(r"(?!112\b)[\d@#!?:(]|(?:til|om|i morgen|kl)\b", re.IGNORECASE)


def is_explicit(text: str) -> bool:
    """Whether a plain text begins with a verb that is no everyday word, so that it is no answer to anything else."""
    found = _verb_of(text)
    return found.kind == "exact" and fold(found.typed, trailing=verb_words.MARKS) not in EVERYDAY


def is_meant(text: str) -> bool:
    """Whether a plain text begins with a verb that is meant as one: alone, or with what only a command has after it."""
    found = _verb_of(text)
    alone = not found.rest or STRUCTURED.match(found.rest) is not None
    return found.kind == "exact" and (alone or is_explicit(text))


def _verb_of(text: str) -> verb_words.Match:
    return _match(text, tuple((verb.name, verb.synonyms) for verb in registry.verbs.values()))


@lru_cache(maxsize=4)
def _match(text: str, verbs: tuple[tuple[str, tuple[str, ...]], ...]) -> verb_words.Match:
    """Find the verb that a text begins with, once for each text: it is asked for several times in a turn."""
    return verb_words.match(text, dict(verbs))


async def said(turn: Turn, text: str) -> None:
    """Read what was said to the bot in a one-to-one chat: a verb, an answer to what it asked, or somebody's own words."""
    bare = unmarked(text).strip()
    named, text = bare != strip_name(text), strip_name(text)
    if named or not text or is_explicit(text):
        await command(turn, text)
        return
    here, exercise = turn.crisis, turn.exercise
    for answers in await _by_newest_question(turn):
        if await answers(turn, text):
            return
        # What it looked at is not what the next one is about: a warning is never taken for an exercise's.
        turn.crisis, turn.exercise = here, exercise
    heard = dangers.hear(text)
    if is_meant(text) and not (heard is not None and heard.grave):
        await command(turn, text)
        return
    if not await led_on(turn, text):
        await _said_in_crisis(turn, text)


async def _said_in_crisis(turn: Turn, text: str) -> None:
    """Ask about what a crisis' own people write that only begins like a verb ("mail virker ikke"): it is never run."""
    found = _verb_of(text)
    if found.kind == "exact" and found.rest and found.verb != "hjælp" and not is_meant(text):
        await _not_understood(turn, text, verb=found.verb)
    else:
        await command(turn, text)


async def led_on(turn: Turn, text: str) -> bool:
    """Lead words that are no verb and no answer on to where they belong; returns whether they were."""
    for leads_on in registry.own_words:
        if await leads_on(turn, text):
            return True
    return False


async def _lead_on(turn: Turn, text: str) -> None:
    """Lead words that no verb knows on to where they belong; in the staff's channel they are offered to its log."""
    in_staff = turn.crisis is not None and await turn.room_of(turn.the_incoming) is not None
    if in_staff or turn.the_incoming.kind == "text" or not await led_on(turn, text):
        await _not_understood(turn, text)


async def _by_newest_question(turn: Turn) -> list[registry.Reply]:
    """Return the functions that may read an answer, whoever asked last first: "ok" answers the newest question."""
    asked = [(await when(turn) if when else None, run) for run, when in registry.replies.values()]
    opened = sorted(((at, run) for at, run in asked if at is not None), key=lambda pair: pair[0], reverse=True)
    newest = [run for _, run in opened] + [run for at, run in asked if at is None]
    return await answering.readers(turn, newest)


async def command(turn: Turn, text: str) -> None:
    """Run the verb that the text begins with."""
    if not text:
        await run(turn, registry.verbs["hjælp"], "")
        return
    found = _verb_of(text)
    verb = registry.verbs.get(found.verb or "")
    if verb is None:
        await _lead_on(turn, text)
    elif found.kind == "near" and verb.grave:
        await turn.answer(
            Card(
                f'Jeg forstod ikke "{quote(found.typed)}". Mente du *{verb.name}*? Intet er sat i gang.',
                buttons=(
                    Button("Ja", "router.meant", {"verb": verb.name, "inbox": turn.inbox_id}, style="primary"),
                    Button("Nej", "router.not_meant", {"inbox": turn.inbox_id}),
                ),
            )
        )
    else:
        await run(turn, verb, found.rest)


async def run(turn: Turn, verb: Verb, text: str) -> None:
    """Run a verb for somebody, if they may, on the crisis it is about."""
    if verb.crisis and turn.crisis is None and not await find_crisis(turn, verb.name, afterwards=verb.afterwards):
        return
    if await verb.who.held(turn):
        await verb.run(turn, text)
        await _hasten(turn, verb, text)
    elif await verb.who.lacks_proof(turn):
        await proof.ask(turn, verb.name, text)
    elif verb.otherwise is not None:
        await verb.otherwise(turn, text)
    else:
        await refuse(turn, verb.who)


# Verbs that bring what hastens to the chief by themselves, or that are the chief's own.
HASTENS_ITSELF = frozenset({"varsel", "aktiver", "opskaler", "melding", "telefon", "tiltag", "ordre", "hjælp"})


async def _hasten(turn: Turn, verb: Verb, text: str) -> None:
    """Bring what says HASTER past every queue to the staff's chief, whatever it was written for (plan §9)."""
    crisis = turn.crisis
    if verb.name in HASTENS_ITSELF or crisis is None or crisis.level != 2 or not hastens(text):
        return
    await turn.notify(
        [person for person in (await turn.chiefs())[:1] if person != turn.sender],
        Card(f"⚠️ *HASTER* – {turn.name(turn.sender)} skriver ({verb.name}): »{quote(text, 1000)}«"),
        kind="notice",
        summary="Det haster: krisestabschefen har fået det",
        urgency=URGENT,
        everywhere=True,
    )


async def pressed(turn: Turn, crisis: int | None = None, sent: SentForm | None = None) -> bool:
    """Run what a pressed button does, as it stands on a card that was shown to whoever pressed it, there.

    What comes with a press is written by whoever sends it: it only tells which button of the card is meant. A button that
    stands on the card no longer does nothing, so a double click or a slow screen changes nothing twice; the card is drawn
    again, as it stands now. What was shown to nobody there is dropped.

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
    await _act(turn, registry.actions[incoming.action], args)
    return True


def _filled_in(fields: Iterable[Field], values: Mapping[str, str]) -> dict[str, str]:
    """Return what was filled in; of a choice, what can be chosen. A form may have been opened before the card was
    changed: its words are kept, and the handler sees to them."""
    choices = {field.id: ("", *dict(field.choices)) for field in fields if field.kind == "choice"}
    return {name: value for name, value in values.items() if name not in choices or value in choices[name]}


async def _act(turn: Turn, action: Action, args: Mapping[str, Any]) -> None:
    """Run an action for somebody who may, on the crisis it is about."""
    if action.crisis and turn.crisis is None and not await find_crisis(turn):
        return
    if await action.who.held(turn):
        if not await form_times.ask(turn):
            await action.run(turn, **args)
    elif await action.who.lacks_proof(turn):
        await proof.ask(turn)
    else:
        await refuse(turn, action.who)


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


async def refuse(turn: Turn, who: Right) -> None:
    """Say who can, by name, to somebody who can't, and offer to ask them."""
    persons = [person for person in await rights.holders_of(turn, who) if person != turn.sender][:NAMED]
    named = f": {turn.names(persons)}" if persons else ""
    ask = (
        Button(f"Spørg {turn.name(person)}", "router.ask", {"inbox": turn.inbox_id, "person": person})
        for person in persons[:1]
        if turn.inbox_id is not None
    )
    await turn.answer(Card(f"Det kan kun {who.holders}{named}. Intet er ændret.", buttons=tuple(ask)))


@action("router.ask", crisis=False)
async def ask_holder(turn: Turn, inbox: int, person: str) -> None:
    """Put to somebody who may what somebody else wanted done, in their own words; they do it, or let it be."""
    original = await original_of(turn, inbox, turn.sender)
    if original is None or person not in turn.plan.persons:
        await refuse_all_but_writer(turn, inbox)
        return
    words = strip_name(original.text)
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
    words = strip_name(original.text)
    await turn.replace(Card(f"Du gør det for {turn.name(asker)}: »{quote(words, 500)}«"))
    await turn.say(asker, Card(f"{turn.name(turn.sender)} tager sig af det: »{quote(words, 500)}«"), kind="notice")
    await command(turn, words)


async def find_crisis(turn: Turn, verb: str = "", *, afterwards: bool = False) -> bool:
    """Find the one crisis there can be talk of, or ask which; False when the turn ends with that.

    Args:
        verb: what is to be done with it, where that is more than the words say: they may have been misspelt.
        afterwards: where none goes on, it may be one that is over, which the sender took part in.
    """
    crises = await turn.open_crises()
    decided = [crisis for crisis in crises if crisis.level is not None]
    over = await turn.took_part_in() if afterwards and not crises else []
    candidates = decided or crises or over
    if len(candidates) == 1:
        turn.crisis = candidates[0]
        return True
    if not candidates:
        await turn.answer(
            Card(
                "Der er ingen aktiv krise. Vil du sende et varsel?",
                buttons=(Button("Send varsel", "router.meant", {"verb": "varsel", "inbox": turn.inbox_id}),),
            )
        )
        return False
    named = [(crisis, await incident_names.shown(turn, crisis)) for crisis in candidates[:8]]
    await turn.answer(
        Card(
            f"Der er {len(candidates)} {'hændelser, som er slut' if over else 'aktive hændelser'}. Hvilken?",
            buttons=tuple(
                Button(
                    name[:70],
                    "router.which",
                    {"crisis": crisis.id, "inbox": turn.inbox_id, "verb": verb},
                )
                for crisis, name in named
            ),
        )
    )
    return False


async def _not_understood(turn: Turn, text: str, *, verb: str | None = None) -> None:
    keep = {"inbox": turn.inbox_id}
    runs = (Button(f"Kør {verb}", "router.meant", {"verb": verb, **keep}),) if verb else ()
    await turn.answer(
        Card(
            "Jeg er ikke sikker på, hvad jeg skal gøre med den. Din tekst er gemt:\n"
            f"»{quote(text[:500])}{'…' if len(text) > 500 else ''}«",
            buttons=(
                Button("Gem i log", "router.meant", {"verb": "log", **keep}),
                Button("Send som melding", "router.meant", {"verb": "melding", **keep}),
                *runs,
                Button(HELP, "router.meant", {"verb": "hjælp", **keep}),
            ),
        )
    )


@action("router.meant", crisis=False)
async def meant(turn: Turn, verb: str, inbox: int) -> None:
    """Run the verb that was meant, with the words as they were typed; words that ask for help are led on."""
    if verb == "hjælp":
        await _help_with(turn, inbox)
        return
    original = await _resume(turn, inbox, f"Det blev til *{verb}*.")
    if original is None:
        return
    words_of = strip_name(original.text) or enclosures.titled(original.enclosed)
    await _run_on(turn, registry.verbs[verb], words_of)


async def _help_with(turn: Turn, inbox: int) -> None:
    """Lead words on for whoever asked for help with them, by `Bed om hjælp`; the card's other choices stay."""
    original, standing = await original_of(turn, inbox, turn.sender), await turn.pressed()
    if original is None:
        await refuse_all_but_writer(turn, inbox)
        return
    turn.incoming, turn.inbox_id = original, inbox
    if not await led_on(turn, strip_name(original.text)):
        await run(turn, registry.verbs["hjælp"], "")
    elif standing is not None:
        turn.take_off(standing, {HELP})


async def _run_on(turn: Turn, verb: Verb, text: str) -> None:
    """Run a verb on words that may or may not begin with it."""
    found = _verb_of(text)
    await run(turn, verb, found.rest if found.verb == verb.name or is_explicit(text) else text)


@action("router.not_meant", crisis=False)
async def not_meant(turn: Turn, inbox: int) -> None:
    """Offer what else the words may be."""
    original = await _resume(turn, inbox, "Intet er sat i gang.")
    if original is not None:
        await _not_understood(turn, strip_name(original.text))


@action("router.which")
async def which(turn: Turn, inbox: int, verb: str = "") -> None:
    """Do what was asked for, on the crisis that was chosen."""
    original = await _resume(
        turn, inbox, f"Det gælder hændelse {quote(await incident_names.shown(turn, turn.the_crisis))}."
    )
    if original is None:
        return
    if original.kind == "press":
        await pressed(turn, turn.the_crisis.id)
    elif original.kind in ABOUT_MESSAGES:
        await _act(turn, registry.actions[ABOUT_MESSAGES[original.kind]], {})
    elif verb:
        await _run_on(turn, registry.verbs[verb], strip_name(original.text))
    else:
        await command(turn, strip_name(original.text))


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
    if original is None or await pressed(turn, crisis, sent) or standing is None:
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
