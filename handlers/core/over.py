"""A crisis that is over: what is open is still shown and closed, and nothing new is decided or set going in it; and one that
has no staff, or has none any longer. Plan §3, "hurtigst muligt kan vende tilbage til en normal situation"."""

from __future__ import annotations

from handlers.core import incident_names, typed_verbs
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import Context
from handlers.core.turn import Turn

# Inputs that are words for a verb.
TYPED = ("command", "text")


def is_over(turn: Context) -> bool:
    """Whether the turn is about a crisis that has been called off."""
    return turn.crisis is not None and turn.crisis.state == "closed"


def what_ends(turn: Context) -> str:
    """Name what is called off: the staff, where the crisis is at level 2, else the incident, which has none (plan §3)."""
    return "krisestaben" if turn.crisis is None or turn.crisis.level == 2 else "hændelsen"


async def tell_that_none_runs(turn: Turn) -> None:
    """Tell whoever wrote or pressed what was meant for a crisis that none runs. Who took part in one that is over reads which,
    what they can still do in it, and their own words."""
    text = f"Der er ingen aktiv krise. Vil du sende et varsel? {DANGER}"
    buttons = (Button("Send varsel", "router.meant", {"verb": "varsel", "inbox": turn.inbox_id}),)
    had = await incident_names.ended(turn)
    if not had:
        await turn.answer(Card(text, buttons=buttons))
        return
    newest = had[0]
    text += (
        f"\nNr. {newest.number}: {quote(newest.title, 150)} er afblæst {turn.clock(newest.deactivated_at)}, og der skrives "
        "intet nyt i den. Se, hvordan den står, med */krise status*; meld det åbne udført med */krise tiltag* og */krise opgave*, og skriv, hvad "
        f"du lærte, med */krise erfaring*.{_given_back(turn)}"
    )
    await turn.answer_alone(Card(text, buttons=buttons))


async def tell_if_over(turn: Turn) -> bool:
    """Tell whoever would decide or set something going in a crisis that is over that it is, and what they can do; what was
    typed is given back. Returns whether it did."""
    if not is_over(turn):
        return False
    crisis, typed = turn.the_crisis, turn.the_incoming.kind in TYPED
    # What was typed as a command is the warning, where it is one; a button has no words of its own.
    send = (
        Button("Send varsel", "router.meant", {"verb": "varsel", "inbox": turn.inbox_id})
        if typed
        else Button("Send varsel", "help.run", {"verb": "varsel"})
    )
    await turn.answer_alone(
        Card(
            f"*Nr. {crisis.number} er afblæst* {turn.clock(crisis.deactivated_at)}, så der besluttes og sættes intet nyt i "
            "værk i den. Intet er ændret. Det, der stadig er åbent, kan meldes udført: se det med */krise tiltag*. Sker der "
            f"noget nyt, så send et varsel. {DANGER}{_given_back(turn)}",
            buttons=(send,),
        ),
    )
    return True


async def tell_if_no_staff(turn: Turn) -> bool:
    """Tell whoever would begin what is the crisis staff's, where a crisis has none: the plan comes into force at level 2 alone
    (plan §3). What was typed is given back. Returns whether it did."""
    crisis = turn.the_crisis
    if crisis.has_staff:
        return False
    stands = (
        "er afblæst"
        if is_over(turn)
        else "er på beredskabsniveau 1"
        if crisis.level == 1
        else "er ikke besluttet endnu"
    )
    await turn.answer_alone(
        Card(
            f"*Nr. {crisis.number} har ingen krisestab:* den {stands}, og stabens møder, roller, vagter og medlemmer begynder på "
            f"niveau 2. Intet er ændret. Er der brug for staben, så skriv */krise opskaler*.{_given_back(turn)}"
        ),
    )
    return True


def _given_back(turn: Context) -> str:
    """Return what was typed in a form, or for a verb: most clients show neither to anybody again."""
    incoming = turn.the_incoming
    typed = [typed_verbs.strip_name(incoming.text)] if incoming.kind in TYPED else [*incoming.values.values()]
    return "".join(f"\n»{quote(each.strip(), 1500)}«" for each in typed if each.strip())
