"""Tasks of the staff and the secretariat: hands them out, ends them, and settles whose a doubtful one is. Plan §5."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from handlers.core import form_values, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ORDINARY, URGENT, Context
from handlers.core.registry import action
from handlers.core.turn import Turn
from storage.rows.measures import Task
from storage.rows.numbers import next_number


def button(do: str, **about: int) -> Button:
    """Make the button that gives somebody a task, for a card.

    Args:
        do: the action that it runs, which calls `ask`.
        about: what the action gets.
    """
    return Button(
        "Jeg er i tvivl",
        do,
        about,
        form=(Field("text", "Hvad er du i tvivl om?", "long", required=True),),
        form_title="Spørg krisestaben",
    )


async def ask(turn: Turn, named: str, title: str, whose: Collection[str | None], **refs: int) -> None:
    """Take a doubt that was filled in to the staff, and tell whoever asked that it was.

    Args:
        named: what the doubt is about, as people call it: "T4", "ordre 2".
        title: what it is.
        whose: who has it; the staff may ask beside them.
        refs: what the log line points to.
    """
    if await running.refuse_all_but(turn, f"den, der har {named}", whose, rights.staff, "Intet er sendt."):
        return
    asked = turn.value("text")
    if not asked:
        await turn.answer(Card("Skriv, hvad du er i tvivl om. Intet er sendt."))
        return
    entry = await turn.log(
        f"Tvivl om {named}: {asked}",
        kind="question",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        refs=refs,
    )
    await turn.say(
        turn.staff,
        Card(
            f"❓ *{turn.name(turn.sender)} er i tvivl om {named}* ({quote(title, 300)}):\n»{quote(asked, 1500)}«\n"
            f"Log nr. {entry.no}. Svar {turn.name(turn.sender)}, {turn.phone(turn.sender)}."
        ),
        urgency=URGENT,
    )
    await turn.answer(Card(f"Krisestaben har dit spørgsmål om {named} (log nr. {entry.no})."))


# "kan evt. uddelegeres": every duty can be.
TO = (Field("person", "Til hvem?", "persons", required=True),)


async def add(
    turn: Turn,
    title: str,
    *,
    role: str | None = None,
    owner: str | None = None,
    due: datetime | None = None,
    tell: bool = False,
    beside: str = "",
    urgency: int = ORDINARY,
) -> Task:
    """Add a task to the crisis, for a role or a person. A role's that is open already goes on, with the new time: the staff
    is called anew, and its duties stand once.

    Args:
        title: what shall be done, Danish.
        role: the role it hangs on, so that a change of shift moves it.
        owner: the person who has it now. Where nobody has the role, whoever coordinates has it, else the secretary or the
            chief, until somebody is given the role.
        due: before when, UTC; None for "as soon as possible".
        tell: send it to the owner at once.
        beside: what the owner alone is told with it; it stands in no log.
        urgency: of what the owner is told.
    """
    if owner is None and role is not None:
        owner, tell = await _instead(turn), True
    if role is not None and (standing := await _open_already(turn, title)) is not None:
        standing.due_at = due or standing.due_at
        await turn.db.flush()
        await turn.redraw(f"task/{standing.id}", card(turn, standing, beside))
        return standing
    task = Task(
        crisis_id=turn.the_crisis.id,
        number=await next_number(turn.db, Task.number, Task.crisis_id == turn.the_crisis.id),
        title=title,
        role=role,
        owner=owner,
        due_at=due,
        created_at=turn.now,
    )
    turn.db.add(task)
    await turn.db.flush()
    who = turn.name(owner) if owner else "ikke fordelt"
    await turn.log(
        f"Opgave {task.number}: {title} ({who})",
        kind="task",
        status="pending",
        refs={"task": task.number},
        recorder="krisebot",
    )
    if tell and owner:
        await turn.say(
            owner,
            card(turn, task, beside),
            key=f"task/{task.id}",
            kind="notice",
            urgency=urgency,
        )
    return task


async def _open_already(turn: Context, title: str) -> Task | None:
    same = (Task.crisis_id == turn.the_crisis.id, Task.title == title, Task.status != "done")
    found: Task | None = await turn.db.scalar(select(Task).where(*same).order_by(Task.number).limit(1))
    return found


async def _instead(turn: Context) -> str | None:
    """Find whoever has a task whose role nobody has: "definere roller og ansvar" (plan §5)."""
    plan = turn.rules
    every = (plan.holder("tovholder"), plan.holder("sekretær"), *(await turn.chiefs())[:1])
    return next((person for person in every if person is not None), None)


async def follow_role(turn: Turn, role: str, person: str | None) -> None:
    """Let the open tasks of a role go with it to whoever has it now, and show them to both; without anybody they stay.

    Args:
        role: which has come to somebody else.
        person: whose it is now.
    """
    for row in await of_crisis(turn):
        if row.role != role or row.status == "done" or person is None or row.owner == person:
            continue
        before, row.owner = row.owner, person
        await turn.log(
            f"Opgave {row.number} følger {role} til {turn.name(person)}: {row.title}",
            kind="task",
            status=row.status,
            receiver=person,
            refs={"task": row.number},
            recorder="krisebot",
        )
        moved = Card(f"Opgave {row.number} er nu hos {turn.name(person)}, som er {role}: {row.title}")
        for standing in await turn.standing(f"task/{row.id}"):
            if standing.recipient == before and standing.key in (f"task/{row.id}", f"task/{row.id}/{before}"):
                await turn.say(standing.recipient, moved, key=standing.key)
        await turn.say(person, card(turn, row), key=f"task/{row.id}/{person}", kind="notice")


def card(turn: Context, task: Task, beside: str = "") -> Card:
    """Draw a task as it stands now, with what whoever has it can do.

    Args:
        beside: what the owner alone is told with it.
    """
    due = f"\nFrist: {turn.clock(task.due_at)}." if task.due_at else ""
    due += f"\n{beside}" if beside else ""
    if task.status == "done":
        return Card(f"✅ Opgave {task.number} er udført: {task.title}")
    return Card(
        f"*Opgave {task.number}:* {task.title}{due}",
        buttons=(
            Button("Udført", "tasks.done", {"task": task.id}, style="primary"),
            Button(
                "Giv videre",
                "tasks.hand_on",
                {"task": task.id},
                submit="Send",
                form=TO,
                form_title="Giv opgaven videre",
            ),
            button("tasks.doubt", task=task.id),
        ),
    )


@action("tasks.done")
async def done(turn: Turn, task: int) -> None:
    """Mark a task as done, by `Udført` from anybody who has its card; the log tells of it by itself."""
    row = await turn.of_crisis(Task, task)
    if row is None or row.status == "done" or await refuse_other(turn, row):
        return
    await finish(turn, row)
    await turn.replace(card(turn, row))


async def finish(turn: Turn, row: Task) -> None:
    """Mark a task as done once, by a press or because what it was about has happened."""
    if row.status == "done":
        return
    row.status, row.done_at, row.done_by = "done", turn.now, turn.sender
    created = {"task": row.number}
    await turn.log(f"Opgave {row.number} er udført: {row.title}", kind="task", status="done", refs=created)


async def redraw(turn: Turn, row: Task) -> None:
    """Change every card about a task, wherever it stands with whoever has it."""
    for standing in await turn.standing(f"task/{row.id}"):
        if standing.key == f"task/{row.id}" or standing.key.startswith(f"task/{row.id}/"):
            await turn.say(standing.recipient, card(turn, row), key=standing.key)


async def lapse(turn: Turn, task: Task) -> None:
    """Remove a task that is not needed any more from the list, and show so to whoever had it."""
    task.status, task.done_at, task.done_by = "done", turn.now, "krisebot"
    await turn.log(
        f"Opgave {task.number} bortfalder: {task.title}",
        kind="task",
        status="done",
        refs={"task": task.number},
        recorder="krisebot",
    )
    if task.owner:
        await turn.say(
            task.owner, Card(f"Opgave {task.number} bortfalder: {task.title}"), key=f"task/{task.id}", kind="notice"
        )


@action("tasks.hand_on")
async def hand_on(turn: Turn, task: int) -> None:
    """Give a task to somebody else, by `Giv videre`: from whoever has it, or those who run the staff. It leaves the
    role, and the new owner is told."""
    row = await turn.of_crisis(Task, task)
    if row is None or row.status == "done":
        return
    if await refuse_other(turn, row):
        return
    person = form_values.person(turn, "person", of_centre="contact")
    if person is None:
        return
    row.owner, row.role = person, None
    await turn.log(
        f"Opgave {row.number} er givet videre til {turn.name(row.owner)}: {row.title}",
        kind="task",
        status=row.status,
        sender=turn.sender,
        receiver=row.owner,
        refs={"task": row.number},
    )
    await turn.replace(Card(f"Opgave {row.number} er nu hos {turn.name(row.owner)}: {row.title}"))
    await turn.say(row.owner, card(turn, row), key=f"task/{row.id}/{row.owner}", kind="notice")


async def refuse_other(turn: Turn, row: Task) -> bool:
    """Tell whoever neither has it nor runs the staff who may; whether the sender was refused."""
    return await running.refuse_all_but(turn, f"den, der har opgave {row.number}", [row.owner], rights.runs_staff)


@action("tasks.doubt")
async def doubted(turn: Turn, task: int) -> None:
    """Take anybody's doubt about a task to the staff, by `Jeg er i tvivl`."""
    row = await turn.of_crisis(Task, task)
    if row is not None:
        await ask(turn, f"opgave {row.number}", row.title, [row.owner], task=row.number)


async def of_crisis(turn: Context) -> list[Task]:
    """Return the crisis' tasks in their order."""
    return list(await turn.db.scalars(select(Task).where(Task.crisis_id == turn.the_crisis.id).order_by(Task.number)))
