"""Which of several incidents somebody's words are about: what they chose is done there, and what they leave unchosen every
staff reads. Plan §7, "skal krisestaben hurtigst muligt … søge at imødekomme behovet".

Whoever asks for help in one breath may have put the telephone away before the question came.
"""

from __future__ import annotations

from handlers.core import (
    clearance,
    in_charge,
    incident_names,
    presses,
    registry,
    rights,
    running,
    typed_verbs,
    unchosen,
    words,
)
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT
from handlers.core.incoming import Incoming
from handlers.core.registry import action, timer
from handlers.core.taking_up import original_of, resume, run_on
from handlers.core.turn import Turn
from storage.grades import within
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox


@action("router.which")
async def which(turn: Turn, inbox: int, verb: str = "") -> None:
    """Do what was asked for, on the crisis that was chosen."""
    named = quote(await incident_names.shown(turn, turn.the_crisis))
    over = turn.the_crisis.state == "closed" and verb in unchosen.VERBS
    outcome = f"Hændelse {named} er afblæst imens." if over else f"Det gælder hændelse {named}."
    original = await resume(turn, inbox, outcome)
    if original is None:
        return
    # It may have been asked twice, of whoever pressed twice.
    await turn.redraw(f"{running.which(inbox)}/", Card(outcome))
    if over:
        # There is no staff to read it: it goes where it would go if it were written now.
        await turn.cancel(running.which(inbox))
        turn.crisis = None
    else:
        await _settle(turn, inbox, f"{turn.name(original.sender)} har valgt", _key(inbox))
    await _do(turn, original, verb)


async def _do(turn: Turn, original: Incoming, verb: str) -> None:
    if original.kind == "press":
        await presses.press(turn, turn.the_crisis.id)
    elif original.kind in registry.ABOUT_MESSAGES:
        await running.act_on_message(turn, original.kind)
    elif verb:
        await run_on(turn, registry.verbs[verb], typed_verbs.strip_name(original.text))
    else:
        await words.command(turn, typed_verbs.strip_name(original.text))


@timer(unchosen.WAITED, urgent=True, crisis=False)
async def waited(turn: Turn, inbox: int, verb: str) -> None:
    """Let everybody who has an incident in hand read what was written to the staff, when its writer hasn't said which it is
    about; they can still say so, and whoever it is for takes it."""
    row = await turn.db.get(Inbox, inbox)
    if row is None:
        return
    original = Incoming.from_json(row.body)
    turn.incoming, turn.inbox_id = original, inbox
    crises = await turn.open_crises()
    going = [each for each in crises if each.level is not None] or crises
    if not going:
        await _do(turn, original, verb)
        return
    left = await unchosen.read(turn, verb)
    if left is None:
        # It has gone on meanwhile, another way.
        return
    said, grade = left
    kept = f"({turn.rules.grade_name(grade)})"
    told: list[str] = []
    for crisis in going:
        turn.crisis = crisis
        may_call = f"\nRing: {turn.phone(original.sender)}." if turn.plan.person(original.sender) else ""
        has_it = await in_charge.in_charge(turn)
        # Whoever wrote it has said who may read it.
        may_read = all([within(grade, await clearance.highest_for(turn, each)) for each in has_it])
        shown = f"»{quote(said, 1500)}«" if may_read else kept
        logged = f"»{said}«" if within(grade, clearance.SHARED) else kept
        await turn.notify(
            has_it,
            Card(
                f"❗ *{turn.name(original.sender)} har ikke sagt, hvilken hændelse det gælder:*\n{shown}{may_call}",
                buttons=(
                    Button("Det hører til her", "which.take", {"inbox": inbox, "verb": verb, "crisis": crisis.id}),
                ),
            ),
            kind="notice",
            summary=f"{turn.name(original.sender)} har ikke sagt, hvilken hændelse det gælder: {logged}",
            key=_key(inbox, crisis.id),
            urgency=URGENT,
        )
        told.append(f"nr. {crisis.number} ({in_charge.in_words(turn, has_it)})" if has_it else "")
    turn.crisis = None
    named = " og ".join(each for each in told if each)
    await turn.answer(
        Card(
            "Du har ikke valgt, hvilken hændelse det gælder, så det er vist for alle: "
            f"{quote(named)}. Du kan stadig vælge selv."
            if named
            else "Du har ikke valgt, hvilken hændelse det gælder, og ingen har det endnu. Vælg, eller ring selv."
        )
    )


@action("which.take", who=rights.takes_up)
async def take(turn: Turn, inbox: int, verb: str) -> None:
    """Do what was asked for on the crisis whose people took it, by `Det hører til her`, as if its writer had chosen so:
    with the writer's right, and answered to them."""
    row = await turn.db.get(Inbox, inbox)
    original = Incoming.from_json(row.body) if row is not None else None
    if original is None or await original_of(turn, inbox, original.sender) is None:
        return
    # Whoever chose themselves is shown it under the name that they may read.
    await _settle(turn, inbox, f"{turn.name(turn.sender)} har taget det", _key(inbox), f"{running.which(inbox)}/")
    turn.incoming, turn.inbox_id = original, inbox
    await _do(turn, original, verb)


async def _settle(turn: Turn, inbox: int, by: str, *cards: str) -> None:
    """End the question which it is, wherever it stands: nothing is done twice, and the other staffs' logs tell whose it is.

    Args:
        inbox: what was written.
        by: who has said whose it is.
        cards: what the keys begin with of those that say so now.
    """
    await turn.cancel(running.which(inbox))
    own = turn.the_crisis
    done = f"{by}: det gælder hændelse nr. {own.number}."
    for other in {each.crisis_id for each in await turn.standing(_key(inbox))} - {None, own.id}:
        turn.crisis = await turn.db.get_one(Crisis, other)
        await turn.log(done, kind="assessment", sender=turn.sender)
    turn.crisis = own
    for begins in cards:
        await turn.redraw(begins, Card(done))


def _key(inbox: int, crisis: int | None = None) -> str:
    return f"unchosen/{inbox}/" + (f"{crisis}" if crisis is not None else "")
