"""`ressource`: an overview of what there is, until when, and at what. Plan §9, Ressourcer; Bilag 3 (R222, R302)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import func, select

from handlers import clearance, owners, rights, times
from handlers.card import Button, Card, Field, quote
from handlers.registry import action, timer, verb
from handlers.turn import Turn
from storage.parts.resources import Resource

# Before somebody's time is up, so that there is time to find others.
BEFORE_RELIEF = timedelta(minutes=30)
SHOWN = 12
YES_NO = (("nej", "Nej"), ("ja", "Ja"))
RELEASE = {
    "asked": "frigivelse er der spurgt til",
    "releasable": "kan frigøres",
    "refused": "kan ikke undværes",
    "released": "frigivet",
}
QUANTITY = re.compile(r"\s*((?:ca\.?\s*)?\d+|en|et|to|tre|fire|fem|flere)\s+", re.IGNORECASE)


def _form(row: Resource | None = None) -> tuple[Field, ...]:
    """The five columns of Bilag 3, and whether it is critical."""
    return (
        Field("quantity", "Antal", value=row.quantity if row else ""),
        Field("name", "Ressource", required=True, value=row.name if row else ""),
        Field("response", "Respons-/aktiveringstid", value=(row.response or "") if row else ""),
        Field("duty", "Indsatstid (udskiftning/afløsning), fx kl 22", value=(row.duty or "") if row else ""),
        Field("task", "Aktuel opgave", value=(row.task or "") if row else ""),
        Field("critical", "Kritisk ressource?", "choice", value="ja" if row and row.critical else "", choices=YES_NO),
    )


@verb(
    "ressource",
    "ressourcer",
    "ressourceoversigt",
    help="ressource – oversigten; ressource 2 pumper på viadukten til kl 22",
    who=rights.staff,
    crisis=True,
)
async def resource(turn: Turn, text: str) -> None:
    """The overview; or a resource in one breath: how many, what, until when."""
    text = text.strip()
    if not text:
        await overview(turn)
        return
    found = times.find(text, turn.now, turn.zone)
    until, rest = (found[0], found[1]) if found and not found[0].passed else (None, text)
    counted = QUANTITY.match(rest)
    name = rest[counted.end() :] if counted else rest
    critical = bool(re.search(r"\bkritisk\b", name, re.IGNORECASE))
    name = re.sub(r"[\s,(]*\bkritisk\b\)?|[\s,]+(?:indtil|til|fra|frem til)$", "", name.strip(), flags=re.IGNORECASE)
    await add(
        turn,
        quantity=counted[1] if counted else "1",
        name=name.strip(" ,") or text,
        duty=until.text if until else None,
        relief_at=until.at if until else None,
        critical=critical,
    )


@action("resources.new", who=rights.staff)
async def new(turn: Turn) -> None:
    """The form of Bilag 3."""
    if not turn.value("name"):
        await turn.answer(Card("Hvilken ressource? Resten kan udelades."))
        return
    duty, relief_at = _relief(turn)
    await add(
        turn,
        quantity=turn.value("quantity") or "1",
        name=turn.value("name"),
        response=turn.value("response") or None,
        duty=duty,
        relief_at=relief_at,
        task=turn.value("task") or None,
        critical=turn.value("critical") == "ja",
    )


async def add(
    turn: Turn,
    *,
    quantity: str,
    name: str,
    response: str | None = None,
    duty: str | None = None,
    relief_at: datetime | None = None,
    task: str | None = None,
    critical: bool = False,
    lender: str | None = None,
    expected_at: datetime | None = None,
) -> Resource:
    """Put a resource in the overview.

    Args:
        quantity: how many, in their own words.
        response: how fast it is there, in their own words.
        duty: until when it is at work, in their own words; `relief_at` is that time, UTC, where it could be read.
        task: what it is at.
        critical: the municipality can't do without it (R222).
        lender: who has offered it; it is expected, and not ours, until somebody says that it has come.
        expected_at: from when they can do without it, UTC.
    """
    crisis = turn.the_crisis
    last = await turn.db.scalar(select(func.max(Resource.number)).where(Resource.crisis_id == crisis.id))
    number = (last or 0) + 1
    centre = owners.of_subject(turn.rules, f"{name} {task or ''}", turn.sender)
    until = f", til {turn.clock(relief_at)}" if relief_at else f", indsatstid {duty}" if duty else ""
    until += _expected(turn, lender, expected_at) if lender else ""
    entry = await turn.log(
        f"Ressource R{number}: {quantity} {name}{f' – {task}' if task else ''}{until}",
        kind="resource",
        sender=turn.sender,
        refs={"resource": number},
    )
    row = Resource(
        crisis_id=crisis.id,
        number=number,
        quantity=quantity,
        name=name,
        response=response,
        duty=duty,
        relief_at=relief_at,
        task=task,
        centre=centre.name if centre else None,
        critical=critical,
        lender=lender,
        expected_at=expected_at,
        added_by=turn.sender,
        added_at=turn.now,
        changed_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    await _remind_before_relief(turn, row)
    await turn.answer(_card(turn, row), key=_key(row))
    return row


async def overview(turn: Turn) -> None:
    """The five columns, the critical ones first; one phone screen."""
    rows, unseen = await clearance.seen(turn, await of_crisis(turn))
    shown = sorted(
        rows, key=lambda row: (not row.critical, row.relief_at or datetime.max.replace(tzinfo=turn.now.tzinfo))
    )
    facts = tuple((f"R{row.number}{' ❗' if row.critical else ''}", _line(turn, row)) for row in shown[:SHOWN])
    more = f" De første {SHOWN} vises." if len(rows) > SHOWN else ""
    more += f"\n{unseen}" if unseen else ""
    await turn.answer(
        Card(
            f"*Ressourceoversigt:* {len(rows)} i alt, {sum(row.critical for row in rows)} kritiske (❗).{more}\n"
            "Antal · ressource · responstid · afløsning · aktuel opgave",
            facts=facts,
            buttons=(
                Button("Ny ressource", "resources.new", {}, style="primary", form=_form(), form_title="Ny ressource"),
            ),
        )
    )


def _line(turn: Turn, row: Resource) -> str:
    relief = turn.clock(row.relief_at) if row.relief_at else row.duty
    parts = (f"{row.quantity} {row.name}", row.response, f"afløses {relief}" if relief else None, row.task)
    said = " · ".join(quote(part, 80) for part in parts if part)
    if row.lender and row.arrived_at is None:
        said += quote(_expected(turn, row.lender, row.expected_at), 120)
    return f"{said} ({RELEASE[row.release]})" if row.release in RELEASE else said


def _expected(turn: Turn, lender: str, at: datetime | None) -> str:
    return f", ventes fra {lender}{f', fra {turn.clock(at)}' if at else ''}"


def _card(turn: Turn, row: Resource) -> Card:
    about = {"resource": row.id, "crisis": row.crisis_id}
    if row.gone_at is not None:
        return Card(f"R{row.number} er ude af oversigten: {quote(row.quantity)} {quote(row.name)}.")
    unread = row.duty and row.relief_at is None
    return Card(
        f"*R{row.number}:* {_line(turn, row)}"
        + (
            f"\nJeg kan ikke læse »{quote(row.duty or '', 60)}« som en tid, så jeg minder ikke om afløsning."
            if unread
            else ""
        ),
        facts=(("Konsekvens", quote(row.consequence, 200)),) if row.consequence else (),
        buttons=(
            Button("Ret", "resources.change", about, form=_form(row), form_title=f"Ret R{row.number}"),
            Button("Er kommet", "resources.arrived", about)
            if row.lender and row.arrived_at is None
            else Button("Kan den frigøres?", "resources.ask_release", about),
            Button("Ude af oversigten", "resources.gone", about),
        ),
    )


@action("resources.change", who=rights.staff)
async def change(turn: Turn, resource: int) -> None:
    """Corrected or relieved: a new log line, and the reminder moves."""
    row = await _standing(turn, resource)
    if row is None:
        return
    duty, relief_at = _relief(turn)
    row.quantity, row.name = turn.value("quantity") or row.quantity, turn.value("name") or row.name
    row.response, row.task = turn.value("response") or None, turn.value("task") or None
    row.duty, row.relief_at, row.critical = duty, relief_at, turn.value("critical") == "ja"
    row.changed_at = turn.now
    await turn.log(
        f"Ressource R{row.number} er rettet: {_line(turn, row)}",
        kind="resource",
        refs={"resource": row.number, "corrects": row.log_no},
    )
    await _remind_before_relief(turn, row)
    await turn.replace(_card(turn, row))


@action("resources.arrived", who=rights.staff)
async def arrived(turn: Turn, resource: int) -> None:
    """What was offered has come: now it is ours to use."""
    row = await _standing(turn, resource)
    if row is None or row.lender is None or row.arrived_at is not None:
        return
    row.arrived_at = row.changed_at = turn.now
    await turn.log(
        f"Ressource R{row.number} er kommet fra {row.lender}: {row.quantity} {row.name}",
        kind="resource",
        verification="confirmed",
        refs={"resource": row.number},
    )
    await turn.replace(_card(turn, row))


@action("resources.gone", who=rights.staff)
async def gone(turn: Turn, resource: int) -> None:
    """It isn't ours any more; the log keeps that it was."""
    row = await _standing(turn, resource)
    if row is None:
        return
    row.gone_at = row.changed_at = turn.now
    await turn.cancel(f"resource/{row.id}/relief")
    await turn.log(
        f"Ressource R{row.number} er ude af oversigten: {row.quantity} {row.name}",
        kind="resource",
        refs={"resource": row.number},
    )
    await turn.replace(_card(turn, row))


@action("resources.ask_release", who=rights.staff)
async def ask_release(turn: Turn, resource: int) -> None:
    """ "vilje til at trække ressourcer ud af daglig drift" (R259, R223): the centre's chief is asked."""
    row = await _standing(turn, resource)
    if row is None or row.release == "asked":
        return
    chief = next((each.chief for each in turn.rules.centres if each.name == row.centre), None) or row.added_by
    row.release, row.changed_at = "asked", turn.now
    about = {"resource": row.id, "crisis": row.crisis_id}
    why = (Field("consequence", "Hvad betyder det for driften?", "long"),)
    await turn.notify(
        [chief],
        Card(
            f"Krisestaben spørger: Kan I undvære *{quote(row.quantity)} {quote(row.name)}* (R{row.number})?\n"
            f"Nu: {quote(row.task or 'ingen opgave')}. Spurgt af {turn.name(turn.sender)}.",
            buttons=(
                Button(
                    "Kan frigøres",
                    "resources.release",
                    {**about, "answer": "releasable"},
                    form=why,
                    form_title="Kan frigøres",
                ),
                Button(
                    "Kan ikke undværes",
                    "resources.release",
                    {**about, "answer": "refused"},
                    form=why,
                    form_title="Kan ikke undværes",
                ),
            ),
        ),
        kind="notice",
        summary=f"Spurgt, om R{row.number} kan frigøres: {row.quantity} {row.name}",
        key=f"resource/{row.id}/release",
    )
    await turn.replace(_card(turn, row))


@action("resources.release")
async def release(turn: Turn, resource: int, answer: str) -> None:
    """The centre's answer, with what it costs; the staff is told."""
    row = await _standing(turn, resource)
    if row is None:
        return
    owner = next((each for each in turn.rules.centres if each.name == row.centre), None)
    may = {row.added_by, *([owner.chief, owner.contact, owner.deputy] if owner else [])}
    if turn.sender not in may and not await rights.runs_staff.held(turn):
        await turn.answer(Card(f"Det kan kun centerchefen eller {rights.runs_staff.holders}. Intet er ændret."))
        return
    row.release, row.consequence, row.changed_at = answer, turn.value("consequence") or None, turn.now
    said = f"R{row.number} ({row.quantity} {row.name}) {RELEASE[answer]}"
    why = f": {row.consequence}" if row.consequence else ""
    await turn.log(f"{said}{why}", kind="resource", refs={"resource": row.number}, verification="confirmed")
    await turn.replace(Card(f"Noteret: {quote(said)}{quote(why)}."))
    await turn.say(turn.staff, _card(turn, row), key=_key(row) + "/answer")


@timer("resources.relief")
async def relief(turn: Turn, resource: int) -> None:
    """Half an hour before somebody's time is up, whoever answers for them is told (R302)."""
    row = await turn.db.get(Resource, resource)
    if row is None or row.gone_at is not None or row.relief_at is None or turn.the_crisis.state != "active":
        return
    owner = next((each.contact or each.chief for each in turn.rules.centres if each.name == row.centre), None)
    about = {"resource": row.id, "crisis": row.crisis_id}
    await turn.notify(
        [person for person in (owner, row.added_by, *turn.rules.holders("tovholder")) if person],
        Card(
            f"*Afløsning {turn.clock(row.relief_at)}:* {quote(row.quantity)} {quote(row.name)} (R{row.number}). "
            "Hvem tager over? Skriv den nye tid.",
            buttons=(Button("Ret", "resources.change", about, form=_form(row), form_title=f"Ret R{row.number}"),),
        ),
        kind="reminder",
        summary=f"Mindet om afløsning {turn.clock(row.relief_at)}: R{row.number} {row.quantity} {row.name}",
    )


async def of_crisis(turn: Turn) -> list[Resource]:
    """The resources that there are, in their order."""
    query = select(Resource).where(Resource.crisis_id == turn.the_crisis.id, Resource.gone_at.is_(None))
    return list(await turn.db.scalars(query.order_by(Resource.number)))


async def _standing(turn: Turn, resource: int) -> Resource | None:
    row = await turn.db.get(Resource, resource)
    if row is None or row.crisis_id != turn.the_crisis.id or row.gone_at is not None:
        return None
    return row


def _relief(turn: Turn) -> tuple[str | None, datetime | None]:
    """What was filled in as the time of relief, and that time, UTC, where it can be read."""
    typed = turn.value("duty")
    if not typed:
        return None, None
    read = times.parse(typed.removeprefix("til ").strip(), turn.now, turn.zone)
    return typed, (read.tomorrow or read.at) if read and read.passed else read.at if read else None


async def _remind_before_relief(turn: Turn, row: Resource) -> None:
    key = f"resource/{row.id}/relief"
    if row.relief_at is None:
        await turn.cancel(key)
        return
    await turn.at(max(row.relief_at - BEFORE_RELIEF, turn.now), "resources.relief", key, resource=row.id)


def _key(row: Resource) -> str:
    return f"resource/{row.id}"
