"""`øv`: one person lives through their own role's first ten minutes, alone and in five. Plan, Planens afprøvning; Bilag 1.

A lesson is one card, which changes where it stands: what has happened so far stands on its buttons, and nowhere else. So
nothing of it is a crisis, a log line or a timer, and nobody else hears of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.alert import in_practice, warning_question
from handlers.core import running, typed_verbs
from handlers.core.card import DANGER, Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import dangers
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.crisis.practice_lessons import LESSONS, WRITE, Lesson, Step, lessons_of
from storage.letters import fold

APART = "Intet er virkeligt: ingen andre får noget at vide, og intet står i nogen log. Sker der noget imens, så skriv det bare."
CHANGED = "Øvelsen er lavet om, siden kortet blev sendt. Begynd forfra: */krise øv*."


@verb(
    "øv",
    "øv dig",
    "øv mig",
    help="øv – din egen rolles første ti minutter, alene, på fem minutter; ingen andre får noget at vide",
)
async def practise(turn: Turn, text: str) -> None:
    """Begin the lesson of the sender's role, or of the one that is named; where the card stands, they alone see it.
    Words of danger behind it are taken for real."""
    await in_practice.close(turn)
    theirs = lessons_of(turn.plan, turn.sender)
    titles = {fold(LESSONS[name].title): name for name in LESSONS}
    heard = dangers.hear(text) if fold(text) not in titles else None
    # "Øv, det brænder" is no exercise: Danes say so when something goes wrong.
    if heard is not None and heard.grave and await running.lead_on(turn, text):
        return
    name = titles.get(fold(text), theirs[0])
    turn.crisis, turn.exercise = None, False
    await turn.answer_alone(_card(turn, name, 0, 0, APART), key=f"{in_practice.LESSON}{turn.inbox_id}")


@action("lesson.press", crisis=False)
async def press(turn: Turn, lesson: str, step: int, choice: int, missed: int) -> None:
    """Show what would have followed from a press, and what comes next."""
    here = _step(lesson, step)
    if here is None or choice >= len(here.choices):
        await turn.replace(Card(CHANGED))
        return
    chosen = here.choices[choice]
    await _go_on(turn, lesson, step, chosen.said, missed, right=chosen.right)


@action("lesson.write", crisis=False)
async def write(turn: Turn, lesson: str, step: int, missed: int) -> None:
    """Look at the command that was written in a lesson; it is run nowhere. Words of danger are asked about."""
    text, here = typed_verbs.strip_name(turn.value("text")), _step(lesson, step)
    if here is None:
        await turn.replace(Card(CHANGED))
        return
    right = typed_verbs.verb_of(text).verb in here.verbs
    said = (
        f"»{quote(text, 200)}« – sådan. I en rigtig krise skriver du */krise {here.example}* eller det samme med dine ord."
        if right
        else f"»{quote(text, 200)}« ved Krisebot ikke, hvad er. Skriv fx *{here.example}*."
    )
    await _go_on(turn, lesson, step, said, missed, right=right)
    heard = dangers.hear(text)
    # What the lesson itself asks for is no cry; what is graver than that may be one.
    if heard is not None and heard.grave and text != here.example:
        await in_practice.ask(turn, text)


@action("lesson.begin", crisis=False)
async def begin(turn: Turn, lesson: str) -> None:
    """Begin another of the lessons, or the same once more."""
    await turn.replace(_card(turn, lesson, 0, 0, APART) if lesson in LESSONS else Card(CHANGED))


@action("lesson.stop", crisis=False)
async def stop(turn: Turn) -> None:
    """End a lesson before it is over."""
    await turn.replace(in_practice.CLOSED)


def _step(lesson: str, step: int) -> Step | None:
    """Return a lesson's moment; None where a newer release has none such."""
    known = LESSONS.get(lesson)
    return known.steps[step] if known is not None and step < len(known.steps) else None


async def _go_on(turn: Turn, lesson: str, step: int, said: str, missed: int, *, right: bool) -> None:
    await turn.replace(_card(turn, lesson, step + right, missed + (not right), said))


def _card(turn: Context, name: str, step: int, missed: int, said: str) -> Card:
    lesson = LESSONS[name]
    if step == len(lesson.steps):
        return _end(turn, name, lesson, missed, said)
    here = lesson.steps[step]
    about: dict[str, str | int] = {"lesson": name, "step": step, "missed": missed}
    return Card(
        f"*ØVELSE, kun for dig: {lesson.title}, {step + 1} af {len(lesson.steps)}*\n{said}\n\n{here.told}\n\n"
        f"{here.card.format(spørgsmål=warning_question.question(turn))}",
        buttons=(*_answers(here, about), Button("Stop øvelsen", "lesson.stop")),
    )


def _answers(step: Step, about: Mapping[str, str | int]) -> list[Button]:
    if step.verbs:
        written = (Field("text", "Det, du ville skrive efter /krise", "long", required=True),)
        return [Button(WRITE, "lesson.write", about, style="primary", form=written, form_title="ØVELSE, kun for dig")]
    return [Button(each.label, "lesson.press", {**about, "choice": number}) for number, each in enumerate(step.choices)]


def _end(turn: Context, name: str, lesson: Lesson, missed: int, said: str) -> Card:
    others = [each for each in lessons_of(turn.plan, turn.sender) if each != name]
    went = (
        "Du tog hvert trin i første forsøg."
        if not missed
        else f"{missed} gange var det ikke det rette: det er derfor, man øver sig."
    )
    return Card(
        f"*ØVELSE, kun for dig: {lesson.title} – slut*\n{said}\n\n{went} Kan du ikke huske noget på dagen: skriv */krise* "
        f"alene, så får du kortet med det, du kan gøre. {DANGER}",
        buttons=(
            Button("Øv igen", "lesson.begin", {"lesson": name}),
            Button("Vejledning", "guide.page", {"page": lesson.page}),
            *(Button(f"Øv som {LESSONS[each].title}", "lesson.begin", {"lesson": each}) for each in others[:3]),
        ),
    )
