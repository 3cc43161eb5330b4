"""The steps of a quota: asked, answered, filled, stopped; each writes its own line in the log. Plan §5."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from handlers.core import in_charge, over, running
from handlers.core.card import Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import dangers
from handlers.core.registry import timer
from handlers.core.turn import Turn
from handlers.staff import quota_card
from handlers.staff.quota_words import Asked
from storage.rows.numbers import next_number
from storage.rows.staff import Quota, QuotaAsk, QuotaReply

# Whoever has not answered so long after being asked is not waited for: the next are asked too.
WAIT = timedelta(minutes=10)


async def draft(turn: Turn, asked: Asked, persons: Sequence[str]) -> Quota:
    """Add a quota that nobody has been asked for yet.

    Args:
        asked: what is wanted.
        persons: whom to ask, in order.
    """
    crisis = turn.the_crisis.id
    row = Quota(
        crisis_id=crisis,
        number=await next_number(turn.db, Quota.number, Quota.crisis_id == crisis),
        wanted=asked.wanted,
        text=asked.text,
        in_order=asked.in_order,
        asked_by=turn.sender,
        asked_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    turn.db.add_all(QuotaAsk(crisis_id=crisis, quota=row.id, person=person) for person in persons)
    await turn.db.flush()
    return row


async def go_on(turn: Turn, row: Quota) -> None:
    """Ask those who are to be asked now, or stop where enough are found or nobody is left; and show the asker how it
    stands."""
    every = await asks_of(turn, row)
    lacking = row.wanted - sum(each.count for each in every if each.answer == "yes")
    if lacking <= 0:
        await _fill(turn, row, every)
        return
    # Whoever was too late the first time is ready.
    waiting = sorted((each for each in every if each.asked_at is None), key=lambda each: each.words is None)
    open_now = [each for each in every if each.answer is None and each.asked_at and each.asked_at > turn.now - WAIT]
    now = waiting if not row.in_order else waiting[: max(0, lacking - len(open_now))]
    for each in now:
        each.asked_at = turn.now
        await turn.say(
            each.person,
            quota_card.question(turn, row, each),
            key=quota_card.key(row, f"ask/{each.id}/{turn.now.isoformat()}"),
            kind="notice",
        )
    await turn.db.flush()
    asked = [each for each in every if each.answer is None and each.asked_at is not None]
    next_at = min(
        (each.asked_at + WAIT for each in asked if each.asked_at and each.asked_at > turn.now - WAIT), default=None
    )
    if next_at is not None:
        await turn.at(next_at, "quota.waited", quota_card.key(row, "waited"), quota=row.id)
    await show(turn, row, every)
    if not asked and not waiting:
        await tell_short(turn, row, every)


@timer("quota.waited")
async def waited(turn: Turn, quota: int) -> None:
    """Ask the next when those who were asked have said nothing; where nobody is left, tell whoever asked whom to ring."""
    row = await turn.db.get(Quota, quota)
    if row is None or row.state != "asking":
        return
    every = await asks_of(turn, row)
    left = [each for each in every if each.asked_at is None]
    if left:
        await go_on(turn, row)
        return
    await tell_short(turn, row, every)


async def tell_short(turn: Turn, row: Quota, every: Sequence[QuotaAsk]) -> None:
    """Tell whoever asked that everybody has been asked and too few are found, with whom to ring."""
    silent = [each for each in every if each.answer is None]
    found = sum(each.count for each in every if each.answer == "yes")
    ring = ", ".join(f"{turn.name(each.person)} {turn.phone(each.person)}" for each in silent[:10])
    await turn.notify(
        [row.asked_by],
        Card(
            f"⚠️ *Find {row.wanted} {quote(row.text)}: {found} er fundet, og alle er spurgt.*\n"
            + (f"Ikke svaret: {ring}. De kan stadig svare." if silent else "Ingen flere at spørge.")
        ),
        kind="reminder",
        urgency=URGENT,
        summary=f"{turn.name(row.asked_by)} har fået besked: {found} af {row.wanted} er fundet {row.text}",
        key=quota_card.key(row, f"short/{turn.now.isoformat()}"),
    )


async def take_answer(turn: Turn, ask: int, count: int, words: str) -> None:
    """Take an answer from whoever was asked, once; the row is held while it is counted, so that nobody is one too many."""
    mine = await turn.db.get(QuotaAsk, ask)
    if mine is None or mine.crisis_id != turn.the_crisis.id or mine.asked_at is None:
        return
    if await refuse_other(turn, mine):
        return
    row = await turn.db.get_one(Quota, mine.quota, with_for_update=True, populate_existing=True)
    every = await asks_of(turn, row)
    taken = sum(each.count for each in every if each.answer == "yes" and each.id != mine.id)
    came = min(count, row.wanted - taken) if row.state == "asking" or mine.answer == "yes" else 0
    had, had_count = mine.answer, mine.count
    answer: QuotaReply = "yes" if came > 0 else "late"
    if count == 0:
        answer = "withdrawn" if had in ("yes", "late") else "no"
    if (answer, came) == (had, mine.count):
        await turn.replace(quota_card.question(turn, row, mine))
        return
    mine.answer, mine.count, mine.words, mine.answered_at = answer, max(came, 0), words, turn.received
    said = {
        "yes": f"kommer ({mine.count})" + ("" if dangers.answered(words) == "yes" else f": »{words}«"),
        "no": "kan ikke",
        "late": f"kan også, men der {'søges ikke længere' if row.state == 'stopped' else 'er nok'}: »{words}«",
        "withdrawn": "kan alligevel ikke",
    }[answer]
    entry = await turn.log(
        f"{turn.name(mine.person)} {said} – {row.text}",
        kind="quota",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        event_time=turn.received,
        verification="confirmed",
        refs={"quota": row.number, "about": row.log_no},
    )
    mine.log_no = entry.no
    for message in await turn.standing(quota_card.key(row, f"ask/{mine.id}/")):
        message.answered_at, message.answer = turn.received, words
    await turn.db.flush()
    if had == "yes" and mine.count < had_count and row.state != "asking":
        await _lose(turn, row, mine)
        return
    await redraw(turn, row, [mine])
    if row.state == "asking":
        await go_on(turn, row)
    else:
        await show(turn, row, every)


async def _lose(turn: Turn, row: Quota, gone: QuotaAsk) -> None:
    """Tell whoever asked that somebody who was counted on can't come, or comes with fewer; and ask again where they were
    needed: those who were ready too late first."""
    goes_on = row.state == "filled"
    if goes_on:
        row.state, row.filled_at = "asking", None
    every = await asks_of(turn, row)
    for each in every:
        if goes_on and each.answer == "late":
            each.answer, each.asked_at = None, None
    await turn.db.flush()
    await redraw(turn, row, every)
    what = "kan alligevel ikke komme" if gone.count == 0 else f"kommer kun med {gone.count}"
    await turn.notify(
        [row.asked_by],
        Card(
            f"⚠️ *{turn.name(gone.person)} {what}* {quote(row.text)}. "
            f"{'Jeg spørger videre.' if goes_on else 'Der spørges ikke andre.'}"
        ),
        kind="notice",
        summary=f"{turn.name(row.asked_by)} har fået besked: {turn.name(gone.person)} {what} {row.text}",
    )
    if goes_on:
        await go_on(turn, row)
    else:
        await show(turn, row, every)


async def _fill(turn: Turn, row: Quota, every: Sequence[QuotaAsk]) -> None:
    """Stop: enough are found. Those who have not answered are told that they need not, and whoever asked who comes."""
    row.state, row.filled_at = "filled", turn.now
    await turn.cancel(quota_card.key(row, "waited"))
    await turn.db.flush()
    coming = [each for each in every if each.answer == "yes"]
    await turn.log(
        f"Fundet {row.wanted} {row.text}: {turn.names(each.person for each in coming)}",
        kind="quota",
        sender="krisebot",
        receiver=row.asked_by,
        recorder="krisebot",
        verification="confirmed",
        refs={"quota": row.number, "about": row.log_no},
    )
    await redraw(turn, row, every)
    who = "\n".join(f"• {quota_card.comes(turn, each)}" for each in coming)
    await turn.say(
        row.asked_by,
        Card(f"✅ *Fundet: {row.wanted} {quote(row.text)}*\n{who}"),
        key=quota_card.key(row, f"found/{turn.now.isoformat()}"),
        kind="notice",
    )
    await in_charge.tell(turn, Card(f"✅ *Fundet: {row.wanted} {quote(row.text)}*\n{who}"))
    await show(turn, row, every)


async def stop(turn: Turn, row: Quota) -> None:
    """Stop asking: those who are coming come, the others need not answer."""
    row.state = "stopped"
    await turn.cancel(quota_card.key(row, "waited"))
    every = await asks_of(turn, row)
    await turn.log(
        f"Der spørges ikke flere {row.text}: {sum(each.count for each in every)} af {row.wanted} er fundet",
        kind="quota",
        sender=turn.sender,
        verification="confirmed",
        refs={"quota": row.number, "about": row.log_no},
    )
    await turn.db.flush()
    await redraw(turn, row, every)
    await show(turn, row, every)


async def end_with_the_crisis(turn: Turn) -> None:
    """Stop all asking, since the staff has stepped down; whoever said that they come is told whom to ask whether they shall."""
    of_it = select(Quota).where(Quota.crisis_id == turn.the_crisis.id, Quota.state.in_(["asking", "filled"]))
    for row in await turn.db.scalars(of_it.order_by(Quota.id)):
        if row.state == "asking":
            await stop(turn, row)
        row.state = "stopped"
        await turn.db.flush()
        every = await asks_of(turn, row)
        await redraw(turn, row, every)
        coming = [each.person for each in every if each.answer == "yes"]
        if coming:
            await turn.notify(
                coming,
                Card(
                    f"*{over.what_ends(turn).capitalize()} er afblæst.* Du har sagt, at du kommer {quote(row.text)}. Ring til {turn.name(row.asked_by)}, "
                    f"{turn.phone(row.asked_by)}, før du tager af sted, og hør, om der stadig er brug for dig."
                ),
                kind="notice",
                summary=f"{turn.names(coming)} har fået besked: ring til {turn.name(row.asked_by)}, før I kommer {row.text}",
            )


async def refuse_other(turn: Turn, mine: QuotaAsk) -> bool:
    """Refuse whoever was not asked; returns whether it did."""
    return await running.refuse_all_but(turn, "den, der er spurgt", [mine.person])


async def redraw(turn: Turn, row: Quota, every: Sequence[QuotaAsk]) -> None:
    """Show each of them how it stands now, where they were asked."""
    by_id = {each.id: each for each in every}
    begins = quota_card.key(row, "ask/")
    for message in await turn.standing(begins):
        mine = by_id.get(int(message.key.removeprefix(begins).partition("/")[0]))
        if mine is not None:
            await turn.say(message.recipient, quota_card.question(turn, row, mine), key=message.key)


async def show(turn: Turn, row: Quota, every: Sequence[QuotaAsk]) -> None:
    """Show whoever asked how it stands, on one card that follows."""
    await turn.say(row.asked_by, quota_card.asker(turn, row, every), key=quota_card.key(row, "asker"))


async def asks_of(turn: Context, row: Quota) -> list[QuotaAsk]:
    """Return those who are asked, in the order they are to be: who was there before but too late comes by it."""
    found = await turn.db.scalars(
        select(QuotaAsk).where(QuotaAsk.quota == row.id).order_by(QuotaAsk.id).execution_options(populate_existing=True)
    )
    return list(found)


async def of_crisis(turn: Context, quota: int) -> Quota | None:
    """Return a quota of the turn's crisis; None where it is another's."""
    return await turn.of_crisis(Quota, quota)
