"""`find 3 til evakueringscenteret`: asks people until so many are found, in order or side by side. Plan §5: the staff is to
be manned "også uden for arbejdstid - smidigt".

What `find` says otherwise is looked for in the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from handlers.core import audiences, in_charge, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT
from handlers.core.language import dangers, times_shown
from handlers.core.language.durations import NUMBERS
from handlers.core.language.understood import understood
from handlers.core.registry import action, reply, timer, verb
from handlers.core.turn import Turn
from handlers.log import search
from storage.rows.crisis import Crisis
from storage.rows.staff import Quota, QuotaAsk, QuotaReply

_number = "|".join(sorted(NUMBERS, key=len, reverse=True))
WANTED = re.compile(
    rf"(?P<count>\d{{1,3}}|{_number}) (?:(?P<who>[^\d\W][\w-]{{0,30}}(?: [\w-]{{1,30}}){{0,3}}?) )?til (?P<what>[^\d\W].{{0,300}})",
    re.IGNORECASE,
)
AMONG = re.compile(r" (?:hos|blandt) ", re.IGNORECASE)
ONE_BY_ONE = re.compile(r"(?<![ ,])[ ,]++(?:en ad gangen|én ad gangen|i rækkefølge|på skift)\b", re.IGNORECASE)
# Whoever has not answered so long after being asked is not waited for: the next are asked too.
WAIT = timedelta(minutes=10)
# So long a "ja" is taken for the answer, also when enough are found by then.
STILL_MEANT = timedelta(hours=4)
# So many are asked for at once, and so many are asked, at most.
MOST, MOST_ASKED = 100, 60
HOW_MANY = (Field("count", "Hvor mange kommer?", required=True), Field("words", "Hvem, og hvornår?", "long"))


@dataclass(frozen=True)
class Asked:
    """What somebody wants found.

    Args:
        wanted: how many.
        text: what they can, and for what: "pædagoger til evakueringscenteret".
        among: whom to ask; empty for every centre's contact.
        in_order: whether it says one after the other.
    """

    wanted: int
    text: str
    among: str
    in_order: bool


def read(text: str) -> Asked | None:
    """Read "3 pædagoger til evakueringscenteret hos Børn, Sundhed"; None where that isn't what is said.

    Args:
        text: what came after the verb.
    """
    said = " ".join(understood(text).split())
    in_order = ONE_BY_ONE.search(said) is not None
    found = WANTED.fullmatch(ONE_BY_ONE.sub("", said))
    if found is None:
        return None
    what, *among = AMONG.split(found["what"], maxsplit=1)
    count = found["count"].casefold()
    wanted = NUMBERS[count] if count in NUMBERS else int(count)
    who = f"{found['who']} " if found["who"] else ""
    return Asked(wanted, f"{who}til {what.strip(' .,;')}", among[0].strip(" .,;") if among else "", in_order)


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
    asked = read(text)
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
    row = await _draft(turn, asked, persons)
    order = Button("Spørg én ad gangen", "quota.ask", {"quota": row.id, "in_order": True})
    together = Button("Spørg alle på én gang", "quota.ask", {"quota": row.id, "in_order": False}, style="primary")
    await turn.answer(
        Card(
            f"*Find {row.wanted} {quote(row.text)}?* Ingen er spurgt endnu.\nJeg spørger {_named(turn, persons)} og stopper ved "
            f"{row.wanted}. Én ad gangen: i den rækkefølge, og den næste efter {times_shown.span(WAIT)} uden svar.",
            buttons=(order, together, _search_button(text))
            if asked.in_order
            else (together, order, _search_button(text)),
        ),
        key=_key(row, "question"),
    )


async def _draft(turn: Turn, asked: Asked, persons: Sequence[str]) -> Quota:
    crisis = turn.the_crisis.id
    last = await turn.db.scalar(select(func.max(Quota.number)).where(Quota.crisis_id == crisis))
    row = Quota(
        crisis_id=crisis,
        number=(last or 0) + 1,
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


def _search_button(text: str) -> Button:
    return Button("Søg i loggen i stedet", "quota.search", {"text": text.strip()[:200]})


@action("quota.search", who=rights.staff)
async def look_up(turn: Turn, text: str) -> None:
    """Look in the log for what was typed, by `Søg i loggen i stedet`."""
    await search.find(turn, text)


@action("quota.ask", who=rights.asks)
async def ask(turn: Turn, quota: int, in_order: bool) -> None:
    """Begin to ask, by `Spørg alle på én gang` or `Spørg én ad gangen`."""
    row = await _of_crisis(turn, quota)
    if row is None or row.state != "draft":
        return
    row.state, row.in_order, row.asked_by, row.asked_at = "asking", in_order, turn.sender, turn.now
    every = await _asks(turn, row)
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
    await _go_on(turn, row)


async def _go_on(turn: Turn, row: Quota) -> None:
    """Ask those who are to be asked now, or stop where enough are found or nobody is left; and show the asker how it
    stands."""
    every = await _asks(turn, row)
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
            _question(turn, row, each),
            key=_key(row, f"ask/{each.id}/{turn.now.isoformat()}"),
            kind="notice",
        )
    await turn.db.flush()
    asked = [each for each in every if each.answer is None and each.asked_at is not None]
    next_at = min(
        (each.asked_at + WAIT for each in asked if each.asked_at and each.asked_at > turn.now - WAIT), default=None
    )
    if next_at is not None:
        await turn.at(next_at, "quota.waited", _key(row, "waited"), quota=row.id)
    await _show(turn, row, every)
    if not asked and not waiting:
        await _tell_short(turn, row, every)


@timer("quota.waited")
async def waited(turn: Turn, quota: int) -> None:
    """Ask the next when those who were asked have said nothing; where nobody is left, tell whoever asked whom to ring."""
    row = await turn.db.get(Quota, quota)
    if row is None or row.state != "asking":
        return
    every = await _asks(turn, row)
    left = [each for each in every if each.asked_at is None]
    if left:
        await _go_on(turn, row)
        return
    await _tell_short(turn, row, every)


async def _tell_short(turn: Turn, row: Quota, every: Sequence[QuotaAsk]) -> None:
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
        key=_key(row, f"short/{turn.now.isoformat()}"),
    )


@action("quota.yes", awaited=True)
async def yes(turn: Turn, ask: int) -> None:
    """Take `Ja` from whoever was asked: they come."""
    await _answered(turn, ask, 1, "Ja")


@action("quota.reserve")
async def reserve(turn: Turn, ask: int) -> None:
    """Keep whoever was asked in reserve, by `Jeg kan, hvis der mangler`: enough are found."""
    await _answered(turn, ask, 1, "Ja")


@action("quota.several")
async def several(turn: Turn, ask: int) -> None:
    """Take how many come, from the form; as many as are still needed are told to come."""
    mine = await turn.db.get(QuotaAsk, ask)
    if mine is None or mine.crisis_id != turn.the_crisis.id or await _refuse(turn, mine):
        return
    typed = turn.value("count").casefold()
    number = re.match(rf"(?:ca\.? ?)?(\d{{1,3}}|{_number})\b", typed)
    if number is None:
        await turn.answer(Card(f"Jeg kan ikke læse »{quote(typed, 60)}« som et antal. Intet er svaret. Skriv fx 2."))
        return
    count = NUMBERS[number[1]] if number[1] in NUMBERS else int(number[1])
    await _answered(turn, ask, count, f"{turn.value('count')} {turn.value('words')}".strip())


@action("quota.no", awaited=True)
async def no(turn: Turn, ask: int) -> None:
    """Take `Nej` from whoever was asked; or from whoever was coming, and can't after all."""
    await _answered(turn, ask, 0, "Nej")


async def _answered(turn: Turn, ask: int, count: int, words: str) -> None:
    """Take an answer from whoever was asked, once; the row is held while it is counted, so that nobody is one too many."""
    mine = await turn.db.get(QuotaAsk, ask)
    if mine is None or mine.crisis_id != turn.the_crisis.id or mine.asked_at is None:
        return
    if await _refuse(turn, mine):
        return
    row = await turn.db.get_one(Quota, mine.quota, with_for_update=True, populate_existing=True)
    every = await _asks(turn, row)
    taken = sum(each.count for each in every if each.answer == "yes" and each.id != mine.id)
    came = min(count, row.wanted - taken) if row.state == "asking" or mine.answer == "yes" else 0
    had = mine.answer
    answer: QuotaReply = "yes" if came > 0 else "late"
    if count == 0:
        answer = "withdrawn" if had in ("yes", "late") else "no"
    if (answer, came) == (had, mine.count):
        await turn.replace(_question(turn, row, mine))
        return
    mine.answer, mine.count, mine.words, mine.answered_at = answer, max(came, 0), words, turn.received
    said = {
        "yes": f"kommer ({mine.count})" + ("" if words == "Ja" else f": »{words}«"),
        "no": "kan ikke",
        "late": f"kan også, men der er nok: »{words}«",
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
    for message in await turn.standing(_key(row, f"ask/{mine.id}/")):
        message.answered_at, message.answer = turn.received, words
    await turn.db.flush()
    if answer == "withdrawn" and had == "yes" and row.state == "filled":
        await _reopen(turn, row, mine)
        return
    await _redraw(turn, row, [mine])
    if row.state == "asking":
        await _go_on(turn, row)
    else:
        await _show(turn, row, every)


async def _refuse(turn: Turn, mine: QuotaAsk) -> bool:
    """Refuse whoever was not asked; returns whether it did."""
    if turn.sender == mine.person:
        return False
    await turn.answer(Card(f"Det kan kun {turn.name(mine.person)}, der er spurgt. Intet er ændret."))
    return True


async def _reopen(turn: Turn, row: Quota, gone: QuotaAsk) -> None:
    """Ask again when somebody who was counted on can't come: those who were ready too late first."""
    row.state, row.filled_at = "asking", None
    every = await _asks(turn, row)
    for each in every:
        if each.answer == "late":
            each.answer, each.asked_at = None, None
    await turn.db.flush()
    await _redraw(turn, row, every)
    await turn.notify(
        [row.asked_by],
        Card(f"⚠️ *{turn.name(gone.person)} kan alligevel ikke komme* {quote(row.text)}. Jeg spørger videre."),
        kind="notice",
        summary=f"{turn.name(row.asked_by)} har fået besked: {turn.name(gone.person)} kan alligevel ikke {row.text}",
    )
    await _go_on(turn, row)


async def _fill(turn: Turn, row: Quota, every: Sequence[QuotaAsk]) -> None:
    """Stop: enough are found. Those who have not answered are told that they need not, and whoever asked who comes."""
    row.state, row.filled_at = "filled", turn.now
    await turn.cancel(_key(row, "waited"))
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
    await _redraw(turn, row, every)
    who = "\n".join(f"• {_comes(turn, each)}" for each in coming)
    await turn.say(
        row.asked_by,
        Card(f"✅ *Fundet: {row.wanted} {quote(row.text)}*\n{who}"),
        key=_key(row, f"found/{turn.now.isoformat()}"),
        kind="notice",
    )
    await in_charge.tell(turn, Card(f"✅ *Fundet: {row.wanted} {quote(row.text)}*\n{who}"))
    await _show(turn, row, every)


@action("quota.stop", who=rights.asks)
async def stop(turn: Turn, quota: int) -> None:
    """Stop asking, by `Stop`: those who are coming come, the others need not answer."""
    row = await _of_crisis(turn, quota)
    if row is None or row.state not in ("asking", "draft"):
        return
    row.state = "stopped"
    await turn.cancel(_key(row, "waited"))
    every = await _asks(turn, row)
    await turn.log(
        f"Der spørges ikke flere {row.text}: {sum(each.count for each in every)} af {row.wanted} er fundet",
        kind="quota",
        sender=turn.sender,
        verification="confirmed",
        refs={"quota": row.number, "about": row.log_no},
    )
    await turn.db.flush()
    await _redraw(turn, row, every)
    await _show(turn, row, every)


async def asked_at(turn: Turn) -> datetime | None:
    """Return when the sender was last asked to come and has not answered, UTC; None when nothing is open."""
    found = await _open(turn)
    return found.asked_at if found else None


@reply("quota", asked=asked_at)
async def replied(turn: Turn, text: str) -> bool:
    """Take a written "ja" or "nej" from whoever was asked."""
    answer, mine = dangers.answered(text), await _open(turn)
    if mine is None or answer not in ("yes", "no"):
        return False
    turn.crisis = await turn.db.get(Crisis, mine.crisis_id)
    await _answered(turn, mine.id, 1 if answer == "yes" else 0, text.strip())
    return True


async def _open(turn: Turn) -> QuotaAsk | None:
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


def _question(turn: Turn, row: Quota, mine: QuotaAsk) -> Card:
    """Draw what one of those who are asked sees, as it stands for them."""
    about = {"ask": mine.id, "crisis": row.crisis_id}
    cannot = Button("Kan alligevel ikke", "quota.no", about)
    for_what = quote(row.text)
    by = f"Ring til {turn.name(row.asked_by)}, hvis noget er uklart."
    match mine.answer:
        case "yes":
            how = "du kommer" if mine.count == 1 else f"der kommer {mine.count}"
            return Card(f"✅ *Noteret: {how}* – {for_what}. Tak. {by}", buttons=(cannot,))
        case "late" if row.state == "stopped":
            return Card(f"Tak, men der søges ikke længere {for_what}. *Kom ikke.*")
        case "late":
            return Card(f"Tak, men der er fundet nok {for_what}. *Kom ikke.* Falder nogen fra, spørger jeg dig igen.")
        case "no" | "withdrawn":
            return Card(f"Noteret: du kan ikke – {for_what}. Tak for svaret.")
    if row.state != "asking" or mine.asked_at is None:
        reserve = (Button("Jeg kan, hvis der mangler", "quota.reserve", about),) if row.state == "filled" else ()
        return Card(f"Der er ikke brug for flere {for_what}. Du behøver ikke svare.", buttons=reserve)
    return Card(
        f"*Kan du komme?* Krisestaben søger {row.wanted} {for_what}.\nSpurgt af {turn.name(row.asked_by)}. Kom først, når du har "
        "svaret og fået ja.",
        buttons=(
            Button("Ja", "quota.yes", about, style="primary"),
            Button("Flere kan", "quota.several", about, submit="Send", form=HOW_MANY, form_title="Hvor mange kommer?"),
            Button("Nej", "quota.no", about),
        ),
    )


async def _redraw(turn: Turn, row: Quota, every: Sequence[QuotaAsk]) -> None:
    """Show each of them how it stands now, where they were asked."""
    by_id = {each.id: each for each in every}
    begins = _key(row, "ask/")
    for message in await turn.standing(begins):
        mine = by_id.get(int(message.key.removeprefix(begins).partition("/")[0]))
        if mine is not None:
            await turn.say(message.recipient, _question(turn, row, mine), key=message.key)


async def _show(turn: Turn, row: Quota, every: Sequence[QuotaAsk]) -> None:
    """Show whoever asked how it stands, on one card that follows."""
    found = sum(each.count for each in every if each.answer == "yes")
    sorts = (
        ("Kommer", [_comes(turn, each) for each in every if each.answer == "yes"]),
        ("Kan ikke", [turn.name(each.person) for each in every if each.answer in ("no", "withdrawn")]),
        ("I reserve", [turn.name(each.person) for each in every if each.answer == "late"]),
        ("Ikke svaret", [turn.name(each.person) for each in every if each.answer is None and each.asked_at]),
        ("Ikke spurgt", [turn.name(each.person) for each in every if each.answer is None and each.asked_at is None]),
    )
    state = {"asking": "jeg spørger", "filled": "alle er fundet", "stopped": "stoppet", "draft": "ikke begyndt"}[
        row.state
    ]
    await turn.say(
        row.asked_by,
        Card(
            f"*Find {row.wanted} {quote(row.text)}: {found} af {row.wanted}* – {state}.",
            facts=tuple((name, ", ".join(those)) for name, those in sorts if those),
            buttons=(Button("Stop", "quota.stop", {"quota": row.id, "crisis": row.crisis_id}),)
            if row.state == "asking"
            else (),
        ),
        key=_key(row, "asker"),
    )


def _comes(turn: Turn, each: QuotaAsk) -> str:
    many = f" ({each.count}: {quote(each.words or '', 200)})" if each.count > 1 else ""
    return f"{turn.name(each.person)}, {turn.phone(each.person)}{many}"


def _named(turn: Turn, persons: Sequence[str]) -> str:
    shown = turn.names(persons[:8])
    return shown if len(persons) <= 8 else f"{shown} og {len(persons) - 8} til"


async def _asks(turn: Turn, row: Quota) -> list[QuotaAsk]:
    """Return those who are asked, in the order they are to be: who was there before but too late comes by it."""
    found = await turn.db.scalars(
        select(QuotaAsk).where(QuotaAsk.quota == row.id).order_by(QuotaAsk.id).execution_options(populate_existing=True)
    )
    return list(found)


async def _of_crisis(turn: Turn, quota: int) -> Quota | None:
    row = await turn.db.get(Quota, quota)
    return row if row is not None and row.crisis_id == turn.the_crisis.id else None


def _key(row: Quota, rest: str) -> str:
    return f"quota/{row.id}/{rest}"
