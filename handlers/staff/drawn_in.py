"""`udpeg`: draws anybody in for a task. Plan §5.

"Krisestaben kan inddrage ressourcer fra afdelinger og enheder eller udpege enkeltpersoner": the person's own chief is
told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy import select

from handlers.core import form_values, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import owners
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import tasks
from handlers.staff import roles
from storage.letters import fold
from storage.plan.sections import Centre
from storage.rows.staff import DrawnIn
from storage.rows.traffic import Address

LONGEST_NAME = 4  # words
FORM = (
    Field("person", "Hvem?", "persons", required=True, loose=True),
    Field("contact", "Telefon, hvis personen ikke er i chatten"),
    Field("task", "Til hvilken opgave?", "long", required=True),
)


@verb(
    "udpeg",
    "inddrag",
    help="udpeg @Mads pumper på Birkehøj – en medarbejder inddrages til en opgave; chefen får besked",
    who=rights.asks,
    crisis=True,
    grave=True,
)
async def draw_in(turn: Turn, text: str) -> None:
    """Draw a person in for a task in one breath; a role and a person is read as `rolle`."""
    if roles.reads(turn, text):
        if await rights.meets.held(turn):
            await roles.role(turn, text)
        else:
            await running.refuse(turn, rights.meets)
        return
    person, rest = _read(turn, await _heard(turn), text)
    if person is None or not rest:
        who = f'Jeg kan ikke se, hvem "{quote(text, 100)}" er. ' if text.strip() and person is None else ""
        await turn.answer(
            Card(
                f"{who}Hvem, og til hvad? Intet er ændret. Skriv fx */krise udpeg @Mads pumper på Birkehøj*.",
                buttons=(_button(turn, turn.name(person) if person else ""),),
            )
        )
        return
    await _draw_in(turn, person, rest)


@action("drawn_in.form", who=rights.asks, begins=True)
async def form(turn: Turn) -> None:
    """Draw a person in from the form: also somebody whom no chat knows, with a number to ring."""
    person, contact = await filled_in(turn), turn.value("contact")
    if not turn.value("task") or (person is None and not contact):
        await turn.answer(
            Card(
                "Skriv ét navn og en opgave – og en telefon, hvis personen ikke er i chatten. Intet er ændret.",
                buttons=(_button(turn, turn.value("person")),),
            )
        )
        return
    if person is not None:
        await _draw_in(turn, person, turn.value("task"))
    else:
        # A colon would read as a platform's id.
        outside = f"{turn.value('person')}, {contact}".replace(":", "")
        await _draw_in(turn, outside, turn.value("task"), reached=False)


async def _draw_in(turn: Turn, person: str, what: str, *, reached: bool = True) -> None:
    """Give the person the task, and tell their chief; where nobody knows whose employee it is, ask.

    Args:
        person: an id, or a name with a number where no chat knows them.
        reached: whether we can write to them.
    """
    name = turn.name(person) if reached else person
    title = quote(what, 500) if reached else f"{quote(person, 200)}: {quote(what, 500)}"
    task = await tasks.add(turn, title, owner=person if reached else None, tell=reached)
    row = DrawnIn(crisis_id=turn.the_crisis.id, person=person, task=task.number, text=what, by=turn.sender, at=turn.now)
    turn.db.add(row)
    await turn.db.flush()
    await turn.log(
        f"{name} er inddraget af krisestaben: {what}",
        kind="drawn_in",
        sender=turn.sender,
        receiver=person,
        verification="confirmed",
        refs={"task": task.number},
    )
    centre = _centre(turn, person)
    if centre is not None:
        await _tell(turn, row, centre.chief, centre.name)
    told = f" {turn.name(row.chief)} har fået besked." if row.chief else ""
    ring = "" if reached else " Ring selv; jeg kan ikke skrive til personen."
    await turn.answer(
        Card(
            f"{quote(name)} er inddraget (opgave {task.number}).{told}{ring}"
            + ("" if row.chief else "\n❗ Jeg ved ikke, hvem der er chef for personen. Hvem skal have besked?"),
            buttons=()
            if row.chief
            else (
                Button(
                    "Hvem er chefen?",
                    "drawn_in.chief",
                    {"drawn_in": row.id},
                    style="primary",
                    form=(Field("chief", "Hvem er personens chef?", "persons", required=True),),
                    form_title="Chefen får besked",
                ),
            ),
        )
    )


@action("drawn_in.chief", who=rights.asks)
async def chief(turn: Turn, drawn_in: int) -> None:
    """Write down whose employee the person is, and tell that chief."""
    row = await turn.of_crisis(DrawnIn, drawn_in)
    if row is None or row.chief is not None:
        return
    person = form_values.person(turn, "chief")
    if person is None:
        return
    of = next((each.name for each in turn.rules.centres if each.chief == person), None)
    await _tell(turn, row, person, of)
    await turn.replace(Card(f"{turn.name(person)} har fået besked."))


async def _tell(turn: Turn, row: DrawnIn, chief: str, centre: str | None) -> None:
    row.chief, row.centre, row.told_at = chief, centre, turn.now
    who = turn.name(row.person)
    await turn.notify(
        [chief],
        Card(
            f"*Krisestaben har inddraget {quote(who)}* til opgave {row.task}:\n»{quote(row.text, 500)}«\n"
            f"Besluttet af {turn.name(row.by)}, {turn.phone(row.by)}. Passer det ikke med driften, så tal med krisestaben."
        ),
        kind="notice",
        summary=f"{turn.name(chief)} har fået besked: {who} er inddraget af krisestaben",
    )


def _centre(turn: Context, person: str) -> Centre | None:
    """Return the centre whose employee it is: by the plan's centres, else by the person's unit. A chief has no chief
    here."""
    mine = owners.centre_of(turn.rules, person)
    known = turn.rules.person(person)
    if mine is None and known is not None and known.unit:
        mine = next((each for each in turn.rules.centres if fold(each.name) == fold(known.unit or "")), None)
    return mine if mine is not None and mine.chief != person else None


def _read(turn: Context, heard: Mapping[str, list[str]], text: str) -> tuple[str | None, str]:
    """Find the person that a text begins with, in the plan or heard from on any platform, and return the rest of it.

    Args:
        heard: as `_heard`.
    """
    words = text.strip().lstrip("@").split()
    for count in range(min(LONGEST_NAME, len(words)), 0, -1):
        name = " ".join(words[:count]).strip(",:")
        known = turn.named(name) or heard.get(fold(name), [])
        if len(known) == 1:
            return known[0], " ".join(words[count:]).removeprefix("til ").strip()
    return None, ""


async def filled_in(turn: Context) -> str | None:
    """Return the person that the form names, in the plan or heard from on any platform; None for a name that is nobody's.

    Raises:
        Unread: there is more beside the name.
    """
    person, rest = form_values.typed(turn, "person", partial(_read, turn, await _heard(turn))) or (None, "")
    if person is not None and rest:
        raise form_values.Unread("person", names=(turn.value("person"),))
    return person


async def _heard(turn: Context) -> dict[str, list[str]]:
    """Return everybody who has written to us, by what they are called, folded."""
    found: dict[str, list[str]] = {}
    for person, called in await turn.db.execute(select(Address.person, Address.name).where(Address.name != "")):
        if person not in found.setdefault(fold(called), []):
            found[fold(called)].append(person)
    return found


def _button(turn: Context, name: str) -> Button:
    filled = (replace(FORM[0], value=name), *FORM[1:])
    return Button(
        "Udpeg",
        "drawn_in.form",
        {"crisis": turn.the_crisis.id},
        submit="Send",
        form=filled,
        form_title="Udpeg til opgave",
    )
