"""A message that could not be delivered is a fact: it is logged, shown, and acted on. Plan §5, Varsle/indkalde (D02)."""

from __future__ import annotations

from handlers import escalation
from handlers.card import Card
from handlers.registry import timer
from handlers.turn import NOTICES, Turn
from storage.tables import Message


@timer("undeliverable")
async def undeliverable(turn: Turn, message: int, reason: str) -> None:
    """No way to the person worked.

    Args:
        message: the message's id.
        reason: what the platforms said, Danish where it is ours.
    """
    sent = await turn.db.get(Message, message)
    if sent is None or turn.crisis is None or sent.kind not in NOTICES:
        return
    person = sent.recipient
    to_staff = person.startswith("staff:")
    await turn.log(
        f"Kom ikke frem til krisestabens kanal: {reason}."
        if to_staff
        else f"Kom ikke frem til {turn.name(person)}: {reason}. Nummer: {turn.phone(person)}",
        kind="undeliverable",
        receiver=person,
        direction="out",
        recorder="krisebot",
        verification="confirmed",
        refs={"undelivered": message},
    )
    if sent.kind == "alert":
        await escalation.unreachable(turn, person)
    elif not to_staff and turn.crisis.level == 2:
        await turn.say(
            turn.staff,
            Card(f"⚠️ Kom ikke frem til {turn.name(person)} ({reason}). Ring: {turn.phone(person)}."),
            key=f"undeliverable/{message}",
        )
