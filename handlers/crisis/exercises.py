"""`øvelse`: the plan is tried with the real people and the real words, and nothing of it is taken for real.

Plan, Planens afprøvning: "mindst én gang hvert andet år planlægges og gennemføres en øvelse". What an exercise says,
says so first; that is done in one place, `Context.drawn`.
"""

from __future__ import annotations

from handlers.alert import escalation, warning, warning_question
from handlers.core import registry, rights, running
from handlers.core.card import Card
from handlers.core.language import verb_words
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.crisis import exercise_run, stand_down
from handlers.preparedness import exercise_register
from handlers.preparedness.exercise_register import going
from handlers.preparedness.exercise_scripts import SCRIPTS
from handlers.reporting import pings
from storage.letters import fold
from storage.rows.alert import Alert

# What begins an exercise; everything else takes part in one that goes on.
BEGINS = ("varsel", "aktiver")
END = ("slut", "stop", "afslut", "færdig")


async def _take_part(turn: Turn, text: str) -> None:
    """Run the verb for anybody in an exercise that has begun; only some may begin one."""
    if await going(turn):
        await _run(turn, text)
    else:
        await running.refuse(turn, rights.exercises)


@verb(
    "øvelse",
    "øvelser",
    help="øvelse aktiver 2 skybrud – alt som i en krise, mærket ØVELSE; øvelse alene: registret",
    who=rights.exercises,
    grave=True,
    otherwise=_take_part,
)
async def exercise(turn: Turn, text: str) -> None:
    """Show the register and three short exercises; followed by a verb, run that verb inside an exercise."""
    if not text.strip():
        await turn.answer(await exercise_register.card(turn))
    elif fold(text, trailing=verb_words.MARKS) in {fold(each) for each in END}:
        await _end_newest(turn)
    else:
        await _run(turn, text)


async def _run(turn: Turn, text: str) -> None:
    """Run the verb that follows in the newest exercise or, where it begins one, in a new."""
    found = verb_words.match(text, {each.name: each.synonyms for each in registry.verbs.values()})
    known = registry.verbs.get(found.verb or "")
    if known is None or known.name == "øvelse":
        await turn.answer(
            Card("Skriv en kommando efter øvelse, fx */krise øvelse varsel vand i kælderen*. Intet er sat i gang.")
        )
        return
    if found.kind == "near" and known.grave:
        await turn.answer(Card(f"Mente du *øvelse {known.name}*? Så skriv det helt ud. Intet er sat i gang."))
        return
    here = await going(turn)
    if known.name in BEGINS:
        turn.crisis, turn.exercise = None, True
    elif here:
        turn.crisis = here[-1]
    else:
        await turn.answer(Card("Der er ingen øvelse i gang. Begynd en med */krise øvelse*."))
        return
    await running.run(turn, known, found.rest)


# --- begin and end ---


@action("exercises.begin", who=rights.exercises, crisis=False)
async def begin(turn: Turn, script: str) -> None:
    """Begin a short exercise with one tap: the warning goes up the chain at once, and the staff hears more as time
    goes."""
    chosen = SCRIPTS.get(script)
    if chosen is None or await going(turn):
        await turn.answer(Card("Der er allerede en øvelse i gang. Slut den først: */krise øvelse slut*."))
        return
    await turn.replace(Card(f"Øvelsen »{chosen.name}« er begyndt. Slut den med */krise øvelse slut*."))
    turn.crisis, turn.exercise = None, True
    await warning.begin(turn, chosen.warning)
    alert = await warning.record(turn, chosen.warning)
    alert.touches = alert.beyond = warning_question.UNKNOWN
    await escalation.start(turn, alert)
    await exercise_run.plan(turn, chosen.told)
    await exercise_run.show(turn)


@action("exercises.end", who=rights.exercises)
async def end(turn: Turn) -> None:
    """End an exercise, by whoever leads it; a real crisis only the mayor or a deputy can end."""
    if turn.the_crisis.exercise:
        await stand_down.deactivate(turn)


async def _end_newest(turn: Turn) -> None:
    here = await going(turn)
    if not here:
        await turn.answer(Card("Der er ingen øvelse i gang."))
        return
    turn.crisis = here[-1]
    await stand_down.deactivate(turn)


@action("exercises.for_real")
async def for_real(turn: Turn, alert: int) -> None:
    """Make a real warning, which goes up the chain at once, of the words that were said in an exercise, by `Det er ikke
    en øvelse`. Only whoever said them can."""
    row = await turn.db.get(Alert, alert)
    if row is None or row.person != turn.sender or not turn.the_crisis.exercise:
        return
    # From here on nothing is called an exercise, the answer to this press least of all.
    turn.crisis, turn.exercise = None, False
    await turn.replace(Card("*Det er ikke en øvelse:* dit varsel er nu sendt videre som et rigtigt."))
    await warning.call_up(turn, row.text)
    await pings.called_for(turn, row.text)
