"""`aktiver`: no crisis, level 1 or level 2, decided by those whom the plan lets decide. Plan §2, §4 and §5."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from handlers.alert import decision_card, escalation, escalation_chain, in_practice, level_one, warning
from handlers.core import form_values, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import action, verb
from handlers.core.rights import decider, on_behalf_of
from handlers.core.turn import Turn
from handlers.crisis import convening, deadlines, framing, status, trial
from handlers.meetings import outside_mail
from handlers.preparedness import emergency_pack
from handlers.reporting import media_watch, ping_board, pings, watched_lines
from handlers.staff import summoning
from storage.plan.persons import DECIDING_ROLES
from storage.rows.alert import Alert
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox


async def _not_a_decider(turn: Turn, text: str) -> None:
    """Begin level 1 for a centre chief (plan §2); take anybody else's `aktiver` as a warning that goes up at once."""
    level, title = _level(text)
    if level == 1 and await rights.centre_chief.held(turn):
        await level_one.propose(turn, title)
    elif not await in_practice.ask_if_real(turn, title):
        await warning.call_up(turn, title, wanted=level)
        await pings.called_for(turn, title)


@verb(
    "aktiver",
    "a",
    "aktivér",
    "aktivere",
    "aktiverer",
    "start",
    help="aktiver 2 <hvad> – 4K-chef, borgmester, direktion; andres bliver til et varsel",
    who=decider,
    grave=True,
    urgent=True,
    otherwise=_not_a_decider,
)
async def activate(turn: Turn, text: str) -> None:
    """Decide on a level at once, in one breath, and ask nothing else: plan §4, "Ovenstående personer kan beslutte"."""
    if await in_practice.ask_if_real(turn, text):
        return
    level, title = _level(text)
    if level is None:
        await _attach(turn)
        unknown = "" if title or not text.strip() else "Der er niveau 1 og niveau 2. Intet er besluttet. "
        await turn.answer(decision_card.card(turn, f"{unknown}Hvad beslutter du?", title=title))
        return
    if going := await _going(turn, level):
        await _already(turn, going, title, level)
        return
    joined = await _attach(turn)
    await decide(turn, level, title, joined=joined)


@verb(
    "opskaler",
    "eskaler",
    "eskalér",
    help="opskaler – fra niveau 1 til krisestab (niveau 2)",
    who=rights.may_escalate,
    crisis=True,
    grave=True,
    urgent=True,
)
async def escalate(turn: Turn, text: str) -> None:
    """Go up to level 2, and let the log go on: plan §2, "Direktør kan evt. opskalere til beredskabsniveau 2." """
    if turn.the_crisis.level == 2:
        await _already(turn, turn.the_crisis, text, 2)
        return
    if text.strip():
        await turn.log(f"Begrundelse for at opskalere: {text.strip()}", kind="assessment", sender=turn.sender)
    await decide(turn, 2, "")


@action("activation.decide", who=decider, crisis=False, urgent=True, decides=True)
async def pressed(turn: Turn, level: int) -> None:
    """Decide on `Niveau 1`, `Niveau 2` or `Ingen krise – følg`, and set going what follows."""
    title = turn.value("title")
    crisis = turn.crisis
    if crisis is not None and crisis.state == "closed":
        await turn.answer(
            Card(
                f"Nr. {crisis.number} »{quote(crisis.title)}« er afblæst {turn.clock(crisis.deactivated_at)}. Intet er sat "
                "i gang. Er det en ny hændelse, så skriv fx */krise aktiver 2 skybrud*."
            )
        )
        return
    if crisis is not None and crisis.decided_at is not None and (crisis.level or 0) >= level:
        await _already(turn, crisis, title, level)
        return
    if crisis is None and level and (going := await _going(turn, level)):
        await _already(turn, going, title, level)
        return
    await turn.replace(Card(f"Du har besluttet: *{decision_card.named(level)}*."))
    await decide(turn, level, title)


async def decide(turn: Turn, level: int, title: str, *, joined: bool = False) -> None:
    """Make the decision on a level, with everything that follows from it in the same turn.

    Args:
        level: 0 for "Ingen krise – følg", 1 or 2.
        title: what to call it; empty keeps what it was called.
        joined: it took up a warning that was on its way, which it may have nothing to do with.
    """
    if turn.crisis is None:
        await warning.begin(turn, title)
    crisis = turn.the_crisis
    was = crisis.level
    if title:
        crisis.title = warning.title_of(title)
    crisis.level = level or None
    crisis.state = "active" if level else "followed"
    crisis.decided_at = turn.received
    crisis.decided_by = turn.sender
    crisis.on_behalf_of = on_behalf_of(turn.rules, turn.sender, *DECIDING_ROLES)
    if level == 1:
        crisis.basis = "board"
    await turn.log(
        f"Besluttet: {decision_card.named(level)}. {decision_card.decided_by(turn)}. {crisis.title}",
        kind="decision",
        sender=turn.sender,
        verification="confirmed",
        refs={"level": level, "was": was, "on_behalf_of": crisis.on_behalf_of},
    )
    await escalation.stop(turn, crisis)
    if level == 2:
        for no_longer in ("level_one.approve", "level_one.withdraw", "level_one.cadence"):
            await turn.take_away(no_longer)
        await convening.convene(turn)
        await ping_board.show_all(turn)
        await media_watch.begin(turn)
        await watched_lines.begin(turn)
        await outside_mail.begin(turn)
        await framing.ask(turn)
    elif level == 1:
        await level_one.begin(turn)
    await _tell_deciders(turn)
    if level:
        await emergency_pack.new_phase(turn)
    await turn.say(
        turn.sender, await _made(turn, joined), key=_card_key(crisis, turn.sender), kind="card", urgency=URGENT
    )


async def _made(turn: Context, joined: bool = False) -> Card:
    """Draw what was decided, for whoever decided it, with `Ret`."""
    crisis = turn.the_crisis
    by = decision_card.decided_by(turn)
    head = {
        2: f"✅ *Krisestaben er aktiveret – niveau 2.* Besluttet {turn.clock(crisis.decided_at)} af {by}.",
        1: f"✅ *Direktionen er varslet – niveau 1.* Besluttet {turn.clock(crisis.decided_at)} af {by}.",
    }.get(crisis.level or 0, f"✅ *Ingen krise – følg.* Besluttet {turn.clock(crisis.decided_at)} af {by}.")
    lines = [head, f"Nr. {crisis.number}: {quote(crisis.title)}"]
    if crisis.level == 2:
        lines.append(f"Fuldt etableret senest {turn.clock(crisis.established_due)}. {await summoning.answers(turn)}")
    buttons = [
        Button(
            "Ret",
            "activation.correct",
            {"crisis": crisis.id},
            form=(
                Field("title", "Hvad hedder hændelsen?", value=crisis.title),
                Field("decided", "Besluttet kl. (når det var tidligere)", "been"),
            ),
            form_title="Ret beslutningen",
        )
    ]
    if crisis.level == 1:
        buttons.append(Button("Opskaler", "activation.decide", {"level": 2, "crisis": crisis.id}))
    if await trial.offered(turn):
        buttons.append(trial.button(crisis))
    if joined:
        buttons.append(Button("Det er en anden hændelse", "activation.parted", {"crisis": crisis.id}))
    return Card("\n".join(lines), buttons=tuple(buttons))


@action("activation.correct", who=decider)
async def correct(turn: Turn) -> None:
    """Correct the title, or when a decision was made that was typed later: the two hours run from the decision."""
    crisis = turn.the_crisis
    title, at = turn.value("title"), form_values.been(turn, "decided")
    if title and title != crisis.title:
        await turn.log(f"Navnet er rettet fra »{crisis.title}« til »{title}«.", kind="correction")
        was, crisis.title = crisis.title, warning.title_of(title)
        await turn.rename(quote(was), quote(crisis.title))
    if at is not None and crisis.decided_at is not None and at != crisis.decided_at:
        await _set_back(turn, crisis, at)
    await turn.say(turn.sender, await _made(turn), key=_card_key(crisis, turn.sender))


async def _set_back(turn: Turn, crisis: Crisis, at: datetime) -> None:
    await turn.log(
        f"Beslutningstidspunktet er rettet fra {turn.clock(crisis.decided_at)} til {turn.clock(at)}. "
        "Fristerne regnes fra beslutningen.",
        kind="correction",
        verification="confirmed",
        event_time=at,
    )
    crisis.registered_at = crisis.registered_at or crisis.decided_at
    crisis.decided_at = at
    if crisis.level == 2:
        await deadlines.start(turn)


@action("activation.other", who=decider, crisis=False)
async def another(turn: Turn, inbox: int, title: str, level: int = 2) -> None:
    """Begin another crisis, by `Det er en anden hændelse`: two real crises at once are held apart.

    It may well be the one whose warning is on its way, which is then decided.
    """
    if await turn.db.get(Inbox, inbox) is None:
        return
    await turn.replace(Card("Den oprettes som en hændelse for sig."))
    turn.crisis = None
    joined = await _attach(turn)
    await decide(turn, level, title, joined=joined)


@action("activation.parted", who=decider)
async def parted(turn: Turn) -> None:
    """Part a decision from the warning that was on its way and had nothing to do with it: the warning gets its own
    number and chain."""
    crisis = turn.the_crisis
    alerts = list(await turn.db.scalars(select(Alert).where(Alert.crisis_id == crisis.id).order_by(Alert.id)))
    if not alerts:
        return
    await warning.begin(turn, alerts[0].text)
    other = turn.the_crisis
    for alert in alerts:
        alert.crisis_id = other.id
        await escalation_chain.log_alert(turn, alert, parted_from=crisis.number)
    await escalation.start(turn, alerts[0])
    turn.crisis = crisis
    await turn.log(f"Varslet hører til en anden hændelse og føres nu som nr. {other.number}.", kind="assessment")
    await turn.say(turn.sender, await _made(turn), key=_card_key(crisis, turn.sender))


@action("activation.show", crisis=True)
async def show(turn: Turn) -> None:
    """Show the crisis' status, by `Åbn`, to whoever was told of it."""
    await status.status(turn, "")


async def _already(turn: Turn, crisis: Crisis, title: str, level: int) -> None:
    turn.crisis = crisis
    await turn.say(
        turn.sender,
        Card(
            f"Krisen »{quote(crisis.title)}« er allerede i gang: {decision_card.named(crisis.level)} (besluttet "
            f"{turn.clock(crisis.decided_at)} af {decision_card.decided_by(turn)}). Der er ikke oprettet en ny.",
            buttons=(
                Button("Åbn", "activation.show", {"crisis": crisis.id}),
                Button(
                    "Det er en anden hændelse",
                    "activation.other",
                    {"inbox": turn.inbox_id, "title": title, "level": level},
                ),
            ),
        ),
        kind="reply",
        platform=turn.incoming.platform if turn.incoming else None,
    )


async def _attach(turn: Turn) -> bool:
    """Take up the warning that is on its way, so that two who act within seconds make one crisis; False when there is
    none."""
    if turn.crisis is None:
        turn.crisis = await warning.running(turn)
        return turn.crisis is not None
    return False


async def _going(turn: Context, level: int) -> Crisis | None:
    """Return the crisis that is decided already: here at this level or a higher one (down is the mayor's word), or
    anywhere at this one."""
    here = turn.crisis
    if here is not None and here.state == "active" and (here.level or 0) >= level:
        return here
    going = [crisis for crisis in await turn.open_crises() if crisis.exercise == turn.exercise]
    return next((crisis for crisis in going if crisis.level == level), None)


async def _tell_deciders(turn: Turn) -> None:
    """Tell the other deciders at once, since one decision is enough, and whoever warned."""
    crisis = turn.the_crisis
    summoned = set(await turn.members("framing")) if crisis.level == 2 else set()
    if crisis.level == 1:
        summoned = set(turn.rules.board())
    deciders = [person for link in escalation_chain.links_of(turn.rules) for person in link.persons]
    alerts = await turn.db.scalars(select(Alert.person).where(Alert.crisis_id == crisis.id))
    others = [person for person in [*deciders, *alerts] if person != turn.sender and person not in summoned]
    await turn.notify(
        others,
        Card(
            f"Nr. {crisis.number} »{quote(crisis.title)}«: *{decision_card.named(crisis.level)}*. "
            f"Besluttet {turn.clock(crisis.decided_at)} af {decision_card.decided_by(turn)}."
        ),
        kind="notice",
        summary="De øvrige, der kan beslutte, og den, der varslede, har fået besked om beslutningen",
    )


def _level(text: str) -> tuple[int | None, str]:
    """Read the level and the rest out of "2 skybrud" or "niveau 2: skybrud"; a number alone ("3") tells of nothing."""
    parts = text.split()
    if parts and parts[0].casefold().strip(":.,") in ("niveau", "beredskabsniveau"):
        parts = parts[1:]
    first = parts[0].strip(":.,") if parts else ""
    if first in ("1", "2"):
        return int(first), " ".join(parts[1:])
    return None, text.strip() if any(each.isalpha() for part in parts for each in part) else ""


def _card_key(crisis: Crisis, person: str) -> str:
    return f"crisis/{crisis.id}/decision/{crisis.level or 0}/{person}"
