"""`kontakt` and `ring`: how people are reached, and the numbers to ring. Plan §5; Bilag 1; Bilag 5."""

from __future__ import annotations

from datetime import datetime

from handlers.core import rights, running, staying_inside
from handlers.core.card import DANGER, Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.letters import fold
from storage.plan import reach
from storage.plan.model import Plan
from storage.plan.reach import Finding, Known
from storage.rows.traffic import Remembered

# What fits on a telephone's screen.
PAGE = 8
# The fact that remembers when somebody last went through the list.
REVIEWED = "phone_list"
# What its button is called, as it is typed; folded.
GONE_THROUGH = {"gennemgaaet", "listen er gennemgaaet", "er gennemgaaet", "listen gennemgaaet"}


@verb(
    "kontakt",
    "kontakter",
    "kontaktliste",
    "telefonliste",
    help="kontakt – hvem du ringer til; for sekretariatet: kan alle nås?",
    grave=True,
)
async def contact(turn: Turn, text: str) -> None:
    """Show the public lines to everybody; to the chief and the secretariat, who can't be reached and how to mend it."""
    await _find_crisis(turn)
    if turn.plan.named(text):
        await ring(turn, text)
        return
    if await rights.phone_list.held(turn):
        if fold(text) in GONE_THROUGH:
            await _remember_review(turn)
            text = ""
        # More people read the staff's channel than the list is for.
        await turn.answer_alone(await _state(turn, 0))
    else:
        said = f"*Ring.* Det, du har set, kan også skrives: */krise varsel*.{staying_inside.reminder(turn)}"
        await turn.answer(Card(said, facts=public_lines(turn)))
    await running.give_back(turn, "kontakt", text)


@action("contacts.state", who=rights.phone_list, crisis=False)
async def state(turn: Turn, page: int) -> None:
    """Show the next persons that something is missing for."""
    await turn.replace(await _state(turn, page))


@action("contacts.list", who=rights.phone_list, crisis=False)
async def numbers(turn: Turn, page: int) -> None:
    """Show the telephone list, a screen at a time, by `Telefonliste`."""
    known = await reach.known(turn.db, turn.now)
    every = in_order(turn.plan)
    rows = tuple(_line(turn, person, known) for person in every[page * PAGE : (page + 1) * PAGE])
    pages = -(-len(every) // PAGE)
    await turn.replace(
        Card(
            f"*Telefonliste, side {page + 1} af {pages}.* {await last_checked(turn)} Ikke til videregivelse."
            f"{staying_inside.reminder(turn)}",
            facts=rows,
            buttons=(
                *((Button("Forrige side", "contacts.list", {"page": page - 1}),) if page else ()),
                *((Button("Næste side", "contacts.list", {"page": page + 1}),) if page + 1 < pages else ()),
                Button("Listen er gennemgået", "contacts.reviewed"),
                Button("Kan alle nås?", "contacts.state", {"page": 0}),
            ),
        )
    )


def _line(turn: Context, person: str, known: Known) -> tuple[str, str]:
    here = turn.plan.persons[person]
    name = f"{here.name}, {here.title}" if here.title else here.name
    answered = f"svarede {_day(turn, known.confirmed[person])}" if person in known.confirmed else ""
    return quote(name, 200), quote(" · ".join(part for part in (turn.phone(person), here.mail, answered) if part), 300)


@action("contacts.reviewed", who=rights.phone_list, crisis=False)
async def reviewed(turn: Turn) -> None:
    """Note that somebody has gone through the list; the date stands on it."""
    await _remember_review(turn)
    await turn.replace(await _state(turn, 0))


async def _remember_review(turn: Turn) -> None:
    await turn.db.merge(Remembered(name=REVIEWED, value={"at": turn.now.isoformat(), "by": turn.sender}))
    await turn.db.flush()


def public_lines(turn: Context) -> tuple[tuple[str, str], ...]:
    """Return the numbers that anybody may have, and where the public list is: none of them is a person's own."""
    lines = [("Fare for liv", "112")]
    lines += [(quote(name), number) for name, number in turn.plan.phones.items()]
    lines += [
        (quote(turn.plan.municipality), watch.address) for watch in turn.plan.monitoring if watch.kind == "telefon"
    ]
    return (*lines, alarm_list(turn))


def alarm_list(turn: Context) -> tuple[str, str]:
    """Return where the "alarmeringstelefonliste, som ligger tilgængelig på kommunens hjemmeside" is. Bilag 5."""
    where = turn.plan.alarm_list
    missing = "Den ligger på kommunens hjemmeside. Planen har intet link til den: »alarmeringsliste«"
    return "Alarmeringsliste", quote(where) if where else missing


def in_order(plan: Plan) -> list[str]:
    """Return everybody in the plan, as one looks for them: who decides, the secretariat, the centres, the support, the
    rest."""
    centres = [person for each in plan.centres for person in (each.chief, each.deputy, each.contact) if person]
    support = [person for each in plan.support_functions for person in (each.contact, each.deputy) if person]
    roles = [person for role in plan.roles.filled for person in (*plan.holders(role), *plan.deputies(role))]
    return list(
        dict.fromkeys([*plan.deciders(), *plan.interim_secretariat(), *roles, *centres, *support, *plan.persons])
    )


def printed(plan: Plan) -> tuple[tuple[str, str, str, str], ...]:
    """Return the list for paper: name, title, number and mail."""
    every = (plan.persons[person] for person in in_order(plan))
    return tuple((each.name, each.title or "", each.telephone or "", each.mail or "") for each in every)


async def missing(turn: Context) -> list[tuple[str, list[Finding]]]:
    """Return those that something is missing for, the unreachable first."""
    known = await reach.known(turn.db, turn.now)
    found = [(person, reach.findings(turn.plan, person, turn.ways, known)) for person in in_order(turn.plan)]
    return sorted(
        ((person, each) for person, each in found if each),
        key=lambda pair: all(one.level != "fault" for one in pair[1]),
    )


async def _state(turn: Context, page: int) -> Card:
    lacking = await missing(turn)
    faults = sum(any(one.level == "fault" for one in each) for _, each in lacking)
    total = len(turn.plan.persons)
    counts = f"{total - len(lacking)} af {total} er i orden"
    counts += f", {faults} kan ikke nås" if faults else ""
    shown = lacking[page * PAGE : (page + 1) * PAGE]
    pages = max(1, -(-len(lacking) // PAGE))
    heard = await reach.known(turn.db, turn.now)
    return Card(
        f"*Kan alle nås?* {counts}. {await last_checked(turn)}"
        + (f" Mangler, side {page + 1} af {pages}:" if lacking else "")
        + staying_inside.reminder(turn),
        facts=(*((_named(turn, person, heard), _lacks(each)) for person, each in shown), alarm_list(turn))
        if lacking
        else public_lines(turn),
        buttons=(
            *((Button("Forrige side", "contacts.state", {"page": page - 1}),) if page else ()),
            *((Button("Næste side", "contacts.state", {"page": page + 1}),) if page + 1 < pages else ()),
            Button("Telefonliste", "contacts.list", {"page": 0}, style="primary"),
        ),
    )


def _named(turn: Context, person: str, known: Known) -> str:
    """Return the name, and when they were last heard from anywhere."""
    times_heard = [at for (who, _), at in known.heard.items() if who == person and at]
    heard = f" (sidst hørt fra {_day(turn, max(times_heard))})" if times_heard else ""
    return f"{turn.name(person)}{heard}"


def _lacks(each: list[Finding]) -> str:
    return " ".join(f"{'❗' if one.level == 'fault' else '⚠️'} {quote(one.what, 300)}. {one.mend}." for one in each)


async def last_checked(turn: Context) -> str:
    """Return when somebody last went through the list, Danish."""
    row = await turn.db.get(Remembered, REVIEWED)
    if row is None:
        return "Listen er ikke gennemgået endnu."
    return f"Gennemgået {_day(turn, datetime.fromisoformat(row.value['at']))} af {turn.name(row.value['by'])}."


def _day(turn: Context, at: datetime) -> str:
    return f"{at.astimezone(turn.zone):%d.%m.%Y}"


async def _find_crisis(turn: Turn) -> None:
    if turn.crisis is None:
        going = await turn.open_crises()
        turn.crisis = next((crisis for crisis in going if crisis.level == 2), going[0] if going else None)


@verb("ring", "nummer", "telefonnummer", help="ring – chefen og borgmesteren; ring Mads")
async def ring(turn: Turn, text: str) -> None:
    """Show the number to ring: the chief's and the mayor's for everybody; anybody's own for those who may have it."""
    if turn.crisis is None:
        going = await turn.open_crises()
        turn.crisis = next((crisis for crisis in going if crisis.level == 2), going[0] if going else None)
    plan = turn.rules
    named = plan.named(text.removeprefix("til ").strip()) if text.strip() not in ("", "chef", "chefen") else []
    refused, ask, inside = "", tuple[Button, ...](), staying_inside.reminder(turn)
    if named and await rights.numbers.held(turn):
        rows = [(turn.name(person), turn.phone(person)) for person in named]
    else:
        chief = (await turn.chiefs())[:1] if turn.crisis is not None else []
        mayor = [person for person in [plan.holder("borgmester")] if person]
        emergency = [person for person in [plan.holder("beredskabschef")] if person]
        top = {"Krisestabschef": chief, "Borgmester": mayor, "Beredskabschef 4K": emergency}
        # Whom the plan knows has to get through to the top; their own numbers are no public ones.
        may = turn.sender in turn.plan.persons
        rows = [
            (f"{title} – {turn.name(person)}", turn.phone(person) if may else "ringer dig op")
            for title, persons in top.items()
            for person in persons
        ]
        rows += [(quote(name), number) for name, number in turn.plan.phones.items()]
        if named:
            can, ask = await running.who_can(turn, rights.numbers)
            refused = f"\nAndres egne numre kan kun ses af {can}."
        called = next((person for persons in top.values() for person in persons), None)
        if called is not None and not may:
            await turn.answer(
                Card(f"*Ring.* {DANGER}{refused}{inside}", facts=tuple(rows), buttons=(_call_me(turn, called), *ask))
            )
            return
    await turn.answer(Card(f"*Ring.* {DANGER}{refused}{inside}", facts=tuple(rows), buttons=ask))


def _call_me(turn: Context, person: str) -> Button:
    form = (
        Field("phone", "Dit telefonnummer", required=True),
        Field("about", "Hvad drejer det sig om?", "long"),
    )
    label = f"Bed {turn.name(person)} ringe"[:70]
    return Button(
        label, "contacts.call_me", {"person": person}, style="primary", form=form, form_title="Bliv ringet op"
    )


@action("contacts.call_me", crisis=False)
async def call_me(turn: Turn, person: str) -> None:
    """Ask the head of the staff, or who would be, to ring whoever has not their number; anybody may."""
    if person not in turn.plan.persons:
        return
    about = f": »{quote(turn.value('about'), 500)}«" if turn.value("about") else "."
    await turn.say(
        person,
        Card(f"*{turn.name(turn.sender)} beder dig ringe* på {quote(turn.value('phone'), 50)}{about}"),
        key=f"call_me/{turn.inbox_id}",
        kind="notice",
        urgency=URGENT,
    )
    await turn.replace(Card(f"{turn.name(person)} er bedt om at ringe til dig. {DANGER} Haster det: */krise varsel*."))
