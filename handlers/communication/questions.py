"""`spm` and `svar`: "flyder det samme sted hen og besvares der, hvor det faglige ansvar er placeret". Plan §5, Tovholder."""

from __future__ import annotations

import re
from functools import partial

from rapidfuzz import fuzz
from sqlalchemy import select

from handlers.core import answering, called_by_number, clearance, form_values, over, registry, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import owners, small_talk, verb_words
from handlers.core.registry import Take, action, reply, verb
from handlers.core.rights import Right
from handlers.core.turn import Turn
from storage.letters import fold
from storage.rows.communication import ANSWERED_WITHIN, Question
from storage.rows.crisis import Crisis
from storage.rows.numbers import next_number

# Only the spokesperson answers these (plan §8): whoever asks stands in for the press.
PRESS = re.compile(
    r"\b(journalist\w*|presse\w*|avis\w*|tv ?2|tv avisen|dr nyheder|ritzau|redaktion\w*)\b", re.IGNORECASE
)
# As alike as this, in hundredths, and the earlier answer is shown before anybody is asked.
ALIKE = 80
SHOWN = 15
MOVED = 8  # from the queue, at most
ANSWER = (Field("answer", "Svar", "long", required=True),)


@verb(
    "spm",
    "spørgsmål",
    "spørg",
    help="spm <spørgsmål> – til den, der har det faglige ansvar; uden tekst: køen",
    crisis=True,
    afterwards=True,
)
async def question(turn: Turn, text: str) -> None:
    """Keep a question from anybody and take it to whoever answers for it; show at once what has been answered
    before."""
    text = text.strip()
    if not text:
        await _queue(turn)
        return
    if (called := called_by_number.read(text)) is not None:
        asked = await called_by_number.row_or_tell(turn, Question, called, f"Spørgsmål {called.number}")
        if asked is not None:
            mine = asked.owner == turn.sender or await rights.runs_staff.held(turn)
            drawn = owners_card(turn, asked)
            await turn.answer(drawn if mine else Card(drawn.text))
        return
    if await over.tell_if_over(turn):
        return
    row = await _keep(turn, text)
    earlier = await _alike(turn, row)
    if earlier is None:
        await _route(turn, row)
        await turn.answer(_told(turn, row), key=_key(row, "asker"))
        return
    # Whoever presses neither waits for an answer all the same, and nobody has been told.
    await _set_reminder(turn, row)
    about = {"question": row.id, "crisis": row.crisis_id}
    await turn.answer(
        Card(
            f"Det ligner spørgsmål {earlier.number}: »{quote(earlier.text, 300)}«\n"
            f"Svar fra {turn.name(earlier.answered_by or '')} {turn.clock(earlier.answered_at)}: »{quote(earlier.answer or '', 1500)}«",
            buttons=(
                Button("Det var svaret", "questions.same", {**about, "earlier": earlier.id}, style="primary"),
                Button("Nej, send mit spørgsmål", "questions.send", about),
            ),
        ),
        key=_key(row, "asker"),
    )


@action("questions.same")
async def same(turn: Turn, question: int, earlier: int) -> None:
    """Take the earlier answer as the answer, from whoever asked: answered once, used again."""
    row, before = await _of_asker(turn, question), await turn.db.get(Question, earlier)
    if row is None or before is None or row.answered_at is not None:
        return
    if before.crisis_id != row.crisis_id or not await _usable(turn, [before]):
        # It was shown before somebody decided that few may know it.
        await _route(turn, row)
        await turn.replace(_told(turn, row))
        return
    row.answer, row.answered_by, row.answered_at = before.answer, before.answered_by, turn.received
    row.same_as = before.number
    await turn.log(
        f"Spørgsmål {row.number} er besvaret med svaret på spørgsmål {before.number}",
        kind="answer",
        refs={"question": row.number, "same_as": before.number},
        verification="confirmed",
    )
    await turn.replace(_told(turn, row))


@action("questions.send", begins=True)
async def send(turn: Turn, question: int) -> None:
    """Pass a question on after whoever asked it has said that it differs from the similar one shown."""
    row = await _of_asker(turn, question)
    if row is None or row.answered_at is not None:
        return
    await _route(turn, row)
    await turn.replace(_told(turn, row))


async def _answers_any(turn: Context) -> bool:
    """Whether the sender may answer any of the crisis' questions."""
    if turn.crisis is None or await rights.runs_staff.has(turn):
        return await rights.runs_staff.has(turn)
    own = select(Question.id).where(Question.crisis_id == turn.crisis.id, Question.owner == turn.sender)
    return await turn.db.scalar(own.limit(1)) is not None


ANSWERERS = Right(f"den, der har spørgsmålet, {rights.runs_staff.holders}", _answers_any)


@verb(
    "svar",
    "besvar",
    help="svar <nr> <svar> – på et spørgsmål, der er dit",
    crisis=True,
    afterwards=True,
    of_row=ANSWERERS,
)
async def answer(turn: Turn, text: str) -> None:
    """Answer a question by its number, in one breath; only its owner and those who run the staff can."""
    numbered = re.match(
        r"\s*+(?:(?:spm\.?|spørgsmål|q)\s*+)?+(\d{1,6})\b[:.]?\s*+(.+)", text, re.IGNORECASE | re.DOTALL
    )
    if not numbered:
        words = f"\n»{quote(text.strip(), 1000)}« er ikke sendt." if text.strip() else ""
        await turn.answer_alone(
            Card(f"Hvilket spørgsmål, og hvad er svaret? Skriv fx */krise svar 2 ja, med mundbind*.{words}")
        )
        return
    row = await turn.db.scalar(
        select(Question).where(Question.crisis_id == turn.the_crisis.id, Question.number == int(numbered[1]))
    )
    if row is None:
        await turn.answer_alone(
            Card(
                f"Der er intet spørgsmål {numbered[1]}. Dit svar er ikke sendt; se køen med */krise spm*.\n"
                f"»{quote(text.strip(), 1000)}«"
            )
        )
        return
    await _answer(turn, row, numbered[2].strip())


@reply("question")
async def read(turn: Context, text: str) -> Take | None:
    """Read what whoever has a question writes as an answer to its card; elsewhere their words may be about anything."""
    question = await answering.about(turn, "questions.answer", "question")
    row = await turn.db.get(Question, question) if question is not None else None
    verbs = {each.name: each.synonyms for each in registry.verbs.values()}
    if row is None or row.owner != turn.sender or small_talk.is_small_talk(text):
        return None
    return partial(_answer_in_words, row=row, text=text) if verb_words.match(text, verbs).kind != "exact" else None


async def _answer_in_words(turn: Turn, row: Question, text: str) -> None:
    turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    await _answer(turn, row, text.strip())
    if turn.sender == row.owner:
        again = f"Forkert? Skriv */krise svar {row.number}* og det rigtige."
        await turn.answer(Card(f"Svaret på spørgsmål {row.number} er sendt til {turn.name(row.asker)}. {again}"))


@action("questions.answer")
async def pressed_answer(turn: Turn, question: int) -> None:
    """Answer a question from the form on its owner's card; only the owner and those who run the staff can."""
    row = await _standing(turn, question)
    if row is not None and turn.value("answer"):
        await _answer(turn, row, turn.value("answer"))


async def _answer(turn: Turn, row: Question, text: str) -> None:
    # The helper passes on and doesn't answer: that is done "hvor det faglige ansvar er placeret".
    whose = f"den, der har spørgsmål {row.number}"
    so = "Dit svar er ikke sendt. Tovholderen kan flytte spørgsmålet."
    if await running.refuse_all_but(turn, whose, [row.owner], rights.runs_staff, so):
        return
    corrected = row.answered_at is not None
    row.answer, row.answered_by, row.answered_at = text, turn.sender, turn.received
    await turn.log(
        f"{'Nyt svar' if corrected else 'Svar'} på spørgsmål {row.number}: {text}",
        kind="answer",
        receiver=row.asker,
        refs={"question": row.number, "about": row.log_no},
        verification="confirmed",
    )
    await turn.say(row.owner, owners_card(turn, row), key=_key(row, row.owner))
    await turn.redraw(reminders_of(row), owners_card(turn, row))
    asks = await turn.db.scalars(
        select(Question).where(
            Question.crisis_id == row.crisis_id, (Question.id == row.id) | (Question.same_as == row.number)
        )
    )
    for each in asks:
        outside = "\nGiv svaret videre til den, der spurgte." if each.external else ""
        await turn.say(
            each.asker,
            Card(
                f"*{'Nyt svar' if corrected else 'Svar'} på spørgsmål {each.number}* fra {turn.name(turn.sender)}:\n"
                f"»{quote(text, 2500)}«{outside}"
            ),
            kind="notice",
        )
    if turn.sender not in (row.owner, row.asker):
        await turn.answer(Card(f"Svaret på spørgsmål {row.number} er sendt til {turn.name(row.asker)}."))


@action("questions.move")
async def move(turn: Turn, question: int) -> None:
    """Give a question to another owner, by the one who has it, the coordinator or the helper: "mandatet til at fordele
    og videregive opgaver på kryds og tværs"."""
    row = await _standing(turn, question)
    if row is None or row.answered_at is not None:
        return
    if turn.sender != row.owner and not await _may_route(turn):
        helpers = [*turn.rules.holders("tovholder"), *turn.rules.holders("hjælper")]
        whose = "den, der har spørgsmålet, tovholderen, hjælperen"
        await running.refuse(turn, rights.of_row(whose, [row.owner, *helpers], rights.runs_staff))
        return
    owner = form_values.person(turn, "owner", of_centre="contact")
    if owner is None:
        return
    before, row.owner = row.owner, owner
    centre = owners.centre_of(turn.rules, row.owner)
    row.centre = centre.name if centre else None
    await turn.log(
        f"Spørgsmål {row.number} er flyttet fra {turn.name(before)} til {turn.name(row.owner)}",
        kind="question",
        receiver=row.owner,
        refs={"question": row.number, "about": row.log_no},
    )
    moved = Card(f"Spørgsmål {row.number} er flyttet til {turn.name(row.owner)}.")
    await turn.replace(moved)
    await turn.redraw(reminders_of(row), moved)
    await turn.say(row.owner, owners_card(turn, row), key=_key(row, row.owner), kind="notice")
    # Whoever has it now has as long as the one before had.
    await turn.cancel(f"{reminders_of(row)}/again")
    await _set_reminder(turn, row)


async def unanswered(turn: Context) -> list[Question]:
    """Return the crisis' questions that nobody has answered, the oldest first."""
    open_ = select(Question).where(Question.crisis_id == turn.the_crisis.id, Question.answered_at.is_(None))
    return list(await turn.db.scalars(open_.order_by(Question.number)))


async def _keep(turn: Turn, text: str) -> Question:
    crisis = turn.the_crisis
    external = bool(PRESS.search(text))
    owner, centre = await _answers_for(turn, text, external)
    number = await next_number(turn.db, Question.number, Question.crisis_id == crisis.id)
    entry = await turn.log(
        f"Spørgsmål: {text}",
        kind="question",
        sender=turn.sender,
        receiver=owner,
        direction="in",
        event_time=turn.the_incoming.received_at,
        refs={"question": number},
    )
    row = Question(
        crisis_id=crisis.id,
        number=number,
        text=text,
        asker=turn.sender,
        external=external,
        centre=centre,
        owner=owner,
        asked_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    return row


async def _answers_for(turn: Context, text: str, external: bool) -> tuple[str, str | None]:
    """Find who answers a question, and for which centre: the press' its spokesperson, else whoever it is put to, else the
    centre that it speaks of, else the coordinator."""
    plan = turn.rules
    coordinator = plan.holder("tovholder") or plan.holder("sekretær") or (await turn.chiefs() or [turn.sender])[0]
    if external:
        speaks = next(filter(None, map(plan.holder, ("pressetalsperson", "presseansvarlig", "kommunikation"))), None)
        return speaks or coordinator, None
    asked = turn.asked(text)
    if asked.centre is None and len(asked.persons) == 1 and asked.persons[0] != turn.sender:
        own = owners.centre_of(plan, asked.persons[0])
        return asked.persons[0], own.name if own else None
    centre = next((each for each in plan.centres if each.name == asked.centre or _speaks_of(each.name, text)), None)
    return ((centre.contact or centre.chief) if centre else None) or coordinator, centre.name if centre else None


def _speaks_of(centre: str, text: str) -> bool:
    said = re.findall(r"\w+", fold(text))
    return f" {fold(centre)} " in f" {' '.join(said)} "


async def _alike(turn: Context, row: Question) -> Question | None:
    """Find the answered question that is most like this one, where one is like enough."""
    answered = await turn.db.scalars(
        select(Question).where(
            Question.crisis_id == row.crisis_id,
            Question.id != row.id,
            Question.answered_at.is_not(None),
            Question.same_as.is_(None),
            Question.external == row.external,
        )
    )
    usable = await _usable(turn, list(answered))
    scored = [(fuzz.token_sort_ratio(fold(each.text), fold(row.text)), each) for each in usable]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= ALIKE else None


async def _usable(turn: Context, answered: list[Question]) -> list[Question]:
    """Return the questions whose answer may be given to somebody else: it is there for whoever asks the same, but for
    what few may know."""
    usable, _ = await clearance.visible_rows(turn, answered, turn.staff)
    return usable


async def _set_reminder(turn: Turn, row: Question) -> None:
    await turn.at(turn.now + ANSWERED_WITHIN, "questions.unanswered", reminders_of(row), question=row.id)


async def _route(turn: Turn, row: Question) -> None:
    await _set_reminder(turn, row)
    if row.owner == turn.sender and row.asker == turn.sender:
        return
    await turn.say(row.owner, owners_card(turn, row), key=_key(row, row.owner), kind="notice")


def reminders_of(row: Question) -> str:
    """Return how the keys begin of what reminds somebody of a question."""
    return f"question/{row.id}/unanswered"


def owners_card(turn: Context, row: Question) -> Card:
    """Draw a question as whoever shall answer it has it."""
    outside = " (udefra: kun dig, der svarer)" if row.external else ""
    text = f"*Spørgsmål {row.number}* fra {turn.name(row.asker)}{outside}:\n»{quote(row.text, 2000)}«"
    if row.answered_at is not None:
        return Card(f"{text}\n✅ Besvaret af {turn.name(row.answered_by or '')}: »{quote(row.answer or '', 800)}«")
    about = {"question": row.id, "crisis": row.crisis_id}
    return Card(
        text,
        buttons=(
            Button(
                "Svar",
                "questions.answer",
                about,
                style="primary",
                submit="Send",
                form=ANSWER,
                form_title=f"Svar på spm. {row.number}",
            ),
            _moving(row, "Send videre"),
        ),
    )


def _moving(row: Question, label: str) -> Button:
    about = {"question": row.id, "crisis": row.crisis_id}
    to = (Field("owner", "Til hvem? Navn, rolle eller center", "persons", required=True),)
    return Button(label, "questions.move", about, submit="Send", form=to, form_title=f"Flyt spm. {row.number}")


def _told(turn: Context, row: Question) -> Card:
    if row.answered_at is not None:
        return Card(f"Spørgsmål {row.number} er besvaret: »{quote(row.answer or '', 1500)}«")
    asked, unclear = turn.asked(row.text), ""
    if len(asked.persons) > 1 and not asked.typed:
        unclear = (
            f"\nDu har nævnt flere: {turn.names(asked.persons)}. Skriv til én, hvis det er en bestemt, der skal svare."
        )
    elif len(asked.persons) > 1:
        unclear = f"\nFlere hedder »{quote(asked.typed)}«: {turn.names(asked.persons)}. Skriv hele navnet, hvis det er en bestemt."
    elif asked.typed and not asked.persons and not row.external:
        unclear = f"\nJeg kan ikke se, hvem »{quote(asked.typed)}« er."
    return Card(f"Spørgsmål {row.number} er sendt til {turn.name(row.owner)}. Du får svaret her.{unclear}")


async def _queue(turn: Turn) -> None:
    every = select(Question).where(Question.crisis_id == turn.the_crisis.id).order_by(Question.number.desc())
    may_route = await _may_route(turn)
    rows, unseen = await clearance.visible_rows(turn, list(await turn.db.scalars(every)))
    waiting = [row for row in rows if row.answered_at is None]
    facts = tuple((f"Spm. {row.number}", f"{quote(row.text, 120)} → {turn.name(row.owner)}") for row in waiting[:SHOWN])
    await turn.answer(
        Card(
            f"*Spørgsmål:* {len(waiting)} venter, {len(rows) - len(waiting)} er besvaret. "
            f"Spørg med */krise spm*, svar med */krise svar* og nummeret.\n{unseen}".rstrip(),
            facts=facts,
            buttons=tuple(_moving(row, f"Flyt spm. {row.number}") for row in waiting[:MOVED] if may_route),
        )
    )


async def _may_route(turn: Context) -> bool:
    return await rights.runs_staff.held(turn) or rights.acts_as(turn.rules, turn.sender, "hjælper")


async def _standing(turn: Context, question: int) -> Question | None:
    return await turn.of_crisis(Question, question)


async def _of_asker(turn: Context, question: int) -> Question | None:
    row = await _standing(turn, question)
    return row if row is not None and row.asker == turn.sender else None


def _key(row: Question, whose: str) -> str:
    return f"question/{row.id}/{whose}"
