"""`find 3 til evakueringscenteret`: asks people until so many are found, in order or side by side. Plan §5: the staff is to
be manned "også uden for arbejdstid - smidigt".

What `find` says otherwise is looked for in the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from handlers.core import audiences, form_values, rights, running
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.core.registry import Take, action, reply, verb
from handlers.core.turn import Turn
from handlers.log import search
from handlers.staff import quota_card, quota_steps, quota_words
from storage.rows.crisis import Crisis
from storage.rows.staff import Quota, QuotaAsk

# So long a "ja" is taken for the answer, also when enough are found by then.
STILL_MEANT = timedelta(hours=4)
# So many are asked for at once, and so many are asked, at most.
MOST, MOST_ASKED = 100, 60


@verb(
    "find",
    "søg",
    "led",
    help="find <ord, person, kl 14, nr eller ubekræftet> – søg i loggen; find 3 til evakueringscenteret spørger folk",
    who=rights.staff,
    crisis=True,
    afterwards=True,
)
async def find(turn: Turn, text: str) -> None:
    """Find people for something, after a question that says who would be asked; anything else in the log.

    Args:
        text: as typed.
    """
    asked = quota_words.read(text)
    if asked is None or turn.the_crisis.state == "closed":
        await search.find(turn, text)
        return
    if not await rights.asks.held(turn):
        await running.refuse(turn, rights.asks)
        return
    persons, unknown = await audiences.persons(turn, asked.among or "kontaktpersoner")
    # Whoever asks doesn't ask themselves, and who is absent is asked last.
    persons = [each for each in turn.plan.present_first(persons) if each != turn.sender][:MOST_ASKED]
    if unknown or not persons or not 0 < asked.wanted <= MOST:
        wrong = (
            f"Jeg kan ikke se, hvem {', '.join(f'»{quote(each, 60)}«' for each in unknown[:5])} er"
            if unknown
            else (f"Der kan bedes om 1 til {MOST}" if persons else "Der er ingen at spørge")
        )
        await turn.answer(
            Card(
                f"{wrong}. Ingen er spurgt. Skriv fx */krise find 3 til evakueringscenteret blandt Børn, Sundhed*.",
                buttons=(_search_button(text),),
            )
        )
        return
    row = await quota_steps.draft(turn, asked, persons)
    order = Button("Spørg én ad gangen", "quota.ask", {"quota": row.id, "in_order": True})
    together = Button("Spørg alle på én gang", "quota.ask", {"quota": row.id, "in_order": False}, style="primary")
    await turn.answer(
        Card(
            f"*Find {row.wanted} {quote(row.text)}?* Ingen er spurgt endnu.\nJeg spørger {_named(turn, persons)} og stopper ved "
            f"{row.wanted}. Én ad gangen: i den rækkefølge, og den næste efter {times_shown.span(quota_steps.WAIT)} uden svar.",
            buttons=(order, together, _search_button(text))
            if asked.in_order
            else (together, order, _search_button(text)),
        ),
        key=quota_card.key(row, "question"),
    )


def _search_button(text: str) -> Button:
    return Button("Søg i loggen i stedet", "quota.search", {"text": text.strip()[:200]})


@action("quota.search", who=rights.staff)
async def look_up(turn: Turn, text: str) -> None:
    """Look in the log for what was typed, by `Søg i loggen i stedet`."""
    await search.find(turn, text)


@action("quota.ask", who=rights.asks, begins=True)
async def ask(turn: Turn, quota: int, in_order: bool) -> None:
    """Begin to ask, by `Spørg alle på én gang` or `Spørg én ad gangen`."""
    row = await quota_steps.of_crisis(turn, quota)
    if row is None or row.state != "draft":
        return
    row.state, row.in_order, row.asked_by, row.asked_at = "asking", in_order, turn.sender, turn.now
    every = await quota_steps.asks_of(turn, row)
    how = "én ad gangen" if in_order else "på én gang"
    entry = await turn.log(
        f"Find {row.wanted} {row.text}: spørger {turn.names(each.person for each in every)}, {how}",
        kind="quota",
        sender=turn.sender,
        receiver=", ".join(each.person for each in every),
        direction="out",
        verification="confirmed",
        refs={"quota": row.number},
    )
    row.log_no = entry.no
    await turn.replace(
        Card(f"Find {row.wanted} {quote(row.text)}: jeg spørger {how}, og du følger med på det næste kort.")
    )
    await quota_steps.go_on(turn, row)


@action("quota.yes", awaited=True)
async def yes(turn: Turn, ask: int) -> None:
    """Take `Ja` from whoever was asked: they come."""
    await quota_steps.take_answer(turn, ask, 1, "Ja")


@action("quota.reserve")
async def reserve(turn: Turn, ask: int) -> None:
    """Keep whoever was asked in reserve, by `Jeg kan, hvis der mangler`: enough are found."""
    await quota_steps.take_answer(turn, ask, 1, "Ja")


@action("quota.several")
async def several(turn: Turn, ask: int) -> None:
    """Take how many come, from the form; as many as are still needed are told to come."""
    mine = await turn.db.get(QuotaAsk, ask)
    if mine is None or mine.crisis_id != turn.the_crisis.id or await quota_steps.refuse_other(turn, mine):
        return
    count = form_values.typed(turn, "count", quota_words.count, "Skriv fx 2.")
    if count is None:
        await turn.answer(Card("Hvor mange kommer? Intet er svaret. Skriv fx 2."))
        return
    await quota_steps.take_answer(turn, ask, count, f"{turn.value('count')} {turn.value('words')}".strip())


@action("quota.no", awaited=True)
async def no(turn: Turn, ask: int) -> None:
    """Take `Nej` from whoever was asked; or from whoever was coming, and can't after all."""
    await quota_steps.take_answer(turn, ask, 0, "Nej")


@action("quota.stop", who=rights.asks)
async def stop(turn: Turn, quota: int) -> None:
    """Stop asking, by `Stop`: those who are coming come, the others need not answer."""
    row = await quota_steps.of_crisis(turn, quota)
    if row is None or row.state not in ("asking", "draft"):
        return
    await quota_steps.stop(turn, row)


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was last asked to come and has not answered, UTC; None when nothing is open."""
    found = await _open(turn)
    return found.asked_at if found else None


@reply("quota", asked=asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read a written "ja" or "nej" of whoever was asked."""
    count, mine = quota_words.coming(text), await _open(turn)
    return None if mine is None or count is None else partial(_take, mine=mine, count=count, text=text.strip())


async def _take(turn: Turn, mine: QuotaAsk, count: int, text: str) -> None:
    """Take how many come, or that nobody does."""
    turn.crisis = await turn.db.get(Crisis, mine.crisis_id)
    await quota_steps.take_answer(turn, mine.id, count, text)


async def _open(turn: Context) -> QuotaAsk | None:
    found: QuotaAsk | None = await turn.db.scalar(
        select(QuotaAsk)
        .join(Quota, Quota.id == QuotaAsk.quota)
        .join(Crisis, Crisis.id == QuotaAsk.crisis_id)
        .where(
            QuotaAsk.person == turn.sender,
            QuotaAsk.asked_at > turn.now - STILL_MEANT,
            QuotaAsk.answer.is_(None),
            Quota.state != "draft",
            Crisis.state != "closed",
        )
        .order_by(QuotaAsk.asked_at.desc())
        .limit(1)
    )
    return found


def _named(turn: Context, persons: Sequence[str]) -> str:
    shown = turn.names(persons[:8])
    return shown if len(persons) <= 8 else f"{shown} og {len(persons) - 8} til"
