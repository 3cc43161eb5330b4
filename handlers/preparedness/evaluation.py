"""`evaluering`, after an exercise and after real use: two questions to those who took part, and what 4K finds.

Plan, Planens afprøvning: "Beredskab 4K har det overordnede ansvar for, at beredskabsplanen bliver evalueret efter
øvelser og efter brug i krisesituationer. Høje-Taastrup Kommune bidrager til evalueringen."
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from handlers.core import quiet, registry, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ROUTINE, Context
from handlers.core.language import times_shown
from handlers.core.registry import action, timer, verb
from handlers.core.rights import Right
from handlers.core.turn import Turn
from handlers.log import paper_links
from handlers.measures import tasks
from handlers.preparedness import evaluation_report, improvements, lessons
from storage.case.evaluation import Figure
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry
from storage.rows.measures import Task
from storage.rows.preparedness import Evaluation

# The plan says that it is done, not before when; the card says so too.
WITHIN = timedelta(days=30)
# Then it is said so many times in all, with twice as long between them each time.
TIMES, A_WEEK, LONGEST = 4, timedelta(days=7), timedelta(days=30)

# So many of each stand on the card; all of them in the report.
SHOWN = 6

GOOD, BETTER = "Hvad gik godt?", "Hvad skal vi gøre bedre næste gang?"


@verb(
    "evaluering", "evaluer", help="evaluering – hvor langt den er; evaluering <hvad lærte vi> – også når krisen er slut"
)
async def evaluation(turn: Turn, text: str) -> None:
    """Keep what was learnt while a crisis is not over; afterwards show the newest evaluation, to those who took part
    and who evaluate."""
    going = [turn.crisis] if turn.crisis is not None else await turn.open_crises()
    if any(crisis.state != "closed" for crisis in going):
        await running.run(turn, registry.verbs["erfaring"], text)
        return
    query = select(Evaluation).order_by(Evaluation.id.desc()).limit(1)
    row = await turn.db.scalar(query.where(Evaluation.crisis_id == turn.crisis.id) if turn.crisis else query)
    if row is None:
        await turn.answer(Card("Der er intet at evaluere endnu."))
        return
    turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    leads = await rights.exercises.held(turn)
    if not leads and turn.sender not in await turn.took_part():
        await running.refuse(turn, await _took_part(turn, rights.exercises))
    elif text.strip():
        await lessons.lesson(turn, text)
    else:
        await turn.answer(await _card(turn, row) if leads else _questions(turn))


async def _took_part(turn: Context, beside: Right | None = None) -> Right:
    # Who evaluates is named first, not who happened to warn.
    return replace(rights.of_row("de, der deltog", await turn.took_part(), beside), first=())


async def begin(turn: Turn) -> None:
    """Give 4K the task of evaluating, and ask everybody who took part the two questions."""
    crisis = turn.the_crisis
    owner = turn.rules.holder("beredskabschef")
    task = await tasks.add(
        turn,
        "Evaluering af forløbet (Beredskab 4K har ansvaret, kommunen bidrager)",
        role="beredskabschef",
        owner=owner,
        due=turn.now + WITHIN,
        tell=False,
    )
    row = Evaluation(crisis_id=crisis.id, owner=owner, due_at=turn.now + WITHIN, task_id=task.id)
    turn.db.add(row)
    await turn.db.flush()
    if owner:
        await turn.say(owner, await _card(turn, row), key=f"evaluation/{row.id}", kind="notice")
    await turn.at(row.due_at, "evaluation.due", f"evaluation/{row.id}", evaluation=row.id)
    await turn.notify(
        await turn.took_part(),
        _questions(turn),
        kind="notice",
        summary="De, der deltog, er spurgt, hvad der gik godt, og hvad der skal gøres bedre",
        key=f"evaluation/{row.id}/questions",
        urgency=ROUTINE,
    )


def _questions(turn: Context) -> Card:
    crisis = turn.the_crisis
    return Card(
        f"*To spørgsmål om nr. {crisis.number}: {quote(crisis.title)}.* Svarene går til evalueringen, med dit navn. "
        "Du kan udelade det ene.",
        buttons=(
            Button(
                "Svar",
                "evaluation.answered",
                {"crisis": crisis.id},
                style="primary",
                form=(Field("good", GOOD, "long"), Field("better", BETTER, "long")),
                form_title="Evaluering",
            ),
        ),
    )


@action("evaluation.answered")
async def answered(turn: Turn) -> None:
    """Log each answer, beside what was learnt on the way; whoever has the card was asked."""
    if turn.sender not in await turn.took_part():
        await running.refuse(turn, await _took_part(turn), "Intet er gemt.")
        return
    said = [(question, turn.value(field)) for field, question in (("good", GOOD), ("better", BETTER))]
    for question, text in said:
        if text:
            await turn.log(
                f"{question} {text}", kind=lessons.KIND, sender=turn.sender, receiver="evalueringen", direction="in"
            )
    if not any(text for _, text in said):
        await turn.answer(Card("Skriv mindst ét svar. Intet er gemt."))
    else:
        await turn.replace(Card("Tak. Dine svar er gemt til evalueringen."))
        row = await _of_crisis(turn)
        if row is not None and row.owner and row.finished_at is None:
            await turn.say(row.owner, await _card(turn, row), key=f"evaluation/{row.id}", kind="notice")


@action("evaluation.finished", who=rights.exercises)
async def finished(turn: Turn) -> None:
    """Finish the evaluation with what was found, by `Evalueringen er færdig`."""
    row = await _of_crisis(turn)
    findings = turn.value("findings")
    if row is None or row.finished_at is not None or not findings:
        return
    row.findings, row.finished_at, row.finished_by = findings, turn.now, turn.sender
    await turn.cancel(f"evaluation/{row.id}")
    await turn.log(
        f"Evalueringen er færdig: {findings}", kind="evaluation", sender=turn.sender, verification="confirmed"
    )
    task = await turn.db.get(Task, row.task_id) if row.task_id else None
    if task is not None and task.status != "done":
        task.status, task.done_at, task.done_by = "done", turn.now, turn.sender
        await turn.log(
            f"Opgave {task.number} er udført: {task.title}", kind="task", status="done", refs={"task": task.number}
        )
    await turn.replace(await _card(turn, row))


@timer("evaluation.due")
async def due(turn: Turn, evaluation: int, told: int = 0) -> None:
    """Remind whoever evaluates when the day has come and it is not finished; again ever more seldom, and the deputy too.

    Args:
        told: how many times it has been said already.
    """
    row = await turn.db.get(Evaluation, evaluation)
    if row is not None and row.finished_at is None and row.owner:
        card = await _card(turn, row)
        await turn.notify(
            dict.fromkeys([row.owner, *(turn.rules.deputies("beredskabschef") if told else [])]),
            Card(f"❗ *Evalueringen er ikke færdig.*\n{card.text}", card.facts, card.fields, card.buttons),
            kind="reminder",
            summary="Mindet om evalueringen",
        )
        if told + 1 < TIMES:
            at = turn.now + quiet.spacing(A_WEEK, told, LONGEST)
            await turn.at(at, "evaluation.due", f"evaluation/{row.id}", evaluation=row.id, told=told + 1)


async def _of_crisis(turn: Context) -> Evaluation | None:
    row: Evaluation | None = await turn.db.scalar(
        select(Evaluation).where(Evaluation.crisis_id == turn.the_crisis.id).order_by(Evaluation.id.desc()).limit(1)
    )
    return row


async def _card(turn: Context, row: Evaluation) -> Card:
    crisis = turn.the_crisis
    learnt = await turn.db.scalar(
        select(func.count()).select_from(LogEntry).where(LogEntry.crisis_id == crisis.id, LogEntry.kind == lessons.KIND)
    )
    head = f"*Evaluering af nr. {crisis.number}: {quote(crisis.title)}*"
    if row.finished_at is not None:
        return Card(
            f"✅ {head}\nFærdig {turn.clock(row.finished_at)}: {quote(row.findings or '', 1500)}",
            buttons=(
                Button("Rapport som PDF og Word", "evaluation.paper", {"crisis": crisis.id}),
                improvements.button(crisis.id),
            ),
        )
    found = (await evaluation_report.of(turn)).figures
    missed = [name for name, met in found.expectations if not met]
    silent = turn.names(each.person for each in found.silent)
    standing = await improvements.open_ones(turn, before=crisis.id) if crisis.exercise else []
    facts = [
        *((each.name, _took(each)) for each in found.steps[:SHOWN]),
        (
            "Svarede på indkaldelsen",
            f"{sum(each.answered for each in found.answers)} af {sum(each.asked for each in found.answers)}",
        ),
        *([("Svarede ikke", silent)] if silent else []),
        ("Forventninger", f"{len(found.expectations) - len(missed)} af {len(found.expectations)} opfyldt"),
        *([("Ikke opfyldt", quote("; ".join(missed[:SHOWN])))] if missed else []),
        ("Erfaringer og svar", str(learnt or 0)),
        # What was learnt before is tried the next time.
        *(
            [("Fra tidligere, ikke gjort", "; ".join(improvements.line(turn, each) for each in standing[:SHOWN]))]
            if standing
            else []
        ),
    ]
    return Card(
        f"{head}\nBeredskab 4K har ansvaret, kommunen bidrager. Planen sætter ingen frist; vi minder om den "
        f"{turn.clock(row.due_at)}.",
        facts=tuple(facts),
        buttons=(
            Button("Rapport som PDF og Word", "evaluation.paper", {"crisis": crisis.id}),
            Button("Vis erfaringer", "evaluation.show", {"crisis": crisis.id}),
            improvements.button(crisis.id),
            Button(
                "Evalueringen er færdig",
                "evaluation.finished",
                {"crisis": crisis.id},
                style="primary",
                form=(Field("findings", "Hvad er konklusionen, og hvem gør hvad?", "long", required=True),),
                form_title="Evaluering",
            ),
        ),
    )


@action("evaluation.show", who=rights.exercises)
async def show(turn: Turn) -> None:
    """Show what was learnt on the way and what was answered since."""
    await lessons.lesson(turn, "")


@action("evaluation.paper", who=rights.exercises)
async def paper(turn: Turn) -> None:
    """Send the links of the report, to PDF and Word, to whoever evaluates."""
    await paper_links.send(turn, "evaluation", 1)


def _took(figure: Figure) -> str:
    if figure.took is None:
        return "ikke sket" + (" ❗" if figure.limit else "")
    if figure.limit is None:
        return times_shown.span(figure.took)
    return f"{times_shown.span(figure.took)} (planen: {times_shown.span(figure.limit)}){'' if figure.met else ' ❗'}"
