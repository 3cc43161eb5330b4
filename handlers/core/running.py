"""A verb or a button run for whoever may, on the crisis it is about; a refusal names who may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers.core import (
    brought_straight,
    form_questions,
    incident_names,
    named_crisis,
    over,
    proof,
    registry,
    rights,
    typed_verbs,
    unchosen,
    written_times,
)
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import Context
from handlers.core.form_values import Unread
from handlers.core.language import dangers, idle_words, times_read, times_shown
from handlers.core.registry import Action, Verb
from handlers.core.rights import Right
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.staff import OUTSIDE

# From whoever may not, these are a warning that goes up at once.
WARNS_ITSELF = frozenset({"aktiver"})
# So long whoever wrote it has to choose; then every staff reads it.
CHOICE = timedelta(minutes=2)
# Where words may belong that nobody asked for, and where no crisis runs.
BELONGS = {"log": "Gem i log", "melding": "Send som melding", "punkt": "Punkt til møde"}
WARNS = {"varsel": "Send varsel"}
# Whom a refusal names at most, and what it says of what was pressed.
NAMED, UNCHANGED = 3, "Intet er ændret."


async def run(turn: Turn, verb: Verb, text: str) -> None:
    """Run a verb for somebody, if they may, on the crisis it is about.

    Danger that is told behind a verb which leads nowhere ("log det brænder", from a stranger) is heard as own words; behind
    any other its answer has 112 in it.
    """
    await _run(turn, verb, text)
    await _name_112(turn, text)


async def _run(turn: Turn, verb: Verb, text: str) -> None:
    named = named_crisis.read(text, verb.named) if verb.afterwards else None
    # "bistand 4 mand som i krise 1" is for the crisis that runs now.
    if named is not None and not (verb.begins == "with words" and named[1]):
        number, text = named
        if not await _find_named_or_tell(turn, number):
            return
    elif verb.crisis and turn.crisis is None and not await find_crisis_or_ask(turn, verb.name, verb, text):
        return
    if verb.crisis and verb.begins_by(text) and await over.tell_if_over(turn):
        return
    if await verb.who.held(turn):
        if verb.level_two and verb.begins_by(text) and await over.tell_if_no_staff(turn):
            return
        await verb.run(turn, text)
        if verb.wordless:
            await give_back(turn, verb.name, text)
        await brought_straight.behind_verb(turn, verb, text)
        await _say_what_is_idle(turn, text)
    elif await verb.who.lacks_proof(turn):
        await proof.ask(turn, verb.name, text)
    elif verb.otherwise is not None:
        cries = dangers.tells_of_grave(text) and verb.name not in WARNS_ITSELF and not await _is_involved(turn)
        if not (cries and await _lead_danger_on(turn, verb.name)):
            await verb.otherwise(turn, text)
    elif not await _lead_danger_on(turn, verb.name):
        await refuse(turn, verb.who)


async def _is_involved(turn: Context) -> bool:
    """Whether the sender is of the crisis' own people: what they propose in it is theirs to propose."""
    return turn.crisis is not None and turn.sender in await turn.involved()


async def _lead_danger_on(turn: Turn, verb: str) -> bool:
    """Lead danger on that was written to the bot alone behind this verb; whoever may not use it may warn all the same."""
    incoming = turn.incoming
    if incoming is None or incoming.kind != "text" or incoming.place != "dm":
        return False
    text = typed_verbs.strip_name(incoming.text)
    found = typed_verbs.verb_of(text)
    asks = dangers.only_asks(text) or dangers.only_asks(found.rest)
    if found.verb != verb or dangers.hear(text) is None or asks:
        return False
    return await lead_on(turn, text)


async def _name_112(turn: Turn, text: str) -> None:
    """See to it that whoever tells of danger behind a verb reads 112, whatever else it is answered with.

    A crisis' own people write of its water and its power all night: they read it where life is in danger. Anybody else
    reads it with all danger, and is offered to warn: what they wrote may have gone to somebody who need not answer.

    Args:
        text: what came after the verb.
    """
    incoming, heard = turn.incoming, dangers.hear(text)
    if incoming is None or incoming.kind not in ("command", "text") or heard is None or dangers.only_asks(text):
        return
    said = turn.said_to(turn.sender, await turn.here())
    if any(DANGER in str(message.card["text"]) for message in said):
        return
    if await _is_involved(turn):
        await name_112(turn, text)
        return
    send = Button("Send varsel", "router.meant", {"verb": "varsel", "inbox": turn.inbox_id})
    await turn.answer(Card(f"{DANGER}\nEr der fare nu, så send det også som varsel.", buttons=(send,)))


async def name_112(turn: Turn, text: str) -> None:
    """See to it that whoever tells of grave danger reads 112, beside whatever else they are answered."""
    said = turn.said_to(turn.sender, await turn.here())
    if not dangers.tells_of_grave(text) or any(DANGER in str(message.card["text"]) for message in said):
        return
    answers = [message for message in said if message.kind == "reply"]
    if answers:
        turn.add_line(answers[-1], DANGER)
    else:
        await turn.answer(Card(DANGER))


async def lead_on(turn: Turn, text: str) -> bool:
    """Lead words that are no verb and no answer on to where they belong; returns whether they were.

    They are read first, as an answer is, by whoever has only the reading half; a question that a verb answers runs it.
    """
    meant = await registry.read_own_words(turn, text)
    if isinstance(meant, str):
        await run(turn, registry.verbs[meant], "")
    elif meant is not None:
        await meant(turn)
    return meant is not None


async def give_back(turn: Turn, verb: str, text: str) -> None:
    """Give somebody back what they told behind a verb that only shows something: it is nowhere else, and the places where
    it may belong are a press away. Nothing is said of words that tell nothing.

    Args:
        verb: its name.
        text: what came after it and was not read.
    """
    asked = f"{which(turn.inbox_id or 0)}/"
    # Where it is asked which incident it is about, the words come along with the answer.
    if not idle_words.tells(text) or any(each.key.startswith(asked) for each in turn.said_to(turn.sender)):
        return
    crisis = turn.crisis
    places = BELONGS if crisis is not None and crisis.state == "active" else WARNS
    # Where there is no staff, nobody is sent where only a staff goes on.
    has_staff = crisis is not None and crisis.level == 2
    keep = {"inbox": turn.inbox_id, "behind": verb}
    so = (
        "ikke i loggen endnu. Krisestaben har fået det, fordi det haster"
        if brought_straight.is_brought(turn, verb, text)
        else "ingen steder endnu"
    )
    buttons = [
        Button(label, "router.meant", {"verb": name, **keep})
        for name, label in places.items()
        if (has_staff or not registry.verbs[name].level_two) and await registry.verbs[name].who.has(turn)
    ]
    await turn.answer_alone(
        Card(
            f"*{verb}* viser kun noget, så det her står {so}:\n»{quote(text.strip(), 500)}«",
            buttons=tuple(buttons),
        )
    )


async def _say_what_is_idle(turn: Turn, text: str) -> None:
    """Tell whoever said "normaltid" of a time in summer which time it was read as: it comes only once."""
    if read := times_read.idle_season(text, written_times.since(turn), turn.zone):
        at = times_shown.weekday(read.at, turn.zone)
        await turn.answer(
            Card(f"»{read.idle}« er ikke brugt: {turn.clock(read.at)} kommer kun én gang den dag. Jeg har læst {at}.")
        )


async def act(turn: Turn, action: Action, args: Mapping[str, Any]) -> None:
    """Run an action for somebody who may, on the crisis it is about."""
    if action.crisis and turn.crisis is None and not await find_crisis_or_ask(turn):
        return
    if await action.who.held(turn):
        if (action.begins and await over.tell_if_over(turn)) or (
            action.level_two and await over.tell_if_no_staff(turn)
        ):
            return
        if not await form_questions.ask(turn):
            await _run_or_ask(turn, action, args)
    elif await action.who.lacks_proof(turn):
        await proof.ask(turn)
    else:
        await refuse(turn, action.who)


async def _run_or_ask(turn: Turn, action: Action, args: Mapping[str, Any]) -> None:
    """Run an action, or ask about what its form was filled in with, where its handler can't read that."""
    try:
        await action.run(turn, **args)
    except Unread as unread:
        await form_questions.ask_about(turn, unread)


async def act_on_message(turn: Turn, kind: str) -> None:
    """Run the action that what was done to a message stands for.

    Args:
        kind: one of `registry.ABOUT_MESSAGES`.
    """
    await act(turn, registry.actions[registry.ABOUT_MESSAGES[kind]], {})


async def refuse(turn: Turn, who: Right, so: str = UNCHANGED, *instead: Button) -> None:
    """Say who can, by name, to somebody who can't, and offer to ask them: the only way that anybody is refused a right. Who
    has it, and came by a number that can be forged, is asked for proof instead.

    Args:
        who: the right that the sender hasn't; to one row, see `rights.of_row`.
        so: Danish, what is as it was, or what they can do instead.
        instead: what they can press instead.
    """
    if await who.lacks_proof(turn):
        await _prove(turn)
        return
    turn.refused = who
    can, ask = await who_can(turn, who)
    await turn.answer(Card(f"Det kan kun {can}. {so}", buttons=(*instead, *ask)))


async def refuse_all_but(
    turn: Turn, whose: str, persons: Iterable[str | None], beside: Right | None = None, so: str = UNCHANGED
) -> bool:
    """Refuse whoever is none of those whose a row is and has no right to all such rows: who may and whom the refusal names
    are the same.

    Args:
        whose, persons, beside: as in `rights.of_row`.
        so: as in `refuse`.

    Returns:
        whether the sender was refused.
    """
    own = [*persons]
    if turn.sender in own or (beside is not None and await beside.held(turn)):
        return False
    await refuse(turn, rights.of_row(whose, own, beside), so)
    return True


async def _prove(turn: Turn) -> None:
    """Ask for proof of whoever has the right, and came by a way that anybody may send as them."""
    incoming = turn.the_incoming
    found = typed_verbs.verb_of(typed_verbs.strip_name(incoming.text)) if incoming.kind != "press" else None
    if found is not None and found.verb is not None:
        await proof.ask(turn, found.verb, found.rest)
    else:
        await proof.ask(turn)


async def who_can(turn: Context, who: Right) -> tuple[str, tuple[Button, ...]]:
    """Tell who can, for a card that says more than a refusal does.

    Args:
        who: the right that the sender hasn't.

    Returns:
        who can, by name, to stand after "kun", and whom to ask where there is nobody; and the button that asks the first.
    """
    persons = [person for person in await rights.holders_of(turn, who, NAMED + 1) if person != turn.sender][:NAMED]
    named = f": {turn.names(persons)}" if persons else ""
    if not persons:
        # Nobody has it now: whoever runs the staff knows what to do, and before there is one who decides.
        right = rights.chief if turn.crisis is not None else rights.decider
        persons = [person for person in await rights.holders_of(turn, right, 2) if person != turn.sender][:1]
        if persons and not await who.has(turn):
            named = f", og det er ingen lige nu. Spørg {turn.names(persons)}"
    here = next((person for person in persons if not person.startswith(OUTSIDE)), None)
    if here is None or turn.inbox_id is None:
        return f"{who.holders}{named}", ()
    about = {"inbox": turn.inbox_id, "person": here}
    return f"{who.holders}{named}", (Button(f"Spørg {turn.name(here)}", "router.ask", about),)


async def _may_on_any(turn: Context, who: Right, crises: Sequence[Crisis]) -> bool:
    """Whether the sender has a right on any of some crises."""
    return any([await who.has(turn.about(crisis)) for crisis in crises])


def _of_what_kind(going: Sequence[Crisis], over: Sequence[Crisis]) -> str:
    if going and over:
        return "hændelser: i gang og slut"
    return "hændelser, som er slut" if over else "aktive hændelser"


async def _find_named_or_tell(turn: Turn, number: int) -> bool:
    """Find the crisis that the sender named by its number: one that runs, or one that is over and that they took part in;
    another crisis that runs shuts nobody out of it. False when the turn ends with saying that it is neither."""
    named = await turn.db.scalar(select(Crisis).where(Crisis.number == number))
    if named is None:
        own = await incident_names.ended(turn)
        which = (
            f" Du var med i: {', '.join(f'nr. {quote(incident_names.short(each), 100)}' for each in own)}."
            if own
            else ""
        )
        await turn.answer(Card(f"Der er ingen hændelse nr. {number}. Intet er ændret.{which}"))
        return False
    turn.crisis = named
    if named.state in ("active", "warned") or await incident_names.had_part(turn, named):
        return True

    async def had_part(seen: Context) -> bool:
        return await incident_names.had_part(seen, named)

    await refuse(turn, Right(f"dem, der var med i hændelse nr. {number}", had_part, by_number=True))
    turn.crisis = None
    return False


async def _refuse_on_all(turn: Turn, verb: Verb, crises: Sequence[Crisis], text: str) -> bool:
    """Refuse somebody who may not on any of the crises, before they are asked which; returns whether it did."""
    right = verb.of_row or verb.who
    if (verb.otherwise is not None and not verb.grave) or await _may_on_any(turn, right, crises):
        return False
    if verb.otherwise is not None:
        await verb.otherwise(turn, text)
    elif not await _lead_danger_on(turn, verb.name):
        await refuse(turn, right)
    return True


def which(inbox: int) -> str:
    """Return what the question which incident it is goes by, and what waits for its answer."""
    return f"which/{inbox}"


async def find_crisis_or_ask(turn: Turn, name: str = "", verb: Verb | None = None, text: str = "") -> bool:
    """Find the one crisis there can be talk of, or ask which; False when the turn ends with that.

    Args:
        name: what is to be done with it, where that is more than the words say: they may have been misspelt.
        verb: the same, where it may be done on a crisis that is over too, which the sender took part in: where none is
            decided on, or they may not do it on any that is. Who may not on any is refused, and asked nothing.
        text: what came after the verb.
    """
    crises = await turn.open_crises()
    decided = [crisis for crisis in crises if crisis.level is not None]
    afterwards = verb is not None and verb.afterwards and not (verb.begins == "with words" and text.strip())
    ended: list[Crisis] = []
    if verb is not None and afterwards and not (decided and await _may_on_any(turn, verb.who, decided)):
        ended = await incident_names.ended(turn)
    # A stranger's cry that nobody has decided on shuts nobody out of the case that they are tidying up.
    candidates = ended if decided and ended else decided or [*crises, *ended]
    if len(candidates) == 1:
        turn.crisis = candidates[0]
        return True
    if not candidates:
        if name and await _lead_danger_on(turn, name):
            return False
        await over.tell_that_none_runs(turn)
        return False
    if verb is not None and await _refuse_on_all(turn, verb, candidates, text):
        return False
    among = [(crisis, await incident_names.shown(turn, crisis)) for crisis in candidates[:8]]
    before = await unchosen.asked_before(turn)
    inbox = before or turn.inbox_id or 0
    await turn.answer(
        Card(
            f"Der er {len(candidates)} {_of_what_kind(() if ended and decided else crises, ended)}. Hvilken?",
            buttons=tuple(
                Button(
                    label[:70],
                    "router.which",
                    {"crisis": crisis.id, "inbox": inbox, "verb": name},
                )
                for crisis, label in among
            ),
        ),
        key=f"{which(inbox)}/{turn.now.isoformat()}",
    )
    if before is None and crises and await unchosen.read(turn, name, text) is not None:
        await turn.at(turn.now + CHOICE, unchosen.WAITED, which(inbox), inbox=inbox, verb=name)
    return False
