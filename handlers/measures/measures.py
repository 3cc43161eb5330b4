"""`tiltag`: adds a measure, proposes one, and shows them. Plan §9."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select

from handlers.core import called_by_number, clearance, form_values, over, passed_times, rights, undo, withheld
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ORDINARY, URGENT, Context
from handlers.core.language import verb_words
from handlers.core.language.times_read import Parsed
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import measure_card, measure_reading, measure_steps, tasks
from handlers.measures.measure_card import CLOSED
from handlers.measures.measure_reading import Reading, Said
from storage.rows.log import LogEntry
from storage.rows.measures import Measure, MeasureStatus

# What people type for a status; the first is the plan's own word.
TYPED = {
    "udført": ("færdig", "færdigt", "klaret", "gjort", "løst"),
    "i gang": ("igang", "går i gang", "sat i gang", "startet", "begyndt"),
    "afventer": ("venter", "på hold"),
    "annulleret": ("annullér", "annuller", "aflyst", "droppet"),
}
STATUS: dict[str, MeasureStatus] = {
    "udført": "done",
    "i gang": "in_progress",
    "afventer": "waiting",
    "annulleret": "cancelled",
}
SHOWN = 20

FORM = (
    Field("title", "Hvad skal der gøres?", "long", required=True),
    Field("owner", "Hvem har det?", "persons"),
    Field("due", "Frist", "time"),
)


@verb(
    "tiltag",
    "t",
    "todo",
    help="tiltag <hvad> @hvem <frist> – fx t pumpe til Birkehøj @Mads kl 15; t 7 udført",
    crisis=True,
    afterwards=True,
)
async def measure(turn: Turn, text: str) -> None:
    """Add a measure; or change how far an old one is; or, without a word, show the list of them. In a crisis that is over
    only what is open is shown and closed."""
    text = text.strip()
    if not text:
        await _list(turn)
        return
    called = called_by_number.leading(text, "T")
    if called is not None and await _act_on(turn, called.number, called.more):
        return
    if await over.tell_if_over(turn):
        return
    if await rights.runs_staff.held(turn):
        await _create(turn, Reading(turn, text))
    else:
        await propose(turn, text)


async def _create(turn: Turn, read: Reading) -> None:
    if not read.title:
        await turn.answer(Card("Hvad skal der gøres? Skriv fx */krise t pumpe til Birkehøj @Mads kl 15*."))
        return
    row = await measure_steps.add(
        turn,
        read.title,
        owner=read.owner,
        due=read.due,
        centre=read.centre,
        urgent=read.urgent,
        needs_approval=read.political,
    )
    # A new one was nothing before.
    was = measure_card.Was(status="cancelled", owner=row.owner, due=row.due_at.isoformat() if row.due_at else None)
    await measure_card.answer(turn, row, was)
    if read.passed:
        await turn.answer(_asked(turn, row, read.passed, "har ingen frist"))
    if read.unclear:
        await turn.answer(Card(read.unclear, buttons=(measure_card.amendment("Ret", row),)))


def _asked(turn: Context, row: Measure, passed: Parsed, so: str) -> Card:
    other = measure_card.amendment("Anden tid", row)
    return passed_times.asked(turn, passed, f"T{row.number} {so}", "measures.tomorrow", {"measure": row.id}, other)


@action("measures.new", who=rights.runs_staff, begins=True)
async def new(turn: Turn) -> None:
    """Add a measure from the form `Nyt tiltag`."""
    owner, due = form_values.person(turn, "owner"), form_values.moment(turn, "due")
    await _create(turn, Reading(turn, turn.value("title"), said=Said(owner, due)))


@action("measures.of_line", who=rights.staff, begins=True)
async def of_line(turn: Turn, no: int) -> None:
    """Make a measure of a log line by `Lav tiltag`; who may not add one proposes it."""
    entry = await turn.db.scalar(
        select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.no == no).limit(1)
    )
    if entry is None:
        return
    own = entry.recorder == turn.sender
    if not own and await clearance.hidden(turn, {no}, await clearance.highest_here(turn)):
        await turn.answer(Card(f"Linje nr. {no} vises ikke her, så der er ikke lavet et tiltag. Intet er ændret."))
        return
    said = f"{entry.summary} (log nr. {no})"
    if await rights.runs_staff.held(turn):
        await _create(turn, Reading(turn, said))
    else:
        await propose(turn, said)


async def _act_on(turn: Turn, number: int, said: str) -> bool:
    """Do what is said of a measure that there is; False when the number begins something else, as "4 mand til
    Fløng"."""
    row: Measure | None = await turn.db.scalar(
        select(Measure).where(Measure.crisis_id == turn.the_crisis.id, Measure.number == number)
    )
    approved = verb_words.match(said, {"godkendt": ("godkendelse",)})
    # "er klaret", "er nu i gang".
    found = verb_words.match(re.sub(r"\A(?:er|blev)(?: nu| blevet)? ", "", said, flags=re.IGNORECASE), TYPED)
    if row is None:
        if said and found.kind != "exact" and approved.kind != "exact":
            return False
        await turn.answer(Card(f"Der er intet tiltag T{number}. Skriv */krise tiltag* for at se dem."))
    elif await withheld.refuse_row(turn, row, f"T{number}", said):
        pass
    elif not said:
        await measure_card.answer(turn, row)
    elif found.kind == "exact" and found.verb:
        await measure_steps.change(turn, row, STATUS[found.verb], found.rest)
    elif approved.kind == "exact":
        await measure_steps.approve(turn, row, approved.rest)
    elif found.verb:  # nearly
        await turn.answer(
            Card(
                f"T{number}: {quote(row.title)}\nMente du *{found.verb}*?",
                buttons=(
                    Button("Ja", "measures.change", {"measure": row.id, "status": STATUS[found.verb]}, style="primary"),
                    Button("Nej", "measures.not_meant", {"measure": row.id}),
                ),
            ),
            key=measure_card.key(row, turn.the_incoming.key),
        )
    else:
        read = Reading(turn, said)
        if read.title or not (read.named or read.due or read.passed):
            return False
        if read.passed:
            await turn.answer(_asked(turn, row, read.passed, "har samme frist som før"))
            return True
        await measure_steps.amend(turn, row, read.owner if read.named else row.owner, read.due or row.due_at)
    return True


@action("measures.change")
async def pressed_change(turn: Turn, measure: int, status: MeasureStatus) -> None:
    """Change a measure's status, by `Udført`, `I gang`, or `Ja` to what was meant; `refuse_change` decides who may."""
    row = await _of_crisis(turn, measure)
    if row is not None:
        await measure_steps.change(turn, row, status)


@action("measures.undo")
async def pressed_undo(
    turn: Turn, measure: int, status: MeasureStatus, owner: str, due: str | None, by: str, lapses: str
) -> None:
    """Undo what was done to a measure last, by `Fortryd`; `undo.refuse` decides who may."""
    row = await _of_crisis(turn, measure)
    if row is not None and not await undo.refuse(turn, by, lapses):
        await measure_steps.take_back(turn, row, measure_card.Was(status=status, owner=owner, due=due))


@action("measures.not_meant")
async def not_meant(turn: Turn, measure: int) -> None:
    """Change nothing, by `Nej` from whoever was asked: what was typed was no status."""
    row = await _of_crisis(turn, measure)
    if row is None or await measure_steps.refuse_change(turn, row):
        return
    await turn.replace(Card("Intet er ændret. Skriv fx */krise t 7 udført*, *i gang*, *afventer* eller *annulleret*."))


@action("measures.urgent", begins=True)
async def urgent(turn: Turn, measure: int) -> None:
    """Begin a measure at once, by `Haster`, and tell the staff of it on its next ordinary meeting; `refuse_change`
    decides who may."""
    row = await _of_crisis(turn, measure)
    if row is None or row.status in CLOSED or await measure_steps.refuse_change(turn, row):
        return
    row.urgent = row.orient = True
    await measure_steps.tell_urgent(turn, row)
    if row.status != "in_progress":
        await measure_steps.change(turn, row, "in_progress")
    else:
        await measure_card.show(turn, row)


@action("measures.tomorrow", who=rights.runs_staff)
async def tomorrow(turn: Turn, measure: int, at: str) -> None:
    """Set a measure's time to tomorrow, by `Ja`: the time that was typed had passed today."""
    row = await turn.db.get(Measure, measure)
    if row is not None:
        await turn.replace(Card(f"T{row.number}: {quote(row.title)}"))
        await measure_steps.amend(turn, row, row.owner, datetime.fromisoformat(at))


@action("measures.amend", who=rights.runs_staff)
async def pressed_amend(turn: Turn, measure: int) -> None:
    """Give a measure another owner or another time, by `Ret`."""
    row = await turn.db.get(Measure, measure)
    if row is None:
        return
    owner, due = form_values.person(turn, "owner"), form_values.moment(turn, "due")
    await measure_steps.amend(turn, row, owner or row.owner, due or row.due_at)


@action("measures.approve", who=rights.political_approval)
async def pressed_approve(turn: Turn, measure: int) -> None:
    """Register a measure's political approval, by `Registrér godkendelse`."""
    row = await turn.db.get(Measure, measure)
    if row is not None:
        await measure_steps.approve(turn, row, turn.value("approval"))


@action("measures.doubt")
async def doubted(turn: Turn, measure: int) -> None:
    """Take anybody's doubt to the staff, by `Jeg er i tvivl`: "afklare eventuelle tvivlsspørgsmål med den centrale
    ledelse"."""
    row = await _of_crisis(turn, measure)
    if row is not None and row.number is not None:
        whose = [row.owner, *(each for each in turn.plan.persons if measure_steps.is_over(turn, each, row))]
        await tasks.ask(turn, f"T{row.number}", row.title, whose, measure=row.number)


async def _list(turn: Turn) -> None:
    """Show the measures that are open, soonest first, as far as they may be seen here."""
    every, unseen = await clearance.visible_rows(turn, await measure_steps.of_crisis(turn))
    going = [row for row in every if row.status not in CLOSED]
    going.sort(key=lambda row: (not row.urgent, row.due_at is None, row.due_at or turn.now, row.number))
    more = f"\nog {len(going) - SHOWN} til." if len(going) > SHOWN else ""
    may = not over.is_over(turn) and await rights.runs_staff.held(turn)
    left = await _tasks_left(turn)
    await turn.answer(
        Card(
            f"*Tiltag:* {len(going)} åbne, {sum(row.status == 'done' for row in every)} udført.{more}\n{unseen}".rstrip(),
            facts=(*((f"T{row.number}", measure_card.line(turn, row)) for row in going[:SHOWN]), *left),
            buttons=(Button("Nyt tiltag", "measures.new", {}, form=FORM, form_title="Nyt tiltag"),) if may else (),
        )
    )


async def _tasks_left(turn: Context) -> list[tuple[str, str]]:
    """Return the staff's tasks that are not done either, where the crisis is over and all that is open is closed."""
    if not over.is_over(turn) or not await rights.staff.held(turn):
        return []
    every = [each for each in await tasks.of_crisis(turn) if each.status != "done"]
    whose = [turn.name(each.owner) if each.owner else "ikke fordelt" for each in every]
    left = zip(every, whose, strict=True)
    return [(f"Opgave {each.number}", f"{quote(each.title, 200)} – {owner}") for each, owner in left][:SHOWN]


async def propose(turn: Turn, text: str) -> None:
    """Keep a proposed measure, and offer it to those who can add one."""
    read = measure_reading.Reading(turn, text)
    if not read.title:
        await turn.answer(Card("Hvad foreslår du? Skriv fx */krise t pumpe til Birkehøj*."))
        return
    row = await measure_steps.keep(turn, read.title, read.owner, read.due, read.centre, read.urgent, read.political)
    row.status = "proposed"
    entry = await turn.log(
        f"Forslag til tiltag: {text}",
        kind="proposal",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
    )
    row.log_no = entry.no
    deciders = [*await turn.chiefs(), *turn.rules.holders("tovholder")]
    await turn.notify(
        deciders,
        measure_card.card(turn, row),
        kind="notice",
        summary=f"Forslag til tiltag (log nr. {entry.no}) er sendt til {turn.names(dict.fromkeys(deciders))}",
        key=measure_card.key(row, "proposal"),
        urgency=URGENT if read.urgent else ORDINARY,
    )
    await turn.answer(
        Card(
            f"Kun {rights.runs_staff.holders} kan sætte tiltag i værk. Dit forslag er gemt (log nr. {entry.no}) og sendt "
            f"til {turn.names(dict.fromkeys(deciders))}."
        )
    )


@action("measures.accept", who=rights.runs_staff, begins=True)
async def accept(turn: Turn, measure: int) -> None:
    """Make a measure of what was proposed, by `Sæt i værk`."""
    row = await turn.db.get(Measure, measure)
    if row is None or row.status != "proposed":
        return
    await measure_steps.begin(turn, row)
    await measure_card.show(turn, row)
    await turn.say(
        row.created_by,
        Card(f"✅ Dit forslag er nu tiltag T{row.number}: {measure_card.line(turn, row)}."),
        kind="notice",
    )


@action("measures.decline", who=rights.runs_staff)
async def decline(turn: Turn, measure: int) -> None:
    """Decline what was proposed, by `Nej tak`, and tell the proposer with the reason."""
    row, reason = await turn.db.get(Measure, measure), turn.value("reason")
    if row is None or row.status != "proposed":
        return
    row.status, row.changed_at = "cancelled", turn.now
    why = f" Begrundelse: {reason}" if reason else ""
    await turn.log(f"Forslag til tiltag er ikke fulgt: {row.title}.{why}", kind="proposal", refs={"about": row.log_no})
    await measure_card.show(turn, row)
    await turn.say(
        row.created_by,
        Card(f"Dit forslag er ikke sat i værk: {quote(row.title)}.{quote(why)}"),
        kind="notice",
    )


async def _of_crisis(turn: Context, measure: int) -> Measure | None:
    return await turn.of_crisis(Measure, measure)
