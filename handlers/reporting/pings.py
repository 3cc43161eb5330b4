"""`ping`: "spørge ud i organisationen: Hvordan står det til?" Plan §2; §7 and §9 for the other questions.

Silence is shown as silence: it becomes a reminder, then the centre's chief, and never a green.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from handlers.core import (
    answering,
    audiences,
    events,
    form_values,
    passed_times,
    registry,
    rights,
    taking_up,
    typed_verbs,
    written_times,
)
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.events import Told
from handlers.core.language import colours, needs, owners, times_shown, verb_words
from handlers.core.language.colours import Colour
from handlers.core.registry import Take, action, reply, timer, verb
from handlers.core.turn import Turn
from handlers.measures import offers
from handlers.measures.assistance import offer
from handlers.picture import draft
from handlers.reporting import ping_board
from handlers.reporting.ping_board import NAMES
from storage.letters import fold
from storage.plan.sections import Centre
from storage.rows.crisis import Crisis
from storage.rows.numbers import next_number
from storage.rows.reporting import Ping, PingAnswer
from storage.rows.traffic import Message

HOW = "Hvordan står det til?"
# The plan's other questions, and the word that asks each.
READY = {
    "undvære": "Hvad kan I undvære, og hvad betyder det for jer?",
    "folk": "Har I folk nok?",
    "kernedrift": "Hvad er jeres kernedrift, og hvad kan udskydes?",
    "bidrage": "Hvad kan I bidrage med?",
}
# Whom nobody needs any more is not reminded; what they say is kept until the crisis is closed.
ASKS, LISTENS = ("active", "warned"), ("active", "warned", "followed")
# After the time that was given, a silent contact's chief is asked.
CHIEF_AFTER = timedelta(minutes=30)
ANSWER = (Field("text", "Jeres svar", "long", required=True),)
LABELS = {"green": "Grøn", "yellow": "Gul", "red": "Rød"}


@verb(
    "ping",
    "rundspørge",
    "spørg ud",
    help="ping alle hvordan står det til? svar 10 – til centrenes kontaktpersoner; ping folk; ping undvære",
    who=rights.asks,
    crisis=True,
)
async def ping(turn: Turn, text: str) -> None:
    """Ask all centres, some, or one; in one breath, or by a button for each of the plan's questions."""
    text = text.strip()
    if not text:
        await turn.answer(
            Card(
                "*Hvad vil du spørge centrene om?* De har en halv time, når intet andet er sagt.",
                buttons=(
                    Button(HOW, "pings.ask", {"question": HOW}, style="primary"),
                    *(Button(question[:60], "pings.ask", {"question": question}) for question in READY.values()),
                ),
            )
        )
        return
    found = written_times.find(turn, text, bare=True)
    if found is not None and found[0].passed:
        again = Button("Anden tid", "pings.meant", {"inbox": turn.inbox_id}, form=(Field("at", "Svar senest", "time"),))
        await turn.answer(
            passed_times.asked(turn, found[0], "ingen er spurgt endnu", "pings.meant", {"inbox": turn.inbox_id}, again)
        )
        return
    await _ask_in_words(turn, found[1] if found else text, found[0].at if found else None)


async def _ask_in_words(turn: Turn, text: str, due: datetime | None) -> None:
    centres, question = _centres(turn, text.strip(" ,"))
    if not centres:
        asked = turn.asked(text.strip(" ,"))
        name = asked.typed or turn.names(asked.persons)
        await turn.answer(
            Card(
                f"»{quote(name)}« taler ikke for et center, så ingen er spurgt. Spørg med */krise spm @{quote(name)} …*, "
                "eller skriv *ping alle …* eller et center først."
            )
        )
        return
    question = next((full for word, full in READY.items() if fold(question) == fold(word)), question or HOW)
    await ask(turn, question, centres, due)


@action("pings.meant", who=rights.asks, begins=True)
async def meant(turn: Turn, inbox: int, at: str = "") -> None:
    """Ask what was typed with a time that had passed, by the time that was meant.

    Args:
        inbox: where it came in.
        at: UTC, ISO; empty: as the form says.
    """
    original = await taking_up.original_of(turn, inbox, turn.sender)
    if original is None:
        await taking_up.refuse_all_but_writer(turn, inbox)
        return
    due = datetime.fromisoformat(at) if at else form_values.moment(turn, "at")
    found = written_times.find(turn, original.text, bare=True)
    if found is None or due is None:
        await turn.answer(Card("Jeg kan ikke læse tidspunktet. Skriv fx */krise ping alle hvordan går det? svar 10*."))
        return
    _, words = verb_words.split_verb(typed_verbs.strip_name(found[1]))
    await turn.replace(Card(f"Der svares senest {times_shown.weekday(due, turn.zone)}."))
    await _ask_in_words(turn, words, due)


async def called_for(turn: Turn, text: str) -> None:
    """Ask the other centres, once, when a centre calls for activation: "Når et center kalder på aktivering af
    kriseberedskabet, skal alle byde ind".

    Args:
        text: what the centre called for it with.
    """
    callers = [centre.name for centre in turn.rules.centres_of(turn.sender)]
    asked = select(Ping.id).where(Ping.crisis_id == turn.the_crisis.id, Ping.question.endswith(READY["bidrage"]))
    if callers and await turn.db.scalar(asked.limit(1)) is None:
        others = [centre for centre in turn.rules.centres if centre.name not in callers]
        what = f": »{text.strip()}«" if text.strip() else ""
        await ask(turn, f"{callers[0]} kalder på kriseberedskabet{what}. {READY['bidrage']}", others, None)


@action("pings.ask", who=rights.asks, begins=True)
async def pressed(turn: Turn, question: str) -> None:
    """Ask all centres one of the plan's own questions."""
    await ask(turn, question, list(turn.rules.centres), None)


def _centres(turn: Context, text: str) -> tuple[list[Centre], str]:
    """Find the centres that a text begins with, and the question after them; all when none is named. Whoever speaks for
    one stands for it; none for somebody who speaks for none."""
    every = list(turn.rules.centres)
    first = re.match(r"alle(?: centre)?\b[\s,:]*", text, re.IGNORECASE)
    if first:
        return every, text[first.end() :].strip()
    chosen: list[Centre] = []
    while True:
        head = re.match(r"(?:og\s+|,\s*)?@?(\w+)[\s,:]*", text)
        named = head and next((centre for centre in every if fold(centre.name) == fold(head[1])), None)
        if not head or named is None:
            break
        chosen.append(named)
        text = text[head.end() :]
    asked = turn.asked(text)
    begins = fold(text.lstrip("@ "))
    if not chosen and not asked.typed and any(begins.startswith(fold(turn.name(each))) for each in asked.persons):
        theirs = [own for person in asked.persons if (own := owners.centre_of(turn.rules, person)) is not None]
        return list({each.name: each for each in theirs}.values()), text.strip()
    if not chosen and len(asked.persons) == 1 and text.lstrip("@ ").startswith(asked.typed):
        own = owners.centre_of(turn.rules, asked.persons[0])
        return [own] if own else [], asked.rest
    return chosen or every, text.strip()


async def ask(
    turn: Turn, question: str, centres: list[Centre], due: datetime | None, *, scheme: int | None = None
) -> Ping:
    """Ask centres a question, each contact one-to-one.

    Args:
        due: before when they are to answer, UTC; None for the plan's `statussvar`.
        scheme: the reporting scheme that asks.
    """
    crisis = turn.the_crisis
    row = Ping(
        crisis_id=crisis.id,
        number=await next_number(turn.db, Ping.number, Ping.crisis_id == crisis.id),
        question=question,
        asked_by=turn.sender,
        asked_at=turn.now,
        due_at=due or turn.now + turn.rules.deadlines.status_reply,
        scheme=scheme,
    )
    turn.db.add(row)
    await turn.db.flush()
    for centre in centres:
        contact = await audiences.contact_of(turn, centre)
        turn.db.add(
            PingAnswer(
                crisis_id=crisis.id,
                ping=row.id,
                centre=centre.name,
                person=contact,
                chief=centre.chief if centre.chief != contact else None,
            )
        )
    await turn.db.flush()
    asked = await ping_board.answers(turn, row)
    for each in asked:
        await turn.say(each.person, _question(turn, row, each), key=_key(each, each.person), kind="broadcast")
    await turn.log(
        f"Spurgt: {question} – til {', '.join(each.centre or '' for each in asked)}, svar senest {turn.clock(row.due_at)}",
        kind="broadcast",
        sender=turn.sender,
        receiver=", ".join(each.person for each in asked),
        direction="out",
        verification="confirmed",
        refs={"ping": row.number},
    )
    await turn.at(row.due_at, "pings.due", ping_board.key(row, "due"), ping=row.id)
    await ping_board.show(turn, row)
    if scheme is None:
        await turn.answer(
            Card(f"Spurgt {len(asked)} centre: »{quote(question, 300)}«. Svar senest {turn.dated(row.due_at)}.")
        )
    return row


def _question(turn: Context, row: Ping, answer: PingAnswer, head: str = "") -> Card:
    about = {"answer": answer.id, "crisis": row.crisis_id}
    # Before it is decided there is no staff to ask.
    asks = f"Krisestaben spørger {answer.centre}" if turn.the_crisis.level == 2 else f"{answer.centre} spørges"
    return Card(
        f"{head}*{quote(row.question, 1500)}*\n{asks}. Svar senest {turn.clock(row.due_at)}: tryk, "
        "eller skriv med dine egne ord.",
        buttons=(
            *(Button(label, "pings.coloured", {**about, "colour": colour}) for colour, label in LABELS.items()),
            Button("Skriv svar", "pings.written", about, submit="Send", form=ANSWER, form_title="Svar"),
        ),
    )


@action("pings.coloured", awaited=True)
async def coloured(turn: Turn, answer: int, colour: Colour) -> None:
    """Take `Grøn`, `Gul` or `Rød` as the answer, or as how one's own words are to be read; only whoever was asked can
    answer."""
    row = await _mine(turn, answer)
    if row is not None and colour in LABELS and row.reading != colour:
        await _answered(turn, row, row.text or LABELS[colour], colour)


@action("pings.written")
async def written(turn: Turn, answer: int) -> None:
    """Take an answer in their own words, from the form; only whoever was asked can answer."""
    row = await _mine(turn, answer)
    text = turn.value("text")
    if row is not None and text and text != row.text:
        await _answered_in_words(turn, row, text)


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was last asked something that is still open; None when nothing is."""
    found = await _open(turn)
    return found[1].asked_at if found else None


@reply("ping", asked=asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read an answer in free text of whoever was asked."""
    found = await _open(turn)
    if found is None or _is_a_command(text):
        return None
    if typed_verbs.is_command(turn.the_incoming) and not _is_an_answer(text):
        return None
    return partial(_take, row=found[0], text=text)


async def _take(turn: Turn, row: PingAnswer, text: str) -> None:
    """Keep an answer as it was written, and show how it is read."""
    turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    await _answered_in_words(turn, row, text)


async def _answered_in_words(turn: Turn, row: PingAnswer, text: str) -> None:
    await _answered(turn, row, text, colours.read(text))


@registry.reread("ping")
async def reread(turn: Context, text: str, earlier: str) -> Take | None:
    """Read an answer that was rewritten as the answer, where nothing else has been answered since.

    Args:
        text: as it stands now.
        earlier: as it was before.
    """
    row = await turn.db.scalar(
        select(PingAnswer)
        .where(
            PingAnswer.crisis_id == turn.the_crisis.id, PingAnswer.person == turn.sender, PingAnswer.text.is_not(None)
        )
        .where(PingAnswer.text == earlier)
        .order_by(PingAnswer.id.desc())
        .limit(1)
    )
    if row is None or turn.the_crisis.state not in LISTENS:
        return None
    return partial(_take, row=row, text=text)


def _is_an_answer(text: str) -> bool:
    """Whether a text can be nothing else than an answer: what is written after `/krise` may as well be news for the staff."""
    colour = re.split(r"([,:;.–-]|$)", fold(text).strip(" .!"), maxsplit=1)[0]
    return colours.read(text) == "green" or colour.strip() in map(fold, LABELS.values())


def _is_a_command(text: str) -> bool:
    """Whether a text is a command: "status" is one; "status uændret", "it er nede", "hjælp os" and "mangler 4 mand" are
    answers, although they begin like one."""
    meant = verb_words.match(text, {verb.name: verb.synonyms for verb in registry.verbs.values()})
    answers = meant.verb == "bistand" or (meant.verb == "hjælp" and meant.rest)
    return text.startswith("/") or (typed_verbs.is_meant(text) and not answers)


async def _open(turn: Context) -> tuple[PingAnswer, Ping] | None:
    """Return what the sender is asked and has not answered: what they quote, or else the newest."""
    quoted = await answering.about(turn, "pings.written", "answer")
    found = (
        await turn.db.execute(
            select(PingAnswer, Ping)
            .join(Ping, Ping.id == PingAnswer.ping)
            .join(Crisis, Crisis.id == Ping.crisis_id)
            .where(
                (PingAnswer.person == turn.sender) | (PingAnswer.escalated & (PingAnswer.chief == turn.sender)),
                PingAnswer.answered_at.is_(None),
                Crisis.state.in_(LISTENS),
            )
            .order_by((PingAnswer.id == (quoted or 0)).desc(), Ping.id.desc())
            .limit(1)
        )
    ).first()
    return (found[0], found[1]) if found else None


async def _mine(turn: Context, answer: int) -> PingAnswer | None:
    row = await turn.of_crisis(PingAnswer, answer)
    if row is None or turn.the_crisis.state not in LISTENS:
        return None
    return row if turn.sender in (row.person, row.chief) else None


async def _answered(turn: Turn, row: PingAnswer, text: str, colour: Colour) -> None:
    ping_row = await turn.db.get_one(Ping, row.ping)
    again = row.answered_at is not None
    row.text, row.reading, row.person = text, colour, turn.sender
    row.late = row.late or (not again and turn.now > ping_row.due_at)
    row.answered_at = row.answered_at or turn.received
    entry = await turn.log(
        f"{row.centre}: {text}",
        kind="ping_answer",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        event_time=turn.the_incoming.received_at,
        refs={"ping": ping_row.number, "reading": colour} | ({"corrects": row.log_no} if again and row.log_no else {}),
    )
    row.log_no = entry.no
    await events.tell(turn, Told(text, entry.no, turn.received))
    for message in await turn.db.scalars(select(Message).where(Message.key == _key(row, turn.sender))):
        message.answered_at, message.answer = turn.received, text
    await turn.db.flush()
    await draft.contribute(turn, 2, f"{row.centre}: {text}", entry.no)
    await turn.say(turn.sender, _read_back(turn, row, ping_row), key=_key(row, turn.sender), kind="broadcast")
    await ping_board.show(turn, ping_row)
    need = needs.lacking(turn.rules, text)
    if need is not None and not again:
        await offer(turn, text, need, entry.no)
    elif not again and _can_spare(turn, ping_row, text):
        await offers.suggest(turn, text, entry.no)


def _is_of_what(row: Ping) -> bool:
    """Whether it was asked what there is, and not how it stands."""
    return row.question.endswith((READY["undvære"], READY["kernedrift"], READY["bidrage"]))


def _can_spare(turn: Context, row: Ping, text: str) -> bool:
    """Whether an answer tells what a centre can do without: in so many words, or a number of something where just that was
    asked."""
    asked = _is_of_what(row) and row.question != READY["kernedrift"]
    return needs.offering(turn.rules, text) is not None or (asked and bool(needs.read(turn.rules, text).quantity))


def _read_back(turn: Context, row: PingAnswer, ping: Ping) -> Card:
    """Draw what was read, with a way to say that it was read wrongly: nothing is closed by the reading."""
    about = {"answer": row.id, "crisis": row.crisis_id}
    late = " (efter fristen)" if row.late else ""
    head = (
        f"Tak. Jeg læser det som *{NAMES[row.reading]}*{late}. Forkert? Tryk her:"
        if row.reading in LABELS
        else f"Tak, det er gemt{late}. Vil du også vise, hvordan det står til?"
        if _is_of_what(ping)
        else f"Tak, det er gemt{late}. Jeg er ikke sikker på, hvordan det står til. Tryk:"
    )
    return Card(
        f"{head}\n»{quote(row.text or '', 1500)}«",
        buttons=tuple(
            Button(label, "pings.coloured", {**about, "colour": colour})
            for colour, label in LABELS.items()
            if colour != row.reading
        ),
    )


@timer("pings.due")
async def due(turn: Turn, ping: int) -> None:
    """Remind those who have not answered when the time is up, and show them grey on the board."""
    row = await turn.db.get_one(Ping, ping)
    silent = [each for each in await ping_board.answers(turn, row) if each.answered_at is None]
    await ping_board.show(turn, row)
    if not silent or turn.the_crisis.state not in ASKS:
        return
    for each in silent:
        await turn.say(each.person, _question(turn, row, each, "*Påmindelse.* "), kind="reminder")
    await turn.log(
        f"Mindet om svar: {', '.join(each.centre or '' for each in silent)}",
        kind="reminder",
        receiver=", ".join(each.person for each in silent),
        direction="out",
        recorder="krisebot",
        verification="confirmed",
        refs={"ping": row.number},
    )
    await turn.at(row.due_at + CHIEF_AFTER, "pings.silent", ping_board.key(row, "silent"), ping=row.id)


@timer("pings.silent")
async def silent(turn: Turn, ping: int) -> None:
    """Ask the centre's chief instead, when the reminder brought nothing either."""
    row = await turn.db.get_one(Ping, ping)
    still = [each for each in await ping_board.answers(turn, row) if each.answered_at is None and each.chief]
    if not still or turn.the_crisis.state not in ASKS:
        return
    for each in still:
        each.escalated = True
        if each.chief:
            head = f"{turn.name(each.person)} har ikke svaret. "
            await turn.say(each.chief, _question(turn, row, each, head), key=_key(each, each.chief), kind="reminder")
    await turn.log(
        f"Spurgt centerchefen i stedet: {', '.join(each.centre or '' for each in still)}",
        kind="reminder",
        receiver=", ".join(each.chief or "" for each in still),
        direction="out",
        recorder="krisebot",
        verification="confirmed",
        refs={"ping": row.number},
    )
    await ping_board.show(turn, row)


def _key(row: PingAnswer, person: str) -> str:
    return f"ping/{row.ping}/{row.id}/{person}"
