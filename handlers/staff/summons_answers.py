"""The answers to a summons, and the deputy who is asked where there is none. Plan §5, Varsle/indkalde."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from handlers.alert import asked_back, bundles
from handlers.core import clearance, registry
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import replies, times_read
from handlers.core.registry import Take, action, reply, timer
from handlers.core.turn import Turn
from handlers.log import news, news_beside
from handlers.staff import conference, summoning
from storage.letters import fold
from storage.rows.crisis import Crisis
from storage.rows.staff import Summons, SummonsAnswer
from storage.rows.traffic import Message

# When a deputy is to have the summons of somebody who says nothing.
ANSWER_WITHIN = timedelta(minutes=10)
# How far ahead a clock time is the next one.
NEXT_ONE = timedelta(hours=12)
MINUTE = timedelta(minutes=1)


@action("staff.coming", awaited=True)
async def coming(turn: Turn) -> None:
    """Note that the sender comes, by `Kommer`; only whoever was summoned can answer."""
    await _answered(turn, "coming", "Kommer")


@action("staff.declined")
async def declined(turn: Turn) -> None:
    """Note that the sender can't come, by `Kan ikke`, and ask the deputy instead; only whoever was summoned can
    answer."""
    await _answered(turn, "declined", "Kan ikke")


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was summoned and has not answered, UTC."""
    summons = await _open_summons(turn)
    return summons.sent_at if summons else None


async def _open_summons(turn: Context) -> Summons | None:
    """Return the summons that the sender has not answered: the one they quote, or else the newest, a real one first."""
    quoted = await turn.answered()
    found: Summons | None = await turn.db.scalar(
        select(Summons)
        .join(Crisis, Crisis.id == Summons.crisis_id)
        .where(Summons.person == turn.sender, Summons.answered_at.is_(None), Crisis.state != "closed")
        .order_by(Crisis.id != (quoted.crisis_id or 0 if quoted else 0), Crisis.exercise, Summons.id.desc())
        .limit(1)
    )
    return found


@reply("summons", asked=asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read "ok", "er der om 20" or "er på ferie i Grækenland" as the answer to a summons, of whoever was summoned; and
    "kommer, men broen er lukket" as both, the answer and a log line."""
    summons = await _open_summons(turn)
    if summons is None:
        return None
    reading = replies.reading(text, "summons")
    if reading.meaning in ("coming", "declined"):
        return partial(_take, summons=summons, reading=reading, text=text)
    if WHAT_IS_IT.fullmatch(fold(text).strip(" ?!.")) or asked_back.wants_to_be_rung(text):
        return partial(_show_again, summons=summons)
    both = replies.with_news(text, "summons")
    if both is not None and both[0].meaning in ("coming", "declined"):
        return partial(_take, summons=summons, reading=both[0], text=text, told=both[1])
    return partial(_ask_again, summons=summons, text=text) if LIKE_AN_ANSWER.search(text) else None


async def _take(
    turn: Turn, summons: Summons, reading: replies.Reading, text: str, told: str | None = None, again: bool = False
) -> None:
    """Take an answer to a summons, with the news that came along with it, in their order: the news, then the answer.

    Args:
        told: the news.
        again: it counts where it says no more than before, too: it has a new time in it.
    """
    turn.crisis = await turn.db.get(Crisis, summons.crisis_id)
    kept = await news_beside.log(turn, told, {"summons": summons.id}) if told is not None else None
    if reading.meaning in ("coming", "declined"):
        eta = _eta(turn, reading)
        await _answered(turn, reading.meaning, text, eta, again=again)
        if again and eta is not None:
            # The card that says so may stand far up.
            await turn.answer(Card(f"Noteret: du kommer ca. {turn.clock(eta)}."))
    if kept is not None:
        await turn.answer(kept)


def _eta(turn: Context, reading: replies.Reading) -> datetime | None:
    """Read when somebody comes, UTC, counted from when they wrote it: "om 20 min" and "kl 15.30", or None where neither is said.

    A clock time that has been is the next that the clock shows so: "kl 4" is 16 o'clock to who is summoned at 14, and who writes
    "kl 6" at night comes in the morning.
    """
    if reading.meaning != "coming":
        return None
    if reading.eta_minutes is not None:
        return turn.received + timedelta(minutes=reading.eta_minutes)
    read = times_read.parse(reading.clock, turn.received, turn.zone) if reading.clock else None
    if read is None:
        return None
    half_a_day_on = read.at + NEXT_ONE
    is_twelve = read.at.astimezone(turn.zone).hour < 12 and not reading.clock.removeprefix("kl ").startswith("0")
    coming = [read.at, *([half_a_day_on] if is_twelve else []), read.tomorrow]
    at = next((each for each in coming if each is not None and each >= turn.received - MINUTE), None)
    return at if at is not None and at - turn.received <= NEXT_ONE else None


async def _show_again(turn: Turn, summons: Summons) -> None:
    """Show the summons once more, to whoever asks what it is."""
    turn.crisis = await turn.db.get_one(Crisis, summons.crisis_id)
    await turn.answer(await _again(turn, summons))


# What is asked of the summons itself, folded; of the staff and its work there are answers of their own.
WHAT_IS_IT = re.compile(
    r"(?:hvad|hva|hvaffor) (?:er (?:det|dette|der sket)|drejer det sig om|handler (?:det|dette) om|betyder det|vil du)"
    r"(?: her)?(?: for noget| nu)?"
    r"|hvem (?:er (?:du|i|det(?: her| der skriver)?)|skriver)|hvorfor(?: mig| lige mig)?|er det rigtigt|passer det"
    r"|(?:det )?forstaar jeg ikke|(?:jeg )?forstaar (?:det )?ikke|jeg (?:sover|sov|vaagnede lige)"
)


async def _again(turn: Context, summons: Summons) -> Card:
    """Draw the summons once more, for whoever asks what it is, with how to reach who decided it."""
    where = await summoning.meets_where(turn, summons.duty)
    card = summoning.summons_card(turn, summons.label, summons.deputy_for, where)
    decided_by = turn.the_crisis.decided_by
    if decided_by is None or decided_by == turn.sender:
        return card
    return replace(card, facts=((f"Ring til {turn.name(decided_by)}", turn.phone(decided_by)),))


# That an answer which was given is taken back, folded: a bare "nej" or "ok" may be to anything.
TAKES_BACK = re.compile(
    r"\b(?:alligevel|(?:kan|ka|kommer|naar) (?:jeg )?(?:\w{1,10} ){0,3}(?:ikke|itte|ik)|syg|afbud|forhindret|melder fra)\b"
)
ALL_THE_SAME = re.compile(r"\balligevel\b", re.IGNORECASE)
# What stands before a new time, of whoever is awaited: "er der først om 40".
NOT_BEFORE = re.compile(r"\bførst\b", re.IGNORECASE)


@reply("summons_taken_back")
async def read_taken_back(turn: Context, text: str) -> Take | None:
    """Read "kan alligevel ikke" as the new answer of whoever has said that they come, since the staff counts on them; and
    "kommer alligevel" of whoever has said that they can't.

    It is read after all that waits for an answer, since "kan ikke" may be to that.
    """
    reading = replies.reading(NOT_BEFORE.sub(" ", text), "summons")
    comes_then = reading.meaning == "coming" and _eta(turn, reading) is not None
    if reading.meaning != "declined" and ALL_THE_SAME.search(text):
        reading = replies.reading(ALL_THE_SAME.sub(" ", text), "summons")
        if reading.meaning != "coming":
            return None
    # A new time is a new answer, of whoever is on their way and of whoever said no.
    elif not comes_then and (reading.meaning != "declined" or not TAKES_BACK.search(fold(text))):
        return None
    summons = await turn.db.scalar(
        select(Summons)
        .join(Crisis, Crisis.id == Summons.crisis_id)
        .where(Summons.person == turn.sender, Crisis.state == "active")
        .order_by(Summons.id.desc())
        .limit(1)
    )
    if summons is None or summons.answer is None or (summons.answer == reading.meaning and not comes_then):
        return None
    return partial(_take, summons=summons, reading=reading, text=text, again=comes_then)


@registry.reread("summons")
@registry.reread("summons_taken_back")
async def reread(turn: Context, text: str, earlier: str) -> Take | None:
    """Read an answer that was rewritten as the answer, with the time in it.

    Args:
        text: as it stands now.
        earlier: as it was before.
    """
    reading = replies.reading(text, "summons")
    if turn.the_crisis.state != "active" or reading.meaning not in ("coming", "declined"):
        return None
    eta = _eta(turn, reading)
    return partial(_answered, answer=reading.meaning, said=text, eta=eta, again=True)


# Begins like an answer to whether somebody comes, and is none.
LIKE_AN_ANSWER = re.compile(
    r"^\W*(?:ikke\s+)?(?:ok|okay|ja|jo|nej|(?:jeg )?kommer|måske|tja|(?:jeg )?ved ikke|hvis|(?:(?:jeg )?kan|så kan jeg) "
    r"(?:\w{1,12} ){0,3}?(?:måske|først|tidligst|komme|være der|deltage|møde|nå det|før|inden|efter|kl)|(?:jeg )?er (?:der )?(?:først|tidligst))\b",
    re.IGNORECASE,
)


async def _ask_again(turn: Turn, summons: Summons, text: str) -> None:
    """Ask again where something is like an answer and none ("ikke ok", "ok men …"); it stands in the log."""
    turn.crisis = await turn.db.get(Crisis, summons.crisis_id)
    await turn.log(text, sender=turn.sender, receiver="krisestaben", direction="in", refs={"summons": summons.id})
    await turn.answer(
        Card(
            f"Jeg er ikke sikker på, om du kommer: »{quote(text, 300)}«. Det står i loggen.\n*Kommer du?*",
            buttons=summoning.ANSWERS,
        )
    )


async def _answered(
    turn: Turn, answer: SummonsAnswer, said: str, eta: datetime | None = None, *, again: bool = False
) -> None:
    summons = await summoning.summons_of(turn, turn.sender)
    if summons is None or (summons.answer == answer and not again):
        return
    changed = summons.answer != answer
    summons.answer, summons.words, summons.answered_at = answer, said, turn.received
    summons.eta = eta
    message = await turn.db.scalar(select(Message).where(Message.key == summoning.key(turn, turn.sender)))
    if message is not None:
        message.answered_at, message.answer = turn.received, said
    await turn.log(
        f"{turn.name(turn.sender)}: {'kommer' if answer == 'coming' else 'kan ikke'} – »{said}«",
        kind="summons",
        sender=turn.sender,
        receiver="krisebot",
        direction="in",
        verification="confirmed",
    )
    when = f", ca. {turn.clock(eta)}" if eta else ""
    read = (
        f"Noteret: *du kommer{when}*.{conference.line(turn)}"
        if answer == "coming"
        else "Noteret: *du kan ikke*. Jeg går videre."
    )
    told = await news.lines(turn, None, await clearance.highest_for(turn, turn.sender)) if answer == "coming" else []
    so_far = "\n*Det er sket indtil nu:*\n" + "\n".join(told) if told else ""
    other = Button("Kan ikke", "staff.declined", {}) if answer == "coming" else Button("Kommer", "staff.coming", {})
    await turn.say(
        turn.sender,
        Card(
            f"Indkaldelse, krise nr. {turn.the_crisis.number}: {summons.label}\n{read} Forkert? Så tryk her.{so_far}",
            buttons=(other,),
        ),
        key=summoning.key(turn, turn.sender),
    )
    if answer == "declined":
        await conference.take_back(turn, turn.sender)
    await bundles.release(turn, turn.sender)
    if answer == "declined" and changed and (nobody := await summoning.pass_on(turn, summons)):
        await turn.say(turn.staff, Card(f"⚠️ {nobody}"), kind="notice")
    if await turn.db.scalar(select(Message.id).where(Message.key == _silent_key(turn))):
        await _show_silent(turn)
    await summoning.show_answers(turn)


@timer("staff.unanswered", level_two=True)
async def unanswered(turn: Turn, reminded: bool, members: bool = False) -> None:
    """Remind those who said nothing once; the next time, ask their deputies.

    Args:
        reminded: they have been reminded already.
        members: it is about those whom the framing staff has chosen, who are asked later than the others.
    """
    crisis = turn.the_crisis
    if crisis.level != 2 or crisis.state != "active":
        return
    silent = [each for each in await summoning.waited_for(turn) if (each.duty == "operational") == members]
    if not silent:
        return
    if not reminded:
        for summons in silent:
            where = await summoning.meets_where(turn, summons.duty)
            card = summoning.summons_card(turn, summons.label, summons.deputy_for, where)
            await turn.say(
                summons.person,
                Card(f"*Påmindelse – du har ikke svaret.*\n{card.text}", buttons=card.buttons),
                kind="reminder",
                urgency=URGENT,
                everywhere=True,
            )
        await turn.log(
            f"Mindet om indkaldelsen: {turn.names(summons.person for summons in silent)}",
            kind="reminder",
            direction="out",
            recorder="krisebot",
            verification="confirmed",
        )
        key = summoning.unanswered_key(turn, members=members)
        await turn.at(turn.now + ANSWER_WITHIN, "staff.unanswered", key, reminded=True, members=members)
        return
    for summons in silent:
        await summoning.pass_on(turn, summons)
    await turn.log(
        "Krisestaben har fået listen over dem, der ikke har svaret på indkaldelsen",
        kind="notice",
        sender="krisebot",
        receiver=turn.staff,
        direction="out",
        recorder="krisebot",
        verification="confirmed",
    )
    await _show_silent(turn)


async def _show_silent(turn: Turn) -> None:
    """Show who has not answered, with a number to ring: one list in the staff's channel, which grows shorter."""
    late = [each for each in await summoning.waited_for(turn) if each.sent_at + ANSWER_WITHIN <= turn.now]
    lines = "\n".join(f"• {turn.name(each.person)} {turn.phone(each.person)} – {each.label}" for each in late)
    said = f"⚠️ *Har ikke svaret på indkaldelsen. Ring:*\n{lines}" if late else "✅ Alle, der er indkaldt, har svaret."
    await turn.say(turn.staff, Card(said), key=_silent_key(turn), kind="notice")


def _silent_key(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/silent"
